/*
 * See script.h.
 */
#include "script.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "upgrade.h"

/*
 * Milliseconds: what a step may take at most on a machine however busy (those that get on begin anew with
 * every byte), between two bytes of a crawl, for all of a dribble, and until a flood counts as held back.
 */
enum { PATIENCE = 60000, CRAWL = 1000, DRIBBLE = 1000, PUSH = 250, HELD_BACK = 500, MOMENT = 100 };

/*
 * Bytes that the server might take before something is wrong: of a flood, far more than the sockets' buffers.
 */
enum { FLOOD_MAX = 1 << 28, PUSHES = 120 };

void script_add(struct script *script, enum step_kind kind, unsigned status)
{
    const struct step *last = script->count > 0 ? &script->steps[script->count - 1] : NULL;
    size_t from = last != NULL ? last->from + last->size : 0;
    if (script->count < SCRIPT_STEPS)
        script->steps[script->count++] = (struct step){kind, from, script->bytes.size - from, status};
}

enum progress { STAYS, GOES_ON };

static const struct step *current(const struct actor *a)
{
    return &a->script.steps[a->step];
}

/* Whether it has not got on for so many milliseconds. now may be older than the last time that it did. */
static bool waited(const struct actor *a, uint64_t now, unsigned milliseconds)
{
    return now >= a->since + milliseconds;
}

static void fail(struct actor *a, const char *why)
{
    peer_fail(&a->peer, "%s: %s, at step %zu, byte %zu", a->script.name, why, a->step, a->done);
}

/* ---- Sending ---- */

static long send_some(struct actor *a, size_t most)
{
    const struct step *step = current(a);
    size_t at = a->done % step->size;
    size_t left = step->size - at;
    long count = peer_send(&a->peer, a->script.bytes.at + step->from + at, left < most ? left : most);
    if (count > 0) {
        a->done += (size_t)count;
        a->since = peer_clock();
    }
    return count;
}

/*
 * With a status, the server may have had enough before all is sent: what comes next tells whether that was
 * right.
 */
static enum progress send_once(struct actor *a, size_t most)
{
    const struct step *step = current(a);
    bool broken = !a->ended && step->size > 0 && send_some(a, most) == PEER_BROKEN;
    if (step->status != 0 && (a->ended || a->reset || broken)) {
        a->reset = a->reset || broken;
        return GOES_ON;
    }
    if (broken || a->ended)
        fail(a, "the connection broke while it was written to");
    return a->done == step->size ? GOES_ON : STAYS;
}

static enum progress crawl(struct actor *a, uint64_t now)
{
    return waited(a, now, CRAWL) || a->ended || a->reset ? send_once(a, 1) : STAYS;
}

/*
 * A few bytes in each turn; all of them in a second, however slow the turns are: the server's patience is
 * short.
 */
static enum progress dribble(struct actor *a, uint64_t now)
{
    size_t size = current(a)->size;
    uint64_t due = now > a->step_begun ? (now - a->step_begun) * size / DRIBBLE : 0;
    return send_once(a, due > a->done + 1 + size / 64 ? (size_t)due - a->done : 1 + size / 64);
}

static enum progress flood(struct actor *a, uint64_t now)
{
    long count;
    while ((count = send_some(a, SIZE_MAX)) > 0 && a->done <= FLOOD_MAX)
        ;
    if (count == PEER_BROKEN)
        fail(a, "the connection broke while it was written to");
    else if (a->done > FLOOD_MAX)
        fail(a, "the server reads without end from a peer that takes nothing back");
    return waited(a, now, HELD_BACK) ? GOES_ON : STAYS;
}

static enum progress push(struct actor *a, uint64_t now)
{
    if (a->reset)
        return GOES_ON;
    if (a->done > PUSHES)
        fail(a, "the server does not end the connection");
    else if (a->done == 0 || waited(a, now, PUSH))
        a->reset = send_some(a, 1) == PEER_BROKEN;
    return STAYS;
}

/* ---- Receiving ---- */

static enum progress expect(struct actor *a)
{
    const struct step *step = current(a);
    const uint8_t *wanted = a->script.bytes.at + step->from;
    size_t count = a->in.size < step->size ? a->in.size : step->size;
    if (count > 0 && memcmp(a->in.at, wanted, count) != 0)
        fail(a, "the server answers something else");
    else if (count < step->size && (a->ended || a->reset))
        fail(a, a->reset ? "the server resets the connection" : "the stream ends before the answer");
    if (count < step->size)
        return STAYS;
    bytes_drop(&a->in, step->size);
    return GOES_ON;
}

static enum progress expect_switch(struct actor *a)
{
    size_t size = upgrade_head_size(&a->in);
    const char *wrong = size > 0 ? upgrade_judge(&a->in, UPGRADE_ACCEPT) : NULL;
    if (wrong != NULL)
        fail(a, wrong);
    else if (size == 0 && (a->ended || a->reset))
        fail(a, "the stream ends before the handshake is answered");
    if (size == 0)
        return STAYS;
    bytes_drop(&a->in, size);
    return GOES_ON;
}

static enum progress expect_end(struct actor *a)
{
    if (a->in.size > 0)
        fail(a, "the server goes on after its last words");
    else if (a->reset)
        fail(a, "the server resets the connection");
    return a->ended ? GOES_ON : STAYS;
}

static enum progress expect_refusal(struct actor *a)
{
    size_t size = upgrade_head_size(&a->in);
    if (a->reset)
        fail(a, "the server resets the connection");
    if (!a->ended)
        return STAYS;
    if (size == 0 || upgrade_status(&a->in) != current(a)->status)
        fail(a, "the handshake is not refused with the right status");
    else if (a->in.size < size + 10)
        fail(a, "the refusal gives no reason");
    a->in.size = 0;
    return GOES_ON;
}

static enum progress keep_silent(struct actor *a)
{
    a->since = peer_clock();
    if (a->in.size > 0 || a->ended || a->reset)
        fail(a, "the server did not wait");
    return a->released ? GOES_ON : STAYS;
}

static void receive(struct actor *a)
{
    uint8_t bytes[16384];
    long count = peer_receive(&a->peer, bytes, sizeof bytes);
    if (count > 0) {
        bytes_add(&a->in, bytes, (size_t)count);
        a->since = peer_clock();
    }
    a->ended = a->ended || count == 0;
    a->reset = a->reset || count == PEER_BROKEN;
}

/* ---- The run ---- */

static enum progress leave(struct actor *a, bool reset)
{
    peer_disconnect(&a->peer, reset);
    return GOES_ON;
}

static enum progress take_step(struct actor *a, uint64_t now)
{
    switch (current(a)->kind) {
    case STEP_SEND:
        return send_once(a, SIZE_MAX);
    case STEP_DRIBBLE:
        return dribble(a, now);
    case STEP_CRAWL:
        return crawl(a, now);
    case STEP_FLOOD:
        return flood(a, now);
    case STEP_SWITCH:
        return expect_switch(a);
    case STEP_REFUSAL:
        return expect_refusal(a);
    case STEP_EXPECT:
        return expect(a);
    case STEP_END:
        return expect_end(a);
    case STEP_PUSH:
        return push(a, now);
    case STEP_SILENCE:
        return keep_silent(a);
    case STEP_FINISH:
        return peer_finish(&a->peer) ? GOES_ON : STAYS;
    case STEP_RESET:
        return leave(a, true);
    case STEP_DISCONNECT:
        return leave(a, false);
    case STEP_WAIT:
    default:
        return waited(a, now, MOMENT) ? GOES_ON : STAYS;
    }
}

/* Whether it should look at what came before it sends more: that may have become needless, or an affront. */
static bool looks_first(const struct actor *a)
{
    enum step_kind kind = current(a)->kind;
    return kind == STEP_SEND || kind == STEP_DRIBBLE || kind == STEP_CRAWL;
}

static bool reads(const struct actor *a)
{
    enum step_kind kind = current(a)->kind;
    return kind != STEP_FLOOD && kind != STEP_WAIT && !a->ended && !a->reset;
}

void actor_open(struct actor *a, const struct peer_place *place)
{
    a->place = place;
    a->begun = a->since = peer_clock();
    peer_connect(&a->peer, place, a);
}

void actor_run(struct actor *a, bool readable)
{
    uint64_t now = peer_clock();
    if (!a->connected && !readable)
        return;
    if (!a->connected) {
        a->connected = true;
        a->since = a->step_begun = now;
    } else if ((readable || looks_first(a)) && reads(a)) {
        receive(a);
    }
    while (a->peer.state == PEER_RUNS && take_step(a, now) == GOES_ON && a->peer.state == PEER_RUNS) {
        a->done = 0;
        a->since = a->step_begun = now;
        if (++a->step == a->script.count) {
            a->peer.state = PEER_OVER;
            return;
        }
    }
    if (waited(a, now, PATIENCE))
        fail(a, "nothing happens any more");
    peer_watch(&a->peer, a->place, reads(a) ? EPOLLIN : 0, a);
}

void actor_release(struct actor *a)
{
    a->released = true;
}

void actor_free(struct actor *a)
{
    peer_disconnect(&a->peer, false);
    bytes_free(&a->in);
    bytes_free(&a->script.bytes);
}
