/*
 * wire.c - see wire.h.
 */
#include "wire.h"

#include <string.h>

bool wire_read(const uint8_t *bytes, size_t count, struct wire_frame *frame)
{
    if (count < 2)
        return false;
    *frame = (struct wire_frame){.first = bytes[0], .masked = bytes[1] >= 0x80, .length = bytes[1] & 0x7Fu};
    uint8_t extended = frame->length < 126 ? 0 : frame->length == 126 ? 2 : 8;
    frame->size = (uint8_t)(2 + extended + (frame->masked ? 4 : 0));
    if (count < frame->size)
        return false;
    if (extended > 0)
        frame->length = 0;
    for (unsigned i = 0; i < extended; i++)
        frame->length = frame->length << 8 | bytes[2 + i];
    if (frame->masked)
        memcpy(frame->key, bytes + 2 + extended, 4);
    return true;
}

uint32_t wire_write(uint8_t *header, uint8_t first, uint64_t length, const uint8_t *key)
{
    uint32_t extended = length < 126 ? 0 : length < 65536 ? 2 : 8;
    uint32_t size = 2;
    header[0] = first;
    header[1] = (uint8_t)((key ? 0x80u : 0) | (extended == 0 ? length : extended == 2 ? 126u : 127u));
    while (extended > 0)
        header[size++] = (uint8_t)(length >> 8 * --extended);
    if (key) {
        memcpy(header + size, key, 4);
        size += 4;
    }
    return size;
}

bool wire_equal(const uint8_t *masked, const uint8_t *plain, size_t count, const uint8_t key[4],
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
