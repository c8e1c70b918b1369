/*
 * Masking with the 32-byte vectors of AVX2; short payloads are left to the 16-byte ones.
 */
#include <immintrin.h>

#include "kernels/cpu.h"

#define VECTOR __m256i

static inline VECTOR load(const uint8_t *bytes)
{
    return _mm256_loadu_si256((const void *)bytes);
}

static inline void store(uint8_t *bytes, VECTOR v)
{
    _mm256_storeu_si256((void *)bytes, v);
}

static inline VECTOR exclusive_or(VECTOR a, VECTOR b)
{
    return _mm256_xor_si256(a, b);
}

static inline VECTOR either(VECTOR a, VECTOR b)
{
    return _mm256_or_si256(a, b);
}

static inline VECTOR repeat(uint32_t key)
{
    return _mm256_set1_epi32((int)key);
}

static inline bool is_ascii(VECTOR v)
{
    return _mm256_movemask_epi8(v) == 0;
}

#include "kernels/mask_vector.h"

bool ws_mask_avx2(uint8_t *to, const uint8_t *from, size_t count, uint32_t key)
{
    return count < 2 * sizeof(VECTOR) ? ws_mask_sse2(to, from, count, key)
                                      : mask_vectors(to, from, count, key);
}
