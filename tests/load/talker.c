/*
 * See talker.h.
 */
#include "talker.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "chance.h"

static const char goodbye[] = "\x03\xE8"
                              "all said"; /* 1000 and a reason */

/* ---- What goes out ---- */

/*
 * Writes a piece. The next one follows when the loop comes round, so that the server reads them one by one.
 */
static void flush(struct talker *t)
{
    size_t left = t->out.size - t->out_at;
    if (left > 0 && t->peer.state == PEER_RUNS) {
        long count = peer_send(&t->peer, t->out.at + t->out_at, left < t->piece ? left : t->piece);
        if (count == PEER_BROKEN)
            peer_fail(&t->peer, "the connection broke while it was written to");
        t->out_at += count > 0 ? (size_t)count : 0;
    }
    peer_watch(&t->peer, t->place, EPOLLIN | (t->out_at < t->out.size ? (uint32_t)EPOLLOUT : 0), t);
}

static void begin_output(struct talker *t)
{
    t->out.size = 0;
    t->out_at = 0;
}

/* Ping i of a peer, and what its pong must hold. */
static size_t make_ping(const struct talker *t, uint32_t i, uint8_t payload[FRAME_CONTROL_MAX])
{
    struct message content = {.seed = chance_mix(~((uint64_t)t->peer.number << 32 | i)),
                              .size = FRAME_CONTROL_MAX};
    uint64_t draw = content.seed / 4;
    size_t size = (size_t)(content.seed % 4 == 0 ? draw % (FRAME_CONTROL_MAX + 1) : draw % 9);
    message_write(&content, 0, payload, size);
    return size;
}

static void add_control(struct talker *t, uint64_t *chance)
{
    uint8_t payload[FRAME_CONTROL_MAX];
    uint32_t draw = chance_below(chance, 100);
    if (draw < 20)
        frame_add(&t->out, FRAME_FIN | FRAME_PING, payload, make_ping(t, t->pinged++, payload),
                  (uint32_t)*chance);
    else if (draw < 25) /* RFC 6455, 5.5.3: a pong that nobody asked for is not answered */
        frame_add(&t->out, FRAME_FIN | FRAME_PONG, "unasked", 7, (uint32_t)*chance);
}

/* One frame in most cases, else up to five that are cut anywhere; a ping or pong may stand before each. */
static void compose(struct talker *t, uint64_t *chance)
{
    uint32_t fragments = chance_below(chance, 10) < 7 ? 1 : 2 + chance_below(chance, 4);
    unsigned opcode = t->message.text ? FRAME_TEXT : FRAME_BINARY;
    size_t from = 0;
    for (uint32_t i = 0; i < fragments; i++) {
        bool last = i + 1 == fragments;
        size_t rest = t->message.size - from;
        size_t size = last ? rest : chance_below(chance, (uint32_t)rest + 1);
        const struct frame_key key = frame_key((uint32_t)chance_mix((*chance)++));
        add_control(t, chance);
        uint8_t *payload =
            frame_add_header(&t->out, opcode | (last ? FRAME_FIN : 0), FRAME_SHORTEST, key.bytes, size);
        message_write(&t->message, from, payload, size);
        frame_mask(payload, size, key.bytes);
        from += size;
        opcode = FRAME_CONTINUATION;
    }
    t->fragments = fragments > 1;
}

/* Half of the messages are written whole, the others in a few pieces, or byte by byte if they are small. */
static size_t choose_piece(size_t size, uint64_t *chance)
{
    uint32_t draw = chance_below(chance, 100);
    if (draw < 50)
        return size;
    return draw < 90 || size > 40 ? 1 + size / (1 + chance_below(chance, 8)) : 1;
}

static void say(struct talker *t)
{
    uint64_t chance = chance_mix((uint64_t)t->said << 32 | t->peer.number);
    t->message = message_of(t->peer.number, t->said++);
    t->echoed = 0;
    t->inside = t->whole = false;
    t->phase = TALKER_TALKS;
    begin_output(t);
    compose(t, &chance);
    t->piece = choose_piece(t->out.size, &chance);
    flush(t);
}

void talker_say(struct talker *t)
{
    if (t->said + t->due >= t->planned)
        return;
    if (t->phase == TALKER_IDLE)
        say(t);
    else
        t->due++;
}

void talker_leave(struct talker *t)
{
    begin_output(t);
    frame_add(&t->out, FRAME_FIN | FRAME_CLOSE, goodbye, sizeof goodbye - 1,
              (uint32_t)chance_mix(t->peer.number));
    t->piece = t->out.size;
    t->phase = TALKER_CLOSES;
    flush(t);
}

/* ---- What comes back ---- */

static void expect_data(struct talker *t, const struct frame_reader *frame)
{
    unsigned opcode = frame->header[0] & FRAME_OPCODE;
    unsigned wanted = t->inside ? FRAME_CONTINUATION : t->message.text ? FRAME_TEXT : FRAME_BINARY;
    size_t rest = t->message.size - t->echoed;
    bool last = frame->header[0] & FRAME_FIN;
    if (t->phase != TALKER_TALKS || t->whole)
        peer_fail(&t->peer, "a message that nobody sent");
    else if (opcode != wanted)
        peer_fail(&t->peer, "the echo of message %u is of another type", t->said - 1);
    else if (frame->length > rest || (last && frame->length != rest))
        peer_fail(&t->peer, "the echo of message %u is not of its %zu bytes", t->said - 1, t->message.size);
    t->inside = true;
    t->whole = last;
}

static void take_data(struct talker *t, const uint8_t *bytes, size_t count)
{
    static uint8_t expected[MESSAGE_MAX];
    message_write(&t->message, t->echoed, expected, count);
    for (size_t i = 0; i < count && t->peer.state == PEER_RUNS; i++)
        if (bytes[i] != expected[i])
            peer_fail(&t->peer, "the echo of message %u differs at byte %zu of %zu: %02x, not %02x",
                      t->said - 1, t->echoed + i, t->message.size, bytes[i], expected[i]);
    t->echoed += count;
}

/* The pong may be that of a later ping than the oldest without one (RFC 6455, 5.5.3). */
static void take_pong(struct talker *t)
{
    uint8_t payload[FRAME_CONTROL_MAX];
    while (t->ponged < t->pinged) {
        size_t size = make_ping(t, t->ponged++, payload);
        if (size == t->control_size && memcmp(payload, t->control, size) == 0) {
            t->peer.tally->pings++;
            return;
        }
    }
    peer_fail(&t->peer, "a pong that belongs to no ping");
}

static void take_control(struct talker *t)
{
    switch (t->reader.header[0] & FRAME_OPCODE) {
    case FRAME_PONG:
        take_pong(t);
        return;
    case FRAME_CLOSE:
        if (t->phase != TALKER_CLOSES)
            peer_fail(&t->peer, "a close frame, status %u, that nobody asked for",
                      t->control_size >= 2 ? (unsigned)t->control[0] << 8 | t->control[1] : 1005);
        else if (t->control_size != sizeof goodbye - 1 || memcmp(t->control, goodbye, t->control_size) != 0)
            peer_fail(&t->peer, "another status or reason in the server's close frame");
        else
            t->phase = TALKER_ENDS;
        return;
    default:
        peer_fail(&t->peer, "a frame of a kind that the server has no reason to send");
    }
}

/* Takes bytes of the current frame's payload. */
static size_t take_payload(struct talker *t, const uint8_t *bytes, size_t count)
{
    size_t step = t->left < count ? (size_t)t->left : count;
    if ((t->reader.header[0] & FRAME_OPCODE) < FRAME_CLOSE) {
        take_data(t, bytes, step);
    } else {
        if (step > 0)
            memcpy(t->control + t->control_size, bytes, step);
        t->control_size += step;
        if (step == t->left)
            take_control(t);
    }
    t->left -= step;
    t->in_payload = t->left > 0;
    return step;
}

static void take_frames(struct talker *t, const uint8_t *bytes, size_t count)
{
    while (count > 0 && t->peer.state == PEER_RUNS) {
        size_t step = 0;
        bool begins = false;
        if (!t->in_payload) {
            const char *wrong = NULL;
            step = frame_read_header(&t->reader, bytes, count, &begins, &wrong);
            if (wrong != NULL)
                peer_fail(&t->peer, "the server sends %s", wrong);
            else if (t->phase == TALKER_ENDS)
                peer_fail(&t->peer, "the server sends a frame after its close frame");
        }
        if (begins && t->peer.state == PEER_RUNS) {
            t->left = t->reader.length;
            t->control_size = 0;
            if ((t->reader.header[0] & FRAME_OPCODE) < FRAME_CLOSE)
                expect_data(t, &t->reader);
        }
        if ((begins || t->in_payload) && t->peer.state == PEER_RUNS)
            step += take_payload(t, bytes + step, count - step);
        bytes += step;
        count -= step;
    }
}

/* The message is done with when all of it came back and its pings were answered. */
static void finish_message(struct talker *t)
{
    if (t->phase != TALKER_TALKS || !t->whole || t->echoed < t->message.size || t->ponged < t->pinged)
        return;
    t->peer.tally->messages++;
    t->peer.tally->message_bytes += t->message.size;
    t->peer.tally->fragmented += t->fragments;
    t->phase = TALKER_IDLE;
    if (t->due > 0) {
        t->due--;
        say(t);
    } else if (t->said == t->planned && t->leaves) {
        talker_leave(t);
    }
}

static void take_answer(struct talker *t, const uint8_t *bytes, size_t count)
{
    bytes_add(&t->in, bytes, count);
    size_t size = upgrade_head_size(&t->in);
    if (size == 0 && t->in.size < 1024)
        return;
    const char *wrong = upgrade_judge(&t->in, t->accept);
    if (wrong != NULL || size < t->in.size)
        peer_fail(&t->peer, "%s",
                  wrong != NULL ? wrong : "frames behind the handshake that nobody asked for");
    bytes_free(&t->in);
    t->phase = TALKER_IDLE;
    t->peer.tally->connections++;
}

static void end_stream(struct talker *t)
{
    if (t->phase == TALKER_ENDS && t->reader.have == 0) {
        t->peer.state = PEER_OVER;
        t->peer.tally->closes++;
    } else {
        peer_fail(&t->peer, "the connection is lost");
    }
}

static void receive(struct talker *t)
{
    static uint8_t bytes[MESSAGE_MAX];
    long count = peer_receive(&t->peer, bytes, sizeof bytes);
    if (count == PEER_BROKEN)
        peer_fail(&t->peer, "the server reset the connection");
    else if (count == 0)
        end_stream(t);
    else if (count > 0 && t->phase == TALKER_SHAKES_HANDS)
        take_answer(t, bytes, (size_t)count);
    else if (count > 0)
        take_frames(t, bytes, (size_t)count);
    if (t->peer.state == PEER_RUNS)
        finish_message(t);
}

/* ---- The peer ---- */

void talker_open(struct talker *t, const struct peer_place *place)
{
    t->place = place;
    t->phase = TALKER_CONNECTS;
    peer_connect(&t->peer, place, t);
}

static void shake_hands(struct talker *t)
{
    begin_output(t);
    upgrade_add_request(&t->out, t->peer.number, t->accept);
    t->piece = t->peer.number % 3 == 0 ? 60 : t->out.size;
    t->phase = TALKER_SHAKES_HANDS;
}

void talker_run(struct talker *t)
{
    if (t->phase == TALKER_CONNECTS)
        shake_hands(t);
    else
        receive(t);
    if (t->peer.state == PEER_RUNS)
        flush(t);
}

void talker_free(struct talker *t)
{
    peer_disconnect(&t->peer, false);
    bytes_free(&t->in);
    bytes_free(&t->out);
}
