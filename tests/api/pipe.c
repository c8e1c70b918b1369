/*
 * A ring of bytes under a monitor.
 */
#include "pipe.h"

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "monitor.h"

struct pipe {
    struct monitor *monitor;
    uint8_t *ring;
    size_t room;
    size_t first; /* place of the oldest byte */
    size_t waiting;
    bool closed;
};

struct pipe *pipe_create(size_t room)
{
    struct pipe *pipe = calloc(1, sizeof *pipe);

    if (pipe == NULL || (pipe->ring = malloc(room)) == NULL)
        abort();
    pipe->room = room;
    pipe->monitor = monitor_create();
    return pipe;
}

void pipe_free(struct pipe *pipe)
{
    monitor_free(pipe->monitor);
    free(pipe->ring);
    free(pipe);
}

/* Waits while exactly this many bytes are in the pipe, but not for ever. */
static void wait_while(struct pipe *pipe, size_t waiting)
{
    time_t started = time(NULL);

    while (pipe->waiting == waiting && !pipe->closed) {
        monitor_wait(pipe->monitor);
        if (pipe->waiting == waiting && difftime(time(NULL), started) > PIPE_PATIENCE)
            pipe->closed = true;
    }
}

bool pipe_write(struct pipe *pipe, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    bool open;

    monitor_enter(pipe->monitor);
    while (size > 0 && !pipe->closed) {
        wait_while(pipe, pipe->room);
        while (size > 0 && pipe->waiting < pipe->room) {
            pipe->ring[(pipe->first + pipe->waiting) % pipe->room] = *from++;
            pipe->waiting++;
            size--;
        }
        monitor_wake(pipe->monitor);
    }
    open = !pipe->closed;
    monitor_leave(pipe->monitor);
    return open;
}

size_t pipe_read(struct pipe *pipe, void *to, size_t room)
{
    uint8_t *at = to;
    size_t count = 0;

    monitor_enter(pipe->monitor);
    wait_while(pipe, 0);
    while (count < room && pipe->waiting > 0) {
        at[count++] = pipe->ring[pipe->first];
        pipe->first = (pipe->first + 1) % pipe->room;
        pipe->waiting--;
    }
    monitor_wake(pipe->monitor);
    monitor_leave(pipe->monitor);
    return count;
}

size_t pipe_waiting(struct pipe *pipe)
{
    size_t waiting;

    monitor_enter(pipe->monitor);
    waiting = pipe->waiting;
    monitor_leave(pipe->monitor);
    return waiting;
}

bool pipe_is_open(struct pipe *pipe)
{
    bool open;

    monitor_enter(pipe->monitor);
    open = !pipe->closed;
    monitor_leave(pipe->monitor);
    return open;
}

void pipe_close(struct pipe *pipe)
{
    monitor_enter(pipe->monitor);
    pipe->closed = true;
    monitor_wake(pipe->monitor);
    monitor_leave(pipe->monitor);
}
