/*
 * caller_header_only.h - a server that lets the library make the frame header and writes the payload itself.
 *
 * It has its own way to the network for large payloads. So it takes buffer [0] of a send alone, completes the
 * action with the length of that buffer, lets the library indicate the send as complete, and then writes the
 * payload.
 */
#ifndef API_CALLER_HEADER_ONLY_H
#define API_CALLER_HEADER_ONLY_H

#include <stddef.h>

#include "frames.h"
#include "websocket.h"

struct header_only_server {
    WEB_SOCKET_HANDLE handle;
    struct stream sent; /* what went to the network */
};

/* Both fail the case if the library does not go along. */
void header_only_send(struct header_only_server *server, WEB_SOCKET_BUFFER_TYPE type, const void *payload,
                      size_t size);
void header_only_close(struct header_only_server *server, USHORT status, const char *reason);

#endif
