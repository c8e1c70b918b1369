/*
 * The steps of both sessions, see both.h.
 */
#include "both.h"

#include <inttypes.h>
#include <string.h>

#define POISON ((PVOID)(uintptr_t)0xA5A5A5A5u)

#define HEADER(name, value)                                                                                  \
    {                                                                                                        \
        (PCHAR)(name), sizeof(name) - 1, (PCHAR)(value), sizeof(value) - 1                                   \
    }

/* The key is the last client's. */
static char key[] = "dGhlIHNhbXBsZSBub25jZQ==";
static WEB_SOCKET_HTTP_HEADER request[] = {HEADER("Host", "a"),
                                           HEADER("Upgrade", "websocket"),
                                           HEADER("Connection", "Upgrade"),
                                           HEADER("Sec-WebSocket-Version", "13"),
                                           HEADER("Sec-WebSocket-Key", key),
                                           HEADER("Sec-WebSocket-Extensions", "x")};
enum { REQUEST_COUNT = sizeof request / sizeof *request };
static PCSTR extensions[] = {"x"};

static void expect_result(const char *call, HRESULT seen, HRESULT expected)
{
    if (seen != expected)
        both_differ("%s returned 0x%08X, expected 0x%08X", call, (unsigned)seen, (unsigned)expected);
}

static void expect_number(const char *what, uint64_t seen, uint64_t expected)
{
    if (seen != expected)
        both_differ("%s is 0x%" PRIX64 ", expected 0x%" PRIX64, what, seen, expected);
}

/* ---- Handshake ---- */

static HRESULT begin_server(WEB_SOCKET_HANDLE handle, bool extension, bool good,
                            PWEB_SOCKET_HTTP_HEADER *response, ULONG *response_count)
{
    return WebSocketBeginServerHandshake(handle, NULL, extensions, extension, request,
                                         good ? REQUEST_COUNT : 1, response, response_count);
}

static void step_begin(struct both *both, bool as_server, bool good)
{
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
    HRESULT seen = as_server
                       ? begin_server(both->handle, both->model.extension, good, &headers, &count)
                       : WebSocketBeginClientHandshake(both->handle, NULL, 0, extensions,
                                                       both->model.extension, NULL, 0, &headers, &count);
    HRESULT expected = model_begin_handshake(&both->model, as_server, good);
    expect_result("Begin", seen, expected);
    if (seen == S_OK && !as_server)
        memcpy(key, headers[3].pcValue, sizeof key);
}

/* What a server answers to the last client's key. */
static HRESULT end_client(WEB_SOCKET_HANDLE client, bool extension, bool good)
{
    WEB_SOCKET_HANDLE server;
    PWEB_SOCKET_HTTP_HEADER response = NULL;
    ULONG count = 0;
    HRESULT result = WebSocketCreateServerHandle(NULL, 0, &server);
    if (result == S_OK)
        result = begin_server(server, extension, true, &response, &count);
    expect_result("a server for the client's handshake", result, S_OK);
    result = WebSocketEndClientHandshake(client, response, good ? count : 1, NULL, NULL, NULL);
    WebSocketDeleteHandle(server);
    return result;
}

static void step_end(struct both *both, bool as_server, bool good)
{
    HRESULT seen = as_server ? WebSocketEndServerHandshake(both->handle)
                             : end_client(both->handle, both->model.extension, good);
    expect_result("End", seen, model_end_handshake(&both->model, as_server, good));
}

void both_create(struct both *both, enum model_role role, bool open, bool extension)
{
    ULONG receive_size = MODEL_RECEIVE_SIZE, send_size = MODEL_SEND_SIZE;
    BOOL disable = role == MODEL_CLIENT_UNMASKED;
    PVOID memory = both->memory;
    WEB_SOCKET_PROPERTY properties[] = {
        {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &receive_size, sizeof receive_size},
        {WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &send_size, sizeof send_size},
        {WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, &disable, sizeof disable},
        {WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &memory, sizeof both->memory}};
    bool server = role == MODEL_SERVER;
    memset(both->outstanding, 0, sizeof both->outstanding);
    memset(both->last, 0, sizeof both->last);
    both->read = NULL;
    both->operations = 0;
    both->given = both->written = 0;
    model_create(&both->model, role, extension);
    observer_begin(&both->observer);
    expect_result("Create",
                  server ? WebSocketCreateServerHandle(properties, 4, &both->handle)
                         : WebSocketCreateClientHandle(properties, 4, &both->handle),
                  S_OK);
    if (open) {
        step_begin(both, server, true);
        step_end(both, server, true);
    }
}

void both_delete(struct both *both)
{
    WebSocketDeleteHandle(both->handle);
}

/* ---- Operations ---- */

static PVOID new_context(struct both *both)
{
    return (PVOID)(uintptr_t)(0x1000 + ++both->operations);
}

static void step_send(struct both *both, const struct model_operation *send)
{
    struct model_operation op = *send;
    WEB_SOCKET_BUFFER buffer = {0};
    WEB_SOCKET_BUFFER *given = &buffer;
    op.context = new_context(both);
    if (op.type == WEB_SOCKET_CLOSE_BUFFER_TYPE) {
        buffer.CloseStatus.pbReason = op.length > 0 ? (PBYTE)(uintptr_t)op.bytes : NULL;
        buffer.CloseStatus.ulReasonLength = op.length;
        buffer.CloseStatus.usStatus = op.status;
    } else if (op.length > 0) {
        buffer.Data.pbBuffer = (PBYTE)(uintptr_t)op.bytes;
        buffer.Data.ulBufferLength = op.length;
    } else {
        given = NULL;
    }
    HRESULT seen = WebSocketSend(both->handle, op.type, given, op.context);
    expect_result("Send", seen, model_send(&both->model, op));
}

static void step_receive(struct both *both, uint32_t length)
{
    struct model_operation op = {.length = length, .context = new_context(both)};
    WEB_SOCKET_BUFFER buffer;
    if (length > 0)
        op.bytes = both->own[both->operations % MODEL_OPERATIONS];
    buffer.Data.pbBuffer = (PBYTE)(uintptr_t)op.bytes;
    buffer.Data.ulBufferLength = length;
    HRESULT seen = WebSocketReceive(both->handle, length > 0 ? &buffer : NULL, op.context);
    expect_result("Receive", seen, model_receive(&both->model, op));
}

/* ---- GetAction ---- */

/* Whether [bytes, bytes + length) lies in the library's memory. */
static bool in_memory(const struct both *both, const uint8_t *bytes, uint32_t length)
{
    uintptr_t from = (uintptr_t)bytes - (uintptr_t)both->memory;
    return from <= BOTH_MEMORY && length <= BOTH_MEMORY - from;
}

static void expect_place(const struct both *both, const struct model_buffer *expected, const uint8_t *bytes,
                         uint32_t length)
{
    if (expected->place && bytes != expected->place)
        both_differ("the buffer is not where the caller's memory is");
    if (!expected->place && !in_memory(both, bytes, length))
        both_differ("the buffer is neither the caller's nor in the session's memory");
}

/* The bytes of a frame from `offset` on; a client's are masked, with the key that its header names. */
static void expect_frame(const uint8_t *seen, const struct model_buffer *expected, uint32_t offset,
                         bool masked, uint8_t mask[4])
{
    enum { KEY = 2, HEAD = 6 };
    if (masked && offset == 0)
        memcpy(mask, seen + KEY, 4);
    for (uint32_t i = 0; i < expected->length; i++) {
        uint32_t at = offset + i;
        uint8_t byte = expected->bytes[i];
        if (masked && at >= KEY)
            byte = at < HEAD ? mask[at - KEY] : (uint8_t)(byte ^ mask[(at - HEAD) % 4]);
        if (seen[i] != byte)
            both_differ("byte %u of the frame is %02X, expected %02X", (unsigned)at, seen[i], byte);
    }
}

static void expect_send(struct both *both, const struct model_action *expected, const WEB_SOCKET_BUFFER *seen)
{
    uint8_t pong_mask[4];
    bool masked = both->model.role == MODEL_CLIENT;
    enum side side = expected->is_pong ? SIDE_PONG : SIDE_SEND;
    both->bytes[side] = 0;
    for (ULONG i = 0; i < expected->count; i++) {
        const struct model_buffer *buffer = &expected->buffers[i];
        expect_number("the length", seen[i].Data.ulBufferLength, buffer->length);
        expect_place(both, buffer, seen[i].Data.pbBuffer, buffer->length);
        expect_frame(seen[i].Data.pbBuffer, buffer, expected->offset + both->bytes[side], masked,
                     expected->is_pong ? pong_mask : both->mask);
        both->bytes[side] += buffer->length;
    }
    const char *wrong = observer_see(&both->observer, seen, expected->count, expected->is_pong);
    if (wrong)
        both_differ("%s", wrong);
}

static void expect_read(struct both *both, const struct model_action *expected, const WEB_SOCKET_BUFFER *seen)
{
    uint32_t length = seen->Data.ulBufferLength;
    if (length == 0 || length > expected->buffers[0].length ||
        (expected->buffers[0].place && length != expected->buffers[0].length))
        both_differ("the read offers %u bytes, expected %u", (unsigned)length,
                    (unsigned)expected->buffers[0].length);
    expect_place(both, &expected->buffers[0], seen->Data.pbBuffer, length);
    model_offered(&both->model, length);
    both->bytes[SIDE_RECEIVE] = length;
    both->read = seen->Data.pbBuffer;
}

static void expect_close(const struct both *both, const struct model_action *expected,
                         const WEB_SOCKET_BUFFER *seen)
{
    const struct model_buffer *reason = &expected->buffers[0];
    expect_number("the close status", seen->CloseStatus.usStatus, expected->status);
    expect_number("the reason's length", seen->CloseStatus.ulReasonLength, reason->length);
    if (reason->length == 0) {
        if (seen->CloseStatus.pbReason)
            both_differ("the reason without a length is not NULL");
        return;
    }
    expect_place(both, reason, seen->CloseStatus.pbReason, reason->length);
    if (memcmp(seen->CloseStatus.pbReason, reason->bytes, reason->length) != 0)
        both_differ("the reason is another");
}

static void expect_data(const struct both *both, const struct model_action *expected,
                        const WEB_SOCKET_BUFFER *seen)
{
    const struct model_buffer *data = &expected->buffers[0];
    expect_number("the length", seen->Data.ulBufferLength, data->length);
    expect_place(both, data, seen->Data.pbBuffer, data->length);
    if (memcmp(seen->Data.pbBuffer, data->bytes, data->length) != 0)
        both_differ("the payload is another");
}

static void expect_buffers(struct both *both, const struct model_action *expected,
                           const WEB_SOCKET_BUFFER *seen)
{
    if (expected->is_close)
        expect_close(both, expected, seen);
    else if (expected->is_read)
        expect_read(both, expected, seen);
    else if (expected->action == WEB_SOCKET_SEND_TO_NETWORK_ACTION)
        expect_send(both, expected, seen);
    else if (expected->count > 0)
        expect_data(both, expected, seen);
}

/* An action's context is not NULL, and no other outstanding one's. */
static void remember_action(struct both *both, const struct model_action *expected, PVOID context)
{
    enum side side = SIDE_RECEIVE;
    if (expected->is_pong)
        side = SIDE_PONG;
    else if (expected->action == WEB_SOCKET_SEND_TO_NETWORK_ACTION ||
             expected->action == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION)
        side = SIDE_SEND;
    if (!context)
        both_differ("the action context is NULL");
    for (unsigned i = 0; i < SIDE_COUNT; i++)
        if (context == both->outstanding[i] || context == both->last[i])
            both_differ("the action context is that of another action");
    both->outstanding[side] = context;
}

/* 7: .NET asks again without pausing if a send that it has queued is told to have nothing to do. */
static bool message_is_due(const struct both *both)
{
    const struct model *m = &both->model;
    const struct model_operation *op = &m->sends.list[m->sends.done];
    return m->phase == MODEL_OPEN && m->sends.done < m->sends.count && m->send == MODEL_NOTHING &&
           (uint32_t)op->type >= (uint32_t)WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE &&
           (uint32_t)op->type <= (uint32_t)WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE;
}

static void step_get(struct both *both, unsigned queue, ULONG room)
{
    const bool due = queue != WEB_SOCKET_RECEIVE_ACTION_QUEUE && message_is_due(both);
    WEB_SOCKET_BUFFER buffers[3], untouched[3];
    WEB_SOCKET_ACTION action = (WEB_SOCKET_ACTION)77;
    WEB_SOCKET_BUFFER_TYPE type = (WEB_SOCKET_BUFFER_TYPE)77;
    PVOID context = POISON, action_context = POISON;
    ULONG count = room;
    memset(buffers, 0xA5, sizeof buffers);
    memset(untouched, 0xA5, sizeof untouched);

    HRESULT result = WebSocketGetAction(both->handle, (WEB_SOCKET_ACTION_QUEUE)queue, buffers, &count,
                                        &action, &type, &context, &action_context);
    struct model_action expected = model_get_action(&both->model, queue, room);
    if (due && result == S_OK && action == WEB_SOCKET_NO_ACTION)
        both_differ("there is nothing to do, although a message is due");
    expect_result("GetAction", result, expected.result);
    expect_number("the action", (uint64_t)action, (uint64_t)expected.action);
    expect_number("the buffer type", (uint32_t)type, (uint32_t)expected.type);
    expect_number("the count", count, expected.count);
    expect_number("the application context", (uintptr_t)context,
                  (uintptr_t)(expected.has_context ? expected.context : POISON));
    if (memcmp(buffers + count, untouched + count, (3 - count) * sizeof *buffers) != 0)
        both_differ("an element past the count was written to");
    expect_buffers(both, &expected, buffers);
    if (expected.action != WEB_SOCKET_NO_ACTION)
        remember_action(both, &expected, action_context);
    else if (action_context)
        both_differ("the action context is not NULL");
}

/* ---- CompleteAction ---- */

/* Of the library's action; the model's is up to the caller. */
static void complete(struct both *both, enum side side, uint32_t bytes)
{
    WebSocketCompleteAction(both->handle, both->outstanding[side], bytes);
    both->last[side] = both->outstanding[side];
    both->outstanding[side] = NULL;
}

static bool step_complete(struct both *both, enum side side, enum how how)
{
    if (how == AGAIN || how == NOTHING) { /* 8: ignored */
        if (how == AGAIN && !both->last[side])
            return false;
        WebSocketCompleteAction(both->handle, how == AGAIN ? both->last[side] : NULL, both->bytes[side]);
        return true;
    }
    bool network = side == SIDE_PONG || (side == SIDE_SEND && both->model.send == MODEL_NETWORK);
    bool reading = side == SIDE_RECEIVE && both->read; /* that is CALL_PEER and CALL_READ */
    if (!both->outstanding[side] || reading || (how == LESS && !network))
        return false;
    uint32_t bytes = network ? both->bytes[side] - (how == LESS) : 0;
    complete(both, side, bytes);
    if (side == SIDE_SEND && how == LESS)
        observer_give_up(&both->observer);
    if (side == SIDE_SEND)
        model_complete_send(&both->model, bytes);
    else if (side == SIDE_RECEIVE)
        model_complete_receive(&both->model, bytes);
    else
        model_complete_pong(&both->model);
    return true;
}

static void complete_read(struct both *both, uint32_t bytes)
{
    both->read = NULL;
    complete(both, SIDE_RECEIVE, bytes);
    model_complete_receive(&both->model, bytes);
}

/* A frame as the peer spells it, masked for a server. Returns the header's size. */
static uint32_t write_frame(struct both *both, const struct peer_frame *frame)
{
    static const uint8_t mask[4] = {0x12, 0x34, 0x56, 0x78};
    bool masked = both->model.role == MODEL_SERVER;
    uint8_t *to = both->stream + both->written;
    uint32_t head = 2;
    to[0] = frame->first;
    if (frame->length < 126) {
        to[1] = (uint8_t)frame->length;
    } else {
        to[1] = 126;
        to[head++] = (uint8_t)(frame->length >> 8);
        to[head++] = (uint8_t)frame->length;
    }
    if (masked) {
        to[1] |= 0x80;
        memcpy(to + head, mask, sizeof mask);
        head += (uint32_t)sizeof mask;
    }
    for (uint32_t i = 0; i < frame->length; i++)
        to[head + i] = (uint8_t)(frame->payload[i] ^ (masked ? mask[i % 4] : 0));
    both->written += head + frame->length;
    model_peer_sends(&both->model, frame);
    observer_note(&both->observer, frame);
    return head;
}

static bool step_peer(struct both *both, const struct letter *letter)
{
    if (!both->read || (!letter->frames[0] && both->given == both->written))
        return false;
    uint32_t begin = both->written, head = 0;
    for (unsigned i = 0; i < LETTER_FRAMES && letter->frames[i]; i++) {
        begin = both->written;
        head = write_frame(both, letter->frames[i]);
    }
    uint32_t until = both->written;
    if (letter->a == PART_FIRST_BYTE)
        until = begin + 1;
    else if (letter->a == PART_PAYLOAD)
        until = begin + head + letter->b;
    uint32_t bytes = until - both->given;
    if (bytes > both->bytes[SIDE_RECEIVE])
        bytes = both->bytes[SIDE_RECEIVE];
    memcpy(both->read, both->stream + both->given, bytes);
    both->given += bytes;
    complete_read(both, bytes);
    return true;
}

static bool step_read(struct both *both, unsigned more)
{
    if (!both->read)
        return false;
    complete_read(both, more ? both->bytes[SIDE_RECEIVE] + 1 : 0);
    return true;
}

bool both_step(struct both *both, const struct letter *letter)
{
    switch (letter->call) {
    case CALL_BEGIN:
        step_begin(both, letter->a, letter->b);
        return true;
    case CALL_END:
        step_end(both, letter->a, letter->b);
        return true;
    case CALL_SEND:
        step_send(both, letter->send);
        return true;
    case CALL_RECEIVE:
        step_receive(both, letter->a);
        return true;
    case CALL_GET:
        step_get(both, letter->a, letter->b);
        return true;
    case CALL_PEER:
        return step_peer(both, letter);
    case CALL_READ:
        return step_read(both, letter->a);
    case CALL_COMPLETE:
        return step_complete(both, (enum side)letter->a, (enum how)letter->b);
    case CALL_ABORT:
        WebSocketAbortHandle(both->handle);
        model_abort(&both->model);
        return true;
    case CALL_DELETE:
        WebSocketDeleteHandle(both->handle);
        model_delete(&both->model);
        return true;
    }
    return false;
}
