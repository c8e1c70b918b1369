/*
 * The reference decoder, see reference_decoder.h. Numbers in comments are sections of RFC 6455.
 */
#include "reference_decoder.h"

#include <stdlib.h>
#include <string.h>

#include "blocks.h"

#define PROTOCOL_ERROR  1002
#define INVALID_PAYLOAD 1007

/* UTF-8 by its meaning, RFC 3629, section 3: the bits of a character that came so far. */
struct character {
    unsigned need; /* bytes of the character, 0 between two */
    unsigned have;
    uint32_t bits;
};

struct decoder {
    struct reference_rules rules;
    struct reference *out;
    size_t offset; /* of the byte behind the current one */

    uint8_t header[14];
    size_t header_have; /* 0 at a frame's first byte */
    bool in_payload;
    uint8_t key[4];

    bool in_message;
    bool text; /* of the message */
    bool raw;
    struct character character; /* of the message's text */
    struct character reason;    /* of the close frame's reason */
};

/* Section 7.4 as the specification has it: 1000 to 1003, 1007 to 1014, and all from 3000 on. */
static bool status_may_be(unsigned status)
{
    return (status >= 1000 && status <= 1003) || (status >= 1007 && status <= 1014) || status >= 3000;
}

/*
 * Whether any character lies between two values: not above U+10FFFF, not among the surrogates D800 to
 * DFFF.
 */
static bool any_character(uint32_t low, uint32_t high)
{
    for (uint32_t value = low; value <= high && value <= 0x10FFFF; value++)
        if (value < 0xD800 || value > 0xDFFF)
            return true;
    return false;
}

/* Takes one byte of text; false if no character can have it there. */
static bool take_text(struct character *character, uint8_t byte)
{
    static const uint32_t shortest[5] = {0, 0, 0x80, 0x800,
                                         0x10000}; /* the first character that needs so many bytes */

    if (character->need == 0) {
        unsigned need = byte < 0x80 ? 1 : (byte & 0xE0) == 0xC0 ? 2 : (byte & 0xF0) == 0xE0 ? 3 : 4;
        if (need == 4 && (byte & 0xF8) != 0xF0)
            return false;
        *character = (struct character){need, 1, need == 1 ? byte : byte & (0xFFu >> (need + 1))};
    } else {
        if ((byte & 0xC0) != 0x80)
            return false;
        character->bits = character->bits << 6 | (byte & 0x3F);
        character->have++;
    }

    unsigned missing = 6 * (character->need - character->have);
    uint32_t low = character->bits << missing;
    uint32_t high = low | ((UINT32_C(1) << missing) - 1);
    uint32_t least = shortest[character->need];
    if (!any_character(low > least ? low : least, high))
        return false;
    if (missing == 0)
        character->need = 0;
    return true;
}

static void broken(struct decoder *decoder, uint16_t status)
{
    decoder->out->state = REFERENCE_BROKEN;
    decoder->out->status = status;
    decoder->out->broken_at = decoder->offset;
}

static struct reference_frame *last_frame(const struct decoder *decoder)
{
    return &decoder->out->frames[decoder->out->count - 1];
}

static bool first_byte_is_legal(const struct decoder *decoder, uint8_t first)
{
    unsigned opcode = first & 0x0F;
    bool reserved = (first & 0x70) || (opcode > 2 && opcode < 8) || opcode > 10;
    if (reserved && !decoder->rules.extension) /* 5.2 */
        return false;
    if (opcode >= 8) /* 5.5 */
        return (first & 0x80) != 0;
    return (opcode == 0) == decoder->in_message; /* 5.4 */
}

static bool second_byte_is_legal(const struct decoder *decoder, uint8_t first, uint8_t second)
{
    unsigned length = second & 0x7F;
    if (!(second & 0x80 ? decoder->rules.masked : decoder->rules.unmasked)) /* 5.1 */
        return false;
    if ((first & 0x0F) >= 8 && length > 125) /* 5.5 */
        return false;
    return first != 0x88 || length != 1; /* 5.5.1 */
}

/*
 * 5.2: "the minimal number of bytes MUST be used", "the most significant bit MUST be 0"; by the header so
 * far.
 */
static bool length_is_legal(const uint8_t *header, size_t have)
{
    static const uint8_t zeros[6] = {0};
    unsigned form = header[1] & 0x7F;

    if (form == 126 && have == 4)
        return header[2] != 0 || header[3] >= 126;
    if (form == 127 && have == 3)
        return header[2] < 0x80;
    if (form == 127 && have == 8)
        return memcmp(header + 2, zeros, sizeof zeros) != 0;
    return true;
}

static size_t length_bytes(const uint8_t *header)
{
    unsigned form = header[1] & 0x7F;
    return form == 126 ? 2 : form == 127 ? 8 : 0;
}

static enum reference_kind kind_of(uint8_t first)
{
    if ((first & 0x0F) < 8)
        return REFERENCE_DATA;
    return first == 0x88   ? REFERENCE_CLOSE
           : first == 0x89 ? REFERENCE_PING
           : first == 0x8A ? REFERENCE_PONG
                           : REFERENCE_RAW_CONTROL;
}

static void begin_message(struct decoder *decoder, uint8_t first)
{
    decoder->in_message = true;
    decoder->text = (first & 0x0F) == 1;
    decoder->raw = (first & 0x0F) > 2;
    decoder->character = (struct character){0, 0, 0};
}

static void begin_frame(struct decoder *decoder, size_t bytes_left)
{
    const uint8_t *header = decoder->header;
    struct reference *out = decoder->out;
    size_t extended = length_bytes(header);
    struct reference_frame frame = {
        .kind = kind_of(header[0]), .first = header[0], .payload_at = decoder->offset};

    frame.length = header[1] & 0x7F;
    if (extended > 0)
        frame.length = 0;
    for (size_t i = 0; i < extended; i++)
        frame.length = frame.length << 8 | header[2 + i];
    memset(decoder->key, 0, sizeof decoder->key);
    if (header[1] & 0x80)
        memcpy(decoder->key, header + 2 + extended, sizeof decoder->key);

    if (frame.kind == REFERENCE_DATA) {
        if ((header[0] & 0x0F) != 0)
            begin_message(decoder, header[0]);
        if (header[0] & 0x70)
            decoder->raw = true;
        frame.text = decoder->text;
        frame.raw = decoder->raw;
    }
    frame.status = 1005;
    frame.payload = block_new(frame.length < bytes_left ? (size_t)frame.length : bytes_left);

    out->frames = realloc(out->frames, (out->count + 1) * sizeof *out->frames);
    if (!out->frames)
        abort();
    out->frames[out->count++] = frame;
    decoder->in_payload = true;
}

static void take_header(struct decoder *decoder, uint8_t byte, size_t bytes_left)
{
    uint8_t *header = decoder->header;
    header[decoder->header_have++] = byte;
    size_t have = decoder->header_have;

    bool legal = have == 1   ? first_byte_is_legal(decoder, byte)
                 : have == 2 ? second_byte_is_legal(decoder, header[0], byte)
                             : length_is_legal(header, have);
    if (!legal)
        broken(decoder, PROTOCOL_ERROR);
    else if (have >= 2 && have == 2 + length_bytes(header) + (header[1] & 0x80 ? 4u : 0u))
        begin_frame(decoder, bytes_left);
}

/* 5.5.1, 7.4: the body of a close frame; `at` is the byte's place in it. */
static void take_close(struct decoder *decoder, const struct reference_frame *frame, uint8_t byte, size_t at)
{
    if (at == 0) {
        bool any = false;
        for (unsigned low = 0; low <= 0xFF; low++)
            any = any || status_may_be((unsigned)byte << 8 | low);
        if (!any)
            broken(decoder, PROTOCOL_ERROR);
    } else if (at == 1) {
        if (!status_may_be((unsigned)frame->payload[0] << 8 | byte))
            broken(decoder, PROTOCOL_ERROR);
    } else if (decoder->rules.verify && !take_text(&decoder->reason, byte)) {
        broken(decoder, INVALID_PAYLOAD);
    }
}

static void take_payload(struct decoder *decoder, uint8_t byte)
{
    struct reference_frame *frame = last_frame(decoder);
    size_t at = frame->have++;
    byte ^= decoder->key[at % 4]; /* 5.3 */
    frame->payload[at] = byte;

    if (frame->kind == REFERENCE_CLOSE)
        take_close(decoder, frame, byte, at);
    else if (frame->kind == REFERENCE_DATA && frame->text && !frame->raw && decoder->rules.verify &&
             !take_text(&decoder->character, byte)) /* 8.1 */
        broken(decoder, INVALID_PAYLOAD);
}

static void end_message(struct decoder *decoder)
{
    if (decoder->text && !decoder->raw && decoder->rules.verify && decoder->character.need != 0)
        broken(decoder, INVALID_PAYLOAD);
    decoder->in_message = false;
}

static void end_frame(struct decoder *decoder)
{
    struct reference_frame *frame = last_frame(decoder);
    if (frame->kind == REFERENCE_DATA && frame->first & 0x80)
        end_message(decoder);
    if (frame->kind == REFERENCE_CLOSE) {
        if (frame->length >= 2)
            frame->status = (uint16_t)(frame->payload[0] << 8 | frame->payload[1]);
        decoder->out->state = REFERENCE_CLOSED;
        if (decoder->reason.need != 0)
            broken(decoder, INVALID_PAYLOAD);
    }
    if (frame->kind == REFERENCE_RAW_CONTROL &&
        (frame->first & 0x0F) == 8) /* with reserved bits: a close still */
        decoder->out->state = REFERENCE_CLOSED;
    if (decoder->out->state != REFERENCE_BROKEN)
        decoder->out->complete++;
    decoder->in_payload = false;
    decoder->header_have = 0;
}

struct reference reference_decode(const uint8_t *bytes, size_t size, struct reference_rules rules)
{
    struct reference out = {.state = REFERENCE_OPEN};
    struct decoder decoder = {.rules = rules, .out = &out};

    for (size_t i = 0; i < size && out.state == REFERENCE_OPEN; i++) {
        decoder.offset = i + 1;
        if (decoder.in_payload)
            take_payload(&decoder, bytes[i]);
        else
            take_header(&decoder, bytes[i], size - decoder.offset);
        if (out.state == REFERENCE_OPEN && decoder.in_payload &&
            last_frame(&decoder)->have == last_frame(&decoder)->length)
            end_frame(&decoder);
    }
    return out;
}

void reference_free(struct reference *reference)
{
    for (size_t i = 0; i < reference->count; i++)
        free(reference->frames[i].payload);
    free(reference->frames);
}
