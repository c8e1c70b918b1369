/*
 * echo_connection.h - one connection of the echo server, from the first byte of its HTTP request to its end.
 */
#ifndef ECHO_CONNECTION_H
#define ECHO_CONNECTION_H

#include "poller.h"
#include "wire.h"

#include "buffer_sizes.h"
#include "report.h"

struct http_head;
struct page;

/*
 * The receive buffer, unless another size is asked for: a message of 64 KiB is one part, also when its frame's header
 * arrives with it. It costs a connection that is silent none of its memory, see wire_rest.
 */
enum { ECHO_RECEIVE_BUFFER = 69632 };

/* What the server's command line says about its connections. */
struct echo_options {
    struct buffer_sizes buffer_sizes;
    const char *subprotocol; /* chosen when a client offers it; NULL: none */
    bool verbose;
};

enum echo_phase {
    ECHO_HANDSHAKE, /* the request is being read */
    ECHO_PAGE,      /* it was for a page, which is on its way */
    ECHO_OPEN,      /* frames come and go */
    ECHO_ENDING     /* all was said: the peer's end of the stream is awaited */
};

struct echo_connection {
    struct poller_entry entry; /* the server's, as is the next */
    size_t place;
    enum echo_phase phase;
    uint64_t deadline; /* on net_clock; the end of the connection's patience, 0 for none */
    unsigned long number;
    const struct echo_options *options;
    struct http_head *head; /* NULL when it is not needed any more */
    struct page *page;      /* NULL unless one was wanted */
    struct wire wire;
    struct report_parts parts;
};

/* Takes the socket over. NULL: no memory, and the socket is closed. */
struct echo_connection *echo_connection_open(net_socket socket, const struct echo_options *options);

void echo_connection_close(struct echo_connection *connection);

/* Does everything that can be done without waiting. False: the connection is over; close it. */
bool echo_connection_run(struct echo_connection *connection);

/* Begins a closing handshake: the server is about to stop. False as above. */
bool echo_connection_go_away(struct echo_connection *connection);

/* What to wait for. */
short echo_connection_events(const struct echo_connection *connection);

/* Call it now and then: gives up memory that a silent connection does not need. */
void echo_connection_rest(struct echo_connection *connection);

#endif
