/*
 * Pings, section 7 of the specification: a reader and a writer who take turns in an order of their own, as
 * two threads do that hold a lock around the calls but not around the network. What reaches the wire must be
 * whole frames, perhaps more than one for a message; and the writer never waits.
 */
#include "api_tests.h"
#include "chance.h"
#include "play.h"

#define SENDS    32u
#define PINGS    60u
#define WIRE_MAX ((size_t)1 << 17)

/* The sessions to be tried. */
struct scene {
    enum role role;
    struct session_options options;
    ULONG send_room;
};

struct act {
    const struct scene *scene;
    WEB_SOCKET_HANDLE handle;
    uint64_t chance;
    struct stream in; /* pings, and messages that the reader sees */
    size_t given;
    uint8_t *wire; /* what was written, in the order of writing */
    size_t written;
    bool writing; /* the writer has an action: it has yet to write and complete it */
    bool reading; /* the reader has one: a pong to write, or a read to answer */
    struct action writer;
    struct action reader;
    unsigned indicated;
    unsigned received;
};

/* What is sent, in turn: a text message, and a binary one in two fragments of the caller's, an empty one now and then. */
static const struct {
    WEB_SOCKET_BUFFER_TYPE type;
    unsigned first;
} kinds[] = {{UTF8_MESSAGE, FIN | OP_TEXT},
             {BINARY_FRAGMENT, OP_BINARY},
             {BINARY_MESSAGE, FIN | OP_CONTINUATION},
             {BINARY_MESSAGE, FIN | OP_BINARY}};

static size_t message_size(unsigned number)
{
    return number * 37 % 300;
}

static void write_out(struct act *act, const struct action *action)
{
    assert_true(act->written + action_size(action) <= WIRE_MAX);
    for (ULONG i = 0; i < action->count; i++) {
        memcpy(act->wire + act->written, action->buffers[i].Data.pbBuffer,
               action->buffers[i].Data.ulBufferLength);
        act->written += action->buffers[i].Data.ulBufferLength;
    }
    complete(act->handle, action);
}

/* The writer asks for an action, or finishes the one it has. */
static void writer_step(struct act *act)
{
    if (act->writing) {
        write_out(act, &act->writer);
        act->writing = false;
        return;
    }
    act->writer = get_action(act->handle, SEND_QUEUE, act->scene->send_room);
    assert_result(S_OK, act->writer.result);
    if (act->writer.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION) {
        act->writing = true;
    } else if (act->writer.action == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION) {
        act->indicated++;
        complete(act->handle, &act->writer);
    } else {
        assert_int_equal(act->indicated, SENDS); /* .NET would ask again at once, and again */
    }
}

static void finish_read(struct act *act)
{
    size_t count = 1 + chance_below(&act->chance, 40);

    if (count > act->in.size - act->given)
        count = act->in.size - act->given;
    if (count > act->reader.buffers[0].Data.ulBufferLength)
        count = act->reader.buffers[0].Data.ulBufferLength;
    if (count == 0)
        return; /* the peer is silent */
    memcpy(act->reader.buffers[0].Data.pbBuffer, act->in.bytes + act->given, count);
    act->given += count;
    complete_with(act->handle, &act->reader, (ULONG)count);
    act->reading = false;
}

/* The reader, in whose loop an operation always waits. */
static void reader_step(struct act *act)
{
    if (act->reading && act->reader.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION) {
        write_out(act, &act->reader);
        act->reading = false;
        return;
    }
    if (act->reading) {
        finish_read(act);
        return;
    }
    act->reader = get_action(act->handle, RECEIVE_QUEUE, 1);
    assert_result(S_OK, act->reader.result);
    assert_int_not_equal(act->reader.action, WEB_SOCKET_NO_ACTION); /* .NET would take it for the end */
    if (act->reader.action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION) {
        assert_int_equal(act->reader.type, BINARY_MESSAGE);
        assert_int_equal(act->reader.buffers[0].Data.ulBufferLength, 50);
        act->received++;
        complete(act->handle, &act->reader);
        receive(act->handle, NULL, 0, NULL);
    } else {
        act->reading = true;
    }
}

static bool is_over(const struct act *act)
{
    return act->indicated == SENDS && act->given == act->in.size && !act->writing && act->reading &&
           act->reader.action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION;
}

static uint8_t *message(unsigned number)
{
    uint8_t *payload = make_payload(message_size(number));

    if (message_size(number) > 0)
        payload[0] = (uint8_t)number;
    return payload;
}

/* Whether a frame is the next part of a send, of which `done` bytes were in frames before; returns how many are then. */
static size_t expect_part(const struct act *act, const struct frame *frame, unsigned send, size_t done,
                          const uint8_t *payload)
{
    const unsigned first = kinds[send % COUNT_OF(kinds)].first;
    const unsigned begins = done > 0 ? (first & FIN) | OP_CONTINUATION : first;
    const bool last = done + frame->size == message_size(send);

    assert_int_equal(frame->masked, act->scene->role == ROLE_CLIENT);
    assert_int_equal(frame->first, last ? begins : begins & ~FIN);
    assert_true(done + frame->size <= message_size(send));
    assert_true(frame->size > 0 || message_size(send) == 0);
    assert_memory_equal(frame->payload, payload + done, frame->size);
    return done + frame->size;
}

/* The wire holds all messages in order, and pongs for pings in order, the last ping's among them. */
static void check_wire(struct act *act, uint8_t *const *messages)
{
    struct stream wire = {act->wire, act->written};
    unsigned send = 0;
    size_t done = 0;
    int last_pong = -1;

    while (wire.size > 0) {
        struct frame frame = read_frame(wire.bytes, wire.size);

        if ((frame.first & 0xF) == OP_PONG) {
            assert_int_equal(frame.first, FIN | OP_PONG);
            assert_int_equal(frame.size, 20);
            assert_true(frame.payload[0] > last_pong);
            assert_memory_equal(frame.payload + 1, make_payload(20) + 1, 19);
            last_pong = frame.payload[0];
        } else {
            assert_true(send < SENDS);
            done = expect_part(act, &frame, send, done, messages[send]);
            if (done == message_size(send)) {
                done = 0;
                send++;
            }
        }
        wire.bytes += frame.total;
        wire.size -= frame.total;
    }
    assert_int_equal(send, SENDS);
    assert_int_equal(last_pong, PINGS - 1);
}

static void run(const struct scene *scene, uint32_t seed)
{
    struct act act = {.scene = scene, .chance = seed};
    uint8_t *messages[SENDS];
    unsigned steps = 0;

    act.handle = open_role(scene->role, &scene->options);
    act.wire = heap_block(WIRE_MAX);
    for (unsigned i = 0; i < PINGS; i++) {
        uint8_t *payload = make_payload(20);

        payload[0] = (uint8_t)i;
        stream_frame(&act.in, scene->role, FIN | OP_PING, payload, 20);
        if (i % 3 == 0)
            stream_frame(&act.in, scene->role, FIN | OP_BINARY, make_payload(50), 50);
    }
    for (unsigned i = 0; i < SENDS; i++) {
        messages[i] = message(i);
        send_data(act.handle, kinds[i % COUNT_OF(kinds)].type, messages[i], message_size(i), NULL);
    }
    receive(act.handle, NULL, 0, NULL);
    while (!is_over(&act)) {
        assert_true(++steps < 100000);
        if (chance_below(&act.chance, 2) == 0)
            writer_step(&act);
        else
            reader_step(&act);
    }
    /* A pong may still be due. */
    writer_step(&act);
    if (act.writing)
        writer_step(&act);
    assert_int_equal(act.received, PINGS / 3);
    check_wire(&act, messages);
    delete_handle(act.handle);
}

static void no_order_of_calls_breaks_a_frame_loses_the_last_pong_or_makes_a_message_wait(void)
{
    static const struct scene scenes[] = {
        {ROLE_CLIENT, {.receive_buffer = 256, .send_buffer = 16}, 2},
        {ROLE_CLIENT, {.receive_buffer = 256, .send_buffer = 64}, 1},
        {ROLE_CLIENT, {.receive_buffer = 256, .send_buffer = 4096}, 2},
        {ROLE_CLIENT, {.receive_buffer = 256, .disable_masking = true}, 1},
        {ROLE_SERVER, {.receive_buffer = 256, .send_buffer = 16}, 2},
        {ROLE_SERVER, {.receive_buffer = 256, .send_buffer = 16}, 1},
        {ROLE_SERVER, {.receive_buffer = 256, .send_buffer = 4096}, 1},
    };

    for (size_t i = 0; i < COUNT_OF(scenes); i++)
        for (uint32_t seed = 1; seed <= 40; seed++)
            run(&scenes[i], seed);
}

const struct api_case ping_order_cases[] = {
    API_CASE(RULE_WIRE, no_order_of_calls_breaks_a_frame_loses_the_last_pong_or_makes_a_message_wait),
    API_CASES_END,
};
