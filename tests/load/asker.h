/*
 * asker.h - a well-behaved peer in a hurry: it has a number of messages outstanding, sends the next one for each that
 * came back, and checks that every byte is right.
 */
#ifndef LOAD_ASKER_H
#define LOAD_ASKER_H

#include "bytes.h"
#include "frame.h"
#include "peer.h"
#include "upgrade.h"

/*
 * Binary messages of one size as they go over the wire, over and over. They were made before: who measures a server
 * has no time to spend on them.
 */
struct train {
    size_t size;  /* of a message */
    size_t frame; /* the same with its header */
    size_t count; /* of different messages */
    struct bytes payloads;
    struct bytes frames;
};

void train_make(struct train *train, size_t size);

void train_free(struct train *train);

enum asker_phase {
    ASKER_CONNECTS,
    ASKER_SHAKES_HANDS,
    ASKER_IDLE,
    ASKER_ASKS,
    ASKER_CLOSES, /* the server's close frame is awaited */
    ASKER_ENDS    /* the end of the stream is awaited */
};

struct asker {
    struct peer peer;
    const struct peer_place *place;
    enum asker_phase phase;
    char accept[UPGRADE_ACCEPT_LENGTH + 1];
    struct bytes in; /* the handshake's answer */
    const struct train *train;
    unsigned outstanding; /* messages, at most */
    uint64_t limit;       /* messages that are begun */
    uint64_t sent;        /* bytes of the train, round and round */
    uint64_t answered;    /* messages */
    size_t echoed;        /* bytes of the next one */
    bool inside;          /* its first frame came back */
    struct frame_reader reader;
    bool in_payload;
    uint64_t left; /* payload bytes to come of the current frame */
};

/** Begins to connect. asker is zeroed but for peer.number. */
void asker_open(struct asker *asker, const struct peer_place *place);

/** What epoll found on its socket. */
void asker_run(struct asker *asker);

/** Begins to ask. Only for an idle one; after asker_finish it is idle again when all that it began has come back. */
void asker_begin(struct asker *asker, const struct train *train, unsigned outstanding);
void asker_finish(struct asker *asker);

/** Closes with 1000. Only for an idle one. */
void asker_leave(struct asker *asker);

/** Disconnects and gives its memory back. */
void asker_free(struct asker *asker);

#endif
