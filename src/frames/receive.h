/*
 * The receive side: network bytes in, frames out as whole payloads or parts of them. It knows RFC 6455's rules for frames
 * and messages, and nothing of queues, contexts or pongs.
 *
 * The bytes of the network land in the receive area:
 *
 *     area          begin           ready           end            area + size
 *      |  done with  |  unmasked and |  raw bytes    |  free         |
 *      |             |  validated    |               |               |
 *
 * [begin, ready) is payload of the current frame; a header is skipped as soon as it is complete. The area is reused from
 * its front whenever it is empty. An unfinished frame moves there before more bytes are read (a data frame while it is
 * unmasked), unless it lies there already behind its own header: that is what the slack behind the area is for. So a
 * payload of exactly size bytes fits, and a larger one is handed on in parts of size bytes. No other byte is ever moved,
 * and no read is longer than size.
 *
 * A receive operation with memory of its own takes payload there instead: what is buffered is unmasked across, the rest
 * of the frame is read from the network straight into it; `landed` counts both.
 *
 *   RX_HEADER   at a frame's header                                        -> RX_DATA | RX_CONTROL | RX_CLOSE
 *   RX_DATA     in a text, binary, continuation or extension data frame    -> RX_HEADER
 *   RX_CONTROL  in a ping, pong or extension control frame                 -> RX_HEADER | RX_CLOSED
 *   RX_CLOSE    in a close frame                                           -> RX_CLOSED
 *   RX_CLOSED   a close frame has come: what follows is read and thrown away, so that the connection's end is seen
 *   RX_LOST     payload was lost with an operation that was given up: nothing is read any more
 *   any         a violation                                                -> RX_FAILED (sticky)
 */
#ifndef WS_RECEIVE_H
#define WS_RECEIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "frames/message.h"
#include "kernels/utf8.h"
#include "results/status.h"

/* How much longer than its size the area is: the longest header of an unmasked frame. */
#define WS_RECEIVE_SLACK 10u

struct ws_receive {
    uint8_t *area;
    uint64_t remaining; /* payload bytes of the current frame that are still raw or not here */
    uint32_t size;      /* of the area, without the slack */
    uint32_t begin;
    uint32_t ready;
    uint32_t end;
    uint32_t landed; /* payload bytes in the operation's own memory */
    uint32_t key;    /* the masking key as it stands at `ready` */
    struct ws_utf8 utf8;
    uint16_t why; /* RX_FAILED: enum ws_status */
    uint8_t state;
    uint8_t first;    /* the current frame's first header byte */
    uint8_t message;  /* the first header byte of the message in progress, 0 between messages */
    uint8_t rules;    /* WS_FRAME_ALLOW_... */
    bool verify_text; /* text and close reasons must be UTF-8 */
    bool raw_message; /* the message in progress has an extension's bits: raw types, no verification */
    bool direct;      /* the last read went into the operation's own memory */
};

enum ws_receive_result {
    WS_RECEIVE_READ,     /* network bytes are wanted in out->buffer; ws_receive_filled tells that they came */
    WS_RECEIVE_INDICATE, /* out is a frame, or a part of one, that completes the operation */
    WS_RECEIVE_PING,     /* out->buffer is a ping's payload; repeated until ws_receive_pass_ping */
    WS_RECEIVE_LOST,     /* payload was lost, and nothing may follow a hole */
    WS_RECEIVE_FAILED    /* out->status is what to tell the peer, ws_receive_failure says why; sticky */
};

struct ws_receive_event {
    struct ws_buffer buffer; /* valid until the next call; bytes NULL: a close without a reason */
    uint16_t status;         /* WS_CLOSE: the close status; WS_RECEIVE_FAILED: the one to send */
    uint8_t kind;            /* WS_RECEIVE_INDICATE: enum ws_kind */
    uint8_t first; /* WS_EXTENSION: the first header byte, without FIN if more of the frame follows */
};

/**
 * Begin at a connection's first byte. rules: WS_FRAME_ALLOW_...
 * area: size + WS_RECEIVE_SLACK bytes, the caller's; size is at least 125. Where that sum passes UINT32_MAX
 * the last bytes are left unused.
 */
void ws_receive_init(struct ws_receive *rx, uint8_t *area, uint32_t size, unsigned rules, bool verify_text);

/**
 * Go on until there is something to do, see enum ws_receive_result; out is set for all but WS_RECEIVE_LOST.
 * own: the waiting operation's memory, length at least 1, or bytes NULL if it has none.
 */
enum ws_receive_result ws_receive_next(struct ws_receive *rx, struct ws_buffer own,
                                       struct ws_receive_event *out);

/** count bytes, at most the length of the last WS_RECEIVE_READ, came from the network. own: as it was given then. */
void ws_receive_filled(struct ws_receive *rx, struct ws_buffer own, uint32_t count);

/** Whether the next byte begins a frame that begins a message, or a control frame. */
bool ws_receive_is_between_messages(const struct ws_receive *rx);

/** The ping that ws_receive_next returned was answered or kept; go on behind it. */
void ws_receive_pass_ping(struct ws_receive *rx);

/**
 * The waiting operation was given up. If payload already lies in its memory, that payload is lost, and nothing more is
 * received: a message with a hole is never delivered (our own choice).
 */
void ws_receive_cancel(struct ws_receive *rx);

/** WS_OK, or why no further operation is of use: receiving has failed, or a message has a hole. */
enum ws_status ws_receive_ended(const struct ws_receive *rx);

/** How the peer broke the protocol, or WS_OK if it did not. */
enum ws_status ws_receive_failure(const struct ws_receive *rx);

#endif
