/*
 * text_source.c - see text_source.h.
 */
#include "text_source.h"

/* U+0061, U+00E9, U+20AC, U+1F600. */
static const uint8_t pattern[10] = {'a', 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0x80};

static size_t size_of_character(uint8_t first)
{
    return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

void text_source_fill(struct text_source *source, uint8_t *to, size_t count, bool final)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t byte = pattern[source->at];
        if (final && !is_continuation(byte) && size_of_character(byte) > count - i) {
            to[i] = 'x';
            continue;
        }
        to[i] = byte;
        source->at = (uint8_t)((source->at + 1) % sizeof pattern);
    }
}
