/*
 * What tests of threads share that do things at random moments: seeds that can be given again, counts that can
 * be made larger, and the handles that they are done to.
 *
 *   WEBSOCKET_THREADS_SEED=N    begin with this seed instead of 1; a test that fails tells its own
 *   WEBSOCKET_THREADS_ROUNDS=N  so many times the rounds
 */
#ifndef STRESS_H
#define STRESS_H

#include "unit.h"

#include "websocket.h"

/** How many rounds a test makes that usually makes `usual`. */
unsigned stress_rounds(unsigned usual);

/** The seed of a round; each differs from those before. */
uint64_t stress_seed(unsigned round);

/** Chance for one of a round's threads: the same in every run. */
uint64_t stress_chance(uint64_t seed, unsigned thread);

/** Let a random, mostly short time pass. */
void stress_moment(uint64_t *chance);

/**
 * Fails the test, naming the seed, unless the condition holds. Of the main thread only.
 */
#define stress_assert(seed, condition)                                                                       \
    assert_that(condition, "%s: not so with WEBSOCKET_THREADS_SEED=%llu", #condition,                        \
                (unsigned long long)(seed))

/** Let a server's handshake begin. */
HRESULT stress_begin_server(WEB_SOCKET_HANDLE server);

/**
 * A server's handle after Begin: the first call opens it. memory: ALLOCATED_BUFFER of STRESS_MEMORY bytes,
 * or NULL.
 */
enum { STRESS_RECEIVE_SIZE = 256, STRESS_SEND_SIZE = 16, STRESS_MEMORY = 256 + 16 + 144 };
WEB_SOCKET_HANDLE stress_server(uint8_t *memory);

/** A client's open handle, likewise. */
WEB_SOCKET_HANDLE stress_client(uint8_t *memory);

#endif
