/*
 * How long a thread waits for its turn on a handle while another one sends as fast as it can.
 */
#ifndef CONTENTION_H
#define CONTENTION_H

#include "options.h"

/*
 * Measure the calls of GetAction for the receive side on one processor and on two, beside large frames that are masked; then
 * the same with a mutex of the system's around all calls, as a program would have it that trusts no library; and print.
 * In contention_posix.c and contention_windows.c.
 */
void contention_print(const struct options *options);

#endif
