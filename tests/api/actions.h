/*
 * actions.h - GetAction and CompleteAction, one step or a whole exchange at a time.
 */
#ifndef API_ACTIONS_H
#define API_ACTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame_header.h"
#include "websocket.h"

#define SEND_QUEUE    WEB_SOCKET_SEND_ACTION_QUEUE
#define RECEIVE_QUEUE WEB_SOCKET_RECEIVE_ACTION_QUEUE
#define ALL_QUEUES    WEB_SOCKET_ALL_ACTION_QUEUE

/* ---- One step ---- */

/* What one GetAction returned. What it did not write is still BLOCK_POISON, see block_untouched(). */
struct action {
    HRESULT result;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER buffers[4]; /* its `room` elements are given to the call, the rest lies behind them */
    ULONG count;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID application; /* *pvApplicationContext */
    PVOID context;     /* *pvActionContext */
};

/* GetAction with room for up to 4 buffers, all outputs poisoned before. Asserts nothing. */
struct action get_action(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue, ULONG room);

/* The same with room for 2, but it must succeed and return this action, which is left outstanding. */
struct action next_action(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue, WEB_SOCKET_ACTION wanted);

/* The queue has nothing to do. */
void expect_no_action(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue);

/* GetAction on the receive queue fails with this result, and suggests this close status. */
void expect_receive_failure(WEB_SOCKET_HANDLE handle, HRESULT result, USHORT status);

/* Completes an action: with the sum of its buffers, or with the given number of bytes. */
void complete(WEB_SOCKET_HANDLE handle, const struct action *action);
void complete_with(WEB_SOCKET_HANDLE handle, const struct action *action, ULONG bytes);

/* The sum of the lengths of an action's buffers. */
ULONG action_size(const struct action *action);

/* ---- Sending ---- */

/*
 * WebSocketSend of these bytes; S_OK is asserted. The memory must stay. Closes: send_close(); NULL: no body.
 */
void send_data(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type, const void *bytes, size_t size,
               PVOID context);
void send_close(WEB_SOCKET_HANDLE handle, USHORT status, const char *reason, PVOID context);
void send_nothing(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type, PVOID context); /* pBuffer NULL */

/*
 * Runs the send queue until it has nothing more to do: copies what would go to the network to `output` and
 * completes every action in full. Returns the number of bytes; fails the case if there are more than `room`.
 */
size_t take_output(WEB_SOCKET_HANDLE handle, uint8_t *output, size_t room);

/* Sends one message and takes its frames: send_data() and take_output(). */
size_t send_bytes(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type, const void *bytes, size_t size,
                  uint8_t *output, size_t room);

/* ---- Receiving ---- */

/* WebSocketReceive into library memory (buffer NULL), or into a block of the caller's; S_OK is asserted. */
void receive(WEB_SOCKET_HANDLE handle, void *buffer, size_t size, PVOID context);

/* Bytes on their way into a session through RECEIVE_FROM_NETWORK actions of the receive queue. */
struct feeder {
    WEB_SOCKET_HANDLE handle;
    const uint8_t *bytes;
    size_t left;
    size_t cut;            /* at most this many bytes in one completion; 0: as many as fit */
    bool reading;          /* a RECEIVE_FROM_NETWORK action is outstanding, because the bytes ran out: */
    struct action pending; /* this one */
};

/* As many of the bytes as fit go where a RECEIVE_FROM_NETWORK action reads; returns how many. */
size_t fill_read(const struct action *action, const void *bytes, size_t size);

struct feeder feeder_start(WEB_SOCKET_HANDLE handle, const void *bytes, size_t size, size_t cut);

/* More bytes, after all that came before were taken. */
void feeder_add(struct feeder *feeder, const void *bytes, size_t size);

/*
 * Gives bytes to the session until it returns something else than RECEIVE_FROM_NETWORK (an indication, a
 * pong, NO_ACTION or a failure): that action, outstanding, is the result. If the bytes run out before, the
 * result is a RECEIVE_FROM_NETWORK action that stays outstanding until the next call after feeder_add().
 */
struct action feeder_next(struct feeder *feeder);

/*
 * Gives all these bytes to the session, which must ask for each of them. Nothing is outstanding afterwards.
 */
void feed(WEB_SOCKET_HANDLE handle, const void *bytes, size_t size, size_t cut);

/*
 * The next action of the receive queue is an indication of exactly this payload and type (for a close frame
 * see expect_close()); it is completed. The application context is returned.
 */
PVOID expect_payload(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type, const void *bytes, size_t size);
PVOID expect_close(WEB_SOCKET_HANDLE handle, USHORT status, const char *reason);

/* As expect_payload(), for an action that feeder_next() returned; it is completed. */
void expect_indication(WEB_SOCKET_HANDLE handle, const struct action *action, WEB_SOCKET_BUFFER_TYPE type,
                       const void *bytes, size_t size);

/*
 * The next action of this queue is a pong with this payload, in one buffer, for a server (not masked);
 * completed.
 */
void expect_server_pong(WEB_SOCKET_HANDLE server, WEB_SOCKET_ACTION_QUEUE queue, const void *payload,
                        size_t size);

/* ---- Frames, made by hand ---- */

#define FIN             0x80u
#define RSV1            0x40u
#define RSV2            0x20u
#define RSV3            0x10u
#define OP_CONTINUATION 0x0u
#define OP_TEXT         0x1u
#define OP_BINARY       0x2u
#define OP_CLOSE        0x8u
#define OP_PING         0x9u
#define OP_PONG         0xAu

/*
 * Writes a whole frame with the shortest length form to `frame` (room: FRAME_HEADER_MAX + size) and returns
 * its size. `first` is FIN, reserved bits and opcode. For a client's frame give masked: the key is 37 FA 21
 * 3D, as in RFC 6455, 5.7.
 */
size_t make_frame(uint8_t *frame, unsigned first, bool masked, const void *payload, size_t size);

/* The same for the body of a close frame: status and reason. */
size_t make_close(uint8_t *frame, bool masked, USHORT status, const char *reason);

/* A frame read back: for bytes that take_output() collected. The payload is unmasked in place. */
struct frame {
    unsigned first; /* first byte: FIN, reserved bits, opcode */
    bool masked;
    uint8_t key[4];
    uint8_t *payload;
    size_t size;  /* of the payload */
    size_t total; /* of the whole frame */
};

/*
 * Reads the frame at the beginning of the bytes; fails the case unless all of it is there, in its shortest
 * form.
 */
struct frame read_frame(uint8_t *bytes, size_t size);

#endif
