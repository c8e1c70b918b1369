/*
 * caller_sample.h - a program written after Microsoft's sample of the API: one loop for everything.
 *
 * Its habits: both handles in one process, the headers of one passed straight to the other; the ALL queue
 * with room for two buffers and no application context; every action completed, NO_ACTION too, and
 * indications with 0 bytes; if GetAction fails it aborts the handle and completes what it was given all the
 * same; wide characters sent as text.
 */
#ifndef API_CALLER_SAMPLE_H
#define API_CALLER_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "websocket.h"

/* What the client said in its request: the library's headers, and the Host that the HTTP library adds. */
struct sample_request {
    WEB_SOCKET_HTTP_HEADER headers[16];
    ULONG count;
};

/*
 * The whole handshake between two fresh handles. Both returned arrays are the library's own, nothing in them
 * is copied but the structs of the request. Fails the case if a call fails.
 */
void sample_handshake(WEB_SOCKET_HANDLE client, WEB_SOCKET_HANDLE server, struct sample_request *request,
                      WEB_SOCKET_HTTP_HEADER **response, ULONG *response_count);

/* The network: what one side wrote and the other one did not read yet. */
struct sample_transport {
    uint8_t bytes[4096];
    size_t size;
};

/*
 * What the loop saw. One character for each action: S to the network, s send complete, R from the network,
 * r receive complete, and ! for a GetAction that failed.
 */
struct sample_log {
    char actions[64];
    uint8_t received[1024]; /* what the last r brought */
    ULONG received_size;
    WEB_SOCKET_BUFFER_TYPE received_type;
};

/* Runs the handle's loop until there is nothing to do. */
void sample_run_loop(WEB_SOCKET_HANDLE handle, struct sample_transport *transport, struct sample_log *log);

#endif
