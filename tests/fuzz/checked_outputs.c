/*
 * checked_outputs.c - what a WebSocketGetAction wrote, see checked.h: the table of section 8 of the
 * specification.
 */
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

#include "checked_model.h"

static bool is_poison(const void *bytes, size_t size)
{
    const uint8_t *byte = bytes;
    return byte[0] == CHECKED_POISON && memcmp(byte, byte + 1, size - 1) == 0;
}

void checked_see_failure(struct checked *checked, const struct checked_outputs *outputs)
{
    uint16_t status = outputs->buffers[0].CloseStatus.usStatus;
    claim(outputs->count == 1 && outputs->action == WEB_SOCKET_NO_ACTION && !outputs->context &&
              outputs->type == WEB_SOCKET_CLOSE_BUFFER_TYPE,
          "the outputs of a receive failure are wrong");
    claim(!outputs->buffers[0].CloseStatus.pbReason && outputs->buffers[0].CloseStatus.ulReasonLength == 0,
          "a receive failure has a reason");
    claim(status == WEB_SOCKET_PROTOCOL_ERROR_CLOSE_STATUS ||
              (status == WEB_SOCKET_INVALID_PAYLOAD_CLOSE_STATUS && !checked->options.disable_utf8),
          "a receive failure has a status that it cannot have");
    claim(checked->failure == 0 || checked->failure == status, "a receive failure changed its status");
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

void checked_see_left_alone(const struct checked_outputs *outputs, const struct checked_operation *operation)
{
    claim(is_poison(&outputs->buffers[outputs->count],
                    (CHECKED_ROOM_MAX + 1 - outputs->count) * sizeof outputs->buffers[0]),
          "a buffer past the count was written");
    if (!operation)
        claim(is_poison(&outputs->application_context, sizeof(PVOID)), "the application context was written");
}

void checked_see_outputs(const struct expectation *expected, const struct checked_outputs *outputs,
                         const struct checked_operation *operation)
{
    claim(outputs->action == expected->action, expected->action == WEB_SOCKET_NO_ACTION
                                                   ? "an action although nothing can be done"
                                                   : "not the action that is due");
    claim(outputs->count == expected_count(expected), "another number of buffers than the action's");
    claim(outputs->type == expected->type, "another buffer type than the action's");
    claim((outputs->context != NULL) == (expected->action != WEB_SOCKET_NO_ACTION),
          "an action without a context, or the reverse");
    if (operation)
        claim(outputs->application_context == operation->context, "the context of another operation");
    checked_see_left_alone(outputs, operation);
}

/* Not a context that is still outstanding, nor one that was lately. */
static void see_token(struct checked *checked, PVOID context)
{
    for (unsigned slot = 0; slot < CHECKED_SLOTS; slot++)
        claim(checked->outstanding[slot].context != context, "two outstanding actions have the same context");
    for (unsigned i = 0; i < sizeof checked->recent / sizeof checked->recent[0]; i++)
        claim(checked->recent[i] != context, "an action's context came twice");
    checked->recent[checked->calls % (sizeof checked->recent / sizeof checked->recent[0])] = context;
}

/*
 * Library memory: inside ALLOCATED_BUFFER, or at least inside some block; never longer than the larger area.
 */
static void see_library_memory(const struct checked *checked, uint8_t *bytes, size_t size)
{
    size_t longest = checked->options.receive_size;
    if (longest < checked->options.send_size)
        longest = checked->options.send_size;
    claim(size <= longest, "a buffer is longer than RECEIVE_BUFFER_SIZE and SEND_BUFFER_SIZE");
    if (!checked->memory) {
        claim(!__asan_region_is_poisoned(bytes, size), "a buffer lies outside of any memory");
        return;
    }
    uintptr_t at = (uintptr_t)bytes;
    uintptr_t memory = (uintptr_t)checked->memory;
    claim(at >= memory && at - memory <= checked->memory_size && size <= checked->memory_size - (at - memory),
          "a buffer lies outside of ALLOCATED_BUFFER");
}

static void keep_copy(struct checked_action *action, const uint8_t *bytes, uint32_t size)
{
    if (size == 0)
        return;
    action->copy = malloc(size);
    claim(action->copy, "no memory for the test itself");
    memcpy(action->copy, bytes, size);
}

static void see_read(struct checked *checked, const struct expectation *expected,
                     const WEB_SOCKET_BUFFER *buffer)
{
    checked->direct = expected->into != NULL;
    claim(buffer->Data.ulBufferLength > 0, "a read of no bytes");
    if (expected->into) {
        claim(buffer->Data.pbBuffer == expected->into, "a read is not where the operation's payload goes on");
        claim(buffer->Data.ulBufferLength <= expected->length,
              "a read goes past its frame, or past the operation's memory");
        claim(buffer->Data.ulBufferLength == expected->length, "a read is shorter than it could be");
    } else {
        see_library_memory(checked, buffer->Data.pbBuffer, buffer->Data.ulBufferLength);
        claim(buffer->Data.ulBufferLength <= checked->options.receive_size,
              "a read is longer than RECEIVE_BUFFER_SIZE");
    }
    /* The network may write there from now on. */
    memset(buffer->Data.pbBuffer, CHECKED_POISON, buffer->Data.ulBufferLength);
}

static void see_indication(struct checked *checked, const struct expectation *expected,
                           struct checked_action *action)
{
    /* A close's pbReason and ulReasonLength lie where pbBuffer and ulBufferLength do. */
    WEB_SOCKET_BUFFER *buffer = &action->buffers[0];
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

struct checked_action *checked_note_action(struct checked *checked, const struct expectation *expected,
                                           const struct checked_outputs *outputs)
{
    struct checked_action *action = &checked->outstanding[expected->slot];
    claim(!action->context, "the model expects two outstanding actions of one side");
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
