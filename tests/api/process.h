/*
 * process.h - this program started again, and how that ended.
 *
 * Nothing here blocks: the caller asks now and then whether a process has ended, and ends it when it takes
 * too long.
 */
#ifndef API_PROCESS_H
#define API_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

struct process;

/* To be called first: the name by which this program was started, under which it is found again. */
void process_name(const char *name);

/*
 * Starts this program with the arguments (NULL after the last) and collects what it writes to its standard
 * output. Its standard error is this program's own or, if it is to be quiet, lost. NULL if it cannot be
 * started, with the reason on stderr.
 */
struct process *process_start(const char *const *arguments, bool quiet);

/* Whether it has ended, of itself or by process_stop(). Reads on what it has written. */
bool process_ended(struct process *process);

/* Ends it. */
void process_stop(struct process *process);

/* Milliseconds since it was started. */
unsigned long process_age(const struct process *process);

/*
 * After process_ended(): how it ended, for example "ended with exception 0xC0000005 (access violation)";
 * empty if it returned 0. `size` should be 100 or more.
 */
void process_describe_end(const struct process *process, char *text, size_t size);

/* What it wrote, as a string; of much, the last 32 KiB at least. Lives as long as the process. */
const char *process_output(const struct process *process);

/* Frees a process that has ended. */
void process_free(struct process *process);

/* Lets a few milliseconds pass. */
void process_pause(void);

/* How many processes the machine runs at the same time, at least 1. */
unsigned process_capacity(void);

/*
 * To be called first by a process that may crash: no dialog is shown, no debugger is started, no core is
 * written, and the exit code tells why.
 */
void process_expect_crash(void);

#endif
