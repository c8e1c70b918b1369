/*
 * Calibration, see stopwatch.h.
 */
#include "stopwatch.h"

#include "machine.h"

#define OVERHEAD_TRIES 2000u

/* Wait for the system's clock to tick, so that a coarse clock is read at the beginning of a tick. */
static uint64_t next_tick(uint64_t not_before, uint64_t *counter)
{
    uint64_t seen = machine_nanoseconds();
    uint64_t now;
    do {
        now = machine_nanoseconds();
        *counter = stopwatch_now();
    } while (now == seen || now < not_before);
    return now;
}

static double overhead(void)
{
    uint64_t least = UINT64_MAX;
    for (unsigned i = 0; i < OVERHEAD_TRIES; i++) {
        struct stopwatch watch = {0, 0, 0};
        stopwatch_start(&watch);
        stopwatch_stop(&watch);
        if (watch.ticks < least)
            least = watch.ticks;
    }
    return (double)least;
}

struct stopwatch_scale stopwatch_calibrate(unsigned milliseconds)
{
    uint64_t first_counter, last_counter;
    uint64_t first = next_tick(0, &first_counter);
    uint64_t last = next_tick(first + milliseconds * UINT64_C(1000000), &last_counter);
    return (struct stopwatch_scale){.ticks_per_nanosecond =
                                        (double)(last_counter - first_counter) / (double)(last - first),
                                    .overhead = overhead()};
}

double stopwatch_nanoseconds(const struct stopwatch *watch, const struct stopwatch_scale *scale)
{
    double ticks = (double)watch->ticks - (double)watch->intervals * scale->overhead;
    return (ticks > 0 ? ticks : 0) / scale->ticks_per_nanosecond;
}

const char *stopwatch_source(void)
{
    return STOPWATCH_HAS_TSC ? "time-stamp counter" : "system clock";
}
