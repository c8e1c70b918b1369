/*
 * Section 2 of the specification, a handle's life, and what section 9 says about deleted handles.
 */
#include "api_tests.h"

/* ---- Which call fits which state ---- */

enum state {
    CLIENT_CREATED,
    CLIENT_BEGUN,
    CLIENT_OPEN,
    CLIENT_ABORTED,
    SERVER_CREATED,
    SERVER_BEGUN,
    SERVER_OPEN,
    SERVER_ABORTED,
    STATES
};

static const char *const state_names[STATES] = {
    "created client", "begun client", "open client", "aborted client",
    "created server", "begun server", "open server", "aborted server",
};

static WEB_SOCKET_HANDLE handle_in(enum state state)
{
    WEB_SOCKET_HANDLE handle = NULL;

    switch (state) {
    case CLIENT_CREATED:
        return create_client(NULL);
    case CLIENT_BEGUN:
        return begun_client(NULL);
    case CLIENT_OPEN:
        return open_client(NULL);
    case CLIENT_ABORTED:
        handle = open_client(NULL);
        ws->AbortHandle(handle);
        return handle;
    case SERVER_CREATED:
        return create_server(NULL);
    case SERVER_BEGUN:
        return begun_server(NULL);
    case SERVER_OPEN:
        return open_server(NULL);
    default:
        handle = open_server(NULL);
        ws->AbortHandle(handle);
        return handle;
    }
}

static HRESULT begin_client(WEB_SOCKET_HANDLE handle)
{
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;

    return ws->BeginClientHandshake(handle, NULL, 0, NULL, 0, NULL, 0, &headers, &count);
}

/* The answer is well-formed, but the accept key cannot be right. */
static HRESULT end_client(WEB_SOCKET_HANDLE handle)
{
    ULONG count;
    PWEB_SOCKET_HTTP_HEADER headers = headers_from_text("Upgrade: websocket\n"
                                                        "Connection: Upgrade\n"
                                                        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                                                        "", &count);

    return ws->EndClientHandshake(handle, headers, count, NULL, NULL, NULL);
}

static HRESULT begin_server(WEB_SOCKET_HANDLE handle)
{
    ULONG count, response_count;
    PWEB_SOCKET_HTTP_HEADER response;
    PWEB_SOCKET_HTTP_HEADER headers = headers_from_text("Host: localhost\n"
                                                        "Upgrade: websocket\n"
                                                        "Connection: Upgrade\n"
                                                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
                                                        "Sec-WebSocket-Version: 13",
                                                        "", &count);

    return ws->BeginServerHandshake(handle, NULL, NULL, 0, headers, count, &response, &response_count);
}

static HRESULT end_server(WEB_SOCKET_HANDLE handle)
{
    return ws->EndServerHandshake(handle);
}

static HRESULT send_ping(WEB_SOCKET_HANDLE handle)
{
    return ws->Send(handle, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL);
}

static HRESULT receive_any(WEB_SOCKET_HANDLE handle)
{
    return ws->Receive(handle, NULL, NULL);
}

static HRESULT get_any(WEB_SOCKET_HANDLE handle)
{
    return get_action(handle, ALL_QUEUES, 2).result;
}

#define NO        E_INVALID_PROTOCOL_OPERATION
#define WRONG_KEY E_INVALID_PROTOCOL_FORMAT

/* Makes the call on a fresh handle in each state. */
static void expect_in_each_state(HRESULT (*call)(WEB_SOCKET_HANDLE), const HRESULT *wanted)
{
    for (int state = 0; state < STATES; state++)
        assert_result_for(state_names[state], wanted[state], call(handle_in((enum state)state)));
}

static void begin_client_handshake_needs_a_fresh_client(void)
{
    static const HRESULT wanted[STATES] = {S_OK, NO, NO, NO, NO, NO, NO, NO};

    expect_in_each_state(begin_client, wanted);
}

static void end_client_handshake_needs_a_begun_client(void)
{
    static const HRESULT wanted[STATES] = {NO, WRONG_KEY, NO, NO, NO, NO, NO, NO};

    expect_in_each_state(end_client, wanted);
}

static void begin_server_handshake_needs_a_fresh_server(void)
{
    static const HRESULT wanted[STATES] = {NO, NO, NO, NO, S_OK, NO, NO, NO};

    expect_in_each_state(begin_server, wanted);
}

static void end_server_handshake_needs_a_begun_or_open_server(void)
{
    static const HRESULT wanted[STATES] = {NO, NO, NO, NO, NO, S_OK, S_OK, NO};

    expect_in_each_state(end_server, wanted);
}

static void send_needs_an_open_handle_or_a_begun_server(void)
{
    static const HRESULT wanted[STATES] = {NO, NO, S_OK, NO, NO, S_OK, S_OK, NO};

    expect_in_each_state(send_ping, wanted);
}

static void receive_needs_an_open_handle_or_a_begun_server(void)
{
    static const HRESULT wanted[STATES] = {NO, NO, S_OK, NO, NO, S_OK, S_OK, NO};

    expect_in_each_state(receive_any, wanted);
}

static void get_action_needs_an_open_handle_or_a_begun_server(void)
{
    static const HRESULT wanted[STATES] = {NO, NO, S_OK, S_OK, NO, S_OK, S_OK, S_OK};

    expect_in_each_state(get_any, wanted);
}

/* ---- A refused call changes nothing ---- */

/* Every call that a handle in this state must refuse; `allowed` is left out. */
static void try_all_but(WEB_SOCKET_HANDLE handle, HRESULT (*allowed)(WEB_SOCKET_HANDLE))
{
    static HRESULT (*const calls[])(WEB_SOCKET_HANDLE) = {
        begin_client, end_client, begin_server, end_server, send_ping, receive_any, get_any,
    };

    for (size_t i = 0; i < COUNT_OF(calls); i++)
        if (calls[i] != allowed)
            assert_result(NO, calls[i](handle));
}

static void refused_calls_leave_handshaking_handles_where_they_were(void)
{
    WEB_SOCKET_HANDLE client = create_client(NULL);
    WEB_SOCKET_HANDLE server = create_server(NULL);
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;

    try_all_but(client, begin_client);
    assert_result(S_OK, ws->BeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, &headers, &count));
    try_all_but(client, end_client);

    headers = with_header(headers, &count, "Host", "");
    try_all_but(server, begin_server);
    assert_result(S_OK, ws->BeginServerHandshake(server, NULL, NULL, 0, headers, count, &headers, &count));
    assert_result(NO, begin_client(server));
    assert_result(NO, end_client(server));
    assert_result(NO, begin_server(server));

    assert_result(S_OK, ws->EndServerHandshake(server));
    assert_result(S_OK, ws->EndClientHandshake(client, headers, count, NULL, NULL, NULL));
}

static void refused_calls_leave_an_open_session_as_it_was(void)
{
    static const uint8_t hello[] = {0x81, 0x05, 'H', 'e', 'l', 'l', 'o'}; /* RFC 6455, 5.7 */
    WEB_SOCKET_HANDLE server = open_server(NULL);
    uint8_t frame[64];

    send_data(server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "Hello", 5, NULL);
    assert_result(NO, begin_client(server));
    assert_result(NO, end_client(server));
    assert_result(NO, begin_server(server));
    assert_int_equal(take_output(server, frame, sizeof frame), sizeof hello);
    assert_memory_equal(frame, hello, sizeof hello);
}

/* ---- The handshake that a server leaves unfinished ---- */

static void send_completes_a_servers_handshake(void)
{
    WEB_SOCKET_HANDLE server = begun_server(NULL);

    assert_result(S_OK, send_ping(server));
    next_action(server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_result(S_OK, ws->EndServerHandshake(server));
}

static void receive_completes_a_servers_handshake(void)
{
    WEB_SOCKET_HANDLE server = begun_server(NULL);

    assert_result(S_OK, receive_any(server));
    next_action(server, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    assert_result(S_OK, ws->EndServerHandshake(server));
}

static void get_action_completes_a_servers_handshake(void)
{
    WEB_SOCKET_HANDLE server = begun_server(NULL);

    expect_no_action(server, ALL_QUEUES);
    assert_result(S_OK, ws->EndServerHandshake(server));
}

static void a_late_end_server_handshake_does_nothing(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    uint8_t frame[64];

    send_data(server, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "abc", 3, NULL);
    assert_result(S_OK, ws->EndServerHandshake(server));
    assert_result(S_OK, ws->EndServerHandshake(server));
    assert_int_equal(take_output(server, frame, sizeof frame), 2 + 3);
}

/* ---- Memory before the handshake ---- */

/*
 * 32 handles that would each take 8 GiB if their buffers were allocated at once: more than any 32-bit process
 * has, and more than a machine promises in one piece.
 */
static void buffers_are_not_allocated_before_the_handshake_is_complete(void)
{
    const struct session_options huge = {.receive_buffer = 0xFFFFFF00u, .send_buffer = 0xFFFFFF00u};

    for (int i = 0; i < 16; i++) {
        begun_client(&huge);
        begun_server(&huge);
    }
}

#if UINTPTR_MAX == 0xFFFFFFFFu

/* Only a 32-bit process is sure not to get 8 GiB. */
static void buffers_that_cannot_be_had_are_reported_at_the_end_of_the_handshake(void)
{
    const struct session_options huge = {.receive_buffer = 0xFFFFFF00u, .send_buffer = 0xFFFFFF00u};
    WEB_SOCKET_HANDLE server = begun_server(&huge);

    assert_result(E_OUTOFMEMORY, ws->EndServerHandshake(server));
    assert_result(E_OUTOFMEMORY, send_ping(server));
    assert_result(E_OUTOFMEMORY, receive_any(server));
    assert_result(E_OUTOFMEMORY, ws->EndServerHandshake(server));
}

#endif

/* ---- Handles that are none ---- */

/* Every function says E_HANDLE, or ignores the call, with arguments that are right otherwise. */
static void expect_no_handle(WEB_SOCKET_HANDLE handle)
{
    assert_result(E_HANDLE, begin_client(handle));
    assert_result(E_HANDLE, end_client(handle));
    assert_result(E_HANDLE, begin_server(handle));
    assert_result(E_HANDLE, end_server(handle));
    assert_result(E_HANDLE, send_ping(handle));
    assert_result(E_HANDLE, receive_any(handle));
    assert_result(E_HANDLE, get_any(handle));
    ws->CompleteAction(handle, POISON_POINTER, 1);
    ws->CompleteAction(handle, NULL, 0);
    ws->AbortHandle(handle);
}

static void a_null_handle_is_e_handle(void)
{
    expect_no_handle(NULL);
}

static void the_handle_is_checked_before_the_arguments(void)
{
    ULONG count = 1;

    assert_result(E_HANDLE, ws->BeginClientHandshake(NULL, NULL, 1, NULL, 1, NULL, 1, NULL, NULL));
    assert_result(E_HANDLE, ws->EndClientHandshake(NULL, NULL, 0, &count, NULL, NULL));
    assert_result(E_HANDLE, ws->BeginServerHandshake(NULL, "\r\n", NULL, 1, NULL, 0, NULL, NULL));
    assert_result(E_HANDLE, ws->Send(NULL, (WEB_SOCKET_BUFFER_TYPE)0x70000000, NULL, NULL));
    assert_result(E_HANDLE, ws->GetAction(NULL, ALL_QUEUES, NULL, NULL, NULL, NULL, NULL, NULL));
}

static void delete_handle_takes_null(void)
{
    ws->DeleteHandle(NULL);
}

static void void_functions_ignore_a_null_handle(void)
{
    ws->AbortHandle(NULL);
    ws->CompleteAction(NULL, NULL, 0);
    ws->CompleteAction(NULL, POISON_POINTER, 5);
}

/* Values that were never handles, some of them near to one that is. */
static void unknown_handles_are_recognised(void)
{
    static int not_a_session[256];
    WEB_SOCKET_HANDLE real = create_client(NULL);
    uintptr_t number = (uintptr_t)real;
    const uintptr_t values[] = {
        1,
        2,
        0xFFFF,
        0x10000,
        (uintptr_t)-1,
        (uintptr_t)-2,
        (uintptr_t)POISON_POINTER,
        (uintptr_t)not_a_session,
        number + 1,
        number - 1,
        number ^ 4,
        number ^ 8,
        number ^ 16,
        number ^ 0x1000,
        number ^ 0x100000,
        ~number,
    };

    for (size_t i = 0; i < COUNT_OF(values); i++) {
        WEB_SOCKET_HANDLE wrong = (WEB_SOCKET_HANDLE)values[i];

        expect_no_handle(wrong);
        ws->DeleteHandle(wrong);
    }
    assert_result(S_OK, begin_client(real));
}

static void a_deleted_handle_is_e_handle_in_every_state(void)
{
    for (int state = 0; state < STATES; state++) {
        WEB_SOCKET_HANDLE handle = handle_in((enum state)state);

        delete_handle(handle);
        expect_no_handle(handle);
        ws->DeleteHandle(handle);
        expect_no_handle(handle);
    }
}

/* So many are made and deleted that the place of an old one is surely used again. */
static void a_deleted_handle_never_reaches_another_session(void)
{
    WEB_SOCKET_HANDLE old[64];

    for (size_t i = 0; i < COUNT_OF(old); i++) {
        old[i] = open_server(NULL);
        delete_handle(old[i]);
    }
    for (size_t i = 0; i < 3000; i++) {
        WEB_SOCKET_HANDLE young = open_server(NULL);

        for (size_t k = 0; k < COUNT_OF(old); k++) {
            assert_ptr_not_equal(young, old[k]);
            assert_result(E_HANDLE, send_ping(old[k]));
            ws->AbortHandle(old[k]);
            ws->DeleteHandle(old[k]);
        }
        assert_result(S_OK, send_ping(young));
        next_action(young, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        if (i >= COUNT_OF(old))
            delete_handle(young);
    }
}

static void handles_are_all_different(void)
{
    WEB_SOCKET_HANDLE handles[200];

    for (size_t i = 0; i < COUNT_OF(handles); i++) {
        handles[i] = i % 2 == 0 ? create_client(NULL) : create_server(NULL);
        for (size_t k = 0; k < i; k++)
            assert_ptr_not_equal(handles[i], handles[k]);
    }
}

const struct api_case handles_cases[] = {
    API_CASE(RULE_DOC, begin_client_handshake_needs_a_fresh_client),
    API_CASE(RULE_DOC, end_client_handshake_needs_a_begun_client),
    API_CASE(RULE_DOC, begin_server_handshake_needs_a_fresh_server),
    API_CASE(RULE_CHOICE, end_server_handshake_needs_a_begun_or_open_server),
    API_CASE(RULE_DOC, send_needs_an_open_handle_or_a_begun_server),
    API_CASE(RULE_DOC, receive_needs_an_open_handle_or_a_begun_server),
    API_CASE(RULE_DOC, get_action_needs_an_open_handle_or_a_begun_server),
    API_CASE(RULE_CHOICE, refused_calls_leave_handshaking_handles_where_they_were),
    API_CASE(RULE_CHOICE, refused_calls_leave_an_open_session_as_it_was),
    API_CASE(RULE_DOC, send_completes_a_servers_handshake),
    API_CASE(RULE_DOC, receive_completes_a_servers_handshake),
    API_CASE(RULE_DOC, get_action_completes_a_servers_handshake),
    API_CASE(RULE_DOC, a_late_end_server_handshake_does_nothing),
    API_CASE(RULE_DOC, buffers_are_not_allocated_before_the_handshake_is_complete),
#if UINTPTR_MAX == 0xFFFFFFFFu
    API_CASE(RULE_DOC, buffers_that_cannot_be_had_are_reported_at_the_end_of_the_handshake),
#endif
    API_CASE(RULE_CHOICE, a_null_handle_is_e_handle),
    API_CASE(RULE_CHOICE, the_handle_is_checked_before_the_arguments),
    API_CASE(RULE_APPS, delete_handle_takes_null),
    API_CASE(RULE_APPS, void_functions_ignore_a_null_handle),
    API_CASE(RULE_CHOICE, unknown_handles_are_recognised),
    API_CASE(RULE_CHOICE, a_deleted_handle_is_e_handle_in_every_state),
    API_CASE(RULE_CHOICE, a_deleted_handle_never_reaches_another_session),
    API_CASE(RULE_CHOICE, handles_are_all_different),
    API_CASES_END};
