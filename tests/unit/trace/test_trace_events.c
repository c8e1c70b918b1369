/*
 * White-box tests of trace.c and handshake/handshake_explain.c: what the event provider's sessions are told. Here the
 * system's side is stood in for, so that this is seen on every system; tests/trace/ sees the real one, on Windows.
 */
#include "unit.h"

#include <stdio.h>

#include "provoke.h"
#include "trace/trace.h"
#include "trace/trace_system.h"

void __wrap_ws_trace_system_event(unsigned event, const struct ws_line *text, uint32_t id, uint32_t value);

/* The last message, and the events since the last look. */
static char message[1024];
static uint32_t message_error;
static size_t message_count;
static struct {
    unsigned event;
    uint32_t id;
    uint32_t value;
} events[64];
static size_t event_count;

void __wrap_ws_trace_system_event(unsigned event, const struct ws_line *text, uint32_t id, uint32_t value)
{
    if (event == 1) {
        memcpy(message, text->text, text->length);
        message[text->length] = '\0';
        message_error = value;
        message_count++;
        return;
    }
    assert_true(event_count < COUNT_OF(events));
    events[event_count].event = event;
    events[event_count].id = id;
    events[event_count++].value = value;
}

static void expect_event(size_t i, unsigned event, WEB_SOCKET_HANDLE handle, uint32_t operation,
                         uint32_t value)
{
    assert_true(i < event_count);
    assert_int_equal(events[i].event, event);
    assert_int_equal(events[i].id, ((uint32_t)(uintptr_t)handle & 0xFFFF) << 16 | operation);
    assert_int_equal(events[i].value, value);
}

static WEB_SOCKET_ACTION take_action(WEB_SOCKET_HANDLE handle)
{
    WEB_SOCKET_BUFFER buffers[2];
    ULONG count = 2;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context;
    assert_int_equal(WebSocketGetAction(handle, WEB_SOCKET_ALL_ACTION_QUEUE, buffers, &count, &action, &type,
                                        NULL, &context),
                     S_OK);
    ULONG bytes = 0;
    for (ULONG i = 0; i < count; i++)
        bytes += buffers[i].Data.ulBufferLength;
    WebSocketCompleteAction(handle, context, action == WEB_SOCKET_SEND_TO_NETWORK_ACTION ? bytes : 0);
    return action;
}

/* Operation numbers: counted from 1, times two, one more for a send. */
static void an_operation_is_told_from_queue_to_end(void **state)
{
    (void)state;
    struct handle_pair pair = handle_pair_open(NULL, NULL, false);
    event_count = 0;
    assert_int_equal(WebSocketSend(pair.server, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL), S_OK);
    assert_int_equal(WebSocketReceive(pair.server, NULL, NULL), S_OK);
    assert_int_equal(take_action(pair.server), WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(take_action(pair.server), WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    assert_int_equal(take_action(pair.server), WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION); /* completed with 0 */
    assert_int_equal(take_action(pair.server), WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    assert_int_equal(take_action(pair.server), WEB_SOCKET_NO_ACTION);

    assert_int_equal(event_count, 8);
    expect_event(0, 2, pair.server, 3, 1);
    expect_event(1, 2, pair.server, 2, 0);
    expect_event(2, 3, pair.server, 3, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    expect_event(3, 3, pair.server, 3, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    expect_event(4, 4, pair.server, 3, 0);
    expect_event(5, 3, pair.server, 2, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    expect_event(6, 3, pair.server, 2, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    expect_event(7, 4, pair.server, 2, 0);
    handle_pair_delete(&pair);
}

static void a_refusal_is_a_message_with_its_result(void **state)
{
    (void)state;
    assert_int_equal(WebSocketEndServerHandshake((WEB_SOCKET_HANDLE)(uintptr_t)0x123), E_HANDLE);
    assert_string_equal(
        message,
        "0x123 refused WebSocketEndServerHandshake: E_HANDLE, there is no such handle, or it was deleted");
    assert_int_equal(message_error, (uint32_t)E_HANDLE);
}

static void a_header_that_is_not_there_is_not_quoted(void **state)
{
    (void)state;
    static char name[] = "Host", upgrade[] = "Upgrade", websocket[] = "websocket",
                connection[] = "Connection";
    static char version[] = "Sec-WebSocket-Version", thirteen[] = "13", key[] = "Sec-WebSocket-Key";
    static char value[] = "dGhlIHNhbXBsZSBub25jZQ==";
    WEB_SOCKET_HTTP_HEADER request[] = {{name, 4, NULL, 0},
                                        {upgrade, 7, websocket, 9},
                                        {connection, 10, upgrade, 7},
                                        {version, 21, thirteen, 2},
                                        {key, 17, value, 24}};
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
    WEB_SOCKET_HANDLE handle;
    assert_int_equal(WebSocketCreateServerHandle(NULL, 0, &handle), S_OK);
    assert_int_equal(WebSocketBeginServerHandshake(handle, "chat", NULL, 0, request, 5, &headers, &count),
                     E_SUBPROTOCOL_NOT_SUPPORTED);
    const char *reason = strstr(message, "Sec-WebSocket-Protocol does not offer");
    assert_non_null(reason);
    assert_string_equal(reason, "Sec-WebSocket-Protocol does not offer");
    WebSocketDeleteHandle(handle);
}

/* A completion that is for no action of this session, before it is open and after; NULL is none at all. */
static void contexts_that_are_nobodys_are_told_but_not_null(void **state)
{
    (void)state;
    struct handle_pair pair = handle_pair_open(NULL, NULL, false);
    WEB_SOCKET_HANDLE fresh;
    assert_int_equal(WebSocketCreateServerHandle(NULL, 0, &fresh), S_OK);
    const WEB_SOCKET_HANDLE handles[] = {fresh, pair.server};
    for (size_t i = 0; i < COUNT_OF(handles); i++) {
        message_count = 0;
        WebSocketCompleteAction(handles[i], NULL, 0);
        assert_int_equal(message_count, 0);
        WebSocketCompleteAction(handles[i], (PVOID)(uintptr_t)12345, 0);
        WebSocketCompleteAction(handles[i], (PVOID)UINTPTR_MAX, 0);
        assert_int_equal(message_count, 2);
        assert_int_equal(message_error, (uint32_t)E_INVALIDARG);
    }
    WebSocketDeleteHandle(fresh);
    handle_pair_delete(&pair);
}

static void nobody_is_told_when_nobody_listens(void **state)
{
    (void)state;
    ws_trace_listen(WS_TRACE_EVENTS, false);
    struct handle_pair pair = handle_pair_open(NULL, NULL, false);
    event_count = 0;
    message_count = 0;
    assert_int_equal(WebSocketReceive(pair.server, NULL, NULL), S_OK);
    (void)take_action(pair.server);
    WebSocketAbortHandle(NULL);
    assert_int_equal(event_count, 0);
    assert_int_equal(message_count, 0);
    handle_pair_delete(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operation_is_told_from_queue_to_end),
        cmocka_unit_test(a_refusal_is_a_message_with_its_result),
        cmocka_unit_test(a_header_that_is_not_there_is_not_quoted),
        cmocka_unit_test(contexts_that_are_nobodys_are_told_but_not_null),
        cmocka_unit_test(nobody_is_told_when_nobody_listens),
    };
    ws_trace_start();
    ws_trace_listen(WS_TRACE_EVENTS, true);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
