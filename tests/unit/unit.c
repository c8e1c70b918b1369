/*
 * Shared by the white-box tests, see unit.h.
 */
#include "unit.h"

uint8_t *unit_block(size_t size)
{
    uint8_t *block = malloc(size > 0 ? size : 1);
    assert_non_null(block);
    memset(block, UNIT_POISON, size > 0 ? size : 1);
    return block;
}

uint8_t *unit_copy(const void *bytes, size_t size)
{
    uint8_t *block = unit_block(size);
    if (size > 0)
        memcpy(block, bytes, size);
    return block;
}

uint8_t *unit_numbered(size_t size)
{
    uint8_t *block = unit_block(size);
    for (size_t i = 0; i < size; i++)
        block[i] = (uint8_t)(i % 251);
    return block;
}

bool unit_untouched(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++)
        if (at[i] != UNIT_POISON)
            return false;
    return true;
}

uint32_t unit_random(struct unit_chance *chance)
{
    chance->state ^= chance->state >> 12;
    chance->state ^= chance->state << 25;
    chance->state ^= chance->state >> 27;
    return (uint32_t)(chance->state * UINT64_C(0x2545F4914F6CDD1D) >> 32);
}

uint32_t unit_below(struct unit_chance *chance, uint32_t limit)
{
    return (uint32_t)((uint64_t)unit_random(chance) * limit >> 32);
}
