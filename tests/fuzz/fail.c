/*
 * fail.c - see fail.h.
 */
#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("WRONG: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    abort();
}

void expect(const char *what, HRESULT got, HRESULT wanted)
{
    if (got != wanted)
        fail("%s: the result is 0x%08X, should be 0x%08X", what, (unsigned)got, (unsigned)wanted);
}
