/*
 * Read before each source file that is compiled in the manner of Microsoft's compiler. The headers of
 * mingw-w64 are for GNU compilers, so they are read while clang still says that it is one; from then on it
 * does not, and the words that only GNU compilers know are errors.
 */
#pragma GCC diagnostic ignored "-W#warnings" /* newer ones have one about 3DNow!, which nobody asked for */
#include <windows.h>

#include <intrin.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _M_ARM64
#include <arm_neon.h> /* which clang writes in GNU's words, too */
#endif

#if __clang_major__ >= 19 /* which have only a name for it, and the headers nothing */
void __cpuidex(int values[4], int leaf, int subleaf);
#endif

#undef __GNUC__
#undef __GNUC_MINOR__
#undef __GNUC_PATCHLEVEL__
#pragma GCC poison __attribute__ __attribute __extension__ __int128 __int128_t __uint128_t
#pragma GCC poison typeof __typeof__ asm __asm__
#pragma GCC poison __builtin_expect __builtin_unreachable __builtin_add_overflow __builtin_mul_overflow
#pragma GCC poison __builtin_bswap16 __builtin_bswap32 __builtin_bswap64
#pragma GCC poison __builtin_clz __builtin_clzll __builtin_ctz __builtin_ctzll
#pragma GCC poison __builtin_cpu_supports __builtin_cpu_init
