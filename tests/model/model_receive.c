/*
 * Section 6 of the specification: receiving. See model.c.
 */
#include "model_parts.h"

enum { PROTOCOL_ERROR = 1002, INVALID_PAYLOAD = 1007 };

HRESULT model_receive(struct model *m, struct model_operation op)
{
    HRESULT result = model_open_session(m);
    if (result == S_OK && (m->aborted || m->lost || m->failure != 0))
        result = E_INVALID_PROTOCOL_OPERATION;
    if (result == S_OK)
        m->receives.list[m->receives.count++] = op;
    return result;
}

void model_peer_sends(struct model *m, const struct peer_frame *frame)
{
    m->wire[m->frames++] = *frame;
}

void model_offered(struct model *m, uint32_t length)
{
    m->offered = length;
}

static uint32_t peer_head(const struct model *m, const struct peer_frame *frame)
{
    return 2u + (frame->length > 125 ? 2u : 0u) + (m->role == MODEL_SERVER ? 4u : 0u);
}

static void frame_done(struct model *m, const struct peer_frame *frame)
{
    m->arrived -= peer_head(m, frame) + frame->length;
    m->frames_done++;
    m->indicated = m->landed = 0;
}

static void indicate(struct model *m, WEB_SOCKET_BUFFER_TYPE type, struct model_buffer buffer,
                     struct model_action *out)
{
    m->receive = MODEL_INDICATION;
    out->action = WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION;
    out->type = type;
    out->buffers[0] = buffer;
}

static void indicate_close(struct model *m, USHORT status, struct model_buffer reason,
                           struct model_action *out)
{
    indicate(m, WEB_SOCKET_CLOSE_BUFFER_TYPE, reason, out);
    out->is_close = true;
    out->status = status;
}

/* 7: a pong that was held for a frame that waits: rather than a read, the peer may be waiting for it. */
static void read_into(struct model *m, uint8_t *own, uint32_t room, struct model_action *out)
{
    if (m->held && !model_pong_is_barred(m)) {
        m->held = m->passed = false;
        model_hand_out_pong(m, &m->held_ping, true, out);
        return;
    }
    m->receive = MODEL_NETWORK;
    m->direct = own != NULL;
    out->action = WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION;
    out->is_read = true;
    out->buffers[0] = (struct model_buffer){NULL, room, own};
}

/* 6, "What is broken", as far as a header shows it; its first byte is here. */
static bool broken_header(const struct model *m, uint8_t first)
{
    if (first & MODEL_RESERVED || (first & MODEL_CONTROL && !(first & MODEL_FIN)))
        return true;
    return !(first & MODEL_CONTROL) && ((first & MODEL_OPCODE) == 0) == (m->incoming == 0);
}

/* 3: a client whose SBS is below 131 takes what it lacks from the receive area. */
static uint32_t area_size(const struct model *m)
{
    return m->role == MODEL_SERVER ? MODEL_RECEIVE_SIZE : MODEL_RECEIVE_SIZE - (131 - MODEL_SEND_SIZE);
}

/* 6, "What completes an operation": the whole payload, or a part of it when there is no more room. */
static void data_frame(struct model *m, const struct peer_frame *frame, uint32_t here,
                       const struct model_operation *op, struct model_action *out)
{
    uint32_t limit = op->bytes ? op->length : area_size(m);
    uint32_t part = model_least(here - m->indicated, limit);
    uint32_t end = m->indicated + part;
    if (frame->wrong_at != 0 && frame->wrong_at <= end) {
        m->failure = INVALID_PAYLOAD;
        return;
    }
    m->landed = op->bytes ? part : 0;
    if (end < frame->length && part < limit) {
        if (op->bytes)
            read_into(m, (uint8_t *)(uintptr_t)op->bytes + part,
                      model_least(frame->length - end, limit - part), out);
        else
            read_into(m, NULL, MODEL_RECEIVE_SIZE, out);
        return;
    }
    if ((frame->first & MODEL_OPCODE) != 0)
        m->incoming = frame->first & MODEL_OPCODE; /* continuations carry the type of their message */
    bool final = end == frame->length && frame->first & MODEL_FIN;
    WEB_SOCKET_BUFFER_TYPE message = m->incoming == MODEL_TEXT ? WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE
                                                               : WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;
    WEB_SOCKET_BUFFER_TYPE fragment = m->incoming == MODEL_TEXT ? WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE
                                                                : WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE;
    const uint8_t *bytes = (const uint8_t *)frame->payload + m->indicated;
    indicate(m, final ? message : fragment, (struct model_buffer){bytes, part, op->bytes}, out);
    m->indicated = end;
    m->landed = 0;
    if (final)
        m->incoming = 0;
    if (end == frame->length)
        frame_done(m, frame);
}

/* Pings, pongs and closes are looked at when they are whole. */
static void control_frame(struct model *m, const struct peer_frame *frame, struct model_action *out)
{
    const uint8_t *bytes = (const uint8_t *)frame->payload;
    const struct peer_frame seen = *frame;
    frame_done(m, frame);
    switch (seen.first & MODEL_OPCODE) {
    case MODEL_PING:
        if (model_pong_is_barred(m) || m->waits) { /* 7: held, a newer ping replaces it, the parser goes on */
            m->held = true;
            m->held_ping = seen;
        } else {
            model_hand_out_pong(m, &seen, true, out); /* 7: the parser stops */
        }
        break;
    case MODEL_PONG:
        indicate(m, WEB_SOCKET_PING_PONG_BUFFER_TYPE, (struct model_buffer){bytes, seen.length, NULL}, out);
        break;
    case MODEL_CLOSE:
        m->closed = true;
        if (seen.length < 2)
            indicate_close(m, MODEL_EMPTY, (struct model_buffer){NULL, 0, NULL}, out);
        else
            indicate_close(m, (USHORT)(bytes[0] << 8 | bytes[1]),
                           (struct model_buffer){bytes + 2, seen.length - 2, NULL}, out);
    }
}

/* One step of reading; nothing in *out and no failure: a ping was held, go on. */
static void receive_step(struct model *m, const struct model_operation *op, struct model_action *out)
{
    const struct peer_frame *frame = &m->wire[m->frames_done];
    if (m->arrived > 0 && m->indicated + m->landed == 0 && broken_header(m, frame->first)) {
        m->failure = PROTOCOL_ERROR;
        return;
    }
    if (m->arrived == 0 || m->arrived < peer_head(m, frame)) {
        read_into(m, NULL, MODEL_RECEIVE_SIZE, out);
        return;
    }
    uint32_t here = model_least(m->arrived - peer_head(m, frame), frame->length);
    if (!(frame->first & MODEL_CONTROL))
        data_frame(m, frame, here, op, out);
    else if (frame->wrong_at != 0 && frame->wrong_at <= here) /* 6: a close; its status is two bytes */
        m->failure = frame->wrong_at <= 2 ? PROTOCOL_ERROR : INVALID_PAYLOAD;
    else if (here < frame->length)
        read_into(m, NULL, MODEL_RECEIVE_SIZE, out);
    else
        control_frame(m, frame, out);
}

void model_receive_side(struct model *m, struct model_action *out)
{
    const struct model_operation *op = model_head(&m->receives);
    if (!op || m->receive != MODEL_NOTHING || m->pong_stop)
        return; /* 6: nothing is parsed unless an operation waits; 8; 7: parsing goes on after the pong */
    if (m->aborted || m->receive_cancelled || m->lost) /* 9; 8 */
        indicate_close(m, MODEL_ABORTED, (struct model_buffer){NULL, 0, NULL}, out);
    else if (m->closed) /* 6: reads on without looking, into the area for every operation */
        read_into(m, NULL, MODEL_RECEIVE_SIZE, out);
    while (out->action == WEB_SOCKET_NO_ACTION && m->failure == 0)
        receive_step(m, op, out);
    if (out->action == WEB_SOCKET_NO_ACTION) { /* 6: sticky; the close status can be handed to Send */
        out->result = E_INVALID_PROTOCOL_FORMAT;
        out->type = WEB_SOCKET_CLOSE_BUFFER_TYPE;
        out->is_close = true;
        out->status = m->failure;
        out->buffers[0] = (struct model_buffer){NULL, 0, NULL};
    } else if (!out->is_pong) {
        out->has_context = true;
        out->context = op->context;
    }
    out->count = 1;
}

void model_complete_receive(struct model *m, uint32_t bytes)
{
    if (m->receive == MODEL_INDICATION) {
        m->receives.done++;
        m->receive_cancelled = false;
    } else if (bytes == 0 || bytes > m->offered) { /* 8 */
        m->receive_cancelled = true;
        m->lost = m->lost || m->landed > 0; /* choice: a message with a hole is never delivered */
    } else {
        const struct peer_frame *frame = &m->wire[m->frames_done];
        m->arrived += bytes;
        if (m->direct) {
            m->landed += bytes;
            if (frame->wrong_at != 0 && frame->wrong_at <= m->indicated + m->landed)
                m->failure = INVALID_PAYLOAD; /* 6: decided at the earliest wrong byte */
        }
    }
    m->receive = MODEL_NOTHING;
}
