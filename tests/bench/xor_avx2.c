/*
 * XOR with the 32-byte vectors of AVX2, see xor.h. No vector is ever put on the stack here: GCC for Windows
 * would not align it there.
 */
#include "xor.h"

#include <immintrin.h>

void xor_avx2(uint8_t *to, const uint8_t *from, size_t count, uint32_t key)
{
    const __m256i pattern = _mm256_set1_epi32((int)key);
    size_t at = 0;
    for (; count - at >= 128; at += 128) {
        const __m256i *source = (const void *)(from + at);
        __m256i *target = (void *)(to + at);
        const __m256i a = _mm256_xor_si256(_mm256_loadu_si256(source), pattern);
        const __m256i b = _mm256_xor_si256(_mm256_loadu_si256(source + 1), pattern);
        const __m256i c = _mm256_xor_si256(_mm256_loadu_si256(source + 2), pattern);
        const __m256i d = _mm256_xor_si256(_mm256_loadu_si256(source + 3), pattern);
        _mm256_storeu_si256(target, a);
        _mm256_storeu_si256(target + 1, b);
        _mm256_storeu_si256(target + 2, c);
        _mm256_storeu_si256(target + 3, d);
    }
    xor_words(to + at, from + at, count - at, key);
}
