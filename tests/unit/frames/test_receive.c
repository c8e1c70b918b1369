/*
 * White-box tests of receive.c: section 6 of the specification without the queues around it. Streams
 * are played by receive_player.c, which holds each step against the reference decoder; the reference
 * decoder itself is held against the hand-written streams below.
 */
#include "unit.h"

#include <stdio.h>

#include "frames/frame.h"
#include "frames/receive.h"
#include "receive_player.h"
#include "reference_decoder.h"
#include "streams.h"

/* How the peer is seen, and what it may do. */
static const struct reference_rules CLIENT = {.unmasked = true, .verify = true};
static const struct reference_rules SERVER = {.masked = true, .verify = true};
static const struct reference_rules LAX_SERVER = {.masked = true, .unmasked = true, .verify = true};
static const struct reference_rules UNVERIFIED = {.unmasked = true};
static const struct reference_rules EXTENDED = {.extension = true, .unmasked = true, .verify = true};

static const struct ws_buffer NO_MEMORY = {NULL, 0};

/* Hand-written streams */

/*
 * What a stream holds is written frame by frame: the first byte; T, B or X for data of a text, binary or
 * extension's message, I for a ping, O for a pong, C for a close with its status, E for an extension's
 * control frame; the payload.
 */
struct row {
    const char *row;
    const struct reference_rules *rules;
    const char *bytes;
    size_t size;
    const char *frames;
    unsigned broken;  /* the close status of the violation, 0: there is none */
    size_t broken_at; /* it shows in this byte, counted from 1 */
};

#define STREAM(literal) literal, sizeof(literal) - 1

/* clang-format off */

static const struct row LEGAL[] = {
    {"nothing", &CLIENT, STREAM(""), "", 0, 0},
    {"RFC 6455, 5.7: a text", &CLIENT, STREAM("\x81\x05Hello"), "81T:Hello ", 0, 0},
    {"5.7: masked", &SERVER, STREAM("\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58"), "81T:Hello ", 0, 0},
    {"5.7: fragments", &CLIENT, STREAM("\x01\x03Hel\x80\x02lo"), "01T:Hel 80T:lo ", 0, 0},
    {"5.7: a ping", &CLIENT, STREAM("\x89\x05Hello"), "89I:Hello ", 0, 0},
    {"5.7: a pong", &SERVER, STREAM("\x8A\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58"), "8AO:Hello ", 0, 0},
    {"empty frames", &CLIENT,
     STREAM("\x81\0\x82\0\x01\0\0\0\x80\0\x89\0\x8A\0"), "81T: 82B: 01T: 00T: 80T: 89I: 8AO: ", 0, 0},
    {"control frames between fragments", &CLIENT,
     STREAM("\x02\x01" "a\x89\x01!\0\x01" "b\x8A\x01?\x80\x01" "c"),
     "02B:a 89I:! 00B:b 8AO:? 80B:c ", 0, 0},
    {"ten pings", &CLIENT,
     STREAM("\x89\x01" "0\x89\x01" "1\x89\x01" "2\x89\x01" "3\x89\x01" "4\x89\x01" "5\x89\x01" "6"
            "\x89\x01" "7\x89\x01" "8\x89\x01" "9"),
     "89I:0 89I:1 89I:2 89I:3 89I:4 89I:5 89I:6 89I:7 89I:8 89I:9 ", 0, 0},
    {"a character across fragments", &CLIENT, STREAM("\x01\x01\xE2\0\x01\x82\x89\0\x80\x01\xAC"),
     "01T:\xE2 00T:\x82 89I: 80T:\xAC ", 0, 0},
    {"text of four-byte characters", &SERVER, STREAM("\x81\x88\0\0\0\0\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"),
     "81T:\xF0\x90\x80\x80\xF4\x8F\xBF\xBF ", 0, 0},
    {"binary is never verified", &CLIENT, STREAM("\x82\x02\xFF\xC0"), "82B:\xFF\xC0 ", 0, 0},
    {"text without verification", &UNVERIFIED,
     STREAM("\x81\x01\xFF\x01\x01\xE2\x80\0"), "81T:\xFF 01T:\xE2 80T: ", 0, 0},
    {"a reason without verification", &UNVERIFIED,
     STREAM("\x88\x05\x03\xE8" "a\xFF\xE2"), "88C1000:a\xFF\xE2 ", 0, 0},
    {"a close", &CLIENT, STREAM("\x88\x02\x03\xE8"), "88C1000: ", 0, 0},
    {"a close with a reason", &SERVER,
     STREAM("\x88\x85\x01\x02\x03\x04\x02\xEA\x61\x7D\x64"), "88C1000:bye ", 0, 0},
    {"a close of 5000", &CLIENT, STREAM("\x88\x02\x13\x88"), "88C5000: ", 0, 0},
    {"a close of 65535 with a reason", &SERVER,
     STREAM("\x88\x84\0\0\0\0\xFF\xFFgo"), "88C65535:go ", 0, 0},
    {"a close without a body", &CLIENT, STREAM("\x88\0"), "88C1005: ", 0, 0},
    {"bytes after a close are never looked at", &CLIENT,
     STREAM("\x88\x02\x0F\xA0\xFF\x00\x70"), "88C4000: ", 0, 0},
    {"a close inside a message, inside a character", &CLIENT, STREAM("\x01\x01\xE2\x88\x04\x0B\xB8\xC3\xA9"),
     "01T:\xE2 88C3000:\xC3\xA9 ", 0, 0},
    {"masked and unmasked", &LAX_SERVER, STREAM("\x81\x02hi\x81\x82\0\0\0\0ho"), "81T:hi 81T:ho ", 0, 0},
    {"an extension's message", &EXTENDED, STREAM("\x41\x02\xFF\xC0\0\x01\xFE\x80\x01\xFF\x81\x01t"),
     "41X:\xFF\xC0 00X:\xFE 80X:\xFF 81T:t ", 0, 0},
    {"each reserved bit", &EXTENDED, STREAM("\xC1\x01" "1\xA2\x01" "2\x91\x01" "3\xF2\x01" "4"),
     "C1X:1 A2X:2 91X:3 F2X:4 ", 0, 0},
    {"each reserved opcode", &EXTENDED,
     STREAM("\x83\x01" "3\x84\x01" "4\x85\x01" "5\x86\x01" "6\x87\x01" "7\x8B\x01" "B\x8C\x01" "C\x8D\x01" "D"
            "\x8E\x01" "E\x8F\x01" "F"),
     "83X:3 84X:4 85X:5 86X:6 87X:7 8BE:B 8CE:C 8DE:D 8EE:E 8FE:F ", 0, 0},
    {"control frames with reserved bits (own choice)", &EXTENDED,
     STREAM("\xA9\x01" "b\x9A\x01" "c\xC8\x01" "a\x81\x01" "t"),
     "A9E:b 9AE:c C8E:a ", 0, 0},
    {"a continuation with reserved bits (own choice)", &EXTENDED,
     STREAM("\x01\x01" "a\x40\x01\xFF\x80\x01\xFF"),
     "01T:a 40X:\xFF 80X:\xFF ", 0, 0},
    {"the same inside a character, then a text (own choice)", &EXTENDED,
     STREAM("\x01\x01\xE2\xC0\0\x81\x01t"), "01T:\xE2 C0X: 81T:t ", 0, 0},
};

static const struct row BROKEN[] = {
    /* reserved bits or opcodes without an extension */
    {"RSV1", &CLIENT, STREAM("\xC1\x01" "a"), "", 1002, 1},
    {"RSV2", &CLIENT, STREAM("\x81\x01" "a\xA1"), "81T:a ", 1002, 4},
    {"RSV3", &SERVER, STREAM("\x92"), "", 1002, 1},
    {"opcode 3", &CLIENT, STREAM("\x83\0"), "", 1002, 1},
    {"opcode 7", &CLIENT, STREAM("\x87\0"), "", 1002, 1},
    {"opcode 11", &CLIENT, STREAM("\x8B\0"), "", 1002, 1},
    {"opcode 15", &CLIENT, STREAM("\x8F\0"), "", 1002, 1},
    {"opcode 3 inside a message", &CLIENT, STREAM("\x01\0\x03"), "01T: ", 1002, 3},
    /* control frames */
    {"a fragmented close", &CLIENT, STREAM("\x08\0"), "", 1002, 1},
    {"a fragmented ping", &CLIENT, STREAM("\x09\0"), "", 1002, 1},
    {"a fragmented pong", &CLIENT, STREAM("\x0A\0"), "", 1002, 1},
    {"a fragmented control frame of an extension", &EXTENDED, STREAM("\x0B\0"), "", 1002, 1},
    {"a ping with a 16-bit length", &CLIENT, STREAM("\x89\x7E\0\x05"), "", 1002, 2},
    {"a pong with a 64-bit length", &SERVER, STREAM("\x8A\xFF\0\0"), "", 1002, 2},
    {"a long control frame of an extension", &EXTENDED, STREAM("\x8C\x7E\0\x7E"), "", 1002, 2},
    /* lengths */
    {"125 in 16 bits", &CLIENT, STREAM("\x82\x7E\0\x7D\0\0"), "", 1002, 4},
    {"65535 in 64 bits", &CLIENT, STREAM("\x82\x7F\0\0\0\0\0\0\xFF\xFF"), "", 1002, 8},
    {"0 in 64 bits", &SERVER, STREAM("\x82\xFF\0\0\0\0\0\0\0\0"), "", 1002, 8},
    {"the top bit", &CLIENT, STREAM("\x82\x7F\x80\0\0\0\0\0\0\0"), "", 1002, 3},
    /* masks */
    {"masked from a server", &CLIENT, STREAM("\x81\x85\0\0"), "", 1002, 2},
    {"unmasked from a client", &SERVER, STREAM("\x81\x05\0\0"), "", 1002, 2},
    {"an unmasked close from a client", &SERVER, STREAM("\x88\0"), "", 1002, 2},
    /* messages */
    {"a continuation without a start", &CLIENT, STREAM("\x80\0"), "", 1002, 1},
    {"a continuation after a message", &CLIENT, STREAM("\x81\x01" "a\0\0"), "81T:a ", 1002, 4},
    {"a continuation after fragments", &CLIENT, STREAM("\x02\0\x80\0\x80"), "02B: 80B: ", 1002, 5},
    {"text inside text", &CLIENT, STREAM("\x01\x01" "a\x81\0"), "01T:a ", 1002, 4},
    {"binary inside text, after a ping", &CLIENT, STREAM("\x01\0\x89\0\x02\0"), "01T: 89I: ", 1002, 5},
    {"an extension's continuation without a start", &EXTENDED, STREAM("\x40\0"), "", 1002, 1},
    {"an extension's message inside a message", &EXTENDED, STREAM("\x02\0\x03\0"), "02B: ", 1002, 3},
    /* close frames */
    {"a close body of 1 byte", &CLIENT, STREAM("\x88\x01\x03"), "", 1002, 2},
    {"status 0", &CLIENT, STREAM("\x88\x02\0\0"), "", 1002, 3},
    {"status 767", &CLIENT, STREAM("\x88\x02\x02\xFF"), "", 1002, 3},
    {"status 999", &CLIENT, STREAM("\x88\x02\x03\xE7"), "", 1002, 4},
    {"status 1004", &CLIENT, STREAM("\x88\x04\x03\xEC" "ab"), "", 1002, 4},
    {"status 1005", &CLIENT, STREAM("\x88\x02\x03\xED"), "", 1002, 4},
    {"status 1006", &SERVER, STREAM("\x88\x82\0\0\0\0\x03\xEE"), "", 1002, 8},
    {"status 1015", &CLIENT, STREAM("\x88\x02\x03\xF7"), "", 1002, 4},
    {"status 1024", &CLIENT, STREAM("\x88\x02\x04\0"), "", 1002, 3},
    {"status 2815", &CLIENT, STREAM("\x88\x02\x0A\xFF"), "", 1002, 3},
    {"status 2999", &CLIENT, STREAM("\x88\x02\x0B\xB7"), "", 1002, 4},
    {"a reason with an overlong form", &CLIENT, STREAM("\x88\x05\x03\xE8" "a\xC0\x80"), "", 1007, 6},
    {"a reason that ends inside a character", &CLIENT, STREAM("\x88\x04\x03\xE8\xE2\x82"), "", 1007, 6},
    {"a wrong reason, the text before it unfinished", &CLIENT,
     STREAM("\x01\x01\xC3\x88\x03\x03\xE8\xA9"), "01T:\xC3 ", 1007, 8},
    /* text */
    {"a stray later byte", &CLIENT, STREAM("\x81\x03" "a\x80z"), "", 1007, 4},
    {"an overlong form", &CLIENT, STREAM("\x81\x03\xE0\x9F\xBF"), "", 1007, 4},
    {"a surrogate", &CLIENT, STREAM("\x81\x03\xED\xA0\x80"), "", 1007, 4},
    {"above U+10FFFF", &SERVER, STREAM("\x81\x84\0\0\0\0\xF4\x90\x80\x80"), "", 1007, 8},
    {"FF", &CLIENT, STREAM("\x81\x05Hell\xFF"), "", 1007, 7},
    {"a message that ends inside a character", &CLIENT, STREAM("\x81\x03" "a\xE2\x82\x81\0"), "", 1007, 5},
    {"fragments that end inside a character", &CLIENT,
     STREAM("\x01\x01\xE2\x80\x01\x82"), "01T:\xE2 ", 1007, 6},
    {"an empty last fragment inside a character", &CLIENT,
     STREAM("\x01\x01\xE2\x80\0\x81\0"), "01T:\xE2 ", 1007, 5},
    {"wrong across fragments", &CLIENT, STREAM("\x01\x01\xE2\0\x02\x28z\x80\0"), "01T:\xE2 ", 1007, 6},
    {"wrong across fragments, a pong between", &CLIENT,
     STREAM("\x01\x01\xE2\x8A\x01\x82\x80\x01z"), "01T:\xE2 8AO:\x82 ", 1007, 9},
    {"a text after an extension's", &EXTENDED, STREAM("\xC1\x01\xFF\x81\x01\xFF"), "C1X:\xFF ", 1007, 6},
};

/* clang-format on */

static void describe_frame(const struct reference_frame *frame, char *to, size_t room)
{
    size_t skipped = frame->kind == REFERENCE_CLOSE && frame->length > 0 ? 2 : 0;
    char letter = "DIOCE"[frame->kind];
    char status[8] = "";

    if (frame->kind == REFERENCE_DATA)
        letter = frame->raw ? 'X' : frame->text ? 'T' : 'B';
    if (frame->kind == REFERENCE_CLOSE)
        (void)snprintf(status, sizeof status, "%u", (unsigned)frame->status);
    (void)snprintf(to, room, "%02X%c%s:%.*s ", frame->first, letter, status, (int)(frame->length - skipped),
                   (const char *)frame->payload + skipped);
}

static void expect_reference(const struct row *row)
{
    struct reference reference = reference_decode((const uint8_t *)row->bytes, row->size, *row->rules);
    char frames[300] = "";

    for (size_t i = 0; i < reference.complete; i++) {
        size_t used = strlen(frames);
        describe_frame(&reference.frames[i], frames + used, sizeof frames - used);
    }
    assert_that(strcmp(frames, row->frames) == 0, "%s: %s", row->row, frames);
    assert_that((reference.state == REFERENCE_BROKEN) == (row->broken != 0), "%s: %d", row->row,
                (int)reference.state);
    assert_that(reference.status == row->broken, "%s: status %u", row->row, (unsigned)reference.status);
    assert_that(reference.broken_at == row->broken_at, "%s: at %u", row->row, (unsigned)reference.broken_at);
    reference_free(&reference);
}

static void the_reference_decoder_reads_the_streams_as_we_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(LEGAL); i++)
        expect_reference(&LEGAL[i]);
    for (size_t i = 0; i < COUNT_OF(BROKEN); i++)
        expect_reference(&BROKEN[i]);
}

/* Whole, byte by byte, and cut at every offset. */
static void play_cuts(struct receive_play play)
{
    receive_play(&play);
    play.cut = 1;
    receive_play(&play);
    play.cut = 0;
    for (play.first = 1; play.first < play.size; play.first++)
        receive_play(&play);
}

/* With library memory, with memory of all sizes up to one more than the stream, and with both in turn. */
static void play_memories(struct receive_play play, uint32_t largest)
{
    for (play.own = 0; play.own <= largest; play.own++) {
        play.alternate = false;
        play_cuts(play);
        play.alternate = true;
        play_cuts(play);
    }
}

static void play_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t *stream = block_copy(rows[i].bytes, rows[i].size);
        struct receive_play play = {
            .row = rows[i].row, .stream = stream, .size = rows[i].size, .rules = *rows[i].rules, .area = 141};
        play_memories(play, (uint32_t)rows[i].size + 1);
        free(stream);
    }
}

static void legal_streams_cut_anywhere_into_any_memory(void **state)
{
    (void)state;
    play_rows(LEGAL, COUNT_OF(LEGAL));
}

static void broken_streams_fail_at_the_byte_that_shows_it(void **state)
{
    (void)state;
    play_rows(BROKEN, COUNT_OF(BROKEN));
}

/* Streams that are made */

static const uint8_t KEY[4] = {0xA1, 0x02, 0xFE, 0x37};

/*
 * "A receive area of RBS: a payload of RBS bytes is one part, RBS + 1 bytes are two", wherever the frame
 * begins in the area: other frames stand before it.
 */
static void play_area(uint32_t area, size_t before, size_t size)
{
    struct stream stream = {NULL, 0};
    uint8_t *payload = block_numbered(size + before);
    struct receive_play play = {.row = "area", .rules = SERVER, .area = area};

    stream_add_frame(&stream, 0x82, KEY, payload, before);
    stream_add_frame(&stream, 0x02, KEY, payload, size);
    stream_add_frame(&stream, 0x89, KEY, payload, before < 125 ? before : 125);
    stream_add_frame(&stream, 0x80, KEY, payload, before);
    play.stream = stream.bytes;
    play.size = stream.size;

    static const size_t cuts[] = {0, 1, 7, 130};
    for (size_t i = 0; i < COUNT_OF(cuts); i++) {
        play.cut = cuts[i];
        play.own = 0;
        receive_play(&play);
        play.own = area / 3;
        play.alternate = true;
        receive_play(&play);
    }
    free(payload);
    free(stream.bytes);
}

static void a_payload_up_to_the_area_is_one_part(void **state)
{
    (void)state;
    for (uint32_t area = 125; area <= 300; area += area < 130 ? 1 : 9) {
        const size_t sizes[] = {area - 14, area - 6,     area - 1, area,
                                area + 1,  2 * area - 1, 2 * area, 2 * area + 1};
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            play_area(area, 0, sizes[i]);
            play_area(area, 1 + area % 13, sizes[i]);
            play_area(area, area, sizes[i]);
        }
    }
}

/* The same written down, without the player. */
static void parts_of_200_bytes_in_an_area_of_200(void **state)
{
    (void)state;
    static const uint8_t header[] = {0x81, 0x7E, 0x01, 0x91}; /* 401 bytes */
    uint8_t *area = block_new(200 + WS_RECEIVE_SLACK);
    struct ws_receive rx;
    struct ws_receive_event event;

    ws_receive_init(&rx, area, 200, WS_FRAME_ALLOW_UNMASKED, true);
    assert_int_equal(ws_receive_next(&rx, NO_MEMORY, &event), WS_RECEIVE_READ);
    assert_true(event.buffer.bytes == area && event.buffer.length == 200);
    memset(area, 'x', 200);
    memcpy(area, header, sizeof header);
    ws_receive_filled(&rx, NO_MEMORY, 200);

    /* 196 bytes of payload stay behind their header, 4 more fit. */
    assert_int_equal(ws_receive_next(&rx, NO_MEMORY, &event), WS_RECEIVE_READ);
    assert_true(event.buffer.bytes == area + 200 && event.buffer.length == 4);
    memset(event.buffer.bytes, 'x', 4);
    ws_receive_filled(&rx, NO_MEMORY, 4);
    assert_int_equal(ws_receive_next(&rx, NO_MEMORY, &event), WS_RECEIVE_INDICATE);
    assert_true(event.kind == WS_TEXT_FRAGMENT && event.buffer.bytes == area + 4 &&
                event.buffer.length == 200);

    assert_int_equal(ws_receive_next(&rx, NO_MEMORY, &event), WS_RECEIVE_READ);
    assert_true(event.buffer.bytes == area && event.buffer.length == 200);
    memset(area, 'y', 200);
    ws_receive_filled(&rx, NO_MEMORY, 200);
    assert_int_equal(ws_receive_next(&rx, NO_MEMORY, &event), WS_RECEIVE_INDICATE);
    assert_true(event.kind == WS_TEXT_FRAGMENT && event.buffer.bytes == area && event.buffer.length == 200);

    assert_int_equal(ws_receive_next(&rx, NO_MEMORY, &event), WS_RECEIVE_READ);
    area[0] = 'z';
    ws_receive_filled(&rx, NO_MEMORY, 1);
    assert_int_equal(ws_receive_next(&rx, NO_MEMORY, &event), WS_RECEIVE_INDICATE);
    assert_true(event.kind == WS_TEXT_MESSAGE && event.buffer.length == 1 && event.buffer.bytes[0] == 'z');
    free(area);
}

static void own_memory_of_every_size(void **state)
{
    (void)state;
    enum { SIZE = 60 };
    uint8_t *payload = block_numbered(SIZE);
    struct stream stream = {NULL, 0};

    stream_add_frame(&stream, 0x02, KEY, payload, SIZE);
    stream_add_frame(&stream, 0x89, KEY, payload, 3);
    stream_add_frame(&stream, 0x80, KEY, payload, 5);
    play_memories(
        (struct receive_play){
            .row = "own memory", .stream = stream.bytes, .size = stream.size, .rules = SERVER, .area = 141},
        SIZE + 2);
    free(payload);
    free(stream.bytes);
}

static void large_payloads(void **state)
{
    (void)state;
    static const size_t sizes[] = {65535, 65536, 70000};
    static const uint32_t memories[] = {0, 1000, 65536, 100000};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        uint8_t *payload = block_numbered(sizes[i]);
        struct stream stream = {NULL, 0};
        stream_add_frame(&stream, 0x82, KEY, payload, sizes[i]);
        stream_add_frame(&stream, 0x81, KEY, payload, 7);
        for (size_t j = 0; j < COUNT_OF(memories); j++) {
            receive_play(&(struct receive_play){.row = "large",
                                                .stream = stream.bytes,
                                                .size = stream.size,
                                                .rules = SERVER,
                                                .area = 300,
                                                .own = memories[j],
                                                .cut = 999});
        }
        free(payload);
        free(stream.bytes);
    }
}

/* The player's machine by hand */

/* Gives these bytes, which the machine must want one read after the other. */
static void feed(struct ws_receive *rx, struct ws_buffer own, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    while (size > 0) {
        struct ws_receive_event event;
        assert_int_equal(ws_receive_next(rx, own, &event), WS_RECEIVE_READ);
        size_t count = size < event.buffer.length ? size : event.buffer.length;
        memcpy(event.buffer.bytes, from, count);
        ws_receive_filled(rx, own, (uint32_t)count);
        from += count;
        size -= count;
    }
}

static void expect_part(struct ws_receive *rx, struct ws_buffer own, enum ws_kind kind, const char *payload)
{
    struct ws_receive_event event;
    assert_int_equal(ws_receive_next(rx, own, &event), WS_RECEIVE_INDICATE);
    assert_int_equal(event.kind, kind);
    assert_int_equal(event.buffer.length, strlen(payload));
    assert_memory_equal(event.buffer.bytes, payload, strlen(payload));
    if (own.bytes)
        assert_ptr_equal(event.buffer.bytes, own.bytes);
}

/* A length near 2^63 overflows nothing: own memory is offered in full, and never more than it has. */
static void a_length_of_2_to_the_63_minus_1(void **state)
{
    (void)state;
    static const uint8_t header[] = {0x82, 0x7F, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    uint8_t *area = block_new(256 + WS_RECEIVE_SLACK);
    uint8_t byte[2] = {0, 0};
    const struct ws_buffer vast = {byte, UINT32_MAX}; /* no more than its first bytes are touched */
    struct ws_receive rx;
    struct ws_receive_event event;

    ws_receive_init(&rx, area, 256, WS_FRAME_ALLOW_UNMASKED, true);
    feed(&rx, vast, header, sizeof header);
    assert_int_equal(ws_receive_next(&rx, vast, &event), WS_RECEIVE_READ);
    assert_true(event.buffer.bytes == byte && event.buffer.length == UINT32_MAX);
    byte[0] = 1;
    ws_receive_filled(&rx, vast, 1);
    assert_int_equal(ws_receive_next(&rx, vast, &event), WS_RECEIVE_READ);
    assert_true(event.buffer.bytes == byte + 1 && event.buffer.length == UINT32_MAX - 1);
    free(area);
}

/*
 * Specification, 8: a read that brought nothing cancels the operation; what had come before is not lost
 * (own choice).
 */
static void payload_in_the_area_outlives_its_operation(void **state)
{
    (void)state;
    uint8_t *area = block_new(141 + WS_RECEIVE_SLACK);
    uint8_t *memory = block_new(4);
    const struct ws_buffer own = {memory, 4};
    struct ws_receive rx;

    ws_receive_init(&rx, area, 141, WS_FRAME_ALLOW_UNMASKED, true);
    feed(&rx, NO_MEMORY, "\x81\x0BHello ", 8);
    struct ws_receive_event event;
    assert_int_equal(ws_receive_next(&rx, NO_MEMORY, &event), WS_RECEIVE_READ);
    ws_receive_cancel(&rx);
    assert_int_equal(ws_receive_ended(&rx), WS_OK);

    expect_part(&rx, own, WS_TEXT_FRAGMENT, "Hell");
    expect_part(&rx, (struct ws_buffer){memory, 1}, WS_TEXT_FRAGMENT, "o");
    feed(&rx, NO_MEMORY, "wo", 2);
    assert_int_equal(ws_receive_next(&rx, NO_MEMORY, &event), WS_RECEIVE_READ);
    ws_receive_cancel(&rx);

    feed(&rx, own, "r", 1); /* " wo" came out of the area, and the read went behind it */
    expect_part(&rx, own, WS_TEXT_FRAGMENT, " wor");
    feed(&rx, NO_MEMORY, "ld", 2);
    expect_part(&rx, NO_MEMORY, WS_TEXT_MESSAGE, "ld");
    assert_int_equal(ws_receive_ended(&rx), WS_OK);
    free(memory);
    free(area);
}

/* A read straight into own memory that brought nothing yet may be given up as well. */
static void an_empty_own_memory_can_be_given_up(void **state)
{
    (void)state;
    uint8_t *area = block_new(141 + WS_RECEIVE_SLACK);
    uint8_t *memory = block_new(5);
    struct ws_receive rx;
    struct ws_receive_event event;

    ws_receive_init(&rx, area, 141, WS_FRAME_ALLOW_UNMASKED, true);
    feed(&rx, (struct ws_buffer){memory, 5}, "\x81\x05", 2);
    assert_int_equal(ws_receive_next(&rx, (struct ws_buffer){memory, 5}, &event), WS_RECEIVE_READ);
    assert_ptr_equal(event.buffer.bytes, memory);
    ws_receive_cancel(&rx);
    feed(&rx, NO_MEMORY, "Hello", 5);
    expect_part(&rx, NO_MEMORY, WS_TEXT_MESSAGE, "Hello");
    assert_true(block_untouched(memory, 5));
    free(memory);
    free(area);
}

/* Own choice: a message with a hole is never delivered, so nothing is, from then on. */
static void payload_lost_in_own_memory_ends_the_receive_side(void **state)
{
    (void)state;
    uint8_t *area = block_new(141 + WS_RECEIVE_SLACK);
    uint8_t *memory = block_new(5);
    const struct ws_buffer own = {memory, 5};
    struct ws_receive rx;
    struct ws_receive_event event;

    ws_receive_init(&rx, area, 141, WS_FRAME_ALLOW_UNMASKED, true);
    feed(&rx, own, "\x81\x05H", 3);
    assert_int_equal(ws_receive_next(&rx, own, &event), WS_RECEIVE_READ);
    assert_true(event.buffer.bytes == memory + 1 && event.buffer.length == 4);
    ws_receive_cancel(&rx);
    assert_int_equal(ws_receive_ended(&rx), WS_WHY_RECEIVE_AFTER_LOSS);
    assert_int_equal(ws_receive_failure(&rx), WS_OK);
    assert_int_equal(ws_receive_next(&rx, NO_MEMORY, &event), WS_RECEIVE_LOST);
    assert_int_equal(ws_receive_next(&rx, own, &event), WS_RECEIVE_LOST);
    free(memory);
    free(area);
}

/* The same as the player's, written down: what follows a close lands in the area, and nothing comes of it. */
static void after_a_close_whatever_comes_is_thrown_away(void **state)
{
    (void)state;
    static const char *const rest[] = {"\x81\x05Hello", "\x89\x01x", "\xFF\xFF\xFF\xFF", "\x81\x85",
                                       "\x88\x02\x03\xE8"};
    uint8_t *area = block_new(141 + WS_RECEIVE_SLACK);
    uint8_t *memory = block_new(5);
    const struct ws_buffer own = {memory, 5};
    struct ws_receive rx;
    struct ws_receive_event event;

    ws_receive_init(&rx, area, 141, WS_FRAME_ALLOW_UNMASKED, true);
    feed(&rx, own, "\x88\x04\x03\xE9go\x82\x05x", 9);
    assert_int_equal(ws_receive_next(&rx, own, &event), WS_RECEIVE_INDICATE);
    assert_true(event.kind == WS_CLOSE && event.status == 1001 && event.buffer.length == 2);
    for (size_t i = 0; i < COUNT_OF(rest); i++) {
        for (unsigned j = 0; j < 2; j++) {
            assert_int_equal(ws_receive_next(&rx, j == 0 ? NO_MEMORY : own, &event), WS_RECEIVE_READ);
            assert_true(event.buffer.bytes == area && event.buffer.length == 141);
        }
        memcpy(area, rest[i], strlen(rest[i]));
        ws_receive_filled(&rx, own, (uint32_t)strlen(rest[i]));
        ws_receive_cancel(&rx);
    }
    assert_true(ws_receive_failure(&rx) == WS_OK && ws_receive_ended(&rx) == WS_OK);
    assert_true(block_untouched(memory, 5));
    free(memory);
    free(area);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_decoder_reads_the_streams_as_we_do),
        cmocka_unit_test(legal_streams_cut_anywhere_into_any_memory),
        cmocka_unit_test(broken_streams_fail_at_the_byte_that_shows_it),
        cmocka_unit_test(a_payload_up_to_the_area_is_one_part),
        cmocka_unit_test(parts_of_200_bytes_in_an_area_of_200),
        cmocka_unit_test(own_memory_of_every_size),
        cmocka_unit_test(large_payloads),
        cmocka_unit_test(a_length_of_2_to_the_63_minus_1),
        cmocka_unit_test(payload_in_the_area_outlives_its_operation),
        cmocka_unit_test(an_empty_own_memory_can_be_given_up),
        cmocka_unit_test(payload_lost_in_own_memory_ends_the_receive_side),
        cmocka_unit_test(after_a_close_whatever_comes_is_thrown_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
