/*
 * No memory that grows with what a peer sends: megabytes of everything, in every order and cut, and the
 * library asks for no more than a few small blocks that it keeps. What it asks for to open a session is
 * bounded by the two buffer sizes; what it asks for a caller's operations is given back when they are over.
 */
#include <stdio.h>

#include "../api/api_tests.h"
#include "calls.h"
#include "heap.h"
#include "../api/play.h"

/* What an open session may ask for, for a peer's sake: a ping kept aside. */
#define SESSION_BLOCKS 1
#define SESSION_BYTES  128

/* What a handle may ask for beside its two buffers until it is open: the session and its headers. */
#define OPENING_BYTES 1536

#define MUCH (1u << 18) /* bytes of each pattern, in each of many ways */

/* ---- What a peer sends, over and over ---- */

static void add_pings(struct stream *stream, enum role role)
{
    for (size_t size = 0; size <= 125; size++)
        stream_frame(stream, role, FIN | OP_PING, make_payload(size), size);
}

static void add_pongs(struct stream *stream, enum role role)
{
    for (size_t size = 0; size <= 125; size += 5)
        stream_frame(stream, role, FIN | OP_PONG, make_payload(size), size);
}

static void add_messages(struct stream *stream, enum role role)
{
    static const size_t sizes[] = {0, 1, 125, 126, 255, 256, 257, 4096, 5000};

    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        stream_frame(stream, role, FIN | (i % 2 == 0 ? OP_TEXT : OP_BINARY), make_text(sizes[i]), sizes[i]);
}

static void add_large_frames(struct stream *stream, enum role role)
{
    stream_frame(stream, role, FIN | OP_BINARY, make_payload(200000), 200000);
    stream_frame(stream, role, FIN | OP_TEXT, make_text(65536), 65536);
}

static void add_fragments(struct stream *stream, enum role role)
{
    stream_frame(stream, role, OP_TEXT, "", 0);
    for (size_t size = 0; size < 300; size++)
        stream_frame(stream, role, OP_CONTINUATION, make_text(size % 7), size % 7);
    stream_frame(stream, role, FIN | OP_CONTINUATION, "x", 1);
}

static void add_fragments_and_pings(struct stream *stream, enum role role)
{
    stream_frame(stream, role, OP_BINARY, make_payload(700), 700);
    for (size_t size = 0; size < 125; size++) {
        stream_frame(stream, role, FIN | OP_PING, make_payload(size), size);
        stream_frame(stream, role, size % 3 == 0 ? OP_CONTINUATION : FIN | OP_PONG, make_payload(size), size);
    }
    stream_frame(stream, role, FIN | OP_CONTINUATION, NULL, 0);
}

static void add_everything(struct stream *stream, enum role role)
{
    add_pings(stream, role);
    add_messages(stream, role);
    add_fragments(stream, role);
    add_fragments_and_pings(stream, role);
    add_pongs(stream, role);
}

static void (*const patterns[])(struct stream *stream, enum role role) = {
    add_pings,      add_pongs, add_messages, add_large_frames, add_fragments, add_fragments_and_pings,
    add_everything,
};

/* ---- A session that takes it ---- */

struct listener {
    enum role role;
    struct session_options options;
    WEB_SOCKET_ACTION_QUEUE queue;
    size_t cut;     /* most bytes of one read, 0: all that fit */
    size_t own;     /* memory given to each receive, 0: library memory */
    bool in_a_send; /* a frame of several actions is begun and never finished: all pings are kept */

    WEB_SOCKET_HANDLE handle;
    uint8_t *own_memory;
    unsigned long blocks_before; /* when it was open */
    uint64_t bytes_before;
    uint64_t taken;
    unsigned indications, pongs;
};

static void listener_open(struct listener *listener)
{
    static const uint8_t payload[40];

    listener->handle = open_role(listener->role, &listener->options);
    listener->own_memory = listener->own > 0 ? heap_block(listener->own) : NULL;
    listener->blocks_before = heap_blocks_ever();
    listener->bytes_before = heap_bytes_ever();
    listener->taken = 0;
    listener->indications = listener->pongs = 0;
    if (listener->in_a_send) {
        send_data(listener->handle, BINARY_MESSAGE, payload, sizeof payload, NULL);
        assert_int_equal(get_action(listener->handle, SEND_QUEUE, 1).action,
                         WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    }
    receive(listener->handle, listener->own_memory, listener->own, NULL);
}

static size_t take_bytes(struct listener *listener, const struct action *action, const struct stream *stream,
                         size_t at)
{
    size_t count = stream->size - at;

    if (listener->cut != 0 && count > listener->cut)
        count = listener->cut;
    if (count > action->buffers[0].Data.ulBufferLength)
        count = action->buffers[0].Data.ulBufferLength;
    memcpy(action->buffers[0].Data.pbBuffer, stream->bytes + at, count);
    complete_with(listener->handle, action, (ULONG)count);
    listener->taken += count;
    return count;
}

static void take_stream(struct listener *listener, const struct stream *stream)
{
    for (size_t at = 0; at < stream->size;) {
        struct action action = get_action(listener->handle, listener->queue, 2);

        assert_result(S_OK, action.result);
        assert_int_not_equal(action.action, WEB_SOCKET_NO_ACTION);
        if (action.action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION) {
            at += take_bytes(listener, &action, stream, at);
            continue;
        }
        complete(listener->handle, &action);
        if (action.action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION) {
            listener->indications++;
            receive(listener->handle, listener->own_memory, listener->own, NULL);
        } else {
            listener->pongs++;
        }
    }
}

static void take_megabytes(struct listener *listener, const struct stream *stream)
{
    uint64_t enough = listener->cut == 1 ? MUCH / 16 : MUCH;

    listener_open(listener);
    while (listener->taken < enough)
        take_stream(listener, stream);
    assert_true(heap_blocks_ever() - listener->blocks_before <= SESSION_BLOCKS);
    assert_true(heap_bytes_ever() - listener->bytes_before <= SESSION_BYTES);
    assert_true(listener->indications + listener->pongs > 0 || listener->in_a_send);
}

/* ---- The tests ---- */

static uint64_t all_bytes;

static void megabytes_of_everything(void **state)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {RECEIVE_QUEUE, ALL_QUEUES};
    static const size_t cuts[] = {0, 1, 1009};
    (void)state;

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t p = 0; p < COUNT_OF(patterns); p++) {
            struct stream stream = {NULL, 0};

            patterns[p](&stream, role);
            for (unsigned i = 0; i < 12; i++) {
                struct listener listener = {
                    .role = role,
                    .options = {.receive_buffer = i % 2 == 0 ? 256 : 4096, .send_buffer = 16},
                    .queue = queues[i / 2 % 2],
                    .cut = cuts[i / 4],
                    .own = i % 3 == 0 ? 100 : 0,
                    .in_a_send = i % 4 == 2 || i % 4 == 1};

                take_megabytes(&listener, &stream);
                all_bytes += listener.taken;
                session_release();
            }
            memory_release();
        }
    }
    printf("%llu bytes were taken\n", (unsigned long long)all_bytes);
}

/* A frame that announces 2^63 - 1 bytes, or a message that never ends. */
static void a_frame_without_end(void **state)
{
    static const uint8_t header[] = {0x82, 0x7F, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    (void)state;

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct listener listener = {
            .role = role, .options = {.receive_buffer = 4096, .send_buffer = 131}, .queue = RECEIVE_QUEUE};
        uint8_t bytes[14], key[4];
        struct stream start = {bytes, peer_header(bytes, role, header, sizeof header, key)};
        struct stream rest = {make_payload(100000), 100000};

        listener_open(&listener);
        take_stream(&listener, &start);
        while (listener.taken < 16 * MUCH)
            take_stream(&listener, &rest);
        assert_int_equal(listener.indications, (listener.taken - start.size) / 4096);
        assert_true(heap_blocks_ever() - listener.blocks_before <= SESSION_BLOCKS);
        assert_true(heap_bytes_ever() - listener.bytes_before <= SESSION_BYTES);
        session_release();
        memory_release();
    }
}

/* How many bytes of the heap a session of these sizes takes, its faked other end included. */
static uint64_t bytes_to_open(enum role role, ULONG receive_buffer, ULONG send_buffer)
{
    uint64_t before = heap_bytes_ever();

    (void)open_role(role,
                    &(struct session_options){.receive_buffer = receive_buffer, .send_buffer = send_buffer});
    uint64_t bytes = heap_bytes_ever() - before;
    session_release();
    return bytes;
}

static void a_session_is_as_large_as_its_two_buffers(void **state)
{
    static const ULONG sizes[] = {256, 257, 4096, 65536, 1000000};
    (void)state;

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        uint64_t smallest = bytes_to_open(role, 256, 16);

        assert_in_range(smallest, 0, 256 + 16 + OPENING_BYTES + 4096 + 4096 + OPENING_BYTES);
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            assert_int_equal(bytes_to_open(role, sizes[i], 16) - smallest, sizes[i] - 256);
            assert_int_equal(bytes_to_open(role, 256, sizes[i]) - smallest, sizes[i] - 16);
        }
    }
}

/* Megabytes of headers: what is kept of them is what the caller selected. */
static void megabytes_of_headers(void **state)
{
    static const char *const endless[] = {"Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "X-Unknown",
                                          "Host"};
    (void)state;

    for (size_t i = 0; i < COUNT_OF(endless); i++) {
        enum { SIZE = 1 << 20 };
        WEB_SOCKET_HANDLE server = create_server(NULL);
        ULONG count, response_count;
        PWEB_SOCKET_HTTP_HEADER response, request;
        char *value = (char *)heap_block(SIZE + 1);

        for (size_t k = 0; k < SIZE; k++)
            value[k] = k % 2 == 0 ? 'a' : ',';
        value[SIZE - 1] = 'b';
        value[SIZE] = '\0';
        request = headers_from_text("Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\n"
                                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                                    "", &count);
        if (i != 3)
            request = with_header(request, &count, "Host", "a");
        request = with_header(request, &count, endless[i], value);
        uint64_t before = heap_bytes_ever();
        assert_result(S_OK, ws->BeginServerHandshake(server, i == 0 ? "a" : NULL, NULL, 0, request, count,
                                                     &response, &response_count));
        assert_in_range(heap_bytes_ever() - before, 1, OPENING_BYTES);
        memory_release();
    }
    session_release();
}

/* Behind a close frame whatever comes is read and thrown away, and the operation comes back at the stream's end. */
static void read_behind_a_close(WEB_SOCKET_HANDLE server)
{
    struct action action;

    receive(server, NULL, 0, NULL);
    for (int i = 0; i < 2; i++) {
        action = next_action(server, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        memset(action.buffers[0].Data.pbBuffer, 0x89, action.buffers[0].Data.ulBufferLength);
        ws->CompleteAction(server, action.context, i == 0 ? action.buffers[0].Data.ulBufferLength : 0);
    }
    action = next_action(server, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    assert_int_equal(action.buffers[0].CloseStatus.usStatus, WEB_SOCKET_ABORTED_CLOSE_STATUS);
    complete(server, &action);
}

/* Nothing but what it was made for is asked for by a session whose connection is at its end. */
static void nothing_is_taken_after_the_end(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } ends[] = {{"\x88\x80wxyz", 6}, {"\x83", 1}};
    (void)state;

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        WEB_SOCKET_HANDLE server = open_server(NULL);
        unsigned long blocks;
        struct action action;

        receive(server, NULL, 0, NULL);
        feed(server, ends[i].bytes, ends[i].size, 0);
        action = get_action(server, RECEIVE_QUEUE, 1);
        assert_result(i == 0 ? S_OK : E_INVALID_PROTOCOL_FORMAT, action.result);
        complete(server, &action);
        blocks = heap_blocks_ever();
        for (int k = 0; k < 1000; k++)
            if (i == 0) {
                read_behind_a_close(server);
            } else {
                assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Receive(server, NULL, NULL));
                action = get_action(server, RECEIVE_QUEUE, 1);
                assert_int_equal(action.action, WEB_SOCKET_NO_ACTION);
            }
        assert_int_equal(heap_blocks_ever(), blocks);
        session_release();
    }
}

/* ---- What a caller queues ---- */

enum { BURST = 20000, HELD = 100, TURNS = 1000 };

static void take_sends(WEB_SOCKET_HANDLE handle, unsigned count)
{
    for (unsigned i = 0; i < 2 * count; i++) { /* each a frame, and its indication */
        struct action action = get_action(handle, SEND_QUEUE, 1);
        assert_int_not_equal(action.action, WEB_SOCKET_NO_ACTION);
        complete(handle, &action);
    }
}

static void send_pings(WEB_SOCKET_HANDLE handle, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        assert_result(S_OK, ws->Send(handle, PING_PONG, NULL, NULL));
}

/* After a burst of sends, what they took is there no more, though some still wait; then their number stays the same. */
static void a_burst_of_sends_gives_its_memory_back(void **state)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    size_t before, most;
    unsigned long blocks;
    (void)state;

    before = heap_bytes();
    send_pings(server, BURST);
    most = heap_bytes() - before;
    take_sends(server, BURST / 2);
    assert_in_range(heap_bytes() - before, 0, most * 6 / 10);
    take_sends(server, BURST / 2 - HELD);
    assert_in_range(heap_bytes() - before, 0, most / 50);
    blocks = heap_blocks_ever();
    for (unsigned i = 0; i < TURNS; i++) {
        send_pings(server, 1);
        take_sends(server, 1);
    }
    assert_int_equal(heap_blocks_ever(), blocks);
    take_sends(server, HELD);
    assert_in_range(heap_bytes() - before, 0, 1024);
    session_release();
}

static void a_burst_of_receives_gives_its_memory_back(void **state)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    size_t before = heap_bytes();
    (void)state;

    for (unsigned i = 0; i < BURST; i++)
        receive(server, NULL, 0, NULL);
    assert_true(heap_bytes() - before >= BURST * 16);
    ws->AbortHandle(server);
    for (unsigned i = 0; i < BURST; i++) {
        struct action action = get_action(server, RECEIVE_QUEUE, 1);
        assert_int_equal(action.action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
        complete(server, &action);
    }
    assert_in_range(heap_bytes() - before, 0, 1024);
    session_release();
}

/* What each side usually has, one operation at a time, needs no block beside the session. */
static void one_operation_at_a_time_takes_no_memory(void **state)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    unsigned long blocks = heap_blocks_ever();
    (void)state;

    for (unsigned i = 0; i < TURNS; i++) {
        send_pings(server, 1);
        take_sends(server, 1);
        receive(server, NULL, 0, NULL);
        feed(server, "\x82\x80wxyz", 6, 0);
        struct action action = get_action(server, RECEIVE_QUEUE, 1);
        assert_int_equal(action.action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
        complete(server, &action);
    }
    assert_int_equal(heap_blocks_ever(), blocks);
    session_release();
}

static int nothing_is_left(void **state)
{
    (void)state;
    session_release();
    memory_release();
    return heap_blocks() == 0 ? 0 : -1;
}

#define TEST(function) cmocka_unit_test_teardown(function, nothing_is_left)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(megabytes_of_everything),
        TEST(a_frame_without_end),
        TEST(a_session_is_as_large_as_its_two_buffers),
        TEST(megabytes_of_headers),
        TEST(nothing_is_taken_after_the_end),
        TEST(a_burst_of_sends_gives_its_memory_back),
        TEST(a_burst_of_receives_gives_its_memory_back),
        TEST(one_operation_at_a_time_takes_no_memory),
    };

    ws = &calls;
    calls_refuse_one(0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
