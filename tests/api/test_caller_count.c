/*
 * A control that never resets its count of buffers, on our library.
 */
#include "api_tests.h"

#include "caller_count.h"
#include "play.h"

static struct count_control open_control(enum role role)
{
    struct count_control control;

    memset(&control, 0, sizeof control);
    control.handle = open_role(role, NULL);
    return control;
}

/* The loop has ended with NO_ACTION. */
static void expect_done(const struct count_loop *loop)
{
    assert_result(S_OK, loop->result);
    assert_null(loop->reading);
    assert_int_equal(loop->count, 0);
}

/* The loop has ended because its count was 0 where a buffer was needed. */
static void expect_stuck(const struct count_loop *loop)
{
    assert_result(E_INVALIDARG, loop->result);
    assert_null(loop->reading);
    assert_int_equal(loop->count, 0);
}

static void give_frame(struct count_loop *loop, enum role role, unsigned first, const char *payload)
{
    struct stream in = {NULL, 0};

    stream_frame(&in, role, first, payload, strlen(payload));
    count_read(loop, in.bytes, in.size);
}

/* ---- Peers that behave ---- */

/* After INDICATE_SEND_COMPLETE it asks with a count of 0, and is told NO_ACTION. */
static void each_send_ends_with_no_action(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct count_control control = open_control(role);
        struct count_loop loop;

        for (size_t size = 0; size < 10000; size = 3 * size + 1) {
            send_data(control.handle, BINARY_MESSAGE, make_payload(size), size, NULL);
            count_run(&control, &loop, SEND_QUEUE);
            expect_done(&loop);
            expect_frame("sent", &control.sent, role, FIN | OP_BINARY, make_payload(size), size);
        }
        send_close(control.handle, 1000, "bye", NULL);
        count_run(&control, &loop, SEND_QUEUE);
        expect_done(&loop);
        expect_close_frame("sent", &control.sent, role, 1000, "bye");
    }
}

/* It asks with a count of 1 after a read, and with 0 where nothing is left to do. */
static void each_receive_ends_with_no_action(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct count_control control = open_control(role);
        struct count_loop loop;

        for (unsigned i = 0; i < 3; i++) {
            receive(control.handle, NULL, 0, NULL);
            count_run(&control, &loop, RECEIVE_QUEUE);
            give_frame(&loop, role, FIN | OP_TEXT, "Hello");
            expect_done(&loop);
            inbox_expect(&control.received, UTF8_MESSAGE, "Hello", 5);
        }
        receive(control.handle, NULL, 0, NULL);
        receive(control.handle, NULL, 0, NULL);
        count_run(&control, &loop, RECEIVE_QUEUE);
        give_frame(&loop, role, OP_TEXT, "Hel");
        give_frame(&loop, role, FIN | OP_CONTINUATION, "lo");
        expect_done(&loop);
        inbox_expect(&control.received, UTF8_FRAGMENT, "Hel", 3);
        inbox_expect(&control.received, UTF8_MESSAGE, "lo", 2);
    }
}

/* The second message needs a buffer. Nothing of it is lost, or handed out: the next loop sends it whole. */
static void a_second_send_waits_for_the_next_loop(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct count_control control = open_control(role);
        struct count_loop loop;

        send_data(control.handle, UTF8_MESSAGE, "one", 3, NULL);
        send_data(control.handle, UTF8_MESSAGE, "two", 3, NULL);
        count_run(&control, &loop, SEND_QUEUE);
        expect_stuck(&loop);
        expect_frame("one", &control.sent, role, FIN | OP_TEXT, "one", 3);
        assert_int_equal(control.sent.size, 0);
        count_run(&control, &loop, SEND_QUEUE);
        expect_done(&loop);
        expect_frame("two", &control.sent, role, FIN | OP_TEXT, "two", 3);
    }
}

/* A read needs a buffer, and so does a message that has been read already. */
static void through_all_a_receive_waits_for_the_next_loop(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct count_control control = open_control(role);
        struct stream in = {NULL, 0};
        struct count_loop loop;

        receive(control.handle, NULL, 0, NULL);
        send_data(control.handle, UTF8_MESSAGE, "one", 3, NULL);
        count_run(&control, &loop, ALL_QUEUES);
        expect_stuck(&loop);
        count_run(&control, &loop, ALL_QUEUES);
        stream_frame(&in, role, FIN | OP_TEXT, "first", 5);
        stream_frame(&in, role, FIN | OP_TEXT, "second", 6);
        count_read(&loop, in.bytes, in.size);
        expect_done(&loop);
        inbox_expect(&control.received, UTF8_MESSAGE, "first", 5);

        receive(control.handle, NULL, 0, NULL);
        send_data(control.handle, UTF8_MESSAGE, "two", 3, NULL);
        count_run(&control, &loop, ALL_QUEUES);
        expect_stuck(&loop);
        inbox_expect_nothing(&control.received);
        count_run(&control, &loop, ALL_QUEUES);
        expect_done(&loop);
        inbox_expect(&control.received, UTF8_MESSAGE, "second", 6);
        expect_frame("one", &control.sent, role, FIN | OP_TEXT, "one", 3);
        expect_frame("two", &control.sent, role, FIN | OP_TEXT, "two", 3);
    }
}

/* ---- Peers that do not ---- */

static void pings_come_first(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct count_control control = open_control(role);
        struct stream in = {NULL, 0};
        struct count_loop loop;

        receive(control.handle, NULL, 0, NULL);
        count_run(&control, &loop, RECEIVE_QUEUE);
        stream_frame(&in, role, FIN | OP_PING, "first", 5);
        stream_frame(&in, role, FIN | OP_PING, "second", 6);
        stream_frame(&in, role, FIN | OP_TEXT, "message", 7);
        count_read(&loop, in.bytes, in.size);
        expect_done(&loop);
        inbox_expect(&control.received, UTF8_MESSAGE, "message", 7);
        expect_frame("pong", &control.sent, role, FIN | OP_PONG, "first", 5);
        expect_frame("pong", &control.sent, role, FIN | OP_PONG, "second", 6);
    }
}

/*
 * A ping comes while a client's frame of several actions is under way. Its pong is due when the last of them is completed,
 * before the send is told as complete: after that the count would be 0.
 */
static void a_pong_that_was_held_comes_while_there_is_a_buffer(void)
{
    struct count_control control;
    struct count_loop reader;
    struct count_loop loop;
    struct action piece;
    uint8_t *payload = make_payload(40);

    memset(&control, 0, sizeof control);
    control.handle = open_client(&(struct session_options){.send_buffer = 16});
    receive(control.handle, NULL, 0, NULL);
    count_run(&control, &reader, RECEIVE_QUEUE);
    send_data(control.handle, BINARY_MESSAGE, payload, 40, NULL);
    piece = next_action(control.handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    give_frame(&reader, ROLE_CLIENT, FIN | OP_PING, "held");
    assert_non_null(reader.reading);
    stream_action(&control.sent, &piece);
    complete(control.handle, &piece);
    count_run(&control, &loop, SEND_QUEUE);
    expect_frame("message", &control.sent, ROLE_CLIENT, FIN | OP_BINARY, payload, 40);
    expect_done(&loop);
    expect_frame("pong", &control.sent, ROLE_CLIENT, FIN | OP_PONG, "held", 4);
}

static void a_connection_that_breaks_off_comes_back(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct count_control control = open_control(role);
        struct count_loop loop;

        receive(control.handle, NULL, 0, NULL);
        count_run(&control, &loop, RECEIVE_QUEUE);
        count_read(&loop, NULL, 0);
        expect_done(&loop);
        inbox_expect_close(&control.received, 1006, NULL);

        /* In the middle of a message, with a receive in hand. */
        receive(control.handle, NULL, 0, NULL);
        receive(control.handle, NULL, 0, NULL);
        count_run(&control, &loop, RECEIVE_QUEUE);
        give_frame(&loop, role, OP_TEXT, "begun");
        count_read(&loop, NULL, 0);
        expect_done(&loop);
        inbox_expect(&control.received, UTF8_FRAGMENT, "begun", 5);
        inbox_expect_close(&control.received, 1006, NULL);
    }
}

static void a_close_comes_in_the_middle_of_a_message(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct count_control control = open_control(role);
        struct stream in = {NULL, 0};
        struct count_loop loop;

        receive(control.handle, NULL, 0, NULL);
        receive(control.handle, NULL, 0, NULL);
        count_run(&control, &loop, RECEIVE_QUEUE);
        stream_frame(&in, role, OP_TEXT, "begun", 5);
        stream_close(&in, role, 1001, "gone");
        count_read(&loop, in.bytes, in.size);
        expect_done(&loop);
        inbox_expect(&control.received, UTF8_FRAGMENT, "begun", 5);
        inbox_expect_close(&control.received, 1001, "gone");
    }
}

/* With a count of 0 the fault behind a message is not met: nothing is parsed. */
static void a_fault_waits_for_the_next_loop(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct count_control control = open_control(role);
        struct stream in = {NULL, 0};
        struct count_loop loop;

        receive(control.handle, NULL, 0, NULL);
        count_run(&control, &loop, RECEIVE_QUEUE);
        stream_frame(&in, role, FIN | OP_TEXT, "good", 4);
        stream_bytes(&in, "\xFF\xFF", 2);
        count_read(&loop, in.bytes, in.size);
        expect_done(&loop);
        inbox_expect(&control.received, UTF8_MESSAGE, "good", 4);

        receive(control.handle, NULL, 0, NULL);
        send_data(control.handle, UTF8_MESSAGE, "one", 3, NULL);
        count_run(&control, &loop, ALL_QUEUES);
        expect_stuck(&loop);
        count_run(&control, &loop, ALL_QUEUES);
        assert_result(E_INVALID_PROTOCOL_FORMAT, loop.result);
        assert_int_equal(loop.count, 1);
        assert_int_equal(loop.buffers[0].CloseStatus.usStatus, 1002);
        inbox_expect_nothing(&control.received);
    }
}

/* Two sends and two receives come back. The first indication of a send leaves a count of 0, which is enough for the second. */
static void an_abort_gives_everything_back(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct count_control control = open_control(role);
        struct count_loop loop;

        for (unsigned i = 0; i < 2; i++) {
            send_data(control.handle, UTF8_MESSAGE, "abc", 3, NULL);
            receive(control.handle, NULL, 0, NULL);
        }
        ws->AbortHandle(control.handle);
        count_run(&control, &loop, SEND_QUEUE);
        expect_done(&loop);
        count_run(&control, &loop, RECEIVE_QUEUE);
        expect_done(&loop);
        inbox_expect_close(&control.received, 1006, NULL);
        inbox_expect_close(&control.received, 1006, NULL);
        inbox_expect_nothing(&control.received);
        assert_int_equal(control.sent.size, 0);
        expect_no_action(control.handle, ALL_QUEUES);
    }
}

const struct api_case caller_count_cases[] = {
    API_CASE(RULE_APPS, each_send_ends_with_no_action),
    API_CASE(RULE_APPS, each_receive_ends_with_no_action),
    API_CASE(RULE_APPS, a_second_send_waits_for_the_next_loop),
    API_CASE(RULE_APPS, through_all_a_receive_waits_for_the_next_loop),
    API_CASE(RULE_APPS, pings_come_first),
    API_CASE(RULE_CHOICE, a_pong_that_was_held_comes_while_there_is_a_buffer),
    API_CASE(RULE_APPS, a_connection_that_breaks_off_comes_back),
    API_CASE(RULE_APPS, a_close_comes_in_the_middle_of_a_message),
    API_CASE(RULE_CHOICE, a_fault_waits_for_the_next_loop),
    API_CASE(RULE_APPS, an_abort_gives_everything_back),
    API_CASES_END,
};
