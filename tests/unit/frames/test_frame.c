/*
 * White-box tests of frame.c: RFC 6455, sections 5.2, 5.5 and 7.4, and section 6 of the specification
 * ("at the first byte that shows it"). Every header lies in a heap block of exactly its size.
 */
#include "unit.h"

#include "frames/frame.h"
#include "frame_header.h"

enum { RULES = WS_FRAME_ALLOW_EXTENSION | WS_FRAME_ALLOW_MASKED | WS_FRAME_ALLOW_UNMASKED, MASK = 0x80 };

static const uint8_t KEY_BYTES[4] = {0x37, 0xFA, 0x21, 0x3D};

static uint32_t key(void)
{
    uint32_t value;
    memcpy(&value, KEY_BYTES, sizeof value);
    return value;
}

/*
 * Decodes from an exact block. Unless the header is complete, nothing may be written; but a broken one has its reason,
 * which is cleared from *frame here.
 */
static enum ws_frame_result decode(const uint8_t *bytes, size_t count, unsigned rules, struct ws_frame *frame)
{
    uint8_t *block = block_copy(bytes, count);
    memset(frame, BLOCK_POISON, sizeof *frame);
    enum ws_frame_result result = ws_frame_decode(block, count, rules, frame);
    if (result == WS_FRAME_BROKEN) {
        assert_int_equal(ws_status_class((enum ws_status)frame->why), WS_ERROR_FORMAT);
        assert_true(frame->why != WS_ERROR_FORMAT);
        memset(&frame->why, BLOCK_POISON, sizeof frame->why);
    }
    if (result != WS_FRAME_COMPLETE)
        assert_true(block_untouched(frame, sizeof *frame));
    free(block);
    return result;
}

/*
 * Each prefix shorter than `breaks_at` bytes may go on, from there on none may; 0: the header is legal
 * and complete.
 */
static void expect_break(const uint8_t *bytes, size_t count, unsigned rules, size_t breaks_at)
{
    struct ws_frame frame;
    for (size_t i = 0; i <= count; i++) {
        enum ws_frame_result expected = breaks_at > 0 && i >= breaks_at ? WS_FRAME_BROKEN
                                        : breaks_at == 0 && i == count  ? WS_FRAME_COMPLETE
                                                                        : WS_FRAME_NEED_MORE;
        enum ws_frame_result result = decode(bytes, i, rules, &frame);
        assert_that(result == expected, "%02X %02X, %u of %u bytes: result %d, expected %d", bytes[0],
                    bytes[1], (unsigned)i, (unsigned)count, (int)result, (int)expected);
    }
}

/* RFC 6455's own headers */

static void the_headers_of_rfc6455_5_7(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[10];
        size_t size;
        uint8_t first;
        bool masked;
        uint64_t length;
    } rows[] = {
        {{0x81, 0x05}, 2, 0x81, false, 5},                        /* a single-frame unmasked text message */
        {{0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D}, 6, 0x81, true, 5}, /* the same, masked */
        {{0x01, 0x03}, 2, 0x01, false, 3},                        /* a fragmented unmasked text message */
        {{0x80, 0x02}, 2, 0x80, false, 2},                        /* and its end */
        {{0x89, 0x05}, 2, 0x89, false, 5},                        /* an unmasked ping */
        {{0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D}, 6, 0x8A, true, 5}, /* a masked pong */
        {{0x82, 0x7E, 0x01, 0x00}, 4, 0x82, false, 256},          /* 256 bytes of binary */
        {{0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0}, 10, 0x82, false, 65536}, /* 64 KiB of binary */
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ws_frame frame;
        unsigned rules = rows[i].masked ? WS_FRAME_ALLOW_MASKED : WS_FRAME_ALLOW_UNMASKED;
        assert_int_equal(decode(rows[i].bytes, rows[i].size, rules, &frame), WS_FRAME_COMPLETE);
        assert_int_equal(frame.first, rows[i].first);
        assert_int_equal(frame.size, rows[i].size);
        assert_int_equal(frame.length, rows[i].length);
        assert_int_equal(frame.key, rows[i].masked ? key() : 0);

        uint8_t *to = block_new(rows[i].size);
        assert_int_equal(ws_frame_encode(to, rows[i].first, rows[i].length, rows[i].masked, key()),
                         rows[i].size);
        assert_memory_equal(to, rows[i].bytes, rows[i].size);
        free(to);
    }
}

/* The first byte */

static const uint8_t PLAIN_FIRST_BYTES[] = {0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8A};

/*
 * Section 5.2: without an extension no reserved bit and no reserved opcode; 5.5: a control frame is never
 * fragmented.
 */
static bool first_byte_may_be(unsigned first, unsigned rules)
{
    if (rules & WS_FRAME_ALLOW_EXTENSION)
        return (first & 0x0F) < 8 || first >= 0x80;
    for (size_t i = 0; i < COUNT_OF(PLAIN_FIRST_BYTES); i++)
        if (first == PLAIN_FIRST_BYTES[i])
            return true;
    return false;
}

static void every_first_byte_under_every_rule(void **state)
{
    (void)state;
    for (unsigned rules = 0; rules <= RULES; rules++) {
        for (unsigned first = 0; first <= 0xFF; first++) {
            const uint8_t byte = (uint8_t)first;
            struct ws_frame frame;
            enum ws_frame_result expected =
                first_byte_may_be(first, rules) ? WS_FRAME_NEED_MORE : WS_FRAME_BROKEN;
            assert_that(decode(&byte, 1, rules, &frame) == expected, "first byte %02X, rules %u", first,
                        rules);
        }
    }
}

static void reserved_bits_and_opcodes_are_an_extensions(void **state)
{
    (void)state;
    for (unsigned first = 0; first <= 0xFF; first++) {
        unsigned opcode = first & 0x0F;
        bool reserved = (first & 0x70) != 0 || (opcode >= 3 && opcode <= 7) || opcode >= 11;
        assert_that(ws_frame_is_extension((uint8_t)first) == reserved, "first byte %02X", first);
        assert_that(ws_frame_is_control((uint8_t)first) == (opcode >= 8), "first byte %02X", first);
    }
}

/* The second byte */

/*
 * Section 5.1: a client masks, a server does not; 5.5: control payloads have at most 125 bytes; 5.5.1: a
 * close body begins with 2 bytes. A close frame with reserved bits is the extension's affair (our own
 * choice).
 */
static bool second_byte_may_be(unsigned first, unsigned second, unsigned rules)
{
    unsigned length = second & 0x7F;
    if (!(rules & (second & MASK ? WS_FRAME_ALLOW_MASKED : WS_FRAME_ALLOW_UNMASKED)))
        return false;
    if ((first & 0x08) && length > 125)
        return false;
    return first != 0x88 || length != 1;
}

static void every_second_byte_under_every_rule(void **state)
{
    (void)state;
    for (unsigned rules = 0; rules <= RULES; rules++) {
        for (unsigned first = 0; first <= 0xFF; first++) {
            for (unsigned second = 0; second <= 0xFF && first_byte_may_be(first, rules); second++) {
                const uint8_t bytes[2] = {(uint8_t)first, (uint8_t)second};
                struct ws_frame frame;
                enum ws_frame_result result = decode(bytes, 2, rules, &frame);
                enum ws_frame_result expected = !second_byte_may_be(first, second, rules) ? WS_FRAME_BROKEN
                                                : second < 126                            ? WS_FRAME_COMPLETE
                                                               : WS_FRAME_NEED_MORE;
                assert_that(result == expected, "%02X %02X, rules %u: %d", first, second, rules, (int)result);
                if (result == WS_FRAME_COMPLETE)
                    assert_true(frame.first == first && frame.length == second && frame.size == 2 &&
                                frame.key == 0);
            }
        }
    }
}

/* Nothing of what follows can mend it: no rule takes both. */
static void a_wrong_mask_bit_breaks_at_the_second_byte(void **state)
{
    (void)state;
    static const uint8_t masked[] = {0x82, 0x80 | 126, 0x01, 0x00, 1, 2, 3, 4};
    static const uint8_t unmasked[] = {0x82, 126, 0x01, 0x00};

    expect_break(masked, sizeof masked, WS_FRAME_ALLOW_UNMASKED, 2);
    expect_break(masked, sizeof masked, WS_FRAME_ALLOW_MASKED, 0);
    expect_break(unmasked, sizeof unmasked, WS_FRAME_ALLOW_MASKED, 2);
    expect_break(unmasked, sizeof unmasked, WS_FRAME_ALLOW_UNMASKED, 0);
    expect_break(masked, sizeof masked, 0, 2);
    expect_break(unmasked, sizeof unmasked, 0, 2);
}

/* The length */

/* Writes a header with the given length form, whatever the length, and returns its size. */
static size_t header_of_form(uint8_t *to, unsigned form, uint64_t length, bool masked)
{
    return frame_header_write_form(to, 0x82, length,
                                   form == 126   ? 2
                                   : form == 127 ? 8
                                                 : 0,
                                   masked ? KEY_BYTES : NULL);
}

static void expect_length(unsigned form, uint64_t length, size_t breaks_at)
{
    for (unsigned masked = 0; masked <= 1; masked++) {
        uint8_t bytes[14];
        size_t size = header_of_form(bytes, form, length, masked);
        struct ws_frame frame;

        expect_break(bytes, size, RULES, breaks_at);
        if (breaks_at == 0) {
            assert_int_equal(decode(bytes, size, RULES, &frame), WS_FRAME_COMPLETE);
            assert_true(frame.length == length && frame.size == size && frame.first == 0x82);
            assert_true(frame.key == (masked ? key() : 0));
        }
    }
}

/* A length of 16 bits is wrong below 126, and shows it in its second byte. */
static void every_16_bit_length(void **state)
{
    (void)state;
    for (uint32_t length = 0; length <= 0xFFFF; length++)
        expect_length(126, length, length < 126 ? 4 : 0);
}

static void every_7_bit_length(void **state)
{
    (void)state;
    for (uint32_t length = 0; length < 126; length++)
        expect_length(0, length, 0);
}

/*
 * A length of 64 bits below 65536 shows that it is not the shortest form when its upper six bytes are
 * known to be zero, in the header's eighth byte; the top bit shows in the third.
 */
static void the_64_bit_length_at_its_limits(void **state)
{
    (void)state;
    static const struct {
        uint64_t length;
        size_t breaks_at;
    } rows[] = {
        {0, 8},
        {1, 8},
        {125, 8},
        {126, 8},
        {65535, 8},
        {65536, 0},
        {65537, 0},
        {UINT64_C(0xFFFFFFFF), 0},
        {UINT64_C(0x100000000), 0},
        {UINT64_C(0x100000001), 0},
        {UINT64_C(0x0001000000000000), 0},
        {UINT64_C(0x7FFFFFFFFFFFFFFF), 0},
        {UINT64_C(0x8000000000000000), 3},
        {UINT64_C(0x8000000000010000), 3},
        {UINT64_C(0xFFFFFFFFFFFFFFFF), 3},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect_length(127, rows[i].length, rows[i].breaks_at);
    for (unsigned bit = 0; bit < 64; bit++)
        expect_length(127, UINT64_C(1) << bit, bit < 16 ? 8 : bit < 63 ? 0 : 3);
}

/* Encoding */

/* What is written is exactly that header, and is read back the same, alone and with payload behind it. */
static void round_trip(uint8_t first, uint64_t length, bool masked)
{
    size_t size = frame_header_size(length, masked);
    uint8_t *to = block_new(size);
    assert_int_equal(ws_frame_encode(to, first, length, masked, key()), size);

    struct ws_frame frame;
    assert_int_equal(decode(to, size, RULES, &frame), WS_FRAME_COMPLETE);
    assert_true(frame.first == first && frame.length == length && frame.size == size);
    assert_true(frame.key == (masked ? key() : 0));

    for (size_t i = 0; i < size; i++)
        assert_int_equal(decode(to, i, RULES, &frame), WS_FRAME_NEED_MORE);

    uint8_t followed[WS_FRAME_HEADER_MAX + 3] = {0};
    memcpy(followed, to, size);
    assert_int_equal(decode(followed, size + 3, RULES, &frame), WS_FRAME_COMPLETE);
    assert_int_equal(frame.size, size);
    free(to);
}

static void round_trip_of_lengths(uint64_t from, uint64_t to)
{
    for (uint64_t length = from; length <= to; length++) {
        round_trip(0x82, length, false);
        round_trip(0x82, length, true);
    }
}

static void encoded_and_decoded_lengths_are_equal(void **state)
{
    (void)state;
    round_trip_of_lengths(0, 130);
    round_trip_of_lengths(65530, 65540);
    round_trip_of_lengths(UINT64_C(0x100000000) - 2, UINT64_C(0x100000000) + 2);
    round_trip_of_lengths(UINT64_C(0x7FFFFFFFFFFFFFFE), UINT64_C(0x7FFFFFFFFFFFFFFF));
}

static void encoded_and_decoded_first_bytes_are_equal(void **state)
{
    (void)state;
    for (unsigned first = 0; first <= 0xFF; first++)
        if (first_byte_may_be(first, WS_FRAME_ALLOW_EXTENSION))
            round_trip((uint8_t)first, 100, true);
}

static void a_key_of_zero_is_still_a_key(void **state)
{
    (void)state;
    static const uint8_t expected[] = {0x81, 0x85, 0, 0, 0, 0};
    uint8_t *to = block_new(sizeof expected);

    assert_int_equal(ws_frame_encode(to, 0x81, 5, true, 0), sizeof expected);
    assert_memory_equal(to, expected, sizeof expected);
    free(to);
}

/* For every size of frame: the payload within it fits, header and all, and one byte more does not. */
static void the_longest_payload_within_every_size(void **state)
{
    (void)state;
    for (unsigned masked = 0; masked <= 1; masked++)
        for (uint32_t size = masked ? 6 : 2; size <= 70000; size++) {
            uint8_t header[WS_FRAME_HEADER_MAX];
            uint32_t payload = ws_frame_payload_within(size, masked);
            assert_that(payload + ws_frame_encode(header, 0x82, payload, masked, key()) <= size,
                        "size %u, payload %u", size, payload);
            payload++;
            assert_that(payload + ws_frame_encode(header, 0x82, payload, masked, key()) > size,
                        "size %u, payload %u", size, payload);
        }
    assert_int_equal(ws_frame_payload_within(UINT32_MAX, false), UINT32_MAX - 10);
    assert_int_equal(ws_frame_payload_within(UINT32_MAX, true), UINT32_MAX - 14);
}

/* Close statuses */

/*
 * Section 6 of the specification: "below 1000, 1004 to 1006, 1015 to 2999" must not appear; what is above 4999 may,
 * "outside of RFC 6455's ranges" as it is.
 */
static bool status_may_be(unsigned status)
{
    return !(status < 1000 || (status >= 1004 && status <= 1006) || (status >= 1015 && status <= 2999));
}

static void every_close_status(void **state)
{
    (void)state;
    for (unsigned status = 0; status <= 0xFFFF; status++)
        assert_that(ws_frame_close_status_valid((uint16_t)status) == status_may_be(status), "status %u",
                    status);
}

static void every_first_byte_of_a_close_status(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte <= 0xFF; byte++) {
        bool any = false;
        for (unsigned low = 0; low <= 0xFF; low++)
            any = any || status_may_be(byte << 8 | low);
        assert_that(ws_frame_close_status_may_begin((uint8_t)byte) == any, "byte %02X", byte);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_headers_of_rfc6455_5_7),
        cmocka_unit_test(every_first_byte_under_every_rule),
        cmocka_unit_test(reserved_bits_and_opcodes_are_an_extensions),
        cmocka_unit_test(every_second_byte_under_every_rule),
        cmocka_unit_test(a_wrong_mask_bit_breaks_at_the_second_byte),
        cmocka_unit_test(every_7_bit_length),
        cmocka_unit_test(every_16_bit_length),
        cmocka_unit_test(the_64_bit_length_at_its_limits),
        cmocka_unit_test(encoded_and_decoded_lengths_are_equal),
        cmocka_unit_test(encoded_and_decoded_first_bytes_are_equal),
        cmocka_unit_test(a_key_of_zero_is_still_a_key),
        cmocka_unit_test(the_longest_payload_within_every_size),
        cmocka_unit_test(every_close_status),
        cmocka_unit_test(every_first_byte_of_a_close_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
