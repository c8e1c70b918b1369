/*
 * The library's memory and its random bytes under control: every request for them is counted, can be refused,
 * and what was given out is counted until it comes back. The program is linked so that malloc, calloc,
 * realloc, free and ws_platform_random come through here (the linker's --wrap). Only requests made inside the
 * library are looked at: on a thread between heap_enter and heap_leave.
 */
#ifndef FAULTS_HEAP_H
#define FAULTS_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum heap_request { HEAP_NOTHING, HEAP_BLOCK, HEAP_TABLE, HEAP_RANDOM };

/* What the library asked for during one visit. */
struct heap_visit {
    unsigned requests;         /* blocks and random bytes */
    enum heap_request refused; /* HEAP_TABLE: a calloc, which the table of handles alone makes */
};

/** This thread goes into the library, where its nth request is refused; 0: none. */
void heap_enter(unsigned nth);

/** It is back. */
struct heap_visit heap_leave(void);

/** How many blocks the library has. Those of the table of handles, which is never freed, do not count. */
long heap_blocks(void);

/** How many bytes they have, as the allocator rounds them. */
size_t heap_bytes(void);

/** How many blocks the library was given in all, and how many bytes. */
unsigned long heap_blocks_ever(void);
uint64_t heap_bytes_ever(void);

#endif
