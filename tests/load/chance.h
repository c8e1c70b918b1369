/*
 * chance.h - chance that is the same in every run.
 */
#ifndef LOAD_CHANCE_H
#define LOAD_CHANCE_H

#include <stdint.h>

/* A well-mixed number for each value (the finaliser of splitmix64). */
static inline uint64_t chance_mix(uint64_t value)
{
    value += UINT64_C(0x9E3779B97F4A7C15);
    value = (value ^ value >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ value >> 27) * UINT64_C(0x94D049BB133111EB);
    return value ^ value >> 31;
}

/* The next number in [0, limit) of a sequence that any state begins. */
static inline uint32_t chance_below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)((chance_mix((*state)++) >> 32) * limit >> 32);
}

#endif
