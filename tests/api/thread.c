/*
 * A thread, on Windows and elsewhere.
 */
#include "thread.h"

#include <stdlib.h>

#ifdef _WIN32
#include <windows.h>
#else
#include <pthread.h>
#endif

struct thread {
    void (*function)(void *argument);
    void *argument;
#ifdef _WIN32
    HANDLE handle;
#else
    pthread_t handle;
#endif
};

#ifdef _WIN32

static DWORD WINAPI run(void *argument)
{
    struct thread *thread = argument;

    thread->function(thread->argument);
    return 0;
}

static int start(struct thread *thread)
{
    thread->handle = CreateThread(NULL, 0, run, thread, 0, NULL);
    return thread->handle != NULL;
}

static void join(struct thread *thread)
{
    WaitForSingleObject(thread->handle, INFINITE);
    CloseHandle(thread->handle);
}

#else

static void *run(void *argument)
{
    struct thread *thread = argument;

    thread->function(thread->argument);
    return NULL;
}

static int start(struct thread *thread)
{
    return pthread_create(&thread->handle, NULL, run, thread) == 0;
}

static void join(struct thread *thread)
{
    pthread_join(thread->handle, NULL);
}

#endif

struct thread *thread_start(void (*function)(void *argument), void *argument)
{
    struct thread *thread = malloc(sizeof *thread);

    if (thread == NULL) {
        abort();
    }
    thread->function = function;
    thread->argument = argument;
    if (!start(thread)) {
        abort();
    }
    return thread;
}

void thread_join(struct thread *thread)
{
    join(thread);
    free(thread);
}
