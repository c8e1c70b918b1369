/*
 * Who is measured: our library, its peer through two interfaces, and the limits that no codec can pass.
 */
#ifndef CONTESTANT_H
#define CONTESTANT_H

#include <stdbool.h>
#include <stddef.h>

#include "job.h"
#include "run.h"

struct contestant {
    const char *name;  /* for JSON */
    const char *title; /* for people, at most 16 characters */
    bool is_limit;     /* does not speak the protocol: its output is not checked */

    /*
     * Get ready for a job, not measured. Returns what run and close take, or NULL: it cannot do jobs like
     * this.
     */
    void *(*open)(const struct job *job);

    /*
     * Do the whole job once, with run->watch running only while the contestant works. Returns false if
     * something unexpected happened. The job is the one given to open.
     */
    bool (*run)(void *self, struct run *run);

    void (*close)(void *self);
};

/* All that this build has, ours first. */
#define CONTESTANTS_MAX 5u
extern const struct contestant *const contestants[];
extern const size_t contestant_count;

extern const struct contestant contestant_ours;
extern const struct contestant contestant_wslay_event;
extern const struct contestant contestant_wslay_frame;
extern const struct contestant contestant_xor;
extern const struct contestant contestant_memcpy;

#endif
