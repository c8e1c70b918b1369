/*
 * UTF-8 validation by vectors, once for all instruction sets: the method of John Keiser and Daniel Lemire
 * ("Validating UTF-8 in less than one instruction per byte", 2021), on a text that lies in memory, so that the bytes
 * before a vector are simply loaded. Only the utf8_<isa>.c files include this, after they have said what a vector is:
 *
 *   VECTOR                          the type
 *   load(bytes)                     at any alignment
 *   load_table(bytes)               16 bytes, again for each 16 bytes of a vector
 *   lookup(table, indices)          the table's byte for each index below 16
 *   high_halves(v), low_halves(v)   the upper and the lower four bits of each byte
 *   minus(a, b)                     byte by byte, not below 0
 *   both(a, b), either(a, b), exclusive_or(a, b), repeat(byte)
 *   zeros_before(v, n)              v moved n bytes up, and n zeros before it; n is 1, 2 or 3
 *   is_zero(v), is_ascii(v)
 *
 * What is wrong in a text (RFC 3629 section 4) shows in two neighbouring bytes, and there in three of their halves:
 * the upper and the lower four bits of the first, the upper four of the second. Each half is looked up in a table of
 * the faults that it may be part of; a fault that all three have in common has happened. One thing alone needs more
 * than two bytes: whether two later bytes in a row are what the first byte of their character asks for.
 */
#ifndef WS_UTF8_VECTOR_H
#define WS_UTF8_VECTOR_H

#include <string.h>

#include "kernels/cpu.h"

enum {
    TOO_SHORT = 1 << 0,   /* after C0..FF something else than 80..BF */
    TOO_LONG = 1 << 1,    /* after 00..7F 80..BF */
    OVERLONG_2 = 1 << 2,  /* C0 and C1 */
    OVERLONG_3 = 1 << 3,  /* E0, then 80..9F */
    OVERLONG_4 = 1 << 4,  /* F0, then 80..8F; this bit also says F5..FF, then 80..8F: there are only eight */
    SURROGATE = 1 << 5,   /* ED, then A0..BF */
    TOO_LARGE = 1 << 6,   /* F4..FF, then 90..BF */
    LATER_LATER = 1 << 7, /* after 80..BF another: a fault only where these are not a third or fourth byte */

    OF_LATER = TOO_LONG | LATER_LATER | OVERLONG_2, /* faults by any second byte of 80..BF */
    OF_ANY = TOO_SHORT | TOO_LONG | LATER_LATER     /* faults by any lower half of the first byte */
};

/* clang-format off */

/* By the upper half of the first byte. */
static const uint8_t FIRST_HIGH[16] = {
    TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
    LATER_LATER, LATER_LATER, LATER_LATER, LATER_LATER,
    TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | OVERLONG_4 | TOO_LARGE,
};

/* By the lower half of the first byte. */
static const uint8_t FIRST_LOW[16] = {
    OF_ANY | OVERLONG_2 | OVERLONG_3 | OVERLONG_4,
    OF_ANY | OVERLONG_2,
    OF_ANY,
    OF_ANY,
    OF_ANY | TOO_LARGE,
    OF_ANY | TOO_LARGE | OVERLONG_4, OF_ANY | TOO_LARGE | OVERLONG_4, OF_ANY | TOO_LARGE | OVERLONG_4,
    OF_ANY | TOO_LARGE | OVERLONG_4, OF_ANY | TOO_LARGE | OVERLONG_4, OF_ANY | TOO_LARGE | OVERLONG_4,
    OF_ANY | TOO_LARGE | OVERLONG_4, OF_ANY | TOO_LARGE | OVERLONG_4,
    OF_ANY | TOO_LARGE | OVERLONG_4 | SURROGATE,
    OF_ANY | TOO_LARGE | OVERLONG_4, OF_ANY | TOO_LARGE | OVERLONG_4,
};

/* By the upper half of the second byte. */
static const uint8_t SECOND_HIGH[16] = {
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
    OF_LATER | OVERLONG_3 | OVERLONG_4,
    OF_LATER | OVERLONG_3 | TOO_LARGE,
    OF_LATER | SURROGATE | TOO_LARGE,
    OF_LATER | SURROGATE | TOO_LARGE,
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
};

/* clang-format on */

/* Nonzero where something is wrong with the bytes now, given those one, two and three bytes before them. */
static inline VECTOR faults(VECTOR now, VECTOR before1, VECTOR before2, VECTOR before3)
{
    const VECTOR pairs = both(both(lookup(load_table(FIRST_HIGH), high_halves(before1)),
                                   lookup(load_table(FIRST_LOW), low_halves(before1))),
                              lookup(load_table(SECOND_HIGH), high_halves(now)));

    /* Two bytes behind E0..FF and three behind F0..FF there must be LATER_LATER, and nowhere else. */
    const VECTOR third = minus(before2, repeat(0xE0 - LATER_LATER));
    const VECTOR fourth = minus(before3, repeat(0xF0 - LATER_LATER));
    return exclusive_or(pairs, both(either(third, fourth), repeat(LATER_LATER)));
}

/* The same for the beginning of a text. */
static inline VECTOR faults_at_start(VECTOR now)
{
    return faults(now, zeros_before(now, 1), zeros_before(now, 2), zeros_before(now, 3));
}

static inline VECTOR faults_at(const uint8_t *bytes)
{
    return faults(load(bytes), load(bytes - 1), load(bytes - 2), load(bytes - 3));
}

/* How many bytes before `end` begin a character whose end is missing; everything else before it has no faults. */
static inline size_t unfinished(const uint8_t *end)
{
    return end[-1] >= 0xC0 ? 1 : end[-2] >= 0xE0 ? 2 : end[-3] >= 0xF0 ? 3 : 0;
}

enum { VECTOR_SIZE = sizeof(VECTOR), BLOCK = 64 };

static inline bool block_is_ascii(const uint8_t *block)
{
    VECTOR all = load(block);
    for (size_t i = VECTOR_SIZE; i < BLOCK; i += VECTOR_SIZE)
        all = either(all, load(block + i));
    return is_ascii(all);
}

static inline bool block_has_faults(const uint8_t *block)
{
    VECTOR all = faults_at(block);
    for (size_t i = VECTOR_SIZE; i < BLOCK; i += VECTOR_SIZE)
        all = either(all, faults_at(block + i));
    return !is_zero(all);
}

/* Pass ASCII from a character boundary on; the last block may overlap the one before. Returns where it ended. */
static inline size_t pass_ascii(const uint8_t *bytes, size_t at, size_t count)
{
    for (; count - at >= BLOCK; at += BLOCK)
        if (!block_is_ascii(bytes + at))
            return at;
    return count >= BLOCK && block_is_ascii(bytes + count - BLOCK) ? count : at;
}

/* Pass blocks of any text, before which lies at least a vector. Returns where a fault or the end stopped it. */
static inline size_t pass_blocks(const uint8_t *bytes, size_t at, size_t count)
{
    while (count - at >= BLOCK) {
        if (!block_is_ascii(bytes + at)) {
            if (block_has_faults(bytes + at))
                break;
            at += BLOCK;
        } else {
            if (unfinished(bytes + at) > 0)
                break;
            at = pass_ascii(bytes, at + BLOCK, count);
        }
    }
    return at;
}

/* The utf8 variant of cpu.h for at least sizeof(VECTOR) bytes. */
static inline size_t pass_text(const uint8_t *bytes, size_t count)
{
    size_t at = pass_ascii(bytes, 0, count);
    if (at == 0) {
        if (!is_zero(faults_at_start(load(bytes))))
            return 0;
        at = VECTOR_SIZE;
    }
    at = pass_blocks(bytes, at, count);
    while (at < count) {
        /* the last vector may overlap the one before */
        const size_t next = count - at < VECTOR_SIZE ? count - VECTOR_SIZE : at;
        if (next < 3 /* which faults_at looks back */ || !is_zero(faults_at(bytes + next)))
            break;
        at = next + VECTOR_SIZE;
    }
    return at - unfinished(bytes + at);
}

/* A text of 4 to 15 bytes as the upper end of 16 bytes that begin with zeros (little-endian words). */
static inline void words_of_short(const uint8_t *bytes, size_t count, uint64_t words[2])
{
    if (count >= 8) {
        memcpy(&words[0], bytes, 8);
        memcpy(&words[1], bytes + count - 8, 8);
        words[0] = words[0] << 8 * (15 - count) << 8;
    } else {
        uint32_t first;
        uint32_t last;
        memcpy(&first, bytes, 4);
        memcpy(&last, bytes + count - 4, 4);
        words[0] = 0;
        words[1] = (uint64_t)last << 32 | (uint64_t)first << 8 * (8 - count);
    }
}

#endif
