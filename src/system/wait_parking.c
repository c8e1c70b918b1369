/*
 * Windows, and POSIX systems without futexes: sleepers stand in lists, each with a condition variable of
 * its own. A few lists serve all words; a word's address tells which.
 *
 * On Windows, SRWLOCK and CONDITION_VARIABLE are in kernel32 since Windows Vista. WaitOnAddress, which does all of this,
 * came with Windows 8 only; the keyed events that they are all made of are documented nowhere.
 */
#define _GNU_SOURCE /* pthread_condattr_setclock under -std=c11; others show all they have */

#include "system/wait.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef _WIN32

#include <windows.h>

typedef SRWLOCK list_lock;
typedef CONDITION_VARIABLE condition;
#define LIST_LOCK_FREE SRWLOCK_INIT

/* Returns what leave_list is to be given. */
static int enter_list(list_lock *lock)
{
    AcquireSRWLockExclusive(lock);
    return 0;
}

static void leave_list(list_lock *lock, int entered)
{
    (void)entered;
    ReleaseSRWLockExclusive(lock);
}

static void condition_create(condition *woken)
{
    InitializeConditionVariable(woken);
}

static void condition_delete(condition *woken)
{
    (void)woken;
}

static void condition_wait(condition *woken, list_lock *lock)
{
    (void)SleepConditionVariableSRW(woken, lock, WS_WAIT_MILLISECONDS, 0);
}

static void condition_wake(condition *woken)
{
    WakeConditionVariable(woken);
}

#else

#include <pthread.h>
#include <time.h>

#include "system/cancel.h"

typedef pthread_mutex_t list_lock;
typedef pthread_cond_t condition;
#define LIST_LOCK_FREE PTHREAD_MUTEX_INITIALIZER

/* A thread that is cancelled while it sleeps would leave itself in the list. */
static int enter_list(list_lock *lock)
{
    const int cancel = ws_cancel_defer();
    (void)pthread_mutex_lock(lock);
    return cancel;
}

static void leave_list(list_lock *lock, int cancel)
{
    (void)pthread_mutex_unlock(lock);
    ws_cancel_restore(cancel);
}

#ifdef WS_HAS_CONDATTR_SETCLOCK

#define CLOCK CLOCK_MONOTONIC /* the one that nobody sets */

static void condition_create(condition *woken)
{
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK);
    (void)pthread_cond_init(woken, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

#else /* macOS, which looks at the clock when a sleep begins, not later */

#define CLOCK CLOCK_REALTIME

static void condition_create(condition *woken)
{
    (void)pthread_cond_init(woken, NULL);
}

#endif

static void condition_delete(condition *woken)
{
    (void)pthread_cond_destroy(woken);
}

static void condition_wait(condition *woken, list_lock *lock)
{
    struct timespec end = {0};
    (void)clock_gettime(CLOCK, &end);
    end.tv_nsec += WS_WAIT_MILLISECONDS * 1000000L;
    end.tv_sec += end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(woken, lock, &end);
}

static void condition_wake(condition *woken)
{
    (void)pthread_cond_signal(woken);
}

#endif

/* On the stack of the thread that sleeps. */
struct sleeper {
    struct sleeper *next;
    const struct ws_atomic_u32 *word;
    uint32_t ticket;
    condition woken;
};

struct list {
    list_lock lock;
    struct sleeper *first;
};

#define LIST                                                                                                 \
    {                                                                                                        \
        LIST_LOCK_FREE, NULL                                                                                 \
    }
static struct list lists[] = {LIST, LIST, LIST, LIST, LIST, LIST, LIST, LIST};
#define LISTS (sizeof lists / sizeof *lists)

static struct list *list_of(const struct ws_atomic_u32 *word)
{
    const uintptr_t address = (uintptr_t)word;
    return &lists[(address >> 6 ^ address >> 12) % LISTS];
}

void ws_wait_while(struct ws_atomic_u32 *word, uint32_t value, uint32_t ticket)
{
    struct list *list = list_of(word);
    const int entered = enter_list(&list->lock);
    if (ws_atomic_load(word) == value) {
        struct sleeper self = {.next = list->first, .word = word, .ticket = ticket};
        condition_create(&self.woken);
        list->first = &self;
        condition_wait(&self.woken, &list->lock);
        struct sleeper **at = &list->first;
        while (*at != &self)
            at = &(*at)->next;
        *at = self.next;
        condition_delete(&self.woken);
    }
    leave_list(&list->lock, entered);
}

void ws_wait_wake(struct ws_atomic_u32 *word, uint32_t ticket)
{
    struct list *list = list_of(word);
    const int entered = enter_list(&list->lock);
    for (struct sleeper *sleeper = list->first; sleeper; sleeper = sleeper->next)
        if (sleeper->word == word && sleeper->ticket == ticket)
            condition_wake(&sleeper->woken);
    leave_list(&list->lock, entered);
}

void ws_wait_forget(void)
{
    static const struct list empty = LIST;
    for (size_t i = 0; i < LISTS; i++)
        lists[i] = empty;
}
