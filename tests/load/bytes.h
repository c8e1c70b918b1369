/*
 * bytes.h - a growing piece of memory. There being none ends the program: a load generator without memory has
 * no result.
 */
#ifndef LOAD_BYTES_H
#define LOAD_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Start with zeros. */
struct bytes {
    uint8_t *at;
    size_t size;
    size_t room;
};

/** Room for count more bytes, already counted in size. The pointer is good until the next call. */
uint8_t *bytes_extend(struct bytes *bytes, size_t count);

void bytes_add(struct bytes *bytes, const void *from, size_t count);

/** The text without its NUL. */
void bytes_add_text(struct bytes *bytes, const char *text);

/** Takes the first count bytes away. */
void bytes_drop(struct bytes *bytes, size_t count);

void bytes_free(struct bytes *bytes);

/** Zeroed memory for count things, to be freed with free. */
void *bytes_allocate(size_t count, size_t size);

#endif
