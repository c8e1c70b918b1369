/*
 * Frames from operations, see send.h. Their order, and what may come between the pieces of one, is decided above.
 */
#include "frames/send.h"

#include <string.h>

#include "frames/mask_key.h"
#include "kernels/mask.h"

void ws_send_init(struct ws_send *tx, uint8_t *area, uint32_t piece, enum ws_send_mode mode, bool extensions)
{
    *tx = (struct ws_send){.area = area, .piece = piece, .mode = (uint8_t)mode, .extensions = extensions};
}

/*
 * A message of this opcode begins or goes on; final: with its last frame. The unfinished message decides the opcode.
 */
static enum ws_status admit_message(struct ws_send *tx, uint8_t opcode, bool final, uint8_t *first)
{
    if (tx->closed)
        return WS_WHY_SEND_AFTER_CLOSE;
    if (tx->message != 0 && tx->message != opcode)
        return WS_WHY_SEND_TYPES_MIXED;
    *first = (uint8_t)((final ? WS_FRAME_FIN : 0) | (tx->message != 0 ? WS_OPCODE_CONTINUATION : opcode));
    tx->message = final ? 0 : opcode;
    return WS_OK;
}

static enum ws_status admit_close(struct ws_send *tx)
{
    if (tx->closed)
        return WS_WHY_SEND_CLOSE_TWICE;
    tx->closed = true;
    return WS_OK;
}

static enum ws_status admit_raw(struct ws_send *tx, uint8_t first)
{
    uint8_t opcode = first & WS_FRAME_OPCODE;
    if (!tx->extensions)
        return WS_WHY_SEND_RAW;
    if (opcode == WS_OPCODE_CLOSE)
        return admit_close(tx);
    if (ws_frame_is_control(first))
        return WS_OK;
    if (tx->closed)
        return WS_WHY_SEND_AFTER_CLOSE;
    if (opcode == WS_OPCODE_CONTINUATION && tx->message == 0)
        return WS_WHY_SEND_CONTINUES_NOTHING;
    if (opcode != WS_OPCODE_CONTINUATION && tx->message != 0)
        return WS_WHY_SEND_INSIDE_MESSAGE;
    if (first & WS_FRAME_FIN)
        tx->message = 0;
    else if (opcode != WS_OPCODE_CONTINUATION)
        tx->message = opcode;
    return WS_OK;
}

enum ws_status ws_send_admit(struct ws_send *tx, struct ws_operation *op)
{
    if (op->kind == WS_BINARY_MESSAGE || op->kind == WS_BINARY_FRAGMENT)
        return admit_message(tx, WS_OPCODE_BINARY, op->kind == WS_BINARY_MESSAGE, &op->first);
    if (op->kind == WS_TEXT_MESSAGE || op->kind == WS_TEXT_FRAGMENT)
        return admit_message(tx, WS_OPCODE_TEXT, op->kind == WS_TEXT_MESSAGE, &op->first);
    switch (op->kind) {
    case WS_CLOSE:
        op->first = WS_FRAME_FIN | WS_OPCODE_CLOSE;
        return admit_close(tx);
    case WS_PING_PONG:
        op->first = WS_FRAME_FIN | WS_OPCODE_PING;
        return WS_OK;
    case WS_UNSOLICITED_PONG:
        op->first = WS_FRAME_FIN | WS_OPCODE_PONG;
        return WS_OK;
    default:
        return admit_raw(tx, op->first);
    }
}

void ws_send_end(struct ws_send *tx)
{
    tx->begun = false;
    tx->sent = 0;
}

/* Bytes of a close frame's payload that come before the operation's own memory. */
static uint32_t status_size(const struct ws_operation *op)
{
    return op->kind == WS_CLOSE && op->status != WS_STATUS_EMPTY ? 2 : 0;
}

/* Payload of the frame that begins next, unless it is cut: all that earlier fragments have left of op. */
static uint64_t payload_left(const struct ws_send *tx, const struct ws_operation *op)
{
    return (uint64_t)status_size(op) + (op->length - tx->sent);
}

/* Whether the whole frame is put together in the send area. */
static bool is_composed(const struct ws_send *tx, const struct ws_operation *op, uint32_t room)
{
    if (tx->mode == WS_SEND_MASKED)
        return true;
    return tx->mode == WS_SEND_ZERO_KEY && room < 2 && ws_frame_is_control(op->first);
}

static uint32_t piece_limit(const struct ws_send *tx, const struct ws_operation *op)
{
    return ws_frame_is_control(op->first) ? WS_SEND_CONTROL_MAX : tx->piece;
}

/* The most payload that a frame of one action has when it is composed. */
static uint32_t payload_within(const struct ws_send *tx, uint32_t size)
{
    return ws_frame_payload_within(size, tx->mode != WS_SEND_PLAIN);
}

/* Whether all that is left of op is one action. */
static bool is_one_action(const struct ws_send *tx, const struct ws_operation *op, uint32_t room)
{
    if (!is_composed(tx, op, room))
        return room >= 2 || op->length == 0;
    return payload_left(tx, op) <= payload_within(tx, piece_limit(tx, op));
}

bool ws_send_can_be_alone(const struct ws_send *tx, const struct ws_operation *op, uint32_t room)
{
    const bool is_message = op->kind < WS_CLOSE;
    return is_message || is_one_action(tx, op, room);
}

static enum ws_status fresh_key(const struct ws_send *tx, uint32_t *key)
{
    *key = 0;
    if (tx->mode != WS_SEND_MASKED || ws_mask_key(tx, key))
        return WS_OK;
    return WS_WHY_NO_RANDOM;
}

/*
 * Write the header of a frame with so much payload, all that is left of op or a part of it, for a close frame with the
 * status, to the send area. Returns the size.
 */
static uint32_t put_head(struct ws_send *tx, const struct ws_operation *op, uint64_t payload)
{
    uint8_t first = op->first;
    if (tx->sent > 0) /* behind a fragment: a continuation, opcode 0 */
        first &= (uint8_t)~WS_FRAME_OPCODE;
    if (payload < payload_left(tx, op))
        first &= (uint8_t)~WS_FRAME_FIN;
    uint32_t size = ws_frame_encode(tx->area, first, payload, tx->mode != WS_SEND_PLAIN, tx->key);
    uint32_t status = status_size(op);
    if (status > 0) {
        const uint8_t bytes[2] = {(uint8_t)(op->status >> 8), (uint8_t)op->status};
        ws_mask(tx->area + size, bytes, sizeof bytes, tx->key);
        tx->key = ws_mask_rotate(tx->key, sizeof bytes);
    }
    return size + status;
}

/* Put at most room bytes of masked payload behind the used bytes that the send area already holds. */
static void compose(struct ws_send *tx, const struct ws_operation *op, uint32_t used, uint32_t room,
                    struct ws_pieces *pieces)
{
    uint32_t left = op->length - tx->sent;
    uint32_t count = left < room ? left : room;
    if (count > 0) {
        ws_mask(tx->area + used, op->bytes + tx->sent, count, tx->key);
        tx->key = ws_mask_rotate(tx->key, count);
        tx->sent += count;
    }
    pieces->buffers[0] = (struct ws_buffer){tx->area, used + count};
    pieces->count = 1;
}

/* Refer to the caller's payload if there is room for a buffer; the head, if there is one, lies in the send area. */
static void refer(struct ws_send *tx, const struct ws_operation *op, uint32_t head, uint32_t room,
                  struct ws_pieces *pieces)
{
    pieces->count = 0;
    if (head > 0)
        pieces->buffers[pieces->count++] = (struct ws_buffer){tx->area, head};
    uint32_t left = op->length - tx->sent;
    if (left > 0 && pieces->count < room) {
        pieces->buffers[pieces->count++] = (struct ws_buffer){op->bytes + tx->sent, left};
        tx->sent = op->length;
    }
}

enum ws_status ws_send_next(struct ws_send *tx, const struct ws_operation *op, uint32_t room, bool alone,
                            struct ws_pieces *pieces, enum ws_send_progress *progress)
{
    const bool cut = alone && !is_one_action(tx, op, room);
    const uint32_t most = cut ? payload_within(tx, tx->piece) : 0;
    uint32_t head = 0;
    if (!tx->begun) {
        enum ws_status status = fresh_key(tx, &tx->key);
        if (status != WS_OK)
            return status;
        const uint64_t left = payload_left(tx, op);
        head = put_head(tx, op, cut && most < left ? most : left);
        tx->begun = !cut;
    }
    if (cut)
        compose(tx, op, head, most, pieces);
    else if (is_composed(tx, op, room))
        compose(tx, op, head, piece_limit(tx, op) - head, pieces);
    else
        refer(tx, op, head, room, pieces);
    *progress = tx->sent == op->length ? WS_SEND_FINISHED : cut ? WS_SEND_NEXT_FRAME : WS_SEND_IN_FRAME;
    return WS_OK;
}

static uint8_t *pong_memory(const struct ws_send *tx)
{
    bool small = tx->mode != WS_SEND_PLAIN && tx->piece < WS_SEND_CONTROL_MAX;
    return tx->area + (small ? WS_SEND_CONTROL_MAX : tx->piece);
}

enum ws_status ws_send_pong(const struct ws_send *tx, struct ws_buffer payload, struct ws_buffer *pong)
{
    uint8_t *memory = pong_memory(tx);
    uint32_t key;
    enum ws_status status = fresh_key(tx, &key);
    if (status != WS_OK)
        return status;
    uint32_t head = ws_frame_encode(memory, WS_FRAME_FIN | WS_OPCODE_PONG, payload.length,
                                    tx->mode != WS_SEND_PLAIN, key);
    ws_mask(memory + head, payload.bytes, payload.length, key);
    *pong = (struct ws_buffer){memory, head + payload.length};
    return WS_OK;
}
