/*
 * caller_chat_peer.h - a member of the chat, on the other end of the connection.
 *
 * It knows nothing of the library. Its first frame is a ping. Then it says what it has to say, with pings between, and
 * reads until it has heard all that the talkers say, itself among them: each message once and whole, those of each in order,
 * whatever parts it comes in, and each pong a ping's payload, in order. Then it pings once more, waits for that pong,
 * closes, and waits for the answer.
 *
 * Talkers are the members from 0 on.
 */
#ifndef API_CALLER_CHAT_PEER_H
#define API_CALLER_CHAT_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caller_chat.h"
#include "frames.h"
#include "pipe.h"

#define CHAT_MESSAGES 40 /* said by each talker */

struct chat_peer {
    struct pipe *to_server;
    struct pipe *from_server;
    size_t number;  /* of this member */
    size_t talkers; /* in the room */

    unsigned heard[CHAT_MEMBERS_MAX]; /* messages of each talker */
    unsigned pongs;  /* seen; not every ping is answered, but each later than the one before */
    char fault[200]; /* what was wrong, or empty */

    /* internal */
    unsigned pings;
    unsigned answered; /* number of the latest ping that was */
    uint8_t message[512];
    size_t message_size;
    bool in_message;
    bool has_close;
};

/* Plays a talker until both sides have closed, or until something is wrong. Nothing asserts here. */
void chat_peer_talk(struct chat_peer *peer);

#endif
