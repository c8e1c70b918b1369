/*
 * Two threads, see two_threads.h. The two run a job of the same kind at the same time, each on a processor of its own, once to
 * have everything in its caches, and once more for the time. If the system then lets only one of them run, that is tried again. All arrangements take turns, round after round.
 *
 * The buffers are the smallest, so that neighbours in the table are neighbours in memory as well. Whether two of them share a
 * cache line may depend on where they begin, so there are several pairs, and the slowest counts.
 */
#include "two_threads.h"

#include <stdatomic.h>
#include <stdio.h>

#include "basics.h"
#include "contestant.h"
#include "machine.h"
#include "measure.h"
#include "threads.h"

/* Short runs: the less likely is it that the system lets another program have a processor in the middle of one. */
enum { VOLUME = 1 << 14, QUICK_VOLUME = 1 << 10, TRIES = 10000 };

enum {
    HANDLES = 64,
    PAYLOAD = 16,
    CHUNK = 4096,
    RECEIVE_BUFFER = 256,
    CALIBRATION = 200,
    MIDDLE = HANDLES / 2
};

/* Which handles the two threads have. */
static const struct arrangement {
    size_t first, second;
} arrangements[] = {
    {0, HANDLES - 1}, /* far apart */
    {MIDDLE, MIDDLE + 1}, {MIDDLE + 1, MIDDLE + 2}, {MIDDLE + 2, MIDDLE + 3}, {MIDDLE + 3, MIDDLE + 4},
};
enum { FAR_APART, FIRST_PAIR, ARRANGEMENTS = sizeof arrangements / sizeof arrangements[0] };

/* One of the two threads. */
struct lane {
    const struct job *job;
    void *self; /* a contestant, with its handle */
    int cpu;
    atomic_uint *ready; /* threads that are */
    unsigned lanes;
    struct stopwatch watch;
    uint64_t began, ended; /* in ticks of the stopwatch */
    bool fine;
};

static bool run_once(struct lane *lane)
{
    const struct job *job = lane->job;
    struct run run = {.unread = job->frames,
                      .left = job->workload->receives ? job->frames_size : 0,
                      .chunk = job->size.chunk};
    const bool fine = contestant_ours.run(lane->self, &run) && run.messages == job->messages;
    lane->watch = run.watch;
    return fine;
}

static void run_lane(void *argument)
{
    struct lane *lane = argument;
    (void)machine_pin_to(lane->cpu);
    const bool warm = run_once(lane);
    atomic_fetch_add(lane->ready, 1);
    while (atomic_load(lane->ready) < lane->lanes) {
    }
    lane->began = stopwatch_now();
    lane->fine = run_once(lane) && warm;
    lane->ended = stopwatch_now();
}

/* Whether the two ran at the same time, for half of the time at least: else they could not disturb each other. */
static bool ran_together(const struct lane *a, const struct lane *b)
{
    const uint64_t first = a->began < b->began ? a->began : b->began;
    const uint64_t second = a->began < b->began ? b->began : a->began;
    const uint64_t last = a->ended < b->ended ? b->ended : a->ended;
    const uint64_t last_but_one = a->ended < b->ended ? a->ended : b->ended;
    return last_but_one > second && (last_but_one - second) * 2 >= last - first;
}

/*
 * Nanoseconds for a message, the mean of the threads'. second NULL: there is one thread only. 0 if the two did not run at the
 * same time.
 */
static double try_time(const struct job *job, void *first, void *second, const int cpus[2],
                       const struct stopwatch_scale *scale)
{
    atomic_uint ready = 0;
    const unsigned count = second ? 2 : 1;
    struct lane lanes[2] = {{.job = job, .self = first, .cpu = cpus[0], .ready = &ready, .lanes = count},
                            {.job = job, .self = second, .cpu = cpus[1], .ready = &ready, .lanes = count}};
    struct thread thread;
    if (second)
        thread_start(&thread, run_lane, &lanes[1]);
    run_lane(&lanes[0]);
    if (second)
        thread_join(&thread);
    double sum = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!lanes[i].fine)
            bench_die("a thread did not do its job");
        sum += stopwatch_nanoseconds(&lanes[i].watch, scale) / (double)job->messages;
    }
    return !second || ran_together(&lanes[0], &lanes[1]) ? sum / count : 0;
}

static double take_time(const struct job *job, void *first, void *second, const int cpus[2],
                        const struct stopwatch_scale *scale)
{
    double time = 0;
    for (unsigned i = 0; time <= 0; i++) {
        if (i == TRIES)
            bench_die("two threads never run at the same time here");
        time = try_time(job, first, second, cpus, scale);
    }
    return time;
}

/* The handles of all selves were made one after another. */
static void measure(const struct job *job, void *const selves[], const int cpus[2],
                    const struct options *options, const struct stopwatch_scale *scale)
{
    static double alone[MEASURE_MAX_ROUNDS], together[ARRANGEMENTS][MEASURE_MAX_ROUNDS];
    for (unsigned round = 0; round < options->rounds; round++) {
        alone[round] = take_time(job, selves[0], NULL, cpus, scale);
        for (size_t i = 0; i < ARRANGEMENTS; i++)
            together[i][round] =
                take_time(job, selves[arrangements[i].first], selves[arrangements[i].second], cpus, scale);
    }
    const double one = measure_median(alone, options->rounds);
    const double far_apart = measure_median(together[FAR_APART], options->rounds);
    double neighbours = 0;
    for (size_t i = FIRST_PAIR; i < ARRANGEMENTS; i++) {
        const double pair = measure_median(together[i], options->rounds);
        neighbours = pair > neighbours ? pair : neighbours;
    }
    printf("%-24s |%12.1f%12.1f%12.1f |%14.3f%18.3f\n", job->workload->title, one, far_apart, neighbours,
           far_apart / one, neighbours / far_apart);
}

void two_threads_print(const struct options *options)
{
    static const char *const workloads[] = {"server-receive-binary", "server-send"};
    static const struct job_size size = {
        .payload = PAYLOAD, .chunk = CHUNK, .receive_buffer = RECEIVE_BUFFER};
    int cpus[2];
    if (machine_processors(cpus, 2) < 2 || !machine_pin_to(cpus[0]))
        bench_die("two threads want a processor each, and there are not two");
    const struct stopwatch_scale scale = stopwatch_calibrate(CALIBRATION);
    printf("%s, processors %d and %d; %u rounds; messages of %d bytes\n\n", machine_processor(), cpus[0],
           cpus[1], options->rounds, PAYLOAD);
    printf("%-24s |%36s |%32s\n", "", "nanoseconds for a message, medians", "ratios of medians");
    printf("%-24s |%12s%12s%12s |%14s%18s\n", "two threads", "one alone", "far apart", "neighbours",
           "far / alone", "neighbours / far");
    for (size_t i = 0; i < sizeof workloads / sizeof workloads[0]; i++) {
        struct job *job = job_create(job_find(workloads[i]), &size, options->quick ? QUICK_VOLUME : VOLUME);
        void *selves[HANDLES];
        for (size_t k = 0; k < HANDLES; k++)
            selves[k] = contestant_ours.open(job);
        measure(job, selves, cpus, options, &scale);
        for (size_t k = 0; k < HANDLES; k++)
            contestant_ours.close(selves[k]);
        job_free(job);
    }
}
