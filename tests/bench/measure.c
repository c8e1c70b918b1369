/*
 * Rounds, minima and medians, see measure.h.
 */
#include "measure.h"

#include <stdio.h>
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
    if (!right) {
        fprintf(stderr, "%s: ", contestant->title);
        bench_die("a contestant did not do its job");
    }
}

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return a < b ? -1 : a > b;
}

double measure_median(double values[], unsigned count)
{
    qsort(values, count, sizeof values[0], compare);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

/* A contestant's times, and ours in the same rounds. */
static struct measurement evaluate(const double times[], const double ours[], unsigned rounds)
{
    double sorted[MEASURE_MAX_ROUNDS], ratios[MEASURE_MAX_ROUNDS];
    for (unsigned round = 0; round < rounds; round++) {
        sorted[round] = times[round];
        ratios[round] = ours[round] / times[round];
    }
    const double middle = measure_median(sorted, rounds);
    return (struct measurement){
        .there = true, .minimum = sorted[0], .median = middle, .paired = measure_median(ratios, rounds)};
}

/* Nanoseconds for each message. */
static double take_time(const struct contestant *contestant, void *self, const struct job *job, size_t repeat,
                        const struct stopwatch_scale *scale)
{
    double sum = 0;
    for (size_t i = 0; i < repeat; i++) {
        struct run run = new_run(job);
        if (!contestant->run(self, &run) || run.messages != job->messages)
            bench_die("a contestant failed in a later round");
        sum += stopwatch_nanoseconds(&run.watch, scale);
    }
    return sum / (double)(repeat * job->messages);
}

void measure_job(const struct job *job, unsigned rounds, size_t least_messages,
                 const struct stopwatch_scale *scale, struct measurement results[])
{
    static double times[CONTESTANTS_MAX][MEASURE_MAX_ROUNDS];
    void *selves[CONTESTANTS_MAX];
    const size_t repeat = (least_messages + job->messages - 1) / job->messages;

    for (size_t i = 0; i < contestant_count; i++) {
        selves[i] = contestants[i]->open(job);
        if (selves[i])
            check(contestants[i], selves[i], job);
    }
    for (unsigned round = 0; round < rounds; round++)
        for (size_t turn = 0; turn < contestant_count; turn++) {
            const size_t i = (round + turn) % contestant_count;
            if (selves[i])
                times[i][round] = take_time(contestants[i], selves[i], job, repeat, scale);
        }
    for (size_t i = 0; i < contestant_count; i++) {
        results[i] = selves[i] ? evaluate(times[i], times[0], rounds) : (struct measurement){.there = false};
        if (selves[i])
            contestants[i]->close(selves[i]);
    }
}
