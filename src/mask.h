#ifndef WS_MASK_H
#define WS_MASK_H

#include <stddef.h>
#include <stdint.h>

/*
 * Masking of frame payloads, RFC 6455 section 5.3: byte i of the payload is XORed with byte i mod 4 of the
 * masking key. The same operation masks and unmasks.
 *
 * A key travels as a uint32_t that holds the four key bytes in memory order, as memcpy from the frame header
 * leaves them. Its numeric value therefore depends on the machine, its bytes do not.
 */

/*
 * Writes `count` bytes of `from`, XORed with the key, to `to`. The first byte meets the key's first byte.
 *
 * `to` and `from` are equal (in place) or do not overlap at all; neither needs any alignment. With a count of
 * 0 nothing is touched, and both may be NULL.
 */
void ws_mask(uint8_t *to, const uint8_t *from, size_t count, uint32_t key);

/*
 * The key as it stands after `count` bytes: what the next piece of the same payload must be masked with.
 */
uint32_t ws_mask_rotate(uint32_t key, size_t count);

#endif
