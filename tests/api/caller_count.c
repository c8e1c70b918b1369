/*
 * The control that never resets its count, see caller_count.h.
 */
#include "caller_count.h"

#include "api_tests.h"

static void go_on(struct count_loop *loop)
{
    struct action action;

    for (;;) {
        memset(&action, 0, sizeof action);
        loop->result = ws->GetAction(loop->handle, loop->queue, loop->buffers, &loop->count, &action.action,
                                     &action.type, &action.application, &action.context);
        if (FAILED(loop->result) || action.action == WEB_SOCKET_NO_ACTION)
            return;
        assert_true(loop->count <= COUNT_OF(loop->buffers));
        action.count = loop->count;
        memcpy(action.buffers, loop->buffers, sizeof loop->buffers);
        switch (action.action) {
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            loop->reading = action.context;
            return;
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            stream_action(loop->sent, &action);
            break;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            inbox_add(loop->received, &action);
            break;
        default:
            break;
        }
        complete(loop->handle, &action);
    }
}

void count_run(struct count_control *control, struct count_loop *loop, WEB_SOCKET_ACTION_QUEUE queue)
{
    memset(loop, 0, sizeof *loop);
    loop->handle = control->handle;
    loop->queue = queue;
    loop->count = COUNT_OF(loop->buffers);
    loop->sent = &control->sent;
    loop->received = &control->received;
    go_on(loop);
}

void count_read(struct count_loop *loop, const void *bytes, size_t size)
{
    PVOID context = loop->reading;

    assert_that(context != NULL, "the loop has started no read");
    assert_int_equal(loop->count, 1);
    assert_in_range(size, 0, loop->buffers[0].Data.ulBufferLength);
    if (size > 0)
        memcpy(loop->buffers[0].Data.pbBuffer, bytes, size);
    loop->reading = NULL;
    ws->CompleteAction(loop->handle, context, (ULONG)size);
    go_on(loop);
}
