/*
 * The UTF-8 validator in portable C, written after RFC 3629 section 4. It judges bytes and decodes nothing.
 *
 * Between two bytes the state says what must come next:
 *
 *   0        any first byte of a character
 *   others   bits 0-7: how many bytes of the character are missing; bits 8-15 and 16-23: the lowest and the
 *            highest byte that may come next. Only the second byte of a character is ever limited to less
 *            than 80..BF.
 *   FAILED   bounds that no byte can meet
 */
#include "utf8.h"

#include <string.h>

#define EXPECT(missing, lowest, highest) \
    ((uint32_t)(missing) | (uint32_t)(lowest) << 8 | (uint32_t)(highest) << 16)

static const uint32_t BOUNDARY = 0;
static const uint32_t FAILED = EXPECT(1, 0xFF, 0x00);

/* The state after the first byte of a character. */
static uint32_t first_byte(uint8_t byte)
{
    if (byte < 0x80) {
        return BOUNDARY;
    }
    if (byte < 0xC2) {
        return FAILED; /* 80..BF are later bytes; C0 and C1 would be overlong forms of ASCII */
    }
    if (byte < 0xE0) {
        return EXPECT(1, 0x80, 0xBF);
    }
    if (byte < 0xF0) {
        /* below E0 A0: overlong; above ED 9F: surrogates */
        return EXPECT(2, byte == 0xE0 ? 0xA0 : 0x80, byte == 0xED ? 0x9F : 0xBF);
    }
    if (byte < 0xF5) {
        /* below F0 90: overlong; above F4 8F: beyond U+10FFFF */
        return EXPECT(3, byte == 0xF0 ? 0x90 : 0x80, byte == 0xF4 ? 0x8F : 0xBF);
    }
    return FAILED;
}

/* The state after a later byte of a character. */
static uint32_t later_byte(uint32_t state, uint8_t byte)
{
    const uint32_t missing = state & 0xFF;
    const uint32_t lowest = state >> 8 & 0xFF;
    const uint32_t highest = state >> 16;

    if (byte < lowest || byte > highest) {
        return FAILED;
    }
    return missing == 1 ? BOUNDARY : EXPECT(missing - 1, 0x80, 0xBF);
}

/* How many bytes can be skipped because they are ASCII, in steps of eight: most text of most protocols. */
static size_t ascii_words(const uint8_t *bytes, size_t count)
{
    uint64_t word;
    size_t done = 0;

    for (; count - done >= sizeof word; done += sizeof word) {
        memcpy(&word, bytes + done, sizeof word);
        if (word & UINT64_C(0x8080808080808080)) {
            break;
        }
    }
    return done;
}

bool ws_utf8_feed(struct ws_utf8 *utf8, const uint8_t *bytes, size_t count)
{
    uint32_t state = utf8->state;
    size_t i = 0;

    while (i < count && state != FAILED) {
        if (state != BOUNDARY) {
            state = later_byte(state, bytes[i++]);
        } else if (bytes[i] >= 0x80) {
            state = first_byte(bytes[i++]);
        } else {
            const size_t skipped = ascii_words(bytes + i, count - i);
            i += skipped > 0 ? skipped : 1;
        }
    }
    utf8->state = state;
    return state != FAILED;
}

bool ws_utf8_at_boundary(const struct ws_utf8 *utf8)
{
    return utf8->state == BOUNDARY;
}
