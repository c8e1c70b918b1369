/*
 * The send side: one operation at a time becomes one frame, and the frame becomes the buffers of one or more network
 * actions. It knows frames, masking and memory, and nothing of queues or of pongs that want to come between.
 *
 *   WS_SEND_MASKED    a client. Header and masked payload pass through the send area in pieces of at most `piece` bytes,
 *                     under one key. The caller's memory is only read.
 *   WS_SEND_ZERO_KEY  a client with masking disabled: as WS_SEND_PLAIN, but the header says masked, with the key 0.
 *   WS_SEND_PLAIN     a server. The header, for a close frame with the status, lies in the send area; the payload stays
 *                     where the caller has it: two buffers of one action, or, with room for one, two actions.
 *
 * A client's control frame is always one action: the send area has room for a whole one even if `piece` is smaller.
 *
 * Where only a frame of one action can go out, a message is cut: a frame of at most `piece` bytes, composed in the send area
 * in every mode, a fragment unless that is all; what is left begins another frame.
 */
#ifndef WS_SEND_H
#define WS_SEND_H

#include <stdbool.h>
#include <stdint.h>

#include "frames/frame.h"
#include "frames/message.h"
#include "results/status.h"

/* The longest control frame, masked. */
#define WS_SEND_CONTROL_MAX (2u + 4u + WS_FRAME_CONTROL_MAX)

enum ws_send_mode { WS_SEND_PLAIN, WS_SEND_ZERO_KEY, WS_SEND_MASKED };

/* Where an action with a piece of an operation leaves it. */
enum ws_send_progress {
    WS_SEND_FINISHED,   /* the operation's last byte is in it */
    WS_SEND_IN_FRAME,   /* the frame goes on with the next piece */
    WS_SEND_NEXT_FRAME, /* it is a whole fragment, the next piece begins another frame */
};

struct ws_send {
    uint8_t *area;
    uint32_t piece;      /* most bytes of a masked data frame in one action */
    uint32_t sent;       /* bytes of the operation's memory that were handed out */
    uint32_t key;        /* as it stands after them */
    uint8_t mode;        /* enum ws_send_mode */
    uint8_t message;     /* opcode of the message that the queued operations leave unfinished, 0 for none */
    bool begun : 1;      /* inside a frame, whose header was handed out */
    bool extensions : 1; /* raw frames are allowed */
    bool closed : 1;     /* a close frame was queued */
};

/* What one network action sends, in this order. */
struct ws_pieces {
    struct ws_buffer buffers[2];
    uint32_t count;
};

/**
 * area: the caller's. Its first piece bytes, at least 16 and for a client at least WS_SEND_CONTROL_MAX, are
 * the send area; WS_SEND_CONTROL_MAX bytes behind them are for pongs. extensions: one was negotiated.
 */
void ws_send_init(struct ws_send *tx, uint8_t *area, uint32_t piece, enum ws_send_mode mode, bool extensions);

/**
 * Admit a new operation behind those that were admitted before, and set op->first (for a raw frame it is given).
 * Returns WS_OK, or with nothing changed one of WS_ERROR_OPERATION: another type inside an unfinished message, data
 * or a second close after a close, a raw frame without an extension, a raw continuation of nothing or a raw
 * start inside a message.
 */
enum ws_status ws_send_admit(struct ws_send *tx, struct ws_operation *op);

/**
 * Admit a message of one frame, if nothing is in its way and nothing changes by it. kind: of a whole message.
 * Returns its first header byte, or 0: it is to be admitted by ws_send_admit, or refused.
 */
static inline uint8_t ws_send_admit_whole(const struct ws_send *tx, uint8_t kind)
{
    if (tx->closed || tx->message != 0)
        return 0;
    return (uint8_t)(WS_FRAME_FIN | (kind == WS_TEXT_MESSAGE ? WS_OPCODE_TEXT : WS_OPCODE_BINARY));
}

/**
 * Whether the frame that op begins next can be one action with room buffers (1 or 2): because all that is left of op is,
 * or because it is a message and can be cut.
 */
bool ws_send_can_be_alone(const struct ws_send *tx, const struct ws_operation *op, uint32_t room);

/**
 * The next piece of op, with a header where it begins a frame.
 * alone: the piece must be a whole frame. It is not inside one, and ws_send_can_be_alone.
 * Returns WS_OK, or WS_ERROR_RANDOM if there is no masking key to be had: nothing changed then.
 */
enum ws_status ws_send_next(struct ws_send *tx, const struct ws_operation *op, uint32_t room, bool alone,
                            struct ws_pieces *pieces, enum ws_send_progress *progress);

/** The operation is finished or given up; the next ws_send_next begins another. */
void ws_send_end(struct ws_send *tx);

/**
 * Write a whole pong frame with the given payload, at most 125 bytes, behind the send area: there is one at a time.
 * Returns WS_OK with *pong set, or WS_ERROR_RANDOM.
 */
enum ws_status ws_send_pong(const struct ws_send *tx, struct ws_buffer payload, struct ws_buffer *pong);

#endif
