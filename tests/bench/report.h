/*
 * The results of measured jobs, as tables for people or as JSON.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stddef.h>

#include "measure.h"
#include "plan.h"
#include "stopwatch.h"

struct result {
    struct plan job;
    struct measurement by[CONTESTANTS_MAX]; /* in the order of contestants[] */
};

struct report {
    const struct result *results;
    size_t count;
    unsigned rounds;
    struct stopwatch_scale scale;
    int cpu;     /* that the program was pinned to, or -1 */
    bool paired; /* ratios are of rounds */
};

/* The machine, and how it was measured. */
void report_machine(const struct report *report);

/* A table for each workload, chunk and memory, with a line for each payload. */
void report_tables(const struct report *report);

/*
 * The ratios alone: a line for each workload and contestant, a column for each payload. Of minima, or, if paired, medians of
 * what each round says.
 */
void report_summary(const struct report *report);

/* All of it, as one object. */
void report_json(const struct report *report);

#endif
