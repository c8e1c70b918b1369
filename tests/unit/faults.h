/*
 * Failures on demand: of the heap and of the system's random source. The unit tests are linked so that
 * every malloc, calloc, realloc and ws_platform_random in them, the library's included, comes through
 * here (the linker's --wrap). Nothing fails until a test asks for it.
 */
#ifndef FAULTS_H
#define FAULTS_H

/** Let all allocations fail but the next `count` ones, until faults_end. One thread only. */
void faults_memory_after(unsigned count);

/** Let the random source fail from now on, until faults_end. */
void faults_random(void);

/** Run `hook` once, inside the next call of the random source, before that gives its bytes. */
void faults_in_next_random(void (*hook)(void *argument), void *argument);

/** Nothing fails any more. */
void faults_end(void);

#endif
