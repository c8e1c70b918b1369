/*
 * handle_pair.h - a client's and a server's handle with a real handshake between them. What is done here never fails: else
 * the program ends.
 */
#ifndef SUPPORT_HANDLE_PAIR_H
#define SUPPORT_HANDLE_PAIR_H

#include <stdbool.h>

#include "websocket.h"

/* A handle's properties; what is 0 is not given. */
struct handle_properties {
    ULONG receive_size;
    ULONG send_size;
    bool no_masking;
    bool no_utf8;
    PVOID memory; /* ALLOCATED_BUFFER */
    ULONG memory_size;
};

struct handle_pair {
    WEB_SOCKET_HANDLE client;
    WEB_SOCKET_HANDLE server;
};

/* A handle fresh from Create; properties NULL: none. */
WEB_SOCKET_HANDLE handle_create(bool server, const struct handle_properties *properties);

/* Both handles open; extension: one whose name is "x" was offered and selected. */
struct handle_pair handle_pair_open(const struct handle_properties *client,
                                    const struct handle_properties *server, bool extension);

void handle_pair_delete(const struct handle_pair *pair);

#endif
