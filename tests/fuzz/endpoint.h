/*
 * endpoint.h - a session with the caller that drives it, who does what he is told, in any order that a
 * caller may choose, and believes nothing: every action is held against what was queued and what the peer
 * sent.
 *
 * Besides the claims at each step: bytes are written when a send is fetched, or only when it is completed;
 * what is indicated is looked at when the indication is completed.
 */
#ifndef FUZZ_ENDPOINT_H
#define FUZZ_ENDPOINT_H

#include "delivery.h"
#include "direction.h"
#include "handle_pair.h"
#include "text_source.h"

/* A WebSocketSend that waits. */
struct endpoint_send {
    WEB_SOCKET_BUFFER_TYPE type;
    struct reference_frame frame; /* what has to be on the wire; its payload is our own copy */
    struct reference_frame
        part;        /* the frame that is being sent: all of it, or what was cut off, or the rest */
    uint8_t *memory; /* what the library was given */
    size_t passed;   /* bytes of the payload in the parts that are sent */
    size_t taken;    /* bytes of this part that were fetched, with the header; 0 between parts */
    bool sent;       /* all of them */
};

/* An action that was fetched and not yet completed. */
struct endpoint_action {
    bool outstanding;
    WEB_SOCKET_ACTION type;
    WEB_SOCKET_BUFFER_TYPE buffer_type;
    WEB_SOCKET_BUFFER buffers[2];
    ULONG count;
    PVOID token;
    bool written; /* to the wire */
    bool begins;  /* a frame */
    ULONG bytes;  /* in all buffers */
};

struct endpoint {
    const char *name;
    WEB_SOCKET_HANDLE handle;
    bool server;
    bool masked; /* what it sends */
    bool extension;
    struct direction *out;
    ULONG piece; /* most bytes of a client's data, or of a fragment that was cut off, in one action */

    struct direction *in;
    struct delivery delivery;

    /* what was queued: the first `indicated` of them have come back */
    struct endpoint_send *sends;
    size_t sends_queued, sends_indicated;
    struct own_memory *receives;
    size_t receives_queued, receives_indicated;

    struct endpoint_action send, pong, receive;
    bool several;    /* inside a frame of several actions */
    bool waits;      /* a frame that cannot be cut is due, and a pong in the way */
    bool pong_holds; /* the outstanding pong came through RECEIVE: nothing else may */
    bool in_the_way; /* something was when a ping may have been parsed: pongs may replace others */
    bool aborted;
    bool ended; /* a close frame was indicated, or is about to be: what follows is thrown away */

    /* the message that the queued sends leave unfinished */
    uint8_t message; /* its opcode, 0 for none */
    bool raw;        /* it has an extension's bits */
    bool close_queued;
    struct text_source text;
};

void endpoint_open(struct endpoint *endpoint, WEB_SOCKET_HANDLE handle, bool server, bool extension,
                   const struct handle_properties *properties, struct direction *out, struct direction *in);

/* What is to be sent; the payload is made for it. */
struct endpoint_order {
    WEB_SOCKET_BUFFER_TYPE type;
    ULONG length; /* of the payload, or the reason */
    USHORT status;
};

/*
 * WebSocketSend, and whether it was right to be admitted or refused. Text gets whole characters at a
 * message's end, so it may become up to 3 bytes longer.
 */
void endpoint_send(struct endpoint *endpoint, struct endpoint_order order);

/* WebSocketReceive with memory of its own, 0 for none. */
void endpoint_receive(struct endpoint *endpoint, ULONG own);

/*
 * WebSocketGetAction. at_once: what is to be sent goes to the wire before this returns. False for NO_ACTION. room: for
 * so many buffers; 0 asks without, and then, as nothing must have changed, with room for two.
 */
bool endpoint_get(struct endpoint *endpoint, unsigned queue, ULONG room, bool at_once);

/* WebSocketCompleteAction of what is outstanding. False if nothing is. */
bool endpoint_complete_send(struct endpoint *endpoint);
bool endpoint_complete_pong(struct endpoint *endpoint);

/*
 * The same for the receive side: a read takes at most `most` bytes from the wire, and stays outstanding if
 * there are none.
 */
bool endpoint_complete_receive(struct endpoint *endpoint, size_t most);

/*
 * After all was done that could be: every operation was indicated exactly once, every frame arrived, pings
 * were answered.
 */
void endpoint_check(struct endpoint *endpoint);

/*
 * The connection's end: behind a close frame a read that gives nothing brings its operation back, and another one reads
 * on.
 */
void endpoint_end(struct endpoint *endpoint);

/* WebSocketAbortHandle: the receives that still wait come back as cancelled. */
void endpoint_abort(struct endpoint *endpoint);

void endpoint_free(struct endpoint *endpoint);

#endif
