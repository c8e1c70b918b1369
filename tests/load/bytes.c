/*
 * See bytes.h.
 */
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (memory == NULL) {
        fprintf(stderr, "load: failed: no memory\n");
        exit(EXIT_FAILURE);
    }
    return memory;
}

void *bytes_allocate(size_t count, size_t size)
{
    return must(calloc(count > 0 ? count : 1, size));
}

uint8_t *bytes_extend(struct bytes *bytes, size_t count)
{
    if (bytes->room - bytes->size < count) {
        bytes->room = (bytes->size + count) * 2;
        bytes->at = must(realloc(bytes->at, bytes->room));
    }
    bytes->size += count;
    return bytes->at + bytes->size - count;
}

void bytes_add(struct bytes *bytes, const void *from, size_t count)
{
    uint8_t *to = bytes_extend(bytes, count);
    if (count > 0)
        memcpy(to, from, count);
}

void bytes_add_text(struct bytes *bytes, const char *text)
{
    bytes_add(bytes, text, strlen(text));
}

void bytes_drop(struct bytes *bytes, size_t count)
{
    bytes->size -= count;
    if (bytes->size > 0)
        memmove(bytes->at, bytes->at + count, bytes->size);
}

void bytes_free(struct bytes *bytes)
{
    free(bytes->at);
    *bytes = (struct bytes){NULL, 0, 0};
}
