/*
 * caller_net_wire.h - a .NET session and both directions of its connection, on one thread.
 *
 * What the peer sends is written down beforehand; what the session writes is kept. While the session reads or
 * writes, which .NET does without the lock, a test may have another "thread" do something: that is a
 * function, called once in the middle of it.
 */
#ifndef API_CALLER_NET_WIRE_H
#define API_CALLER_NET_WIRE_H

#include "caller_net.h"

struct net_wire {
    struct net_socket socket;
    enum role role; /* of the session */

    struct stream input; /* the peer's bytes, made by stream_frame(); behind them the connection is gone */
    size_t taken;        /* of them */
    size_t cut;          /* most bytes of one read, 0: as many as fit */

    uint8_t *output;
    size_t output_size;
    size_t output_room; /* what is written beyond fails */

    void (*meanwhile_reading)(struct net_wire *wire); /* called once, before the bytes are there */
    void (*meanwhile_writing)(struct net_wire *wire); /* called once, behind one write */
};

/* Opens a session of this role with these sizes, or with all of the options. */
void wire_open(struct net_wire *wire, enum role role, ULONG receive_buffer, ULONG send_buffer);
void wire_open_with(struct net_wire *wire, const struct net_options *options);

/* Ends the session, whatever its state, and fails the case if the library broke the contract. */
void wire_close(struct net_wire *wire);

/* The application gets this payload, as the whole rest of a message. */
void wire_expect_message(struct net_wire *wire, enum net_kind kind, const void *bytes, size_t size);

/* The application gets a close; reason NULL: none. */
void wire_expect_close(struct net_wire *wire, USHORT status, const char *reason);

/* The peer got this frame next; there is no byte before it. */
void wire_expect_sent(struct net_wire *wire, unsigned first, const void *payload, size_t size);
void wire_expect_sent_close(struct net_wire *wire, USHORT status, const char *reason);

/* The peer got nothing more. */
void wire_expect_silence(const struct net_wire *wire);

#endif
