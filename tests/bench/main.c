/*
 * websocket_bench: how fast the library is, through its exports alone, beside peers and beside the limits.
 * See --help.
 */
#include <stdio.h>
#include <stdlib.h>

#include "contention.h"
#include "contestant.h"
#include "handles.h"
#include "instructions.h"
#include "machine.h"
#include "measure.h"
#include "options.h"
#include "plan.h"
#include "report.h"
#include "stopwatch.h"
#include "two_threads.h"

enum { CALIBRATION = 200, QUICK_CALIBRATION = 20 }; /* milliseconds */

/* In a round: so many that a difference of some hundredths is seen where a message takes some nanoseconds. */
enum { MESSAGES_BETWEEN_BUILDS = 64 };

static void measure_all(const struct options *options, struct report *report)
{
    static struct plan plan[PLAN_MAX];
    static struct result results[PLAN_MAX];
    report->results = results;
    report->count = plan_make(options, plan);
    report->rounds = options->rounds;
    report->paired = options->against != NULL;
    for (size_t i = 0; i < report->count; i++) {
        if (i == 0 || plan[i].workload != plan[i - 1].workload)
            fprintf(stderr, "measuring %s\n", plan[i].workload->title);
        struct job *job = job_create(plan[i].workload, &plan[i].size, plan_volume(options));
        results[i].job = plan[i];
        measure_job(job, options->rounds, options->against ? MESSAGES_BETWEEN_BUILDS : 1, &report->scale,
                    results[i].by);
        job_free(job);
    }
}

static void print(const struct options *options, const struct report *report)
{
    if (options->json) {
        report_json(report);
        return;
    }
    report_machine(report);
    if (options->summary)
        report_summary(report);
    else
        report_tables(report);
}

int main(int count, char *arguments[])
{
    struct options options = options_read(count, arguments);
    if (options.mode == MODE_INSTRUCTIONS) {
        instructions_print(&options);
        return EXIT_SUCCESS;
    }
    if (options.mode == MODE_RUN) {
        instructions_run(&options);
        return EXIT_SUCCESS;
    }
    if (options.mode == MODE_CONTENTION) {
        contention_print(&options);
        return EXIT_SUCCESS;
    }

    if (options.mode == MODE_THREADS) {
        two_threads_print(&options);
        return EXIT_SUCCESS;
    }
    if (options.against) {
        ours_load_other(options.against);
        contestants_only_builds();
    }

    machine_keep_heap();
    struct report report = {.cpu = machine_pin()};
    report.scale = stopwatch_calibrate(options.quick ? QUICK_CALIBRATION : CALIBRATION);
    if (options.mode == MODE_HANDLES) {
        handles_print(&options, &report.scale);
        return EXIT_SUCCESS;
    }
    measure_all(&options, &report);
    print(&options, &report);
    return EXIT_SUCCESS;
}
