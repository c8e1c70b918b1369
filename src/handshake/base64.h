/*
 * Base64 with padding, RFC 4648 section 4.
 */
#ifndef WS_BASE64_H
#define WS_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters that `count` bytes become, without a NUL behind them. Constant where `count` is. */
#define WS_BASE64_LENGTH(count) (((count) + 2) / 3 * 4)

/*
 * Writes the WS_BASE64_LENGTH(count) characters for `count` bytes, and no NUL after them. With a count of 0
 * nothing is touched, and both pointers may be NULL. `text` must not overlap `bytes`.
 */
void ws_base64_encode(const uint8_t *bytes, size_t count, char *text);

/*
 * Whether `length` characters are the base64 form of exactly `count` bytes: the right number of characters of
 * the alphabet, then the right padding, and nothing else. The bits of the last character that carry no data
 * are not judged (RFC 4648 section 3.5 leaves that to the decoder). `text` need not end in NUL, and may be
 * NULL when `length` is 0.
 */
bool ws_base64_check(const char *text, size_t length, size_t count);

#endif
