/*
 * caller_gateway.h - the gateway of a service platform by Microsoft, for which the library is the server's end.
 *
 * Its habits:
 *
 *   - a server without any properties; room for one buffer in every GetAction, so that header and payload of a frame come
 *     one after the other; pvApplicationContext NULL;
 *   - one loop on the SEND queue for each send, one on the RECEIVE queue for each receive, both until NO_ACTION, which is
 *     completed as well, with the NULL that it has for a context. Then comes the next WebSocketReceive;
 *   - a write that was short is completed with what was written;
 *   - on a failure: what is outstanding is completed with 0, the handshake is ended if it was only begun, the handle
 *     aborted, and the ALL queue asked until NO_ACTION, each action completed with 0. Then the handle is deleted.
 */
#ifndef API_CALLER_GATEWAY_H
#define API_CALLER_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames.h"
#include "inbox.h"
#include "websocket.h"

struct gateway_session {
    WEB_SOCKET_HANDLE handle; /* NULL once it was deleted */
    bool is_open;             /* else the handshake was only begun */
    struct stream sent;
    struct inbox received;
    struct action writing; /* outstanding while is_writing */
    struct action reading; /* outstanding while is_reading */
    bool is_writing;
    bool is_reading;
    bool network_is_stuck; /* the next write does not end before gateway_written() */
    size_t network_room;   /* what the next writes have room for, then they are short; SIZE_MAX: no end */
    HRESULT error;         /* the failure */
    unsigned sends_queued;
    unsigned sends_indicated;
    unsigned receives_queued;
    unsigned receives_indicated;
};

/* A session whose request was answered; the response is on its way. */
void gateway_begin(struct gateway_session *session);

/* It was written: ends the handshake, and starts to receive. */
void gateway_open(struct gateway_session *session);

/* The read that waits ends with as many of the bytes as fit. Returns how many were taken. */
size_t gateway_read(struct gateway_session *session, const void *bytes, size_t size);

/* The memory must stay. A send while a write is stuck stays in the queue. */
void gateway_send(struct gateway_session *session, WEB_SOCKET_BUFFER_TYPE type, const void *bytes,
                  size_t size);
void gateway_close(struct gateway_session *session, USHORT status, const char *reason);

/* The write that was stuck has ended, and its loop goes on. */
void gateway_written(struct gateway_session *session);

/* What it does when reading or writing has failed, or the library has. All that was queued has been indicated then. */
void gateway_fail(struct gateway_session *session);

#endif
