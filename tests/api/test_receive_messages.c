/*
 * Receiving, section 6 of the specification: what a stream of whole frames is indicated as, however the
 * network cuts it.
 */
#include "api_tests.h"
#include "play.h"

/* ---- One stream with a bit of everything ---- */

#define LONG_PING        125
#define MIXED_EVENTS_MAX 16

struct mixed {
    struct stream stream;
    struct event events[MIXED_EVENTS_MAX];
    size_t count;
};

static void expect_next(struct mixed *mixed, enum event_kind kind, WEB_SOCKET_BUFFER_TYPE type,
                        const void *bytes, size_t size)
{
    mixed->events[mixed->count++] = (struct event){.kind = kind, .type = type, .bytes = bytes, .size = size};
}

/* Adds a data frame or a pong, and its indication. */
static void add(struct mixed *mixed, enum role receiver, unsigned first, WEB_SOCKET_BUFFER_TYPE type,
                const void *bytes, size_t size)
{
    stream_frame(&mixed->stream, receiver, first, bytes, size);
    expect_next(mixed, EVENT_DATA, type, bytes, size);
}

static void add_ping(struct mixed *mixed, enum role receiver, const void *bytes, size_t size)
{
    stream_frame(&mixed->stream, receiver, FIN | OP_PING, bytes, size);
    expect_next(mixed, EVENT_ANSWER, (WEB_SOCKET_BUFFER_TYPE)0, bytes, size);
}

/*
 * Messages of all kinds, control frames between fragments, text cut inside its characters, a close at the
 * end.
 */
static struct mixed make_mixed(enum role receiver)
{
    struct mixed mixed;

    memset(&mixed, 0, sizeof mixed);
    add(&mixed, receiver, FIN | OP_TEXT, UTF8_MESSAGE, "Hello", 5);
    add(&mixed, receiver, OP_TEXT, UTF8_FRAGMENT, "Gr\xC3", 3);
    add_ping(&mixed, receiver, "are you there?", 14);
    add(&mixed, receiver, OP_CONTINUATION, UTF8_FRAGMENT, "\xBC\xC3", 2);
    add(&mixed, receiver, FIN | OP_PONG, PING_PONG, "nobody asked", 12);
    add(&mixed, receiver, FIN | OP_CONTINUATION, UTF8_MESSAGE, "\x9F", 1);
    add(&mixed, receiver, FIN | OP_BINARY, BINARY_MESSAGE, make_payload(126), 126);
    add(&mixed, receiver, FIN | OP_BINARY, BINARY_MESSAGE, NULL, 0);
    add(&mixed, receiver, OP_BINARY, BINARY_FRAGMENT, NULL, 0);
    add(&mixed, receiver, OP_CONTINUATION, BINARY_FRAGMENT, make_payload(50), 50);
    add(&mixed, receiver, FIN | OP_CONTINUATION, BINARY_MESSAGE, NULL, 0);
    add(&mixed, receiver, FIN | OP_PONG, PING_PONG, NULL, 0);
    add_ping(&mixed, receiver, NULL, 0);
    add_ping(&mixed, receiver, make_payload(LONG_PING), LONG_PING);
    add(&mixed, receiver, FIN | OP_TEXT, UTF8_MESSAGE, make_text(40), 40);
    stream_close(&mixed.stream, receiver, 1001, "bye");
    expect_next(&mixed, EVENT_CLOSE, (WEB_SOCKET_BUFFER_TYPE)0, "bye", 3);
    mixed.events[mixed.count - 1].status = 1001;
    return mixed;
}

/* Plays it in every role, whole, in small bites, and cut in two at every offset. */
static void play_mixed(size_t own)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct mixed mixed = make_mixed(role);
        struct player player = {.row = role_name(role),
                                .role = role,
                                .options = {.receive_buffer = 256},
                                .stream = mixed.stream,
                                .own = own};

        for (player.cut = 0; player.cut <= 17; player.cut++) {
            play(&player);
            expect_events(&player, mixed.events, mixed.count);
        }
        player.cut = 0;
        for (player.first = 1; player.first < mixed.stream.size; player.first++) {
            play(&player);
            expect_events(&player, mixed.events, mixed.count);
            delete_handle(player.handle);
        }
    }
}

static void any_cut_of_the_stream_gives_the_same_indications(void)
{
    play_mixed(0);
}

static void any_cut_of_the_stream_gives_the_same_indications_in_the_callers_memory(void)
{
    play_mixed(126);
}

/* The longest headers: 64-bit lengths, cut anywhere in them. */
static void any_cut_of_a_long_header_gives_the_same_message(void)
{
    uint8_t *payload = make_payload(65536);

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct event message = {.kind = EVENT_DATA, .type = BINARY_MESSAGE, .bytes = payload, .size = 65536};
        struct player player = {.row = role_name(role), .role = role, .own = 65536};

        stream_frame(&player.stream, role, FIN | OP_BINARY, payload, 65536);
        for (player.first = 1; player.first <= 20; player.first++) {
            play(&player);
            expect_events(&player, &message, 1);
            player.options.receive_buffer = 65536;
        }
    }
}

/* ---- Types ---- */

static void play_and_expect(const char *row, enum role role, const struct stream *stream,
                            const struct event *events, size_t count)
{
    struct player player = {.row = row, .role = role, .stream = *stream};

    play(&player);
    expect_events(&player, events, count);
}

static void continuation_frames_carry_the_type_of_their_message(void)
{
    static const struct event events[] = {
        EXPECT_DATA(UTF8_FRAGMENT, "a"),   EXPECT_DATA(UTF8_FRAGMENT, "b"),
        EXPECT_DATA(UTF8_MESSAGE, "c"),    EXPECT_DATA(BINARY_FRAGMENT, "d"),
        EXPECT_DATA(BINARY_FRAGMENT, "e"), EXPECT_DATA(BINARY_MESSAGE, "f"),
        EXPECT_DATA(UTF8_MESSAGE, "g"),
    };

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stream stream = {NULL, 0};

        stream_frame(&stream, role, OP_TEXT, "a", 1);
        stream_frame(&stream, role, OP_CONTINUATION, "b", 1);
        stream_frame(&stream, role, FIN | OP_CONTINUATION, "c", 1);
        stream_frame(&stream, role, OP_BINARY, "d", 1);
        stream_frame(&stream, role, OP_CONTINUATION, "e", 1);
        stream_frame(&stream, role, FIN | OP_CONTINUATION, "f", 1);
        stream_frame(&stream, role, FIN | OP_TEXT, "g", 1);
        play_and_expect(role_name(role), role, &stream, events, COUNT_OF(events));
    }
}

static void a_pong_is_indicated_as_ping_pong_with_its_payload(void)
{
    static const size_t sizes[] = {0, 1, 124, 125};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            uint8_t *payload = make_payload(sizes[i]);
            struct event pong = {.kind = EVENT_DATA, .type = PING_PONG, .bytes = payload, .size = sizes[i]};
            struct stream stream = {NULL, 0};

            stream_frame(&stream, role, FIN | OP_PONG, payload, sizes[i]);
            play_and_expect(role_name(role), role, &stream, &pong, 1);
        }
    }
}

static void an_empty_payload_has_a_pointer_and_the_length_0(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (unsigned own = 0; own < 2; own++) {
            static const unsigned firsts[] = {FIN | OP_TEXT, FIN | OP_BINARY, FIN | OP_PONG, OP_TEXT};
            static const WEB_SOCKET_BUFFER_TYPE types[] = {UTF8_MESSAGE, BINARY_MESSAGE, PING_PONG,
                                                           UTF8_FRAGMENT};

            for (size_t i = 0; i < COUNT_OF(firsts); i++) {
                WEB_SOCKET_HANDLE handle = open_role(role, NULL);
                struct stream stream = {NULL, 0};
                struct action action;

                receive(handle, own != 0 ? heap_block(16) : NULL, own != 0 ? 16 : 0, NULL);
                stream_frame(&stream, role, firsts[i], NULL, 0);
                feed(handle, stream.bytes, stream.size, 0);
                action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
                assert_int_equal(action.count, 1);
                assert_int_equal(action.type, types[i]);
                assert_non_null(action.buffers[0].Data.pbBuffer);
                assert_int_equal(action.buffers[0].Data.ulBufferLength, 0);
            }
        }
    }
}

/* ---- Operations ---- */

static void each_frame_completes_one_operation_in_the_order_of_the_calls(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream stream = {NULL, 0};
        int contexts[3];

        receive(handle, NULL, 0, &contexts[0]);
        receive(handle, heap_block(3), 3, &contexts[1]);
        receive(handle, NULL, 0, &contexts[2]);
        stream_frame(&stream, role, FIN | OP_TEXT, "one", 3);
        stream_frame(&stream, role, FIN | OP_TEXT, "two", 3);
        stream_frame(&stream, role, FIN | OP_TEXT, "three", 5);
        feed(handle, stream.bytes, stream.size, 0);
        assert_ptr_equal(expect_payload(handle, UTF8_MESSAGE, "one", 3), &contexts[0]);
        assert_ptr_equal(expect_payload(handle, UTF8_MESSAGE, "two", 3), &contexts[1]);
        assert_ptr_equal(expect_payload(handle, UTF8_MESSAGE, "three", 5), &contexts[2]);
        expect_no_action(handle, RECEIVE_QUEUE);
    }
}

#define MANY 1000u

static void any_number_of_operations_may_wait(void)
{
    WEB_SOCKET_HANDLE handle = open_client(NULL);
    uint8_t *contexts = heap_block(MANY);
    uint8_t *bytes = heap_block(3 * MANY);
    struct feeder feeder;

    for (unsigned i = 0; i < MANY; i++) {
        uint8_t payload = (uint8_t)(i % 100);

        receive(handle, NULL, 0, contexts + i);
        make_frame(bytes + 3 * i, FIN | OP_TEXT, false, &payload, 1);
    }
    feeder = feeder_start(handle, bytes, 3 * MANY, 0);
    for (unsigned i = 0; i < MANY; i++) {
        uint8_t payload = (uint8_t)(i % 100);
        struct action action = feeder_next(&feeder);

        assert_ptr_equal(action.application, contexts + i);
        expect_indication(handle, &action, UTF8_MESSAGE, &payload, 1);
    }
    expect_no_action(handle, RECEIVE_QUEUE);
}

static void later_frames_wait_for_the_next_operation_and_need_no_network(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream stream = {NULL, 0};

        receive(handle, NULL, 0, NULL);
        stream_frame(&stream, role, FIN | OP_TEXT, "one", 3);
        stream_frame(&stream, role, FIN | OP_BINARY, "two", 3);
        stream_close(&stream, role, 1000, NULL);
        feed(handle, stream.bytes, stream.size, 0);
        expect_payload(handle, UTF8_MESSAGE, "one", 3);
        expect_no_action(handle, RECEIVE_QUEUE);
        receive(handle, NULL, 0, NULL);
        expect_payload(handle, BINARY_MESSAGE, "two", 3);
        expect_no_action(handle, ALL_QUEUES);
        receive(handle, NULL, 0, NULL);
        expect_close(handle, 1000, NULL);
    }
}

/* .NET asks once more before it returns a message to its caller: an error there would lose the message. */
static void nothing_is_parsed_unless_an_operation_waits(void)
{
    static const uint8_t broken[] = {0x83, 0x00};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        static const WEB_SOCKET_ACTION_QUEUE queues[] = {RECEIVE_QUEUE, ALL_QUEUES, SEND_QUEUE};
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream stream = {NULL, 0};

        receive(handle, NULL, 0, NULL);
        stream_frame(&stream, role, FIN | OP_TEXT, "good", 4);
        stream_bytes(&stream, broken, sizeof broken);
        feed(handle, stream.bytes, stream.size, 0);
        expect_payload(handle, UTF8_MESSAGE, "good", 4);
        for (size_t i = 0; i < COUNT_OF(queues); i++)
            expect_no_action(handle, queues[i]);
        receive(handle, NULL, 0, NULL);
        assert_result(E_INVALID_PROTOCOL_FORMAT, get_action(handle, RECEIVE_QUEUE, 1).result);
    }
}

static void a_ping_is_not_seen_before_an_operation_waits(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    struct stream stream = {NULL, 0};

    receive(server, NULL, 0, NULL);
    stream_frame(&stream, ROLE_SERVER, FIN | OP_TEXT, "good", 4);
    stream_frame(&stream, ROLE_SERVER, FIN | OP_PING, "p", 1);
    feed(server, stream.bytes, stream.size, 0);
    expect_payload(server, UTF8_MESSAGE, "good", 4);
    expect_no_action(server, RECEIVE_QUEUE);
    expect_no_action(server, ALL_QUEUES);
    receive(server, NULL, 0, NULL);
    expect_server_pong(server, RECEIVE_QUEUE, "p", 1);
}

static void without_an_operation_nothing_is_read(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);

        expect_no_action(handle, RECEIVE_QUEUE);
        expect_no_action(handle, ALL_QUEUES);
    }
}

static void the_byte_count_of_an_indications_completion_is_ignored(void)
{
    static const ULONG counts[] = {0, 3, 4, 5, 4096, 0xFFFFFFFFu};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);

        for (size_t i = 0; i < COUNT_OF(counts); i++) {
            struct stream stream = {NULL, 0};
            struct action action;

            receive(handle, NULL, 0, NULL);
            stream_frame(&stream, role, FIN | OP_TEXT, "four", 4);
            feed(handle, stream.bytes, stream.size, 0);
            action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
            assert_int_equal(action.buffers[0].Data.ulBufferLength, 4);
            complete_with(handle, &action, counts[i]);
            expect_no_action(handle, RECEIVE_QUEUE);
        }
    }
}

/* ---- Masks ---- */

static void a_server_with_masking_disabled_accepts_both_kinds_of_frames(void)
{
    static const struct event events[] = {EXPECT_DATA(UTF8_MESSAGE, "bare"),
                                          EXPECT_DATA(UTF8_MESSAGE, "masked"), EXPECT_ANSWER("ping"),
                                          EXPECT_DATA(BINARY_MESSAGE, "bare again")};
    struct player player = {
        .row = "masking disabled", .role = ROLE_SERVER, .options = {.disable_masking = true}};

    stream_frame(&player.stream, ROLE_CLIENT, FIN | OP_TEXT, "bare", 4);
    stream_frame(&player.stream, ROLE_SERVER, FIN | OP_TEXT, "masked", 6);
    stream_frame(&player.stream, ROLE_CLIENT, FIN | OP_PING, "ping", 4);
    stream_frame(&player.stream, ROLE_CLIENT, FIN | OP_BINARY, "bare again", 10);
    for (player.cut = 0; player.cut < 8; player.cut++) {
        play(&player);
        expect_events(&player, events, COUNT_OF(events));
    }
}

/* A key of zeros is a key like any other. */
static void a_server_accepts_the_masking_key_0(void)
{
    static const uint8_t frame[] = {0x81, 0x82, 0x00, 0x00, 0x00, 0x00, 'o', 'k'};
    WEB_SOCKET_HANDLE server = open_server(NULL);

    receive(server, NULL, 0, NULL);
    feed(server, frame, sizeof frame, 0);
    expect_payload(server, UTF8_MESSAGE, "ok", 2);
}

const struct api_case receive_messages_cases[] = {
    API_CASE(RULE_CHOICE, any_cut_of_the_stream_gives_the_same_indications),
    API_CASE(RULE_CHOICE, any_cut_of_the_stream_gives_the_same_indications_in_the_callers_memory),
    API_CASE(RULE_CHOICE, any_cut_of_a_long_header_gives_the_same_message),
    API_CASE(RULE_DOC, continuation_frames_carry_the_type_of_their_message),
    API_CASE(RULE_NET, a_pong_is_indicated_as_ping_pong_with_its_payload),
    API_CASE(RULE_DOC, an_empty_payload_has_a_pointer_and_the_length_0),
    API_CASE(RULE_DOC, each_frame_completes_one_operation_in_the_order_of_the_calls),
    API_CASE(RULE_DOC, any_number_of_operations_may_wait),
    API_CASE(RULE_DOC, later_frames_wait_for_the_next_operation_and_need_no_network),
    API_CASE(RULE_NET, nothing_is_parsed_unless_an_operation_waits),
    API_CASE(RULE_NET, a_ping_is_not_seen_before_an_operation_waits),
    API_CASE(RULE_NET, without_an_operation_nothing_is_read),
    API_CASE(RULE_NET, the_byte_count_of_an_indications_completion_is_ignored),
    API_CASE(RULE_DOC, a_server_with_masking_disabled_accepts_both_kinds_of_frames),
    API_CASE(RULE_RFC, a_server_accepts_the_masking_key_0),
    API_CASES_END,
};
