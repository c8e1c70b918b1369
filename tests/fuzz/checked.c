/*
 * checked.c - the calls on an open session, see checked.h: sections 8 and 9 of the
 * specification.
 */
#include "checked.h"

#include <stdlib.h>
#include <string.h>

#include "checked_model.h"

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
    claim(result == expected, "a send is taken or refused where it should not, or with another result");
    if (result == S_OK)
        checked_push(&checked->sends, &operation);
    checked_see_guard(checked);
    return result;
}

static HRESULT judge_receive(struct checked *checked)
{
    checked->open = checked->open || checked->may_open;
    if (!checked->open || checked->aborted || checked->receive_lost || checked->failure != 0)
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
        claim(operation.bytes, "no memory for the test itself");
    }
    HRESULT expected = judge_receive(checked);
    WEB_SOCKET_BUFFER buffer = {.Data = {operation.bytes, own}};
    HRESULT result = WebSocketReceive(checked->handle, own > 0 ? &buffer : NULL, operation.context);
    if (result == E_INVALID_PROTOCOL_OPERATION && expected == S_OK && checked->failure_may_come)
        checked->failure_comes = true;
    else
        claim(result == expected,
              "a receive is taken or refused where it should not, or with another result");
    if (result == S_OK)
        checked_push(&checked->receives, &operation);
    else
        free(operation.bytes);
    checked_see_guard(checked);
    return result;
}

/* Actions */

static struct expectation predict(struct checked *checked, WEB_SOCKET_ACTION_QUEUE queue, ULONG room)
{
    struct expectation expected = {.result = S_OK};
    checked->open = checked->open || checked->may_open;
    if (!checked->open) {
        expected.result = E_INVALID_PROTOCOL_OPERATION;
        return expected;
    }
    bool in_the_way = checked_pong_is_barred(checked) || checked->send_waits;
    bool failed = checked->failure != 0 || checked->failure_comes;
    bool on_send_side = queue != WEB_SOCKET_RECEIVE_ACTION_QUEUE;
    if (checked->pong_due && !in_the_way && !(on_send_side ? checked->pong_passed : failed)) {
        checked_expect_pong(&expected, true);
        expected.may_fail = queue == WEB_SOCKET_RECEIVE_ACTION_QUEUE && checked->failure_may_come;
        return expected;
    }
    if (queue != WEB_SOCKET_RECEIVE_ACTION_QUEUE)
        checked_expect_send(checked, room, &expected);
    if (queue != WEB_SOCKET_SEND_ACTION_QUEUE && expected.action == WEB_SOCKET_NO_ACTION)
        checked_expect_receive(checked, &expected);
    return expected;
}

/* With a count of 0: what needs no buffer is done, all else is refused, and then it is as if nobody had asked. */
static struct expectation predict_without_buffers(struct checked *checked, WEB_SOCKET_ACTION_QUEUE queue)
{
    struct checked tried = *checked;
    struct expectation expected = predict(&tried, queue, 2);
    checked->open = tried.open;
    bool has_buffers = expected.action != WEB_SOCKET_NO_ACTION &&
                       expected.action != WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION;
    if (has_buffers || expected.result == E_INVALID_PROTOCOL_FORMAT)
        return (struct expectation){.result = E_INVALIDARG};
    if (expected.operation) /* not the copy's */
        expected.operation = checked_head(&checked->sends);
    return expected;
}

struct checked_action *checked_get(struct checked *checked, WEB_SOCKET_ACTION_QUEUE queue, ULONG room)
{
    struct expectation expected =
        room > 0 ? predict(checked, queue, room) : predict_without_buffers(checked, queue);
    struct checked_outputs outputs;
    memset(&outputs, CHECKED_POISON, sizeof outputs);
    outputs.count = room;
    bool with_context = (++checked->calls & 7) != 0; /* NULL now and then */
    HRESULT result = WebSocketGetAction(checked->handle, queue, outputs.buffers, &outputs.count,
                                        &outputs.action, &outputs.type,
                                        with_context ? &outputs.application_context : NULL, &outputs.context);
    checked_see_guard(checked);
    claim(outputs.count <= room, "more buffers than there is room for");
    if (queue != WEB_SOCKET_RECEIVE_ACTION_QUEUE && checked_message_is_due(checked))
        claim(result != S_OK || outputs.action != WEB_SOCKET_NO_ACTION,
              "there is nothing to do, although a message is due");
    const struct checked_operation *operation = with_context && result == S_OK ? expected.operation : NULL;
    if (result == E_INVALID_PROTOCOL_FORMAT && expected.may_fail) {
        checked_see_failure(checked, &outputs);
        checked_see_left_alone(&outputs, NULL);
        return NULL;
    }
    claim(result == expected.result, "another result than this state's");
    if (expected.may_fail)
        checked->failure_may_come = false;
    checked_see_outputs(&expected, &outputs, operation);
    if (expected.action == WEB_SOCKET_NO_ACTION)
        return NULL;
    struct checked_action *action = checked_note_action(checked, &expected, &outputs);
    if (expected.slot == CHECKED_PONG) {
        checked->pong_holds_receive = !expected.held || queue == WEB_SOCKET_RECEIVE_ACTION_QUEUE;
        if (expected.held)
            checked->pong_passed = queue != WEB_SOCKET_RECEIVE_ACTION_QUEUE && checked->sends.count > 0 &&
                                   !checked->outstanding[CHECKED_SEND].context;
        else
            checked_pass_frame(checked);
    } else if (expected.slot == CHECKED_SEND) {
        checked->pong_passed = false;
    }
    return action;
}

/* Completions */

static void complete_send(struct checked *checked, const struct checked_action *action, ULONG bytes)
{
    if (action->action == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION) {
        checked_pop(&checked->sends);
        checked->send_finished = false;
        checked->frame_sent = checked->passed = 0;
    } else if (!checked->more || bytes != action->bytes) {
        checked->send_finished = true;
        checked->several = false;
    } else if (!checked->several) { /* a fragment, which was one action */
        checked->passed += (uint32_t)checked->payload;
        checked->frame_sent = 0;
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
    claim(memcmp(action->copy, action->buffers[0].Data.pbBuffer, action->buffers[0].Data.ulBufferLength) == 0,
          "the bytes of an outstanding action changed");
    free(action->copy);
    action->copy = NULL;
}

void checked_complete(struct checked *checked, unsigned slot, ULONG bytes)
{
    struct checked_action *action = &checked->outstanding[slot];
    if (!action->context)
        return;
    claim(action->action != WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION || bytes == 0 || bytes > action->bytes,
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
        claim(checked->wire, "no memory for the test itself");
    }
    memcpy(checked->wire + checked->wire_size, bytes, count);
    checked->wire_size += count;
}

void checked_read(struct checked *checked, const uint8_t *bytes, uint32_t count)
{
    struct checked_action *action = &checked->outstanding[CHECKED_RECEIVE];
    claim(action->context && action->action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION && count > 0 &&
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
        if (context && checked->outstanding[slot].context == context)
            return;
    WebSocketCompleteAction(checked->handle, context, 1);
}

void checked_abort(struct checked *checked)
{
    WebSocketAbortHandle(checked->handle);
    if (!checked->open)
        return;
    checked->aborted = true;
    checked->send_waits = false;
    checked->pong_due = false;
    checked->pong_holds_receive = false;
}
