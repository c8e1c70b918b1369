/*
 * See crowd.h.
 */
#define _POSIX_C_SOURCE 200809L /* nanosleep */

#include "crowd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "misdeeds.h"

/* Milliseconds; and how many failures are said in full. */
enum { TURN = 10, STALLED = 60000, FAILURES_SAID = 20 };

bool crowd_raise_limit(size_t descriptors)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max < descriptors) {
        limit.rlim_max = descriptors; /* root may */
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= descriptors)
        return true;
    printf("load: failed: %zu open files are needed, and the system allows %lu (ulimit -Hn)\n", descriptors,
           (unsigned long)limit.rlim_cur);
    return false;
}

void crowd_open(struct crowd *c, uint16_t port, size_t talkers, size_t actors)
{
    memset(c, 0, sizeof *c);
    c->place = (struct peer_place){epoll_create1(0), port};
    c->talker_count = talkers;
    c->talkers = bytes_allocate(talkers, sizeof *c->talkers);
    c->actor_count = actors;
    c->actors = bytes_allocate(actors, sizeof *c->actors);
    c->rests = bytes_allocate(actors, sizeof *c->rests);
    c->misdeeds = bytes_allocate(misdeeds_count(), sizeof *c->misdeeds);
    for (size_t i = 0; i < talkers; i++)
        c->talkers[i].peer.socket = -1;
    for (size_t i = 0; i < actors; i++)
        c->actors[i].peer.socket = -1;
    c->progress = peer_clock();
}

void crowd_close(struct crowd *c)
{
    for (size_t i = 0; i < c->talker_count; i++)
        talker_free(&c->talkers[i]);
    for (size_t i = 0; i < c->actor_count; i++)
        if (c->actors[i].place != NULL)
            actor_free(&c->actors[i]);
    free(c->talkers);
    free(c->actors);
    free(c->rests);
    free(c->misdeeds);
    close(c->place.epoll);
}

void crowd_fail(struct crowd *c, const char *format, ...)
{
    va_list arguments;
    if (c->failures++ >= FAILURES_SAID)
        return;
    va_start(arguments, format);
    printf("load: failed: ");
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
}

bool crowd_lives(struct crowd *c)
{
    if (peer_clock() - c->progress < STALLED)
        return true;
    crowd_fail(c, "nothing has happened for a minute, with %zu well-behaved peers there", c->talking);
    return false;
}

/* ---- Talkers ---- */

static bool is_connecting(const struct talker *talker)
{
    return talker->phase == TALKER_CONNECTS || talker->phase == TALKER_SHAKES_HANDS;
}

/* The connection of a talker that is done with, in whichever way, is no more. */
static void end_talker(struct crowd *c, struct talker *talker)
{
    if (talker->peer.state == PEER_FAILED)
        crowd_fail(c, "peer %u: %s", talker->peer.number, talker->peer.trouble);
    c->talking--;
    talker_free(talker);
    memset(talker, 0, sizeof *talker);
    talker->peer.socket = -1;
}

/* After anything that may have changed the talker's state. */
static void look_at_talker(struct crowd *c, struct talker *talker, bool was_connecting)
{
    c->connecting -= was_connecting && (!is_connecting(talker) || talker->peer.state != PEER_RUNS);
    if (talker->peer.state != PEER_RUNS)
        end_talker(c, talker);
}

void crowd_add_talker(struct crowd *c, size_t place, uint32_t messages, bool leaves)
{
    struct talker *talker = &c->talkers[place];
    talker->peer.number = c->next_number++;
    talker->peer.tally = &c->tally;
    talker->planned = messages;
    talker->leaves = leaves;
    c->talking++;
    c->connecting++;
    talker_open(talker, &c->place);
    look_at_talker(c, talker, true);
}

/* ---- Actors ---- */

static void begin_misdeed(struct crowd *c, struct actor *actor)
{
    size_t kind = c->next_misdeed++ % misdeeds_count();
    struct misdeed_tally *tally = &c->misdeeds[kind];
    memset(actor, 0, sizeof *actor);
    actor->kind = kind;
    actor->peer.number = c->next_number++;
    actor->peer.misbehaves = true;
    misdeeds_write(&actor->script, kind, tally->begun++);
    tally->name = actor->script.name;
    tally->ends = actor->script.ends;
    c->acting++;
    actor_open(actor, &c->place);
}

static void end_misdeed(struct crowd *c, struct actor *actor)
{
    if (actor->peer.state == PEER_FAILED)
        crowd_fail(c, "misbehaving peer %u: %s", actor->peer.number, actor->peer.trouble);
    else
        c->misdeeds[actor->kind].over++;
    c->acting--;
    c->progress = peer_clock();
    c->rests[actor - c->actors] = c->progress + c->rest;
    actor_free(actor);
    actor->place = NULL;
}

/* Every actor in every turn: they have clocks of their own. */
static void run_actors(struct crowd *c)
{
    uint64_t now = peer_clock();
    for (size_t i = 0; i < c->actor_count; i++) {
        struct actor *actor = &c->actors[i];
        if (actor->place == NULL && c->goes_on && now >= c->rests[i])
            begin_misdeed(c, actor);
        if (actor->place == NULL)
            continue;
        if (!c->goes_on || (c->silence > 0 && now >= actor->begun + c->silence))
            actor_release(actor);
        if (actor->peer.state == PEER_RUNS)
            actor_run(actor, false);
        if (actor->peer.state != PEER_RUNS)
            end_misdeed(c, actor);
    }
}

bool crowd_did_every_misdeed(const struct crowd *c)
{
    for (size_t i = 0; i < misdeeds_count(); i++)
        if (c->misdeeds[i].begun == 0)
            return false;
    return true;
}

/* ---- The loop ---- */

static void run_peer(struct crowd *c, struct peer *peer)
{
    if (peer->misbehaves) {
        actor_run((struct actor *)peer, true);
        return;
    }
    struct talker *talker = (struct talker *)peer;
    bool was_connecting = is_connecting(talker);
    talker_run(talker);
    look_at_talker(c, talker, was_connecting);
}

void crowd_turn(struct crowd *c)
{
    struct epoll_event events[512];
    int count = epoll_wait(c->place.epoll, events, sizeof events / sizeof *events, TURN);
    for (int i = 0; i < count; i++)
        run_peer(c, events[i].data.ptr);
    if (count > 0)
        c->progress = peer_clock();
    run_actors(c);
}

void crowd_expect_descriptors(struct crowd *c, const struct server *server, unsigned before)
{
    unsigned now = 0;
    for (int i = 0; i < 1000; i++) {
        now = server_descriptors(server);
        if (now == before)
            return;
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    crowd_fail(c, "the server has %u descriptors open, and had %u before", now, before);
}

/* ---- Figures ---- */

void crowd_print(const struct crowd *c)
{
    const struct tally *tally = &c->tally;
    unsigned begun = 0;
    unsigned over = 0;
    for (size_t i = 0; i < misdeeds_count(); i++) {
        begun += c->misdeeds[i].begun;
        over += c->misdeeds[i].over;
    }
    printf("\n%10llu well-behaved connections, %llu closed with 1000 both ways\n",
           (unsigned long long)tally->connections, (unsigned long long)tally->closes);
    printf("%10llu messages echoed byte for byte, %llu of them sent in fragments\n",
           (unsigned long long)tally->messages, (unsigned long long)tally->fragmented);
    printf("%10llu bytes in them\n", (unsigned long long)tally->message_bytes);
    printf("%10llu pings answered between them\n", (unsigned long long)tally->pings);
    printf("%10u misbehaving peers, of %zu kinds; %u ended as they should:\n", begun, misdeeds_count(), over);
    for (size_t i = 0; i < misdeeds_count(); i++)
        if (c->misdeeds[i].begun > 0)
            printf("%10u of %6u  %-22s  %s\n", c->misdeeds[i].over, c->misdeeds[i].begun, c->misdeeds[i].ends,
                   c->misdeeds[i].name);
    printf("\n");
}
