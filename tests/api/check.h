/*
 * check.h - cmocka with its preconditions, and assertions that know what was expected and what was seen.
 *
 * cmocka's own assertions print two numbers. The ones here, under the same names, take the value that was
 * seen first and the wanted one second, and tell both in words to whoever reports the difference: cmocka, or
 * the observer of check_observe().
 */
#ifndef API_CHECK_H
#define API_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "websocket.h"

/* What a failed assertion tells. All strings are the check's own, and short-lived. */
struct check_difference {
    const char *expected;
    const char *seen;
    const char *file; /* without its folder */
    int line;
};

/*
 * From now on a failed assertion calls `observer`, which must not return, instead of failing a cmocka test. A
 * skipped case calls it with NULL.
 */
void check_observe(void (*observer)(const struct check_difference *difference));

/* Where an assertion stands. */
struct check_place {
    const char *file;
    int line;
};

#define CHECK_PLACE ((struct check_place){__FILE__, __LINE__})

/* Fails unless the call returns `wanted`. */
#define assert_result(wanted, call) check_result((wanted), (call), #call, "", CHECK_PLACE)

/* The same inside a loop over a table: `row` tells which entry failed. */
#define assert_result_for(row, wanted, call) check_result((wanted), (call), #call, (row), CHECK_PLACE)

void check_result(HRESULT wanted, HRESULT result, const char *call, const char *row,
                  struct check_place place);

/* "E_INVALIDARG" and so on, or the number in hexadecimal. Static memory. */
const char *result_name(HRESULT result);

/* Fails with a message in the manner of printf when the condition does not hold. */
#define assert_that(condition, ...)                                                                          \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            check_failed(#condition, CHECK_PLACE, __VA_ARGS__);                                              \
    } while (0)

void check_failed(const char *condition, struct check_place place, const char *format, ...);

/* ---- cmocka's assertions ---- */

#undef assert_true
#undef assert_false
#undef assert_null
#undef assert_non_null
#undef assert_int_equal
#undef assert_int_not_equal
#undef assert_ptr_equal
#undef assert_ptr_not_equal
#undef assert_in_range
#undef assert_string_equal
#undef assert_memory_equal
#undef assert_memory_not_equal
#undef skip

#define assert_true(condition)  check_condition(!!(condition), true, #condition, CHECK_PLACE)
#define assert_false(condition) check_condition(!!(condition), false, #condition, CHECK_PLACE)

#define assert_null(pointer)     check_pointer((pointer), NULL, true, #pointer, "NULL", CHECK_PLACE)
#define assert_non_null(pointer) check_pointer((pointer), NULL, false, #pointer, "NULL", CHECK_PLACE)

#define assert_int_equal(seen, wanted)                                                                       \
    check_number((uintmax_t)(seen), (uintmax_t)(wanted), true, #seen, #wanted, CHECK_PLACE)
#define assert_int_not_equal(seen, other)                                                                    \
    check_number((uintmax_t)(seen), (uintmax_t)(other), false, #seen, #other, CHECK_PLACE)
#define assert_in_range(seen, smallest, largest)                                                             \
    check_range((uintmax_t)(seen), (uintmax_t)(smallest), (uintmax_t)(largest), #seen, CHECK_PLACE)

#define assert_ptr_equal(seen, wanted)    check_pointer((seen), (wanted), true, #seen, #wanted, CHECK_PLACE)
#define assert_ptr_not_equal(seen, other) check_pointer((seen), (other), false, #seen, #other, CHECK_PLACE)

#define assert_string_equal(seen, wanted) check_string((seen), (wanted), #seen, CHECK_PLACE)
#define assert_memory_equal(seen, wanted, size)                                                              \
    check_memory((seen), (wanted), (size), true, #seen, CHECK_PLACE)
#define assert_memory_not_equal(seen, other, size)                                                           \
    check_memory((seen), (other), (size), false, #seen, CHECK_PLACE)

#define skip() check_skip(CHECK_PLACE)

void check_condition(bool result, bool wanted, const char *text, struct check_place place);
void check_number(uintmax_t number, uintmax_t other, bool equal, const char *text, const char *other_text,
                  struct check_place place);
void check_range(uintmax_t number, uintmax_t smallest, uintmax_t largest, const char *text,
                 struct check_place place);
void check_pointer(const volatile void *pointer, const volatile void *other, bool equal, const char *text,
                   const char *other_text, struct check_place place);
void check_string(const char *string, const char *wanted, const char *text, struct check_place place);
void check_memory(const void *memory, const void *other, size_t size, bool equal, const char *text,
                  struct check_place place);
void check_skip(struct check_place place);

/* Values that no honest result has: outputs are set to them before a call that must leave them alone. */
#define POISON_ULONG   ((ULONG)0xA5A5A5A5u)
#define POISON_POINTER ((PVOID)(uintptr_t)0xA5A5A5A5u)

#endif
