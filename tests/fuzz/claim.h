/*
 * claim.h - what must hold while a fuzzer runs. A claim that does not hold says so in one line and aborts,
 * which libFuzzer takes for a crash and keeps the input.
 */
#ifndef FUZZ_CLAIM_H
#define FUZZ_CLAIM_H

#define claim(condition, ...)                                                                                \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            claim_failed(__FILE__, __LINE__, __VA_ARGS__);                                                   \
    } while (0)

_Noreturn void claim_failed(const char *file, int line, const char *format, ...);

#endif
