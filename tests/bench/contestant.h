/*
 * Who is measured: our library, its peers, another build of our library, and the limits that no codec can pass.
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

/* Those that are measured, ours first: all that this program has, but another build of our library. */
#define CONTESTANTS_MAX 9u
extern const struct contestant *const *contestants;
extern size_t contestant_count;

/* From now on, measure our library and another build of it alone; ours_load_other must have been called. */
void contestants_only_builds(void);

/* Load the other build from its file, which must not be the library's that this program uses anyway. */
void ours_load_other(const char *file);

extern const struct contestant contestant_ours;
extern const struct contestant contestant_other;
extern const struct contestant contestant_wslay_event; /* Debian's library: -O2, hardened */
extern const struct contestant contestant_wslay_frame;
extern const struct contestant contestant_wslay_o3_event; /* from source: -O3, not hardened */
extern const struct contestant contestant_wslay_o3_frame;
extern const struct contestant contestant_beast;
extern const struct contestant contestant_websocketpp;
extern const struct contestant contestant_xor;
extern const struct contestant contestant_memcpy;

#endif
