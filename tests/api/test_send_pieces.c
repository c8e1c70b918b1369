/*
 * Sending with masks, sections 5.1 and 5.2 of the specification: a client's frame in pieces, under one key.
 */
#include "api_tests.h"
#include "play.h"

#include <stdlib.h>

static WEB_SOCKET_HANDLE open_client_with(ULONG send_buffer)
{
    return open_client(&(struct session_options){.send_buffer = send_buffer});
}

/* ---- Pieces ---- */

/*
 * Payload sizes and what the frame's actions carry: the first, then `full` of SBS bytes, then the rest (0:
 * none).
 */
static const struct {
    ULONG send_buffer;
    size_t size;
    ULONG first; /* header and payload */
    unsigned full;
    ULONG rest;
} rows[] = {
    {16384, 100000, 14 + 16370, 5, 1710}, /* 100014 bytes */
    {16384, 16370 - 6, 8 + 16364, 0, 0},  /* a short length field leaves room */
    {4096, 4088, 8 + 4088, 0, 0},
    {4096, 4089, 8 + 4088, 0, 1},
    {4096, 4096 + 4088, 8 + 4088, 1, 0},
    {4096, 65535, 8 + 4088, 15, 7},
    {4096, 65536, 14 + 4082, 15, 14},
    {16, 0, 6, 0, 0},
    {16, 9, 6 + 9, 0, 0},
    {16, 10, 6 + 10, 0, 0},
    {16, 11, 6 + 10, 0, 1},
    {16, 26, 6 + 10, 1, 0},
    {16, 125, 6 + 10, 7, 3},
    {16, 126, 8 + 8, 7, 6},
    {16, 65536, 14 + 2, 4095, 14},
    {17, 100, 6 + 11, 5, 4},
    {131, 125, 131, 0, 0},
    {200, 1000, 8 + 192, 4, 8},
};

static void a_clients_frame_passes_through_the_send_area_in_pieces(void)
{
    for (size_t row = 0; row < COUNT_OF(rows); row++) {
        WEB_SOCKET_HANDLE client = open_client_with(rows[row].send_buffer);
        uint8_t *payload = make_payload(rows[row].size);
        uint8_t *output = heap_block(FRAME_HEADER_MAX + rows[row].size);
        unsigned pieces = 1 + rows[row].full + (rows[row].rest > 0);
        struct stream sent = {output, 0};

        send_data(client, BINARY_MESSAGE, payload, rows[row].size, payload);
        for (unsigned i = 0; i < pieces; i++) {
            struct action action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            ULONG wanted = i == 0                ? rows[row].first
                           : i <= rows[row].full ? rows[row].send_buffer
                                                 : rows[row].rest;

            assert_int_equal(action.count, 1);
            assert_int_equal(action.type, BINARY_MESSAGE);
            assert_ptr_equal(action.application, payload);
            assert_that(action_size(&action) == wanted,
                        "SBS %lu, %u bytes, piece %u: %lu bytes, expected %lu",
                        (unsigned long)rows[row].send_buffer, (unsigned)rows[row].size, i,
                        (unsigned long)action_size(&action), (unsigned long)wanted);
            memcpy(output + sent.size, action.buffers[0].Data.pbBuffer, action_size(&action));
            sent.size += action_size(&action);
            complete(client, &action);
        }
        next_action(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
        expect_frame("one frame under one key", &sent, ROLE_CLIENT, FIN | OP_BINARY, payload, rows[row].size);
        assert_int_equal(sent.size, 0);
    }
}

static void the_callers_memory_is_never_written_to(void)
{
    for (size_t row = 0; row < COUNT_OF(rows); row++) {
        WEB_SOCKET_HANDLE client = open_client_with(rows[row].send_buffer);
        uint8_t *payload = make_payload(rows[row].size);
        struct stream sent = {NULL, 0};

        send_data(client, BINARY_MESSAGE, payload, rows[row].size, NULL);
        stream_output(&sent, client);
        assert_memory_equal(payload, make_payload(rows[row].size), rows[row].size);
    }
}

/* A literal lies where writing ends the process. */
static void a_payload_in_read_only_memory_can_be_sent(void)
{
    static const char text[] = "This text lies in read-only memory.";
    WEB_SOCKET_HANDLE client = open_client_with(16);
    struct stream sent = {NULL, 0};

    send_data(client, UTF8_MESSAGE, text, sizeof text - 1, NULL);
    stream_output(&sent, client);
    expect_frame("text", &sent, ROLE_CLIENT, FIN | OP_TEXT, text, sizeof text - 1);
}

static void every_piece_lies_in_the_allocated_buffer(void)
{
    static const ULONG send_buffers[] = {16, 17, 130, 131, 132, 256, 5000};

    for (size_t i = 0; i < COUNT_OF(send_buffers); i++) {
        ULONG size = 256 + send_buffers[i] + 144;
        ULONG limit = send_buffers[i] > 256 ? send_buffers[i] : 256;
        uint8_t *memory = guard_alloc(size, 4);
        WEB_SOCKET_HANDLE client = open_client(&(struct session_options){
            .receive_buffer = 256, .send_buffer = send_buffers[i], .memory = memory, .memory_size = size});
        unsigned pieces = 0;
        bool running = true;

        send_data(client, UTF8_FRAGMENT, make_payload(6000), 6000, NULL);
        send_nothing(client, PING_PONG, NULL);
        send_nothing(client, UNSOLICITED_PONG, NULL);
        send_data(client, UTF8_MESSAGE, NULL, 0, NULL);
        send_close(client, 1000,
                   "a reason of some length, so that it does not fit into the smallest send area", NULL);
        while (running) {
            struct action action = get_action(client, SEND_QUEUE, 2);
            const uint8_t *bytes = action.buffers[0].Data.pbBuffer;

            if (action.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION) {
                assert_int_equal(action.count, 1);
                assert_true(bytes >= memory && bytes + action_size(&action) <= memory + size);
                assert_true(action_size(&action) <= limit);
                pieces++;
            }
            running = action.action != WEB_SOCKET_NO_ACTION;
            complete(client, &action);
        }
        assert_true(pieces >= 5 + 6000 / limit);
        guard_intact();
    }
}

/* ---- Control frames ---- */

static void a_clients_control_frame_is_one_action_however_small_the_send_buffer(void)
{
    static const ULONG send_buffers[] = {16, 17, 64, 130, 131, 4096};
    char reason[123 + 1];

    memset(reason, 'r', 123);
    reason[123] = '\0';
    for (size_t i = 0; i < COUNT_OF(send_buffers); i++) {
        WEB_SOCKET_HANDLE client =
            open_client(&(struct session_options){.receive_buffer = 256, .send_buffer = send_buffers[i]});
        struct stream sent = {NULL, 0};
        struct action action;

        send_close(client, 1000, reason, NULL);
        action = get_action(client, SEND_QUEUE, 1);
        assert_int_equal(action.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        assert_int_equal(action.count, 1);
        assert_int_equal(action_size(&action), 131);
        stream_action(&sent, &action);
        expect_close_frame("close", &sent, ROLE_CLIENT, 1000, reason);
        complete(client, &action);
        next_action(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    }
}

/* A small send area borrows from the receive area: what lies there must not suffer. */
static void a_close_from_a_small_send_buffer_leaves_received_bytes_alone(void)
{
    WEB_SOCKET_HANDLE client =
        open_client(&(struct session_options){.receive_buffer = 256, .send_buffer = 16});
    uint8_t *payload = make_payload(141);
    uint8_t *later = make_payload(90);
    char reason[123 + 1];
    struct stream in = {NULL, 0};
    struct stream out = {NULL, 0};
    struct feeder feeder;
    struct action indication;
    struct action action;

    memset(reason, 'r', 123);
    reason[123] = '\0';
    stream_frame(&in, ROLE_CLIENT, FIN | OP_BINARY, payload, 141);
    stream_frame(&in, ROLE_CLIENT, FIN | OP_BINARY, later, 90);
    receive(client, NULL, 0, NULL);
    feeder = feeder_start(client, in.bytes, in.size, 0);
    indication = feeder_next(&feeder);
    assert_int_equal(indication.action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);

    send_close(client, 1000, reason, NULL);
    action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    expect_indication(client, &indication, BINARY_MESSAGE, payload, 141);
    receive(client, NULL, 0, NULL);
    indication = feeder_next(&feeder);
    stream_action(&out, &action);
    expect_close_frame("close", &out, ROLE_CLIENT, 1000, reason);
    complete(client, &action);
    expect_indication(client, &indication, BINARY_MESSAGE, later, 90);
}

/* ---- Keys ---- */

#define KEYS 256u

/* The key of one ping frame from this client. */
static uint32_t next_key(WEB_SOCKET_HANDLE client)
{
    uint8_t ping[16];
    uint32_t key;

    send_nothing(client, PING_PONG, NULL);
    assert_int_equal(take_output(client, ping, sizeof ping), 6);
    assert_int_equal(ping[1], 0x80);
    memcpy(&key, ping + 2, sizeof key);
    return key;
}

static int compare_keys(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

/*
 * The number of keys that occur a second time. By chance, among 256: one with odds of 1 to 130,000, two of
 * 10^-10.
 */
static unsigned repeated(uint32_t *keys, size_t count)
{
    unsigned found = 0;

    qsort(keys, count, sizeof keys[0], compare_keys);
    for (size_t i = 1; i < count; i++)
        found += keys[i] == keys[i - 1];
    return found;
}

static void every_frame_has_a_fresh_key(void)
{
    WEB_SOCKET_HANDLE client = open_client(NULL);
    uint32_t keys[KEYS];
    uint32_t ever_set = 0;
    uint32_t always_set = 0xFFFFFFFFu;

    for (unsigned i = 0; i < KEYS; i++) {
        keys[i] = next_key(client);
        ever_set |= keys[i];
        always_set &= keys[i];
    }
    assert_true(repeated(keys, KEYS) <= 1);
    /* No bit is constant: each is as random as the others. By chance: 2^-250. */
    assert_int_equal(ever_set, 0xFFFFFFFFu);
    assert_int_equal(always_set, 0);
}

static void every_session_has_keys_of_its_own(void)
{
    uint32_t keys[KEYS];

    for (unsigned i = 0; i < KEYS; i += 4) {
        WEB_SOCKET_HANDLE client = open_client(NULL);

        for (unsigned k = 0; k < 4; k++)
            keys[i + k] = next_key(client);
        delete_handle(client);
    }
    assert_true(repeated(keys, KEYS) <= 1);
}

static void keys_do_not_come_from_rand(void)
{
    WEB_SOCKET_HANDLE client = open_client(NULL);
    uint32_t keys[KEYS];

    for (unsigned i = 0; i < KEYS; i++) {
        srand(1);
        keys[i] = next_key(client);
    }
    assert_true(repeated(keys, KEYS) <= 1);
}

/* Pongs and the pieces of long frames as well: one key per frame, none used before. */
static void pongs_and_long_frames_have_fresh_keys_too(void)
{
    WEB_SOCKET_HANDLE client = open_client_with(16);
    uint32_t keys[64];

    receive(client, NULL, 0, NULL);
    for (unsigned i = 0; i < COUNT_OF(keys); i += 2) {
        static const uint8_t ping[] = {0x89, 0x00};
        struct stream sent = {NULL, 0};
        struct action action;

        feed(client, ping, sizeof ping, 0);
        action = next_action(client, RECEIVE_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        assert_int_equal(action_size(&action), 6);
        memcpy(&keys[i], action.buffers[0].Data.pbBuffer + 2, sizeof keys[i]);
        complete(client, &action);

        send_data(client, BINARY_MESSAGE, make_payload(100), 100, NULL);
        stream_output(&sent, client);
        memcpy(&keys[i + 1], sent.bytes + 2, sizeof keys[i]);
    }
    assert_true(repeated(keys, COUNT_OF(keys)) <= 1);
}

const struct api_case send_pieces_cases[] = {
    API_CASE(RULE_WIRE, a_clients_frame_passes_through_the_send_area_in_pieces),
    API_CASE(RULE_NET, the_callers_memory_is_never_written_to),
    API_CASE(RULE_NET, a_payload_in_read_only_memory_can_be_sent),
    API_CASE(RULE_NET, every_piece_lies_in_the_allocated_buffer),
    API_CASE(RULE_NET, a_clients_control_frame_is_one_action_however_small_the_send_buffer),
    API_CASE(RULE_NET, a_close_from_a_small_send_buffer_leaves_received_bytes_alone),
    API_CASE(RULE_RFC, every_frame_has_a_fresh_key),
    API_CASE(RULE_RFC, every_session_has_keys_of_its_own),
    API_CASE(RULE_RFC, keys_do_not_come_from_rand),
    API_CASE(RULE_RFC, pongs_and_long_frames_have_fresh_keys_too),
    API_CASES_END,
};
