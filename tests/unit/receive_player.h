/*
 * Plays a stream of bytes into a struct ws_receive and holds each of its steps against the reference
 * decoder: what it returns, where it reads to and how much, what a part holds and how long it is, and
 * that a violation shows at its byte.
 */
#ifndef RECEIVE_PLAYER_H
#define RECEIVE_PLAYER_H

#include "frames/receive.h"
#include "reference_decoder.h"
#include "unit.h"

struct receive_play {
    const char *row; /* said when something is wrong */
    const uint8_t *stream;
    size_t size;
    struct reference_rules rules;
    uint32_t area; /* size of the receive area */

    /*
     * Cuts: the first delivery brings `first` bytes (0: no such rule), each later one at most `cut` (0:
     * what fits).
     */
    size_t first;
    size_t cut;

    uint32_t own;   /* each operation's own memory has so many bytes, 0: none */
    bool alternate; /* every second operation has none */

    uint64_t *chance; /* if not NULL: cuts, own memory up to `own`, and operations given up, all by chance */
};

/** Play it all. The area and all memory are exact heap blocks. */
void receive_play(const struct receive_play *play);

#endif
