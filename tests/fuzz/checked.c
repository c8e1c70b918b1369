/*
 * checked.c - the calls on an open session and what they write, see checked.h: section 8 of the specification.
 */
#include "checked.h"

#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checked_model.h"

enum { ROOM_MAX = 3, POISON = 0x5A };

_Noreturn void checked_fail(const char *what)
{
    (void)fprintf(stderr, "CHECK FAILED: %s\n", what);
    abort();
}

/* Queues */

const struct checked_operation *checked_head(const struct checked_queue *queue)
{
    return queue->count > 0 ? &queue->ring[queue->first] : NULL;
}

void checked_push(struct checked_queue *queue, const struct checked_operation *operation)
{
    queue->ring[(queue->first + queue->count++) % CHECKED_QUEUE_MAX] = *operation;
}

void checked_pop(struct checked_queue *queue)
{
    queue->first = (queue->first + 1) % CHECKED_QUEUE_MAX;
    queue->count--;
}

/* Every context is another, and the first is NULL: a context of an operation like any other. */
static PVOID next_context(struct checked *checked)
{
    return (PVOID)(checked->contexts++ * 0x10001);
}

HRESULT checked_send(struct checked *checked, WEB_SOCKET_BUFFER_TYPE type, WEB_SOCKET_BUFFER *buffer)
{
    if (checked->sends.count == CHECKED_QUEUE_MAX)
        return E_OUTOFMEMORY;
    struct checked_operation operation;
    HRESULT expected = checked_judge_send(checked, type, buffer, &operation);
    operation.context = next_context(checked);
    HRESULT result = WebSocketSend(checked->handle, type, buffer, operation.context);
    CHECK(result == expected, "a send is taken or refused where it should not, or with another result");
    if (result == S_OK)
        checked_push(&checked->sends, &operation);
    checked_see_guard(checked);
    return result;
}

static HRESULT judge_receive(struct checked *checked)
{
    checked->open = checked->open || checked->may_open;
    if (!checked->open || checked->aborted || checked->receive_ended || checked->failure != 0)
        return E_INVALID_PROTOCOL_OPERATION;
    return S_OK;
}

HRESULT checked_receive(struct checked *checked, uint32_t own)
{
    if (checked->receives.count == CHECKED_QUEUE_MAX)
        return E_OUTOFMEMORY;
    struct checked_operation operation = {.context = next_context(checked), .length = own};
    if (own > 0) {
        operation.bytes = malloc(own);
        CHECK(operation.bytes, "no memory for the test itself");
    }
    HRESULT expected = judge_receive(checked);
    WEB_SOCKET_BUFFER buffer = {.Data = {operation.bytes, own}};
    HRESULT result = WebSocketReceive(checked->handle, own > 0 ? &buffer : NULL, operation.context);
    if (result == E_INVALID_PROTOCOL_OPERATION && expected == S_OK && checked->failure_may_come)
        checked->failure_comes = true;
    else
        CHECK(result == expected,
              "a receive is taken or refused where it should not, or with another result");
    if (result == S_OK)
        checked_push(&checked->receives, &operation);
    else
        free(operation.bytes);
    checked_see_guard(checked);
    return result;
}

/* Actions */

struct outputs {
    WEB_SOCKET_BUFFER buffers[ROOM_MAX + 1];
    ULONG count;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID application_context;
    PVOID context;
};

static struct expectation expect(struct checked *checked, WEB_SOCKET_ACTION_QUEUE queue, ULONG room)
{
    struct expectation expected = {.result = S_OK};
    checked->open = checked->open || checked->may_open;
    if (!checked->open) {
        expected.result = E_INVALID_PROTOCOL_OPERATION;
        return expected;
    }
    bool in_the_way = checked->several || checked->outstanding[CHECKED_PONG].context;
    bool failed = checked->failure != 0 || checked->failure_comes;
    if (checked->pong_due && !in_the_way && !(failed && queue == WEB_SOCKET_RECEIVE_ACTION_QUEUE)) {
        checked_expect_pong(&expected, true);
        return expected;
    }
    if (queue != WEB_SOCKET_RECEIVE_ACTION_QUEUE)
        checked_expect_send(checked, room, &expected);
    if (queue != WEB_SOCKET_SEND_ACTION_QUEUE && expected.action == WEB_SOCKET_NO_ACTION)
        checked_expect_receive(checked, &expected);
    return expected;
}

static bool is_poison(const void *bytes, size_t size)
{
    const uint8_t *byte = bytes;
    for (size_t i = 0; i < size; i++)
        if (byte[i] != POISON)
            return false;
    return true;
}

/* Broken input: the outputs of section 6, the same from then on. */
static void see_failure(struct checked *checked, const struct outputs *outputs)
{
    uint16_t status = outputs->buffers[0].CloseStatus.usStatus;
    CHECK(outputs->count == 1 && outputs->action == WEB_SOCKET_NO_ACTION && !outputs->context &&
              outputs->type == WEB_SOCKET_CLOSE_BUFFER_TYPE,
          "the outputs of a receive failure are wrong");
    CHECK(!outputs->buffers[0].CloseStatus.pbReason && outputs->buffers[0].CloseStatus.ulReasonLength == 0,
          "a receive failure has a reason");
    CHECK(status == WEB_SOCKET_PROTOCOL_ERROR_CLOSE_STATUS ||
              (status == WEB_SOCKET_INVALID_PAYLOAD_CLOSE_STATUS && !checked->options.disable_utf8),
          "a receive failure has a status that it cannot have");
    CHECK(checked->failure == 0 || checked->failure == status, "a receive failure changed its status");
    checked->failure = status;
}

static ULONG expected_count(const struct expectation *expected)
{
    switch (expected->action) {
    case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
        return expected->slot == CHECKED_PONG ? 1 : (expected->composed > 0) + (expected->referred > 0);
    case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
    case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
        return 1;
    default:
        return 0;
    }
}

static void see_outputs(const struct expectation *expected, const struct outputs *outputs, bool with_context)
{
    CHECK(outputs->action == expected->action, expected->action == WEB_SOCKET_NO_ACTION
                                                   ? "an action although nothing can be done"
                                                   : "not the action that is due");
    CHECK(outputs->count == expected_count(expected), "another number of buffers than the action's");
    CHECK(outputs->type == expected->type, "another buffer type than the action's");
    CHECK((outputs->context != NULL) == (expected->action != WEB_SOCKET_NO_ACTION),
          "an action without a context, or the reverse");
    if (with_context && expected->operation)
        CHECK(outputs->application_context == expected->operation->context,
              "the context of another operation");
}

/* Outputs that this call may not write; all calls, whatever their result. */
static void see_left_alone(const struct expectation *expected, const struct outputs *outputs,
                           bool with_context, HRESULT result)
{
    CHECK(is_poison(&outputs->buffers[outputs->count],
                    (ROOM_MAX + 1 - outputs->count) * sizeof outputs->buffers[0]),
          "a buffer past the count was written");
    if (!with_context || result != S_OK || !expected->operation)
        CHECK(is_poison(&outputs->application_context, sizeof(PVOID)), "the application context was written");
}

static void see_token(struct checked *checked, PVOID context)
{
    for (unsigned i = 0; i < sizeof checked->recent / sizeof checked->recent[0]; i++)
        CHECK(checked->recent[i] != context, "an action's context came twice");
    checked->recent[checked->calls % (sizeof checked->recent / sizeof checked->recent[0])] = context;
}

/* Library memory: inside ALLOCATED_BUFFER, or at least inside some block; never longer than the larger area. */
static void see_library_memory(const struct checked *checked, uint8_t *bytes, size_t size)
{
    size_t longest = checked->options.receive_size;
    if (longest < checked->options.send_size)
        longest = checked->options.send_size;
    CHECK(size <= longest, "a buffer is longer than RECEIVE_BUFFER_SIZE and SEND_BUFFER_SIZE");
    if (!checked->memory) {
        CHECK(!__asan_region_is_poisoned(bytes, size), "a buffer lies outside of any memory");
        return;
    }
    uintptr_t at = (uintptr_t)bytes;
    uintptr_t memory = (uintptr_t)checked->memory;
    CHECK(at >= memory && at - memory <= checked->memory_size && size <= checked->memory_size - (at - memory),
          "a buffer lies outside of ALLOCATED_BUFFER");
}

static void keep_copy(struct checked_action *action, const uint8_t *bytes, uint32_t size)
{
    if (size == 0)
        return;
    action->copy = malloc(size);
    CHECK(action->copy, "no memory for the test itself");
    memcpy(action->copy, bytes, size);
}

static void see_read(struct checked *checked, const struct expectation *expected,
                     const WEB_SOCKET_BUFFER *buffer)
{
    checked->direct = expected->into != NULL;
    CHECK(buffer->Data.ulBufferLength > 0, "a read of no bytes");
    if (expected->into) {
        CHECK(buffer->Data.pbBuffer == expected->into, "a read is not where the operation's payload goes on");
        CHECK(buffer->Data.ulBufferLength <= expected->length,
              "a read goes past its frame, or past the operation's memory");
        CHECK(buffer->Data.ulBufferLength == expected->length, "a read is shorter than it could be");
    } else {
        see_library_memory(checked, buffer->Data.pbBuffer, buffer->Data.ulBufferLength);
        CHECK(buffer->Data.ulBufferLength <= checked->options.receive_size,
              "a read is longer than RECEIVE_BUFFER_SIZE");
    }
    /* The network may write there from now on. */
    memset(buffer->Data.pbBuffer, POISON, buffer->Data.ulBufferLength);
}

static void see_indication(struct checked *checked, const struct expectation *expected,
                           struct checked_action *action)
{
    WEB_SOCKET_BUFFER *buffer =
        &action->buffers[0]; /* pbReason and ulReasonLength lie where pbBuffer and ulBufferLength do */
    checked_see_payload(checked, expected, buffer);
    if (!expected->into && buffer->Data.pbBuffer)
        see_library_memory(checked, buffer->Data.pbBuffer, buffer->Data.ulBufferLength);
    keep_copy(action, buffer->Data.pbBuffer, buffer->Data.ulBufferLength);
}

static void see_network_send(struct checked *checked, const struct expectation *expected,
                             struct checked_action *action)
{
    if (expected->slot == CHECKED_PONG) {
        checked_see_pong(checked, &action->buffers[0]);
        checked->pong_due = checked->pong_due && !expected->held;
    } else {
        checked_see_pieces(checked, expected, action->buffers);
    }
    if (expected->slot == CHECKED_PONG || expected->composed > 0) {
        see_library_memory(checked, action->buffers[0].Data.pbBuffer, action->buffers[0].Data.ulBufferLength);
        keep_copy(action, action->buffers[0].Data.pbBuffer, action->buffers[0].Data.ulBufferLength);
    }
}

static struct checked_action *note_action(struct checked *checked, const struct expectation *expected,
                                          const struct outputs *outputs)
{
    struct checked_action *action = &checked->outstanding[expected->slot];
    CHECK(!action->context, "the model expects two outstanding actions of one side");
    see_token(checked, outputs->context);
    *action = (struct checked_action){.context = outputs->context,
                                      .action = outputs->action,
                                      .type = outputs->type,
                                      .count = outputs->count};
    for (ULONG i = 0; i < outputs->count; i++) {
        action->buffers[i] = outputs->buffers[i];
        action->bytes += outputs->buffers[i].Data.ulBufferLength;
    }

    if (outputs->action == WEB_SOCKET_SEND_TO_NETWORK_ACTION)
        see_network_send(checked, expected, action);
    else if (outputs->action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
        see_read(checked, expected, &action->buffers[0]);
    else if (outputs->action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION)
        see_indication(checked, expected, action);
    else
        checked->send_finished = true;
    return action;
}

struct checked_action *checked_get(struct checked *checked, WEB_SOCKET_ACTION_QUEUE queue, ULONG room)
{
    struct expectation expected = expect(checked, queue, room);
    struct outputs outputs;
    memset(&outputs, POISON, sizeof outputs);
    outputs.count = room;
    bool with_context = (++checked->calls & 7) != 0; /* NULL now and then */
    HRESULT result = WebSocketGetAction(checked->handle, queue, outputs.buffers, &outputs.count,
                                        &outputs.action, &outputs.type,
                                        with_context ? &outputs.application_context : NULL, &outputs.context);
    checked_see_guard(checked);
    CHECK(outputs.count <= room, "more buffers than there is room for");

    if (result == E_INVALID_PROTOCOL_FORMAT && expected.may_fail) {
        see_failure(checked, &outputs);
        see_left_alone(&expected, &outputs, with_context, result);
        return NULL;
    }
    CHECK(result == expected.result, "another result than this state's");
    if (queue != WEB_SOCKET_SEND_ACTION_QUEUE)
        checked->failure_may_come = false;
    if (result != S_OK) {
        CHECK(outputs.count == 0 && outputs.action == WEB_SOCKET_NO_ACTION && !outputs.context,
              "the outputs of a failure are wrong");
        see_left_alone(&expected, &outputs, with_context, result);
        return NULL;
    }
    see_outputs(&expected, &outputs, with_context);
    see_left_alone(&expected, &outputs, with_context, result);
    if (expected.action == WEB_SOCKET_NO_ACTION)
        return NULL;
    struct checked_action *action = note_action(checked, &expected, &outputs);
    if (expected.slot == CHECKED_PONG) {
        checked->pong_holds_receive = !expected.held || queue == WEB_SOCKET_RECEIVE_ACTION_QUEUE;
        if (!expected.held)
            checked_pass_frame(checked);
    }
    return action;
}

/* Completions */

static void complete_send(struct checked *checked, const struct checked_action *action, ULONG bytes)
{
    if (action->action == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION) {
        checked_pop(&checked->sends);
        checked->send_finished = false;
        checked->frame_sent = 0;
    } else if (!checked->more || bytes != action->bytes) {
        checked->send_finished = true;
        checked->several = false;
    }
}

static void complete_receive(struct checked *checked, const struct checked_action *action)
{
    if (action->action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION) {
        free(checked_head(&checked->receives)->bytes);
        checked_pop(&checked->receives);
        checked->receive_cancelled = false;
    } else {
        checked_cancel_read(checked);
    }
}

/* What the action's buffers in library memory hold is as it was when they were returned. */
static void see_unchanged(struct checked_action *action)
{
    if (!action->copy)
        return;
    CHECK(memcmp(action->copy, action->buffers[0].Data.pbBuffer, action->buffers[0].Data.ulBufferLength) == 0,
          "the bytes of an outstanding action changed");
    free(action->copy);
    action->copy = NULL;
}

void checked_complete(struct checked *checked, unsigned slot, ULONG bytes)
{
    struct checked_action *action = &checked->outstanding[slot];
    if (!action->context)
        return;
    CHECK(action->action != WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION || bytes == 0 || bytes > action->bytes,
          "a read that gave something was completed without it");
    see_unchanged(action);
    WebSocketCompleteAction(checked->handle, action->context, bytes);
    checked_see_guard(checked);
    action->context = NULL;
    if (slot == CHECKED_SEND)
        complete_send(checked, action, bytes);
    else if (slot == CHECKED_RECEIVE)
        complete_receive(checked, action);
    else
        checked->pong_holds_receive = false;
}

static void keep_wire(struct checked *checked, const uint8_t *bytes, size_t count)
{
    if (checked->wire_capacity - checked->wire_size < count) {
        checked->wire_capacity = (checked->wire_size + count) * 2;
        checked->wire = realloc(checked->wire, checked->wire_capacity);
        CHECK(checked->wire, "no memory for the test itself");
    }
    memcpy(checked->wire + checked->wire_size, bytes, count);
    checked->wire_size += count;
}

void checked_read(struct checked *checked, const uint8_t *bytes, uint32_t count)
{
    struct checked_action *action = &checked->outstanding[CHECKED_RECEIVE];
    CHECK(action->context && action->action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION && count > 0 &&
              count <= action->bytes,
          "there is no such read");
    memcpy(action->buffers[0].Data.pbBuffer, bytes, count);
    keep_wire(checked, bytes, count);
    WebSocketCompleteAction(checked->handle, action->context, count);
    checked_see_guard(checked);
    action->context = NULL;
    checked->failure_may_come = checked->direct;
}

void checked_complete_other(struct checked *checked, PVOID context)
{
    for (unsigned slot = 0; slot < CHECKED_SLOTS; slot++)
        if (checked->outstanding[slot].context == context)
            return;
    WebSocketCompleteAction(checked->handle, context, 1);
}

void checked_abort(struct checked *checked)
{
    WebSocketAbortHandle(checked->handle);
    if (!checked->open)
        return;
    checked->aborted = true;
    checked->pong_due = false;
    checked->pong_holds_receive = false;
}
