/*
 * The plainest XOR of memory with a 4-byte key that this machine's vectors can do: a limit for everything
 * that masks.
 */
#ifndef XOR_H
#define XOR_H

#include <stddef.h>
#include <stdint.h>

/* to: count bytes at from, XORed with the key's bytes again and again; in place, or disjoint. */
typedef void xor_function(uint8_t *to, const uint8_t *from, size_t count, uint32_t key);

xor_function xor_words; /* plain C, as the compiler likes it */
xor_function xor_avx2;  /* 32-byte vectors; compiled with its own flags, where they exist */

#endif
