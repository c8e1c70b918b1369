/*
 * poller_epoll.c - see poller.h: the system keeps the list of sockets, and a wait returns those that are ready.
 */
#define _GNU_SOURCE /* epoll_create1 */

#include "poller.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { READY = 256 }; /* of a wait; if there are more, the next wait begins with them */

struct poller {
    int epoll;
    int count;
    int next;
    struct epoll_event ready[READY];
};

struct poller *poller_open(void)
{
    struct poller *poller = calloc(1, sizeof *poller);
    if (poller == NULL)
        return NULL;
    poller->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (poller->epoll >= 0)
        return poller;
    free(poller);
    return NULL;
}

void poller_close(struct poller *poller)
{
    if (poller == NULL)
        return;
    close(poller->epoll);
    free(poller);
}

static bool control(struct poller *poller, int operation, struct poller_entry *entry)
{
    uint32_t events = (entry->events & POLLIN ? EPOLLIN : 0u) | (entry->events & POLLOUT ? EPOLLOUT : 0u);
    struct epoll_event event = {.events = events, .data.ptr = entry};
    return epoll_ctl(poller->epoll, operation, entry->socket, &event) == 0;
}

bool poller_add(struct poller *poller, struct poller_entry *entry)
{
    return control(poller, EPOLL_CTL_ADD, entry);
}

bool poller_change(struct poller *poller, struct poller_entry *entry, short events)
{
    if (entry->events == events) /* nearly always, and the system need not be asked */
        return true;
    entry->events = events;
    return control(poller, EPOLL_CTL_MOD, entry);
}

void poller_remove(struct poller *poller, struct poller_entry *entry)
{
    control(poller, EPOLL_CTL_DEL, entry);
}

void poller_wait(struct poller *poller, int milliseconds)
{
    poller->next = 0;
    poller->count = epoll_wait(poller->epoll, poller->ready, READY, milliseconds); /* -1: interrupted */
}

struct poller_entry *poller_next(struct poller *poller)
{
    return poller->next < poller->count ? poller->ready[poller->next++].data.ptr : NULL;
}
