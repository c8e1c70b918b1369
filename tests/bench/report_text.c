/*
 * Tables for people. Times are nanoseconds for each message, as minimum and (median) of all rounds.
 */
#include "report.h"

#include <stdio.h>
#include <string.h>

#include "machine.h"

void report_machine(const struct report *report)
{
    printf("%s, ", machine_processor());
    if (report->cpu >= 0)
        printf("pinned to processor %d", report->cpu);
    else
        printf("not pinned to a processor");
    printf("; %u rounds; %s, %.0f ticks per microsecond\n", report->rounds, stopwatch_source(),
           report->scale.ticks_per_nanosecond * 1000);
}

/* Room for a size's or a time's text. */
enum { TEXT_SIZE = 32 };

/* "16 B", "64 KiB", "1 MiB" */
static const char *size_name(size_t size, char text[TEXT_SIZE])
{
    static const char *const units[] = {"B", "KiB", "MiB"};
    size_t unit = 0;
    for (; unit < 2 && size >= 1024 && size % 1024 == 0; size /= 1024)
        unit++;
    snprintf(text, TEXT_SIZE, "%lu %s", (unsigned long)size, units[unit]);
    return text;
}

static void print_title(const struct plan *job)
{
    char chunk[TEXT_SIZE], buffer[TEXT_SIZE];
    printf("\n%s", job->workload->title);
    if (job->workload->receives) {
        printf(", network chunks of %s, %s memory", size_name(job->size.chunk, chunk),
               job->size.own_memory ? "the caller's" : "the library's");
        if (job->size.receive_buffer > 0)
            printf(", receive buffer of %s", size_name(job->size.receive_buffer, buffer));
    } else if (!job->workload->server)
        printf(", send buffer of %s", size_name(job->size.chunk, chunk));
    printf("\n%8s", "payload");
    for (size_t i = 0; i < contestant_count; i++) {
        printf(contestants[i]->is_limit ? " |%10s" : " |%18s", contestants[i]->title);
        printf("%9s", i == 0 ? "GB/s" : "ratio");
    }
    printf("\n");
}

static void print_line(const struct result *result)
{
    char size[TEXT_SIZE];
    printf("%8s", size_name(result->job.size.payload, size));
    for (size_t i = 0; i < contestant_count; i++) {
        const struct measurement *m = &result->by[i];
        printf(" |");
        if (!m->there) {
            printf("%18s%9s", "-", "-");
            continue;
        }
        printf(m->minimum < 1000 ? "%*.1f" : "%*.0f", contestants[i]->is_limit ? 10 : 9, m->minimum);
        if (!contestants[i]->is_limit) {
            char median[TEXT_SIZE];
            snprintf(median, sizeof median, m->median < 1000 ? "(%.1f)" : "(%.0f)", m->median);
            printf("%9s", median);
        }
        if (i == 0)
            printf("%9.2f", (double)result->job.size.payload / m->minimum);
        else
            printf("%9.3f", result->by[0].minimum / m->minimum);
    }
    printf("\n");
}

/* Whether two jobs differ in the payload only, if at all. */
static bool same_table(const struct plan *a, const struct plan *b)
{
    return a->workload == b->workload && a->size.chunk == b->size.chunk &&
           a->size.own_memory == b->size.own_memory;
}

void report_tables(const struct report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct result *result = &report->results[i];
        if (i == 0 || !same_table(&result[-1].job, &result->job))
            print_title(&result->job);
        print_line(result);
    }
}

/* A limit says nothing about messages so small that calls cost more than bytes. */
static bool is_told(const struct result *result, size_t contestant)
{
    return result->by[contestant].there &&
           (!contestants[contestant]->is_limit || result->job.size.payload >= 4096);
}

static double ratio(const struct report *report, const struct result *result, size_t contestant)
{
    const struct measurement *m = &result->by[contestant];
    return report->paired ? m->paired : result->by[0].minimum / m->minimum;
}

static void print_ratios(const struct report *report, const struct result *results, size_t count,
                         size_t contestant)
{
    char title[64];
    snprintf(title, sizeof title, "%s / %s", results->job.workload->title, contestants[contestant]->title);
    printf("%-46s", title);
    for (size_t i = 0; i < count; i++)
        if (is_told(&results[i], contestant))
            printf("%9.3f", ratio(report, &results[i], contestant));
        else
            printf("%9s", "");
    printf("\n");
}

void report_summary(const struct report *report)
{
    size_t count;
    for (size_t i = 0; i < report->count; i += count) {
        const struct result *results = &report->results[i];
        for (count = 1; i + count < report->count && same_table(&results[0].job, &results[count].job);)
            count++;
        if (i == 0) {
            printf("\n%-46s", report->paired ? "median of the rounds' ratios" : "ratio of minima");
            for (size_t k = 0; k < count; k++) {
                char size[TEXT_SIZE];
                printf("%9s", size_name(results[k].job.size.payload, size));
            }
            printf("\n");
        }
        for (size_t k = 1; k < contestant_count; k++)
            if (results[0].by[k].there)
                print_ratios(report, results, count, k);
    }
}
