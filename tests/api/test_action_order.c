/*
 * GetAction and CompleteAction, section 8 of the specification: what is outstanding, in which order actions
 * come, and which contexts are ignored.
 */
#include "api_tests.h"
#include "play.h"

/* ---- One outstanding action per side ---- */

static void an_outstanding_action_keeps_its_side_waiting(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct action action;

        send_nothing(handle, UTF8_MESSAGE, NULL);
        send_nothing(handle, UTF8_MESSAGE, NULL);
        for (unsigned i = 0; i < 2; i++) {
            action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            expect_no_action(handle, SEND_QUEUE);
            expect_no_action(handle, ALL_QUEUES);
            complete(handle, &action);
            action = next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
            expect_no_action(handle, SEND_QUEUE);
            expect_no_action(handle, ALL_QUEUES);
            complete(handle, &action);
        }

        receive(handle, NULL, 0, NULL);
        receive(handle, NULL, 0, NULL);
        for (unsigned i = 0; i < 2; i++) {
            struct stream in = {NULL, 0};

            stream_frame(&in, role, FIN | OP_TEXT, "Hello", 5);
            action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
            expect_no_action(handle, RECEIVE_QUEUE);
            expect_no_action(handle, ALL_QUEUES);
            memcpy(action.buffers[0].Data.pbBuffer, in.bytes, in.size);
            complete_with(handle, &action, (ULONG)in.size);
            action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
            expect_no_action(handle, RECEIVE_QUEUE);
            expect_no_action(handle, ALL_QUEUES);
            complete(handle, &action);
        }
    }
}

static void the_two_sides_do_not_wait_for_each_other(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct action reading;
        struct action sending;

        receive(handle, NULL, 0, NULL);
        reading = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        send_nothing(handle, BINARY_MESSAGE, NULL);
        sending = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        assert_ptr_not_equal(reading.context, sending.context);
        reading.buffers[0].Data.pbBuffer[0] = 0x81;
        complete_with(handle, &reading, 1);
        reading = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        complete(handle, &sending);
        next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
        complete_with(handle, &reading, 0);
        next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    }
}

/* ---- ALL ---- */

static void all_returns_the_send_side_before_the_receive_side(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct action sending;
        struct action action;

        receive(handle, NULL, 0, NULL);
        receive(handle, NULL, 0, NULL);
        feed_frame(handle, role, FIN | OP_TEXT, "waits");
        send_nothing(handle, BINARY_MESSAGE, NULL);
        send_nothing(handle, PING_PONG, NULL);
        for (unsigned i = 0; i < 2; i++) {
            action = next_action(handle, ALL_QUEUES, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            complete(handle, &action);
            action = next_action(handle, ALL_QUEUES, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
            complete(handle, &action);
        }
        action = next_action(handle, ALL_QUEUES, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
        send_nothing(handle, BINARY_MESSAGE, NULL);
        sending = next_action(handle, ALL_QUEUES, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        complete(handle, &action);
        complete(handle, &sending);
        sending = next_action(handle, ALL_QUEUES, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
        complete(handle, &sending);
        next_action(handle, ALL_QUEUES, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    }
}

/* Completes what the queue returns, which must be of the send side, and queues the next message before that. */
static void send_one_more(WEB_SOCKET_HANDLE handle)
{
    struct action action = get_action(handle, ALL_QUEUES, 2);

    assert_result(S_OK, action.result);
    assert_true(action.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION ||
                action.action == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    if (action.action == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION)
        send_nothing(handle, BINARY_MESSAGE, NULL);
    complete(handle, &action);
}

/* One action after the other, it is never the receive side's turn, not even with bytes there. Such a caller asks RECEIVE. */
static void through_all_a_caller_that_always_has_one_more_message_never_reads(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream in = {NULL, 0};
        struct action action;

        receive(handle, NULL, 0, NULL);
        send_nothing(handle, BINARY_MESSAGE, NULL);
        for (unsigned i = 0; i < 1000; i++)
            send_one_more(handle);
        stream_frame(&in, role, FIN | OP_TEXT, "first", 5);
        stream_frame(&in, role, FIN | OP_TEXT, "second", 6);
        feed(handle, in.bytes, in.size, 0);
        expect_payload(handle, UTF8_MESSAGE, "first", 5);
        receive(handle, NULL, 0, NULL);
        for (unsigned i = 0; i < 1000; i++)
            send_one_more(handle);
        expect_payload(handle, UTF8_MESSAGE, "second", 6);
        receive(handle, NULL, 0, NULL);
        for (unsigned i = 0; i < 1000; i++)
            send_one_more(handle);
        action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        for (unsigned i = 0; i < 1000; i++)
            send_one_more(handle);
        complete_with(handle, &action, 0);
        expect_close(handle, 1006, NULL);
    }
}

static void all_can_have_one_action_of_each_side_outstanding(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (unsigned send_first = 0; send_first < 2; send_first++) {
            WEB_SOCKET_HANDLE handle = open_role(role, NULL);
            struct action sending;
            struct action reading;

            receive(handle, NULL, 0, NULL);
            send_nothing(handle, BINARY_MESSAGE, NULL);
            sending = next_action(handle, ALL_QUEUES, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            reading = next_action(handle, ALL_QUEUES, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
            expect_no_action(handle, ALL_QUEUES);
            if (send_first != 0) {
                complete(handle, &sending);
                next_action(handle, ALL_QUEUES, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
                expect_no_action(handle, ALL_QUEUES);
            } else {
                reading.buffers[0].Data.pbBuffer[0] = 0x81;
                complete_with(handle, &reading, 1);
                next_action(handle, ALL_QUEUES, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
                expect_no_action(handle, ALL_QUEUES);
            }
        }
    }
}

/* A pong waits once a call has parsed its ping and could not return it: the case of section 7. */
static void all_returns_a_waiting_pong_before_the_send_side(void)
{
    WEB_SOCKET_HANDLE client =
        open_client(&(struct session_options){.receive_buffer = 256, .send_buffer = 16});
    struct action piece;
    struct action action;

    receive(client, NULL, 0, NULL);
    receive(client, NULL, 0, NULL);
    send_data(client, BINARY_MESSAGE, make_payload(20), 20, NULL);
    send_nothing(client, PING_PONG, NULL);
    piece = next_action(client, ALL_QUEUES, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    feed_frame(client, ROLE_CLIENT, FIN | OP_PING, "ping");
    feed_frame(client, ROLE_CLIENT, FIN | OP_TEXT, "first");
    expect_payload(client, UTF8_MESSAGE, "first", 5);
    complete(client, &piece);
    piece = next_action(client, ALL_QUEUES, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    complete(client, &piece);

    action = next_action(client, ALL_QUEUES, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.type, PING_PONG);
    assert_true(block_untouched(&action.application, sizeof action.application));
    complete(client, &action);
    action = next_action(client, ALL_QUEUES, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    assert_int_equal(action.type, BINARY_MESSAGE);
    complete(client, &action);
    action = next_action(client, ALL_QUEUES, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    complete(client, &action);
    action = next_action(client, ALL_QUEUES, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    complete(client, &action);
    next_action(client, ALL_QUEUES, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
}

/*
 * The loop of Microsoft's sample on both ends of a connection: it asks for ALL and completes NO_ACTION too.
 */
static void sample_loop(WEB_SOCKET_HANDLE handle, struct stream *out, struct stream *in,
                        struct stream *received)
{
    for (;;) {
        struct action action = get_action(handle, ALL_QUEUES, 2);
        ULONG transferred = 0;

        assert_result(S_OK, action.result);
        if (action.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION) {
            stream_action(out, &action);
            transferred = action_size(&action);
        } else if (action.action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION) {
            transferred = action.buffers[0].Data.ulBufferLength;
            if (transferred > in->size)
                transferred = (ULONG)in->size;
            assert_int_not_equal(transferred, 0);
            memcpy(action.buffers[0].Data.pbBuffer, in->bytes, transferred);
            in->bytes += transferred;
            in->size -= transferred;
        } else if (action.action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION) {
            stream_action(received, &action);
        }
        ws->CompleteAction(handle, action.context, transferred);
        if (action.action == WEB_SOCKET_NO_ACTION)
            return;
    }
}

static void the_loop_of_microsofts_sample_works(void)
{
    struct pair pair = open_pair(NULL, NULL);
    struct stream to_server = {NULL, 0};
    struct stream to_client = {NULL, 0};
    struct stream received = {NULL, 0};

    send_data(pair.client, UTF8_MESSAGE, "Hello", 5, NULL);
    sample_loop(pair.client, &to_server, &to_client, &received);
    receive(pair.server, NULL, 0, NULL);
    sample_loop(pair.server, &to_client, &to_server, &received);
    assert_int_equal(received.size, 5);
    assert_memory_equal(received.bytes, "Hello", 5);
    send_data(pair.server, UTF8_MESSAGE, " World", 6, NULL);
    sample_loop(pair.server, &to_client, &to_server, &received);
    receive(pair.client, NULL, 0, NULL);
    sample_loop(pair.client, &to_server, &to_client, &received);
    assert_int_equal(received.size, 11);
    assert_memory_equal(received.bytes, "Hello World", 11);
}

/* ---- Contexts ---- */

static void completing_null_does_nothing(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct action sending;
        struct action reading;

        ws->CompleteAction(handle, NULL, 0);
        send_nothing(handle, BINARY_MESSAGE, NULL);
        receive(handle, NULL, 0, NULL);
        ws->CompleteAction(handle, NULL, 0);
        sending = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        reading = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        ws->CompleteAction(handle, NULL, action_size(&sending));
        ws->CompleteAction(handle, NULL, 1);
        expect_no_action(handle, ALL_QUEUES);
        complete(handle, &sending);
        next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
        reading.buffers[0].Data.pbBuffer[0] = 0x81;
        complete_with(handle, &reading, 1);
        next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    }
}

static void an_unknown_context_is_ignored(void)
{
    static const uintptr_t contexts[] = {1,  2,   3,      4,       5,           8,
                                         16, 100, 0xFFFF, 0x10000, 0xFFFFFFFFu, UINTPTR_MAX};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct action sending;
        struct action reading;
        int local;

        send_nothing(handle, BINARY_MESSAGE, NULL);
        receive(handle, NULL, 0, NULL);
        sending = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        reading = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        for (size_t i = 0; i < COUNT_OF(contexts); i++) {
            PVOID context = (PVOID)contexts[i];

            if (context != sending.context && context != reading.context)
                ws->CompleteAction(handle, context, 0);
        }
        ws->CompleteAction(handle, &local, 0);
        ws->CompleteAction(handle, (PVOID)handle, 0);
        ws->CompleteAction(NULL, sending.context, 0);
        expect_no_action(handle, ALL_QUEUES);
        complete(handle, &sending);
        next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    }
}

static void a_context_that_was_completed_is_ignored_from_then_on(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        PVOID old[8];

        for (size_t i = 0; i < COUNT_OF(old); i += 2) {
            struct action action;

            send_nothing(handle, BINARY_MESSAGE, NULL);
            action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            for (size_t k = 0; k < i; k++)
                ws->CompleteAction(handle, old[k], 0);
            expect_no_action(handle, SEND_QUEUE);
            old[i] = action.context;
            complete(handle, &action);
            ws->CompleteAction(handle, old[i], 0);
            action = next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
            ws->CompleteAction(handle, old[i], 0);
            expect_no_action(handle, SEND_QUEUE);
            old[i + 1] = action.context;
            complete(handle, &action);
        }
    }
}

static void the_context_of_another_session_is_ignored(void)
{
    struct pair pair = open_pair(NULL, NULL);
    struct action client;
    struct action server;

    /* One more action on one side, so that the two are not at the same count. */
    send_nothing(pair.client, PING_PONG, NULL);
    client = next_action(pair.client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    complete(pair.client, &client);
    client = next_action(pair.client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    send_nothing(pair.server, PING_PONG, NULL);
    server = next_action(pair.server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    if (client.context != server.context) {
        complete(pair.server, &client);
        complete(pair.client, &server);
    }
    expect_no_action(pair.server, SEND_QUEUE);
    expect_no_action(pair.client, SEND_QUEUE);
}

static void operations_may_be_queued_while_actions_are_outstanding(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream sent = {NULL, 0};
        struct action action;

        send_data(handle, UTF8_MESSAGE, "one", 3, NULL);
        action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        send_data(handle, UTF8_MESSAGE, "two", 3, NULL);
        stream_action(&sent, &action);
        complete(handle, &action);
        action = next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
        send_data(handle, UTF8_MESSAGE, "three", 5, NULL);
        complete(handle, &action);
        stream_output(&sent, handle);
        expect_frame("one", &sent, role, FIN | OP_TEXT, "one", 3);
        expect_frame("two", &sent, role, FIN | OP_TEXT, "two", 3);
        expect_frame("three", &sent, role, FIN | OP_TEXT, "three", 5);
    }
}

const struct api_case action_order_cases[] = {
    API_CASE(RULE_DOC, an_outstanding_action_keeps_its_side_waiting),
    API_CASE(RULE_DOC, the_two_sides_do_not_wait_for_each_other),
    API_CASE(RULE_CHOICE, all_returns_the_send_side_before_the_receive_side),
    API_CASE(RULE_CHOICE, through_all_a_caller_that_always_has_one_more_message_never_reads),
    API_CASE(RULE_CHOICE, all_can_have_one_action_of_each_side_outstanding),
    API_CASE(RULE_CHOICE, all_returns_a_waiting_pong_before_the_send_side),
    API_CASE(RULE_APPS, the_loop_of_microsofts_sample_works),
    API_CASE(RULE_APPS, completing_null_does_nothing),
    API_CASE(RULE_TRACE, an_unknown_context_is_ignored),
    API_CASE(RULE_TRACE, a_context_that_was_completed_is_ignored_from_then_on),
    API_CASE(RULE_TRACE, the_context_of_another_session_is_ignored),
    API_CASE(RULE_DOC, operations_may_be_queued_while_actions_are_outstanding),
    API_CASES_END,
};
