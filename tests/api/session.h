/*
 * session.h - handles in every state that a test may want them in.
 *
 * All of them are deleted by session_release(), which runs after each case. Each function fails the case if a
 * call of the library fails on the way.
 */
#ifndef API_SESSION_H
#define API_SESSION_H

#include <stdbool.h>

#include "websocket.h"

/*
 * Properties and handshake of a handle. Zero and NULL stand for "not given". A NULL pointer: nothing given at
 * all.
 */
struct session_options {
    ULONG receive_buffer;
    ULONG send_buffer;
    bool disable_masking;
    bool disable_utf8_verification;
    void *memory;      /* ALLOCATED_BUFFER: its address */
    ULONG memory_size; /* and ulValueSize */
    PCSTR subprotocol; /* offered by the client, selected by the server */
    PCSTR extension;   /* offered by the client, selected by the server */
};

struct pair {
    WEB_SOCKET_HANDLE client;
    WEB_SOCKET_HANDLE server;
};

/* Handles fresh from Create. */
WEB_SOCKET_HANDLE create_client(const struct session_options *options);
WEB_SOCKET_HANDLE create_server(const struct session_options *options);

/*
 * Handles after Begin, before End. begun_server() gets the request of RFC 6455, 1.3 (and an offer of what the
 * options name); its handshake is completed by the first call that wants an open session.
 */
WEB_SOCKET_HANDLE begun_client(const struct session_options *options);
WEB_SOCKET_HANDLE begun_server(const struct session_options *options);

/*
 * Handles with a complete handshake, faked with a helper handle of the other role that is deleted again: what
 * .NET's ClientWebSocket and HttpListener do.
 */
WEB_SOCKET_HANDLE open_client(const struct session_options *options);
WEB_SOCKET_HANDLE open_server(const struct session_options *options);

/* Both ends of one handshake, the headers passed straight from one handle to the other. */
struct pair open_pair(const struct session_options *client, const struct session_options *server);

/* Runs the whole handshake between two fresh handles, with what the options offer and select. */
void shake_hands(WEB_SOCKET_HANDLE client, WEB_SOCKET_HANDLE server, const struct session_options *options);

/* Makes the harness delete a handle that a test created itself, when the case is over. Returns the handle. */
WEB_SOCKET_HANDLE remember_handle(WEB_SOCKET_HANDLE handle);

/* Makes the harness forget a handle, which the test or its model of a caller deletes itself. */
void forget_handle(WEB_SOCKET_HANDLE handle);

/* Deletes a handle now, and makes the harness forget it. */
void delete_handle(WEB_SOCKET_HANDLE handle);

/*
 * Appends a header to a copy of the array: the Host that an HTTP library adds to the request. The copy has
 * exact-size blocks without NULs, see heap_headers(); *count is updated.
 */
PWEB_SOCKET_HTTP_HEADER with_header(const WEB_SOCKET_HTTP_HEADER *headers, ULONG *count, const char *name,
                                    const char *value);

/*
 * Headers from lines of text, "Name: value\nName: value". A value "*" stands for `star`. What follows the
 * colon and one space belongs to the value, white space too. Exact-size blocks without NULs, see
 * heap_headers().
 */
PWEB_SOCKET_HTTP_HEADER headers_from_text(const char *text, const char *star, ULONG *count);

/*
 * The array has exactly these headers, in this order, each string followed by a NUL; the lines are as above.
 */
void expect_headers(const WEB_SOCKET_HTTP_HEADER *headers, ULONG count, const char *text, const char *star);

/* The first header of that exact name; fails the case if there is none. */
const WEB_SOCKET_HTTP_HEADER *find_header(const WEB_SOCKET_HTTP_HEADER *headers, ULONG count,
                                          const char *name);

/* An entry of a static header array. Both strings must be literals, and may contain NULs. */
#define HEADER(name, value)                                                                                  \
    {                                                                                                        \
        (PCHAR)(name), sizeof(name) - 1, (PCHAR)(value), sizeof(value) - 1                                   \
    }

void session_release(void);

#endif
