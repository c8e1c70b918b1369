/*
 * .NET's WebSocket on our library: the faked handshake, sending and receiving. Closing is in
 * test_caller_net_close.c, two threads at once in test_caller_net_threads.c.
 */
#include "api_tests.h"

#include "accept_key.h"
#include "caller_net_handshake.h"
#include "caller_net_wire.h"

/* ---- Handshake ---- */

/* The model is worth something only if it works out the right answer: RFC 6455, 1.3. */
static void the_callers_own_accept_key_is_right(void)
{
    char accept[ACCEPT_LENGTH + 1];

    accept_key("dGhlIHNhbXBsZSBub25jZQ==", accept);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

static void the_version_is_read_from_a_clients_headers(void)
{
    char version[16];

    net_supported_version(version, sizeof version);
    assert_string_equal(version, "13");
}

/* Odd sizes put the values of the properties at odd addresses. */
static void a_faked_handshake_opens_a_session_of_any_size(void)
{
    static const ULONG receive_sizes[] = {256, 257, 259, 4098, 65536};
    static const ULONG send_sizes[] = {16, 17, 19, 4096, 65536};

    for (size_t i = 0; i < 2 * COUNT_OF(receive_sizes) * COUNT_OF(send_sizes); i++) {
        struct net_options options = {.role = i % 2 == 0 ? ROLE_CLIENT : ROLE_SERVER,
                                      .receive_buffer = receive_sizes[i / 2 % COUNT_OF(receive_sizes)],
                                      .send_buffer = send_sizes[i / 2 / COUNT_OF(receive_sizes)]};
        struct net_wire wire;

        wire_open_with(&wire, &options);
        stream_frame(&wire.input, options.role, FIN | OP_TEXT, "to you", 6);
        assert_true(net_send(&wire.socket, UTF8_MESSAGE, "to them", 7));
        wire_expect_sent(&wire, FIN | OP_TEXT, "to them", 7);
        wire_expect_message(&wire, NET_TEXT, "to you", 6);
        wire_close(&wire);
        memory_release();
    }
}

/* ---- Sending ---- */

static const size_t payload_sizes[] = {0, 1, 2, 3, 10, 125, 126, 127, 1000, 65535, 65536, 100000};

static void send_all_sizes(const struct net_options *options)
{
    for (size_t i = 0; i < COUNT_OF(payload_sizes); i++) {
        uint8_t *payload = make_payload(payload_sizes[i]);
        uint8_t *text = make_text(payload_sizes[i]);
        struct net_wire wire;

        wire_open_with(&wire, options);
        assert_true(net_send(&wire.socket, BINARY_MESSAGE, payload, payload_sizes[i]));
        wire_expect_sent(&wire, FIN | OP_BINARY, payload, payload_sizes[i]);
        assert_true(net_send(&wire.socket, UTF8_FRAGMENT, text, payload_sizes[i]));
        wire_expect_sent(&wire, OP_TEXT, text, payload_sizes[i]);
        assert_true(net_keep_alive(&wire.socket));
        wire_expect_sent(&wire, FIN | OP_PONG, NULL, 0);
        assert_true(net_send(&wire.socket, UTF8_MESSAGE, text, payload_sizes[i]));
        wire_expect_sent(&wire, FIN | OP_CONTINUATION, text, payload_sizes[i]);
        wire_expect_silence(&wire);
        wire_close(&wire);
        memory_release();
    }
}

static void a_server_sends_messages_of_all_sizes(void)
{
    send_all_sizes(&(struct net_options){.role = ROLE_SERVER, .receive_buffer = 4096});
}

static void a_client_sends_messages_of_all_sizes(void)
{
    static const ULONG send_sizes[] = {16, 21, 256, 16384};

    for (size_t i = 0; i < COUNT_OF(send_sizes); i++) {
        send_all_sizes(
            &(struct net_options){.role = ROLE_CLIENT, .receive_buffer = 256, .send_buffer = send_sizes[i]});
    }
}

/* DISABLE_MASKING, which .NET's client may ask for: the frames are masked with zeros. */
static void a_client_with_a_zero_key_sends_messages_of_all_sizes(void)
{
    send_all_sizes(&(struct net_options){
        .role = ROLE_CLIENT, .receive_buffer = 256, .send_buffer = 16, .zero_key = true});
}

/* ---- Receiving ---- */

/* A client's own close needs up to 131 bytes; a smaller send buffer is made up for from the receive buffer.
 */
#define CLIENT_SEND_BUFFER 256

static void a_message_that_fits_is_one_receive_however_it_is_cut(void)
{
    static const size_t sizes[] = {0, 1, 125, 126, 255, 256};
    static const size_t cuts[] = {0, 1, 2, 7, 100};

    for (size_t i = 0; i < 2 * COUNT_OF(sizes) * COUNT_OF(cuts); i++) {
        enum role role = i % 2 == 0 ? ROLE_CLIENT : ROLE_SERVER;
        size_t size = sizes[i / 2 % COUNT_OF(sizes)];
        uint8_t *payload = make_payload(size);
        uint8_t *text = make_text(size);
        struct net_wire wire;

        wire_open(&wire, role, 256, CLIENT_SEND_BUFFER);
        wire.cut = cuts[i / 2 / COUNT_OF(sizes)];
        stream_frame(&wire.input, role, FIN | OP_BINARY, payload, size);
        stream_frame(&wire.input, role, FIN | OP_TEXT, text, size);
        wire_expect_message(&wire, NET_BINARY, payload, size);
        wire_expect_message(&wire, NET_TEXT, text, size);
        wire_close(&wire);
        memory_release();
    }
}

/* Receives a whole message in buffers of this size; returns the number of receives. */
static unsigned receive_in_parts(struct net_wire *wire, const uint8_t *payload, size_t size, size_t room)
{
    uint8_t *buffer = heap_block(room);
    struct net_result result;
    size_t received = 0;
    unsigned count = 0;

    do {
        assert_true(net_receive(&wire->socket, buffer, room, &result));
        assert_int_equal(result.kind, NET_BINARY);
        assert_in_range(result.count, 1, room);
        assert_in_range(result.count, 1, size - received);
        assert_memory_equal(buffer, payload + received, result.count);
        received += result.count;
        count++;
    } while (!result.end_of_message);
    assert_int_equal(received, size);
    return count;
}

static void a_larger_message_is_several_receives(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        uint8_t *payload = make_payload(1000);
        struct net_wire wire;

        wire_open(&wire, role, 256, CLIENT_SEND_BUFFER);
        wire.cut = 100;
        stream_frame(&wire.input, role, FIN | OP_BINARY, payload, 1000);
        stream_frame(&wire.input, role, FIN | OP_TEXT, "next", 4);
        receive_in_parts(&wire, payload, 1000, 256);
        wire_expect_message(&wire, NET_TEXT, "next", 4);
        wire_close(&wire);
    }
}

static void what_the_application_has_no_room_for_comes_with_its_next_receive(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        uint8_t *payload = make_payload(250);
        struct net_wire wire;

        wire_open(&wire, role, 256, CLIENT_SEND_BUFFER);
        stream_frame(&wire.input, role, FIN | OP_BINARY, payload, 250);
        stream_frame(&wire.input, role, FIN | OP_TEXT, "next", 4);
        assert_int_equal(receive_in_parts(&wire, payload, 250, 100), 3);
        wire_expect_message(&wire, NET_TEXT, "next", 4);
        wire_close(&wire);
    }
}

static void fragments_of_a_message_are_one_receive_each(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct net_result result;
        struct net_wire wire;
        uint8_t buffer[16];

        wire_open(&wire, role, 256, 16);
        stream_frame(&wire.input, role, OP_TEXT, "one", 3);
        stream_frame(&wire.input, role, FIN | OP_PING, "?", 1);
        stream_frame(&wire.input, role, FIN | OP_CONTINUATION, "two", 3);
        assert_true(net_receive(&wire.socket, buffer, sizeof buffer, &result));
        assert_int_equal(result.kind, NET_TEXT);
        assert_false(result.end_of_message);
        assert_int_equal(result.count, 3);
        assert_memory_equal(buffer, "one", 3);
        wire_expect_silence(&wire); /* nothing is parsed before the application receives again */
        wire_expect_message(&wire, NET_TEXT, "two", 3);
        wire_expect_sent(&wire, FIN | OP_PONG, "?", 1);
        wire_close(&wire);
    }
}

/* ---- Pings and pongs ---- */

static void ten_pings_are_answered_within_one_receive(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct net_wire wire;

        wire_open(&wire, role, 256, 16);
        for (size_t i = 0; i < 10; i++)
            stream_frame(&wire.input, role, FIN | OP_PING, make_payload(13 * i), 13 * i);
        stream_frame(&wire.input, role, FIN | OP_TEXT, "message", 7);
        wire_expect_message(&wire, NET_TEXT, "message", 7);
        for (size_t i = 0; i < 10; i++)
            wire_expect_sent(&wire, FIN | OP_PONG, make_payload(13 * i), 13 * i);
        wire_expect_silence(&wire);
        wire_close(&wire);
    }
}

/* A pong completes WebSocketReceive, but not the application's receive: it is begun anew. */
static void received_pongs_are_passed_over(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct net_wire wire;

        wire_open(&wire, role, 256, 16);
        stream_frame(&wire.input, role, FIN | OP_PONG, NULL, 0);
        stream_frame(&wire.input, role, FIN | OP_PONG, "pong", 4);
        stream_frame(&wire.input, role, FIN | OP_PING, "ping", 4);
        stream_frame(&wire.input, role, FIN | OP_PONG, make_payload(125), 125);
        stream_frame(&wire.input, role, FIN | OP_TEXT, "message", 7);
        wire_expect_message(&wire, NET_TEXT, "message", 7);
        wire_expect_sent(&wire, FIN | OP_PONG, "ping", 4);
        wire_expect_silence(&wire);
        wire_close(&wire);
    }
}

static void receive_meanwhile(struct net_wire *wire)
{
    wire_expect_message(wire, NET_TEXT, "message", 7);
}

/*
 * The reading thread parses pings while a frame of several actions is being sent. Its receive must neither
 * end for that, nor wait; the newest ping is answered behind the frame, by the loop that sends.
 */
static void a_ping_inside_a_large_frame_is_answered_behind_it(void)
{
    static const ULONG send_sizes[] = {16, 64, 500};

    for (size_t i = 0; i < COUNT_OF(send_sizes); i++) {
        uint8_t *payload = make_payload(1000);
        struct net_wire wire;

        wire_open(&wire, ROLE_CLIENT, 256, send_sizes[i]);
        stream_frame(&wire.input, ROLE_CLIENT, FIN | OP_PING, "first", 5);
        stream_frame(&wire.input, ROLE_CLIENT, FIN | OP_PING, "second", 6);
        stream_frame(&wire.input, ROLE_CLIENT, FIN | OP_TEXT, "message", 7);
        wire.meanwhile_writing = receive_meanwhile;
        assert_true(net_send(&wire.socket, BINARY_MESSAGE, payload, 1000));
        wire_expect_sent(&wire, FIN | OP_BINARY, payload, 1000);
        wire_expect_sent(&wire, FIN | OP_PONG, "second", 6);
        wire_expect_silence(&wire);
        wire_close(&wire);
    }
}

/* ---- Broken input ---- */

/*
 * Once more the queue is asked before the application gets its message: an error there would lose it. Then
 * the session is aborted, and the receive that failed comes back.
 */
static void an_error_behind_a_message_does_not_lose_it(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        uint8_t buffer[16];
        struct net_result result;
        struct net_wire wire;

        wire_open(&wire, role, 256, 16);
        stream_frame(&wire.input, role, FIN | OP_TEXT, "message", 7);
        stream_frame(&wire.input, role, FIN | RSV1 | OP_TEXT, "broken", 6);
        wire_expect_message(&wire, NET_TEXT, "message", 7);
        assert_int_equal(wire.socket.state, NET_OPEN);
        assert_false(net_receive(&wire.socket, buffer, sizeof buffer, &result));
        assert_result(E_INVALID_PROTOCOL_FORMAT, wire.socket.error);
        assert_int_equal(wire.socket.state, NET_ABORTED);
        assert_int_equal(wire.socket.drained_receives, 1);
        assert_int_equal(wire.socket.drained_sends, 0);
        wire_expect_silence(&wire);
        wire_close(&wire);
    }
}

const struct api_case caller_net_cases[] = {
    API_CASE(RULE_RFC, the_callers_own_accept_key_is_right),
    API_CASE(RULE_NET, the_version_is_read_from_a_clients_headers),
    API_CASE(RULE_NET, a_faked_handshake_opens_a_session_of_any_size),
    API_CASE(RULE_NET, a_server_sends_messages_of_all_sizes),
    API_CASE(RULE_NET, a_client_sends_messages_of_all_sizes),
    API_CASE(RULE_NET, a_client_with_a_zero_key_sends_messages_of_all_sizes),
    API_CASE(RULE_NET, a_message_that_fits_is_one_receive_however_it_is_cut),
    API_CASE(RULE_NET, a_larger_message_is_several_receives),
    API_CASE(RULE_NET, what_the_application_has_no_room_for_comes_with_its_next_receive),
    API_CASE(RULE_NET, fragments_of_a_message_are_one_receive_each),
    API_CASE(RULE_NET, ten_pings_are_answered_within_one_receive),
    API_CASE(RULE_NET, received_pongs_are_passed_over),
    API_CASE(RULE_NET, a_ping_inside_a_large_frame_is_answered_behind_it),
    API_CASE(RULE_NET, an_error_behind_a_message_does_not_lose_it),
    API_CASES_END,
};
