/*
 * What comes next, see action_queue.h. Every function here is one rule of the order of actions; none looks at bytes.
 */
#include "session/action_queue.h"

#include <stdlib.h>
#include <string.h>

#include "trace/trace.h"

#define MOST_BUFFERS 2u /* in one action */

/* A ping that cannot be answered at once. */
struct ws_kept_ping {
    uint8_t length;
    uint8_t payload[WS_FRAME_CONTROL_MAX];
};

void ws_action_queue_free(struct ws_action_queue *queue)
{
    ws_operations_free(&queue->sends);
    ws_operations_free(&queue->receives);
    free(queue->kept);
}

enum ws_status ws_action_queue_send(struct ws_action_queue *queue, struct ws_operation operation)
{
    if (queue->is.aborted)
        return WS_WHY_ABORTED;
    if (!ws_operations_reserve(&queue->sends))
        return WS_WHY_NO_MEMORY;
    enum ws_status status = ws_send_admit(&queue->send, &operation);
    if (status == WS_OK)
        ws_operations_push(&queue->sends, &operation);
    return status;
}

enum ws_status ws_action_queue_receive(struct ws_action_queue *queue, struct ws_operation operation)
{
    enum ws_status status = queue->is.aborted ? WS_WHY_ABORTED : ws_receive_ended(&queue->receive);
    if (status != WS_OK)
        return status;
    if (!ws_operations_reserve(&queue->receives))
        return WS_WHY_NO_MEMORY;
    ws_operations_push(&queue->receives, &operation);
    return WS_OK;
}

void ws_action_queue_abort(struct ws_action_queue *queue)
{
    queue->is.aborted = true;
    queue->is.pong_due = false;
    queue->is.pong_holds_receive = false; /* its operations come back without waiting for a pong */
}

/* Pongs */

/* Whether a pong would break a frame, or meet another one. */
static bool pong_is_barred(const struct ws_action_queue *queue)
{
    return queue->is.several || queue->pong_token != 0;
}

static bool pong_must_wait(const struct ws_action_queue *queue)
{
    return pong_is_barred(queue) || queue->is.send_waits;
}

static enum ws_status hand_out_pong(struct ws_action_queue *queue, struct ws_buffer payload,
                                    bool holds_receive, struct ws_action *action)
{
    enum ws_status status = ws_send_pong(&queue->send, payload, &action->pieces.buffers[0]);
    if (status != WS_OK)
        return status;
    queue->pong_token = ws_action_queue_new_token(queue, WS_TOKEN_PONG);
    queue->is.pong_holds_receive = holds_receive;
    queue->pong_expected = (uint8_t)action->pieces.buffers[0].length;
    action->type = WS_ACTION_SEND_TO_NETWORK;
    action->token = queue->pong_token;
    action->kind = WS_PING_PONG;
    action->pieces.count = 1;
    return WS_OK;
}

/* The send side lets one pass, and then what waits there is next: a peer may ping faster than pongs are written. */
static bool kept_pong_is_next(const struct ws_action_queue *queue, unsigned sides)
{
    if (!queue->is.pong_due || pong_must_wait(queue))
        return false;
    return sides & WS_SIDE_SEND ? !queue->is.sends_turn : ws_receive_failure(&queue->receive) == WS_OK;
}

static enum ws_status hand_out_kept_pong(struct ws_action_queue *queue, unsigned sides,
                                         struct ws_action *action)
{
    struct ws_buffer payload = {queue->kept->payload, queue->kept->length};
    enum ws_status status = hand_out_pong(queue, payload, sides == WS_SIDE_RECEIVE, action);
    if (status != WS_OK)
        return status;
    queue->is.pong_due = false;
    queue->is.sends_turn =
        sides & WS_SIDE_SEND && queue->send_token == 0 && ws_operations_head(&queue->sends);
    return WS_OK;
}

static enum ws_status keep_ping(struct ws_action_queue *queue, struct ws_buffer payload)
{
    if (!queue->kept && !(queue->kept = malloc(sizeof *queue->kept)))
        return WS_WHY_NO_MEMORY;
    memcpy(queue->kept->payload, payload.bytes, payload.length);
    queue->kept->length = (uint8_t)payload.length;
    queue->is.pong_due = true;
    return WS_OK;
}

/* A ping was parsed. *action stays WS_ACTION_NONE if its payload was kept. */
static enum ws_status answer_ping(struct ws_action_queue *queue, struct ws_buffer payload,
                                  struct ws_action *action)
{
    enum ws_status status =
        pong_must_wait(queue) ? keep_ping(queue, payload) : hand_out_pong(queue, payload, true, action);
    if (status == WS_OK)
        ws_receive_pass_ping(&queue->receive);
    return status;
}

/* The send side */

static void hand_out_send(struct ws_action_queue *queue, const struct ws_operation *op,
                          enum ws_action_type type, struct ws_action *action)
{
    queue->is.sends_turn = false;
    action->type = type;
    action->token = ws_action_queue_begin_send(queue, type == WS_ACTION_SEND_TO_NETWORK ? WS_HEAD_NETWORK
                                                                                        : WS_HEAD_INDICATED);
    action->context = op->context;
    action->has_context = true;
    action->kind = op->kind;
    action->first = op->first;
}

static enum ws_status send_frame(struct ws_action_queue *queue, const struct ws_operation *op, uint32_t room,
                                 struct ws_action *action)
{
    const bool alone = queue->pong_token != 0; /* which is never so inside a frame of several actions */
    if (alone && !ws_send_can_be_alone(&queue->send, op, room > 0 ? room : MOST_BUFFERS)) {
        if (room > 0) /* without, nothing may change: the receive side can still refuse this call */
            queue->is.send_waits = true;
        return WS_OK;
    }
    if (room == 0)
        return WS_WHY_BUFFER_COUNT_ZERO;

    enum ws_send_progress progress;
    enum ws_status status = ws_send_next(&queue->send, op, room, alone, &action->pieces, &progress);
    if (status != WS_OK)
        return status;
    queue->is.send_waits = false;
    queue->more = progress != WS_SEND_FINISHED;
    if (progress == WS_SEND_IN_FRAME)
        queue->is.several = true;
    hand_out_send(queue, op, WS_ACTION_SEND_TO_NETWORK, action);
    queue->send_expected = action->pieces.buffers[0].length;
    if (action->pieces.count > 1)
        queue->send_expected += action->pieces.buffers[1].length;
    return WS_OK;
}

static enum ws_status next_send(struct ws_action_queue *queue, uint32_t room, struct ws_action *action)
{
    const struct ws_operation *op = ws_operations_head(&queue->sends);
    if (!op || queue->send_token != 0)
        return WS_OK;
    if (queue->send_state == WS_HEAD_READY && !queue->is.aborted)
        return send_frame(queue, op, room, action);
    hand_out_send(queue, op, WS_ACTION_INDICATE_SEND_COMPLETE, action);
    return WS_OK;
}

static enum ws_status complete_send(struct ws_action_queue *queue, uint32_t bytes)
{
    if (queue->send_state == WS_HEAD_INDICATED) {
        ws_action_queue_end_send(queue);
        return WS_OK;
    }
    if (queue->more && bytes == queue->send_expected) {
        queue->send_token = 0;
        queue->send_state = WS_HEAD_READY;
        return WS_OK;
    }
    /* The last piece, or the caller goes its own way: for the session the frame is sent. */
    ws_action_queue_end_frame(queue);
    return bytes == queue->send_expected ? WS_OK : WS_WHY_SEND_COUNT;
}

/* The receive side */

static void hand_out_receive(struct ws_action_queue *queue, const struct ws_operation *op,
                             enum ws_action_type type, struct ws_action *action)
{
    action->type = type;
    action->token = ws_action_queue_begin_receive(
        queue, type == WS_ACTION_RECEIVE_FROM_NETWORK ? WS_HEAD_NETWORK : WS_HEAD_INDICATED);
    action->context = op->context;
    action->has_context = true;
}

static void indicate_cancelled(struct ws_action_queue *queue, const struct ws_operation *op,
                               struct ws_action *action)
{
    action->event = (struct ws_receive_event){.status = WS_STATUS_ABORTED, .kind = WS_CLOSE};
    hand_out_receive(queue, op, WS_ACTION_INDICATE_RECEIVE_COMPLETE, action);
}

/* Read on for op until there is something to do. Each turn of the loop but the last keeps a ping. */
static enum ws_status receive_frame(struct ws_action_queue *queue, const struct ws_operation *op,
                                    struct ws_action *action)
{
    const struct ws_buffer own = {op->bytes, op->length};
    enum ws_status status;
    do {
        switch (ws_receive_next(&queue->receive, own, &action->event)) {
        case WS_RECEIVE_READ:
            /* The peer may wait for its pong before it sends anything. */
            if (queue->is.pong_due && !pong_is_barred(queue))
                return hand_out_kept_pong(queue, WS_SIDE_RECEIVE, action);
            queue->receive_offered = action->event.buffer.length;
            hand_out_receive(queue, op, WS_ACTION_RECEIVE_FROM_NETWORK, action);
            return WS_OK;
        case WS_RECEIVE_INDICATE:
            hand_out_receive(queue, op, WS_ACTION_INDICATE_RECEIVE_COMPLETE, action);
            return WS_OK;
        case WS_RECEIVE_LOST:
            indicate_cancelled(queue, op, action);
            return WS_OK;
        case WS_RECEIVE_FAILED:
            return ws_receive_failure(&queue->receive);
        case WS_RECEIVE_PING:
            break;
        }
        status = answer_ping(queue, action->event.buffer, action);
    } while (status == WS_OK && action->type == WS_ACTION_NONE);
    return status;
}

static enum ws_status next_receive(struct ws_action_queue *queue, uint32_t room, struct ws_action *action)
{
    const struct ws_operation *op = ws_operations_head(&queue->receives);
    if (!op || queue->receive_token != 0 || queue->is.pong_holds_receive)
        return WS_OK;
    if (room == 0)
        return WS_WHY_BUFFER_COUNT_ZERO;
    if (queue->receive_state == WS_HEAD_READY && !queue->is.aborted)
        return receive_frame(queue, op, action);
    indicate_cancelled(queue, op, action);
    return WS_OK;
}

static enum ws_status complete_receive(struct ws_action_queue *queue, uint32_t bytes)
{
    if (queue->receive_state == WS_HEAD_INDICATED) {
        ws_action_queue_end_receive(queue);
        return WS_OK;
    }
    queue->receive_token = 0;
    if (bytes == 0 || bytes > queue->receive_offered) {
        ws_receive_cancel(&queue->receive);
        queue->receive_state = WS_HEAD_FINISHED;
        return bytes == 0 ? WS_WHY_READ_ENDED : WS_WHY_READ_COUNT;
    }
    const struct ws_operation *op = ws_operations_head(&queue->receives);
    ws_receive_filled(&queue->receive, (struct ws_buffer){op->bytes, op->length}, bytes);
    queue->receive_state = WS_HEAD_READY;
    return WS_OK;
}

/* Both */

enum ws_status ws_action_queue_next(struct ws_action_queue *queue, unsigned sides, uint32_t room,
                                    struct ws_action *action)
{
    action->type = WS_ACTION_NONE;
    action->token = 0;
    action->has_context = false;
    if (kept_pong_is_next(queue, sides))
        return room > 0 ? hand_out_kept_pong(queue, sides, action) : WS_WHY_BUFFER_COUNT_ZERO;

    enum ws_status status = WS_OK;
    if (sides & WS_SIDE_SEND)
        status = next_send(queue, room, action);
    if (sides & WS_SIDE_RECEIVE && status == WS_OK && action->type == WS_ACTION_NONE)
        status = next_receive(queue, room, action);
    return status;
}

static enum ws_status complete_pong(struct ws_action_queue *queue, uint32_t bytes)
{
    queue->pong_token = 0;
    queue->is.pong_holds_receive = false;
    return bytes == queue->pong_expected ? WS_OK : WS_WHY_PONG_COUNT;
}

enum ws_status ws_action_queue_complete(struct ws_action_queue *queue, uint32_t token, uint32_t bytes)
{
    if (token == 0)
        return WS_OK;
    if (token == queue->send_token)
        return complete_send(queue, bytes);
    if (token == queue->receive_token)
        return complete_receive(queue, bytes);
    if (token == queue->pong_token)
        return complete_pong(queue, bytes);
    return WS_WHY_CONTEXT_UNKNOWN;
}

/* For the trace */

static uint32_t send_id(uint32_t number)
{
    return number << 1 | WS_TRACE_SEND;
}

static uint32_t receive_id(uint32_t number)
{
    return number << 1;
}

uint32_t ws_action_queue_last_send(const struct ws_action_queue *queue)
{
    return send_id(ws_operations_last_number(&queue->sends));
}

uint32_t ws_action_queue_last_receive(const struct ws_action_queue *queue)
{
    return receive_id(ws_operations_last_number(&queue->receives));
}

uint32_t ws_action_queue_operation(const struct ws_action_queue *queue, uint32_t token)
{
    switch (token & WS_TOKEN_OF) {
    case WS_TOKEN_SEND:
        return send_id(ws_operations_first_number(&queue->sends));
    case WS_TOKEN_RECEIVE:
        return receive_id(ws_operations_first_number(&queue->receives));
    default:
        return 0;
    }
}

uint32_t ws_action_queue_ended(const struct ws_action_queue *queue, uint32_t token)
{
    switch (token & (WS_TOKEN_OF | WS_TOKEN_INDICATION)) {
    case WS_TOKEN_SEND | WS_TOKEN_INDICATION:
        return send_id(ws_operations_first_number(&queue->sends) - 1);
    case WS_TOKEN_RECEIVE | WS_TOKEN_INDICATION:
        return receive_id(ws_operations_first_number(&queue->receives) - 1);
    default:
        return 0;
    }
}
