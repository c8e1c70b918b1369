/*
 * Section 10 of the specification: WebSocketGetGlobalProperty.
 */
#include "api_tests.h"

#define KEEPALIVE WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE
#define VERSIONS  WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE
#define TOO_SMALL HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER)

static ULONG keepalive(void)
{
    ULONG value = POISON_ULONG;
    ULONG size = sizeof value;

    assert_result(S_OK, ws->GetGlobalProperty(KEEPALIVE, &value, &size));
    assert_int_equal(size, sizeof value);
    return value;
}

static void the_only_supported_version_is_13(void)
{
    ULONG *value = (ULONG *)(void *)heap_block(sizeof(ULONG));
    ULONG size = sizeof *value;

    assert_result(S_OK, ws->GetGlobalProperty(VERSIONS, value, &size));
    assert_int_equal(size, sizeof *value);
    assert_int_equal(*value, 13);
}

static void too_small_a_size_tells_the_size_needed(void)
{
    static const WEB_SOCKET_PROPERTY_TYPE types[] = {KEEPALIVE, VERSIONS};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        for (ULONG room = 0; room < sizeof(ULONG); room++) {
            uint8_t *value = heap_block(room);
            ULONG size = room;

            assert_result(TOO_SMALL, ws->GetGlobalProperty(types[i], value, &size));
            assert_int_equal(size, sizeof(ULONG));
            assert_true(block_untouched(value, room));
        }
    }
}

static void more_room_than_needed_is_left_alone(void)
{
    static const WEB_SOCKET_PROPERTY_TYPE types[] = {KEEPALIVE, VERSIONS};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        uint8_t *value = heap_block(4096);
        ULONG size = 4096;

        assert_result(S_OK, ws->GetGlobalProperty(types[i], value, &size));
        assert_int_equal(size, sizeof(ULONG));
        assert_true(block_untouched(value + 4, 4096 - 4));
        value = heap_block(4);
        size = 0xFFFFFFFFu;
        assert_result(S_OK, ws->GetGlobalProperty(types[i], value, &size));
        assert_int_equal(size, sizeof(ULONG));
    }
}

static void null_is_refused(void)
{
    static const WEB_SOCKET_PROPERTY_TYPE types[] = {KEEPALIVE, VERSIONS};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        ULONG value = POISON_ULONG, size = sizeof value;

        assert_result(E_INVALIDARG, ws->GetGlobalProperty(types[i], NULL, &size));
        assert_int_equal(size, sizeof value);
        size = 0;
        assert_result(E_INVALIDARG, ws->GetGlobalProperty(types[i], NULL, &size));
        assert_result(E_INVALIDARG, ws->GetGlobalProperty(types[i], &value, NULL));
        assert_int_equal(value, POISON_ULONG);
        assert_result(E_INVALIDARG, ws->GetGlobalProperty(types[i], NULL, NULL));
    }
}

static void other_properties_are_refused(void)
{
    static const int types[] = {0, 1, 2, 3, 4, 7, 8, 0x7FFFFFFF, -1};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        ULONG value = POISON_ULONG, size = sizeof value;

        assert_result(E_INVALIDARG, ws->GetGlobalProperty((WEB_SOCKET_PROPERTY_TYPE)types[i], &value, &size));
        assert_int_equal(value, POISON_ULONG);
        assert_int_equal(size, sizeof value);
    }
}

#ifndef _WIN32

static void the_keepalive_interval_is_30_seconds(void)
{
    assert_int_equal(keepalive(), 30000);
}

#else

/* ---- The registry value, put back as it was after each test, the key too ---- */

#define REGISTRY_KEY   "SOFTWARE\\Microsoft\\WebSocket"
#define REGISTRY_VALUE "KeepaliveInterval"

static HKEY registry_key;
static HANDLE registry_turn; /* a mutex: this program may run more than once at a time */
static DWORD registry_was_new;
static BYTE saved[256];
static DWORD saved_size, saved_type;
static bool was_there;

static void registry_leave(void)
{
    ReleaseMutex(registry_turn);
    CloseHandle(registry_turn);
}

static void registry_open(void)
{
    registry_turn = CreateMutexA(NULL, FALSE, "websocket api_tests " REGISTRY_VALUE);
    (void)WaitForSingleObject(registry_turn, 60000);
    if (RegCreateKeyExA(HKEY_LOCAL_MACHINE, REGISTRY_KEY, 0, NULL, 0, KEY_QUERY_VALUE | KEY_SET_VALUE, NULL,
                        &registry_key, &registry_was_new) != ERROR_SUCCESS) {
        registry_leave();
        print_message("this test writes to HKEY_LOCAL_MACHINE: run it as an administrator\n");
        skip();
    }
    saved_size = sizeof saved;
    was_there = RegQueryValueExA(registry_key, REGISTRY_VALUE, NULL, &saved_type, saved, &saved_size) ==
                ERROR_SUCCESS;
    RegDeleteValueA(registry_key, REGISTRY_VALUE);
}

static void registry_restore(void)
{
    RegDeleteValueA(registry_key, REGISTRY_VALUE);
    if (was_there)
        RegSetValueExA(registry_key, REGISTRY_VALUE, 0, saved_type, saved, saved_size);
    RegCloseKey(registry_key);
    if (registry_was_new == REG_CREATED_NEW_KEY)
        RegDeleteKeyA(HKEY_LOCAL_MACHINE, REGISTRY_KEY);
    registry_leave();
}

/* What the property says with this value in the registry. */
static ULONG keepalive_with(DWORD type, const void *value, DWORD size)
{
    assert_int_equal(RegSetValueExA(registry_key, REGISTRY_VALUE, 0, type, value, size), ERROR_SUCCESS);
    return keepalive();
}

static ULONG keepalive_with_number(DWORD value)
{
    return keepalive_with(REG_DWORD, &value, sizeof value);
}

static void the_keepalive_interval_is_30_seconds(void)
{
    ULONG seen;

    registry_open();
    seen = keepalive();
    registry_restore();
    assert_int_equal(seen, 30000);
}

static void the_registry_changes_the_keepalive_interval(void)
{
    static const DWORD values[] = {20000, 15000, 15001, 30000, 3600000, 0xFFFFFFFFu};
    ULONG seen[COUNT_OF(values)];

    registry_open();
    for (size_t i = 0; i < COUNT_OF(values); i++)
        seen[i] = keepalive_with_number(values[i]);
    registry_restore();
    for (size_t i = 0; i < COUNT_OF(values); i++)
        assert_int_equal(seen[i], values[i]);
}

static void less_than_15_seconds_in_the_registry_are_15(void)
{
    static const DWORD values[] = {14999, 1000, 1, 0};
    ULONG seen[COUNT_OF(values)];

    registry_open();
    for (size_t i = 0; i < COUNT_OF(values); i++)
        seen[i] = keepalive_with_number(values[i]);
    registry_restore();
    for (size_t i = 0; i < COUNT_OF(values); i++)
        assert_int_equal(seen[i], 15000);
}

static void a_registry_value_of_another_type_is_ignored(void)
{
    static const BYTE number[8] = {0x20, 0x4E, 0, 0}; /* 20000 */
    ULONG seen[4];

    registry_open();
    seen[0] = keepalive_with(REG_SZ, "20000", 6);
    seen[1] = keepalive_with(REG_BINARY, number, 4);
    seen[2] = keepalive_with(REG_QWORD, number, 8);
    seen[3] = keepalive_with(REG_SZ, "", 1);
    registry_restore();
    for (size_t i = 0; i < COUNT_OF(seen); i++)
        assert_int_equal(seen[i], 30000);
}

static void the_registry_is_read_at_each_call(void)
{
    ULONG first, second, third;

    registry_open();
    first = keepalive_with_number(40000);
    second = keepalive_with_number(50000);
    RegDeleteValueA(registry_key, REGISTRY_VALUE);
    third = keepalive();
    registry_restore();
    assert_int_equal(first, 40000);
    assert_int_equal(second, 50000);
    assert_int_equal(third, 30000);
}

#endif

const struct api_case global_property_cases[] = {
    API_CASE(RULE_DOC, the_keepalive_interval_is_30_seconds),
#ifdef _WIN32
    API_CASE(RULE_DOC, the_registry_changes_the_keepalive_interval),
    API_CASE(RULE_DOC, less_than_15_seconds_in_the_registry_are_15),
    API_CASE(RULE_TRACE, a_registry_value_of_another_type_is_ignored),
    API_CASE(RULE_DOC, the_registry_is_read_at_each_call),
#endif
    API_CASE(RULE_DOC, the_only_supported_version_is_13),
    API_CASE(RULE_DOC, too_small_a_size_tells_the_size_needed),
    API_CASE(RULE_DOC, more_room_than_needed_is_left_alone),
    API_CASE(RULE_DOC, null_is_refused),
    API_CASE(RULE_DOC, other_properties_are_refused),
    API_CASES_END};
