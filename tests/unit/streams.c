/*
 * See streams.h: RFC 6455, sections 5.2 and 5.3.
 */
#include "streams.h"

void stream_add(struct stream *stream, const void *bytes, size_t size)
{
    stream->bytes = realloc(stream->bytes, stream->size + size + 1);
    assert_non_null(stream->bytes);
    if (size > 0)
        memcpy(stream->bytes + stream->size, bytes, size);
    stream->size += size;
}

void stream_add_frame(struct stream *stream, uint8_t first, const uint8_t *key, const uint8_t *payload,
                      size_t size)
{
    uint8_t header[14] = {first, key ? 0x80 : 0};
    size_t header_size = 2;

    if (size <= 125) {
        header[1] |= (uint8_t)size;
    } else {
        size_t extended = size <= 65535 ? 2 : 8;
        header[1] |= extended == 2 ? 126 : 127;
        for (size_t i = 0; i < extended; i++)
            header[header_size++] = (uint8_t)((uint64_t)size >> (8 * (extended - 1 - i)));
    }
    if (key)
        memcpy(header + header_size, key, 4);
    stream_add(stream, header, header_size + (key ? 4 : 0));
    stream_add(stream, payload, size);
    for (size_t i = 0; key && i < size; i++)
        stream->bytes[stream->size - size + i] ^= key[i % 4];
}
