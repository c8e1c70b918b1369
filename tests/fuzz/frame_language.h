/*
 * frame_language.h - a little language of which every input is a program: it writes a stream of frames,
 * legal ones unless a command does damage. Arbitrary bytes alone hardly ever form a masked frame behind
 * another.
 *
 * A command is one byte, the low bits of it its kind, and takes further bytes as it needs them:
 *
 *   bits 0-2  0 text  1 binary  2 ping  3 pong  4 close  5 any first byte (follows)
 *             6 bytes as they are (a count and the bytes follow)  7 change a byte that is already written
 *   bit  3    a fragment: FIN is not set (data only). What follows in the message is a continuation then.
 *   bits 4-5  the payload: 0 bytes as they are  1 so many bytes of good text  2 the same, up to 2000
 *             3 a length at an edge, of good text
 *   bits 6-7  3: damage (its kind and a number follow)
 */
#ifndef FUZZ_FRAME_LANGUAGE_H
#define FUZZ_FRAME_LANGUAGE_H

#include "input.h"

/* No stream is longer. */
#define FRAME_LANGUAGE_MAX (256u * 1024u)

/*
 * Runs the program to its end, or until the stream is full. masked: legal frames are; edge: a length that is
 * interesting. Returns the stream, from malloc, and its size.
 */
uint8_t *frame_language_run(struct input *input, bool masked, uint32_t edge, size_t *size);

#endif
