/*
 * Who listens, see trace.h.
 */
#include "trace.h"

#include "platform.h"
#include "trace_system.h"

struct ws_atomic_u32 ws_trace_listeners;

void ws_trace_start(void)
{
    static struct ws_atomic_u32 started;
    static struct ws_atomic_u32 lock;
    if (ws_atomic_load(&started))
        return;
    ws_platform_lock(&lock);
    if (!ws_atomic_load(&started)) {
        if (ws_trace_system_open())
            ws_trace_listen(WS_TRACE_FILE);
        ws_trace_system_register();
        ws_atomic_store(&started, 1);
    }
    ws_platform_unlock(&lock);
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
