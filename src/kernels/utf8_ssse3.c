/*
 * UTF-8 validation with the 16-byte vectors and the byte lookup of SSSE3.
 */
#include <tmmintrin.h>

#include <stdbool.h>
#include <stdint.h>

#define VECTOR             __m128i
#define zeros_before(v, n) _mm_slli_si128(v, n)

static inline VECTOR load(const uint8_t *bytes)
{
    return _mm_loadu_si128((const void *)bytes);
}

#define load_table load

static inline VECTOR repeat(uint8_t byte)
{
    return _mm_set1_epi8((char)byte);
}

static inline VECTOR both(VECTOR a, VECTOR b)
{
    return _mm_and_si128(a, b);
}

static inline VECTOR either(VECTOR a, VECTOR b)
{
    return _mm_or_si128(a, b);
}

static inline VECTOR exclusive_or(VECTOR a, VECTOR b)
{
    return _mm_xor_si128(a, b);
}

static inline VECTOR minus(VECTOR a, VECTOR b)
{
    return _mm_subs_epu8(a, b);
}

static inline VECTOR low_halves(VECTOR v)
{
    return both(v, repeat(0x0F));
}

static inline VECTOR high_halves(VECTOR v)
{
    return low_halves(_mm_srli_epi16(v, 4));
}

static inline VECTOR lookup(VECTOR table, VECTOR indices)
{
    return _mm_shuffle_epi8(table, indices);
}

static inline bool is_zero(VECTOR v)
{
    return _mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_setzero_si128())) == 0xFFFF;
}

static inline bool is_ascii(VECTOR v)
{
    return _mm_movemask_epi8(v) == 0;
}

#include "kernels/utf8_vector.h"

static size_t pass_short(const uint8_t *bytes, size_t count)
{
    uint64_t words[2];
    words_of_short(bytes, count, words);
    const VECTOR text = _mm_set_epi64x((long long)words[1], (long long)words[0]);
    return is_zero(faults_at_start(text)) ? count - unfinished(bytes + count) : 0;
}

size_t ws_utf8_ssse3(const uint8_t *bytes, size_t count)
{
    return count < sizeof(VECTOR) ? pass_short(bytes, count) : pass_text(bytes, count);
}
