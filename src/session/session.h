/*
 * One session: its role for life, its properties, where it stands, and the layout of its memory.
 *
 *   PHASE_CREATED      -> a successful Begin        -> PHASE_HANDSHAKING
 *   PHASE_HANDSHAKING  -> the handshake is complete -> PHASE_OPEN
 *
 * Closing and aborted are the action queue's business.
 *
 * The session's buffers come with PHASE_OPEN. They lie in the caller's memory, or in a block of the same size:
 *
 *     receive area (receive_size, and its slack) | send area (send_size) | pongs (what is left, 134)
 *
 * A client whose send_size is too small for a whole control frame takes what is missing from the end of the
 * receive area.
 *
 * No function locks: calls on one session are serialised by the handle that leads to it.
 */
#ifndef WS_SESSION_H
#define WS_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "handshake/handshake.h"
#include "results/status.h"
#include "session/action_queue.h"

/* What a caller's buffer holds beyond the two areas, for slack and pongs: .NET passes this much. */
#define WS_SESSION_PONG_SIZE 144u

struct ws_session_options {
    bool server;
    bool disable_masking;
    bool disable_utf8;     /* no verification of received text */
    uint32_t receive_size; /* at least 256 */
    uint32_t send_size;    /* at least 16 */
    /* The caller's, receive_size + send_size + WS_SESSION_PONG_SIZE bytes of any alignment; or NULL. */
    uint8_t *memory;
};

struct ws_session;

/** A session in PHASE_CREATED, to be freed with ws_session_free, or NULL if there is no memory. */
struct ws_session *ws_session_create(const struct ws_session_options *options);

/** Free the session with its handshake headers and buffers, whatever it is doing. NULL allowed. */
void ws_session_free(struct ws_session *session);

/*
 * The handshake, see handshake.h for the results of its parts. WS_ERROR_OPERATION: the other role's call, or
 * the wrong phase. A failed call leaves the session where it was.
 */
enum ws_status ws_session_begin_client(struct ws_session *session, const struct ws_client_offer *offer,
                                       const WEB_SOCKET_HTTP_HEADER *initial, uint32_t initial_count,
                                       WEB_SOCKET_HTTP_HEADER **headers, uint32_t *count);
enum ws_status ws_session_end_client(struct ws_session *session, const WEB_SOCKET_HTTP_HEADER *response,
                                     uint32_t count, const struct ws_client_selection *selection);
enum ws_status ws_session_begin_server(struct ws_session *session, const struct ws_server_choice *choice,
                                       const WEB_SOCKET_HTTP_HEADER *request, uint32_t request_count,
                                       WEB_SOCKET_HTTP_HEADER **headers, uint32_t *count);

/** What a peer's headers have to do with a refusal by one of these calls, see ws_handshake_explain. */
void ws_session_explain(const struct ws_session *session, enum ws_status why,
                        const WEB_SOCKET_HTTP_HEADER *headers, uint32_t count, struct ws_line *detail);

/** Complete a server's handshake; WS_OK if it is complete already, unless the session was aborted. */
enum ws_status ws_session_end_server(struct ws_session *session);

/**
 * The queues of an open session. A server that has begun its handshake is opened by this call.
 * Returns WS_OK; WS_ERROR_OPERATION: the handshake is not complete; WS_ERROR_MEMORY: no buffers.
 */
enum ws_status ws_session_queue(struct ws_session *session, struct ws_action_queue **queue);

/** The queues if the session is open, or NULL: for calls that do nothing otherwise. */
struct ws_action_queue *ws_session_open_queue(struct ws_session *session);

#endif
