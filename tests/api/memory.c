/*
 * Memory for tests, all of it remembered in lists and released after each case.
 */
#ifndef _WIN32
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#endif

#include "memory.h"

#include <stdlib.h>

#include "blocks.h"
#include "check.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <sys/mman.h>
#include <unistd.h>
#ifndef MAP_NORESERVE /* FreeBSD reserves nothing anyway */
#define MAP_NORESERVE 0
#endif
#endif

struct guard {
    struct guard *next;
    uint8_t *pages; /* first unreadable page */
    size_t total;   /* bytes with both unreadable pages */
    uint8_t *block;
    size_t size;
};

struct heap {
    struct heap *next;
    void *block;
};

struct range {
    struct range *next;
    uint8_t *bytes;
    size_t size;
};

static struct guard *guards;
static struct heap *heaps;
static struct range *ranges;

#ifdef _WIN32

#define PAGE ((size_t)4096)

static uint8_t *pages_alloc(size_t total)
{
    DWORD old;
    uint8_t *pages = VirtualAlloc(NULL, total, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);

    if (pages == NULL || !VirtualProtect(pages, PAGE, PAGE_NOACCESS, &old) ||
        !VirtualProtect(pages + total - PAGE, PAGE, PAGE_NOACCESS, &old))
        abort();
    return pages;
}

static void pages_free(uint8_t *pages, size_t total)
{
    (void)total;
    VirtualFree(pages, 0, MEM_RELEASE);
}

static uint8_t *range_alloc(size_t size)
{
    return VirtualAlloc(NULL, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
}

#else

#define PAGE ((size_t)sysconf(_SC_PAGESIZE))

static uint8_t *pages_alloc(size_t total)
{
    void *pages = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED || mprotect(pages, PAGE, PROT_NONE) != 0 ||
        mprotect((uint8_t *)pages + total - PAGE, PAGE, PROT_NONE) != 0)
        abort();
    return pages;
}

static void pages_free(uint8_t *pages, size_t total)
{
    munmap(pages, total);
}

static uint8_t *range_alloc(size_t size)
{
    void *bytes =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return bytes != MAP_FAILED ? bytes : NULL;
}

#endif

static void *take(size_t size)
{
    void *block = malloc(size);

    if (block == NULL)
        abort();
    return block;
}

uint8_t *heap_keep(uint8_t *block)
{
    struct heap *heap = take(sizeof *heap);

    heap->block = block;
    heap->next = heaps;
    heaps = heap;
    return block;
}

uint8_t *heap_block(size_t size)
{
    return heap_keep(block_new(size));
}

uint8_t *heap_copy(const void *bytes, size_t size)
{
    return heap_keep(block_copy(bytes, size));
}

PWEB_SOCKET_HTTP_HEADER heap_headers(const WEB_SOCKET_HTTP_HEADER *headers, ULONG count)
{
    PWEB_SOCKET_HTTP_HEADER copy =
        (PWEB_SOCKET_HTTP_HEADER)(void *)heap_copy(headers, count * sizeof *headers);

    for (ULONG i = 0; i < count; i++) {
        if (copy[i].pcName != NULL)
            copy[i].pcName = (PCHAR)heap_copy(copy[i].pcName, copy[i].ulNameLength);
        if (copy[i].pcValue != NULL)
            copy[i].pcValue = (PCHAR)heap_copy(copy[i].pcValue, copy[i].ulValueLength);
    }
    return copy;
}

/* Pages with room for this many bytes between two unreadable ones. */
static struct guard *guard_new(size_t inner)
{
    struct guard *guard = take(sizeof *guard);

    inner = (inner + PAGE - 1) / PAGE * PAGE;
    guard->total = inner + 2 * PAGE;
    guard->pages = pages_alloc(guard->total);
    guard->next = guards;
    guards = guard;
    memset(guard->pages + PAGE, BLOCK_POISON, inner);
    return guard;
}

static uint8_t *guard_place(struct guard *guard, size_t size, uint8_t *block)
{
    guard->size = size;
    guard->block = block;
    return block;
}

uint8_t *guard_alloc(size_t size, unsigned remainder)
{
    struct guard *guard = guard_new(size + 8);
    uint8_t *block = guard->pages + guard->total - PAGE - size;

    while ((uintptr_t)block % 8 != remainder)
        block--;
    return guard_place(guard, size, block);
}

uint8_t *guard_end(size_t size)
{
    struct guard *guard = guard_new(size);

    return guard_place(guard, size, guard->pages + guard->total - PAGE - size);
}

uint8_t *guard_start(size_t size)
{
    struct guard *guard = guard_new(size);

    return guard_place(guard, size, guard->pages + PAGE);
}

uint8_t *guard_end_copy(const void *bytes, size_t size)
{
    uint8_t *copy = guard_end(size);

    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

uint8_t *guard_start_copy(const void *bytes, size_t size)
{
    uint8_t *copy = guard_start(size);

    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

uint8_t *address_range(size_t size)
{
    struct range *range = take(sizeof *range);

    range->bytes = range_alloc(size);
    range->size = size;
    range->next = ranges;
    ranges = range;
    return range->bytes;
}

/* The number of bytes around the block that are no longer as guard_alloc() left them. */
static size_t guard_damage(const struct guard *guard)
{
    const uint8_t *byte = guard->pages + PAGE;
    const uint8_t *end = guard->pages + guard->total - PAGE;
    size_t damage = 0;

    for (; byte < end; byte++) {
        bool inside = byte >= guard->block && byte < guard->block + guard->size;

        damage += !inside && *byte != BLOCK_POISON;
    }
    return damage;
}

void guard_intact(void)
{
    for (const struct guard *guard = guards; guard != NULL; guard = guard->next)
        assert_that(guard_damage(guard) == 0, "the library wrote beside the memory that it was given");
}

void memory_release(void)
{
    while (guards != NULL) {
        struct guard *guard = guards;

        guards = guard->next;
        pages_free(guard->pages, guard->total);
        free(guard);
    }
    while (ranges != NULL) {
        struct range *range = ranges;

        ranges = range->next;
        if (range->bytes != NULL)
            pages_free(range->bytes, range->size);
        free(range);
    }
    while (heaps != NULL) {
        struct heap *heap = heaps;

        heaps = heap->next;
        free(heap->block);
        free(heap);
    }
}
