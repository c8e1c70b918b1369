/*
 * caller_count.h - a control for scripts that never resets its count of buffers.
 *
 * Its habits: for each thing that it does there is one loop around GetAction, until NO_ACTION. A loop begins with room for
 * two buffers, and from then on passes the count on that the last call left: 1 after a read, 0 after
 * INDICATE_SEND_COMPLETE. A loop that has to wait for a read goes on with its count when that has ended. A failure ends the
 * loop, and is told to the script, which tries the same once more.
 */
#ifndef API_CALLER_COUNT_H
#define API_CALLER_COUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "frames.h"
#include "inbox.h"
#include "websocket.h"

/* One loop. */
struct count_loop {
    WEB_SOCKET_HANDLE handle;
    WEB_SOCKET_ACTION_QUEUE queue;
    ULONG count;
    HRESULT result; /* of the last GetAction */
    WEB_SOCKET_BUFFER buffers[2];
    PVOID reading; /* the read that it waits for, or NULL */
    struct stream *sent;
    struct inbox *received;
};

/* What loops share. */
struct count_control {
    WEB_SOCKET_HANDLE handle;
    struct stream sent;
    struct inbox received;
};

/* A new loop, which runs until NO_ACTION, a failure, or a read. The operations were queued before. */
void count_run(struct count_control *control, struct count_loop *loop, WEB_SOCKET_ACTION_QUEUE queue);

/* The read that the loop waits for ends, with all of these bytes, and the loop goes on. */
void count_read(struct count_loop *loop, const void *bytes, size_t size);

#endif
