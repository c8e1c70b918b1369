/*
 * delivery.c - see delivery.h. The types are those of section 6 of the specification.
 */
#include "delivery.h"

#include <string.h>

#include "fail.h"

#define FIN 0x80u

static unsigned type_of(const struct reference_frame *frame, bool last)
{
    bool final = last && frame->first & FIN;
    switch (frame->kind) {
    case REFERENCE_PONG:
        return (unsigned)WEB_SOCKET_PING_PONG_BUFFER_TYPE;
    case REFERENCE_CLOSE:
        return (unsigned)WEB_SOCKET_CLOSE_BUFFER_TYPE;
    case REFERENCE_RAW_CONTROL:
        return frame->first * 2u;
    default:
        break;
    }
    if (frame->raw)
        return (last ? frame->first : frame->first & ~FIN) * 2u;
    if (frame->text)
        return (unsigned)(final ? WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE : WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE);
    return (unsigned)(final ? WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE : WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE);
}

static void take_close(const struct reference_frame *frame, const WEB_SOCKET_BUFFER *buffer)
{
    size_t reason = frame->length > 2 ? (size_t)frame->length - 2 : 0;
    claim(buffer->CloseStatus.usStatus == frame->status, "close status %u instead of %u",
          buffer->CloseStatus.usStatus, frame->status);
    claim(buffer->CloseStatus.ulReasonLength == reason, "close reason of %u bytes instead of %zu",
          (unsigned)buffer->CloseStatus.ulReasonLength, reason);
    claim((buffer->CloseStatus.pbReason == NULL) == (reason == 0),
          "a close reason without memory, or the reverse");
    claim(reason == 0 || memcmp(buffer->CloseStatus.pbReason, frame->payload + 2, reason) == 0,
          "the close reason is another one");
}

/* Section 6: "a part of it, only when the receive area (or the caller's buffer) is full". */
static void check_size(const struct delivery *delivery, const struct reference_frame *frame,
                       const struct own_memory *own, const WEB_SOCKET_BUFFER *buffer, bool last)
{
    bool data = frame->kind == REFERENCE_DATA;
    ULONG room = data && own->bytes != NULL ? own->size : delivery->area;
    claim(buffer->Data.pbBuffer != NULL, "a payload at NULL");
    claim(buffer->Data.ulBufferLength <= room, "%u bytes where %u have room",
          (unsigned)buffer->Data.ulBufferLength, (unsigned)room);
    claim(last || (data && buffer->Data.ulBufferLength == room), "a part of %u bytes where %u have room",
          (unsigned)buffer->Data.ulBufferLength, (unsigned)room);
    if (own->bytes != NULL)
        claim((buffer->Data.pbBuffer == own->bytes) == data, "a payload of frame 0x%02x in the wrong memory",
              frame->first);
}

void delivery_skip_pings(struct delivery *delivery, const struct reference_frame *frames, size_t count)
{
    while (delivery->index < count && frames[delivery->index].kind == REFERENCE_PING)
        delivery->index++;
}

void delivery_take(struct delivery *delivery, const struct reference_frame *frames, size_t count,
                   const struct own_memory *own, WEB_SOCKET_BUFFER_TYPE type, const WEB_SOCKET_BUFFER *buffer)
{
    delivery_skip_pings(delivery, frames, count);
    claim(delivery->index < count, "an indication of type 0x%x that no frame was sent for", (unsigned)type);
    const struct reference_frame *frame = &frames[delivery->index];
    if (frame->kind == REFERENCE_CLOSE) {
        claim((unsigned)type == type_of(frame, true), "type 0x%x for a close frame", (unsigned)type);
        take_close(frame, buffer);
        delivery->index++;
        return;
    }

    ULONG length = buffer->Data.ulBufferLength;
    uint64_t end = delivery->offset + length;
    bool last = end == frame->length;
    claim(end <= frame->have, "frame %zu has %zu good bytes, and %llu are indicated", delivery->index,
          frame->have, (unsigned long long)end);
    claim((unsigned)type == type_of(frame, last), "frame %zu: type 0x%x instead of 0x%x", delivery->index,
          (unsigned)type, type_of(frame, last));
    check_size(delivery, frame, own, buffer, last);
    claim(length == 0 || memcmp(buffer->Data.pbBuffer, frame->payload + delivery->offset, length) == 0,
          "frame %zu: other bytes between %llu and %llu", delivery->index,
          (unsigned long long)delivery->offset, (unsigned long long)end);
    delivery->offset = last ? 0 : end;
    delivery->index += last;
}

bool delivery_is_cancelled(WEB_SOCKET_BUFFER_TYPE type, const WEB_SOCKET_BUFFER *buffer)
{
    return type == WEB_SOCKET_CLOSE_BUFFER_TYPE &&
           buffer->CloseStatus.usStatus == WEB_SOCKET_ABORTED_CLOSE_STATUS &&
           buffer->CloseStatus.pbReason == NULL && buffer->CloseStatus.ulReasonLength == 0;
}
