/*
 * After broken input, section 6 of the specification: what the failing call returns, and what still works.
 */
#include "api_tests.h"
#include "play.h"

/* An opcode that no extension gives a meaning, and text that is no UTF-8. */
static const struct {
    const char *row;
    unsigned first;
    const char *payload;
    USHORT status;
} breaks[] = {
    {"protocol error", FIN | 0x3, "", 1002},
    {"invalid payload", FIN | OP_TEXT, "\xFF", 1007},
};

/*
 * A session that has been given the broken frame, with one operation of this context waiting; not asked
 * since.
 */
static WEB_SOCKET_HANDLE given_broken(enum role role, size_t how, void *context)
{
    WEB_SOCKET_HANDLE handle = open_role(role, NULL);
    struct stream stream = {NULL, 0};

    receive(handle, NULL, 0, context);
    stream_frame(&stream, role, breaks[how].first, breaks[how].payload, strlen(breaks[how].payload));
    stream_frame(&stream, role, FIN | OP_TEXT, "never delivered", 15);
    feed(handle, stream.bytes, stream.size, 0);
    return handle;
}

/* Calls the function for both roles and both kinds of failure. */
static void for_each_break(void (*function)(enum role role, size_t how))
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++)
        for (size_t how = 0; how < COUNT_OF(breaks); how++)
            function(role, how);
}

/* ---- The failing call ---- */

static void expect_failing_outputs(enum role role, size_t how)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {RECEIVE_QUEUE, ALL_QUEUES};

    for (size_t i = 0; i < COUNT_OF(queues); i++) {
        for (ULONG room = 1; room <= 3; room++) {
            WEB_SOCKET_HANDLE handle = given_broken(role, how, NULL);
            struct action action = get_action(handle, queues[i], room);

            assert_result_for(breaks[how].row, E_INVALID_PROTOCOL_FORMAT, action.result);
            assert_int_equal(action.action, WEB_SOCKET_NO_ACTION);
            assert_null(action.context);
            assert_int_equal(action.type, CLOSE);
            assert_int_equal(action.count, 1);
            assert_int_equal(action.buffers[0].CloseStatus.usStatus, breaks[how].status);
            assert_null(action.buffers[0].CloseStatus.pbReason);
            assert_int_equal(action.buffers[0].CloseStatus.ulReasonLength, 0);
            assert_true(block_untouched(&action.buffers[1], sizeof action.buffers[1]));
        }
    }
}

static void a_failure_returns_the_close_status_for_the_peer(void)
{
    for_each_break(expect_failing_outputs);
}

static void send_suggestion(enum role role, size_t how)
{
    WEB_SOCKET_HANDLE handle = given_broken(role, how, NULL);
    struct action action = get_action(handle, RECEIVE_QUEUE, 1);
    struct stream sent = {NULL, 0};

    assert_result(E_INVALID_PROTOCOL_FORMAT, action.result);
    assert_result(S_OK, ws->Send(handle, action.type, &action.buffers[0], NULL));
    stream_output(&sent, handle);
    expect_close_frame(breaks[how].row, &sent, role, breaks[how].status, NULL);
    assert_int_equal(sent.size, 0);
}

static void the_suggested_close_can_be_handed_straight_to_send(void)
{
    for_each_break(send_suggestion);
}

static void fail_again_and_again(enum role role, size_t how)
{
    WEB_SOCKET_HANDLE handle = given_broken(role, how, NULL);

    for (unsigned i = 0; i < 5; i++) {
        struct action action = get_action(handle, ALL_QUEUES, 2);

        expect_receive_failure(handle, E_INVALID_PROTOCOL_FORMAT, breaks[how].status);
        assert_result(E_INVALID_PROTOCOL_FORMAT, action.result);
        assert_int_equal(action.buffers[0].CloseStatus.usStatus, breaks[how].status);
    }
}

static void the_first_failure_stays(void)
{
    for_each_break(fail_again_and_again);
}

/* ---- The send side ---- */

static void send_after_failure(enum role role, size_t how)
{
    WEB_SOCKET_HANDLE handle = given_broken(role, how, NULL);
    struct stream sent = {NULL, 0};

    expect_receive_failure(handle, E_INVALID_PROTOCOL_FORMAT, breaks[how].status);
    expect_no_action(handle, SEND_QUEUE);
    send_data(handle, UTF8_MESSAGE, "still here", 10, NULL);
    send_nothing(handle, PING_PONG, NULL);
    send_close(handle, 1008, "bye", NULL);
    stream_output(&sent, handle);
    expect_frame("data", &sent, role, FIN | OP_TEXT, "still here", 10);
    expect_frame("ping", &sent, role, FIN | OP_PING, NULL, 0);
    expect_close_frame("close", &sent, role, 1008, "bye");
    expect_receive_failure(handle, E_INVALID_PROTOCOL_FORMAT, breaks[how].status);
}

static void the_send_side_works_after_a_failure(void)
{
    for_each_break(send_after_failure);
}

static void a_frame_begun_before_the_failure_is_finished(void)
{
    WEB_SOCKET_HANDLE client = open_client(&(struct session_options){.send_buffer = 16});
    uint8_t *payload = make_payload(40);
    struct stream sent = {NULL, 0};
    struct stream in = {NULL, 0};
    struct action action;

    send_data(client, BINARY_MESSAGE, payload, 40, NULL);
    action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    stream_action(&sent, &action);
    receive(client, NULL, 0, NULL);
    stream_frame(&in, ROLE_CLIENT, FIN | 0x3, NULL, 0);
    feed(client, in.bytes, in.size, 0);
    expect_receive_failure(client, E_INVALID_PROTOCOL_FORMAT, 1002);
    complete(client, &action);
    stream_output(&sent, client);
    expect_frame("begun before", &sent, ROLE_CLIENT, FIN | OP_BINARY, payload, 40);
}

/* With ALL the send side comes first: the caller sees the failure when there is nothing to send. */
static void on_all_queues_the_send_side_comes_before_the_failure(void)
{
    WEB_SOCKET_HANDLE server = given_broken(ROLE_SERVER, 0, NULL);
    struct action action;

    expect_receive_failure(server, E_INVALID_PROTOCOL_FORMAT, 1002);
    send_close(server, 1002, NULL, NULL);
    action = next_action(server, ALL_QUEUES, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    complete(server, &action);
    action = next_action(server, ALL_QUEUES, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    complete(server, &action);
    action = get_action(server, ALL_QUEUES, 2);
    assert_result(E_INVALID_PROTOCOL_FORMAT, action.result);
}

/* ---- The receive side ---- */

static void receive_after_failure(enum role role, size_t how)
{
    WEB_SOCKET_HANDLE handle = given_broken(role, how, NULL);
    WEB_SOCKET_BUFFER own;

    expect_receive_failure(handle, E_INVALID_PROTOCOL_FORMAT, breaks[how].status);
    memset(&own, 0, sizeof own);
    own.Data.pbBuffer = heap_block(10);
    own.Data.ulBufferLength = 10;
    assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Receive(handle, NULL, NULL));
    assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Receive(handle, &own, NULL));
    expect_receive_failure(handle, E_INVALID_PROTOCOL_FORMAT, breaks[how].status);
}

static void after_a_failure_no_receive_is_queued(void)
{
    for_each_break(receive_after_failure);
}

static void abort_after_failure(enum role role, size_t how)
{
    int contexts[2];
    WEB_SOCKET_HANDLE handle = given_broken(role, how, &contexts[0]);

    receive(handle, heap_block(10), 10, &contexts[1]);
    expect_receive_failure(handle, E_INVALID_PROTOCOL_FORMAT, breaks[how].status);
    ws->AbortHandle(handle);
    assert_ptr_equal(expect_close(handle, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL), &contexts[0]);
    assert_ptr_equal(expect_close(handle, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL), &contexts[1]);
    expect_no_action(handle, RECEIVE_QUEUE);
    expect_no_action(handle, ALL_QUEUES);
}

static void an_abort_ends_the_failure_and_gives_the_operations_back(void)
{
    for_each_break(abort_after_failure);
}

static void good_frames_before_the_broken_one_are_delivered(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        static const struct event events[] = {EXPECT_DATA(UTF8_MESSAGE, "good"), EXPECT_ANSWER("ping"),
                                              EXPECT_DATA(BINARY_FRAGMENT, "better"), EXPECT_FAILURE(1002)};
        struct player player = {.row = role_name(role), .role = role};

        stream_frame(&player.stream, role, FIN | OP_TEXT, "good", 4);
        stream_frame(&player.stream, role, FIN | OP_PING, "ping", 4);
        stream_frame(&player.stream, role, OP_BINARY, "better", 6);
        stream_frame(&player.stream, role, FIN | OP_BINARY, "worse", 5);
        for (player.cut = 0; player.cut < 9; player.cut++) {
            play(&player);
            expect_events(&player, events, COUNT_OF(events));
        }
    }
}

/* Payload of the broken frame may lie in the caller's memory by then; it is not indicated. */
static void a_failure_indicates_nothing_of_the_broken_frame(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    uint8_t *own = heap_block(100);
    struct stream stream = {NULL, 0};

    receive(server, own, 100, NULL);
    stream_frame(&stream, ROLE_SERVER, FIN | OP_TEXT, "0123456789\xFF", 11);
    feed(server, stream.bytes, stream.size, 1);
    expect_receive_failure(server, E_INVALID_PROTOCOL_FORMAT, 1007);
    ws->AbortHandle(server);
    expect_close(server, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL);
    expect_no_action(server, RECEIVE_QUEUE);
}

/* ---- Pongs ---- */

/* A ping that came before the broken frame was answered, or is: only what follows is ignored. */
static void a_pong_outstanding_at_the_failure_can_be_completed(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    struct stream stream = {NULL, 0};
    struct action pong;

    receive(server, NULL, 0, NULL);
    stream_frame(&stream, ROLE_SERVER, FIN | OP_PING, "ping", 4);
    stream_frame(&stream, ROLE_SERVER, FIN | 0x3, NULL, 0);
    stream_frame(&stream, ROLE_SERVER, FIN | OP_PING, "never seen", 10);
    feed(server, stream.bytes, stream.size, 0);
    pong = next_action(server, RECEIVE_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    complete(server, &pong);
    expect_receive_failure(server, E_INVALID_PROTOCOL_FORMAT, 1002);
    expect_no_action(server, SEND_QUEUE);
}

const struct api_case receive_failure_cases[] = {
    API_CASE(RULE_CHOICE, a_failure_returns_the_close_status_for_the_peer),
    API_CASE(RULE_CHOICE, the_suggested_close_can_be_handed_straight_to_send),
    API_CASE(RULE_CHOICE, the_first_failure_stays),
    API_CASE(RULE_CHOICE, the_send_side_works_after_a_failure),
    API_CASE(RULE_CHOICE, a_frame_begun_before_the_failure_is_finished),
    API_CASE(RULE_CHOICE, on_all_queues_the_send_side_comes_before_the_failure),
    API_CASE(RULE_CHOICE, after_a_failure_no_receive_is_queued),
    API_CASE(RULE_NET, an_abort_ends_the_failure_and_gives_the_operations_back),
    API_CASE(RULE_CHOICE, good_frames_before_the_broken_one_are_delivered),
    API_CASE(RULE_CHOICE, a_failure_indicates_nothing_of_the_broken_frame),
    API_CASE(RULE_CHOICE, a_pong_outstanding_at_the_failure_can_be_completed),
    API_CASES_END,
};
