/*
 * White-box tests of base64.c: the vectors of RFC 4648, the whole alphabet, and the check of a key's
 * form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "handshake/base64.h"

/* Encodes from and into heap blocks of just the right size. */
static void assert_encodes(const void *bytes, size_t count, const char *expected)
{
    const size_t length = strlen(expected);
    assert_int_equal(WS_BASE64_LENGTH(count), length);
    uint8_t *block = exact_copy(bytes, count);
    char *text = exact_copy(expected, length);
    if (length > 0)
        memset(text, '#', length);
    ws_base64_encode(block, count, text);
    if (length > 0)
        assert_memory_equal(text, expected, length);
    free(text);
    free(block);
}

static bool check(const char *text, size_t length, size_t count)
{
    char *block = exact_copy(text, length);
    const bool good = ws_base64_check(block, length, count);
    free(block);
    return good;
}

static bool is_key(const char *text)
{
    return check(text, strlen(text), 16);
}

static void rfc_4648_vectors(void **state)
{
    static const char *const vectors[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    (void)state;
    for (size_t count = 0; count < sizeof vectors / sizeof vectors[0]; count++) {
        assert_encodes("foobar", count, vectors[count]);
        assert_true(check(vectors[count], strlen(vectors[count]), count));
    }
}

static void rfc_6455_examples(void **state)
{
    /* Section 1.3: the digest, and the nonce. */
    static const uint8_t digest[] = {0xb3, 0x7a, 0x4f, 0x2c, 0xc0, 0x62, 0x4f, 0x16, 0x90, 0xf6,
                                     0x46, 0x06, 0xcf, 0x38, 0x59, 0x45, 0xb2, 0xbe, 0xc4, 0xea};
    (void)state;
    assert_encodes(digest, sizeof digest, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_encodes("the sample nonce", 16, "dGhlIHNhbXBsZSBub25jZQ==");
}

/* 64 groups of 6 bits, counting up, are the alphabet. */
static void whole_alphabet(void **state)
{
    (void)state;
    uint8_t bytes[48] = {0};
    for (size_t value = 0; value < 64; value++) {
        for (size_t bit = 0; bit < 6; bit++) {
            const size_t position = value * 6 + bit;
            if (value & 32u >> bit)
                bytes[position / 8] = (uint8_t)(bytes[position / 8] | 0x80u >> position % 8);
        }
    }
    assert_encodes(bytes, sizeof bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

static void key_is_22_characters_and_two_signs(void **state)
{
    (void)state;
    assert_true(is_key("dGhlIHNhbXBsZSBub25jZQ=="));
    assert_true(is_key("AAAAAAAAAAAAAAAAAAAAAA=="));
    assert_true(is_key("azAZ09+/azAZ09+/azAZ09=="));

    assert_false(is_key(""));
    assert_false(is_key("=="));
    assert_false(is_key("dGhlIHNhbXBsZSBub25jZQ="));
    assert_false(is_key("dGhlIHNhbXBsZSBub25jZQ"));
    assert_false(is_key("dGhlIHNhbXBsZSBub25jZQ==="));
    assert_false(is_key("dGhlIHNhbXBsZSBub25jZQ==="));
    assert_false(is_key("dGhlIHNhbXBsZSBub25jZ==="));
    assert_false(is_key("dGhlIHNhbXBsZSBub25jZQA="));
    assert_false(is_key("dGhlIHNhbXBsZSBub25jZQAA"));
    assert_false(is_key("=GhlIHNhbXBsZSBub25jZQ=="));
    assert_false(is_key("dGhlIHNhbXBsZSBub25jZQ=A"));
    assert_false(is_key("dGhlIHNhbXBsZSBub25jZQdGhlIHNhbXBsZSBub25jZQ=="));
}

/* Our choice, as RFC 4648 section 3.5 leaves it to the decoder. */
static void choice_trailing_bits_are_not_judged(void **state)
{
    (void)state;
    assert_true(is_key("dGhlIHNhbXBsZSBub25jZR=="));
    assert_true(is_key("//////////////////////=="));
}

/* Each of the 256 characters at the first and at the last place that carries data. */
static void key_has_only_characters_of_the_alphabet(void **state)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (void)state;
    for (int c = 0; c < 256; c++) {
        char key[] = "dGhlIHNhbXBsZSBub25jZQ==";
        const bool good = c != 0 && strchr(alphabet, c) != NULL;
        key[0] = (char)c;
        assert_int_equal(check(key, 24, 16), good);
        key[0] = 'd';
        key[21] = (char)c;
        assert_int_equal(check(key, 24, 16), good);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_4648_vectors),
        cmocka_unit_test(rfc_6455_examples),
        cmocka_unit_test(whole_alphabet),
        cmocka_unit_test(key_is_22_characters_and_two_signs),
        cmocka_unit_test(choice_trailing_bits_are_not_judged),
        cmocka_unit_test(key_has_only_characters_of_the_alphabet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
