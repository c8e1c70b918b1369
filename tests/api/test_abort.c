/*
 * Section 9 of the specification: WebSocketAbortHandle, and WebSocketDeleteHandle with work in progress.
 * Deleted handles as such have test_handles.c.
 */
#include "api_tests.h"

#define CONTEXT(number) ((PVOID)(uintptr_t)(0x1000u + (number)))

/*
 * The next action of this queue indicates a queued send; room for one buffer, as .NET asks. It is completed.
 */
static void expect_send_back(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue,
                             WEB_SOCKET_BUFFER_TYPE type, PVOID context)
{
    struct action action = get_action(handle, queue, 1);

    assert_result(S_OK, action.result);
    assert_int_equal(action.action, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    assert_int_equal(action.count, 0);
    assert_int_equal(action.type, type);
    assert_ptr_equal(action.application, context);
    complete(handle, &action);
}

/* The next action of this queue indicates a queued receive; the same. */
static void expect_receive_back(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue, PVOID context)
{
    struct action action = get_action(handle, queue, 1);

    assert_result(S_OK, action.result);
    assert_int_equal(action.action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    assert_int_equal(action.count, 1);
    assert_ptr_equal(action.application, context);
    complete_with(handle, &action, 0);
}

static void expect_nothing_left(WEB_SOCKET_HANDLE handle)
{
    expect_no_action(handle, SEND_QUEUE);
    expect_no_action(handle, RECEIVE_QUEUE);
    expect_no_action(handle, ALL_QUEUES);
}

/* ---- Before the handshake is complete ---- */

static void abort_before_the_handshake_is_complete_does_nothing(void)
{
    WEB_SOCKET_HANDLE client = create_client(NULL);
    WEB_SOCKET_HANDLE server = create_server(NULL);
    WEB_SOCKET_HANDLE begun = begun_server(NULL);

    ws->AbortHandle(client);
    ws->AbortHandle(server);
    shake_hands(client, server, NULL);
    assert_result(S_OK, ws->Receive(client, NULL, NULL));
    assert_result(S_OK, ws->Receive(server, NULL, NULL));

    ws->AbortHandle(begun);
    assert_result(S_OK, ws->EndServerHandshake(begun));
    assert_result(S_OK, ws->Receive(begun, NULL, NULL));
    next_action(begun, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
}

static void abort_of_a_begun_client_does_nothing(void)
{
    WEB_SOCKET_HANDLE client = create_client(NULL);
    WEB_SOCKET_HANDLE server = create_server(NULL);
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;

    assert_result(S_OK, ws->BeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, &headers, &count));
    ws->AbortHandle(client);
    headers = with_header(headers, &count, "Host", "");
    assert_result(S_OK, ws->BeginServerHandshake(server, NULL, NULL, 0, headers, count, &headers, &count));
    ws->AbortHandle(server);
    assert_result(S_OK, ws->EndClientHandshake(client, headers, count, NULL, NULL, NULL));
    assert_result(S_OK, ws->EndServerHandshake(server));
}

/* ---- After it ---- */

static void send_and_receive_are_refused_after_abort(void)
{
    static const WEB_SOCKET_BUFFER_TYPE types[] = {
        WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE,
        WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE,
        WEB_SOCKET_CLOSE_BUFFER_TYPE,
        WEB_SOCKET_PING_PONG_BUFFER_TYPE,
        WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE,
    };
    struct pair pair = open_pair(NULL, NULL);

    ws->AbortHandle(pair.client);
    ws->AbortHandle(pair.server);
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Send(pair.client, types[i], NULL, NULL));
        assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Send(pair.server, types[i], NULL, NULL));
    }
    assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Receive(pair.client, NULL, NULL));
    assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Receive(pair.server, NULL, NULL));
    expect_nothing_left(pair.client);
    expect_nothing_left(pair.server);
}

static void queue_three_of_each(WEB_SOCKET_HANDLE handle)
{
    send_data(handle, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "Hello", 5, CONTEXT(1));
    send_nothing(handle, WEB_SOCKET_PING_PONG_BUFFER_TYPE, CONTEXT(2));
    send_close(handle, 1000, "bye", CONTEXT(3));
    receive(handle, NULL, 0, CONTEXT(4));
    receive(handle, heap_block(10), 10, CONTEXT(5));
    receive(handle, NULL, 0, CONTEXT(6));
}

static void expect_three_sends_back(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue)
{
    expect_send_back(handle, queue, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, CONTEXT(1));
    expect_send_back(handle, queue, WEB_SOCKET_PING_PONG_BUFFER_TYPE, CONTEXT(2));
    expect_send_back(handle, queue, WEB_SOCKET_CLOSE_BUFFER_TYPE, CONTEXT(3));
}

static void expect_three_receives_back(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue)
{
    expect_receive_back(handle, queue, CONTEXT(4));
    expect_receive_back(handle, queue, CONTEXT(5));
    expect_receive_back(handle, queue, CONTEXT(6));
}

/* What .NET does with a session that is to be thrown away. */
static void every_queued_operation_comes_back_with_its_context(void)
{
    WEB_SOCKET_HANDLE handles[] = {open_client(NULL), open_server(NULL)};

    for (size_t i = 0; i < COUNT_OF(handles); i++) {
        queue_three_of_each(handles[i]);
        ws->AbortHandle(handles[i]);
        expect_three_sends_back(handles[i], SEND_QUEUE);
        expect_three_receives_back(handles[i], RECEIVE_QUEUE);
        expect_nothing_left(handles[i]);
    }
}

static void the_receive_queue_may_be_drained_first(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);

    queue_three_of_each(server);
    ws->AbortHandle(server);
    expect_three_receives_back(server, RECEIVE_QUEUE);
    expect_no_action(server, RECEIVE_QUEUE);
    expect_three_sends_back(server, SEND_QUEUE);
    expect_nothing_left(server);
}

static void all_drains_both_queues(void)
{
    WEB_SOCKET_HANDLE client = open_client(NULL);

    queue_three_of_each(client);
    ws->AbortHandle(client);
    expect_three_sends_back(client, ALL_QUEUES);
    expect_three_receives_back(client, ALL_QUEUES);
    expect_nothing_left(client);
}

static void an_aborted_receive_is_indicated_as_close_1006(void)
{
    WEB_SOCKET_HANDLE client = open_client(NULL);

    receive(client, NULL, 0, CONTEXT(1));
    ws->AbortHandle(client);
    assert_ptr_equal(expect_close(client, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL), CONTEXT(1));
    expect_nothing_left(client);
}

/* ---- Outstanding actions ---- */

static void an_outstanding_send_may_be_completed_after_abort(void)
{
    static const ULONG counts[] = {2 + 5, 0, 1, 0xFFFFFFFFu}; /* the right number of bytes, and wrong ones */

    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        WEB_SOCKET_HANDLE server = open_server(NULL);

        send_data(server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "Hello", 5, CONTEXT(1));
        send_data(server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "again", 5, CONTEXT(2));
        struct action action = next_action(server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        ws->AbortHandle(server);
        expect_no_action(server, SEND_QUEUE);
        complete_with(server, &action, counts[i]);
        expect_send_back(server, SEND_QUEUE, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, CONTEXT(1));
        expect_send_back(server, SEND_QUEUE, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, CONTEXT(2));
        expect_nothing_left(server);
    }
}

static void an_outstanding_read_may_be_completed_after_abort(void)
{
    static const ULONG counts[] = {3, 0, 0xFFFFFFFFu};
    static const uint8_t bytes[] = {0x81, 0x01, 'x'};

    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        WEB_SOCKET_HANDLE client = open_client(NULL);

        receive(client, NULL, 0, CONTEXT(1));
        receive(client, NULL, 0, CONTEXT(2));
        struct action action = next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        ws->AbortHandle(client);
        expect_no_action(client, RECEIVE_QUEUE);
        memcpy(action.buffers[0].Data.pbBuffer, bytes, sizeof bytes);
        complete_with(client, &action, counts[i]);
        expect_receive_back(client, RECEIVE_QUEUE, CONTEXT(1));
        expect_receive_back(client, RECEIVE_QUEUE, CONTEXT(2));
        expect_nothing_left(client);
    }
}

static void an_outstanding_indication_is_not_repeated_after_abort(void)
{
    static const uint8_t bytes[] = {0x82, 0x01, 'x'};
    WEB_SOCKET_HANDLE client = open_client(NULL);

    send_nothing(client, WEB_SOCKET_PING_PONG_BUFFER_TYPE, CONTEXT(1));
    struct action sent = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    complete(client, &sent);
    sent = next_action(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);

    receive(client, NULL, 0, CONTEXT(2));
    feed(client, bytes, sizeof bytes, 0);
    struct action received = next_action(client, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);

    ws->AbortHandle(client);
    assert_int_equal(received.buffers[0].Data.pbBuffer[0], 'x');
    complete(client, &received);
    complete(client, &sent);
    expect_nothing_left(client);
}

static void the_rest_of_a_begun_frame_is_not_sent_after_abort(void)
{
    WEB_SOCKET_HANDLE client = open_client(&(struct session_options){.send_buffer = 256});
    static const uint8_t message[1000];

    send_data(client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, message, sizeof message, CONTEXT(1));
    struct action action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    complete(client, &action);
    action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    ws->AbortHandle(client);
    complete(client, &action);
    expect_send_back(client, SEND_QUEUE, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, CONTEXT(1));
    expect_nothing_left(client);
}

static void no_pong_is_sent_after_abort(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    WEB_SOCKET_HANDLE other = open_server(NULL);
    uint8_t frame[64];
    size_t size = make_frame(frame, FIN | OP_PING, true, "ping", 4);

    receive(server, NULL, 0, CONTEXT(1));
    feed(server, frame, size, 0);
    ws->AbortHandle(server);
    expect_receive_back(server, RECEIVE_QUEUE, CONTEXT(1));
    expect_nothing_left(server);

    receive(other, NULL, 0, CONTEXT(2));
    feed(other, frame, size, 0);
    struct action pong = next_action(other, RECEIVE_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    ws->AbortHandle(other);
    complete(other, &pong);
    expect_receive_back(other, RECEIVE_QUEUE, CONTEXT(2));
    expect_nothing_left(other);
}

/* ---- After other ends ---- */

static void operations_come_back_after_a_receive_failure_too(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    uint8_t frame[64];

    receive(server, NULL, 0, CONTEXT(1));
    receive(server, NULL, 0, CONTEXT(2));
    feed(server, frame, make_frame(frame, FIN | 0x3, true, "", 0), 0); /* a reserved opcode */
    expect_receive_failure(server, E_INVALID_PROTOCOL_FORMAT, 1002);
    send_nothing(server, WEB_SOCKET_PING_PONG_BUFFER_TYPE, CONTEXT(3));
    ws->AbortHandle(server);
    expect_receive_back(server, RECEIVE_QUEUE, CONTEXT(1));
    expect_receive_back(server, RECEIVE_QUEUE, CONTEXT(2));
    expect_send_back(server, SEND_QUEUE, WEB_SOCKET_PING_PONG_BUFFER_TYPE, CONTEXT(3));
    expect_nothing_left(server);
}

static void an_unseen_receive_failure_is_forgotten_by_abort(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    uint8_t frame[64];

    receive(server, NULL, 0, CONTEXT(1));
    feed(server, frame, make_frame(frame, FIN | 0x3, true, "", 0), 0);
    ws->AbortHandle(server);
    expect_receive_back(server, RECEIVE_QUEUE, CONTEXT(1));
    expect_nothing_left(server);
}

static void abort_after_the_closes_is_harmless(void)
{
    WEB_SOCKET_HANDLE client = open_client(NULL);
    uint8_t frame[64];

    receive(client, NULL, 0, CONTEXT(1));
    feed(client, frame, make_close(frame, false, 1000, NULL), 0);
    assert_ptr_equal(expect_close(client, 1000, NULL), CONTEXT(1));
    send_close(client, 1000, NULL, CONTEXT(2));
    assert_int_equal(take_output(client, frame, sizeof frame), 6 + 2);
    ws->AbortHandle(client);
    expect_nothing_left(client);
}

static void abort_twice_is_abort_once(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);

    queue_three_of_each(server);
    ws->AbortHandle(server);
    expect_send_back(server, SEND_QUEUE, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, CONTEXT(1));
    ws->AbortHandle(server);
    expect_send_back(server, SEND_QUEUE, WEB_SOCKET_PING_PONG_BUFFER_TYPE, CONTEXT(2));
    expect_send_back(server, SEND_QUEUE, WEB_SOCKET_CLOSE_BUFFER_TYPE, CONTEXT(3));
    expect_three_receives_back(server, RECEIVE_QUEUE);
    expect_nothing_left(server);
}

static void abort_concerns_one_handle(void)
{
    struct pair pair = open_pair(NULL, NULL);
    uint8_t frame[64];

    ws->AbortHandle(pair.client);
    receive(pair.server, NULL, 0, NULL);
    feed(pair.server, frame, make_frame(frame, FIN | OP_TEXT, true, "Hello", 5), 0);
    expect_payload(pair.server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "Hello", 5);
}

/* ---- Delete ---- */

/* Whatever is queued or outstanding: nothing of it is used any more, and nothing of it leaks. */
static void delete_frees_everything_in_progress(void)
{
    WEB_SOCKET_HANDLE handles[] = {open_client(NULL), open_server(NULL)};

    for (size_t i = 0; i < COUNT_OF(handles); i++) {
        queue_three_of_each(handles[i]);
        next_action(handles[i], SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        struct action action = next_action(handles[i], RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        memory_release();
        delete_handle(handles[i]);
        ws->CompleteAction(handles[i], action.context, 1);
        assert_result(E_HANDLE, get_action(handles[i], ALL_QUEUES, 2).result);
    }
}

static void delete_after_abort_needs_no_draining(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);

    queue_three_of_each(server);
    ws->AbortHandle(server);
    delete_handle(server);
    assert_result(E_HANDLE, get_action(server, ALL_QUEUES, 2).result);
}

static void delete_between_the_pieces_of_a_frame(void)
{
    WEB_SOCKET_HANDLE client = open_client(&(struct session_options){.send_buffer = 256});
    uint8_t *message = heap_block(1000);
    uint8_t frame[64];

    send_data(client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, message, 1000, NULL);
    struct action action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    complete(client, &action);
    next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    receive(client, NULL, 0, NULL);
    feed(client, frame, make_frame(frame, FIN | OP_PING, false, "held", 4), 0);
    next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    delete_handle(client);
    assert_result(E_HANDLE, get_action(client, ALL_QUEUES, 2).result);
}

const struct api_case abort_cases[] = {
    API_CASE(RULE_DOC, abort_before_the_handshake_is_complete_does_nothing),
    API_CASE(RULE_DOC, abort_of_a_begun_client_does_nothing),
    API_CASE(RULE_DOC, send_and_receive_are_refused_after_abort),
    API_CASE(RULE_NET, every_queued_operation_comes_back_with_its_context),
    API_CASE(RULE_NET, the_receive_queue_may_be_drained_first),
    API_CASE(RULE_CHOICE, all_drains_both_queues),
    API_CASE(RULE_CHOICE, an_aborted_receive_is_indicated_as_close_1006),
    API_CASE(RULE_DOC, an_outstanding_send_may_be_completed_after_abort),
    API_CASE(RULE_DOC, an_outstanding_read_may_be_completed_after_abort),
    API_CASE(RULE_DOC, an_outstanding_indication_is_not_repeated_after_abort),
    API_CASE(RULE_DOC, the_rest_of_a_begun_frame_is_not_sent_after_abort),
    API_CASE(RULE_DOC, no_pong_is_sent_after_abort),
    API_CASE(RULE_NET, operations_come_back_after_a_receive_failure_too),
    API_CASE(RULE_CHOICE, an_unseen_receive_failure_is_forgotten_by_abort),
    API_CASE(RULE_NET, abort_after_the_closes_is_harmless),
    API_CASE(RULE_CHOICE, abort_twice_is_abort_once),
    API_CASE(RULE_DOC, abort_concerns_one_handle),
    API_CASE(RULE_DOC, delete_frees_everything_in_progress),
    API_CASE(RULE_DOC, delete_after_abort_needs_no_draining),
    API_CASE(RULE_DOC, delete_between_the_pieces_of_a_frame),
    API_CASES_END};
