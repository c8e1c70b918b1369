/*
 * A table of slots that grows and never shrinks, so that any value can be looked up at any time, whatever
 * other threads do. A slot knows the value that leads to it: the slot's index, and a generation, which changes with each
 * use. An old value finds another one there, or none, and is refused.
 *
 * A slot's lock is held by the thread that is in its session. What is not in use is kept in lists, which have a lock of
 * their own: it is taken by threads that have a slot's, never the other way round.
 */
#include "handle/handle.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "system/platform.h"

/* So many slots lie idle before one is used again: generations are used up slowly, and evenly. */
#define IDLE_SLOTS 1024u

#define NO_SLOT 0u /* index 0: its values would be too much like NULL */

struct ws_handle_table ws_handle_table;
struct ws_lock ws_handle_lists_lock;

_Static_assert(
    (offsetof(struct ws_handle_table, first_segment) - offsetof(struct ws_handle_table, segments)) % 4096 ==
        sizeof ws_handle_table.apart,
    "nothing but the gap keeps the first slot and the first pointer apart");
_Static_assert(sizeof(struct ws_handle_slot) == WS_HANDLE_SLOT_SIZE, "a slot is a cache line");

/* Slots in the order of their deletion. */
struct slot_list {
    uint32_t count;
    uint32_t first;
    uint32_t last;
};

/* The slots that are not in use. A slot whose generations are used up is taken only when nothing else is left. */
static struct {
    uint32_t fresh; /* all from here on were never used */
    struct slot_list idle;
    struct slot_list used_up;
} unused = {.fresh = 1};

/* Of the first generation, counted from 0; and 1 more, because 0 is what it is before it was chosen. */
static struct ws_atomic_u32 origin;

/* The slot of an index that lies below unused.fresh. */
static struct ws_handle_slot *slot_at(uint32_t index)
{
    return &ws_handle_segment(index)[index % WS_HANDLE_SEGMENT_SLOTS];
}

/* Without random bytes, the place of the library in memory tells it from another copy. */
static uint32_t choose_origin(void)
{
    uint32_t chosen = ws_atomic_load(&origin);
    if (chosen != 0)
        return chosen;
    if (!ws_platform_random(&chosen, sizeof chosen))
        chosen = (uint32_t)((uintptr_t)&ws_handle_table / sizeof ws_handle_table);
    (void)ws_atomic_swap_if(&origin, 0, 1 + chosen % WS_HANDLE_GENERATIONS); /* or another was first */
    return ws_atomic_load(&origin);
}

/* Unused slots: the callers hold ws_handle_lists_lock */

static uint32_t take_first(struct slot_list *list)
{
    if (list->count == 0)
        return NO_SLOT;
    uint32_t index = list->first;
    list->first = slot_at(index)->next;
    list->count--;
    return index;
}

static void put_last(uint32_t index)
{
    struct slot_list *list = slot_at(index)->uses == WS_HANDLE_GENERATIONS ? &unused.used_up : &unused.idle;
    if (list->count == 0)
        list->first = index;
    else
        slot_at(list->last)->next = index;
    list->last = index;
    list->count++;
}

/* A block's first whole cache line. */
static void *first_line(void *block)
{
    return (void *)(((uintptr_t)block / WS_HANDLE_SLOT_SIZE + 1) * WS_HANDLE_SLOT_SIZE);
}

static bool lacks_segment(void)
{
    return unused.fresh < WS_HANDLE_MAX_SLOTS && !ws_handle_segment(unused.fresh);
}

static void add_segment(struct ws_handle_slot *segment)
{
    ws_atomic_store_ptr(&ws_handle_table.segments[unused.fresh / WS_HANDLE_SEGMENT_SLOTS], segment);
}

static uint32_t take_fresh(void)
{
    return unused.fresh == WS_HANDLE_MAX_SLOTS || lacks_segment() ? NO_SLOT : unused.fresh++;
}

/* The thread that had the lists is gone, and may have left them half done. A slot that leads nowhere is unused. */
static void sort_out(void)
{
    unused.idle = unused.used_up = (struct slot_list){0};
    for (uint32_t index = 1; index < unused.fresh; index++)
        if (ws_handle_value(slot_at(index)) == 0)
            put_last(index);
}

static void enter_unused(void)
{
    if (!ws_lock_take(&ws_handle_lists_lock))
        sort_out();
}

/* A slot that is the caller's from now on, or NULL. */
static struct ws_handle_slot *take_unused(void)
{
    void *block = NULL;
    enter_unused();
    if (unused.idle.count < IDLE_SLOTS && lacks_segment()) {
        if (unused.fresh == 1) {
            ws_atomic_store_ptr(&ws_handle_table.first_segment[0].value,
                                (void *)UINTPTR_MAX); /* leads nowhere */
            add_segment(ws_handle_table.first_segment);
        } else { /* whoever allocates may have to wait for it */
            ws_lock_leave(&ws_handle_lists_lock);
            block = calloc(1, WS_HANDLE_SEGMENT_SLOTS * WS_HANDLE_SLOT_SIZE + WS_HANDLE_SLOT_SIZE);
            enter_unused();
            if (block && lacks_segment()) {
                add_segment(first_line(block));
                block = NULL;
            }
        }
    }
    uint32_t index = unused.idle.count < IDLE_SLOTS ? take_fresh() : NO_SLOT;
    if (index == NO_SLOT)
        index = take_first(&unused.idle);
    if (index == NO_SLOT)
        index = take_first(&unused.used_up);
    ws_lock_leave(&ws_handle_lists_lock);
    free(block);
    if (index == NO_SLOT)
        return NULL;
    slot_at(index)->next = index;
    return slot_at(index);
}

/* Handles */

bool ws_handle_wait(struct ws_handle_slot *slot, uintptr_t value)
{
    return ws_handle_value(slot) == value &&
           ws_lock_wait(&slot->lock); /* nobody waits for a handle that is not his */
}

uintptr_t ws_handle_create(struct ws_session *session)
{
    (void)ws_platform_notice();
    const uint32_t first = choose_origin() - 1;
    struct ws_handle_slot *slot = take_unused();
    if (!slot)
        return 0;
    const uint32_t uses = slot->uses % WS_HANDLE_GENERATIONS;
    const uint64_t generation = 1 + ((uint64_t)first + uses) % WS_HANDLE_GENERATIONS;
    const uintptr_t value = (uintptr_t)generation << WS_HANDLE_INDEX_BITS | slot->next;
    /* A thread that is gone may have deleted the slot's last handle, and not have left it. */
    if (ws_lock_try(&slot->lock))
        ws_lock_leave(&slot->lock);
    slot->session = session;
    slot->uses = uses + 1;
    ws_atomic_store_ptr(&slot->value, (void *)value);
    return value;
}

bool ws_handle_delete(uintptr_t value)
{
    struct ws_session *session;
    struct ws_handle_slot *slot = ws_handle_enter(value, &session);
    if (!slot)
        return false;
    enter_unused();
    ws_atomic_store_ptr(&slot->value, NULL);
    put_last((uint32_t)(value & (WS_HANDLE_MAX_SLOTS - 1)));
    ws_lock_leave(&ws_handle_lists_lock);
    ws_handle_leave(slot);
    ws_session_free(session);
    return true;
}
