/*
 * The library's one kind of lock. Entering is one compare-and-swap and leaving a plain store when nobody else is there;
 * who has to wait sleeps in the system, and gets a turn. All zero is a lock that nobody has.
 *
 * A thread that is inside may be gone: the process was forked off while it was, or is ending (on Windows, ExitProcess ends
 * all other threads wherever they are). Such a thread never leaves, and nobody waits for it.
 */
#ifndef WS_LOCK_H
#define WS_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "system/atomic.h"
#include "system/platform.h"

#define WS_LOCK_QUEUE 0x80000000u /* in tickets: somebody waits */

struct ws_lock {
    struct ws_atomic_u32 word;    /* see lock.c */
    struct ws_atomic_u32 tickets; /* the next one for who has to wait, and whether anybody does */
    struct ws_atomic_u32 turn;    /* the number of the first that did not get in yet */
    uint32_t passed;              /* how often others got in before it */
};

/** What ws_lock_enter and ws_lock_leave do when somebody else is there. */
bool ws_lock_wait(struct ws_lock *lock);
void ws_lock_pass(struct ws_lock *lock);

/** Enter if nobody is inside, and nobody waits for too long. */
static inline bool ws_lock_enter_free(struct ws_lock *lock)
{
    return ws_atomic_swap_if(&lock->word, 0, ws_atomic_peek(&ws_platform_era));
}

/**
 * Enter; waits while another thread is inside.
 * Returns false, and has not entered, if that thread is gone: what the lock guards is as that thread left it.
 */
static inline bool ws_lock_enter(struct ws_lock *lock)
{
    return ws_lock_enter_free(lock) || ws_lock_wait(lock);
}

/**
 * Enter in any case.
 * Returns false if that was in place of a thread that is gone: what the lock guards may be half done.
 */
bool ws_lock_take(struct ws_lock *lock);

/** Enter, also in place of a thread that is gone. Returns false instead of waiting. */
bool ws_lock_try(struct ws_lock *lock);

/** Leave. */
static inline void ws_lock_leave(struct ws_lock *lock)
{
    if ((ws_atomic_peek(&lock->tickets) & WS_LOCK_QUEUE) == 0)
        ws_atomic_store(&lock->word, 0);
    else
        ws_lock_pass(lock);
}

#endif
