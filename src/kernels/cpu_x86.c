/*
 * The variants for 32-bit and 64-bit x86. This is the only file that asks the processor what it can do.
 */
#include "kernels/cpu.h"

#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#include <immintrin.h>

/* Each needs all that the one before it needs. */
enum { CHOOSE, PORTABLE, SSE2, SSSE3, AVX2 };

const struct ws_cpu_variant ws_cpu_variants[] = {
    [CHOOSE] = {ws_mask_choose, ws_utf8_choose, "none"},
    [PORTABLE] = {ws_mask_portable, ws_utf8_portable, "portable"},
    [SSE2] = {ws_mask_sse2, ws_utf8_portable, "SSE2"},
    [SSSE3] = {ws_mask_sse2, ws_utf8_ssse3, "SSSE3"},
#if WS_WITH_AVX2
    [AVX2] = {ws_mask_avx2, ws_utf8_avx2, "AVX2"},
#endif
};

enum { EAX, EBX, ECX, EDX };

/* What the CPUID instruction says; nothing at all where this leaf does not exist. */
static void cpuid(uint32_t leaf, uint32_t registers[4])
{
#if defined(_MSC_VER)
    int values[4];
    __cpuid(values, 0);
    const bool there = leaf <= (uint32_t)values[EAX];
    __cpuidex(values, (int)leaf, 0);
    for (int i = 0; i < 4; i++)
        registers[i] = there ? (uint32_t)values[i] : 0;
#else
    registers[EAX] = registers[EBX] = registers[ECX] = registers[EDX] = 0;
    (void)__get_cpuid_count(leaf, 0, &registers[EAX], &registers[EBX], &registers[ECX], &registers[EDX]);
#endif
}

static bool bit(uint32_t bits, unsigned number)
{
    return (bits >> number & 1) != 0;
}

/* The processor has the 32-byte registers, and the operating system saves them. */
static bool has_wide_registers(const uint32_t features[4])
{
    return bit(features[ECX], 27) && bit(features[ECX], 28) && (_xgetbv(0) & 6) == 6;
}

unsigned ws_cpu_best(void)
{
    uint32_t features[4];
    uint32_t more[4];
    cpuid(1, features);
    cpuid(7, more);

    if (WS_WITH_AVX2 && has_wide_registers(features) && bit(more[EBX], 5))
        return AVX2;
    if (bit(features[ECX], 9))
        return SSSE3;
    return bit(features[EDX], 26) ? SSE2 : PORTABLE;
}
