/*
 * Stands between the library and what may fail, see faults.h. The linker turns each call of malloc into
 * one of __wrap_malloc, and __real_malloc into the true one.
 */
#include "faults.h"

#include <stdlib.h>

#include "system/platform.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
bool __real_ws_platform_random(void *bytes, size_t size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
bool __wrap_ws_platform_random(void *bytes, size_t size);

static struct {
    bool memory; /* allocations fail, after `left` more */
    bool random;
    unsigned left;
    void (*hook)(void *argument);
    void *argument;
} faults;

void faults_memory_after(unsigned count)
{
    faults.memory = true;
    faults.left = count;
}

void faults_random(void)
{
    faults.random = true;
}

void faults_in_next_random(void (*hook)(void *argument), void *argument)
{
    faults.hook = hook;
    faults.argument = argument;
}

void faults_end(void)
{
    faults.memory = false;
    faults.random = false;
    faults.hook = NULL;
}

static bool memory_fails(void)
{
    if (!faults.memory)
        return false;
    if (faults.left == 0)
        return true;
    faults.left--;
    return false;
}

void *__wrap_malloc(size_t size)
{
    return memory_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return memory_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return memory_fails() ? NULL : __real_realloc(block, size);
}

bool __wrap_ws_platform_random(void *bytes, size_t size)
{
    if (faults.hook) {
        void (*hook)(void *argument) = faults.hook;
        faults.hook = NULL;
        hook(faults.argument);
    }
    return !faults.random && __real_ws_platform_random(bytes, size);
}
