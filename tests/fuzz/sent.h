/*
 * sent.h - what a session sends, byte by byte: frames whose payload must be one byte over and over. It finds
 * where frames end, and knows of masking and lengths, nothing else.
 */
#ifndef FUZZ_SENT_H
#define FUZZ_SENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sent {
    uint8_t head[14]; /* of the current frame */
    size_t have;      /* bytes of it */
    uint64_t left;    /* of the payload, once the head is complete */
    uint64_t passed;  /* of the payload */
    bool in_payload;
};

/* All frames end here: nothing of a further one has come. */
bool sent_is_between(const struct sent *sent);

/* count bytes were sent. masked: what the mask bits must be; fill: what the payload must be made of. The two
 * bytes of status that a close frame begins with may be anything. any: the payload may be anything. */
void sent_bytes(struct sent *sent, const uint8_t *bytes, size_t count, bool masked, uint8_t fill, bool any);

/* count bytes of payload were sent that need not be looked at. */
void sent_passed(struct sent *sent, uint64_t count);

/* The current frame was given up. */
void sent_cut(struct sent *sent);

#endif
