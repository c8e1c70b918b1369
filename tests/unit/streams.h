/*
 * Streams of frames as peers send them, put together byte by byte.
 */
#ifndef STREAMS_H
#define STREAMS_H

#include "unit.h"

/* Begins as all zero; its bytes are to be freed. */
struct stream {
    uint8_t *bytes;
    size_t size;
};

/** Append bytes as they are. */
void stream_add(struct stream *stream, const void *bytes, size_t size);

/**
 * Append a frame with the shortest length form. first: FIN, reserved bits and opcode; key: the four bytes
 * of the masking key, or NULL for a frame without one.
 */
void stream_add_frame(struct stream *stream, uint8_t first, const uint8_t *key, const uint8_t *payload,
                      size_t size);

#endif
