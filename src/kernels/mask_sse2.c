/*
 * Masking with the 16-byte vectors of SSE2, which every x86-64 processor has.
 */
#include <emmintrin.h>

#include "kernels/cpu.h"

#define VECTOR __m128i

static inline VECTOR load(const uint8_t *bytes)
{
    return _mm_loadu_si128((const void *)bytes);
}

static inline void store(uint8_t *bytes, VECTOR v)
{
    _mm_storeu_si128((void *)bytes, v);
}

static inline VECTOR exclusive_or(VECTOR a, VECTOR b)
{
    return _mm_xor_si128(a, b);
}

static inline VECTOR either(VECTOR a, VECTOR b)
{
    return _mm_or_si128(a, b);
}

static inline VECTOR repeat(uint32_t key)
{
    return _mm_set1_epi32((int)key);
}

static inline bool is_ascii(VECTOR v)
{
    return _mm_movemask_epi8(v) == 0;
}

#include "kernels/mask_vector.h"

bool ws_mask_sse2(uint8_t *to, const uint8_t *from, size_t count, uint32_t key)
{
    return mask_vectors(to, from, count, key);
}
