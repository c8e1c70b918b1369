/*
 * Open sessions of our library, with the shortest handshake there is.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>

#include "library.h"

struct session_sizes {
    ULONG receive_buffer;
    ULONG send_buffer; /* 0: the library's default for the role */
};

/* The library that this program is linked with. What follows is in this one, unless another is named. */
const struct websocket_library *session_linked(void);

/* A handle before its handshake. */
WEB_SOCKET_HANDLE session_create(bool server, const struct session_sizes *sizes);

/* Do a server's handshake: afterwards the session is open. */
void session_shake_hands(WEB_SOCKET_HANDLE server);

/* An open session of either role. */
WEB_SOCKET_HANDLE session_open(bool server, const struct session_sizes *sizes);
WEB_SOCKET_HANDLE session_open_in(const struct websocket_library *library, bool server,
                                  const struct session_sizes *sizes);

#endif
