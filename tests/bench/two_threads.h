/*
 * What two threads cost each other that have nothing in common but the library: each has a handle of its own.
 */
#ifndef TWO_THREADS_H
#define TWO_THREADS_H

#include "options.h"

/*
 * Measure messages of 16 bytes with one thread, with two whose handles were made long after one another, and with two whose
 * handles were made one after the other and so are neighbours in the table; and print. Before this thread is pinned.
 */
void two_threads_print(const struct options *options);

#endif
