/*
 * checked_send.c - the model's send side, see checked.h: sections 5 and 7 of the specification.
 */
#include <string.h>

#include "checked_model.h"

enum { FIN = 0x80, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10, OPCODE = 0x0F, CONTROL_MAX = 131 };

static bool is_control(uint8_t first)
{
    return (first & 8) != 0;
}

static HRESULT judge_data(struct checked *checked, WEB_SOCKET_BUFFER_TYPE type,
                          struct checked_operation *operation)
{
    uint8_t opcode = (uint32_t)type < (uint32_t)WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE ? TEXT : BINARY;
    bool final = ((uint32_t)type & 1) == 0;
    if (checked->close_queued || (checked->message != 0 && checked->message != opcode))
        return E_INVALID_PROTOCOL_OPERATION;
    operation->first = (uint8_t)((final ? FIN : 0) | (checked->message != 0 ? 0 : opcode));
    checked->message = final ? 0 : opcode;
    return S_OK;
}

static HRESULT judge_close(struct checked *checked)
{
    if (checked->close_queued)
        return E_INVALID_PROTOCOL_OPERATION;
    checked->close_queued = true;
    return S_OK;
}

/* An extension's frame: data may not break into a message of another kind, close ends everything. */
static HRESULT judge_raw(struct checked *checked, uint8_t first)
{
    uint8_t opcode = first & OPCODE;
    if (!checked->options.extension)
        return E_INVALID_PROTOCOL_OPERATION;
    if (opcode == CLOSE)
        return judge_close(checked);
    if (is_control(first))
        return S_OK;
    if (checked->close_queued || (opcode == 0) != (checked->message != 0))
        return E_INVALID_PROTOCOL_OPERATION;
    if (first & FIN)
        checked->message = 0;
    else if (opcode != 0)
        checked->message = opcode;
    return S_OK;
}

static bool is_data(WEB_SOCKET_BUFFER_TYPE type)
{
    return (uint32_t)type >= (uint32_t)WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE &&
           (uint32_t)type <= (uint32_t)WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE;
}

/* Which of these is right is the caller's decision. */
static bool status_may_be_sent(uint16_t status)
{
    return status >= 1000 && status != WEB_SOCKET_SECURE_HANDSHAKE_ERROR_CLOSE_STATUS;
}

/* Both stand for a close frame without a body. */
static bool status_is_none(uint16_t status)
{
    return status == WEB_SOCKET_EMPTY_CLOSE_STATUS || status == WEB_SOCKET_ABORTED_CLOSE_STATUS;
}

static bool close_is_legal(const WEB_SOCKET_BUFFER *buffer, struct checked_operation *operation)
{
    operation->first = FIN | CLOSE;
    if (!buffer)
        return true;
    operation->bytes = buffer->CloseStatus.pbReason;
    operation->length = buffer->CloseStatus.ulReasonLength;
    if (status_is_none(buffer->CloseStatus.usStatus))
        return !operation->bytes && operation->length == 0;
    operation->status = buffer->CloseStatus.usStatus;
    return (operation->bytes || operation->length == 0) &&
           operation->length <= WEB_SOCKET_MAX_CLOSE_REASON_LENGTH && status_may_be_sent(operation->status);
}

/* Arguments that can never be right; sets what the operation takes from them. */
static bool is_legal(WEB_SOCKET_BUFFER_TYPE type, const WEB_SOCKET_BUFFER *buffer,
                     struct checked_operation *operation)
{
    if (type == WEB_SOCKET_CLOSE_BUFFER_TYPE)
        return close_is_legal(buffer, operation);
    if (type == WEB_SOCKET_PING_PONG_BUFFER_TYPE || type == WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE) {
        operation->first = FIN | (type == WEB_SOCKET_PING_PONG_BUFFER_TYPE ? PING : PONG);
        return !buffer;
    }
    if (!is_data(type)) {
        if ((uint32_t)type >= 0x200 || (uint32_t)type & 1)
            return false;
        operation->first = (uint8_t)((uint32_t)type >> 1);
    }
    if (buffer) {
        operation->bytes = buffer->Data.pbBuffer;
        operation->length = buffer->Data.ulBufferLength;
    }
    if (!operation->bytes && operation->length > 0)
        return false;
    return is_data(type) || !is_control(operation->first) ||
           (operation->first & FIN && operation->length <= 125);
}

HRESULT checked_judge_send(struct checked *checked, WEB_SOCKET_BUFFER_TYPE type,
                           const WEB_SOCKET_BUFFER *buffer, struct checked_operation *operation)
{
    *operation = (struct checked_operation){.type = type};
    if (!is_legal(type, buffer, operation))
        return E_INVALIDARG;
    checked->open = checked->open || checked->may_open;
    if (!checked->open || checked->aborted)
        return E_INVALID_PROTOCOL_OPERATION;
    if (is_data(type))
        return judge_data(checked, type, operation);
    if (type == WEB_SOCKET_CLOSE_BUFFER_TYPE)
        return judge_close(checked);
    if ((uint32_t)type < 0x200)
        return judge_raw(checked, operation->first);
    return S_OK;
}

/* Frames */

static bool is_masked(const struct checked *checked)
{
    return !checked->options.server && !checked->options.disable_masking;
}

static uint32_t status_size(const struct checked_operation *operation)
{
    return operation->status != 0 ? 2 : 0;
}

/* Bytes that no frame has had yet. */
static uint64_t payload_left(const struct checked *checked, const struct checked_operation *operation)
{
    return (uint64_t)status_size(operation) + (operation->length - checked->passed);
}

static uint32_t header_size(const struct checked *checked, uint64_t payload)
{
    return frame_header_size(payload, !checked->options.server);
}

/* What the next network action of the head's frame takes; see 5.1. */
static void next_pieces(const struct checked *checked, const struct checked_operation *head, ULONG room,
                        struct expectation *expected)
{
    uint64_t payload = expected->payload;
    uint32_t size = header_size(checked, payload);
    bool whole_control = !checked->options.server && is_control(head->first) && room < 2;
    if (is_masked(checked) || whole_control) {
        uint64_t left = size + payload - checked->frame_sent;
        uint32_t limit = is_control(head->first) ? CONTROL_MAX : checked->options.send_size;
        expected->composed = left < limit ? (uint32_t)left : limit;
        return;
    }
    expected->composed = checked->frame_sent == 0 ? size + status_size(head) : 0;
    if (room > (expected->composed > 0 ? 1u : 0u))
        expected->referred = head->length - checked->passed;
}

/* The frame that begins with all that is left, or the one that is being sent. */
static void next_frame(const struct checked *checked, const struct checked_operation *head, ULONG room,
                       struct expectation *expected)
{
    expected->payload = checked->frame_sent == 0 ? payload_left(checked, head) : checked->payload;
    expected->first = checked->passed > 0 ? head->first & FIN : head->first;
    next_pieces(checked, head, room, expected);
    uint64_t whole = header_size(checked, expected->payload) + expected->payload;
    expected->last = (uint64_t)checked->frame_sent + expected->composed + expected->referred == whole;
}

/* It is cut instead: a frame with as much payload as one action holds, and FIN only if that is all. */
static void cut(const struct checked *checked, struct expectation *expected)
{
    uint32_t most = checked->options.send_size;
    while (header_size(checked, most) + most > checked->options.send_size)
        most--;
    if (expected->payload > most) {
        expected->payload = most;
        expected->first &= (uint8_t)~FIN;
    }
    expected->composed = header_size(checked, expected->payload) + (uint32_t)expected->payload;
    expected->referred = 0;
    expected->last = true;
}

bool checked_message_is_due(const struct checked *checked)
{
    const struct checked_operation *head = checked_head(&checked->sends);
    return head && is_data(head->type) && !checked->outstanding[CHECKED_SEND].context;
}

void checked_expect_send(struct checked *checked, ULONG room, struct expectation *expected)
{
    const struct checked_operation *head = checked_head(&checked->sends);
    if (!head || checked->outstanding[CHECKED_SEND].context)
        return;
    struct expectation next = {.operation = head, .slot = CHECKED_SEND, .type = head->type};
    next.action = WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION;
    if (!checked->send_finished && !checked->aborted) {
        next.action = WEB_SOCKET_SEND_TO_NETWORK_ACTION;
        next_frame(checked, head, room, &next);
        /* A frame of several actions is not begun beside a pong: a message is cut, anything else waits. */
        bool must_be_alone =
            checked->frame_sent == 0 && !next.last && checked->outstanding[CHECKED_PONG].context;
        checked->send_waits = must_be_alone && !is_data(head->type);
        if (checked->send_waits)
            return;
        if (must_be_alone)
            cut(checked, &next);
    }
    *expected = next;
}

void checked_expect_pong(struct expectation *expected, bool held)
{
    *expected = (struct expectation){.action = WEB_SOCKET_SEND_TO_NETWORK_ACTION,
                                     .type = WEB_SOCKET_PING_PONG_BUFFER_TYPE,
                                     .slot = CHECKED_PONG,
                                     .held = held};
}

/* The header in front of a frame's first action; the key under which the rest is masked is learnt from it. */
static void see_header(uint8_t key[4], const struct checked *checked, uint8_t first, uint64_t payload,
                       const WEB_SOCKET_BUFFER *buffer)
{
    uint8_t header[FRAME_HEADER_MAX];
    uint32_t size = header_size(checked, payload);
    claim(buffer->Data.ulBufferLength >= size, "a frame's first action has no whole header");
    if (!checked->options.server)
        memcpy(key, buffer->Data.pbBuffer + size - 4, 4);
    (void)frame_header_write(header, first, payload, checked->options.server ? NULL : key);
    claim(memcmp(header, buffer->Data.pbBuffer, size) == 0, "a frame's header is wrong");
    const uint8_t zero[4] = {0};
    claim(is_masked(checked) || memcmp(key, zero, 4) == 0, "the key is not 0 although masking is disabled");
}

void checked_see_pieces(struct checked *checked, const struct expectation *expected,
                        const WEB_SOCKET_BUFFER *buffers)
{
    const struct checked_operation *head = expected->operation;
    const WEB_SOCKET_BUFFER *composed = &buffers[0];
    const WEB_SOCKET_BUFFER *referred = &buffers[expected->composed > 0 ? 1 : 0];
    if (expected->referred > 0) {
        claim(referred->Data.pbBuffer == head->bytes + checked->passed,
              "what is sent is not the caller's payload");
        claim(referred->Data.ulBufferLength == expected->referred,
              "the caller's payload is sent with another length");
    }
    if (expected->composed > 0) {
        claim(composed->Data.ulBufferLength == expected->composed,
              "a part of a frame has another length than it should");
        uint32_t size = header_size(checked, expected->payload);
        uint32_t skipped = 0;
        if (checked->frame_sent == 0) {
            see_header(checked->key, checked, expected->first, expected->payload, composed);
            skipped = size;
            if (head->status != 0) {
                const uint8_t status[2] = {(uint8_t)(head->status >> 8), (uint8_t)head->status};
                claim(frame_masked_equal(composed->Data.pbBuffer + skipped, status, 2, checked->key, 0),
                      "a close frame's status is wrong");
                skipped += 2;
            }
        }
        uint32_t before = size + status_size(head); /* of the frame, in front of the caller's bytes */
        uint32_t offset = checked->frame_sent + skipped - before;
        claim(frame_masked_equal(composed->Data.pbBuffer + skipped,
                                 head->bytes ? head->bytes + checked->passed + offset : NULL,
                                 expected->composed - skipped, checked->key, offset + status_size(head)),
              "payload is sent wrong");
    }
    checked->payload = expected->payload;
    checked->frame_sent += expected->composed + expected->referred;
    checked->more = !expected->last || expected->payload < payload_left(checked, head);
    checked->several = checked->several || !expected->last;
}

void checked_see_pong(const struct checked *checked, const WEB_SOCKET_BUFFER *buffer)
{
    uint8_t key[4] = {0};
    uint32_t size = header_size(checked, checked->pong_length);
    claim(buffer->Data.ulBufferLength == size + checked->pong_length,
          "a pong has another length than its ping");
    see_header(key, checked, FIN | PONG, checked->pong_length, buffer);
    claim(frame_masked_equal(buffer->Data.pbBuffer + size, checked->pong, checked->pong_length, key, 0),
          "a pong has another payload than its ping");
}
