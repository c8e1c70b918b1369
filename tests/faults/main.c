/*
 * api_faults - every case of the API's tests, with every request refused that the library makes of the system
 * in it.
 *
 *   api_faults [PATTERN]
 *
 * In two ways, see calls.h. First each call is made again until all its requests are granted, and the case
 * must pass as if nothing had happened. Then the case is run once for each of its requests, which alone is
 * refused for good: it then fails somewhere, but its handles can be deleted and leave nothing behind. A test
 * of our own.
 */
#include <fnmatch.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "../api/api_tests.h"
#include "calls.h"
#include "heap.h"
#include "scenarios.h"
#include "../api/monitor.h"
#include "threads.h"

/* In the second way: what comes later in a case are the turns of a loop. */
#define MOST_RUNS 16u

/* The case that runs. */
static struct {
    jmp_buf end;
    bool stays; /* it has threads, or what they need: it cannot be left in the middle */
    char difference[512];
} current;

static unsigned long failures;

struct monitor *__real_monitor_create(void);
struct monitor *__wrap_monitor_create(void);
void __real_thread_start(struct thread *thread, void (*run)(void *argument), void *argument);
void __wrap_thread_start(struct thread *thread, void (*run)(void *argument), void *argument);

struct monitor *__wrap_monitor_create(void)
{
    current.stays = true;
    return __real_monitor_create();
}

void __wrap_thread_start(struct thread *thread, void (*run)(void *argument), void *argument)
{
    current.stays = true;
    __real_thread_start(thread, run, argument);
}

/* A case that cannot be run here calls this with NULL. */
static void leave_case(const struct check_difference *difference)
{
    if (difference)
        snprintf(current.difference, sizeof current.difference, "%s:%d: expected %s, seen %s",
                 difference->file, difference->line, difference->expected, difference->seen);
    longjmp(current.end, 1);
}

/* Whether no check of the case failed. */
static bool passes(const struct api_case *test)
{
    current.difference[0] = '\0';
    if (setjmp(current.end) == 0) {
        test->function();
        guard_intact();
    }
    session_release();
    memory_release();
    calls_delete_all();
    return current.difference[0] == '\0';
}

static void complain(const char *name, const char *what, const char *more)
{
    failures++;
    printf("%s %s%s\n", name, what, more);
}

static void run_with_each_refused(const char *name, const struct api_case *test)
{
    current.stays = false;
    calls_refuse_each();
    if (!passes(test))
        complain(name, "failed: ", current.difference);
    if (heap_blocks() != 0)
        complain(name, "left something behind", "");
}

/* Returns the number of runs. */
static unsigned run_with_one_refused(const char *name, const struct api_case *test)
{
    unsigned nth = 1;
    for (; nth <= MOST_RUNS; nth++) {
        calls_refuse_one(nth);
        (void)passes(test);
        if (heap_blocks() != 0) {
            complain(name, "left something behind when it was refused one thing", "");
            break;
        }
        if (!calls_refused_one())
            break;
    }
    return nth;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        const struct api_case *cases;
    } tables[] = {{"scenarios", scenarios_cases}, /* first: a table of handles that has grown stays so */
#define TABLE(subject) {#subject, subject##_cases},
                  API_TABLES(TABLE)
#undef TABLE
    };
    const char *pattern = argc > 1 ? argv[1] : "*";
    unsigned long count = 0, runs = 0;

    ws = &calls;
    check_observe(leave_case);
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        for (const struct api_case *test = tables[i].cases; test->name; test++) {
            char name[256];
            snprintf(name, sizeof name, "%s.%s", tables[i].name, test->name);
            if (fnmatch(pattern, name, 0) != 0)
                continue;
            run_with_each_refused(name, test);
            if (!current.stays)
                runs += run_with_one_refused(name, test);
            count++;
        }
    }
    printf("%lu cases, and %lu runs of them with one request refused for good\n", count, runs);
    if (!calls_report() && argc == 1)
        complain("calls", "were not refused what they should have been, or were refused what they should not",
                 "");
    return failures > 0 || count == 0;
}
