/*
 * checked_receive.c - the model's receive side, see checked.h: sections 6 and 7 of the specification. It
 * follows the network's bytes frame by frame, as far as the session has indicated or answered them.
 */
#include <stdlib.h>
#include <string.h>

#include "checked_model.h"

enum { FIN = 0x80, RSV = 0x70, OPCODE = 0x0F, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

static bool is_control(uint8_t first)
{
    return (first & 8) != 0;
}

static bool is_raw(uint8_t first)
{
    uint8_t opcode = first & OPCODE;
    return first & RSV || (opcode > BINARY && opcode < CLOSE) || opcode > PONG;
}

/* Reads the header of the frame that is next, if it is there. */
static bool at_frame(struct checked *checked)
{
    if (checked->in_frame)
        return true;
    struct frame_header *frame = &checked->frame;
    if (!frame_header_read(checked->wire + checked->frame_at, checked->wire_size - checked->frame_at, frame))
        return false;
    checked->in_frame = true;
    checked->indicated = 0;
    if (is_control(frame->first))
        return true;
    if ((frame->first & OPCODE) != 0) {
        checked->receiving = frame->first;
        checked->raw = false;
    }
    checked->raw = checked->raw || is_raw(frame->first);
    return true;
}

static const uint8_t *payload(const struct checked *checked)
{
    return checked->wire + checked->frame_at + checked->frame.size;
}

/* How much of the frame's payload the network gave. */
static uint64_t arrived(const struct checked *checked)
{
    uint64_t here = checked->wire_size - checked->frame_at - checked->frame.size;
    return here < checked->frame.length ? here : checked->frame.length;
}

static bool is_whole(const struct checked *checked)
{
    return arrived(checked) == checked->frame.length;
}

void checked_pass_frame(struct checked *checked)
{
    checked->frame_at += checked->frame.size + (size_t)checked->frame.length;
    checked->in_frame = false;
    if (!is_control(checked->frame.first) && checked->frame.first & FIN)
        checked->receiving = 0;
}

void checked_cancel_read(struct checked *checked)
{
    checked->receive_cancelled = true;
    if (checked->direct && arrived(checked) > checked->indicated)
        checked->receive_lost = true;
}

bool checked_pong_is_barred(const struct checked *checked)
{
    return checked->several || checked->outstanding[CHECKED_PONG].context;
}

/* Whether a whole ping is next with which nothing is wrong; its payload is noted for the pong. */
static bool at_ping(struct checked *checked)
{
    if (!at_frame(checked))
        return false;
    const struct frame_header *frame = &checked->frame;
    bool masked_right =
        checked->options.server ? frame->masked || checked->options.disable_masking : !frame->masked;
    bool short_header = frame->size <= (frame->masked ? 6 : 2);
    if (frame->first != (FIN | PING) || !short_header || !masked_right || !is_whole(checked))
        return false;
    checked->pong_length = (uint8_t)frame->length;
    for (unsigned i = 0; i < frame->length; i++)
        checked->pong[i] = payload(checked)[i] ^ frame->key[i & 3];
    return true;
}

/* A read, unless a pong was kept for a frame that waits: the peer may wait for it before it sends more. */
static void expect_next_read(const struct checked *checked, struct expectation *expected)
{
    if (checked->pong_due && !checked_pong_is_barred(checked))
        checked_expect_pong(expected, true);
    else
        expected->action = WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION;
}

static WEB_SOCKET_BUFFER_TYPE raw_type(uint8_t first)
{
    return (WEB_SOCKET_BUFFER_TYPE)((uint32_t)first << 1);
}

static WEB_SOCKET_BUFFER_TYPE data_type(const struct checked *checked, bool last)
{
    uint8_t first = checked->frame.first;
    bool final = last && first & FIN;
    if (checked->raw)
        return raw_type(final ? first : (uint8_t)(first & ~FIN));
    if ((checked->receiving & OPCODE) == TEXT)
        return final ? WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE : WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE;
    return final ? WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE : WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE;
}

/* A frame of a message: all of it, a part that fills the memory, or a read for more. */
static void expect_data(const struct checked *checked, struct expectation *expected)
{
    uint8_t *own = expected->operation->bytes;
    uint32_t room = own ? expected->operation->length : checked_area(checked);
    uint64_t pending = arrived(checked) - checked->indicated;
    expected->into = own;
    if (pending < room && !is_whole(checked)) {
        expect_next_read(checked, expected);
        if (!own || expected->slot == CHECKED_PONG)
            return;
        uint64_t rest = checked->frame.length - arrived(checked);
        expected->into = own + pending;
        expected->length = rest < room - pending ? (uint32_t)rest : room - (uint32_t)pending;
        return;
    }
    expected->action = WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION;
    expected->length = pending < room ? (uint32_t)pending : room;
    expected->last = is_whole(checked) && expected->length == pending;
    expected->type = data_type(checked, expected->last);
}

static bool status_may_come(uint16_t status)
{
    return (status >= 1000 && status <= 1003) || (status >= 1007 && status <= 1014) || status >= 3000;
}

static void expect_close(const struct checked *checked, struct expectation *expected)
{
    const uint8_t *key = checked->frame.key;
    expected->type = WEB_SOCKET_CLOSE_BUFFER_TYPE;
    expected->status = WEB_SOCKET_EMPTY_CLOSE_STATUS;
    if (checked->frame.length < 2)
        return;
    expected->status = (uint16_t)((payload(checked)[0] ^ key[0]) << 8 | (payload(checked)[1] ^ key[1]));
    expected->length = (uint32_t)checked->frame.length - 2;
    if (!status_may_come(expected->status))
        *expected = (struct expectation){.result = E_INVALID_PROTOCOL_FORMAT, .may_fail = true};
}

static void expect_control(const struct checked *checked, struct expectation *expected)
{
    if (!is_whole(checked)) {
        expect_next_read(checked, expected);
        return;
    }
    uint8_t first = checked->frame.first;
    expected->action = WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION;
    expected->last = true;
    if (first == (FIN | CLOSE)) {
        expect_close(checked, expected);
        return;
    }
    expected->type = is_raw(first) ? raw_type(first) : WEB_SOCKET_PING_PONG_BUFFER_TYPE;
    expected->length = (uint32_t)checked->frame.length;
}

static void expect_cancelled(struct expectation *expected)
{
    expected->action = WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION;
    expected->type = WEB_SOCKET_CLOSE_BUFFER_TYPE;
    expected->status = WEB_SOCKET_ABORTED_CLOSE_STATUS;
}

void checked_expect_receive(struct checked *checked, struct expectation *expected)
{
    const struct checked_operation *head = checked_head(&checked->receives);
    if (!head || checked->outstanding[CHECKED_RECEIVE].context || checked->pong_holds_receive)
        return;
    *expected = (struct expectation){.operation = head, .slot = CHECKED_RECEIVE};
    if (checked->aborted || checked->receive_cancelled || checked->receive_lost) {
        expect_cancelled(expected);
        return;
    }
    if (checked->receive_closed) {
        expect_next_read(checked, expected);
        return;
    }
    if (checked->failure != 0 || checked->failure_comes) {
        expected->result = E_INVALID_PROTOCOL_FORMAT;
        expected->may_fail = true;
        return;
    }
    while (at_ping(checked)) {
        if (!checked_pong_is_barred(checked) && !checked->send_waits) {
            checked_expect_pong(expected, false);
            return;
        }
        checked->pong_due = true;
        checked_pass_frame(checked);
    }
    if (!at_frame(checked))
        expect_next_read(checked, expected);
    else if (is_control(checked->frame.first))
        expect_control(checked, expected);
    else
        expect_data(checked, expected);
    expected->may_fail = true;
}

static void see_close(const struct checked *checked, const struct expectation *expected,
                      const WEB_SOCKET_BUFFER *buffer)
{
    claim(buffer->CloseStatus.usStatus == expected->status, "a close is indicated with another status");
    claim(buffer->CloseStatus.ulReasonLength == expected->length,
          "a close is indicated with another reason's length");
    claim((buffer->CloseStatus.pbReason != NULL) == (expected->length > 0),
          "a reason without length, or the reverse");
    if (expected->length > 0)
        claim(frame_masked_equal(payload(checked) + 2, buffer->CloseStatus.pbReason, expected->length,
                                 checked->frame.key, 2),
              "a close is indicated with another reason");
}

void checked_see_payload(struct checked *checked, const struct expectation *expected,
                         const WEB_SOCKET_BUFFER *buffer)
{
    if (expected->type == WEB_SOCKET_CLOSE_BUFFER_TYPE) {
        see_close(checked, expected, buffer);
        if (expected->status != WEB_SOCKET_ABORTED_CLOSE_STATUS)
            checked->receive_closed = true;
        return;
    }
    claim(buffer->Data.pbBuffer, "an indicated payload has no pointer");
    claim(buffer->Data.ulBufferLength == expected->length, "another length is indicated");
    claim(!expected->into || buffer->Data.pbBuffer == expected->into,
          "the payload is not in the operation's memory");
    claim(frame_masked_equal(payload(checked) + checked->indicated, buffer->Data.pbBuffer, expected->length,
                             checked->frame.key, checked->indicated),
          "another payload is indicated");
    checked->indicated += expected->length;
    if (is_control(checked->frame.first) && (checked->frame.first & OPCODE) == CLOSE)
        checked->receive_closed = true; /* with an extension's bits */
    if (expected->last)
        checked_pass_frame(checked);
}
