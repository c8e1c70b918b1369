/*
 * Receiving a close frame, section 6 of the specification, and the end of the receive side.
 */
#include "api_tests.h"
#include "play.h"

/* ---- The indication ---- */

static void a_close_is_indicated_with_status_and_reason(void)
{
    static const USHORT statuses[] = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010,
                                      1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999};

    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            struct event close = EXPECT_CLOSE(0, "Gr\xC3\xBC\xC3\x9F"
                                                 "e");
            struct player player = {.row = role_name(role), .role = role};

            close.status = statuses[i];
            stream_close(&player.stream, role, statuses[i],
                         "Gr\xC3\xBC\xC3\x9F"
                         "e");
            for (player.cut = 0; player.cut < 4; player.cut++) {
                play(&player);
                expect_events(&player, &close, 1);
            }
        }
    }
}

/* play() asserts that the reason's pointer is NULL. */
static void a_close_without_a_reason_has_a_null_reason_of_length_0(void)
{
    static const struct event close = EXPECT_CLOSE(1000, "");

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct player player = {.row = role_name(role), .role = role};

        stream_close(&player.stream, role, 1000, NULL);
        for (player.cut = 0; player.cut < 3; player.cut++) {
            play(&player);
            expect_events(&player, &close, 1);
        }
    }
}

static void a_close_without_a_body_has_the_status_1005(void)
{
    static const struct event close = EXPECT_CLOSE(1005, "");

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct player player = {.row = role_name(role), .role = role};

        stream_frame(&player.stream, role, FIN | OP_CLOSE, NULL, 0);
        for (player.cut = 0; player.cut < 3; player.cut++) {
            play(&player);
            expect_events(&player, &close, 1);
        }
    }
}

static void the_longest_reason_has_123_bytes(void)
{
    char reason[123 + 1];
    struct event close = {.kind = EVENT_CLOSE, .status = 1000, .bytes = reason, .size = 123};

    memset(reason, 'r', 123);
    reason[123] = '\0';
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct player player = {.row = role_name(role), .role = role, .options = {.receive_buffer = 256}};

        stream_close(&player.stream, role, 1000, reason);
        for (player.first = 0; player.first < player.stream.size; player.first++) {
            play(&player);
            expect_events(&player, &close, 1);
            delete_handle(player.handle);
        }
    }
}

static void a_close_may_come_inside_a_message(void)
{
    static const struct event events[] = {EXPECT_DATA(UTF8_FRAGMENT, "half of a mess"),
                                          EXPECT_CLOSE(1001, "")};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct player player = {.row = role_name(role), .role = role};

        stream_frame(&player.stream, role, OP_TEXT, "half of a mess", 14);
        stream_close(&player.stream, role, 1001, NULL);
        play(&player);
        expect_events(&player, events, COUNT_OF(events));
    }
}

/* ---- Afterwards ---- */

/*
 * A session that has indicated a close frame, with `queued` more operations of these contexts, and this
 * behind it.
 */
static WEB_SOCKET_HANDLE closed(enum role role, int *contexts, size_t queued, const void *behind, size_t size)
{
    WEB_SOCKET_HANDLE handle = open_role(role, NULL);
    struct stream stream = {NULL, 0};

    receive(handle, NULL, 0, NULL);
    for (size_t i = 0; i < queued; i++)
        receive(handle, i % 2 != 0 ? heap_block(10) : NULL, i % 2 != 0 ? 10 : 0, &contexts[i]);
    stream_close(&stream, role, 1000, NULL);
    stream_bytes(&stream, behind, size);
    feed(handle, stream.bytes, stream.size, 0);
    expect_close(handle, 1000, NULL);
    return handle;
}

/* .NET asks again after the close. */
static void bytes_after_a_close_frame_are_never_looked_at(void)
{
    static const uint8_t broken[] = {0xFF, 0xFF, 0xFF, 0xFF, 0x00};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        int context;
        WEB_SOCKET_HANDLE handle = closed(role, NULL, 0, broken, sizeof broken);

        for (unsigned i = 0; i < 3; i++) {
            expect_no_action(handle, RECEIVE_QUEUE);
            expect_no_action(handle, ALL_QUEUES);
            expect_no_action(handle, SEND_QUEUE);
        }
        handle = closed(role, &context, 1, broken, sizeof broken);
        assert_ptr_equal(expect_close(handle, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL), &context);
        expect_no_action(handle, RECEIVE_QUEUE);
    }
}

static void a_ping_after_a_close_frame_is_never_seen(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stream ping = {NULL, 0};
        WEB_SOCKET_HANDLE handle;
        int context;

        stream_frame(&ping, role, FIN | OP_PING, "ping", 4);
        handle = closed(role, &context, 1, ping.bytes, ping.size);
        expect_no_action(handle, SEND_QUEUE);
        expect_close(handle, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL);
        expect_no_action(handle, ALL_QUEUES);
    }
}

static void a_close_completes_queued_operations_as_cancelled(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {RECEIVE_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t q = 0; q < COUNT_OF(queues); q++) {
            int contexts[3];
            WEB_SOCKET_HANDLE handle = closed(role, contexts, 3, NULL, 0);

            for (size_t i = 0; i < 3; i++) {
                struct action action =
                    next_action(handle, queues[q], WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);

                assert_int_equal(action.type, CLOSE);
                assert_int_equal(action.count, 1);
                assert_int_equal(action.buffers[0].CloseStatus.usStatus, WEB_SOCKET_ABORTED_CLOSE_STATUS);
                assert_null(action.buffers[0].CloseStatus.pbReason);
                assert_int_equal(action.buffers[0].CloseStatus.ulReasonLength, 0);
                assert_ptr_equal(action.application, &contexts[i]);
                complete(handle, &action);
            }
            expect_no_action(handle, queues[q]);
        }
    }
}

static void after_a_close_no_receive_is_queued(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = closed(role, NULL, 0, NULL, 0);
        WEB_SOCKET_BUFFER own;

        memset(&own, 0, sizeof own);
        own.Data.pbBuffer = heap_block(10);
        own.Data.ulBufferLength = 10;
        assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Receive(handle, NULL, NULL));
        assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Receive(handle, &own, NULL));
        expect_no_action(handle, RECEIVE_QUEUE);
    }
}

static void after_a_close_was_received_everything_can_still_be_sent(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = closed(role, NULL, 0, NULL, 0);
        struct stream sent = {NULL, 0};

        send_data(handle, UTF8_MESSAGE, "my last words", 13, NULL);
        send_nothing(handle, PING_PONG, NULL);
        send_close(handle, 1000, NULL, NULL);
        stream_output(&sent, handle);
        expect_frame("data", &sent, role, FIN | OP_TEXT, "my last words", 13);
        expect_frame("ping", &sent, role, FIN | OP_PING, NULL, 0);
        expect_close_frame("close", &sent, role, 1000, NULL);
        assert_int_equal(sent.size, 0);
    }
}

/* The peer's close comes after ours, with data in front of it. */
static void after_sending_a_close_messages_and_the_peers_close_are_received(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream sent = {NULL, 0};
        struct stream in = {NULL, 0};

        send_close(handle, 1000, NULL, NULL);
        stream_output(&sent, handle);
        receive(handle, NULL, 0, NULL);
        receive(handle, NULL, 0, NULL);
        stream_frame(&in, role, FIN | OP_TEXT, "one more", 8);
        stream_close(&in, role, 1000, "bye");
        feed(handle, in.bytes, in.size, 0);
        expect_payload(handle, UTF8_MESSAGE, "one more", 8);
        expect_close(handle, 1000, "bye");
        expect_no_action(handle, RECEIVE_QUEUE);
    }
}

const struct api_case receive_close_cases[] = {
    API_CASE(RULE_DOC, a_close_is_indicated_with_status_and_reason),
    API_CASE(RULE_DOC, a_close_without_a_reason_has_a_null_reason_of_length_0),
    API_CASE(RULE_DOC, a_close_without_a_body_has_the_status_1005),
    API_CASE(RULE_SDK, the_longest_reason_has_123_bytes),
    API_CASE(RULE_RFC, a_close_may_come_inside_a_message),
    API_CASE(RULE_NET, bytes_after_a_close_frame_are_never_looked_at),
    API_CASE(RULE_RFC, a_ping_after_a_close_frame_is_never_seen),
    API_CASE(RULE_CHOICE, a_close_completes_queued_operations_as_cancelled),
    API_CASE(RULE_DOC, after_a_close_no_receive_is_queued),
    API_CASE(RULE_DOC, after_a_close_was_received_everything_can_still_be_sent),
    API_CASE(RULE_DOC, after_sending_a_close_messages_and_the_peers_close_are_received),
    API_CASES_END,
};
