/*
 * The 13 functions, made to want for what they ask of the system: memory, random bytes. A call that fails for
 * want of something must say so with the documented code, and must have changed nothing: the same call, made
 * again, does what it should have done. The functions that have no result must not ask for anything.
 */
#ifndef FAULTS_CALLS_H
#define FAULTS_CALLS_H

#include <stdbool.h>

#include "../api/library.h"

/*
 * The functions. The result and the outputs of a call that was refused something are checked here; a wrong
 * one ends the program with a message. From any thread.
 */
extern const struct websocket_library calls;

/*
 * From now on each call is made with its first request refused, then with its second, and so on until all its
 * requests are granted; that last one is what its caller gets.
 */
void calls_refuse_each(void);

/*
 * From now on the nth request that is made through the functions is refused, and no other; 0: none. Its call
 * is not made again: the caller gets the failure. One thread only.
 */
void calls_refuse_one(unsigned nth);

/* Whether that request was made. */
bool calls_refused_one(void);

/* Deletes every handle that was created through the functions since the last time. */
void calls_delete_all(void);

/*
 * Prints how many requests of each function were refused; false if there was none where there should have
 * been.
 */
bool calls_report(void);

#endif
