/*
 * See asker.h.
 */
#include "asker.h"

#include <string.h>
#include <sys/epoll.h>

#include "chance.h"

/* Bytes of a train, about, and of one read. */
enum { TRAIN = 1 << 18, READ = 1 << 18 };

void train_make(struct train *train, size_t size)
{
    memset(train, 0, sizeof *train);
    train->size = size;
    train->count = TRAIN / size < 1024 ? TRAIN / size : 1024;
    for (size_t i = 0; i < train->count; i++) {
        uint8_t *payload = bytes_extend(&train->payloads, size);
        for (size_t at = 0; at < size; at++)
            payload[at] = (uint8_t)chance_mix((uint64_t)i << 32 | at);
        frame_add(&train->frames, FRAME_FIN | FRAME_BINARY, payload, size, (uint32_t)chance_mix(i));
    }
    train->frame = train->frames.size / train->count;
}

void train_free(struct train *train)
{
    bytes_free(&train->payloads);
    bytes_free(&train->frames);
}

/* ---- What goes out ---- */

static void send_all(struct asker *a, const void *bytes, size_t size)
{
    if (peer_send(&a->peer, bytes, size) != (long)size)
        peer_fail(&a->peer, "the server does not take %zu bytes", size);
}

/* As much of the train as may be outstanding and the socket takes. */
static void ask(struct asker *a)
{
    const struct train *train = a->train;
    uint64_t begun = a->answered + a->outstanding;
    uint64_t allowed = (begun < a->limit ? begun : a->limit) * train->frame;
    while (a->sent < allowed && a->peer.state == PEER_RUNS) {
        size_t from = (size_t)(a->sent % train->frames.size);
        size_t size = train->frames.size - from;
        long count = peer_send(&a->peer, train->frames.at + from,
                               size < allowed - a->sent ? size : (size_t)(allowed - a->sent));
        if (count == PEER_BROKEN)
            peer_fail(&a->peer, "the connection broke while it was written to");
        if (count <= 0)
            break;
        a->sent += (uint64_t)count;
    }
    peer_watch(&a->peer, a->place, EPOLLIN | (a->sent < allowed ? (uint32_t)EPOLLOUT : 0), a);
}

void asker_begin(struct asker *a, const struct train *train, unsigned outstanding)
{
    a->train = train;
    a->outstanding = outstanding;
    a->limit = UINT64_MAX;
    a->sent = a->answered = 0;
    a->phase = ASKER_ASKS;
    ask(a);
}

/* A message that was begun is sent to its end. */
void asker_finish(struct asker *a)
{
    a->limit = (a->sent + a->train->frame - 1) / a->train->frame;
    if (a->answered == a->limit)
        a->phase = ASKER_IDLE;
}

void asker_leave(struct asker *a)
{
    struct bytes out = {NULL, 0, 0};
    frame_add(&out, FRAME_FIN | FRAME_CLOSE, "\x03\xE8", 2, (uint32_t)chance_mix(a->peer.number));
    a->phase = ASKER_CLOSES;
    send_all(a, out.at, out.size);
    bytes_free(&out);
}

/* ---- What comes back ---- */

static void expect_data(struct asker *a)
{
    unsigned wanted = a->inside ? FRAME_CONTINUATION : FRAME_BINARY;
    size_t rest = a->phase == ASKER_ASKS ? a->train->size - a->echoed : 0;
    bool last = a->reader.header[0] & FRAME_FIN;
    if (a->phase != ASKER_ASKS || a->sent < (a->answered + 1) * a->train->frame)
        peer_fail(&a->peer, "an echo of nothing");
    else if ((a->reader.header[0] & FRAME_OPCODE) != wanted)
        peer_fail(&a->peer, "echo %llu is of another type", (unsigned long long)a->answered);
    else if (a->left > rest || last != (a->left == rest))
        peer_fail(&a->peer, "echo %llu is of another size", (unsigned long long)a->answered);
    a->inside = !last;
}

static void finish_frame(struct asker *a)
{
    a->in_payload = false;
    if (a->phase == ASKER_CLOSES) {
        a->phase = ASKER_ENDS;
    } else if (!a->inside) {
        a->echoed = 0;
        if (++a->answered == a->limit)
            a->phase = ASKER_IDLE;
    }
}

static size_t take_header(struct asker *a, const uint8_t *bytes, size_t count)
{
    const char *wrong = NULL;
    size_t taken = frame_read_header(&a->reader, bytes, count, &a->in_payload, &wrong);
    a->left = a->reader.length;
    if (wrong != NULL)
        peer_fail(&a->peer, "the server sends %s", wrong);
    else if (a->in_payload &&
             !(a->phase == ASKER_CLOSES && (a->reader.header[0] & FRAME_OPCODE) == FRAME_CLOSE))
        expect_data(a);
    return taken;
}

static size_t take_payload(struct asker *a, const uint8_t *bytes, size_t count)
{
    size_t step = count < a->left ? count : (size_t)a->left;
    if (a->phase == ASKER_ASKS) {
        const uint8_t *right = a->train->payloads.at + a->answered % a->train->count * a->train->size;
        if (memcmp(right + a->echoed, bytes, step) != 0)
            peer_fail(&a->peer, "echo %llu is another", (unsigned long long)a->answered);
        a->echoed += step;
    }
    a->left -= step;
    return step;
}

static void take_frames(struct asker *a, const uint8_t *bytes, size_t count)
{
    while (count > 0 && a->peer.state == PEER_RUNS) {
        size_t step = a->in_payload ? take_payload(a, bytes, count) : take_header(a, bytes, count);
        if (a->in_payload && a->left == 0)
            finish_frame(a);
        bytes += step;
        count -= step;
    }
}

static void take_answer(struct asker *a, const uint8_t *bytes, size_t count)
{
    bytes_add(&a->in, bytes, count);
    size_t size = upgrade_head_size(&a->in);
    if (size == 0 && a->in.size < 1024)
        return;
    const char *wrong = upgrade_judge(&a->in, a->accept);
    if (wrong == NULL && size < a->in.size)
        wrong = "frames behind the handshake that nobody asked for";
    if (wrong != NULL)
        peer_fail(&a->peer, "%s", wrong);
    bytes_free(&a->in);
    a->phase = ASKER_IDLE;
}

static void end_stream(struct asker *a)
{
    if (a->phase == ASKER_ENDS)
        a->peer.state = PEER_OVER;
    else
        peer_fail(&a->peer, "the connection is lost");
}

static void receive(struct asker *a)
{
    static uint8_t bytes[READ];
    long count = peer_receive(&a->peer, bytes, sizeof bytes);
    if (count == PEER_BROKEN)
        peer_fail(&a->peer, "the server reset the connection");
    else if (count == 0)
        end_stream(a);
    else if (count > 0 && a->phase == ASKER_SHAKES_HANDS)
        take_answer(a, bytes, (size_t)count);
    else if (count > 0)
        take_frames(a, bytes, (size_t)count);
}

/* ---- The peer ---- */

void asker_open(struct asker *a, const struct peer_place *place)
{
    a->place = place;
    a->phase = ASKER_CONNECTS;
    peer_connect(&a->peer, place, a);
}

static void shake_hands(struct asker *a)
{
    struct bytes request = {NULL, 0, 0};
    upgrade_add_request(&request, a->peer.number, a->accept);
    a->phase = ASKER_SHAKES_HANDS;
    send_all(a, request.at, request.size);
    bytes_free(&request);
    peer_watch(&a->peer, a->place, EPOLLIN, a);
}

void asker_run(struct asker *a)
{
    if (a->phase == ASKER_CONNECTS)
        shake_hands(a);
    else
        receive(a);
    if (a->phase == ASKER_ASKS && a->peer.state == PEER_RUNS)
        ask(a);
}

void asker_free(struct asker *a)
{
    peer_disconnect(&a->peer, false);
    bytes_free(&a->in);
}
