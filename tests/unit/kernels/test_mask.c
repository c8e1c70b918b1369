/*
 * White-box tests of mask.c and its variants: RFC 6455 section 5.3, one byte at a time, against words and
 * vectors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernels/cpu.h"
#include "kernels/mask.h"

enum { MAX_COUNT = 300, ALIGNMENTS = 64, GUARD = 0xA5 };

static const uint8_t KEY_BYTES[4] = {0x37, 0xFA, 0x21, 0x3D};

static uint32_t key_of(const uint8_t bytes[4])
{
    uint32_t key;
    memcpy(&key, bytes, sizeof key);
    return key;
}

/* The definition: "transformed-octet-i = original-octet-i XOR masking-key-octet-(i MOD 4)". */
static void mask_by_definition(uint8_t *to, const uint8_t *from, size_t count, const uint8_t key_bytes[4])
{
    for (size_t i = 0; i < count; i++)
        to[i] = (uint8_t)(from[i] ^ key_bytes[i % 4]);
}

/* Bytes without a short period, so that a word put at the wrong place shows. */
static void fill(uint8_t *bytes, size_t count, uint32_t seed)
{
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(seed >> 24);
    }
}

/* The first address in the block that lies `alignment` bytes after a multiple of 64. */
static uint8_t *at_alignment(uint8_t *block, size_t alignment)
{
    const size_t now = (uintptr_t)block % ALIGNMENTS;
    return block + (ALIGNMENTS + alignment - now) % ALIGNMENTS;
}

static uint8_t *allocate(size_t size)
{
    uint8_t *block = malloc(size);
    assert_non_null(block);
    return block;
}

static void assert_all_guard(const uint8_t *from, const uint8_t *to)
{
    for (; from < to; from++)
        assert_int_equal(*from, GUARD);
}

static void mask_of_rfc6455_5_7_example(void **state)
{
    (void)state;
    /* 0x81 0x85 0x37 0xfa 0x21 0x3d 0x7f 0x9f 0x4d 0x51 0x58 (contains "Hello") */
    static const uint8_t masked[5] = {0x7F, 0x9F, 0x4D, 0x51, 0x58};
    uint8_t bytes[5];

    ws_mask(bytes, masked, sizeof bytes, key_of(KEY_BYTES));
    assert_memory_equal(bytes, "Hello", 5);
    ws_mask(bytes, bytes, sizeof bytes, key_of(KEY_BYTES));
    assert_memory_equal(bytes, masked, 5);
}

static void mask_in_place_all_lengths_at_all_alignments(void **state)
{
    (void)state;
    const size_t size = ALIGNMENTS + ALIGNMENTS + MAX_COUNT + ALIGNMENTS;
    uint8_t *block = allocate(size);
    uint8_t original[MAX_COUNT];
    uint8_t expected[MAX_COUNT];

    fill(original, sizeof original, 1);
    mask_by_definition(expected, original, sizeof expected, KEY_BYTES);
    for (size_t alignment = 0; alignment < ALIGNMENTS; alignment++) {
        uint8_t *bytes = at_alignment(block + ALIGNMENTS, alignment);
        for (size_t count = 0; count <= MAX_COUNT; count++) {
            memset(block, GUARD, size);
            memcpy(bytes, original, count);
            ws_mask(bytes, bytes, count, key_of(KEY_BYTES));
            assert_memory_equal(bytes, expected, count);
            assert_all_guard(block, bytes);
            assert_all_guard(bytes + count, block + size);
        }
    }
    free(block);
}

static void mask_to_other_memory_all_lengths_at_all_alignments(void **state)
{
    (void)state;
    const size_t size = ALIGNMENTS + ALIGNMENTS + MAX_COUNT + ALIGNMENTS;
    uint8_t *source = allocate(size);
    uint8_t *target = allocate(size);
    uint8_t original[MAX_COUNT];
    uint8_t expected[MAX_COUNT];

    fill(original, sizeof original, 2);
    mask_by_definition(expected, original, sizeof expected, KEY_BYTES);
    for (size_t alignment = 0; alignment < ALIGNMENTS; alignment++) {
        /* 27 is prime to 64: over the loop every source alignment meets a different target alignment */
        uint8_t *from = at_alignment(source + ALIGNMENTS, alignment);
        uint8_t *to = at_alignment(target + ALIGNMENTS, (alignment * 27 + 5) % ALIGNMENTS);
        memcpy(from, original, MAX_COUNT);
        for (size_t count = 0; count <= MAX_COUNT; count++) {
            memset(target, GUARD, size);
            ws_mask(to, from, count, key_of(KEY_BYTES));
            assert_memory_equal(to, expected, count);
            assert_memory_equal(from, original, MAX_COUNT);
            assert_all_guard(target, to);
            assert_all_guard(to + count, target + size);
        }
    }
    free(source);
    free(target);
}

/* A received frame is unmasked while it moves to the front of its area. */
static void mask_to_overlapping_memory_before_the_source(void **state)
{
    (void)state;
    enum { FARTHEST = 70 };
    uint8_t original[MAX_COUNT];
    uint8_t expected[MAX_COUNT];

    fill(original, sizeof original, 3);
    mask_by_definition(expected, original, sizeof expected, KEY_BYTES);
    for (size_t distance = 1; distance <= FARTHEST; distance++) {
        for (size_t count = 0; count <= MAX_COUNT; count++) {
            uint8_t *block = allocate(distance + count);
            memcpy(block + distance, original, count);
            ws_mask(block, block + distance, count, key_of(KEY_BYTES));
            assert_memory_equal(block, expected, count);
            free(block);
        }
    }
}

/* Heap blocks that begin and end with the payload: the address sanitizer sees any byte touched outside. */
static void mask_stays_inside_exact_blocks(void **state)
{
    (void)state;
    for (size_t count = 1; count <= MAX_COUNT; count++) {
        uint8_t *from = allocate(count);
        uint8_t *to = allocate(count);
        uint8_t *expected = allocate(count);
        fill(from, count, (uint32_t)count);
        mask_by_definition(expected, from, count, KEY_BYTES);
        ws_mask(to, from, count, key_of(KEY_BYTES));
        assert_memory_equal(to, expected, count);
        ws_mask(from, from, count, key_of(KEY_BYTES));
        assert_memory_equal(from, expected, count);
        free(expected);
        free(to);
        free(from);
    }
}

static void mask_of_nothing_takes_null(void **state)
{
    (void)state;
    ws_mask(NULL, NULL, 0, key_of(KEY_BYTES));
}

static void mask_with_key_zero_copies(void **state)
{
    (void)state;
    uint8_t from[MAX_COUNT];
    uint8_t to[MAX_COUNT];

    fill(from, sizeof from, 3);
    memset(to, GUARD, sizeof to);
    ws_mask(to, from, sizeof to, 0);
    assert_memory_equal(to, from, sizeof to);
}

static void mask_of_a_large_payload(void **state)
{
    (void)state;
    const size_t count = 100003;
    uint8_t *bytes = allocate(count);
    uint8_t *expected = allocate(count);

    fill(bytes, count, 4);
    mask_by_definition(expected, bytes, count, KEY_BYTES);
    ws_mask(bytes, bytes, count, key_of(KEY_BYTES));
    assert_memory_equal(bytes, expected, count);
    free(expected);
    free(bytes);
}

static void mask_tells_whether_all_that_it_wrote_is_ascii(void **state)
{
    (void)state;
    uint8_t text[MAX_COUNT];
    uint8_t masked[MAX_COUNT];
    uint8_t bytes[MAX_COUNT];
    const uint32_t key = key_of(KEY_BYTES);

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i % 0x80);
    mask_by_definition(masked, text, sizeof masked, KEY_BYTES);
    for (size_t count = 0; count <= MAX_COUNT; count++) {
        assert_true(ws_mask(bytes, masked, count, key));
        for (size_t place = 0; place < count; place++) {
            masked[place] ^= 0x80;
            assert_false(ws_mask(bytes, masked, count, key));
            masked[place] ^= 0x80;
        }
        if (count < MAX_COUNT) {
            masked[count] ^= 0x80; /* the byte behind does not count */
            assert_true(ws_mask(bytes, masked, count, key));
            masked[count] ^= 0x80;
        }
    }
}

static void rotated_key_begins_with_the_next_byte(void **state)
{
    (void)state;
    static const uint8_t after[4][4] = {
        {0x37, 0xFA, 0x21, 0x3D},
        {0xFA, 0x21, 0x3D, 0x37},
        {0x21, 0x3D, 0x37, 0xFA},
        {0x3D, 0x37, 0xFA, 0x21},
    };

    for (size_t count = 0; count <= MAX_COUNT; count++)
        assert_int_equal(ws_mask_rotate(key_of(KEY_BYTES), count), key_of(after[count % 4]));
    assert_int_equal(ws_mask_rotate(key_of(KEY_BYTES), SIZE_MAX), key_of(after[3]));
}

static void payload_cut_anywhere_is_masked_alike(void **state)
{
    (void)state;
    uint8_t original[MAX_COUNT];
    uint8_t expected[MAX_COUNT];
    uint8_t bytes[MAX_COUNT];
    const uint32_t key = key_of(KEY_BYTES);

    fill(original, sizeof original, 5);
    mask_by_definition(expected, original, sizeof expected, KEY_BYTES);
    for (size_t cut = 0; cut <= MAX_COUNT; cut++) {
        memcpy(bytes, original, sizeof bytes);
        ws_mask(bytes, bytes, cut, key);
        ws_mask(bytes + cut, bytes + cut, MAX_COUNT - cut, ws_mask_rotate(key, cut));
        assert_memory_equal(bytes, expected, sizeof bytes);
    }

    uint32_t now = key;
    for (size_t i = 0; i < MAX_COUNT; i++) {
        bytes[i] = original[i];
        ws_mask(bytes + i, bytes + i, 1, now);
        now = ws_mask_rotate(now, 1);
    }
    assert_memory_equal(bytes, expected, sizeof bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mask_of_rfc6455_5_7_example),
        cmocka_unit_test(mask_in_place_all_lengths_at_all_alignments),
        cmocka_unit_test(mask_to_other_memory_all_lengths_at_all_alignments),
        cmocka_unit_test(mask_to_overlapping_memory_before_the_source),
        cmocka_unit_test(mask_stays_inside_exact_blocks),
        cmocka_unit_test(mask_of_nothing_takes_null),
        cmocka_unit_test(mask_with_key_zero_copies),
        cmocka_unit_test(mask_of_a_large_payload),
        cmocka_unit_test(mask_tells_whether_all_that_it_wrote_is_ascii),
        cmocka_unit_test(rotated_key_begins_with_the_next_byte),
        cmocka_unit_test(payload_cut_anywhere_is_masked_alike),
    };
    int failures = 0;
    for (unsigned variant = 1; ws_cpu_force(variant); variant++)
        failures += cmocka_run_group_tests_name(ws_cpu_variant()->name, tests, NULL, NULL);
    return failures;
}
