/*
 * Giving up, and aligned memory in plain C: malloc's address, rounded up, with the original one before it.
 */
#include "basics.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void bench_die(const char *what)
{
    fprintf(stderr, "websocket_bench: %s\n", what);
    exit(EXIT_FAILURE);
}

void *bench_allocate(size_t size)
{
    uint8_t *block = malloc(sizeof(void *) + BENCH_ALIGNMENT + size);
    if (!block)
        bench_die("out of memory");
    uint8_t *memory = block + sizeof(void *);
    memory += BENCH_ALIGNMENT - (uintptr_t)memory % BENCH_ALIGNMENT;
    ((void **)(void *)memory)[-1] = block;
    return memory;
}

void bench_free(void *memory)
{
    if (memory)
        free(((void **)memory)[-1]);
}
