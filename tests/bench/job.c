/*
 * Payloads, frames, and the check of what came out. The frames are written here by hand (RFC 6455, section
 * 5.2), not by one of the contestants.
 */
#include "job.h"

#include <string.h>

#include "basics.h"
#include "chance.h"
#include "frame_header.h"

enum { KEY_SIZE = 4, FIN_TEXT = 0x81, FIN_BINARY = 0x82 };

/* A run has at least so many messages, and at most so many. */
enum { FEWEST_MESSAGES = 4, MOST_MESSAGES = 8192 };

const struct workload job_workloads[] = {
    {"server-receive-binary", "server receive, binary", true, true, CONTENT_BINARY},
    {"server-receive-ascii", "server receive, ASCII", true, true, CONTENT_ASCII},
    {"server-receive-mixed", "server receive, mixed text", true, true, CONTENT_MIXED},
    {"client-receive-binary", "client receive, binary", false, true, CONTENT_BINARY},
    {"client-receive-ascii", "client receive, ASCII", false, true, CONTENT_ASCII},
    {"client-receive-mixed", "client receive, mixed text", false, true, CONTENT_MIXED},
    {"server-send", "server send", true, false, CONTENT_BINARY},
    {"client-send", "client send", false, false, CONTENT_BINARY},
};
const size_t job_workload_count = sizeof job_workloads / sizeof job_workloads[0];

const struct workload *job_find(const char *name)
{
    for (size_t i = 0; i < job_workload_count; i++)
        if (strcmp(job_workloads[i].name, name) == 0)
            return &job_workloads[i];
    return NULL;
}

bool job_is_masked(const struct workload *workload)
{
    return workload->server == workload->receives;
}

/* Payloads: without a pattern that a processor could learn */

/* One character of the given size, 1 to 4 bytes, of RFC 3629's table. */
static void put_character(uint8_t *to, size_t size, uint32_t number)
{
    static const struct {
        uint32_t first, count;
        uint8_t lead;
    } ranges[] = {{0x20, 0x5F, 0x00}, {0x80, 0x780, 0xC0}, {0x800, 0xD000, 0xE0}, {0x10000, 0x100000, 0xF0}};
    uint32_t code = ranges[size - 1].first + number % ranges[size - 1].count;
    for (size_t i = size - 1; i > 0; i--, code >>= 6)
        to[i] = (uint8_t)(0x80 | (code & 0x3F));
    to[0] = (uint8_t)(ranges[size - 1].lead | code);
}

static void put_mixed(uint8_t *to, size_t size, uint64_t *state)
{
    size_t wanted = 2;
    for (size_t at = 0; at < size;) {
        size_t left = size - at;
        size_t character = left < wanted ? left : wanted;
        put_character(to + at, character, chance_next(state));
        at += character;
        wanted = wanted < 4 ? wanted + 1 : 2;
    }
}

static void put_payload(uint8_t *to, size_t size, enum content content)
{
    uint64_t state = 1;
    if (content == CONTENT_MIXED) {
        put_mixed(to, size, &state);
        return;
    }
    for (size_t i = 0; i < size; i++)
        if (content == CONTENT_BINARY)
            to[i] = (uint8_t)chance_next(&state);
        else
            put_character(to + i, 1, chance_next(&state));
}

/* Frames */

static void put_frames(struct job *job)
{
    bool masked = job_is_masked(job->workload);
    uint8_t first = job->workload->content == CONTENT_BINARY ? FIN_BINARY : FIN_TEXT;
    uint64_t state = 2;
    uint8_t *to = job->frames;
    for (size_t i = 0; i < job->messages; i++) {
        uint8_t key[KEY_SIZE] = {0, 0, 0, 0};
        for (size_t k = 0; masked && k < sizeof key; k++)
            key[k] = (uint8_t)chance_next(&state);
        to += frame_header_write(to, first, job->size.payload, masked ? key : NULL);
        memcpy(to, job->payload, job->size.payload);
        frame_mask(to, job->size.payload, key);
        to += job->size.payload;
    }
    job->frames_size = (size_t)(to - job->frames);
}

/* Jobs */

static size_t messages_for(size_t payload, size_t volume)
{
    size_t messages = volume / payload;
    return messages < FEWEST_MESSAGES ? FEWEST_MESSAGES : messages > MOST_MESSAGES ? MOST_MESSAGES : messages;
}

struct job *job_create(const struct workload *workload, const struct job_size *size, size_t volume)
{
    struct job *job = bench_allocate(sizeof *job);
    *job = (struct job){.workload = workload, .size = *size, .messages = messages_for(size->payload, volume)};
    if (job->size.receive_buffer == 0)
        job->size.receive_buffer = size->chunk;
    job->payload = bench_allocate(size->payload);
    put_payload(job->payload, size->payload, workload->content);
    job->frames = bench_allocate(job->messages * (FRAME_HEADER_MAX + size->payload));
    put_frames(job);
    return job;
}

void job_free(struct job *job)
{
    bench_free(job->payload);
    bench_free(job->frames);
    bench_free(job);
}

/* The check */

static bool payloads_right(const struct job *job, const uint8_t *bytes, size_t count)
{
    size_t size = job->size.payload;
    if (count != job->messages * size)
        return false;
    for (size_t i = 0; i < job->messages; i++)
        if (memcmp(bytes + i * size, job->payload, size) != 0)
            return false;
    return true;
}

static bool frames_right(const struct job *job, const uint8_t *bytes, size_t count)
{
    if (count != job->frames_size)
        return false;
    bool masked = job_is_masked(job->workload);
    for (size_t i = 0; i < job->messages; i++) {
        struct frame_header header;
        if (!frame_header_read(bytes, count, &header) || header.first != job->frames[0] ||
            header.masked != masked || header.size != frame_header_size(job->size.payload, masked) ||
            header.length != job->size.payload ||
            !frame_masked_equal(bytes + header.size, job->payload, job->size.payload, header.key, 0))
            return false;
        bytes += header.size + job->size.payload;
    }
    return true;
}

bool job_check(const struct job *job, const uint8_t *bytes, size_t count)
{
    return job->workload->receives ? payloads_right(job, bytes, count) : frames_right(job, bytes, count);
}
