/*
 * See frame.h.
 */
#include "frame.h"

#include <string.h>

static void put_number(uint8_t *to, unsigned bytes, uint64_t number)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(number >> 8 * (bytes - 1 - i));
}

static enum frame_form shortest(uint64_t size)
{
    return size < 126 ? FRAME_SHORTEST : size < 65536 ? FRAME_16_BITS : FRAME_64_BITS;
}

uint8_t *frame_add_header(struct bytes *to, unsigned first, enum frame_form form, bool masked, uint32_t key,
                          size_t size)
{
    static const unsigned more[] = {0, 2, 8};
    if (form == FRAME_SHORTEST)
        form = shortest(size);
    unsigned length = more[form];
    uint8_t *header = bytes_extend(to, 2 + length + (masked ? 4 : 0) + size);
    header[0] = (uint8_t)first;
    header[1] = (uint8_t)((masked ? 0x80 : 0) | (form == FRAME_SHORTEST  ? size
                                                 : form == FRAME_16_BITS ? 126
                                                                         : 127));
    put_number(header + 2, length, size);
    if (!masked)
        return header + 2 + length;
    put_number(header + 2 + length, 4, key);
    return header + 2 + length + 4;
}

void frame_mask(uint8_t *payload, size_t size, uint32_t key)
{
    uint8_t mask[4];
    put_number(mask, 4, key);
    for (size_t i = 0; i < size; i++)
        payload[i] ^= mask[i % 4];
}

void frame_add(struct bytes *to, unsigned first, const void *payload, size_t size, uint32_t key)
{
    uint8_t *at = frame_add_header(to, first, FRAME_SHORTEST, true, key, size);
    if (size > 0)
        memcpy(at, payload, size);
    frame_mask(at, size, key);
}

void frame_add_unmasked(struct bytes *to, unsigned first, const void *payload, size_t size)
{
    uint8_t *at = frame_add_header(to, first, FRAME_SHORTEST, false, 0, size);
    if (size > 0)
        memcpy(at, payload, size);
}

/* The header's size, as far as its first bytes tell. */
static unsigned wanted(const struct frame_reader *reader)
{
    if (reader->have < 2)
        return 2;
    unsigned length = reader->header[1] & 0x7F;
    return length == 127 ? 10 : length == 126 ? 4 : 2;
}

static const char *judge(const struct frame_reader *reader, unsigned size)
{
    unsigned opcode = reader->header[0] & FRAME_OPCODE;
    if (reader->header[1] & 0x80)
        return "a masked frame";
    if (reader->header[0] & FRAME_RESERVED)
        return "a reserved bit";
    if ((opcode > FRAME_BINARY && opcode < FRAME_CLOSE) || opcode > FRAME_PONG)
        return "a reserved opcode";
    if (shortest(reader->length) != (size == 10 ? FRAME_64_BITS : size == 4 ? FRAME_16_BITS : FRAME_SHORTEST))
        return "a length that is not in its shortest form";
    if (opcode >= FRAME_CLOSE && (reader->length > FRAME_CONTROL_MAX || !(reader->header[0] & FRAME_FIN)))
        return "a long or fragmented control frame";
    return NULL;
}

size_t frame_read_header(struct frame_reader *reader, const uint8_t *bytes, size_t count, bool *complete,
                         const char **wrong)
{
    size_t taken = 0;
    while (reader->have < wanted(reader) && taken < count)
        reader->header[reader->have++] = bytes[taken++];
    unsigned size = wanted(reader);
    *complete = reader->have == size;
    if (!*complete)
        return taken;
    reader->length = size == 2 ? reader->header[1] & 0x7Fu : 0;
    for (unsigned i = 2; i < size; i++)
        reader->length = reader->length << 8 | reader->header[i];
    reader->have = 0;
    const char *found = judge(reader, size);
    if (found != NULL)
        *wrong = found;
    return taken;
}
