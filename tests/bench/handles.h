/*
 * What many handles cost: memory for each, time for creating, opening and deleting them, and the time for a
 * message while so many are open.
 */
#ifndef HANDLES_H
#define HANDLES_H

#include "options.h"
#include "stopwatch.h"

/* Measure with 1, 1,000 and 1,000,000 handles (options->quick: fewer) and print. */
void handles_print(const struct options *options, const struct stopwatch_scale *scale);

#endif
