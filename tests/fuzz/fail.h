/*
 * fail.h - how a check of a fuzzer ends: one line that says what was wrong, then abort(), by which libFuzzer
 * keeps the input.
 */
#ifndef FUZZ_FAIL_H
#define FUZZ_FAIL_H

#include "websocket.h"

/* printf's format, without the line end. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What must hold while a fuzzer runs, and else printf's format and arguments. */
#define claim(condition, ...) ((condition) ? (void)0 : fail(__VA_ARGS__))

/* A result must be the wanted one. */
void expect(const char *what, HRESULT got, HRESULT wanted);

#endif
