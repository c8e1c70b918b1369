/*
 * White-box tests of action_queue.c: section 8 of the specification, "a count of 0 is enough for an action without
 * buffers; where the next action needs a buffer it is E_INVALIDARG, and nothing was parsed, handed out or changed". By
 * chance the same is asked in test_action_queue_wire.c.
 */
#include "unit.h"

#include "faults.h"
#include "queue_steps.h"
#include "senders.h"

/* Without room the call is refused, and neither the queues nor the memory behind them change. */
static void expect_refused(unsigned sides)
{
    uint8_t before[sizeof queue];
    uint8_t *area = block_copy(queue.receive.area, RECEIVE_SIZE + WS_RECEIVE_SLACK);
    uint8_t *send_area = block_copy(queue.send.area, SEND_SIZE + WS_SEND_CONTROL_MAX);
    struct ws_action action;

    memcpy(before, &queue, sizeof before);
    assert_int_equal(ws_action_queue_next(&queue, sides, 0, &action), WS_WHY_BUFFER_COUNT_ZERO);
    assert_true(action.type == WS_ACTION_NONE && action.token == 0 && !action.has_context);
    assert_memory_equal(before, &queue, sizeof before);
    assert_memory_equal(area, queue.receive.area, RECEIVE_SIZE + WS_RECEIVE_SLACK);
    assert_memory_equal(send_area, queue.send.area, SEND_SIZE + WS_SEND_CONTROL_MAX);
    free(area);
    free(send_area);
}

static void expect_none_without_room(unsigned sides)
{
    uint8_t before[sizeof queue];
    memcpy(before, &queue, sizeof before);
    (void)next_with(sides, 0, WS_ACTION_NONE);
    assert_memory_equal(before, &queue, sizeof before);
}

static void what_has_no_buffer_needs_no_room(void **state)
{
    (void)state;
    expect_none_without_room(SEND);
    expect_none_without_room(RECEIVE);
    expect_none_without_room(ALL);
    for (unsigned sides = SEND; sides <= ALL; sides += ALL - SEND) {
        send_hello(A);
        struct ws_action out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
        expect_none_without_room(sides);
        complete(&out);
        struct ws_action action = next_with(sides, 0, WS_ACTION_INDICATE_SEND_COMPLETE);
        assert_true(action.context == A && action.kind == WS_TEXT_MESSAGE);
        expect_none_without_room(sides);
        complete(&action);
        expect_none_without_room(sides);
    }
    receive(B);
    (void)next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    expect_none_without_room(RECEIVE);
    expect_none_without_room(ALL);
}

static void a_send_needs_room(void **state)
{
    (void)state;
    send_hello(A);
    expect_refused(SEND);
    expect_refused(ALL);
    struct ws_action header = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    complete(&header);
    expect_refused(SEND); /* in the middle of a frame as well */
    expect_refused(ALL);
    struct ws_action rest = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    complete(&rest);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, A);
}

/* A read, an indication, a pong, and what is found only by parsing: nothing is parsed. */
static void the_receive_side_needs_room(void **state)
{
    (void)state;
    receive(A);
    expect_refused(RECEIVE);
    expect_refused(ALL);
    ARRIVE(PING_X "\x82\x80\0\0\0\0\xFF");
    expect_refused(RECEIVE);
    expect_refused(ALL);
    struct ws_action pong = expect_pong(RECEIVE, "x");
    expect_none_without_room(RECEIVE); /* it waits for the pong's completion */
    expect_none_without_room(ALL);
    complete(&pong);
    expect_refused(ALL);
    expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
    expect_none_without_room(RECEIVE);
    receive(B);
    expect_refused(RECEIVE); /* a violation is not seen yet either */
    expect_failure(RECEIVE, 1002);
    expect_refused(RECEIVE); /* a failure has a buffer, too: the close status */
    expect_refused(ALL);
    expect_none_without_room(SEND);
}

static void a_held_pong_needs_room(void **state)
{
    (void)state;
    struct ws_action read;
    struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
    complete(&header);
    expect_refused(SEND);
    struct ws_action rest = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    complete(&rest);
    expect_refused(SEND); /* before the indication, which needs none */
    expect_refused(RECEIVE);
    expect_refused(ALL);
    struct ws_action pong = expect_pong(SEND, "x");
    complete(&pong);
    struct ws_action action = next_with(SEND, 0, WS_ACTION_INDICATE_SEND_COMPLETE);
    complete(&action);
}

/*
 * A frame that cannot be cut waits for a pong that went through the send side, so that the receive side goes on: as ALL
 * is refused for the receive side's sake, the frame is not in line yet.
 */
static void a_refused_call_puts_nothing_in_line(void **state)
{
    (void)state;
    enum { ACTIONS = 3 };
    static uint8_t payload[ACTIONS * SEND_SIZE - 6];
    send_kind(WS_BINARY_MESSAGE, payload, sizeof payload, B);
    struct ws_action out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    receive(A);
    ARRIVE("\x89\x01x"); /* held */
    struct ws_action read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    for (unsigned i = 1; i < ACTIONS; i++) {
        complete(&out);
        out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    }
    complete(&out);
    struct ws_action pong = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(pong.kind, WS_PING_PONG);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);

    send_raw(payload, sizeof payload, C);
    memcpy(read.event.buffer.bytes, "\x82\0", 2);
    complete_with(&read, 2);
    expect_refused(ALL);
    expect_none_without_room(SEND);
    expect_indicated(ALL, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
    complete(&pong);
    out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_ptr_equal(out.context, C);
}

/* After an abort sends come back without a buffer, receives with one. */
static void after_an_abort(void **state)
{
    (void)state;
    send_hello(A);
    receive(B);
    ws_action_queue_abort(&queue);
    expect_refused(RECEIVE);
    struct ws_action action = next_with(ALL, 0, WS_ACTION_INDICATE_SEND_COMPLETE);
    complete(&action);
    expect_refused(ALL);
    expect_cancelled(ALL, B);
    expect_none_without_room(ALL);
}

/* What would fail for want of the system's help is refused first. */
static void without_room_the_system_is_not_asked(void **state)
{
    (void)state;
    struct ws_action action;
    send_hello(A);
    sender_loses_keys(&queue.send);
    expect_refused(SEND);
    assert_int_equal(ws_status_class(ws_action_queue_next(&queue, SEND, 2, &action)), WS_ERROR_RANDOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_has_no_buffer_needs_no_room, server),     TEST(a_send_needs_room, server),
        TEST(the_receive_side_needs_room, server),          TEST(a_held_pong_needs_room, server),
        TEST(a_refused_call_puts_nothing_in_line, client),  TEST(after_an_abort, server),
        TEST(without_room_the_system_is_not_asked, client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
