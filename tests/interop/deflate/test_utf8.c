/*
 * test_utf8.c - the check of text that was compressed: every character, and what RFC 3629 forbids.
 */
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static size_t encode(uint32_t code, uint8_t *to)
{
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length; i-- > 0; code >>= 6)
        to[i] = (uint8_t)(i > 0 ? 0x80 | (code & 0x3f) : marks[length] | code);
    return length;
}

/* Up to what four bytes could say, 0x1fffff. */
static void every_character_is_valid_and_nothing_else_is(void **state)
{
    (void)state;
    uint8_t bytes[4];
    for (uint32_t code = 0; code < 0x200000; code++) {
        size_t length = encode(code, bytes);
        bool expected = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
        if (utf8_is_valid(bytes, length) != expected || (length > 1 && utf8_is_valid(bytes, length - 1)))
            fail_msg("U+%X", code);
    }
}

static void forms_that_are_too_long_or_no_beginning_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",
                                        "\x80",     "\xbf",     "a\xff",        "\xf8\x88\x80\x80\x80",
                                        "\xc3(",    "\xe2\x82("};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(utf8_is_valid((const uint8_t *)wrong[i], strlen(wrong[i])));
    assert_true(utf8_is_valid(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_is_valid_and_nothing_else_is),
        cmocka_unit_test(forms_that_are_too_long_or_no_beginning_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
