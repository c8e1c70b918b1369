/*
 * Two threads and one handle, see contention.h. The library and the mutex take turns, some hundredths of a second each, so that
 * whatever disturbs the machine for a while disturbs them alike.
 */
#define _GNU_SOURCE /* sched_setaffinity under -std=c11 */

#include "contention.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "basics.h"
#include "machine.h"
#include "session.h"

enum { TURNS = 60, QUICK_TURNS = 1, CALLS = 50, QUICK_CALLS = 50, PAUSE = 200000 /* nanoseconds */ };
enum peer { LIBRARY, MUTEX, PEERS };

static struct {
    WEB_SOCKET_HANDLE handle;
    WEB_SOCKET_BUFFER payload;
    bool locked; /* the calls are */
    pthread_mutex_t mutex;
    atomic_bool over;
} scene = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void enter(void)
{
    if (scene.locked)
        (void)pthread_mutex_lock(&scene.mutex);
}

static void leave(void)
{
    if (scene.locked)
        (void)pthread_mutex_unlock(&scene.mutex);
}

/* One call of GetAction. */
static WEB_SOCKET_ACTION next(WEB_SOCKET_ACTION_QUEUE queue, ULONG *bytes, PVOID *context)
{
    WEB_SOCKET_BUFFER buffers[2];
    ULONG count = 2;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID operation;
    enter();
    HRESULT result =
        WebSocketGetAction(scene.handle, queue, buffers, &count, &action, &type, &operation, context);
    leave();
    if (result != S_OK)
        bench_die("there is no action");
    *bytes = 0;
    for (ULONG i = 0; i < count; i++)
        *bytes += buffers[i].Data.ulBufferLength;
    return action;
}

static void *send_messages(void *argument)
{
    (void)argument;
    while (!atomic_load(&scene.over)) {
        WEB_SOCKET_ACTION action;
        enter();
        HRESULT result =
            WebSocketSend(scene.handle, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &scene.payload, NULL);
        leave();
        if (result != S_OK)
            bench_die("a message cannot be sent");
        do {
            ULONG bytes;
            PVOID context;
            action = next(WEB_SOCKET_SEND_ACTION_QUEUE, &bytes, &context);
            enter();
            WebSocketCompleteAction(scene.handle, context, bytes);
            leave();
        } while (action != WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    }
    return NULL;
}

/* Microseconds that each call took. */
static void take_turn(double *times, unsigned calls)
{
    pthread_t sender;
    atomic_store(&scene.over, false);
    if (pthread_create(&sender, NULL, send_messages, NULL) != 0)
        bench_die("no thread can be started");
    for (unsigned i = 0; i < calls; i++) {
        const struct timespec pause = {.tv_nsec = PAUSE};
        ULONG bytes;
        PVOID context;
        (void)nanosleep(&pause, NULL);
        const uint64_t start = machine_nanoseconds();
        (void)next(WEB_SOCKET_RECEIVE_ACTION_QUEUE, &bytes, &context);
        times[i] = (double)(machine_nanoseconds() - start) / 1000;
    }
    atomic_store(&scene.over, true);
    (void)pthread_join(sender, NULL);
}

static int ascending(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void measure(unsigned processors, ULONG size, unsigned turns, unsigned calls)
{
    static const char *const names[PEERS] = {"library", "mutex"};
    const size_t count = (size_t)turns * calls;
    const struct session_sizes sizes = {.receive_buffer = 4096, .send_buffer = size};
    double *times[PEERS];
    double late[PEERS];
    scene.handle = session_open(false, &sizes);
    scene.payload.Data.ulBufferLength = size - 64; /* a frame is one piece */
    scene.payload.Data.pbBuffer = bench_allocate(size);
    for (unsigned peer = 0; peer < PEERS; peer++)
        times[peer] = bench_allocate(count * sizeof(double));
    for (unsigned turn = 0; turn < turns * PEERS; turn++) {
        scene.locked = turn % PEERS == MUTEX;
        take_turn(times[turn % PEERS] + (size_t)calls * (turn / PEERS), calls);
    }
    for (unsigned peer = 0; peer < PEERS; peer++) {
        qsort(times[peer], count, sizeof(double), ascending);
        late[peer] = times[peer][count * 99 / 100];
        printf("%10u %7lu KiB  %-8s %9.1f %9.1f %9.1f %9.1f", processors, (unsigned long)size / 1024,
               names[peer], times[peer][count / 2], times[peer][count * 9 / 10], late[peer],
               times[peer][count - 1]);
        if (peer == MUTEX)
            printf(" %9.2f", late[LIBRARY] / late[MUTEX]);
        putchar('\n');
    }
    for (unsigned peer = 0; peer < PEERS; peer++)
        bench_free(times[peer]);
    bench_free(scene.payload.Data.pbBuffer);
    WebSocketDeleteHandle(scene.handle);
}

/* From now on, run on the first so many of the processors that this program may use. False: there are not so many. */
static bool use_processors(const cpu_set_t *all, unsigned count)
{
    cpu_set_t some;
    CPU_ZERO(&some);
    for (size_t i = 0; i < CPU_SETSIZE && count > 0; i++)
        if (CPU_ISSET(i, all)) {
            CPU_SET(i, &some);
            count--;
        }
    return count == 0 && sched_setaffinity(0, sizeof some, &some) == 0;
}

void contention_print(const struct options *options)
{
    static const ULONG sizes[] = {65536, 4194304};
    const unsigned turns = options->quick ? QUICK_TURNS : TURNS;
    const unsigned calls = options->quick ? QUICK_CALLS : CALLS;
    cpu_set_t all;
    if (sched_getaffinity(0, sizeof all, &all) != 0)
        bench_die("the system does not tell its processors");
    printf("%s; GetAction(RECEIVE) every %u microseconds beside a thread that sends, %u calls each\n\n",
           machine_processor(), PAUSE / 1000u, turns * calls);
    printf("%43s\n%10s %11s  %-8s %9s %9s %9s %9s %9s\n", "microseconds", "processors", "frame", "waits",
           "50 %", "90 %", "99 %", "most", "99 %: 1 to");
    for (unsigned processors = 1; processors <= 2; processors++) {
        if (!use_processors(&all, processors))
            break;
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            measure(processors, sizes[i], turns, calls);
    }
}
