/*
 * The other end of a chat, see caller_chat_peer.h.
 */
#include "caller_chat_peer.h"

#include <stdio.h>
#include <string.h>

#define MESSAGE_MAX 400

#define FAULT(peer, ...)                                                                                     \
    do {                                                                                                     \
        if ((peer)->fault[0] == '\0')                                                                        \
            snprintf((peer)->fault, sizeof(peer)->fault, __VA_ARGS__);                                       \
    } while (0)

/* ---- To the server ---- */

static void send_frame(struct chat_peer *peer, unsigned first, const void *payload, size_t size)
{
    uint8_t frame[FRAME_HEADER_MAX + MESSAGE_MAX];

    pipe_write(peer->to_server, frame, make_frame(frame, first, true, payload, size));
}

static void send_ping(struct chat_peer *peer)
{
    char payload[32];

    send_frame(peer, FIN | OP_PING, payload,
               (size_t)snprintf(payload, sizeof payload, "ping %u", ++peer->pings));
}

/* A message tells who says it, and is of a size of its own. */
static size_t fill_message(char text[MESSAGE_MAX], size_t talker, unsigned number)
{
    int size = snprintf(text, MESSAGE_MAX, "%u says %u ", (unsigned)talker, number);
    size_t total = (size_t)size + (37 * number + 11 * talker) % 350;

    memset(text + size, (int)('a' + number % 26), total - (size_t)size);
    return total;
}

static void say_all(struct chat_peer *peer)
{
    char text[MESSAGE_MAX];

    send_ping(peer);
    for (unsigned number = 0; number < CHAT_MESSAGES; number++) {
        send_frame(peer, FIN | OP_TEXT, text, fill_message(text, peer->number, number));
        if (number % 3 == 0)
            send_ping(peer);
    }
}

/* ---- From the server ---- */

static bool read_all(struct chat_peer *peer, uint8_t *to, size_t size)
{
    while (size > 0) {
        size_t count = pipe_read(peer->from_server, to, size);

        if (count == 0)
            return false;
        to += count;
        size -= count;
    }
    return true;
}

static void on_message(struct chat_peer *peer)
{
    char expected[MESSAGE_MAX];
    size_t talker = (size_t)(peer->message[0] - '0');

    if (peer->message_size == 0 || talker >= peer->talkers ||
        fill_message(expected, talker, peer->heard[talker]) != peer->message_size ||
        memcmp(expected, peer->message, peer->message_size) != 0)
        FAULT(peer, "heard \"%.60s\" of %u bytes", (const char *)peer->message, (unsigned)peer->message_size);
    else
        peer->heard[talker]++;
}

/* A message in one frame, or a part of one. */
static void on_data(struct chat_peer *peer, unsigned first, const uint8_t *payload, size_t size)
{
    if ((first & ~FIN) != (peer->in_message ? OP_CONTINUATION : OP_TEXT) ||
        size > sizeof peer->message - 1 - peer->message_size) {
        FAULT(peer, "a frame begins with %02X %s a message", first, peer->in_message ? "in" : "outside of");
        return;
    }
    memcpy(peer->message + peer->message_size, payload, size);
    peer->message_size += size;
    peer->message[peer->message_size] = '\0';
    peer->in_message = (first & FIN) == 0;
    if (!peer->in_message) {
        on_message(peer);
        peer->message_size = 0;
    }
}

static void on_pong(struct chat_peer *peer, const uint8_t *payload, size_t size)
{
    for (unsigned number = peer->answered + 1; number <= peer->pings; number++) {
        char expected[32];

        if ((size_t)snprintf(expected, sizeof expected, "ping %u", number) == size &&
            memcmp(expected, payload, size) == 0) {
            peer->answered = number;
            peer->pongs++;
            return;
        }
    }
    FAULT(peer, "a pong of %u bytes answers none of the pings %u to %u", (unsigned)size, peer->answered + 1,
          peer->pings);
}

static void on_frame(struct chat_peer *peer, unsigned first, const uint8_t *payload, size_t size)
{
    switch (first) {
    case FIN | OP_PONG:
        on_pong(peer, payload, size);
        break;
    case FIN | OP_CLOSE:
        peer->has_close = true;
        if (size != 2 || payload[0] != 0x03 || payload[1] != 0xE8)
            FAULT(peer, "the close is not echoed");
        break;
    default:
        on_data(peer, first, payload, size);
        break;
    }
}

/* Reads one frame. False: something is wrong. */
static bool hear(struct chat_peer *peer)
{
    uint8_t payload[MESSAGE_MAX] = {0};
    uint8_t header[4];
    size_t size = 0;
    bool there = read_all(peer, header, 2);

    if (there) {
        size = header[1];
        if (size == 126 && (there = read_all(peer, header + 2, 2)))
            size = (size_t)header[2] << 8 | header[3];
    }
    if (!there)
        FAULT(peer, "the connection ended after %u messages", peer->heard[peer->number]);
    else if (size > sizeof payload)
        FAULT(peer, "a frame of %u bytes", (unsigned)size);
    else if (!read_all(peer, payload, size))
        FAULT(peer, "the connection ended in a frame");
    else
        on_frame(peer, header[0], payload, size);
    return peer->fault[0] == '\0';
}

static bool has_heard_all(const struct chat_peer *peer)
{
    for (size_t i = 0; i < peer->talkers; i++)
        if (peer->heard[i] < CHAT_MESSAGES)
            return false;
    return true;
}

void chat_peer_talk(struct chat_peer *peer)
{
    static const uint8_t normal[2] = {0x03, 0xE8};
    bool good = true;

    say_all(peer);
    while (good && !has_heard_all(peer))
        good = hear(peer);
    if (good)
        send_ping(peer);
    while (good && peer->answered < peer->pings)
        good = hear(peer);
    if (good)
        send_frame(peer, FIN | OP_CLOSE, normal, sizeof normal);
    while (good && !peer->has_close)
        good = hear(peer);
    pipe_close(peer->to_server);
    pipe_close(peer->from_server);
}
