/*
 * terms.h - how two ends agree upon permessage-deflate (RFC 7692, section 7.1): the text of an offer and of an
 * answer. The library knows of extensions only their names; their parameters are its caller's business.
 */
#ifndef TERMS_H
#define TERMS_H

#include <stdbool.h>
#include <stddef.h>

#include "websocket.h"

#define TERMS_NAME "permessage-deflate"

/* Window sizes are powers of two. zlib cannot compress with the smallest one of the RFC, 8. */
enum { TERMS_LEAST_BITS = 9, TERMS_MOST_BITS = 15, TERMS_ROOM = 160 };

/* What an end wants, or what both agreed upon. Bits are from TERMS_LEAST_BITS to TERMS_MOST_BITS. */
struct terms {
    bool server_forgets;    /* server_no_context_takeover: the server compresses each message on its own */
    bool client_forgets;    /* client_no_context_takeover */
    int server_bits;        /* server_max_window_bits: of the window with which the server compresses */
    int client_bits;        /* client_max_window_bits */
    bool names_server_bits; /* even if they are the most: the answer to who named them (RFC 7692, 7.1.2.1) */
};

/*
 * Takes an option of the command line with its value: "--server-forgets yes", "--client-forgets yes",
 * "--server-bits N", "--client-bits N". False: another option, or a value that cannot be.
 */
bool terms_parse(struct terms *terms, const char *option, const char *value);

/*
 * A server's side: looks for the first offer that can be taken, decides, and writes the answer for
 * WebSocketBeginServerHandshake into text. False: there is none, so the extension is not to be selected.
 */
bool terms_answer(const WEB_SOCKET_HTTP_HEADER *request, ULONG count, const struct terms *wanted,
                  struct terms *agreed, char text[TERMS_ROOM]);

/* A client's side: writes the offer for WebSocketBeginClientHandshake. */
void terms_offer(const struct terms *wanted, char text[TERMS_ROOM]);

/* Then, if the server selected it, reads its answer. False: it is none to that offer (RFC 7692, 5.1: fail). */
bool terms_accept(const WEB_SOCKET_HTTP_HEADER *response, ULONG count, const struct terms *offered,
                  struct terms *agreed);

#endif
