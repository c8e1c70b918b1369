/*
 * A server that takes only the headers of its frames, on our library.
 */
#include "api_tests.h"

#include "caller_header_only.h"
#include "play.h"

static void expect_sent(struct header_only_server *server, unsigned first, const void *payload, size_t size)
{
    expect_frame("sent", &server->sent, ROLE_SERVER, first, payload, size);
}

/* An empty payload has no second buffer: there the completion is an ordinary one. */
static void payloads_of_all_sizes_arrive(void)
{
    static const size_t sizes[] = {0, 1, 125, 126, 4096, 65535, 65536, 200000};
    struct header_only_server server = {open_server(NULL), {NULL, 0}};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        uint8_t *payload = make_payload(sizes[i]);

        header_only_send(&server, BINARY_MESSAGE, payload, sizes[i]);
        expect_sent(&server, FIN | OP_BINARY, payload, sizes[i]);
        header_only_send(&server, UTF8_MESSAGE, "text", 4);
        expect_sent(&server, FIN | OP_TEXT, "text", 4);
        assert_int_equal(server.sent.size, 0);
    }
    expect_no_action(server.handle, ALL_QUEUES);
}

/* The session goes on as if each fragment had been sent: the next one is a continuation, the last one has
 * FIN. */
static void fragments_stay_one_message(void)
{
    struct header_only_server server = {open_server(NULL), {NULL, 0}};
    uint8_t *payload = make_payload(70000);

    header_only_send(&server, BINARY_FRAGMENT, payload, 70000);
    header_only_send(&server, BINARY_FRAGMENT, payload, 0);
    header_only_send(&server, BINARY_FRAGMENT, payload, 7);
    header_only_send(&server, BINARY_MESSAGE, payload, 300);
    header_only_send(&server, UTF8_MESSAGE, "next", 4);
    expect_sent(&server, OP_BINARY, payload, 70000);
    expect_sent(&server, OP_CONTINUATION, payload, 0);
    expect_sent(&server, OP_CONTINUATION, payload, 7);
    expect_sent(&server, FIN | OP_CONTINUATION, payload, 300);
    expect_sent(&server, FIN | OP_TEXT, "next", 4);
    assert_int_equal(server.sent.size, 0);
}

/* An echo of what a client sends, with pings between, whose pongs are written the ordinary way. */
static void it_receives_and_answers_pings_beside(void)
{
    struct header_only_server server = {open_server(NULL), {NULL, 0}};
    struct stream input = {NULL, 0};
    struct feeder feeder;

    for (size_t size = 1; size <= 3000; size = 3 * size + 1) {
        stream_frame(&input, ROLE_SERVER, FIN | OP_BINARY, make_payload(size), size);
        stream_frame(&input, ROLE_SERVER, FIN | OP_PING, make_payload(size % 126), size % 126);
    }
    feeder = feeder_start(server.handle, input.bytes, input.size, 0);
    for (size_t size = 1; size <= 3000; size = 3 * size + 1) {
        uint8_t *payload = make_payload(size);
        struct action action;

        receive(server.handle, NULL, 0, NULL);
        action = feeder_next(&feeder);
        expect_indication(server.handle, &action, BINARY_MESSAGE, payload, size);
        header_only_send(&server, BINARY_MESSAGE, payload, size);
        expect_sent(&server, FIN | OP_BINARY, payload, size);

        receive(server.handle, NULL, 0, NULL);
        action = feeder_next(&feeder);
        stream_action(&server.sent, &action);
        complete(server.handle, &action);
        expect_sent(&server, FIN | OP_PONG, payload, size % 126);
        assert_int_equal(server.sent.size, 0);
    }
}

/* The header of a close has its status; the reason is the payload. */
static void it_closes_with_a_reason(void)
{
    struct header_only_server server = {open_server(NULL), {NULL, 0}};
    WEB_SOCKET_BUFFER buffer = {{NULL, 0}};

    header_only_close(&server, 1001, "going away");
    expect_close_frame("sent", &server.sent, ROLE_SERVER, 1001, "going away");
    assert_int_equal(server.sent.size, 0);
    assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Send(server.handle, BINARY_MESSAGE, &buffer, NULL));
}

const struct api_case caller_header_only_cases[] = {
    API_CASE(RULE_APPS, payloads_of_all_sizes_arrive),
    API_CASE(RULE_APPS, fragments_stay_one_message),
    API_CASE(RULE_APPS, it_receives_and_answers_pings_beside),
    API_CASE(RULE_APPS, it_closes_with_a_reason),
    API_CASES_END,
};
