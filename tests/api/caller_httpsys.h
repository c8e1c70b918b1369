/*
 * caller_httpsys.h - a server on top of http.sys, written in Pascal from the reference of the API.
 *
 * Its habits:
 *
 *   - every function is declared to return an HRESULT, those three too that return nothing, and every result but 0 raises
 *     an exception, with which the connection ends;
 *   - to send it queues one operation, asks the SEND queue with room for two buffers, writes all that it gets, completes
 *     with 0 bytes, and goes its way. That the send is complete is fetched only by the next send;
 *   - to receive it calls WebSocketReceive without a buffer and asks the RECEIVE queue. A read is started, and completed one
 *     round later, when it has ended: with what came, with 0 if the connection is gone;
 *   - each CLOSE that it is given is answered with one of the same status, that of a cancelled receive too, unless it has
 *     closed before; then the connection goes;
 *   - it expects no pings: a pong to be sent, on the queue for receiving, is an exception as well;
 *   - headers are written and read by their lengths, and without a subprotocol it selects the empty string.
 *
 * http.sys does the HTTP; here the response is kept as text.
 */
#ifndef API_CALLER_HTTPSYS_H
#define API_CALLER_HTTPSYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames.h"
#include "inbox.h"
#include "library.h"
#include "websocket.h"

struct httpsys_connection {
    WEB_SOCKET_HANDLE handle; /* NULL once it was deleted */
    struct websocket_results results;
    struct stream response; /* the headers, each line ended by a line feed, and a NUL */
    struct stream sent;
    struct inbox received;
    struct action reading; /* outstanding while is_reading */
    bool is_reading;
    bool has_closed;        /* of itself, before the peer */
    unsigned sends;         /* queued; each one's number, from 1, is its context */
    unsigned sends_told;    /* as complete */
    HRESULT error;          /* what raised an exception: the first result that was not 0, */
    const char *unexpected; /* or what the server does not know of */
};

/* Answers a request, and starts to receive. */
void httpsys_accept(struct httpsys_connection *connection, PWEB_SOCKET_HTTP_HEADER request,
                    ULONG request_count, const char *subprotocol);

/* The read that was started ends: with as many of the bytes as fit, or with none. Returns how many were taken. */
size_t httpsys_read(struct httpsys_connection *connection, const void *bytes, size_t size);

void httpsys_send(struct httpsys_connection *connection, WEB_SOCKET_BUFFER_TYPE type, const void *bytes,
                  size_t size);
void httpsys_close(struct httpsys_connection *connection, USHORT status);

#endif
