/*
 * talker.h - a well-behaved peer. It shakes hands, sends message after message when it is told to, checks
 * that each comes back byte for byte, and closes with 1000.
 *
 * A message is whole or in fragments, with pings between them, and is written in one piece or cut anywhere.
 * While it waits for its echo it holds none of it: what should come is made again (message.h).
 */
#ifndef LOAD_TALKER_H
#define LOAD_TALKER_H

#include "bytes.h"
#include "frame.h"
#include "message.h"
#include "peer.h"
#include "upgrade.h"

enum talker_phase {
    TALKER_CONNECTS,
    TALKER_SHAKES_HANDS,
    TALKER_IDLE,
    TALKER_TALKS,  /* a message is on its way, or its echo, or a pong */
    TALKER_CLOSES, /* the server's close frame is awaited */
    TALKER_ENDS    /* the end of the stream is awaited */
};

struct talker {
    struct peer peer;
    const struct peer_place *place;
    enum talker_phase phase;
    bool leaves;      /* after its last message; else it stays until talker_leave */
    uint32_t planned; /* messages that it has in it */
    uint32_t said;    /* messages begun */
    uint32_t due;     /* messages it was told to send while it was busy */
    char accept[UPGRADE_ACCEPT_LENGTH + 1];
    struct bytes out; /* the last request or message as it goes over the wire */
    size_t out_at;    /* so much of it is written */
    size_t piece;     /* the most that is written at once */
    struct bytes in;  /* the handshake's answer */
    struct message message;
    size_t echoed;   /* bytes of the message that came back */
    bool inside;     /* its first frame came back */
    bool whole;      /* its last one did */
    bool fragments;  /* it went out in several */
    uint32_t pinged; /* pings sent on this connection, and the number after the last that was answered */
    uint32_t ponged;
    struct frame_reader reader;
    bool in_payload;
    uint64_t left; /* payload bytes to come of the current frame */
    uint8_t control[FRAME_CONTROL_MAX];
    size_t control_size;
};

/** Begins to connect. talker is zeroed but for peer.number and peer.tally, planned and leaves. */
void talker_open(struct talker *talker, const struct peer_place *place);

/** What epoll found on its socket. */
void talker_run(struct talker *talker);

/** Begins the next message, now or when the last has come back; none if all that were planned are said. */
void talker_say(struct talker *talker);

/** Closes with 1000. Only for an idle one. */
void talker_leave(struct talker *talker);

/** Disconnects and gives its memory back. */
void talker_free(struct talker *talker);

#endif
