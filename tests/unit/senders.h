/*
 * A sender alone, as the tests of src/frames/send.c need it.
 */
#ifndef SENDERS_H
#define SENDERS_H

#include "frames/send.h"
#include "unit.h"

/* The size of the send area that a mode and `piece` (the send buffer's size) need. */
uint32_t sender_area_size(enum ws_send_mode mode, uint32_t piece);

/* A sender with an area of exactly that size, and behind it the room for a pong. Its area is to be freed. */
struct ws_send sender(enum ws_send_mode mode, uint32_t piece);

/* An operation of this kind, which must be admitted; a close has no body. */
struct ws_operation sender_admits(struct ws_send *tx, enum ws_kind kind, uint8_t *bytes, uint32_t length);

/* Takes keys until the pool behind this address is empty; then only the system could help, and it does not. */
void sender_loses_keys(const void *caller);

#endif
