/*
 * poller_poll.c - see poller.h: the list of sockets is here, and every wait hands it to the system as a whole.
 *
 * It is gone through from the last to the first, so that what takes a removed entry's place had its turn.
 */
#include "poller.h"

#include <stdlib.h>

struct poller {
    struct pollfd *sockets;
    struct poller_entry **entries; /* entries[i] is that of sockets[i] */
    size_t count;
    size_t room;
    size_t next; /* the entries below it are still to be looked at */
};

struct poller *poller_open(void)
{
    return calloc(1, sizeof(struct poller));
}

void poller_close(struct poller *poller)
{
    if (poller == NULL)
        return;
    free(poller->sockets);
    free(poller->entries);
    free(poller);
}

static bool make_room(struct poller *poller)
{
    if (poller->count < poller->room)
        return true;
    size_t room = poller->room * 2 + 16;
    struct pollfd *sockets = realloc(poller->sockets, room * sizeof *sockets);
    if (sockets != NULL)
        poller->sockets = sockets;
    struct poller_entry **entries = realloc(poller->entries, room * sizeof *entries);
    if (entries != NULL)
        poller->entries = entries;
    if (sockets == NULL || entries == NULL)
        return false;
    poller->room = room;
    return true;
}

bool poller_add(struct poller *poller, struct poller_entry *entry)
{
    if (!make_room(poller))
        return false;
    entry->place = poller->count++;
    poller->entries[entry->place] = entry;
    poller->sockets[entry->place] = (struct pollfd){.fd = entry->socket, .events = entry->events};
    return true;
}

bool poller_change(struct poller *poller, struct poller_entry *entry, short events)
{
    entry->events = events;
    poller->sockets[entry->place].events = events;
    return true;
}

void poller_remove(struct poller *poller, struct poller_entry *entry)
{
    size_t last = --poller->count;
    poller->sockets[entry->place] = poller->sockets[last];
    poller->entries[entry->place] = poller->entries[last];
    poller->entries[entry->place]->place = entry->place;
}

void poller_wait(struct poller *poller, int milliseconds)
{
    net_poll(poller->sockets, poller->count, milliseconds);
    poller->next = poller->count;
}

struct poller_entry *poller_next(struct poller *poller)
{
    while (poller->next-- > 0)
        if (poller->sockets[poller->next].revents != 0)
            return poller->entries[poller->next];
    poller->next = 0;
    return NULL;
}
