/*
 * blocks.h - heap blocks of exactly a size, poisoned, so that the address sanitizer and valgrind see the first byte beyond
 * them. To be freed with free. Never NULL, not for size 0 either, where no byte may be touched.
 */
#ifndef SUPPORT_BLOCKS_H
#define SUPPORT_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What they hold before anybody wrote to them. */
#define BLOCK_POISON 0xA5

uint8_t *block_new(size_t size);

/* With the bytes copied in. */
uint8_t *block_copy(const void *bytes, size_t size);

/* With bytes that repeat after 251, so that no two places within a buffer, a key or a power of two look alike. */
uint8_t *block_numbered(size_t size);

/* Whether all the bytes still hold the poison. */
bool block_untouched(const void *bytes, size_t size);

#endif
