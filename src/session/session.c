/*
 * The life of a session, see session.h.
 */
#include "session/session.h"

#include <stdlib.h>

#include "frames/frame.h"

_Static_assert(WS_RECEIVE_SLACK + WS_SEND_CONTROL_MAX <= WS_SESSION_PONG_SIZE,
               "the slack and a whole pong fit behind the two areas");

enum { PHASE_CREATED, PHASE_HANDSHAKING, PHASE_OPEN };

struct ws_session {
    struct ws_handshake *handshake; /* kept to the end: callers read its headers after the handshake */
    uint8_t *memory;
    uint32_t receive_size;
    uint32_t send_size;
    uint8_t phase;
    bool server;
    bool disable_masking;
    bool disable_utf8;
    bool extensions; /* one was negotiated */
    bool owns_memory;
    struct ws_action_queue queue; /* used in PHASE_OPEN, zero before */
};

struct ws_session *ws_session_create(const struct ws_session_options *options)
{
    struct ws_session *session = malloc(sizeof *session);
    if (!session)
        return NULL;
    *session = (struct ws_session){
        .memory = options->memory,
        .receive_size = options->receive_size,
        .send_size = options->send_size,
        .phase = PHASE_CREATED,
        .server = options->server,
        .disable_masking = options->disable_masking,
        .disable_utf8 = options->disable_utf8,
        .owns_memory = !options->memory,
    };
    return session;
}

static bool get_memory(struct ws_session *session)
{
    if (session->memory)
        return true;
    uint64_t size = (uint64_t)session->receive_size + session->send_size + WS_SESSION_PONG_SIZE;
    if (size > SIZE_MAX)
        return false;
    session->memory = malloc((size_t)size);
    return session->memory != NULL;
}

static void drop_memory(struct ws_session *session)
{
    if (session->owns_memory) {
        free(session->memory);
        session->memory = NULL;
    }
}

void ws_session_free(struct ws_session *session)
{
    if (!session)
        return;
    ws_action_queue_free(&session->queue);
    ws_handshake_free(session->handshake);
    drop_memory(session);
    free(session);
}

static unsigned receive_rules(const struct ws_session *session)
{
    unsigned rules = session->extensions ? WS_FRAME_ALLOW_EXTENSION : 0;
    if (!session->server)
        return rules | WS_FRAME_ALLOW_UNMASKED;
    return rules | WS_FRAME_ALLOW_MASKED | (session->disable_masking ? WS_FRAME_ALLOW_UNMASKED : 0);
}

static enum ws_send_mode send_mode(const struct ws_session *session)
{
    if (session->server)
        return WS_SEND_PLAIN;
    return session->disable_masking ? WS_SEND_ZERO_KEY : WS_SEND_MASKED;
}

static enum ws_status open(struct ws_session *session)
{
    if (!get_memory(session))
        return WS_WHY_NO_MEMORY;

    uint32_t receive_size = session->receive_size;
    if (!session->server && session->send_size < WS_SEND_CONTROL_MAX)
        receive_size -= WS_SEND_CONTROL_MAX - session->send_size;

    ws_receive_init(&session->queue.receive, session->memory, receive_size, receive_rules(session),
                    !session->disable_utf8);
    ws_send_init(&session->queue.send, session->memory + receive_size + WS_RECEIVE_SLACK, session->send_size,
                 send_mode(session), session->extensions);
    session->phase = PHASE_OPEN;
    return WS_OK;
}

/* Whether a handshake call of this role may come in this phase, or why not. */
static enum ws_status may(const struct ws_session *session, bool server, int phase)
{
    if (session->server != server)
        return server ? WS_WHY_NOT_SERVER : WS_WHY_NOT_CLIENT;
    if (session->phase == phase)
        return WS_OK;
    switch (session->phase) {
    case PHASE_CREATED:
        return WS_WHY_HANDSHAKE_NOT_BEGUN;
    case PHASE_HANDSHAKING:
        return WS_WHY_HANDSHAKE_BEGUN;
    default:
        return WS_WHY_HANDSHAKE_COMPLETE;
    }
}

static void begun(struct ws_session *session, WEB_SOCKET_HTTP_HEADER **headers, uint32_t *count)
{
    *headers = ws_handshake_headers(session->handshake, count);
    session->phase = PHASE_HANDSHAKING;
}

enum ws_status ws_session_begin_client(struct ws_session *session, const struct ws_client_offer *offer,
                                       const WEB_SOCKET_HTTP_HEADER *initial, uint32_t initial_count,
                                       WEB_SOCKET_HTTP_HEADER **headers, uint32_t *count)
{
    enum ws_status status = may(session, false, PHASE_CREATED);
    if (status != WS_OK)
        return status;
    status = ws_handshake_client_begin(offer, initial, initial_count, &session->handshake);
    if (status == WS_OK)
        begun(session, headers, count);
    return status;
}

enum ws_status ws_session_end_client(struct ws_session *session, const WEB_SOCKET_HTTP_HEADER *response,
                                     uint32_t count, const struct ws_client_selection *selection)
{
    enum ws_status status = may(session, false, PHASE_HANDSHAKING);
    if (status != WS_OK)
        return status;
    /* Memory first: once the selection is written, nothing may fail. */
    if (!get_memory(session))
        return WS_WHY_NO_MEMORY;
    status = ws_handshake_client_end(session->handshake, response, count, selection, &session->extensions);
    if (status != WS_OK) {
        drop_memory(session);
        return status;
    }
    return open(session);
}

enum ws_status ws_session_begin_server(struct ws_session *session, const struct ws_server_choice *choice,
                                       const WEB_SOCKET_HTTP_HEADER *request, uint32_t request_count,
                                       WEB_SOCKET_HTTP_HEADER **headers, uint32_t *count)
{
    enum ws_status status = may(session, true, PHASE_CREATED);
    if (status != WS_OK)
        return status;
    status =
        ws_handshake_server_begin(choice, request, request_count, &session->handshake, &session->extensions);
    if (status == WS_OK)
        begun(session, headers, count);
    return status;
}

enum ws_status ws_session_end_server(struct ws_session *session)
{
    if (session->server && session->phase == PHASE_OPEN)
        return session->queue.is.aborted ? WS_WHY_ABORTED : WS_OK;
    enum ws_status status = may(session, true, PHASE_HANDSHAKING);
    return status == WS_OK ? open(session) : status;
}

enum ws_status ws_session_queue(struct ws_session *session, struct ws_action_queue **queue)
{
    *queue = &session->queue;
    if (session->phase == PHASE_OPEN)
        return WS_OK;
    if (session->phase == PHASE_CREATED)
        return WS_WHY_HANDSHAKE_NOT_BEGUN;
    return session->server ? open(session) : WS_WHY_HANDSHAKE_NOT_ENDED;
}

void ws_session_explain(const struct ws_session *session, enum ws_status why,
                        const WEB_SOCKET_HTTP_HEADER *headers, uint32_t count, struct ws_line *detail)
{
    ws_handshake_explain(session->handshake, why, headers, count, detail);
}

struct ws_action_queue *ws_session_open_queue(struct ws_session *session)
{
    return session->phase == PHASE_OPEN ? &session->queue : NULL;
}
