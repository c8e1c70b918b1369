/*
 * Eight bytes at a time in portable C. Words go through memcpy, which compilers turn into plain loads and
 * stores, so that neither alignment nor aliasing nor byte order matters. Made for mask_vector.h.
 */
#ifndef WS_MASK_WORD_H
#define WS_MASK_WORD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define VECTOR uint64_t

static inline VECTOR load(const uint8_t *bytes)
{
    VECTOR v;
    memcpy(&v, bytes, sizeof v);
    return v;
}

static inline void store(uint8_t *bytes, VECTOR v)
{
    memcpy(bytes, &v, sizeof v);
}

static inline VECTOR exclusive_or(VECTOR a, VECTOR b)
{
    return a ^ b;
}

static inline VECTOR either(VECTOR a, VECTOR b)
{
    return a | b;
}

/* Two equal halves: the same in memory for every byte order. */
static inline VECTOR repeat(uint32_t key)
{
    return (VECTOR)key << 32 | key;
}

static inline bool is_ascii(VECTOR v)
{
    return (v & UINT64_C(0x8080808080808080)) == 0;
}

#endif
