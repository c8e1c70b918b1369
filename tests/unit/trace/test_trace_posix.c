/*
 * White-box tests of trace_posix.c: a program does not notice its trace, whatever becomes of the file. No part of
 * the API says so; it is our own choice.
 *
 * A process has one trace, so each test is a child of this one. Its checks end it: cmocka's would go on in it.
 */
#define _GNU_SOURCE /* fork and its friends under -std=c11 */

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/atomic.h"
#include "threads.h"
#include "trace/trace.h"
#include "websocket.h"

enum {
    PATIENCE = 60, /* seconds after which a child that is stuck is ended by SIGALRM */
    FORKS = UNIT_TESTS_ARE_SLOW ? 50 : 200,
    TEXT_MAX = 4096
};

#define check(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            (void)fprintf(stdout, "line %d: not so: %s\n", __LINE__, #condition);                            \
            (void)fflush(stdout);                                                                            \
            _exit(1);                                                                                        \
        }                                                                                                    \
    } while (0)

static const char file_name[] = "trace_posix.trace";
static const char fifo_name[] = "trace_posix.fifo";

static void in_child(void (*run)(void), const char *trace)
{
    int status = -1;
    (void)fflush(NULL);
    (void)unlink(file_name);
    (void)unlink(fifo_name);
    assert_int_equal(mkfifo(fifo_name, S_IRUSR | S_IWUSR), 0);
    const pid_t child = fork();
    if (child == 0) {
        (void)alarm(PATIENCE);
        (void)setenv("WEBSOCKET_TRACE", trace, 1);
        run();
        exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    (void)unlink(file_name);
    (void)unlink(fifo_name);
    assert_that(!WIFSIGNALED(status), "ended by signal %d", WTERMSIG(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* A call that is told. */
static void tell(void)
{
    WebSocketAbortHandle((WEB_SOCKET_HANDLE)(uintptr_t)0xABC);
}

static size_t count_of(const char *text, const char *words)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, words)) != NULL; at++)
        count++;
    return count;
}

static const char told[] = "Z 0xABC refused WebSocketAbortHandle: E_HANDLE, ";
static const char one_lost[] =
    "Z 0x0 note WEBSOCKET_TRACE: lines that could not be written before this one: 1\n";
static const char three_lost[] =
    "Z 0x0 note WEBSOCKET_TRACE: lines that could not be written before this one: 3\n";

/* What can be read now. */
static const char *read_all(int from)
{
    static char text[TEXT_MAX];
    const ssize_t size = read(from, text, TEXT_MAX - 1);
    text[size > 0 ? size : 0] = '\0';
    return text;
}

static const char *content(const char *name)
{
    const int from = open(name, O_RDONLY);
    check(from >= 0);
    const char *text = read_all(from);
    (void)close(from);
    return text;
}

/* ---- files that hold up ---- */

static void use_a_fifo_without_a_reader(void)
{
    WEB_SOCKET_HANDLE handle;
    check(WebSocketCreateServerHandle(NULL, 0, &handle) == S_OK);
    tell();
    check(!ws_trace_on());
    WebSocketDeleteHandle(handle);
}

static void a_fifo_without_a_reader_stops_nobody(void **state)
{
    (void)state;
    in_child(use_a_fifo_without_a_reader, fifo_name);
}

/* Fill the pipe and leave its descriptors blocking or not as they were. */
static void fill(int to)
{
    static const char zeros[4096];
    const int flags = fcntl(to, F_GETFL);
    check(fcntl(to, F_SETFL, flags | O_NONBLOCK) == 0);
    while (write(to, zeros, sizeof zeros) > 0)
        ;
    while (write(to, zeros, 1) > 0)
        ;
    check(errno == EAGAIN);
    check(fcntl(to, F_SETFL, flags) == 0);
}

static void tell_through_a_full_pipe(int reader, int writer)
{
    tell();
    check(count_of(read_all(reader), told) == 1);
    fill(writer);
    for (int i = 0; i < 3; i++)
        tell();
    char rest[TEXT_MAX];
    while (read(reader, rest, sizeof rest) > 0)
        ;
    tell();
    tell();
    const char *text = read_all(reader);
    check(count_of(text, three_lost) == 1 && count_of(text, told) == 2);
    check(strstr(text, three_lost) < strstr(text, told));
}

static void use_a_full_fifo(void)
{
    const int both = open(fifo_name, O_RDWR | O_NONBLOCK);
    check(both >= 0);
    tell_through_a_full_pipe(both, both);
}

static void use_a_full_standard_error(void)
{
    int ends[2];
    check(pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
    check(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    tell_through_a_full_pipe(ends[0], ends[1]);
}

static void a_full_pipe_blocks_no_call(void **state)
{
    (void)state;
    in_child(use_a_full_fifo, fifo_name);
    in_child(use_a_full_standard_error, "stderr");
}

/* ---- signals ---- */

static void held_off(int signal, bool expected)
{
    sigset_t now;
    check(pthread_sigmask(SIG_BLOCK, NULL, &now) == 0 && sigismember(&now, signal) == expected);
}

static void pending(int signal, bool expected)
{
    sigset_t now;
    check(sigpending(&now) == 0 && sigismember(&now, signal) == expected);
}

static void lose_the_reader(void)
{
    int reader = open(fifo_name, O_RDONLY | O_NONBLOCK);
    check(reader >= 0);
    tell();
    check(count_of(read_all(reader), told) == 1);
    (void)close(reader);
    tell();
    held_off(SIGPIPE, false);
    pending(SIGPIPE, false);
    reader = open(fifo_name, O_RDONLY | O_NONBLOCK);
    tell();
    const char *text = read_all(reader);
    check(count_of(text, one_lost) == 1 && count_of(text, told) == 1);
}

static void lose_the_reader_of_standard_error(void)
{
    int ends[2];
    check(pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
    tell();
    (void)close(ends[0]);
    tell();
    held_off(SIGPIPE, false);
    pending(SIGPIPE, false);
}

static void lose_it(void *argument)
{
    (void)argument;
    lose_the_reader_of_standard_error();
}

static void lose_the_reader_in_a_thread(void)
{
    struct thread thread;
    thread_start(&thread, lose_it, NULL);
    thread_join(&thread);
    pending(SIGPIPE, false);
}

static void lose_the_reader_while_the_signal_waits(void)
{
    sigset_t its;
    (void)sigemptyset(&its);
    (void)sigaddset(&its, SIGPIPE);
    check(pthread_sigmask(SIG_BLOCK, &its, NULL) == 0);
    int ends[2];
    check(pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
    tell();
    (void)close(ends[0]);
    tell();
    held_off(SIGPIPE, true);
    pending(SIGPIPE, false); /* ours is taken back */
    check(raise(SIGPIPE) == 0);
    tell();
    held_off(SIGPIPE, true);
    pending(SIGPIPE, true); /* the program's own stays */
}

static void a_reader_that_leaves_does_not_end_the_program(void **state)
{
    (void)state;
    in_child(lose_the_reader, fifo_name);
    in_child(lose_the_reader_of_standard_error, "stderr");
    in_child(lose_the_reader_in_a_thread, "stderr");
    in_child(lose_the_reader_while_the_signal_waits, "stderr");
}

static void limit(rlim_t bytes)
{
    struct rlimit now;
    check(getrlimit(RLIMIT_FSIZE, &now) == 0);
    now.rlim_cur = bytes < now.rlim_max ? bytes : now.rlim_max;
    check(setrlimit(RLIMIT_FSIZE, &now) == 0);
}

static void reach_the_limit(void)
{
    tell();
    limit(1);
    tell();
    held_off(SIGXFSZ, false);
    pending(SIGXFSZ, false);
    limit(RLIM_INFINITY);
    tell();
    const char *text = content(file_name);
    check(count_of(text, one_lost) == 1 && count_of(text, told) == 2);
}

static void reach_the_limit_inside_a_line(void)
{
    const int lowest = dup(STDIN_FILENO);
    (void)close(lowest);
    limit(20);
    tell();
    limit(RLIM_INFINITY);
    tell();
    check(strlen(content(file_name)) == 20);
    check(!ws_trace_on());
    ws_trace_stop();
    check(dup(STDIN_FILENO) == lowest); /* it was closed */
}

static void a_file_at_its_limit_does_not_end_the_program(void **state)
{
    (void)state;
    in_child(reach_the_limit, file_name);
}

static void a_line_that_was_cut_is_the_last(void **state)
{
    (void)state;
    in_child(reach_the_limit_inside_a_line, file_name);
}

/* ---- descriptors ---- */

/* Files that somebody else opened. */
static void tell_beside_other_files(int lowest)
{
    int others[8];
    for (int i = 0; i < 8; i++) {
        char name[] = "trace_posix.XXXXXX";
        others[i] = mkstemp(name);
        check(others[i] >= lowest && unlink(name) == 0);
    }
    check(others[0] == lowest);
    tell();
    ws_trace_stop();
    for (int i = 0; i < 8; i++) {
        struct stat status;
        check(fstat(others[i], &status) == 0 && status.st_size == 0);
    }
}

/* As closefrom does. Returns the lowest descriptor that is free then. */
static int close_all(void)
{
    const int lowest = dup(STDIN_FILENO);
    (void)close(lowest);
    tell();
    check(count_of(content(file_name), told) == 1);
    for (int i = lowest; i < lowest + 20; i++)
        (void)close(i);
    return lowest;
}

static void close_and_open_files(void)
{
    tell_beside_other_files(close_all());
}

static void close_and_open_a_pipe(void)
{
    int ends[2];
    const int lowest = close_all();
    check(dup(STDIN_FILENO) == lowest);
    check(pipe(ends) == 0 && dup2(ends[1], lowest) == lowest);
    check(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    tell();
    check(!ws_trace_on());
    check(read_all(ends[0])[0] == '\0');
}

static void close_and_open_nothing(void)
{
    (void)close_all();
    tell();
    check(!ws_trace_on());
    check(count_of(content(file_name), told) == 1);
}

static void close_standard_error(void)
{
    tell();
    (void)close(STDERR_FILENO);
    tell_beside_other_files(STDERR_FILENO);
}

static void a_file_that_got_the_descriptor_is_left_alone(void **state)
{
    (void)state;
    in_child(close_and_open_files, file_name);
    in_child(close_and_open_a_pipe, file_name);
    in_child(close_and_open_nothing, file_name);
    in_child(close_standard_error, "stderr");
}

static void have_no_standard_files(void)
{
    (void)close(STDIN_FILENO);
    (void)close(STDERR_FILENO);
    tell();
    check(fcntl(STDIN_FILENO, F_GETFD) == -1 && fcntl(STDERR_FILENO, F_GETFD) == -1);
    check(count_of(content(file_name), told) == 1);
}

static void have_no_standard_error(void)
{
    (void)close(STDERR_FILENO);
    tell();
    check(!ws_trace_on());
}

static void what_a_program_prints_does_not_get_into_the_trace(void **state)
{
    (void)state;
    in_child(have_no_standard_files, file_name);
    in_child(have_no_standard_error, "stderr");
}

static void look_at_errno(void)
{
    errno = ERANGE;
    tell();
    check(errno == ERANGE);
    limit(1);
    tell();
    check(errno == ERANGE);
    limit(RLIM_INFINITY);
}

static void fail_to_open(void)
{
    errno = ERANGE;
    tell();
    check(errno == ERANGE);
}

static void errno_stays_as_it_was(void **state)
{
    (void)state;
    in_child(look_at_errno, file_name);
    in_child(fail_to_open, "no-such-folder/trace");
}

/* ---- forks ---- */

static struct ws_atomic_u32 enough;

static void tell_often(void *argument)
{
    (void)argument;
    while (!ws_atomic_load(&enough))
        tell();
}

static void fork_while_others_tell(void)
{
    struct thread threads[2];
    for (int i = 0; i < 2; i++)
        thread_start(&threads[i], tell_often, NULL);
    for (int i = 0; i < FORKS; i++) {
        int status = -1;
        const pid_t child = fork();
        if (child == 0) {
            (void)alarm(PATIENCE);
            tell();
            (void)execlp("true", "true", (char *)NULL); /* no tool shall miss what the other threads had */
            _exit(2);
        }
        check(waitpid(child, &status, 0) == child && status == 0);
    }
    ws_atomic_store(&enough, 1);
    for (int i = 0; i < 2; i++)
        thread_join(&threads[i]);
}

static void a_child_tells_whatever_its_parents_threads_were_telling(void **state)
{
    (void)state;
    in_child(fork_while_others_tell, "/dev/null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fifo_without_a_reader_stops_nobody),
        cmocka_unit_test(a_full_pipe_blocks_no_call),
        cmocka_unit_test(a_reader_that_leaves_does_not_end_the_program),
        cmocka_unit_test(a_file_at_its_limit_does_not_end_the_program),
        cmocka_unit_test(a_line_that_was_cut_is_the_last),
        cmocka_unit_test(a_file_that_got_the_descriptor_is_left_alone),
        cmocka_unit_test(what_a_program_prints_does_not_get_into_the_trace),
        cmocka_unit_test(errno_stays_as_it_was),
        cmocka_unit_test(a_child_tells_whatever_its_parents_threads_were_telling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
