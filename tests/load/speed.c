/*
 * speed.c - the processor time that servers take for a message, side by side.
 *
 *     speed [NAME=]COMMAND... [--connections N] [--idle N] [--rounds N] [--milliseconds N]
 *
 * Starts every server with its command, the words of which are separated by blanks. One thread keeps so many
 * connections busy, each with a number of messages of one size outstanding; the servers take turns, for so many
 * milliseconds each and in so many rounds, and every byte that comes back is checked. Before that, so many connections
 * that are silent tell how much memory one takes.
 *
 * Prints a table of minima, and the first server's ratio to each of the others. Ends with 0 if every echo was right: a
 * slow server is not wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "asker.h"
#include "crowd.h"
#include "machine.h"
#include "server.h"

/* Connections that are being opened at a time; milliseconds; descriptors beside the connections'. */
enum { CONNECTING = 256, TURN = 10, STALLED = 60000, OTHERS = 64, WORDS = 16 };

static const struct job {
    const char *name;
    size_t size;
    unsigned outstanding;
} jobs[] = {{"16 B x 1", 16, 1},      {"16 B x 16", 16, 16},    {"16 B x 64", 16, 64},
            {"1 KiB x 16", 1024, 16}, {"64 KiB x 1", 65536, 1}, {"64 KiB x 4", 65536, 4}};

enum { JOBS = sizeof jobs / sizeof *jobs };

struct contestant {
    char *name;
    char *command[WORDS + 1];
    struct server server;
    struct peer_place place;
    struct asker *askers;
    double idle;             /* KiB for a silent connection */
    double best[JOBS];       /* microseconds of processor time for a message; 0: not measured */
    uint64_t messages[JOBS]; /* in all rounds */
};

struct plan {
    unsigned connections;
    unsigned idle;
    unsigned rounds;
    unsigned milliseconds;
    size_t count;
    struct contestant *contestants;
    struct train trains[JOBS];
};

static bool usage(void)
{
    fprintf(stderr,
            "usage: speed [NAME=]COMMAND... [--connections N] [--idle N] [--rounds N] [--milliseconds N]\n");
    return false;
}

static bool parse_number(struct plan *plan, const char *option, const char *value)
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);
    unsigned *target = strcmp(option, "--connections") == 0    ? &plan->connections
                       : strcmp(option, "--idle") == 0         ? &plan->idle
                       : strcmp(option, "--rounds") == 0       ? &plan->rounds
                       : strcmp(option, "--milliseconds") == 0 ? &plan->milliseconds
                                                               : NULL;
    if (target == NULL || *value < '0' || *value > '9' || *end != '\0' || number == 0 || number > 100000)
        return false;
    *target = (unsigned)number;
    return true;
}

static bool parse_command(struct contestant *contestant, char *text)
{
    char *equals = strchr(text, '=');
    char *command = equals != NULL ? equals + 1 : text;
    size_t words = 0;
    contestant->name = text;
    if (equals != NULL)
        *equals = '\0';
    for (char *word = strtok(command, " "); word != NULL && words < WORDS; word = strtok(NULL, " "))
        contestant->command[words++] = word;
    return words > 0;
}

static bool parse(struct plan *plan, int argc, char **argv)
{
    *plan = (struct plan){.connections = 8, .idle = 1000, .rounds = 9, .milliseconds = 300};
    plan->contestants = bytes_allocate((size_t)argc, sizeof *plan->contestants);
    for (int i = 1; i < argc; i++) {
        bool option = strncmp(argv[i], "--", 2) == 0;
        if (option ? i + 1 == argc || !parse_number(plan, argv[i], argv[i + 1])
                   : !parse_command(&plan->contestants[plan->count++], argv[i]))
            return usage();
        i += option;
    }
    return plan->count > 0 || usage();
}

static bool failed(const struct contestant *contestant, const char *what)
{
    printf("load: failed: %s: %s\n", contestant->name, what);
    return false;
}

/* Waits for a moment, and lets everybody do what they can. False, and said: somebody failed. */
static bool turn(struct contestant *c)
{
    struct epoll_event events[256];
    int count = epoll_wait(c->place.epoll, events, sizeof events / sizeof *events, TURN);
    for (int i = 0; i < count; i++) {
        struct asker *asker = events[i].data.ptr;
        asker_run(asker);
        if (asker->peer.state == PEER_FAILED)
            return failed(c, asker->peer.trouble);
        if (asker->peer.state == PEER_OVER)
            asker_free(asker);
    }
    return true;
}

static bool is_idle(const struct asker *asker)
{
    return asker->phase == ASKER_IDLE;
}

static bool is_over(const struct asker *asker)
{
    return asker->peer.state == PEER_OVER;
}

static bool wait_for(struct contestant *c, const struct asker *askers, unsigned count,
                     bool (*state)(const struct asker *))
{
    uint64_t deadline = peer_clock() + STALLED;
    for (unsigned i = 0; i < count;)
        if (state(&askers[i]))
            i++;
        else if (!turn(c))
            return false;
        else if (peer_clock() > deadline)
            return failed(c, "it does not answer");
    return true;
}

static bool open_askers(struct contestant *c, struct asker *askers, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        askers[i].peer.number = (uint32_t)(&askers[i] - c->askers);
        asker_open(&askers[i], &c->place);
        if (i >= CONNECTING && !wait_for(c, &askers[i - CONNECTING], 1, is_idle))
            return false;
    }
    return wait_for(c, askers, count, is_idle);
}

static bool close_askers(struct contestant *c, struct asker *askers, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        asker_leave(&askers[i]);
    return wait_for(c, askers, count, is_over);
}

/* The server, its connections, and what the silent ones of them cost. */
static bool start(struct contestant *c, const struct plan *plan)
{
    if (!server_start_command(&c->server, c->command, 0))
        return false;
    c->place = (struct peer_place){epoll_create1(EPOLL_CLOEXEC), c->server.port};
    c->askers = bytes_allocate(plan->connections + plan->idle, sizeof *c->askers);
    for (unsigned i = 0; i < plan->connections + plan->idle; i++)
        c->askers[i].peer.socket = -1;
    struct asker *idle = c->askers + plan->connections;
    if (!open_askers(c, c->askers, plan->connections))
        return false;
    long before = server_memory(&c->server);
    if (!open_askers(c, idle, plan->idle))
        return false;
    c->idle = (double)(server_memory(&c->server) - before) / plan->idle;
    return close_askers(c, idle, plan->idle);
}

static bool measure(struct contestant *c, const struct plan *plan, size_t job)
{
    double processor = server_processor(&c->server);
    uint64_t end = peer_clock() + plan->milliseconds;
    uint64_t messages = 0;
    for (unsigned i = 0; i < plan->connections; i++)
        asker_begin(&c->askers[i], &plan->trains[job], jobs[job].outstanding);
    while (peer_clock() < end)
        if (!turn(c))
            return false;
    for (unsigned i = 0; i < plan->connections; i++)
        asker_finish(&c->askers[i]);
    if (!wait_for(c, c->askers, plan->connections, is_idle))
        return false;
    for (unsigned i = 0; i < plan->connections; i++)
        messages += c->askers[i].answered;
    double cost = (server_processor(&c->server) - processor) * 1e6 / (double)messages;
    if (c->best[job] == 0 || cost < c->best[job])
        c->best[job] = cost;
    c->messages[job] += messages;
    return true;
}

static bool measure_all(const struct plan *plan)
{
    for (unsigned round = 0; round < plan->rounds; round++)
        for (size_t job = 0; job < JOBS; job++)
            for (size_t i = 0; i < plan->count; i++)
                if (!measure(&plan->contestants[i], plan, job))
                    return false;
    return true;
}

static void print_row(const char *before, const char *name, const double values[JOBS], double idle,
                      int digits)
{
    printf("%s%-*s", before, 26 - (int)strlen(before), name);
    for (size_t job = 0; job < JOBS; job++)
        printf("%12.*f", digits, values[job]);
    printf("%12.*f\n", digits, idle);
}

static void print(const struct plan *plan)
{
    const struct contestant *ours = &plan->contestants[0];
    printf("%s; %u connections; %u rounds of %u ms, minima\n\n", machine_processor(), plan->connections,
           plan->rounds, plan->milliseconds);
    printf("%-26s", "us of processor time for");
    for (size_t job = 0; job < JOBS; job++)
        printf("%12s", jobs[job].name);
    printf("%12s\n", "KiB idle");
    for (size_t i = 0; i < plan->count; i++)
        print_row("", plan->contestants[i].name, plan->contestants[i].best, plan->contestants[i].idle, 2);
    printf("\n");
    for (size_t i = 1; i < plan->count; i++) {
        const struct contestant *other = &plan->contestants[i];
        double ratios[JOBS];
        for (size_t job = 0; job < JOBS; job++)
            ratios[job] = ours->best[job] / other->best[job];
        char name[64];
        snprintf(name, sizeof name, "%s / ", ours->name);
        print_row(name, other->name, ratios, ours->idle / other->idle, 3);
    }
    printf("\n");
}

static void free_all(struct plan *plan)
{
    for (size_t job = 0; job < JOBS; job++)
        train_free(&plan->trains[job]);
    for (size_t i = 0; i < plan->count; i++) {
        struct contestant *c = &plan->contestants[i];
        for (unsigned k = 0; c->askers != NULL && k < plan->connections + plan->idle; k++)
            asker_free(&c->askers[k]);
        free(c->askers);
        if (c->place.epoll > 0)
            close(c->place.epoll);
    }
    free(plan->contestants);
}

static bool run(struct plan *plan)
{
    bool right = true;
    uint64_t messages = 0;
    for (size_t job = 0; job < JOBS; job++)
        train_make(&plan->trains[job], jobs[job].size);
    for (size_t i = 0; right && i < plan->count; i++)
        right = start(&plan->contestants[i], plan);
    right = right && measure_all(plan);
    for (size_t i = 0; right && i < plan->count; i++)
        right = close_askers(&plan->contestants[i], plan->contestants[i].askers, plan->connections) &&
                server_stop(&plan->contestants[i].server);
    if (right)
        print(plan);
    for (size_t i = 0; i < plan->count; i++)
        for (size_t job = 0; job < JOBS; job++)
            messages += plan->contestants[i].messages[job];
    printf("%10llu messages echoed byte for byte\n", (unsigned long long)messages);
    printf("speed: %s\n", right ? "all is right" : "FAILED");
    return right;
}

int main(int argc, char **argv)
{
    struct plan plan;
    bool right = parse(&plan, argc, argv) &&
                 crowd_raise_limit(plan.connections * plan.count + plan.idle + OTHERS) && run(&plan);
    free_all(&plan);
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
