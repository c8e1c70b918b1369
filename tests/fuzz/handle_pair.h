/*
 * handle_pair.h - a client's and a server's handle with a real handshake between them.
 */
#ifndef FUZZ_HANDLE_PAIR_H
#define FUZZ_HANDLE_PAIR_H

#include <stdbool.h>

#include "input.h"
#include "websocket.h"

struct handle_properties {
    ULONG receive_size; /* at least 256 */
    ULONG send_size;    /* at least 16 */
    bool no_masking;
    bool no_utf8;
};

struct handle_pair {
    WEB_SOCKET_HANDLE client;
    WEB_SOCKET_HANDLE server;
};

/* Both sizes from one byte each: small ones in steps of one, larger ones up to about 8000. */
struct handle_properties handle_properties_take(struct input *input);

/* Both handles open; extension: one was offered and selected. */
struct handle_pair handle_pair_open(const struct handle_properties *client,
                                    const struct handle_properties *server, bool extension);

void handle_pair_delete(const struct handle_pair *pair);

/*
 * The longest payload that is indicated at once from the library's memory: the receive buffer's size, less
 * what a client's send buffer lacks for a whole control frame.
 */
ULONG handle_receive_area(const struct handle_properties *properties, bool server);

#endif
