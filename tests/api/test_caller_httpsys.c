/*
 * A Pascal server on top of http.sys, on our library.
 */
#include "api_tests.h"

#include "caller_httpsys.h"
#include "play.h"

#define REQUEST                                                                                              \
    "Host: server.example.com\nUpgrade: websocket\nConnection: Upgrade\n"                                    \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13"

#define RESPONSE                                                                                             \
    "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n"

static void expect_no_exception(const struct httpsys_connection *connection)
{
    assert_result(S_OK, connection->error);
    assert_that(connection->unexpected == NULL, "%s", connection->unexpected);
}

static void accept_request(struct httpsys_connection *connection, const char *request,
                           const char *subprotocol)
{
    ULONG count = 0;
    PWEB_SOCKET_HTTP_HEADER headers = headers_from_text(request, NULL, &count);

    httpsys_accept(connection, headers, count, subprotocol);
    expect_no_exception(connection);
}

static void start(struct httpsys_connection *connection)
{
    accept_request(connection, REQUEST, "");
}

/* Gives all of the stream to the connection, at most `cut` bytes at a time; 0: as many as fit. */
static void give(struct httpsys_connection *connection, const struct stream *input, size_t cut)
{
    size_t given = 0;

    while (given < input->size) {
        size_t size = input->size - given;

        given += httpsys_read(connection, input->bytes + given, cut != 0 && size > cut ? cut : size);
        expect_no_exception(connection);
    }
}

static void expect_sent(struct httpsys_connection *connection, unsigned first, const void *payload,
                        size_t size)
{
    expect_no_exception(connection);
    expect_frame("sent", &connection->sent, ROLE_SERVER, first, payload, size);
}

static void expect_open(const struct httpsys_connection *connection)
{
    expect_no_exception(connection);
    assert_non_null(connection->handle);
    assert_int_equal(connection->sent.size, 0);
    inbox_expect_nothing(&connection->received);
}

/* Nothing was an exception, nothing is leaked. */
static void expect_gone(const struct httpsys_connection *connection)
{
    expect_no_exception(connection);
    assert_null(connection->handle);
    assert_int_equal(connection->sent.size, 0);
    inbox_expect_nothing(&connection->received);
}

/* ---- Peers that behave ---- */

static void headers_are_exchanged_by_their_lengths(void)
{
    struct httpsys_connection connection;

    accept_request(&connection, REQUEST, "");
    assert_string_equal((char *)connection.response.bytes, RESPONSE);
    expect_open(&connection);
    accept_request(&connection, REQUEST "\nSec-WebSocket-Protocol: json, chat", "chat");
    assert_string_equal((char *)connection.response.bytes, RESPONSE "Sec-WebSocket-Protocol: chat\n");
    expect_open(&connection);
    accept_request(&connection, REQUEST "\nSec-WebSocket-Protocol: json, chat", "");
    assert_string_equal((char *)connection.response.bytes, RESPONSE);
    expect_open(&connection);
}

/* The 0 that each send is completed with takes nothing from it, whatever its size. */
static void messages_are_echoed(void)
{
    static const size_t sizes[] = {0, 1, 125, 126, 4000, 4096};

    for (size_t cut = 0; cut <= 3000; cut = 7 * cut + 1) {
        struct httpsys_connection connection;

        start(&connection);
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            uint8_t *text = make_text(sizes[i]);
            uint8_t *payload = make_payload(sizes[i]);
            struct stream input = {NULL, 0};

            stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, text, sizes[i]);
            stream_frame(&input, ROLE_SERVER, FIN | OP_BINARY, payload, sizes[i]);
            give(&connection, &input, cut);
            inbox_expect(&connection.received, UTF8_MESSAGE, text, sizes[i]);
            inbox_expect(&connection.received, BINARY_MESSAGE, payload, sizes[i]);
            httpsys_send(&connection, UTF8_MESSAGE, text, sizes[i]);
            httpsys_send(&connection, BINARY_MESSAGE, payload, sizes[i]);
            expect_sent(&connection, FIN | OP_TEXT, text, sizes[i]);
            expect_sent(&connection, FIN | OP_BINARY, payload, sizes[i]);
            expect_open(&connection);
        }
        assert_int_equal(connection.sends_told, connection.sends - 1);
    }
}

/* As if each part had been sent: the next one is a continuation, the last one has FIN. */
static void parts_completed_with_0_stay_one_message(void)
{
    struct httpsys_connection connection;
    uint8_t *payload = make_payload(70000);

    start(&connection);
    httpsys_send(&connection, BINARY_FRAGMENT, payload, 70000);
    httpsys_send(&connection, BINARY_FRAGMENT, payload, 0);
    httpsys_send(&connection, BINARY_MESSAGE, payload, 300);
    httpsys_send(&connection, UTF8_MESSAGE, "next", 4);
    expect_sent(&connection, OP_BINARY, payload, 70000);
    expect_sent(&connection, OP_CONTINUATION, payload, 0);
    expect_sent(&connection, FIN | OP_CONTINUATION, payload, 300);
    expect_sent(&connection, FIN | OP_TEXT, "next", 4);
    expect_open(&connection);
    assert_int_equal(connection.sends_told, 3);
}

/* The status goes back as it came; a close without a body gets one without a body. */
static void each_close_is_echoed(void)
{
    static const USHORT statuses[] = {1000, 1001, 1002, 1003, 1007, 1011, 3000, 4999, 5000, 12345, 65535};
    struct httpsys_connection connection;
    struct stream bare = {NULL, 0};

    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        struct stream input = {NULL, 0};

        start(&connection);
        stream_close(&input, ROLE_SERVER, statuses[i], "bye");
        give(&connection, &input, 0);
        inbox_expect_close(&connection.received, statuses[i], "bye");
        expect_close_frame("echo", &connection.sent, ROLE_SERVER, statuses[i], NULL);
        expect_gone(&connection);
    }
    start(&connection);
    stream_frame(&bare, ROLE_SERVER, FIN | OP_CLOSE, NULL, 0);
    give(&connection, &bare, 0);
    inbox_expect_close(&connection.received, 1005, NULL);
    expect_close_frame("echo", &connection.sent, ROLE_SERVER, 1005, NULL);
    expect_gone(&connection);
}

static void it_closes_of_itself(void)
{
    struct httpsys_connection connection;
    struct stream input = {NULL, 0};

    start(&connection);
    httpsys_send(&connection, UTF8_MESSAGE, "last words", 10);
    httpsys_close(&connection, 1001);
    expect_sent(&connection, FIN | OP_TEXT, "last words", 10);
    expect_close_frame("close", &connection.sent, ROLE_SERVER, 1001, NULL);
    expect_open(&connection);
    stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, "crosses it", 10);
    stream_close(&input, ROLE_SERVER, 1001, NULL);
    give(&connection, &input, 0);
    inbox_expect(&connection.received, UTF8_MESSAGE, "crosses it", 10);
    inbox_expect_close(&connection.received, 1001, NULL);
    expect_gone(&connection);
}

/* ---- Peers that do not ---- */

/* The connection breaks off. It is given a close, which it answers as any other. */
static void expect_cancelled(struct httpsys_connection *connection)
{
    httpsys_read(connection, NULL, 0);
    expect_no_exception(connection);
    inbox_expect_close(&connection->received, 1006, NULL);
    expect_close_frame("echo", &connection->sent, ROLE_SERVER, 1005, NULL);
    expect_gone(connection);
}

static void a_connection_that_breaks_off_is_closed(void)
{
    struct httpsys_connection connection;
    struct stream input = {NULL, 0};

    start(&connection);
    expect_cancelled(&connection);

    start(&connection);
    httpsys_send(&connection, UTF8_MESSAGE, "not told yet", 12);
    expect_sent(&connection, FIN | OP_TEXT, "not told yet", 12);
    expect_cancelled(&connection);

    /* In the middle of a message, and at every place of a frame. */
    stream_frame(&input, ROLE_SERVER, OP_TEXT, "begun", 5);
    stream_frame(&input, ROLE_SERVER, FIN | OP_CONTINUATION, "not ended", 9);
    for (size_t size = 1; size < input.size; size++) {
        start(&connection);
        give(&connection, &(struct stream){input.bytes, size}, 0);
        if (connection.received.count > 0)
            inbox_expect(&connection.received, UTF8_FRAGMENT, "begun", 5);
        expect_cancelled(&connection);
    }
}

/* After the server's own close nobody answers: there is nothing to be echoed. */
static void a_connection_may_break_off_after_the_servers_close(void)
{
    struct httpsys_connection connection;

    start(&connection);
    httpsys_close(&connection, 1000);
    expect_close_frame("close", &connection.sent, ROLE_SERVER, 1000, NULL);
    httpsys_read(&connection, NULL, 0);
    expect_no_exception(&connection);
    inbox_expect_close(&connection.received, 1006, NULL);
    expect_gone(&connection);
}

static void a_close_in_the_middle_of_a_message_is_echoed(void)
{
    struct httpsys_connection connection;
    struct stream input = {NULL, 0};

    stream_frame(&input, ROLE_SERVER, OP_TEXT, "begun", 5);
    stream_close(&input, ROLE_SERVER, 1001, NULL);
    for (size_t cut = 0; cut < 4; cut++) {
        start(&connection);
        httpsys_send(&connection, BINARY_FRAGMENT, "begun too", 9);
        give(&connection, &input, cut);
        inbox_expect(&connection.received, UTF8_FRAGMENT, "begun", 5);
        inbox_expect_close(&connection.received, 1001, NULL);
        expect_sent(&connection, OP_BINARY, "begun too", 9);
        expect_close_frame("echo", &connection.sent, ROLE_SERVER, 1001, NULL);
        expect_gone(&connection);
    }
}

/* Its exception, not ours: the pong was there, and abort and delete succeed beside it. */
static void a_ping_ends_the_connection(void)
{
    struct httpsys_connection connection;
    struct stream input = {NULL, 0};

    stream_frame(&input, ROLE_SERVER, FIN | OP_PING, "first", 5);
    stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, "then", 4);
    start(&connection);
    httpsys_send(&connection, UTF8_MESSAGE, "hello", 5);
    httpsys_read(&connection, input.bytes, input.size);
    assert_non_null(connection.unexpected);
    assert_result(S_OK, connection.error);
    assert_null(connection.handle);
    inbox_expect_nothing(&connection.received);
}

static void broken_input_is_an_exception_that_leaks_nothing(void)
{
    struct httpsys_connection connection;
    struct stream input = {NULL, 0};

    stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, "good", 4);
    stream_frame(&input, ROLE_CLIENT, FIN | OP_TEXT, "not masked", 10);
    start(&connection);
    httpsys_read(&connection, input.bytes, input.size);
    inbox_expect(&connection.received, UTF8_MESSAGE, "good", 4);
    assert_result(E_INVALID_PROTOCOL_FORMAT, connection.error);
    assert_null(connection.handle);
}

const struct api_case caller_httpsys_cases[] = {
    API_CASE(RULE_APPS, headers_are_exchanged_by_their_lengths),
    API_CASE(RULE_APPS, messages_are_echoed),
    API_CASE(RULE_APPS, parts_completed_with_0_stay_one_message),
    API_CASE(RULE_APPS, each_close_is_echoed),
    API_CASE(RULE_APPS, it_closes_of_itself),
    API_CASE(RULE_APPS, a_connection_that_breaks_off_is_closed),
    API_CASE(RULE_APPS, a_connection_may_break_off_after_the_servers_close),
    API_CASE(RULE_APPS, a_close_in_the_middle_of_a_message_is_echoed),
    API_CASE(RULE_APPS, a_ping_ends_the_connection),
    API_CASE(RULE_APPS, broken_input_is_an_exception_that_leaks_nothing),
    API_CASES_END,
};
