/*
 * poller.h - one wait for many sockets: which of them can be read from or written to.
 *
 * poller_epoll.c is for Linux, where a wait costs nothing for the sockets that are silent; poller_poll.c for all
 * other systems, with WSAPoll on Windows.
 */
#ifndef POLLER_H
#define POLLER_H

#include "net.h"

struct poller;

/* A socket that is waited for. It stays where it is between poller_add and poller_remove. */
struct poller_entry {
    net_socket socket;
    short events; /* POLLIN, POLLOUT, both or neither: a broken connection is told of in any case */
    size_t place; /* the poller's own */
    void *owner;  /* the caller's own */
};

/* NULL: the system has none to give. */
struct poller *poller_open(void);

/* NULL is allowed. The sockets are left open. */
void poller_close(struct poller *poller);

/* Waits for entry->socket, too. False: there is no memory for it. */
bool poller_add(struct poller *poller, struct poller_entry *entry);

/* Changes the events that are waited for. False: as above. */
bool poller_change(struct poller *poller, struct poller_entry *entry, short events);

/* Call it before the socket is closed. */
void poller_remove(struct poller *poller, struct poller_entry *entry);

/* Waits until something can be done, a signal came, or the time is over. */
void poller_wait(struct poller *poller, int milliseconds);

/*
 * The next socket with which something can be done, NULL after the last. Before it is asked for, the one before may be
 * removed, and others may be added. What is not asked for is found again by the next wait.
 */
struct poller_entry *poller_next(struct poller *poller);

#endif
