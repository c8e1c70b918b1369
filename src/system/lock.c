/*
 * A lock's word is
 *
 *   0            nobody is inside;
 *   odd          a thread is inside, and this is the era (see ws_platform_notice) in which it entered;
 *   even, not 0  a promise: nobody is inside, and only the one whose turn it is may enter.
 *
 * Who enters swaps 0 for the era. Whoever finds something else there looks again for about a microsecond, then takes a
 * ticket, and sleeps until it is the ticket's turn and the word lets it in. So those who wait get in in the order in which
 * they came; whoever has just come may get in before them, but not often. Who leaves while somebody waits stores 0 all the
 * same, and wakes the one whose turn it is: if that was always the end of it, a thread that comes back at once would always
 * be there first; if it never was, two threads that meet once would take turns from then on, with a switch between threads
 * for each call. So after PASSES_MOST times it stores a promise instead. Then a thread that comes back has to take a ticket
 * of its own.
 *
 * The first in the queue is thus passed by at most PASSES_MOST + 1 times: once by a thread that entered after one that left
 * without seeing it, and PASSES_MOST times by others.
 *
 * A ticket is never lost: it is taken by an atomic operation from a word that nobody stores to. A wake-up may be, in two
 * ways. A thread that leaves may have seen no tickets just before one was taken, whose owner then saw the lock taken and went
 * to sleep; then 0 is stored, and nobody is woken. And one that sees 0 before its turn may go to sleep on it only when the
 * one before it has got in and left again. The next who leaves wakes the sleeper, and if nobody ever comes it wakes by itself
 * after WS_WAIT_MILLISECONDS: no sleep is longer. That is what it costs that leaving, when nobody waits, needs no atomic
 * operation.
 *
 * A promise has a taker: the one whose turn it is when it is made has a ticket, and getting in is the only way to lose it.
 * The promise names the turn, so that an old one is not mistaken for a new one.
 *
 * A word of an earlier era is that of a thread that is gone, and tickets that were taken in an earlier era are those of
 * threads that are gone: they carry a part of the era.
 */
#include "system/lock.h"

#include "system/wait.h"

/* The test that goes through all that can happen has smaller ones. */
#ifndef WS_LOCK_LOOKS
#define WS_LOCK_LOOKS       32u /* about a microsecond, as processors pause today */
#define WS_LOCK_PASSES_MOST 8u
#endif

#define NOBODY 0u

/* A ticket: a number, counted round and round, and a part of the era in which it was taken. */
#define NUMBER_BITS 16u
#define NUMBER_MASK ((1u << NUMBER_BITS) - 1)

static uint32_t ticket_of(uint32_t number, uint32_t era)
{
    return (era >> 1 << NUMBER_BITS | (number & NUMBER_MASK)) & ~WS_LOCK_QUEUE;
}

static uint32_t number_of(uint32_t ticket)
{
    return ticket & NUMBER_MASK;
}

/* Whether somebody waits who is not gone. */
static bool is_queue(uint32_t tickets, uint32_t era)
{
    return tickets == (WS_LOCK_QUEUE | ticket_of(tickets, era));
}

static uint32_t promise_to(uint32_t number)
{
    return number << 2 | 2;
}

/* Whether a thread is inside that is gone. */
static bool is_gone(uint32_t word)
{
    return (word & 1) != 0 && word != ws_platform_notice();
}

/* Enter the lock whose word was seen like this, if it still is. */
static bool enter(struct ws_lock *lock, uint32_t seen)
{
    return ws_atomic_swap_if(&lock->word, seen, ws_atomic_peek(&ws_platform_era));
}

static uint32_t take_ticket(struct ws_lock *lock)
{
    const uint32_t era = ws_platform_notice();
    uint32_t tickets;
    uint32_t ticket;
    do {
        tickets = ws_atomic_load(&lock->tickets);
        const bool gone = (tickets & WS_LOCK_QUEUE) != 0 && !is_queue(tickets, era);
        ticket = ticket_of(gone ? ws_atomic_load(&lock->turn) : tickets, era);
    } while (!ws_atomic_swap_if(&lock->tickets, tickets, WS_LOCK_QUEUE | ticket_of(ticket + 1, era)));
    return ticket;
}

bool ws_lock_wait(struct ws_lock *lock)
{
    for (unsigned i = 0; i < WS_LOCK_LOOKS; i++) {
        if (ws_atomic_peek(&lock->word) == NOBODY && enter(lock, NOBODY))
            return true;
        ws_atomic_pause();
    }
    if (is_gone(ws_atomic_load(&lock->word)))
        return false;

    const uint32_t ticket = take_ticket(lock);
    const uint32_t number = number_of(ticket);
    for (;;) {
        const uint32_t word = ws_atomic_load(&lock->word);
        if (is_gone(word))
            return false;
        if (word == promise_to(number) || (word == NOBODY && ws_atomic_load(&lock->turn) == number)) {
            if (enter(lock, word))
                break;
        } else {
            ws_wait_while(&lock->word, word, number);
        }
    }
    lock->passed = 0;
    ws_atomic_store(&lock->turn, number_of(number + 1));
    const uint32_t next = ticket_of(number + 1, ticket >> NUMBER_BITS << 1);
    (void)ws_atomic_swap_if(&lock->tickets, WS_LOCK_QUEUE | next, next); /* if this was the last */
    return true;
}

void ws_lock_pass(struct ws_lock *lock)
{
    const uint32_t tickets = ws_atomic_load(&lock->tickets);
    const uint32_t turn = ws_atomic_peek(&lock->turn);
    const uint32_t era = ws_platform_notice();
    if (!is_queue(tickets, era) && ws_atomic_swap_if(&lock->tickets, tickets, ticket_of(turn, era))) {
        ws_atomic_store(&lock->word, NOBODY); /* those who waited are gone */
        return;
    }
    uint32_t word = NOBODY;
    if (lock->passed < WS_LOCK_PASSES_MOST)
        lock->passed++;
    else
        word = promise_to(turn);
    ws_atomic_store(&lock->word, word);
    ws_wait_wake(&lock->word, turn);
}

/* Enter in place of a thread that is gone, if there is one. */
static bool inherit(struct ws_lock *lock)
{
    const uint32_t word = ws_atomic_load(&lock->word);
    return is_gone(word) && enter(lock, word);
}

bool ws_lock_take(struct ws_lock *lock)
{
    while (!ws_lock_enter(lock))
        if (inherit(lock))
            return false;
    return true;
}

bool ws_lock_try(struct ws_lock *lock)
{
    return enter(lock, NOBODY) || inherit(lock);
}
