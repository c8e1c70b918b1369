/*
 * Sending without masks, section 5.1 of the specification: the two buffers of a server, or of a client with
 * masking disabled, and what becomes of them where the caller takes one buffer only.
 */
#include "api_tests.h"
#include "play.h"

#define AREAS (4096 + 16 + 144)

/* A server whose library memory is known. */
static WEB_SOCKET_HANDLE open_server_in(void *memory)
{
    return open_server(&(struct session_options){.memory = memory, .memory_size = AREAS});
}

static WEB_SOCKET_HANDLE open_unmasked_client(void)
{
    return open_client(&(struct session_options){.disable_masking = true});
}

static bool lies_in(const WEB_SOCKET_BUFFER *buffer, const uint8_t *memory, size_t size)
{
    const uint8_t *begin = buffer->Data.pbBuffer;

    return begin >= memory && begin + buffer->Data.ulBufferLength <= memory + size;
}

static void expect_buffer(const WEB_SOCKET_BUFFER *buffer, const void *bytes, size_t size)
{
    assert_int_equal(buffer->Data.ulBufferLength, size);
    assert_memory_equal(buffer->Data.pbBuffer, bytes, size);
}

/* ---- Two buffers ---- */

static const struct {
    size_t size;
    const char *header; /* of a server's binary message */
    size_t header_size;
} sizes[] = {
    {1, "\x82\x01", 2},
    {125, "\x82\x7D", 2},
    {126, "\x82\x7E\x00\x7E", 4},
    {127, "\x82\x7E\x00\x7F", 4},
    {65535, "\x82\x7E\xFF\xFF", 4},
    {65536, "\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10},
    {100000, "\x82\x7F\x00\x00\x00\x00\x00\x01\x86\xA0", 10},
};

static void a_server_returns_its_header_and_the_callers_payload(void)
{
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        uint8_t *memory = guard_alloc(AREAS, 4);
        WEB_SOCKET_HANDLE server = open_server_in(memory);
        uint8_t *payload = make_payload(sizes[i].size);
        struct action action;

        send_data(server, BINARY_MESSAGE, payload, sizes[i].size, payload);
        action = next_action(server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        assert_int_equal(action.count, 2);
        assert_int_equal(action.type, BINARY_MESSAGE);
        assert_true(lies_in(&action.buffers[0], memory, AREAS));
        expect_buffer(&action.buffers[0], sizes[i].header, sizes[i].header_size);
        assert_ptr_equal(action.buffers[1].Data.pbBuffer, payload);
        assert_int_equal(action.buffers[1].Data.ulBufferLength, sizes[i].size);
        complete(server, &action);
        action = next_action(server, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
        complete(server, &action);
        assert_memory_equal(payload, make_payload(sizes[i].size), sizes[i].size);
    }
}

static void a_server_sends_no_second_buffer_without_a_payload(void)
{
    static const WEB_SOCKET_BUFFER_TYPE types[] = {UTF8_MESSAGE, BINARY_FRAGMENT, PING_PONG, UNSOLICITED_PONG,
                                                   CLOSE};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        WEB_SOCKET_HANDLE server = open_server(NULL);
        struct action action;

        send_nothing(server, types[i], NULL);
        action = next_action(server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        assert_int_equal(action.count, 1);
        assert_int_equal(action.buffers[0].Data.ulBufferLength, 2);
        assert_true(block_untouched(&action.buffers[1], sizeof action.buffers[1]));
    }
}

static void the_header_of_a_servers_close_has_the_status(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    uint8_t *reason = heap_copy("going away", 10);
    WEB_SOCKET_BUFFER buffer;
    struct action action;

    memset(&buffer, 0, sizeof buffer);
    buffer.CloseStatus.pbReason = reason;
    buffer.CloseStatus.ulReasonLength = 10;
    buffer.CloseStatus.usStatus = 1001;
    assert_result(S_OK, ws->Send(server, CLOSE, &buffer, NULL));
    action = next_action(server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.count, 2);
    expect_buffer(&action.buffers[0], "\x88\x0C\x03\xE9", 4);
    assert_ptr_equal(action.buffers[1].Data.pbBuffer, reason);
    assert_int_equal(action.buffers[1].Data.ulBufferLength, 10);
}

static void a_servers_close_without_a_reason_is_one_buffer(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    struct action action;

    send_close(server, 1001, NULL, NULL);
    action = next_action(server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.count, 1);
    expect_buffer(&action.buffers[0], "\x88\x02\x03\xE9", 4);
}

static void a_client_with_masking_disabled_sends_the_key_0_and_the_callers_payload(void)
{
    WEB_SOCKET_HANDLE client = open_unmasked_client();
    uint8_t *payload = make_payload(65536);
    struct action action;

    send_data(client, BINARY_MESSAGE, payload, 65536, NULL);
    action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.count, 2);
    expect_buffer(&action.buffers[0], "\x82\xFF\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00", 14);
    assert_ptr_equal(action.buffers[1].Data.pbBuffer, payload);
    assert_int_equal(action.buffers[1].Data.ulBufferLength, 65536);
    complete(client, &action);
    assert_memory_equal(payload, make_payload(65536), 65536);
}

static void a_close_with_masking_disabled_has_its_status_in_the_header(void)
{
    WEB_SOCKET_HANDLE client = open_unmasked_client();
    struct action action;

    send_close(client, 1001, "bye", NULL);
    action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.count, 2);
    expect_buffer(&action.buffers[0], "\x88\x85\x00\x00\x00\x00\x03\xE9", 8);
    expect_buffer(&action.buffers[1], "bye", 3);
}

/* One WebSocketSend is one frame, whatever its length: nothing limits it to a buffer of the library's. */
static void a_message_of_a_server_is_one_frame_at_the_smallest_buffers(void)
{
    WEB_SOCKET_HANDLE server =
        open_server(&(struct session_options){.receive_buffer = 256, .send_buffer = 16});
    uint8_t *payload = make_payload(1000000);
    struct action action;

    send_data(server, BINARY_MESSAGE, payload, 1000000, NULL);
    action = next_action(server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.count, 2);
    expect_buffer(&action.buffers[0], "\x82\x7F\x00\x00\x00\x00\x00\x0F\x42\x40", 10);
    assert_int_equal(action.buffers[1].Data.ulBufferLength, 1000000);
    complete(server, &action);
    action = next_action(server, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
}

static void the_buffer_type_is_that_of_the_operation(void)
{
    static const WEB_SOCKET_BUFFER_TYPE types[] = {
        UTF8_FRAGMENT, PING_PONG, UTF8_MESSAGE, BINARY_FRAGMENT, BINARY_MESSAGE, UNSOLICITED_PONG, CLOSE};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);

        for (size_t i = 0; i < COUNT_OF(types); i++)
            send_nothing(handle, types[i], NULL);
        for (size_t i = 0; i < COUNT_OF(types); i++) {
            struct action action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);

            assert_int_equal(action.type, types[i]);
            complete(handle, &action);
            action = next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
            assert_int_equal(action.type, types[i]);
            complete(handle, &action);
        }
    }
}

/* ---- One buffer ---- */

/* The next action of a caller that takes one buffer only. */
static struct action next_of_one(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION wanted)
{
    struct action action = get_action(handle, SEND_QUEUE, 1);

    assert_result(S_OK, action.result);
    assert_int_equal(action.action, wanted);
    assert_true(block_untouched(&action.buffers[1], sizeof action.buffers[1]));
    return action;
}

static void with_room_for_one_buffer_header_and_payload_are_two_actions(void)
{
    for (unsigned masking = 0; masking < 2; masking++) {
        WEB_SOCKET_HANDLE handle = masking == 0 ? open_server(NULL) : open_unmasked_client();
        uint8_t *payload = make_payload(300);
        struct action action;

        send_data(handle, BINARY_MESSAGE, payload, 300, payload);
        action = next_of_one(handle, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        if (masking == 0)
            expect_buffer(&action.buffers[0], "\x82\x7E\x01\x2C", 4);
        else
            expect_buffer(&action.buffers[0], "\x82\xFE\x01\x2C\x00\x00\x00\x00", 8);
        assert_ptr_equal(action.application, payload);
        complete(handle, &action);

        action = next_of_one(handle, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        assert_ptr_equal(action.buffers[0].Data.pbBuffer, payload);
        assert_int_equal(action.buffers[0].Data.ulBufferLength, 300);
        assert_int_equal(action.type, BINARY_MESSAGE);
        assert_ptr_equal(action.application, payload);
        complete(handle, &action);

        action = next_of_one(handle, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
        complete(handle, &action);
        action = next_of_one(handle, WEB_SOCKET_NO_ACTION);
    }
}

static void with_room_for_one_buffer_a_frame_without_payload_is_one_action(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    struct action action;

    send_nothing(server, PING_PONG, NULL);
    action = next_of_one(server, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    expect_buffer(&action.buffers[0], "\x89\x00", 2);
    complete(server, &action);
    next_of_one(server, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
}

static void with_room_for_one_buffer_the_close_reason_is_an_action_of_its_own(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    struct action action;

    send_close(server, 1001, "bye", NULL);
    action = next_of_one(server, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    expect_buffer(&action.buffers[0], "\x88\x05\x03\xE9", 4);
    complete(server, &action);
    action = next_of_one(server, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    expect_buffer(&action.buffers[0], "bye", 3);
    complete(server, &action);
    next_of_one(server, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
}

/* A client's control frames are always one action, section 7. */
static void with_room_for_one_buffer_a_close_with_masking_disabled_is_one_action(void)
{
    WEB_SOCKET_HANDLE client = open_unmasked_client();
    struct action action;

    send_close(client, 1001, "bye", NULL);
    action = next_of_one(client, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    expect_buffer(&action.buffers[0],
                  "\x88\x85\x00\x00\x00\x00\x03\xE9"
                  "bye",
                  11);
    complete(client, &action);
    next_of_one(client, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
}

/* A caller may change its mind between header and payload. */
static void the_second_half_comes_alone_with_room_for_two_as_well(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    struct action action;

    send_data(server, UTF8_MESSAGE, "Hello", 5, NULL);
    action = next_of_one(server, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    complete(server, &action);
    action = next_action(server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.count, 1);
    expect_buffer(&action.buffers[0], "Hello", 5);
    complete(server, &action);
    next_action(server, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
}

const struct api_case send_buffers_cases[] = {
    API_CASE(RULE_NET, a_server_returns_its_header_and_the_callers_payload),
    API_CASE(RULE_NET, a_server_sends_no_second_buffer_without_a_payload),
    API_CASE(RULE_NET, the_header_of_a_servers_close_has_the_status),
    API_CASE(RULE_NET, a_servers_close_without_a_reason_is_one_buffer),
    API_CASE(RULE_DOC, a_client_with_masking_disabled_sends_the_key_0_and_the_callers_payload),
    API_CASE(RULE_CHOICE, a_close_with_masking_disabled_has_its_status_in_the_header),
    API_CASE(RULE_NET, a_message_of_a_server_is_one_frame_at_the_smallest_buffers),
    API_CASE(RULE_DOC, the_buffer_type_is_that_of_the_operation),
    API_CASE(RULE_CHOICE, with_room_for_one_buffer_header_and_payload_are_two_actions),
    API_CASE(RULE_CHOICE, with_room_for_one_buffer_a_frame_without_payload_is_one_action),
    API_CASE(RULE_CHOICE, with_room_for_one_buffer_the_close_reason_is_an_action_of_its_own),
    API_CASE(RULE_CHOICE, with_room_for_one_buffer_a_close_with_masking_disabled_is_one_action),
    API_CASE(RULE_CHOICE, the_second_half_comes_alone_with_room_for_two_as_well),
    API_CASES_END,
};
