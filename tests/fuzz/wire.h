/*
 * wire.h - frames as they lie in a byte stream, found by their lengths alone. Nothing is judged: whether the
 * bytes keep the protocol's rules is not asked here.
 */
#ifndef FUZZ_WIRE_H
#define FUZZ_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_HEADER_MAX 14u

struct wire_frame {
    uint64_t length; /* of the payload */
    uint8_t key[4];  /* zeros if the frame is not masked */
    uint8_t first;   /* FIN, RSV1-3, opcode */
    uint8_t size;    /* of the header */
    bool masked;
};

/* Reads the header at the front of count bytes. False: it is not complete. */
bool wire_read(const uint8_t *bytes, size_t count, struct wire_frame *frame);

/* Writes a header to header[WIRE_HEADER_MAX]; key NULL: not masked. Returns its size. */
uint32_t wire_write(uint8_t *header, uint8_t first, uint64_t length, const uint8_t *key);

/*
 * Whether count bytes at masked, which begin offset bytes after the payload's first, are plain's under the
 * key.
 */
bool wire_equal(const uint8_t *masked, const uint8_t *plain, size_t count, const uint8_t key[4],
                uint64_t offset);

#endif
