/*
 * Receiving, section 6 of the specification: payloads larger than the memory for them, and the reads into
 * that memory.
 */
#include "api_tests.h"
#include "play.h"

/* ---- Parts of a frame ---- */

/* The payload is indicated in parts of exactly `limit` bytes and a last one, whatever is left. */
static void expect_parts(const struct player *player, const uint8_t *payload, size_t size, size_t limit,
                         WEB_SOCKET_BUFFER_TYPE part, WEB_SOCKET_BUFFER_TYPE last)
{
    struct event events[EVENTS_MAX];
    size_t count = 0;
    size_t done = 0;

    do {
        size_t length = size - done < limit ? size - done : limit;
        bool is_last = done + length == size;

        events[count++] = (struct event){
            .kind = EVENT_DATA, .type = is_last ? last : part, .bytes = payload + done, .size = length};
        done += length;
    } while (done < size);
    expect_events(player, events, count);
}

/* Plays one binary frame of each of the sizes, in bites of 1, 7 and 100 bytes and as many as fit. */
static void play_sizes(ULONG receive_buffer, size_t own, const size_t *sizes, size_t count)
{
    static const size_t cuts[] = {0, 1, 7, 100};
    size_t limit = own > 0 ? own : receive_buffer;

    for (size_t i = 0; i < count; i++) {
        uint8_t *payload = make_payload(sizes[i]);

        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            struct player player = {.row = role_name(role),
                                    .role = role,
                                    .options = {.receive_buffer = receive_buffer},
                                    .own = own};

            stream_frame(&player.stream, role, FIN | OP_BINARY, payload, sizes[i]);
            for (size_t cut = 0; cut < COUNT_OF(cuts); cut++) {
                player.cut =
                    sizes[i] < 10000 ? cuts[cut] : 100 * cuts[cut]; /* a large one in as many pieces */
                play(&player);
                expect_parts(&player, payload, sizes[i], limit, BINARY_FRAGMENT, BINARY_MESSAGE);
                delete_handle(player.handle);
            }
        }
    }
}

static void a_payload_that_fits_the_receive_area_is_one_part_and_a_larger_one_several(void)
{
    static const size_t small[] = {0, 1, 125, 126, 127, 255, 256, 257, 511, 512, 513, 768, 1000, 65536};
    static const size_t usual[] = {4095, 4096, 4097, 8192, 8193, 65535, 65536, 100000};

    play_sizes(256, 0, small, COUNT_OF(small));
    play_sizes(4096, 0, usual, COUNT_OF(usual));
}

static void a_payload_that_fits_the_callers_buffer_is_one_part_and_a_larger_one_several(void)
{
    static const size_t sizes[] = {0, 1, 99, 100, 101, 125, 126, 199, 200, 201, 256, 300, 1000};
    static const size_t larger[] = {255, 256, 257, 258, 999, 1000, 1001, 2000, 3001, 65536};
    static const size_t one_byte[] = {0, 1, 2, 3, 126};

    play_sizes(256, 100, sizes, COUNT_OF(sizes));
    play_sizes(256, 1000, larger, COUNT_OF(larger));
    play_sizes(256, 1, one_byte, COUNT_OF(one_byte));
}

static void a_large_payload_arrives_whole_in_a_large_buffer(void)
{
    static const size_t sizes[] = {65535, 65536, 100000};

    play_sizes(256, 100000, sizes, COUNT_OF(sizes));
    play_sizes(16384, 100000, sizes, COUNT_OF(sizes));
}

/* Frames before it in the same buffer take no room from it: an unfinished frame moves to the front. */
static void a_payload_that_fits_is_one_part_wherever_its_frame_begins(void)
{
    uint8_t *before = make_payload(256);
    uint8_t *payload = make_payload(257);

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t ahead = 0; ahead <= 256; ahead += 5) {
            struct event events[3] = {
                {.kind = EVENT_DATA, .type = BINARY_MESSAGE, .bytes = before, .size = ahead},
                {.kind = EVENT_DATA, .type = BINARY_MESSAGE, .bytes = payload, .size = 256},
                {.kind = EVENT_DATA, .type = BINARY_MESSAGE, .bytes = before, .size = ahead},
            };
            struct player player = {.row = role_name(role), .role = role, .options = {.receive_buffer = 256}};

            stream_frame(&player.stream, role, FIN | OP_BINARY, before, ahead);
            stream_frame(&player.stream, role, FIN | OP_BINARY, payload, 256);
            stream_frame(&player.stream, role, FIN | OP_BINARY, before, ahead);
            play(&player);
            expect_events(&player, events, COUNT_OF(events));
        }
    }
}

static void the_last_part_of_an_unfinished_message_is_a_fragment(void)
{
    uint8_t *text = make_text(260);

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct event events[4] = {
            {.kind = EVENT_DATA, .type = UTF8_FRAGMENT, .bytes = text, .size = 256},
            {.kind = EVENT_DATA, .type = UTF8_FRAGMENT, .bytes = text + 256, .size = 4},
            {.kind = EVENT_DATA, .type = UTF8_FRAGMENT, .bytes = text, .size = 256},
            {.kind = EVENT_DATA, .type = UTF8_MESSAGE, .bytes = text + 256, .size = 4},
        };
        struct player player = {.row = role_name(role), .role = role, .options = {.receive_buffer = 256}};

        stream_frame(&player.stream, role, OP_TEXT, text, 260);
        stream_frame(&player.stream, role, FIN | OP_CONTINUATION, text, 260);
        for (player.cut = 0; player.cut < 5; player.cut++) {
            play(&player);
            expect_events(&player, events, COUNT_OF(events));
        }
    }
}

/* Where the send area borrows from the receive area, 131 - 16 bytes may be missing, not more. */
static void a_client_with_a_small_send_buffer_still_takes_141_bytes_in_one_part(void)
{
    uint8_t *payload = make_payload(141);
    struct event event = {.kind = EVENT_DATA, .type = BINARY_MESSAGE, .bytes = payload, .size = 141};
    struct player player = {
        .row = "SBS 16", .role = ROLE_CLIENT, .options = {.receive_buffer = 256, .send_buffer = 16}};

    stream_frame(&player.stream, ROLE_CLIENT, FIN | OP_BINARY, payload, 141);
    for (player.cut = 0; player.cut < 10; player.cut++) {
        play(&player);
        expect_events(&player, &event, 1);
    }
}

static void a_client_with_a_small_send_buffer_loses_nothing_of_a_larger_frame(void)
{
    uint8_t *payload = make_payload(1000);
    struct player player = {
        .row = "SBS 16", .role = ROLE_CLIENT, .options = {.receive_buffer = 256, .send_buffer = 16}};
    size_t done = 0;

    stream_frame(&player.stream, ROLE_CLIENT, FIN | OP_BINARY, payload, 1000);
    play(&player);
    for (size_t i = 0; i < player.count; i++) {
        assert_int_equal(player.events[i].type, i + 1 < player.count ? BINARY_FRAGMENT : BINARY_MESSAGE);
        assert_true(player.events[i].size <= 1000 - done);
        assert_memory_equal(player.events[i].bytes, payload + done, player.events[i].size);
        done += player.events[i].size;
    }
    assert_int_equal(done, 1000);
}

/*
 * A header may announce 2^63 - 1 bytes: they are indicated in parts as they come, and nothing is allocated
 * for them.
 */
static void the_largest_length_is_received_in_parts(void)
{
    static const uint8_t header[] = {0x82, 0x7F, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    uint8_t *payload = make_payload(1000);

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t own = 0; own <= 100; own += 100) {
            struct player player = {
                .row = role_name(role), .role = role, .options = {.receive_buffer = 256}, .own = own};
            uint8_t bytes[sizeof header + 4 + 1000];
            uint8_t key[4];
            size_t at = peer_header(bytes, role, header, sizeof header, key);

            for (size_t i = 0; i < 1000; i++)
                bytes[at + i] = (uint8_t)(payload[i] ^ key[i % 4]);
            stream_bytes(&player.stream, bytes, at + 1000);
            play(&player);
            assert_int_equal(player.count, own > 0 ? 10 : 3);
            for (size_t i = 0; i < player.count; i++) {
                size_t part = own > 0 ? 100 : 256;

                assert_int_equal(player.events[i].type, BINARY_FRAGMENT);
                assert_int_equal(player.events[i].size, part);
                assert_memory_equal(player.events[i].bytes, payload + i * part, part);
            }
        }
    }
}

/* ---- Reads ---- */

static const WEB_SOCKET_BUFFER *next_read(WEB_SOCKET_HANDLE handle, struct action *action)
{
    *action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    assert_int_equal(action->count, 1);
    return &action->buffers[0];
}

/* Answers an outstanding read with these bytes. */
static void answer_read(WEB_SOCKET_HANDLE handle, const struct action *action, const uint8_t *bytes,
                        ULONG count)
{
    assert_true(count <= action->buffers[0].Data.ulBufferLength);
    memcpy(action->buffers[0].Data.pbBuffer, bytes, count);
    complete_with(handle, action, count);
}

static void a_read_offers_between_one_byte_and_the_receive_buffer_size(void)
{
    static const ULONG sizes[] = {256, 257, 4096, 100000};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            WEB_SOCKET_HANDLE handle = open_role(role, &(struct session_options){.receive_buffer = sizes[i]});
            struct action action;

            receive(handle, NULL, 0, NULL);
            assert_in_range(next_read(handle, &action)->Data.ulBufferLength, 1, sizes[i]);
        }
    }
}

static void the_rest_of_a_frame_is_read_straight_into_the_callers_memory(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        uint8_t *payload = make_payload(500);
        uint8_t *own = heap_block(1000);
        struct stream stream = {NULL, 0};
        struct action action;
        size_t header;

        stream_frame(&stream, role, FIN | OP_BINARY, payload, 500);
        header = stream.size - 500;
        receive(handle, own, 1000, NULL);
        feed(handle, stream.bytes, header + 100, 0);

        /* Never past the frame, although the caller has room for more. */
        assert_ptr_equal(next_read(handle, &action)->Data.pbBuffer, own + 100);
        assert_int_equal(action.buffers[0].Data.ulBufferLength, 400);
        answer_read(handle, &action, stream.bytes + header + 100, 50);
        assert_ptr_equal(next_read(handle, &action)->Data.pbBuffer, own + 150);
        assert_int_equal(action.buffers[0].Data.ulBufferLength, 350);
        answer_read(handle, &action, stream.bytes + header + 150, 1);
        assert_ptr_equal(next_read(handle, &action)->Data.pbBuffer, own + 151);
        answer_read(handle, &action, stream.bytes + header + 151, 349);

        action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
        assert_ptr_equal(action.buffers[0].Data.pbBuffer, own);
        expect_indication(handle, &action, BINARY_MESSAGE, payload, 500);
        assert_true(block_untouched(own + 500, 500));
    }
}

static void a_read_into_the_callers_memory_never_passes_its_end(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        uint8_t *payload = make_payload(500);
        uint8_t *first = heap_block(200);
        uint8_t *second = heap_block(299);
        uint8_t *third = heap_block(1);
        struct stream stream = {NULL, 0};
        struct action action;
        size_t header;

        stream_frame(&stream, role, FIN | OP_BINARY, payload, 500);
        header = stream.size - 500;
        receive(handle, first, 200, NULL);
        receive(handle, second, 299, NULL);
        receive(handle, third, 1, NULL);
        feed(handle, stream.bytes, header + 100, 0);

        assert_ptr_equal(next_read(handle, &action)->Data.pbBuffer, first + 100);
        assert_int_equal(action.buffers[0].Data.ulBufferLength, 100);
        answer_read(handle, &action, stream.bytes + header + 100, 100);
        expect_payload(handle, BINARY_FRAGMENT, payload, 200);

        assert_ptr_equal(next_read(handle, &action)->Data.pbBuffer, second);
        assert_int_equal(action.buffers[0].Data.ulBufferLength, 299);
        answer_read(handle, &action, stream.bytes + header + 200, 299);
        expect_payload(handle, BINARY_FRAGMENT, payload + 200, 299);

        assert_ptr_equal(next_read(handle, &action)->Data.pbBuffer, third);
        assert_int_equal(action.buffers[0].Data.ulBufferLength, 1);
        answer_read(handle, &action, stream.bytes + header + 499, 1);
        expect_payload(handle, BINARY_MESSAGE, payload + 499, 1);
    }
}

/* What more than one frame needs lies in the receive area; the next operation takes it from there. */
static void bytes_of_the_next_frame_never_land_in_the_callers_memory(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        uint8_t *own = heap_block(50);
        struct stream stream = {NULL, 0};

        stream_frame(&stream, role, FIN | OP_TEXT, "first", 5);
        stream_frame(&stream, role, FIN | OP_TEXT, "second", 6);
        receive(handle, own, 50, NULL);
        feed(handle, stream.bytes, stream.size, 0);
        expect_payload(handle, UTF8_MESSAGE, "first", 5);
        assert_true(block_untouched(own + 5, 45));
        receive(handle, own + 10, 6, NULL);
        expect_payload(handle, UTF8_MESSAGE, "second", 6);
        assert_memory_equal(own + 10, "second", 6);
    }
}

/* ---- Operations of both kinds ---- */

/*
 * One frame, taken by operations with and without memory of their own in turn: each part is full but the
 * last.
 */
static void operations_with_and_without_memory_may_share_a_frame(void)
{
    static const size_t turns[] = {100, 0, 1, 0, 300, 7};
    static const size_t cuts[] = {0, 1, 50, 255};
    uint8_t *payload = make_payload(3000);

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t cut = 0; cut < COUNT_OF(cuts); cut++) {
            WEB_SOCKET_HANDLE handle = open_role(role, &(struct session_options){.receive_buffer = 256});
            struct stream stream = {NULL, 0};
            struct feeder feeder;
            size_t done = 0;

            stream_frame(&stream, role, FIN | OP_BINARY, payload, 3000);
            feeder = feeder_start(handle, stream.bytes, stream.size, cuts[cut]);
            for (size_t i = 0; done < 3000; i++) {
                size_t own = turns[i % COUNT_OF(turns)];
                size_t room = own != 0 ? own : 256;
                size_t part = 3000 - done < room ? 3000 - done : room;
                bool last = done + part == 3000;
                struct action action;

                receive(handle, own != 0 ? heap_block(own) : NULL, own, NULL);
                action = feeder_next(&feeder);
                expect_indication(handle, &action, last ? BINARY_MESSAGE : BINARY_FRAGMENT, payload + done,
                                  part);
                done += part;
            }
        }
    }
}

const struct api_case receive_parts_cases[] = {
    API_CASE(RULE_CHOICE, a_payload_that_fits_the_receive_area_is_one_part_and_a_larger_one_several),
    API_CASE(RULE_CHOICE, a_payload_that_fits_the_callers_buffer_is_one_part_and_a_larger_one_several),
    API_CASE(RULE_CHOICE, a_large_payload_arrives_whole_in_a_large_buffer),
    API_CASE(RULE_CHOICE, a_payload_that_fits_is_one_part_wherever_its_frame_begins),
    API_CASE(RULE_CHOICE, the_last_part_of_an_unfinished_message_is_a_fragment),
    API_CASE(RULE_CHOICE, a_client_with_a_small_send_buffer_still_takes_141_bytes_in_one_part),
    API_CASE(RULE_NET, a_client_with_a_small_send_buffer_loses_nothing_of_a_larger_frame),
    API_CASE(RULE_RFC, the_largest_length_is_received_in_parts),
    API_CASE(RULE_NET, a_read_offers_between_one_byte_and_the_receive_buffer_size),
    API_CASE(RULE_CHOICE, the_rest_of_a_frame_is_read_straight_into_the_callers_memory),
    API_CASE(RULE_CHOICE, a_read_into_the_callers_memory_never_passes_its_end),
    API_CASE(RULE_CHOICE, bytes_of_the_next_frame_never_land_in_the_callers_memory),
    API_CASE(RULE_CHOICE, operations_with_and_without_memory_may_share_a_frame),
    API_CASES_END,
};
