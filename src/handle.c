/*
 * A table of slots that grows and never shrinks, so that any value can be looked up at any time, whatever
 * other threads do. A handle's value is the index of its slot and the slot's generation, which changes with
 * each delete: an old value finds another generation and is refused.
 *
 * A slot's word holds its generation and, in the lowest bit, whether a thread is inside. Entering is one
 * compare-and-swap that checks the generation and sets the bit at once; leaving is a plain store. Waiting
 * threads look again, see ws_platform_backoff, instead of being woken: what happens inside takes
 * microseconds.
 */
#include "handle.h"

#include <stdbool.h>
#include <stdlib.h>

#include "platform.h"

/*
 * A value is (generation + 1) << INDEX_BITS | index. Generations end before a value could have all its bits
 * set.
 */
#if UINTPTR_MAX > 0xFFFFFFFFu
#define INDEX_BITS  32u
#define GENERATIONS 0x7FFFFFFFu
#define MAX_SLOTS   (1u << 24)
#else
#define INDEX_BITS  20u
#define GENERATIONS 0xFFEu
#define MAX_SLOTS   (1u << INDEX_BITS)
#endif

#define SEGMENT_SLOTS 1024u
#define SEGMENTS      (MAX_SLOTS / SEGMENT_SLOTS)

/* So many slots lie idle before one is used again: generations are used up slowly, and evenly. */
#define IDLE_SLOTS 1024u

#define NO_SLOT UINT32_MAX
#define INSIDE  1u

struct ws_handle_slot {
    struct ws_atomic_u32 word;  /* generation << 1, and INSIDE while a thread is */
    uint32_t next;              /* index of the next slot in its list, while it is in one */
    struct ws_session *session; /* NULL while the slot is unused; changed only from inside */
};

/*
 * The first segment is part of the library, the others are allocated when they are needed, and freed by
 * nobody: a library that is unloaded leaves nothing behind unless its program once had more than
 * SEGMENT_SLOTS handles.
 */
static struct ws_handle_slot first_segment[SEGMENT_SLOTS];
static struct ws_atomic_ptr segments[SEGMENTS];

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
    struct ws_atomic_u32 lock;
    uint32_t fresh; /* all from here on were never used */
    struct slot_list idle;
    struct slot_list used_up;
} unused;

static uint32_t index_of(uintptr_t value)
{
    return (uint32_t)(value & (((uintptr_t)1 << INDEX_BITS) - 1));
}

static struct ws_handle_slot *slot_at(uint32_t index)
{
    if (index >= MAX_SLOTS)
        return NULL;
    struct ws_handle_slot *segment = ws_atomic_load_ptr(&segments[index / SEGMENT_SLOTS]);
    return segment ? &segment[index % SEGMENT_SLOTS] : NULL;
}

/* Unused slots: the callers hold the lock */

static uint32_t take_fresh(void)
{
    if (unused.fresh == MAX_SLOTS)
        return NO_SLOT;
    if (!slot_at(unused.fresh)) {
        struct ws_handle_slot *segment =
            unused.fresh == 0 ? first_segment : calloc(SEGMENT_SLOTS, sizeof *segment);
        if (!segment)
            return NO_SLOT;
        ws_atomic_store_ptr(&segments[unused.fresh / SEGMENT_SLOTS], segment);
    }
    return unused.fresh++;
}

static uint32_t take_first(struct slot_list *list)
{
    if (list->count == 0)
        return NO_SLOT;
    uint32_t index = list->first;
    list->first = slot_at(index)->next;
    list->count--;
    return index;
}

static void put_last(struct slot_list *list, uint32_t index)
{
    if (list->count == 0)
        list->first = index;
    else
        slot_at(list->last)->next = index;
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

/* Entering */

/*
 * Another thread is inside: wait until it leaves. Returns false if the slot goes to another generation
 * meanwhile.
 */
static bool wait_to_enter(struct ws_handle_slot *slot, uint32_t word)
{
    uint32_t attempt = 0;
    do {
        if ((ws_atomic_load(&slot->word) & ~INSIDE) != word)
            return false;
        ws_platform_backoff(attempt++);
    } while (!ws_atomic_swap_if(&slot->word, word, word | INSIDE));
    return true;
}

static bool enter_slot(struct ws_handle_slot *slot, uint32_t word)
{
    return ws_atomic_swap_if(&slot->word, word, word | INSIDE) || wait_to_enter(slot, word);
}

/* Handles */

uintptr_t ws_handle_create(struct ws_session *session)
{
    ws_platform_lock(&unused.lock);
    uint32_t index = take_unused();
    ws_platform_unlock(&unused.lock);
    if (index == NO_SLOT)
        return 0;

    /* Whoever guesses the value may be inside for a moment, and finds no session. */
    struct ws_handle_slot *slot = slot_at(index);
    uint32_t word = ws_atomic_load(&slot->word) & ~INSIDE;
    (void)enter_slot(slot, word);
    slot->session = session;
    ws_handle_leave(slot);
    return ((uintptr_t)(word >> 1) + 1) << INDEX_BITS | index;
}

struct ws_handle_slot *ws_handle_enter(uintptr_t value, struct ws_session **session)
{
    struct ws_handle_slot *slot = slot_at(index_of(value));
    uintptr_t generation = (value >> INDEX_BITS) - 1;
    if (!slot || generation >= GENERATIONS)
        return NULL;

    if (!enter_slot(slot, (uint32_t)generation << 1))
        return NULL;
    if (!slot->session) {
        ws_handle_leave(slot);
        return NULL;
    }
    *session = slot->session;
    return slot;
}

void ws_handle_leave(struct ws_handle_slot *slot)
{
    ws_atomic_store(&slot->word, ws_atomic_load(&slot->word) & ~INSIDE);
}

void ws_handle_delete(uintptr_t value)
{
    struct ws_session *session;
    struct ws_handle_slot *slot = ws_handle_enter(value, &session);
    if (!slot)
        return;
    slot->session = NULL;
    uint32_t generation = ((ws_atomic_load(&slot->word) >> 1) + 1) % GENERATIONS;
    ws_atomic_store(&slot->word, generation << 1); /* leaves, too */

    ws_platform_lock(&unused.lock);
    put_last(generation > 0 ? &unused.idle : &unused.used_up, index_of(value));
    ws_platform_unlock(&unused.lock);
    ws_session_free(session);
}
