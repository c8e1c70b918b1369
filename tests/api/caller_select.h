/*
 * caller_select.h - a program with one select() loop for all its connections, which knows only whole
 * messages.
 *
 * Its habits: the ALL queue; one receive waits at any time; a read action is kept until select() says that
 * the socket has bytes, so that it is outstanding while the program sends. Of what is received it looks at
 * the two MESSAGE types and at the close; a fragment is dropped.
 */
#ifndef API_CALLER_SELECT_H
#define API_CALLER_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames.h"
#include "inbox.h"
#include "websocket.h"

struct select_connection {
    WEB_SOCKET_HANDLE handle;
    struct action reading; /* outstanding while is_reading */
    bool is_reading;
    bool is_closed; /* by the peer */
    struct stream sent;
    struct inbox messages;
    unsigned dropped; /* fragments */
    unsigned pongs;   /* received, and ignored */
};

/* Queues the first receive, and runs until the connection has to wait for bytes. */
void select_start(struct select_connection *connection, WEB_SOCKET_HANDLE handle);

/* The socket is readable: recv() gives as many of these bytes as fit. Returns how many were taken. */
size_t select_readable(struct select_connection *connection, const uint8_t *bytes, size_t size);

/* Sends a message, and writes all that there is to write. */
void select_send(struct select_connection *connection, WEB_SOCKET_BUFFER_TYPE type, const void *bytes,
                 size_t size);

#endif
