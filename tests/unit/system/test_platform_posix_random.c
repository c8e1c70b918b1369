/*
 * White-box tests of platform_posix.c: random bytes where the system call for them is missing, as in Linux before
 * 3.17, or forbidden, as in some sandboxes.
 */
#define _GNU_SOURCE /* ssize_t, mode_t under -std=c11 */

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "system/platform.h"

int __real_open(const char *path, int flags, ...);
ssize_t __real_read(int file, void *bytes, size_t size);
int __real_close(int file);

int __wrap_open(const char *path, int flags, ...);
int __wrap___open_2(const char *path, int flags); /* what a checked open becomes, with clang and glibc 2.41 */
ssize_t __wrap_read(int file, void *bytes, size_t size);
int __wrap_close(int file);

static struct {
    int call_fails;   /* with this errno; 0: it does not */
    int device_fails; /* likewise */
    int interruptions;
    size_t most; /* bytes at once */
    int opened, closed;
} system_now;

#ifdef WS_HAS_GETRANDOM

ssize_t __real_getrandom(void *bytes, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags);

ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags)
{
    errno = system_now.call_fails;
    return system_now.call_fails ? -1 : __real_getrandom(bytes, size, flags);
}

#else

int __real_getentropy(void *bytes, size_t size);
int __wrap_getentropy(void *bytes, size_t size);

int __wrap_getentropy(void *bytes, size_t size)
{
    errno = system_now.call_fails;
    return system_now.call_fails ? -1 : __real_getentropy(bytes, size);
}

#endif

int __wrap_open(const char *path, int flags, ...)
{
    if (flags & O_CREAT) { /* at the end, what counts coverage opens its files */
        va_list arguments;
        va_start(arguments, flags);
        const mode_t mode = va_arg(arguments, mode_t);
        va_end(arguments);
        return __real_open(path, flags, mode);
    }
    assert_string_equal(path, "/dev/urandom");
    assert_true(flags & O_CLOEXEC);
    errno = system_now.device_fails;
    if (system_now.device_fails)
        return -1;
    system_now.opened++;
    return __real_open(path, flags);
}

int __wrap___open_2(const char *path, int flags)
{
    return __wrap_open(path, flags);
}

ssize_t __wrap_read(int file, void *bytes, size_t size)
{
    errno = EINTR;
    if (system_now.interruptions-- > 0)
        return -1;
    return system_now.most == 0 ? 0
                                : __real_read(file, bytes, size < system_now.most ? size : system_now.most);
}

int __wrap_close(int file)
{
    system_now.closed++;
    return __real_close(file);
}

static int set_up(void **state)
{
    (void)state;
    memset(&system_now, 0, sizeof system_now);
    system_now.most = SIZE_MAX;
    return 0;
}

/* As many, which is more than getentropy gives at once, and random: bytes that are all the same are an error. */
static void assert_random(void)
{
    enum { SIZE = 1000 };
    uint8_t bytes[SIZE + 1] = {0};
    assert_true(ws_platform_random(bytes, SIZE));
    size_t same = 0;
    for (size_t i = 0; i < SIZE; i++)
        same += bytes[i] == bytes[0];
    assert_true(same < SIZE);
    assert_int_equal(bytes[SIZE], 0);
    assert_int_equal(system_now.opened, system_now.closed);
}

static void the_system_call_is_enough(void **state)
{
    (void)state;
    system_now.device_fails = ENOENT;
    assert_random();
    assert_int_equal(system_now.opened, 0);
}

static void the_device_helps_out_where_there_is_no_system_call(void **state)
{
    (void)state;
    system_now.call_fails = ENOSYS;
    assert_random();
    assert_int_equal(system_now.opened, 1);
}

static void the_device_helps_out_where_the_system_call_is_forbidden(void **state)
{
    (void)state;
    system_now.call_fails = EPERM;
    assert_random();
    assert_int_equal(system_now.opened, 1);
}

static void the_device_is_read_again_after_signals_and_short_reads(void **state)
{
    (void)state;
    system_now.call_fails = ENOSYS;
    system_now.interruptions = 3;
    system_now.most = 7;
    assert_random();
}

static void without_either_there_are_no_random_bytes(void **state)
{
    (void)state;
    uint8_t bytes[4];
    system_now.call_fails = ENOSYS;
    system_now.device_fails = ENOENT;
    assert_false(ws_platform_random(bytes, sizeof bytes));
    system_now.device_fails = 0;
    system_now.most = 0; /* its end: this is no device */
    assert_false(ws_platform_random(bytes, sizeof bytes));
    assert_int_equal(system_now.opened, system_now.closed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_system_call_is_enough, set_up),
        cmocka_unit_test_setup(the_device_helps_out_where_there_is_no_system_call, set_up),
        cmocka_unit_test_setup(the_device_helps_out_where_the_system_call_is_forbidden, set_up),
        cmocka_unit_test_setup(the_device_is_read_again_after_signals_and_short_reads, set_up),
        cmocka_unit_test_setup(without_either_there_are_no_random_bytes, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
