/*
 * stall.c - a server that gets no processor for longer than its patience lasts.
 *
 *     stall SERVER
 *
 * Starts the echo server and connects; stops the server, sends a request, and lets the server go on after
 * more than the ten seconds that it gives a peer for its request. The peer was in time: it must get its
 * answer, its echo and its close. Ends with 0 if it did.
 */
#define _POSIX_C_SOURCE 200809L /* nanosleep, kill */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "frame.h"
#include "misdeeds.h"
#include "server.h"

/*
 * Milliseconds: until the server has accepted the connection, and its stall; turns of ten milliseconds for
 * the rest.
 */
enum { ACCEPTED = 500, STALL = 10500, TURN = 10, TURNS = 6000 };

static void pass(int milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000L}, NULL);
}

static void write_script(struct script *script)
{
    script->name = "a peer of a server that stalls";
    script_add(script, STEP_SILENCE, 0);
    misdeeds_shake_hands(script);
    frame_add(&script->bytes, FRAME_FIN | FRAME_TEXT, "hello", 5, 1);
    frame_add(&script->bytes, FRAME_FIN | FRAME_CLOSE, "\x03\xE8", 2, 1);
    script_add(script, STEP_SEND, 0);
    frame_add_unmasked(&script->bytes, FRAME_FIN | FRAME_TEXT, "hello", 5);
    frame_add_unmasked(&script->bytes, FRAME_FIN | FRAME_CLOSE, "\x03\xE8", 2);
    script_add(script, STEP_EXPECT, 0);
    script_add(script, STEP_END, 0);
}

static bool converse(struct actor *actor, const struct server *server)
{
    pass(ACCEPTED);
    actor_run(actor, true); /* connected */
    kill(server->process, SIGSTOP);
    actor_release(actor);
    actor_run(actor, true); /* the request is sent */
    pass(STALL);
    kill(server->process, SIGCONT);
    for (int i = 0; i < TURNS && actor->peer.state == PEER_RUNS; i++) {
        actor_run(actor, true);
        pass(TURN);
    }
    if (actor->peer.state != PEER_OVER)
        printf("load: failed: %s\n",
               actor->peer.state == PEER_FAILED ? actor->peer.trouble : "no answer comes");
    return actor->peer.state == PEER_OVER;
}

int main(int argc, char **argv)
{
    struct server server;
    struct actor actor = {.place = NULL};
    if (argc != 2) {
        fprintf(stderr, "usage: stall SERVER\n");
        return EXIT_FAILURE;
    }
    if (!server_start(&server, argv[1], 0))
        return EXIT_FAILURE;
    struct peer_place place = {epoll_create1(0), server.port};
    write_script(&actor.script);
    actor_open(&actor, &place);
    bool right = converse(&actor, &server);
    actor_free(&actor);
    close(place.epoll);
    right = server_stop(&server) && right;
    printf("stall: %s\n", right ? "all is right" : "FAILED");
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
