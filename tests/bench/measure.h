/*
 * The measurement of one job: all contestants in turn, round after round, so that whatever disturbs the
 * machine for a while disturbs them alike. Each round begins with another one.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>

#include "contestant.h"
#include "job.h"
#include "stopwatch.h"

#define MEASURE_MAX_ROUNDS 1000u

/* One contestant's nanoseconds for each message, over all rounds. */
struct measurement {
    bool there; /* the contestant does jobs like this */
    double minimum;
    double median;
    double paired; /* the median of what each round says: our time divided by this one's */
};

/* The median of so many values, which are sorted afterwards. */
double measure_median(double values[], unsigned count);

/*
 * Measure a job. First each contestant does it once while its output is checked; a wrong one ends the
 * program. results: one for each of contestants[]; in each round, a contestant does the job so often that there are at least so
 * many messages.
 */
void measure_job(const struct job *job, unsigned rounds, size_t least_messages,
                 const struct stopwatch_scale *scale, struct measurement results[]);

#endif
