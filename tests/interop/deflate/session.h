/*
 * session.h - one open connection on which messages are compressed, of a server or a client alike: every
 * message is expanded, compressed anew and sent back.
 */
#ifndef SESSION_H
#define SESSION_H

#include "../wire.h"

#include <signal.h>

#include "codec.h"
#include "terms.h"

struct session {
    struct wire wire; /* set by whoever shook hands */
    bool compresses;  /* both ends agreed: terms and codec mean something */
    struct terms terms;
    struct codec codec;
    size_t fragment; /* bytes of a frame that is sent; 0: every message is one frame */

    struct bytes message; /* the one that arrives, expanded; its limit is the longest message */
    struct bytes reply;   /* the one that is sent */
    uint8_t first;        /* of the message that arrives: its first frame's first byte; 0: none has begun */
    bool closing;         /* our close frame is queued */
    bool over;            /* nothing more is to be said */

    unsigned long messages; /* for people to read: what came */
    unsigned long compressed;
    unsigned long long received; /* bytes of frames' payloads */
    unsigned long long expanded; /* bytes of messages */
};

/* Talks until the connection ends or *stop is set. False: the peer broke the protocol, or was lost. */
bool session_run(struct session *session, const volatile sig_atomic_t *stop);

/* Frees all that a session has, its socket and its handle too. */
void session_end(struct session *session);

/* What a person may want to know: what was agreed upon, what came. */
void session_report(const struct session *session);

#endif
