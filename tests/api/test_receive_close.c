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
        WEB_SOCKET_HANDLE handle = closed(role, NULL, 0, broken, sizeof broken);

        for (unsigned i = 0; i < 3; i++) {
            expect_no_action(handle, RECEIVE_QUEUE);
            expect_no_action(handle, ALL_QUEUES);
            expect_no_action(handle, SEND_QUEUE);
        }
        receive(handle, NULL, 0, NULL);
        next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        expect_no_action(handle, SEND_QUEUE);
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
        feed(handle, ping.bytes, ping.size, 0);
        expect_no_action(handle, SEND_QUEUE);
        next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        expect_no_action(handle, ALL_QUEUES);
    }
}

/* Two servers call it from within the handling of every indication, that of a close too. */
static void after_a_close_receive_is_queued_and_reads_on(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {RECEIVE_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t q = 0; q < COUNT_OF(queues); q++) {
            WEB_SOCKET_HANDLE handle = open_role(role, NULL);
            struct stream stream = {NULL, 0};
            struct action close;
            struct action reading;
            int contexts[2];

            receive(handle, NULL, 0, NULL);
            stream_close(&stream, role, 1000, "bye");
            feed(handle, stream.bytes, stream.size, 0);
            close = next_action(handle, queues[q], WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
            receive(handle, NULL, 0, &contexts[0]);
            expect_no_action(handle, queues[q]); /* until the close is completed */
            assert_memory_equal(close.buffers[0].CloseStatus.pbReason, "bye", 3);
            complete(handle, &close);
            receive(handle, NULL, 0, &contexts[1]);
            reading = next_action(handle, queues[q], WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
            assert_ptr_equal(reading.application, &contexts[0]);
            assert_int_equal(reading.count, 1);
            expect_no_action(handle, queues[q]);
        }
    }
}

/* No message, no pong, no error: the next call asks for more. */
static void what_comes_after_a_close_is_thrown_away(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        const enum role other = role == ROLE_CLIENT ? ROLE_SERVER : ROLE_CLIENT;
        struct stream streams[7];
        int context;
        WEB_SOCKET_HANDLE handle = closed(role, &context, 1, "\x81", 1);

        memset(streams, 0, sizeof streams);
        stream_frame(&streams[0], role, FIN | OP_TEXT, "Hello", 5);
        stream_frame(&streams[1], role, FIN | OP_PING, "ping", 4);
        stream_frame(&streams[2], other, FIN | OP_TEXT, "masked or not, as it must not be", 32);
        stream_bytes(&streams[3], "\xFF\xFF\xFF\xFF\xFF", 5);
        stream_close(&streams[4], role, 1000, "again");
        stream_frame(&streams[5], role, FIN | OP_TEXT, "\xFF not UTF-8", 11);
        stream_bytes(&streams[6], make_payload(20000), 20000); /* longer than the buffer */
        for (unsigned cut = 0; cut < 2; cut++) {
            for (size_t i = 0; i < COUNT_OF(streams); i++) {
                feed(handle, streams[i].bytes, streams[i].size, cut == 0 ? 0 : 1000);
                expect_no_action(handle, SEND_QUEUE);
            }
        }
        struct action reading = next_action(handle, ALL_QUEUES, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        assert_ptr_equal(reading.application, &context);
    }
}

/* What will be thrown away does not go into the caller's memory. */
static void after_a_close_an_operation_with_a_buffer_reads_into_library_memory(void)
{
    enum { RECEIVE_SIZE = 256, SEND_SIZE = 256, SIZE = RECEIVE_SIZE + SEND_SIZE + 144 };

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        uint8_t *memory = heap_block(SIZE);
        uint8_t *own = heap_block(RECEIVE_SIZE / 2);
        WEB_SOCKET_HANDLE handle = open_role(role, &(struct session_options){.receive_buffer = RECEIVE_SIZE,
                                                                             .send_buffer = SEND_SIZE,
                                                                             .memory = memory,
                                                                             .memory_size = SIZE});
        struct stream stream = {NULL, 0};

        memset(own, BLOCK_POISON, RECEIVE_SIZE / 2);
        receive(handle, own, RECEIVE_SIZE / 2, NULL);
        receive(handle, own, RECEIVE_SIZE / 2, NULL);
        stream_close(&stream, role, 1000, NULL);
        stream_frame(&stream, role, FIN | OP_BINARY, "buffered", 8);
        feed(handle, stream.bytes, stream.size, 0);
        expect_close(handle, 1000, NULL);
        for (unsigned i = 0; i < 3; i++) {
            struct action reading =
                next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
            WEB_SOCKET_BUFFER *buffer = &reading.buffers[0];

            assert_int_equal(reading.count, 1);
            assert_true(buffer->Data.ulBufferLength > 0 && buffer->Data.ulBufferLength <= RECEIVE_SIZE);
            assert_true(buffer->Data.pbBuffer >= memory &&
                        buffer->Data.pbBuffer + buffer->Data.ulBufferLength <= memory + SIZE);
            memset(buffer->Data.pbBuffer, 0x82, buffer->Data.ulBufferLength);
            complete(handle, &reading);
        }
        assert_true(block_untouched(own, RECEIVE_SIZE / 2));
    }
}

/* The connection's end: each operation comes back once, in order, and the one behind it reads on. */
static void a_read_that_ends_after_a_close_cancels_its_operation_once(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {RECEIVE_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t q = 0; q < COUNT_OF(queues); q++) {
            int contexts[4];
            WEB_SOCKET_HANDLE handle = closed(role, contexts, 3, NULL, 0);

            for (size_t i = 0; i < 4; i++) {
                struct action action = next_action(handle, queues[q], WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);

                assert_ptr_equal(action.application, &contexts[i]);
                complete_with(handle, &action, i == 1 ? action_size(&action) + 1 : 0);
                assert_ptr_equal(expect_close(handle, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL), &contexts[i]);
                if (i == 2) {
                    expect_no_action(handle, queues[q]);
                    receive(handle, NULL, 0, &contexts[3]);
                }
            }
            expect_no_action(handle, queues[q]);
        }
    }
}

static void an_abort_after_a_close_cancels_all_operations_once(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (unsigned read = 0; read < 2; read++) {
            int contexts[3];
            WEB_SOCKET_HANDLE handle = closed(role, contexts, 3, NULL, 0);
            struct action reading;

            if (read != 0)
                reading = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
            ws->AbortHandle(handle);
            if (read != 0) {
                expect_no_action(handle, RECEIVE_QUEUE);
                complete_with(handle, &reading, 1);
            }
            for (size_t i = 0; i < 3; i++)
                assert_ptr_equal(expect_close(handle, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL), &contexts[i]);
            expect_no_action(handle, ALL_QUEUES);
            assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Receive(handle, NULL, NULL));
        }
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
    API_CASE(RULE_APPS, after_a_close_receive_is_queued_and_reads_on),
    API_CASE(RULE_APPS, what_comes_after_a_close_is_thrown_away),
    API_CASE(RULE_APPS, after_a_close_an_operation_with_a_buffer_reads_into_library_memory),
    API_CASE(RULE_APPS, a_read_that_ends_after_a_close_cancels_its_operation_once),
    API_CASE(RULE_DOC, an_abort_after_a_close_cancels_all_operations_once),
    API_CASE(RULE_DOC, after_a_close_was_received_everything_can_still_be_sent),
    API_CASE(RULE_DOC, after_sending_a_close_messages_and_the_peers_close_are_received),
    API_CASES_END,
};
