/*
 * UTF-8 validation with the 16-byte vectors of NEON.
 */
#include <arm_neon.h>

#include <stdbool.h>

#define VECTOR             uint8x16_t
#define zeros_before(v, n) vextq_u8(vdupq_n_u8(0), v, 16 - (n))

static inline VECTOR load(const uint8_t *bytes)
{
    return vld1q_u8(bytes);
}

#define load_table load

static inline VECTOR repeat(uint8_t byte)
{
    return vdupq_n_u8(byte);
}

static inline VECTOR both(VECTOR a, VECTOR b)
{
    return vandq_u8(a, b);
}

static inline VECTOR either(VECTOR a, VECTOR b)
{
    return vorrq_u8(a, b);
}

static inline VECTOR exclusive_or(VECTOR a, VECTOR b)
{
    return veorq_u8(a, b);
}

static inline VECTOR minus(VECTOR a, VECTOR b)
{
    return vqsubq_u8(a, b);
}

static inline VECTOR low_halves(VECTOR v)
{
    return both(v, repeat(0x0F));
}

static inline VECTOR high_halves(VECTOR v)
{
    return vshrq_n_u8(v, 4);
}

static inline VECTOR lookup(VECTOR table, VECTOR indices)
{
    return vqtbl1q_u8(table, indices);
}

static inline bool is_zero(VECTOR v)
{
    return vmaxvq_u8(v) == 0;
}

static inline bool is_ascii(VECTOR v)
{
    return vmaxvq_u8(v) < 0x80;
}

#include "kernels/utf8_vector.h"

static size_t pass_short(const uint8_t *bytes, size_t count)
{
    uint64_t words[2];
    words_of_short(bytes, count, words);
    const VECTOR text = vcombine_u8(vcreate_u8(words[0]), vcreate_u8(words[1]));
    return is_zero(faults_at_start(text)) ? count - unfinished(bytes + count) : 0;
}

size_t ws_utf8_neon(const uint8_t *bytes, size_t count)
{
    return count < sizeof(VECTOR) ? pass_short(bytes, count) : pass_text(bytes, count);
}
