/*
 * soak.c - connections that come and go for long, and a server whose memory must stay as it was.
 *
 *     soak SERVER [--seconds N]
 *
 * Starts the echo server. Each place in the crowd is taken by one peer after the other: it sends messages of
 * all sizes, whole and in fragments, with pings, and closes; in some places peers misbehave in every way that
 * there is. Every second the server's memory is looked at. What it was on average in the first minute is
 * set against the last (in a short soak the first quarter against the last one). Ends with 0 if all was right and
 * nothing grew, and prints figures.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "crowd.h"

/*
 * Places of either kind; the most messages of one peer; milliseconds between two messages in one place, from
 * which the others follow; descriptors that all this takes; how often the memory is said.
 */
enum { TALKERS = 400, ACTORS = 60, MESSAGES = 40, PACE = 20, DESCRIPTORS = 1024, SAID = 30 };

/*
 * Kibibytes by which the memory may be larger in the end, on average. Large messages take pages of receive buffers for a
 * while, by chance, and the average wanders by less.
 */
enum { ALLOWED = 1024 };

/* A window of time at either end. */
struct window {
    uint64_t from;
    uint64_t to;
    long most;
    long sum;
    long samples;
};

struct soak {
    struct crowd crowd;
    struct server server;
    uint64_t start;
    uint64_t length;
    uint64_t next_sample;
    uint64_t next_message;
    struct window first;
    struct window last;
};

static void sample(struct window *window, uint64_t now, long memory)
{
    if (now < window->from || now >= window->to)
        return;
    window->most = memory > window->most ? memory : window->most;
    window->sum += memory;
    window->samples++;
}

static void sample_memory(struct soak *s, uint64_t now)
{
    if (now < s->next_sample)
        return;
    long memory = server_memory(&s->server);
    uint64_t second = now / 1000;
    s->next_sample = (second + 1) * 1000;
    sample(&s->first, now, memory);
    sample(&s->last, now, memory);
    if (second % SAID == 0) {
        printf("%10llu s: %ld KiB, %llu connections, %llu messages, %llu bytes\n", (unsigned long long)second,
               memory, (unsigned long long)s->crowd.tally.connections,
               (unsigned long long)s->crowd.tally.messages, (unsigned long long)s->crowd.tally.message_bytes);
        fflush(stdout);
    }
}

/* Fills every empty place, and has everybody else say something. */
static void stir(struct soak *s, uint64_t now)
{
    struct crowd *c = &s->crowd;
    if (now < s->next_message)
        return;
    s->next_message = now + PACE;
    for (size_t i = 0; i < c->talker_count; i++)
        if (c->talkers[i].peer.socket < 0)
            crowd_add_talker(c, i, 1 + (uint32_t)(chance_mix(c->next_number) % MESSAGES), true);
        else if (c->talkers[i].phase == TALKER_IDLE)
            talker_say(&c->talkers[i]);
}

/* Lets everybody finish. */
static void drain(struct crowd *c)
{
    c->goes_on = false;
    while ((c->talking > 0 || c->acting > 0) && c->failures == 0 && crowd_lives(c)) {
        for (size_t i = 0; i < c->talker_count; i++)
            if (c->talkers[i].phase == TALKER_IDLE && c->talkers[i].peer.socket >= 0)
                talker_leave(&c->talkers[i]);
        crowd_turn(c);
    }
}

static void judge_memory(struct soak *s)
{
    if (s->first.samples == 0 || s->last.samples == 0) {
        crowd_fail(&s->crowd, "the memory was never looked at");
        return;
    }
    long growth = s->last.sum / s->last.samples - s->first.sum / s->first.samples;
    printf("\n%10ld KiB of the server's memory at most in the first %llu s, %ld on average\n", s->first.most,
           (unsigned long long)s->first.to / 1000, s->first.sum / s->first.samples);
    printf("%10ld KiB at most in the last %llu s, %ld on average: %+ld, %d are allowed\n", s->last.most,
           (unsigned long long)(s->last.to - s->last.from) / 1000, s->last.sum / s->last.samples, growth,
           ALLOWED);
    if (growth > ALLOWED)
        crowd_fail(&s->crowd, "the server's memory grows");
}

static void run(struct soak *s)
{
    struct crowd *c = &s->crowd;
    unsigned descriptors = server_descriptors(&s->server);
    s->start = peer_clock();
    c->goes_on = true;
    for (uint64_t now = 0; now < s->length && c->failures == 0 && crowd_lives(c);
         now = peer_clock() - s->start) {
        sample_memory(s, now);
        stir(s, now);
        crowd_turn(c);
    }
    drain(c);
    if (c->failures == 0)
        crowd_expect_descriptors(c, &s->server, descriptors);
    if (c->failures == 0)
        judge_memory(s);
}

/*
 * A minute at either end, or a quarter of the time if that is less. The first window leaves out the server without a
 * crowd, whose little memory would make any later average look like growth.
 */
static void set_length(struct soak *s, uint64_t length)
{
    uint64_t window = length / 4 < 60000 ? length / 4 : 60000;
    s->length = length;
    s->first = (struct window){.from = 1000, .to = window};
    s->last = (struct window){.from = length - window, .to = length};
}

int main(int argc, char **argv)
{
    static struct soak soak;
    char *end = NULL;
    unsigned long seconds = argc == 4 && strcmp(argv[2], "--seconds") == 0 ? strtoul(argv[3], &end, 10) : 600;
    if ((argc != 2 && argc != 4) || seconds < 8 || seconds > 1000000 || (end != NULL && *end != '\0')) {
        fprintf(stderr, "usage: soak SERVER [--seconds N]\n");
        return EXIT_FAILURE;
    }
    if (!crowd_raise_limit(DESCRIPTORS) || !server_start(&soak.server, argv[1], 0))
        return EXIT_FAILURE;
    crowd_open(&soak.crowd, soak.server.port, TALKERS, ACTORS);
    soak.crowd.silence = 3000;
    set_length(&soak, seconds * 1000);
    run(&soak);
    if (!server_stop(&soak.server))
        soak.crowd.failures++;
    crowd_print(&soak.crowd);
    printf("%10.1f s of processor time for the server in %lu s\n", soak.server.processor, seconds);
    printf("soak: %s\n", soak.crowd.failures == 0 ? "all is right" : "FAILED");
    crowd_close(&soak.crowd);
    return soak.crowd.failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
