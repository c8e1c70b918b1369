/*
 * Threads for the tests, on every system. What runs in one must not use cmocka's assertions, which leave
 * the function that failed by a jump: it reports to the thread that joins.
 */
#ifndef THREADS_H
#define THREADS_H

struct thread {
    void (*run)(void *argument);
    void *argument;
    void *system; /* the system's handle */
};

/** Run `run(argument)` in a new thread; the struct must stay until the join. Never fails. */
void thread_start(struct thread *thread, void (*run)(void *argument), void *argument);

/** Wait for its end. */
void thread_join(struct thread *thread);

/** Let the others run for some milliseconds. */
void thread_pause(void);

/** Let another thread run now, if one wants to. */
void thread_yield(void);

#endif
