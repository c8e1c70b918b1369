/*
 * check.h - cmocka with its preconditions, and assertions about HRESULTs.
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

/* Fails unless the call returns `wanted`; prints the call, what was expected and what was seen, by name. */
#define assert_result(wanted, call) check_result((wanted), (call), #call, "", __FILE__, __LINE__)

/* The same inside a loop over a table: `row` tells which entry failed. */
#define assert_result_for(row, wanted, call) check_result((wanted), (call), #call, (row), __FILE__, __LINE__)

void check_result(HRESULT wanted, HRESULT seen, const char *call, const char *row, const char *file,
                  int line);

/* "E_INVALIDARG" and so on, or the number in hexadecimal. Static memory. */
const char *result_name(HRESULT result);

/* Fails with a message in the manner of printf when the condition does not hold. */
#define assert_that(condition, ...)                                                                          \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            print_error(__VA_ARGS__);                                                                        \
            print_error("\n");                                                                               \
            _fail(__FILE__, __LINE__);                                                                       \
        }                                                                                                    \
    } while (0)

/* Values that no honest result has: outputs are set to them before a call that must leave them alone. */
#define POISON_BYTE    0xA5
#define POISON_ULONG   ((ULONG)0xA5A5A5A5u)
#define POISON_POINTER ((PVOID)(uintptr_t)0xA5A5A5A5u)

#endif
