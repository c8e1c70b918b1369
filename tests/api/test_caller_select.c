/*
 * A program with a select() loop that knows only whole messages, on our library.
 */
#include "api_tests.h"

#include "caller_select.h"
#include "play.h"

/* Gives all of the stream to the connection, at most `cut` bytes at a time. */
static void give(struct select_connection *connection, const struct stream *input, size_t cut)
{
    size_t given = 0;

    while (given < input->size) {
        size_t size = input->size - given;

        given += select_readable(connection, input->bytes + given, cut != 0 && size > cut ? cut : size);
    }
}

static const size_t sizes[] = {0, 1, 125, 126, 127, 250, 255, 256};

/*
 * Messages of every size that the receive buffer has room for, one behind the other: the unfinished one at
 * the end of the buffer must not come in two parts for that.
 */
static void a_message_that_fits_is_never_a_fragment_however_it_is_cut(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stream input = {NULL, 0};

        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            stream_frame(&input, role, FIN | OP_BINARY, make_payload(sizes[i]), sizes[i]);
            stream_frame(&input, role, FIN | OP_TEXT, make_text(sizes[i]), sizes[i]);
        }
        for (size_t cut = 0; cut <= 300; cut++) {
            WEB_SOCKET_HANDLE handle = open_role(role, &(struct session_options){.receive_buffer = 256});
            struct select_connection connection;

            select_start(&connection, handle);
            give(&connection, &input, cut);
            assert_that(connection.dropped == 0, "cut %u: %u fragments", (unsigned)cut, connection.dropped);
            for (size_t i = 0; i < COUNT_OF(sizes); i++) {
                inbox_expect(&connection.messages, BINARY_MESSAGE, make_payload(sizes[i]), sizes[i]);
                inbox_expect(&connection.messages, UTF8_MESSAGE, make_text(sizes[i]), sizes[i]);
            }
            inbox_expect_nothing(&connection.messages);
            delete_handle(handle);
        }
        memory_release();
    }
}

/* They are answered in the same loop, and take nothing from the messages beside them. */
static void pings_between_messages_are_answered(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stream input = {NULL, 0};

        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            stream_frame(&input, role, FIN | OP_PING, make_payload(5 * i), 5 * i);
            stream_frame(&input, role, FIN | OP_BINARY, make_payload(sizes[i]), sizes[i]);
            stream_frame(&input, role, FIN | OP_PONG, NULL, 0);
        }
        for (size_t cut = 0; cut <= 40; cut++) {
            WEB_SOCKET_HANDLE handle = open_role(role, &(struct session_options){.receive_buffer = 256});
            struct select_connection connection;

            select_start(&connection, handle);
            give(&connection, &input, cut);
            assert_int_equal(connection.dropped, 0);
            for (size_t i = 0; i < COUNT_OF(sizes); i++) {
                inbox_expect(&connection.messages, BINARY_MESSAGE, make_payload(sizes[i]), sizes[i]);
                expect_frame("pong", &connection.sent, role, FIN | OP_PONG, make_payload(5 * i), 5 * i);
            }
            inbox_expect_nothing(&connection.messages);
            assert_int_equal(connection.sent.size, 0);
            delete_handle(handle);
        }
        memory_release();
    }
}

/* Bytes come in turn, a few for each; what one connection sends does not disturb its read that waits. */
static void several_connections_share_the_loop(void)
{
    struct select_connection connections[6];
    struct stream inputs[COUNT_OF(connections)];
    size_t given[COUNT_OF(connections)] = {0};
    bool more = true;

    memset(inputs, 0, sizeof inputs);
    for (size_t i = 0; i < COUNT_OF(connections); i++) {
        enum role role = i % 2 == 0 ? ROLE_CLIENT : ROLE_SERVER;

        select_start(&connections[i], open_role(role, NULL));
        for (size_t k = 1; k <= 4; k++)
            stream_frame(&inputs[i], role, FIN | OP_BINARY, make_payload(100 * i * k), 100 * i * k);
        stream_close(&inputs[i], role, 1000, "bye");
    }
    for (size_t turn = 0; more; turn++) {
        more = false;
        for (size_t i = 0; i < COUNT_OF(connections); i++) {
            size_t size = inputs[i].size - given[i];

            if (turn == i)
                select_send(&connections[i], UTF8_MESSAGE, "still here", 10);
            if (size > 0) {
                given[i] +=
                    select_readable(&connections[i], inputs[i].bytes + given[i], size > 50 ? 50 : size);
                more = true;
            }
        }
    }
    for (size_t i = 0; i < COUNT_OF(connections); i++) {
        assert_int_equal(connections[i].dropped, 0);
        for (size_t k = 1; k <= 4; k++)
            inbox_expect(&connections[i].messages, BINARY_MESSAGE, make_payload(100 * i * k), 100 * i * k);
        inbox_expect_nothing(&connections[i].messages);
        assert_true(connections[i].is_closed);
        expect_frame("sent", &connections[i].sent, i % 2 == 0 ? ROLE_CLIENT : ROLE_SERVER, FIN | OP_TEXT,
                     "still here", 10);
        assert_int_equal(connections[i].sent.size, 0);
    }
}

const struct api_case caller_select_cases[] = {
    API_CASE(RULE_APPS, a_message_that_fits_is_never_a_fragment_however_it_is_cut),
    API_CASE(RULE_APPS, pings_between_messages_are_answered),
    API_CASE(RULE_APPS, several_connections_share_the_loop),
    API_CASES_END,
};
