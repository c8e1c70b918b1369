/*
 * memory.c - see memory.h. calloc is left alone: the table of handles keeps what it got, and grows only.
 */
#include "memory.h"

#include <stdlib.h>

void *__real_malloc(size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void __wrap_free(void *block);

static struct {
    bool armed;
    unsigned left;
    bool failed;
    long blocks;
} memory;

void memory_fail_after(unsigned count)
{
    memory.armed = true;
    memory.left = count;
}

bool memory_end(void)
{
    const bool failed = memory.failed;
    memory.failed = memory.armed = false;
    return failed;
}

long memory_blocks(void)
{
    return memory.blocks;
}

void *__wrap_malloc(size_t size)
{
    const bool fails = size > MEMORY_MOST || (memory.armed && memory.left == 0);
    if (memory.armed && memory.left > 0)
        memory.left--;
    void *block = fails ? NULL : __real_malloc(size);
    memory.failed |= block == NULL;
    memory.blocks += block != NULL;
    return block;
}

void __wrap_free(void *block)
{
    memory.blocks -= block != NULL;
    __real_free(block);
}
