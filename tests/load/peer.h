/*
 * peer.h - one connection to the server, well-behaved (talker.h) or not (script.h): what the loop in crowd.h
 * knows of it.
 */
#ifndef LOAD_PEER_H
#define LOAD_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum peer_state {
    PEER_RUNS,
    PEER_OVER,  /* it ended as it should */
    PEER_FAILED /* peer.trouble says why */
};

/* What all peers did. */
struct tally {
    uint64_t connections; /* well-behaved ones that were opened */
    uint64_t messages;    /* echoed right, as the next four */
    uint64_t message_bytes;
    uint64_t fragmented;
    uint64_t pings;
    uint64_t closes;
};

struct peer {
    int socket;
    uint32_t number;
    bool misbehaves; /* an actor, else a talker */
    uint32_t events; /* what epoll watches for */
    enum peer_state state;
    struct tally *tally;
    char trouble[160];
};

/** Where the server listens, and the epoll that all peers are in. */
struct peer_place {
    int epoll;
    uint16_t port;
};

/**
 * Begins to connect, from one of several addresses of this machine, because one alone has too few ports. data
 * is what epoll returns. False: PEER_FAILED.
 */
bool peer_connect(struct peer *peer, const struct peer_place *place, void *data);

/** Has epoll watch for these events. */
void peer_watch(struct peer *peer, const struct peer_place *place, uint32_t events, void *data);

/** Closes the socket; with reset the other side gets a RST. */
void peer_disconnect(struct peer *peer, bool reset);

/** Sets PEER_FAILED and the trouble, unless there is one already. */
void peer_fail(struct peer *peer, const char *format, ...);

/** Ends the own direction of the stream. */
bool peer_finish(struct peer *peer);

enum { PEER_NOTHING = -1, PEER_BROKEN = -2 };

/**
 * Bytes moved, PEER_NOTHING when none can be just now, PEER_BROKEN; receiving, 0 at the end of the stream.
 */
long peer_send(const struct peer *peer, const void *bytes, size_t size);
long peer_receive(const struct peer *peer, void *to, size_t room);

/** Milliseconds on a clock that nobody sets. */
uint64_t peer_clock(void);

#endif
