/*
 * White-box tests of utf8.c and its variants against a definition that is nothing but a table: table 3-7
 * of the Unicode standard, which RFC 3629 section 4 says in its own grammar.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernels/cpu.h"
#include "kernels/utf8.h"

/* "Well-Formed UTF-8 Byte Sequences", row by row: the range of each byte. */
static const struct row {
    size_t length;
    uint8_t range[4][2];
} TABLE_3_7[] = {
    {1, {{0x00, 0x7F}}},
    {2, {{0xC2, 0xDF}, {0x80, 0xBF}}},
    {3, {{0xE0, 0xE0}, {0xA0, 0xBF}, {0x80, 0xBF}}},
    {3, {{0xE1, 0xEC}, {0x80, 0xBF}, {0x80, 0xBF}}},
    {3, {{0xED, 0xED}, {0x80, 0x9F}, {0x80, 0xBF}}},
    {3, {{0xEE, 0xEF}, {0x80, 0xBF}, {0x80, 0xBF}}},
    {4, {{0xF0, 0xF0}, {0x90, 0xBF}, {0x80, 0xBF}, {0x80, 0xBF}}},
    {4, {{0xF1, 0xF3}, {0x80, 0xBF}, {0x80, 0xBF}, {0x80, 0xBF}}},
    {4, {{0xF4, 0xF4}, {0x80, 0x8F}, {0x80, 0xBF}, {0x80, 0xBF}}},
};

/* What the table says of a text: where its first wrong byte is (at its end: nowhere), and whether it ends
 * between characters. */
struct verdict {
    size_t wrong_at;
    bool at_boundary;
};

/* How many of the bytes agree with the row. */
static size_t agreement(const struct row *row, const uint8_t *bytes, size_t count)
{
    size_t agreed = 0;
    while (agreed < row->length && agreed < count && bytes[agreed] >= row->range[agreed][0] &&
           bytes[agreed] <= row->range[agreed][1])
        agreed++;
    return agreed;
}

static struct verdict judge(const uint8_t *bytes, size_t count)
{
    size_t at = 0;
    while (at < count) {
        size_t longest = 0;
        bool complete = false;
        for (size_t i = 0; i < sizeof TABLE_3_7 / sizeof *TABLE_3_7 && !complete; i++) {
            const size_t agreed = agreement(&TABLE_3_7[i], bytes + at, count - at);
            complete = agreed == TABLE_3_7[i].length;
            longest = agreed > longest ? agreed : longest;
        }
        at += longest;
        if (!complete)
            return (struct verdict){at, false};
    }
    return (struct verdict){count, true};
}

/* Feeds one piece, `fed` bytes after the beginning, and holds the answer against the verdict on the text. */
static void feed_piece(struct ws_utf8 *utf8, const uint8_t *text, size_t fed, size_t count,
                       struct verdict verdict)
{
    const bool expected = fed + count <= verdict.wrong_at;
    if (ws_utf8_feed(utf8, text + fed, count) != expected) {
        fail_msg("bytes %u to %u: expected %s", (unsigned)fed, (unsigned)(fed + count),
                 expected ? "true" : "false");
    }
}

static void feed_whole(const uint8_t *text, size_t count, struct verdict verdict)
{
    struct ws_utf8 utf8 = {0};
    feed_piece(&utf8, text, 0, count, verdict);
    assert_int_equal(ws_utf8_at_boundary(&utf8), verdict.wrong_at == count && verdict.at_boundary);
}

static void feed_cut(const uint8_t *text, size_t cut, size_t count, struct verdict verdict)
{
    struct ws_utf8 utf8 = {0};
    feed_piece(&utf8, text, 0, cut, verdict);
    feed_piece(&utf8, text, cut, count - cut, verdict);
    assert_int_equal(ws_utf8_at_boundary(&utf8), verdict.wrong_at == count && verdict.at_boundary);
}

static void feed_byte_by_byte(const uint8_t *text, size_t count, struct verdict verdict)
{
    struct ws_utf8 utf8 = {0};
    for (size_t i = 0; i < count; i++)
        feed_piece(&utf8, text, i, 1, verdict);
    assert_int_equal(ws_utf8_at_boundary(&utf8), verdict.wrong_at == count && verdict.at_boundary);
}

/*
 * Whole, and cut at each place of a range. If the text is wrong within the range, one of the cuts lies just
 * before its first wrong byte and one just behind it: the answer must change between these two.
 */
static void feed_whole_and_cut(const uint8_t *text, size_t first, size_t last, size_t count)
{
    const struct verdict verdict = judge(text, count);
    feed_whole(text, count, verdict);
    for (size_t cut = first; cut <= last && cut <= count; cut++)
        feed_cut(text, cut, count, verdict);
}

static void feed_in_every_way(const uint8_t *text, size_t count)
{
    feed_whole_and_cut(text, 0, count, count);
    feed_byte_by_byte(text, count, judge(text, count));
}

/* The same from a heap block that ends with the text: the address sanitizer sees any byte read beyond. */
static void feed_in_every_way_from_exact_block(const void *text, size_t count)
{
    uint8_t *block = malloc(count > 0 ? count : 1);
    assert_non_null(block);
    if (count > 0)
        memcpy(block, text, count);
    feed_in_every_way(block, count);
    free(block);
}

/*
 * Valid text that ends with ASCII needs no look at single bytes: a variant that found faults where there are
 * none would still be right in the end, but slow.
 */
static void assert_passed_by_vectors(const uint8_t *text, size_t count)
{
    const struct ws_cpu_variant *variant = ws_cpu_variant();
    if (variant->utf8 != ws_utf8_portable)
        assert_int_equal(variant->utf8(text, count), count);
}

/*
 * The sequence at some place of a longer text, so that it reaches the vectors: the first character keeps that
 * from being ASCII only, and the places are such that over all sequences the cut between vectors falls
 * everywhere.
 */
static void feed_inside_text(const uint8_t *sequence, size_t count, struct verdict verdict)
{
    static size_t turn;
    enum { TEXT = 150, FIRST_PLACE = 2, PLACES = 127 };
    uint8_t text[TEXT] = {0xC3, 0xA9};
    const size_t place = FIRST_PLACE + turn++ % PLACES;
    const bool valid = verdict.wrong_at == count && verdict.at_boundary;
    struct ws_utf8 utf8 = {0};

    memset(text + FIRST_PLACE, 'a', sizeof text - FIRST_PLACE);
    memcpy(text + place, sequence, count);
    assert_int_equal(ws_utf8_feed(&utf8, text, sizeof text), valid);
    if (valid)
        assert_passed_by_vectors(text, sizeof text);
}

/*
 * Every sequence of one to four bytes: all 256 bytes behind every beginning that is inside a character, fed
 * whole and cut anywhere. What follows a wrong byte makes no difference any more (failure is sticky), what
 * follows a whole character is a sequence of its own.
 *
 * The beginning, count bytes, lies in the block of four so that one more byte fills it; after[i] is the
 * validator after i of these bytes, fed one by one.
 */
static void feed_every_sequence(uint8_t *block, size_t count, struct ws_utf8 after[4])
{
    uint8_t *exact = block + 3 - count; /* so that the sequence ends with its block */

    for (unsigned byte = 0; byte <= 0xFF; byte++) {
        if (UNIT_TESTS_ARE_SLOW && count == 3 && (byte + 1) % 0x40 > 1)
            continue; /* all that the fourth byte can be is told by 0x7F, 0x80, 0xBF and 0xC0 */
        struct ws_utf8 utf8 = {0};
        exact[count] = (uint8_t)byte;
        const struct verdict verdict = judge(exact, count + 1);
        const bool boundary = verdict.wrong_at == count + 1 && verdict.at_boundary;
        for (size_t cut = 0; cut <= count; cut++) {
            utf8 = after[cut];
            feed_piece(&utf8, exact, cut, count + 1 - cut, verdict);
            assert_int_equal(ws_utf8_at_boundary(&utf8), boundary);
        }
        if (count < 3 || exact[2] == 0x80 || exact[2] == 0xBF)
            feed_inside_text(exact, count + 1, verdict);
        if (count < 3 && verdict.wrong_at == count + 1 && !boundary) {
            memmove(exact - 1, exact, count + 1);
            after[count + 1] = utf8;
            feed_every_sequence(block, count + 1, after);
            memmove(exact, exact - 1, count + 1);
        }
    }
}

static void every_sequence_of_1_to_4_bytes(void **state)
{
    (void)state;
    struct ws_utf8 after[4] = {{0}};
    uint8_t *block = malloc(4);
    assert_non_null(block);
    feed_every_sequence(block, 0, after);
    free(block);
}

/* The definition itself, held against facts of RFC 3629, so that a wrong table does not go unnoticed. */
static void definition_agrees_with_rfc3629(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t count, wrong_at;
        bool at_boundary;
    } facts[] = {
        {"", 0, 0, true},
        {"A\xE2\x89\xA2\xCE\x91.", 7, 7, true},               /* section 7: A<NOT IDENTICAL TO><ALPHA>. */
        {"\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4", 9, 9, true}, /* section 7: the Korean word "hangugeo" */
        {"\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E", 9, 9, true}, /* section 7: the Japanese word "nihongo" */
        {"\xEF\xBB\xBF\xF0\xA3\x8E\xB4", 7, 7, true},         /* section 7: byte order mark, U+233B4 */
        {"\xC0\x80", 2, 0, false},                            /* section 3: overlong NUL */
        {"/\xC0\xAE./", 5, 1, false},                         /* section 10: overlong full stop */
        {"\xED\xA1\x8C\xED\xBE\xB4", 6, 1, false},            /* section 3: surrogates of U+233B4 */
        {"\xF4\x8F\xBF\xBF", 4, 4, true},                     /* U+10FFFF, the last character */
        {"\xF4\x90\x80\x80", 4, 1, false},                    /* U+110000 */
        {"\xE0\x9F\xBF", 3, 1, false},                        /* U+07FF in three bytes */
        {"\xF0\x8F\xBF\xBF", 4, 1, false},                    /* U+FFFF in four bytes */
        {"\xE2\x82", 2, 2, false},                            /* the beginning of a character */
        {"\xE2\x82/", 3, 2, false},                           /* ASCII inside a character */
        {"\x80", 1, 0, false},                                /* a later byte without a first one */
        {"\xFE", 1, 0, false},                                /* section 1: FE and FF never appear */
        {"\xFF", 1, 0, false},
    };

    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const struct verdict verdict = judge((const uint8_t *)facts[i].bytes, facts[i].count);
        assert_int_equal(verdict.wrong_at, facts[i].wrong_at);
        assert_int_equal(verdict.at_boundary, facts[i].at_boundary);
        feed_in_every_way_from_exact_block(facts[i].bytes, facts[i].count);
    }
}

/* A text that mixes characters of all lengths, so that words begin and end inside every kind of them. */
static size_t mixed_text(uint8_t *text, size_t room)
{
    /* clang-format off */
    static const char *const characters[] = {
        "a", "\xC2\x80", "\xE0\xA0\x80", "bc", "\xF0\x90\x80\x80", "\xDF\xBF", "\xED\x9F\xBF",
        "defghijklmnopqrstuvwxyz", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBF", "0123456789",
        "\xF3\xBF\xBF\xBF", "\xE1\x80\x80\xEC\xBF\xBF", "\xF1\x80\x80\x80",
    };
    /* clang-format on */
    size_t count = 0;
    for (size_t i = 0;; i = (i + 4) % 15) {
        const size_t length = strlen(characters[i]);
        if (count + length > room)
            return count;
        memcpy(text + count, characters[i], length);
        count += length;
    }
}

static void long_valid_text_cut_anywhere(void **state)
{
    (void)state;
    uint8_t text[300];
    const size_t count = mixed_text(text, sizeof text);

    assert_true(count > 290);
    assert_int_equal(judge(text, count).wrong_at, count);
    for (size_t i = 0; i <= count; i++) {
        feed_in_every_way_from_exact_block(text, i);             /* ending anywhere */
        feed_in_every_way_from_exact_block(text + i, count - i); /* beginning anywhere, also within one */
    }
}

static void long_valid_text_is_passed_by_vectors(void **state)
{
    (void)state;
    uint8_t text[301] = {0};
    const size_t count = mixed_text(text, 300);

    for (size_t end = 3; end <= count; end++) {
        if (judge(text, end).at_boundary) {
            const uint8_t next = text[end];
            text[end] = 'a';
            if (end + 1 < 17 || end + 1 > 18) /* of 17 and 18 bytes one or two are left to utf8.c */
                assert_passed_by_vectors(text, end + 1);
            text[end] = next;
        }
    }
}

static void long_ascii_text_cut_anywhere(void **state)
{
    (void)state;
    uint8_t text[200];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i % 0x80);
    for (size_t count = 0; count <= sizeof text; count++)
        feed_in_every_way_from_exact_block(text, count);
}

/* Sequences wrong each in its own way, or legal but rare, at every place of an ASCII and of a mixed text. */
static void every_kind_of_sequence_at_every_place(void **state)
{
    (void)state;
    /* clang-format off */
    static const char *const sequences[] = {
        "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2\x7F", "\xC2\xC0", "\xDF\xBF", "\xDF\xBF\x80",
        "\xE0\x9F\xBF", "\xE0\xA0\x80", "\xE0\xA0\x7F", "\xE1\x80\xC0", "\xEC\xBF\xBF\xBF",
        "\xED\x9F\xBF", "\xED\xA0\x80", "\xEF\xBF\xBF", "\xEF\xBF",
        "\xF0\x8F\xBF\xBF", "\xF0\x90\x80\x80", "\xF0\x90\x80\x7F", "\xF1\x80\x80\x80\x80",
        "\xF4\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF4\x80\x80", "\xF5\x80\x80\x80",
        "\xF8\x88\x80\x80\x80", "\xFE", "\xFF",
    };
    /* clang-format on */
    enum { ROOM = 330 };
    uint8_t texts[2][ROOM];
    size_t counts[2] = {ROOM, 0};

    memset(texts[0], 'a', ROOM);
    counts[1] = mixed_text(texts[1], ROOM);
    for (size_t t = 0; t < 2; t++) {
        for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
            const size_t length = strlen(sequences[i]);
            uint8_t *text = malloc(counts[t] + length);
            assert_non_null(text);
            for (size_t place = 0; place <= counts[t]; place++) {
                memcpy(text, texts[t], place);
                memcpy(text + place, sequences[i], length);
                memcpy(text + place + length, texts[t] + place, counts[t] - place);
                feed_whole_and_cut(text, place, place + length + 1, counts[t] + length);
            }
            free(text);
        }
    }
}

static void failure_is_sticky(void **state)
{
    (void)state;
    static const uint8_t ascii[64] = "0123456789012345678901234567890123456789012345678901234567890123";
    struct ws_utf8 utf8 = {0};

    assert_false(ws_utf8_feed(&utf8, (const uint8_t *)"\xFF", 1));
    for (unsigned byte = 0; byte <= 0xFF; byte++) {
        const uint8_t next = (uint8_t)byte;
        assert_false(ws_utf8_feed(&utf8, &next, 1));
    }
    assert_false(ws_utf8_feed(&utf8, ascii, sizeof ascii));
    assert_false(ws_utf8_feed(&utf8, NULL, 0));
    assert_false(ws_utf8_at_boundary(&utf8));
}

static void feeding_nothing_changes_nothing(void **state)
{
    (void)state;
    struct ws_utf8 utf8 = {0};

    assert_true(ws_utf8_feed(&utf8, NULL, 0));
    assert_true(ws_utf8_at_boundary(&utf8));
    assert_true(ws_utf8_feed(&utf8, (const uint8_t *)"\xE0", 1));
    assert_true(ws_utf8_feed(&utf8, NULL, 0));
    assert_false(ws_utf8_at_boundary(&utf8));
    assert_false(ws_utf8_feed(&utf8, (const uint8_t *)"\x80", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(definition_agrees_with_rfc3629),
        cmocka_unit_test(every_sequence_of_1_to_4_bytes),
        cmocka_unit_test(long_valid_text_cut_anywhere),
        cmocka_unit_test(long_valid_text_is_passed_by_vectors),
        cmocka_unit_test(long_ascii_text_cut_anywhere),
        cmocka_unit_test(every_kind_of_sequence_at_every_place),
        cmocka_unit_test(failure_is_sticky),
        cmocka_unit_test(feeding_nothing_changes_nothing),
    };
    int failures = 0;
    for (unsigned variant = 1; ws_cpu_force(variant); variant++)
        failures += cmocka_run_group_tests_name(ws_cpu_variant()->name, tests, NULL, NULL);
    return failures;
}
