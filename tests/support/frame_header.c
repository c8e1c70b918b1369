/*
 * See frame_header.h.
 */
#include "frame_header.h"

#include <string.h>

bool frame_header_read(const uint8_t *bytes, size_t count, struct frame_header *header)
{
    if (count < 2)
        return false;
    *header =
        (struct frame_header){.first = bytes[0], .masked = bytes[1] >= 0x80, .length = bytes[1] & 0x7Fu};
    uint8_t extended = header->length < 126 ? 0 : header->length == 126 ? 2 : 8;
    header->size = (uint8_t)(2 + extended + (header->masked ? 4 : 0));
    if (count < header->size)
        return false;
    if (extended > 0)
        header->length = 0;
    for (unsigned i = 0; i < extended; i++)
        header->length = header->length << 8 | bytes[2 + i];
    if (header->masked)
        memcpy(header->key, bytes + 2 + extended, 4);
    return true;
}

uint32_t frame_length_bytes(uint64_t length)
{
    return length < 126 ? 0 : length < 65536 ? 2 : 8;
}

uint32_t frame_header_size(uint64_t length, bool masked)
{
    return 2 + frame_length_bytes(length) + (masked ? 4 : 0);
}

uint32_t frame_header_write(uint8_t *header, uint8_t first, uint64_t length, const uint8_t *key)
{
    return frame_header_write_form(header, first, length, frame_length_bytes(length), key);
}

uint32_t frame_header_write_form(uint8_t *header, uint8_t first, uint64_t length, uint32_t length_bytes,
                                 const uint8_t *key)
{
    uint32_t size = 2;
    header[0] = first;
    header[1] = (uint8_t)(length_bytes == 0 ? length & 0x7F : length_bytes == 2 ? 126u : 127u);
    while (length_bytes > 0)
        header[size++] = (uint8_t)(length >> 8 * --length_bytes);
    if (key) {
        header[1] |= 0x80;
        memcpy(header + size, key, 4);
        size += 4;
    }
    return size;
}

void frame_mask(uint8_t *payload, size_t count, const uint8_t key[4])
{
    for (size_t i = 0; i < count; i++)
        payload[i] ^= key[i % 4];
}

bool frame_masked_equal(const uint8_t *masked, const uint8_t *plain, size_t count, const uint8_t key[4],
                        uint64_t offset)
{
    uint8_t turned[8];
    for (unsigned i = 0; i < sizeof turned; i++)
        turned[i] = key[(offset + i) & 3];

    uint64_t mask;
    memcpy(&mask, turned, sizeof mask);
    size_t i = 0;
    for (; count - i >= sizeof mask; i += sizeof mask) {
        uint64_t one;
        uint64_t other;
        memcpy(&one, masked + i, sizeof one);
        memcpy(&other, plain + i, sizeof other);
        if ((one ^ mask) != other)
            return false;
    }
    for (unsigned j = 0; i < count; i++, j++)
        if ((masked[i] ^ turned[j]) != plain[i])
            return false;
    return true;
}
