/*
 * frame.h - frames as RFC 6455, 5.2 has them, written as a client and read as one.
 */
#ifndef LOAD_FRAME_H
#define LOAD_FRAME_H

#include "bytes.h"
#include "frame_header.h"

#include <stdbool.h>

enum {
    FRAME_FIN = 0x80,
    FRAME_RESERVED = 0x70,
    FRAME_OPCODE = 0x0F,
    FRAME_CONTINUATION = 0,
    FRAME_TEXT = 1,
    FRAME_BINARY = 2,
    FRAME_CLOSE = 8,
    FRAME_PING = 9,
    FRAME_PONG = 10,
    FRAME_CONTROL_MAX = 125
};

/* How a frame's length is written, in so many bytes behind the second. Only the shortest form is legal. */
enum frame_form { FRAME_SHORTEST = 0, FRAME_16_BITS = 2, FRAME_64_BITS = 8 };

/* A masking key: a number as it lies on the wire. */
struct frame_key {
    uint8_t bytes[4];
};
struct frame_key frame_key(uint32_t number);

/** Adds a header, and returns where the payload goes. key: its four bytes, or NULL for a frame that is not masked. */
uint8_t *frame_add_header(struct bytes *to, unsigned first, enum frame_form form, const uint8_t *key,
                          size_t size);

/** Adds a legal frame, masked with the key. */
void frame_add(struct bytes *to, unsigned first, const void *payload, size_t size, uint32_t key);

/** Adds a legal frame as a server sends it. */
void frame_add_unmasked(struct bytes *to, unsigned first, const void *payload, size_t size);

/* Reads the headers of a server's frames. Start with zeros. */
struct frame_reader {
    uint8_t header[FRAME_HEADER_MAX];
    unsigned have;
    uint64_t length; /* of the payload, once the header is complete */
};

/**
 * Takes bytes of a header, up to its end, and returns how many. *complete: the header is; the next call
 * begins another. *wrong is set to what is wrong with the header, or left alone.
 */
size_t frame_read_header(struct frame_reader *reader, const uint8_t *bytes, size_t count, bool *complete,
                         const char **wrong);

#endif
