/*
 * net.h - the few socket operations that the examples need, the same on Windows and everywhere else.
 *
 * Include it before websocket.h: on Windows, winsock2.h must come before windows.h.
 * It knows nothing of WebSocket.
 */
#ifndef NET_H
#define NET_H

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
typedef SOCKET net_socket;
#define NET_NONE INVALID_SOCKET
#else
#include <poll.h>
typedef int net_socket;
#define NET_NONE (-1)
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What net_read and net_write return when it is not a number of bytes. */
enum {
    NET_WAIT = -1, /* nothing can be moved now: wait in net_poll */
    NET_LOST = -2  /* the connection is broken */
};

/* So many pieces of memory at most are written at once. */
enum { NET_PARTS = 5 };

/* A piece of memory to be written. */
struct net_part {
    const void *bytes;
    size_t size;
};

/* Call once, before anything else here. False: the system has no sockets. */
bool net_start(void);

/* A listening socket, or NET_NONE. host: a name or an address; port: a number, "0" for any. */
net_socket net_listen(const char *host, const char *port);

/*
 * The next connection that waits, or NET_NONE. The socket returned does not block and sends small packets at
 * once. *exhausted (set in every case): connections wait, but this process may have no more of them just now.
 */
net_socket net_accept(net_socket listener, bool *exhausted);

/* A connected socket, or NET_NONE. Waits for the connection; the socket returned does not block. */
net_socket net_connect(const char *host, const char *port);

/* The socket's own address as "127.0.0.1:8080" or "[::1]:8080"; text must have room for 64 bytes. */
void net_own_address(net_socket socket, char *text, size_t room);

/* Bytes read (1 or more), 0 when the other side will send nothing more, NET_WAIT, or NET_LOST. */
int net_read(net_socket socket, void *to, size_t room);

/*
 * Writes parts, NET_PARTS at most, one after another with one call to the system. Bytes written (1 or more),
 * NET_WAIT, or NET_LOST.
 */
int net_write(net_socket socket, const struct net_part *parts, unsigned count);

/* The other side will read the end of the stream; reading goes on. */
void net_finish_writing(net_socket socket);

/* NET_NONE is allowed. */
void net_close(net_socket socket);

/* Waits until a socket can do what its events ask (POLLIN, POLLOUT), a signal came, or the time is over. */
void net_poll(struct pollfd *sockets, size_t count, int milliseconds);

/* Milliseconds on a clock that nobody sets. */
uint64_t net_clock(void);

#endif
