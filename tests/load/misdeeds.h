/*
 * misdeeds.h - every way in which a peer misbehaves, as a script: what is broken by section 6 of the
 * specification, requests that are no handshake, and peers that vanish, hang on, or are slow.
 */
#ifndef LOAD_MISDEEDS_H
#define LOAD_MISDEEDS_H

#include "script.h"

size_t misdeeds_count(void);

/**
 * Writes the script of the misdeed into a zeroed one. turn: how often it was done before, to vary how bytes
 * are cut.
 */
void misdeeds_write(struct script *script, size_t kind, unsigned turn);

/* The three families: their numbers of misdeeds, and their scripts. */
size_t misdeeds_frames_count(void);
void misdeeds_frames_write(struct script *script, size_t kind, unsigned turn);
size_t misdeeds_requests_count(void);
void misdeeds_requests_write(struct script *script, size_t kind, unsigned turn);
size_t misdeeds_lives_count(void);
void misdeeds_lives_write(struct script *script, size_t kind, unsigned turn);

/** Adds the steps of a right handshake. */
void misdeeds_shake_hands(struct script *script);

#endif
