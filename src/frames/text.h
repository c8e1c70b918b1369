/*
 * Received text: unmasked and verified in one go.
 */
#ifndef WS_TEXT_H
#define WS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/utf8.h"

/**
 * Write count bytes of from, unmasked, to to, as ws_mask does, and feed them to utf8.
 * Returns false if they cannot go on the text so far; not all of them need to be written then.
 */
bool ws_text_unmask(struct ws_utf8 *utf8, uint8_t *to, const uint8_t *from, size_t count, uint32_t key);

#endif
