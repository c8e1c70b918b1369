/*
 * calls_operations.c - sends and receives for fuzz_calls: queued with arbitrary types, lengths and memory.
 */
#include <stdlib.h>
#include <string.h>

#include "calls.h"

#define FIRST_BYTE(type) ((uint8_t)((ULONG)(type) >> 1))

enum { FIN = 0x80, TEXT = 1, BINARY = 2, NOT_KNOWN = 3, CLOSE = 8 };

/* A call that is allowed by its arguments opens a server's session that has begun its handshake. Without
 * memory for that it does not, and the question is settled here. */
static bool can_operate(struct session *session)
{
    return session != NULL && (session->phase == OPEN || (session->server && session->phase == BEGUN));
}

static void opened(struct calls *calls, struct session *session, HRESULT result)
{
    if (!can_operate(session) || session->phase == OPEN || result == E_INVALIDARG)
        return;
    if (result == E_OUTOFMEMORY)
        calls_end_server(calls, session->handle);
    else
        session->phase = OPEN;
}

void calls_pop(struct session *session, struct queue *queue)
{
    const struct operation operation = queue->operations[0];
    for (ULONG i = 0; queue == &session->sends && !operation.is_nothing && i < operation.length; i++)
        if (operation.block[i] != session->letter)
            fail("the memory of a send was written to");
    if (!operation.is_nothing)
        free(operation.block);
    queue->count--;
    memmove(queue->operations, queue->operations + 1, queue->count * sizeof queue->operations[0]);
}

/* ---- sending ---- */

static ULONG any_type(struct input *input)
{
    const uint8_t choice = input_byte(input);
    if (choice < 0xE0)
        return 0x80000000u + (choice & 7);
    return choice < 0xF0   ? (ULONG)(choice & 15) << 5 | (input_byte(input) & 0x1Fu)
           : choice < 0xF8 ? input_u16(input) & 0x3FFu
                           : input_u32(input);
}

static USHORT any_status(struct input *input)
{
    static const USHORT statuses[] = {1000, 1001, 1005, 3000, 4999, 1014, 1011,
                                      999,  1004, 1006, 1015, 2999, 5000, 0};
    const uint8_t choice = input_byte(input);
    return choice < 0xF0 ? statuses[choice % 14] : input_u16(input);
}

/* 5: what a status may be, and what EMPTY and ABORTED mean. */
static bool close_is_good(const WEB_SOCKET_BUFFER *buffer)
{
    const USHORT status = buffer->CloseStatus.usStatus;
    const ULONG length = buffer->CloseStatus.ulReasonLength;
    if (status == 1005 || status == 1006)
        return buffer->CloseStatus.pbReason == NULL && length == 0;
    return length <= 123 && (buffer->CloseStatus.pbReason != NULL || length == 0) && status >= 1000 &&
           status != 1015;
}

static bool send_is_good(ULONG type, const WEB_SOCKET_BUFFER *buffer)
{
    const bool data = buffer == NULL || buffer->Data.pbBuffer != NULL || buffer->Data.ulBufferLength == 0;
    const ULONG length = buffer != NULL ? buffer->Data.ulBufferLength : 0;
    if (type >= 0x80000000u && type <= 0x80000003u)
        return data;
    if (type == 0x80000004u)
        return buffer == NULL || close_is_good(buffer);
    if (type == 0x80000005u || type == 0x80000006u)
        return buffer == NULL;
    if (type >= 0x200 || (type & 1) != 0)
        return false;
    return data && ((FIRST_BYTE(type) & CLOSE) == 0 || ((FIRST_BYTE(type) & FIN) != 0 && length <= 125));
}

/* Whether the state admits it; *sure: false where it depends on what the model does not follow. */
static bool send_is_admitted(const struct session *session, ULONG type, bool *sure)
{
    const bool raw = type < 0x200, raw_close = raw && (FIRST_BYTE(type) & 0x0F) == CLOSE;
    const bool control = raw ? (FIRST_BYTE(type) & CLOSE) != 0 : type >= 0x80000004u;
    *sure = true;
    if (session->aborted || (raw && !session->extension))
        return false;
    if (type == 0x80000004u || raw_close)
        return !session->closed;
    if (control)
        return true;
    if (session->closed)
        return false;
    *sure = !raw && session->message != NOT_KNOWN;
    return session->message == 0 || session->message == (type < 0x80000002u ? TEXT : BINARY);
}

static void admitted(struct session *session, ULONG type)
{
    if (type == 0x80000004u || (type < 0x200 && (FIRST_BYTE(type) & 0x0F) == CLOSE))
        session->closed = true;
    else if (type < 0x200 && (FIRST_BYTE(type) & CLOSE) == 0)
        session->message = NOT_KNOWN;
    else if (type >= 0x80000000u && type < 0x80000004u && session->message != NOT_KNOWN)
        session->message = (type & 1) == 0 ? 0 : type < 0x80000002u ? TEXT : BINARY;
}

static bool may_be_huge(const struct session *session)
{
    return session == NULL || session->server || session->unmasked || session->send_size <= 0x8000;
}

/* An operation's memory: most often a block of letters. */
static void fill_operation(struct calls *calls, const struct session *session, struct operation *operation)
{
    const uint8_t choice = input_byte(&calls->input);
    operation->length = choice < 0xC0 ? choice : input_byte(&calls->input) * 37u;
    if (choice >= 0xF8 && choice < 0xFC && may_be_huge(session)) {
        operation->is_nothing = true;
        operation->block = calls_nothing();
        operation->length = UINT32_MAX - operation->length;
    } else if (choice < 0xFC) {
        operation->block = calls_block(operation->length, session != NULL ? session->letter : 0);
    } else if (choice == 0xFF) {
        operation->length = 0;
    }
}

static void push(struct queue *queue, const struct operation *operation)
{
    queue->operations[queue->count++] = *operation;
}

void calls_send(struct calls *calls, WEB_SOCKET_HANDLE handle)
{
    struct session *session = calls_find(calls, handle);
    if (session != NULL && session->sends.count == OPERATIONS_MAX)
        return;
    const ULONG type = any_type(&calls->input);
    const uint8_t choice = input_byte(&calls->input);
    const bool ping = type == 0x80000005u || type == 0x80000006u,
               none = (choice & 7) == 0 || (ping && choice < 0xF0);
    struct operation operation = {.context = calls_context(calls), .type = (WEB_SOCKET_BUFFER_TYPE)type};
    WEB_SOCKET_BUFFER buffer;
    memset(&buffer, 0, sizeof buffer);
    if (!none)
        fill_operation(calls, session, &operation);
    buffer.CloseStatus.usStatus = type == 0x80000004u ? any_status(&calls->input) : 0;
    buffer.Data.pbBuffer = operation.block;
    buffer.Data.ulBufferLength = operation.length;

    bool sure = true;
    const bool good = send_is_good(type, none ? NULL : &buffer);
    const bool admits = can_operate(session) && send_is_admitted(session, type, &sure);
    calls_before(calls);
    const HRESULT result =
        WebSocketSend(handle, (WEB_SOCKET_BUFFER_TYPE)type, none ? NULL : &buffer, operation.context);
    if (session == NULL || !good)
        calls_after("WebSocketSend", result, session == NULL ? E_HANDLE : E_INVALIDARG);
    else
        calls_after_either("WebSocketSend", result, admits ? S_OK : E_INVALID_PROTOCOL_OPERATION,
                           sure ? (admits ? S_OK : E_INVALID_PROTOCOL_OPERATION)
                                : (admits ? E_INVALID_PROTOCOL_OPERATION : S_OK));
    opened(calls, session, result);
    if (result == S_OK) {
        push(&session->sends, &operation);
        admitted(session, type);
    } else if (!operation.is_nothing) {
        free(operation.block);
    }
}

/* ---- receiving ---- */

void calls_receive(struct calls *calls, WEB_SOCKET_HANDLE handle)
{
    struct session *session = calls_find(calls, handle);
    if (session != NULL && session->receives.count == OPERATIONS_MAX)
        return;
    const uint8_t choice = input_byte(&calls->input);
    const ULONG length = choice < 0xE0 ? choice & 0x7Fu : input_byte(&calls->input) * 37u;
    const bool none = (choice & 0x80) != 0 && choice < 0xE0, null = choice >= 0xFE;
    struct operation operation = {.context = calls_context(calls)};
    if (!none && !null) {
        operation.block = calls_block(length, 0);
        operation.length = length;
    }
    WEB_SOCKET_BUFFER buffer;
    memset(&buffer, 0, sizeof buffer);
    buffer.Data.pbBuffer = operation.block;
    buffer.Data.ulBufferLength = length;

    const bool good = none || (!null && length > 0);
    const bool admits = can_operate(session) && !session->aborted && !session->failed;
    const bool sure = !admits || !(session->may_have_ended || session->anything);
    calls_before(calls);
    const HRESULT result = WebSocketReceive(handle, none ? NULL : &buffer, operation.context);
    if (session == NULL || !good)
        calls_after("WebSocketReceive", result, session == NULL ? E_HANDLE : E_INVALIDARG);
    else
        calls_after_either("WebSocketReceive", result, admits ? S_OK : E_INVALID_PROTOCOL_OPERATION,
                           admits && sure ? S_OK : E_INVALID_PROTOCOL_OPERATION);
    opened(calls, session, result);
    if (result == S_OK)
        push(&session->receives, &operation);
    else
        free(operation.block);
}
