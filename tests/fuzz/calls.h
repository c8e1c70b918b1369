/*
 * calls.h - what fuzz_calls remembers of each session, to know which results and outputs a call may have.
 * Every call of the library is made and checked in one of the functions below, each with a handle that may be
 * no handle at all; the input decides about the arguments.
 *
 * Each session has a letter of its own, which all its payload is made of, in both directions: wherever a
 * session's bytes come out, another one's would be seen.
 */
#ifndef FUZZ_CALLS_H
#define FUZZ_CALLS_H

#include "fail.h"
#include "input.h"
#include "websocket.h"
#include "sent.h"

#include "accept_key.h"

#define SESSIONS       8
#define OPERATIONS_MAX 16 /* queued at once on one side */
#define RETIRED_MAX    8
#define CONTEXTS_MAX   16 /* actions whose contexts must not come again */

enum phase { CREATED, BEGUN, OPEN };

/* A queued operation and its memory: a block of exactly its size, filled with the session's letter, or
 * `nothing`. */
struct operation {
    PVOID context;
    WEB_SOCKET_BUFFER_TYPE type; /* of a send */
    PBYTE block;                 /* NULL: none */
    ULONG length;
    bool is_nothing; /* the block is calls_nothing() */
};

struct queue {
    struct operation operations[OPERATIONS_MAX];
    unsigned count; /* the head is the first */
};

/* An outstanding action. */
struct action {
    PVOID context; /* NULL: none */
    WEB_SOCKET_ACTION kind;
    ULONG bytes;  /* to be told when it is completed: all that was sent, the most that can be read */
    PBYTE buffer; /* RECEIVE_FROM_NETWORK */
};

/* The other end's stream. */
struct peer {
    uint8_t bytes[2048]; /* not read yet, from `at` */
    size_t at, count;
    bool in_message, text;
};

struct session {
    WEB_SOCKET_HANDLE handle; /* NULL: this place is free */
    bool server;
    bool unmasked; /* DISABLE_MASKING */
    enum phase phase;
    bool aborted;
    uint8_t letter;
    ULONG receive_size, send_size;

    PBYTE memory; /* ALLOCATED_BUFFER, or NULL */
    uint64_t memory_size;
    PBYTE memory_block; /* the heap block that it ends with, or NULL for the large reserve */

    bool offers_subprotocol, offers_extension; /* client */
    bool extension;                            /* one was negotiated */
    char accept[ACCEPT_LENGTH + 1];

    struct queue sends, receives;
    struct action send, receive, pong;
    PVOID contexts[CONTEXTS_MAX]; /* of the last actions */
    unsigned context_count;
    struct sent sent;
    bool send_begun;      /* something of the head of sends was handed out */
    bool send_cut;        /* and then cancelled */
    uint64_t send_passed; /* bytes of its payload in frames that are sent as a whole, */
    uint64_t send_frame;  /* and in the current one */
    bool receive_cut;     /* likewise the head of receives */
    uint8_t message;      /* 1 or 2: inside a text or binary message that is sent; 3: not known */
    bool closed;          /* a close was queued */
    bool received_close;  /* what follows is thrown away */
    bool failed;          /* a failure was told: nothing can be received any more */
    bool may_have_ended;  /* nothing, perhaps: a payload may have a hole */
    bool anything;        /* the peer may have sent anything */
    struct peer peer;
};

struct calls {
    struct input input;
    struct session sessions[SESSIONS];
    WEB_SOCKET_HANDLE retired[RETIRED_MAX]; /* deleted handles */
    unsigned retired_count, created_count;
    uintptr_t serial;     /* for contexts that are all different */
    bool may_lack_memory; /* an allocation is made to fail in the next call */
};

/* The session with this handle, or NULL. */
struct session *calls_find(struct calls *calls, WEB_SOCKET_HANDLE handle);

/* A block of exactly so many bytes, all `fill`. Never fails. */
PBYTE calls_block(size_t size, uint8_t fill);

/* 4 GiB of zeros that can be read, and nothing else. */
PBYTE calls_nothing(void);

/* A context that no other operation has. */
PVOID calls_context(struct calls *calls);

/* To be called before and after the library; the second checks the result, E_OUTOFMEMORY if an allocation
 * failed. */
void calls_before(struct calls *calls);
void calls_after(const char *what, HRESULT result, HRESULT wanted);

/* The same where the result may be one of two. */
void calls_after_either(const char *what, HRESULT result, HRESULT wanted, HRESULT other);

/* calls_handles.c */
void calls_create(struct calls *calls, bool server);
void calls_create_plain(struct calls *calls, bool server); /* without properties */
void calls_abort(struct calls *calls, WEB_SOCKET_HANDLE handle);
void calls_delete(struct calls *calls, WEB_SOCKET_HANDLE handle);
void calls_global_property(struct calls *calls);

/* calls_handshake.c; `how` decides about the arguments, 0: good ones without any offer */
void calls_begin_client(struct calls *calls, WEB_SOCKET_HANDLE handle, uint8_t how);
void calls_end_client(struct calls *calls, WEB_SOCKET_HANDLE handle, uint8_t how);
void calls_begin_server(struct calls *calls, WEB_SOCKET_HANDLE handle, uint8_t how);
void calls_end_server(struct calls *calls, WEB_SOCKET_HANDLE handle);

/* calls_operations.c */
void calls_send(struct calls *calls, WEB_SOCKET_HANDLE handle);
void calls_receive(struct calls *calls, WEB_SOCKET_HANDLE handle);
void calls_pop(struct session *session, struct queue *queue); /* the head is the caller's again */

/* calls_actions.c; how, 0: room for two buffers, all outputs, the queue ALL. Returns whether there was an
 * action. */
bool calls_get_action(struct calls *calls, WEB_SOCKET_HANDLE handle, uint8_t how);
void calls_complete(struct calls *calls, WEB_SOCKET_HANDLE handle, PVOID context, ULONG bytes);

/* peer.c: the other end's next bytes */
void peer_write(struct session *session, struct input *input, PBYTE to, ULONG count);

#endif
