/*
 * White-box tests of mask_key.c: section 5.2 of the specification. Keys are 32 random bits, so a few
 * of many are equal by chance: 1.2 pairs are to be expected among 100,000, and more than the limits below
 * once in more runs than anybody will make.
 */
#define _GNU_SOURCE /* fork and its friends under -std=c11 */

#include "unit.h"

#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif

#include "faults.h"
#include "frames/mask_key.h"
#include "system/platform.h"
#include "threads.h"

enum { MANY = 100000, EQUAL_PAIRS = 20, THREADS = 4, BITS = 32 };

static uint8_t callers[4096]; /* addresses in it stand for sessions */

static int ascending(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static unsigned equal_pairs(uint32_t *keys, size_t count)
{
    unsigned pairs = 0;
    qsort(keys, count, sizeof *keys, ascending);
    for (size_t i = 1; i < count; i++)
        pairs += keys[i] == keys[i - 1];
    return pairs;
}

static void take_keys(const void *caller, uint32_t *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_true(ws_mask_key(caller, &keys[i]));
}

static void no_key_is_handed_out_twice(void **state)
{
    (void)state;
    uint32_t *keys = malloc(MANY * sizeof *keys);
    assert_non_null(keys);
    take_keys(callers, keys, MANY);
    assert_true(equal_pairs(keys, MANY) <= EQUAL_PAIRS);

    /* The same for many sessions, which share the pools. */
    for (size_t i = 0; i < MANY; i++)
        take_keys(callers + i * 64 % sizeof callers, &keys[i], 1);
    assert_true(equal_pairs(keys, MANY) <= EQUAL_PAIRS);
    free(keys);
}

/* Every bit is set in about half of the keys: of 10,000, in 4,500 to 5,500, ten standard deviations. */
static void all_bits_vary(void **state)
{
    (void)state;
    enum { KEYS = 10000 };
    unsigned set[BITS] = {0};
    for (unsigned i = 0; i < KEYS; i++) {
        uint32_t key;
        assert_true(ws_mask_key(callers, &key));
        for (unsigned bit = 0; bit < BITS; bit++)
            set[bit] += key >> bit & 1;
    }
    for (unsigned bit = 0; bit < BITS; bit++)
        assert_that(set[bit] > 4500 && set[bit] < 5500, "bit %u is set in %u of %u keys", bit, set[bit],
                    (unsigned)KEYS);
}

/* Takes what a session's pool has in stock, while the system has nothing to give. */
static unsigned empty(const void *caller)
{
    unsigned taken = 0;
    uint32_t key;
    while (ws_mask_key(caller, &key))
        assert_true(++taken < 10000);
    return taken;
}

/*
 * Neighbouring sessions do not all meet in one pool: what one of them has in stock is not all of the
 * others'.
 */
static void sessions_are_spread_over_pools(void **state)
{
    (void)state;
    unsigned with_stock = 0;
    uint32_t key;

    faults_random();
    for (size_t i = 0; i < sizeof callers; i += 64)
        (void)empty(callers + i);
    faults_end();
    for (size_t i = 0; i < sizeof callers; i += 64)
        take_keys(callers + i, &key, 1);

    faults_random();
    (void)empty(callers);
    for (size_t i = 0; i < sizeof callers; i += 64)
        with_stock += ws_mask_key(callers + i, &key);
    faults_end();
    assert_true(with_stock > sizeof callers / 64 / 2);
}

/* What is in stock is still handed out; then there is no key, and the next good call mends it. */
static void without_random_bytes_there_is_no_key(void **state)
{
    (void)state;
    uint32_t key;

    take_keys(callers, &key, 1);
    faults_random();
    (void)empty(callers);
    assert_false(ws_mask_key(callers, &key));
    faults_end();
    uint32_t keys[100];
    take_keys(callers, keys, COUNT_OF(keys));
    assert_int_equal(equal_pairs(keys, COUNT_OF(keys)), 0);
}

/* While one caller refills a pool, another does not wait: the system gives it a key of its own. */
static void in_a_refill(void *argument)
{
    uint32_t *keys = argument;
    for (unsigned i = 0; i < 3; i++)
        keys[2] += ws_mask_key(callers, &keys[i % 2]);
}

static void a_caller_who_finds_the_pool_taken_does_not_wait(void **state)
{
    (void)state;
    uint32_t keys[3] = {0, 0, 0}; /* two keys, and how many calls succeeded */
    uint32_t key;

    faults_random();
    (void)empty(callers);
    faults_end();
    faults_in_next_random(in_a_refill, keys);
    assert_true(ws_mask_key(callers, &key));
    assert_int_equal(keys[2], 3);
    assert_true(keys[0] != keys[1] && keys[0] != key && keys[1] != key);
}

#ifndef _WIN32

/*
 * Section 5.2, "fresh for every frame": a forked child has its parent's memory, but must not send with
 * its keys.
 */
static void expect_keys_of_its_own(pid_t (*make_child)(void))
{
    enum { KEYS = 10, SIZE = KEYS * sizeof(uint32_t) };
    uint32_t keys[2 * KEYS];
    int pipes[2];

    take_keys(callers, keys, 1); /* there is a stock to share */
    assert_int_equal(pipe(pipes), 0);
    pid_t child = make_child();
    assert_true(child >= 0);
    if (child == 0) {
        bool good = true;
        for (unsigned i = 0; i < KEYS; i++)
            good = ws_mask_key(callers, &keys[i]) && good;
        _exit(write(pipes[1], keys, SIZE) == SIZE && good ? 0 : 1);
    }
    take_keys(callers, keys + KEYS, KEYS);
    assert_int_equal(read(pipes[0], keys, SIZE), SIZE);
    int status = -1;
    assert_true(waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
    (void)close(pipes[0]);
    (void)close(pipes[1]);
    assert_int_equal(equal_pairs(keys, COUNT_OF(keys)), 0);
}

static void a_forked_child_has_keys_of_its_own(void **state)
{
    (void)state;
    expect_keys_of_its_own(fork);
}

#endif

#ifdef __linux__

static void a_child_that_no_handlers_ran_for_has_keys_of_its_own(void **state)
{
    (void)state;
    expect_keys_of_its_own(_Fork);
}

#endif

struct taker {
    struct thread thread;
    const void *caller;
    uint32_t *keys;
    bool failed;
};

static void take_many(void *argument)
{
    struct taker *taker = argument;
    for (size_t i = 0; i < MANY / THREADS; i++)
        taker->failed |= !ws_mask_key(taker->caller, &taker->keys[i]);
}

static void concurrent_callers_never_share_a_key(void **state)
{
    (void)state;
    uint32_t *keys = malloc(MANY * sizeof *keys);
    struct taker takers[THREADS];
    assert_non_null(keys);

    for (unsigned i = 0; i < THREADS; i++) {
        takers[i].caller = callers; /* the worst case: all at one pool */
        takers[i].keys = keys + i * (MANY / THREADS);
        takers[i].failed = false;
        thread_start(&takers[i].thread, take_many, &takers[i]);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        thread_join(&takers[i].thread);
        assert_false(takers[i].failed);
    }
    assert_true(equal_pairs(keys, MANY) <= EQUAL_PAIRS);
    free(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_key_is_handed_out_twice),
        cmocka_unit_test(all_bits_vary),
        cmocka_unit_test(sessions_are_spread_over_pools),
        cmocka_unit_test(without_random_bytes_there_is_no_key),
        cmocka_unit_test(a_caller_who_finds_the_pool_taken_does_not_wait),
#ifndef _WIN32
        cmocka_unit_test(a_forked_child_has_keys_of_its_own),
#endif
#ifdef __linux__
        cmocka_unit_test(a_child_that_no_handlers_ran_for_has_keys_of_its_own),
#endif
        cmocka_unit_test(concurrent_callers_never_share_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
