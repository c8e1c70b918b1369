/*
 * Driving a session: the GetAction loop in pieces that a test can put together.
 */
#include "api_tests.h"

struct action get_action(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue, ULONG room)
{
    struct action action;

    memset(&action, BLOCK_POISON, sizeof action);
    assert_true(room <= COUNT_OF(action.buffers));
    action.count = room;
    action.result = ws->GetAction(handle, queue, action.buffers, &action.count, &action.action, &action.type,
                                  &action.application, &action.context);
    return action;
}

struct action next_action(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue, WEB_SOCKET_ACTION wanted)
{
    struct action action = get_action(handle, queue, 2);

    assert_result(S_OK, action.result);
    assert_int_equal(action.action, wanted);
    return action;
}

void expect_no_action(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue)
{
    struct action action = next_action(handle, queue, WEB_SOCKET_NO_ACTION);

    assert_int_equal(action.count, 0);
}

void expect_receive_failure(WEB_SOCKET_HANDLE handle, HRESULT result, USHORT status)
{
    struct action action = get_action(handle, RECEIVE_QUEUE, 2);

    assert_result(result, action.result);
    assert_int_equal(action.action, WEB_SOCKET_NO_ACTION);
    assert_null(action.context);
    assert_int_equal(action.count, 1);
    assert_int_equal(action.type, WEB_SOCKET_CLOSE_BUFFER_TYPE);
    assert_int_equal(action.buffers[0].CloseStatus.usStatus, status);
    assert_null(action.buffers[0].CloseStatus.pbReason);
    assert_int_equal(action.buffers[0].CloseStatus.ulReasonLength, 0);
}

ULONG action_size(const struct action *action)
{
    ULONG size = 0;

    assert_true(action->count <= COUNT_OF(action->buffers));
    for (ULONG i = 0; i < action->count; i++)
        size += action->buffers[i].Data.ulBufferLength;
    return size;
}

void complete(WEB_SOCKET_HANDLE handle, const struct action *action)
{
    complete_with(handle, action, action_size(action));
}

void complete_with(WEB_SOCKET_HANDLE handle, const struct action *action, ULONG bytes)
{
    ws->CompleteAction(handle, action->context, bytes);
}

/* ---- Sending ---- */

void send_data(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type, const void *bytes, size_t size,
               PVOID context)
{
    WEB_SOCKET_BUFFER buffer;
    void *address = NULL;

    memset(&buffer, 0, sizeof buffer);
    memcpy(&address, &bytes, sizeof address); /* the API's pointer is not const, but the library only reads */
    buffer.Data.pbBuffer = address;
    buffer.Data.ulBufferLength = (ULONG)size;
    assert_result(S_OK, ws->Send(handle, type, &buffer, context));
    memset(&buffer, BLOCK_POISON, sizeof buffer); /* it was copied during the call */
}

void send_close(WEB_SOCKET_HANDLE handle, USHORT status, const char *reason, PVOID context)
{
    WEB_SOCKET_BUFFER buffer;

    memset(&buffer, 0, sizeof buffer);
    if (reason != NULL) {
        buffer.CloseStatus.pbReason = heap_copy(reason, strlen(reason));
        buffer.CloseStatus.ulReasonLength = (ULONG)strlen(reason);
    }
    buffer.CloseStatus.usStatus = status;
    assert_result(S_OK, ws->Send(handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer, context));
    memset(&buffer, BLOCK_POISON, sizeof buffer);
}

void send_nothing(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type, PVOID context)
{
    assert_result(S_OK, ws->Send(handle, type, NULL, context));
}

size_t take_output(WEB_SOCKET_HANDLE handle, uint8_t *output, size_t room)
{
    size_t taken = 0;

    for (;;) {
        struct action action = get_action(handle, SEND_QUEUE, 2);

        assert_result(S_OK, action.result);
        if (action.action == WEB_SOCKET_NO_ACTION)
            return taken;
        if (action.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION) {
            assert_true(action_size(&action) <= room - taken);
            for (ULONG i = 0; i < action.count; i++) {
                memcpy(output + taken, action.buffers[i].Data.pbBuffer,
                       action.buffers[i].Data.ulBufferLength);
                taken += action.buffers[i].Data.ulBufferLength;
            }
        } else {
            assert_int_equal(action.action, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
        }
        complete(handle, &action);
    }
}

size_t send_bytes(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type, const void *bytes, size_t size,
                  uint8_t *output, size_t room)
{
    send_data(handle, type, bytes, size, NULL);
    return take_output(handle, output, room);
}

/* ---- Receiving ---- */

void receive(WEB_SOCKET_HANDLE handle, void *buffer, size_t size, PVOID context)
{
    WEB_SOCKET_BUFFER own;

    memset(&own, 0, sizeof own);
    own.Data.pbBuffer = buffer;
    own.Data.ulBufferLength = (ULONG)size;
    assert_result(S_OK, ws->Receive(handle, buffer != NULL ? &own : NULL, context));
    memset(&own, BLOCK_POISON, sizeof own);
}

size_t fill_read(const struct action *action, const void *bytes, size_t size)
{
    const WEB_SOCKET_BUFFER *buffer = &action->buffers[0];

    if (size > buffer->Data.ulBufferLength)
        size = buffer->Data.ulBufferLength;
    if (size > 0)
        memcpy(buffer->Data.pbBuffer, bytes, size);
    return size;
}

struct feeder feeder_start(WEB_SOCKET_HANDLE handle, const void *bytes, size_t size, size_t cut)
{
    struct feeder feeder;

    memset(&feeder, 0, sizeof feeder);
    feeder.handle = handle;
    feeder.bytes = bytes;
    feeder.left = size;
    feeder.cut = cut;
    return feeder;
}

void feeder_add(struct feeder *feeder, const void *bytes, size_t size)
{
    assert_int_equal(feeder->left, 0);
    feeder->bytes = bytes;
    feeder->left = size;
}

/* Fills one RECEIVE_FROM_NETWORK action and completes it. */
static void fill(struct feeder *feeder, const struct action *action)
{
    bool cut = feeder->cut != 0 && feeder->left > feeder->cut;
    size_t size = fill_read(action, feeder->bytes, cut ? feeder->cut : feeder->left);

    feeder->bytes += size;
    feeder->left -= size;
    complete_with(feeder->handle, action, (ULONG)size);
}

struct action feeder_next(struct feeder *feeder)
{
    struct action action;

    if (feeder->reading) {
        action = feeder->pending;
        feeder->reading = false;
    } else {
        action = get_action(feeder->handle, RECEIVE_QUEUE, 2);
    }
    while (action.result == S_OK && action.action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION) {
        assert_int_equal(action.count, 1);
        assert_non_null(action.buffers[0].Data.pbBuffer);
        assert_int_not_equal(action.buffers[0].Data.ulBufferLength, 0);
        if (feeder->left == 0) {
            feeder->pending = action;
            feeder->reading = true;
            break;
        }
        fill(feeder, &action);
        action = get_action(feeder->handle, RECEIVE_QUEUE, 2);
    }
    return action;
}

void feed(WEB_SOCKET_HANDLE handle, const void *bytes, size_t size, size_t cut)
{
    struct feeder feeder = feeder_start(handle, bytes, size, cut);

    while (feeder.left > 0) {
        struct action action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);

        assert_int_equal(action.count, 1);
        assert_int_not_equal(action.buffers[0].Data.ulBufferLength, 0);
        fill(&feeder, &action);
    }
}

void expect_indication(WEB_SOCKET_HANDLE handle, const struct action *action, WEB_SOCKET_BUFFER_TYPE type,
                       const void *bytes, size_t size)
{
    assert_result(S_OK, action->result);
    assert_int_equal(action->action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    assert_int_equal(action->type, type);
    assert_int_equal(action->count, 1);
    assert_int_equal(action->buffers[0].Data.ulBufferLength, size);
    assert_non_null(action->buffers[0].Data.pbBuffer);
    if (size > 0)
        assert_memory_equal(action->buffers[0].Data.pbBuffer, bytes, size);
    complete(handle, action);
}

PVOID expect_payload(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type, const void *bytes, size_t size)
{
    struct action action = get_action(handle, RECEIVE_QUEUE, 2);

    expect_indication(handle, &action, type, bytes, size);
    return action.application;
}

PVOID expect_close(WEB_SOCKET_HANDLE handle, USHORT status, const char *reason)
{
    struct action action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);

    assert_int_equal(action.type, WEB_SOCKET_CLOSE_BUFFER_TYPE);
    assert_int_equal(action.count, 1);
    assert_int_equal(action.buffers[0].CloseStatus.usStatus, status);
    if (reason == NULL) {
        assert_null(action.buffers[0].CloseStatus.pbReason);
        assert_int_equal(action.buffers[0].CloseStatus.ulReasonLength, 0);
    } else {
        assert_int_equal(action.buffers[0].CloseStatus.ulReasonLength, strlen(reason));
        assert_memory_equal(action.buffers[0].CloseStatus.pbReason, reason, strlen(reason));
    }
    complete(handle, &action);
    return action.application;
}

void expect_server_pong(WEB_SOCKET_HANDLE server, WEB_SOCKET_ACTION_QUEUE queue, const void *payload,
                        size_t size)
{
    uint8_t frame[FRAME_HEADER_MAX + 125];
    size_t frame_size = make_frame(frame, FIN | OP_PONG, false, payload, size);
    struct action action = next_action(server, queue, WEB_SOCKET_SEND_TO_NETWORK_ACTION);

    assert_int_equal(action.type, WEB_SOCKET_PING_PONG_BUFFER_TYPE);
    assert_int_equal(action.count, 1);
    assert_int_equal(action.buffers[0].Data.ulBufferLength, frame_size);
    assert_memory_equal(action.buffers[0].Data.pbBuffer, frame, frame_size);
    complete(server, &action);
}

/* ---- Frames ---- */

size_t make_frame(uint8_t *frame, unsigned first, bool masked, const void *payload, size_t size)
{
    static const uint8_t key[4] = {0x37, 0xFA, 0x21, 0x3D};
    size_t at = frame_header_write(frame, (uint8_t)first, size, masked ? key : NULL);

    if (size > 0)
        memcpy(frame + at, payload, size);
    if (masked)
        frame_mask(frame + at, size, key);
    return at + size;
}

size_t make_close(uint8_t *frame, bool masked, USHORT status, const char *reason)
{
    uint8_t body[2 + 123];
    size_t size = reason != NULL ? strlen(reason) : 0;

    assert_true(size <= sizeof body - 2);
    body[0] = (uint8_t)(status >> 8);
    body[1] = (uint8_t)(status & 0xFF);
    if (size > 0)
        memcpy(body + 2, reason, size);
    return make_frame(frame, FIN | OP_CLOSE, masked, body, 2 + size);
}

struct frame read_frame(uint8_t *bytes, size_t size)
{
    struct frame_header header;
    struct frame frame;

    assert_true(frame_header_read(bytes, size, &header));
    assert_int_equal(header.size, frame_header_size(header.length, header.masked));
    assert_true(header.length <= size - header.size);
    frame.first = header.first;
    frame.masked = header.masked;
    memcpy(frame.key, header.key, sizeof frame.key);
    frame.payload = bytes + header.size;
    frame.size = (size_t)header.length;
    frame.total = header.size + frame.size;
    if (frame.masked)
        frame_mask(frame.payload, frame.size, frame.key);
    return frame;
}
