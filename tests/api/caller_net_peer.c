/*
 * The other end, see caller_net_peer.h. A byte goes through on_byte(): first the header is collected, then
 * each byte of the payload is looked at by itself.
 */
#include "caller_net_peer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "threads.h"

/* Bytes that may wait for the session's reader: else the two could wait for each other. */
#define UNREAD_MAX 2048

size_t net_peer_size(const struct net_peer *peer, unsigned number)
{
    static const size_t sizes[] = {40, 600, 1, 20000, 249, 5000, 250, 50000, 900, 0, 12000, 230};
    size_t size = sizes[number % (sizeof sizes / sizeof sizes[0])];

    return peer->largest == 0 || size < peer->largest ? size : peer->largest;
}

/* Bytes that differ from their neighbours and from those of other messages, also a frame's length further. */
uint8_t net_peer_byte(unsigned number, size_t at)
{
    return (uint8_t)(7 * at + 31 * number + (at >> 8));
}

#define FAULT(peer, ...)                                                                                     \
    do {                                                                                                     \
        if ((peer)->fault[0] == '\0')                                                                        \
            snprintf((peer)->fault, sizeof(peer)->fault, __VA_ARGS__);                                       \
        (peer)->done = true;                                                                                 \
    } while (0)

/* ---- To the session ---- */

static void send_frame(struct net_peer *peer, unsigned first, const void *payload, size_t size)
{
    uint8_t frame[FRAME_HEADER_MAX + 125];

    pipe_write(peer->to_session, frame, make_frame(frame, first, peer->role == ROLE_SERVER, payload, size));
}

/* The payload of a ping: its number, and as many more bytes as that says. */
static size_t fill_ping(uint8_t payload[125], unsigned number)
{
    size_t size = 4 + number % 122;

    memset(payload, (int)(number & 0xFF), size);
    for (size_t i = 0; i < 4; i++)
        payload[i] = (uint8_t)(number >> (24 - 8 * i));
    return size;
}

static void send_ping(struct net_peer *peer)
{
    uint8_t payload[125];

    peer->pings++;
    send_frame(peer, FIN | OP_PING, payload, fill_ping(payload, peer->pings));
}

/* Keeps the session's reader at work, if it can keep up. */
static void disturb(struct net_peer *peer)
{
    if (!peer->finishing && pipe_waiting(peer->to_session) < UNREAD_MAX) {
        send_ping(peer);
        if (peer->pings % 8 == 0) {
            send_frame(peer, FIN | OP_TEXT, NET_PEER_MESSAGE, strlen(NET_PEER_MESSAGE));
            peer->told++;
        }
    }
}

/* ---- From the session ---- */

static bool is_data(const struct net_peer *peer)
{
    return (peer->header[0] & 0x08) == 0;
}

static void on_pong(struct net_peer *peer)
{
    uint8_t expected[125];
    unsigned number = 0;

    if (peer->payload_size == 0) {
        peer->keep_alives++;
        return;
    }
    for (size_t i = 0; i < 4; i++)
        number = number << 8 | peer->control[i];
    if (number <= peer->answered || number > peer->pings ||
        fill_ping(expected, number) != peer->payload_size ||
        memcmp(expected, peer->control, (size_t)peer->payload_size) != 0) {
        FAULT(peer, "a pong of %u bytes for ping %u, after ping %u of %u was answered",
              (unsigned)peer->payload_size, number, peer->answered, peer->pings);
        return;
    }
    peer->answered = number;
    peer->pongs++;
    if (peer->finishing && number == peer->pings) {
        static const uint8_t normal[2] = {0x03, 0xE8};

        send_frame(peer, FIN | OP_CLOSE, normal, sizeof normal);
        peer->closing = true;
    }
}

static void end_message(struct net_peer *peer)
{
    peer->messages++;
    peer->message_at = 0;
    if (peer->text) {
        peer->finishing = true;
        send_ping(peer);
    } else {
        disturb(peer);
    }
}

static void end_frame(struct net_peer *peer)
{
    peer->header_size = 0;
    peer->header_needed = 2;
    if (is_data(peer)) {
        peer->message_at += (size_t)peer->payload_size;
        if (peer->header[0] & FIN)
            end_message(peer);
    } else if ((peer->header[0] & 0x0F) == OP_PONG) {
        on_pong(peer);
    } else {
        peer->done = true;
    }
}

/* A message is one frame, or fragments that have its bytes. None of them is empty, nor is the last one, which ends it. */
static void begin_data(struct net_peer *peer)
{
    size_t left = net_peer_size(peer, peer->messages) - peer->message_at;
    unsigned opcode = peer->header[0] & 0x7F;

    if (peer->message_at == 0)
        peer->text = opcode == OP_TEXT;
    else if (opcode != OP_CONTINUATION)
        FAULT(peer, "message %u: after %u bytes a frame begins with %02X", peer->messages,
              (unsigned)peer->message_at, peer->header[0]);
    if ((peer->message_at == 0 && opcode != OP_TEXT && opcode != OP_BINARY) || peer->finishing ||
        (peer->header[0] & FIN ? peer->payload_size != left
                               : peer->payload_size == 0 || peer->payload_size >= left))
        FAULT(peer, "message %u: after %u bytes a frame %02X of %u bytes", peer->messages,
              (unsigned)peer->message_at, peer->header[0], (unsigned)peer->payload_size);
    if (peer->message_at == 0 && !(peer->header[0] & FIN))
        peer->cuts++;
}

/* The header is complete. */
static void begin_frame(struct net_peer *peer)
{
    unsigned first = peer->header[0];
    size_t length_bytes = peer->header_needed - 2 - (peer->role == ROLE_CLIENT ? 4 : 0);

    peer->payload_at = 0;
    peer->payload_size = length_bytes == 0 ? peer->header[1] & 0x7F : 0;
    for (size_t i = 0; i < length_bytes; i++)
        peer->payload_size = peer->payload_size << 8 | peer->header[2 + i];
    if (is_data(peer)) {
        begin_data(peer);
    } else if (first != (FIN | OP_PONG) && !(first == (FIN | OP_CLOSE) && peer->closing)) {
        FAULT(peer, "after %u messages: a frame begins with %02X", peer->messages, first);
    } else if (peer->payload_size > sizeof peer->control) {
        FAULT(peer, "after %u messages: a control frame of %u bytes", peer->messages,
              (unsigned)peer->payload_size);
    }
}

static void on_payload_byte(struct net_peer *peer, uint8_t byte)
{
    size_t at = (size_t)peer->payload_at++;

    if (peer->role == ROLE_CLIENT)
        byte ^= peer->header[peer->header_needed - 4 + at % 4];
    if (!is_data(peer)) {
        peer->control[at] = byte;
    } else if (byte != net_peer_byte(peer->messages, peer->message_at + at)) {
        FAULT(peer, "message %u: byte %u is %02X, not %02X", peer->messages,
              (unsigned)(peer->message_at + at), byte, net_peer_byte(peer->messages, peer->message_at + at));
    } else if (at % 1024 == 100) {
        disturb(peer);
    }
}

static void on_header_byte(struct net_peer *peer, uint8_t byte)
{
    peer->header[peer->header_size++] = byte;
    if (peer->header_size == 2) {
        unsigned length = byte & 0x7F;

        if (((byte & 0x80) != 0) != (peer->role == ROLE_CLIENT))
            FAULT(peer, "after %u messages: the mask bit is wrong", peer->messages);
        peer->header_needed = (size_t)2 +
                              (length == 126   ? 2
                               : length == 127 ? 8
                                               : 0) +
                              (peer->role == ROLE_CLIENT ? 4 : 0);
    }
    if (peer->header_size == peer->header_needed)
        begin_frame(peer);
}

static void on_byte(struct net_peer *peer, uint8_t byte)
{
    if (peer->header_size < peer->header_needed)
        on_header_byte(peer, byte);
    else
        on_payload_byte(peer, byte);
    if (peer->header_size == peer->header_needed && peer->payload_at == peer->payload_size && !peer->done)
        end_frame(peer);
}

/* ---- Both ways ---- */

/* Pings that are due, if the session's reader can keep up. */
static void ping_on(struct net_peer *peer, time_t started)
{
    const double due = peer->rate * (difftime(time(NULL), started) + 1);

    while (!peer->finishing && pipe_waiting(peer->to_session) < UNREAD_MAX &&
           (peer->rate == NET_PEER_FLOOD || peer->pings < due))
        send_ping(peer);
}

/* Whether it listens: a deaf peer only when nothing more was written for many turns; one that pings, not in vain. */
static bool listens(struct net_peer *peer)
{
    const size_t waiting = pipe_waiting(peer->from_session);

    for (unsigned turn = 0; peer->deaf && turn < 20; turn++) {
        thread_yield();
        if (pipe_waiting(peer->from_session) != waiting)
            return false;
    }
    return waiting > 0 || peer->rate == 0 || !pipe_is_open(peer->from_session);
}

void net_peer_run(struct net_peer *peer)
{
    const time_t started = time(NULL);
    uint8_t bytes[1024];

    peer->header_needed = 2;
    while (!peer->done) {
        ping_on(peer, started);
        if (!listens(peer)) {
            thread_yield();
            continue;
        }
        size_t count = pipe_read(peer->from_session, bytes, sizeof bytes);

        if (count == 0)
            FAULT(peer, "the connection ended after %u messages", peer->messages);
        for (size_t i = 0; i < count && !peer->done; i++)
            on_byte(peer, bytes[i]);
    }
    pipe_close(peer->from_session);
    pipe_close(peer->to_session);
}
