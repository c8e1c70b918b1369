/*
 * White-box tests of src/trace/trace_posix.c: a program that has more rights than its user writes no trace. Whatever tells the
 * library so on this system is stood in for.
 */
#define _GNU_SOURCE /* secure_getenv, setenv and uid_t under -std=c11 */

#include "unit.h"

#include <unistd.h>

#include "trace/trace_system.h"

static struct {
    bool user, group; /* whose rights they are */
} more;

#if defined(WS_HAS_SECURE_GETENV)

char *__wrap_secure_getenv(const char *name);

char *__wrap_secure_getenv(const char *name)
{
    return more.user || more.group ? NULL : getenv(name);
}

#elif defined(WS_HAS_ISSETUGID)

int __wrap_issetugid(void);

int __wrap_issetugid(void)
{
    return more.user || more.group;
}

#else

uid_t __real_getuid(void);
gid_t __real_getgid(void);
uid_t __wrap_getuid(void);
gid_t __wrap_getgid(void);

uid_t __wrap_getuid(void)
{
    return __real_getuid() + more.user;
}

gid_t __wrap_getgid(void)
{
    return __real_getgid() + more.group;
}

#endif

static void a_program_with_its_users_rights_writes_where_the_user_says(void **state)
{
    (void)state;
    more.user = more.group = false;
    assert_true(ws_trace_system_open());
}

static void a_program_with_more_rights_writes_nowhere(void **state)
{
    (void)state;
    more.user = true;
    more.group = false;
    assert_false(ws_trace_system_open());
    more.user = false;
    more.group = true;
    assert_false(ws_trace_system_open());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_with_its_users_rights_writes_where_the_user_says),
        cmocka_unit_test(a_program_with_more_rights_writes_nowhere),
    };
    (void)setenv("WEBSOCKET_TRACE", "stderr", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
