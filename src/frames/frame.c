/*
 * Frame headers, see frame.h. Nothing here knows of messages: whether a continuation has something to continue is the
 * receiver's business.
 */
#include "frames/frame.h"

#include <string.h>

#define MASK_BIT 0x80u
#define LENGTH16 126u
#define LENGTH64 127u

bool ws_frame_is_extension(uint8_t first)
{
    /* Bit n set: opcode n is one of RFC 6455's own six, section 11.8. */
    const unsigned known = 1u << WS_OPCODE_CONTINUATION | 1u << WS_OPCODE_TEXT | 1u << WS_OPCODE_BINARY |
                           1u << WS_OPCODE_CLOSE | 1u << WS_OPCODE_PING | 1u << WS_OPCODE_PONG;
    return (first & WS_FRAME_RSV) != 0 || (known >> (first & WS_FRAME_OPCODE) & 1u) == 0;
}

static enum ws_status check_first_byte(uint8_t first, unsigned rules)
{
    if (ws_frame_is_extension(first) && !(rules & WS_FRAME_ALLOW_EXTENSION))
        return first & WS_FRAME_RSV ? WS_WHY_FRAME_RESERVED_BITS : WS_WHY_FRAME_RESERVED_OPCODE;
    if (ws_frame_is_control(first) && !(first & WS_FRAME_FIN))
        return WS_WHY_FRAME_CONTROL_FRAGMENT;
    return WS_OK;
}

static enum ws_status check_second_byte(uint8_t first, uint8_t second, unsigned rules)
{
    unsigned length = second & ~MASK_BIT;
    if (!(rules & (second & MASK_BIT ? WS_FRAME_ALLOW_MASKED : WS_FRAME_ALLOW_UNMASKED)))
        return second & MASK_BIT ? WS_WHY_FRAME_MASKED : WS_WHY_FRAME_NOT_MASKED;
    if (ws_frame_is_control(first) && length > WS_FRAME_CONTROL_MAX)
        return WS_WHY_FRAME_CONTROL_LONG;
    if (length == 1 && first == (WS_FRAME_FIN | WS_OPCODE_CLOSE))
        return WS_WHY_CLOSE_ONE_BYTE;
    return WS_OK;
}

/*
 * The extended length's size bytes, of which have are there. Sets *length when all are, and checks that what is
 * there can be the beginning of a shortest form without the top bit.
 */
static enum ws_status check_length(const uint8_t *bytes, size_t have, size_t size, uint64_t *length)
{
    if (have > size)
        have = size;
    uint64_t value = 0;
    for (size_t i = 0; i < have; i++)
        value = value << 8 | bytes[i];
    *length = value;

    if (size == 2)
        return have < 2 || value >= LENGTH16 ? WS_OK : WS_WHY_FRAME_LENGTH_LONG_FORM;
    if (have > 0 && bytes[0] & 0x80u)
        return WS_WHY_FRAME_LENGTH_TOP_BIT;
    /* A 64-bit length above 65535 has a bit in its upper six bytes. */
    return have < 6 || value >> 8 * (have - 6) != 0 ? WS_OK : WS_WHY_FRAME_LENGTH_LONG_FORM;
}

static enum ws_frame_result broken(struct ws_frame *frame, enum ws_status why)
{
    frame->why = (uint16_t)why;
    return WS_FRAME_BROKEN;
}

enum ws_frame_result ws_frame_decode(const uint8_t *bytes, size_t count, unsigned rules,
                                     struct ws_frame *frame)
{
    if (count < 1)
        return WS_FRAME_NEED_MORE;
    enum ws_status status = check_first_byte(bytes[0], rules);
    if (status != WS_OK)
        return broken(frame, status);
    if (count < 2)
        return WS_FRAME_NEED_MORE;
    status = check_second_byte(bytes[0], bytes[1], rules);
    if (status != WS_OK)
        return broken(frame, status);

    uint64_t length = bytes[1] & ~MASK_BIT;
    size_t size = 2;
    if (length >= LENGTH16) {
        size_t extended = length == LENGTH16 ? 2 : 8;
        status = check_length(bytes + 2, count - 2, extended, &length);
        if (status != WS_OK)
            return broken(frame, status);
        size += extended;
    }

    uint32_t key = 0;
    bool masked = (bytes[1] & MASK_BIT) != 0;
    if (count < size + (masked ? sizeof key : 0))
        return WS_FRAME_NEED_MORE;
    if (masked) {
        memcpy(&key, bytes + size, sizeof key);
        size += sizeof key;
    }
    *frame = (struct ws_frame){.length = length, .key = key, .first = bytes[0], .size = (uint8_t)size};
    return WS_FRAME_COMPLETE;
}

uint32_t ws_frame_encode(uint8_t *to, uint8_t first, uint64_t length, bool masked, uint32_t key)
{
    const uint8_t mask = masked ? MASK_BIT : 0;
    uint32_t size = 2;
    to[0] = first;
    if (length < LENGTH16) {
        to[1] = (uint8_t)(mask | length);
    } else if (length <= UINT16_MAX) {
        to[1] = mask | LENGTH16;
        to[2] = (uint8_t)(length >> 8);
        to[3] = (uint8_t)length;
        size = 4;
    } else {
        to[1] = mask | LENGTH64;
        for (; size < 10; size++)
            to[size] = (uint8_t)(length >> 8 * (9 - size));
    }
    if (!masked)
        return size;
    memcpy(to + size, &key, sizeof key);
    return size + (uint32_t)sizeof key;
}

uint32_t ws_frame_payload_within(uint32_t size, bool masked)
{
    /* Behind the shortest header. A longer form of the length may cost more than what it allows is worth. */
    const uint32_t rest = size - 2 - (masked ? (uint32_t)sizeof(uint32_t) : 0);
    if (rest < LENGTH16)
        return rest;
    if (rest - 2 <= UINT16_MAX)
        return rest - 2 < LENGTH16 ? LENGTH16 - 1 : rest - 2;
    return rest - 8 <= UINT16_MAX ? UINT16_MAX : rest - 8;
}

bool ws_frame_close_status_valid(uint16_t status)
{
    return (status >= 1000 && status <= 1003) || (status >= 1007 && status <= 1014) || status >= 3000;
}

bool ws_frame_close_status_may_begin(uint8_t byte)
{
    /* 1000 to 1014 begin with 3, 3000 and all above with 11 or more. */
    return byte == 3 || byte >= 11;
}
