/*
 * A thread sleeps in the system until another one wakes it. One of wait_futex.c and wait_parking.c is built.
 */
#ifndef WS_WAIT_H
#define WS_WAIT_H

#include "system/atomic.h"

/* Nobody sleeps longer than this at a time, see lock.c. */
#define WS_WAIT_MILLISECONDS 4

/**
 * Sleep while the word holds the value. Returns when woken, when the word holds another value at the beginning, after
 * WS_WAIT_MILLISECONDS, or for no reason: the caller looks again.
 * ticket: for whom ws_wait_wake asks.
 */
void ws_wait_while(struct ws_atomic_u32 *word, uint32_t value, uint32_t ticket);

/** Wake whoever sleeps on this word with this ticket. May wake others, too. */
void ws_wait_wake(struct ws_atomic_u32 *word, uint32_t ticket);

/** In a process whose other threads are gone: nobody sleeps. */
void ws_wait_forget(void);

#endif
