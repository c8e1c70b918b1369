/*
 * Our library, through its exports and nothing else, called as a program calls it that handles one event at
 * a time: queue an operation, take and complete actions until the operation's own indication.
 *
 * All builds of it are called in the same way, through a table of functions, so that none has an advantage.
 */
#include "contestant.h"

#include <stdlib.h>

#include "basics.h"
#include "session.h"

enum { FILE_SIZE = 4096 };

struct ours {
    const struct job *job;
    const struct websocket_library *library;
    WEB_SOCKET_HANDLE handle;
    WEB_SOCKET_BUFFER buffer; /* the payload to send, or the caller's memory to receive into */
};

static const struct websocket_library *other;

void ours_load_other(const char *file)
{
    const struct websocket_library *own = session_linked();
    char own_file[FILE_SIZE], other_file[FILE_SIZE];
    library_file(own_file, sizeof own_file);
    if (!library_open(file)) /* which says why */
        exit(EXIT_FAILURE);
    library_file(other_file, sizeof other_file);
    other = ws;
    ws = own;
    if (strcmp(own_file, other_file) == 0)
        bench_die("the other build is this one");
}

static void *open_in(const struct websocket_library *library, const struct job *job)
{
    struct ours *ours = bench_allocate(sizeof *ours);
    bool receives = job->workload->receives;
    const struct session_sizes sizes = {.receive_buffer = receives ? (ULONG)job->size.receive_buffer : 4096,
                                        .send_buffer = receives ? 0 : (ULONG)job->size.chunk};
    *ours = (struct ours){
        .job = job, .library = library, .handle = session_open_in(library, job->workload->server, &sizes)};
    ours->buffer.Data.ulBufferLength = (ULONG)job->size.payload;
    ours->buffer.Data.pbBuffer = receives ? bench_allocate(job->size.payload) : job->payload;
    return ours;
}

static void *ours_open(const struct job *job)
{
    return open_in(session_linked(), job);
}

static void *other_open(const struct job *job)
{
    return open_in(other, job);
}

static void ours_close(void *self)
{
    struct ours *ours = self;
    ours->library->DeleteHandle(ours->handle);
    if (ours->job->workload->receives)
        bench_free(ours->buffer.Data.pbBuffer);
    bench_free(ours);
}

/* One operation: a message, or, where the receive buffer is smaller, a part of one. */
static bool receive_one(struct ours *ours, struct run *run)
{
    WEB_SOCKET_BUFFER *own = ours->job->size.own_memory ? &ours->buffer : NULL;
    if (ours->library->Receive(ours->handle, own, NULL) != S_OK)
        return false;
    for (;;) {
        WEB_SOCKET_BUFFER buffer;
        ULONG count = 1;
        WEB_SOCKET_ACTION action;
        WEB_SOCKET_BUFFER_TYPE type;
        PVOID context, action_context;
        if (ours->library->GetAction(ours->handle, WEB_SOCKET_RECEIVE_ACTION_QUEUE, &buffer, &count, &action,
                                     &type, &context, &action_context) != S_OK)
            return false;

        switch (action) {
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            ours->library->CompleteAction(
                ours->handle, action_context,
                (ULONG)run_read(run, buffer.Data.pbBuffer, buffer.Data.ulBufferLength));
            break;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            if (type == WEB_SOCKET_CLOSE_BUFFER_TYPE)
                return false;
            run_take(run, buffer.Data.pbBuffer, buffer.Data.ulBufferLength);
            if (type == WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE || type == WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE)
                run->messages++;
            ours->library->CompleteAction(ours->handle, action_context, 0);
            return true;
        default:
            return false;
        }
    }
}

static bool send_one(struct ours *ours, struct run *run)
{
    if (ours->library->Send(ours->handle, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &ours->buffer, NULL) != S_OK)
        return false;
    for (;;) {
        WEB_SOCKET_BUFFER buffers[2];
        ULONG count = 2;
        WEB_SOCKET_ACTION action;
        WEB_SOCKET_BUFFER_TYPE type;
        PVOID context, action_context;
        if (ours->library->GetAction(ours->handle, WEB_SOCKET_SEND_ACTION_QUEUE, buffers, &count, &action,
                                     &type, &context, &action_context) != S_OK)
            return false;

        ULONG written = 0;
        switch (action) {
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            for (ULONG i = 0; i < count; i++) {
                run_take(run, buffers[i].Data.pbBuffer, buffers[i].Data.ulBufferLength);
                written += buffers[i].Data.ulBufferLength;
            }
            ours->library->CompleteAction(ours->handle, action_context, written);
            break;
        case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:
            run->messages++;
            ours->library->CompleteAction(ours->handle, action_context, 0);
            return true;
        default:
            return false;
        }
    }
}

static bool ours_run(void *self, struct run *run)
{
    struct ours *ours = self;
    bool receives = ours->job->workload->receives;
    bool fine = true;
    stopwatch_start(&run->watch);
    while (fine && run->messages < ours->job->messages)
        fine = receives ? receive_one(ours, run) : send_one(ours, run);
    stopwatch_stop(&run->watch);
    return fine;
}

const struct contestant contestant_ours = {"ours", "ours", false, ours_open, ours_run, ours_close};
const struct contestant contestant_other = {"other", "other build", false, other_open, ours_run, ours_close};
