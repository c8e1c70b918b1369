/*
 * wslay through its event interface, which does what our library does: it queues, assembles messages and
 * verifies text. Where it wants a masking key it gets one from a cheap generator, which is in its favour.
 *
 * Compiled for each build of wslay that is measured, see CMakeLists.txt.
 */
#include "contestant.h"

#include <wslay/wslay.h>

#include "basics.h"

struct event_peer {
    const struct job *job;
    struct run *run;
    wslay_event_context_ptr context;
    uint32_t number;
};

static ssize_t read_network(wslay_event_context_ptr context, uint8_t *to, size_t room, int flags, void *user)
{
    struct event_peer *peer = user;
    (void)flags;
    size_t count = run_read(peer->run, to, room);
    if (count > 0)
        return (ssize_t)count;
    wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
    return -1;
}

static ssize_t write_network(wslay_event_context_ptr context, const uint8_t *bytes, size_t count, int flags,
                             void *user)
{
    struct event_peer *peer = user;
    (void)context;
    (void)flags;
    run_take(peer->run, bytes, count);
    return (ssize_t)count;
}

static int make_key(wslay_event_context_ptr context, uint8_t *to, size_t size, void *user)
{
    struct event_peer *peer = user;
    (void)context;
    peer->number = peer->number * 1664525u + 1013904223u;
    memcpy(to, &peer->number, size < sizeof peer->number ? size : sizeof peer->number);
    return 0;
}

static void take_message(wslay_event_context_ptr context, const struct wslay_event_on_msg_recv_arg *message,
                         void *user)
{
    struct event_peer *peer = user;
    (void)context;
    run_take(peer->run, message->msg, message->msg_length);
    peer->run->messages++;
}

static void *event_open(const struct job *job)
{
    static const struct wslay_event_callbacks callbacks = {.recv_callback = read_network,
                                                           .send_callback = write_network,
                                                           .genmask_callback = make_key,
                                                           .on_msg_recv_callback = take_message};
    struct event_peer *peer = bench_allocate(sizeof *peer);
    *peer = (struct event_peer){.job = job, .number = 1};
    int result = job->workload->server ? wslay_event_context_server_init(&peer->context, &callbacks, peer)
                                       : wslay_event_context_client_init(&peer->context, &callbacks, peer);
    if (result != 0)
        bench_die("wslay has no memory");
    return peer;
}

static void event_close(void *self)
{
    struct event_peer *peer = self;
    wslay_event_context_free(peer->context);
    bench_free(peer);
}

static bool send_one(struct event_peer *peer)
{
    const struct wslay_event_msg message = {WSLAY_BINARY_FRAME, peer->job->payload, peer->job->size.payload};
    if (wslay_event_queue_msg(peer->context, &message) != 0 || wslay_event_send(peer->context) != 0)
        return false;
    peer->run->messages++;
    return true;
}

static bool event_run(void *self, struct run *run)
{
    struct event_peer *peer = self;
    bool fine = true;
    peer->run = run;
    stopwatch_start(&run->watch);
    if (peer->job->workload->receives)
        fine = wslay_event_recv(peer->context) == 0;
    else
        while (fine && run->messages < peer->job->messages)
            fine = send_one(peer);
    stopwatch_stop(&run->watch);
    return fine;
}

#if BENCH_WSLAY_O3
const struct contestant contestant_wslay_o3_event = {"wslay-o3-event", "wslay -O3 event", false,
                                                     event_open,       event_run,         event_close};
#else
const struct contestant contestant_wslay_event = {"wslay-event", "wslay event", false,
                                                  event_open,    event_run,     event_close};
#endif
