/*
 * Which calls are tried together. Several small alphabets, each with what has to come together for something
 * to happen, reach further than a large one.
 */
#ifndef ALPHABETS_H
#define ALPHABETS_H

#include "both.h"

enum { WALK_PREFIX = 12, WALK_LETTERS = 24 };

struct walk {
    const char *name;
    bool created;   /* begins before the handshake, not after it */
    bool extension; /* one is negotiated */
    unsigned depth;
    struct letter prefix[WALK_PREFIX]; /* the steps before each sequence */
    struct letter letters[WALK_LETTERS];
};

extern const struct walk walks[];
extern const unsigned walk_count;

#endif
