/*
 * What the white-box tests share: cmocka with the headers that it needs, exact-size heap blocks,
 * repeatable chance.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* An assertion that says, printf-like, which row or round of a loop it was. */
#define assert_that(condition, ...)                                                                          \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            fail_msg(__VA_ARGS__);                                                                           \
    } while (0)

/* What blocks hold before anybody wrote to them. */
#define UNIT_POISON 0xA5

/**
 * A heap block of exactly size bytes, poisoned, so that the address sanitizer sees the first byte beyond
 * it. To be freed with free. Not NULL for size 0, where no byte may be touched.
 */
uint8_t *unit_block(size_t size);

/** The same, with the bytes copied in. */
uint8_t *unit_copy(const void *bytes, size_t size);

/** Such a block with bytes that repeat after 251, so that no two places of a frame look alike. */
uint8_t *unit_numbered(size_t size);

/** Whether all the bytes still hold the poison. */
bool unit_untouched(const void *bytes, size_t size);

/* Chance that is the same in every run: xorshift64*, begun with any state but 0. */
struct unit_chance {
    uint64_t state;
};

uint32_t unit_random(struct unit_chance *chance);

/** A number in [0, limit). */
uint32_t unit_below(struct unit_chance *chance, uint32_t limit);

#endif
