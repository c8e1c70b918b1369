/*
 * The short way of the usual message: unfragmented, at most WS_SHORT_WAY_MAX bytes of payload, the only operation of its
 * side, on an open session with nothing held. Each function does what the general ones do, in fewer steps, and returns true;
 * or it returns false with nothing changed, and the general ones begin from their start. That is so wherever anything is
 * unusual or wrong, or somebody listens to the trace. Of the protocol it knows no rule but how a small header is read.
 *
 * It is a part of api.c, which alone includes it, so that every compiler can draw it into the exports. The CMake option
 * WEBSOCKET_SHORT_WAY leaves it out: the library then does the same in more time.
 */
#ifndef WS_SHORT_WAY_H
#define WS_SHORT_WAY_H

#include <string.h>

#include "api/outputs.h"
#include "frames/frame.h"
#include "frames/mask_key.h"
#include "kernels/mask.h"
#include "kernels/utf8.h"
#include "session/session.h"
#include "trace/trace.h"

#define WS_SHORT_WAY_MAX 16384u /* more bytes take so long that the steps saved do not count */

/* The queue of an open session of which nothing is held and nobody is told, or NULL. */
static struct ws_action_queue *usual_queue(struct ws_session *session)
{
    struct ws_action_queue *queue = ws_session_open_queue(session);
    uint64_t unusual; /* one look at all of it */
    if (!queue || ws_trace_on())
        return NULL;
    memcpy(&unusual, &queue->is, sizeof unusual);
    return unusual == 0 ? queue : NULL;
}

static bool ws_short_way_send(struct ws_session *session, WEB_SOCKET_BUFFER_TYPE type,
                              const WEB_SOCKET_BUFFER *buffer, PVOID context)
{
    struct ws_action_queue *queue = usual_queue(session);
    if (!queue || queue->sends.count > 0 || !buffer || !buffer->Data.pbBuffer ||
        (type != WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE && type != WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE))
        return false;
    const struct ws_operation op = {.context = context,
                                    .bytes = buffer->Data.pbBuffer,
                                    .length = buffer->Data.ulBufferLength,
                                    .kind = (uint8_t)type,
                                    .first = ws_send_admit_whole(&queue->send, (uint8_t)type)};
    if (op.first == 0)
        return false;
    ws_operations_push(&queue->sends, &op);
    return true;
}

static bool ws_short_way_receive(struct ws_session *session, PVOID context)
{
    struct ws_action_queue *queue = usual_queue(session);
    if (!queue || queue->receives.count > 0 || ws_receive_ended(&queue->receive) != WS_OK)
        return false;
    ws_operations_push(&queue->receives, &(struct ws_operation){.context = context});
    return true;
}

/* Read the header at the front of what has come, if all of a small frame is there, a message of its own, and right so far. */
static bool read_small(const struct ws_receive *rx, struct ws_frame *frame)
{
    const uint8_t *bytes = rx->area + rx->begin;
    const uint32_t count = rx->end - rx->begin;
    if (count < 2)
        return false;
    const uint8_t first = bytes[0];
    const bool masked = bytes[1] >= 0x80;
    if ((first != (WS_FRAME_FIN | WS_OPCODE_BINARY) && first != (WS_FRAME_FIN | WS_OPCODE_TEXT)) ||
        !(rx->rules & (masked ? WS_FRAME_ALLOW_MASKED : WS_FRAME_ALLOW_UNMASKED)))
        return false;

    uint32_t length = bytes[1] & 0x7Fu;
    uint32_t size = masked ? 6 : 2;
    if (length > 125) {
        length = length > 126 || count < 4 ? 0 : (uint32_t)bytes[2] << 8 | bytes[3];
        if (length < 126 || length > WS_SHORT_WAY_MAX)
            return false;
        size += 2;
    }
    if (count < size + length)
        return false;
    *frame = (struct ws_frame){.length = length, .first = first, .size = (uint8_t)size};
    if (masked)
        memcpy(&frame->key, bytes + size - sizeof frame->key, sizeof frame->key);
    return true;
}

/* Unmask, and verify text. Returns false, with the payload as it was, if it is not UTF-8. */
static bool take_small(uint8_t *payload, uint32_t length, uint32_t key, bool verify)
{
    if ((key == 0 && !verify) || ws_mask(payload, payload, length, key) || !verify)
        return true;
    struct ws_utf8 utf8 = {0};
    if (ws_utf8_feed(&utf8, payload, length) && ws_utf8_at_boundary(&utf8))
        return true;
    (void)ws_mask(payload, payload, length, key);
    return false;
}

static bool receive_small(struct ws_action_queue *queue, const struct ws_outputs *out)
{
    struct ws_receive *rx = &queue->receive;
    const struct ws_operation *op = ws_operations_head(&queue->receives);
    struct ws_frame frame;
    if (!op || op->bytes || queue->receive_state != WS_HEAD_READY || *out->count == 0 ||
        !ws_receive_is_between_messages(rx) || !read_small(rx, &frame))
        return false;
    const bool text = frame.first == (WS_FRAME_FIN | WS_OPCODE_TEXT);
    const struct ws_buffer payload = {rx->area + rx->begin + frame.size, (uint32_t)frame.length};
    if (!take_small(payload.bytes, payload.length, frame.key, text && rx->verify_text))
        return false;

    rx->begin += frame.size + payload.length;
    rx->ready = rx->begin;
    ws_outputs_put_data(&out->buffers[0], payload);
    return ws_outputs_put(out, WS_ACTION_INDICATE_RECEIVE_COMPLETE, 1,
                          text ? WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE : WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE,
                          op->context, ws_action_queue_begin_receive(queue, WS_HEAD_INDICATED));
}

/* Write the frame to the send area; unless it is masked there, only its header. */
static bool compose_small(struct ws_send *tx, const struct ws_operation *op, struct ws_buffer *frame)
{
    const bool masked = tx->mode == WS_SEND_MASKED;
    uint32_t key = 0;
    if (tx->sent > 0 || op->kind >= WS_CLOSE || op->length > WS_SHORT_WAY_MAX ||
        (masked && (op->length + WS_FRAME_HEADER_MAX > tx->piece || !ws_mask_key_at_hand(tx, &key))))
        return false;
    frame->bytes = tx->area;
    frame->length = ws_frame_encode(tx->area, op->first, op->length, tx->mode != WS_SEND_PLAIN, key);
    if (!masked)
        return true;
    (void)ws_mask(tx->area + frame->length, op->bytes, op->length, key);
    frame->length += op->length;
    return true;
}

static bool indicate_sent(struct ws_action_queue *queue, const struct ws_operation *op,
                          const struct ws_outputs *out)
{
    return ws_outputs_put(out, WS_ACTION_INDICATE_SEND_COMPLETE, 0, ws_outputs_type(op->kind, op->first),
                          op->context, ws_action_queue_begin_send(queue, WS_HEAD_INDICATED));
}

static bool send_small(struct ws_action_queue *queue, const struct ws_operation *op,
                       const struct ws_outputs *out)
{
    struct ws_buffer frame;
    if (*out->count < 2 || !compose_small(&queue->send, op, &frame))
        return false;

    const bool refers = queue->send.mode != WS_SEND_MASKED && op->length > 0;
    ws_outputs_put_data(&out->buffers[0], frame);
    if (refers)
        ws_outputs_put_data(&out->buffers[1], (struct ws_buffer){op->bytes, op->length});
    queue->send_expected = frame.length + (refers ? op->length : 0);
    queue->more = false;
    return ws_outputs_put(out, WS_ACTION_SEND_TO_NETWORK, refers ? 2 : 1,
                          ws_outputs_type(op->kind, op->first), op->context,
                          ws_action_queue_begin_send(queue, WS_HEAD_NETWORK));
}

static bool ws_short_way_next(struct ws_session *session, unsigned sides, struct ws_outputs out)
{
    struct ws_action_queue *queue = usual_queue(session);
    if (!queue || sides > WS_SIDE_ALL || ws_outputs_check(&out) != WS_OK)
        return false;
    const struct ws_operation *op = sides & WS_SIDE_SEND ? ws_operations_head(&queue->sends) : NULL;
    if (op && queue->send_state == WS_HEAD_READY)
        return send_small(queue, op, &out);
    if (op && queue->send_state == WS_HEAD_FINISHED)
        return indicate_sent(queue, op, &out);
    return sides & WS_SIDE_RECEIVE && receive_small(queue, &out);
}

static bool ws_short_way_complete(struct ws_session *session, PVOID context, ULONG bytes)
{
    struct ws_action_queue *queue = ws_session_open_queue(session);
    const uintptr_t token = (uintptr_t)context;
    if (!queue || ws_trace_on() || token == 0)
        return false;
    if (token == queue->receive_token && queue->receive_state == WS_HEAD_INDICATED) {
        ws_action_queue_end_receive(queue);
        return true;
    }
    const bool ends_frame = bytes == queue->send_expected && !queue->more;
    if (token != queue->send_token || (queue->send_state != WS_HEAD_INDICATED && !ends_frame))
        return false;
    if (queue->send_state == WS_HEAD_INDICATED)
        ws_action_queue_end_send(queue);
    else
        ws_action_queue_end_frame(queue);
    return true;
}

#endif
