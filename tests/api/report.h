/*
 * report.h - every case run against one library, each in a process of its own, and what came of it.
 *
 * Whatever the library does, crash, hang or end the process, is a result like any other.
 */
#ifndef API_REPORT_H
#define API_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "cases.h"
#include "report_library.h"

/* Seconds that a case may take: far more than the slowest needs on a slow machine. */
#define REPORT_TIME_LIMIT 60u

enum report_outcome { REPORT_AGREES, REPORT_DIFFERS, REPORT_SKIPPED };

/* A case to run, and what came of it. */
struct report_case {
    const char *name;            /* "subject.case" */
    const struct api_case *test; /* its table entry */
    enum report_outcome outcome;
    char expected[640]; /* these three: where it differs, else empty */
    char seen[640];
    char where[64]; /* "file.c:line"; empty if the process ended otherwise */
};

/* The groups of the page, by the authority behind the rule. */
enum report_group { REPORT_DOCUMENTED, REPORT_NET, REPORT_PROGRAMS, REPORT_CHOICE, REPORT_GROUPS };

enum report_group report_group_of(enum rule_source source);

/* "doc", "net" and so on. Static memory. */
const char *report_source_name(enum rule_source source);

/*
 * Runs the cases against the library in the file, prints the page or, with `json`, the same for machines, and
 * returns the program's exit code:
 *   0   all agree, or only choices of ours differ
 *   1   something else differs
 *   2   the library cannot be had, with the reason on stderr
 */
int report_run(const char *library, struct report_case *cases, size_t count, unsigned time_limit, bool json);

#endif
