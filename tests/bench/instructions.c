/*
 * Instructions for each message, see instructions.h. A job is run once, and three times. The difference,
 * divided by the messages of two runs, is the figure: what is done once, like the handshake, is not in it.
 */
#include "instructions.h"

#include <stdio.h>

#include "basics.h"
#include "contestant.h"
#include "plan.h"

enum { FEW_RUNS = 1, MANY_RUNS = 3, SMALL_PAYLOAD = 16, CHUNK = 65536 };

void instructions_run(const struct options *options)
{
    static struct plan jobs[PLAN_MAX];
    size_t count = plan_make(options, jobs);
    for (size_t i = 0; i < count; i++) {
        struct job *job = job_create(jobs[i].workload, &jobs[i].size, plan_volume(options));
        void *ours = contestant_ours.open(job);
        for (unsigned k = 0; k < options->repeat; k++) {
            struct run run = {.unread = job->frames, .left = job->frames_size, .chunk = job->size.chunk};
            if (!contestant_ours.run(ours, &run))
                bench_die("our library did not do its job");
        }
        contestant_ours.close(ours);
        job_free(job);
    }
}

static uint64_t count_runs(struct options options, unsigned repeat)
{
    options.repeat = repeat;
    return instructions_count(&options);
}

/* options: they leave one workload, chunk and payload. */
static void print_one(const struct options *options, bool first)
{
    static struct plan plan[PLAN_MAX];
    if (plan_make(options, plan) != 1)
        bench_die("one job at a time is counted");
    struct job *job = job_create(plan->workload, &plan->size, plan_volume(options));
    double messages = (double)job->messages * (MANY_RUNS - FEW_RUNS);
    job_free(job);

    double figure = (double)(count_runs(*options, MANY_RUNS) - count_runs(*options, FEW_RUNS)) / messages;
    const char *memory = !plan->workload->receives ? "-" : plan->size.own_memory ? "caller" : "library";
    if (options->json)
        printf("%s\n  {\"workload\": \"%s\", \"payload\": %lu, \"chunk\": %lu, \"memory\": \"%s\", "
               "\"instructions\": %.1f}",
               first ? "" : ",", plan->workload->name, (unsigned long)plan->size.payload,
               (unsigned long)plan->size.chunk, memory, figure);
    else
        printf("%-24s%10lu%10lu%10s%16.1f\n", plan->workload->name, (unsigned long)plan->size.payload,
               (unsigned long)plan->size.chunk, memory, figure);
    fflush(stdout);
}

void instructions_print(const struct options *options)
{
    static const char *const usual[] = {"server-receive-binary", "server-send", "client-send"};
    struct options chosen = *options;
    if (chosen.payload == 0)
        chosen.payload = SMALL_PAYLOAD;
    if (chosen.chunk == 0)
        chosen.chunk = CHUNK;
    if (chosen.memory == MEMORY_BOTH)
        chosen.memory = MEMORY_LIBRARY;

    if (options->json)
        printf("[");
    else
        printf("%-24s%10s%10s%10s%16s\n", "instructions", "payload", "chunk", "memory", "for a message");
    if (options->workload)
        print_one(&chosen, true);
    for (size_t i = 0; i < sizeof usual / sizeof usual[0] && !options->workload; i++) {
        chosen.workload = job_find(usual[i]);
        print_one(&chosen, i == 0);
    }
    if (options->json)
        printf("\n]\n");
}
