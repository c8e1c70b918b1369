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

#include "blocks.h"
#include "chance.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* An assertion that says, printf-like, which row or round of a loop it was. */
#define assert_that(condition, ...)                                                                          \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            fail_msg(__VA_ARGS__);                                                                           \
    } while (0)

#endif
