/*
 * Section 1 of the specification, the ABI: types, values, result codes, exports. Prototypes are checked by
 * the compiler where library.c puts the linked functions into a table of pointers.
 */
#include "api_tests.h"

/* ---- 1.1 Exports ---- */

#ifdef _WIN32

static const char *const names_by_ordinal[] = {
    "WebSocketAbortHandle",    "WebSocketBeginClientHandshake", "WebSocketBeginServerHandshake",
    "WebSocketCompleteAction", "WebSocketCreateClientHandle",   "WebSocketCreateServerHandle",
    "WebSocketDeleteHandle",   "WebSocketEndClientHandshake",   "WebSocketEndServerHandshake",
    "WebSocketGetAction",      "WebSocketGetGlobalProperty",    "WebSocketReceive",
    "WebSocketSend",
};

static void each_name_has_its_ordinal(void)
{
    assert_int_equal(COUNT_OF(names_by_ordinal), 13);
    for (size_t i = 0; i < COUNT_OF(names_by_ordinal); i++) {
        FARPROC by_name = GetProcAddress(library_module(), names_by_ordinal[i]);
        FARPROC by_ordinal = GetProcAddress(library_module(), (LPCSTR)(ULONG_PTR)(i + 1));

        assert_that(by_name != NULL, "there is no %s", names_by_ordinal[i]);
        assert_that(by_name == by_ordinal, "%s does not have the ordinal %d", names_by_ordinal[i],
                    (int)i + 1);
    }
}

static void there_is_no_ordinal_beyond_13(void)
{
    assert_true(GetProcAddress(library_module(), (LPCSTR)(ULONG_PTR)14) == NULL);
    assert_true(GetProcAddress(library_module(), (LPCSTR)(ULONG_PTR)15) == NULL);
}

static void there_are_no_decorated_names(void)
{
    assert_true(GetProcAddress(library_module(), "WebSocketSend@16") == NULL);
    assert_true(GetProcAddress(library_module(), "_WebSocketSend@16") == NULL);
    assert_true(GetProcAddress(library_module(), "_WebSocketSend") == NULL);
}

#endif

/* ---- 1.3 Types and values ---- */

static void integers_have_the_widths_of_windows(void)
{
    assert_int_equal(sizeof(ULONG), 4);
    assert_int_equal(sizeof(USHORT), 2);
    assert_int_equal(sizeof(BOOL), 4);
    assert_int_equal(sizeof(HRESULT), 4);
    assert_int_equal(sizeof(WEB_SOCKET_CLOSE_STATUS), 4);
    assert_int_equal(sizeof(WEB_SOCKET_PROPERTY_TYPE), 4);
    assert_int_equal(sizeof(WEB_SOCKET_ACTION_QUEUE), 4);
    assert_int_equal(sizeof(WEB_SOCKET_BUFFER_TYPE), 4);
    assert_int_equal(sizeof(WEB_SOCKET_ACTION), 4);
    assert_int_equal(sizeof(WEB_SOCKET_HANDLE), sizeof(void *));
    assert_true((HRESULT)-1 < 0);
    assert_true((ULONG)-1 > 0);
}

static void structs_have_the_sizes_of_windows(void)
{
    bool wide = sizeof(void *) == 8;

    assert_int_equal(sizeof(WEB_SOCKET_PROPERTY), wide ? 24 : 12);
    assert_int_equal(sizeof(WEB_SOCKET_HTTP_HEADER), wide ? 32 : 16);
    assert_int_equal(sizeof(WEB_SOCKET_BUFFER), wide ? 16 : 12);
}

static void fields_lie_where_windows_has_them(void)
{
    size_t pointer = sizeof(void *);

    assert_int_equal(offsetof(WEB_SOCKET_PROPERTY, Type), 0);
    assert_int_equal(offsetof(WEB_SOCKET_PROPERTY, pvValue), pointer);
    assert_int_equal(offsetof(WEB_SOCKET_PROPERTY, ulValueSize), 2 * pointer);

    assert_int_equal(offsetof(WEB_SOCKET_HTTP_HEADER, pcName), 0);
    assert_int_equal(offsetof(WEB_SOCKET_HTTP_HEADER, ulNameLength), pointer);
    assert_int_equal(offsetof(WEB_SOCKET_HTTP_HEADER, pcValue), 2 * pointer);
    assert_int_equal(offsetof(WEB_SOCKET_HTTP_HEADER, ulValueLength), 3 * pointer);

    assert_int_equal(offsetof(WEB_SOCKET_BUFFER, Data.pbBuffer), 0);
    assert_int_equal(offsetof(WEB_SOCKET_BUFFER, Data.ulBufferLength), pointer);
    assert_int_equal(offsetof(WEB_SOCKET_BUFFER, CloseStatus.pbReason), 0);
    assert_int_equal(offsetof(WEB_SOCKET_BUFFER, CloseStatus.ulReasonLength), pointer);
    assert_int_equal(offsetof(WEB_SOCKET_BUFFER, CloseStatus.usStatus), pointer + 4);
}

static void every_struct_has_its_pointer_name(void)
{
    WEB_SOCKET_PROPERTY property = {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, NULL, 0};
    WEB_SOCKET_HTTP_HEADER header = HEADER("Host", "");
    WEB_SOCKET_BUFFER buffer = {{NULL, 7}};
    WEB_SOCKET_ACTION action = WEB_SOCKET_NO_ACTION;
    PWEB_SOCKET_PROPERTY property_pointer = &property;
    PWEB_SOCKET_HTTP_HEADER header_pointer = &header;
    PWEB_SOCKET_BUFFER buffer_pointer = &buffer;
    PWEB_SOCKET_ACTION action_pointer = &action;

    assert_int_equal(property_pointer->Type, WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE);
    assert_int_equal(header_pointer->ulNameLength, 4);
    assert_int_equal(buffer_pointer->CloseStatus.ulReasonLength, 7);
    assert_int_equal(*action_pointer, WEB_SOCKET_NO_ACTION);
}

static void the_longest_close_reason_is_123(void)
{
    assert_int_equal(WEB_SOCKET_MAX_CLOSE_REASON_LENGTH, 123);
}

static void close_statuses_have_their_values(void)
{
    assert_int_equal(WEB_SOCKET_SUCCESS_CLOSE_STATUS, 1000);
    assert_int_equal(WEB_SOCKET_ENDPOINT_UNAVAILABLE_CLOSE_STATUS, 1001);
    assert_int_equal(WEB_SOCKET_PROTOCOL_ERROR_CLOSE_STATUS, 1002);
    assert_int_equal(WEB_SOCKET_INVALID_DATA_TYPE_CLOSE_STATUS, 1003);
    assert_int_equal(WEB_SOCKET_EMPTY_CLOSE_STATUS, 1005);
    assert_int_equal(WEB_SOCKET_ABORTED_CLOSE_STATUS, 1006);
    assert_int_equal(WEB_SOCKET_INVALID_PAYLOAD_CLOSE_STATUS, 1007);
    assert_int_equal(WEB_SOCKET_POLICY_VIOLATION_CLOSE_STATUS, 1008);
    assert_int_equal(WEB_SOCKET_MESSAGE_TOO_BIG_CLOSE_STATUS, 1009);
    assert_int_equal(WEB_SOCKET_UNSUPPORTED_EXTENSIONS_CLOSE_STATUS, 1010);
    assert_int_equal(WEB_SOCKET_SERVER_ERROR_CLOSE_STATUS, 1011);
    assert_int_equal(WEB_SOCKET_SECURE_HANDSHAKE_ERROR_CLOSE_STATUS, 1015);
}

static void property_types_have_their_values(void)
{
    assert_int_equal(WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, 0);
    assert_int_equal(WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, 1);
    assert_int_equal(WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, 2);
    assert_int_equal(WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, 3);
    assert_int_equal(WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, 4);
    assert_int_equal(WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE, 5);
    assert_int_equal(WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE, 6);
}

static void action_queues_have_their_values(void)
{
    assert_int_equal(WEB_SOCKET_SEND_ACTION_QUEUE, 1);
    assert_int_equal(WEB_SOCKET_RECEIVE_ACTION_QUEUE, 2);
    assert_int_equal(WEB_SOCKET_ALL_ACTION_QUEUE, 3);
}

static void buffer_types_have_their_values(void)
{
    assert_true((ULONG)WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE == 0x80000000u);
    assert_true((ULONG)WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE == 0x80000001u);
    assert_true((ULONG)WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE == 0x80000002u);
    assert_true((ULONG)WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE == 0x80000003u);
    assert_true((ULONG)WEB_SOCKET_CLOSE_BUFFER_TYPE == 0x80000004u);
    assert_true((ULONG)WEB_SOCKET_PING_PONG_BUFFER_TYPE == 0x80000005u);
    assert_true((ULONG)WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE == 0x80000006u);
}

static void actions_have_their_values(void)
{
    assert_int_equal(WEB_SOCKET_NO_ACTION, 0);
    assert_int_equal(WEB_SOCKET_SEND_TO_NETWORK_ACTION, 1);
    assert_int_equal(WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, 2);
    assert_int_equal(WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION, 3);
    assert_int_equal(WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION, 4);
}

/* ---- 1.4 HRESULTs ---- */

static void results_have_their_values(void)
{
    assert_true((ULONG)E_INVALID_PROTOCOL_OPERATION == 0x83760001u);
    assert_true((ULONG)E_INVALID_PROTOCOL_FORMAT == 0x83760002u);
    assert_true((ULONG)E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED == 0x83760003u);
    assert_true((ULONG)E_SUBPROTOCOL_NOT_SUPPORTED == 0x83760004u);
    assert_true((ULONG)E_PROTOCOL_VERSION_NOT_SUPPORTED == 0x83760005u);
    assert_true((ULONG)E_HANDLE == 0x80070006u);
    assert_true((ULONG)E_INVALIDARG == 0x80070057u);
    assert_true((ULONG)E_OUTOFMEMORY == 0x8007000Eu);
    assert_true((ULONG)HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER) == 0x8007007Au);
    assert_true((ULONG)HRESULT_FROM_WIN32(0) == 0);
    assert_true(S_OK == 0 && SUCCEEDED(S_OK) && !FAILED(S_OK));
    assert_true(FAILED(E_INVALID_PROTOCOL_FORMAT) && !SUCCEEDED(E_INVALID_PROTOCOL_FORMAT));
}

static void the_references_names_are_aliases(void)
{
    assert_true(E_UNSUPPORTED_EXTENSION == E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED);
    assert_true(E_UNSUPPORTED_SUBPROTOCOL == E_SUBPROTOCOL_NOT_SUPPORTED);
}

const struct api_case abi_cases[] = {
#ifdef _WIN32
    API_CASE(RULE_SDK, each_name_has_its_ordinal),
    API_CASE(RULE_SDK, there_is_no_ordinal_beyond_13),
    API_CASE(RULE_SDK, there_are_no_decorated_names),
#endif
    API_CASE(RULE_SDK, integers_have_the_widths_of_windows),
    API_CASE(RULE_SDK, structs_have_the_sizes_of_windows),
    API_CASE(RULE_SDK, fields_lie_where_windows_has_them),
    API_CASE(RULE_SDK, every_struct_has_its_pointer_name),
    API_CASE(RULE_SDK, the_longest_close_reason_is_123),
    API_CASE(RULE_SDK, close_statuses_have_their_values),
    API_CASE(RULE_SDK, property_types_have_their_values),
    API_CASE(RULE_SDK, action_queues_have_their_values),
    API_CASE(RULE_SDK, buffer_types_have_their_values),
    API_CASE(RULE_SDK, actions_have_their_values),
    API_CASE(RULE_SDK, results_have_their_values),
    API_CASE(RULE_DOC, the_references_names_are_aliases),
    API_CASES_END};
