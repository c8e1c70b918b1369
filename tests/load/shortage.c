/*
 * shortage.c - a server that cannot have as many connections as come.
 *
 *     shortage SERVER [--descriptors N]
 *
 * Starts the echo server, with so many descriptors if that is said, and more peers than it can hold. Those it
 * has are served, the others wait; meanwhile the server idles. When the first ones leave, the next ones come
 * in, until all were served. Ends with 0 if it was so.
 */
#define _POSIX_C_SOURCE 200809L /* nanosleep */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crowd.h"

/* Peers, and their messages; turns of the loop without a new connection after which the server is full. */
enum { PEERS = 200, MESSAGES = 3, QUIET = 100, DESCRIPTORS = 256 };

/* Seconds that the server is watched, and how much of them it may take of a processor. */
enum { WATCHED = 2 };
static const double idle = 0.25;

/* Has everybody connect, until nobody gets in any more. */
static void fill(struct crowd *c)
{
    uint64_t open = 0;
    for (size_t i = 0; i < PEERS; i++)
        crowd_add_talker(c, i, MESSAGES, true);
    for (int quiet = 0; quiet < QUIET && c->failures == 0; quiet++) {
        crowd_turn(c);
        if (c->tally.connections > open)
            quiet = 0;
        open = c->tally.connections;
    }
    printf("%10llu of %d peers are in\n", (unsigned long long)open, PEERS);
    if (open == 0 || open >= PEERS)
        crowd_fail(c, "there is no shortage");
}

static void expect_idle(struct crowd *c, const struct server *server)
{
    double before = server_processor(server);
    nanosleep(&(struct timespec){WATCHED, 0}, NULL);
    double took = server_processor(server) - before;
    printf("%10.2f s of processor time in %d s of waiting\n", took, WATCHED);
    if (took > idle)
        crowd_fail(c, "the server is busy with waiting");
}

static void serve_all(struct crowd *c)
{
    while (c->talking > 0 && c->failures == 0 && crowd_lives(c)) {
        for (size_t i = 0; i < PEERS; i++)
            if (c->talkers[i].phase == TALKER_IDLE && c->talkers[i].peer.socket >= 0)
                talker_say(&c->talkers[i]);
        crowd_turn(c);
    }
    printf("%10llu peers were served in the end\n", (unsigned long long)c->tally.closes);
    if (c->tally.closes != PEERS)
        crowd_fail(c, "not all peers were served");
}

int main(int argc, char **argv)
{
    struct server server;
    struct crowd crowd;
    bool limited = argc == 4 && strcmp(argv[2], "--descriptors") == 0;
    if (argc != 2 && !limited) {
        fprintf(stderr, "usage: shortage SERVER [--descriptors N]\n");
        return EXIT_FAILURE;
    }
    unsigned descriptors = limited ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    if (!crowd_raise_limit(DESCRIPTORS) || !server_start(&server, argv[1], descriptors))
        return EXIT_FAILURE;
    unsigned before = server_descriptors(&server);
    crowd_open(&crowd, server.port, PEERS, 0);
    fill(&crowd);
    if (limited && server_descriptors(&server) < descriptors)
        crowd_fail(&crowd, "the server has descriptors left");
    expect_idle(&crowd, &server);
    serve_all(&crowd);
    crowd_expect_descriptors(&crowd, &server, before);
    if (!server_stop(&server))
        crowd.failures++;
    crowd_close(&crowd);
    printf("shortage: %s\n", crowd.failures == 0 ? "all is right" : "FAILED");
    return crowd.failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
