/*
 * All that can happen in lock.c: the source itself runs here, in threads that are none. Before each atomic operation a
 * thread hands over to the explorer, which tries every order in which two or three of them can go on, from every state that
 * they can come to. Each enters and leaves a few times. Looked for:
 *
 *   - two inside at once;
 *   - all asleep, where the prose of lock.c does not admit it; and where it does, that one nap is not enough for one of them
 *     to get in;
 *   - one that waits and gets in before another that came earlier;
 *   - one that waits and is passed by more often than lock.c says;
 *   - in a process that is forked off at any moment: a call that sleeps, or does not know that the thread inside is gone.
 *
 * The orders are those of a machine that does one operation after the other. What real processors do beyond that is to hold
 * a store back for a while: here, that is a thread that is slow to do it.
 */
#define _GNU_SOURCE /* ucontext.h under -std=c11 */

#include "unit.h"

#include <ucontext.h>

/* In place of atomic.h. */
#define WS_ATOMIC_H
struct ws_atomic_u32 {
    uint32_t value;
};

static void hand_over(const struct ws_atomic_u32 *word);
static uint32_t learn(uint32_t value);
static void see_load(const struct ws_atomic_u32 *word);
static void see_store(const struct ws_atomic_u32 *word);
static void see_swap(const struct ws_atomic_u32 *word, uint32_t value);
static void see_no_swap(void);

static uint32_t ws_atomic_peek(const struct ws_atomic_u32 *word)
{
    hand_over(word);
    see_load(word);
    return learn(word->value);
}

static uint32_t ws_atomic_load(struct ws_atomic_u32 *word)
{
    return ws_atomic_peek(word);
}

static void ws_atomic_store(struct ws_atomic_u32 *word, uint32_t value)
{
    hand_over(word);
    word->value = value;
    see_store(word);
}

static bool ws_atomic_swap_if(struct ws_atomic_u32 *word, uint32_t expected, uint32_t value)
{
    hand_over(word);
    const bool swapped = word->value == expected;
    if (swapped) {
        word->value = value;
        see_swap(word, value);
    } else {
        see_no_swap();
    }
    return learn(swapped) != 0;
}

static void ws_atomic_pause(void)
{
}

#define WS_LOCK_LOOKS       1u
#define WS_LOCK_PASSES_MOST 1u
#include "system/lock.c" /* NOLINT(bugprone-suspicious-include) */

struct ws_atomic_u32 ws_platform_era = {1};

uint32_t ws_platform_notice(void)
{
    return ws_platform_era.value;
}

/* ---- Threads ---- */

enum { THREADS_MOST = 3, STACK_SIZE = 16384, DEPTH_MOST = 4096, STATES_MOST = 1 << 23 };
enum status { RUNNABLE, ASLEEP, DONE };

struct actor {
    ucontext_t context;
    uint64_t history;      /* all that it has learned since, and its local variables can depend on */
    uint32_t ticket;       /* the one after it */
    uint32_t sleeps_on;    /* this ticket */
    uint32_t sleeps_while; /* the word is this */
    unsigned rounds;       /* still to go */
    unsigned passed;       /* while it waits: how often others got in */
    unsigned ahead;        /* how many waited when it came */
    enum status status;
    bool waits;
    bool sees_queue; /* when it looked last */
};

/* All that a step may change, but the stacks. */
static struct {
    struct ws_lock lock;
    struct actor actors[THREADS_MOST];
    unsigned inside;
    bool unseen;    /* the last that left did not see that anybody waits */
    bool napped;    /* all did, and nobody got in since */
    unsigned early; /* how many naps may still end for no reason */
} now;

static uint8_t stacks[THREADS_MOST][STACK_SIZE];
static unsigned threads;
static struct actor *running; /* NULL: the explorer */
static ucontext_t explorer;
static const char *wrong;
static unsigned passed_most; /* by the first in the queue */

static void check(bool condition, const char *what)
{
    if (!condition)
        wrong = what;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = ((hash ^ value) + UINT64_C(0x632BE59BD9B4E019)) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

static void hand_over(const struct ws_atomic_u32 *word)
{
    if (!running || word == &ws_platform_era)
        return;
    (void)swapcontext(&running->context, &explorer);
    running->history = mix(running->history, 0);
}

static uint32_t learn(uint32_t value)
{
    if (running)
        running->history = mix(running->history, value);
    return value;
}

static unsigned waiting(void)
{
    unsigned count = 0;
    for (unsigned i = 0; i < threads; i++)
        count += now.actors[i].waits;
    return count;
}

/* A thread has got in. */
static void see_entry(void)
{
    const bool waited = running->waits;
    now.napped = false;
    running->waits = false;
    for (unsigned i = 0; i < threads; i++) {
        struct actor *actor = &now.actors[i];
        if (!actor->waits)
            continue;
        check(!waited || running->ticket < actor->ticket, "one that came later gets in before");
        actor->passed++;
        check(actor->passed <= (actor->ahead + 1) * (WS_LOCK_PASSES_MOST + 1) + actor->ahead,
              "passed by too often");
        if (actor->ahead == 0 && actor->passed > passed_most)
            passed_most = actor->passed;
    }
}

static void see_swap(const struct ws_atomic_u32 *word, uint32_t value)
{
    if (!running)
        return;
    if (word == &now.lock.word && (value & 1) != 0) {
        see_entry();
        running->history = mix(3, running->ticket);
    }
    if (word == &now.lock.tickets && (value & WS_LOCK_QUEUE) != 0) {
        running->ahead = waiting();
        running->passed = 0;
        running->waits = true;
        running->ticket = value;
        running->history = mix(4, running->ticket);
    }
}

static void see_load(const struct ws_atomic_u32 *word)
{
    if (running && word == &now.lock.tickets)
        running->sees_queue = (word->value & WS_LOCK_QUEUE) != 0;
}

static void see_store(const struct ws_atomic_u32 *word)
{
    if (running && word == &now.lock.word)
        now.unseen = !running->sees_queue;
}

/* One that waits begins anew, with its ticket. */
static void see_no_swap(void)
{
    if (running && running->waits)
        running->history = mix(5, running->ticket);
}

void ws_wait_while(struct ws_atomic_u32 *word, uint32_t value, uint32_t ticket)
{
    if (!running) {
        check(false, "a child waits");
        return;
    }
    hand_over(word);
    if (word->value != value)
        return;
    running->status = ASLEEP;
    running->sleeps_on = ticket;
    running->sleeps_while = value;
    running->history = mix(2, running->ticket);
    hand_over(word);
}

void ws_wait_wake(struct ws_atomic_u32 *word, uint32_t ticket)
{
    hand_over(word);
    for (unsigned i = 0; i < threads; i++)
        if (now.actors[i].status == ASLEEP && now.actors[i].sleeps_on == ticket)
            now.actors[i].status = RUNNABLE;
}

void ws_wait_forget(void)
{
}

static void act(void)
{
    for (; running->rounds > 0; running->rounds--) {
        running->history = 0;
        running->ticket = 0;
        check(ws_lock_enter(&now.lock), "not let in");
        running->history = 1;
        check(now.inside++ == 0, "two are inside");
        hand_over(NULL);
        now.inside--;
        ws_lock_leave(&now.lock);
    }
    running->status = DONE;
    hand_over(NULL);
}

static void go_on(unsigned thread)
{
    running = &now.actors[thread];
    (void)swapcontext(&explorer, &running->context);
    running = NULL;
}

/* ---- The explorer ---- */

struct moment {
    unsigned next; /* what is to be tried from here */
    size_t used[THREADS_MOST];
    uint8_t *bytes; /* `now`, and the used ends of the stacks */
};
static struct moment moments[DEPTH_MOST];

static uint64_t *seen;
static size_t states;

static uint64_t name_of_now(void)
{
    uint64_t name = mix(now.napped, (uint64_t)now.early << 1 | now.unseen);
    name = mix(name, (uint64_t)now.lock.word.value << 32 | now.lock.tickets.value);
    name = mix(name, (uint64_t)now.lock.turn.value << 32 | now.lock.passed);
    for (unsigned i = 0; i < threads; i++) {
        const struct actor *actor = &now.actors[i];
        name = mix(name, actor->history);
        name = mix(name, (uint64_t)actor->rounds << 48 | (uint64_t)actor->passed << 32 | actor->ahead << 8 |
                             (unsigned)actor->status << 2 | (unsigned)actor->sees_queue << 1 |
                             (unsigned)actor->waits);
        name = mix(name, (uint64_t)actor->sleeps_while << 32 | actor->ticket);
    }
    return name | 1;
}

/* Whether nobody was here before. */
static bool is_new(void)
{
    const uint64_t name = name_of_now();
    size_t at = name / 2 % STATES_MOST;
    while (seen[at] != 0 && seen[at] != name)
        at = (at + 1) % STATES_MOST;
    if (seen[at] == name)
        return false;
    seen[at] = name;
    states++;
    check(states < STATES_MOST / 2, "too many states");
    return true;
}

static size_t stack_used(unsigned thread)
{
    size_t unused = 0; /* stacks grow downwards, and are poisoned */
    while (unused < STACK_SIZE && stacks[thread][unused] == BLOCK_POISON)
        unused += 1;
    return STACK_SIZE - unused;
}

static void remember(struct moment *moment)
{
    size_t size = sizeof now;
    for (unsigned i = 0; i < threads; i++)
        size += moment->used[i] = stack_used(i);
    moment->next = 0;
    moment->bytes = malloc(size);
    assert_non_null(moment->bytes);
    memcpy(moment->bytes, &now, sizeof now);
    uint8_t *to = moment->bytes + sizeof now;
    for (unsigned i = 0; i < threads; i++) {
        memcpy(to, stacks[i] + STACK_SIZE - moment->used[i], moment->used[i]);
        to += moment->used[i];
    }
}

static void come_back_to(const struct moment *moment)
{
    memcpy(&now, moment->bytes, sizeof now);
    const uint8_t *from = moment->bytes + sizeof now;
    for (unsigned i = 0; i < threads; i++) {
        memcpy(stacks[i] + STACK_SIZE - moment->used[i], from, moment->used[i]);
        from += moment->used[i];
    }
}

/* What a child finds, and the threads of a process that is ending. */
static void be_the_child(void)
{
    const struct ws_lock before = now.lock;
    const bool taken = (before.word.value & 1) != 0;
    ws_platform_era.value += 2;
    for (unsigned i = 0; i < 3; i++) {
        const bool entered = ws_lock_enter(&now.lock);
        check(entered == !taken,
              "a child is let in to where a thread is that is gone, or not to where none is");
        if (entered)
            ws_lock_leave(&now.lock);
    }
    check(ws_lock_take(&now.lock) == !taken, "a child does not take the lock, or not as it is");
    check(!ws_lock_try(&now.lock), "a lock is taken twice");
    ws_lock_leave(&now.lock);
    check(ws_lock_enter(&now.lock), "a child cannot enter what it left");
    ws_lock_leave(&now.lock);
    check((now.lock.tickets.value & WS_LOCK_QUEUE) == 0, "in a child those who are gone still wait");
    ws_platform_era.value -= 2;
    now.lock = before;
}

/* The choices: let a thread go on; let one's nap end early; let all naps end, if there is no other choice. */
static bool choose(unsigned choice)
{
    if (choice < threads) {
        if (now.actors[choice].status != RUNNABLE)
            return false;
        go_on(choice);
        return true;
    }
    choice -= threads;
    if (choice < threads) {
        if (now.actors[choice].status != ASLEEP || now.early == 0)
            return false;
        now.early--;
        now.actors[choice].status = RUNNABLE;
        return true;
    }
    unsigned asleep = 0, runnable = 0;
    bool unseen = now.unseen;
    for (unsigned i = 0; i < threads; i++) {
        unseen |= now.actors[i].status == ASLEEP && now.actors[i].sleeps_while == NOBODY;
        asleep += now.actors[i].status == ASLEEP;
        runnable += now.actors[i].status == RUNNABLE;
    }
    if (runnable > 0 || asleep == 0)
        return false;
    check(unseen, "all sleep, and there is no excuse");
    check(!now.napped, "a nap was not enough");
    now.napped = true;
    for (unsigned i = 0; i < threads; i++)
        if (now.actors[i].status == ASLEEP)
            now.actors[i].status = RUNNABLE;
    return true;
}

static void begin(unsigned count, const unsigned rounds[], unsigned early)
{
    memset(&now, 0, sizeof now);
    memset(stacks, BLOCK_POISON, sizeof stacks);
    seen = calloc(STATES_MOST, sizeof *seen);
    assert_non_null(seen);
    states = 0;
    wrong = NULL;
    passed_most = 0;
    threads = count;
    now.early = early;
    for (unsigned i = 0; i < threads; i++) {
        struct actor *actor = &now.actors[i];
        (void)getcontext(&actor->context);
        actor->context.uc_stack.ss_sp = stacks[i];
        actor->context.uc_stack.ss_size = STACK_SIZE;
        makecontext(&actor->context, act, 0);
        actor->rounds = rounds[i];
        go_on(i);
    }
}

/* rounds: of each thread. early: how many naps may end before they are over. */
static void explore(unsigned count, const unsigned rounds[], unsigned early)
{
    begin(count, rounds, early);
    unsigned depth = 0;
    (void)is_new();
    remember(&moments[depth++]);
    while (depth > 0 && !wrong) {
        struct moment *moment = &moments[depth - 1];
        come_back_to(moment);
        if (moment->next > 2 * threads) {
            free(moment->bytes);
            depth--;
        } else if (choose(moment->next++) && is_new()) {
            check(depth < DEPTH_MOST, "too deep");
            if (!wrong)
                remember(&moments[depth++]);
            be_the_child();
        }
    }
    while (depth > 0)
        free(moments[--depth].bytes);
    free(seen);
    assert_that(!wrong, "%s, after %u states", wrong, (unsigned)states);
    print_message("%u states; the first in the queue was passed by at most %u times\n", (unsigned)states,
                  passed_most);
}

static void two_threads(void **state)
{
    (void)state;
    explore(2, (const unsigned[]){4, 3}, 1);
    assert_int_equal(passed_most, WS_LOCK_PASSES_MOST + 1); /* it can happen */
}

static void three_threads(void **state)
{
    (void)state;
    explore(3, (const unsigned[]){2, 1, 1}, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_threads),
        cmocka_unit_test(three_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
