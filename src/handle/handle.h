/*
 * The handle manager: values that callers hold, and the sessions that they lead to. A value that is not, or
 * no longer, a handle leads nowhere; it is never followed as a pointer.
 *
 * Finding a session takes no lock and no time that depends on how many there are. Between ws_handle_enter and
 * ws_handle_leave the caller has the session for itself: that costs one atomic operation when nobody else is there.
 * Calls on different handles wait for each other only while a value is created or retired, for a few instructions.
 *
 * A thread waits for as long as another one's call on the same handle takes: the longest are those that mask, copy or
 * verify what one read or one buffer of the caller's holds, and those that allocate. Nothing that waits for somebody
 * else is done inside.
 *
 * A value means something again only after all values were used: on 64-bit systems never, on 32-bit ones,
 * which have 4,290 million values, after so many handles. Two copies of the library in one process begin at random
 * places, so that a value of the one is most likely none of the other's: the chance that it is one is 1 to 1,073 million,
 * on 32-bit systems 1 to 4,094.
 */
#ifndef WS_HANDLE_H
#define WS_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "session/session.h"
#include "system/atomic.h"
#include "system/lock.h"

/*
 * A value is generation << WS_HANDLE_INDEX_BITS | index. Generations begin with 1 and end before a value could have all
 * its bits set. Index 0 is never used.
 */
#if UINTPTR_MAX > 0xFFFFFFFFu
#define WS_HANDLE_INDEX_BITS  24u
#define WS_HANDLE_GENERATIONS 0x3FFFFFFFu
#else
#define WS_HANDLE_INDEX_BITS  20u
#define WS_HANDLE_GENERATIONS 0xFFEu
#endif

#define WS_HANDLE_MAX_SLOTS     (1u << WS_HANDLE_INDEX_BITS)
#define WS_HANDLE_SEGMENT_SLOTS 1024u
#define WS_HANDLE_SEGMENTS      (WS_HANDLE_MAX_SLOTS / WS_HANDLE_SEGMENT_SLOTS)

/* A cache line for each, so that threads with neighbouring handles do not take it away from each other. */
#define WS_HANDLE_SLOT_SIZE 64u

struct ws_handle_slot {
    _Alignas(WS_HANDLE_SLOT_SIZE) struct ws_lock lock;
    struct ws_atomic_ptr value; /* that leads here, as a pointer; NULL while the slot is not in use */
    struct ws_session *session; /* while it is */
    uint32_t uses;              /* how many values led here before */
    uint32_t next;              /* while it is not in use: the next slot in its list */
};

struct ws_handle_table {
    /* Pointers to arrays of WS_HANDLE_SEGMENT_SLOTS slots; NULL for those that were never needed. */
    struct ws_atomic_ptr segments[WS_HANDLE_SEGMENTS];
    /*
     * Processors mistake a store to the first slot, the one that most programs use, for a store to the pointer that is
     * loaded next, if only the addresses' low 12 bits are the same. This keeps them a cache line apart.
     */
    uint8_t apart[64];
    /*
     * The first segment is part of the library, the others are allocated when they are needed, and freed by nobody: a
     * library that is unloaded leaves nothing behind unless its program once had more than WS_HANDLE_SEGMENT_SLOTS
     * handles.
     */
    struct ws_handle_slot first_segment[WS_HANDLE_SEGMENT_SLOTS];
};

extern struct ws_handle_table ws_handle_table;

/* Over the lists of slots that are not in use. */
extern struct ws_lock ws_handle_lists_lock;

/**
 * Make a handle for the session, which then belongs to the handle.
 * Returns its value, never 0 nor all ones, or 0 if there is no memory or the table is full: the session is
 * the caller's still.
 */
uintptr_t ws_handle_create(struct ws_session *session);

/**
 * Retire the value and free its session, after a thread that is inside has left.
 * Returns whether it was a handle; other values are ignored, and so is one that a thread is inside of that is gone, see
 * ws_lock_enter: nobody knows in what state it has left the session.
 */
bool ws_handle_delete(uintptr_t value);

/** The slots among which an index below WS_HANDLE_MAX_SLOTS is, or NULL if there was never need of them. */
static inline struct ws_handle_slot *ws_handle_segment(uintptr_t index)
{
    return ws_atomic_load_ptr(&ws_handle_table.segments[index / WS_HANDLE_SEGMENT_SLOTS]);
}

/** The value that led to a slot, for the thread that is inside. */
static inline uintptr_t ws_handle_value(const struct ws_handle_slot *slot)
{
    return (uintptr_t)ws_atomic_peek_ptr(&slot->value);
}

static inline void ws_handle_leave(struct ws_handle_slot *slot)
{
    ws_lock_leave(&slot->lock);
}

/** What ws_handle_enter does when another thread is inside. */
bool ws_handle_wait(struct ws_handle_slot *slot, uintptr_t value);

/** The slot that a value leads to, which may be another value's, or NULL if there was never need of it. */
static inline struct ws_handle_slot *ws_handle_find(uintptr_t value)
{
    const uintptr_t index = value & (WS_HANDLE_MAX_SLOTS - 1);
    struct ws_handle_slot *segment = ws_handle_segment(index);
    return segment ? &segment[index % WS_HANDLE_SEGMENT_SLOTS] : NULL;
}

/**
 * Enter the session of a handle if nobody is inside.
 * Returns what ws_handle_leave takes, or NULL if somebody is, or if the value is no handle.
 */
static inline struct ws_handle_slot *ws_handle_enter_free(uintptr_t value)
{
    struct ws_handle_slot *slot = ws_handle_find(value);
    if (!slot || !ws_lock_enter_free(&slot->lock))
        return NULL;
    if (ws_handle_value(slot) == value)
        return slot;
    ws_handle_leave(slot);
    return NULL;
}

/**
 * Enter the session of a handle; waits while another thread is inside.
 * Returns what ws_handle_leave takes, with *session set, or NULL if the value is no handle, or if the thread inside is
 * gone.
 */
static inline struct ws_handle_slot *ws_handle_enter(uintptr_t value, struct ws_session **session)
{
    struct ws_handle_slot *slot = ws_handle_find(value);
    if (!slot || (!ws_lock_enter_free(&slot->lock) && !ws_handle_wait(slot, value)))
        return NULL;
    if (ws_handle_value(slot) == value) {
        *session = slot->session;
        return slot;
    }
    ws_handle_leave(slot);
    return NULL;
}

#endif
