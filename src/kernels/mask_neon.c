/*
 * Masking with the 16-byte vectors of NEON, which every 64-bit Arm processor has.
 */
#include <arm_neon.h>

#include "kernels/cpu.h"

#define VECTOR uint8x16_t

static inline VECTOR load(const uint8_t *bytes)
{
    return vld1q_u8(bytes);
}

static inline void store(uint8_t *bytes, VECTOR v)
{
    vst1q_u8(bytes, v);
}

static inline VECTOR exclusive_or(VECTOR a, VECTOR b)
{
    return veorq_u8(a, b);
}

static inline VECTOR either(VECTOR a, VECTOR b)
{
    return vorrq_u8(a, b);
}

static inline VECTOR repeat(uint32_t key)
{
    return vreinterpretq_u8_u32(vdupq_n_u32(key));
}

static inline bool is_ascii(VECTOR v)
{
    return vmaxvq_u8(v) < 0x80;
}

#include "kernels/mask_vector.h"

bool ws_mask_neon(uint8_t *to, const uint8_t *from, size_t count, uint32_t key)
{
    return mask_vectors(to, from, count, key);
}
