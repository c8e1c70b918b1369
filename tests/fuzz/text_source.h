/*
 * text_source.h - UTF-8 text without end, of characters of one to four bytes, to be cut into payloads
 * anywhere.
 */
#ifndef FUZZ_TEXT_SOURCE_H
#define FUZZ_TEXT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero is between two characters. */
struct text_source {
    uint8_t at;
};

/*
 * The next count bytes. final: they end with a whole character, if count is at least the rest of the current
 * one.
 */
void text_source_fill(struct text_source *source, uint8_t *to, size_t count, bool final);

#endif
