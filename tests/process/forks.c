/*
 * forks.c - a program with threads that forks, and whose handlers for it use the library:  forks LIBRARY [ROUNDS]
 *
 * Threads create, delete, send and receive while the main thread forks. The handlers of pthread_atfork, some of them registered
 * before the library is loaded and some after, create, use and delete handles; so do the children, with all the handles
 * that their parent had. A child that hangs is ended by its alarm, and that is a failure. The only thing that it may be
 * refused is a handle that another thread was inside of when it was forked off.
 */
#define _GNU_SOURCE /* alarm, fork under -std=c11 */

#include <websocket.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chance.h"

enum { HANDLES = 16, THREADS = 3, ROUNDS = 40, PATIENCE = 60 };

static struct {
    HRESULT(WINAPI *create)(const PWEB_SOCKET_PROPERTY, ULONG, WEB_SOCKET_HANDLE *);
    HRESULT(WINAPI *begin)
    (WEB_SOCKET_HANDLE, PCSTR, PCSTR *, ULONG, const PWEB_SOCKET_HTTP_HEADER, ULONG,
     PWEB_SOCKET_HTTP_HEADER *, ULONG *);
    HRESULT(WINAPI *send)(WEB_SOCKET_HANDLE, WEB_SOCKET_BUFFER_TYPE, WEB_SOCKET_BUFFER *, PVOID);
    HRESULT(WINAPI *next)
    (WEB_SOCKET_HANDLE, WEB_SOCKET_ACTION_QUEUE, WEB_SOCKET_BUFFER *, ULONG *, WEB_SOCKET_ACTION *,
     WEB_SOCKET_BUFFER_TYPE *, PVOID *, PVOID *);
    VOID(WINAPI *complete)(WEB_SOCKET_HANDLE, PVOID, ULONG);
    VOID(WINAPI *delete)(WEB_SOCKET_HANDLE);
} ws;

/* Values of handles; threads replace them as they like. */
static WEB_SOCKET_HANDLE _Atomic handles[HANDLES];
static WEB_SOCKET_HANDLE kept; /* that only handlers and children use */
static atomic_bool over;
static atomic_bool wrong;

static void expect(bool condition)
{
    if (!condition)
        atomic_store(&wrong, true);
}

static WEB_SOCKET_HANDLE open_server(void)
{
    static char names[5][24] = {"Host", "Upgrade", "Connection", "Sec-WebSocket-Version",
                                "Sec-WebSocket-Key"};
    static char values[5][32] = {"a", "websocket", "Upgrade", "13", "dGhlIHNhbXBsZSBub25jZQ=="};
    WEB_SOCKET_HTTP_HEADER request[5];
    for (int i = 0; i < 5; i++)
        request[i] =
            (WEB_SOCKET_HTTP_HEADER){names[i], (ULONG)strlen(names[i]), values[i], (ULONG)strlen(values[i])};
    PWEB_SOCKET_HTTP_HEADER response;
    ULONG count;
    WEB_SOCKET_HANDLE handle = NULL;
    expect(ws.create(NULL, 0, &handle) == S_OK);
    expect(ws.begin(handle, NULL, NULL, 0, request, 5, &response, &count) == S_OK);
    return handle;
}

/* Sends a message, or finds that the handle is gone. */
static HRESULT use(WEB_SOCKET_HANDLE handle)
{
    static BYTE payload[4096];
    WEB_SOCKET_BUFFER buffer = {.Data = {payload, sizeof payload}};
    HRESULT result = ws.send(handle, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &buffer, NULL);
    for (int i = 0; i < 2 && result == S_OK; i++) {
        WEB_SOCKET_BUFFER buffers[2];
        ULONG count = 2, bytes = 0;
        WEB_SOCKET_ACTION action;
        WEB_SOCKET_BUFFER_TYPE type;
        PVOID operation = NULL, context = NULL;
        result = ws.next(handle, WEB_SOCKET_SEND_ACTION_QUEUE, buffers, &count, &action, &type, &operation,
                         &context);
        for (ULONG j = 0; result == S_OK && j < count; j++)
            bytes += buffers[j].Data.ulBufferLength;
        ws.complete(handle, context, bytes);
    }
    expect(result == S_OK || result == E_HANDLE);
    return result;
}

static void *work(void *argument)
{
    uint64_t chance = (uint64_t)(size_t)argument;
    while (!atomic_load(&over)) {
        WEB_SOCKET_HANDLE _Atomic *slot = &handles[chance_below(&chance, HANDLES)];
        if (chance_below(&chance, 16) == 0)
            ws.delete(atomic_exchange(slot, open_server()));
        else
            (void)use(atomic_load(slot));
    }
    return NULL;
}

/* A handler: prepare, parent or child. */
static void use_one(void)
{
    if (!kept)
        return; /* a fork before the library was loaded */
    ws.delete(kept);
    kept = open_server();
    expect(use(kept) == S_OK);
}

static _Noreturn void be_the_child(void)
{
    (void)alarm(PATIENCE);
    unsigned refused = 0;
    expect(use(kept) == S_OK);
    for (int i = 0; i < HANDLES; i++) {
        WEB_SOCKET_HANDLE handle = atomic_load(&handles[i]);
        refused += use(handle) == E_HANDLE;
        ws.delete(handle);
        expect(use(handle) == E_HANDLE);
    }
    for (int i = 0; i < HANDLES; i++)
        atomic_store(&handles[i], open_server());
    for (int i = 0; i < HANDLES; i++)
        expect(use(atomic_load(&handles[i])) == S_OK);
    /* The thread that was inside of one, and the one that was about to put another into its place. */
    expect(refused <= 2 * THREADS);
    /* Leaves nothing behind that tools which look for leaks could see: what other threads had is lost here. */
    (void)execl("/bin/sh", "sh", "-c", atomic_load(&wrong) ? "exit 1" : "exit 0", (char *)NULL);
    _exit(2);
}

static void *find(void *library, const char *name)
{
    void *function = dlsym(library, name);
    if (!function)
        exit(3);
    return function;
}

static void load(const char *file)
{
    void *library = dlopen(file, RTLD_NOW);
    if (!library)
        exit(3);
    *(void **)&ws.create = find(library, "WebSocketCreateServerHandle");
    *(void **)&ws.begin = find(library, "WebSocketBeginServerHandshake");
    *(void **)&ws.send = find(library, "WebSocketSend");
    *(void **)&ws.next = find(library, "WebSocketGetAction");
    *(void **)&ws.complete = find(library, "WebSocketCompleteAction");
    *(void **)&ws.delete = find(library, "WebSocketDeleteHandle");
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 3;
    const unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : ROUNDS;
    pthread_t threads[THREADS];
    (void)pthread_atfork(use_one, use_one, use_one);
    load(argv[1]);
    (void)pthread_atfork(use_one, use_one, use_one);
    kept = open_server();
    for (int i = 0; i < HANDLES; i++)
        atomic_store(&handles[i], open_server());
    (void)alarm(PATIENCE + (unsigned)rounds);
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, (void *)(i + 1)) != 0)
            return 3;

    int status = 0;
    unsigned long round = 0;
    for (; round < rounds && status == 0; round++) {
        pid_t child = fork();
        if (child == 0)
            be_the_child();
        if (child < 0 || waitpid(child, &status, 0) != child)
            status = -1;
    }
    atomic_store(&over, true);
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    for (int i = 0; i < HANDLES; i++)
        ws.delete(atomic_load(&handles[i]));
    ws.delete(kept);
    if (status != 0)
        printf("round %lu: the child ended with %s %d\n", round, WIFSIGNALED(status) ? "signal" : "code",
               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return status != 0 || atomic_load(&wrong) ? 1 : 0;
}
