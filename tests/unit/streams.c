/*
 * See streams.h: RFC 6455, sections 5.2 and 5.3.
 */
#include "streams.h"

#include "frame_header.h"

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
    uint8_t header[FRAME_HEADER_MAX];
    stream_add(stream, header, frame_header_write(header, first, size, key));
    stream_add(stream, payload, size);
    if (key)
        frame_mask(stream->bytes + stream->size - size, size, key);
}
