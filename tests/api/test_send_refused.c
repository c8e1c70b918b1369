/*
 * Sending, section 5 of the specification: what WebSocketSend refuses. A refused call queues nothing and
 * changes nothing.
 */
#include "api_tests.h"
#include "play.h"

/* ---- Helpers ---- */

static WEB_SOCKET_BUFFER data_buffer(uint8_t *bytes, ULONG size)
{
    WEB_SOCKET_BUFFER buffer;

    memset(&buffer, 0, sizeof buffer);
    buffer.Data.pbBuffer = bytes;
    buffer.Data.ulBufferLength = size;
    return buffer;
}

static WEB_SOCKET_BUFFER close_buffer(USHORT status, uint8_t *reason, ULONG size)
{
    WEB_SOCKET_BUFFER buffer;

    memset(&buffer, 0, sizeof buffer);
    buffer.CloseStatus.pbReason = reason;
    buffer.CloseStatus.ulReasonLength = size;
    buffer.CloseStatus.usStatus = status;
    return buffer;
}

/* The handle has nothing queued, and a message still goes out as if nothing had happened. */
static void expect_unchanged(const char *row, WEB_SOCKET_HANDLE handle, enum role role)
{
    struct stream sent = {NULL, 0};

    expect_no_action(handle, SEND_QUEUE);
    expect_no_action(handle, ALL_QUEUES);
    send_data(handle, UTF8_MESSAGE, "ok", 2, NULL);
    stream_output(&sent, handle);
    expect_frame(row, &sent, role, FIN | OP_TEXT, "ok", 2);
    assert_int_equal(sent.size, 0);
}

static void refuse(const char *row, WEB_SOCKET_BUFFER_TYPE type, WEB_SOCKET_BUFFER *buffer)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);

        assert_result_for(row, E_INVALIDARG, ws->Send(handle, type, buffer, NULL));
        expect_unchanged(row, handle, role);
    }
}

/* ---- Arguments ---- */

static void a_null_payload_with_a_length_is_refused(void)
{
    static const WEB_SOCKET_BUFFER_TYPE types[] = {UTF8_MESSAGE, UTF8_FRAGMENT, BINARY_MESSAGE,
                                                   BINARY_FRAGMENT};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        WEB_SOCKET_BUFFER one = data_buffer(NULL, 1);
        WEB_SOCKET_BUFFER absurd = data_buffer(NULL, 0xFFFFFFFFu);

        refuse("length 1", types[i], &one);
        refuse("length 2^32 - 1", types[i], &absurd);
    }
}

static void a_ping_with_a_buffer_is_refused(void)
{
    WEB_SOCKET_BUFFER payload = data_buffer(heap_block(4), 4);
    WEB_SOCKET_BUFFER empty = data_buffer(NULL, 0);

    refuse("with a payload", PING_PONG, &payload);
    refuse("with an empty payload", PING_PONG, &empty);
}

static void an_unsolicited_pong_with_a_buffer_is_refused(void)
{
    WEB_SOCKET_BUFFER payload = data_buffer(heap_block(4), 4);
    WEB_SOCKET_BUFFER empty = data_buffer(NULL, 0);

    refuse("with a payload", UNSOLICITED_PONG, &payload);
    refuse("with an empty payload", UNSOLICITED_PONG, &empty);
}

static void an_unknown_type_is_refused(void)
{
    static const uint32_t types[] = {0x200,      0x201,      0x1000,     0x7FFFFFFF,
                                     0x80000007, 0x80000008, 0x80000081, 0xFFFFFFFF};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        WEB_SOCKET_BUFFER buffer = data_buffer(heap_block(4), 4);

        refuse("with a payload", (WEB_SOCKET_BUFFER_TYPE)(int32_t)types[i], &buffer);
        refuse("without a buffer", (WEB_SOCKET_BUFFER_TYPE)(int32_t)types[i], NULL);
    }
}

static void an_unknown_handle_is_refused(void)
{
    WEB_SOCKET_HANDLE handle = open_server(NULL);

    delete_handle(handle);
    assert_result(E_HANDLE, ws->Send(NULL, PING_PONG, NULL, NULL));
    assert_result(E_HANDLE, ws->Send(handle, PING_PONG, NULL, NULL));
}

/* ---- Close frames ---- */

static void a_status_below_1000_or_1015_is_refused(void)
{
    static const USHORT refused[] = {0, 1, 500, 999, 1015};

    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        WEB_SOCKET_BUFFER bare = close_buffer(refused[i], NULL, 0);
        WEB_SOCKET_BUFFER reason = close_buffer(refused[i], heap_copy("bye", 3), 3);

        refuse("without a reason", CLOSE, &bare);
        refuse("with a reason", CLOSE, &reason);
    }
}

/* Which one is the caller's decision: .NET lets them through to us, and tests written on Windows expect 65535. */
static void every_other_status_goes_out_as_it_is(void)
{
    static const USHORT allowed[] = {1000, 1001, 1002, 1003, 1004, 1007, 1008, 1009,  1010,  1011, 1012,
                                     1013, 1014, 1016, 1017, 1100, 1999, 2000, 2999,  3000,  3001, 3999,
                                     4000, 4001, 4999, 5000, 5001, 6000, 9999, 32768, 65534, 65535};

    for (size_t i = 0; i < COUNT_OF(allowed); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            for (unsigned reason = 0; reason < 2; reason++) {
                WEB_SOCKET_HANDLE handle = open_role(role, NULL);
                struct stream sent = {NULL, 0};

                send_close(handle, allowed[i], reason != 0 ? "bye" : NULL, NULL);
                stream_output(&sent, handle);
                expect_close_frame(role_name(role), &sent, role, allowed[i], reason != 0 ? "bye" : NULL);
                assert_int_equal(sent.size, 0);
            }
        }
    }
}

static void a_reason_over_123_bytes_is_refused(void)
{
    WEB_SOCKET_BUFFER over = close_buffer(1000, heap_block(124), 124);
    WEB_SOCKET_BUFFER far_over = close_buffer(1000, heap_block(70000), 70000);
    WEB_SOCKET_BUFFER absurd = close_buffer(1000, heap_block(1), 0xFFFFFFFFu);

    refuse("124 bytes", CLOSE, &over);
    refuse("70000 bytes", CLOSE, &far_over);
    refuse("2^32 - 1 bytes", CLOSE, &absurd);
}

/* Our choice: the rule for payloads goes for reasons too. */
static void a_null_reason_with_a_length_is_refused(void)
{
    WEB_SOCKET_BUFFER buffer = close_buffer(1000, NULL, 3);

    refuse("length 3", CLOSE, &buffer);
}

static void expect_no_reason_allowed(USHORT status)
{
    WEB_SOCKET_BUFFER reason = close_buffer(status, heap_copy("bye", 3), 3);
    WEB_SOCKET_BUFFER pointer = close_buffer(status, heap_block(1), 0);
    WEB_SOCKET_BUFFER length = close_buffer(status, NULL, 3);

    refuse("a reason", CLOSE, &reason);
    refuse("a reason of length 0", CLOSE, &pointer);
    refuse("a length without a reason", CLOSE, &length);
}

static void status_1005_with_a_reason_is_refused(void)
{
    expect_no_reason_allowed(WEB_SOCKET_EMPTY_CLOSE_STATUS);
}

static void status_1006_with_a_reason_is_refused(void)
{
    expect_no_reason_allowed(WEB_SOCKET_ABORTED_CLOSE_STATUS);
}

/* ---- Mixing ---- */

static void message_types_do_not_mix(void)
{
    static const struct {
        WEB_SOCKET_BUFFER_TYPE begun;
        WEB_SOCKET_BUFFER_TYPE refused[2];
        WEB_SOCKET_BUFFER_TYPE end;
        unsigned first;
    } rows[] = {
        {UTF8_FRAGMENT, {BINARY_FRAGMENT, BINARY_MESSAGE}, UTF8_MESSAGE, OP_TEXT},
        {BINARY_FRAGMENT, {UTF8_FRAGMENT, UTF8_MESSAGE}, BINARY_MESSAGE, OP_BINARY},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            WEB_SOCKET_HANDLE handle = open_role(role, NULL);
            WEB_SOCKET_BUFFER buffer = data_buffer(heap_copy("x", 1), 1);
            struct stream sent = {NULL, 0};

            send_data(handle, rows[i].begun, "a", 1, NULL);
            for (unsigned k = 0; k < 2; k++) {
                assert_result(E_INVALID_PROTOCOL_OPERATION,
                              ws->Send(handle, rows[i].refused[k], &buffer, NULL));
                assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Send(handle, rows[i].refused[k], NULL, NULL));
            }
            send_nothing(handle, PING_PONG, NULL);
            send_data(handle, rows[i].begun, "b", 1, NULL);
            assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Send(handle, rows[i].refused[0], &buffer, NULL));
            send_data(handle, rows[i].end, "c", 1, NULL);
            assert_result(S_OK, ws->Send(handle, rows[i].refused[0], &buffer, NULL));

            stream_output(&sent, handle);
            expect_frame("begun", &sent, role, rows[i].first, "a", 1);
            expect_frame("ping", &sent, role, FIN | OP_PING, NULL, 0);
            expect_frame("continued", &sent, role, OP_CONTINUATION, "b", 1);
            expect_frame("ended", &sent, role, FIN | OP_CONTINUATION, "c", 1);
            expect_frame("the other type", &sent, role, OP_TEXT + OP_BINARY - rows[i].first, "x", 1);
            assert_int_equal(sent.size, 0);
        }
    }
}

static void a_refused_fragment_begins_no_message(void)
{
    WEB_SOCKET_HANDLE handle = open_server(NULL);
    WEB_SOCKET_BUFFER broken = data_buffer(NULL, 1);
    struct stream sent = {NULL, 0};

    assert_result(E_INVALIDARG, ws->Send(handle, UTF8_FRAGMENT, &broken, NULL));
    send_data(handle, BINARY_FRAGMENT, "a", 1, NULL);
    assert_result(E_INVALIDARG, ws->Send(handle, BINARY_MESSAGE, &broken, NULL));
    send_data(handle, BINARY_MESSAGE, "b", 1, NULL);
    stream_output(&sent, handle);
    expect_frame("begun", &sent, ROLE_SERVER, OP_BINARY, "a", 1);
    expect_frame("ended", &sent, ROLE_SERVER, FIN | OP_CONTINUATION, "b", 1);
    assert_int_equal(sent.size, 0);
}

/* ---- After a close ---- */

/* Both before and after the close frame has gone out. */
static void expect_only_control_frames(WEB_SOCKET_HANDLE handle)
{
    static const WEB_SOCKET_BUFFER_TYPE types[] = {UTF8_MESSAGE, UTF8_FRAGMENT, BINARY_MESSAGE,
                                                   BINARY_FRAGMENT};
    WEB_SOCKET_BUFFER payload = data_buffer(heap_copy("x", 1), 1);
    WEB_SOCKET_BUFFER again = close_buffer(1000, NULL, 0);

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Send(handle, types[i], &payload, NULL));
        assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Send(handle, types[i], NULL, NULL));
    }
    assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Send(handle, CLOSE, &again, NULL));
    assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Send(handle, CLOSE, NULL, NULL));
}

static void after_a_close_no_data_and_no_other_close_is_queued(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream sent = {NULL, 0};

        send_data(handle, UTF8_MESSAGE, "last", 4, NULL);
        send_close(handle, 1000, NULL, NULL);
        expect_only_control_frames(handle);
        stream_output(&sent, handle);
        expect_only_control_frames(handle);
        expect_no_action(handle, SEND_QUEUE);
        expect_frame("data", &sent, role, FIN | OP_TEXT, "last", 4);
        expect_close_frame("close", &sent, role, 1000, NULL);
        assert_int_equal(sent.size, 0);
    }
}

static void after_a_close_pings_and_pongs_are_sent(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream sent = {NULL, 0};

        send_nothing(handle, CLOSE, NULL);
        send_nothing(handle, PING_PONG, NULL);
        stream_output(&sent, handle);
        send_nothing(handle, UNSOLICITED_PONG, NULL);
        stream_output(&sent, handle);
        expect_frame("close", &sent, role, FIN | OP_CLOSE, NULL, 0);
        expect_frame("ping", &sent, role, FIN | OP_PING, NULL, 0);
        expect_frame("pong", &sent, role, FIN | OP_PONG, NULL, 0);
        assert_int_equal(sent.size, 0);
    }
}

/* A close inside a message: the message can no longer be ended, not even in its own type. */
static void a_close_inside_a_message_ends_all_data(void)
{
    WEB_SOCKET_HANDLE handle = open_client(NULL);

    send_data(handle, UTF8_FRAGMENT, "a", 1, NULL);
    send_nothing(handle, CLOSE, NULL);
    expect_only_control_frames(handle);
}

/* A close that was refused does not count. */
static void a_refused_close_closes_nothing(void)
{
    WEB_SOCKET_HANDLE handle = open_client(NULL);
    WEB_SOCKET_BUFFER broken = close_buffer(1015, NULL, 0);

    assert_result(E_INVALIDARG, ws->Send(handle, CLOSE, &broken, NULL));
    send_data(handle, UTF8_MESSAGE, "ok", 2, NULL);
    send_close(handle, 1000, NULL, NULL);
}

const struct api_case send_refused_cases[] = {
    API_CASE(RULE_TRACE, a_null_payload_with_a_length_is_refused),
    API_CASE(RULE_DOC, a_ping_with_a_buffer_is_refused),
    API_CASE(RULE_DOC, an_unsolicited_pong_with_a_buffer_is_refused),
    API_CASE(RULE_DOC, an_unknown_type_is_refused),
    API_CASE(RULE_CHOICE, an_unknown_handle_is_refused),
    API_CASE(RULE_NET, a_status_below_1000_or_1015_is_refused),
    API_CASE(RULE_WIRE, every_other_status_goes_out_as_it_is),
    API_CASE(RULE_DOC, a_reason_over_123_bytes_is_refused),
    API_CASE(RULE_CHOICE, a_null_reason_with_a_length_is_refused),
    API_CASE(RULE_TRACE, status_1005_with_a_reason_is_refused),
    API_CASE(RULE_APPS, status_1006_with_a_reason_is_refused),
    API_CASE(RULE_TRACE, message_types_do_not_mix),
    API_CASE(RULE_TRACE, a_refused_fragment_begins_no_message),
    API_CASE(RULE_DOC, after_a_close_no_data_and_no_other_close_is_queued),
    API_CASE(RULE_DOC, after_a_close_pings_and_pongs_are_sent),
    API_CASE(RULE_DOC, a_close_inside_a_message_ends_all_data),
    API_CASE(RULE_DOC, a_refused_close_closes_nothing),
    API_CASES_END,
};
