/*
 * utf8.c - see utf8.h. Short rather than fast.
 */
#include "utf8.h"

/* The bytes of the character at text, or 0 if there is none. */
static size_t character(const uint8_t *text, size_t size)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* of a form with so many bytes */
    uint8_t first = text[0];
    size_t length = first < 0x80   ? 1
                    : first < 0xc0 ? 0
                    : first < 0xe0 ? 2
                    : first < 0xf0 ? 3
                    : first < 0xf8 ? 4
                                   : 0;
    if (length < 2 || length > size)
        return length == 1 ? 1 : 0;
    uint32_t code = first & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (text[i] & 0x3fU);
    }
    return code >= least[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? length : 0;
}

bool utf8_is_valid(const uint8_t *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t step = character(text + at, size - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}
