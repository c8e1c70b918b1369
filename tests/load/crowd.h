/*
 * crowd.h - all peers in one loop: places for talkers, which the test fills and tells what to do, and places
 * for actors, each of which takes one misdeed after the other.
 */
#ifndef LOAD_CROWD_H
#define LOAD_CROWD_H

#include "script.h"
#include "server.h"
#include "talker.h"

/* What became of the peers with one kind of misdeed. */
struct misdeed_tally {
    unsigned begun;
    unsigned over; /* they ended as they should */
    const char *name;
    const char *ends;
};

struct crowd {
    struct peer_place place;
    struct tally tally;
    size_t talker_count;
    struct talker *talkers; /* zeroed where there is none: peer.socket is -1 then */
    size_t actor_count;
    struct actor *actors;
    uint64_t *rests; /* until when an actor's place stays empty */
    struct misdeed_tally *misdeeds;
    size_t next_misdeed;
    bool goes_on;         /* actors begin new misdeeds */
    uint64_t silence;     /* milliseconds that the silent ones are silent; 0: as long as goes_on */
    unsigned rest;        /* milliseconds between two misdeeds in one place */
    uint32_t next_number; /* of a peer */
    size_t connecting;    /* talkers that are not open yet */
    size_t talking;       /* talkers that are there */
    size_t acting;        /* actors that are there */
    unsigned failures;
    uint64_t progress; /* when something last happened */
};

/** Lets this process, and the server it starts, have so many descriptors. False, and said: it may not. */
bool crowd_raise_limit(size_t descriptors);

void crowd_open(struct crowd *crowd, uint16_t port, size_t talkers, size_t actors);

/** Puts a talker into an empty place. */
void crowd_add_talker(struct crowd *crowd, size_t place, uint32_t messages, bool leaves);

/** A turn of the loop: waits for at most ten milliseconds, and lets everybody do what they can. */
void crowd_turn(struct crowd *crowd);

/** Whether every kind of misdeed was done and ended. */
bool crowd_did_every_misdeed(const struct crowd *crowd);

/** Counts a failure, and says so. */
void crowd_fail(struct crowd *crowd, const char *format, ...);

/** False, and said: nothing has happened for a minute. */
bool crowd_lives(struct crowd *crowd);

/** Waits until the server has no descriptor more than before. */
void crowd_expect_descriptors(struct crowd *crowd, const struct server *server, unsigned before);

/** The figures: messages, and misdeeds with how they ended. */
void crowd_print(const struct crowd *crowd);

void crowd_close(struct crowd *crowd);

#endif
