/*
 * caller_nested.h - a server that asks for the next message before it has done with the one that it was given.
 *
 * Its habits: the RECEIVE queue with room for one buffer, until NO_ACTION. In the handling of every
 * INDICATE_RECEIVE_COMPLETE, a CLOSE too, it calls WebSocketReceive and asks the queue until NO_ACTION, and completes the
 * indication only after that. A result that is a failure raises an exception, with which its connection is forgotten, and
 * leaked. After a close it reads on: only when that read ends is the connection deleted.
 */
#ifndef API_CALLER_NESTED_H
#define API_CALLER_NESTED_H

#include <stdbool.h>
#include <stddef.h>

#include "frames.h"
#include "inbox.h"
#include "websocket.h"

struct nested_connection {
    WEB_SOCKET_HANDLE handle; /* NULL once it was deleted */
    struct stream sent;
    struct inbox received;
    struct action reading; /* outstanding while is_reading */
    bool is_reading;
    bool has_ended; /* a read has */
    HRESULT error;  /* what raised an exception */
    unsigned depth; /* of indications within indications */
};

/* Queues the first receive, and starts the first read. */
void nested_start(struct nested_connection *connection, WEB_SOCKET_HANDLE handle);

/* The read that was started ends: with as many of the bytes as fit, or with none. Returns how many were taken. */
size_t nested_read(struct nested_connection *connection, const void *bytes, size_t size);

/* Sends, and writes all that there is to write. */
void nested_send(struct nested_connection *connection, WEB_SOCKET_BUFFER_TYPE type, const void *bytes,
                 size_t size);
void nested_close(struct nested_connection *connection, USHORT status);

#endif
