/*
 * What no codec can pass: the payloads alone, without frames, messages or calls. They come from the network
 * in the same chunks, and each is XORed in place, or copied, as far as it is there.
 */
#include "contestant.h"

#include "basics.h"
#include "machine.h"
#include "xor.h"

enum { KEY = 0x12345678 };

struct limit {
    const struct job *job;
    uint8_t *payloads; /* all of the job's, one after another: what the network has */
    uint8_t *chunk;    /* where it goes */
    uint8_t *target;   /* a payload's size */
    xor_function *apply;
};

void xor_words(uint8_t *to, const uint8_t *from, size_t count, uint32_t key)
{
    const uint64_t pattern = (uint64_t)key << 32 | key;
    size_t at = 0;
    for (; count - at >= sizeof pattern; at += sizeof pattern) {
        uint64_t word;
        memcpy(&word, from + at, sizeof word);
        word ^= pattern;
        memcpy(to + at, &word, sizeof word);
    }
    uint8_t octets[sizeof pattern];
    memcpy(octets, &pattern, sizeof octets);
    for (size_t i = 0; at < count; i++, at++)
        to[at] = from[at] ^ octets[i];
}

static void *limit_open(const struct job *job)
{
    const size_t size = job->size.payload;
    struct limit *limit = bench_allocate(sizeof *limit);
    *limit = (struct limit){.job = job, .target = bench_allocate(size), .apply = xor_words};
#if BENCH_WITH_AVX2
    if (machine_has_avx2())
        limit->apply = xor_avx2;
#endif
    if (job->workload->receives) {
        limit->chunk = bench_allocate(job->size.chunk);
        limit->payloads = bench_allocate(job->messages * size);
        for (size_t i = 0; i < job->messages; i++)
            memcpy(limit->payloads + i * size, job->payload, size);
    }
    return limit;
}

static void limit_close(void *self)
{
    struct limit *limit = self;
    bench_free(limit->payloads);
    bench_free(limit->chunk);
    bench_free(limit->target);
    bench_free(limit);
}

static void apply_xor(struct limit *limit, uint8_t *bytes, size_t count)
{
    limit->apply(limit->job->workload->receives ? bytes : limit->target, bytes, count, KEY);
}

static void apply_memcpy(struct limit *limit, uint8_t *bytes, size_t count)
{
    memcpy(limit->target, bytes, count);
}

/* Inline, so that apply is a direct call in each of the two loops. */
static inline void run_limit(struct limit *limit, struct run *run,
                             void (*apply)(struct limit *, uint8_t *, size_t))
{
    const struct job *job = limit->job;
    const size_t size = job->size.payload;
    run->unread = limit->payloads;
    run->left = job->workload->receives ? job->messages * size : 0;
    stopwatch_start(&run->watch);
    for (size_t i = 0; i < job->messages && !job->workload->receives; i++)
        apply(limit, job->payload, size);
    while (run->left > 0) {
        const size_t count = run_read(run, limit->chunk, job->size.chunk);
        for (size_t at = 0; at < count; at += size)
            apply(limit, limit->chunk + at, count - at < size ? count - at : size);
    }
    stopwatch_stop(&run->watch);
    run->messages = job->messages;
}

static bool xor_run(void *self, struct run *run)
{
    run_limit(self, run, apply_xor);
    return true;
}

static bool memcpy_run(void *self, struct run *run)
{
    run_limit(self, run, apply_memcpy);
    return true;
}

const struct contestant contestant_xor = {"xor", "vector XOR", true, limit_open, xor_run, limit_close};
const struct contestant contestant_memcpy = {"memcpy", "memcpy", true, limit_open, memcpy_run, limit_close};
