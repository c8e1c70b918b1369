/*
 * judge.h - a second opinion on the opening handshake, for fuzz_handshake: which result a call must have.
 * Written from the specification (section 4), RFC 6455 (4.1, 4.2, 9.1) and RFC 7230 (3.2, 7) alone, for
 * clarity and without care for speed.
 *
 * An array whose count is wrong is not read. All other memory must be there as it is described.
 */
#ifndef FUZZ_JUDGE_H
#define FUZZ_JUDGE_H

#include "websocket.h"

#include <stdbool.h>

/* As many extensions as an answer can select: the fuzzer offers fewer. */
#define JUDGE_MAX_SELECTED 128

/* Arrays of strings, as WebSocketBeginClientHandshake gets them. */
struct judge_offer {
    PCSTR *subprotocols;
    ULONG subprotocol_count;
    PCSTR *extensions;
    ULONG extension_count;
};

struct judge_headers {
    PWEB_SOCKET_HTTP_HEADER array;
    ULONG count;
};

/* What a client's End tells. */
struct judge_selection {
    ULONG extensions[JUDGE_MAX_SELECTED];
    ULONG extension_count;
    ULONG subprotocol;
    bool has_subprotocol;
};

/* WebSocketBeginClientHandshake: S_OK or E_INVALIDARG. */
HRESULT judge_begin_client(const struct judge_offer *offer, struct judge_headers initial);

/* WebSocketBeginServerHandshake. */
HRESULT judge_begin_server(PCSTR subprotocol, PCSTR *extensions, ULONG extension_count,
                           struct judge_headers request);

/* WebSocketEndClientHandshake, with room for every extension. accept: the right Sec-WebSocket-Accept, ended
 * by NUL. With S_OK, *selection is set. */
HRESULT judge_end_client(const struct judge_offer *offer, const char *accept, struct judge_headers response,
                         struct judge_selection *selection);

/* The value of the one Sec-WebSocket-Key header of a request that was found good, 24 characters, not ended by
 * NUL. */
const char *judge_key(struct judge_headers request);

#endif
