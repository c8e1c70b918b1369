/*
 * See observer.h, and RFC 6455, 5.2 and 5.4.
 */
#include "observer.h"

#include <string.h>

enum {
    FIN = 0x80,
    OPCODE = 0x0F,
    CONTROL = 0x08,
    FIN_PONG = 0x8A,
    MASKED = 0x80,
    LENGTH = 0x7F,
    LENGTH16 = 126
};

void observer_begin(struct observer *observer)
{
    memset(observer, 0, sizeof *observer);
}

void observer_note(struct observer *observer, const struct peer_frame *frame)
{
    if ((frame->first & OPCODE) == 9)
        observer->pings[observer->count++] = *frame;
}

void observer_give_up(struct observer *observer)
{
    observer->open = 0;
    observer->gave_up = true;
}

/* The frame's size by its header, which is whole: a session's first action always has it. */
static uint64_t frame_size(const uint8_t *bytes)
{
    uint32_t length = bytes[1] & LENGTH;
    uint32_t head = 2;
    if (length == LENGTH16) {
        length = (uint32_t)bytes[2] << 8 | bytes[3];
        head += 2;
    }
    return (uint64_t)head + (bytes[1] & MASKED ? 4 : 0) + length;
}

static const char *see_order(struct observer *observer, uint8_t first)
{
    if (first & CONTROL)
        return first & FIN ? NULL : "a control frame in fragments";
    bool continues = (first & OPCODE) == 0;
    bool wrong = continues != observer->in_message && !observer->gave_up;
    observer->in_message = !(first & FIN);
    if (wrong)
        return continues ? "a continuation of no message" : "a message begins inside another";
    return NULL;
}

static bool is_answer(const uint8_t *pong, uint64_t size, const struct peer_frame *ping)
{
    const uint32_t head = pong[1] & MASKED ? 6 : 2;
    if (pong[0] != FIN_PONG || size != head + ping->length)
        return false;
    for (uint32_t i = 0; i < ping->length; i++) {
        uint8_t mask = head == 6 ? pong[2 + i % 4] : 0;
        if ((pong[head + i] ^ mask) != (uint8_t)ping->payload[i])
            return false;
    }
    return true;
}

static const char *see_pong(struct observer *observer, const uint8_t *bytes, uint64_t size)
{
    while (observer->answered < observer->count &&
           !is_answer(bytes, size, &observer->pings[observer->answered]))
        observer->answered++;
    if (observer->answered == observer->count)
        return "a pong answers no ping, or in another order";
    observer->answered++;
    return NULL;
}

const char *observer_see(struct observer *observer, const WEB_SOCKET_BUFFER *buffers, ULONG count,
                         bool is_pong)
{
    const uint8_t *bytes = buffers[0].Data.pbBuffer;
    uint64_t size = buffers[0].Data.ulBufferLength + (count > 1 ? buffers[1].Data.ulBufferLength : 0u);
    const char *wrong = NULL;
    if (is_pong && observer->open > 0)
        return "a pong breaks a frame";
    if (is_pong && size != frame_size(bytes))
        return "a pong is not one whole frame";
    if (is_pong)
        return see_pong(observer, bytes, size);
    if (observer->open == 0) {
        observer->open = frame_size(bytes);
        wrong = see_order(observer, bytes[0]);
    }
    if (size > observer->open)
        return "more bytes than the frame's header says";
    observer->open -= size;
    return wrong;
}
