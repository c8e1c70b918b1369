/*
 * White-box tests of action_queue.c: sections 8 and 9 of the specification on a session's queues alone,
 * without handles and handshakes. Of section 7, pongs and what they may not stand between, there is here what a caller of the
 * exports cannot bring about or cannot see; the rest are the tests of the API (ping_...).
 */
#include "unit.h"

#include "faults.h"
#include "queue_steps.h"
#include "senders.h"

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
    assert_true(action.context == A && action.has_context && action.kind == WS_TEXT_MESSAGE &&
                action.pieces.count == 2);
    expect_none(SEND);
    complete(&action);
    action = next(SEND, WS_ACTION_INDICATE_SEND_COMPLETE);
    assert_true(action.context == A && action.kind == WS_TEXT_MESSAGE);
    expect_none(SEND);
    complete_with(&action, 12345); /* ignored */

    action = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_true(action.context == B && action.kind == WS_PING_PONG && action.pieces.count == 1);
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
    assert_true(action.context == A && action.event.kind == WS_TEXT_MESSAGE);
    assert_true(action.event.buffer.length == 1 && action.event.buffer.bytes[0] == 'a');
    expect_none(RECEIVE);
    complete_with(&action, 77); /* ignored */
    action = next(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE);
    assert_true(action.context == B && action.event.kind == WS_BINARY_MESSAGE);
    assert_true(action.event.buffer.length == 0 && action.event.buffer.bytes != NULL);
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
    in.event.buffer.bytes[0] = 0x81;
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
    memcpy(read.event.buffer.bytes, "\x82\x80\0\0\0\0", 6);
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
        memcpy(read.event.buffer.bytes, "\x89\x80\0\0\0\0\x82\x80\0\0\0\0", 12);
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
    memcpy(read.event.buffer.bytes, PING_X, PING_SIZE);
    complete_with(&read, PING_SIZE);
    struct ws_action pong = expect_pong(RECEIVE, "x");

    uint8_t before[sizeof queue];
    memcpy(before, &queue, sizeof queue);
    const uint32_t tokens[] = {0,
                               1,
                               2,
                               3,
                               0xFFFFFFFF,
                               read.token,
                               out.token + 4,
                               pong.token + 4,
                               pong.token - 1,
                               out.token ^ 0x80000000};
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
    assert_true(out.context == C && out.pieces.count == 2 && out.pieces.buffers[0].length == 2);
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
    assert_int_equal(payload.pieces.buffers[0].length, UINT32_MAX);
    complete(&payload);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, A);
    (void)next(SEND, WS_ACTION_SEND_TO_NETWORK);
}

static void a_read_may_bring_all_that_was_offered(void **state)
{
    (void)state;
    receive(A);
    struct ws_action read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    assert_int_equal(read.event.buffer.length, RECEIVE_SIZE);
    memset(read.event.buffer.bytes, 0, RECEIVE_SIZE);
    memcpy(read.event.buffer.bytes, "\x82\xFE\0\xF8", 4); /* 248 bytes behind 8 of header */
    complete_with(&read, RECEIVE_SIZE);
    struct ws_action action = next(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE);
    assert_true(action.event.kind == WS_BINARY_MESSAGE && action.event.buffer.length == 248);
}

/* Section 8: "RECEIVE_FROM_NETWORK completed with 0, or with more than was offered". */
static void a_receive_completed_with_an_impossible_count_is_cancelled(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        receive(A);
        struct ws_action read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
        uint32_t offered = read.event.buffer.length;
        complete_with(&read, i == 0 ? 0 : i == 1 ? offered + 1 : UINT32_MAX);
        expect_cancelled(RECEIVE, A);
    }
    receive(B); /* own choice: the next one goes on where this one was */
    ARRIVE("\x82\x80\0\0\0\0");
    expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, B);
}

/*
 * Own choice: payload that lies in a cancelled operation's own memory is lost, and nothing comes after a
 * hole.
 */
static void a_receive_cancelled_with_payload_ends_the_receive_side(void **state)
{
    (void)state;
    uint8_t own[8];
    receive_into(own, sizeof own, A);
    receive(B);
    ARRIVE("\x82\x85\0\0\0\0He");
    struct ws_action read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    assert_ptr_equal(read.event.buffer.bytes, own + 2);
    complete_with(&read, 0);
    expect_cancelled(RECEIVE, A);
    expect_cancelled(RECEIVE, B);
    expect_none(RECEIVE);
    assert_int_equal(ws_status_class(ws_action_queue_receive(&queue, (struct ws_operation){.context = C})),
                     WS_ERROR_OPERATION);
}

/* The end of the receive side */

/* A read of library memory, which brings these bytes. */
static void read_on(const char *bytes, void *context)
{
    struct ws_action read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    assert_ptr_equal(read.context, context);
    assert_int_equal(read.event.buffer.length, RECEIVE_SIZE);
    memcpy(read.event.buffer.bytes, bytes, strlen(bytes));
    complete_with(&read, (uint32_t)strlen(bytes));
}

/* Section 6: "this operation, like those that were queued before the close came, reads on". */
static void after_a_close_frame_receives_read_on(void **state)
{
    (void)state;
    uint8_t own[8];
    receive(A);
    receive_into(own, sizeof own, B);
    ARRIVE("\x88\x84\0\0\0\0\x03\xE9"
           "by\x89\x80\0\0\0\0\xFF");
    struct ws_action action = next(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE);
    assert_true(action.context == A && action.event.kind == WS_CLOSE && action.event.status == 1001);
    assert_int_equal(action.event.buffer.length, 2);
    assert_memory_equal(action.event.buffer.bytes, "by", 2);
    receive(C); /* from within the handling of the close */
    expect_none(RECEIVE);
    complete(&action);

    for (unsigned i = 0; i < 3; i++) {
        read_on(PING_X, B);
        read_on("\x81\x05Hello", B);
        read_on("\xFF\xFF", B);
    }
    struct ws_action read = next(ALL, WS_ACTION_RECEIVE_FROM_NETWORK);
    assert_int_equal(read.event.buffer.length, RECEIVE_SIZE); /* not own memory, which is smaller */
    complete_with(&read, 0);
    expect_cancelled(RECEIVE, B);
    read_on("\x88\x02", C);
    read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    complete_with(&read, RECEIVE_SIZE + 1);
    expect_cancelled(ALL, C);
    expect_none(ALL);

    receive(A);
    receive(B);
    read_on("x", A);
    ws_action_queue_abort(&queue);
    expect_cancelled(RECEIVE, A);
    expect_cancelled(ALL, B);
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
    assert_int_equal(ws_status_class(ws_action_queue_receive(&queue, (struct ws_operation){.context = C})),
                     WS_ERROR_OPERATION);

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

/* Abort, section 9 */

static void an_abort_gives_every_operation_back(void **state)
{
    (void)state;
    send_hello(A);
    send_hello(B);
    receive(C);
    receive(A);
    ws_action_queue_abort(&queue);
    assert_int_equal(
        ws_status_class(ws_action_queue_send(&queue, (struct ws_operation){.kind = WS_PING_PONG})),
        WS_ERROR_OPERATION);
    assert_int_equal(ws_status_class(ws_action_queue_receive(&queue, (struct ws_operation){.context = B})),
                     WS_ERROR_OPERATION);

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
    memcpy(read.event.buffer.bytes, "\x82\x80\0\0\0\0", 6);
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

/* "no network action is returned any more": no pong either, however long it was due. */
static void an_abort_drops_a_held_pong(void **state)
{
    (void)state;
    struct ws_action read;
    struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
    finish_frame(&header);
    ws_action_queue_abort(&queue);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
    expect_none(SEND);
    expect_none(RECEIVE); /* its read is outstanding */
    complete_with(&read, 1);
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

/* What a pong is in the way of */

enum { LENGTH = 40, CLIENTS_FRAGMENT = SEND_SIZE - 6 };

static uint8_t payload[LENGTH];

/* A ping comes for the operation A, and its pong is left outstanding. */
static struct ws_action pong_outstanding(void)
{
    receive(A);
    if (queue.send.mode == WS_SEND_PLAIN)
        ARRIVE("\x89\x81\0\0\0\0x");
    else
        ARRIVE("\x89\x01x");
    struct ws_action pong = next(RECEIVE, WS_ACTION_SEND_TO_NETWORK);
    assert_true(pong.kind == WS_PING_PONG && !pong.has_context);
    return pong;
}

/* One action of this operation that begins a frame: its first byte, and the length that its header says. */
static struct ws_action expect_frame(unsigned sides, uint32_t room, void *context, uint8_t first,
                                     uint8_t length)
{
    struct ws_action action = next_with(sides, room, WS_ACTION_SEND_TO_NETWORK);
    assert_true(action.has_context && action.context == context);
    assert_true(action.pieces.buffers[0].length >= 2);
    assert_int_equal(action.pieces.buffers[0].bytes[0], first);
    assert_int_equal(action.pieces.buffers[0].bytes[1] & 0x7F, length);
    return action;
}

/* With room for two buffers it is one action, and need not wait; it may have waited before. */
static void a_raw_frame_of_one_action_goes_beside_a_pong(void **state)
{
    (void)state;
    struct ws_action pong = pong_outstanding();
    send_raw(payload, 3, B);
    (void)next_with(SEND, 1, WS_ACTION_NONE);
    struct ws_action out = expect_frame(SEND, 2, B, RAW_FIRST, 3);
    complete(&pong);
    ARRIVE(PING_Y);
    pong = expect_pong(RECEIVE, "y"); /* nothing is in line any more */
    complete(&out);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
    complete(&pong);
}

/* A server's close with a reason cannot be cut: a control frame must not be fragmented. */
static void a_servers_close_of_two_actions_waits_for_the_pong(void **state)
{
    (void)state;
    struct ws_action pong = pong_outstanding();
    send_kind(WS_CLOSE, hello, sizeof hello, B);
    (void)next_with(SEND, 1, WS_ACTION_NONE);
    complete(&pong);
    struct ws_action out = expect_frame(SEND, 1, B, 0x88, 2 + sizeof hello);
    assert_int_equal(out.pieces.buffers[0].length, 4);
    complete(&out);
    out = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    assert_ptr_equal(out.pieces.buffers[0].bytes, hello);
    complete(&out);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
}

/*
 * A peer may ping faster than pongs are written: each time the send side is asked another one is held. What waits there
 * lets one pass, and is next (own choice).
 */
static void held_pongs_and_what_waits_on_the_send_side_take_turns(void **state)
{
    (void)state;
    static const unsigned sides[] = {SEND, ALL};
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        struct ws_action read;
        struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
        finish_frame(&header);
        send_hello(C);
        for (unsigned turn = 0; turn < 4; turn++) {
            struct ws_action pong = expect_pong(sides[i], turn % 2 ? "y" : "x");
            memcpy(read.event.buffer.bytes, turn % 2 ? PING_X : PING_Y, PING_SIZE);
            complete_with(&read, PING_SIZE);
            read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
            complete(&pong);
            if (turn == 0) {
                expect_indicated(sides[i], WS_ACTION_INDICATE_SEND_COMPLETE, B);
            } else if (turn == 1) {
                struct ws_action out = next(sides[i], WS_ACTION_SEND_TO_NETWORK);
                assert_ptr_equal(out.context, C);
                complete(&out);
            } else if (turn == 2) {
                expect_indicated(sides[i], WS_ACTION_INDICATE_SEND_COMPLETE, C);
            }
        }
        struct ws_action pong = expect_pong(sides[i], "x"); /* nothing waits: one pong after the other */
        complete(&pong);
        memcpy(read.event.buffer.bytes, "\x82\x80\0\0\0\0", 6);
        complete_with(&read, 6);
        expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
    }
}

/* Nothing is in line any more after an abort. */
static void an_abort_while_a_raw_frame_waits(void **state)
{
    (void)state;
    struct ws_action pong = pong_outstanding();
    send_raw(payload, 3, B);
    (void)next_with(SEND, 1, WS_ACTION_NONE);
    ws_action_queue_abort(&queue);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
    expect_cancelled(RECEIVE, A);
    complete(&pong);
    expect_none(ALL);
}

/* Failures of the system */

/* The first operation of each side lies in the queue; only those behind it want memory. */
static void without_memory_nothing_is_queued(void **state)
{
    (void)state;
    const struct ws_operation op = {.kind = WS_TEXT_FRAGMENT, .context = C};
    faults_memory_after(0);
    send_kind(WS_BINARY_MESSAGE, NULL, 0, A);
    receive(B);
    assert_int_equal(ws_status_class(ws_action_queue_send(&queue, op)), WS_ERROR_MEMORY);
    assert_int_equal(ws_status_class(ws_action_queue_receive(&queue, op)), WS_ERROR_MEMORY);
    faults_end();
    send_kind(WS_BINARY_MESSAGE, NULL, 0, B); /* the fragment was not admitted */
    ws_action_queue_abort(&queue);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, A);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
    expect_cancelled(RECEIVE, B);
    expect_none(ALL);
}

static void without_random_bytes_the_call_can_be_repeated(void **state)
{
    (void)state;
    struct ws_action action;
    send_hello(B);
    receive(A);
    ARRIVE("\x89\x01x");
    sender_loses_keys(&queue.send);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(ws_status_class(ws_action_queue_next(&queue, SEND, 2, &action)), WS_ERROR_RANDOM);
        assert_int_equal(ws_status_class(ws_action_queue_next(&queue, RECEIVE, 2, &action)), WS_ERROR_RANDOM);
        assert_int_equal(ws_status_class(ws_action_queue_next(&queue, ALL, 2, &action)), WS_ERROR_RANDOM);
        assert_true(action.type == WS_ACTION_NONE && action.token == 0);
    }
    faults_end();
    action = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(action.pieces.buffers[0].length, 2 + 4 + 5);
    action = next(RECEIVE, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(action.pieces.buffers[0].length, 2 + 4 + 1);
}

static void without_random_bytes_a_held_pong_stays_due(void **state)
{
    (void)state;
    struct ws_action action;
    send_kind(WS_BINARY_MESSAGE, payload, sizeof payload, B);
    action = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    receive(A);
    ARRIVE("\x89\x01x");
    (void)next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    complete_with(&action, 0);
    sender_loses_keys(&queue.send);
    assert_int_equal(ws_status_class(ws_action_queue_next(&queue, SEND, 2, &action)), WS_ERROR_RANDOM);
    faults_end();
    action = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(action.kind, WS_PING_PONG);
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
        assert_int_equal(ws_status_class(ws_action_queue_next(&queue, RECEIVE, 2, &action)), WS_ERROR_MEMORY);
        assert_true(action.type == WS_ACTION_NONE && action.token == 0);
    }
    faults_end();
    (void)next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    finish_frame(&header);
    (void)expect_pong(SEND, "x");
}

static void without_random_bytes_the_next_fragment_can_be_asked_for_again(void **state)
{
    (void)state;
    struct ws_action action;
    struct ws_action pong = pong_outstanding();
    send_kind(WS_BINARY_MESSAGE, payload, LENGTH, B);
    struct ws_action out = expect_frame(SEND, 2, B, 0x02, CLIENTS_FRAGMENT);
    complete(&out);
    sender_loses_keys(&queue.send);
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(ws_status_class(ws_action_queue_next(&queue, SEND, 2, &action)), WS_ERROR_RANDOM);
    faults_end();
    out = expect_frame(SEND, 2, B, 0x00, CLIENTS_FRAGMENT);
    complete(&pong);
}

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
        TEST(a_send_completed_with_another_count_is_over, server),
        TEST(a_frame_given_up_in_its_middle_is_over, server),
        TEST(the_largest_frame_can_be_completed, server),
        TEST(a_read_may_bring_all_that_was_offered, server),
        TEST(a_receive_completed_with_an_impossible_count_is_cancelled, server),
        TEST(a_receive_cancelled_with_payload_ends_the_receive_side, server),
        TEST(after_a_close_frame_receives_read_on, server),
        TEST(a_failure_stays_until_the_abort, server),
        TEST(an_abort_gives_every_operation_back, server),
        TEST(an_outstanding_action_may_be_completed_after_an_abort, server),
        TEST(an_abort_in_the_middle_of_a_frame, server),
        TEST(an_abort_drops_a_held_pong, server),
        TEST(an_outstanding_pong_does_not_hold_back_an_abort, server),
        TEST(a_raw_frame_of_one_action_goes_beside_a_pong, server),
        TEST(a_servers_close_of_two_actions_waits_for_the_pong, server),
        TEST(held_pongs_and_what_waits_on_the_send_side_take_turns, server),
        TEST(an_abort_while_a_raw_frame_waits, server),
        TEST(without_memory_nothing_is_queued, server),
        TEST(without_random_bytes_the_call_can_be_repeated, client),
        TEST(without_random_bytes_a_held_pong_stays_due, client),
        TEST(without_memory_a_ping_is_kept_for_the_next_call, server),
        TEST(without_random_bytes_the_next_fragment_can_be_asked_for_again, client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
