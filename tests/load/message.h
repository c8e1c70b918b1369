/*
 * message.h - what the peers say. Every message of every peer is different, and any part of it can be made
 * again at any time, so that nobody need keep it until its echo comes.
 */
#ifndef LOAD_MESSAGE_H
#define LOAD_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct message {
    uint64_t seed;
    size_t size; /* 0 to MESSAGE_MAX; most are small */
    bool text;   /* its bytes are UTF-8 then, of one to four bytes a character */
};

enum { MESSAGE_MAX = 65536 };

struct message message_of(uint32_t peer, uint32_t number);

/** Writes the message's bytes [from, from + count). */
void message_write(const struct message *message, size_t from, uint8_t *to, size_t count);

#endif
