/*
 * What the benchmark asks of the operating system. One of machine_posix.c and machine_windows.c is built.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Keep this thread on the processor that it is on now, so that no round is measured on two. Returns its
 * number, or -1.
 */
int machine_pin(void);

/* The same, on a processor of machine_processors. */
bool machine_pin_to(int cpu);

/* The first of the processors that this thread may use, at most max of them. Returns how many. */
unsigned machine_processors(int cpus[], unsigned max);

/* The processor's name as the system tells it, or "an unknown processor". */
const char *machine_processor(void);

/* Whether AVX2 may be used. */
bool machine_has_avx2(void);

/* Nanoseconds on a clock that nobody sets. It may tick coarsely. */
uint64_t machine_nanoseconds(void);

/*
 * Let the heap keep what is freed. Otherwise large messages cost the peer, which allocates them, a visit to
 * the system and a page fault for each page, or not, as the heap's mood is.
 */
void machine_keep_heap(void);

/* Bytes of heap memory in use now, and in *how what was counted. False: this system does not tell. */
bool machine_heap(size_t *bytes, const char **how);

#endif
