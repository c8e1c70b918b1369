/*
 * What every file here needs: to give up, and memory or giving up.
 */
#ifndef BASICS_H
#define BASICS_H

#include <stddef.h>

/*
 * How the addresses are aligned that bench_allocate returns: to a cache line, as a caller who cares would
 * do.
 */
#define BENCH_ALIGNMENT 64u

/* Print a line to stderr and end the program with exit code 1: a benchmark has nobody to hand an error to. */
_Noreturn void bench_die(const char *what);

/* size bytes, aligned, to be freed with bench_free. Never NULL. */
void *bench_allocate(size_t size);

/* NULL allowed. */
void bench_free(void *memory);

#endif
