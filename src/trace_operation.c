/*
 * From calls to operations, see trace_operation.h.
 */
#include "trace_operation.h"

#include "action_queue.h"
#include "session.h"
#include "trace.h"

void ws_trace_operation(const struct ws_handle_slot *slot, enum ws_trace_moment moment, uintptr_t token,
                        uint32_t value)
{
    /* Of enum ws_kind. */
    static const char *const kinds[] = {
        "UTF8_MESSAGE", "UTF8_FRAGMENT", "BINARY_MESSAGE",   "BINARY_FRAGMENT",
        "CLOSE",        "PING_PONG",     "UNSOLICITED_PONG", "extension frame",
    };
    const uintptr_t handle = ws_handle_value(slot);
    const struct ws_action_queue *queue = ws_session_open_queue(slot->session);
    if (!queue)
        return;

    uint32_t ended;
    switch (moment) {
    case WS_TRACE_SENT:
        ws_trace_queued(handle, ws_action_queue_last_send(queue), kinds[value]);
        break;
    case WS_TRACE_RECEIVED:
        ws_trace_queued(handle, ws_action_queue_last_receive(queue), NULL);
        break;
    case WS_TRACE_ACTION:
        if (value != WS_ACTION_NONE)
            ws_trace_action(handle, ws_action_queue_operation(queue, (uint32_t)token), value);
        break;
    case WS_TRACE_COMPLETION:
        ended = ws_action_queue_ended(queue, (uint32_t)token);
        if (ended != 0)
            ws_trace_over(handle, ended);
        break;
    }
}
