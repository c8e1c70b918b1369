/*
 * One run of one contestant: its stopwatch, the network that it reads from and writes to, and what it
 * delivers. The functions are inline because they lie inside the measured loops, the same ones for every
 * contestant.
 *
 * The network gives each read at most a chunk, with the stopwatch stopped: copying network bytes into the
 * receiver's buffer is the system's work, not the receiver's. It leaves them in the processor's cache, as a
 * system call would, and so it restores what was unmasked in place by the run before. Written bytes are
 * taken without a copy.
 */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "stopwatch.h"

struct run {
    struct stopwatch watch;
    const uint8_t *unread; /* what the network still has */
    size_t left;
    size_t chunk;
    size_t messages;    /* delivered, or sent */
    size_t bytes;       /* payload delivered, or frames written */
    uint8_t *collected; /* where a copy of them goes, or NULL */
};

/* Read from the network: at least 1 byte, or 0 if it has no more. */
static inline size_t run_read(struct run *run, uint8_t *to, size_t room)
{
    stopwatch_stop(&run->watch);
    size_t count = run->left < run->chunk ? run->left : run->chunk;
    if (count > room)
        count = room;
    memcpy(to, run->unread, count);
    run->unread += count;
    run->left -= count;
    stopwatch_start(&run->watch);
    return count;
}

/* Take bytes: received payload, or bytes for the network. */
static inline void run_take(struct run *run, const uint8_t *bytes, size_t count)
{
    if (run->collected)
        memcpy(run->collected + run->bytes, bytes, count);
    run->bytes += count;
}

#endif
