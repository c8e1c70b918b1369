/*
 * Rounds, minimum and median, see measure.h.
 */
#include "measure.h"

#include <stdlib.h>

#include "basics.h"

static struct run new_run(const struct job *job)
{
    return (struct run){.unread = job->frames,
                        .left = job->workload->receives ? job->frames_size : 0,
                        .chunk = job->size.chunk};
}

/*
 * A run that is not measured: it fills caches and pools, and shows that the contestant does what it is
 * measured for.
 */
static void check(const struct contestant *contestant, void *self, const struct job *job)
{
    struct run run = new_run(job);
    run.collected = bench_allocate(job->frames_size);
    bool right = contestant->run(self, &run) && run.messages == job->messages &&
                 (contestant->is_limit || job_check(job, run.collected, run.bytes));
    bench_free(run.collected);
    if (!right)
        bench_die("a contestant did not do its job");
}

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static struct measurement evaluate(double times[], unsigned rounds)
{
    qsort(times, rounds, sizeof times[0], compare);
    return (struct measurement){
        .there = true, .minimum = times[0], .median = (times[(rounds - 1) / 2] + times[rounds / 2]) / 2};
}

void measure_job(const struct job *job, unsigned rounds, const struct stopwatch_scale *scale,
                 struct measurement results[])
{
    static double times[CONTESTANTS_MAX][MEASURE_MAX_ROUNDS];
    void *selves[CONTESTANTS_MAX];

    for (size_t i = 0; i < contestant_count; i++) {
        selves[i] = contestants[i]->open(job);
        if (selves[i])
            check(contestants[i], selves[i], job);
    }
    for (unsigned round = 0; round < rounds; round++)
        for (size_t i = 0; i < contestant_count; i++) {
            struct run run = new_run(job);
            if (!selves[i])
                continue;
            if (!contestants[i]->run(selves[i], &run) || run.messages != job->messages)
                bench_die("a contestant failed in a later round");
            times[i][round] = stopwatch_nanoseconds(&run.watch, scale) / (double)job->messages;
        }
    for (size_t i = 0; i < contestant_count; i++) {
        results[i] = selves[i] ? evaluate(times[i], rounds) : (struct measurement){.there = false};
        if (selves[i])
            contestants[i]->close(selves[i]);
    }
}
