/*
 * The examples of RFC 6455, section 5.7, byte for byte, received and sent.
 */
#include "api_tests.h"
#include "play.h"

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct {
    const char *row;
    enum role receiver;
    const char *bytes;
    size_t size;
    struct event events[2];
    size_t count;
} examples[] = {
    {"a single-frame unmasked text message",
     ROLE_CLIENT,
     BYTES("\x81\x05\x48\x65\x6c\x6c\x6f"),
     {EXPECT_DATA(UTF8_MESSAGE, "Hello")},
     1},
    {"a single-frame masked text message",
     ROLE_SERVER,
     BYTES("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"),
     {EXPECT_DATA(UTF8_MESSAGE, "Hello")},
     1},
    {"a fragmented unmasked text message",
     ROLE_CLIENT,
     BYTES("\x01\x03\x48\x65\x6c\x80\x02\x6c\x6f"),
     {EXPECT_DATA(UTF8_FRAGMENT, "Hel"), EXPECT_DATA(UTF8_MESSAGE, "lo")},
     2},
    {"an unmasked ping request",
     ROLE_CLIENT,
     BYTES("\x89\x05\x48\x65\x6c\x6c\x6f"),
     {EXPECT_ANSWER("Hello")},
     1},
    {"a masked ping response",
     ROLE_SERVER,
     BYTES("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"),
     {EXPECT_DATA(PING_PONG, "Hello")},
     1},
};

static void the_short_examples_are_received(void)
{
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        for (size_t own = 0; own <= 5; own += 5) {
            struct player player = {.row = examples[i].row, .role = examples[i].receiver, .own = own};

            stream_bytes(&player.stream, examples[i].bytes, examples[i].size);
            for (player.cut = 0; player.cut < 5; player.cut++) {
                play(&player);
                expect_events(&player, examples[i].events, examples[i].count);
            }
            player.cut = 0;
            for (player.first = 1; player.first < player.stream.size; player.first++) {
                play(&player);
                expect_events(&player, examples[i].events, examples[i].count);
            }
        }
    }
}

/* "256 bytes binary message in a single unmasked frame", and the one of 64 KiB. */
static const struct {
    const char *header;
    size_t header_size;
    size_t size;
} long_examples[] = {
    {"\x82\x7E\x01\x00", 4, 256},
    {"\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10, 65536},
};

static void the_long_examples_are_received(void)
{
    for (size_t i = 0; i < COUNT_OF(long_examples); i++) {
        uint8_t *payload = make_payload(long_examples[i].size);
        struct event message = {
            .kind = EVENT_DATA, .type = BINARY_MESSAGE, .bytes = payload, .size = long_examples[i].size};
        struct player player = {
            .row = "long", .role = ROLE_CLIENT, .options = {.receive_buffer = (ULONG)long_examples[i].size}};

        stream_bytes(&player.stream, long_examples[i].header, long_examples[i].header_size);
        stream_bytes(&player.stream, payload, long_examples[i].size);
        for (player.first = 0; player.first < 20; player.first++) {
            play(&player);
            expect_events(&player, &message, 1);
        }
        player.first = 0;
        player.cut = 1;
        play(&player);
        expect_events(&player, &message, 1);
    }
}

static void the_unmasked_examples_are_sent_by_a_server(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    struct stream sent = {NULL, 0};

    send_data(server, UTF8_MESSAGE, "Hello", 5, NULL);
    send_data(server, UTF8_FRAGMENT, "Hel", 3, NULL);
    send_data(server, UTF8_MESSAGE, "lo", 2, NULL);
    stream_output(&sent, server);
    assert_int_equal(sent.size, 7 + 5 + 4);
    assert_memory_equal(sent.bytes, examples[0].bytes, 7);
    assert_memory_equal(sent.bytes + 7, examples[2].bytes, 9);

    for (size_t i = 0; i < COUNT_OF(long_examples); i++) {
        uint8_t *payload = make_payload(long_examples[i].size);

        sent = (struct stream){NULL, 0};
        send_data(server, BINARY_MESSAGE, payload, long_examples[i].size, NULL);
        stream_output(&sent, server);
        assert_int_equal(sent.size, long_examples[i].header_size + long_examples[i].size);
        assert_memory_equal(sent.bytes, long_examples[i].header, long_examples[i].header_size);
        assert_memory_equal(sent.bytes + long_examples[i].header_size, payload, long_examples[i].size);
    }
}

/* The ping of the example, answered by a server as the example shows it, but for the mask. */
static void the_ping_example_is_answered(void)
{
    static const uint8_t ping[] = {0x89, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58};
    WEB_SOCKET_HANDLE server = open_server(NULL);

    receive(server, NULL, 0, NULL);
    feed(server, ping, sizeof ping, 0);
    expect_server_pong(server, RECEIVE_QUEUE, "Hello", 5);
}

/* The masked example with the key that the client happens to choose. */
static void the_masked_example_is_sent_by_a_client(void)
{
    WEB_SOCKET_HANDLE client = open_client(NULL);
    struct stream sent = {NULL, 0};

    send_data(client, UTF8_MESSAGE, "Hello", 5, NULL);
    stream_output(&sent, client);
    assert_int_equal(sent.size, 11);
    assert_memory_equal(sent.bytes, "\x81\x85", 2);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(sent.bytes[6 + i] ^ sent.bytes[2 + i % 4], "Hello"[i]);
}

const struct api_case rfc_examples_cases[] = {
    API_CASE(RULE_RFC, the_short_examples_are_received),
    API_CASE(RULE_RFC, the_long_examples_are_received),
    API_CASE(RULE_RFC, the_unmasked_examples_are_sent_by_a_server),
    API_CASE(RULE_RFC, the_ping_example_is_answered),
    API_CASE(RULE_RFC, the_masked_example_is_sent_by_a_client),
    API_CASES_END,
};
