/*
 * White-box tests of sha1.c: the examples of FIPS 180, and every place where the padding can fall. The
 * expected digests of the latter were computed with sha1sum and openssl.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handshake/sha1.h"

enum { GUARD = 0xA5, LONGEST = 200 };

static void assert_digest(const uint8_t digest[WS_SHA1_SIZE], const char *expected)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * WS_SHA1_SIZE + 1] = {0};
    for (size_t i = 0; i < WS_SHA1_SIZE; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    assert_string_equal(text, expected);
}

/* The digest of `count` bytes from a heap block of just that size, and proof that 20 bytes were written. */
static void hash(const void *bytes, size_t count, uint8_t digest[WS_SHA1_SIZE])
{
    uint8_t out[WS_SHA1_SIZE + 1];
    memset(out, GUARD, sizeof out);
    uint8_t *block = NULL;
    if (count > 0) {
        block = malloc(count);
        assert_non_null(block);
        memcpy(block, bytes, count);
    }
    ws_sha1(block, count, out);
    if (count > 0)
        assert_memory_equal(block, bytes, count);
    free(block);
    assert_int_equal(out[WS_SHA1_SIZE], GUARD);
    memcpy(digest, out, WS_SHA1_SIZE);
}

static void fips_180_examples(void **state)
{
    static const struct {
        const char *message;
        const char *digest;
    } examples[] = {
        {"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
        {"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
         "mnopqrstnopqrstu",
         "a49b2446a02c645bf419f995b67091253a04a259"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        uint8_t digest[WS_SHA1_SIZE];
        hash(examples[i].message, strlen(examples[i].message), digest);
        assert_digest(digest, examples[i].digest);
    }
}

static void fips_180_million_letters_a(void **state)
{
    enum { MILLION = 1000000 };
    (void)state;
    char *message = malloc(MILLION);
    assert_non_null(message);
    memset(message, 'a', MILLION);
    uint8_t digest[WS_SHA1_SIZE];
    hash(message, MILLION, digest);
    free(message);
    assert_digest(digest, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

/* Messages whose byte i is i, as long as a block or two, or just so long that the padding needs another. */
static void lengths_around_block_boundaries(void **state)
{
    static const struct {
        size_t length;
        const char *digest;
    } cases[] = {
        {55, "8ae2d46729cfe68ff927af5eec9c7d1b66d65ac2"},  {56, "636e2ec698dac903498e648bd2f3af641d3c88cb"},
        {57, "7cb1330f35244b57437539253304ea78a6b7c443"},  {63, "6d942da0c4392b123528f2905c713a3ce28364bd"},
        {64, "c6138d514ffa2135bfce0ed0b8fac65669917ec7"},  {65, "69bd728ad6e13cd76ff19751fde427b00e395746"},
        {119, "41c89d06001bab4ab78736b44efe7ce18ce6ae08"}, {120, "d3dbd653bd8597b7475321b60a36891278e6a04a"},
        {127, "89d7312a903f65cd2b3e34a975e55dbea9033353"}, {128, "e6434bc401f98603d7eda504790c98c67385d535"},
    };
    (void)state;
    uint8_t message[LONGEST];
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t digest[WS_SHA1_SIZE];
        hash(message, cases[i].length, digest);
        assert_digest(digest, cases[i].digest);
    }
}

/* All the digests of lengths 0 to 200, one behind the other, have this digest: 201 vectors in one. */
static void all_lengths_to_200(void **state)
{
    (void)state;
    uint8_t message[LONGEST];
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)i;
    static uint8_t digests[(LONGEST + 1) * WS_SHA1_SIZE];
    for (size_t length = 0; length <= LONGEST; length++)
        hash(message, length, digests + length * WS_SHA1_SIZE);
    uint8_t digest[WS_SHA1_SIZE];
    hash(digests, sizeof digests, digest);
    assert_digest(digest, "30f906e3c78b841ee4b73d0cb2850660435758b3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fips_180_examples),
        cmocka_unit_test(fips_180_million_letters_a),
        cmocka_unit_test(lengths_around_block_boundaries),
        cmocka_unit_test(all_lengths_to_200),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
