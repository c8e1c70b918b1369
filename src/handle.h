/*
 * The handle manager: values that callers hold, and the sessions that they lead to. A value that is not, or
 * no longer, a handle leads nowhere; it is never followed as a pointer.
 *
 * Finding a session takes no lock and no time that depends on how many there are. Between ws_handle_enter and
 * ws_handle_leave the caller has the session for itself: that costs one atomic operation when nobody else is
 * there. Calls on different handles wait for each other only while a value is created or retired, for a few
 * instructions.
 *
 * A value means something again only after all values were used: on 64-bit systems never, on 32-bit ones,
 * which have 4,290 million values, after so many handles.
 */
#ifndef WS_HANDLE_H
#define WS_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "atomic.h"
#include "session.h"

/*
 * A value is generation << WS_HANDLE_INDEX_BITS | index. Generations begin with 1 and end before a value
 * could have all its bits set.
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

/*
 * A slot's word is its generation and two flags. No value can have them, so no thread gets into an unused
 * slot.
 */
#define WS_HANDLE_INSIDE 0x80000000u /* a thread is inside */
#define WS_HANDLE_UNUSED 0x40000000u

struct ws_handle_slot {
    struct ws_atomic_u32 word;
    uint32_t index;             /* its own; while it is unused, that of the next slot in its list */
    struct ws_session *session; /* while it is used */
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

/**
 * Make a handle for the session, which then belongs to the handle.
 * Returns its value, never 0 nor all ones, or 0 if there is no memory or the table is full: the session is
 * the caller's still.
 */
uintptr_t ws_handle_create(struct ws_session *session);

/**
 * Retire the value and free its session, after a thread that is inside has left.
 * Returns whether it was a handle; other values are ignored.
 */
bool ws_handle_delete(uintptr_t value);

/** The slots among which an index below WS_HANDLE_MAX_SLOTS is, or NULL if there was never need of them. */
static inline struct ws_handle_slot *ws_handle_segment(uintptr_t index)
{
    return ws_atomic_load_ptr(&ws_handle_table.segments[index / WS_HANDLE_SEGMENT_SLOTS]);
}

/**
 * What ws_handle_enter does when the slot's word was not as it should be: another thread is inside, or the
 * value is old.
 */
bool ws_handle_wait(struct ws_handle_slot *slot, uint32_t word);

/**
 * Enter the session of a handle; waits while another thread is inside.
 * Returns what ws_handle_leave takes, with *session set, or NULL if the value is no handle.
 */
static inline struct ws_handle_slot *ws_handle_enter(uintptr_t value, struct ws_session **session)
{
    uintptr_t index = value & (WS_HANDLE_MAX_SLOTS - 1);
    uintptr_t generation = value >> WS_HANDLE_INDEX_BITS;
    struct ws_handle_slot *segment = ws_handle_segment(index);
    if (!segment || generation > WS_HANDLE_GENERATIONS)
        return NULL;
    struct ws_handle_slot *slot = &segment[index % WS_HANDLE_SEGMENT_SLOTS];
    uint32_t word = (uint32_t)generation;
    if (!ws_atomic_swap_if(&slot->word, word, word | WS_HANDLE_INSIDE) && !ws_handle_wait(slot, word))
        return NULL;
    *session = slot->session;
    return slot;
}

/** The value that led to a slot, for the thread that is inside. */
static inline uintptr_t ws_handle_value(const struct ws_handle_slot *slot)
{
    const uint32_t generation = ws_atomic_peek(&slot->word) & ~WS_HANDLE_INSIDE;
    return (uintptr_t)generation << WS_HANDLE_INDEX_BITS | slot->index;
}

static inline void ws_handle_leave(struct ws_handle_slot *slot)
{
    ws_atomic_store(&slot->word, ws_atomic_load(&slot->word) & ~WS_HANDLE_INSIDE);
}

#endif
