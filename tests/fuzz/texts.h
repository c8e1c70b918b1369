/*
 * texts.h - strings out of a fuzzer's input, for the handshake. Most bytes stand for themselves. Some are
 * short for what random changes would never write, or cannot be written otherwise:
 *
 *   0xFF         ends a string                 0xFE         ends a section, which is a list of strings
 *   0xFD byte    that byte as it is            0xFC         the right Sec-WebSocket-Accept
 *   0xFB         an empty string that is not NULL, as one without this byte is
 *   0xFA         at a string's beginning: it is NULL and says that it has a length
 *   0x80 to 0xAF a word of the handshake, see words in texts.c; each as it is, in upper and in lower case
 *   0xB0 to 0xBF the byte before it again, many times
 *
 * Every string is a heap block of exactly its size, where the address sanitizer sees a read past its end.
 */
#ifndef FUZZ_TEXTS_H
#define FUZZ_TEXTS_H

#include "input.h"
#include "websocket.h"

#define TEXTS_MAX 32 /* in one section; the rest is skipped */

struct texts {
    char *chars[TEXTS_MAX]; /* NULL is possible, whatever the length */
    ULONG lengths[TEXTS_MAX];
    ULONG count;
};

/* Takes the next section. accept: what 0xFC stands for, ended by NUL. ended: put a NUL behind each string,
 * and take NULL for the strings that say they are NULL only. */
void texts_take(struct input *input, const char *accept, bool ended, struct texts *out);

void texts_free(struct texts *texts);

#endif
