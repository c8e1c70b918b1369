/*
 * Pools of random bytes, because a system call for each frame would cost more than the frame. A pool is used
 * under a lock that is only tried: whoever finds it taken asks the system for one key instead of waiting.
 */
#include "frames/mask_key.h"

#include "system/lock.h"
#include "system/platform.h"

#define POOL_COUNT 8u
#define POOL_KEYS  250u /* many in one system call: a key then costs a third less */

struct pool {
    _Alignas(64) struct ws_lock lock; /* a pool shares no cache line with another one */
    uint32_t left;                    /* keys[0, left) are still to be handed out */
    uint32_t era; /* in which they were drawn: a forked child does not go on with its parent's */
    uint32_t keys[POOL_KEYS];
};

static struct pool pools[POOL_COUNT];

static struct pool *pool_of(const void *caller)
{
    /* Sessions are heap blocks some hundred bytes apart: take bits that differ between neighbours. */
    uintptr_t address = (uintptr_t)caller;
    return &pools[(address >> 6 ^ address >> 12) % POOL_COUNT];
}

static bool take(struct pool *pool, uint32_t *key)
{
    if (pool->left == 0)
        return false;
    pool->left--;
    *key = pool->keys[pool->left];
    pool->keys[pool->left] = 0;
    return true;
}

bool ws_mask_key_at_hand(const void *caller, uint32_t *key)
{
    struct pool *pool = pool_of(caller);
    const uint32_t era = ws_platform_notice();
    if (!ws_lock_enter_free(&pool->lock))
        return false;
    const bool got = pool->era == era && take(pool, key);
    ws_lock_leave(&pool->lock);
    return got;
}

bool ws_mask_key(const void *caller, uint32_t *key)
{
    struct pool *pool = pool_of(caller);
    const uint32_t era = ws_platform_notice();
    if (!ws_lock_try(&pool->lock))
        return ws_platform_random(key, sizeof *key);

    if (pool->left == 0 || pool->era != era) {
        pool->left = ws_platform_random(pool->keys, sizeof pool->keys) ? POOL_KEYS : 0;
        pool->era = era;
    }
    const bool got = take(pool, key);
    ws_lock_leave(&pool->lock);
    return got;
}
