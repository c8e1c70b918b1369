/*
 * load.c - many connections at once, all of them used, while some peers misbehave.
 *
 *     load SERVER [--connections N] [--messages N] [--seconds N] [--misbehaving N]
 *
 * Starts the echo server. Opens all connections but one in a hundred (or as many as is said) and keeps them,
 * sends so many messages on each, evenly over so many seconds, and checks every echo byte for byte. The
 * others misbehave meanwhile, one after the other in every way that there is. Ends with 0 if nobody got
 * anything else than what was right, and prints figures.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crowd.h"

/* Connections that are being opened at a time, and descriptors beside the connections'. */
enum { CONNECTING = 256, OTHERS = 64 };

struct plan {
    const char *server;
    unsigned connections;
    unsigned messages;
    unsigned seconds;
    unsigned misbehaving;
};

static bool parse_number(const char *text, unsigned *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    *number = (unsigned)value;
    return *text >= '0' && *text <= '9' && *end == '\0' && value > 0 && value <= 10000000;
}

static bool parse(struct plan *plan, int argc, char **argv)
{
    *plan = (struct plan){argc > 1 ? argv[1] : NULL, 10000, 20, 12, 0};
    bool right = argc > 1 && argc % 2 == 0;
    for (int i = 2; right && i < argc; i += 2)
        if (strcmp(argv[i], "--connections") == 0)
            right = parse_number(argv[i + 1], &plan->connections);
        else if (strcmp(argv[i], "--messages") == 0)
            right = parse_number(argv[i + 1], &plan->messages);
        else if (strcmp(argv[i], "--seconds") == 0)
            right = parse_number(argv[i + 1], &plan->seconds);
        else
            right = strcmp(argv[i], "--misbehaving") == 0 && parse_number(argv[i + 1], &plan->misbehaving);
    if (plan->misbehaving == 0)
        plan->misbehaving = (plan->connections + 99) / 100;
    right = right && plan->misbehaving < plan->connections;
    if (!right)
        fprintf(stderr,
                "usage: load SERVER [--connections N] [--messages N] [--seconds N] [--misbehaving N]\n");
    return right;
}

static double seconds_since(uint64_t start)
{
    return (double)(peer_clock() - start) / 1000;
}

static void gather(struct crowd *c, const struct plan *plan)
{
    for (size_t i = 0; i < c->talker_count && c->failures == 0;) {
        while (i < c->talker_count && c->connecting < CONNECTING)
            crowd_add_talker(c, i++, plan->messages, false);
        crowd_turn(c);
    }
    while (c->connecting > 0 && crowd_lives(c))
        crowd_turn(c);
}

/* One talker after the other begins a message, evenly over the time. */
static void talk(struct crowd *c, const struct plan *plan)
{
    uint64_t start = peer_clock();
    uint64_t all = (uint64_t)plan->messages * c->talker_count;
    c->goes_on = true;
    for (uint64_t said = 0; crowd_lives(c) && c->failures == 0;) {
        uint64_t due = all * (peer_clock() - start) / (plan->seconds * 1000u);
        for (; said < all && said < due; said++)
            talker_say(&c->talkers[said % c->talker_count]);
        crowd_turn(c);
        if (c->tally.messages == all && crowd_did_every_misdeed(c))
            break;
    }
    c->goes_on = false;
    while (c->acting > 0 && c->failures == 0)
        crowd_turn(c);
    if (c->failures == 0 && c->talking != c->talker_count)
        crowd_fail(c, "%zu connections are left", c->talking);
}

static void leave(struct crowd *c)
{
    for (size_t i = 0; i < c->talker_count; i++)
        if (c->talkers[i].phase == TALKER_IDLE)
            talker_leave(&c->talkers[i]);
    while (c->talking > 0 && c->failures == 0 && crowd_lives(c))
        crowd_turn(c);
}

static void run(struct crowd *c, const struct server *server, const struct plan *plan)
{
    unsigned descriptors = server_descriptors(server);
    long empty = server_memory(server);
    uint64_t start = peer_clock();
    gather(c, plan);
    long full = server_memory(server);
    printf("%10zu connections opened in %.1f s, %zu more misbehave\n", c->talking, seconds_since(start),
           c->actor_count);
    printf("%10ld KiB of the server's memory before, %ld KiB with them: %.1f KiB for each\n", empty, full,
           (double)(full - empty) / (double)c->talker_count);
    fflush(stdout);

    start = peer_clock();
    talk(c, plan);
    printf("%10.1f s of messages; %ld KiB after them\n", seconds_since(start), server_memory(server));
    start = peer_clock();
    if (c->failures == 0)
        leave(c);
    printf("%10.1f s for the closing handshakes\n", seconds_since(start));
    if (c->failures == 0)
        crowd_expect_descriptors(c, server, descriptors);
}

int main(int argc, char **argv)
{
    struct plan plan;
    struct server server;
    struct crowd crowd;
    if (!parse(&plan, argc, argv) || !crowd_raise_limit(plan.connections + OTHERS) ||
        !server_start(&server, plan.server, 0))
        return EXIT_FAILURE;
    crowd_open(&crowd, server.port, plan.connections - plan.misbehaving, plan.misbehaving);
    crowd.rest = 250;
    run(&crowd, &server, &plan);
    if (!server_stop(&server))
        crowd.failures++;
    crowd_print(&crowd);
    printf("%10.1f s of processor time for the server\n", server.processor);
    printf("load: %s\n", crowd.failures == 0 ? "all is right" : "FAILED");
    crowd_close(&crowd);
    return crowd.failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
