/*
 * Pings, section 7 of the specification: pongs and frames of one action stand beside each other and never
 * wait.
 */
#include "api_tests.h"
#include "play.h"

#define SMALLEST                                                                                             \
    {                                                                                                        \
        .receive_buffer = 256, .send_buffer = 16                                                             \
    }

static WEB_SOCKET_HANDLE open_smallest(enum role role)
{
    return open_role(role, &(struct session_options)SMALLEST);
}

/* Gives the session, whose operation waits, a ping with 125 bytes. */
static void feed_ping(WEB_SOCKET_HANDLE handle, enum role role)
{
    struct stream ping = {NULL, 0};

    stream_frame(&ping, role, FIN | OP_PING, make_payload(125), 125);
    feed(handle, ping.bytes, ping.size, 0);
}

static struct action next_pong(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue)
{
    struct action action = get_action(handle, queue, 1);

    assert_result(S_OK, action.result);
    assert_int_equal(action.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.type, PING_PONG);
    assert_true(block_untouched(&action.application, sizeof action.application));
    return action;
}

static void expect_pong_bytes(enum role role, const struct action *action)
{
    struct stream sent = {NULL, 0};

    stream_action(&sent, action);
    expect_frame("pong", &sent, role, FIN | OP_PONG, make_payload(125), 125);
    assert_int_equal(sent.size, 0);
}

/*
 * Frames that are one action: of a client if they fit its send area, of a server always. Control frames
 * always.
 */
struct short_frame {
    const char *row;
    WEB_SOCKET_BUFFER_TYPE type;
    size_t size; /* for a client; a server's data is 1000 bytes */
    unsigned first;
};

static const struct short_frame short_frames[] = {
    {"text", UTF8_MESSAGE, 10, FIN | OP_TEXT},
    {"a binary fragment", BINARY_FRAGMENT, 9, OP_BINARY},
    {"an empty message", BINARY_MESSAGE, 0, FIN | OP_BINARY},
    {"a ping", PING_PONG, 0, FIN | OP_PING},
    {"a pong", UNSOLICITED_PONG, 0, FIN | OP_PONG},
    {"a close", CLOSE, 123, FIN | OP_CLOSE},
};

static size_t short_size(enum role role, const struct short_frame *frame)
{
    bool data = frame->type != CLOSE && frame->size > 0;

    return role == ROLE_SERVER && data ? 1000 : frame->size;
}

static void queue_short(WEB_SOCKET_HANDLE handle, enum role role, const struct short_frame *frame)
{
    char reason[123 + 1];

    memset(reason, 'r', 123);
    reason[123] = '\0';
    if (frame->type == CLOSE)
        send_close(handle, 1000, reason, NULL);
    else if (short_size(role, frame) == 0)
        send_nothing(handle, frame->type, NULL);
    else
        send_data(handle, frame->type, make_payload(short_size(role, frame)), short_size(role, frame), NULL);
}

static void expect_short_bytes(enum role role, const struct short_frame *frame, const struct action *action)
{
    struct stream sent = {NULL, 0};
    char reason[123 + 1];

    memset(reason, 'r', 123);
    reason[123] = '\0';
    stream_action(&sent, action);
    if (frame->type == CLOSE) {
        expect_close_frame(frame->row, &sent, role, 1000, reason);
    } else {
        size_t size = short_size(role, frame);

        expect_frame(frame->row, &sent, role, frame->first, make_payload(size), size);
    }
    assert_int_equal(sent.size, 0);
}

/*
 * Both actions are outstanding: the caller may write and complete them in either order, and both are intact.
 */
static void finish_both(WEB_SOCKET_HANDLE handle, enum role role, const struct short_frame *frame,
                        const struct action *pong, const struct action *action, bool pong_first)
{
    struct action last;

    expect_pong_bytes(role, pong);
    expect_short_bytes(role, frame, action);
    complete(handle, pong_first ? pong : action);
    if (pong_first)
        expect_short_bytes(role, frame, action);
    else
        expect_pong_bytes(role, pong);
    complete(handle, pong_first ? action : pong);
    last = next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    complete(handle, &last);
    expect_no_action(handle, SEND_QUEUE);
    next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
}

static void an_outstanding_pong_holds_back_no_frame_of_one_action(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t i = 0; i < COUNT_OF(short_frames); i++) {
            for (unsigned pong_first = 0; pong_first < 2; pong_first++) {
                WEB_SOCKET_HANDLE handle = open_smallest(role);
                struct action pong;
                struct action action;

                receive(handle, NULL, 0, NULL);
                feed_ping(handle, role);
                pong = next_pong(handle, RECEIVE_QUEUE);
                queue_short(handle, role, &short_frames[i]);
                action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
                finish_both(handle, role, &short_frames[i], &pong, &action, pong_first != 0);
            }
        }
    }
}

static void an_outstanding_frame_of_one_action_holds_back_no_pong(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {RECEIVE_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t i = 0; i < COUNT_OF(short_frames); i++) {
            for (unsigned pong_first = 0; pong_first < 2; pong_first++) {
                WEB_SOCKET_HANDLE handle = open_smallest(role);
                struct action pong;
                struct action action;

                receive(handle, NULL, 0, NULL);
                queue_short(handle, role, &short_frames[i]);
                action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
                feed_ping(handle, role);
                pong = next_pong(handle, queues[i % 2]);
                finish_both(handle, role, &short_frames[i], &pong, &action, pong_first != 0);
            }
        }
    }
}

/* What has no payload is one action even where the caller takes one buffer. */
static void with_room_for_one_buffer_a_server_sends_empty_frames_beside_a_pong(void)
{
    static const WEB_SOCKET_BUFFER_TYPE types[] = {UTF8_FRAGMENT, UTF8_MESSAGE, PING_PONG, UNSOLICITED_PONG,
                                                   CLOSE};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        WEB_SOCKET_HANDLE server = open_smallest(ROLE_SERVER);
        struct action pong;
        struct action action;

        receive(server, NULL, 0, NULL);
        feed_ping(server, ROLE_SERVER);
        pong = next_pong(server, RECEIVE_QUEUE);
        send_nothing(server, types[i], NULL);
        action = get_action(server, SEND_QUEUE, 1);
        assert_int_equal(action.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        assert_int_equal(action.type, types[i]);
        expect_pong_bytes(ROLE_SERVER, &pong);
    }
}

/* .NET's CloseOutputAsync holds the lock that the pong's completion needs. */
static void a_close_never_waits_for_a_pong(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        static const WEB_SOCKET_ACTION_QUEUE queues[] = {SEND_QUEUE, ALL_QUEUES};

        for (size_t i = 0; i < COUNT_OF(queues); i++) {
            WEB_SOCKET_HANDLE handle = open_smallest(role);
            struct action pong;
            struct action action;

            receive(handle, NULL, 0, NULL);
            feed_ping(handle, role);
            pong = next_pong(handle, RECEIVE_QUEUE);
            send_close(handle, 1000, "bye", NULL);
            action = next_action(handle, queues[i], WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            assert_int_equal(action.type, CLOSE);
            complete(handle, &action);
            action = next_action(handle, queues[i], WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
            complete(handle, &action);
            complete_with(handle, &pong, 0);
            next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        }
    }
}

static void any_number_of_short_frames_goes_out_beside_a_pong(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_smallest(role);
        struct action pong;

        receive(handle, NULL, 0, NULL);
        feed_ping(handle, role);
        pong = next_pong(handle, RECEIVE_QUEUE);
        for (unsigned i = 0; i < 5; i++) {
            queue_short(handle, role,
                        &short_frames[i]); /* the fragment is ended by the empty message behind it */
        }
        for (unsigned i = 0; i < 5; i++) {
            struct action action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);

            complete(handle, &action);
            action = next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
            complete(handle, &action);
        }
        expect_no_action(handle, SEND_QUEUE);
        expect_pong_bytes(role, &pong);
        complete(handle, &pong);
    }
}

static void a_second_ping_waits_until_the_first_pong_is_completed(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_smallest(role);
        struct stream in = {NULL, 0};
        struct stream sent = {NULL, 0};
        struct action pong;

        receive(handle, NULL, 0, NULL);
        stream_frame(&in, role, FIN | OP_PING, "one", 3);
        stream_frame(&in, role, FIN | OP_PING, "two", 3);
        feed(handle, in.bytes, in.size, 0);
        pong = next_pong(handle, RECEIVE_QUEUE);
        expect_no_action(handle, RECEIVE_QUEUE);
        expect_no_action(handle, SEND_QUEUE);
        expect_no_action(handle, ALL_QUEUES);
        stream_action(&sent, &pong);
        complete(handle, &pong);
        pong = next_pong(handle, RECEIVE_QUEUE);
        stream_action(&sent, &pong);
        complete(handle, &pong);
        expect_frame("one", &sent, role, FIN | OP_PONG, "one", 3);
        expect_frame("two", &sent, role, FIN | OP_PONG, "two", 3);
    }
}

const struct api_case ping_beside_cases[] = {
    API_CASE(RULE_NET, an_outstanding_pong_holds_back_no_frame_of_one_action),
    API_CASE(RULE_NET, an_outstanding_frame_of_one_action_holds_back_no_pong),
    API_CASE(RULE_CHOICE, with_room_for_one_buffer_a_server_sends_empty_frames_beside_a_pong),
    API_CASE(RULE_NET, a_close_never_waits_for_a_pong),
    API_CASE(RULE_NET, any_number_of_short_frames_goes_out_beside_a_pong),
    API_CASE(RULE_CHOICE, a_second_ping_waits_until_the_first_pong_is_completed),
    API_CASES_END,
};
