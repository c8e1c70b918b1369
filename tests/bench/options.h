/*
 * The command line.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "job.h"

enum mode {
    MODE_MEASURE,      /* time against the peers and the limits, or against another build of our library */
    MODE_INSTRUCTIONS, /* instructions per message of our library */
    MODE_HANDLES,      /* what many handles cost */
    MODE_CONTENTION,   /* how long a thread waits for another one's calls */
    MODE_THREADS,      /* what two threads cost each other */
    MODE_RUN           /* only run our library: what MODE_INSTRUCTIONS looks at */
};

enum memory { MEMORY_BOTH, MEMORY_LIBRARY, MEMORY_CALLER };

struct options {
    enum mode mode;
    const char *against; /* the file of another build of our library to measure against, or NULL */
    const struct workload *workload; /* NULL: all */
    size_t payload;                  /* 0: all */
    size_t chunk;                    /* 0: all */
    enum memory memory;
    size_t receive_buffer; /* 0: as large as the chunk */
    unsigned rounds;
    unsigned repeat; /* MODE_RUN: how often the job is run */
    bool quick;      /* a run that shows only that all of it works */
    bool summary;
    bool json;
};

/* Read the command line. Wrong ones, and --help, end the program. */
struct options options_read(int count, char *const arguments[]);

#endif
