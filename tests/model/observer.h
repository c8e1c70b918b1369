/*
 * What a peer, who knows nothing of the model, sees of what a session sends: frames, one behind the other, none broken by
 * another; messages that begin and end; and pongs that answer its pings in order.
 */
#ifndef OBSERVER_H
#define OBSERVER_H

#include "model.h"

struct observer {
    uint64_t open;   /* bytes of the frame that has begun which are still to come */
    bool in_message; /* a fragment without FIN was the last data frame */
    bool gave_up;    /* a send was: how far its message came is not known any more */
    struct peer_frame pings[MODEL_FRAMES];
    unsigned count;    /* of them */
    unsigned answered; /* so many of them lie before the next that may be */
};

void observer_begin(struct observer *observer);

/* The peer sends a frame; the pings among them are remembered. */
void observer_note(struct observer *observer, const struct peer_frame *frame);

/* A network action of the send side: what is handed out to be written. NULL, or what is wrong with it. */
const char *observer_see(struct observer *observer, const WEB_SOCKET_BUFFER *buffers, ULONG count,
                         bool is_pong);

/* A send was completed with another count: its frame is over. */
void observer_give_up(struct observer *observer);

#endif
