/*
 * What WebSocketGetAction writes to its caller's memory.
 */
#ifndef WS_OUTPUTS_H
#define WS_OUTPUTS_H

#include <stdbool.h>
#include <stdint.h>

#include "frames/message.h"
#include "results/status.h"
#include "session/action_queue.h"
#include "websocket.h"

/* A raw frame's buffer type is the first nine bits of its header: the first byte, and the mask bit lowest. */
#define WS_RAW_TYPE_SHIFT 1u

/* The pointers that WebSocketGetAction is given; any of them may be NULL until they were checked. */
struct ws_outputs {
    WEB_SOCKET_BUFFER *buffers;
    ULONG *count; /* in: how many buffers there is room for */
    WEB_SOCKET_ACTION *action;
    WEB_SOCKET_BUFFER_TYPE *type;
    PVOID *application_context;
    PVOID *action_context;
};

/** Whether all that must be there is: WS_OK, or one of WS_ERROR_ARGUMENT. */
static inline enum ws_status ws_outputs_check(const struct ws_outputs *out)
{
    if (!out->buffers)
        return WS_WHY_BUFFERS_NULL;
    if (!out->count)
        return WS_WHY_BUFFER_COUNT_NULL;
    if (!out->action)
        return WS_WHY_ACTION_NULL;
    if (!out->type)
        return WS_WHY_BUFFER_TYPE_NULL;
    return out->action_context ? WS_OK : WS_WHY_ACTION_CONTEXT_NULL;
}

static inline WEB_SOCKET_BUFFER_TYPE ws_outputs_type(uint8_t kind, uint8_t first)
{
    if (kind == WS_EXTENSION)
        return (WEB_SOCKET_BUFFER_TYPE)((uint32_t)first << WS_RAW_TYPE_SHIFT);
    return (WEB_SOCKET_BUFFER_TYPE)((uint32_t)WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE | kind);
}

static inline void ws_outputs_put_data(WEB_SOCKET_BUFFER *buffer, struct ws_buffer data)
{
    buffer->Data.pbBuffer = data.bytes;
    buffer->Data.ulBufferLength = data.length;
}

/** All but the buffers, of an operation's action. Returns true. */
static inline bool ws_outputs_put(const struct ws_outputs *out, enum ws_action_type action, ULONG count,
                                  WEB_SOCKET_BUFFER_TYPE type, PVOID context, uint32_t token)
{
    *out->count = count;
    *out->action = (WEB_SOCKET_ACTION)action;
    *out->type = type;
    if (out->application_context)
        *out->application_context = context;
    *out->action_context = (PVOID)(uintptr_t)token;
    return true;
}

/** An action: the table of section 8 of the specification. The outputs were checked. */
void ws_outputs_write(const struct ws_outputs *out, const struct ws_action *action);

/**
 * A failed call says that there is nothing to do, with the outputs that are there. Where the peer broke the protocol also
 * the close status that the caller should send, ready to be handed to WebSocketSend.
 */
void ws_outputs_write_failure(const struct ws_outputs *out, enum ws_status why, uint16_t close_status);

#endif
