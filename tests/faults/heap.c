/*
 * Stands between the library and the system, see heap.h. The linker turns each call of malloc into one of
 * __wrap_malloc, and __real_malloc into the true one.
 */
#include "heap.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "system/platform.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
bool __real_ws_platform_random(void *bytes, size_t size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
bool __wrap_ws_platform_random(void *bytes, size_t size);

static _Thread_local struct {
    bool inside;
    unsigned nth;
    struct heap_visit visit;
} here;

static atomic_long blocks;
static atomic_size_t bytes_now;
static atomic_ulong blocks_ever;
static _Atomic uint64_t bytes_ever;

void heap_enter(unsigned nth)
{
    here.inside = true;
    here.nth = nth;
    here.visit = (struct heap_visit){0, HEAP_NOTHING};
}

struct heap_visit heap_leave(void)
{
    here.inside = false;
    return here.visit;
}

long heap_blocks(void)
{
    return blocks;
}

size_t heap_bytes(void)
{
    return bytes_now;
}

unsigned long heap_blocks_ever(void)
{
    return blocks_ever;
}

uint64_t heap_bytes_ever(void)
{
    return bytes_ever;
}

static bool refuses(enum heap_request request)
{
    if (!here.inside || ++here.visit.requests != here.nth)
        return false;
    here.visit.refused = request;
    return true;
}

static void *given(void *block, size_t size, bool counts)
{
    if (here.inside && block) {
        blocks += counts;
        bytes_now += counts ? malloc_usable_size(block) : 0;
        blocks_ever++;
        bytes_ever += size;
    }
    return block;
}

void *__wrap_malloc(size_t size)
{
    return refuses(HEAP_BLOCK) ? NULL : given(__real_malloc(size), size, true);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return refuses(HEAP_TABLE) ? NULL : given(__real_calloc(count, size), count * size, false);
}

void *__wrap_realloc(void *block, size_t size)
{
    return refuses(HEAP_BLOCK) ? NULL : given(__real_realloc(block, size), size, !block);
}

void __wrap_free(void *block)
{
    if (here.inside && block) {
        blocks--;
        bytes_now -= malloc_usable_size(block);
    }
    __real_free(block);
}

bool __wrap_ws_platform_random(void *bytes, size_t size)
{
    return !refuses(HEAP_RANDOM) && __real_ws_platform_random(bytes, size);
}
