/*
 * CompleteAction, section 8 of the specification: byte counts that cancel an operation, and those that are
 * ignored.
 */
#include "api_tests.h"
#include "play.h"

/* ---- Sends ---- */

/* The next action says that this operation is over. */
static void expect_sent(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type, PVOID context)
{
    struct action action = next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);

    assert_int_equal(action.type, type);
    assert_ptr_equal(action.application, context);
    complete(handle, &action);
}

static void a_send_completed_with_another_count_is_cancelled(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        const ULONG size = role == ROLE_CLIENT ? 6 + 20 : 2 + 20;
        const ULONG counts[] = {0, 1, 2, size - 1, size + 1, 0xFFFFFFFFu};

        for (size_t i = 0; i < COUNT_OF(counts); i++) {
            WEB_SOCKET_HANDLE handle = open_role(role, NULL);
            struct stream sent = {NULL, 0};
            struct action action;
            int contexts[2];

            send_data(handle, BINARY_MESSAGE, make_payload(20), 20, &contexts[0]);
            send_data(handle, UTF8_MESSAGE, "next", 4, &contexts[1]);
            action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            assert_int_equal(action_size(&action), size);
            complete_with(handle, &action, counts[i]);
            expect_sent(handle, BINARY_MESSAGE, &contexts[0]);
            action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            stream_action(&sent, &action);
            expect_frame("the next operation", &sent, role, FIN | OP_TEXT, "next", 4);
            complete(handle, &action);
            expect_sent(handle, UTF8_MESSAGE, &contexts[1]);
            expect_no_action(handle, SEND_QUEUE);
        }
    }
}

static void the_rest_of_a_cancelled_frame_is_not_sent(void)
{
    for (unsigned piece = 0; piece < 4; piece++) {
        WEB_SOCKET_HANDLE client = open_client(&(struct session_options){.send_buffer = 16});
        struct stream sent = {NULL, 0};
        struct action action;
        int context;

        send_data(client, BINARY_MESSAGE, make_payload(58), 58, &context); /* four pieces of 16 bytes */
        for (unsigned i = 0; i < piece; i++) {
            action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            complete(client, &action);
        }
        action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        assert_int_equal(action_size(&action), 16);
        complete_with(client, &action, 15);
        expect_sent(client, BINARY_MESSAGE, &context);
        send_data(client, BINARY_MESSAGE, "a new frame", 11, &context);
        stream_output(&sent, client);
        expect_frame("a new frame", &sent, ROLE_CLIENT, FIN | OP_BINARY, "a new frame", 11);
    }
}

static void with_room_for_one_buffer_each_half_can_be_cancelled(void)
{
    for (unsigned half = 0; half < 2; half++) {
        WEB_SOCKET_HANDLE server = open_server(NULL);
        struct stream sent = {NULL, 0};
        struct action action;
        int context;

        send_data(server, BINARY_MESSAGE, make_payload(20), 20, &context);
        for (unsigned i = 0; i < half; i++) {
            action = get_action(server, SEND_QUEUE, 1);
            complete(server, &action);
        }
        action = get_action(server, SEND_QUEUE, 1);
        complete_with(server, &action, action_size(&action) + 1);
        expect_sent(server, BINARY_MESSAGE, &context);
        send_data(server, UTF8_MESSAGE, "next", 4, NULL);
        stream_output(&sent, server);
        expect_frame("next", &sent, ROLE_SERVER, FIN | OP_TEXT, "next", 4);
    }
}

static void after_a_cancelled_fragment_the_message_goes_on(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream sent = {NULL, 0};
        struct action action;

        send_data(handle, UTF8_FRAGMENT, "begun", 5, NULL);
        action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        complete_with(handle, &action, 2);
        expect_sent(handle, UTF8_FRAGMENT, NULL);
        assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Send(handle, BINARY_MESSAGE, NULL, NULL));
        send_data(handle, UTF8_MESSAGE, "ended", 5, NULL);
        stream_output(&sent, handle);
        expect_frame("ended", &sent, role, FIN | OP_CONTINUATION, "ended", 5);
    }
}

static void after_a_cancelled_close_the_session_is_closed_for_data(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct action action;

        send_close(handle, 1000, "bye", NULL);
        action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        complete_with(handle, &action, 0);
        expect_sent(handle, CLOSE, NULL);
        assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Send(handle, UTF8_MESSAGE, NULL, NULL));
        assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Send(handle, CLOSE, NULL, NULL));
    }
}

/* A known server: it takes the header, completes with the header's length, and writes the payload itself. */
static void a_server_may_take_the_header_and_write_the_payload_itself(void)
{
    static const struct {
        WEB_SOCKET_BUFFER_TYPE type;
        size_t size;
        unsigned first;
    } rows[] = {
        {UTF8_MESSAGE, 5, 0x81},      {BINARY_MESSAGE, 200, 0x82}, {UTF8_FRAGMENT, 7, 0x01},
        {UTF8_FRAGMENT, 70000, 0x00}, {UTF8_MESSAGE, 1, 0x80},     {BINARY_MESSAGE, 100000, 0x82},
    };
    WEB_SOCKET_HANDLE server = open_server(NULL);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t *payload = make_payload(rows[i].size);
        struct stream wire = {NULL, 0};
        struct action action;

        send_data(server, rows[i].type, payload, rows[i].size, payload);
        action = next_action(server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        assert_int_equal(action.count, 2);
        stream_bytes(&wire, action.buffers[0].Data.pbBuffer, action.buffers[0].Data.ulBufferLength);
        complete_with(server, &action, action.buffers[0].Data.ulBufferLength);
        expect_sent(server, rows[i].type, payload);
        stream_bytes(&wire, payload, rows[i].size);
        expect_frame("header and payload", &wire, ROLE_SERVER, rows[i].first, payload, rows[i].size);
        assert_int_equal(wire.size, 0);
    }
    expect_no_action(server, SEND_QUEUE);
}

static void the_byte_count_of_a_send_indication_is_ignored(void)
{
    static const ULONG counts[] = {0, 1, 5, 100, 0xFFFFFFFFu};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);

        for (size_t i = 0; i < COUNT_OF(counts); i++) {
            struct action action;

            send_data(handle, UTF8_MESSAGE, "Hello", 5, NULL);
            action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            complete(handle, &action);
            action = next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
            complete_with(handle, &action, counts[i]);
            expect_no_action(handle, SEND_QUEUE);
        }
    }
}

/* ---- Receives ---- */

/* 0 bytes, or more than were offered. */
static ULONG wrong_count(const struct action *reading, unsigned how)
{
    ULONG offered = reading->buffers[0].Data.ulBufferLength;

    return how == 0 ? 0 : how == 1 ? offered + 1 : 0xFFFFFFFFu;
}

static void cancel_read(WEB_SOCKET_HANDLE handle, unsigned how, PVOID context)
{
    struct action action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);

    assert_ptr_equal(action.application, context);
    complete_with(handle, &action, wrong_count(&action, how));
    assert_ptr_equal(expect_close(handle, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL), context);
}

static void a_read_completed_with_0_or_too_many_bytes_is_cancelled(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (unsigned how = 0; how < 3; how++) {
            for (unsigned own = 0; own < 2; own++) {
                WEB_SOCKET_HANDLE handle = open_role(role, NULL);
                int context;

                receive(handle, own != 0 ? heap_block(10) : NULL, own != 0 ? 10 : 0, &context);
                cancel_read(handle, how, &context);
                expect_no_action(handle, RECEIVE_QUEUE);
                expect_no_action(handle, ALL_QUEUES);
            }
        }
    }
}

static void a_cancelled_read_leaves_the_operations_behind_it(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (unsigned how = 0; how < 3; how++) {
            WEB_SOCKET_HANDLE handle = open_role(role, NULL);
            struct stream in = {NULL, 0};
            int contexts[2];

            receive(handle, NULL, 0, &contexts[0]);
            receive(handle, NULL, 0, &contexts[1]);
            cancel_read(handle, how, &contexts[0]);
            stream_frame(&in, role, FIN | OP_TEXT, "Hello", 5);
            feed(handle, in.bytes, in.size, 0);
            assert_ptr_equal(expect_payload(handle, UTF8_MESSAGE, "Hello", 5), &contexts[1]);
        }
    }
}

/*
 * Takes the rest of a text message of 10 bytes with operations that have this much memory each, 0: the
 * library's.
 */
static void expect_message_in_parts(WEB_SOCKET_HANDLE handle, struct feeder *feeder, size_t own)
{
    size_t room = own != 0 ? own : 10;

    for (size_t done = 0; done < 10; done += room) {
        size_t part = 10 - done < room ? 10 - done : room;
        struct action action;

        receive(handle, own != 0 ? heap_block(own) : NULL, own, NULL);
        action = feeder_next(feeder);
        expect_indication(handle, &action, done + part == 10 ? UTF8_MESSAGE : UTF8_FRAGMENT,
                          &"0123456789"[done], part);
    }
}

/*
 * Wherever the frame was cut: nothing that was read is lost, into whatever memory the next operations want
 * it.
 */
static void after_a_cancelled_read_the_next_operation_gets_the_whole_frame(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stream in = {NULL, 0};

        stream_frame(&in, role, FIN | OP_TEXT, "0123456789", 10);
        for (size_t cut = 1; cut < in.size; cut++) {
            static const size_t owns[] = {0, 1, 3, 4, 9, 10, 11, 20};

            for (size_t i = 0; i < COUNT_OF(owns); i++) {
                WEB_SOCKET_HANDLE handle = open_role(role, NULL);
                struct feeder feeder = feeder_start(handle, in.bytes, cut, 1);
                struct action action;

                receive(handle, NULL, 0, NULL);
                action = feeder_next(&feeder);
                assert_int_equal(action.action, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
                complete_with(handle, &action, 0);
                expect_close(handle, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL);

                feeder = feeder_start(handle, in.bytes + cut, in.size - cut, 0);
                expect_message_in_parts(handle, &feeder, owns[i]);
                expect_no_action(handle, RECEIVE_QUEUE);
            }
        }
    }
}

/*
 * Payload that went into the cancelled operation's own memory is gone: a message with a hole is never
 * delivered.
 */
static void a_cancelled_read_with_payload_in_the_callers_memory_ends_receiving(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (unsigned queued = 0; queued < 2; queued++) {
            WEB_SOCKET_HANDLE handle = open_role(role, NULL);
            struct stream in = {NULL, 0};
            struct stream sent = {NULL, 0};
            int contexts[2];

            stream_frame(&in, role, FIN | OP_TEXT, "0123456789", 10);
            receive(handle, heap_block(10), 10, &contexts[0]);
            if (queued != 0)
                receive(handle, NULL, 0, &contexts[1]);
            feed(handle, in.bytes, in.size - 3, 0);
            cancel_read(handle, 0, &contexts[0]);
            if (queued != 0)
                assert_ptr_equal(expect_close(handle, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL), &contexts[1]);
            expect_no_action(handle, RECEIVE_QUEUE);
            assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Receive(handle, NULL, NULL));
            send_close(handle, 1001, NULL, NULL);
            stream_output(&sent, handle);
            expect_close_frame("close", &sent, role, 1001, NULL);
        }
    }
}

/* A header alone is no payload. */
static void a_cancelled_read_behind_a_header_does_not_end_receiving(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream in = {NULL, 0};
        int context;

        stream_frame(&in, role, FIN | OP_TEXT, "0123456789", 10);
        receive(handle, heap_block(10), 10, &context);
        feed(handle, in.bytes, in.size - 10, 0);
        cancel_read(handle, 0, &context);
        receive(handle, heap_block(10), 10, NULL);
        feed(handle, in.bytes + in.size - 10, 10, 0);
        expect_payload(handle, UTF8_MESSAGE, "0123456789", 10);
    }
}

static void a_cancelled_read_leaves_the_send_side_alone(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream sent = {NULL, 0};
        struct action action;

        send_data(handle, UTF8_MESSAGE, "Hello", 5, NULL);
        action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        receive(handle, NULL, 0, NULL);
        cancel_read(handle, 0, NULL);
        expect_no_action(handle, SEND_QUEUE);
        stream_action(&sent, &action);
        complete(handle, &action);
        expect_frame("Hello", &sent, role, FIN | OP_TEXT, "Hello", 5);
        expect_sent(handle, UTF8_MESSAGE, NULL);
    }
}

const struct api_case action_cancel_cases[] = {
    API_CASE(RULE_DOC, a_send_completed_with_another_count_is_cancelled),
    API_CASE(RULE_DOC, the_rest_of_a_cancelled_frame_is_not_sent),
    API_CASE(RULE_CHOICE, with_room_for_one_buffer_each_half_can_be_cancelled),
    API_CASE(RULE_APPS, after_a_cancelled_fragment_the_message_goes_on),
    API_CASE(RULE_APPS, after_a_cancelled_close_the_session_is_closed_for_data),
    API_CASE(RULE_APPS, a_server_may_take_the_header_and_write_the_payload_itself),
    API_CASE(RULE_NET, the_byte_count_of_a_send_indication_is_ignored),
    API_CASE(RULE_DOC, a_read_completed_with_0_or_too_many_bytes_is_cancelled),
    API_CASE(RULE_DOC, a_cancelled_read_leaves_the_operations_behind_it),
    API_CASE(RULE_CHOICE, after_a_cancelled_read_the_next_operation_gets_the_whole_frame),
    API_CASE(RULE_CHOICE, a_cancelled_read_with_payload_in_the_callers_memory_ends_receiving),
    API_CASE(RULE_CHOICE, a_cancelled_read_behind_a_header_does_not_end_receiving),
    API_CASE(RULE_DOC, a_cancelled_read_leaves_the_send_side_alone),
    API_CASES_END,
};
