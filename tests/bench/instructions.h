/*
 * Instructions for each message that our library executes, counted by valgrind: unlike time, the same in
 * every run.
 */
#ifndef INSTRUCTIONS_H
#define INSTRUCTIONS_H

#include <stdint.h>

#include "options.h"

/*
 * Count and print, for the jobs that the options leave; without a workload for the three that matter most,
 * without a payload for 16 bytes. Needs valgrind, so there is none of it on Windows.
 */
void instructions_print(const struct options *options);

/* What is counted: our library alone does the jobs, options->repeat times. */
void instructions_run(const struct options *options);

/*
 * Start this program under valgrind, which must be installed, with instructions_run for the one job that
 * the options leave.
 * Returns the instructions within the library's functions. In instructions_posix.c and
 * instructions_windows.c.
 */
uint64_t instructions_count(const struct options *options);

#endif
