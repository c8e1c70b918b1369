/*
 * Who listens, see trace.h.
 */
#include "trace.h"

#include "platform.h"
#include "trace_system.h"

/* In place of a number of writers. */
#define CLOSED UINT32_MAX

struct ws_atomic_u32 ws_trace_listeners;

/* Threads that are writing to the file, or CLOSED. */
static struct ws_atomic_u32 writers;

void ws_trace_start(void)
{
    static struct ws_atomic_u32 started;
    if (ws_atomic_load(&started))
        return;
    ws_platform_lock(&ws_platform_shared_lock);
    if (!ws_atomic_load(&started)) {
        if (ws_trace_system_open())
            ws_trace_listen(WS_TRACE_FILE);
        ws_trace_system_register();
        ws_atomic_store(&started, 1);
    }
    ws_platform_unlock(&ws_platform_shared_lock);
}

void ws_trace_write(const char *line, size_t length)
{
    uint32_t count;
    do {
        count = ws_atomic_load(&writers);
        if (count == CLOSED)
            return;
    } while (!ws_atomic_swap_if(&writers, count, count + 1));
    ws_trace_system_write(line, length);
    do
        count = ws_atomic_load(&writers);
    while (!ws_atomic_swap_if(&writers, count, count - 1));
}

void ws_trace_stop(void)
{
    ws_trace_unlisten(WS_TRACE_FILE);
    if (ws_atomic_swap_if(&writers, 0, CLOSED))
        ws_trace_system_close();
}

void ws_trace_listen(uint32_t listener)
{
    uint32_t before;
    do
        before = ws_atomic_load(&ws_trace_listeners);
    while (!ws_atomic_swap_if(&ws_trace_listeners, before, before | listener));
}

void ws_trace_unlisten(uint32_t listener)
{
    uint32_t before;
    do
        before = ws_atomic_load(&ws_trace_listeners);
    while (!ws_atomic_swap_if(&ws_trace_listeners, before, before & ~listener));
}
