/*
 * POSIX thread cancellation: a thread that is cancelled ends inside the next system call that allows it. Within a call
 * of this library that would leave a handle entered, or a lock taken, for ever. So these system calls do not allow it;
 * the thread ends at its next one outside.
 */
#ifndef WS_CANCEL_H
#define WS_CANCEL_H

#include <pthread.h>

/** Not from now on. Returns what ws_cancel_restore is to be given. */
static inline int ws_cancel_defer(void)
{
    int before = PTHREAD_CANCEL_ENABLE;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    return before;
}

static inline void ws_cancel_restore(int before)
{
    (void)pthread_setcancelstate(before, NULL);
}

#endif
