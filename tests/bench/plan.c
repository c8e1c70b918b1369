/*
 * The list of jobs, see plan.h.
 */
#include "plan.h"

#include "basics.h"

static const size_t payloads[] = {16, 125, 1024, 4096, 65536, 1048576};
static const size_t chunks[] = {4096, 65536};

enum {
    LARGEST_CHUNK = 65536,
    LEAST_SEND_BUFFER = 16, /* a server's frame header needs no more */
    VOLUME = 1 << 18,
    QUICK_VOLUME = 1 << 10
};

struct list {
    struct plan *jobs;
    size_t count;
};

/* One option's values: those of the list, or the one that the command line names. */
struct values {
    const size_t *values;
    size_t count;
};

static struct values only_or_all(const size_t *only, const size_t *all, size_t count)
{
    return *only > 0 ? (struct values){only, 1} : (struct values){all, count};
}

static void add(struct list *list, const struct options *options, const struct workload *workload,
                size_t chunk, bool own_memory)
{
    struct values sizes = only_or_all(&options->payload, payloads, sizeof payloads / sizeof payloads[0]);
    for (size_t i = 0; i < sizes.count; i++) {
        if (list->count == PLAN_MAX)
            bench_die("more jobs than expected");
        list->jobs[list->count++] = (struct plan){.workload = workload,
                                                  .size = {.payload = sizes.values[i],
                                                           .chunk = chunk,
                                                           .receive_buffer = options->receive_buffer,
                                                           .own_memory = own_memory}};
    }
}

static void add_workload(struct list *list, const struct options *options, const struct workload *workload)
{
    static const size_t largest = LARGEST_CHUNK;
    struct values sizes = only_or_all(&options->chunk, chunks, sizeof chunks / sizeof chunks[0]);
    if (options->summary && options->chunk == 0)
        sizes = (struct values){&largest, 1};
    if (!workload->receives && workload->server) {
        add(list, options, workload, LEAST_SEND_BUFFER, false);
        return;
    }
    for (size_t i = 0; i < sizes.count; i++) {
        if (!workload->receives || options->memory != MEMORY_CALLER)
            add(list, options, workload, sizes.values[i], false);
        if (workload->receives && !options->summary && options->memory != MEMORY_LIBRARY)
            add(list, options, workload, sizes.values[i], true);
    }
}

size_t plan_make(const struct options *options, struct plan jobs[PLAN_MAX])
{
    struct list list = {.jobs = jobs};
    for (size_t i = 0; i < job_workload_count; i++)
        if (!options->workload || options->workload == &job_workloads[i])
            add_workload(&list, options, &job_workloads[i]);
    return list.count;
}

size_t plan_volume(const struct options *options)
{
    return options->quick ? QUICK_VOLUME : VOLUME;
}
