/*
 * Runs the cases, several processes at a time. Cases of one subject run one after the other, because some
 * share what there is only once in a system: a registry value.
 */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "process.h"
#include "report_child.h"
#include "report_print.h"

#define SLOTS_MAX 8

/* A process and the case that it runs. */
struct slot {
    struct process *process; /* NULL: free */
    struct report_case *test;
    bool late;
};

struct run {
    const char *library;
    unsigned time_limit;
    struct report_case *cases;
    size_t count;
    bool *started; /* one for each case */
    struct slot slots[SLOTS_MAX];
    size_t slot_count;
};

const char *report_source_name(enum rule_source source)
{
    static const char *const names[] = {
        [RULE_DOC] = "doc",     [RULE_SDK] = "sdk",   [RULE_NET] = "net", [RULE_APPS] = "apps",
        [RULE_TRACE] = "trace", [RULE_WIRE] = "wire", [RULE_RFC] = "rfc", [RULE_CHOICE] = "choice",
    };

    return names[source];
}

enum report_group report_group_of(enum rule_source source)
{
    switch (source) {
    case RULE_DOC:
    case RULE_SDK:
    case RULE_RFC:
        return REPORT_DOCUMENTED;
    case RULE_NET:
        return REPORT_NET;
    case RULE_APPS:
    case RULE_TRACE:
    case RULE_WIRE:
        return REPORT_PROGRAMS;
    case RULE_CHOICE:
    default:
        return REPORT_CHOICE;
    }
}

/* ---- One case ---- */

static void differs(struct report_case *test, const char *expected, const char *seen)
{
    test->outcome = REPORT_DIFFERS;
    snprintf(test->expected, sizeof test->expected, "%s", expected);
    snprintf(test->seen, sizeof test->seen, "%s", seen);
}

/*
 * What came of the case whose process has ended. One that found a difference has told it; one that came to
 * its end has said so, and then ended well.
 */
static void judge(struct report_case *test, const struct process *process)
{
    const char *output = process_output(process);
    char end[128];
    char nothing[2];

    process_describe_end(process, end, sizeof end);
    if (report_child_said(output, SAID_EXPECTED, test->expected, sizeof test->expected)) {
        report_child_said(output, SAID_SEEN, test->seen, sizeof test->seen);
        report_child_said(output, SAID_WHERE, test->where, sizeof test->where);
        test->outcome = REPORT_DIFFERS;
    } else if (end[0] != '\0') {
        differs(test, "no crash", end);
    } else if (report_child_said(output, SAID_SKIPPED, nothing, sizeof nothing)) {
        test->outcome = REPORT_SKIPPED;
    } else if (!report_child_said(output, SAID_AGREES, nothing, sizeof nothing)) {
        differs(test, "no crash", "ended the process with exit code 0");
    } else {
        test->outcome = REPORT_AGREES;
    }
}

static void start_case(const struct run *run, struct slot *slot, struct report_case *test)
{
    const char *arguments[] = {"--library", run->library, "--only-case", test->name, NULL};

    slot->test = test;
    slot->late = false;
    slot->process = process_start(arguments, true);
    if (slot->process == NULL)
        differs(test, "a process of its own", "none could be started");
}

/* Frees the slot if its process has ended; ends the process if it takes too long. */
static void look_after(const struct run *run, struct slot *slot)
{
    char seen[64];

    if (!process_ended(slot->process)) {
        if (process_age(slot->process) < run->time_limit * 1000ul)
            return;
        process_stop(slot->process);
        process_ended(slot->process);
        slot->late = true;
    }
    if (slot->late) {
        snprintf(seen, sizeof seen, "no answer in %u s", run->time_limit);
        differs(slot->test, "an answer", seen);
    } else {
        judge(slot->test, slot->process);
    }
    process_free(slot->process);
    slot->process = NULL;
}

/* ---- All cases ---- */

static bool same_subject(const struct report_case *a, const struct report_case *b)
{
    size_t length = strcspn(a->name, ".");

    return strcspn(b->name, ".") == length && memcmp(a->name, b->name, length) == 0;
}

static bool subject_is_running(const struct run *run, const struct report_case *test)
{
    for (size_t i = 0; i < run->slot_count; i++)
        if (run->slots[i].process != NULL && same_subject(run->slots[i].test, test))
            return true;
    return false;
}

static struct report_case *next_case(const struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        if (!run->started[i] && !subject_is_running(run, &run->cases[i])) {
            run->started[i] = true;
            return &run->cases[i];
        }
    }
    return NULL;
}

/* Ends finished processes and starts new ones; false once nothing runs and nothing is left to start. */
static bool turn(struct run *run)
{
    bool busy = false;

    for (size_t i = 0; i < run->slot_count; i++) {
        struct slot *slot = &run->slots[i];
        struct report_case *test;

        if (slot->process != NULL)
            look_after(run, slot);
        if (slot->process == NULL && (test = next_case(run)) != NULL) {
            start_case(run, slot, test);
            busy = true;
        }
        busy = busy || slot->process != NULL;
    }
    return busy;
}

static bool run_cases(struct run *run)
{
    unsigned capacity = process_capacity();

    run->slot_count = capacity < SLOTS_MAX ? capacity : SLOTS_MAX;
    run->started = calloc(run->count, sizeof *run->started);
    if (run->started == NULL) {
        fprintf(stderr, "api_tests: out of memory\n");
        return false;
    }
    while (turn(run))
        process_pause();
    free(run->started);
    return true;
}

/* ---- The library ---- */

/* Has a process load the library and tell which one it is: loading alone may crash or hang, too. */
static bool describe(const struct run *run, struct report_library *library)
{
    const char *arguments[] = {"--library", run->library, "--describe", NULL};
    struct process *process = process_start(arguments, false);
    char text[128];
    bool late = false;
    bool described;

    if (process == NULL)
        return false;
    while (!process_ended(process)) {
        if (process_age(process) >= run->time_limit * 1000ul) {
            process_stop(process);
            late = true;
        }
        process_pause();
    }
    process_describe_end(process, text, sizeof text);
    described =
        report_child_said(process_output(process), SAID_SYSTEM, library->system, sizeof library->system) &&
        text[0] == '\0';
    report_child_said(process_output(process), SAID_FILE, library->file, sizeof library->file);
    report_child_said(process_output(process), SAID_VERSION, library->version, sizeof library->version);
    report_child_said(process_output(process), SAID_BYTES, text, sizeof text);
    library->bytes = strtoull(text, NULL, 10);
    process_describe_end(process, text, sizeof text);
    if (late || text[0] != '\0')
        fprintf(stderr, "loading %s: %s\n", run->library, late ? "no answer" : text);
    process_free(process);
    return described;
}

int report_run(const char *library, struct report_case *cases, size_t count, unsigned time_limit, bool json)
{
    struct run run = {.library = library, .time_limit = time_limit, .cases = cases, .count = count};
    struct report_library description;

    if (!describe(&run, &description) || !run_cases(&run))
        return 2;
    if (json)
        report_print_json(&description, cases, count);
    else
        report_print_page(&description, cases, count);
    for (size_t i = 0; i < count; i++)
        if (cases[i].outcome == REPORT_DIFFERS && cases[i].test->source != RULE_CHOICE)
            return 1;
    return 0;
}
