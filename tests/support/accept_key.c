/*
 * The key and the GUID of RFC 6455, hashed by SHA-1 (RFC 3174) and written in base64 (RFC 4648).
 */
#include "accept_key.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BLOCK  64
#define DIGEST 20

static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

static uint32_t rotate(uint32_t value, unsigned count)
{
    return value << count | value >> (32 - count);
}

/* RFC 3174, 6.1. */
static void hash_block(uint32_t state[5], const uint8_t *block)
{
    static const uint32_t constants[4] = {0x5A827999u, 0x6ED9EBA1u, 0x8F1BBCDCu, 0xCA62C1D6u};
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    uint32_t words[80];

    for (size_t i = 0; i < 80; i++) {
        if (i < 16) {
            words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
                       (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
        } else {
            words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
        }
    }
    for (size_t i = 0; i < 80; i++) {
        uint32_t mixed = i < 20              ? (b & c) | (~b & d)
                         : i < 40 || i >= 60 ? b ^ c ^ d
                                             : (b & c) | (b & d) | (c & d);
        uint32_t next = rotate(a, 5) + mixed + e + words[i] + constants[i / 20];

        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

/* Key and GUID are 60 bytes, so that the end of the message needs a second block. */
static void hash(const char *key, uint8_t digest[DIGEST])
{
    const size_t size = KEY_LENGTH + sizeof guid - 1;
    uint32_t state[5] = {0x67452301u, 0xEFCDAB89u, 0x98BADCFEu, 0x10325476u, 0xC3D2E1F0u};
    uint8_t message[2 * BLOCK] = {0};

    memcpy(message, key, KEY_LENGTH);
    memcpy(message + KEY_LENGTH, guid, sizeof guid - 1);
    message[size] = 0x80;
    message[2 * BLOCK - 2] = (uint8_t)(size * 8 >> 8);
    message[2 * BLOCK - 1] = (uint8_t)(size * 8 & 0xFF);
    hash_block(state, message);
    hash_block(state, message + BLOCK);
    for (size_t i = 0; i < DIGEST; i++)
        digest[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}

void accept_key(const char *key, char accept[ACCEPT_LENGTH + 1])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t digest[DIGEST + 1] = {0}; /* one more byte completes the last group of three */

    hash(key, digest);
    for (size_t i = 0; i < ACCEPT_LENGTH / 4; i++) {
        uint32_t group = (uint32_t)digest[3 * i] << 16 | (uint32_t)digest[3 * i + 1] << 8 | digest[3 * i + 2];

        for (size_t k = 0; k < 4; k++)
            accept[4 * i + k] = alphabet[group >> (18 - 6 * k) & 0x3F];
    }
    accept[ACCEPT_LENGTH - 1] = '=';
    accept[ACCEPT_LENGTH] = '\0';
}
