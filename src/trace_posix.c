/*
 * The operating system behind trace_system.h, for Linux and other POSIX systems, which know no event providers.
 */
#define _GNU_SOURCE /* secure_getenv, O_CLOEXEC and gmtime_r under -std=c11 */

#include "trace_system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cancel.h"
#include "trace.h"

static int file = -1;

struct ws_trace_time ws_trace_system_now(void)
{
    struct timespec now = {0};
    struct tm utc = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    return (struct ws_trace_time){.year = (uint32_t)utc.tm_year + 1900,
                                  .month = (uint32_t)utc.tm_mon + 1,
                                  .day = (uint32_t)utc.tm_mday,
                                  .hour = (uint32_t)utc.tm_hour,
                                  .minute = (uint32_t)utc.tm_min,
                                  .second = (uint32_t)utc.tm_sec,
                                  .millisecond = (uint32_t)(now.tv_nsec / 1000000)};
}

bool ws_trace_system_open(void)
{
    /* A program with more rights than its user must not write where the user says. */
    const char *name = secure_getenv("WEBSOCKET_TRACE");
    if (!name || name[0] == '\0')
        return false;
    if (strcmp(name, "stderr") == 0) {
        file = STDERR_FILENO;
        return true;
    }
    const int error = errno;
    const int cancel = ws_cancel_defer();
    file = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, S_IRUSR | S_IWUSR);
    ws_cancel_restore(cancel);
    errno = error;
    return file >= 0;
}

void ws_trace_system_close(void)
{
    if (file >= 0 && file != STDERR_FILENO)
        (void)close(file);
}

void ws_trace_system_write(const char *line, size_t length)
{
    const int error = errno;
    const int cancel = ws_cancel_defer();
    ssize_t written;
    do
        written = write(file, line, length);
    while (written < 0 && errno == EINTR);
    ws_cancel_restore(cancel);
    errno = error;
}

__attribute__((destructor)) static void stop(void)
{
    ws_trace_stop();
}

void ws_trace_system_register(void)
{
}

void ws_trace_system_message(const char *text, size_t length, uint32_t error)
{
    (void)text;
    (void)length;
    (void)error;
}

void ws_trace_system_event(unsigned event, uint32_t id, uint32_t value)
{
    (void)event;
    (void)id;
    (void)value;
}
