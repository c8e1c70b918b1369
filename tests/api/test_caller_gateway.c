/*
 * A gateway by Microsoft, on our library.
 */
#include "api_tests.h"

#include "caller_gateway.h"
#include "play.h"

static void open_gateway(struct gateway_session *session)
{
    gateway_begin(session);
    gateway_open(session);
}

/* Gives all of the stream to the session, at most `cut` bytes at a time; 0: as many as fit. */
static void give(struct gateway_session *session, const struct stream *input, size_t cut)
{
    size_t given = 0;

    while (given < input->size) {
        size_t size = input->size - given;

        given += gateway_read(session, input->bytes + given, cut != 0 && size > cut ? cut : size);
    }
}

static void give_frame(struct gateway_session *session, unsigned first, const char *payload)
{
    struct stream input = {NULL, 0};

    stream_frame(&input, ROLE_SERVER, first, payload, strlen(payload));
    give(session, &input, 0);
}

static void expect_sent(struct gateway_session *session, unsigned first, const void *payload, size_t size)
{
    expect_frame("sent", &session->sent, ROLE_SERVER, first, payload, size);
}

/* The session lives, and nothing is left to be looked at. */
static void expect_quiet(const struct gateway_session *session)
{
    assert_result(S_OK, session->error);
    assert_non_null(session->handle);
    assert_int_equal(session->sent.size, 0);
    inbox_expect_nothing(&session->received);
}

/* ---- Peers that behave ---- */

static void messages_go_both_ways_through_one_buffer(void)
{
    for (size_t cut = 0; cut <= 3000; cut = 7 * cut + 1) {
        struct gateway_session session;

        open_gateway(&session);
        for (size_t size = 0; size <= 4096; size = 4 * size + 4) {
            uint8_t *payload = make_payload(size);
            uint8_t *text = make_text(size);
            struct stream input = {NULL, 0};

            stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, text, size);
            stream_frame(&input, ROLE_SERVER, FIN | OP_BINARY, payload, size);
            give(&session, &input, cut);
            inbox_expect(&session.received, UTF8_MESSAGE, text, size);
            inbox_expect(&session.received, BINARY_MESSAGE, payload, size);
            gateway_send(&session, UTF8_FRAGMENT, text, size);
            gateway_send(&session, UTF8_MESSAGE, text, size);
            gateway_send(&session, BINARY_MESSAGE, payload, size);
            expect_sent(&session, OP_TEXT, text, size);
            expect_sent(&session, FIN | OP_CONTINUATION, text, size);
            expect_sent(&session, FIN | OP_BINARY, payload, size);
            expect_quiet(&session);
        }
        gateway_fail(&session);
    }
}

static void both_sides_close(void)
{
    struct gateway_session session;
    struct stream input = {NULL, 0};

    open_gateway(&session);
    stream_close(&input, ROLE_SERVER, 1000, "bye");
    give(&session, &input, 0);
    inbox_expect_close(&session.received, 1000, "bye");
    assert_false(session.is_reading);
    gateway_close(&session, 1000, "bye");
    expect_close_frame("answer", &session.sent, ROLE_SERVER, 1000, "bye");
    expect_quiet(&session);
    gateway_fail(&session); /* it ends all sessions in this way */
}

/* Each receive ends with NO_ACTION, though the bytes of the next message are there already. */
static void it_asks_for_one_message_after_the_other(void)
{
    struct gateway_session session;
    struct stream input = {NULL, 0};

    open_gateway(&session);
    for (unsigned i = 0; i < 20; i++)
        stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, "message", 7);
    give(&session, &input, 0);
    for (unsigned i = 0; i < 20; i++)
        inbox_expect(&session.received, UTF8_MESSAGE, "message", 7);
    expect_quiet(&session);
    assert_int_equal(session.receives_queued, 21);
}

/* ---- Peers that do not ---- */

/* With a read outstanding, in every place of a message. */
static void the_peer_disconnects_while_a_read_is_outstanding(void)
{
    struct stream input = {NULL, 0};

    stream_frame(&input, ROLE_SERVER, OP_TEXT, "begun", 5);
    stream_frame(&input, ROLE_SERVER, FIN | OP_CONTINUATION, "not ended", 9);
    for (size_t size = 0; size < input.size; size++) {
        struct gateway_session session;

        open_gateway(&session);
        give(&session, &(struct stream){input.bytes, size}, 0);
        assert_true(session.is_reading);
        gateway_fail(&session);
        assert_null(session.handle);
    }
}

/* The peer does not read, and then the connection breaks: one send is outstanding, others wait. */
static void the_peer_disconnects_while_a_write_is_outstanding(void)
{
    uint8_t *payload = make_payload(300);

    for (unsigned stuck_at = 0; stuck_at < 3; stuck_at++) {
        struct gateway_session session;

        open_gateway(&session);
        session.network_is_stuck = stuck_at == 0;
        gateway_send(&session, BINARY_FRAGMENT, payload, stuck_at == 1 ? 0 : 300);
        session.network_is_stuck = true;
        gateway_send(&session, BINARY_MESSAGE, payload, 300);
        gateway_send(&session, BINARY_MESSAGE, payload, 300);
        gateway_close(&session, 1001, NULL);
        assert_true(session.is_writing);
        assert_true(session.is_reading);
        gateway_fail(&session);
        assert_null(session.handle);
    }
}

/* The write ends late. What was queued meanwhile follows. */
static void a_slow_write_keeps_the_order(void)
{
    struct gateway_session session;
    uint8_t *payload = make_payload(300);

    open_gateway(&session);
    session.network_is_stuck = true;
    gateway_send(&session, BINARY_MESSAGE, payload, 300);
    gateway_send(&session, UTF8_MESSAGE, "next", 4);
    give_frame(&session, FIN | OP_TEXT, "meanwhile");
    inbox_expect(&session.received, UTF8_MESSAGE, "meanwhile", 9);
    gateway_written(&session);
    expect_sent(&session, FIN | OP_BINARY, payload, 300);
    expect_sent(&session, FIN | OP_TEXT, "next", 4);
    expect_quiet(&session);
    assert_int_equal(session.sends_indicated, 2);
}

/* Wherever the network stops to take bytes, in header, payload or close: that send is told as complete, once. */
static void a_short_write_is_completed_with_its_count(void)
{
    uint8_t *payload = make_payload(10);

    for (size_t room = 0; room < 12 + 4; room++) {
        struct gateway_session session;

        open_gateway(&session);
        session.network_room = room;
        gateway_send(&session, BINARY_MESSAGE, payload, 10);
        assert_int_equal(session.sends_indicated, 1);
        gateway_close(&session, 1011, NULL);
        assert_int_equal(session.sends_indicated, 2);
        assert_int_equal(session.sent.size, room);
        expect_no_action(session.handle, SEND_QUEUE);
        gateway_fail(&session);
    }
}

static void a_close_in_the_middle_of_a_message_ends_it(void)
{
    struct gateway_session session;
    struct stream input = {NULL, 0};

    open_gateway(&session);
    gateway_send(&session, UTF8_FRAGMENT, "half", 4);
    stream_frame(&input, ROLE_SERVER, OP_TEXT, "begun", 5);
    stream_close(&input, ROLE_SERVER, 1001, NULL);
    give(&session, &input, 0);
    inbox_expect(&session.received, UTF8_FRAGMENT, "begun", 5);
    inbox_expect_close(&session.received, 1001, NULL);
    gateway_close(&session, 1001, NULL);
    expect_sent(&session, OP_TEXT, "half", 4);
    expect_close_frame("answer", &session.sent, ROLE_SERVER, 1001, NULL);
    expect_quiet(&session);
    gateway_fail(&session);
}

static void pings_come_first(void)
{
    for (size_t cut = 0; cut <= 20; cut++) {
        struct gateway_session session;
        struct stream input = {NULL, 0};

        open_gateway(&session);
        stream_frame(&input, ROLE_SERVER, FIN | OP_PING, "first", 5);
        stream_frame(&input, ROLE_SERVER, FIN | OP_PING, "second", 6);
        stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, "message", 7);
        give(&session, &input, cut);
        expect_sent(&session, FIN | OP_PONG, "first", 5);
        expect_sent(&session, FIN | OP_PONG, "second", 6);
        inbox_expect(&session.received, UTF8_MESSAGE, "message", 7);
        expect_quiet(&session);
        gateway_fail(&session);
    }
}

/* The pong does not break in between header and payload, which are two actions here. */
static void a_ping_between_header_and_payload_waits(void)
{
    struct gateway_session session;
    uint8_t *payload = make_payload(300);

    open_gateway(&session);
    session.network_is_stuck = true;
    gateway_send(&session, BINARY_MESSAGE, payload, 300);
    give_frame(&session, FIN | OP_PING, "ping");
    give_frame(&session, FIN | OP_TEXT, "text");
    inbox_expect(&session.received, UTF8_MESSAGE, "text", 4);
    gateway_written(&session);
    expect_sent(&session, FIN | OP_BINARY, payload, 300);
    expect_sent(&session, FIN | OP_PONG, "ping", 4);
    expect_quiet(&session);
}

/* All the parts of a message that begins here, put together; nothing may be between them. */
static void expect_message_in_parts(struct gateway_session *session, const uint8_t *payload, size_t size)
{
    unsigned opcode = OP_BINARY;
    size_t taken = 0;
    struct frame part;

    do {
        assert_true(session->sent.size >= 2);
        part = read_frame(session->sent.bytes, session->sent.size);
        assert_int_equal(part.first & ~FIN, opcode);
        assert_true(part.size <= size - taken);
        if (part.size > 0)
            assert_memory_equal(part.payload, payload + taken, part.size);
        taken += part.size;
        session->sent.bytes += part.total;
        session->sent.size -= part.total;
        opcode = OP_CONTINUATION;
    } while ((part.first & FIN) == 0);
    assert_int_equal(taken, size);
}

/* The peer does not read its pong, whose write is stuck: the message goes out beside it, and is whole. */
static void a_pong_that_is_stuck_does_not_keep_a_message_waiting(void)
{
    for (size_t size = 1; size <= 70000; size = 5 * size + 3) {
        struct gateway_session session;
        uint8_t *payload = make_payload(size);

        open_gateway(&session);
        session.network_is_stuck = true;
        give_frame(&session, FIN | OP_PING, "stuck");
        assert_true(session.is_writing);
        session.network_is_stuck = false;
        gateway_send(&session, BINARY_MESSAGE, payload, size);
        assert_int_equal(session.sends_indicated, 1);
        expect_message_in_parts(&session, payload, size);
        expect_quiet(&session);
        gateway_written(&session);
        expect_sent(&session, FIN | OP_PONG, "stuck", 5);
        expect_quiet(&session);
    }
}

/* The same, and then the connection breaks: the pong that is outstanding is no send, and no indication comes of it. */
static void a_pong_that_is_stuck_is_completed_with_0(void)
{
    struct gateway_session session;

    open_gateway(&session);
    session.network_is_stuck = true;
    give_frame(&session, FIN | OP_PING, "stuck");
    assert_true(session.is_writing);
    gateway_fail(&session);
    assert_null(session.handle);
}

static void broken_input_is_a_failure_that_leaks_nothing(void)
{
    struct gateway_session session;
    struct stream input = {NULL, 0};

    open_gateway(&session);
    session.network_is_stuck = true;
    gateway_send(&session, UTF8_MESSAGE, "stuck", 5);
    stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, "good", 4);
    stream_bytes(&input, "\xFF\xFF", 2);
    give(&session, &input, 0);
    inbox_expect(&session.received, UTF8_MESSAGE, "good", 4);
    inbox_expect_nothing(&session.received);
    assert_result(E_INVALID_PROTOCOL_FORMAT, session.error);
    assert_null(session.handle);
}

/* The response could not be written. */
static void the_peer_disconnects_before_the_handshake_has_ended(void)
{
    struct gateway_session session;

    gateway_begin(&session);
    gateway_fail(&session);
    assert_null(session.handle);
}

const struct api_case caller_gateway_cases[] = {
    API_CASE(RULE_APPS, messages_go_both_ways_through_one_buffer),
    API_CASE(RULE_APPS, both_sides_close),
    API_CASE(RULE_APPS, it_asks_for_one_message_after_the_other),
    API_CASE(RULE_APPS, the_peer_disconnects_while_a_read_is_outstanding),
    API_CASE(RULE_APPS, the_peer_disconnects_while_a_write_is_outstanding),
    API_CASE(RULE_APPS, a_slow_write_keeps_the_order),
    API_CASE(RULE_APPS, a_short_write_is_completed_with_its_count),
    API_CASE(RULE_APPS, a_close_in_the_middle_of_a_message_ends_it),
    API_CASE(RULE_APPS, pings_come_first),
    API_CASE(RULE_WIRE, a_ping_between_header_and_payload_waits),
    API_CASE(RULE_CHOICE, a_pong_that_is_stuck_does_not_keep_a_message_waiting),
    API_CASE(RULE_APPS, a_pong_that_is_stuck_is_completed_with_0),
    API_CASE(RULE_APPS, broken_input_is_a_failure_that_leaks_nothing),
    API_CASE(RULE_APPS, the_peer_disconnects_before_the_handshake_has_ended),
    API_CASES_END,
};
