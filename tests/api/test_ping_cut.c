/*
 * Pings, section 7 of the specification: a message never waits for a pong. Where its frame would take several actions and
 * a pong is outstanding, it goes out in fragments of one action. What cannot be cut waits, and is next.
 */
#include "api_tests.h"
#include "play.h"

#define SIZE 100u

/* Sessions whose frames of SIZE bytes take several actions, with so much room in the call. */
static const struct scene {
    const char *row;
    enum role role;
    struct session_options options;
    ULONG room;
    size_t fragment; /* the payload of one action */
} scenes[] = {
    {"client, 16", ROLE_CLIENT, {.receive_buffer = 256, .send_buffer = 16}, 2, 16 - 6},
    {"client, 64", ROLE_CLIENT, {.receive_buffer = 256, .send_buffer = 64}, 1, 64 - 6},
    {"unmasked client", ROLE_CLIENT, {.send_buffer = 20, .disable_masking = true}, 1, 20 - 6},
    {"server", ROLE_SERVER, {.receive_buffer = 256}, 1, 16 - 2},
    {"server, 50", ROLE_SERVER, {.send_buffer = 50}, 1, 50 - 2},
};

static const struct {
    WEB_SOCKET_BUFFER_TYPE type;
    unsigned first;
} kinds[] = {{UTF8_MESSAGE, FIN | OP_TEXT},
             {UTF8_FRAGMENT, OP_TEXT},
             {BINARY_MESSAGE, FIN | OP_BINARY},
             {BINARY_FRAGMENT, OP_BINARY}};

static const WEB_SOCKET_ACTION_QUEUE send_queues[] = {SEND_QUEUE, ALL_QUEUES};

/* ---- Helpers ---- */

/* A session with an operation that waits, and a pong outstanding: the pong's bytes are intact at the end. */
static WEB_SOCKET_HANDLE open_with_pong(const struct scene *scene, struct action *pong)
{
    WEB_SOCKET_HANDLE handle = open_role(scene->role, &scene->options);

    receive(handle, NULL, 0, NULL);
    feed_frame(handle, scene->role, FIN | OP_PING, "ping");
    *pong = get_pong(handle, scene->role, RECEIVE_QUEUE, "ping");
    return handle;
}

/* The next action is a piece of an operation of this type. */
static struct action next_piece(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue, ULONG room,
                                WEB_SOCKET_BUFFER_TYPE type)
{
    struct action action = get_action(handle, queue, room);

    assert_result(S_OK, action.result);
    assert_int_equal(action.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.type, type);
    return action;
}

/* It is a whole frame in one buffer, with these bytes; completed. */
static void take_fragment(const struct scene *scene, WEB_SOCKET_HANDLE handle, struct action piece,
                          unsigned first, const uint8_t *payload, size_t size)
{
    struct stream sent = {NULL, 0};

    assert_int_equal(piece.count, 1);
    stream_action(&sent, &piece);
    expect_frame(scene->row, &sent, scene->role, first, payload, size);
    assert_int_equal(sent.size, 0);
    complete(handle, &piece);
}

static void take_indication(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue)
{
    struct action action = next_action(handle, queue, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);

    complete(handle, &action);
}

/* All that the send queue has until its indication, which is completed. */
static void take_rest(const struct scene *scene, WEB_SOCKET_HANDLE handle, struct stream *sent)
{
    struct action action;

    for (;;) {
        action = get_action(handle, SEND_QUEUE, scene->room);
        assert_result(S_OK, action.result);
        if (action.action != WEB_SOCKET_SEND_TO_NETWORK_ACTION)
            break;
        stream_action(sent, &action);
        complete(handle, &action);
    }
    assert_int_equal(action.action, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    complete(handle, &action);
}

/* ---- A message ---- */

/* One fragment beside the pong, and when that is completed the rest, which is one frame. */
static void a_message_does_not_wait_for_a_pong_in(const struct scene *scene, size_t kind,
                                                  WEB_SOCKET_ACTION_QUEUE queue)
{
    const WEB_SOCKET_BUFFER_TYPE type = kinds[kind].type;
    uint8_t *payload = make_payload(SIZE);
    struct stream sent = {NULL, 0};
    struct action pong;
    WEB_SOCKET_HANDLE handle = open_with_pong(scene, &pong);
    struct action piece;

    send_data(handle, type, payload, SIZE, NULL);
    piece = next_piece(handle, queue, scene->room, type);
    expect_no_action(handle, queue);
    take_fragment(scene, handle, piece, kinds[kind].first & ~FIN, payload, scene->fragment);
    stream_action(&sent, &pong); /* still as it was */
    expect_frame(scene->row, &sent, scene->role, FIN | OP_PONG, "ping", 4);
    complete(handle, &pong);
    take_rest(scene, handle, &sent);
    expect_frame(scene->row, &sent, scene->role, kinds[kind].first & FIN, payload + scene->fragment,
                 SIZE - scene->fragment);
    assert_int_equal(sent.size, 0);
}

static void a_message_does_not_wait_for_a_pong(void)
{
    for (size_t i = 0; i < COUNT_OF(scenes); i++)
        for (size_t kind = 0; kind < COUNT_OF(kinds); kind++)
            for (size_t q = 0; q < COUNT_OF(send_queues); q++)
                a_message_does_not_wait_for_a_pong_in(&scenes[i], kind, send_queues[q]);
}

/* Frames of this role that are one binary message when joined, and nothing else. */
static void expect_message(const struct scene *scene, struct stream sent, const uint8_t *payload, size_t size)
{
    size_t done = 0;

    for (unsigned count = 0; sent.size > 0; count++) {
        struct frame frame = read_frame(sent.bytes, sent.size);

        assert_int_equal(frame.masked, scene->role == ROLE_CLIENT);
        assert_true(done + frame.size <= size);
        assert_int_equal(frame.first,
                         (count == 0 ? OP_BINARY : OP_CONTINUATION) | (done + frame.size == size ? FIN : 0));
        assert_memory_equal(frame.payload, payload + done, frame.size);
        done += frame.size;
        sent.bytes += frame.total;
        sent.size -= frame.total;
    }
    assert_int_equal(done, size);
}

/*
 * A peer that pings without pause: a pong is outstanding each time the writer asks, and each time the writer gets a part
 * of its message. `written`: the pongs are written meanwhile, or the first is stuck for ever.
 */
static void a_flood_of_pings_costs_no_turn_in(const struct scene *scene, bool written)
{
    uint8_t *payload = make_payload(SIZE);
    struct stream sent = {NULL, 0};
    struct action pong;
    WEB_SOCKET_HANDLE handle = open_with_pong(scene, &pong);

    send_data(handle, BINARY_MESSAGE, payload, SIZE, NULL);
    for (size_t turn = 0; turn * scene->fragment < SIZE; turn++) {
        struct action piece = next_piece(handle, SEND_QUEUE, scene->room, BINARY_MESSAGE);

        if (written) {
            complete(handle, &pong);
            feed_frame(handle, scene->role, FIN | OP_PING, "next");
            pong = get_pong(handle, scene->role, RECEIVE_QUEUE, "next");
        }
        stream_action(&sent, &piece);
        complete(handle, &piece);
    }
    take_indication(handle, SEND_QUEUE);
    expect_no_action(handle, SEND_QUEUE);
    expect_message(scene, sent, payload, SIZE);
}

static void a_flood_of_pings_costs_a_message_no_turn(void)
{
    for (size_t i = 0; i < COUNT_OF(scenes); i++)
        a_flood_of_pings_costs_no_turn_in(&scenes[i], true);
}

static void a_pong_that_is_never_written_costs_a_message_no_turn(void)
{
    for (size_t i = 0; i < COUNT_OF(scenes); i++)
        a_flood_of_pings_costs_no_turn_in(&scenes[i], false);
}

/* Only then: without a pong a message is one frame, and one that is one action is not cut. */
static void what_need_not_be_cut_is_whole(void)
{
    for (size_t i = 0; i < COUNT_OF(scenes); i++) {
        const struct scene *scene = &scenes[i];
        WEB_SOCKET_HANDLE handle = open_role(scene->role, &scene->options);
        uint8_t *payload = make_payload(SIZE);
        struct stream sent = {NULL, 0};
        struct action pong;

        send_data(handle, BINARY_MESSAGE, payload, SIZE, NULL);
        take_rest(scene, handle, &sent);
        expect_frame(scene->row, &sent, scene->role, FIN | OP_BINARY, payload, SIZE);
        assert_int_equal(sent.size, 0);

        handle = open_with_pong(scene, &pong);
        for (size_t size = 0; size <= scene->fragment; size++) {
            send_data(handle, UTF8_MESSAGE, payload, size, NULL);
            take_fragment(scene, handle, next_piece(handle, SEND_QUEUE, scene->room, UTF8_MESSAGE),
                          FIN | OP_TEXT, payload, size);
            take_indication(handle, SEND_QUEUE);
        }
    }
}

/* With room for two buffers a server refers to the caller's payload, whatever its length. */
static void a_server_with_room_for_two_buffers_cuts_nothing(void)
{
    static const struct scene scene = {"server, two buffers", ROLE_SERVER, {.receive_buffer = 256}, 2, 0};
    uint8_t *payload = make_payload(100000);
    struct stream sent = {NULL, 0};
    struct action pong;
    WEB_SOCKET_HANDLE server = open_with_pong(&scene, &pong);
    struct action action;

    send_data(server, BINARY_MESSAGE, payload, 100000, NULL);
    action = next_piece(server, SEND_QUEUE, 2, BINARY_MESSAGE);
    assert_ptr_equal(action.buffers[1].Data.pbBuffer, payload);
    stream_action(&sent, &action);
    expect_frame("whole", &sent, ROLE_SERVER, FIN | OP_BINARY, payload, 100000);
}

/* The caller's own fragments, of which each is cut: one message still. */
static void the_callers_fragments_are_cut_as_well(void)
{
    for (size_t i = 0; i < COUNT_OF(scenes); i++) {
        const struct scene *scene = &scenes[i];
        const size_t size = scene->fragment + 1;
        uint8_t *payload = make_payload(3 * size);
        struct action pong;
        WEB_SOCKET_HANDLE handle = open_with_pong(scene, &pong);

        for (unsigned part = 0; part < 3; part++)
            send_data(handle, part < 2 ? UTF8_FRAGMENT : UTF8_MESSAGE, payload + part * size, size, NULL);
        for (unsigned part = 0; part < 3; part++) {
            const WEB_SOCKET_BUFFER_TYPE type = part < 2 ? UTF8_FRAGMENT : UTF8_MESSAGE;

            take_fragment(scene, handle, next_piece(handle, SEND_QUEUE, scene->room, type),
                          part == 0 ? OP_TEXT : OP_CONTINUATION, payload + part * size, scene->fragment);
            take_fragment(scene, handle, next_piece(handle, SEND_QUEUE, scene->room, type),
                          (part < 2 ? 0 : FIN) | OP_CONTINUATION, payload + part * size + scene->fragment, 1);
            take_indication(handle, SEND_QUEUE);
        }
    }
}

/* The rest of a message is a frame of several actions like any other. */
static void the_rest_of_a_cut_message_is_not_broken_by_a_pong(void)
{
    const struct scene *scene = &scenes[0];
    uint8_t *payload = make_payload(SIZE);
    struct stream sent = {NULL, 0};
    struct action pong;
    WEB_SOCKET_HANDLE client = open_with_pong(scene, &pong);
    struct action piece;

    send_data(client, BINARY_MESSAGE, payload, SIZE, NULL);
    take_fragment(scene, client, next_piece(client, SEND_QUEUE, 2, BINARY_MESSAGE), OP_BINARY, payload,
                  scene->fragment);
    complete(client, &pong);
    piece = next_piece(client, SEND_QUEUE, 2, BINARY_MESSAGE);
    feed_frame(client, ROLE_CLIENT, FIN | OP_PING, "held");
    next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    for (unsigned i = 0; i < 6; i++) { /* 6 of header and 90 of payload are six actions */
        assert_int_equal(piece.type, BINARY_MESSAGE);
        stream_action(&sent, &piece);
        complete(client, &piece);
        piece = get_action(client, SEND_QUEUE, 2);
    }
    expect_frame("rest", &sent, ROLE_CLIENT, FIN | OP_CONTINUATION, payload + scene->fragment,
                 SIZE - scene->fragment);
    assert_int_equal(sent.size, 0);
    assert_int_equal(piece.type, PING_PONG);
}

/* ---- A message that does not come to its end ---- */

static void a_cut_message_completed_with_another_count_is_cancelled(void)
{
    for (size_t i = 0; i < COUNT_OF(scenes); i++) {
        for (unsigned fragments = 1; fragments <= 2; fragments++) {
            const struct scene *scene = &scenes[i];
            uint8_t *payload = make_payload(2 * SIZE);
            struct action pong;
            WEB_SOCKET_HANDLE handle = open_with_pong(scene, &pong);
            struct action piece;

            send_data(handle, BINARY_MESSAGE, payload, 2 * SIZE, NULL);
            send_data(handle, UTF8_MESSAGE, payload + 1, SIZE, NULL);
            for (unsigned k = 0; k < fragments; k++) {
                piece = next_piece(handle, SEND_QUEUE, scene->room, BINARY_MESSAGE);
                complete_with(handle, &piece, action_size(&piece) - (k + 1 == fragments ? 1 : 0));
            }
            take_indication(handle, send_queues[i % 2]);
            take_fragment(scene, handle, next_piece(handle, SEND_QUEUE, scene->room, UTF8_MESSAGE), OP_TEXT,
                          payload + 1, scene->fragment);
            complete(handle, &pong);
        }
    }
}

static void an_abort_ends_a_cut_message(void)
{
    for (size_t i = 0; i < COUNT_OF(scenes); i++) {
        for (unsigned completed = 0; completed < 2; completed++) {
            const struct scene *scene = &scenes[i];
            struct action pong;
            WEB_SOCKET_HANDLE handle = open_with_pong(scene, &pong);
            struct action piece;

            send_data(handle, BINARY_MESSAGE, make_payload(SIZE), SIZE, NULL);
            piece = next_piece(handle, SEND_QUEUE, scene->room, BINARY_MESSAGE);
            if (completed != 0)
                complete(handle, &piece);
            ws->AbortHandle(handle);
            if (completed == 0) {
                expect_no_action(handle, SEND_QUEUE);
                complete(handle, &piece);
            }
            take_indication(handle, ALL_QUEUES);
            expect_close(handle, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL);
            complete(handle, &pong);
            expect_no_action(handle, ALL_QUEUES);
        }
    }
}

/* ---- What cannot be cut ---- */

#define RAW_FIRST (FIN | RSV1 | OP_BINARY)

static void send_raw(WEB_SOCKET_HANDLE handle, const uint8_t *payload)
{
    send_data(handle, (WEB_SOCKET_BUFFER_TYPE)(RAW_FIRST << 1), payload, SIZE, NULL);
}

/* The same sessions with an extension. */
static struct scene extended(size_t i)
{
    struct scene scene = scenes[i];

    scene.options.extension = "x";
    return scene;
}

static void expect_no_send(const struct scene *scene, WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue)
{
    struct action action = get_action(handle, queue, scene->room);

    assert_result(S_OK, action.result);
    assert_int_equal(action.action, WEB_SOCKET_NO_ACTION);
}

static void expect_raw(const struct scene *scene, WEB_SOCKET_HANDLE handle, const uint8_t *payload)
{
    struct stream sent = {NULL, 0};

    take_rest(scene, handle, &sent);
    expect_frame(scene->row, &sent, scene->role, RAW_FIRST, payload, SIZE);
    assert_int_equal(sent.size, 0);
}

static void a_raw_frame_waits_for_a_pong(void)
{
    for (size_t i = 0; i < COUNT_OF(scenes); i++) {
        const struct scene scene = extended(i);
        uint8_t *payload = make_payload(SIZE);
        struct action pong;
        WEB_SOCKET_HANDLE handle = open_with_pong(&scene, &pong);

        send_raw(handle, payload);
        for (size_t q = 0; q < COUNT_OF(send_queues); q++)
            expect_no_send(&scene, handle, send_queues[q]);
        complete(handle, &pong);
        expect_raw(&scene, handle, payload);
    }
}

/* No other pong before it has begun: the ping is held. */
static void a_raw_frame_that_waits_is_next(void)
{
    for (size_t i = 0; i < COUNT_OF(scenes); i++) {
        const struct scene scene = extended(i);
        uint8_t *payload = make_payload(SIZE);
        struct stream in = {NULL, 0};
        struct stream sent = {NULL, 0};
        WEB_SOCKET_HANDLE handle = open_role(scene.role, &scene.options);
        struct action pong;
        struct action piece;

        receive(handle, NULL, 0, NULL);
        stream_frame(&in, scene.role, FIN | OP_PING, "first", 5);
        stream_frame(&in, scene.role, FIN | OP_PING, "second", 6);
        stream_frame(&in, scene.role, FIN | OP_TEXT, "message", 7);
        feed(handle, in.bytes, in.size, 0);
        pong = get_pong(handle, scene.role, RECEIVE_QUEUE, "first");
        send_raw(handle, payload);
        expect_no_send(&scene, handle, SEND_QUEUE);
        complete(handle, &pong);
        expect_payload(handle, UTF8_MESSAGE, "message", 7);
        do {
            piece = get_action(handle, send_queues[i % 2], scene.room);
            if (piece.type == PING_PONG)
                break;
            assert_int_equal(piece.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            stream_action(&sent, &piece);
            complete(handle, &piece);
        } while (true);
        expect_frame(scene.row, &sent, scene.role, RAW_FIRST, payload, SIZE);
        assert_int_equal(sent.size, 0);
        stream_action(&sent, &piece);
        expect_frame(scene.row, &sent, scene.role, FIN | OP_PONG, "second", 6);
        complete(handle, &piece);
        take_indication(handle, SEND_QUEUE);
    }
}

/* The caller may never ask the send side again, and the peer may wait for the pong before it sends anything. */
static void a_pong_goes_before_it_where_the_receive_side_could_only_read(void)
{
    for (size_t i = 0; i < COUNT_OF(scenes); i++) {
        const struct scene scene = extended(i);
        uint8_t *payload = make_payload(SIZE);
        struct action pong;
        WEB_SOCKET_HANDLE handle = open_with_pong(&scene, &pong);

        send_raw(handle, payload);
        expect_no_send(&scene, handle, SEND_QUEUE);
        complete(handle, &pong);
        feed_frame(handle, scene.role, FIN | OP_PING, "another");
        pong = get_pong(handle, scene.role, RECEIVE_QUEUE, "another");
        expect_no_action(handle, RECEIVE_QUEUE);
        expect_no_send(&scene, handle, SEND_QUEUE);
        complete(handle, &pong);
        next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        expect_raw(&scene, handle, payload);
    }
}

const struct api_case ping_cut_cases[] = {
    API_CASE(RULE_CHOICE, a_message_does_not_wait_for_a_pong),
    API_CASE(RULE_NET, a_flood_of_pings_costs_a_message_no_turn),
    API_CASE(RULE_NET, a_pong_that_is_never_written_costs_a_message_no_turn),
    API_CASE(RULE_CHOICE, what_need_not_be_cut_is_whole),
    API_CASE(RULE_CHOICE, a_server_with_room_for_two_buffers_cuts_nothing),
    API_CASE(RULE_CHOICE, the_callers_fragments_are_cut_as_well),
    API_CASE(RULE_CHOICE, the_rest_of_a_cut_message_is_not_broken_by_a_pong),
    API_CASE(RULE_CHOICE, a_cut_message_completed_with_another_count_is_cancelled),
    API_CASE(RULE_CHOICE, an_abort_ends_a_cut_message),
    API_CASE(RULE_CHOICE, a_raw_frame_waits_for_a_pong),
    API_CASE(RULE_CHOICE, a_raw_frame_that_waits_is_next),
    API_CASE(RULE_CHOICE, a_pong_goes_before_it_where_the_receive_side_could_only_read),
    API_CASES_END,
};
