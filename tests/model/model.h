/*
 * An executable statement of what a session does: sections 2 and 5 to 9 of the specification as a machine that
 * is short enough to be read beside them. It knows calls, frames and actions, and shares no code with the
 * library; how a peer's frame is spelled in bytes is not its business.
 *
 * Sizes are fixed, because it only ever lives for one short sequence of calls.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "websocket.h"

enum model_role { MODEL_SERVER, MODEL_CLIENT, MODEL_CLIENT_UNMASKED };

/* The buffer sizes of every session: the smallest. */
enum { MODEL_RECEIVE_SIZE = 256, MODEL_SEND_SIZE = 16, MODEL_OPERATIONS = 24, MODEL_FRAMES = 48 };

/* A frame that the peer sends. */
struct peer_frame {
    uint8_t first; /* FIN, reserved bits, opcode */
    const char *payload;
    uint32_t length;
    uint32_t wrong_at; /* 1 + the index of the earliest wrong byte of a text or a close, or 0 */
};

struct model_operation {
    WEB_SOCKET_BUFFER_TYPE type; /* of a send */
    const uint8_t *bytes;        /* a send's payload or reason, a receive's own buffer */
    uint32_t length;
    USHORT status; /* of a close; 1005 without a body */
    uint8_t first; /* of a send's frame */
    PVOID context;
};

struct model_operations {
    struct model_operation list[MODEL_OPERATIONS];
    unsigned done; /* the first of them are over */
    unsigned count;
};

enum model_phase { MODEL_CREATED, MODEL_HANDSHAKING, MODEL_OPEN, MODEL_DELETED };
enum model_outstanding { MODEL_NOTHING, MODEL_NETWORK, MODEL_INDICATION };

struct model {
    enum model_role role;
    bool extension; /* raw frames may be sent; the peer sends none */
    enum model_phase phase;
    bool aborted;

    struct model_operations sends;
    enum model_outstanding send;
    bool send_over; /* the frame is sent or given up, its indication is due */
    bool several;   /* inside a frame that takes several actions */
    bool waits;     /* one that cannot be cut is due, and a pong in the way */
    uint32_t begun; /* bytes of the send's own memory that are in its earlier frames */
    bool cut;       /* its frame is a fragment of it, in one action */
    uint8_t
        frame[64];    /* of the send that has begun: the head, for a client then the payload, masked with 0 */
    uint32_t head;    /* bytes of the frame before the operation's own memory */
    uint32_t size;    /* of the whole frame */
    uint32_t sent;    /* bytes of it that were handed out */
    uint32_t piece;   /* bytes in the outstanding action */
    unsigned message; /* opcode of the message that the queued sends leave unfinished, or 0 */
    bool close_queued;

    struct model_operations receives;
    enum model_outstanding receive;
    bool receive_cancelled; /* its indication is due */
    bool direct;            /* the outstanding read is into the operation's own buffer */
    uint32_t offered;       /* room of the outstanding read */
    struct peer_frame wire[MODEL_FRAMES];
    unsigned frames_done;
    unsigned frames;
    uint32_t arrived;   /* bytes of the frames that are not done, their headers too */
    uint32_t indicated; /* payload of the current frame that was indicated, */
    uint32_t landed;    /* and what lies behind it in the operation's own buffer */
    unsigned incoming;  /* opcode of the peer's unfinished message, or 0 */
    bool closed;        /* a close frame has come: what follows is thrown away */
    bool lost;          /* part of a payload was, and nothing is received any more */
    USHORT failure;     /* the close status for broken input, or 0 */

    bool pong;      /* one is outstanding, */
    bool pong_stop; /* and the receive side waits for it */
    bool held;      /* one is due that could not be handed out at once, */
    bool passed;    /* and the send side has let one pass already */
    struct peer_frame held_ping;
    uint8_t pong_frame[2 + 4 + 125];
};

struct model_buffer {
    const uint8_t *bytes; /* what it holds; NULL: not to be looked at */
    uint32_t length;
    const uint8_t *place; /* where it must lie; NULL: in the library's memory */
};

/* What WebSocketGetAction must give. */
struct model_action {
    HRESULT result;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    bool has_context;
    PVOID context; /* the application's */
    ULONG count;
    struct model_buffer buffers[2];
    bool is_close; /* buffers[0] is a CloseStatus: the reason, and */
    USHORT status;
    uint32_t offset; /* of SEND_TO_NETWORK: where in its frame it begins; a client masks payload from there */
    bool is_pong;
    bool is_read; /* the length of buffers[0] is an upper limit, unless it has a place */
};

/* extension: one will be negotiated. */
void model_create(struct model *model, enum model_role role, bool extension);

/* The handshake calls; good: what they are given is in order. */
HRESULT model_begin_handshake(struct model *model, bool as_server, bool good);
HRESULT model_end_handshake(struct model *model, bool as_server, bool good);

/* operation: all but its `first`. */
HRESULT model_send(struct model *model, struct model_operation operation);
HRESULT model_receive(struct model *model, struct model_operation operation);

struct model_action model_get_action(struct model *model, unsigned queue, ULONG room);

/* The offered length of the read that model_get_action told, which the library decides within limits. */
void model_offered(struct model *model, uint32_t length);

/* The peer sends a frame; it arrives when a read is completed. */
void model_peer_sends(struct model *model, const struct peer_frame *frame);

/* The outstanding action of a side is completed. */
void model_complete_send(struct model *model, uint32_t bytes);
void model_complete_receive(struct model *model, uint32_t bytes);
void model_complete_pong(struct model *model);

void model_abort(struct model *model);
void model_delete(struct model *model);

#endif
