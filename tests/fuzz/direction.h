/*
 * direction.h - one direction of a connection: the bytes that were written, and the frames that they are
 * meant to be.
 */
#ifndef FUZZ_DIRECTION_H
#define FUZZ_DIRECTION_H

#include "reference_decoder.h"

struct direction {
    uint8_t *bytes; /* all that was ever written */
    size_t size;
    size_t room;
    size_t read; /* so many of them have arrived */

    struct reference_frame
        *frames;   /* in the order in which they were begun; their payloads belong to the wire */
    bool *answers; /* for each whether it is a pong that the library made by itself */
    size_t count;
};

void direction_write(struct direction *direction, const void *bytes, size_t size);

/* A frame is about to be written. The payload is copied. */
void direction_begin_frame(struct direction *direction, const struct reference_frame *frame, bool answer);

/* Bytes that wait to be read. */
size_t direction_waiting(const struct direction *direction);

/*
 * Claims that the bytes are these frames in this order and nothing else, legal for the direction (masked: to
 * the server), and none broken by another.
 */
void direction_check(const struct direction *direction, bool masked, bool extension, bool verify);

/*
 * Claims that the answers on this wire belong to the first `seen` frames of the other direction: each to a
 * ping, in order, the last ping answered. all: every ping is.
 */
void direction_check_answers(const struct direction *direction, const struct direction *other, size_t seen,
                             bool all);

void direction_free(struct direction *direction);

#endif
