/*
 * thread.h - a second thread for tests, and what two threads need to get along.
 *
 * No assertion may fail in such a thread: it reports through its argument what the main thread then asserts.
 */
#ifndef API_THREAD_H
#define API_THREAD_H

struct thread;

/* Starts the function in a thread of its own. The argument must stay until thread_join() returns. */
struct thread *thread_start(void (*function)(void *argument), void *argument);

/* Waits until the function has returned, and frees the thread. */
void thread_join(struct thread *thread);

/* Lets another thread run, if one wants to. */
void thread_yield(void);

/* ---- A lock that can be waited on ---- */

struct monitor;

struct monitor *monitor_create(void);

/* Frees a monitor that nobody has; NULL is allowed. */
void monitor_free(struct monitor *monitor);

/* Takes the monitor. A thread that has it may take it again, and must then leave it as often. */
void monitor_enter(struct monitor *monitor);
void monitor_leave(struct monitor *monitor);

/*
 * Leaves the monitor, which the thread must have taken once, sleeps until another thread calls
 * monitor_wake(), but not much longer than a second, and takes it again. It may also return without a reason.
 */
void monitor_wait(struct monitor *monitor);

/* Wakes all that sleep in monitor_wait(). */
void monitor_wake(struct monitor *monitor);

#endif
