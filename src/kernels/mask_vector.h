/*
 * Masking by vectors, written once for all instruction sets. Only the mask_<isa>.c files include this, after saying what
 * a vector is:
 *
 *   VECTOR                           the type
 *   load(bytes), store(bytes, v)     at any alignment
 *   exclusive_or(a, b), either(a, b)
 *   repeat(key)                      the key all over a vector
 *   is_ascii(v)                      no byte of it is above 7F
 */
#ifndef WS_MASK_VECTOR_H
#define WS_MASK_VECTOR_H

#include "kernels/mask.h"

/*
 * ws_mask for at least sizeof(VECTOR) bytes. The first and the last vector are computed before, and stored after, those
 * between them, which they may overlap. So no bytes are left over for a loop of their own, not even in place, and all
 * vectors between go to aligned addresses.
 */
static inline bool mask_vectors(uint8_t *to, const uint8_t *from, size_t count, uint32_t key)
{
    const size_t size = sizeof(VECTOR); /* a multiple of the key's size: the key is the same again after it */
    const size_t end = count - size;
    const VECTOR first = exclusive_or(load(from), repeat(key));
    const VECTOR last = exclusive_or(load(from + end), repeat(ws_mask_rotate(key, end)));
    VECTOR all = either(first, last);

    size_t at = size - (uintptr_t)to % size;
    const VECTOR pattern = repeat(ws_mask_rotate(key, at));
    for (; at + 4 * size <= count; at += 4 * size) {
        const VECTOR a = exclusive_or(load(from + at), pattern);
        const VECTOR b = exclusive_or(load(from + at + size), pattern);
        const VECTOR c = exclusive_or(load(from + at + 2 * size), pattern);
        const VECTOR d = exclusive_or(load(from + at + 3 * size), pattern);
        store(to + at, a);
        store(to + at + size, b);
        store(to + at + 2 * size, c);
        store(to + at + 3 * size, d);
        all = either(all, either(either(a, b), either(c, d)));
    }
    for (; at < end; at += size) {
        const VECTOR a = exclusive_or(load(from + at), pattern);
        store(to + at, a);
        all = either(all, a);
    }
    store(to, first);
    store(to + end, last);
    return is_ascii(all);
}

#endif
