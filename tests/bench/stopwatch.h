/*
 * A stopwatch that can be stopped and started again within one measurement: it stands still while the
 * network's part is played. It counts the processor's time-stamp counter where there is one, because the
 * clocks of some virtual machines tick only every few milliseconds, and the system's clock elsewhere.
 *
 * Starting and stopping takes some time itself. How much is measured by stopwatch_calibrate and taken off
 * again.
 */
#ifndef STOPWATCH_H
#define STOPWATCH_H

#include <stdint.h>

#if defined(__x86_64__) || defined(__i386__) /* x86intrin.h has many thousand lines */
#define STOPWATCH_HAS_TSC 1
#define STOPWATCH_LFENCE  __builtin_ia32_lfence
#define STOPWATCH_RDTSC   __builtin_ia32_rdtsc
#elif defined(_M_X64) || defined(_M_IX86)
#include <intrin.h>
#define STOPWATCH_HAS_TSC 1
#define STOPWATCH_LFENCE  _mm_lfence
#define STOPWATCH_RDTSC   __rdtsc
#else
#define STOPWATCH_HAS_TSC 0
#include "machine.h"
#endif

struct stopwatch {
    uint64_t ticks;   /* of all intervals that are over */
    uint64_t started; /* the beginning of the one that runs */
    uint64_t intervals;
};

/* What one start and one stop cost, and how many ticks a nanosecond has; see stopwatch_calibrate. */
struct stopwatch_scale {
    double ticks_per_nanosecond;
    double overhead; /* ticks for each interval */
};

/* Compare the counter with the system's clock, which takes at least the given time. Pin the thread before. */
struct stopwatch_scale stopwatch_calibrate(unsigned milliseconds);

/* Nanoseconds on a watch that is stopped. */
double stopwatch_nanoseconds(const struct stopwatch *watch, const struct stopwatch_scale *scale);

/* What stopwatch_now counts, for the report. */
const char *stopwatch_source(void);

/* The counter, once all instructions before it are done. (rdtscp would be both in one; not every virtual machine has it.) */
static inline uint64_t stopwatch_now(void)
{
#if STOPWATCH_HAS_TSC
    STOPWATCH_LFENCE();
    return STOPWATCH_RDTSC();
#else
    return machine_nanoseconds();
#endif
}

static inline void stopwatch_start(struct stopwatch *watch)
{
    watch->started = stopwatch_now();
}

static inline void stopwatch_stop(struct stopwatch *watch)
{
    watch->ticks += stopwatch_now() - watch->started;
    watch->intervals++;
}

#endif
