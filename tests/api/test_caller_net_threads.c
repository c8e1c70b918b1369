/*
 * .NET's WebSocket on our library with one thread that reads and one that writes. The lock is held around the
 * calls, but not while a thread reads from or writes to the network: pongs of the reading thread and frames
 * of the writing thread meet in every order that the library allows. The peer checks every byte, and that no peer,
 * however it pings, keeps a frame of the writing thread waiting: .NET would ask for it again without a pause.
 */
#include "api_tests.h"

#include <time.h>

#include "caller_net.h"
#include "caller_net_peer.h"
#include "play.h"
#include "threads.h"

#define SECONDS        1   /* the writer sends for longer than this where the machine is slow or busy, */
#define MESSAGES_LEAST 12  /* and each of the peer's sizes once at least; */
#define MESSAGES_MOST  400 /* elsewhere it stops after so many, in a quarter of a second; */
#define HOSTILE_LEAST  6   /* beside a peer that pings all the time, so many at least, */
#define HOSTILE_MOST   48  /* and no more than these, */
#define HOSTILE_PIECES 8   /* of so many pieces: each waits for its turn, and for long on a busy machine */
#define PONGS_LEAST    5 /* without any the test would mean nothing; how many there are is up to the scheduler */
#define PIPE_SIZE      512 /* so small that a frame takes its time */

/* What two threads share. */
struct duplex {
    struct net_socket socket;
    struct net_peer peer;
    struct pipe *to_peer;
    struct pipe *from_peer;
    struct thread writer;
    time_t started;
    uint8_t payload[65536]; /* the writer's */
    unsigned sent;          /* messages; read when the writer has ended */
    unsigned received;      /* messages of the peer; read when the reader has ended */
    bool closed;            /* in good order */
};

static size_t read_pipe(void *self, uint8_t *to, size_t room)
{
    struct duplex *duplex = self;

    return pipe_read(duplex->from_peer, to, room);
}

static bool write_pipe(void *self, const uint8_t *bytes, size_t size)
{
    struct duplex *duplex = self;

    return pipe_write(duplex->to_peer, bytes, size);
}

static bool time_is_over(const struct duplex *duplex)
{
    return difftime(time(NULL), duplex->started) > SECONDS;
}

/*
 * Lets the other thread get ahead now and then, by all that it may do while this one is about to write. On a machine
 * that is busy with other things it may take long until this one's turn comes again, so not without end.
 */
static void pause_a_while(void *self, unsigned turn)
{
    const struct duplex *duplex = self;

    if (duplex->peer.rate != 0 || time_is_over(duplex))
        return;
    for (unsigned i = turn * 2654435761u >> 27; i > 0; i--)
        thread_yield();
}

static void hang_up(struct duplex *duplex)
{
    pipe_close(duplex->to_peer);
    pipe_close(duplex->from_peer);
}

static bool send_message(struct duplex *duplex, bool last)
{
    size_t size = net_peer_size(&duplex->peer, duplex->sent);

    for (size_t i = 0; i < size; i++)
        duplex->payload[i] = net_peer_byte(duplex->sent, i);
    if (!net_send(&duplex->socket, last ? UTF8_MESSAGE : BINARY_MESSAGE, duplex->payload, size))
        return false;
    duplex->sent++;
    return duplex->sent % 5 != 0 || last || net_keep_alive(&duplex->socket);
}

static bool is_enough(const struct duplex *duplex)
{
    const bool hostile = duplex->peer.rate != 0;

    return duplex->sent >= (hostile ? HOSTILE_LEAST : MESSAGES_LEAST) &&
           (time_is_over(duplex) || duplex->sent >= (hostile ? HOSTILE_MOST : MESSAGES_MOST));
}

static void write_messages(void *argument)
{
    struct duplex *duplex = argument;
    bool open = true;

    while (open && !is_enough(duplex))
        open = send_message(duplex, false);
    if (!open || !send_message(duplex, true))
        hang_up(duplex);
}

static bool is_peers_message(const struct net_result *result, const char *bytes)
{
    return result->kind == NET_TEXT && result->end_of_message && result->count == strlen(NET_PEER_MESSAGE) &&
           memcmp(bytes, NET_PEER_MESSAGE, result->count) == 0;
}

/* Receives until the peer closes, and answers that when the writer has ended. */
static void read_messages(void *argument)
{
    struct duplex *duplex = argument;
    struct net_result result;
    char buffer[64];
    bool open;

    while ((open = net_receive(&duplex->socket, buffer, sizeof buffer, &result)) &&
           is_peers_message(&result, buffer))
        duplex->received++;
    if (!open || result.kind != NET_CLOSE)
        hang_up(duplex);
    thread_join(&duplex->writer);
    duplex->closed =
        open && result.kind == NET_CLOSE && net_close_output(&duplex->socket, result.status, NULL);
}

static void talk_in_two_threads(const struct net_options *options, unsigned rate, bool deaf)
{
    struct duplex *duplex = (struct duplex *)(void *)heap_block(sizeof *duplex);
    struct thread reader;

    memset(duplex, 0, sizeof *duplex);
    net_open(&duplex->socket, options, (struct net_stream){read_pipe, write_pipe, pause_a_while, duplex});
    duplex->to_peer = pipe_create(PIPE_SIZE);
    duplex->from_peer = pipe_create(65536);
    duplex->peer.role = options->role;
    duplex->peer.rate = rate;
    duplex->peer.deaf = deaf;
    duplex->peer.largest = rate != 0 ? HOSTILE_PIECES * options->send_buffer : 0;
    duplex->peer.from_session = duplex->to_peer;
    duplex->peer.to_session = duplex->from_peer;

    duplex->started = time(NULL);
    thread_start(&duplex->writer, write_messages, duplex);
    thread_start(&reader, read_messages, duplex);
    net_peer_run(&duplex->peer);
    thread_join(&reader);
    net_free(&duplex->socket);
    pipe_free(duplex->to_peer);
    pipe_free(duplex->from_peer);

    assert_that(duplex->socket.violation == NULL, "%s", duplex->socket.violation);
    assert_that(duplex->peer.fault[0] == '\0', "%s", duplex->peer.fault);
    assert_true(duplex->closed);
    assert_int_equal(duplex->peer.messages, duplex->sent);
    assert_int_equal(duplex->peer.keep_alives, (duplex->sent - 1) / 5);
    assert_int_equal(duplex->peer.told, duplex->received);
    assert_true(duplex->peer.pongs >= PONGS_LEAST);
}

static void a_client_reads_and_writes_in_two_threads(void)
{
    talk_in_two_threads(&(struct net_options){.role = ROLE_CLIENT, .receive_buffer = 257, .send_buffer = 257},
                        0, false);
}

static void a_server_reads_and_writes_in_two_threads(void)
{
    talk_in_two_threads(&(struct net_options){.role = ROLE_SERVER, .receive_buffer = 257}, 0, false);
}

/* Of the smallest send buffer, one that most messages do not fit into, and one that most do. */
static const ULONG send_buffers[] = {16, 257, 16384};

static void send_beside_pings(unsigned rate)
{
    for (size_t i = 0; i < COUNT_OF(send_buffers); i++)
        talk_in_two_threads(&(struct net_options){.role = ROLE_CLIENT,
                                                  .receive_buffer = 4096,
                                                  .send_buffer = send_buffers[i]},
                            rate, false);
}

static void a_thousand_pings_a_second_keep_no_message_waiting(void)
{
    send_beside_pings(1000);
}

static void twenty_thousand_pings_a_second_keep_no_message_waiting(void)
{
    send_beside_pings(20000);
}

static void all_pings_that_a_peer_can_send_keep_no_message_waiting(void)
{
    send_beside_pings(NET_PEER_FLOOD);
}

static void a_peer_that_pings_and_does_not_read_keeps_no_message_waiting(void)
{
    for (size_t i = 1; i < COUNT_OF(send_buffers);
         i++) /* with the smallest it takes long, and shows no more */
        talk_in_two_threads(&(struct net_options){.role = ROLE_CLIENT,
                                                  .receive_buffer = 4096,
                                                  .send_buffer = send_buffers[i]},
                            NET_PEER_FLOOD, true);
}

static void a_server_keeps_sending_while_a_client_pings_and_does_not_read(void)
{
    talk_in_two_threads(&(struct net_options){.role = ROLE_SERVER, .receive_buffer = 4096}, NET_PEER_FLOOD,
                        false);
    talk_in_two_threads(&(struct net_options){.role = ROLE_SERVER, .receive_buffer = 4096}, NET_PEER_FLOOD,
                        true);
}

const struct api_case caller_net_threads_cases[] = {
    API_CASE(RULE_WIRE, a_client_reads_and_writes_in_two_threads),
    API_CASE(RULE_NET, a_server_reads_and_writes_in_two_threads),
    API_CASE(RULE_NET, a_thousand_pings_a_second_keep_no_message_waiting),
    API_CASE(RULE_NET, twenty_thousand_pings_a_second_keep_no_message_waiting),
    API_CASE(RULE_NET, all_pings_that_a_peer_can_send_keep_no_message_waiting),
    API_CASE(RULE_NET, a_peer_that_pings_and_does_not_read_keeps_no_message_waiting),
    API_CASE(RULE_NET, a_server_keeps_sending_while_a_client_pings_and_does_not_read),
    API_CASES_END,
};
