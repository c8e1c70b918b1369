/*
 * White-box tests of the registry in platform_windows.c: section 10 of the specification.
 * HKEY_LOCAL_MACHINE is a key of the user's own for this process, so that the machine's settings are
 * neither seen nor changed.
 */
#include "unit.h"

#include <windows.h>

#include "system/platform.h"

#define PLAYGROUND L"Software\\websocket.dll unit test"
#define SETTINGS   L"SOFTWARE\\Microsoft\\WebSocket"
#define VALUE      L"KeepaliveInterval"

static HKEY machine; /* what HKEY_LOCAL_MACHINE stands for */

static int playground(void **state)
{
    (void)state;
    (void)RegDeleteTreeW(HKEY_CURRENT_USER, PLAYGROUND);
    assert_int_equal(RegCreateKeyExW(HKEY_CURRENT_USER, PLAYGROUND, 0, NULL, REG_OPTION_VOLATILE,
                                     KEY_ALL_ACCESS, NULL, &machine, NULL),
                     ERROR_SUCCESS);
    assert_int_equal(RegOverridePredefKey(HKEY_LOCAL_MACHINE, machine), ERROR_SUCCESS);
    return 0;
}

static int cleared(void **state)
{
    (void)state;
    (void)RegOverridePredefKey(HKEY_LOCAL_MACHINE, NULL);
    (void)RegCloseKey(machine);
    (void)RegDeleteTreeW(HKEY_CURRENT_USER, PLAYGROUND);
    return 0;
}

static void set(DWORD type, const void *bytes, DWORD size)
{
    HKEY key;
    assert_int_equal(
        RegCreateKeyExW(machine, SETTINGS, 0, NULL, REG_OPTION_VOLATILE, KEY_ALL_ACCESS, NULL, &key, NULL),
        ERROR_SUCCESS);
    assert_int_equal(RegSetValueExW(key, VALUE, 0, type, bytes, size), ERROR_SUCCESS);
    (void)RegCloseKey(key);
}

static void expect_none(void)
{
    uint32_t milliseconds = 12345;
    assert_false(ws_platform_keepalive(&milliseconds));
    assert_int_equal(milliseconds, 12345);
}

static void expect(uint32_t expected)
{
    uint32_t milliseconds = 12345;
    assert_true(ws_platform_keepalive(&milliseconds));
    assert_int_equal(milliseconds, expected);
}

static void without_the_key_there_is_none(void **state)
{
    (void)state;
    expect_none();
}

static void without_the_value_there_is_none(void **state)
{
    (void)state;
    set(REG_DWORD, &(DWORD){60000}, sizeof(DWORD));
    HKEY key;
    assert_int_equal(RegOpenKeyExW(machine, SETTINGS, 0, KEY_ALL_ACCESS, &key), ERROR_SUCCESS);
    assert_int_equal(RegDeleteValueW(key, VALUE), ERROR_SUCCESS);
    (void)RegCloseKey(key);
    expect_none();
}

/* "read at each call" */
static void a_dword_is_read_at_each_call(void **state)
{
    (void)state;
    static const DWORD values[] = {60000, 0, 1, 15000, UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        set(REG_DWORD, &values[i], sizeof values[i]);
        expect(values[i]);
        expect(values[i]);
    }
}

static void another_type_is_none(void **state)
{
    (void)state;
    static const uint64_t value = 60000;
    set(REG_QWORD, &value, sizeof value);
    expect_none();
    set(REG_BINARY, &value, 4);
    expect_none();
    set(REG_SZ, L"60000", sizeof L"60000");
    expect_none();
    set(REG_SZ, L"6", sizeof L"6"); /* four bytes as well */
    expect_none();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_the_key_there_is_none, playground, cleared),
        cmocka_unit_test_setup_teardown(without_the_value_there_is_none, playground, cleared),
        cmocka_unit_test_setup_teardown(a_dword_is_read_at_each_call, playground, cleared),
        cmocka_unit_test_setup_teardown(another_type_is_none, playground, cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
