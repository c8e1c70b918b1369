/*
 * wire.h - carries out the library's network actions on a socket that does not block.
 *
 * The library never touches a socket: it says "write these bytes" and "read into this memory", and waits to
 * be told that it was done. On a socket that does not block, that may take many attempts. A wire keeps what
 * is outstanding meanwhile: at most one read, and two writes, because there is one action per side at a time
 * and a pong belongs to the receive side.
 *
 * A write may also be taken over. Its bytes then lie in the wire's backlog and the library is told at once that they
 * were written, so it can go on to the next message; with one write to the socket go all that it had to say.
 */
#ifndef WIRE_H
#define WIRE_H

#include "net.h"

#include "backlog.h"
#include "websocket.h"

struct wire_write {
    struct net_part rest[2]; /* what is still to be written */
    ULONG total;             /* all of it, for WebSocketCompleteAction */
    PVOID context;
    bool may_be_copied;
};

struct wire {
    net_socket socket;
    WEB_SOCKET_HANDLE handle;
    struct backlog *backlog; /* goes out before the writes */
    unsigned write_count;
    struct wire_write writes[2];
    WEB_SOCKET_BUFFER read;
    PVOID read_context; /* NULL: no read is outstanding */
    const char *early;  /* bytes that arrived together with the handshake: read these first */
    size_t early_size;
    WEB_SOCKET_BUFFER area; /* the largest of the reads: all that the library reads into */
    unsigned rests;         /* calls of wire_rest until the system gets its pages back; 0: it has them */
};

enum wire_result {
    WIRE_IDLE, /* nothing could be done */
    WIRE_DONE, /* an action was completed: ask the library what is next */
    WIRE_LOST  /* the peer is gone */
};

/* Takes a WEB_SOCKET_SEND_TO_NETWORK_ACTION as WebSocketGetAction returned it. It is complete when it was written. */
void wire_start_write(struct wire *wire, const WEB_SOCKET_BUFFER *buffers, ULONG count, PVOID context);

/* The same, but it may be complete earlier, perhaps at once. Not for the last one: who then ends the stream must know. */
void wire_take_over(struct wire *wire, const WEB_SOCKET_BUFFER *buffers, ULONG count, PVOID context);

/* Takes a WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION. */
void wire_start_read(struct wire *wire, const WEB_SOCKET_BUFFER *buffer, PVOID context);

/* Writes all there is, or what the socket takes of it. */
enum wire_result wire_write(struct wire *wire);

/* Reads once, if a read is outstanding and bytes are there. */
enum wire_result wire_read(struct wire *wire);

/* What to wait for in net_poll. */
short wire_events(const struct wire *wire);

/*
 * Call it now and then. The memory of a read that waits holds nothing: if no large read came since the call before the
 * last, the system gets the pages back until they are needed again.
 */
void wire_rest(struct wire *wire);

/*
 * Call it before the handle is deleted. What is not written yet never will be, and what the library read into is given
 * back as above. The socket and the handle are their owner's.
 */
void wire_close(struct wire *wire);

#endif
