/*
 * The places where memory and random bytes are asked for, each with enough of everything around it for a
 * mistake to show, see scenarios.h.
 */
#include "scenarios.h"

#include <stdio.h>

#include "../api/api_tests.h"
#include "../api/play.h"

/*
 * More than the table's first part has. It grows in the first run only, and never shrinks. While it cannot,
 * the places of deleted handles are used.
 */
static void many_handles(void)
{
    enum { MANY = 3000 };
    static WEB_SOCKET_HANDLE handles[MANY];

    for (int i = 0; i < 10; i++)
        delete_handle(create_client(NULL));
    for (int i = 0; i < MANY; i++)
        handles[i] = create_server(NULL);
    for (int i = 0; i < MANY; i++)
        assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Receive(handles[i], NULL, NULL));
    for (int i = 0; i < MANY; i++)
        for (int k = 0; k < i && i % 100 == 0; k++)
            assert_true(handles[i] != handles[k]);
}

/* The queues grow while their heads move, so that they are copied from every place. */
static void long_queues(void)
{
    static char contexts[600];
    WEB_SOCKET_HANDLE server = open_server(NULL);
    size_t in = 0, out = 0;

    while (in < sizeof contexts) {
        for (int i = 0; i < 3 && in < sizeof contexts; i++, in++)
            send_data(server, BINARY_MESSAGE, &contexts[in], 1, &contexts[in]);
        struct action action = next_action(server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        assert_ptr_equal(action.buffers[1].Data.pbBuffer, &contexts[out]);
        complete(server, &action);
        action = next_action(server, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
        assert_ptr_equal(action.application, &contexts[out++]);
        complete(server, &action);
    }
    for (size_t i = 0; i < sizeof contexts; i++)
        receive(server, NULL, 0, &contexts[i]);
    ws->AbortHandle(server);
    for (size_t i = 0; i < sizeof contexts + sizeof contexts - out; i++) {
        struct action action = get_action(server, ALL_QUEUES, 2);

        assert_ptr_equal(action.application, i < sizeof contexts - out
                                                 ? &contexts[out + i]
                                                 : &contexts[i - (sizeof contexts - out)]);
        complete(server, &action);
    }
    expect_no_action(server, ALL_QUEUES);
}

/*
 * A call of this queue whose ping has to be kept, in front of data and inside a message of several actions.
 */
static void keep_ping(enum role role, WEB_SOCKET_ACTION_QUEUE queue)
{
    WEB_SOCKET_HANDLE handle = open_role(role, &(struct session_options){.send_buffer = 16});
    uint8_t *payload = make_payload(40);
    struct stream in = {NULL, 0}, out = {NULL, 0};
    struct action piece, read, action;

    stream_frame(&in, role, FIN | OP_PING, "first", 5);
    stream_frame(&in, role, OP_TEXT, "frag", 4);
    stream_frame(&in, role, FIN | OP_PING, "second", 6);
    stream_frame(&in, role, FIN | OP_CONTINUATION, "ment", 4);
    send_data(handle, BINARY_MESSAGE, payload, 40, NULL);
    piece = get_action(handle, SEND_QUEUE, 1); /* header and payload are two actions of a server, too */
    assert_int_equal(piece.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    stream_action(&out, &piece);
    receive(handle, NULL, 0, NULL);
    receive(handle, NULL, 0, NULL);
    read = next_action(handle, queue, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    memcpy(read.buffers[0].Data.pbBuffer, in.bytes, in.size);
    complete_with(handle, &read, (ULONG)in.size);

    action = next_action(handle, queue, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    expect_indication(handle, &action, UTF8_FRAGMENT, "frag", 4);
    action = next_action(handle, queue, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    expect_indication(handle, &action, UTF8_MESSAGE, "ment", 4);
    complete(handle, &piece);
    stream_output(&out, handle);
    expect_frame("message", &out, role, FIN | OP_BINARY, payload, 40);
    expect_frame("pong", &out, role, FIN | OP_PONG, "second", 6);
    assert_int_equal(out.size, 0);
}

static void kept_pings(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        keep_ping(role, RECEIVE_QUEUE);
        keep_ping(role, ALL_QUEUES);
    }
}

/* A ping came and its pong is outstanding. Another receive waits. */
static struct action outstanding_pong(WEB_SOCKET_HANDLE handle, enum role role)
{
    struct stream in = {NULL, 0};

    stream_frame(&in, role, FIN | OP_PING, "first", 5);
    receive(handle, NULL, 0, NULL);
    feed(handle, in.bytes, in.size, 0);
    return next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
}

/* Whether one key is the other, or as that stands after some bytes. */
static bool is_turned(const uint8_t *key, const uint8_t *other)
{
    bool any = false;
    for (int by = 0; by < 4; by++) {
        int i = 0;
        while (i < 4 && key[i] == other[(i + by) % 4])
            i++;
        any = any || i == 4;
    }
    return any;
}

/* Each fragment of a message that is cut beside a pong has a key of its own. */
static void cut_messages(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, &(struct session_options){.send_buffer = 16});
        const size_t most = role == ROLE_CLIENT ? 10 : 14; /* behind the header */
        uint8_t *payload = make_payload(40);
        struct action pong = outstanding_pong(handle, role);
        struct stream out = {NULL, 0};
        uint8_t last_key[4] = {0};

        send_data(handle, BINARY_MESSAGE, payload, 40, NULL);
        for (size_t at = 0; at < 40; at += most) {
            struct action piece = get_action(handle, SEND_QUEUE, 1);
            assert_int_equal(piece.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            stream_action(&out, &piece);
            complete(handle, &piece);
            if (role == ROLE_CLIENT) {
                assert_false(is_turned(out.bytes + 2, last_key));
                memcpy(last_key, out.bytes + 2, sizeof last_key);
            }
            expect_frame("fragment", &out, role,
                         (at + most < 40 ? 0 : FIN) | (at == 0 ? OP_BINARY : OP_CONTINUATION), payload + at,
                         at + most < 40 ? most : 40 - at);
            assert_int_equal(out.size, 0);
        }
        complete(handle, &pong);
    }
}

/* A close of two actions waits for a pong; a ping that comes then is kept, and answered where nothing can be done but read. */
static void waiting_closes(void)
{
    WEB_SOCKET_HANDLE server = open_server(&(struct session_options){.send_buffer = 16});
    struct action pong = outstanding_pong(server, ROLE_SERVER);
    struct stream in = {NULL, 0}, out = {NULL, 0};
    struct action action;

    send_close(server, 1000, "reason", NULL);
    action = get_action(server, SEND_QUEUE, 1);
    assert_int_equal(action.action, WEB_SOCKET_NO_ACTION);
    complete(server, &pong);
    stream_frame(&in, ROLE_SERVER, FIN | OP_PING, "second", 6);
    feed(server, in.bytes, in.size, 0);
    action = next_action(server, RECEIVE_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    stream_action(&out, &action);
    expect_frame("pong", &out, ROLE_SERVER, FIN | OP_PONG, "second", 6);
    complete(server, &action);
    for (int i = 0; i < 2; i++) {
        action = get_action(server, SEND_QUEUE, 1);
        assert_int_equal(action.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        stream_action(&out, &action);
        complete(server, &action);
    }
    expect_frame("close", &out, ROLE_SERVER, FIN | OP_CLOSE, "\x03\xE8reason", 8);
}

/*
 * More frames than one drawing of random bytes has keys for; every one has the payload that it should have.
 */
static void many_keys(void)
{
    WEB_SOCKET_HANDLE client = open_client(NULL);

    for (int i = 0; i < 600; i++) {
        struct stream sent = {NULL, 0}, in = {NULL, 0};
        struct action action;

        send_data(client, UTF8_MESSAGE, "Hello", 5, NULL);
        stream_output(&sent, client);
        expect_frame("message", &sent, ROLE_CLIENT, FIN | OP_TEXT, "Hello", 5);

        stream_frame(&in, ROLE_CLIENT, FIN | OP_PING, "ping", 4);
        receive(client, NULL, 0, NULL);
        feed(client, in.bytes, in.size, 0);
        action = next_action(client, RECEIVE_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        stream_action(&sent, &action);
        complete(client, &action);
        expect_frame("pong", &sent, ROLE_CLIENT, FIN | OP_PONG, "ping", 4);
        feed(client, "\x82", 1, 0);
        feed(client, "", 1, 0);
        expect_payload(client, BINARY_MESSAGE, "", 0);
    }
}

const struct api_case scenarios_cases[] = {
    API_CASE(RULE_CHOICE, many_handles),
    API_CASE(RULE_CHOICE, long_queues),
    API_CASE(RULE_CHOICE, kept_pings),
    API_CASE(RULE_CHOICE, cut_messages),
    API_CASE(RULE_CHOICE, waiting_closes),
    API_CASE(RULE_CHOICE, many_keys),
    API_CASES_END,
};
