/*
 * Section 5 of the specification: sending. See model.c.
 */
#include "model_parts.h"

#include <string.h>

/* 5, "CLOSE": 1005 and 1006 stand for no body; which of the other statuses is right is the caller's decision. */
static bool is_legal(const struct model_operation *op)
{
    if (op->type != WEB_SOCKET_CLOSE_BUFFER_TYPE)
        return true;
    if (op->status == MODEL_EMPTY || op->status == MODEL_ABORTED)
        return op->length == 0;
    return op->status >= 1000 && op->status != 1015 && op->length <= 123;
}

/* 5.3: an extension's frame, which is what its type says. */
static bool admit_raw(struct model *m, struct model_operation *op)
{
    op->first = (uint8_t)((uint32_t)op->type >> 1);
    const bool continues = (op->first & MODEL_OPCODE) == 0;
    if (!m->extension || m->close_queued || continues != (m->message != 0))
        return false; /* no control frames here */
    if (op->first & MODEL_FIN)
        m->message = 0;
    else if (!continues)
        m->message = op->first & MODEL_OPCODE;
    return true;
}

/* 5, the table and "Mixing": may this follow what is queued, and with which first byte? */
static bool admit(struct model *m, struct model_operation *op)
{
    unsigned opcode = 0;
    bool final = true;
    if ((uint32_t)op->type < 0x200)
        return admit_raw(m, op);
    switch (op->type) {
    case WEB_SOCKET_CLOSE_BUFFER_TYPE:
        if (m->close_queued)
            return false;
        m->close_queued = true;
        op->first = MODEL_FIN | MODEL_CLOSE;
        return true;
    case WEB_SOCKET_PING_PONG_BUFFER_TYPE: /* pings and pongs still go after a close */
        op->first = MODEL_FIN | MODEL_PING;
        return true;
    case WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE:
        op->first = MODEL_FIN | MODEL_PONG;
        return true;
    default:
        opcode = op->type == WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE ||
                         op->type == WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE
                     ? MODEL_TEXT
                     : MODEL_BINARY;
        final = op->type == WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE ||
                op->type == WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;
    }
    if (m->close_queued || (m->message != 0 && m->message != opcode))
        return false;
    op->first = (uint8_t)((final ? MODEL_FIN : 0) | (m->message != 0 ? 0 : opcode));
    m->message = final ? 0 : opcode;
    return true;
}

HRESULT model_send(struct model *m, struct model_operation op)
{
    HRESULT result = m->phase != MODEL_DELETED && !is_legal(&op) ? E_INVALIDARG : model_open_session(m);
    if (op.status == MODEL_ABORTED)
        op.status = MODEL_EMPTY;
    if (result == S_OK && (m->aborted || !admit(m, &op)))
        result = E_INVALID_PROTOCOL_OPERATION;
    if (result == S_OK)
        m->sends.list[m->sends.count++] = op;
    return result;
}

/* A frame's header, and the status of a close frame. Returns their size; a client's key is 0 here. */
uint32_t model_put_head(const struct model *m, uint8_t *to, uint8_t first, USHORT status, uint32_t length)
{
    bool with_status = first == (MODEL_FIN | MODEL_CLOSE) && status != MODEL_EMPTY;
    uint32_t size = 2;
    to[0] = first;
    to[1] = (uint8_t)(length + (with_status ? 2 : 0)); /* the model's sends are shorter than 126 */
    if (m->role != MODEL_SERVER) {
        to[1] |= 0x80; /* also with masking disabled: 3 */
        memset(to + size, 0, 4);
        size += 4;
    }
    if (with_status) {
        to[size++] = (uint8_t)(status >> 8);
        to[size++] = (uint8_t)status;
    }
    return size;
}

/* 5.1: one buffer in library memory with header and payload? Else the payload stays where the caller has it. */
static bool composed(const struct model *m, const struct model_operation *op, ULONG room)
{
    return m->role == MODEL_CLIENT || /* choice: "masking disabled is one action even with room for one" */
           (m->role == MODEL_CLIENT_UNMASKED && room == 1 && op->first & MODEL_CONTROL);
}

/* How much goes into one action: SBS, but 7: "a client's control frames are always one action". */
static uint32_t piece_limit(const struct model *m, const struct model_operation *op, ULONG room)
{
    if (composed(m, op, room))
        return op->first & MODEL_CONTROL ? m->size : MODEL_SEND_SIZE;
    return room >= 2 ? m->size : m->head;
}

static bool is_message(const struct model_operation *op)
{
    return op->type == WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE ||
           op->type == WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE ||
           op->type == WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE ||
           op->type == WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE;
}

/* The frame with so many more bytes of the operation: a continuation behind an earlier one, FIN in the last alone. */
static void begin_frame(struct model *m, const struct model_operation *op, uint32_t length)
{
    uint8_t first = op->first;
    if (m->begun > 0)
        first = (uint8_t)(first & ~MODEL_OPCODE);
    if (m->begun + length < op->length)
        first = (uint8_t)(first & ~MODEL_FIN);
    m->head = model_put_head(m, m->frame, first, op->status, length);
    m->size = m->head + length;
    memcpy(m->frame + m->head, op->bytes + m->begun, length);
}

/*
 * 7: a message does not wait for a pong: its next fragment, in one buffer of SBS bytes, or less if that is the rest.
 * Headers have one size here, SBS is that small.
 */
static void begin_fragment(struct model *m, const struct model_operation *op)
{
    begin_frame(m, op, model_least(op->length - m->begun, MODEL_SEND_SIZE - m->head));
    m->cut = true;
}

static void send_fragment(struct model *m, struct model_action *out)
{
    m->piece = m->sent = m->size;
    out->buffers[out->count++] = (struct model_buffer){m->frame, m->size, NULL};
}

/* 5.1: the next action of the frame. */
static void send_piece(struct model *m, const struct model_operation *op, ULONG room,
                       struct model_action *out)
{
    uint32_t end = model_least(m->size, m->sent + piece_limit(m, op, room));
    if (!composed(m, op, room) && m->sent > 0)
        end = m->size; /* the payload after a header alone */
    out->offset = m->sent;
    if (composed(m, op, room))
        out->buffers[out->count++] = (struct model_buffer){m->frame + m->sent, end - m->sent, NULL};
    else if (m->sent == 0)
        out->buffers[out->count++] = (struct model_buffer){m->frame, m->head, NULL};
    if (!composed(m, op, room) && end > m->head)
        out->buffers[out->count++] =
            (struct model_buffer){op->bytes + m->begun, op->length - m->begun, op->bytes + m->begun};
    m->piece = end - m->sent;
    m->sent = end;
    m->several = m->several || end < m->size;
}

/* Begin the next frame of the send at the head, or not: 7: one that cannot be cut waits for a pong, and is next. */
static bool begin_next(struct model *m, const struct model_operation *op, ULONG room)
{
    m->cut = false;
    begin_frame(m, op, op->length - m->begun);
    if (!m->pong || piece_limit(m, op, room) >= m->size)
        return true;
    m->waits = !is_message(op);
    if (!m->waits)
        begin_fragment(m, op);
    return !m->waits;
}

void model_send_side(struct model *m, ULONG room, struct model_action *out)
{
    const struct model_operation *op = model_head(&m->sends);
    if (!op || m->send != MODEL_NOTHING)
        return; /* 8: one outstanding action per side */
    if (m->aborted || m->send_over) {
        m->send = MODEL_INDICATION;
        out->action = WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION;
    } else {
        if (m->sent == 0 && !begin_next(m, op, room))
            return;
        if (m->cut)
            send_fragment(m, out);
        else
            send_piece(m, op, room, out);
        m->waits = false;
        m->send = MODEL_NETWORK;
        out->action = WEB_SOCKET_SEND_TO_NETWORK_ACTION;
    }
    m->passed = false;
    out->type = op->type;
    out->has_context = true;
    out->context = op->context;
}

void model_complete_send(struct model *m, uint32_t bytes)
{
    const struct model_operation *op = model_head(&m->sends);
    bool whole = bytes == m->piece;
    if (m->send == MODEL_INDICATION) { /* 8: the byte count is ignored */
        m->sends.done++;
        m->send_over = false;
        m->begun = 0;
    } else if (!whole || m->sent == m->size) { /* 8: cancelled; the session goes on as if it had been sent */
        m->begun += m->size - m->head;
        m->send_over = !whole || m->begun == op->length;
        m->several = false;
        m->sent = 0;
    }
    m->send = MODEL_NOTHING;
}
