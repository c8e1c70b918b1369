/*
 * White-box tests of action_queue.c: "a message never waits for a pong", and what cannot be cut waits and is next.
 * Section 7 of the specification on a session's queues alone; what a message is cut into is send.c's business.
 */
#include "unit.h"

#include "faults.h"
#include "queue_steps.h"
#include "senders.h"

enum { LENGTH = 40, CLIENTS_FRAGMENT = SEND_SIZE - 6, SERVERS_FRAGMENT = SEND_SIZE - 2 };

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

static void finish(const struct ws_action *action, void *context)
{
    complete(action);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, context);
}

/* While the pong is outstanding a fragment at a time, and when it is not, the rest. */
static void a_clients_message_does_not_wait_for_a_pong(void **state)
{
    (void)state;
    static const unsigned sides[] = {SEND, ALL};
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        struct ws_action pong = pong_outstanding();
        send_kind(WS_BINARY_MESSAGE, payload, LENGTH, B);
        struct ws_action out = expect_frame(sides[i], 2, B, 0x02, CLIENTS_FRAGMENT);
        assert_true(out.pieces.count == 1 && out.pieces.buffers[0].length == SEND_SIZE);
        expect_none(sides[i]);
        complete(&out);
        out = expect_frame(sides[i], 1, B, 0x00, CLIENTS_FRAGMENT);
        complete(&pong); /* before the fragment: they may be written in any order */
        complete(&out);
        out = expect_frame(SEND, 1, B, 0x80, LENGTH - 2 * CLIENTS_FRAGMENT);
        assert_int_equal(out.pieces.buffers[0].length, SEND_SIZE);
        complete(&out);
        out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
        assert_int_equal(out.pieces.buffers[0].length, 6 + LENGTH - 2 * CLIENTS_FRAGMENT - SEND_SIZE);
        finish(&out, B);
        ARRIVE("\x82\0");
        expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
    }
}

/* As long as a pong is outstanding at each of them: so many turns, whatever the peer does. */
static void pings_without_end_cost_a_message_no_turn(void **state)
{
    (void)state;
    static const enum ws_kind kinds[] = {WS_TEXT_MESSAGE, WS_BINARY_MESSAGE};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct ws_action pong = pong_outstanding();
        send_kind(kinds[i], payload, LENGTH, B);
        for (uint32_t turn = 0; turn < LENGTH / CLIENTS_FRAGMENT; turn++) {
            const bool last = turn + 1 == LENGTH / CLIENTS_FRAGMENT;
            const uint8_t opcode = turn > 0 ? 0 : kinds[i] == WS_TEXT_MESSAGE ? 1 : 2;
            struct ws_action out =
                expect_frame(SEND, 2, B, (uint8_t)(opcode | (last ? 0x80 : 0)), CLIENTS_FRAGMENT);
            complete(&pong);
            ARRIVE("\x89\x01y");
            pong = next(RECEIVE, WS_ACTION_SEND_TO_NETWORK); /* beside the fragment */
            assert_true(pong.kind == WS_PING_PONG);
            complete(&out);
        }
        expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
        complete(&pong);
        ARRIVE("\x82\0");
        expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
    }
}

/* The rest of a cut message is a frame like any other: a ping inside of it is held. */
static void a_pong_inside_the_rest_is_held(void **state)
{
    (void)state;
    struct ws_action pong = pong_outstanding();
    send_kind(WS_TEXT_MESSAGE, payload, LENGTH, B);
    struct ws_action out = expect_frame(SEND, 2, B, 0x01, CLIENTS_FRAGMENT);
    complete(&out);
    complete(&pong);
    out = expect_frame(SEND, 2, B, 0x80, LENGTH - CLIENTS_FRAGMENT);
    ARRIVE("\x89\x01y");
    (void)next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    for (uint32_t left = 6 + LENGTH - CLIENTS_FRAGMENT - SEND_SIZE; left > 0;) {
        complete(&out);
        out = next(SEND, WS_ACTION_SEND_TO_NETWORK);
        assert_true(out.context == B && out.kind == WS_TEXT_MESSAGE);
        left -= out.pieces.buffers[0].length;
    }
    complete(&out);
    pong = next(SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_int_equal(pong.kind, WS_PING_PONG);
    complete(&pong);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
}

/* A server's frame is one action with room for two buffers; with room for one it is put together and cut. */
static void a_servers_message_is_cut_only_with_room_for_one_buffer(void **state)
{
    (void)state;
    struct ws_action pong = pong_outstanding();
    send_kind(WS_BINARY_MESSAGE, payload, LENGTH, B);
    struct ws_action out = expect_frame(SEND, 2, B, 0x82, LENGTH);
    assert_true(out.pieces.count == 2 && out.pieces.buffers[1].bytes == payload);
    finish(&out, B);

    send_kind(WS_BINARY_MESSAGE, payload, LENGTH, B);
    out = expect_frame(SEND, 1, B, 0x02, SERVERS_FRAGMENT);
    assert_int_equal(out.pieces.buffers[0].length, SEND_SIZE);
    complete(&out);
    out =
        expect_frame(SEND, 2, B, 0x80, LENGTH - SERVERS_FRAGMENT); /* what is left, where the caller has it */
    assert_true(out.pieces.count == 2 && out.pieces.buffers[1].bytes == payload + SERVERS_FRAGMENT);
    finish(&out, B);

    send_hello(C);
    out = expect_frame(ALL, 1, C, 0x81, sizeof hello); /* short enough: whole, in one */
    assert_int_equal(out.pieces.buffers[0].length, 2 + sizeof hello);
    finish(&out, C);
    complete(&pong);
}

/* The caller's own fragments are cut as well, and what is the message's end stays its end. */
static void a_callers_fragments_are_cut(void **state)
{
    (void)state;
    struct ws_action pong = pong_outstanding();
    send_kind(WS_TEXT_FRAGMENT, payload, 2 * CLIENTS_FRAGMENT, B);
    send_kind(WS_TEXT_MESSAGE, payload, CLIENTS_FRAGMENT + 1, C);
    static const uint8_t firsts[] = {0x01, 0x00, 0x00, 0x80};
    static const uint8_t lengths[] = {CLIENTS_FRAGMENT, CLIENTS_FRAGMENT, CLIENTS_FRAGMENT, 1};
    for (size_t i = 0; i < COUNT_OF(firsts); i++) {
        struct ws_action out = expect_frame(SEND, 2, i < 2 ? B : C, firsts[i], lengths[i]);
        complete(&out);
        if (i % 2)
            expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, i < 2 ? B : C);
    }
    complete(&pong);
}

/* Section 8: the operation is cancelled, and the session goes on as if it had been sent. */
static void a_cut_message_completed_with_another_count_is_over(void **state)
{
    (void)state;
    static const uint32_t counts[] = {0, SEND_SIZE - 1, SEND_SIZE + 1};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        struct ws_action pong = pong_outstanding();
        send_kind(WS_TEXT_MESSAGE, payload, LENGTH, B);
        struct ws_action out = expect_frame(SEND, 2, B, 0x01, CLIENTS_FRAGMENT);
        complete(&out);
        out = expect_frame(SEND, 2, B, 0x00, CLIENTS_FRAGMENT);
        complete_with(&out, counts[i]);
        expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
        expect_none(SEND);
        send_kind(WS_BINARY_MESSAGE, payload, LENGTH, C);
        out = expect_frame(SEND, 2, C, 0x02, CLIENTS_FRAGMENT); /* from its beginning */
        complete_with(&out, counts[i]);
        complete(&pong);
        expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, C);
        ARRIVE("\x82\0");
        expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A);
    }
}

static void an_abort_between_two_fragments(void **state)
{
    (void)state;
    struct ws_action pong = pong_outstanding();
    send_kind(WS_BINARY_MESSAGE, payload, LENGTH, B);
    struct ws_action out = expect_frame(SEND, 2, B, 0x02, CLIENTS_FRAGMENT);
    ws_action_queue_abort(&queue);
    expect_none(SEND);
    complete(&out);
    expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B); /* no further fragment */
    expect_cancelled(RECEIVE, A);
    complete(&pong);
    expect_none(ALL);
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

/* What cannot be cut */

/* A raw frame of a server, with room for one buffer, or of a client waits for the pong and goes whole. */
static void a_raw_frame_waits_for_the_pong(void **state)
{
    (void)state;
    const bool plain = queue.send.mode == WS_SEND_PLAIN;
    const uint32_t room = plain ? 1 : 2;
    struct ws_action pong = pong_outstanding();
    send_raw(payload, LENGTH, B);
    (void)next_with(SEND, room, WS_ACTION_NONE);
    (void)next_with(ALL, room, WS_ACTION_NONE);
    complete(&pong);
    struct ws_action out = expect_frame(SEND, room, B, RAW_FIRST, LENGTH);
    assert_int_equal(out.pieces.buffers[0].length, plain ? 2 : SEND_SIZE);
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
    finish(&out, B);
    complete(&pong);
}

/* So is a server's close with a reason: a control frame must not be fragmented. */
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
    finish(&out, B);
}

/* "It waits, and is next: no other pong is handed out before it has begun." */
static void what_waits_for_a_pong_is_next(void **state)
{
    (void)state;
    static const unsigned sides[] = {SEND, ALL};
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        receive(A);
        receive(C);
        ARRIVE(PING_X PING_Y "\x82\x80\0\0\0\0" PING_X "\x82\x80\0\0\0\0");
        struct ws_action pong = expect_pong(RECEIVE, "x");
        send_raw(payload, 3, B);
        (void)next_with(sides[i], 1, WS_ACTION_NONE);
        complete(&pong);
        expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, A); /* y is held, and replaced */
        expect_indicated(RECEIVE, WS_ACTION_INDICATE_RECEIVE_COMPLETE, C);
        struct ws_action header = expect_frame(sides[i], 1, B, RAW_FIRST, 3);
        complete(&header);
        struct ws_action out = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
        complete(&out);
        pong = expect_pong(sides[i], "x");
        complete(&pong);
        expect_indicated(SEND, WS_ACTION_INDICATE_SEND_COMPLETE, B);
    }
}

/* "Except where the receive side could do nothing but read": nobody may ask the send side, and the peer waits. */
static void a_pong_goes_before_what_waits_if_the_receive_side_could_only_read(void **state)
{
    (void)state;
    struct ws_action pong = pong_outstanding();
    send_raw(payload, 3, B);
    (void)next_with(SEND, 1, WS_ACTION_NONE);
    for (unsigned i = 0; i < 3; i++) {
        complete(&pong);
        arrive(i % 2 ? PING_X : PING_Y, PING_SIZE);
        pong = expect_pong(RECEIVE, i % 2 ? "x" : "y");
        expect_none(RECEIVE);
        (void)next_with(SEND, 1, WS_ACTION_NONE);
    }
    complete(&pong);
    struct ws_action header = expect_frame(ALL, 1, B, RAW_FIRST, 3);
    complete(&header);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_clients_message_does_not_wait_for_a_pong, client),
        TEST(pings_without_end_cost_a_message_no_turn, client),
        TEST(a_pong_inside_the_rest_is_held, client),
        TEST(a_servers_message_is_cut_only_with_room_for_one_buffer, server),
        TEST(a_callers_fragments_are_cut, client),
        TEST(a_cut_message_completed_with_another_count_is_over, client),
        TEST(an_abort_between_two_fragments, client),
        TEST(without_random_bytes_the_next_fragment_can_be_asked_for_again, client),
        TEST(a_raw_frame_waits_for_the_pong, server),
        TEST(a_raw_frame_waits_for_the_pong, client),
        TEST(a_raw_frame_of_one_action_goes_beside_a_pong, server),
        TEST(a_servers_close_of_two_actions_waits_for_the_pong, server),
        TEST(what_waits_for_a_pong_is_next, server),
        TEST(a_pong_goes_before_what_waits_if_the_receive_side_could_only_read, server),
        TEST(an_abort_while_a_raw_frame_waits, server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
