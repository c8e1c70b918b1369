#ifndef WS_UTF8_H
#define WS_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A streaming UTF-8 validator. Valid is what RFC 3629 section 4 (the same as table 3-7 of the Unicode
 * standard) allows: no overlong forms, no surrogates, nothing above U+10FFFF. A text may be fed in pieces
 * that are cut anywhere, inside a character too.
 *
 * A zeroed struct stands at the beginning of a text. There is nothing to free.
 */
struct ws_utf8 {
    uint32_t state; /* 0 at a character boundary; otherwise the validator's own business */
};

/*
 * Feeds the next `count` bytes of the text (0 is fine, `bytes` may then be NULL).
 *
 * Returns
 *   true   everything fed so far is the beginning of some valid text
 *   false  it is not: these bytes, or earlier ones, hold a byte that no valid text can have at its place.
 *          The answer does not wait for the end of the character: E0 80 is wrong at once. It is also sticky:
 *          every later call returns false.
 */
bool ws_utf8_feed(struct ws_utf8 *utf8, const uint8_t *bytes, size_t count);

/* Whether a text that ends here is valid: false inside a character, and after a failure. */
bool ws_utf8_at_boundary(const struct ws_utf8 *utf8);

#endif
