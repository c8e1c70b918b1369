/*
 * peer.c - the other end of a session in fuzz_calls: good frames of the session's letter, and, if the input
 * wants it, bytes of the input as they are.
 */
#include <string.h>

#include "calls.h"

enum { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10, FIN = 0x80, MASK = 0x80 };

static void put(struct peer *peer, uint8_t byte)
{
    peer->bytes[peer->count++] = byte;
}

/* A frame of length letters, behind the status 1000 or 65535 for a close. To a server it is masked. */
static void put_frame(struct session *session, uint8_t first, unsigned length)
{
    const uint8_t mask = session->server ? MASK : 0;
    const uint8_t key[4] = {mask, (uint8_t)(mask >> 1), (uint8_t)length, session->letter};
    struct peer *peer = &session->peer;
    put(peer, first);
    if (length > 125) {
        put(peer, mask | 126);
        put(peer, (uint8_t)(length >> 8));
    }
    put(peer, length > 125 ? (uint8_t)length : (uint8_t)(mask | length));
    for (unsigned i = 0; i < 4 && mask != 0; i++)
        put(peer, key[i]);
    for (unsigned i = 0; i < length; i++) {
        const uint8_t status[2] = {length % 2 == 0 ? 0x03 : 0xFF, length % 2 == 0 ? 0xE8 : 0xFF};
        const uint8_t byte = (first & 0x0F) == CLOSE && i < 2 ? status[i] : session->letter;
        put(peer, mask != 0 ? byte ^ key[i % 4] : byte);
    }
}

static void put_data(struct session *session, bool final, unsigned length)
{
    struct peer *peer = &session->peer;
    const uint8_t opcode = peer->in_message ? 0 : peer->text ? TEXT : BINARY;
    put_frame(session, (uint8_t)((final ? FIN : 0) | opcode), length);
    peer->in_message = !final;
    peer->text = final ? !peer->text : peer->text;
}

static void put_more(struct session *session, struct input *input)
{
    const uint8_t choice = input_byte(input);
    session->peer.at = session->peer.count = 0;
    switch (choice & 7) {
    case 0:
    case 1:
        put_data(session, true, choice >> 3);
        break;
    case 2:
        put_data(session, false, choice >> 3);
        break;
    case 3:
        put_data(session, (choice & 8) != 0, input_u16(input) & 0x3FF);
        break;
    case 4:
        put_frame(session, FIN | PING, choice >> 3);
        break;
    case 5:
        put_frame(session, FIN | PONG, choice >> 3);
        break;
    case 6:
        put_frame(session, FIN | CLOSE, (choice & 8) != 0 ? 0 : 2u + (choice >> 4));
        break;
    default:
        session->anything = true;
        put(&session->peer, input_byte(input));
    }
}

void peer_write(struct session *session, struct input *input, PBYTE to, ULONG count)
{
    struct peer *peer = &session->peer;
    while (count > 0) {
        if (peer->at == peer->count)
            put_more(session, input);
        const size_t left = peer->count - peer->at, size = left < count ? left : count;
        memcpy(to, peer->bytes + peer->at, size);
        peer->at += size;
        to += size;
        count -= (ULONG)size;
    }
}
