/*
 * How calls end, see outcome.h. This is the way that calls which succeed take only when somebody listens.
 */
#include "api/outcome.h"

#include "session/action_queue.h"
#include "session/session.h"

/* What the classes of reasons become. */
static const struct {
    HRESULT value;
    const char *name;
} results[] = {
#define RESULT(class, value) [(class) >> WS_STATUS_CLASS_SHIFT] = {value, #value}
    RESULT(WS_OK, S_OK),
    RESULT(WS_ERROR_ARGUMENT, E_INVALIDARG),
    RESULT(WS_ERROR_OPERATION, E_INVALID_PROTOCOL_OPERATION),
    RESULT(WS_ERROR_FORMAT, E_INVALID_PROTOCOL_FORMAT),
    RESULT(WS_ERROR_TEXT, E_INVALID_PROTOCOL_FORMAT),
    RESULT(WS_ERROR_EXTENSION, E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED),
    RESULT(WS_ERROR_SUBPROTOCOL, E_SUBPROTOCOL_NOT_SUPPORTED),
    RESULT(WS_ERROR_VERSION, E_PROTOCOL_VERSION_NOT_SUPPORTED),
    RESULT(WS_ERROR_HANDLE, E_HANDLE),
    RESULT(WS_ERROR_MEMORY, E_OUTOFMEMORY),
    RESULT(WS_ERROR_BUFFER, HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER)),
    RESULT(WS_ERROR_RANDOM, E_FAIL),
    RESULT(WS_NOTE, S_OK),
#undef RESULT
};

static void record_refusal(struct ws_trace_event *event, uintptr_t handle, const char *call,
                           enum ws_status why)
{
    const unsigned class = (unsigned)why >> WS_STATUS_CLASS_SHIFT;
    ws_trace_record(event, WS_TRACE_REFUSED, handle);
    event->call = call;
    event->why = why;
    event->value = (uint32_t)results[class].value;
    event->result = results[class].name;
}

HRESULT ws_outcome_refuse(uintptr_t handle, const char *call, enum ws_status why)
{
    struct ws_trace_event event;
    ws_trace_start(); /* the very first call may be the one that fails */
    record_refusal(&event, handle, call, why);
    ws_trace_tell(&event);
    return (HRESULT)event.value;
}

HRESULT ws_outcome_leave_refused(struct ws_handle_slot *slot, const char *call, enum ws_status why,
                                 const WEB_SOCKET_HTTP_HEADER *headers, uint32_t count)
{
    struct ws_trace_event event;
    struct ws_line detail;
    detail.length = 0;
    record_refusal(&event, ws_handle_value(slot), call, why);
    event.detail = &detail;
    if (ws_trace_on())
        ws_session_explain(slot->session, why, headers, count, &detail);
    ws_handle_leave(slot);
    ws_trace_tell(&event);
    return (HRESULT)event.value;
}

/* Which operation a call was about that has succeeded. which: what was queued, WS_SIDE_...; else the action's token. */
static uint32_t operation_of(const struct ws_action_queue *queue, enum ws_trace_moment moment,
                             uintptr_t which)
{
    if (!queue)
        return 0;
    if (moment == WS_TRACE_ACTION)
        return ws_action_queue_operation(queue, (uint32_t)which);
    if (moment == WS_TRACE_OVER)
        return ws_action_queue_ended(queue, (uint32_t)which);
    return which == WS_SIDE_SEND ? ws_action_queue_last_send(queue) : ws_action_queue_last_receive(queue);
}

HRESULT ws_outcome_leave_telling(struct ws_handle_slot *slot, const char *call, enum ws_status status,
                                 enum ws_trace_moment moment, uintptr_t which, uint32_t value)
{
    if (status != WS_OK)
        return ws_outcome_leave_refused(slot, call, status, NULL, 0);
    struct ws_trace_event event;
    ws_trace_record(&event, moment, ws_handle_value(slot));
    event.operation = operation_of(ws_session_open_queue(slot->session), moment, which);
    event.value = value;
    ws_handle_leave(slot);
    ws_trace_tell(&event);
    return S_OK;
}
