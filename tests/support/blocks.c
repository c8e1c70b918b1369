/*
 * See blocks.h. Without memory there is no test.
 */
#include "blocks.h"

#include <stdlib.h>
#include <string.h>

uint8_t *block_new(size_t size)
{
    uint8_t *block = malloc(size);
    if (!block)
        abort();
    memset(block, BLOCK_POISON, size);
    return block;
}

uint8_t *block_copy(const void *bytes, size_t size)
{
    uint8_t *block = block_new(size);
    if (size > 0)
        memcpy(block, bytes, size);
    return block;
}

uint8_t *block_numbered(size_t size)
{
    uint8_t *block = block_new(size);
    for (size_t i = 0; i < size; i++)
        block[i] = (uint8_t)(i % 251);
    return block;
}

bool block_untouched(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++)
        if (at[i] != BLOCK_POISON)
            return false;
    return true;
}
