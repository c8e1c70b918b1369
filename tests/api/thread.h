/*
 * thread.h - a second thread for tests.
 *
 * No assertion may fail in it: it reports through its argument what the main thread then asserts.
 */
#ifndef API_THREAD_H
#define API_THREAD_H

struct thread;

/* Starts the function in a thread of its own. The argument must stay until thread_join() returns. */
struct thread *thread_start(void (*function)(void *argument), void *argument);

/* Waits until the function has returned, and frees the thread. */
void thread_join(struct thread *thread);

#endif
