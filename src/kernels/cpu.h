/*
 * The choice among the variants of the two kernels that touch every payload byte, mask and utf8. CMake builds
 * one of cpu_x86.c, cpu_arm64.c and cpu_portable.c, which list the variants that this build has.
 */
#ifndef WS_CPU_H
#define WS_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "system/atomic.h"

/* Less than this is done by mask.c and utf8.c themselves. */
#define WS_CPU_MASK_MIN 16u
#define WS_CPU_UTF8_MIN 4u

/**
 * One variant. All variants do the same.
 *
 * mask   ws_mask, for at least WS_CPU_MASK_MIN bytes.
 * utf8   Of at least WS_CPU_UTF8_MIN bytes, from a character boundary on: how many at their beginning it knows to be whole
 *        valid characters. The rest is looked at byte by byte; at best that is the beginning of a last character.
 */
struct ws_cpu_variant {
    bool (*mask)(uint8_t *to, const uint8_t *from, size_t count, uint32_t key);
    size_t (*utf8)(const uint8_t *bytes, size_t count);
    const char *name;
};

/*
 * First a stand-in, whose functions choose one of the others and go on there. Then, from 1 on, the variants,
 * each better than those before it; ws_cpu_best is the last one that this processor can run.
 */
extern const struct ws_cpu_variant ws_cpu_variants[];
unsigned ws_cpu_best(void);

/* The choice: an index, not a pointer. Threads that find it unmade all come to the same, and store the same. */
extern struct ws_atomic_u32 ws_cpu_choice;

/** The variant to use. Any thread. */
static inline const struct ws_cpu_variant *ws_cpu_variant(void)
{
    return &ws_cpu_variants[ws_atomic_load(&ws_cpu_choice)];
}

/**
 * For tests: from now on use this variant. Returns false, and changes nothing, if this processor cannot run it.
 * Not beside another thread.
 */
bool ws_cpu_force(unsigned variant);

/* The functions of the variants, for the lists only. */
bool ws_mask_choose(uint8_t *to, const uint8_t *from, size_t count, uint32_t key);
bool ws_mask_portable(uint8_t *to, const uint8_t *from, size_t count, uint32_t key);
bool ws_mask_sse2(uint8_t *to, const uint8_t *from, size_t count, uint32_t key);
bool ws_mask_avx2(uint8_t *to, const uint8_t *from, size_t count, uint32_t key);
bool ws_mask_neon(uint8_t *to, const uint8_t *from, size_t count, uint32_t key);

size_t ws_utf8_choose(const uint8_t *bytes, size_t count);
size_t ws_utf8_portable(const uint8_t *bytes, size_t count);
size_t ws_utf8_ssse3(const uint8_t *bytes, size_t count);
size_t ws_utf8_avx2(const uint8_t *bytes, size_t count);
size_t ws_utf8_neon(const uint8_t *bytes, size_t count);

#endif
