/*
 * UTF-8 validation with the 32-byte vectors of AVX2; short texts are left to the 16-byte ones.
 */
#include <immintrin.h>

#include <stdbool.h>
#include <stdint.h>

#define VECTOR             __m256i
#define zeros_before(v, n) _mm256_alignr_epi8(v, _mm256_permute2x128_si256(v, v, 0x08), 16 - (n))

static inline VECTOR load(const uint8_t *bytes)
{
    return _mm256_loadu_si256((const void *)bytes);
}

static inline VECTOR load_table(const uint8_t *bytes)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)bytes));
}

static inline VECTOR repeat(uint8_t byte)
{
    return _mm256_set1_epi8((char)byte);
}

static inline VECTOR both(VECTOR a, VECTOR b)
{
    return _mm256_and_si256(a, b);
}

static inline VECTOR either(VECTOR a, VECTOR b)
{
    return _mm256_or_si256(a, b);
}

static inline VECTOR exclusive_or(VECTOR a, VECTOR b)
{
    return _mm256_xor_si256(a, b);
}

static inline VECTOR minus(VECTOR a, VECTOR b)
{
    return _mm256_subs_epu8(a, b);
}

static inline VECTOR low_halves(VECTOR v)
{
    return both(v, repeat(0x0F));
}

static inline VECTOR high_halves(VECTOR v)
{
    return low_halves(_mm256_srli_epi16(v, 4));
}

static inline VECTOR lookup(VECTOR table, VECTOR indices)
{
    return _mm256_shuffle_epi8(table, indices);
}

static inline bool is_zero(VECTOR v)
{
    return _mm256_testz_si256(v, v);
}

static inline bool is_ascii(VECTOR v)
{
    return _mm256_movemask_epi8(v) == 0;
}

#include "kernels/utf8_vector.h"

size_t ws_utf8_avx2(const uint8_t *bytes, size_t count)
{
    return count < 2 * sizeof(VECTOR) ? ws_utf8_ssse3(bytes, count) : pass_text(bytes, count);
}
