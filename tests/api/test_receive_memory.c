/*
 * Receiving, sections 3 and 6 of the specification: whose memory is returned, and how long it stays.
 */
#include "api_tests.h"
#include "play.h"

static HRESULT receive_into(WEB_SOCKET_HANDLE handle, uint8_t *bytes, ULONG size)
{
    WEB_SOCKET_BUFFER buffer;

    memset(&buffer, 0, sizeof buffer);
    buffer.Data.pbBuffer = bytes;
    buffer.Data.ulBufferLength = size;
    return ws->Receive(handle, &buffer, NULL);
}

/* ---- What WebSocketReceive refuses ---- */

static void a_buffer_without_pointer_or_length_is_refused(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);

        assert_result(E_INVALIDARG, receive_into(handle, NULL, 0));
        assert_result(E_INVALIDARG, receive_into(handle, NULL, 10));
        assert_result(E_INVALIDARG, receive_into(handle, NULL, 0xFFFFFFFFu));
        assert_result(E_INVALIDARG, receive_into(handle, heap_block(10), 0));
        expect_no_action(handle, RECEIVE_QUEUE);
        expect_no_action(handle, ALL_QUEUES);
    }
}

static void an_unknown_handle_is_refused(void)
{
    WEB_SOCKET_HANDLE handle = open_server(NULL);

    delete_handle(handle);
    assert_result(E_HANDLE, ws->Receive(NULL, NULL, NULL));
    assert_result(E_HANDLE, ws->Receive(handle, NULL, NULL));
    assert_result(E_HANDLE, receive_into(handle, NULL, 0));
}

static void the_buffer_structure_is_copied_during_the_call(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    uint8_t *own = heap_block(10);
    uint8_t *other = heap_block(10);
    struct stream stream = {NULL, 0};
    WEB_SOCKET_BUFFER buffer;

    memset(&buffer, 0, sizeof buffer);
    buffer.Data.pbBuffer = own;
    buffer.Data.ulBufferLength = 10;
    assert_result(S_OK, ws->Receive(server, &buffer, NULL));
    buffer.Data.pbBuffer = other;
    buffer.Data.ulBufferLength = 1;
    stream_frame(&stream, ROLE_SERVER, FIN | OP_TEXT, "ten bytes!", 10);
    feed(server, stream.bytes, stream.size, 0);
    expect_payload(server, UTF8_MESSAGE, "ten bytes!", 10);
    assert_memory_equal(own, "ten bytes!", 10);
    assert_true(block_untouched(other, 10));
}

/* ---- The caller's memory ---- */

static void payload_lands_in_the_callers_memory(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        uint8_t *own = heap_block(5);
        struct stream stream = {NULL, 0};
        struct action action;

        stream_frame(&stream, role, FIN | OP_TEXT, "Hello", 5);
        receive(handle, own, 5, NULL);
        feed(handle, stream.bytes, stream.size, 0);
        action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
        assert_ptr_equal(action.buffers[0].Data.pbBuffer, own);
        assert_int_equal(action.buffers[0].Data.ulBufferLength, 5);
        assert_memory_equal(own, "Hello", 5);
    }
}

static void pongs_and_close_frames_come_in_library_memory(void)
{
    static const struct event events[] = {EXPECT_DATA(PING_PONG, "pong"), EXPECT_CLOSE(1000, "bye")};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        /* play() asserts where each pointer lies; one byte would not be enough for them anyway. */
        struct player player = {.row = role_name(role), .role = role, .own = 1};

        stream_frame(&player.stream, role, FIN | OP_PONG, "pong", 4);
        stream_close(&player.stream, role, 1000, "bye");
        for (player.cut = 0; player.cut < 4; player.cut++) {
            play(&player);
            expect_events(&player, events, COUNT_OF(events));
        }
    }
}

static void control_frames_leave_the_callers_memory_alone(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        uint8_t *own = heap_block(200);
        struct stream stream = {NULL, 0};
        struct action action;

        receive(handle, own, 200, NULL);
        stream_frame(&stream, role, FIN | OP_PING, make_payload(125), 125);
        stream_frame(&stream, role, FIN | OP_PONG, make_payload(125), 125);
        feed(handle, stream.bytes, stream.size, 0);
        action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        complete(handle, &action);
        expect_payload(handle, PING_PONG, make_payload(125), 125);
        assert_true(block_untouched(own, 200));
    }
}

/* ---- Library memory ---- */

static void a_frame_is_indicated_where_it_was_read(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        size_t header = role == ROLE_SERVER ? 6 : 2;
        struct stream stream = {NULL, 0};
        struct action reading;
        struct action action;

        receive(handle, NULL, 0, NULL);
        stream_frame(&stream, role, FIN | OP_TEXT, "Hello", 5);
        reading = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        memcpy(reading.buffers[0].Data.pbBuffer, stream.bytes, stream.size);
        complete_with(handle, &reading, (ULONG)stream.size);
        action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
        assert_ptr_equal(action.buffers[0].Data.pbBuffer, reading.buffers[0].Data.pbBuffer + header);
        assert_memory_equal(action.buffers[0].Data.pbBuffer, "Hello", 5);
    }
}

static void an_indication_stays_as_it_is_until_it_is_completed(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle =
            open_role(role, &(struct session_options){.receive_buffer = 256, .send_buffer = 131});
        uint8_t *payload = make_payload(100);
        struct stream stream = {NULL, 0};
        struct stream sent = {NULL, 0};
        struct action action;

        receive(handle, NULL, 0, NULL);
        receive(handle, NULL, 0, NULL);
        stream_frame(&stream, role, FIN | OP_BINARY, payload, 100);
        stream_frame(&stream, role, FIN | OP_BINARY, "next", 4);
        feed(handle, stream.bytes, stream.size, 0);
        action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
        expect_no_action(handle, RECEIVE_QUEUE);
        send_data(handle, BINARY_MESSAGE, make_payload(1000), 1000, NULL);
        send_close(handle, 1000, "a reason", NULL);
        stream_output(&sent, handle);
        expect_indication(handle, &action, BINARY_MESSAGE, payload, 100);
        expect_payload(handle, BINARY_MESSAGE, "next", 4);
    }
}

/*
 * An echo without a copy: the payload goes out from the receive area, the indication is completed afterwards.
 */
static void an_indicated_payload_can_be_sent_from_where_it_lies(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle =
            open_role(role, &(struct session_options){.receive_buffer = 256, .send_buffer = 16});
        uint8_t *payload = make_payload(141);
        struct stream stream = {NULL, 0};
        struct stream sent = {NULL, 0};
        struct action action;

        receive(handle, NULL, 0, NULL);
        stream_frame(&stream, role, FIN | OP_BINARY, payload, 141);
        feed(handle, stream.bytes, stream.size, 0);
        action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
        assert_result(S_OK, ws->Send(handle, action.type, &action.buffers[0], NULL));
        send_close(handle, 1000, "behind it", NULL);
        stream_output(&sent, handle);
        complete(handle, &action);
        expect_frame("echo", &sent, role, FIN | OP_BINARY, payload, 141);
        expect_close_frame("close", &sent, role, 1000, "behind it");
    }
}

/* .NET ends the process if a pointer lies elsewhere. play() asserts it of every action. */
static void every_pointer_lies_in_the_allocated_buffer(void)
{
    static const ULONG receive_buffers[] = {256, 259, 4096, 16384};
    static const ULONG send_buffers[] = {16, 17, 100, 131, 256, 4096};

    for (size_t r = 0; r < COUNT_OF(receive_buffers); r++) {
        for (size_t s = 0; s < COUNT_OF(send_buffers); s++) {
            for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
                ULONG size = receive_buffers[r] + send_buffers[s] + 144;
                struct player player = {
                    .row = role_name(role),
                    .role = role,
                    .options = {.receive_buffer = receive_buffers[r],
                                .send_buffer = send_buffers[s],
                                .memory = guard_alloc(size, (unsigned)(4 * ((r + s) % 2))),
                                .memory_size = size}};

                stream_frame(&player.stream, role, FIN | OP_PING, make_payload(125), 125);
                stream_frame(&player.stream, role, OP_BINARY, make_payload(20000), 20000);
                stream_frame(&player.stream, role, FIN | OP_PONG, make_payload(125), 125);
                stream_frame(&player.stream, role, FIN | OP_CONTINUATION, NULL, 0);
                stream_frame(&player.stream, role, FIN | OP_PING, NULL, 0);
                stream_close(&player.stream, role, 1000, "bye");
                play(&player);
                assert_int_equal(player.events[player.count - 1].kind, EVENT_CLOSE);
                assert_int_equal(player.events[player.count - 2].kind, EVENT_ANSWER);
                guard_intact();
            }
        }
    }
}

static void the_allocated_buffer_may_have_any_alignment(void)
{
    for (unsigned remainder = 0; remainder < 8; remainder++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            ULONG size = 256 + 16 + 144;
            uint8_t *payload = make_payload(141);
            struct event events[] = {
                {.kind = EVENT_ANSWER, .bytes = payload, .size = 125},
                {.kind = EVENT_DATA, .type = BINARY_MESSAGE, .bytes = payload, .size = 141},
            };
            struct player player = {.row = role_name(role),
                                    .role = role,
                                    .options = {.receive_buffer = 256,
                                                .send_buffer = 16,
                                                .memory = guard_alloc(size, remainder),
                                                .memory_size = size}};

            stream_frame(&player.stream, role, FIN | OP_PING, payload, 125);
            stream_frame(&player.stream, role, FIN | OP_BINARY, payload, 141);
            play(&player);
            expect_events(&player, events, COUNT_OF(events));
            guard_intact();
        }
    }
}

const struct api_case receive_memory_cases[] = {
    API_CASE(RULE_CHOICE, a_buffer_without_pointer_or_length_is_refused),
    API_CASE(RULE_CHOICE, an_unknown_handle_is_refused),
    API_CASE(RULE_DOC, the_buffer_structure_is_copied_during_the_call),
    API_CASE(RULE_DOC, payload_lands_in_the_callers_memory),
    API_CASE(RULE_CHOICE, pongs_and_close_frames_come_in_library_memory),
    API_CASE(RULE_CHOICE, control_frames_leave_the_callers_memory_alone),
    API_CASE(RULE_DOC, a_frame_is_indicated_where_it_was_read),
    API_CASE(RULE_DOC, an_indication_stays_as_it_is_until_it_is_completed),
    API_CASE(RULE_DOC, an_indicated_payload_can_be_sent_from_where_it_lies),
    API_CASE(RULE_NET, every_pointer_lies_in_the_allocated_buffer),
    API_CASE(RULE_NET, the_allocated_buffer_may_have_any_alignment),
    API_CASES_END,
};
