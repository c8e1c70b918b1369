/*
 * The UTF-8 validator, written after RFC 3629 section 4. It judges bytes and decodes nothing. The machine here takes a
 * text byte by byte; the processor's best variant (cpu.h) spares it most of them, and leaves characters that are cut, and
 * whatever it found suspicious.
 *
 * Between two bytes the state says what must come next:
 *
 *   0        any first byte of a character
 *   others   bits 0-7: how many bytes of the character are missing; bits 8-15 and 16-23: the lowest and the highest
 *            byte that may come next. Only a character's second byte is ever limited to less than 80..BF.
 *   FAILED   bounds that no byte can meet
 */
#include "kernels/utf8.h"

#include <string.h>

#include "kernels/cpu.h"

/* Pieces up to this size are looked at here first, as they may be all ASCII. */
#define SHORT_PIECE 64u

#define EXPECT(missing, lowest, highest)                                                                     \
    ((uint32_t)(missing) | (uint32_t)(lowest) << 8 | (uint32_t)(highest) << 16)

static const uint32_t BOUNDARY = 0;
static const uint32_t FAILED = EXPECT(1, 0xFF, 0x00);

/* The state after the first byte of a character. */
static uint32_t first_byte(uint8_t byte)
{
    if (byte < 0x80)
        return BOUNDARY;
    if (byte < 0xC2)
        return FAILED; /* 80..BF are later bytes; C0 and C1 would be overlong forms of ASCII */
    if (byte < 0xE0)
        return EXPECT(1, 0x80, 0xBF);
    if (byte < 0xF0) /* below E0 A0: overlong; above ED 9F: surrogates */
        return EXPECT(2, byte == 0xE0 ? 0xA0 : 0x80, byte == 0xED ? 0x9F : 0xBF);
    if (byte < 0xF5) /* below F0 90: overlong; above F4 8F: beyond U+10FFFF */
        return EXPECT(3, byte == 0xF0 ? 0x90 : 0x80, byte == 0xF4 ? 0x8F : 0xBF);
    return FAILED;
}

/* The state after a later byte of a character. */
static uint32_t later_byte(uint32_t state, uint8_t byte)
{
    const uint32_t missing = state & 0xFF;
    const uint32_t lowest = state >> 8 & 0xFF;
    const uint32_t highest = state >> 16;

    if (byte < lowest || byte > highest)
        return FAILED;
    return missing == 1 ? BOUNDARY : EXPECT(missing - 1, 0x80, 0xBF);
}

static bool word_is_ascii(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return (word & UINT64_C(0x8080808080808080)) == 0;
}

/* Knows ASCII only, by the word. */
size_t ws_utf8_portable(const uint8_t *bytes, size_t count)
{
    size_t at = 0;
    while (count - at >= sizeof(uint64_t) && word_is_ascii(bytes + at))
        at += sizeof(uint64_t);
    return at;
}

static bool short_piece_is_ascii(const uint8_t *bytes, size_t count)
{
    if (count >= sizeof(uint64_t)) {
        /* the last word may overlap the one before */
        const size_t words = ws_utf8_portable(bytes, count);
        return count - words < sizeof(uint64_t) && word_is_ascii(bytes + count - sizeof(uint64_t));
    }
    uint8_t all = 0;
    for (size_t i = 0; i < count; i++)
        all |= bytes[i];
    return all < 0x80;
}

static bool feed_text(struct ws_utf8 *utf8, const uint8_t *bytes, size_t count)
{
    uint32_t state = utf8->state;
    size_t at = 0;

    for (; state != BOUNDARY && state != FAILED && at < count; at++)
        state = later_byte(state, bytes[at]);
    if (state == BOUNDARY && count - at >= WS_CPU_UTF8_MIN)
        at += ws_cpu_variant()->utf8(bytes + at, count - at);
    while (at < count && state != FAILED) {
        const uint8_t byte = bytes[at++];
        state = state == BOUNDARY ? first_byte(byte) : later_byte(state, byte);
        if (byte < 0x80)
            at += ws_utf8_portable(bytes + at, count - at);
    }
    utf8->state = state;
    return state != FAILED;
}

bool ws_utf8_feed(struct ws_utf8 *utf8, const uint8_t *bytes, size_t count)
{
    if (utf8->state == BOUNDARY && count <= SHORT_PIECE && short_piece_is_ascii(bytes, count))
        return true;
    return feed_text(utf8, bytes, count);
}

bool ws_utf8_at_boundary(const struct ws_utf8 *utf8)
{
    return utf8->state == BOUNDARY;
}
