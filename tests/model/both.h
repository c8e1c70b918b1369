/*
 * One session twice: the library's, through its exports, and the model's. Every step is made with both, and
 * what the library answers is compared with what the model says.
 */
#ifndef BOTH_H
#define BOTH_H

#include "model.h"
#include "observer.h"

enum call {
    CALL_BEGIN,    /* a: as a server, b: with headers in order */
    CALL_END,      /* likewise */
    CALL_SEND,     /* send */
    CALL_RECEIVE,  /* a: bytes of its own buffer, or 0 for none */
    CALL_GET,      /* a: queue, b: room */
    CALL_PEER,     /* the outstanding read brings frames, behind what is on the way already; */
                   /* a: enum part of the last one, b: bytes of its payload for PART_PAYLOAD */
    CALL_READ,     /* it is completed with too few or too many: a: 0, or 1 for one more than offered */
    CALL_COMPLETE, /* a: enum side, b: enum how */
    CALL_ABORT,
    CALL_DELETE
};

enum side { SIDE_SEND, SIDE_RECEIVE, SIDE_PONG, SIDE_COUNT };

/* LESS: of what goes to the network. AGAIN: what was completed last of this side. NOTHING: the context NULL. */
enum how { RIGHT, LESS, AGAIN, NOTHING };

enum part { PART_ALL, PART_FIRST_BYTE, PART_PAYLOAD };

enum { LETTER_FRAMES = 3 };

/* One letter of an alphabet. */
struct letter {
    const char *name;
    enum call call;
    unsigned a, b;
    const struct model_operation *send;
    const struct peer_frame *frames[LETTER_FRAMES];
};

enum { BOTH_MEMORY = MODEL_RECEIVE_SIZE + MODEL_SEND_SIZE + 144, BOTH_OWN = 8 };

struct both {
    WEB_SOCKET_HANDLE handle;
    struct model model;
    struct observer observer;
    PVOID outstanding[SIDE_COUNT]; /* action contexts, */
    uint32_t bytes[SIDE_COUNT];    /* and the bytes of these actions */
    PVOID last[SIDE_COUNT];        /* the contexts completed last */
    uint8_t *read;                 /* where the outstanding read goes; NULL: none is outstanding */
    uint8_t mask[4];               /* of the frame that is being sent */
    unsigned operations;           /* for application contexts */
    uint32_t given, written;       /* bytes of `stream` that the library has, and that the peer has sent */
    uint8_t stream[16384];
    uint8_t memory[BOTH_MEMORY]; /* ALLOCATED_BUFFER */
    uint8_t own[MODEL_OPERATIONS][BOTH_OWN];
};

/* A fresh session, after its handshake if open; extension: one is negotiated then. */
void both_create(struct both *both, enum model_role role, bool open, bool extension);
void both_delete(struct both *both);

/*
 * Make a step. False if it is impossible now (nothing to complete, ...): then nothing was done.
 * A difference ends the program through both_differ.
 */
bool both_step(struct both *both, const struct letter *letter);

/* Defined by the program: tell where it happened, and what, printf-like, and exit. */
_Noreturn void both_differ(const char *format, ...);

#endif
