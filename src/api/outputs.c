/*
 * From actions to the caller's memory, see outputs.h.
 */
#include "api/outputs.h"

static void put_close_status(struct ws_buffer reason, uint16_t status, WEB_SOCKET_BUFFER *buffer)
{
    buffer->CloseStatus.pbReason = reason.bytes;
    buffer->CloseStatus.ulReasonLength = reason.length;
    buffer->CloseStatus.usStatus = status;
}

void ws_outputs_write(const struct ws_outputs *out, const struct ws_action *action)
{
    WEB_SOCKET_BUFFER_TYPE type = (WEB_SOCKET_BUFFER_TYPE)0;
    ULONG count = 0;

    switch (action->type) {
    case WS_ACTION_NONE:
        break;
    case WS_ACTION_SEND_TO_NETWORK:
        count = action->pieces.count;
        for (ULONG i = 0; i < count; i++)
            ws_outputs_put_data(&out->buffers[i], action->pieces.buffers[i]);
        type = ws_outputs_type(action->kind, action->first);
        break;
    case WS_ACTION_INDICATE_SEND_COMPLETE:
        type = ws_outputs_type(action->kind, action->first);
        break;
    case WS_ACTION_RECEIVE_FROM_NETWORK:
        count = 1;
        ws_outputs_put_data(out->buffers, action->event.buffer);
        break;
    case WS_ACTION_INDICATE_RECEIVE_COMPLETE:
        count = 1;
        if (action->event.kind == WS_CLOSE)
            put_close_status(action->event.buffer, action->event.status, out->buffers);
        else
            ws_outputs_put_data(out->buffers, action->event.buffer);
        type = ws_outputs_type(action->event.kind, action->event.first);
        break;
    }
    *out->count = count;
    *out->action = (WEB_SOCKET_ACTION)action->type;
    *out->type = type;
    if (action->has_context && out->application_context)
        *out->application_context = action->context;
    *out->action_context = (PVOID)(uintptr_t)action->token;
}

void ws_outputs_write_failure(const struct ws_outputs *out, enum ws_status why, uint16_t close_status)
{
    const enum ws_status class = ws_status_class(why);
    const bool broken = class == WS_ERROR_FORMAT || class == WS_ERROR_TEXT;
    if (broken)
        put_close_status((struct ws_buffer){NULL, 0}, close_status, out->buffers);
    if (out->count)
        *out->count = broken ? 1 : 0;
    if (out->action)
        *out->action = WEB_SOCKET_NO_ACTION;
    if (out->type)
        *out->type = broken ? WEB_SOCKET_CLOSE_BUFFER_TYPE : (WEB_SOCKET_BUFFER_TYPE)0;
    if (out->action_context)
        *out->action_context = NULL;
}
