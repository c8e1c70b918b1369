/*
 * wslay through its frame interface: frames in pieces, as they come, no messages, no queue and no
 * verification of text. So text is not its job.
 *
 * Compiled for each build of wslay that is measured, see CMakeLists.txt.
 */
#include "contestant.h"

#include <wslay/wslay.h>

#include "basics.h"

struct frame_peer {
    const struct job *job;
    struct run *run;
    wslay_frame_context_ptr context;
    uint32_t number;
};

static ssize_t read_network(uint8_t *to, size_t room, int flags, void *user)
{
    struct frame_peer *peer = user;
    (void)flags;
    size_t count = run_read(peer->run, to, room);
    return count > 0 ? (ssize_t)count : -1;
}

static ssize_t write_network(const uint8_t *bytes, size_t count, int flags, void *user)
{
    struct frame_peer *peer = user;
    (void)flags;
    run_take(peer->run, bytes, count);
    return (ssize_t)count;
}

static int make_key(uint8_t *to, size_t size, void *user)
{
    struct frame_peer *peer = user;
    peer->number = peer->number * 1664525u + 1013904223u;
    memcpy(to, &peer->number, size < sizeof peer->number ? size : sizeof peer->number);
    return 0;
}

static void *frame_open(const struct job *job)
{
    static const struct wslay_frame_callbacks callbacks = {write_network, read_network, make_key};
    if (job->workload->content != CONTENT_BINARY)
        return NULL;
    struct frame_peer *peer = bench_allocate(sizeof *peer);
    *peer = (struct frame_peer){.job = job, .number = 1};
    if (wslay_frame_context_init(&peer->context, &callbacks, peer) != 0)
        bench_die("wslay has no memory");
    return peer;
}

static void frame_close(void *self)
{
    struct frame_peer *peer = self;
    wslay_frame_context_free(peer->context);
    bench_free(peer);
}

static bool receive_one(struct frame_peer *peer)
{
    uint64_t got = 0;
    struct wslay_frame_iocb frame;
    do {
        memset(&frame, 0, sizeof frame);
        ssize_t count = wslay_frame_recv(peer->context, &frame);
        if (count < 0)
            return false;
        run_take(peer->run, frame.data, frame.data_length);
        got += frame.data_length;
    } while (got < frame.payload_length);
    peer->run->messages++;
    return true;
}

static bool send_one(struct frame_peer *peer)
{
    const size_t size = peer->job->size.payload;
    struct wslay_frame_iocb frame = {.fin = 1,
                                     .opcode = WSLAY_BINARY_FRAME,
                                     .payload_length = size,
                                     .mask = job_is_masked(peer->job->workload),
                                     .data = peer->job->payload,
                                     .data_length = size};
    if (wslay_frame_send(peer->context, &frame) != (ssize_t)size)
        return false;
    peer->run->messages++;
    return true;
}

static bool frame_run(void *self, struct run *run)
{
    struct frame_peer *peer = self;
    bool fine = true;
    peer->run = run;
    stopwatch_start(&run->watch);
    while (fine && run->messages < peer->job->messages)
        fine = peer->job->workload->receives ? receive_one(peer) : send_one(peer);
    stopwatch_stop(&run->watch);
    return fine;
}

#if BENCH_WSLAY_O3
const struct contestant contestant_wslay_o3_frame = {"wslay-o3-frame", "wslay -O3 frame", false,
                                                     frame_open,       frame_run,         frame_close};
#else
const struct contestant contestant_wslay_frame = {"wslay-frame", "wslay frame", false,
                                                  frame_open,    frame_run,     frame_close};
#endif
