/*
 * Masking keys, RFC 6455, section 5.3 and 10.3: unpredictable, a fresh one for every frame.
 */
#ifndef WS_MASK_KEY_H
#define WS_MASK_KEY_H

#include <stdbool.h>
#include <stdint.h>

/**
 * A fresh key from the operating system's cryptographic source, in memory order. The source is asked for many
 * keys at a time; each is handed out once, to one caller, and forgotten.
 * caller: any address that differs between sessions; it spreads concurrent callers, who never wait for each other.
 * Returns false, with *key unspecified, if the system gives no random bytes.
 */
bool ws_mask_key(const void *caller, uint32_t *key);

/**
 * The same with a key that was drawn before: returns false, with *key unspecified, rather than ask the system, and where
 * another thread is at the same keys.
 */
bool ws_mask_key_at_hand(const void *caller, uint32_t *key);

#endif
