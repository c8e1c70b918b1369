/*
 * White-box tests of wait_futex.c, and of wait_parking.c on every system.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime under -std=c11 */

#include "unit.h"

#ifndef _WIN32
#include <time.h>
#endif

#include "system/wait.h"
#include "threads.h"

enum { SLEEPERS = 3 };

static struct ws_atomic_u32 word;
static struct ws_atomic_u32 naps[SLEEPERS];

static void sleep_while_0(void *argument)
{
    const uint32_t *ticket = argument;
    while (ws_atomic_load(&word) == 0) {
        ws_wait_while(&word, 0, *ticket);
        ws_atomic_store(&naps[*ticket], ws_atomic_load(&naps[*ticket]) + 1);
    }
}

/* Else the test would not end. */
static void nobody_sleeps_while_the_word_has_another_value(void **state)
{
    (void)state;
    ws_atomic_store(&word, 7);
    for (unsigned i = 0; i < 1000; i++)
        ws_wait_while(&word, 8, 0);
}

/* Which is what makes a lost wake-up harmless. */
static void a_nap_ends_though_nobody_wakes(void **state)
{
    (void)state;
    ws_atomic_store(&word, 7);
    for (unsigned i = 0; i < 10; i++)
        ws_wait_while(&word, 7, i);
}

#ifndef _WIN32

/* It may end for no reason, but not each time: that would be no sleep. */
static void a_nap_takes_its_time(void **state)
{
    (void)state;
    enum { NAPS = 10 };
    struct timespec start;
    struct timespec end;
    ws_atomic_store(&word, 7);
    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    for (unsigned i = 0; i < NAPS; i++)
        ws_wait_while(&word, 7, i);
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    const long milliseconds =
        (long)(end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000;
    assert_that(milliseconds >= NAPS * WS_WAIT_MILLISECONDS / 2, "%ld ms", milliseconds);
}

#endif

/* Else the test would not end. However late a thread begins, it sleeps once. */
static void sleepers_are_woken(void **state)
{
    (void)state;
    struct thread threads[SLEEPERS];
    uint32_t tickets[SLEEPERS];
    ws_atomic_store(&word, 0);
    for (uint32_t i = 0; i < SLEEPERS; i++) {
        tickets[i] = i;
        thread_start(&threads[i], sleep_while_0, &tickets[i]);
    }
    thread_pause();
    ws_wait_wake(&word, 99); /* is nobody's */
    for (uint32_t i = 0; i < SLEEPERS; i++)
        ws_wait_wake(&word, i);
    for (uint32_t i = 0; i < SLEEPERS; i++)
        while (ws_atomic_load(&naps[i]) == 0)
            thread_pause();
    ws_atomic_store(&word, 1);
    for (uint32_t i = 0; i < SLEEPERS; i++)
        ws_wait_wake(&word, i);
    for (uint32_t i = 0; i < SLEEPERS; i++)
        thread_join(&threads[i]);
    ws_wait_wake(&word, 0); /* nobody is there */
    ws_wait_forget();
    ws_wait_wake(&word, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_sleeps_while_the_word_has_another_value),
        cmocka_unit_test(a_nap_ends_though_nobody_wakes),
#ifndef _WIN32
        cmocka_unit_test(a_nap_takes_its_time),
#endif
        cmocka_unit_test(sleepers_are_woken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
