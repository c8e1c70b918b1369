/*
 * Sending, section 5 of the specification: which frame each WebSocketSend becomes, whatever the role.
 */
#include "api_tests.h"
#include "play.h"

/* ---- Types ---- */

struct typed_send {
    WEB_SOCKET_BUFFER_TYPE type;
    unsigned first; /* the frame's first byte */
};

/* Each row is one session: operations in order, and the first byte of each one's frame. */
static const struct {
    const char *row;
    struct typed_send sends[6];
    size_t count;
} typed_rows[] = {
    {"a text message", {{UTF8_MESSAGE, 0x81}}, 1},
    {"a binary message", {{BINARY_MESSAGE, 0x82}}, 1},
    {"text in two fragments", {{UTF8_FRAGMENT, 0x01}, {UTF8_MESSAGE, 0x80}}, 2},
    {"text in three fragments", {{UTF8_FRAGMENT, 0x01}, {UTF8_FRAGMENT, 0x00}, {UTF8_MESSAGE, 0x80}}, 3},
    {"binary in two fragments", {{BINARY_FRAGMENT, 0x02}, {BINARY_MESSAGE, 0x80}}, 2},
    {"binary in three fragments",
     {{BINARY_FRAGMENT, 0x02}, {BINARY_FRAGMENT, 0x00}, {BINARY_MESSAGE, 0x80}},
     3},
    {"text, then binary", {{UTF8_MESSAGE, 0x81}, {BINARY_MESSAGE, 0x82}}, 2},
    {"fragments, then binary fragments",
     {{UTF8_FRAGMENT, 0x01},
      {UTF8_MESSAGE, 0x80},
      {BINARY_FRAGMENT, 0x02},
      {BINARY_MESSAGE, 0x80},
      {UTF8_MESSAGE, 0x81}},
     5},
    {"control frames between fragments",
     {{UTF8_FRAGMENT, 0x01},
      {PING_PONG, 0x89},
      {UTF8_FRAGMENT, 0x00},
      {UNSOLICITED_PONG, 0x8A},
      {UTF8_MESSAGE, 0x80}},
     5},
    {"a close between fragments", {{BINARY_FRAGMENT, 0x02}, {CLOSE, 0x88}}, 2},
    {"a ping", {{PING_PONG, 0x89}}, 1},
    {"an unsolicited pong", {{UNSOLICITED_PONG, 0x8A}}, 1},
    {"a close without a body", {{CLOSE, 0x88}}, 1},
};

static bool is_control(WEB_SOCKET_BUFFER_TYPE type)
{
    return type == CLOSE || type == PING_PONG || type == UNSOLICITED_PONG;
}

static void each_type_becomes_its_frame_as(enum role role, size_t row)
{
    WEB_SOCKET_HANDLE handle = open_role(role, NULL);
    struct stream sent = {NULL, 0};

    for (size_t i = 0; i < typed_rows[row].count; i++) {
        WEB_SOCKET_BUFFER_TYPE type = typed_rows[row].sends[i].type;

        if (is_control(type))
            send_nothing(handle, type, NULL);
        else
            send_data(handle, type, "Hello", 5, NULL);
    }
    stream_output(&sent, handle);
    for (size_t i = 0; i < typed_rows[row].count; i++) {
        bool control = is_control(typed_rows[row].sends[i].type);

        expect_frame(typed_rows[row].row, &sent, role, typed_rows[row].sends[i].first, "Hello",
                     control ? 0 : 5);
    }
    assert_int_equal(sent.size, 0);
}

static void each_type_becomes_its_frame(void)
{
    for (size_t row = 0; row < COUNT_OF(typed_rows); row++) {
        each_type_becomes_its_frame_as(ROLE_CLIENT, row);
        each_type_becomes_its_frame_as(ROLE_SERVER, row);
    }
}

/* ---- Lengths ---- */

/* RFC 6455, 5.2: the shortest form; the header of a binary message without the mask bit. */
static const struct {
    size_t size;
    const char *header;
    size_t header_size;
} length_rows[] = {
    {0, "\x82\x00", 2},
    {1, "\x82\x01", 2},
    {125, "\x82\x7D", 2},
    {126, "\x82\x7E\x00\x7E", 4},
    {127, "\x82\x7E\x00\x7F", 4},
    {65535, "\x82\x7E\xFF\xFF", 4},
    {65536, "\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10},
    {100000, "\x82\x7F\x00\x00\x00\x00\x00\x01\x86\xA0", 10},
};

static void a_length_takes_its_shortest_form(void)
{
    for (size_t row = 0; row < COUNT_OF(length_rows); row++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            WEB_SOCKET_HANDLE handle = open_role(role, NULL);
            uint8_t *payload = make_payload(length_rows[row].size);
            struct stream sent = {NULL, 0};
            uint8_t header[10];

            memcpy(header, length_rows[row].header, length_rows[row].header_size);
            header[1] |= role == ROLE_CLIENT ? 0x80 : 0;
            send_data(handle, BINARY_MESSAGE, payload, length_rows[row].size, NULL);
            stream_output(&sent, handle);
            assert_true(sent.size >= length_rows[row].header_size);
            assert_memory_equal(sent.bytes, header, length_rows[row].header_size);
            expect_frame(role_name(role), &sent, role, FIN | OP_BINARY, payload, length_rows[row].size);
            assert_int_equal(sent.size, 0);
        }
    }
}

static void no_buffer_or_an_empty_one_is_an_empty_payload(void)
{
    static const struct typed_send types[] = {
        {UTF8_MESSAGE, 0x81}, {BINARY_MESSAGE, 0x82}, {UTF8_FRAGMENT, 0x01}, {BINARY_FRAGMENT, 0x02}};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            for (unsigned how = 0; how < 3; how++) {
                WEB_SOCKET_HANDLE handle = open_role(role, NULL);
                struct action action;
                struct stream sent = {NULL, 0};

                if (how == 0)
                    send_nothing(handle, types[i].type, NULL);
                else
                    send_data(handle, types[i].type, how == 1 ? NULL : heap_block(0), 0, NULL);
                action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
                assert_int_equal(action.count, 1);
                stream_action(&sent, &action);
                expect_frame(role_name(role), &sent, role, types[i].first, NULL, 0);
                assert_int_equal(sent.size, 0);
            }
        }
    }
}

/* ---- Control frames ---- */

static void pings_and_pongs_are_empty(void)
{
    static const uint8_t ping_and_pong[] = {0x89, 0x00, 0x8A, 0x00};
    WEB_SOCKET_HANDLE handle = open_server(NULL);
    struct stream sent = {NULL, 0};

    send_nothing(handle, PING_PONG, NULL);
    send_nothing(handle, UNSOLICITED_PONG, NULL);
    stream_output(&sent, handle);
    assert_int_equal(sent.size, sizeof ping_and_pong);
    assert_memory_equal(sent.bytes, ping_and_pong, sizeof ping_and_pong);
}

static void a_close_carries_its_status_and_reason(void)
{
    static const uint8_t bye[] = {0x88, 0x05, 0x03, 0xE9, 'b', 'y', 'e'};
    char longest[123 + 1];

    memset(longest, 'r', 123);
    longest[123] = '\0';
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        static const char *const reasons[] = {"bye", NULL, "longest"};

        for (size_t i = 0; i < COUNT_OF(reasons); i++) {
            const char *reason = i == 2 ? longest : reasons[i];
            WEB_SOCKET_HANDLE handle = open_role(role, NULL);
            struct stream sent = {NULL, 0};

            send_close(handle, 1001, reason, NULL);
            stream_output(&sent, handle);
            if (role == ROLE_SERVER && i == 0) {
                assert_int_equal(sent.size, sizeof bye);
                assert_memory_equal(sent.bytes, bye, sizeof bye);
            }
            expect_close_frame(role_name(role), &sent, role, 1001, reason);
            assert_int_equal(sent.size, 0);
        }
    }
}

static void a_close_without_a_buffer_has_no_body(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream sent = {NULL, 0};

        send_nothing(handle, CLOSE, NULL);
        stream_output(&sent, handle);
        expect_close_frame(role_name(role), &sent, role, 1005, NULL);
        assert_int_equal(sent.size, 0);
    }
}

static void expect_no_body(USHORT status)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream sent = {NULL, 0};

        send_close(handle, status, NULL, NULL);
        stream_output(&sent, handle);
        expect_close_frame(role_name(role), &sent, role, 1005, NULL);
        assert_int_equal(sent.size, 0);
    }
}

static void close_status_1005_means_no_body(void)
{
    expect_no_body(WEB_SOCKET_EMPTY_CLOSE_STATUS);
}

/* A server echoes the status of every CLOSE that it is given, that of a cancelled receive too. */
static void close_status_1006_means_no_body(void)
{
    expect_no_body(WEB_SOCKET_ABORTED_CLOSE_STATUS);
}

/* ---- Payloads and operations ---- */

static void outgoing_text_is_not_verified(void)
{
    static const uint8_t utf16[] = {0xFF, 0xFE, 'H', 0x00, 0x00, 0xD8};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream sent = {NULL, 0};

        send_data(handle, UTF8_MESSAGE, utf16, sizeof utf16, NULL);
        stream_output(&sent, handle);
        expect_frame(role_name(role), &sent, role, FIN | OP_TEXT, utf16, sizeof utf16);
    }
}

static void the_buffer_structure_is_copied_during_the_call(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        uint8_t *payload = make_payload(20);
        WEB_SOCKET_BUFFER buffer;
        struct stream sent = {NULL, 0};

        memset(&buffer, 0, sizeof buffer);
        buffer.Data.pbBuffer = payload;
        buffer.Data.ulBufferLength = 20;
        assert_result(S_OK, ws->Send(handle, BINARY_MESSAGE, &buffer, NULL));
        buffer.Data.pbBuffer = NULL;
        buffer.Data.ulBufferLength = 7;
        stream_output(&sent, handle);
        expect_frame(role_name(role), &sent, role, FIN | OP_BINARY, payload, 20);
    }
}

#define MANY 1000u

static void any_number_of_operations_is_sent_in_order(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        uint8_t *payload = heap_block(2 * MANY);

        for (unsigned i = 0; i < MANY; i++) {
            payload[2 * i] = (uint8_t)(i >> 8);
            payload[2 * i + 1] = (uint8_t)(i & 0xFF);
            send_data(handle, i % 2 != 0 ? UTF8_MESSAGE : BINARY_MESSAGE, payload + 2 * i, 2, payload + i);
        }
        for (unsigned i = 0; i < MANY; i++) {
            struct action action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            struct stream sent = {NULL, 0};

            assert_ptr_equal(action.application, payload + i);
            stream_action(&sent, &action);
            expect_frame(role_name(role), &sent, role, FIN | (i % 2 != 0 ? OP_TEXT : OP_BINARY),
                         payload + 2 * i, 2);
            complete(handle, &action);
            action = next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
            assert_ptr_equal(action.application, payload + i);
            complete(handle, &action);
        }
        expect_no_action(handle, SEND_QUEUE);
    }
}

static void what_one_side_sends_the_other_receives(void)
{
    static const size_t sizes[] = {0, 1, 125, 126, 127, 4096, 65535, 65536, 100000};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct pair pair = open_pair(NULL, NULL);
        WEB_SOCKET_HANDLE ends[2] = {pair.client, pair.server};
        uint8_t *text = make_text(sizes[i]);

        for (unsigned from = 0; from < 2; from++) {
            struct stream sent = {NULL, 0};
            struct feeder feeder;
            struct action action;

            send_data(ends[from], UTF8_MESSAGE, text, sizes[i], NULL);
            stream_output(&sent, ends[from]);
            receive(ends[1 - from], heap_block(sizes[i] + 1), sizes[i] + 1, NULL);
            feeder = feeder_start(ends[1 - from], sent.bytes, sent.size, 0);
            action = feeder_next(&feeder);
            expect_indication(ends[1 - from], &action, UTF8_MESSAGE, text, sizes[i]);
        }
    }
}

const struct api_case send_frames_cases[] = {
    API_CASE(RULE_DOC, each_type_becomes_its_frame),
    API_CASE(RULE_RFC, a_length_takes_its_shortest_form),
    API_CASE(RULE_DOC, no_buffer_or_an_empty_one_is_an_empty_payload),
    API_CASE(RULE_DOC, pings_and_pongs_are_empty),
    API_CASE(RULE_DOC, a_close_carries_its_status_and_reason),
    API_CASE(RULE_NET, a_close_without_a_buffer_has_no_body),
    API_CASE(RULE_TRACE, close_status_1005_means_no_body),
    API_CASE(RULE_APPS, close_status_1006_means_no_body),
    API_CASE(RULE_CHOICE, outgoing_text_is_not_verified),
    API_CASE(RULE_DOC, the_buffer_structure_is_copied_during_the_call),
    API_CASE(RULE_DOC, any_number_of_operations_is_sent_in_order),
    API_CASE(RULE_DOC, what_one_side_sends_the_other_receives),
    API_CASES_END,
};
