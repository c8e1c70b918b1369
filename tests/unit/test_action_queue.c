/*
 * White-box tests of src/action_queue.c: sections 7 to 9 of the specification on a session's queues alone, without
 * handles and handshakes. The peers' frames are masked with the key 0 here, so that they can be read.
 */
#include "unit.h"

#include "action_queue.h"
#include "faults.h"
#include "frame.h"
#include "mask_key.h"
#include "message.h"

enum { RECEIVE_SIZE = 256, SEND_SIZE = 16, SEND = WS_SIDE_SEND, RECEIVE = WS_SIDE_RECEIVE, ALL = WS_SIDE_ALL };

/* Operations are told apart by their contexts. */
static uint8_t contexts[8];
#define A ((void *)&contexts[0])
#define B ((void *)&contexts[1])
#define C ((void *)&contexts[2])

static uint8_t hello[5] = {'H', 'e', 'l', 'l', 'o'};

/* The queues of a session, a server's or a client's; released after each test. */
static struct ws_action_queue queue;
static uint8_t *area;
static uint8_t *send_area;
static uint8_t *pong_memory;

static void open_queue(enum ws_send_mode mode)
{
    bool server = mode == WS_SEND_PLAIN;
    area = unit_block(RECEIVE_SIZE);
    send_area = unit_block(server ? SEND_SIZE : WS_SEND_CONTROL_MAX);
    pong_memory = unit_block(WS_SEND_CONTROL_MAX);
    queue = (struct ws_action_queue){0};
    ws_receive_init(&queue.receive, area, RECEIVE_SIZE, server ? WS_FRAME_ALLOW_MASKED : WS_FRAME_ALLOW_UNMASKED, true);
    ws_send_init(&queue.send, send_area, SEND_SIZE, mode, false);
    ws_action_queue_init(&queue, pong_memory);
}

static void close_queue(void)
{
    faults_end();
    ws_action_queue_free(&queue);
    free(area);
    free(send_area);
    free(pong_memory);
    queue = (struct ws_action_queue){0};
    area = send_area = pong_memory = NULL;
}

static int server(void **state)
{
    (void)state;
    open_queue(WS_SEND_PLAIN);
    return 0;
}

static int client(void **state)
{
    (void)state;
    open_queue(WS_SEND_MASKED);
    return 0;
}

static int released(void **state)
{
    (void)state;
    close_queue();
    return 0;
}

/* Steps */

static void send_kind(enum ws_kind kind, uint8_t *bytes, uint32_t length, void *context)
{
    const struct ws_operation op = {.context = context, .bytes = bytes, .length = length, .kind = (uint8_t)kind,
                                    .status = kind == WS_CLOSE ? 1000 : 0};
    assert_int_equal(ws_action_queue_send(&queue, op), WS_OK);
}

static void send_hello(void *context)
{
    send_kind(WS_TEXT_MESSAGE, hello, sizeof hello, context);
}

static void receive_into(uint8_t *bytes, uint32_t length, void *context)
{
    const struct ws_operation op = {.context = context, .bytes = bytes, .length = length};
    assert_int_equal(ws_action_queue_receive(&queue, op), WS_OK);
}

static void receive(void *context)
{
    receive_into(NULL, 0, context);
}

static struct ws_action next_with(unsigned sides, uint32_t room, enum ws_action_type type)
{
    struct ws_action action;
    memset(&action, UNIT_POISON, sizeof action);
    assert_int_equal(ws_action_queue_next(&queue, sides, room, &action), WS_OK);
    assert_int_equal(action.type, type);
    assert_true((action.token == 0) == (type == WS_ACTION_NONE));
    return action;
}

static struct ws_action next(unsigned sides, enum ws_action_type type)
{
    return next_with(sides, 2, type);
}

static void expect_none(unsigned sides)
{
    struct ws_action action = next(sides, WS_ACTION_NONE);
    assert_int_equal(action.count, 0);
    assert_false(action.has_context);
}

static uint32_t size_of(const struct ws_action *action)
{
    uint32_t size = 0;
    for (uint32_t i = 0; i < action->count; i++)
        size += action->buffers[i].length;
    return size;
}

static void complete(const struct ws_action *action)
{
    ws_action_queue_complete(&queue, action->token, size_of(action));
}

static void complete_with(const struct ws_action *action, uint32_t bytes)
{
    ws_action_queue_complete(&queue, action->token, bytes);
}

/* These bytes come from the network; an operation waits for them and the read is not asked for yet. */
static void arrive(const void *bytes, uint32_t size)
{
    struct ws_action read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    assert_true(read.count == 1 && read.buffers[0].length >= size);
    memcpy(read.buffers[0].bytes, bytes, size);
    complete_with(&read, size);
}

#define ARRIVE(literal) arrive(literal, sizeof(literal) - 1)

static void expect_indicated(unsigned sides, enum ws_action_type type, void *context)
{
    struct ws_action action = next(sides, type);
    assert_true(action.has_context);
    assert_ptr_equal(action.context, context);
    complete_with(&action, 0);
}

static void expect_cancelled(unsigned sides, void *context)
{
    struct ws_action action = next(sides, WS_ACTION_INDICATE_RECEIVE_COMPLETE);
    assert_true(action.kind == WS_CLOSE && action.status == 1006 && action.count == 1);
    assert_true(action.buffers[0].bytes == NULL && action.buffers[0].length == 0);
    assert_ptr_equal(action.context, context);
    complete_with(&action, 0);
}

static void expect_failure(unsigned sides, uint16_t status)
{
    struct ws_action action;
    memset(&action, UNIT_POISON, sizeof action);
    assert_int_equal(ws_action_queue_next(&queue, sides, 2, &action), WS_ERROR_FORMAT);
    assert_true(action.type == WS_ACTION_NONE && action.token == 0 && action.status == status);
}

/* A server's pong with this payload; left outstanding. */
static struct ws_action expect_pong(unsigned sides, const char *payload)
{
    struct ws_action action = next(sides, WS_ACTION_SEND_TO_NETWORK);
    size_t length = strlen(payload);
    assert_true(action.kind == WS_PING_PONG && !action.has_context && action.count == 1);
    assert_int_equal(action.buffers[0].length, 2 + length);
    assert_true(action.buffers[0].bytes[0] == 0x8A && action.buffers[0].bytes[1] == length);
    assert_memory_equal(action.buffers[0].bytes + 2, payload, length);
    return action;
}

/*
 * A server's frame of two actions is begun: its header is handed out, with room for one buffer. Then a ping comes for
 * the operation A, is held, and A reads on.
 */
static struct ws_action ping_inside_a_frame(const char *ping_frame, uint32_t size, struct ws_action *read)
{
    send_hello(B);
    struct ws_action header = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    assert_true(header.count == 1 && header.buffers[0].length == 2);
    receive(A);
    arrive(ping_frame, size);
    *read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    return header;
}

static const char PING_X[] = "\x89\x81\0\0\0\0x";
static const char PING_Y[] = "\x89\x81\0\0\0\0y";
enum { PING_SIZE = sizeof PING_X - 1 };

static void finish_frame(const struct ws_action *header)
{
    complete(header);
    struct ws_action payload = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    assert_ptr_equal(payload.buffers[0].bytes, hello);
    complete(&payload);
}

/* Order */

static void nothing_queued_is_nothing_to_do(void **state)
{
    (void)state;
    expect_none(SEND);
    expect_none(RECEIVE);
    expect_none(ALL);
}

static void a_send_goes_out_and_is_then_indicated(void **state)
{
    (void)state;
    send_hello(A);
    send_kind(WS_PING_PONG, NULL, 0, B);

    struct ws_action action = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_true(action.context == A && action.has_context && action.kind == WS_TEXT_MESSAGE && action.count == 2);
    expect_none(SEND);
    complete(&action);
    action = next(SEND, WS_ACTION_INDICATE_SEND_COMPLETE);
    assert_true(action.context == A && action.kind == WS_TEXT_MESSAGE && action.count == 0);
    expect_none(SEND);
    complete_with(&action, 12345); /* ignored */

    action = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_true(action.context == B && action.kind == WS_PING_PONG && action.count == 1);
    complete(&action);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
    expect_none(SEND);
}

static void receives_are_completed_in_order(void **state)
{
    (void)state;
    receive(A);
    receive(B);
    ARRIVE("\x81\x81\0\0\0\0a\x82\x80\0\0\0\0");
    struct ws_action action = next(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE);
    assert_true(action.context == A && action.kind == WS_TEXT_MESSAGE && action.count == 1);
    assert_true(action.buffers[0].length == 1 && action.buffers[0].bytes[0] == 'a');
    expect_none(RECEIVE);
    complete_with(&action, 77); /* ignored */
    action = next(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE);
    assert_true(action.context == B && action.kind == WS_BINARY_MESSAGE);
    assert_true(action.buffers[0].length == 0 && action.buffers[0].bytes != NULL);
    complete_with(&action, 0);
    expect_none(RECEIVE);
}

/* "Nothing is parsed, and no error is reported, unless an operation waits." */
static void nothing_is_parsed_unless_an_operation_waits(void **state)
{
    (void)state;
    receive(A);
    ARRIVE("\x81\x80\0\0\0\0\xFF");
    expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
    expect_none(RECEIVE);
    expect_none(ALL);
    receive(B);
    expect_failure(RECEIVE, 1002);
}

/* Section 8: one outstanding action for each side; ALL can have one of each. */
static void one_outstanding_action_for_each_side(void **state)
{
    (void)state;
    send_hello(A);
    send_hello(B);
    receive(C);
    receive(A);
    struct ws_action out = next(ALL, WS_ACTION_SEND_TO_NETWORK);
    expect_none(SEND);
    struct ws_action in = next(ALL, WS_ACTION_RECEIVE_FROM_NETWORK);
    expect_none(SEND);
    expect_none(RECEIVE);
    expect_none(ALL);
    complete(&out);
    expect_none(RECEIVE);
    out = next(ALL, WS_ACTION_INDICATE_SEND_COMPLETE);
    expect_none(ALL);
    in.buffers[0].bytes[0] = 0x81;
    complete_with(&in, 1);
    in = next(ALL, WS_ACTION_RECEIVE_FROM_NETWORK);
    expect_none(ALL);
    complete(&out);
    out = next(ALL, WS_ACTION_SEND_TO_NETWORK);
    assert_ptr_equal(out.context, B);
}

/* Section 8: "ALL: a waiting pong first, then the send side, then the receive side". */
static void all_is_pong_then_send_then_receive(void **state)
{
    (void)state;
    struct ws_action read;
    struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
    complete(&header);
    struct ws_action payload = next_with(ALL, 1, WS_ACTION_SEND_TO_NETWORK);
    complete(&payload);
    memcpy(read.buffers[0].bytes, "\x82\x80\0\0\0\0", 6);
    complete_with(&read, 6);

    struct ws_action pong = expect_pong(ALL, "x");
    expect_indicated(ALL, WS_ACTION_INDICATE_SEND_COMPLETE, B);
    struct ws_action in = next(ALL, WS_ACTION_INDICATE_RECEIVE_COMPLETE);
    expect_none(ALL);
    complete(&pong);
    expect_none(ALL);
    complete(&in);
    expect_none(ALL);
}

/* Tokens */

static void tokens_name_one_action_only(void **state)
{
    (void)state;
    enum { ROUNDS = 300 };
    uint32_t seen[3 * ROUNDS];
    size_t count = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        if (i == ROUNDS / 2)
            queue.serial = UINT32_MAX - 5; /* the counter comes round, and its upper bits are lost */
        receive(A);
        send_hello(B);
        struct ws_action read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
        struct ws_action out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
        memcpy(read.buffers[0].bytes, "\x89\x80\0\0\0\0\x82\x80\0\0\0\0", 12);
        complete_with(&read, 12);
        struct ws_action pong = expect_pong(RECEIVE, "");
        seen[count++] = read.token;
        seen[count++] = out.token;
        seen[count++] = pong.token;
        complete(&pong);
        complete(&out);
        expect_indicated(ALL, WS_ACTION_INDICATE_SEND_COMPLETE, B);
        expect_indicated(ALL, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
    }
    for (size_t i = 0; i < count; i++) {
        assert_true(seen[i] != 0);
        for (size_t j = 0; j < i; j++)
            assert_true(seen[i] != seen[j]);
    }
}

/* Section 8: "Any other context that is not the outstanding one: ignored". */
static void tokens_that_are_not_outstanding_are_ignored(void **state)
{
    (void)state;
    send_hello(A);
    receive(B);
    struct ws_action out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    struct ws_action read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    memcpy(read.buffers[0].bytes, PING_X, PING_SIZE);
    complete_with(&read, PING_SIZE);
    struct ws_action pong = expect_pong(RECEIVE, "x");

    uint8_t before[sizeof queue];
    memcpy(before, &queue, sizeof queue);
    const uint32_t tokens[] = {0, 1, 2, 3, 0xFFFFFFFF, read.token, out.token + 4, pong.token + 4, pong.token - 1, out.token ^ 0x80000000};
    for (size_t i = 0; i < COUNT_OF(tokens); i++) {
        ws_action_queue_complete(&queue, tokens[i], 7);
        assert_memory_equal(&queue, before, sizeof queue);
    }

    complete(&pong);
    complete(&out);
    complete(&out); /* once more */
    complete(&pong);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, A);
    expect_none(SEND);
    (void)next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
}

/* Pongs */

static void each_ping_of_a_segment_is_answered_in_order(void **state)
{
    (void)state;
    receive(A);
    ARRIVE("\x89\x81\0\0\0\0" "1\x89\x81\0\0\0\0" "2\x89\x81\0\0\0\0" "3\x82\x80\0\0\0\0");
    static const char *const payloads[] = {"1", "2", "3"};
    for (size_t i = 0; i < COUNT_OF(payloads); i++) {
        expect_none(SEND); /* the SEND queue does not parse */
        struct ws_action pong = expect_pong(i % 2 ? ALL : RECEIVE, payloads[i]);
        expect_none(RECEIVE); /* the receive side waits for its completion */
        expect_none(ALL);
        complete(&pong);
    }
    expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
}

static void a_pong_completed_with_any_count_is_over(void **state)
{
    (void)state;
    receive(A);
    ARRIVE("\x89\x81\0\0\0\0" "1\x89\x81\0\0\0\0" "2");
    struct ws_action pong = expect_pong(RECEIVE, "1");
    complete_with(&pong, 0);
    pong = expect_pong(RECEIVE, "2");
    complete_with(&pong, 1000);
    (void)next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
}

/* Section 7: frames of one action and a pong may be outstanding together, in either order. */
static void a_frame_of_one_action_goes_beside_a_pong(void **state)
{
    (void)state;
    static const enum ws_kind kinds[] = {WS_TEXT_MESSAGE, WS_PING_PONG, WS_UNSOLICITED_PONG, WS_CLOSE};
    receive(A);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        arrive(PING_X, PING_SIZE);
        struct ws_action pong = expect_pong(RECEIVE, "x");
        bool payload = kinds[i] == WS_TEXT_MESSAGE || kinds[i] == WS_CLOSE;
        send_kind(kinds[i], payload ? hello : NULL, payload ? 5 : 0, B);
        struct ws_action out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
        assert_ptr_equal(out.context, B);
        if (i % 2) {
            complete(&pong);
            complete(&out);
        } else {
            complete(&out);
            complete(&pong);
        }
        expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
    }
}

static void a_pong_goes_beside_a_frame_of_one_action(void **state)
{
    (void)state;
    send_hello(B);
    struct ws_action out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    receive(A);
    arrive(PING_X, PING_SIZE);
    struct ws_action pong = expect_pong(RECEIVE, "x");
    complete(&out);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
    complete(&pong);
}

/* A close above all: a client's is always one action, also at the smallest send buffer, also with a long reason. */
static void a_clients_close_does_not_wait_for_a_pong(void **state)
{
    (void)state;
    uint8_t reason[123] = {0};
    receive(A);
    ARRIVE("\x89\x01x");
    struct ws_action pong = next(RECEIVE, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(pong.buffers[0].length, 2 + 4 + 1);
    send_kind(WS_CLOSE, reason, sizeof reason, B);
    struct ws_action out = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(out.buffers[0].length, WS_SEND_CONTROL_MAX);
    complete(&out);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
}

/* Section 7: "such a frame is not begun while a pong is outstanding (the SEND queue gives NO_ACTION)". */
static void a_frame_of_several_actions_waits_for_the_pong(void **state)
{
    (void)state;
    uint8_t payload[40] = {0};
    receive(A);
    ARRIVE("\x89\x01x");
    struct ws_action pong = next(RECEIVE, WS_ACTION_SEND_TO_NETWORK);
    send_kind(WS_BINARY_MESSAGE, payload, sizeof payload, B);
    expect_none(SEND);
    expect_none(ALL);
    complete(&pong);
    struct ws_action out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_true(out.context == B && out.buffers[0].length == SEND_SIZE);
}

/* Whether it is one action depends on the room for buffers; with ALL, the receive side goes on meanwhile. */
static void a_servers_frame_waits_for_a_sent_pong_only_if_it_needs_two_actions(void **state)
{
    (void)state;
    struct ws_action read;
    struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
    finish_frame(&header);
    struct ws_action pong = expect_pong(SEND, "x");
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);

    send_hello(C);
    (void)next_with(SEND, 1, WS_ACTION_NONE);
    memcpy(read.buffers[0].bytes, "\x82\x80\0\0\0\0", 6);
    complete_with(&read, 6);
    struct ws_action in = next_with(ALL, 1, WS_ACTION_INDICATE_RECEIVE_COMPLETE);
    complete(&in);
    struct ws_action out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(out.count, 2);
    complete(&pong);
}

/* Inside such a frame the pong is held, and the parser goes on; afterwards any queue returns it, before all else. */
static void a_pong_inside_a_frame_is_held(void **state)
{
    (void)state;
    static const unsigned sides[] = {SEND, RECEIVE, ALL};
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        struct ws_action read;
        struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
        expect_none(ALL);
        complete(&header);
        struct ws_action payload = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
        expect_none(RECEIVE);
        complete(&payload);

        struct ws_action pong = expect_pong(sides[i], "x");
        complete(&pong);
        expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
        memcpy(read.buffers[0].bytes, "\x82\x80\0\0\0\0", 6);
        complete_with(&read, 6);
        expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
    }
}

/* RFC 6455, 5.5.3: "MAY elect to send a pong frame for only the most recently processed ping frame". */
static void a_newer_ping_replaces_a_held_one(void **state)
{
    (void)state;
    struct ws_action read;
    struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
    memcpy(read.buffers[0].bytes, PING_Y, PING_SIZE);
    complete_with(&read, PING_SIZE);
    read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    memcpy(read.buffers[0].bytes, "\x89\x83\0\0\0\0end\x89\x80\0\0\0\0\x89\x82\0\0\0\0zz", 23);
    complete_with(&read, 23);
    read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);

    finish_frame(&header);
    struct ws_action pong = expect_pong(SEND, "zz");
    complete(&pong);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
    expect_none(SEND);
}

/* "A second ping while a pong is outstanding on the send side is held in the same way." */
static void a_ping_beside_a_pong_on_the_send_side_is_held(void **state)
{
    (void)state;
    static const unsigned sides[] = {SEND, ALL};
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        struct ws_action read;
        struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
        finish_frame(&header);
        struct ws_action first = expect_pong(sides[i], "x");

        memcpy(read.buffers[0].bytes, PING_Y, PING_SIZE);
        complete_with(&read, PING_SIZE);
        read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK); /* the receive side goes on */
        complete(&first);
        struct ws_action second = expect_pong(SEND, "y");
        complete(&second);

        expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
        memcpy(read.buffers[0].bytes, "\x82\x80\0\0\0\0", 6);
        complete_with(&read, 6);
        expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
    }
}

/* Own choice: a held pong that came through the receive side holds it, as any other pong there. */
static void a_held_pong_of_the_receive_queue_holds_it(void **state)
{
    (void)state;
    struct ws_action read;
    struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
    finish_frame(&header);
    struct ws_action pong = expect_pong(RECEIVE, "x");
    memcpy(read.buffers[0].bytes, "\x82\x80\0\0\0\0", 6);
    complete_with(&read, 6);
    expect_none(RECEIVE);
    complete(&pong);
    expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
}

/* A pong that is due needs no operation that waits. */
static void a_due_pong_is_returned_without_an_operation(void **state)
{
    (void)state;
    send_hello(B);
    struct ws_action header = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    receive(A);
    ARRIVE("\x89\x81\0\0\0\0x\x82\x80\0\0\0\0");
    expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
    finish_frame(&header);
    struct ws_action pong = expect_pong(RECEIVE, "x");
    complete(&pong);
    expect_none(RECEIVE);
}

static void pings_are_answered_after_a_close_was_sent(void **state)
{
    (void)state;
    send_kind(WS_CLOSE, NULL, 0, B);
    struct ws_action out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    complete(&out);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
    receive(A);
    arrive(PING_X, PING_SIZE);
    (void)expect_pong(RECEIVE, "x");
}

/* Cancelled operations */

/* Section 8: "SEND_TO_NETWORK completed with a count other than the sum of its buffers". */
static void a_send_completed_with_another_count_is_over(void **state)
{
    (void)state;
    static const uint32_t counts[] = {0, 2, 6, 8, UINT32_MAX}; /* all are 7 bytes */
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        send_hello(A);
        struct ws_action out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
        complete_with(&out, counts[i]);
        expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, A);
    }
    expect_none(SEND);
}

/* In the middle of a frame too; the session goes on, and a pong that was held may go. */
static void a_frame_given_up_in_its_middle_is_over(void **state)
{
    (void)state;
    struct ws_action read;
    struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
    complete_with(&header, 1);
    struct ws_action pong = expect_pong(SEND, "x");
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
    complete(&pong);
    send_hello(C);
    struct ws_action out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_true(out.context == C && out.count == 2 && out.buffers[0].length == 2);
}

/* Byte counts are 32 bits wide; a frame of 4 GiB is complete with its size modulo 2^32. */
static void the_largest_frame_can_be_completed(void **state)
{
    (void)state;
    send_kind(WS_BINARY_FRAGMENT, hello, UINT32_MAX, A); /* the payload is not touched */
    send_kind(WS_BINARY_MESSAGE, hello, 5, B);
    struct ws_action header = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    complete(&header);
    struct ws_action payload = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(payload.buffers[0].length, UINT32_MAX);
    complete(&payload);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, A);
    (void)next(SEND, WS_ACTION_SEND_TO_NETWORK);
}

/* Section 8: "RECEIVE_FROM_NETWORK completed with 0, or with more than was offered". */
static void a_receive_completed_with_an_impossible_count_is_cancelled(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        receive(A);
        struct ws_action read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
        uint32_t offered = read.buffers[0].length;
        complete_with(&read, i == 0 ? 0 : i == 1 ? offered + 1 : UINT32_MAX);
        expect_cancelled(RECEIVE, A);
    }
    receive(B); /* own choice: the next one goes on where this one was */
    ARRIVE("\x82\x80\0\0\0\0");
    expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, B);
}

/* Own choice: payload that lies in a cancelled operation's own memory is lost, and nothing comes after a hole. */
static void a_receive_cancelled_with_payload_ends_the_receive_side(void **state)
{
    (void)state;
    uint8_t own[8];
    receive_into(own, sizeof own, A);
    receive(B);
    ARRIVE("\x82\x85\0\0\0\0He");
    struct ws_action read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    assert_ptr_equal(read.buffers[0].bytes, own + 2);
    complete_with(&read, 0);
    expect_cancelled(RECEIVE, A);
    expect_cancelled(RECEIVE, B);
    expect_none(RECEIVE);
    assert_int_equal(ws_action_queue_receive(&queue, (struct ws_operation){.context = C}), WS_ERROR_OPERATION);
}

/* The end of the receive side */

static void after_a_close_frame_receives_are_cancelled(void **state)
{
    (void)state;
    receive(A);
    receive(B);
    receive(C);
    ARRIVE("\x88\x84\0\0\0\0\x03\xE9" "by\x89\x80\0\0\0\0\xFF");
    struct ws_action action = next(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE);
    assert_true(action.context == A && action.kind == WS_CLOSE && action.status == 1001 && action.count == 1);
    assert_int_equal(action.buffers[0].length, 2);
    assert_memory_equal(action.buffers[0].bytes, "by", 2);
    assert_int_equal(ws_action_queue_receive(&queue, (struct ws_operation){.context = C}), WS_ERROR_OPERATION);
    complete(&action);
    expect_cancelled(RECEIVE, B);
    expect_cancelled(ALL, C);
    expect_none(ALL);
}

static void a_failure_stays_until_the_abort(void **state)
{
    (void)state;
    receive(A);
    receive(B);
    ARRIVE("\x81\x81\0\0\0\0\xFF");
    for (unsigned i = 0; i < 3; i++) {
        expect_failure(RECEIVE, 1007);
        expect_failure(ALL, 1007);
        expect_none(SEND);
    }
    assert_int_equal(ws_action_queue_receive(&queue, (struct ws_operation){.context = C}), WS_ERROR_OPERATION);

    send_hello(C); /* "The send side still works" */
    struct ws_action out = next(ALL, WS_ACTION_SEND_TO_NETWORK);
    expect_failure(ALL, 1007);
    complete(&out);
    expect_indicated(ALL, WS_ACTION_INDICATE_SEND_COMPLETE, C);
    expect_failure(RECEIVE, 1007);

    ws_action_queue_abort(&queue);
    expect_cancelled(RECEIVE, A);
    expect_cancelled(RECEIVE, B);
    expect_none(RECEIVE);
}

/* Own choice: on RECEIVE the failure comes first, on SEND and ALL a pong that is due. */
static void a_held_pong_after_a_failure(void **state)
{
    (void)state;
    static const unsigned sides[] = {SEND, ALL};
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        struct ws_action read;
        struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
        read.buffers[0].bytes[0] = 0xFF;
        complete_with(&read, 1);
        expect_failure(RECEIVE, 1002);
        finish_frame(&header);
        expect_failure(RECEIVE, 1002);
        struct ws_action pong = expect_pong(sides[i], "x");
        expect_failure(RECEIVE, 1002);
        complete(&pong);
        expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
        close_queue();
        open_queue(WS_SEND_PLAIN);
    }
}

/* Abort, section 9 */

static void an_abort_gives_every_operation_back(void **state)
{
    (void)state;
    send_hello(A);
    send_hello(B);
    receive(C);
    receive(A);
    ws_action_queue_abort(&queue);
    assert_int_equal(ws_action_queue_send(&queue, (struct ws_operation){.kind = WS_PING_PONG}), WS_ERROR_OPERATION);
    assert_int_equal(ws_action_queue_receive(&queue, (struct ws_operation){.context = B}), WS_ERROR_OPERATION);

    struct ws_action action = next(ALL, WS_ACTION_INDICATE_SEND_COMPLETE);
    assert_true(action.context == A && action.kind == WS_TEXT_MESSAGE);
    complete(&action);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
    expect_none(SEND);
    expect_cancelled(ALL, C);
    expect_cancelled(RECEIVE, A);
    expect_none(ALL);
    ws_action_queue_abort(&queue);
    expect_none(ALL);
}

static void an_outstanding_action_may_be_completed_after_an_abort(void **state)
{
    (void)state;
    send_hello(A);
    receive(B);
    struct ws_action out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    struct ws_action read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    ws_action_queue_abort(&queue);
    expect_none(ALL);
    memcpy(read.buffers[0].bytes, "\x82\x80\0\0\0\0", 6);
    complete_with(&read, 6);
    complete(&out);
    expect_cancelled(RECEIVE, B); /* what came is not looked at any more */
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, A);
    expect_none(ALL);
}

static void an_abort_in_the_middle_of_a_frame(void **state)
{
    (void)state;
    struct ws_action read;
    struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
    complete(&header);
    ws_action_queue_abort(&queue);
    expect_indicated(ALL, WS_ACTION_INDICATE_SEND_COMPLETE, B); /* no pong, and no rest of the frame */
    complete_with(&read, 0);
    expect_cancelled(RECEIVE, A);
    expect_none(ALL);
}

static void an_outstanding_pong_does_not_hold_back_an_abort(void **state)
{
    (void)state;
    receive(A);
    arrive(PING_X, PING_SIZE);
    struct ws_action pong = expect_pong(RECEIVE, "x");
    ws_action_queue_abort(&queue);
    expect_cancelled(RECEIVE, A);
    complete(&pong);
    expect_none(ALL);
}

/* Failures of the system */

static void without_memory_nothing_is_queued(void **state)
{
    (void)state;
    const struct ws_operation op = {.kind = WS_TEXT_FRAGMENT, .context = A};
    faults_memory_after(0);
    assert_int_equal(ws_action_queue_send(&queue, op), WS_ERROR_MEMORY);
    assert_int_equal(ws_action_queue_receive(&queue, op), WS_ERROR_MEMORY);
    faults_end();
    expect_none(ALL);
    send_kind(WS_BINARY_MESSAGE, NULL, 0, B); /* the fragment was not admitted */
    expect_none(RECEIVE);
}

static void without_memory_a_ping_is_kept_for_the_next_call(void **state)
{
    (void)state;
    send_hello(B);
    struct ws_action header = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    receive(A);
    arrive(PING_X, PING_SIZE);
    struct ws_action action;
    faults_memory_after(0);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(ws_action_queue_next(&queue, RECEIVE, 2, &action), WS_ERROR_MEMORY);
        assert_true(action.type == WS_ACTION_NONE && action.token == 0);
    }
    faults_end();
    (void)next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    finish_frame(&header);
    (void)expect_pong(SEND, "x");
}

/* Takes keys until the client's pool is empty; then only the system can help. */
static void lose_random_bytes(void)
{
    uint32_t key;
    faults_random();
    while (ws_mask_key(&queue.send, &key)) {
    }
}

static void without_random_bytes_the_call_can_be_repeated(void **state)
{
    (void)state;
    struct ws_action action;
    send_hello(B);
    receive(A);
    ARRIVE("\x89\x01x");
    lose_random_bytes();
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(ws_action_queue_next(&queue, SEND, 2, &action), WS_ERROR_RANDOM);
        assert_int_equal(ws_action_queue_next(&queue, RECEIVE, 2, &action), WS_ERROR_RANDOM);
        assert_int_equal(ws_action_queue_next(&queue, ALL, 2, &action), WS_ERROR_RANDOM);
        assert_true(action.type == WS_ACTION_NONE && action.token == 0);
    }
    faults_end();
    action = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(action.buffers[0].length, 2 + 4 + 5);
    action = next(RECEIVE, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(action.buffers[0].length, 2 + 4 + 1);
}

static void without_random_bytes_a_held_pong_stays_due(void **state)
{
    (void)state;
    uint8_t payload[40] = {0};
    struct ws_action action;
    send_kind(WS_BINARY_MESSAGE, payload, sizeof payload, B);
    action = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    receive(A);
    ARRIVE("\x89\x01x");
    (void)next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    complete_with(&action, 0);
    lose_random_bytes();
    assert_int_equal(ws_action_queue_next(&queue, SEND, 2, &action), WS_ERROR_RANDOM);
    faults_end();
    action = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(action.kind, WS_PING_PONG);
}

#define TEST(name, role) cmocka_unit_test_setup_teardown(name, role, released)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_queued_is_nothing_to_do, server),
        TEST(a_send_goes_out_and_is_then_indicated, server),
        TEST(receives_are_completed_in_order, server),
        TEST(nothing_is_parsed_unless_an_operation_waits, server),
        TEST(one_outstanding_action_for_each_side, server),
        TEST(all_is_pong_then_send_then_receive, server),
        TEST(tokens_name_one_action_only, server),
        TEST(tokens_that_are_not_outstanding_are_ignored, server),
        TEST(each_ping_of_a_segment_is_answered_in_order, server),
        TEST(a_pong_completed_with_any_count_is_over, server),
        TEST(a_frame_of_one_action_goes_beside_a_pong, server),
        TEST(a_pong_goes_beside_a_frame_of_one_action, server),
        TEST(a_clients_close_does_not_wait_for_a_pong, client),
        TEST(a_frame_of_several_actions_waits_for_the_pong, client),
        TEST(a_servers_frame_waits_for_a_sent_pong_only_if_it_needs_two_actions, server),
        TEST(a_pong_inside_a_frame_is_held, server),
        TEST(a_newer_ping_replaces_a_held_one, server),
        TEST(a_ping_beside_a_pong_on_the_send_side_is_held, server),
        TEST(a_held_pong_of_the_receive_queue_holds_it, server),
        TEST(a_due_pong_is_returned_without_an_operation, server),
        TEST(pings_are_answered_after_a_close_was_sent, server),
        TEST(a_send_completed_with_another_count_is_over, server),
        TEST(a_frame_given_up_in_its_middle_is_over, server),
        TEST(the_largest_frame_can_be_completed, server),
        TEST(a_receive_completed_with_an_impossible_count_is_cancelled, server),
        TEST(a_receive_cancelled_with_payload_ends_the_receive_side, server),
        TEST(after_a_close_frame_receives_are_cancelled, server),
        TEST(a_failure_stays_until_the_abort, server),
        TEST(a_held_pong_after_a_failure, server),
        TEST(an_abort_gives_every_operation_back, server),
        TEST(an_outstanding_action_may_be_completed_after_an_abort, server),
        TEST(an_abort_in_the_middle_of_a_frame, server),
        TEST(an_outstanding_pong_does_not_hold_back_an_abort, server),
        TEST(without_memory_nothing_is_queued, server),
        TEST(without_memory_a_ping_is_kept_for_the_next_call, server),
        TEST(without_random_bytes_the_call_can_be_repeated, client),
        TEST(without_random_bytes_a_held_pong_stays_due, client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
