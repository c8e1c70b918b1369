/*
 * monitor.h - a lock that can be waited on.
 */
#ifndef API_MONITOR_H
#define API_MONITOR_H

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
