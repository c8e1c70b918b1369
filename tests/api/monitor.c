/*
 * Monitors of Windows and of POSIX, see monitor.h.
 */
#ifndef _WIN32
#define _DEFAULT_SOURCE /* recursive mutexes, clock_gettime() */
#endif

#include "monitor.h"

#include <stdlib.h>

#ifdef _WIN32
#include <windows.h>
#else
#include <pthread.h>
#include <time.h>
#endif

struct monitor {
#ifdef _WIN32
    CRITICAL_SECTION lock;
    CONDITION_VARIABLE wake;
#else
    pthread_mutex_t lock;
    pthread_cond_t wake;
#endif
};

#ifdef _WIN32

static int init(struct monitor *monitor)
{
    InitializeCriticalSection(&monitor->lock);
    InitializeConditionVariable(&monitor->wake);
    return 1;
}

static void destroy(struct monitor *monitor)
{
    DeleteCriticalSection(&monitor->lock);
}

void monitor_enter(struct monitor *monitor)
{
    EnterCriticalSection(&monitor->lock);
}

void monitor_leave(struct monitor *monitor)
{
    LeaveCriticalSection(&monitor->lock);
}

void monitor_wait(struct monitor *monitor)
{
    SleepConditionVariableCS(&monitor->wake, &monitor->lock, 1000);
}

void monitor_wake(struct monitor *monitor)
{
    WakeAllConditionVariable(&monitor->wake);
}

#else

static int init(struct monitor *monitor)
{
    pthread_mutexattr_t recursive;
    int done;

    if (pthread_mutexattr_init(&recursive) != 0)
        return 0;
    done = pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE) == 0 &&
           pthread_mutex_init(&monitor->lock, &recursive) == 0 &&
           pthread_cond_init(&monitor->wake, NULL) == 0;
    pthread_mutexattr_destroy(&recursive);
    return done;
}

static void destroy(struct monitor *monitor)
{
    pthread_cond_destroy(&monitor->wake);
    pthread_mutex_destroy(&monitor->lock);
}

void monitor_enter(struct monitor *monitor)
{
    pthread_mutex_lock(&monitor->lock);
}

void monitor_leave(struct monitor *monitor)
{
    pthread_mutex_unlock(&monitor->lock);
}

void monitor_wait(struct monitor *monitor)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_cond_timedwait(&monitor->wake, &monitor->lock, &until);
}

void monitor_wake(struct monitor *monitor)
{
    pthread_cond_broadcast(&monitor->wake);
}

#endif

struct monitor *monitor_create(void)
{
    struct monitor *monitor = malloc(sizeof *monitor);

    if (monitor == NULL || !init(monitor))
        abort();
    return monitor;
}

void monitor_free(struct monitor *monitor)
{
    if (monitor != NULL) {
        destroy(monitor);
        free(monitor);
    }
}
