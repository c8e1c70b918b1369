/*
 * Threads of Windows and of POSIX, see threads.h.
 */
#ifndef _WIN32
#define _POSIX_C_SOURCE 200809L /* nanosleep under -std=c11 */
#endif

#include "threads.h"

#include <stdlib.h>

#define PAUSE_MILLISECONDS 20

#ifdef _WIN32

#include <windows.h>

static DWORD WINAPI body(void *argument)
{
    const struct thread *thread = argument;
    thread->run(thread->argument);
    return 0;
}

static void *begin(struct thread *thread)
{
    return CreateThread(NULL, 0, body, thread, 0, NULL);
}

static void end(void *system)
{
    (void)WaitForSingleObject(system, INFINITE);
    (void)CloseHandle(system);
}

void thread_pause(void)
{
    Sleep(PAUSE_MILLISECONDS);
}

void thread_yield(void)
{
    (void)SwitchToThread();
}

#else

#include <pthread.h>
#include <sched.h>
#include <time.h>

static void *body(void *argument)
{
    const struct thread *thread = argument;
    thread->run(thread->argument);
    return NULL;
}

static void *begin(struct thread *thread)
{
    pthread_t *system = malloc(sizeof *system);
    if (system && pthread_create(system, NULL, body, thread) != 0) {
        free(system);
        return NULL;
    }
    return system;
}

static void end(void *system)
{
    (void)pthread_join(*(pthread_t *)system, NULL);
    free(system);
}

void thread_pause(void)
{
    const struct timespec moment = {.tv_nsec = PAUSE_MILLISECONDS * 1000000L};
    (void)nanosleep(&moment, NULL);
}

void thread_yield(void)
{
    (void)sched_yield();
}

#endif

void thread_start(struct thread *thread, void (*run)(void *argument), void *argument)
{
    thread->run = run;
    thread->argument = argument;
    thread->system = begin(thread);
    if (!thread->system)
        abort();
}

void thread_join(struct thread *thread)
{
    end(thread->system);
}
