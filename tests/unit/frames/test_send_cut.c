/*
 * White-box tests of send.c: section 7 of the specification, "the first part is handed out at once as a frame of
 * its own". What a message is cut into is read by the reference decoder. Send areas are exact heap blocks.
 */
#include "unit.h"

#include "faults.h"
#include "frame_header.h"
#include "frames/frame.h"
#include "reference_decoder.h"
#include "senders.h"
#include "streams.h"

static const enum ws_send_mode MODES[] = {WS_SEND_PLAIN, WS_SEND_ZERO_KEY, WS_SEND_MASKED};

static struct reference_rules rules_of(enum ws_send_mode mode)
{
    return (struct reference_rules){.masked = mode != WS_SEND_PLAIN, .unmasked = mode == WS_SEND_PLAIN};
}

static uint32_t header_size(enum ws_send_mode mode, uint64_t payload)
{
    return frame_header_size(payload, mode != WS_SEND_PLAIN);
}

/* The most payload whose frame has at most `piece` bytes, found by trying. */
static uint32_t most_payload(enum ws_send_mode mode, uint32_t piece)
{
    uint32_t most = piece - header_size(mode, 0);
    while (header_size(mode, most) + most > piece)
        most--;
    return most;
}

/* One operation on its way out. */
struct cutting {
    struct ws_send tx;
    struct ws_operation op;
    enum ws_send_mode mode;
    uint32_t piece;
    uint32_t done; /* bytes of its payload in the frames before the current one */
    bool in_frame;
    bool finished;
    struct stream wire;
};

static uint32_t put_on_wire(struct cutting *cutting, const struct ws_pieces *pieces)
{
    uint32_t size = 0;
    for (uint32_t i = 0; i < pieces->count; i++) {
        assert_true(pieces->buffers[i].length > 0);
        stream_add(&cutting->wire, pieces->buffers[i].bytes, pieces->buffers[i].length);
        size += pieces->buffers[i].length;
    }
    return size;
}

/*
 * An action that is a whole frame where all that is left would take several: one buffer, and as full as can be. Returns
 * the length of its payload.
 */
static uint32_t check_fragment(const struct cutting *cutting, const struct ws_pieces *pieces)
{
    uint32_t left = cutting->op.length - cutting->done;
    uint32_t most = most_payload(cutting->mode, cutting->piece);
    uint32_t payload = left < most ? left : most;
    assert_true(pieces->count == 1 && pieces->buffers[0].bytes == cutting->tx.area);
    assert_int_equal(pieces->buffers[0].length, header_size(cutting->mode, payload) + payload);
    assert_true(pieces->buffers[0].length <= cutting->piece);
    return payload;
}

/* The next action, with room for so many buffers, which is a frame of its own if `alone`. */
static void step(struct cutting *cutting, uint32_t room, bool alone)
{
    const uint32_t left = cutting->op.length - cutting->done;
    const uint32_t whole = header_size(cutting->mode, left) + left;
    const bool composed = cutting->mode == WS_SEND_MASKED;
    const bool one_action = composed ? whole <= cutting->piece : room == 2 || left == 0;
    enum ws_send_progress progress;
    struct ws_pieces pieces;

    if (alone)
        assert_true(ws_send_can_be_alone(&cutting->tx, &cutting->op, room));
    assert_int_equal(ws_send_next(&cutting->tx, &cutting->op, room, alone, &pieces, &progress), WS_OK);
    assert_true(pieces.count >= 1 && pieces.count <= room);
    uint32_t size = put_on_wire(cutting, &pieces);
    if (composed)
        assert_true(size <= cutting->piece);
    if (alone && one_action) {
        assert_int_equal(progress, WS_SEND_FINISHED);
        assert_int_equal(size, whole);
    } else if (alone) {
        cutting->done += check_fragment(cutting, &pieces);
        assert_true(progress == (size == whole ? WS_SEND_FINISHED : WS_SEND_NEXT_FRAME));
    } else {
        assert_true(progress != WS_SEND_NEXT_FRAME);
    }
    cutting->in_frame = progress == WS_SEND_IN_FRAME;
    cutting->finished = progress == WS_SEND_FINISHED;
}

/*
 * Frames whose payloads joined are the operation's: the first with its first byte, others continuations, FIN on the last
 * alone, and there only if the operation has it.
 */
static void check_wire(const struct cutting *cutting)
{
    struct reference wire =
        reference_decode(cutting->wire.bytes, cutting->wire.size, rules_of(cutting->mode));
    size_t joined = 0;

    assert_true(wire.state == REFERENCE_OPEN && wire.complete == wire.count && wire.count > 0);
    for (size_t i = 0; i < wire.count; i++) {
        const struct reference_frame *frame = &wire.frames[i];
        bool last = i + 1 == wire.count;
        uint8_t opcode = i == 0 ? cutting->op.first & 0x0F : 0;
        assert_int_equal(frame->first, opcode | (last ? cutting->op.first & 0x80 : 0));
        assert_true(joined + frame->length <= cutting->op.length);
        assert_memory_equal(frame->payload, cutting->op.bytes + joined, (size_t)frame->length);
        assert_true(frame->length > 0 || wire.count == 1);
        joined += (size_t)frame->length;
    }
    assert_int_equal(joined, cutting->op.length);
    reference_free(&wire);
}

static struct cutting cut(enum ws_send_mode mode, uint32_t piece, enum ws_kind kind, uint8_t *payload,
                          uint32_t length)
{
    struct cutting cutting = {.tx = sender(mode, piece), .mode = mode, .piece = piece};
    cutting.op = sender_admits(&cutting.tx, kind, payload, length);
    return cutting;
}

static void forget(struct cutting *cutting)
{
    free(cutting->wire.bytes);
    free(cutting->tx.area);
}

static void send_by_chance(uint64_t *chance, struct cutting cutting)
{
    while (!cutting.finished)
        step(&cutting, 1 + chance_below(chance, 2), !cutting.in_frame && chance_below(chance, 3) > 0);
    ws_send_end(&cutting.tx);
    check_wire(&cutting);
    forget(&cutting);
}

static void what_a_message_is_cut_into_is_the_message(void **state)
{
    (void)state;
    enum { LONGEST = 1500 };
    static const enum ws_kind kinds[] = {WS_TEXT_MESSAGE, WS_TEXT_FRAGMENT, WS_BINARY_MESSAGE,
                                         WS_BINARY_FRAGMENT};
    uint8_t *payload = block_numbered(LONGEST);
    uint8_t *copy = block_copy(payload, LONGEST);
    uint64_t chance = 0x645555;

    for (size_t i = 0; i < COUNT_OF(MODES); i++)
        for (uint32_t piece = 16; piece <= 300; piece++) {
            const uint32_t most = most_payload(MODES[i], piece);
            const uint32_t lengths[] = {0, 1, most - 1, most, most + 1, 2 * most, 2 * most + 1, 4 * most + 7};
            for (size_t j = 0; j < COUNT_OF(lengths); j++) {
                enum ws_kind kind = kinds[chance_below(&chance, COUNT_OF(kinds))];
                send_by_chance(&chance, cut(MODES[i], piece, kind, payload, lengths[j]));
                send_by_chance(&chance,
                               cut(MODES[i], piece, kind, payload, chance_below(&chance, LONGEST + 1)));
            }
        }
    assert_memory_equal(payload, copy, LONGEST);
    free(copy);
    free(payload);
}

/* The pieces of a message that is cut each time, at a length of its header in every form. */
static void a_fragment_is_as_full_as_one_action(void **state)
{
    (void)state;
    static const uint32_t pieces[] = {16,    131,   132,   133,   134,   16384,
                                      65541, 65543, 65544, 65545, 65550, 70000};
    uint8_t *payload = block_numbered(150000);

    for (size_t i = 0; i < COUNT_OF(MODES); i++)
        for (size_t j = 0; j < COUNT_OF(pieces); j++) {
            const uint32_t length = pieces[j] < 7500 ? 20 * pieces[j] : 150000;
            struct cutting cutting = cut(MODES[i], pieces[j], WS_BINARY_MESSAGE, payload, length);
            while (!cutting.finished)
                step(&cutting, 1, true);
            check_wire(&cutting);
            forget(&cutting);
        }
    free(payload);
}

/* A caller's fragment that continues a message stays a continuation. */
static void a_callers_continuation_is_cut_into_continuations(void **state)
{
    (void)state;
    uint8_t payload[] = "the second of two fragments of the caller's, and the last";
    for (size_t i = 0; i < COUNT_OF(MODES); i++) {
        struct cutting cutting = {.tx = sender(MODES[i], 16), .mode = MODES[i], .piece = 16};
        (void)sender_admits(&cutting.tx, WS_TEXT_FRAGMENT, payload, sizeof payload);
        cutting.op = sender_admits(&cutting.tx, WS_TEXT_MESSAGE, payload, sizeof payload);
        assert_int_equal(cutting.op.first, 0x80);
        for (unsigned pongs = 3; pongs > 0; pongs--)
            step(&cutting, 1, true);
        while (!cutting.finished)
            step(&cutting, 1, false);
        const uint8_t start[2] = {0x01, (uint8_t)(MODES[i] == WS_SEND_PLAIN ? 0 : 0x80)};
        struct stream wire = {NULL, 0}; /* behind an empty frame that begins the message */
        stream_add(&wire, start, sizeof start);
        if (MODES[i] != WS_SEND_PLAIN)
            stream_add(&wire, "\0\0\0", 4);
        stream_add(&wire, cutting.wire.bytes, cutting.wire.size);
        struct reference read = reference_decode(wire.bytes, wire.size, rules_of(MODES[i]));
        assert_true(read.state == REFERENCE_OPEN && read.complete == read.count && read.count == 5);
        for (size_t j = 1; j < read.count; j++)
            assert_int_equal(read.frames[j].first, j + 1 < read.count ? 0x00 : 0x80);
        reference_free(&read);
        free(wire.bytes);
        forget(&cutting);
    }
}

static void each_fragment_has_a_key_of_its_own(void **state)
{
    (void)state;
    uint8_t *payload = block_numbered(200);
    struct cutting cutting = cut(WS_SEND_MASKED, 16, WS_BINARY_MESSAGE, payload, 200);
    while (!cutting.finished)
        step(&cutting, 2, true);
    struct reference wire = reference_decode(cutting.wire.bytes, cutting.wire.size, rules_of(WS_SEND_MASKED));
    assert_int_equal(wire.count, 20);
    for (size_t i = 0; i < wire.count; i++) {
        const uint8_t *key = cutting.wire.bytes + wire.frames[i].payload_at - 4;
        assert_true(memcmp(key, "\0\0\0", 4) != 0);
        for (size_t j = 0; j < i; j++)
            assert_true(memcmp(key, cutting.wire.bytes + wire.frames[j].payload_at - 4, 4) != 0);
    }
    reference_free(&wire);
    forget(&cutting);
    free(payload);
}

/* With room for one buffer a server's message that fits into the send area is one action, whole. */
static void a_servers_short_message_is_not_cut(void **state)
{
    (void)state;
    uint8_t payload[5] = "Hello";
    static const uint8_t frame[] = {0x81, 0x05, 'H', 'e', 'l', 'l', 'o'};
    struct cutting cutting = cut(WS_SEND_PLAIN, 16, WS_TEXT_MESSAGE, payload, sizeof payload);
    step(&cutting, 1, true);
    assert_true(cutting.finished);
    assert_int_equal(cutting.wire.size, sizeof frame);
    assert_memory_equal(cutting.wire.bytes, frame, sizeof frame);
    forget(&cutting);
}

/* What is given up between two fragments leaves nothing behind in the next operation. */
static void a_message_given_up_between_fragments_does_not_show_in_the_next(void **state)
{
    (void)state;
    uint8_t *payload = block_numbered(100);
    for (size_t i = 0; i < COUNT_OF(MODES); i++) {
        struct cutting cutting = cut(MODES[i], 16, WS_BINARY_MESSAGE, payload, 100);
        step(&cutting, 1, true);
        step(&cutting, 1, true);
        ws_send_end(&cutting.tx);
        cutting.done = 0;
        cutting.wire.size = 0;
        cutting.op = sender_admits(&cutting.tx, WS_TEXT_MESSAGE, payload, 90);
        while (!cutting.finished)
            step(&cutting, 1, false);
        check_wire(&cutting);
        forget(&cutting);
    }
    free(payload);
}

/* A raw frame is the caller's, header and all; a control frame must not be fragmented (RFC 6455, 5.5). */
static void what_cannot_be_cut(void **state)
{
    (void)state;
    uint8_t *payload = block_numbered(400);
    for (size_t i = 0; i < COUNT_OF(MODES); i++)
        for (uint32_t piece = 16; piece <= 300; piece++) {
            struct ws_send tx = sender(MODES[i], piece);
            const bool masked = MODES[i] == WS_SEND_MASKED;
            for (uint32_t length = 0; length <= 400; length++) {
                struct ws_operation op = {
                    .bytes = payload, .length = length, .kind = WS_EXTENSION, .first = 0xC2};
                const bool fits = masked ? header_size(MODES[i], length) + length <= piece : length == 0;
                assert_int_equal(ws_send_can_be_alone(&tx, &op, 1), fits);
                assert_int_equal(ws_send_can_be_alone(&tx, &op, 2), fits || !masked);
                op.first = 0x8B;
                if (length <= 125)
                    assert_int_equal(ws_send_can_be_alone(&tx, &op, 1),
                                     length == 0 || MODES[i] != WS_SEND_PLAIN);
                op = (struct ws_operation){
                    .bytes = payload, .length = length, .kind = WS_CLOSE, .first = 0x88, .status = 1000};
                if (length <= 123)
                    assert_int_equal(ws_send_can_be_alone(&tx, &op, 1),
                                     length == 0 || MODES[i] != WS_SEND_PLAIN);
                op.kind = WS_BINARY_FRAGMENT;
                assert_true(ws_send_can_be_alone(&tx, &op, 1) && ws_send_can_be_alone(&tx, &op, 2));
            }
            free(tx.area);
        }
    free(payload);
}

static void without_a_key_the_next_fragment_can_be_asked_for_again(void **state)
{
    (void)state;
    uint8_t *payload = block_numbered(60);
    struct cutting cutting = cut(WS_SEND_MASKED, 16, WS_BINARY_MESSAGE, payload, 60);
    enum ws_send_progress progress;
    struct ws_pieces pieces;

    step(&cutting, 1, true);
    sender_loses_keys(&cutting.tx);
    for (unsigned alone = 0; alone <= 1; alone++)
        assert_int_equal(
            ws_status_class(ws_send_next(&cutting.tx, &cutting.op, 1, alone, &pieces, &progress)),
            WS_ERROR_RANDOM);
    faults_end();
    while (!cutting.finished)
        step(&cutting, 1, true);
    check_wire(&cutting);
    forget(&cutting);
    free(payload);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_message_is_cut_into_is_the_message),
        cmocka_unit_test(a_fragment_is_as_full_as_one_action),
        cmocka_unit_test(a_callers_continuation_is_cut_into_continuations),
        cmocka_unit_test(each_fragment_has_a_key_of_its_own),
        cmocka_unit_test(a_servers_short_message_is_not_cut),
        cmocka_unit_test(a_message_given_up_between_fragments_does_not_show_in_the_next),
        cmocka_unit_test(what_cannot_be_cut),
        cmocka_unit_test(without_a_key_the_next_fragment_can_be_asked_for_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
