/*
 * The 13 exports: check the arguments, find the session, delegate, and translate results. What a call means
 * is said in websocket.h and done below; here is no rule of the protocol.
 */
#include "websocket.h"

#include <string.h>

#include "api/outcome.h"
#include "api/outputs.h"
#include "api/properties.h"
#include "api/short_way.h"
#include "frames/frame.h"
#include "handle/handle.h"
#include "handshake/handshake.h"
#include "results/status.h"
#include "session/action_queue.h"
#include "session/session.h"
#include "system/platform.h"
#include "trace/trace.h"

#define KEEPALIVE_DEFAULT 30000u /* milliseconds */
#define KEEPALIVE_LEAST   15000u
#define PROTOCOL_VERSION  13u /* RFC 6455 */

#define RAW_TYPE_LIMIT    0x200u
#define RAW_TYPE_MASK_BIT 0x001u

_Static_assert((int)WEB_SOCKET_SEND_ACTION_QUEUE == WS_SIDE_SEND &&
                   (int)WEB_SOCKET_RECEIVE_ACTION_QUEUE == WS_SIDE_RECEIVE &&
                   (int)WEB_SOCKET_ALL_ACTION_QUEUE == WS_SIDE_ALL,
               "the sides have the values of the API's queues");
_Static_assert((int)WEB_SOCKET_SEND_TO_NETWORK_ACTION == WS_ACTION_SEND_TO_NETWORK &&
                   (int)WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION == WS_ACTION_INDICATE_SEND_COMPLETE &&
                   (int)WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION == WS_ACTION_RECEIVE_FROM_NETWORK &&
                   (int)WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION == WS_ACTION_INDICATE_RECEIVE_COMPLETE,
               "the actions have the API's values");
_Static_assert((uint8_t)WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE == WS_TEXT_FRAGMENT &&
                   (uint8_t)WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE == WS_BINARY_MESSAGE &&
                   (uint8_t)WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE == WS_BINARY_FRAGMENT &&
                   (uint8_t)WEB_SOCKET_CLOSE_BUFFER_TYPE == WS_CLOSE &&
                   (uint8_t)WEB_SOCKET_PING_PONG_BUFFER_TYPE == WS_PING_PONG &&
                   (uint8_t)WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE == WS_UNSOLICITED_PONG,
               "kinds are the low bits of the API's buffer types");

#ifndef WS_SHORT_WAY
#define WS_SHORT_WAY 1 /* whether there is one */
#endif

/* For the general functions beside the short way: drawn into one with it they would cost it registers. */
#if defined(_MSC_VER)
#define WS_OUT_OF_LINE __declspec(noinline)
#else
#define WS_OUT_OF_LINE __attribute__((noinline))
#endif

static struct ws_handle_slot *enter(WEB_SOCKET_HANDLE handle)
{
    struct ws_session *session;
    return ws_handle_enter((uintptr_t)handle, &session);
}

/* After a call that was given headers. */
static HRESULT leave_handshake(struct ws_handle_slot *slot, const char *call, enum ws_status status,
                               const WEB_SOCKET_HTTP_HEADER *headers, ULONG count)
{
    if (status != WS_OK)
        return ws_outcome_leave_refused(slot, call, status, headers, count);
    ws_handle_leave(slot);
    return S_OK;
}

static HRESULT leave(struct ws_handle_slot *slot, const char *call, enum ws_status status)
{
    return leave_handshake(slot, call, status, NULL, 0);
}

/* After a call about an operation. which, value: see ws_outcome_leave_telling. */
static inline HRESULT leave_operation(struct ws_handle_slot *slot, const char *call, enum ws_status status,
                                      enum ws_trace_moment moment, uintptr_t which, uint32_t value)
{
    if (!ws_trace_is_quiet(status))
        return ws_outcome_leave_telling(slot, call, status, moment, which, value);
    ws_handle_leave(slot);
    return S_OK;
}

/* Handles */

static enum ws_status create_handle(bool server, const WEB_SOCKET_PROPERTY *properties, ULONG count,
                                    WEB_SOCKET_HANDLE *handle)
{
    if (!handle)
        return WS_WHY_HANDLE_NULL;
    *handle = NULL;

    struct ws_session_options options;
    enum ws_status status = ws_properties_read(properties, count, server, &options);
    if (status != WS_OK)
        return status;
    struct ws_session *session = ws_session_create(&options);
    if (!session)
        return WS_WHY_NO_MEMORY;
    ws_trace_start(); /* so that whoever has entered a handle need not */
    uintptr_t value = ws_handle_create(session);
    if (value == 0) {
        ws_session_free(session);
        return WS_WHY_NO_MEMORY;
    }
    *handle = (WEB_SOCKET_HANDLE)value;
    return WS_OK;
}

HRESULT WINAPI WebSocketCreateClientHandle(const PWEB_SOCKET_PROPERTY pProperties, ULONG ulPropertyCount,
                                           WEB_SOCKET_HANDLE *phWebSocket)
{
    enum ws_status status = create_handle(false, pProperties, ulPropertyCount, phWebSocket);
    return status == WS_OK ? S_OK : ws_outcome_refuse(0, __func__, status);
}

HRESULT WINAPI WebSocketCreateServerHandle(const PWEB_SOCKET_PROPERTY pProperties, ULONG ulPropertyCount,
                                           WEB_SOCKET_HANDLE *phWebSocket)
{
    enum ws_status status = create_handle(true, pProperties, ulPropertyCount, phWebSocket);
    return status == WS_OK ? S_OK : ws_outcome_refuse(0, __func__, status);
}

WEBSOCKET_VOID WINAPI WebSocketAbortHandle(WEB_SOCKET_HANDLE hWebSocket)
{
    struct ws_handle_slot *slot = enter(hWebSocket);
    if (!slot) {
        (void)ws_outcome_refuse((uintptr_t)hWebSocket, __func__, WS_WHY_HANDLE_UNKNOWN);
        return S_OK;
    }
    struct ws_action_queue *queue = ws_session_open_queue(slot->session);
    if (queue)
        ws_action_queue_abort(queue);
    (void)leave(slot, __func__, queue ? WS_OK : WS_WHY_ABORT_EARLY);
    return S_OK;
}

WEBSOCKET_VOID WINAPI WebSocketDeleteHandle(WEB_SOCKET_HANDLE hWebSocket)
{
    if (!ws_handle_delete((uintptr_t)hWebSocket) && hWebSocket) /* NULL is deleted as often as by free */
        (void)ws_outcome_refuse((uintptr_t)hWebSocket, __func__, WS_WHY_HANDLE_UNKNOWN);
    return S_OK;
}

/* Handshake */

HRESULT WINAPI WebSocketBeginClientHandshake(
    WEB_SOCKET_HANDLE hWebSocket, PCSTR *pszSubprotocols, ULONG ulSubprotocolCount, PCSTR *pszExtensions,
    ULONG ulExtensionCount, const PWEB_SOCKET_HTTP_HEADER pInitialHeaders, ULONG ulInitialHeaderCount,
    PWEB_SOCKET_HTTP_HEADER *pAdditionalHeaders, ULONG *pulAdditionalHeaderCount)
{
    struct ws_handle_slot *slot = enter(hWebSocket);
    if (!slot)
        return ws_outcome_refuse((uintptr_t)hWebSocket, __func__, WS_WHY_HANDLE_UNKNOWN);
    if (!pAdditionalHeaders || !pulAdditionalHeaderCount)
        return leave(slot, __func__, WS_WHY_HEADERS_OUT_NULL);

    const struct ws_client_offer offer = {.subprotocols = pszSubprotocols,
                                          .subprotocol_count = ulSubprotocolCount,
                                          .extensions = pszExtensions,
                                          .extension_count = ulExtensionCount};
    uint32_t count;
    enum ws_status status = ws_session_begin_client(slot->session, &offer, pInitialHeaders,
                                                    ulInitialHeaderCount, pAdditionalHeaders, &count);
    if (status == WS_OK)
        *pulAdditionalHeaderCount = count;
    return leave(slot, __func__, status);
}

HRESULT WINAPI WebSocketEndClientHandshake(WEB_SOCKET_HANDLE hWebSocket,
                                           const PWEB_SOCKET_HTTP_HEADER pResponseHeaders,
                                           ULONG ulReponseHeaderCount, ULONG *pulSelectedExtensions,
                                           ULONG *pulSelectedExtensionCount, ULONG *pulSelectedSubprotocol)
{
    struct ws_handle_slot *slot = enter(hWebSocket);
    if (!slot)
        return ws_outcome_refuse((uintptr_t)hWebSocket, __func__, WS_WHY_HANDLE_UNKNOWN);

    const struct ws_client_selection selection = {.extensions = pulSelectedExtensions,
                                                  .extension_count = pulSelectedExtensionCount,
                                                  .subprotocol = pulSelectedSubprotocol};
    enum ws_status status =
        ws_session_end_client(slot->session, pResponseHeaders, ulReponseHeaderCount, &selection);
    return leave_handshake(slot, __func__, status, pResponseHeaders, ulReponseHeaderCount);
}

HRESULT WINAPI WebSocketBeginServerHandshake(WEB_SOCKET_HANDLE hWebSocket, PCSTR pszSubprotocolSelected,
                                             PCSTR *pszExtensionSelected, ULONG ulExtensionSelectedCount,
                                             const PWEB_SOCKET_HTTP_HEADER pRequestHeaders,
                                             ULONG ulRequestHeaderCount,
                                             PWEB_SOCKET_HTTP_HEADER *pResponseHeaders,
                                             ULONG *pulResponseHeaderCount)
{
    struct ws_handle_slot *slot = enter(hWebSocket);
    if (!slot)
        return ws_outcome_refuse((uintptr_t)hWebSocket, __func__, WS_WHY_HANDLE_UNKNOWN);
    if (!pResponseHeaders || !pulResponseHeaderCount)
        return leave(slot, __func__, WS_WHY_HEADERS_OUT_NULL);

    const struct ws_server_choice choice = {.subprotocol = pszSubprotocolSelected,
                                            .extensions = pszExtensionSelected,
                                            .extension_count = ulExtensionSelectedCount};
    uint32_t count;
    enum ws_status status = ws_session_begin_server(slot->session, &choice, pRequestHeaders,
                                                    ulRequestHeaderCount, pResponseHeaders, &count);
    if (status == WS_OK)
        *pulResponseHeaderCount = count;
    return leave_handshake(slot, __func__, status, pRequestHeaders, ulRequestHeaderCount);
}

HRESULT WINAPI WebSocketEndServerHandshake(WEB_SOCKET_HANDLE hWebSocket)
{
    struct ws_handle_slot *slot = enter(hWebSocket);
    if (!slot)
        return ws_outcome_refuse((uintptr_t)hWebSocket, __func__, WS_WHY_HANDLE_UNKNOWN);
    return leave(slot, __func__, ws_session_end_server(slot->session));
}

/* Operations */

/* Payload given as Data: NULL, or NULL with length 0, is an empty one. */
static enum ws_status read_payload(const WEB_SOCKET_BUFFER *buffer, struct ws_operation *op)
{
    if (!buffer)
        return WS_OK;
    if (!buffer->Data.pbBuffer && buffer->Data.ulBufferLength > 0)
        return WS_WHY_PAYLOAD_NULL;
    op->bytes = buffer->Data.pbBuffer;
    op->length = buffer->Data.ulBufferLength;
    return WS_OK;
}

static enum ws_status read_close(const WEB_SOCKET_BUFFER *buffer, struct ws_operation *op)
{
    op->status = WS_STATUS_EMPTY;
    if (!buffer)
        return WS_OK;
    op->status = buffer->CloseStatus.usStatus;
    op->bytes = buffer->CloseStatus.pbReason;
    op->length = buffer->CloseStatus.ulReasonLength;
    if (op->status == WS_STATUS_EMPTY || op->status == WS_STATUS_ABORTED) {
        op->status = WS_STATUS_EMPTY; /* a server that echoes every status it is given echoes 1006, too */
        return !op->bytes && op->length == 0 ? WS_OK : WS_WHY_CLOSE_EMPTY_REASON;
    }
    if (!op->bytes && op->length > 0)
        return WS_WHY_CLOSE_REASON_NULL;
    if (op->length > WEB_SOCKET_MAX_CLOSE_REASON_LENGTH)
        return WS_WHY_CLOSE_REASON_LONG;
    /* Every other status is the caller's decision: .NET lets them through, and the genuine DLL sends 65535. */
    return op->status >= WS_STATUS_NORMAL && op->status != WS_STATUS_TLS ? WS_OK : WS_WHY_CLOSE_SEND_STATUS;
}

static enum ws_status read_raw(uint32_t type, const WEB_SOCKET_BUFFER *buffer, struct ws_operation *op)
{
    if (type >= RAW_TYPE_LIMIT)
        return WS_WHY_TYPE_UNKNOWN;
    if (type & RAW_TYPE_MASK_BIT)
        return WS_WHY_TYPE_MASK_BIT;
    op->kind = WS_EXTENSION;
    op->first = (uint8_t)(type >> WS_RAW_TYPE_SHIFT);
    enum ws_status status = read_payload(buffer, op);
    if (status != WS_OK || !ws_frame_is_control(op->first))
        return status;
    if (!(op->first & WS_FRAME_FIN))
        return WS_WHY_CONTROL_SEND_FRAGMENT;
    return op->length > WS_FRAME_CONTROL_MAX ? WS_WHY_CONTROL_SEND_LONG : WS_OK;
}

static enum ws_status read_send(WEB_SOCKET_BUFFER_TYPE type, const WEB_SOCKET_BUFFER *buffer,
                                struct ws_operation *op)
{
    switch (type) {
    case WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE:
    case WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE:
    case WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE:
    case WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE:
        op->kind = (uint8_t)type;
        return read_payload(buffer, op);
    case WEB_SOCKET_CLOSE_BUFFER_TYPE:
        op->kind = WS_CLOSE;
        return read_close(buffer, op);
    case WEB_SOCKET_PING_PONG_BUFFER_TYPE:
    case WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE:
        op->kind = (uint8_t)type;
        return buffer ? WS_WHY_PING_PAYLOAD : WS_OK;
    default:
        return read_raw((uint32_t)type, buffer, op);
    }
}

WS_OUT_OF_LINE static HRESULT queue_send(struct ws_handle_slot *slot, WEB_SOCKET_HANDLE handle,
                                         WEB_SOCKET_BUFFER_TYPE type, const WEB_SOCKET_BUFFER *buffer,
                                         PVOID context)
{
    slot = slot ? slot : enter(handle);
    if (!slot)
        return ws_outcome_refuse((uintptr_t)handle, "WebSocketSend", WS_WHY_HANDLE_UNKNOWN);

    struct ws_operation op = {.context = context};
    struct ws_action_queue *queue;
    enum ws_status status = read_send(type, buffer, &op);
    if (status == WS_OK)
        status = ws_session_queue(slot->session, &queue);
    if (status == WS_OK)
        status = ws_action_queue_send(queue, op);
    return leave_operation(slot, "WebSocketSend", status, WS_TRACE_QUEUED, WS_SIDE_SEND, op.kind);
}

HRESULT WINAPI WebSocketSend(WEB_SOCKET_HANDLE hWebSocket, WEB_SOCKET_BUFFER_TYPE BufferType,
                             WEB_SOCKET_BUFFER *pBuffer, PVOID Context)
{
    struct ws_handle_slot *slot = ws_handle_enter_free((uintptr_t)hWebSocket);
    if (slot && WS_SHORT_WAY && ws_short_way_send(slot->session, BufferType, pBuffer, Context)) {
        ws_handle_leave(slot);
        return S_OK;
    }
    return queue_send(slot, hWebSocket, BufferType, pBuffer, Context);
}

WS_OUT_OF_LINE static HRESULT queue_receive(struct ws_handle_slot *slot, WEB_SOCKET_HANDLE handle,
                                            const WEB_SOCKET_BUFFER *buffer, PVOID context)
{
    slot = slot ? slot : enter(handle);
    if (!slot)
        return ws_outcome_refuse((uintptr_t)handle, "WebSocketReceive", WS_WHY_HANDLE_UNKNOWN);

    struct ws_operation op = {.context = context};
    struct ws_action_queue *queue;
    enum ws_status status = read_payload(buffer, &op);
    if (buffer && op.length == 0)
        status = WS_WHY_RECEIVE_BUFFER_EMPTY;
    if (status == WS_OK)
        status = ws_session_queue(slot->session, &queue);
    if (status == WS_OK)
        status = ws_action_queue_receive(queue, op);
    return leave_operation(slot, "WebSocketReceive", status, WS_TRACE_QUEUED, WS_SIDE_RECEIVE, 0);
}

HRESULT WINAPI WebSocketReceive(WEB_SOCKET_HANDLE hWebSocket, WEB_SOCKET_BUFFER *pBuffer, PVOID pvContext)
{
    struct ws_handle_slot *slot = ws_handle_enter_free((uintptr_t)hWebSocket);
    if (slot && WS_SHORT_WAY && !pBuffer && ws_short_way_receive(slot->session, pvContext)) {
        ws_handle_leave(slot);
        return S_OK;
    }
    return queue_receive(slot, hWebSocket, pBuffer, pvContext);
}

/* Actions */

WS_OUT_OF_LINE static HRESULT get_action(struct ws_handle_slot *slot, WEB_SOCKET_HANDLE handle,
                                         WEB_SOCKET_ACTION_QUEUE side, const struct ws_outputs *out)
{
    slot = slot ? slot : enter(handle);
    if (!slot) {
        ws_outputs_write_failure(out, WS_WHY_HANDLE_UNKNOWN, 0);
        return ws_outcome_refuse((uintptr_t)handle, "WebSocketGetAction", WS_WHY_HANDLE_UNKNOWN);
    }
    struct ws_action action;
    struct ws_action_queue *queue;
    enum ws_status status = ws_outputs_check(out);
    if (status == WS_OK && (side < WEB_SOCKET_SEND_ACTION_QUEUE || side > WEB_SOCKET_ALL_ACTION_QUEUE))
        status = WS_WHY_QUEUE_UNKNOWN;
    if (status == WS_OK)
        status = ws_session_queue(slot->session, &queue);
    action.event.status = 0; /* the queue sets it where the peer broke the protocol */
    if (status == WS_OK)
        status = ws_action_queue_next(queue, (unsigned)side, *out->count, &action);
    if (status == WS_OK)
        ws_outputs_write(out, &action);
    else
        ws_outputs_write_failure(out, status, action.event.status);
    /* What was written to the caller's memory may no longer be there. */
    const bool fine = status == WS_OK;
    return leave_operation(slot, "WebSocketGetAction", status, WS_TRACE_ACTION, fine ? action.token : 0,
                           fine ? (uint32_t)action.type : 0);
}

HRESULT WINAPI WebSocketGetAction(WEB_SOCKET_HANDLE hWebSocket, WEB_SOCKET_ACTION_QUEUE eActionQueue,
                                  WEB_SOCKET_BUFFER *pDataBuffers, ULONG *pulDataBufferCount,
                                  WEB_SOCKET_ACTION *pAction, WEB_SOCKET_BUFFER_TYPE *pBufferType,
                                  PVOID *pvApplicationContext, PVOID *pvActionContext)
{
    struct ws_handle_slot *slot = ws_handle_enter_free((uintptr_t)hWebSocket);
    if (slot && WS_SHORT_WAY &&
        ws_short_way_next(slot->session, (unsigned)eActionQueue,
                          (struct ws_outputs){pDataBuffers, pulDataBufferCount, pAction, pBufferType,
                                              pvApplicationContext, pvActionContext})) {
        ws_handle_leave(slot);
        return S_OK;
    }
    const struct ws_outputs out = {pDataBuffers, pulDataBufferCount,   pAction,
                                   pBufferType,  pvApplicationContext, pvActionContext};
    return get_action(slot, hWebSocket, eActionQueue, &out);
}

static enum ws_status complete_action(struct ws_session *session, uintptr_t context, ULONG bytes)
{
    struct ws_action_queue *queue = ws_session_open_queue(session);
    if (!queue || context > UINT32_MAX)
        return context != 0 ? WS_WHY_CONTEXT_UNKNOWN : WS_OK;
    return ws_action_queue_complete(queue, (uint32_t)context, bytes);
}

WS_OUT_OF_LINE static HRESULT complete(struct ws_handle_slot *slot, WEB_SOCKET_HANDLE handle, PVOID context,
                                       ULONG bytes)
{
    slot = slot ? slot : enter(handle);
    if (!slot)
        (void)ws_outcome_refuse((uintptr_t)handle, "WebSocketCompleteAction", WS_WHY_HANDLE_UNKNOWN);
    else
        (void)leave_operation(slot, "WebSocketCompleteAction",
                              complete_action(slot->session, (uintptr_t)context, bytes), WS_TRACE_OVER,
                              (uintptr_t)context, 0);
    return S_OK;
}

WEBSOCKET_VOID WINAPI WebSocketCompleteAction(WEB_SOCKET_HANDLE hWebSocket, PVOID pvActionContext,
                                              ULONG ulBytesTransferred)
{
    struct ws_handle_slot *slot = ws_handle_enter_free((uintptr_t)hWebSocket);
    if (slot && WS_SHORT_WAY && ws_short_way_complete(slot->session, pvActionContext, ulBytesTransferred)) {
        ws_handle_leave(slot);
        return S_OK;
    }
    return complete(slot, hWebSocket, pvActionContext, ulBytesTransferred);
}

/* Global properties */

static ULONG keepalive_interval(void)
{
    uint32_t milliseconds = KEEPALIVE_DEFAULT;
    (void)ws_platform_keepalive(&milliseconds);
    return milliseconds < KEEPALIVE_LEAST ? KEEPALIVE_LEAST : milliseconds;
}

HRESULT WINAPI WebSocketGetGlobalProperty(WEB_SOCKET_PROPERTY_TYPE eType, PVOID pvValue, ULONG *ulSize)
{
    if (!pvValue || !ulSize)
        return ws_outcome_refuse(0, __func__, pvValue ? WS_WHY_VALUE_SIZE_NULL : WS_WHY_VALUE_NULL);
    if (eType != WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE &&
        eType != WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE)
        return ws_outcome_refuse(0, __func__, WS_WHY_GLOBAL_UNKNOWN);

    ULONG room = *ulSize;
    ULONG value =
        eType == WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE ? keepalive_interval() : PROTOCOL_VERSION;
    *ulSize = sizeof value;
    if (room < sizeof value)
        return ws_outcome_refuse(0, __func__, WS_WHY_VALUE_SMALL);
    memcpy(pvValue, &value, sizeof value);
    return S_OK;
}
