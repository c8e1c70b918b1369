/*
 * See frame.h.
 */
#include "frame.h"

#include <string.h>

uint8_t *frame_add_header(struct bytes *to, unsigned first, enum frame_form form, const uint8_t *key,
                          size_t size)
{
    uint8_t header[FRAME_HEADER_MAX];
    uint32_t length_bytes = form == FRAME_SHORTEST ? frame_length_bytes(size) : (uint32_t)form;
    bytes_add(to, header, frame_header_write_form(header, (uint8_t)first, size, length_bytes, key));
    return bytes_extend(to, size);
}

struct frame_key frame_key(uint32_t number)
{
    return (struct frame_key){
        {(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number}};
}

void frame_add(struct bytes *to, unsigned first, const void *payload, size_t size, uint32_t key)
{
    const struct frame_key mask = frame_key(key);
    uint8_t *at = frame_add_header(to, first, FRAME_SHORTEST, mask.bytes, size);
    if (size > 0)
        memcpy(at, payload, size);
    frame_mask(at, size, mask.bytes);
}

void frame_add_unmasked(struct bytes *to, unsigned first, const void *payload, size_t size)
{
    uint8_t *at = frame_add_header(to, first, FRAME_SHORTEST, NULL, size);
    if (size > 0)
        memcpy(at, payload, size);
}

static const char *judge(const struct frame_header *header)
{
    unsigned opcode = header->first & FRAME_OPCODE;
    if (header->masked)
        return "a masked frame";
    if (header->first & FRAME_RESERVED)
        return "a reserved bit";
    if ((opcode > FRAME_BINARY && opcode < FRAME_CLOSE) || opcode > FRAME_PONG)
        return "a reserved opcode";
    if (header->size != frame_header_size(header->length, false))
        return "a length that is not in its shortest form";
    if (opcode >= FRAME_CLOSE && (header->length > FRAME_CONTROL_MAX || !(header->first & FRAME_FIN)))
        return "a long or fragmented control frame";
    return NULL;
}

size_t frame_read_header(struct frame_reader *reader, const uint8_t *bytes, size_t count, bool *complete,
                         const char **wrong)
{
    struct frame_header header;
    size_t taken = 0;
    for (*complete = false; !*complete && taken < count;) {
        reader->header[reader->have++] = bytes[taken++];
        *complete = frame_header_read(reader->header, reader->have, &header);
    }
    if (!*complete)
        return taken;
    reader->length = header.length;
    reader->have = 0;
    const char *found = judge(&header);
    if (found != NULL)
        *wrong = found;
    return taken;
}
