/*
 * chance.h - chance that is the same in every run: splitmix64, begun with any state.
 */
#ifndef SUPPORT_CHANCE_H
#define SUPPORT_CHANCE_H

#include <stdint.h>

#define CHANCE_STEP UINT64_C(0x9E3779B97F4A7C15)

/* A well-mixed number for each value. */
static inline uint64_t chance_mix(uint64_t value)
{
    value += CHANCE_STEP;
    value = (value ^ value >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ value >> 27) * UINT64_C(0x94D049BB133111EB);
    return value ^ value >> 31;
}

/* The next number. */
static inline uint32_t chance_next(uint64_t *state)
{
    uint64_t number = chance_mix(*state);
    *state += CHANCE_STEP;
    return (uint32_t)(number >> 32);
}

/* The next one, in [0, limit). */
static inline uint32_t chance_below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)((uint64_t)chance_next(state) * limit >> 32);
}

#endif
