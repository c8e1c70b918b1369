/*
 * Inputs in heap blocks of exactly their size, without a NUL behind them, so that the address sanitizer and
 * valgrind see every byte read past the end.
 */
#ifndef TESTS_EXACT_H
#define TESTS_EXACT_H

#include "blocks.h"
#include "handshake/headers.h"

#include <stdlib.h>
#include <string.h>

/* A header as a table can hold it. The array ends with the first that has no name. */
struct exact_text {
    const char *name;
    const char *value;
};

/* A block of exactly these bytes, which free() releases. Of no bytes: NULL, as callers do it. */
static inline void *exact_copy(const void *bytes, size_t size)
{
    return size > 0 ? block_copy(bytes, size) : NULL;
}

static inline struct ws_headers exact_headers(const struct exact_text *texts)
{
    WEB_SOCKET_HTTP_HEADER headers[64];
    uint32_t count = 0;
    for (; texts[count].name != NULL; count++) {
        if (count == sizeof headers / sizeof headers[0])
            abort();
        headers[count].ulNameLength = (ULONG)strlen(texts[count].name);
        headers[count].pcName = exact_copy(texts[count].name, headers[count].ulNameLength);
        headers[count].ulValueLength = (ULONG)strlen(texts[count].value);
        headers[count].pcValue = exact_copy(texts[count].value, headers[count].ulValueLength);
    }
    return (struct ws_headers){exact_copy(headers, count * sizeof headers[0]), count};
}

static inline void exact_headers_free(struct ws_headers headers)
{
    for (uint32_t i = 0; i < headers.count; i++) {
        free(headers.array[i].pcName);
        free(headers.array[i].pcValue);
    }
    free((void *)(uintptr_t)headers.array);
}

#endif
