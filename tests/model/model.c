/*
 * The state machine of a session, see model.h: sections 2, 7, 8 and 9 of the specification; 5 is in model_send.c
 * and 6 in model_receive.c. Numbers in comments are sections; "choice" marks what our headers decide where the
 * specification is silent.
 */
#include "model_parts.h"

#include <string.h>

enum { QUEUE_SEND = 1, QUEUE_RECEIVE = 2 };

/* ---- 2: A handle's life ---- */

void model_create(struct model *m, enum model_role role, bool extension)
{
    memset(m, 0, sizeof *m);
    m->role = role;
    m->extension = extension;
}

static HRESULT handshake_step(struct model *m, bool as_server, enum model_phase from, bool good)
{
    if (m->phase == MODEL_DELETED)
        return E_HANDLE;
    if (as_server != (m->role == MODEL_SERVER) || m->phase != from)
        return E_INVALID_PROTOCOL_OPERATION; /* 2: the other role, a wrong state */
    if (!good)
        return E_INVALID_PROTOCOL_FORMAT; /* 4: a failed call leaves the handle where it was */
    m->phase = from == MODEL_CREATED ? MODEL_HANDSHAKING : MODEL_OPEN;
    return S_OK;
}

HRESULT model_begin_handshake(struct model *m, bool as_server, bool good)
{
    return handshake_step(m, as_server, MODEL_CREATED, good);
}

HRESULT model_end_handshake(struct model *m, bool as_server, bool good)
{
    if (as_server && m->role == MODEL_SERVER && m->phase == MODEL_OPEN)
        return m->aborted ? E_INVALID_PROTOCOL_OPERATION : S_OK; /* 4.2: does nothing; aborted: choice */
    return handshake_step(m, as_server, MODEL_HANDSHAKING, good || as_server);
}

/* 2: Send, Receive and GetAction want an open session; on a server they complete the handshake themselves. */
HRESULT model_open_session(struct model *m)
{
    if (m->phase == MODEL_DELETED)
        return E_HANDLE;
    if (m->role == MODEL_SERVER && m->phase == MODEL_HANDSHAKING)
        m->phase = MODEL_OPEN;
    return m->phase == MODEL_OPEN ? S_OK : E_INVALID_PROTOCOL_OPERATION;
}

void model_abort(struct model *m) /* 9 */
{
    if (m->phase != MODEL_OPEN)
        return;
    m->aborted = true;
    m->held = false;
    m->waits = false;
    m->pong_stop = false; /* choice: operations come back without waiting for a pong */
}

void model_delete(struct model *m)
{
    m->phase = MODEL_DELETED;
}

/* ---- 7: Pings ---- */

void model_hand_out_pong(struct model *m, const struct peer_frame *ping, bool stop, struct model_action *out)
{
    uint32_t head = model_put_head(m, m->pong_frame, MODEL_FIN | MODEL_PONG, MODEL_EMPTY, ping->length);
    memcpy(m->pong_frame + head, ping->payload, ping->length);
    m->pong = true;
    m->pong_stop = stop;
    out->action = WEB_SOCKET_SEND_TO_NETWORK_ACTION;
    out->type = WEB_SOCKET_PING_PONG_BUFFER_TYPE;
    out->is_pong = true;
    out->count = 1; /* header and payload together; no application context */
    out->buffers[0] = (struct model_buffer){m->pong_frame, head + ping->length, NULL};
}

void model_complete_pong(struct model *m) /* with another byte count it is dropped: the same */
{
    m->pong = false;
    m->pong_stop = false;
}

/* ---- 8: GetAction ---- */

static struct model_action next_action(struct model *m, unsigned queue, ULONG room)
{
    struct model_action out = {.result = S_OK};
    /* 7: a held pong before anything else, on any queue, but for a frame that could not be cut and waits; choice: on
     * the send side what waits there lets one pass and is next, and the receive side's failure comes first. */
    if (m->held && !model_pong_is_barred(m) && !m->waits &&
        (queue & QUEUE_SEND ? !m->passed : m->failure == 0)) {
        m->held = false;
        m->passed = queue & QUEUE_SEND && m->send == MODEL_NOTHING && model_head(&m->sends);
        model_hand_out_pong(m, &m->held_ping, queue == QUEUE_RECEIVE, &out);
        return out;
    }
    if (queue & QUEUE_SEND)
        model_send_side(m, room, &out);
    if (queue & QUEUE_RECEIVE && out.action == WEB_SOCKET_NO_ACTION)
        model_receive_side(m, &out);
    return out;
}

/* With a count of 0: what needs no buffer is done, all else is refused, and then it is as if nobody had asked. */
static struct model_action next_without_buffers(struct model *m, unsigned queue)
{
    struct model tried = *m;
    struct model_action out = next_action(&tried, queue, 2);
    if (out.count > 0)
        return (struct model_action){.result = E_INVALIDARG};
    if (out.action != WEB_SOCKET_NO_ACTION)
        *m = tried;
    return out;
}

struct model_action model_get_action(struct model *m, unsigned queue, ULONG room)
{
    HRESULT result = model_open_session(m);
    if (result != S_OK)
        return (struct model_action){.result = result};
    return room > 0 ? next_action(m, queue, room) : next_without_buffers(m, queue);
}
