/*
 * caller_net_peer.h - the other end of a .NET session that reads and writes in two threads.
 *
 * It knows nothing of the library. Every byte that it gets is held against what the session's writer must
 * have sent: frames one after the other, none inside another, messages whole or in fragments, each byte of each
 * payload. Meanwhile it pings, above all in the middle of frames, and sends messages of its own. A hostile one pings
 * all the time, or reads nothing until the session can write no more.
 *
 * The order of things: the writer sends data messages of net_peer_size() bytes, numbered from 0, the last one
 * as text and all others as binary. After the last one the peer pings once more, waits for that pong, and
 * closes. It ends when the session has closed, too.
 */
#ifndef API_CALLER_NET_PEER_H
#define API_CALLER_NET_PEER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames.h"
#include "pipe.h"

#define NET_PEER_MESSAGE "from the peer" /* what the reader gets, again and again */

#define NET_PEER_FLOOD UINT_MAX /* as many pings as it can */

struct net_peer {
    enum role role; /* of the session */
    struct pipe *from_session;
    struct pipe *to_session;
    unsigned rate;  /* pings a second, beside those in the middle of frames */
    bool deaf;      /* it reads when the session has filled the pipe, and not before */
    size_t largest; /* message of the session's; 0 for those of 50,000 bytes */

    unsigned messages; /* seen so far, whole */
    unsigned cuts;     /* messages that came in fragments */
    unsigned pings;    /* sent; the payload of each has its number, from 1 */
    unsigned pongs;    /* seen; not every ping is answered, but each later than the one before */
    unsigned told;     /* messages sent */
    unsigned keep_alives;
    char fault[200]; /* what was wrong, or empty */

    /* internal: the frame being read */
    uint8_t header[FRAME_HEADER_MAX];
    size_t header_size;
    size_t header_needed;
    uint64_t payload_size;
    uint64_t payload_at;
    size_t message_at; /* bytes of the message in progress that earlier fragments had */
    uint8_t control[125];
    unsigned answered; /* number of the latest ping that was answered */
    bool text;         /* the message in progress is */
    bool finishing;    /* the last message was seen, the last ping sent */
    bool closing;      /* the close was sent */
    bool done;
};

/* Size and bytes of the session's message of this number. */
size_t net_peer_size(const struct net_peer *peer, unsigned number);
uint8_t net_peer_byte(unsigned number, size_t at);

/*
 * Plays the peer until the session has closed, or until something is wrong. Both pipes are closed then. The
 * peer's role and pipes must be set, rate, deaf and largest may be, all else is zero. Nothing asserts here.
 */
void net_peer_run(struct net_peer *peer);

#endif
