/*
 * checked_model.h - what the files of checked.h share: predictions.
 */
#ifndef FUZZ_CHECKED_MODEL_H
#define FUZZ_CHECKED_MODEL_H

#include "checked.h"

/* What the next WebSocketGetAction has to return. */
struct expectation {
    HRESULT result;
    bool may_fail; /* new bytes are parsed: E_INVALID_PROTOCOL_FORMAT is as good */
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    unsigned slot;
    const struct checked_operation *operation; /* NULL for a pong */
    bool held;                                 /* a pong that was kept aside */

    /*
     * SEND_TO_NETWORK: bytes in library memory, then those in the operation's; 0: no such buffer. Of their frame the
     * first byte and the payload's length.
     */
    uint32_t composed;
    uint32_t referred;
    uint64_t payload;
    uint8_t first;

    /* INDICATE_RECEIVE_COMPLETE; RECEIVE_FROM_NETWORK if into is set. */
    uint8_t *into;   /* the operation's memory; NULL for the library's */
    uint32_t length; /* of the payload, or of a close frame's reason */
    uint16_t status; /* of a close frame */
    bool last;       /* the frame ends with it */
};

/* What WebSocketGetAction writes; bytes that it did not write are CHECKED_POISON. */
enum { CHECKED_ROOM_MAX = 3, CHECKED_POISON = 0x5A };

struct checked_outputs {
    WEB_SOCKET_BUFFER buffers[CHECKED_ROOM_MAX + 1];
    ULONG count;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID application_context;
    PVOID context;
};

const struct checked_operation *checked_head(const struct checked_queue *queue);
void checked_push(struct checked_queue *queue, const struct checked_operation *operation);
void checked_pop(struct checked_queue *queue);

/*
 * The send side: the result of a WebSocketSend, with operation set for S_OK; what is next (left alone if
 * nothing is).
 */
HRESULT checked_judge_send(struct checked *checked, WEB_SOCKET_BUFFER_TYPE type,
                           const WEB_SOCKET_BUFFER *buffer, struct checked_operation *operation);
void checked_expect_send(struct checked *checked, ULONG room, struct expectation *expected);

/* A message or a fragment waits for its turn, and nothing of the send side is outstanding. */
bool checked_message_is_due(const struct checked *checked);

/* Whether a pong would break a frame, or meet another one. */
bool checked_pong_is_barred(const struct checked *checked);

/* A pong is next; held: its ping was kept aside. */
void checked_expect_pong(struct expectation *expected, bool held);

/* The bytes of a network action of the send side, as expected, and of a pong. */
void checked_see_pieces(struct checked *checked, const struct expectation *expected,
                        const WEB_SOCKET_BUFFER *buffers);
void checked_see_pong(const struct checked *checked, const WEB_SOCKET_BUFFER *buffer);

/*
 * The receive side: what is next, with pings that can only be kept already kept; the bytes of an indication.
 */
void checked_expect_receive(struct checked *checked, struct expectation *expected);
void checked_see_payload(struct checked *checked, const struct expectation *expected,
                         const WEB_SOCKET_BUFFER *buffer);

/* The outputs of broken input, see section 6: the same from then on. */
void checked_see_failure(struct checked *checked, const struct checked_outputs *outputs);

/* The outputs are those of the action; operation: whose context is expected among them, NULL for none. */
void checked_see_outputs(const struct expectation *expected, const struct checked_outputs *outputs,
                         const struct checked_operation *operation);

/* The outputs that a call may not write. */
void checked_see_left_alone(const struct checked_outputs *outputs, const struct checked_operation *operation);

/* The action is outstanding from now on, with its buffers as they should be. */
struct checked_action *checked_note_action(struct checked *checked, const struct expectation *expected,
                                           const struct checked_outputs *outputs);

/* The ping that is next was answered. The outstanding read was given up. */
void checked_pass_frame(struct checked *checked);
void checked_cancel_read(struct checked *checked);

/* The size of the receive area. */
uint32_t checked_area(const struct checked *checked);

/* What lies in front of ALLOCATED_BUFFER is as it was. */
void checked_see_guard(const struct checked *checked);

#endif
