/*
 * .NET's WebSocket on our library: closing, and the abort that ends a session when something failed.
 */
#include "api_tests.h"

#include "caller_net_wire.h"

static const char longest_reason[] =
    "a reason of 123 bytes, which is all that a close frame has room for beside its status: "
    "one more would be one too many: end.";

/* ---- Closing ---- */

static const struct {
    USHORT status;
    const char *reason;
} closes[] = {
    {WEB_SOCKET_SUCCESS_CLOSE_STATUS, NULL},
    {WEB_SOCKET_ENDPOINT_UNAVAILABLE_CLOSE_STATUS, "going"},
    {WEB_SOCKET_EMPTY_CLOSE_STATUS, NULL},
    {4999, longest_reason},
};

/* The peer's close as a frame of the input. */
static void peer_closes(struct net_wire *wire, USHORT status, const char *reason)
{
    if (status == WEB_SOCKET_EMPTY_CLOSE_STATUS)
        stream_frame(&wire->input, wire->role, FIN | OP_CLOSE, NULL, 0);
    else
        stream_close(&wire->input, wire->role, status, reason);
}

static void the_session_closes_first(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t i = 0; i < COUNT_OF(closes); i++) {
            struct net_wire wire;

            wire_open(&wire, role, 256, 16);
            peer_closes(&wire, closes[i].status, closes[i].reason);
            assert_true(net_close_output(&wire.socket, closes[i].status, closes[i].reason));
            wire_expect_sent_close(&wire, closes[i].status, closes[i].reason);
            assert_int_equal(wire.socket.state, NET_CLOSE_SENT);
            wire_expect_close(&wire, closes[i].status, closes[i].reason);
            assert_int_equal(wire.socket.state, NET_CLOSED);
            wire_close(&wire);
        }
    }
}

static void the_peer_closes_first(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t i = 0; i < COUNT_OF(closes); i++) {
            struct net_wire wire;

            wire_open(&wire, role, 256, 16);
            peer_closes(&wire, closes[i].status, closes[i].reason);
            wire_expect_close(&wire, closes[i].status, closes[i].reason);
            assert_int_equal(wire.socket.state, NET_CLOSE_RECEIVED);
            assert_true(net_send(&wire.socket, UTF8_MESSAGE, "a last word", 11));
            wire_expect_sent(&wire, FIN | OP_TEXT, "a last word", 11);
            assert_true(net_close_output(&wire.socket, closes[i].status, closes[i].reason));
            wire_expect_sent_close(&wire, closes[i].status, closes[i].reason);
            assert_int_equal(wire.socket.state, NET_CLOSED);
            wire_close(&wire);
        }
    }
}

/* After the close the queue is asked once more, and must not fail for what lies behind it. */
static void bytes_behind_the_peers_close_do_no_harm(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct net_wire wire;

        wire_open(&wire, role, 256, 16);
        stream_close(&wire.input, role, 1000, "bye");
        stream_bytes(&wire.input, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
        wire_expect_close(&wire, 1000, "bye");
        assert_true(net_close_output(&wire.socket, 1000, NULL));
        wire_expect_sent_close(&wire, 1000, NULL);
        assert_int_equal(wire.socket.state, NET_CLOSED);
        wire_close(&wire);
    }
}

static void messages_still_arrive_after_the_close_was_sent(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct net_wire wire;

        wire_open(&wire, role, 256, 16);
        stream_frame(&wire.input, role, FIN | OP_TEXT, "late", 4);
        stream_close(&wire.input, role, 1000, NULL);
        assert_true(net_close_output(&wire.socket, 1000, NULL));
        wire_expect_sent_close(&wire, 1000, NULL);
        wire_expect_message(&wire, NET_TEXT, "late", 4);
        wire_expect_close(&wire, 1000, NULL);
        assert_int_equal(wire.socket.state, NET_CLOSED);
        wire_close(&wire);
    }
}

/* ---- Closing and pings ---- */

/* The library answers pings even now; .NET completes each pong with 0 bytes instead of writing it. */
static void pongs_are_completed_with_0_after_the_close_was_sent(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct net_wire wire;

        wire_open(&wire, role, 256, 16);
        stream_frame(&wire.input, role, FIN | OP_PING, "one", 3);
        stream_frame(&wire.input, role, FIN | OP_PING, NULL, 0);
        stream_frame(&wire.input, role, FIN | OP_TEXT, "late", 4);
        stream_frame(&wire.input, role, FIN | OP_PING, make_payload(125), 125);
        stream_close(&wire.input, role, 1000, NULL);
        assert_true(net_close_output(&wire.socket, 1000, NULL));
        wire_expect_sent_close(&wire, 1000, NULL);
        wire_expect_message(&wire, NET_TEXT, "late", 4);
        wire_expect_close(&wire, 1000, NULL);
        wire_expect_silence(&wire);
        assert_int_equal(wire.socket.state, NET_CLOSED);
        wire_close(&wire);
    }
}

static void close_meanwhile(struct net_wire *wire)
{
    assert_that(net_close_output(&wire->socket, 1001, longest_reason), "%s: %s", role_name(wire->role),
                wire->socket.violation);
}

/*
 * The close is asked for with the lock held, and the pong can be completed only by whoever gets that lock: a
 * close that waits for the pong waits for ever. It must not even matter how long the close frame is.
 */
static void a_close_goes_out_while_a_pong_is_being_written(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct net_wire wire;

        wire_open(&wire, role, 256, 16);
        stream_frame(&wire.input, role, FIN | OP_PING, make_payload(125), 125);
        stream_close(&wire.input, role, 1001, NULL);
        wire.meanwhile_writing = close_meanwhile;
        wire_expect_close(&wire, 1001, NULL);
        wire_expect_sent(&wire, FIN | OP_PONG, make_payload(125), 125);
        wire_expect_sent_close(&wire, 1001, longest_reason);
        wire_expect_silence(&wire);
        assert_int_equal(wire.socket.state, NET_CLOSED);
        wire_close(&wire);
    }
}

static void keep_alive_meanwhile(struct net_wire *wire)
{
    assert_that(net_keep_alive(&wire->socket), "%s: %s", role_name(wire->role), wire->socket.violation);
}

/* The timer's thread holds the lock in the same way. */
static void a_keep_alive_goes_out_while_a_pong_is_being_written(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct net_wire wire;

        wire_open(&wire, role, 256, 16);
        stream_frame(&wire.input, role, FIN | OP_PING, "ping", 4);
        stream_frame(&wire.input, role, FIN | OP_TEXT, "message", 7);
        wire.meanwhile_writing = keep_alive_meanwhile;
        wire_expect_message(&wire, NET_TEXT, "message", 7);
        wire_expect_sent(&wire, FIN | OP_PONG, "ping", 4);
        wire_expect_sent(&wire, FIN | OP_PONG, NULL, 0);
        wire_expect_silence(&wire);
        wire_close(&wire);
    }
}

/* ---- Abort ---- */

static void abort_drains_both_queues_with_one_buffer(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        static const uint8_t payload[1000];
        struct net_wire wire;

        wire_open(&wire, role, 256, 16);
        send_data(wire.socket.handle, BINARY_MESSAGE, payload, sizeof payload, NULL);
        send_nothing(wire.socket.handle, UNSOLICITED_PONG, NULL);
        send_close(wire.socket.handle, 1000, "bye", NULL);
        receive(wire.socket.handle, NULL, 0, NULL);
        receive(wire.socket.handle, NULL, 0, NULL);
        net_abort(&wire.socket);
        assert_int_equal(wire.socket.drained_sends, 3);
        assert_int_equal(wire.socket.drained_receives, 2);
        wire_expect_silence(&wire);
        wire_close(&wire);
    }
}

/* The read ends with 0 bytes: the receive is completed with that, and comes back. */
static void a_lost_connection_aborts_the_receive(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        uint8_t buffer[16];
        struct net_result result;
        struct net_wire wire;

        wire_open(&wire, role, 256, 16);
        stream_bytes(&wire.input, "\x81", 1);
        assert_false(net_receive(&wire.socket, buffer, sizeof buffer, &result));
        assert_result(S_OK, wire.socket.error);
        assert_int_equal(wire.socket.drained_receives, 1);
        assert_int_equal(wire.socket.drained_sends, 0);
        wire_close(&wire);
    }
}

static void a_lost_connection_aborts_the_send(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        static const uint8_t payload[1000];

        for (size_t room = 0; room < 40; room++) {
            struct net_wire wire;

            wire_open(&wire, role, 256, 16);
            wire.output_room = room;
            assert_false(net_send(&wire.socket, BINARY_MESSAGE, payload, sizeof payload));
            assert_result(S_OK, wire.socket.error);
            assert_int_equal(wire.socket.drained_sends, 1);
            assert_int_equal(wire.socket.drained_receives, 0);
            wire_close(&wire);
            memory_release();
        }
    }
}

static void abort_meanwhile(struct net_wire *wire)
{
    net_abort(&wire->socket);
}

/* The read is outstanding, so that the queue has nothing to give back; nor may it hand the buffer out anew.
 */
static void abort_while_another_thread_reads(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        uint8_t buffer[16];
        struct net_result result;
        struct net_wire wire;

        wire_open(&wire, role, 256, 16);
        stream_frame(&wire.input, role, FIN | OP_TEXT, "too late", 8);
        wire.meanwhile_reading = abort_meanwhile;
        assert_false(net_receive(&wire.socket, buffer, sizeof buffer, &result));
        assert_int_equal(wire.socket.state, NET_ABORTED);
        assert_int_equal(wire.socket.drained_receives, 0);
        wire_close(&wire);
    }
}

static void abort_while_another_thread_writes(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        static const uint8_t payload[1000];
        struct net_wire wire;

        wire_open(&wire, role, 256, 16);
        wire.meanwhile_writing = abort_meanwhile;
        assert_false(net_send(&wire.socket, BINARY_MESSAGE, payload, sizeof payload));
        assert_int_equal(wire.socket.state, NET_ABORTED);
        assert_int_equal(wire.socket.drained_sends, 0);
        wire_close(&wire);
    }
}

/* The send and the receive that wait for the pong come back; the pong itself is in the reading thread's
 * hands. */
static void send_and_abort_meanwhile(struct net_wire *wire)
{
    static const uint8_t payload[1000];

    send_data(wire->socket.handle, BINARY_MESSAGE, payload, sizeof payload, NULL);
    net_abort(&wire->socket);
    assert_int_equal(wire->socket.drained_sends, 1);
    assert_int_equal(wire->socket.drained_receives, 1);
}

static void abort_while_a_pong_is_being_written(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        uint8_t buffer[16];
        struct net_result result;
        struct net_wire wire;

        wire_open(&wire, role, 256, 16);
        stream_frame(&wire.input, role, FIN | OP_PING, "ping", 4);
        wire.meanwhile_writing = send_and_abort_meanwhile;
        assert_false(net_receive(&wire.socket, buffer, sizeof buffer, &result));
        wire_expect_sent(&wire, FIN | OP_PONG, "ping", 4);
        wire_expect_silence(&wire);
        wire_close(&wire);
    }
}

const struct api_case caller_net_close_cases[] = {
    API_CASE(RULE_NET, the_session_closes_first),
    API_CASE(RULE_NET, the_peer_closes_first),
    API_CASE(RULE_NET, bytes_behind_the_peers_close_do_no_harm),
    API_CASE(RULE_NET, messages_still_arrive_after_the_close_was_sent),
    API_CASE(RULE_NET, pongs_are_completed_with_0_after_the_close_was_sent),
    API_CASE(RULE_NET, a_close_goes_out_while_a_pong_is_being_written),
    API_CASE(RULE_NET, a_keep_alive_goes_out_while_a_pong_is_being_written),
    API_CASE(RULE_NET, abort_drains_both_queues_with_one_buffer),
    API_CASE(RULE_NET, a_lost_connection_aborts_the_receive),
    API_CASE(RULE_NET, a_lost_connection_aborts_the_send),
    API_CASE(RULE_NET, abort_while_another_thread_reads),
    API_CASE(RULE_NET, abort_while_another_thread_writes),
    API_CASE(RULE_NET, abort_while_a_pong_is_being_written),
    API_CASES_END,
};
