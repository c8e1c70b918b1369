/*
 * frame_header.h - the headers of frames, from RFC 6455, section 5.2, written and read. Nothing is judged: whether the bytes
 * keep the protocol's rules is not asked here. It shares no code with the library, so that the two check each other.
 */
#ifndef SUPPORT_FRAME_HEADER_H
#define SUPPORT_FRAME_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_HEADER_MAX 14u

struct frame_header {
    uint64_t length; /* of the payload */
    uint8_t key[4];  /* zeros if the frame is not masked */
    uint8_t first;   /* FIN, RSV1-3, opcode */
    uint8_t size;    /* of the header */
    bool masked;
};

/* Reads the header at the front of count bytes. False: it is not complete. */
bool frame_header_read(const uint8_t *bytes, size_t count, struct frame_header *header);

/* The bytes behind the second that the shortest form of this length has: 0, 2 or 8. */
uint32_t frame_length_bytes(uint64_t length);

/* The size of the header of a frame with this payload, in its shortest form. */
uint32_t frame_header_size(uint64_t length, bool masked);

/* Writes a header to header[FRAME_HEADER_MAX], in its shortest form; key NULL: not masked. Returns its size. */
uint32_t frame_header_write(uint8_t *header, uint8_t first, uint64_t length, const uint8_t *key);

/* The same with 0, 2 or 8 bytes of length behind the second, whether that is the shortest form or not. */
uint32_t frame_header_write_form(uint8_t *header, uint8_t first, uint64_t length, uint32_t length_bytes,
                                 const uint8_t *key);

/* Masks count bytes of a payload, from its first on, or unmasks them. */
void frame_mask(uint8_t *payload, size_t count, const uint8_t key[4]);

/* Whether count bytes at masked, which begin offset bytes after the payload's first, are plain's under the key. */
bool frame_masked_equal(const uint8_t *masked, const uint8_t *plain, size_t count, const uint8_t key[4],
                        uint64_t offset);

#endif
