/*
 * White-box tests of platform_posix.c or platform_windows.c. The administrator's keep-alive interval is in
 * test_platform_windows.c, cancelled threads and more of forks in test_platform_posix.c.
 */
#define _POSIX_C_SOURCE 200809L /* fork and its friends under -std=c11 */

#include "unit.h"

#ifndef _WIN32
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include "system/platform.h"

static void random_bytes_fill_the_whole_buffer(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 4, 16, 255, 256, 257, 4096, 65536};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        uint8_t *bytes = block_new(sizes[i]);
        uint8_t *changed = calloc(sizes[i], 1);
        assert_non_null(changed);
        /* A byte stays what it was with 1/256 each time: in 20 rounds none does. */
        for (unsigned round = 0; round < 20; round++) {
            memset(bytes, BLOCK_POISON, sizes[i]);
            assert_true(ws_platform_random(bytes, sizes[i]));
            for (size_t j = 0; j < sizes[i]; j++)
                changed[j] |= bytes[j] ^ BLOCK_POISON;
        }
        for (size_t j = 0; j < sizes[i]; j++)
            assert_that(changed[j] != 0, "byte %u of %u", (unsigned)j, (unsigned)sizes[i]);
        free(changed);
        free(bytes);
    }
}

static void no_random_bytes_can_be_had_too(void **state)
{
    (void)state;
    uint8_t bytes[2] = {1, 2};
    assert_true(ws_platform_random(bytes, 0));
    assert_true(bytes[0] == 1 && bytes[1] == 2);
}

static void random_bytes_differ(void **state)
{
    (void)state;
    uint8_t blocks[50][16];
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        assert_true(ws_platform_random(blocks[i], sizeof blocks[i]));
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(blocks[i], blocks[j], sizeof blocks[i]);
    }
}

/* Of 65536 bytes each value is 256, give or take 16: between 128 and 384 always. */
static void random_bytes_are_spread_evenly(void **state)
{
    (void)state;
    enum { SIZE = 65536 };
    unsigned counts[256] = {0};
    uint8_t *bytes = block_new(SIZE);
    assert_true(ws_platform_random(bytes, SIZE));
    for (size_t i = 0; i < SIZE; i++)
        counts[bytes[i]]++;
    for (unsigned value = 0; value <= 0xFF; value++)
        assert_that(counts[value] > 128 && counts[value] < 384, "%u times %02X", counts[value], value);
    free(bytes);
}

#ifdef WS_HAS_GETRANDOM

/* Linux's getrandom as its manual has it: it may give less than it is asked for, and be interrupted. */

ssize_t __real_getrandom(void *bytes, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags);

static struct {
    bool miserly; /* 7 bytes at a time, and interrupted before each */
    bool interrupted;
} source;

ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags)
{
    if (source.miserly && (source.interrupted = !source.interrupted)) {
        errno = EINTR;
        return -1;
    }
    return __real_getrandom(bytes, source.miserly && size > 7 ? 7 : size, flags);
}

static void random_bytes_in_small_pieces_fill_the_whole_buffer(void **state)
{
    source.miserly = true;
    random_bytes_fill_the_whole_buffer(state);
    source.miserly = false;
}

#endif

#ifndef _WIN32

/* A child is told from its parent, although their memory is the same. */
static void a_child_begins_an_era(void **state)
{
    (void)state;
    const uint32_t before = ws_platform_notice();
    assert_int_equal(before % 2, 1);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const uint32_t era = ws_atomic_load(&ws_platform_era);
        _exit(era != before && era % 2 == 1 && ws_platform_notice() == era ? 0 : 1);
    }
    int status = -1;
    assert_true(waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
    assert_int_equal(ws_platform_notice(), before);
}

static void there_is_no_keepalive_interval(void **state)
{
    (void)state;
    uint32_t milliseconds = 12345;
    assert_false(ws_platform_keepalive(&milliseconds));
    assert_int_equal(milliseconds, 12345);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_bytes_fill_the_whole_buffer),
        cmocka_unit_test(no_random_bytes_can_be_had_too),
        cmocka_unit_test(random_bytes_differ),
        cmocka_unit_test(random_bytes_are_spread_evenly),
#ifdef WS_HAS_GETRANDOM
        cmocka_unit_test(random_bytes_in_small_pieces_fill_the_whole_buffer),
#endif
#ifndef _WIN32
        cmocka_unit_test(a_child_begins_an_era),
        cmocka_unit_test(there_is_no_keepalive_interval),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
