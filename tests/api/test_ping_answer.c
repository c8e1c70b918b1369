/*
 * Pings, section 7 of the specification: the pong as an action.
 */
#include "api_tests.h"
#include "play.h"

/*
 * A session with an operation of this context waiting, that has been given these frames but was not asked
 * since.
 */
static WEB_SOCKET_HANDLE given(enum role role, const struct session_options *options, const struct stream *in,
                               void *context)
{
    WEB_SOCKET_HANDLE handle = open_role(role, options);

    receive(handle, NULL, 0, context);
    feed(handle, in->bytes, in->size, 0);
    return handle;
}

static struct stream ping_stream(enum role receiver, const void *payload, size_t size)
{
    struct stream stream = {NULL, 0};

    stream_frame(&stream, receiver, FIN | OP_PING, payload, size);
    return stream;
}

/* The action is a pong with this payload. It is left outstanding. */
static void check_pong(enum role role, const struct action *action, const void *payload, size_t size)
{
    struct stream sent = {NULL, 0};

    assert_result(S_OK, action->result);
    assert_int_equal(action->action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action->type, PING_PONG);
    assert_int_equal(action->count, 1);
    assert_non_null(action->context);
    assert_true(block_untouched(&action->application, sizeof action->application));
    assert_true(block_untouched(&action->buffers[1], sizeof action->buffers[1]));
    stream_action(&sent, action);
    expect_frame(role_name(role), &sent, role, FIN | OP_PONG, payload, size);
    assert_int_equal(sent.size, 0);
}

static void pong_and_complete(WEB_SOCKET_HANDLE handle, enum role role, WEB_SOCKET_ACTION_QUEUE queue,
                              const char *payload)
{
    struct action action = get_action(handle, queue, 1);

    check_pong(role, &action, payload, strlen(payload));
    complete(handle, &action);
}

/* ---- The action ---- */

static void a_pong_is_one_buffer_and_leaves_the_application_context_alone(void)
{
    static const size_t sizes[] = {0, 1, 2, 64, 124, 125};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            for (ULONG room = 1; room <= 2; room++) {
                struct session_options options = {.receive_buffer = 256, .send_buffer = 16};
                uint8_t *payload = make_payload(sizes[i]);
                struct stream ping = ping_stream(role, payload, sizes[i]);
                WEB_SOCKET_HANDLE handle = given(role, &options, &ping, NULL);
                struct action action = get_action(handle, RECEIVE_QUEUE, room);

                check_pong(role, &action, payload, sizes[i]);
            }
        }
    }
}

static void a_pong_with_masking_disabled_has_the_key_0(void)
{
    struct session_options options = {.disable_masking = true};
    struct stream ping = ping_stream(ROLE_CLIENT, "Hello", 5);
    WEB_SOCKET_HANDLE client = given(ROLE_CLIENT, &options, &ping, NULL);
    struct action action = get_action(client, RECEIVE_QUEUE, 2);

    assert_int_equal(action.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.count, 1);
    assert_int_equal(action.buffers[0].Data.ulBufferLength, 11);
    assert_memory_equal(action.buffers[0].Data.pbBuffer, "\x8A\x85\x00\x00\x00\x00Hello", 11);
}

static void the_receive_and_the_all_queue_return_a_pong_and_the_send_queue_does_not(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {RECEIVE_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t i = 0; i < COUNT_OF(queues); i++) {
            struct stream ping = ping_stream(role, "ping", 4);
            WEB_SOCKET_HANDLE handle = given(role, NULL, &ping, NULL);

            expect_no_action(handle, SEND_QUEUE);
            pong_and_complete(handle, role, queues[i], "ping");
            expect_no_action(handle, SEND_QUEUE);
        }
    }
}

/* ---- Operations ---- */

static void a_ping_completes_no_operation(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        int context;
        struct stream ping = ping_stream(role, "ping", 4);
        WEB_SOCKET_HANDLE handle = given(role, NULL, &ping, &context);
        struct stream message = {NULL, 0};
        struct action action;

        pong_and_complete(handle, role, RECEIVE_QUEUE, "ping");
        action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        assert_ptr_equal(action.application, &context);
        stream_frame(&message, role, FIN | OP_TEXT, "message", 7);
        memcpy(action.buffers[0].Data.pbBuffer, message.bytes, message.size);
        complete_with(handle, &action, (ULONG)message.size);
        assert_ptr_equal(expect_payload(handle, UTF8_MESSAGE, "message", 7), &context);
        expect_no_action(handle, RECEIVE_QUEUE);
    }
}

static void a_pong_is_followed_by_no_send_indication(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {SEND_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t i = 0; i < COUNT_OF(queues); i++) {
            struct stream ping = ping_stream(role, "ping", 4);
            WEB_SOCKET_HANDLE handle = given(role, NULL, &ping, NULL);
            struct action action;

            pong_and_complete(handle, role, RECEIVE_QUEUE, "ping");
            action = get_action(handle, queues[i], 2);
            assert_int_equal(action.action, queues[i] == SEND_QUEUE ? WEB_SOCKET_NO_ACTION
                                                                    : WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        }
    }
}

static void ten_pings_in_one_segment_give_ten_pongs_in_order(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {RECEIVE_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t q = 0; q < COUNT_OF(queues); q++) {
            struct stream in = {NULL, 0};
            WEB_SOCKET_HANDLE handle;

            for (const char *i = "0123456789"; *i; i++)
                stream_frame(&in, role, FIN | OP_PING, i, 1);
            stream_frame(&in, role, FIN | OP_TEXT, "after", 5);
            handle = given(role, NULL, &in, NULL);
            for (const char *i = "0123456789"; *i; i++) {
                char payload[2] = {*i, '\0'};

                pong_and_complete(handle, role, queues[q], payload);
            }
            expect_payload(handle, UTF8_MESSAGE, "after", 5);
        }
    }
}

static void the_parser_stands_at_the_ping_until_its_pong_is_completed(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stream in = ping_stream(role, "ping", 4);
        WEB_SOCKET_HANDLE handle;
        struct action pong;

        stream_frame(&in, role, FIN | OP_TEXT, "after", 5);
        handle = given(role, NULL, &in, NULL);
        pong = get_action(handle, RECEIVE_QUEUE, 1);
        check_pong(role, &pong, "ping", 4);
        expect_no_action(handle, RECEIVE_QUEUE);
        expect_no_action(handle, ALL_QUEUES);
        check_pong(role, &pong, "ping", 4);
        complete(handle, &pong);
        expect_payload(handle, UTF8_MESSAGE, "after", 5);
    }
}

static void pings_between_fragments_leave_the_message_as_it_is(void)
{
    static const struct event events[] = {
        EXPECT_DATA(UTF8_FRAGMENT, "\xE2"),
        EXPECT_ANSWER("1"),
        EXPECT_DATA(UTF8_FRAGMENT, "\x82"),
        EXPECT_ANSWER("22"),
        EXPECT_ANSWER("\xFF"),
        EXPECT_DATA(UTF8_MESSAGE, "\xAC"),
    };

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t own = 0; own <= 1; own++) {
            struct player player = {.row = role_name(role), .role = role, .own = own};

            stream_frame(&player.stream, role, OP_TEXT, "\xE2", 1);
            stream_frame(&player.stream, role, FIN | OP_PING, "1", 1);
            stream_frame(&player.stream, role, OP_CONTINUATION, "\x82", 1);
            stream_frame(&player.stream, role, FIN | OP_PING, "22", 2);
            stream_frame(&player.stream, role, FIN | OP_PING, "\xFF", 1);
            stream_frame(&player.stream, role, FIN | OP_CONTINUATION, "\xAC", 1);
            for (player.cut = 0; player.cut < 5; player.cut++) {
                play(&player);
                expect_events(&player, events, COUNT_OF(events));
            }
        }
    }
}

/* ---- Completed with another count ---- */

/* .NET completes with 0 after it has sent its close. */
static void a_pong_completed_with_another_count_is_dropped(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        ULONG size = role == ROLE_CLIENT ? 10 : 6;
        const ULONG counts[] = {0, 1, size - 1, size + 1, 0xFFFFFFFFu};

        for (size_t i = 0; i < COUNT_OF(counts); i++) {
            int context;
            struct stream in = ping_stream(role, "ping", 4);
            WEB_SOCKET_HANDLE handle;
            struct action pong;

            stream_frame(&in, role, FIN | OP_PING, "next", 4);
            stream_frame(&in, role, FIN | OP_TEXT, "after", 5);
            handle = given(role, NULL, &in, &context);
            pong = get_action(handle, RECEIVE_QUEUE, 1);
            assert_int_equal(action_size(&pong), size);
            complete_with(handle, &pong, counts[i]);
            expect_no_action(handle, SEND_QUEUE);
            pong_and_complete(handle, role, RECEIVE_QUEUE, "next");
            assert_ptr_equal(expect_payload(handle, UTF8_MESSAGE, "after", 5), &context);
            expect_no_action(handle, ALL_QUEUES);
        }
    }
}

/* ---- Closing ---- */

static void pings_are_answered_after_a_close_was_sent(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stream in = ping_stream(role, "ping", 4);
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream sent = {NULL, 0};

        send_close(handle, 1000, NULL, NULL);
        stream_output(&sent, handle);
        receive(handle, NULL, 0, NULL);
        feed(handle, in.bytes, in.size, 0);
        pong_and_complete(handle, role, RECEIVE_QUEUE, "ping");
    }
}

static void a_ping_after_a_close_frame_is_not_answered(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stream in = {NULL, 0};
        WEB_SOCKET_HANDLE handle;

        stream_close(&in, role, 1000, NULL);
        stream_frame(&in, role, FIN | OP_PING, "ping", 4);
        handle = given(role, NULL, &in, NULL);
        expect_close(handle, 1000, NULL);
        expect_no_action(handle, RECEIVE_QUEUE);
        expect_no_action(handle, ALL_QUEUES);
        expect_no_action(handle, SEND_QUEUE);
    }
}

static void an_aborted_session_answers_no_ping(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stream in = ping_stream(role, "ping", 4);
        WEB_SOCKET_HANDLE handle = given(role, NULL, &in, NULL);

        ws->AbortHandle(handle);
        expect_close(handle, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL);
        expect_no_action(handle, RECEIVE_QUEUE);
        expect_no_action(handle, ALL_QUEUES);
    }
}

static void a_pong_outstanding_at_the_abort_may_still_be_completed(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stream in = ping_stream(role, "ping", 4);
        WEB_SOCKET_HANDLE handle = given(role, NULL, &in, NULL);
        struct action pong = get_action(handle, RECEIVE_QUEUE, 1);

        check_pong(role, &pong, "ping", 4);
        ws->AbortHandle(handle);
        complete(handle, &pong);
        expect_close(handle, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL);
        expect_no_action(handle, ALL_QUEUES);
    }
}

/* A pong that the caller sends, and one that it receives, have nothing to do with pings. */
static void pongs_are_not_answered(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stream in = {NULL, 0};
        WEB_SOCKET_HANDLE handle;

        stream_frame(&in, role, FIN | OP_PONG, "pong", 4);
        handle = given(role, NULL, &in, NULL);
        expect_payload(handle, PING_PONG, "pong", 4);
        expect_no_action(handle, ALL_QUEUES);
    }
}

const struct api_case ping_answer_cases[] = {
    API_CASE(RULE_NET, a_pong_is_one_buffer_and_leaves_the_application_context_alone),
    API_CASE(RULE_DOC, a_pong_with_masking_disabled_has_the_key_0),
    API_CASE(RULE_DOC, the_receive_and_the_all_queue_return_a_pong_and_the_send_queue_does_not),
    API_CASE(RULE_DOC, a_ping_completes_no_operation),
    API_CASE(RULE_DOC, a_pong_is_followed_by_no_send_indication),
    API_CASE(RULE_DOC, ten_pings_in_one_segment_give_ten_pongs_in_order),
    API_CASE(RULE_CHOICE, the_parser_stands_at_the_ping_until_its_pong_is_completed),
    API_CASE(RULE_RFC, pings_between_fragments_leave_the_message_as_it_is),
    API_CASE(RULE_NET, a_pong_completed_with_another_count_is_dropped),
    API_CASE(RULE_RFC, pings_are_answered_after_a_close_was_sent),
    API_CASE(RULE_RFC, a_ping_after_a_close_frame_is_not_answered),
    API_CASE(RULE_DOC, an_aborted_session_answers_no_ping),
    API_CASE(RULE_DOC, a_pong_outstanding_at_the_abort_may_still_be_completed),
    API_CASE(RULE_RFC, pongs_are_not_answered),
    API_CASES_END,
};
