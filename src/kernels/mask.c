/*
 * XOR of payloads with the masking key, RFC 6455 section 5.3: short ones here, longer ones by the processor's
 * best variant. Keys are not made here.
 */
#include "kernels/mask.h"

#include "kernels/cpu.h"
#include "kernels/mask_word.h"

/* One or two words, which may overlap: so both are read before either is written. */
static inline bool mask_words(uint8_t *to, const uint8_t *from, size_t count, uint32_t key)
{
    const size_t end = count - sizeof(VECTOR);
    const VECTOR first = exclusive_or(load(from), repeat(key));
    const VECTOR last = exclusive_or(load(from + end), repeat(ws_mask_rotate(key, end)));

    store(to, first);
    store(to + end, last);
    return is_ascii(either(first, last));
}

/* Less than a word. */
static inline bool mask_bytes(uint8_t *to, const uint8_t *from, size_t count, uint32_t key)
{
    uint8_t octets[sizeof(VECTOR)];
    uint8_t all = 0;

    store(octets, repeat(key));
    for (size_t i = 0; i < count; i++) {
        to[i] = from[i] ^ octets[i];
        all |= to[i];
    }
    return all < 0x80;
}

bool ws_mask(uint8_t *to, const uint8_t *from, size_t count, uint32_t key)
{
    if (count < sizeof(VECTOR))
        return mask_bytes(to, from, count, key);
    if (count <= 2 * sizeof(VECTOR))
        return mask_words(to, from, count, key);
    return ws_cpu_variant()->mask(to, from, count, key);
}
