/*
 * script.h - a peer that misbehaves, by a script: what it sends, what must come back to the byte, and how it
 * ends.
 */
#ifndef LOAD_SCRIPT_H
#define LOAD_SCRIPT_H

#include "bytes.h"
#include "peer.h"

/* A sending step whose status is not 0 is over when the server ends the stream, too. */
enum step_kind {
    STEP_SEND,       /* bytes, as fast as they go */
    STEP_DRIBBLE,    /* bytes, one or a few in each turn of the loop, all in a second */
    STEP_CRAWL,      /* bytes, one a second */
    STEP_FLOOD,      /* bytes again and again, reading nothing, until the server has taken none for a while */
    STEP_SWITCH,     /* expect 101 */
    STEP_REFUSAL,    /* expect a response with this status, and behind it the end of the stream */
    STEP_EXPECT,     /* expect exactly these bytes */
    STEP_END,        /* expect the end of the stream */
    STEP_PUSH,       /* bytes again and again, until the server resets the connection */
    STEP_SILENCE,    /* say nothing and expect nothing until actor_release */
    STEP_FINISH,     /* end the own direction of the stream */
    STEP_RESET,      /* vanish with a RST */
    STEP_DISCONNECT, /* close without a word */
    STEP_WAIT        /* for a moment, with all that comes in left unread */
};

struct step {
    enum step_kind kind;
    size_t from; /* its bytes, in script.bytes */
    size_t size;
    unsigned status;
};

enum { SCRIPT_STEPS = 12 };

struct script {
    const char *name; /* what is wrong with the peer */
    const char *ends; /* how it must end, for people */
    struct step steps[SCRIPT_STEPS];
    size_t count;
    struct bytes bytes;
};

/** Adds a step. Its bytes are those added to script.bytes since the last one. */
void script_add(struct script *script, enum step_kind kind, unsigned status);

/* One run of a script. */
struct actor {
    struct peer peer;
    const struct peer_place *place;
    struct script script;
    size_t kind; /* the misdeed, for who counts them */
    bool connected;
    bool released;
    bool ended; /* the server's end of the stream was read */
    bool reset; /* the server, or the system for it, reset the connection */
    size_t step;
    size_t done;         /* bytes of the step that are done with */
    uint64_t begun;      /* when it began to connect */
    uint64_t step_begun; /* when the step did */
    uint64_t since;      /* when it last got on */
    struct bytes in;     /* received and not looked at */
};

/** Begins to connect. actor is zeroed but for peer.number and script. */
void actor_open(struct actor *actor, const struct peer_place *place);

/**
 * Takes the steps that can be taken now. readable: epoll found something. Call it in each turn of the loop.
 */
void actor_run(struct actor *actor, bool readable);

/** Those that are silent speak again. */
void actor_release(struct actor *actor);

void actor_free(struct actor *actor);

#endif
