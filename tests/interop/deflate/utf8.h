/* utf8.h - whether text is UTF-8, of which a caller must convince itself when the library saw it compressed only. */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. text may be NULL if size is 0. */
bool utf8_is_valid(const uint8_t *text, size_t size);

#endif
