/*
 * SHA-1 of a message that lies in memory as a whole (FIPS 180-4). Names are those of the standard. It does
 * not stream: the handshake hashes 60 bytes at once. The padded end of the message is built beside it, so the
 * input is never copied or written.
 */
#include "handshake/sha1.h"

#include <string.h>

enum { BLOCK_SIZE = 64, LENGTH_SIZE = 8 };

static uint32_t rotate_left(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static uint32_t load_be32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void store_be32(uint8_t *bytes, uint32_t value)
{
    bytes[0] = (uint8_t)(value >> 24);
    bytes[1] = (uint8_t)(value >> 16);
    bytes[2] = (uint8_t)(value >> 8);
    bytes[3] = (uint8_t)value;
}

static uint32_t choose(uint32_t x, uint32_t y, uint32_t z)
{
    return z ^ (x & (y ^ z));
}

static uint32_t parity(uint32_t x, uint32_t y, uint32_t z)
{
    return x ^ y ^ z;
}

static uint32_t majority(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) | (z & (x | y));
}

/* One of the 80 rounds; v is a, b, c, d, e. */
static void turn(uint32_t v[5], uint32_t f, uint32_t k, uint32_t w)
{
    const uint32_t t = rotate_left(v[0], 5) + f + v[4] + k + w;
    v[4] = v[3];
    v[3] = v[2];
    v[2] = rotate_left(v[1], 30);
    v[1] = v[0];
    v[0] = t;
}

/* Word t of the message schedule, from 16 on. Of all words, w keeps the last 16: word t at place t mod 16. */
static uint32_t next_word(uint32_t w[16], size_t t)
{
    w[t % 16] = rotate_left(w[(t - 3) % 16] ^ w[(t - 8) % 16] ^ w[(t - 14) % 16] ^ w[t % 16], 1);
    return w[t % 16];
}

static void digest_block(uint32_t h[5], const uint8_t *block)
{
    uint32_t w[16] = {0};
    uint32_t v[5];
    memcpy(v, h, sizeof v);
    for (size_t t = 0; t < 16; t++) {
        w[t] = load_be32(block + 4 * t);
        turn(v, choose(v[1], v[2], v[3]), 0x5A827999, w[t]);
    }
    for (size_t t = 16; t < 20; t++)
        turn(v, choose(v[1], v[2], v[3]), 0x5A827999, next_word(w, t));
    for (size_t t = 20; t < 40; t++)
        turn(v, parity(v[1], v[2], v[3]), 0x6ED9EBA1, next_word(w, t));
    for (size_t t = 40; t < 60; t++)
        turn(v, majority(v[1], v[2], v[3]), 0x8F1BBCDC, next_word(w, t));
    for (size_t t = 60; t < 80; t++)
        turn(v, parity(v[1], v[2], v[3]), 0xCA62C1D6, next_word(w, t));
    for (size_t i = 0; i < 5; i++)
        h[i] += v[i];
}

void ws_sha1(const uint8_t *bytes, size_t count, uint8_t digest[WS_SHA1_SIZE])
{
    uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};

    const size_t rest = count % BLOCK_SIZE;
    for (size_t done = 0; done < count - rest; done += BLOCK_SIZE)
        digest_block(h, bytes + done);

    /* The rest of the message, a one bit, zeros, the length in bits: one more block or, lacking room, two. */
    uint8_t last[2 * BLOCK_SIZE] = {0};
    const size_t size = rest + 1 + LENGTH_SIZE <= BLOCK_SIZE ? BLOCK_SIZE : 2 * BLOCK_SIZE;
    if (rest > 0)
        memcpy(last, bytes + (count - rest), rest);
    last[rest] = 0x80;
    const uint64_t bits = (uint64_t)count * 8;
    store_be32(last + size - 8, (uint32_t)(bits >> 32));
    store_be32(last + size - 4, (uint32_t)bits);
    for (size_t done = 0; done < size; done += BLOCK_SIZE)
        digest_block(h, last + done);

    for (size_t i = 0; i < 5; i++)
        store_be32(digest + 4 * i, h[i]);
}
