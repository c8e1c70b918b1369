/*
 * White-box tests of action_queue.c: pongs, and what they may not stand between. Section 7 of the
 * specification on a session's queues alone.
 */
#include "unit.h"

#include "faults.h"
#include "queue_steps.h"

static void each_ping_of_a_segment_is_answered_in_order(void **state)
{
    (void)state;
    receive(A);
    ARRIVE("\x89\x81\0\0\0\0"
           "1\x89\x81\0\0\0\0"
           "2\x89\x81\0\0\0\0"
           "3\x82\x80\0\0\0\0");
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
    ARRIVE("\x89\x81\0\0\0\0"
           "1\x89\x81\0\0\0\0"
           "2");
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

/*
 * A close above all: a client's is always one action, also at the smallest send buffer, also with a long
 * reason.
 */
static void a_clients_close_does_not_wait_for_a_pong(void **state)
{
    (void)state;
    uint8_t reason[123] = {0};
    receive(A);
    ARRIVE("\x89\x01x");
    struct ws_action pong = next(RECEIVE, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(pong.pieces.buffers[0].length, 2 + 4 + 1);
    send_kind(WS_CLOSE, reason, sizeof reason, B);
    struct ws_action out = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(out.pieces.buffers[0].length, WS_SEND_CONTROL_MAX);
    complete(&out);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
}

/*
 * Inside such a frame the pong is held, and the parser goes on; afterwards any queue returns it, before
 * all else.
 */
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
        memcpy(read.event.buffer.bytes, "\x82\x80\0\0\0\0", 6);
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
    memcpy(read.event.buffer.bytes, PING_Y, PING_SIZE);
    complete_with(&read, PING_SIZE);
    read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    memcpy(read.event.buffer.bytes, "\x89\x83\0\0\0\0end\x89\x80\0\0\0\0\x89\x82\0\0\0\0zz", 23);
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

        memcpy(read.event.buffer.bytes, PING_Y, PING_SIZE);
        complete_with(&read, PING_SIZE);
        read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK); /* the receive side goes on */
        complete(&first);
        expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B); /* it let one pong pass */
        struct ws_action second = expect_pong(SEND, "y");
        complete(&second);

        memcpy(read.event.buffer.bytes, "\x82\x80\0\0\0\0", 6);
        complete_with(&read, 6);
        expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
    }
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

/* The receive side has no such turns: there the pong is first, and what waits to be sent is as it was. */
static void a_held_pong_on_the_receive_side_waits_for_no_turn(void **state)
{
    (void)state;
    struct ws_action read;
    struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
    finish_frame(&header);
    struct ws_action pong = expect_pong(SEND, "x");
    memcpy(read.event.buffer.bytes, PING_Y "\x82\x80\0\0\0\0", PING_SIZE + 6);
    complete_with(&read, PING_SIZE + 6);
    expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
    complete(&pong);
    pong = expect_pong(RECEIVE, "y");
    complete(&pong);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
}

/* Own choice: a held pong that came through the receive side holds it, as any other pong there. */
static void a_held_pong_of_the_receive_queue_holds_it(void **state)
{
    (void)state;
    struct ws_action read;
    struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
    finish_frame(&header);
    struct ws_action pong = expect_pong(RECEIVE, "x");
    memcpy(read.event.buffer.bytes, "\x82\x80\0\0\0\0", 6);
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

/* Own choice: on RECEIVE the failure comes first, on SEND and ALL a pong that is due. */
static void a_held_pong_after_a_failure(void **state)
{
    (void)state;
    static const unsigned sides[] = {SEND, ALL};
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        struct ws_action read;
        struct ws_action header = ping_inside_a_frame(PING_X, PING_SIZE, &read);
        read.event.buffer.bytes[0] = 0xFF;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_ping_of_a_segment_is_answered_in_order, server),
        TEST(a_pong_completed_with_any_count_is_over, server),
        TEST(a_frame_of_one_action_goes_beside_a_pong, server),
        TEST(a_pong_goes_beside_a_frame_of_one_action, server),
        TEST(a_clients_close_does_not_wait_for_a_pong, client),
        TEST(a_pong_inside_a_frame_is_held, server),
        TEST(a_newer_ping_replaces_a_held_one, server),
        TEST(a_ping_beside_a_pong_on_the_send_side_is_held, server),
        TEST(held_pongs_and_what_waits_on_the_send_side_take_turns, server),
        TEST(a_held_pong_on_the_receive_side_waits_for_no_turn, server),
        TEST(a_held_pong_of_the_receive_queue_holds_it, server),
        TEST(a_due_pong_is_returned_without_an_operation, server),
        TEST(pings_are_answered_after_a_close_was_sent, server),
        TEST(a_held_pong_after_a_failure, server),
        TEST(without_memory_a_ping_is_kept_for_the_next_call, server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
