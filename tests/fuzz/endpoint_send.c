/*
 * endpoint_send.c - WebSocketSend with a payload that is made for the purpose, and what must become of the
 * call: sections 5 and 5.3 of the specification.
 */
#include "endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "blocks.h"

#define FIN             0x80u
#define OPCODE          0x0Fu
#define RESERVED        0x70u
#define OPCODE_CLOSE    8u
#define CONTROL         8u
#define EXTENSION_BELOW 0x200u /* buffer types that are a frame's first bits */
#define REASON_MAX      123u
#define CONTROL_MAX     125u

static bool is_raw(WEB_SOCKET_BUFFER_TYPE type)
{
    return (unsigned)type < EXTENSION_BELOW;
}

/* The first byte of the frame that has to come of it. */
static uint8_t first_byte(const struct endpoint *endpoint, WEB_SOCKET_BUFFER_TYPE type)
{
    uint8_t begun = endpoint->message != 0;
    switch ((unsigned)type) {
    case (unsigned)WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE:
        return begun ? 0x80 : 0x81;
    case (unsigned)WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE:
        return begun ? 0x00 : 0x01;
    case (unsigned)WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE:
        return begun ? 0x80 : 0x82;
    case (unsigned)WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE:
        return begun ? 0x00 : 0x02;
    case (unsigned)WEB_SOCKET_CLOSE_BUFFER_TYPE:
        return 0x88;
    case (unsigned)WEB_SOCKET_PING_PONG_BUFFER_TYPE:
        return 0x89;
    case (unsigned)WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE:
        return 0x8A;
    default:
        return (uint8_t)((unsigned)type / 2);
    }
}

/* The opcode of the message that the data belongs to. */
static uint8_t message_of(const struct endpoint *endpoint, WEB_SOCKET_BUFFER_TYPE type, uint8_t first)
{
    if (is_raw(type))
        return first & OPCODE ? first & OPCODE : endpoint->message;
    return type == WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE || type == WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE ? 1
                                                                                                       : 2;
}

static bool is_admitted(const struct endpoint *endpoint, WEB_SOCKET_BUFFER_TYPE type, uint8_t first)
{
    if (is_raw(type) && !endpoint->extension)
        return false;
    if ((first & OPCODE) == OPCODE_CLOSE)
        return !endpoint->close_queued;
    if (first & CONTROL)
        return true;
    if (endpoint->close_queued)
        return false;
    if (is_raw(type))
        return ((first & OPCODE) == 0) == (endpoint->message != 0);
    return endpoint->message == 0 || endpoint->message == message_of(endpoint, type, first);
}

static enum reference_kind kind_of(uint8_t first)
{
    if (!(first & CONTROL))
        return REFERENCE_DATA;
    return first == 0x88   ? REFERENCE_CLOSE
           : first == 0x89 ? REFERENCE_PING
           : first == 0x8A ? REFERENCE_PONG
                           : REFERENCE_RAW_CONTROL;
}

/* Fills the payload. Text is good UTF-8 across the message's frames. */
static void make_payload(struct endpoint *endpoint, struct reference_frame *frame, ULONG length, bool final)
{
    ULONG rest = frame->text && final ? (ULONG)text_source_rest(&endpoint->text) : 0;
    frame->length = frame->have = length > rest ? length : rest;
    frame->payload = block_new(frame->have);
    if (frame->text) {
        text_source_fill(&endpoint->text, frame->payload, frame->have, final);
        return;
    }
    for (size_t i = 0; i < frame->have; i++)
        frame->payload[i] = (uint8_t)(i * 7 + endpoint->sends_queued);
}

static void make_close(struct reference_frame *frame, const struct endpoint_order *order)
{
    struct text_source reason = {0};
    if (order->status == WEB_SOCKET_EMPTY_CLOSE_STATUS || order->status == WEB_SOCKET_ABORTED_CLOSE_STATUS) {
        frame->status = WEB_SOCKET_EMPTY_CLOSE_STATUS;
        frame->payload = block_new(0);
        return;
    }
    size_t length = order->length < REASON_MAX ? order->length : REASON_MAX;
    frame->length = frame->have = 2 + length;
    frame->payload = block_new(frame->have);
    frame->payload[0] = (uint8_t)(order->status >> 8);
    frame->payload[1] = (uint8_t)order->status;
    text_source_fill(&reason, frame->payload + 2, length, true);
}

/* The frame that an admitted order becomes. */
static struct reference_frame make_frame(struct endpoint *endpoint, const struct endpoint_order *order,
                                         uint8_t first)
{
    struct reference_frame frame = {.kind = kind_of(first), .first = first, .status = order->status};
    if (frame.kind == REFERENCE_CLOSE) {
        make_close(&frame, order);
        return frame;
    }
    if (first & CONTROL) {
        bool empty = !is_raw(order->type);
        make_payload(endpoint, &frame,
                     empty                         ? 0
                     : order->length < CONTROL_MAX ? order->length
                                                   : CONTROL_MAX,
                     true);
        return frame;
    }
    uint8_t opcode = message_of(endpoint, order->type, first);
    if (endpoint->message == 0) {
        endpoint->raw = opcode > 2;
        endpoint->text = (struct text_source){0};
    }
    endpoint->raw = endpoint->raw || first & RESERVED;
    frame.text = opcode == 1;
    frame.raw = endpoint->raw;
    make_payload(endpoint, &frame, order->length, (first & FIN) != 0);
    endpoint->message = first & FIN ? 0 : opcode;
    return frame;
}

/* The call itself; an empty payload is told in each of the ways that there are. */
static HRESULT call(const struct endpoint *endpoint, WEB_SOCKET_BUFFER_TYPE type, uint8_t *bytes,
                    ULONG length, USHORT status)
{
    WEB_SOCKET_BUFFER buffer = {0};
    PVOID context = (PVOID)(uintptr_t)(2 * endpoint->sends_queued + 2);
    bool no_buffer = length == 0 && endpoint->sends_queued % 2 == 0;
    if (type == WEB_SOCKET_PING_PONG_BUFFER_TYPE || type == WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE) {
        no_buffer = true;
    } else if (type == WEB_SOCKET_CLOSE_BUFFER_TYPE) {
        buffer.CloseStatus.pbReason = length > 0 ? bytes : NULL;
        buffer.CloseStatus.ulReasonLength = length;
        buffer.CloseStatus.usStatus = status;
        no_buffer = no_buffer && status == WEB_SOCKET_EMPTY_CLOSE_STATUS;
    } else {
        buffer.Data.pbBuffer = bytes;
        buffer.Data.ulBufferLength = length;
    }
    return WebSocketSend(endpoint->handle, type, no_buffer ? NULL : &buffer, context);
}

void endpoint_send(struct endpoint *endpoint, struct endpoint_order order)
{
    uint8_t first = first_byte(endpoint, order.type);
    HRESULT result;
    if (!is_admitted(endpoint, order.type, first)) {
        result = call(endpoint, order.type, NULL, 0, order.status);
        claim(result == E_INVALID_PROTOCOL_OPERATION, "%s: type 0x%x is not refused: 0x%08x", endpoint->name,
              (unsigned)order.type, (unsigned)result);
        return;
    }

    struct endpoint_send send = {.type = order.type, .frame = make_frame(endpoint, &order, first)};
    bool has_status = order.type == WEB_SOCKET_CLOSE_BUFFER_TYPE && send.frame.have > 0;
    size_t length = send.frame.have - (has_status ? 2 : 0);
    send.memory = block_copy(send.frame.payload + (has_status ? 2 : 0), length);
    result = call(endpoint, order.type, send.memory, (ULONG)length, order.status);
    claim(result == S_OK, "%s: type 0x%x is refused: 0x%08x", endpoint->name, (unsigned)order.type,
          (unsigned)result);

    endpoint->close_queued = endpoint->close_queued || (first & OPCODE) == OPCODE_CLOSE;
    endpoint->sends = realloc(endpoint->sends, (endpoint->sends_queued + 1) * sizeof send);
    claim(endpoint->sends != NULL, "no memory");
    endpoint->sends[endpoint->sends_queued++] = send;
}
