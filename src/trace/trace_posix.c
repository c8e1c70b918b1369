/*
 * The operating system behind trace_system.h, for Linux and other POSIX systems, which know no event providers.
 *
 * A program must not notice its trace. So nothing here takes a lock, not even one of the C library's, which a fork
 * could find taken; nothing waits for a reader; the signals of writes that fail are kept from the program; and a
 * descriptor that has become somebody else's is left alone.
 *
 * What not every system has is used where the build defines WS_HAS_..., see CMakeLists.txt.
 */
#define _GNU_SOURCE          /* secure_getenv, O_CLOEXEC, F_DUPFD_CLOEXEC under -std=c11; others show all */
#define _FILE_OFFSET_BITS 64 /* a trace may have more than 2 GiB */

#include "trace/trace_system.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "system/cancel.h"
#include "trace/trace.h"

static struct {
    int descriptor;
    dev_t device;
    ino_t inode;
} file;

uint64_t ws_trace_system_now(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Descriptors below 3 are left for what programs expect there. A FIFO without a reader cannot be opened. */
static int open_file(const char *name)
{
    const int first =
        open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, S_IRUSR | S_IWUSR);
    if (first < 0 || first > STDERR_FILENO)
        return first;
    const int moved = fcntl(first, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    (void)close(first);
    return moved;
}

/* A program with more rights than its user must not write where the user says. */
#ifdef WS_HAS_SECURE_GETENV
static const char *name_of_file(void)
{
    return secure_getenv("WEBSOCKET_TRACE");
}
#else
static const char *name_of_file(void)
{
#ifdef WS_HAS_ISSETUGID
    const bool more_rights = issetugid() != 0;
#else
    const bool more_rights = getuid() != geteuid() || getgid() != getegid();
#endif
    const char *name = getenv("WEBSOCKET_TRACE"); /* NOLINT(concurrency-mt-unsafe): as secure_getenv */
    return more_rights ? NULL : name;
}
#endif

bool ws_trace_system_open(void)
{
    const char *name = name_of_file();
    if (!name || name[0] == '\0')
        return false;
    const int error = errno;
    const int cancel = ws_cancel_defer();
    struct stat status;
    file.descriptor = strcmp(name, "stderr") == 0 ? STDERR_FILENO : open_file(name);
    const bool opened = file.descriptor >= 0 && fstat(file.descriptor, &status) == 0;
    if (opened) {
        file.device = status.st_dev;
        file.inode = status.st_ino;
    }
    ws_cancel_restore(cancel);
    errno = error;
    return opened;
}

/* Whether the descriptor is still that of the file, and not of one that was opened after somebody had closed it. */
static bool is_ours(void)
{
    struct stat status;
    return fstat(file.descriptor, &status) == 0 && status.st_dev == file.device &&
           status.st_ino == file.inode;
}

void ws_trace_system_close(void)
{
    if (file.descriptor != STDERR_FILENO && is_ours())
        (void)close(file.descriptor);
}

/* Takes back the one signal that is in the set, if this thread has it pending. */
static void take_back(const sigset_t *one, int signal)
{
#ifdef WS_HAS_SIGTIMEDWAIT
    (void)signal;
    (void)sigtimedwait(one, NULL, &(struct timespec){0});
#else
    sigset_t pending;
    (void)sigemptyset(&pending);
    (void)sigpending(&pending);
    if (sigismember(&pending, signal))
        (void)sigwait(one, &signal);
#endif
}

/*
 * A write that fails may bring its thread a signal that ends programs: it is held off, and taken back unless the same
 * was held off before. Where a pipe or terminal has no room now, nothing is tried.
 */
static enum ws_trace_written write_unnoticed(const char *line, size_t length)
{
    sigset_t deadly;
    sigset_t before;
    sigset_t pending;
    (void)sigemptyset(&deadly);
    (void)sigaddset(&deadly, SIGPIPE);
    (void)sigaddset(&deadly, SIGXFSZ);
    (void)pthread_sigmask(SIG_BLOCK, &deadly, &before);
    (void)sigpending(&pending);

    struct pollfd room = {.fd = file.descriptor, .events = POLLOUT};
    ssize_t written = -1;
    errno = EAGAIN;
    if (poll(&room, 1, 0) > 0)
        do
            written = write(file.descriptor, line, length);
        while (written < 0 && errno == EINTR);
    if (written < 0 && (errno == EPIPE || errno == EFBIG)) {
        const int its = errno == EPIPE ? SIGPIPE : SIGXFSZ;
        (void)sigdelset(&deadly, its == SIGPIPE ? SIGXFSZ : SIGPIPE);
        if (!sigismember(&pending, its))
            take_back(&deadly, its);
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (written <= 0)
        return WS_TRACE_LOST;
    return (size_t)written == length ? WS_TRACE_WRITTEN : WS_TRACE_ENDED;
}

enum ws_trace_written ws_trace_system_write(const char *line, size_t length)
{
    const int error = errno;
    const int cancel = ws_cancel_defer();
    const enum ws_trace_written written = is_ours() ? write_unnoticed(line, length) : WS_TRACE_ENDED;
    ws_cancel_restore(cancel);
    errno = error;
    return written;
}

__attribute__((destructor)) static void stop(void)
{
    ws_trace_stop();
}

void ws_trace_system_event(unsigned event, const struct ws_line *text, uint32_t id, uint32_t value)
{
    (void)event;
    (void)text;
    (void)id;
    (void)value;
}
