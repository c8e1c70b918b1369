/*
 * White-box tests of send.c: section 5 of the specification without the queues around it. What comes
 * out is compared with frames that are put together here, byte by byte, from RFC 6455, section 5.2. Send
 * areas are exact heap blocks.
 */
#include "unit.h"

#include "faults.h"
#include "frame_header.h"
#include "frames/send.h"
#include "senders.h"

static const uint8_t ANY_KEY[4] = {1, 2, 3, 4};

enum { TEXT = 0x81, BINARY = 0x82, CLOSE = 0x88, PING = 0x89, PONG = 0x8A };

/* A whole masked frame whose payload is a close frame's status, if there is one, and the given bytes. */
static void expect_masked_frame(const uint8_t *frame, size_t size, uint8_t first, unsigned status,
                                const uint8_t *bytes, size_t length)
{
    uint8_t expected[FRAME_HEADER_MAX];
    const uint8_t head[2] = {(uint8_t)(status >> 8), (uint8_t)status};
    size_t head_size = status ? 2 : 0;
    size_t header = frame_header_write(expected, first, head_size + length, ANY_KEY) - sizeof ANY_KEY;

    assert_int_equal(size, header + 4 + head_size + length);
    assert_memory_equal(frame, expected, header);
    const uint8_t *key = frame + header;
    for (size_t i = 0; i < head_size + length; i++) {
        uint8_t byte = i < head_size ? head[i] : bytes[i - head_size];
        assert_that((frame[header + 4 + i] ^ key[i % 4]) == byte, "payload byte %u of %u", (unsigned)i,
                    (unsigned)length);
    }
}

/* The next piece of a frame that may take several; *more says whether others follow. */
static enum ws_status next_piece(struct ws_send *tx, const struct ws_operation *op, uint32_t room,
                                 struct ws_pieces *pieces, bool *more)
{
    enum ws_send_progress progress;
    enum ws_status status = ws_send_next(tx, op, room, false, pieces, &progress);
    *more = status == WS_OK && progress == WS_SEND_IN_FRAME;
    return status;
}

/* Whether the frame would be one action if it could not be cut. */
static bool is_one_action(const struct ws_send *tx, struct ws_operation op, uint32_t room)
{
    if (op.kind < WS_CLOSE)
        op.kind = WS_EXTENSION;
    return ws_send_can_be_alone(tx, &op, room);
}

/*
 * Runs a frame's actions, each with room for `room` buffers, and puts together what they send. Returns
 * how many.
 */
static unsigned run(struct ws_send *tx, const struct ws_operation *op, uint32_t room, uint32_t largest,
                    uint8_t *to, size_t *size)
{
    unsigned actions = 0;
    bool more = true;

    *size = 0;
    while (more) {
        struct ws_pieces pieces;
        assert_int_equal(next_piece(tx, op, room, &pieces, &more), WS_OK);
        assert_true(pieces.count >= 1 && pieces.count <= room);
        for (uint32_t i = 0; i < pieces.count; i++) {
            assert_true(pieces.buffers[i].length > 0 && pieces.buffers[i].length <= largest);
            memcpy(to + *size, pieces.buffers[i].bytes, pieces.buffers[i].length);
            *size += pieces.buffers[i].length;
        }
        actions++;
    }
    ws_send_end(tx);
    return actions;
}

/* Admission */

#define REFUSED WS_ERROR_OPERATION

enum { RAW = 0x100 }; /* the kind of a raw frame; its first byte is in the low bits */

struct step {
    unsigned kind;
    enum ws_status status;
    uint8_t first; /* if admitted */
};

/* All zero, which no step of a row is: the row is shorter. */
static bool is_step(struct step step)
{
    return step.kind != 0 || step.first != 0 || step.status != WS_OK;
}

static const struct {
    const char *row;
    struct step steps[6];
} SEQUENCES[] = {
    {"messages",
     {{WS_TEXT_MESSAGE, WS_OK, 0x81}, {WS_BINARY_MESSAGE, WS_OK, 0x82}, {WS_TEXT_MESSAGE, WS_OK, 0x81}}},
    {"text fragments",
     {{WS_TEXT_FRAGMENT, WS_OK, 0x01},
      {WS_TEXT_FRAGMENT, WS_OK, 0x00},
      {WS_BINARY_FRAGMENT, REFUSED, 0},
      {WS_BINARY_MESSAGE, REFUSED, 0},
      {WS_TEXT_MESSAGE, WS_OK, 0x80},
      {WS_BINARY_MESSAGE, WS_OK, 0x82}}},
    {"binary fragments",
     {{WS_BINARY_FRAGMENT, WS_OK, 0x02},
      {WS_TEXT_MESSAGE, REFUSED, 0},
      {WS_TEXT_FRAGMENT, REFUSED, 0},
      {WS_BINARY_FRAGMENT, WS_OK, 0x00},
      {WS_BINARY_MESSAGE, WS_OK, 0x80},
      {WS_TEXT_FRAGMENT, WS_OK, 0x01}}},
    {"control frames between fragments",
     {{WS_TEXT_FRAGMENT, WS_OK, 0x01},
      {WS_PING_PONG, WS_OK, 0x89},
      {WS_UNSOLICITED_PONG, WS_OK, 0x8A},
      {WS_TEXT_MESSAGE, WS_OK, 0x80}}},
    {"after a close",
     {{WS_CLOSE, WS_OK, 0x88},
      {WS_CLOSE, REFUSED, 0},
      {WS_TEXT_MESSAGE, REFUSED, 0},
      {WS_PING_PONG, WS_OK, 0x89},
      {WS_UNSOLICITED_PONG, WS_OK, 0x8A},
      {WS_BINARY_FRAGMENT, REFUSED, 0}}},
    {"a close inside a message",
     {{WS_TEXT_FRAGMENT, WS_OK, 0x01}, {WS_CLOSE, WS_OK, 0x88}, {WS_TEXT_MESSAGE, REFUSED, 0}}},
    {"raw messages",
     {{RAW | 0xC1, WS_OK, 0xC1},
      {RAW | 0x83, WS_OK, 0x83},
      {RAW | 0x8B, WS_OK, 0x8B},
      {RAW | 0x80, REFUSED, 0}}},
    {"raw fragments",
     {{RAW | 0x41, WS_OK, 0x41},
      {RAW | 0x82, REFUSED, 0},
      {RAW | 0x00, WS_OK, 0x00},
      {RAW | 0x89, WS_OK, 0x89},
      {RAW | 0x80, WS_OK, 0x80},
      {RAW | 0x80, REFUSED, 0}}},
    {"a raw start, a typed end (own choice)",
     {{RAW | 0x41, WS_OK, 0x41}, {WS_BINARY_MESSAGE, REFUSED, 0}, {WS_TEXT_MESSAGE, WS_OK, 0x80}}},
    {"a raw start of a reserved opcode: no type is its own (own choice)",
     {{RAW | 0x03, WS_OK, 0x03},
      {WS_BINARY_MESSAGE, REFUSED, 0},
      {WS_TEXT_MESSAGE, REFUSED, 0},
      {RAW | 0x80, WS_OK, 0x80},
      {WS_TEXT_MESSAGE, WS_OK, 0x81}}},
    {"a typed start, a raw end (own choice)",
     {{WS_BINARY_FRAGMENT, WS_OK, 0x02},
      {RAW | 0x01, REFUSED, 0},
      {RAW | 0x80, WS_OK, 0x80},
      {WS_TEXT_MESSAGE, WS_OK, 0x81}}},
    {"a raw close is a close",
     {{RAW | 0xC8, WS_OK, 0xC8},
      {WS_CLOSE, REFUSED, 0},
      {RAW | 0x88, REFUSED, 0},
      {RAW | 0xC1, REFUSED, 0},
      {RAW | 0x9A, WS_OK, 0x9A}}},
};

static void what_may_follow_what(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SEQUENCES); i++) {
        struct ws_send tx = sender(WS_SEND_PLAIN, 16);
        for (unsigned j = 0; j < COUNT_OF(SEQUENCES[i].steps) && is_step(SEQUENCES[i].steps[j]); j++) {
            const struct step *step = &SEQUENCES[i].steps[j];
            bool raw = (step->kind & RAW) != 0;
            struct ws_operation op = {.kind = raw ? WS_EXTENSION : (uint8_t)step->kind,
                                      .first = raw ? (uint8_t)step->kind : 0};
            const struct ws_send before = tx;

            enum ws_status status = ws_send_admit(&tx, &op);
            assert_that(ws_status_class(status) == step->status, "%s, step %u: %d", SEQUENCES[i].row, j,
                        (int)status);
            if (status == WS_OK)
                assert_that(op.first == step->first, "%s, step %u: %02X", SEQUENCES[i].row, j, op.first);
            else
                assert_true(tx.message == before.message && tx.closed == before.closed);
        }
        free(tx.area);
    }
}

static void raw_frames_need_an_extension(void **state)
{
    (void)state;
    struct ws_send tx;
    uint8_t area[16];

    ws_send_init(&tx, area, sizeof area, WS_SEND_PLAIN, false);
    for (unsigned first = 0; first <= 0xFF; first++) {
        struct ws_operation op = {.kind = WS_EXTENSION, .first = (uint8_t)first};
        assert_int_equal(ws_status_class(ws_send_admit(&tx, &op)), WS_ERROR_OPERATION);
    }
    struct ws_operation op = {.kind = WS_TEXT_MESSAGE};
    assert_int_equal(ws_send_admit(&tx, &op), WS_OK);
}

/* Masked frames */

static uint32_t key_of(const uint8_t *frame, size_t header)
{
    uint32_t key;
    memcpy(&key, frame + header, sizeof key);
    return key;
}

/*
 * One frame, one key, in actions of at most `piece` bytes that are full but for the last; the payload is
 * only read.
 */
static void send_masked(uint32_t piece, uint32_t length, uint8_t *frame)
{
    struct ws_send tx = sender(WS_SEND_MASKED, piece);
    uint8_t *payload = block_numbered(length);
    uint8_t *copy = block_copy(payload, length);
    struct ws_operation op = sender_admits(&tx, WS_BINARY_MESSAGE, length > 0 ? payload : NULL, length);
    uint32_t total = frame_header_size(length, true) + length;
    unsigned actions = (total + piece - 1) / piece;
    size_t size;

    assert_int_equal(is_one_action(&tx, op, 1), actions == 1);
    assert_int_equal(is_one_action(&tx, op, 2), actions == 1);
    assert_that(run(&tx, &op, 1 + length % 2, piece, frame, &size) == actions, "piece %u, length %u", piece,
                length);
    expect_masked_frame(frame, size, BINARY, 0, payload, length);
    assert_memory_equal(payload, copy, length);
    free(copy);
    free(payload);
    free(tx.area);
}

static void a_masked_frame_in_pieces_of_every_size(void **state)
{
    (void)state;
    uint8_t frame[14 + 400];
    for (uint32_t piece = 16; piece <= 200; piece++)
        for (uint32_t length = 0; length <= 400; length++)
            send_masked(piece, length, frame);
}

/* The example of section 5.1: SBS 16384, 100000 bytes. */
static void the_pieces_of_100000_bytes(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {16384, 16384, 16384, 16384, 16384, 16384, 1710};
    struct ws_send tx = sender(WS_SEND_MASKED, 16384);
    uint8_t *payload = block_numbered(100000);
    uint8_t *frame = block_new(100014);
    struct ws_operation op = sender_admits(&tx, WS_TEXT_MESSAGE, payload, 100000);
    size_t size = 0;

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct ws_pieces pieces;
        bool more;
        assert_int_equal(next_piece(&tx, &op, 2, &pieces, &more), WS_OK);
        assert_int_equal(pieces.count, 1);
        assert_ptr_equal(pieces.buffers[0].bytes, tx.area);
        assert_int_equal(pieces.buffers[0].length, sizes[i]);
        assert_int_equal(more, i + 1 < COUNT_OF(sizes));
        memcpy(frame + size, pieces.buffers[0].bytes, sizes[i]);
        size += sizes[i];
    }
    expect_masked_frame(frame, size, TEXT, 0, payload, 100000);
    free(frame);
    free(payload);
    free(tx.area);
}

static void each_frame_has_a_key_of_its_own(void **state)
{
    (void)state;
    struct ws_send tx = sender(WS_SEND_MASKED, 16);
    uint8_t payload[5] = "Hello";
    struct ws_operation op = sender_admits(&tx, WS_TEXT_MESSAGE, payload, 5);
    uint8_t frames[4][11];
    size_t size;

    for (size_t i = 0; i < COUNT_OF(frames); i++) {
        (void)run(&tx, &op, 1, 16, frames[i], &size);
        expect_masked_frame(frames[i], size, TEXT, 0, payload, 5);
        assert_true(key_of(frames[i], 2) != 0);
        for (size_t j = 0; j < i; j++)
            assert_true(key_of(frames[i], 2) != key_of(frames[j], 2));
    }
    free(tx.area);
}

/* A frame that is given up in its middle leaves nothing behind in the next. */
static void a_frame_given_up_does_not_show_in_the_next(void **state)
{
    (void)state;
    struct ws_send tx = sender(WS_SEND_MASKED, 16);
    uint8_t *payload = block_numbered(100);
    struct ws_operation op = sender_admits(&tx, WS_BINARY_MESSAGE, payload, 100);
    struct ws_pieces pieces;
    bool more;
    uint8_t frame[106];
    size_t size;

    assert_int_equal(next_piece(&tx, &op, 1, &pieces, &more), WS_OK);
    assert_int_equal(next_piece(&tx, &op, 1, &pieces, &more), WS_OK);
    assert_true(more);
    ws_send_end(&tx);
    (void)run(&tx, &op, 1, 16, frame, &size);
    expect_masked_frame(frame, size, BINARY, 0, payload, 100);
    free(payload);
    free(tx.area);
}

/* Two buffers */

/*
 * A server's frame, and a client's without masking: the header in the area, the payload where the caller
 * has it.
 */
static void send_referred(enum ws_send_mode mode, uint32_t length, uint8_t *payload)
{
    struct ws_send tx = sender(mode, 16);
    struct ws_operation op = sender_admits(&tx, WS_BINARY_MESSAGE, length > 0 ? payload : NULL, length);
    static const uint8_t zero_key[4] = {0};
    uint8_t header[FRAME_HEADER_MAX];
    size_t header_size =
        frame_header_write(header, BINARY, length, mode == WS_SEND_ZERO_KEY ? zero_key : NULL);
    struct ws_pieces pieces;
    bool more;

    assert_true(is_one_action(&tx, op, 2));
    assert_int_equal(next_piece(&tx, &op, 2, &pieces, &more), WS_OK);
    assert_false(more);
    assert_int_equal(pieces.count, length > 0 ? 2 : 1);
    assert_ptr_equal(pieces.buffers[0].bytes, tx.area);
    assert_int_equal(pieces.buffers[0].length, header_size);
    assert_memory_equal(tx.area, header, header_size);
    if (length > 0)
        assert_true(pieces.buffers[1].bytes == payload && pieces.buffers[1].length == length);
    ws_send_end(&tx);

    /* With room for one buffer: the same as two actions. */
    assert_int_equal(is_one_action(&tx, op, 1), length == 0);
    assert_int_equal(next_piece(&tx, &op, 1, &pieces, &more), WS_OK);
    assert_true(pieces.count == 1 && pieces.buffers[0].bytes == tx.area &&
                pieces.buffers[0].length == header_size);
    assert_int_equal(more, length > 0);
    if (length > 0) {
        assert_int_equal(next_piece(&tx, &op, 1 + length % 2, &pieces, &more), WS_OK);
        assert_true(pieces.count == 1 && pieces.buffers[0].bytes == payload &&
                    pieces.buffers[0].length == length);
        assert_false(more);
    }
    free(tx.area);
}

static void the_payload_stays_where_the_caller_has_it(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {0, 1, 124, 125, 126, 127, 65535, 65536, 70000};
    uint8_t *payload = block_numbered(70000);
    uint8_t *copy = block_copy(payload, 70000);

    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        send_referred(WS_SEND_PLAIN, lengths[i], payload);
        send_referred(WS_SEND_ZERO_KEY, lengths[i], payload);
    }
    assert_memory_equal(payload, copy, 70000);
    free(copy);
    free(payload);
}

/*
 * Lengths are 32 bits wide; the largest takes a 64-bit length in the header. Nothing of the payload is
 * touched.
 */
static void the_largest_payload(void **state)
{
    (void)state;
    static const uint8_t header[10] = {BINARY, 127, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF};
    uint8_t payload[1] = {0};
    struct ws_send tx = sender(WS_SEND_PLAIN, 16);
    struct ws_operation op = sender_admits(&tx, WS_BINARY_MESSAGE, payload, UINT32_MAX);
    struct ws_pieces pieces;
    bool more;

    assert_int_equal(next_piece(&tx, &op, 2, &pieces, &more), WS_OK);
    assert_int_equal(pieces.buffers[0].length, sizeof header);
    assert_memory_equal(tx.area, header, sizeof header);
    assert_true(pieces.buffers[1].bytes == payload && pieces.buffers[1].length == UINT32_MAX);
    assert_false(more);
    free(tx.area);

    tx = sender(WS_SEND_MASKED, 16);
    assert_false(is_one_action(&tx, op, 2));
    free(tx.area);
}

/* Control frames */

static struct ws_operation a_close(struct ws_send *tx, uint16_t status, uint8_t *reason, uint32_t length)
{
    struct ws_operation op = {.bytes = reason, .length = length, .kind = WS_CLOSE, .status = status};
    assert_int_equal(ws_send_admit(tx, &op), WS_OK);
    return op;
}

/* Section 7: a client's control frames are always one action, however small its send buffer. */
static void a_clients_control_frame_is_one_action(void **state)
{
    (void)state;
    static const uint32_t pieces[] = {16, 17, 100, 130, 131, 132, 4096};
    uint8_t *reason = block_numbered(123);
    uint8_t frame[WS_SEND_CONTROL_MAX];
    size_t size;

    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        for (uint32_t length = 0; length <= 123; length++) {
            struct ws_send tx = sender(WS_SEND_MASKED, pieces[i]);
            struct ws_operation op = a_close(&tx, 4999, length > 0 ? reason : NULL, length);
            assert_true(is_one_action(&tx, op, 1));
            assert_int_equal(run(&tx, &op, 1, WS_SEND_CONTROL_MAX, frame, &size), 1);
            expect_masked_frame(frame, size, CLOSE, 4999, reason, length);

            op = sender_admits(&tx, WS_PING_PONG, NULL, 0);
            assert_int_equal(run(&tx, &op, 2, 6, frame, &size), 1);
            expect_masked_frame(frame, size, PING, 0, NULL, 0);

            op =
                (struct ws_operation){.bytes = reason, .length = length, .kind = WS_EXTENSION, .first = 0x8B};
            assert_int_equal(run(&tx, &op, 2, WS_SEND_CONTROL_MAX, frame, &size), 1);
            expect_masked_frame(frame, size, 0x8B, 0, reason, length);
            free(tx.area);
        }
    }
    free(reason);
}

/*
 * Own choice: without masking and with room for one buffer, header and payload stand together in library
 * memory.
 */
static void an_unmasked_clients_control_frame_is_one_action(void **state)
{
    (void)state;
    static const uint8_t expected[] = {0x88, 0x85, 0, 0, 0, 0, 0x03, 0xE8, 'b', 'y', 'e'};
    uint8_t reason[3] = {'b', 'y', 'e'};
    struct ws_send tx = sender(WS_SEND_ZERO_KEY, 16);
    struct ws_operation op = a_close(&tx, 1000, reason, 3);
    struct ws_pieces pieces;
    bool more;

    assert_true(is_one_action(&tx, op, 1));
    assert_int_equal(next_piece(&tx, &op, 1, &pieces, &more), WS_OK);
    assert_false(more);
    assert_int_equal(pieces.count, 1);
    assert_int_equal(pieces.buffers[0].length, sizeof expected);
    assert_memory_equal(pieces.buffers[0].bytes, expected, sizeof expected);
    ws_send_end(&tx);

    assert_true(is_one_action(&tx, op, 2));
    assert_int_equal(next_piece(&tx, &op, 2, &pieces, &more), WS_OK);
    assert_false(more);
    assert_int_equal(pieces.count, 2);
    assert_true(pieces.buffers[0].length == 8 && pieces.buffers[1].bytes == reason &&
                pieces.buffers[1].length == 3);
    assert_memory_equal(pieces.buffers[0].bytes, expected, 8);
    free(tx.area);
}

/* Section 5.1: "for a close frame with its 2 status bytes". */
static void a_servers_close_has_its_status_in_the_first_buffer(void **state)
{
    (void)state;
    static const uint8_t head[] = {0x88, 0x7D, 0x0F, 0xA1}; /* 123 bytes of reason, 4001 */
    static const uint8_t alone[] = {0x88, 0x02, 0x03, 0xE8};
    static const uint8_t empty[] = {0x88, 0x00};
    uint8_t *reason = block_numbered(123);
    struct ws_send tx = sender(WS_SEND_PLAIN, 16);
    struct ws_operation op = a_close(&tx, 4001, reason, 123);
    struct ws_pieces pieces;
    bool more;

    assert_true(is_one_action(&tx, op, 2));
    assert_false(is_one_action(&tx, op, 1));
    assert_int_equal(next_piece(&tx, &op, 2, &pieces, &more), WS_OK);
    assert_true(pieces.count == 2 && pieces.buffers[0].length == sizeof head && !more);
    assert_memory_equal(pieces.buffers[0].bytes, head, sizeof head);
    assert_true(pieces.buffers[1].bytes == reason && pieces.buffers[1].length == 123);
    ws_send_end(&tx);

    op.status = 1000;
    op.length = 0;
    assert_int_equal(next_piece(&tx, &op, 2, &pieces, &more), WS_OK);
    assert_true(pieces.count == 1 && pieces.buffers[0].length == sizeof alone && !more);
    assert_memory_equal(pieces.buffers[0].bytes, alone, sizeof alone);
    ws_send_end(&tx);

    op.status = WS_STATUS_EMPTY;
    assert_int_equal(next_piece(&tx, &op, 1, &pieces, &more), WS_OK);
    assert_true(pieces.count == 1 && pieces.buffers[0].length == sizeof empty && !more);
    assert_memory_equal(pieces.buffers[0].bytes, empty, sizeof empty);
    free(reason);
    free(tx.area);
}

static void a_pong_repeats_its_pings_payload(void **state)
{
    (void)state;
    uint8_t none[1] = {0};

    for (uint32_t length = 0; length <= 125; length++) {
        uint8_t *payload = block_numbered(length);
        const struct ws_buffer ping = {length > 0 ? payload : none, length};
        struct ws_buffer pong;
        struct ws_send tx = sender(WS_SEND_MASKED, 16);

        assert_int_equal(ws_send_pong(&tx, ping, &pong), WS_OK);
        assert_ptr_equal(pong.bytes, tx.area + sender_area_size(WS_SEND_MASKED, 16));
        expect_masked_frame(pong.bytes, pong.length, PONG, 0, payload, length);
        free(tx.area);

        static const enum ws_send_mode modes[] = {WS_SEND_PLAIN, WS_SEND_ZERO_KEY};
        for (size_t i = 0; i < COUNT_OF(modes); i++) {
            const uint8_t header[6] = {PONG, (uint8_t)(length | (i ? 0x80 : 0)), 0, 0, 0, 0};
            size_t header_size = i ? 6 : 2;
            tx = sender(modes[i], 16);
            assert_int_equal(ws_send_pong(&tx, ping, &pong), WS_OK);
            assert_ptr_equal(pong.bytes, tx.area + sender_area_size(modes[i], 16));
            assert_int_equal(pong.length, header_size + length);
            assert_memory_equal(pong.bytes, header, header_size);
            assert_memory_equal(pong.bytes + header_size, payload, length);
            free(tx.area);
        }
        free(payload);
    }
}

/* No random bytes */

static void without_a_key_nothing_changes(void **state)
{
    (void)state;
    uint8_t payload[5] = "Hello";
    uint8_t frame[11];
    struct ws_send tx = sender(WS_SEND_MASKED, 16);
    struct ws_operation op = sender_admits(&tx, WS_TEXT_MESSAGE, payload, 5);
    struct ws_buffer pong = {NULL, 7};
    struct ws_pieces pieces;
    bool more;
    size_t size;

    sender_loses_keys(&tx);
    assert_int_equal(ws_status_class(next_piece(&tx, &op, 1, &pieces, &more)), WS_ERROR_RANDOM);
    assert_int_equal(ws_status_class(ws_send_pong(&tx, (struct ws_buffer){payload, 5}, &pong)),
                     WS_ERROR_RANDOM);
    assert_true(pong.bytes == NULL && pong.length == 7);
    assert_true(block_untouched(tx.area, 2 * WS_SEND_CONTROL_MAX));

    faults_end();
    assert_int_equal(run(&tx, &op, 1, 16, frame, &size), 1);
    expect_masked_frame(frame, size, TEXT, 0, payload, 5);
    free(tx.area);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_follow_what),
        cmocka_unit_test(raw_frames_need_an_extension),
        cmocka_unit_test(a_masked_frame_in_pieces_of_every_size),
        cmocka_unit_test(the_pieces_of_100000_bytes),
        cmocka_unit_test(each_frame_has_a_key_of_its_own),
        cmocka_unit_test(a_frame_given_up_does_not_show_in_the_next),
        cmocka_unit_test(the_payload_stays_where_the_caller_has_it),
        cmocka_unit_test(the_largest_payload),
        cmocka_unit_test(a_clients_control_frame_is_one_action),
        cmocka_unit_test(an_unmasked_clients_control_frame_is_one_action),
        cmocka_unit_test(a_servers_close_has_its_status_in_the_first_buffer),
        cmocka_unit_test(a_pong_repeats_its_pings_payload),
        cmocka_unit_test(without_a_key_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
