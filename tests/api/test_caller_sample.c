/*
 * A program after Microsoft's sample on our library.
 */
#include "api_tests.h"

#include <stdio.h>

#include "caller_sample.h"
#include "play.h"

/* Two handles that have shaken hands in the sample's way, and the network between them. */
struct sample {
    WEB_SOCKET_HANDLE client;
    WEB_SOCKET_HANDLE server;
    struct sample_request request;
    WEB_SOCKET_HTTP_HEADER *response;
    ULONG response_count;
    struct sample_transport transport;
    struct sample_log log;
};

static struct sample *sample_start(const struct session_options *server)
{
    struct sample *sample = (struct sample *)(void *)heap_block(sizeof *sample);

    memset(sample, 0, sizeof *sample);
    sample->client = create_client(NULL);
    sample->server = create_server(server);
    sample_handshake(sample->client, sample->server, &sample->request, &sample->response,
                     &sample->response_count);
    return sample;
}

/* Runs the loop of one handle, and expects it to see these actions. */
static void run(struct sample *sample, WEB_SOCKET_HANDLE handle, const char *actions)
{
    sample_run_loop(handle, &sample->transport, &sample->log);
    assert_string_equal(sample->log.actions, actions);
}

static void expect_received(const struct sample *sample, WEB_SOCKET_BUFFER_TYPE type, const void *bytes,
                            size_t size)
{
    assert_int_equal(sample->log.received_type, type);
    assert_int_equal(sample->log.received_size, size);
    assert_memory_equal(sample->log.received, bytes, size);
}

static const char *value_of(const WEB_SOCKET_HTTP_HEADER *headers, ULONG count, const char *name)
{
    const WEB_SOCKET_HTTP_HEADER *header = find_header(headers, count, name);

    assert_int_equal(strlen(header->pcName), header->ulNameLength);
    assert_int_equal(strlen(header->pcValue), header->ulValueLength);
    return header->pcValue;
}

/* The client's strings are in the request that the server was shown, the server's in the client's answer. */
static void headers_go_straight_to_the_other_handle_and_are_read_after_end(void)
{
    struct sample *sample = sample_start(NULL);
    char key[64];

    assert_int_equal(sample->request.count, 5);
    assert_int_equal(sample->response_count, 3);
    snprintf(key, sizeof key, "%s", value_of(sample->request.headers, 5, "Sec-WebSocket-Key"));
    for (int round = 0; round < 2; round++) {
        assert_string_equal(value_of(sample->request.headers, 5, "Connection"), "Upgrade");
        assert_string_equal(value_of(sample->request.headers, 5, "Upgrade"), "websocket");
        assert_string_equal(value_of(sample->request.headers, 5, "Sec-WebSocket-Version"), "13");
        assert_string_equal(value_of(sample->request.headers, 5, "Sec-WebSocket-Key"), key);
        assert_string_equal(value_of(sample->response, 3, "Connection"), "Upgrade");
        assert_string_equal(value_of(sample->response, 3, "Upgrade"), "websocket");
        assert_int_equal(strlen(value_of(sample->response, 3, "Sec-WebSocket-Accept")), 28);

        /* They outlive a conversation, too. */
        send_data(sample->client, UTF8_MESSAGE, "Hello", 5, NULL);
        run(sample, sample->client, "Ss");
        receive(sample->server, NULL, 0, NULL);
        run(sample, sample->server, "Rr");
    }
}

/* "Hello, world" in UTF-16LE: the zeros between the letters are valid UTF-8, which the receiver verifies. */
static const uint8_t greeting[] = {'H', 0,   'e', 0,   'l', 0,   'l', 0,   'o', 0,   ',', 0, ' ',
                                   0,   'w', 0,   'o', 0,   'r', 0,   'l', 0,   'd', 0,   0, 0};

static void wide_characters_are_exchanged_as_text(void)
{
    struct sample *sample = sample_start(NULL);

    send_data(sample->client, UTF8_MESSAGE, greeting, sizeof greeting, NULL);
    run(sample, sample->client, "Ss");
    receive(sample->server, NULL, 0, NULL);
    run(sample, sample->server, "Rr");
    expect_received(sample, UTF8_MESSAGE, greeting, sizeof greeting);

    send_data(sample->server, UTF8_MESSAGE, greeting, sizeof greeting, NULL);
    run(sample, sample->server, "Ss");
    receive(sample->client, NULL, 0, NULL);
    run(sample, sample->client, "Rr");
    expect_received(sample, UTF8_MESSAGE, greeting, sizeof greeting);
}

/* "Gr" and U+00FC, U+00DF, U+20AC in UTF-16LE, which no UTF-8 verification lets pass: the sender has none. */
static const uint8_t accents[] = {'G', 0, 'r', 0, 0xFC, 0x00, 0xDF, 0x00, 0xAC, 0x20};

static void wide_characters_that_are_no_utf8_are_sent_too(void)
{
    struct sample *sample = sample_start(&(struct session_options){.disable_utf8_verification = true});

    send_data(sample->client, UTF8_MESSAGE, accents, sizeof accents, NULL);
    run(sample, sample->client, "Ss");
    receive(sample->server, NULL, 0, NULL);
    run(sample, sample->server, "Rr");
    expect_received(sample, UTF8_MESSAGE, accents, sizeof accents);
}

/* The loop completes NO_ACTION with 0 bytes each time it ends. */
static void completing_no_action_disturbs_nothing(void)
{
    struct sample *sample = sample_start(NULL);

    for (int i = 0; i < 3; i++) {
        run(sample, sample->client, "");
        run(sample, sample->server, "");
    }
    receive(sample->server, NULL, 0, NULL);
    for (int i = 0; i < 3; i++) {
        send_data(sample->client, BINARY_MESSAGE, "message", 7, NULL);
        run(sample, sample->client, "Ss");
        run(sample, sample->server, "Rr");
        expect_received(sample, BINARY_MESSAGE, "message", 7);
        receive(sample->server, NULL, 0, NULL);
    }
}

static void several_operations_run_in_one_loop(void)
{
    struct sample *sample = sample_start(NULL);

    send_data(sample->client, UTF8_FRAGMENT, "one", 3, NULL);
    send_nothing(sample->client, PING_PONG, NULL);
    send_data(sample->client, UTF8_MESSAGE, "two", 3, NULL);
    run(sample, sample->client, "SsSsSs");
    receive(sample->server, NULL, 0, NULL);
    receive(sample->server, NULL, 0, NULL);
    run(sample, sample->server, "RrSr"); /* the pong goes out between the two */
    expect_received(sample, UTF8_MESSAGE, "two", 3);
    receive(sample->client, NULL, 0, NULL);
    run(sample, sample->client, "Rr");
    expect_received(sample, PING_PONG, NULL, 0);
}

static void both_sides_close(void)
{
    struct sample *sample = sample_start(NULL);

    send_close(sample->client, 1000, "bye", NULL);
    run(sample, sample->client, "Ss");
    receive(sample->server, NULL, 0, NULL);
    run(sample, sample->server, "Rr");
    expect_received(sample, CLOSE, "bye", 3);
    send_close(sample->server, 1000, NULL, NULL);
    run(sample, sample->server, "Ss");
    receive(sample->client, NULL, 0, NULL);
    run(sample, sample->client, "Rr");
    expect_received(sample, CLOSE, NULL, 0);
}

/* GetAction fails, the loop aborts the handle, and completes the NO_ACTION that it was given. */
static void after_a_failure_the_loop_aborts_and_ends(void)
{
    struct sample *sample = sample_start(NULL);

    send_data(sample->client, UTF8_MESSAGE, accents, sizeof accents, NULL);
    run(sample, sample->client, "Ss");
    receive(sample->server, NULL, 0, NULL);
    send_nothing(sample->server, PING_PONG, NULL);
    run(sample, sample->server, "SsR!");
    run(sample, sample->server, "r"); /* the receive comes back */
    run(sample, sample->server, "");
}

const struct api_case caller_sample_cases[] = {
    API_CASE(RULE_APPS, headers_go_straight_to_the_other_handle_and_are_read_after_end),
    API_CASE(RULE_APPS, wide_characters_are_exchanged_as_text),
    API_CASE(RULE_APPS, wide_characters_that_are_no_utf8_are_sent_too),
    API_CASE(RULE_APPS, completing_no_action_disturbs_nothing),
    API_CASE(RULE_APPS, several_operations_run_in_one_loop),
    API_CASE(RULE_APPS, both_sides_close),
    API_CASE(RULE_APPS, after_a_failure_the_loop_aborts_and_ends),
    API_CASES_END,
};
