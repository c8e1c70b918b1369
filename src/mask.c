/*
 * XOR of payloads with the masking key, RFC 6455 section 5.3, in portable C: eight bytes at a time through
 * memcpy, which compilers turn into plain loads and stores, so that neither alignment nor aliasing nor byte
 * order matters. Keys are not made here.
 */
#include "mask.h"

#include <string.h>

/* The key twice, in memory order; on every byte order, as both halves are the same. */
static uint64_t twice(uint32_t key)
{
    return (uint64_t)key << 32 | key;
}

void ws_mask(uint8_t *to, const uint8_t *from, size_t count, uint32_t key)
{
    const uint64_t pattern = twice(key);
    size_t done = 0;

    for (; count - done >= sizeof pattern; done += sizeof pattern) {
        uint64_t word;
        memcpy(&word, from + done, sizeof word);
        word ^= pattern;
        memcpy(to + done, &word, sizeof word);
    }

    uint8_t tail[sizeof pattern];
    memcpy(tail, &pattern, sizeof tail);
    for (size_t i = 0; done < count; i++, done++) {
        to[done] = from[done] ^ tail[i];
    }
}

uint32_t ws_mask_rotate(uint32_t key, size_t count)
{
    /* Four bytes out of the doubled key: a rotation in memory order, whatever the byte order. */
    uint8_t bytes[sizeof(uint64_t)];
    const uint64_t pattern = twice(key);
    memcpy(bytes, &pattern, sizeof bytes);
    memcpy(&key, bytes + count % sizeof key, sizeof key);
    return key;
}
