/*
 * Masking of frame payloads, RFC 6455 section 5.3: byte i of the payload is XORed with byte i mod 4 of the
 * masking key. The same operation masks and unmasks.
 *
 * A key travels as a uint32_t that holds the four key bytes in memory order, as memcpy from the frame header
 * leaves them. Its numeric value therefore depends on the machine, its bytes do not.
 */
#ifndef WS_MASK_H
#define WS_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/**
 * Write `count` bytes of `from`, XORed with the key, to `to`. The first byte meets the key's first byte.
 *
 * Returns whether all bytes written are ASCII (below 80): text that is, and begins between two characters,
 * needs no further look. With a count of 0 they are.
 *
 * `to` is equal to `from` (in place), or before it and may overlap it, or elsewhere; neither needs any alignment.
 * With a count of 0 nothing is touched, and both may be NULL.
 */
bool ws_mask(uint8_t *to, const uint8_t *from, size_t count, uint32_t key);

/** The key as it stands after count bytes: what the next piece of the same payload must be masked with. */
static inline uint32_t ws_mask_rotate(uint32_t key, size_t count)
{
    /* A rotation in memory order. Every compiler knows at compile time where this machine keeps its lowest byte. */
    const uint32_t one = 1;
    uint8_t little_endian;
    memcpy(&little_endian, &one, sizeof little_endian);

    const unsigned bits = 8 * (unsigned)(count % sizeof key);
    const unsigned others = (32 - bits) % 32;
    return little_endian ? key >> bits | key << others : key << bits | key >> others;
}

#endif
