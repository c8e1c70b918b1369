/*
 * White-box tests of platform_posix.c and cancel.h: threads that are cancelled, and processes that fork, leave
 * nothing locked for those who go on. No part of the API says so; it is our own choice.
 */
#define _POSIX_C_SOURCE 200809L /* fork and its friends under -std=c11 */

#include "unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "provoke.h"
#include "system/platform.h"
#include "threads.h"

/* Seconds after which a child that is stuck is ended by SIGALRM. */
enum { PATIENCE = 120, FORKS = 100 };

/* ---- cancellation ---- */

/*
 * Runs in a thread that cancelled itself, so that the first system call that allows it would be its last. What is
 * called here makes each of the library's: a trace's file is opened and written, and random bytes are drawn.
 */
static void *call_all(void *finished)
{
    WEB_SOCKET_HANDLE client = NULL;
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
    (void)pthread_cancel(pthread_self());
    bool *steps = finished;
    steps[0] = WebSocketCreateClientHandle(NULL, 0, &client) == S_OK;
    steps[1] = WebSocketBeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, &headers, &count) == S_OK;
    WebSocketAbortHandle(NULL); /* is told to the trace */
    steps[2] = true;
    WebSocketDeleteHandle(client);
    steps[3] = true;
    pthread_testcancel();
    steps[4] = true;
    return NULL;
}

static void a_thread_that_is_cancelled_finishes_its_call_first(void **state)
{
    (void)state;
    bool steps[5] = {false};
    pthread_t thread;
    void *result = NULL;
    assert_int_equal(pthread_create(&thread, NULL, call_all, steps), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    for (size_t i = 0; i < 4; i++)
        assert_that(steps[i], "step %u", (unsigned)i);
    assert_false(steps[4]); /* it is not forgotten */
    assert_true(result == PTHREAD_CANCELED);
}

/* ---- forks ---- */

static struct ws_atomic_u32 enough;

static void create_and_delete(void *failed)
{
    while (!ws_atomic_load(&enough)) {
        WEB_SOCKET_HANDLE handle = NULL;
        if (WebSocketCreateServerHandle(NULL, 0, &handle) != S_OK)
            ws_atomic_store(failed, 1);
        WebSocketDeleteHandle(handle);
    }
}

/* Leaves nothing behind that tools which look for leaks could see: what other threads had is lost here. */
static void be_the_child(void)
{
    WEB_SOCKET_HANDLE handle = NULL;
    (void)alarm(PATIENCE);
    if (WebSocketCreateServerHandle(NULL, 0, &handle) != S_OK)
        _exit(1);
    WebSocketDeleteHandle(handle);
    (void)execlp("true", "true", (char *)NULL);
    _exit(2);
}

static void a_child_creates_and_deletes_whatever_its_parents_threads_were_doing(void **state)
{
    (void)state;
    struct ws_atomic_u32 failed = {0};
    struct thread thread;
    ws_atomic_store(&enough, 0);
    thread_start(&thread, create_and_delete, &failed);
    int status = 0;
    for (int i = 0; i < FORKS && status == 0; i++) {
        pid_t child = fork();
        if (child == 0)
            be_the_child();
        if (child < 0 || waitpid(child, &status, 0) != child)
            status = -1;
    }
    ws_atomic_store(&enough, 1);
    thread_join(&thread);
    assert_int_equal(status, 0);
    assert_int_equal(ws_atomic_load(&failed), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_that_is_cancelled_finishes_its_call_first),
        cmocka_unit_test(a_child_creates_and_deletes_whatever_its_parents_threads_were_doing),
    };
    static const char file_name[] = "platform_posix.trace";
    (void)setenv("WEBSOCKET_TRACE", file_name, 1);
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    (void)remove(file_name);
    return failures;
}
