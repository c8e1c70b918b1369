/*
 * The same for programs. Times are nanoseconds for each message; a ratio is ours divided by the contestant's:
 * of minima, and the median of all rounds' own.
 */
#include "report.h"

#include <stdio.h>

#include "machine.h"

/* A string in quotes; what JSON would want escaped has no place in a processor's name. */
static void print_string(const char *text)
{
    putchar('"');
    for (; *text; text++)
        if ((unsigned char)*text >= ' ' && *text != '"' && *text != '\\')
            putchar(*text);
    putchar('"');
}

static void print_times(const struct result *result)
{
    const char *separator = "";
    for (size_t i = 0; i < contestant_count; i++) {
        const struct measurement *m = &result->by[i];
        if (!m->there)
            continue;
        printf("%s\n      \"%s\": {\"minimum\": %.3f, \"median\": %.3f, \"ratio\": %.5f, \"paired_ratio\": "
               "%.5f}",
               separator, contestants[i]->name, m->minimum, m->median, result->by[0].minimum / m->minimum,
               m->paired);
        separator = ",";
    }
}

static void print_result(const struct result *result)
{
    const struct plan *job = &result->job;
    printf("    {\"workload\": \"%s\", \"payload\": %lu", job->workload->name,
           (unsigned long)job->size.payload);
    if (job->workload->receives)
        printf(", \"chunk\": %lu, \"receive_buffer\": %lu, \"memory\": \"%s\"",
               (unsigned long)job->size.chunk,
               (unsigned long)(job->size.receive_buffer > 0 ? job->size.receive_buffer : job->size.chunk),
               job->size.own_memory ? "caller" : "library");
    else
        printf(", \"send_buffer\": %lu", (unsigned long)job->size.chunk);
    printf(", \"nanoseconds\": {");
    print_times(result);
    printf("}}");
}

void report_json(const struct report *report)
{
    printf("{\n  \"processor\": ");
    print_string(machine_processor());
    printf(",\n  \"pinned_to\": %d,\n  \"clock\": \"%s\",\n  \"ticks_per_nanosecond\": %.6f,\n", report->cpu,
           stopwatch_source(), report->scale.ticks_per_nanosecond);
    printf("  \"rounds\": %u,\n  \"results\": [\n", report->rounds);
    for (size_t i = 0; i < report->count; i++) {
        print_result(&report->results[i]);
        printf(i + 1 < report->count ? ",\n" : "\n");
    }
    printf("  ]\n}\n");
}
