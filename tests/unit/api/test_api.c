/*
 * White-box tests of api.c: what the exports make of forged contexts and of failures of the system,
 * which no caller can provoke. Section 1.4 of the specification: "an allocation failed; nothing changed".
 * E_FAIL without random bytes is our own choice. The rules of the exports themselves are in tests/api.
 */
#include "unit.h"

#include "faults.h"
#include "handle_pair.h"
#include "frames/mask_key.h"
#include "websocket.h"

/* No caller's memory is touched here, so every pointer may be this one. */
static uint8_t payload[100];

struct headers {
    PWEB_SOCKET_HTTP_HEADER array;
    ULONG count;
};

/* Outputs that no call has written to. */
static const struct headers UNTOUCHED = {(PWEB_SOCKET_HTTP_HEADER)(void *)payload, 0xA5A5};

static bool are_untouched(const struct headers *headers)
{
    return headers->array == UNTOUCHED.array && headers->count == UNTOUCHED.count;
}

static HRESULT begin_client(WEB_SOCKET_HANDLE client, struct headers *headers)
{
    return WebSocketBeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, &headers->array, &headers->count);
}

/* The client's headers and a Host. */
static HRESULT begin_server(WEB_SOCKET_HANDLE server, const struct headers *client, struct headers *headers)
{
    static char host[] = "Host";
    WEB_SOCKET_HTTP_HEADER request[8] = {{host, 4, host, 0}};
    memcpy(request + 1, client->array, client->count * sizeof *request);
    return WebSocketBeginServerHandshake(server, NULL, NULL, 0, request, 1 + client->count, &headers->array,
                                         &headers->count);
}

static HRESULT end_client(WEB_SOCKET_HANDLE client, const struct headers *response)
{
    return WebSocketEndClientHandshake(client, response->array, response->count, NULL, NULL, NULL);
}

static WEB_SOCKET_HANDLE open_client(void)
{
    struct handle_pair pair = handle_pair_open(NULL, NULL, false);
    WebSocketDeleteHandle(pair.server);
    return pair.client;
}

/*
 * GetAction, its outputs poisoned; a failure must have said NO_ACTION and left the application context
 * alone.
 */
static HRESULT get_action(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE side, WEB_SOCKET_ACTION *action,
                          PVOID *context)
{
    WEB_SOCKET_BUFFER buffers[2];
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID application = payload;
    ULONG count = 2;

    memset(buffers, BLOCK_POISON, sizeof buffers);
    memset(&type, BLOCK_POISON, sizeof type);
    memset(action, BLOCK_POISON, sizeof *action);
    memset(context, BLOCK_POISON, sizeof *context);
    HRESULT result = WebSocketGetAction(handle, side, buffers, &count, action, &type, &application, context);
    if (FAILED(result)) {
        assert_true(count == 0 && *action == WEB_SOCKET_NO_ACTION && (ULONG)type == 0 && *context == NULL);
        assert_true(application == payload && block_untouched(buffers, sizeof buffers));
    }
    return result;
}

static void without_memory_there_is_no_handle(void **state)
{
    (void)state;
    /* Enough handles for the table to need memory as well as each session. */
    static WEB_SOCKET_HANDLE handles[3000];
    unsigned needed = 0;

    for (size_t i = 0; i < COUNT_OF(handles); i++) {
        bool server = i % 2 != 0;
        HRESULT result = E_OUTOFMEMORY;
        for (unsigned allocations = 0; result != S_OK; allocations++) {
            handles[i] = (WEB_SOCKET_HANDLE)(void *)payload;
            faults_memory_after(allocations);
            result = server ? WebSocketCreateServerHandle(NULL, 0, &handles[i])
                            : WebSocketCreateClientHandle(NULL, 0, &handles[i]);
            faults_end();
            if (result != S_OK) {
                assert_int_equal(result, E_OUTOFMEMORY);
                assert_null(handles[i]);
            }
            needed = allocations > needed ? allocations : needed;
        }
        assert_non_null(handles[i]);
    }
    assert_int_equal(needed, 2); /* a session, and sometimes a part of the table */
    for (size_t i = 0; i < COUNT_OF(handles); i++)
        WebSocketDeleteHandle(handles[i]);
}

static void without_memory_the_handshake_can_be_repeated(void **state)
{
    (void)state;
    WEB_SOCKET_HANDLE client = handle_create(false, NULL);
    WEB_SOCKET_HANDLE server = handle_create(true, NULL);
    struct headers request = UNTOUCHED;
    struct headers response = UNTOUCHED;

    faults_memory_after(0);
    assert_int_equal(begin_client(client, &request), E_OUTOFMEMORY);
    assert_true(are_untouched(&request));
    faults_end();
    assert_int_equal(begin_client(client, &request), S_OK);

    faults_memory_after(0);
    assert_int_equal(begin_server(server, &request, &response), E_OUTOFMEMORY);
    assert_true(are_untouched(&response));
    faults_end();
    assert_int_equal(begin_server(server, &request, &response), S_OK);

    faults_memory_after(0);
    assert_int_equal(end_client(client, &response), E_OUTOFMEMORY);
    assert_int_equal(WebSocketEndServerHandshake(server), E_OUTOFMEMORY);
    WEB_SOCKET_ACTION action;
    PVOID context;
    assert_int_equal(WebSocketSend(server, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL), E_OUTOFMEMORY);
    assert_int_equal(WebSocketReceive(server, NULL, NULL), E_OUTOFMEMORY);
    assert_int_equal(get_action(server, WEB_SOCKET_ALL_ACTION_QUEUE, &action, &context), E_OUTOFMEMORY);
    faults_end();
    assert_int_equal(end_client(client, &response), S_OK);
    assert_int_equal(WebSocketEndServerHandshake(server), S_OK);
    WebSocketDeleteHandle(client);
    WebSocketDeleteHandle(server);
}

static void without_memory_no_operation_is_queued(void **state)
{
    (void)state;
    WEB_SOCKET_HANDLE client = open_client();
    WEB_SOCKET_BUFFER buffer;
    WEB_SOCKET_ACTION action;
    PVOID context;

    memset(&buffer, 0, sizeof buffer);
    buffer.Data.pbBuffer = payload;
    buffer.Data.ulBufferLength = sizeof payload;
    faults_memory_after(0);

    /* The first of each side needs none. */
    assert_int_equal(WebSocketSend(client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &buffer, NULL), S_OK);
    assert_int_equal(WebSocketReceive(client, &buffer, NULL), S_OK);
    assert_int_equal(WebSocketSend(client, WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE, &buffer, NULL),
                     E_OUTOFMEMORY);
    assert_int_equal(WebSocketReceive(client, &buffer, NULL), E_OUTOFMEMORY);
    faults_end();
    WebSocketAbortHandle(client);
    for (unsigned i = 0; i < 3; i++) { /* the first of each side comes back, and no other */
        static const WEB_SOCKET_ACTION expected[] = {WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION,
                                                     WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION,
                                                     WEB_SOCKET_NO_ACTION};
        assert_int_equal(get_action(client, WEB_SOCKET_ALL_ACTION_QUEUE, &action, &context), S_OK);
        assert_int_equal(action, expected[i]);
        WebSocketCompleteAction(client, context, 0);
    }
    WebSocketDeleteHandle(client);
}

static void a_send_refused_for_want_of_memory_began_no_message(void **state)
{
    (void)state;
    WEB_SOCKET_HANDLE client = open_client();
    WEB_SOCKET_BUFFER buffer;

    memset(&buffer, 0, sizeof buffer);
    buffer.Data.pbBuffer = payload;
    buffer.Data.ulBufferLength = sizeof payload;
    faults_memory_after(0);
    assert_int_equal(WebSocketSend(client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &buffer, NULL), S_OK);
    assert_int_equal(WebSocketSend(client, WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE, &buffer, NULL),
                     E_OUTOFMEMORY);
    faults_end();
    /* So another type is in order. */
    assert_int_equal(WebSocketSend(client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &buffer, NULL), S_OK);
    WebSocketDeleteHandle(client);
}

static void without_random_bytes_there_is_no_handshake(void **state)
{
    (void)state;
    WEB_SOCKET_HANDLE client = handle_create(false, NULL);
    struct headers request = UNTOUCHED;

    faults_random();
    assert_int_equal(begin_client(client, &request), E_FAIL);
    assert_true(are_untouched(&request));
    faults_end();
    assert_int_equal(begin_client(client, &request), S_OK);
    WebSocketDeleteHandle(client);
}

/*
 * Section 8: "Any other context that is not the outstanding one: ignored." Contexts are 32 bits wide
 * inside; one that differs in the upper half of a pointer is another.
 */
static void a_context_with_other_upper_bits_is_ignored(void **state)
{
    (void)state;
    WEB_SOCKET_HANDLE client = handle_create(false, NULL);
    WEB_SOCKET_ACTION action;
    PVOID context;

    WebSocketCompleteAction(client, payload, 1); /* not even open */
    WebSocketDeleteHandle(client);

    client = open_client();
    assert_int_equal(WebSocketReceive(client, NULL, NULL), S_OK);
    assert_int_equal(get_action(client, WEB_SOCKET_RECEIVE_ACTION_QUEUE, &action, &context), S_OK);
    uintptr_t outstanding = (uintptr_t)context;
    for (unsigned bit = 0; bit < sizeof outstanding * 8; bit++)
        WebSocketCompleteAction(client, (PVOID)(outstanding ^ (uintptr_t)1 << bit), 0);
    assert_int_equal(get_action(client, WEB_SOCKET_RECEIVE_ACTION_QUEUE, &action, &context), S_OK);
    assert_int_equal(action, WEB_SOCKET_NO_ACTION); /* it is outstanding still */
    WebSocketCompleteAction(client, (PVOID)outstanding, 0);
    assert_int_equal(get_action(client, WEB_SOCKET_RECEIVE_ACTION_QUEUE, &action, &context), S_OK);
    assert_int_equal(action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    WebSocketDeleteHandle(client);
}

/* Takes the keys that are in stock, whichever session they wait for. */
static void lose_random_bytes(void)
{
    static uint8_t sessions[4096];
    uint32_t key;
    faults_random();
    for (size_t i = 0; i < sizeof sessions; i += 64) {
        while (ws_mask_key(sessions + i, &key)) {
        }
    }
}

static void without_random_bytes_a_client_sends_nothing(void **state)
{
    (void)state;
    WEB_SOCKET_HANDLE client = open_client();
    WEB_SOCKET_ACTION action;
    PVOID context;

    assert_int_equal(WebSocketSend(client, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL), S_OK);
    lose_random_bytes();
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(get_action(client, WEB_SOCKET_SEND_ACTION_QUEUE, &action, &context), E_FAIL);
        assert_int_equal(get_action(client, WEB_SOCKET_ALL_ACTION_QUEUE, &action, &context), E_FAIL);
    }
    faults_end();
    assert_int_equal(get_action(client, WEB_SOCKET_SEND_ACTION_QUEUE, &action, &context), S_OK);
    assert_int_equal(action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    WebSocketDeleteHandle(client);
}

static int healed(void **state)
{
    (void)state;
    faults_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(without_memory_there_is_no_handle, healed),
        cmocka_unit_test_teardown(without_memory_the_handshake_can_be_repeated, healed),
        cmocka_unit_test_teardown(without_memory_no_operation_is_queued, healed),
        cmocka_unit_test_teardown(a_send_refused_for_want_of_memory_began_no_message, healed),
        cmocka_unit_test_teardown(a_context_with_other_upper_bits_is_ignored, healed),
        cmocka_unit_test_teardown(without_random_bytes_there_is_no_handshake, healed),
        cmocka_unit_test_teardown(without_random_bytes_a_client_sends_nothing, healed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
