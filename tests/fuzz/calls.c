/*
 * calls.c - see calls.h: what the parts of fuzz_calls share.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE */

#include "calls.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "memory.h"

struct session *calls_find(struct calls *calls, WEB_SOCKET_HANDLE handle)
{
    for (unsigned i = 0; i < SESSIONS && handle != NULL; i++)
        if (calls->sessions[i].handle == handle)
            return &calls->sessions[i];
    return NULL;
}

PBYTE calls_block(size_t size, uint8_t fill)
{
    PBYTE block = malloc(size);
    if (block == NULL)
        abort();
    memset(block, fill, size);
    return block;
}

PBYTE calls_nothing(void)
{
    static PBYTE nothing;
    if (nothing == NULL) {
        void *pages =
            mmap(NULL, (size_t)1 << 32, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (pages == MAP_FAILED)
            abort();
        nothing = pages;
    }
    return nothing;
}

PVOID calls_context(struct calls *calls)
{
    return (PVOID)(0x10000000u + ++calls->serial);
}

void calls_before(struct calls *calls)
{
    (void)memory_end();
    if (calls->may_lack_memory)
        memory_fail_after(input_below(&calls->input, 4));
    calls->may_lack_memory = false;
}

void calls_after_either(const char *what, HRESULT result, HRESULT wanted, HRESULT other)
{
    if (memory_end())
        expect(what, result, E_OUTOFMEMORY);
    else if (result != other)
        expect(what, result, wanted);
}

void calls_after(const char *what, HRESULT result, HRESULT wanted)
{
    calls_after_either(what, result, wanted, wanted);
}
