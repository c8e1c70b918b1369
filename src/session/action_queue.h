/*
 * The send and receive queues of one open session: which action comes next, and what follows when it was completed.
 * Sections 5 to 9 of the specification meet here; the frames themselves are made by send.c and read by receive.c.
 *
 * Each side works on the operation at its queue's head:
 *
 *   WS_HEAD_READY      nothing outstanding: go on with the operation's frame
 *   WS_HEAD_NETWORK    a network action is outstanding
 *   WS_HEAD_FINISHED   the frame was sent, or the operation cancelled: its indication is due
 *   WS_HEAD_INDICATED  the indication is outstanding; its completion removes the operation
 *
 * A pong is an action beside the two. At most one is outstanding. It and a frame of several actions exclude each other,
 * so that no frame is ever broken by another:
 *
 *   a ping is parsed, nothing is in the way
 *       the pong is the answer to that very call, and the receive side waits for its completion
 *   a ping is parsed inside such a frame, or while a pong is outstanding
 *       its payload is kept, a newer one replaces it (RFC 6455, 5.5.3), and the first call on any queue afterwards
 *       returns the pong; on the send side pongs and what waits there take turns
 *   a message of several actions is to be sent while a pong is outstanding
 *       it goes out in fragments of one action, as long as there is a pong at each of them: .NET asks again without
 *       pausing when it is told that there is nothing to do, so a peer's pings must not keep a message waiting
 *   a frame that cannot be cut, an extension's or a control frame, is to be sent while a pong is outstanding
 *       it waits, and is next: pings are kept, until the receive side could do nothing but read
 */
#ifndef WS_ACTION_QUEUE_H
#define WS_ACTION_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "frames/message.h"
#include "frames/receive.h"
#include "frames/send.h"
#include "results/status.h"
#include "session/operations.h"

struct ws_kept_ping;

/* The actions of the API, with the values of WEB_SOCKET_ACTION. */
enum ws_action_type {
    WS_ACTION_NONE,
    WS_ACTION_SEND_TO_NETWORK,
    WS_ACTION_INDICATE_SEND_COMPLETE,
    WS_ACTION_RECEIVE_FROM_NETWORK,
    WS_ACTION_INDICATE_RECEIVE_COMPLETE
};

/* Which queues are asked, with the values of WEB_SOCKET_ACTION_QUEUE. */
enum { WS_SIDE_SEND = 1, WS_SIDE_RECEIVE = 2, WS_SIDE_ALL = 3 };

/* Where a side is with the operation at its queue's head, see above. */
enum { WS_HEAD_READY, WS_HEAD_NETWORK, WS_HEAD_FINISHED, WS_HEAD_INDICATED };

/* Which members are set depends on the type. */
struct ws_action {
    enum ws_action_type type;
    uint32_t token;                /* names the action for ws_action_queue_complete; 0 for WS_ACTION_NONE */
    void *context;                 /* the operation's */
    bool has_context;              /* false for WS_ACTION_NONE, and for a pong: no operation asked for it */
    uint8_t kind;                  /* of the send side: enum ws_kind */
    uint8_t first;                 /* of the send side: WS_EXTENSION: the first header byte */
    struct ws_pieces pieces;       /* WS_ACTION_SEND_TO_NETWORK */
    struct ws_receive_event event; /* of the receive side; its status after WS_ERROR_FORMAT */
};

/* What is seldom so: together, and as long as a uint64_t, because one look then tells that nothing of it is. */
struct ws_action_queue_unusual {
    _Alignas(uint64_t) bool aborted;
    bool several;            /* inside a frame of several actions */
    bool sends_turn;         /* what waits on the send side has let a kept pong pass */
    bool send_waits;         /* a frame that cannot be cut waits for a pong, and is next */
    bool pong_due;           /* kept holds a ping that is still to be answered */
    bool pong_holds_receive; /* the outstanding pong came through the receive side, which waits for it */
    bool zero[2];
};

struct ws_action_queue {
    struct ws_operations sends;
    struct ws_operations receives;
    struct ws_kept_ping *kept; /* allocated when first needed */
    struct ws_send send;
    struct ws_receive receive;
    uint32_t serial;     /* of the last action */
    uint32_t send_token; /* of the outstanding actions, 0 for none */
    uint32_t receive_token;
    uint32_t pong_token;
    uint32_t send_expected;   /* bytes in the outstanding send, modulo 2^32 as its completion can tell them */
    uint32_t receive_offered; /* bytes that the outstanding read has room for */
    uint8_t send_state;       /* WS_HEAD_... */
    uint8_t receive_state;
    uint8_t pong_expected; /* bytes of the outstanding pong */
    bool more;             /* the outstanding send is not the operation's last */
    struct ws_action_queue_unusual is;
};

/*
 * Low bits of a token: so the three outstanding actions never share one, and the trace sees whose it was and whether
 * its completion has ended an operation.
 */
enum {
    WS_TOKEN_SEND = 1,
    WS_TOKEN_RECEIVE = 2,
    WS_TOKEN_PONG = 3,
    WS_TOKEN_OF = 3,
    WS_TOKEN_INDICATION = 4,
    WS_TOKEN_BITS = 3
};

/** The token of the next action. which: a sum of WS_TOKEN_... */
static inline uint32_t ws_action_queue_new_token(struct ws_action_queue *queue, uint32_t which)
{
    queue->serial++;
    return queue->serial << WS_TOKEN_BITS | which;
}

/* An action of the first operation is handed out: WS_HEAD_NETWORK or WS_HEAD_INDICATED. They return its token. */

static inline uint32_t ws_action_queue_begin_receive(struct ws_action_queue *queue, uint8_t state)
{
    const uint32_t indication = state == WS_HEAD_INDICATED ? WS_TOKEN_INDICATION : 0;
    queue->receive_state = state;
    queue->receive_token = ws_action_queue_new_token(queue, WS_TOKEN_RECEIVE | indication);
    return queue->receive_token;
}

static inline uint32_t ws_action_queue_begin_send(struct ws_action_queue *queue, uint8_t state)
{
    const uint32_t indication = state == WS_HEAD_INDICATED ? WS_TOKEN_INDICATION : 0;
    queue->send_state = state;
    queue->send_token = ws_action_queue_new_token(queue, WS_TOKEN_SEND | indication);
    return queue->send_token;
}

/* The outstanding indication is over, and its operation with it; or the outstanding action was its frame's last. */

static inline void ws_action_queue_end_receive(struct ws_action_queue *queue)
{
    queue->receive_token = 0;
    queue->receive_state = WS_HEAD_READY;
    ws_operations_pop(&queue->receives);
}

static inline void ws_action_queue_end_send(struct ws_action_queue *queue)
{
    queue->send_token = 0;
    queue->send_state = WS_HEAD_READY;
    ws_operations_pop(&queue->sends);
}

static inline void ws_action_queue_end_frame(struct ws_action_queue *queue)
{
    queue->send_token = 0;
    queue->send_state = WS_HEAD_FINISHED;
    queue->is.several = false;
    ws_send_end(&queue->send);
}

/*
 * The queues begin with all members zero but the send and the receive side, which ws_send_init and
 * ws_receive_init have set.
 */

/** Free what the queue allocated, whatever is queued or outstanding. */
void ws_action_queue_free(struct ws_action_queue *queue);

/**
 * Queue an operation; it is copied, its memory is not.
 * Returns WS_OK; WS_ERROR_OPERATION: aborted, or not admitted by ws_send_admit; WS_ERROR_MEMORY. Nothing
 * changed then.
 */
enum ws_status ws_action_queue_send(struct ws_action_queue *queue, struct ws_operation operation);

/** The same for a receive. WS_ERROR_OPERATION: aborted, or nothing can be received any more. */
enum ws_status ws_action_queue_receive(struct ws_action_queue *queue, struct ws_operation operation);

/**
 * The next action of the given sides: a pong that is due and whose turn it is, then the send side, then the receive side.
 * sides: WS_SIDE_...; room: how many buffers the caller takes.
 * Returns WS_OK with *action set (WS_ACTION_NONE if there is nothing to do).
 *   WS_WHY_BUFFER_COUNT_ZERO        room is 0, and what comes next needs a buffer: nothing was looked at or changed
 *   WS_ERROR_FORMAT, WS_ERROR_TEXT  the peer broke the protocol: action->event.status is the close status for
 *                                   it; from then on, until the abort
 *   WS_ERROR_MEMORY, WS_ERROR_RANDOM  nothing changed, the call may be repeated
 */
enum ws_status ws_action_queue_next(struct ws_action_queue *queue, unsigned sides, uint32_t room,
                                    struct ws_action *action);

/**
 * An action is over, bytes is what the network took or gave.
 * Returns WS_OK, also for the token 0, which is ignored.
 *   WS_WHY_CONTEXT_UNKNOWN  no such action is outstanding: ignored
 *   WS_NOTE                 done, and it cancelled the operation or dropped the pong
 */
enum ws_status ws_action_queue_complete(struct ws_action_queue *queue, uint32_t token, uint32_t bytes);

/*
 * Operations for the trace, see trace.h: the one queued last; the one that an action belongs to that was handed out a
 * moment ago; and the one that ended when a token was completed with success a moment ago. 0 is none.
 */
uint32_t ws_action_queue_last_send(const struct ws_action_queue *queue);
uint32_t ws_action_queue_last_receive(const struct ws_action_queue *queue);
uint32_t ws_action_queue_operation(const struct ws_action_queue *queue, uint32_t token);
uint32_t ws_action_queue_ended(const struct ws_action_queue *queue, uint32_t token);

/** No network action any more; the operations still come back as indications. */
void ws_action_queue_abort(struct ws_action_queue *queue);

#endif
