/*
 * memory.h - stands between the library and the heap (linker's --wrap): allocations fail on demand, those
 * that are larger than a test should ever get always do, and what is not freed is counted. The last matters
 * where the leak sanitizer is blind: a session that nobody frees is still pointed to by its handle's slot.
 */
#ifndef FUZZ_MEMORY_H
#define FUZZ_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Larger allocations fail. */
#define MEMORY_MOST ((size_t)1 << 26)

/* From here to memory_end: let the allocation fail that comes after `count` others, and all later ones. */
void memory_fail_after(unsigned count);

/* Whether an allocation has failed since the last call of this function. Nothing is made to fail any more. */
bool memory_end(void);

/* Blocks from malloc that were not freed, less those that were there when the process began. */
long memory_blocks(void);

#endif
