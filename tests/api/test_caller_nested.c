/*
 * A server that receives from within the handling of every indication, on our library.
 */
#include "api_tests.h"

#include "caller_nested.h"
#include "play.h"

/* Gives all of the stream to the connection, at most `cut` bytes at a time; 0: as many as fit. */
static void give(struct nested_connection *connection, const struct stream *input, size_t cut)
{
    size_t given = 0;

    while (given < input->size) {
        size_t size = input->size - given;

        given += nested_read(connection, input->bytes + given, cut != 0 && size > cut ? cut : size);
        assert_result(S_OK, connection->error);
        assert_non_null(connection->handle);
    }
}

/* The read that waits ends without a byte: the receive comes back, once, and the connection goes. */
static void expect_end(struct nested_connection *connection)
{
    inbox_expect_nothing(&connection->received);
    nested_read(connection, NULL, 0);
    assert_result(S_OK, connection->error);
    inbox_expect_close(&connection->received, 1006, NULL);
    inbox_expect_nothing(&connection->received);
    assert_null(connection->handle);
    assert_int_equal(connection->sent.size, 0);
}

/* ---- Peers that behave ---- */

static void messages_come_in_order_though_it_asks_within_each(void)
{
    for (size_t cut = 0; cut <= 40; cut++) {
        struct nested_connection connection;
        struct stream input = {NULL, 0};

        nested_start(&connection, open_server(NULL));
        for (size_t i = 0; i < 10; i++)
            stream_frame(&input, ROLE_SERVER, FIN | OP_BINARY, make_payload(10 * i), 10 * i);
        give(&connection, &input, cut);
        for (size_t i = 0; i < 10; i++)
            inbox_expect(&connection.received, BINARY_MESSAGE, make_payload(10 * i), 10 * i);
        nested_send(&connection, UTF8_MESSAGE, "ten", 3);
        expect_frame("sent", &connection.sent, ROLE_SERVER, FIN | OP_TEXT, "ten", 3);
        expect_end(&connection);
    }
}

/* It hears of the close, answers, and goes when the peer hangs up. */
static void after_a_close_it_goes_with_the_end_of_its_read(void)
{
    for (size_t cut = 0; cut <= 8; cut++) {
        struct nested_connection connection;
        struct stream input = {NULL, 0};

        nested_start(&connection, open_server(NULL));
        stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, "last words", 10);
        stream_close(&input, ROLE_SERVER, 1000, "bye");
        give(&connection, &input, cut);
        inbox_expect(&connection.received, UTF8_MESSAGE, "last words", 10);
        inbox_expect_close(&connection.received, 1000, "bye");
        nested_close(&connection, 1000);
        expect_close_frame("answer", &connection.sent, ROLE_SERVER, 1000, NULL);
        expect_end(&connection);
    }
}

static void it_closes_first(void)
{
    struct nested_connection connection;
    struct stream input = {NULL, 0};

    nested_start(&connection, open_server(NULL));
    nested_close(&connection, 1001);
    expect_close_frame("close", &connection.sent, ROLE_SERVER, 1001, NULL);
    stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, "crosses it", 10);
    stream_close(&input, ROLE_SERVER, 1001, NULL);
    give(&connection, &input, 0);
    inbox_expect(&connection.received, UTF8_MESSAGE, "crosses it", 10);
    inbox_expect_close(&connection.received, 1001, NULL);
    expect_end(&connection);
}

/* ---- Peers that do not ---- */

/* The read that waits is the receive's that was queued in the handling of the message before. */
static void a_connection_that_breaks_off_comes_back_once(void)
{
    struct nested_connection connection;
    struct stream input = {NULL, 0};

    nested_start(&connection, open_server(NULL));
    expect_end(&connection);

    stream_frame(&input, ROLE_SERVER, OP_TEXT, "begun", 5);
    stream_frame(&input, ROLE_SERVER, FIN | OP_CONTINUATION, "not ended", 9);
    for (size_t size = 1; size < input.size; size++) {
        nested_start(&connection, open_server(NULL));
        give(&connection, &(struct stream){input.bytes, size}, 0);
        if (connection.received.count > 0)
            inbox_expect(&connection.received, UTF8_FRAGMENT, "begun", 5);
        expect_end(&connection);
    }
}

static void a_close_in_the_middle_of_a_message_is_a_close(void)
{
    struct nested_connection connection;
    struct stream input = {NULL, 0};

    nested_start(&connection, open_server(NULL));
    stream_frame(&input, ROLE_SERVER, OP_BINARY, "begun", 5);
    stream_frame(&input, ROLE_SERVER, FIN | OP_CLOSE, NULL, 0);
    give(&connection, &input, 0);
    inbox_expect(&connection.received, BINARY_FRAGMENT, "begun", 5);
    inbox_expect_close(&connection.received, 1005, NULL);
    expect_end(&connection);
}

/* Messages, pings, another close and bytes that are no frames: behind a close nobody looks at them. */
static void what_follows_a_close_is_thrown_away(void)
{
    for (size_t cut = 0; cut <= 30; cut++) {
        struct nested_connection connection;
        struct stream input = {NULL, 0};

        nested_start(&connection, open_server(NULL));
        stream_close(&input, ROLE_SERVER, 1000, NULL);
        stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, "too late", 8);
        stream_frame(&input, ROLE_SERVER, FIN | OP_PING, "too late", 8);
        stream_close(&input, ROLE_SERVER, 1002, NULL);
        stream_bytes(&input, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 11);
        stream_bytes(&input, make_payload(10000), 10000);
        give(&connection, &input, cut);
        inbox_expect_close(&connection.received, 1000, NULL);
        expect_end(&connection);
    }
}

/* More receives than the one that it queues in each handling: they come back one by one as the reads end. */
static void receives_that_waited_before_the_close_read_on_too(void)
{
    struct nested_connection connection;
    struct stream input = {NULL, 0};
    WEB_SOCKET_HANDLE server = open_server(NULL);
    uint8_t *own = heap_block(100);
    struct action action;

    nested_start(&connection, server);
    receive(server, own, 100, own);
    stream_close(&input, ROLE_SERVER, 1000, NULL);
    give(&connection, &input, 0);
    inbox_expect_close(&connection.received, 1000, NULL);
    inbox_expect_nothing(&connection.received);

    /* The one with its own buffer is next, and reads into the receive area all the same. */
    assert_true(connection.is_reading);
    assert_ptr_equal(connection.reading.application, own);
    assert_ptr_not_equal(connection.reading.buffers[0].Data.pbBuffer, own);
    complete_with(server, &connection.reading, 0);
    assert_ptr_equal(expect_close(server, 1006, NULL), own);
    action = next_action(server, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    assert_null(action.application);
}

static void pings_come_before_anything_else(void)
{
    for (size_t cut = 0; cut <= 20; cut++) {
        struct nested_connection connection;
        struct stream input = {NULL, 0};

        nested_start(&connection, open_server(NULL));
        stream_frame(&input, ROLE_SERVER, FIN | OP_PING, "first", 5);
        stream_frame(&input, ROLE_SERVER, FIN | OP_PING, NULL, 0);
        stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, "message", 7);
        stream_frame(&input, ROLE_SERVER, FIN | OP_PING, "second", 6);
        stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, "message", 7);
        give(&connection, &input, cut);
        expect_frame("pong", &connection.sent, ROLE_SERVER, FIN | OP_PONG, "first", 5);
        expect_frame("pong", &connection.sent, ROLE_SERVER, FIN | OP_PONG, NULL, 0);
        expect_frame("pong", &connection.sent, ROLE_SERVER, FIN | OP_PONG, "second", 6);
        inbox_expect(&connection.received, UTF8_MESSAGE, "message", 7);
        inbox_expect(&connection.received, UTF8_MESSAGE, "message", 7);
        expect_end(&connection);
    }
}

/* The handling of a message does not meet the fault behind it: the exception comes when that message is done with. */
static void a_fault_does_not_take_the_message_before_it(void)
{
    struct nested_connection connection;
    struct stream input = {NULL, 0};

    nested_start(&connection, open_server(NULL));
    stream_frame(&input, ROLE_SERVER, FIN | OP_TEXT, "good", 4);
    stream_bytes(&input, "\xFF\xFF", 2);
    nested_read(&connection, input.bytes, input.size);
    inbox_expect(&connection.received, UTF8_MESSAGE, "good", 4);
    inbox_expect_nothing(&connection.received);
    assert_int_equal(connection.depth, 0);
    assert_result(E_INVALID_PROTOCOL_FORMAT, connection.error);
}

const struct api_case caller_nested_cases[] = {
    API_CASE(RULE_APPS, messages_come_in_order_though_it_asks_within_each),
    API_CASE(RULE_APPS, after_a_close_it_goes_with_the_end_of_its_read),
    API_CASE(RULE_APPS, it_closes_first),
    API_CASE(RULE_APPS, a_connection_that_breaks_off_comes_back_once),
    API_CASE(RULE_APPS, a_close_in_the_middle_of_a_message_is_a_close),
    API_CASE(RULE_WIRE, what_follows_a_close_is_thrown_away),
    API_CASE(RULE_APPS, receives_that_waited_before_the_close_read_on_too),
    API_CASE(RULE_APPS, pings_come_before_anything_else),
    API_CASE(RULE_CHOICE, a_fault_does_not_take_the_message_before_it),
    API_CASES_END,
};
