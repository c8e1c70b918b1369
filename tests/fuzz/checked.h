/*
 * checked.h - a session with a small model of it beside: what is queued, what is outstanding, and what the
 * network gave. Every call through these functions is compared with what the specification makes of the
 * model: result, action, outputs, memory, contexts, payloads. A difference ends the process with a line that
 * names it.
 *
 * The model does not judge the network's bytes: a receive may fail (E_INVALID_PROTOCOL_FORMAT) wherever new
 * ones are parsed. Everything else is predicted. Memory never runs out here, and there are random bytes.
 *
 *   checked.c           the calls
 *   checked_outputs.c   outputs as the table of section 8 says, memory
 *   checked_session.c   creation with ALLOCATED_BUFFER, handshake, the end
 *   checked_send.c      the send side: which operations are admitted, which bytes are sent
 *   checked_receive.c   the receive side: which frame is next, which part of it, which pong
 */
#ifndef FUZZ_CHECKED_H
#define FUZZ_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <websocket.h>

#include "fail.h"
#include "frame_header.h"

/* Operations that may wait on each side; more are not queued. */
#define CHECKED_QUEUE_MAX 64u

struct checked_options {
    bool server;
    bool disable_masking;
    bool disable_utf8;
    bool extension;        /* one is negotiated */
    bool allocated;        /* ALLOCATED_BUFFER */
    bool pointer_size;     /* given with its pointer's size: 256 bytes besides the two areas, not 144 */
    uint8_t alignment;     /* of ALLOCATED_BUFFER: bytes past an aligned address, below 16 */
    uint32_t receive_size; /* RECEIVE_BUFFER_SIZE, SEND_BUFFER_SIZE */
    uint32_t send_size;
};

/* What WebSocketSend or WebSocketReceive queued. */
struct checked_operation {
    PVOID context;
    WEB_SOCKET_BUFFER_TYPE type; /* of a send */
    uint8_t *bytes;
    uint32_t length;
    uint16_t status; /* of a close with a body, else 0 */
    uint8_t first;   /* of a send: its frame's first byte */
};

struct checked_queue {
    struct checked_operation ring[CHECKED_QUEUE_MAX];
    unsigned first;
    unsigned count;
};

/* What may be outstanding side by side. */
enum { CHECKED_SEND, CHECKED_RECEIVE, CHECKED_PONG, CHECKED_SLOTS };

struct checked_action {
    PVOID context; /* NULL: none is outstanding */
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    WEB_SOCKET_BUFFER buffers[2];
    ULONG count;
    uint32_t bytes; /* in all buffers together */
    uint8_t *copy;  /* of library memory that must not change until the completion */
};

struct checked {
    WEB_SOCKET_HANDLE handle;
    struct checked_options options;
    uint8_t *block; /* ALLOCATED_BUFFER lies at its end */
    uint8_t *memory;
    size_t memory_size;
    bool may_open; /* a server after WebSocketBeginServerHandshake */
    bool open;
    bool aborted;

    struct checked_queue sends;
    struct checked_queue receives;
    struct checked_action outstanding[CHECKED_SLOTS];
    uintptr_t contexts; /* given to operations */
    unsigned calls;     /* of WebSocketGetAction */
    PVOID recent[16];   /* the latest action contexts */

    /* The send side. */
    uint8_t message; /* opcode of the message that the queued sends leave unfinished */
    bool close_queued;
    bool send_finished;  /* the head's frame is done with, its indication is due or outstanding */
    bool send_waits;     /* one that cannot be cut is due, and a pong in the way */
    bool more;           /* the outstanding network action is not the operation's last */
    bool several;        /* inside a frame of several actions */
    uint32_t passed;     /* bytes of the head's memory that are in its earlier frames */
    uint32_t frame_sent; /* bytes of the head's frame that were handed out; 0 between frames */
    uint64_t payload;    /* of that frame: the whole length, */
    uint8_t key[4];      /* and how it is masked */

    /* Pongs. */
    bool pong_due;    /* the payload below awaits the end of what is in the way */
    bool pong_passed; /* before what waits on the send side, which is next */
    bool pong_holds_receive;
    uint8_t pong_length;
    uint8_t pong[125];

    /* The receive side. */
    uint8_t *wire; /* what the network gave */
    size_t wire_size;
    size_t wire_capacity;
    size_t frame_at; /* where the frame begins that is next, or being received */
    bool in_frame;   /* its header has been seen: */
    struct frame_header frame;
    uint64_t indicated;     /* bytes of its payload that were indicated */
    uint8_t receiving;      /* first byte of the message in progress, 0 for none */
    bool raw;               /* that message has types of an extension */
    bool receive_cancelled; /* the head's indication says so */
    bool direct;            /* the outstanding read goes into the operation's memory */
    bool receive_closed;    /* a close frame came: what follows is thrown away */
    bool receive_lost;      /* a payload has a hole, and nothing comes behind it */
    bool failure_comes;     /* WebSocketReceive already knows that what was read is broken */
    bool failure_may_come;  /* and may know it since a read into the operation's memory */
    uint16_t failure;       /* the status of the failure, once it was told */
};

/* checked_session.c */

/* A new handle with these properties. */
void checked_create(struct checked *checked, const struct checked_options *options);

/* Its handshake. A server's is completed by the first other call if end is false. */
void checked_handshake(struct checked *checked, bool end);

/* WebSocketEndServerHandshake, perhaps once more than needed. */
void checked_end_handshake(struct checked *checked);

/* Deletes the handle, sees that it is gone, and frees what belongs to the model. */
void checked_delete(struct checked *checked);

/* checked.c */

/* WebSocketSend. The buffer's memory must stay, unchanged; the operation's context is the model's. */
HRESULT checked_send(struct checked *checked, WEB_SOCKET_BUFFER_TYPE type, WEB_SOCKET_BUFFER *buffer);

/*
 * WebSocketReceive into a block of own bytes that the model allocates, or into the library's memory if own is
 * 0.
 */
HRESULT checked_receive(struct checked *checked, uint32_t own);

/*
 * WebSocketGetAction with room for so many buffers, 0 to 3. Returns what became outstanding, or NULL for
 * NO_ACTION and failures.
 */
struct checked_action *checked_get(struct checked *checked, WEB_SOCKET_ACTION_QUEUE queue, ULONG room);

/*
 * WebSocketCompleteAction of what is outstanding in the slot, if anything is. Not for reads that gave
 * something.
 */
void checked_complete(struct checked *checked, unsigned slot, ULONG bytes);

/* The outstanding read gives these bytes, at most as many as it offers and at least one. */
void checked_read(struct checked *checked, const uint8_t *bytes, uint32_t count);

/* WebSocketCompleteAction with a context that is not outstanding. */
void checked_complete_other(struct checked *checked, PVOID context);

void checked_abort(struct checked *checked);

#endif
