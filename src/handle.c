/*
 * A table of slots that grows and never shrinks, so that any value can be looked up at any time, whatever
 * other threads do. A handle's value is the index of its slot and the slot's generation, which changes with
 * each delete: an old value finds another generation and is refused.
 *
 * A slot's word holds its generation and whether a thread is inside. Entering is one compare-and-swap that
 * checks the generation and sets the flag at once; leaving is a plain store.
 */
#include "handle.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "platform.h"

/* So many slots lie idle before one is used again: generations are used up slowly, and evenly. */
#define IDLE_SLOTS 1024u

#define NO_SLOT UINT32_MAX

struct ws_handle_table ws_handle_table;

_Static_assert(
    (offsetof(struct ws_handle_table, first_segment) - offsetof(struct ws_handle_table, segments)) % 4096 ==
        sizeof ws_handle_table.apart,
    "nothing but the gap keeps the first slot and the first pointer apart");

/* Slots in the order of their deletion. */
struct slot_list {
    uint32_t count;
    uint32_t first;
    uint32_t last;
};

/*
 * The slots that are not in use. A slot whose generations are used up is taken only when nothing else is
 * left.
 */
static struct {
    uint32_t fresh; /* all from here on were never used */
    struct slot_list idle;
    struct slot_list used_up;
} unused;

/* The slot of an index that take_fresh once returned. */
static struct ws_handle_slot *slot_at(uint32_t index)
{
    return &ws_handle_segment(index)[index % WS_HANDLE_SEGMENT_SLOTS];
}

/* Unused slots: the callers hold ws_platform_shared_lock */

static uint32_t take_fresh(void)
{
    if (unused.fresh == WS_HANDLE_MAX_SLOTS)
        return NO_SLOT;
    if (!ws_handle_segment(unused.fresh)) {
        struct ws_handle_slot *segment = unused.fresh == 0 ? ws_handle_table.first_segment
                                                           : calloc(WS_HANDLE_SEGMENT_SLOTS, sizeof *segment);
        if (!segment)
            return NO_SLOT;
        for (uint32_t i = 0; i < WS_HANDLE_SEGMENT_SLOTS; i++)
            ws_atomic_store(&segment[i].word, 1 | WS_HANDLE_UNUSED);
        ws_atomic_store_ptr(&ws_handle_table.segments[unused.fresh / WS_HANDLE_SEGMENT_SLOTS], segment);
    }
    return unused.fresh++;
}

static uint32_t take_first(struct slot_list *list)
{
    if (list->count == 0)
        return NO_SLOT;
    uint32_t index = list->first;
    list->first = slot_at(index)->index;
    list->count--;
    return index;
}

static void put_last(struct slot_list *list, uint32_t index)
{
    if (list->count == 0)
        list->first = index;
    else
        slot_at(list->last)->index = index;
    list->last = index;
    list->count++;
}

static uint32_t take_unused(void)
{
    uint32_t index = unused.idle.count < IDLE_SLOTS ? take_fresh() : NO_SLOT;
    if (index == NO_SLOT)
        index = take_first(&unused.idle);
    return index != NO_SLOT ? index : take_first(&unused.used_up);
}

/* Handles */

bool ws_handle_wait(struct ws_handle_slot *slot, uint32_t word)
{
    for (uint32_t attempt = 0; (ws_atomic_load(&slot->word) & ~WS_HANDLE_INSIDE) == word; attempt++) {
        if (ws_atomic_swap_if(&slot->word, word, word | WS_HANDLE_INSIDE))
            return true;
        ws_platform_backoff(attempt);
    }
    return false;
}

uintptr_t ws_handle_create(struct ws_session *session)
{
    ws_platform_lock(&ws_platform_shared_lock);
    uint32_t index = take_unused();
    ws_platform_unlock(&ws_platform_shared_lock);
    if (index == NO_SLOT)
        return 0;

    struct ws_handle_slot *slot = slot_at(index);
    uint32_t generation = ws_atomic_load(&slot->word) & ~WS_HANDLE_UNUSED;
    slot->session = session;
    slot->index = index;
    ws_atomic_store(&slot->word, generation);
    return (uintptr_t)generation << WS_HANDLE_INDEX_BITS | index;
}

bool ws_handle_delete(uintptr_t value)
{
    struct ws_session *session;
    struct ws_handle_slot *slot = ws_handle_enter(value, &session);
    if (!slot)
        return false;
    uint32_t generation = ws_atomic_load(&slot->word) & ~WS_HANDLE_INSIDE;
    bool used_up = generation == WS_HANDLE_GENERATIONS;
    ws_atomic_store(&slot->word, (used_up ? 1 : generation + 1) | WS_HANDLE_UNUSED); /* leaves, too */

    ws_platform_lock(&ws_platform_shared_lock);
    put_last(used_up ? &unused.used_up : &unused.idle, (uint32_t)(value & (WS_HANDLE_MAX_SLOTS - 1)));
    ws_platform_unlock(&ws_platform_shared_lock);
    ws_session_free(session);
    return true;
}
