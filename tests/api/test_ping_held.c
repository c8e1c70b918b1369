/*
 * Pings, section 7 of the specification: pongs and frames of several actions exclude each other. Inside such
 * a frame, and while another pong is outstanding on the send side, a pong is held, and comes as soon as the
 * obstacle is gone.
 */
#include "api_tests.h"
#include "play.h"

/* ---- Helpers: a client whose frames of more than 10 bytes take several actions ---- */

#define LONG_SIZE 40

static const WEB_SOCKET_ACTION_QUEUE queues[] = {SEND_QUEUE, RECEIVE_QUEUE, ALL_QUEUES};

static WEB_SOCKET_HANDLE open_smallest_client(void)
{
    return open_client(&(struct session_options){.receive_buffer = 256, .send_buffer = 16});
}

static struct action next_piece(WEB_SOCKET_HANDLE client)
{
    struct action action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);

    assert_int_equal(action.type, BINARY_MESSAGE);
    return action;
}

/* Begins a frame: its first piece is outstanding. */
static struct action begin_long(WEB_SOCKET_HANDLE client)
{
    send_data(client, BINARY_MESSAGE, make_payload(LONG_SIZE), LONG_SIZE, NULL);
    return next_piece(client);
}

/*
 * A session inside a frame that is all but finished: its last piece is outstanding, and a ping was parsed and
 * held.
 */
static WEB_SOCKET_HANDLE holding(const char *ping, struct action *last)
{
    WEB_SOCKET_HANDLE client = open_smallest_client();
    struct action piece = begin_long(client);
    struct action reading;

    complete(client, &piece);
    piece = next_piece(client);
    complete(client, &piece);
    *last = next_piece(client); /* 46 bytes are 16, 16 and 14 */
    assert_int_equal(action_size(last), 14);
    receive(client, NULL, 0, NULL);
    feed_frame(client, ROLE_CLIENT, FIN | OP_PING, ping);
    /* The parser must not stop at the ping, so the session wants more. */
    reading = next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    complete_with(client, &reading, 0);
    reading = next_action(client, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    complete(client, &reading);
    return client;
}

static void take_pong(WEB_SOCKET_HANDLE client, WEB_SOCKET_ACTION_QUEUE queue, const char *payload)
{
    struct action action = get_pong(client, ROLE_CLIENT, queue, payload);

    complete(client, &action);
}

/* ---- A pong inside a frame ---- */

static void a_frame_of_several_actions_is_never_broken_by_a_pong(void)
{
    for (size_t q = 0; q < COUNT_OF(queues); q++) {
        WEB_SOCKET_HANDLE client = open_smallest_client();
        uint8_t *payload = make_payload(LONG_SIZE);
        struct stream sent = {NULL, 0};
        struct action piece = begin_long(client);

        receive(client, NULL, 0, NULL);
        feed_frame(client, ROLE_CLIENT, FIN | OP_PING, "held");
        for (unsigned i = 0; i < 3; i++) {
            /* While the piece is outstanding no queue has a pong, nor between two pieces. */
            struct action other = get_action(client, queues[q], 2);

            assert_result(S_OK, other.result);
            assert_int_not_equal(other.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            stream_action(&sent, &piece);
            complete(client, &piece);
            if (i < 2) {
                other = get_action(client, RECEIVE_QUEUE, 2);
                assert_int_not_equal(other.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
                piece = next_piece(client);
            }
        }
        expect_frame("one piece", &sent, ROLE_CLIENT, FIN | OP_BINARY, payload, LONG_SIZE);
        assert_int_equal(sent.size, 0);
        take_pong(client, queues[q] == RECEIVE_QUEUE ? ALL_QUEUES : queues[q],
                  "held"); /* its read is outstanding */
    }
}

static void inside_such_a_frame_the_parser_goes_on(void)
{
    WEB_SOCKET_HANDLE client = open_smallest_client();
    struct action piece = begin_long(client);
    struct stream in = {NULL, 0};

    receive(client, NULL, 0, NULL);
    stream_frame(&in, ROLE_CLIENT, FIN | OP_PING, "held", 4);
    stream_frame(&in, ROLE_CLIENT, FIN | OP_TEXT, "message", 7);
    stream_frame(&in, ROLE_CLIENT, FIN | OP_PONG, "pong", 4);
    feed(client, in.bytes, in.size, 0);
    expect_payload(client, UTF8_MESSAGE, "message", 7);
    receive(client, NULL, 0, NULL);
    expect_payload(client, PING_PONG, "pong", 4);
    receive(client, NULL, 0, NULL);
    next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    complete(client, &piece);
}

/* The payload is kept outside the buffers: whatever arrives meanwhile does not change it. */
static void a_held_pong_survives_all_that_arrives_meanwhile(void)
{
    WEB_SOCKET_HANDLE client = open_smallest_client();
    struct action piece = begin_long(client);
    uint8_t *payload = make_payload(2000);
    struct stream in = {NULL, 0};
    struct stream sent = {NULL, 0};
    struct feeder feeder;
    struct action action;
    size_t received = 0;

    receive(client, NULL, 0, NULL);
    stream_frame(&in, ROLE_CLIENT, FIN | OP_PING, make_text(125), 125);
    stream_frame(&in, ROLE_CLIENT, FIN | OP_BINARY, payload, 2000);
    feeder = feeder_start(client, in.bytes, in.size, 0);
    while (received < 2000) {
        action = feeder_next(&feeder);
        assert_int_equal(action.action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
        assert_memory_equal(action.buffers[0].Data.pbBuffer, payload + received, action_size(&action));
        received += action_size(&action);
        complete(client, &action);
        receive(client, NULL, 0, NULL);
    }
    for (unsigned i = 0; i < 2; i++) {
        complete(client, &piece);
        piece = next_piece(client);
    }
    complete(client, &piece);
    action = get_action(client, SEND_QUEUE, 2);
    assert_int_equal(action.type, PING_PONG);
    stream_action(&sent, &action);
    expect_frame("pong", &sent, ROLE_CLIENT, FIN | OP_PONG, make_text(125), 125);
}

static void a_newer_ping_replaces_a_held_one(void)
{
    WEB_SOCKET_HANDLE client = open_smallest_client();
    struct action piece = begin_long(client);

    receive(client, NULL, 0, NULL);
    feed_frame(client, ROLE_CLIENT, FIN | OP_PING, "a first one");
    feed_frame(client, ROLE_CLIENT, FIN | OP_PING, "another");
    feed_frame(client, ROLE_CLIENT, FIN | OP_PING, "");
    feed_frame(client, ROLE_CLIENT, FIN | OP_PING, "the last");
    for (unsigned i = 0; i < 2; i++) {
        complete(client, &piece);
        next_action(client, RECEIVE_QUEUE,
                    i == 0 ? WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION : WEB_SOCKET_NO_ACTION);
        piece = next_piece(client);
    }
    complete(client, &piece);
    take_pong(client, SEND_QUEUE, "the last");
    piece = next_action(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    complete(client, &piece);
    expect_no_action(client, SEND_QUEUE);
}

/* ---- When the obstacle is gone ---- */

static void a_held_pong_is_returned_by_the_first_call_on_any_queue(void)
{
    for (size_t q = 0; q < COUNT_OF(queues); q++) {
        struct action last;
        WEB_SOCKET_HANDLE client = holding("held", &last);

        complete(client, &last);
        take_pong(client, queues[q], "held");
        last = next_action(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
        complete(client, &last);
        expect_no_action(client, ALL_QUEUES);
    }
}

/*
 * Before anything else of that side: the indication of the frame on one, a message that waits on the other.
 */
static void a_held_pong_comes_before_anything_else(void)
{
    for (size_t q = 0; q < COUNT_OF(queues); q++) {
        WEB_SOCKET_HANDLE client = open_smallest_client();
        struct action piece = begin_long(client);
        struct stream in = {NULL, 0};

        receive(client, NULL, 0, NULL);
        receive(client, NULL, 0, NULL);
        stream_frame(&in, ROLE_CLIENT, FIN | OP_PING, "held", 4);
        stream_frame(&in, ROLE_CLIENT, FIN | OP_TEXT, "first", 5);
        stream_frame(&in, ROLE_CLIENT, FIN | OP_TEXT, "second", 6);
        feed(client, in.bytes, in.size, 0);
        expect_payload(client, UTF8_MESSAGE, "first", 5);
        for (unsigned i = 0; i < 2; i++) {
            complete(client, &piece);
            piece = next_piece(client);
        }
        complete(client, &piece);
        take_pong(client, queues[q], "held");
        next_action(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
        expect_payload(client, UTF8_MESSAGE, "second", 6);
    }
}

/* The reading thread is blocked in its read by then. */
static void a_held_pong_is_returned_while_a_read_is_outstanding(void)
{
    static const WEB_SOCKET_ACTION_QUEUE send_queues[] = {SEND_QUEUE, ALL_QUEUES};

    for (size_t q = 0; q < COUNT_OF(send_queues); q++) {
        struct action last;
        WEB_SOCKET_HANDLE client = holding("held", &last);
        struct action reading;

        receive(client, NULL, 0, NULL);
        reading = next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        complete(client, &last);
        take_pong(client, send_queues[q], "held");
        reading.buffers[0].Data.pbBuffer[0] = 0x81;
        complete_with(client, &reading, 1);
        next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    }
}

static void a_pong_that_is_due_is_returned_although_no_operation_waits(void)
{
    struct action last;
    WEB_SOCKET_HANDLE client = holding("held", &last);

    complete(client, &last);
    take_pong(client, RECEIVE_QUEUE, "held");
    expect_no_action(client, RECEIVE_QUEUE);
}

static void a_cancelled_frame_lets_the_pong_go(void)
{
    for (size_t q = 0; q < COUNT_OF(queues); q++) {
        struct action last;
        WEB_SOCKET_HANDLE client = holding("held", &last);

        complete_with(client, &last, 3);
        take_pong(client, queues[q], "held");
        next_action(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    }
}

static void a_held_pong_completed_with_another_count_is_dropped(void)
{
    struct action last;
    WEB_SOCKET_HANDLE client = holding("held", &last);
    struct action pong;

    complete(client, &last);
    pong = get_pong(client, ROLE_CLIENT, SEND_QUEUE, "held");
    complete_with(client, &pong, 0);
    last = next_action(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    complete(client, &last);
    expect_no_action(client, ALL_QUEUES);
}

static void an_abort_drops_a_held_pong(void)
{
    struct action last;
    WEB_SOCKET_HANDLE client = holding("held", &last);

    ws->AbortHandle(client);
    complete(client, &last);
    expect_no_action(client, RECEIVE_QUEUE);
    last = next_action(client, ALL_QUEUES, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    complete(client, &last);
    expect_no_action(client, ALL_QUEUES);
}

/* ---- A held pong that went through one side ---- */

/* A pong that came through the send queue leaves the receive side free: further pings are held behind it. */
static void a_ping_behind_a_pong_on_the_send_side_is_held(void)
{
    struct action last;
    WEB_SOCKET_HANDLE client = holding("first", &last);
    struct action first;

    complete(client, &last);
    first = get_pong(client, ROLE_CLIENT, SEND_QUEUE, "first");
    receive(client, NULL, 0, NULL);
    feed_frame(client, ROLE_CLIENT, FIN | OP_PING, "second");
    feed_frame(client, ROLE_CLIENT, FIN | OP_PING, "third");
    feed_frame(client, ROLE_CLIENT, FIN | OP_TEXT, "message");
    expect_payload(client, UTF8_MESSAGE, "message", 7);
    next_action(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    complete(client, &first);
    take_pong(client, RECEIVE_QUEUE, "third");
    expect_no_action(client, RECEIVE_QUEUE);
}

/*
 * A peer that pings faster than pongs are written: at each turn of the writer another one is held. A message is sent in
 * spite of it, a pong between any two of its turns.
 */
static void held_pongs_and_a_message_take_turns(void)
{
    static const WEB_SOCKET_ACTION_QUEUE send_queues[] = {SEND_QUEUE, ALL_QUEUES};

    for (size_t q = 0; q < COUNT_OF(send_queues); q++) {
        static const WEB_SOCKET_ACTION turns[] = {
            WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, WEB_SOCKET_SEND_TO_NETWORK_ACTION,
            WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, WEB_SOCKET_SEND_TO_NETWORK_ACTION};
        struct action last;
        WEB_SOCKET_HANDLE client = holding("held", &last);
        struct stream ping = {NULL, 0};
        struct action reading;

        receive(client, NULL, 0, NULL);
        reading = next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        complete(client, &last);
        send_data(client, BINARY_MESSAGE, "short", 5, NULL);
        send_data(client, BINARY_MESSAGE, make_payload(LONG_SIZE), LONG_SIZE, NULL);
        stream_frame(&ping, ROLE_CLIENT, FIN | OP_PING, "held", 4);
        for (size_t i = 0; i < COUNT_OF(turns); i++) {
            struct action pong = get_pong(client, ROLE_CLIENT, send_queues[q], "held");
            struct action action;

            memcpy(reading.buffers[0].Data.pbBuffer, ping.bytes, ping.size);
            complete_with(client, &reading, (ULONG)ping.size);
            reading = next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
            complete(client, &pong);
            action = next_action(client, send_queues[q], turns[i]);
            assert_int_equal(action.type, BINARY_MESSAGE);
            complete(client, &action);
        }
    }
}

/* A message that is out already waits for no turn: then each held pong is returned as soon as the one before it is gone. */
static void held_pongs_take_no_turns_with_a_message_that_is_out(void)
{
    struct action last;
    WEB_SOCKET_HANDLE client = holding("first", &last);
    struct action reading;
    struct action pong;
    struct action message;
    struct stream ping = {NULL, 0};

    complete(client, &last);
    pong = get_pong(client, ROLE_CLIENT, SEND_QUEUE, "first");
    receive(client, NULL, 0, NULL);
    feed_frame(client, ROLE_CLIENT, FIN | OP_PING, "second");
    reading = next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    message = next_action(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    complete(client, &message);
    send_data(client, BINARY_MESSAGE, "short", 5, NULL);
    message = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    complete(client, &pong);
    pong = get_pong(client, ROLE_CLIENT, SEND_QUEUE, "second");
    stream_frame(&ping, ROLE_CLIENT, FIN | OP_PING, "third", 5);
    memcpy(reading.buffers[0].Data.pbBuffer, ping.bytes, ping.size);
    complete_with(client, &reading, (ULONG)ping.size);
    next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    complete(client, &pong);
    take_pong(client, SEND_QUEUE, "third");
    complete(client, &message);
}

/* Fetched through the receive queue it is that side's outstanding action. */
static void a_held_pong_on_the_receive_side_keeps_that_side_waiting(void)
{
    struct action last;
    WEB_SOCKET_HANDLE client = holding("held", &last);
    struct action pong;

    complete(client, &last);
    receive(client, NULL, 0, NULL);
    pong = get_pong(client, ROLE_CLIENT, RECEIVE_QUEUE, "held");
    expect_no_action(client, RECEIVE_QUEUE);
    next_action(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    complete(client, &pong);
    next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
}

static void a_short_frame_goes_out_beside_a_held_pong_on_the_send_side(void)
{
    struct action last;
    WEB_SOCKET_HANDLE client = holding("first", &last);
    struct action action;
    struct action pong;

    complete(client, &last);
    pong = get_pong(client, ROLE_CLIENT, SEND_QUEUE, "first");
    action = next_action(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    complete(client, &action);
    send_close(client, 1000, "bye", NULL);
    action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.type, CLOSE);
    complete(client, &action);
    complete(client, &pong);
}

/* ---- A failure or a close behind a held ping ---- */

static void a_held_pong_is_returned_after_a_failure_but_not_on_the_receive_queue(void)
{
    for (size_t q = 0; q < COUNT_OF(queues); q++) {
        WEB_SOCKET_HANDLE client = open_smallest_client();
        struct action piece = begin_long(client);

        receive(client, NULL, 0, NULL);
        feed_frame(client, ROLE_CLIENT, FIN | OP_PING, "held");
        feed_frame(client, ROLE_CLIENT, FIN | 0x3, "broken");
        expect_receive_failure(client, E_INVALID_PROTOCOL_FORMAT, 1002);
        for (unsigned i = 0; i < 2; i++) {
            complete(client, &piece);
            piece = next_piece(client);
        }
        complete(client, &piece);
        if (queues[q] == RECEIVE_QUEUE)
            expect_receive_failure(client, E_INVALID_PROTOCOL_FORMAT, 1002);
        else
            take_pong(client, queues[q], "held");
    }
}

static void a_pong_held_before_the_peers_close_is_still_returned(void)
{
    for (size_t q = 0; q < COUNT_OF(queues); q++) {
        WEB_SOCKET_HANDLE client = open_smallest_client();
        struct action piece = begin_long(client);
        struct stream in = {NULL, 0};

        receive(client, NULL, 0, NULL);
        stream_frame(&in, ROLE_CLIENT, FIN | OP_PING, "held", 4);
        stream_close(&in, ROLE_CLIENT, 1000, "bye");
        stream_frame(&in, ROLE_CLIENT, FIN | OP_PING, "never seen", 10);
        feed(client, in.bytes, in.size, 0);
        expect_close(client, 1000, "bye");
        for (unsigned i = 0; i < 2; i++) {
            complete(client, &piece);
            piece = next_piece(client);
        }
        complete(client, &piece);
        receive(client, NULL, 0, NULL); /* which only reads, and not before the pong */
        take_pong(client, queues[q], "held");
        next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    }
}

/* ---- A server ---- */

/* With room for one buffer a server's frame is of several actions as well. */
static void a_servers_frame_in_two_actions_is_not_broken_by_a_pong(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    struct stream in = {NULL, 0};
    struct action half;
    struct action pong;

    receive(server, NULL, 0, NULL);
    send_data(server, UTF8_MESSAGE, "Hello", 5, NULL);
    half = get_action(server, SEND_QUEUE, 1);
    assert_int_equal(action_size(&half), 2);
    stream_frame(&in, ROLE_SERVER, FIN | OP_PING, "held", 4);
    feed(server, in.bytes, in.size, 0);
    next_action(server, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    complete(server, &half);
    half = get_action(server, SEND_QUEUE, 1);
    assert_int_equal(half.type, UTF8_MESSAGE);
    assert_int_equal(action_size(&half), 5);
    complete(server, &half);
    pong = get_pong(server, ROLE_SERVER, SEND_QUEUE, "held");
    send_data(server, UTF8_MESSAGE, "again", 5, NULL);
    half = get_action(server, SEND_QUEUE, 1);
    assert_int_equal(half.action, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    complete(server, &half);
    complete(server, &pong);
    half = get_action(server, SEND_QUEUE, 1);
    assert_int_equal(half.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action_size(&half), 2);
}

const struct api_case ping_held_cases[] = {
    API_CASE(RULE_WIRE, a_frame_of_several_actions_is_never_broken_by_a_pong),
    API_CASE(RULE_NET, inside_such_a_frame_the_parser_goes_on),
    API_CASE(RULE_CHOICE, a_held_pong_survives_all_that_arrives_meanwhile),
    API_CASE(RULE_CHOICE, a_newer_ping_replaces_a_held_one),
    API_CASE(RULE_CHOICE, a_held_pong_is_returned_by_the_first_call_on_any_queue),
    API_CASE(RULE_CHOICE, a_held_pong_comes_before_anything_else),
    API_CASE(RULE_CHOICE, a_held_pong_is_returned_while_a_read_is_outstanding),
    API_CASE(RULE_CHOICE, a_pong_that_is_due_is_returned_although_no_operation_waits),
    API_CASE(RULE_CHOICE, a_cancelled_frame_lets_the_pong_go),
    API_CASE(RULE_CHOICE, a_held_pong_completed_with_another_count_is_dropped),
    API_CASE(RULE_DOC, an_abort_drops_a_held_pong),
    API_CASE(RULE_CHOICE, a_ping_behind_a_pong_on_the_send_side_is_held),
    API_CASE(RULE_CHOICE, held_pongs_and_a_message_take_turns),
    API_CASE(RULE_CHOICE, held_pongs_take_no_turns_with_a_message_that_is_out),
    API_CASE(RULE_DOC, a_held_pong_on_the_receive_side_keeps_that_side_waiting),
    API_CASE(RULE_CHOICE, a_short_frame_goes_out_beside_a_held_pong_on_the_send_side),
    API_CASE(RULE_CHOICE, a_held_pong_is_returned_after_a_failure_but_not_on_the_receive_queue),
    API_CASE(RULE_CHOICE, a_pong_held_before_the_peers_close_is_still_returned),
    API_CASE(RULE_CHOICE, a_servers_frame_in_two_actions_is_not_broken_by_a_pong),
    API_CASES_END,
};
