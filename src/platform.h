/*
 * What the library asks of the operating system. One of platform_posix.c and platform_windows.c is built.
 */
#ifndef WS_PLATFORM_H
#define WS_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "atomic.h"

/**
 * Fill size bytes, at most 65536, from the system's cryptographic random source.
 * Returns false if the system has none to give; the bytes are then unspecified. Any thread.
 */
bool ws_platform_random(void *bytes, size_t size);

/**
 * How often this process was forked off since the library was loaded: what was drawn before is known to its
 * parent, too. Always 0 on Windows.
 */
uint32_t ws_platform_forks(void);

/**
 * The administrator's keep-alive interval: on Windows the DWORD KeepaliveInterval of
 * HKLM\SOFTWARE\Microsoft\WebSocket, read at each call. Returns false, and leaves *milliseconds alone, if
 * there is none or it is not a DWORD.
 */
bool ws_platform_keepalive(uint32_t *milliseconds);

/**
 * Wait a moment for another thread to leave a short critical section: after the first attempts, which return
 * at once or nearly so, the time slice is given away, and then the thread sleeps, so that a holder of lower
 * priority can run.
 */
void ws_platform_backoff(uint32_t attempt);

/*
 * A lock for short critical sections: one atomic operation to take when nobody else is there, a plain store
 * to leave. The word is 0 when free.
 */
static inline void ws_platform_lock(struct ws_atomic_u32 *lock)
{
    for (uint32_t attempt = 0; !ws_atomic_swap_if(lock, 0, 1); attempt++)
        ws_platform_backoff(attempt);
}

static inline void ws_platform_unlock(struct ws_atomic_u32 *lock)
{
    ws_atomic_store(lock, 0);
}

/*
 * The lock over what all handles share. A fork waits until it is free: a child must not find it taken by a thread
 * that only its parent has.
 */
extern struct ws_atomic_u32 ws_platform_shared_lock;

#endif
