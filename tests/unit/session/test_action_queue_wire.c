/*
 * White-box test of action_queue.c by what it puts on the wire: "a frame that takes several actions is never broken by
 * another frame", and "a message never waits for a pong", whatever is asked, with whatever room for buffers, and completed,
 * in whatever order. Both sides of a session run by chance; what was sent is then read by the reference decoder.
 */
#include "unit.h"

#include "frames/frame.h"
#include "reference_decoder.h"
#include "session/action_queue.h"
#include "streams.h"

enum { SENDS = 60, ARRIVALS = 80, LARGEST = 100, RECEIVE_SIZE = 256, SEND_SIZE = 16, PING_SIZE = 4 };

struct sent {
    bool can_be_cut;
    uint8_t first;
    uint32_t length;
    uint8_t payload[LARGEST];
};

struct session {
    uint64_t chance;
    enum ws_send_mode mode;
    struct ws_action_queue queue;
    uint8_t *area;
    uint8_t *send_area;

    struct sent sends[SENDS]; /* in the order of their calls */
    unsigned send_count;
    uint8_t message; /* the opcode of the message that they leave unfinished */
    unsigned sends_waiting;
    uint32_t handed_out; /* payload bytes of the first that waits, as its frames' headers count them */
    size_t frame_left;   /* bytes of its current frame that are still to be handed out */
    bool next_in_line;   /* it waits for a pong, and no other may go before it */
    unsigned cuts;       /* fragments that were made of them */
    unsigned receives_waiting;
    unsigned received;

    struct stream incoming; /* messages and numbered pings */
    size_t fed;
    unsigned messages;
    uint32_t pings;

    struct ws_action outstanding[3];
    unsigned outstanding_count;
    struct stream wire;
};

static bool masked_peer(const struct session *session)
{
    return session->mode == WS_SEND_PLAIN;
}

/* What the peer sends: pings that carry their number, and messages. */
static void make_incoming(struct session *session)
{
    for (unsigned i = 0; i < ARRIVALS; i++) {
        uint8_t frame[6 + LARGEST] = {0};
        bool ping = i + 1 == ARRIVALS || chance_below(&session->chance, 3) > 0;
        uint8_t length = ping ? PING_SIZE : (uint8_t)chance_below(&session->chance, LARGEST);
        size_t header = masked_peer(session) ? 6 : 2; /* with the key 0 */

        frame[0] = ping ? 0x89 : 0x82;
        frame[1] = (uint8_t)(length | (masked_peer(session) ? 0x80 : 0));
        if (ping) {
            session->pings++;
            frame[header + 2] = (uint8_t)(session->pings >> 8);
            frame[header + 3] = (uint8_t)session->pings;
        } else {
            session->messages++;
        }
        stream_add(&session->incoming, frame, header + length);
    }
}

static void open_session(struct session *session, enum ws_send_mode mode, uint64_t seed)
{
    bool server = mode == WS_SEND_PLAIN;
    *session = (struct session){.chance = seed, .mode = mode};
    session->area = block_new(RECEIVE_SIZE + WS_RECEIVE_SLACK);
    session->send_area = block_new((server ? SEND_SIZE : WS_SEND_CONTROL_MAX) + WS_SEND_CONTROL_MAX);
    ws_receive_init(&session->queue.receive, session->area, RECEIVE_SIZE,
                    server ? WS_FRAME_ALLOW_MASKED : WS_FRAME_ALLOW_UNMASKED, true);
    ws_send_init(&session->queue.send, session->send_area, SEND_SIZE, mode, true);
    make_incoming(session);
}

static void close_session(struct session *session)
{
    ws_action_queue_free(&session->queue);
    free(session->area);
    free(session->send_area);
    free(session->incoming.bytes);
    free(session->wire.bytes);
}

/* A text or binary message, or a fragment of one. */
static void make_message(struct session *session, struct ws_operation *op, struct sent *sent)
{
    bool final = chance_below(&session->chance, 2) == 0;
    uint8_t opcode = session->message ? session->message : (uint8_t)(1 + chance_below(&session->chance, 2));
    op->kind = opcode == 1 ? (final ? WS_TEXT_MESSAGE : WS_TEXT_FRAGMENT)
                           : (final ? WS_BINARY_MESSAGE : WS_BINARY_FRAGMENT);
    sent->first = (uint8_t)((final ? 0x80 : 0) | (session->message ? 0 : opcode));
    sent->can_be_cut = true;
    session->message = final ? 0 : opcode;
}

static void queue_send(struct session *session)
{
    if (session->send_count == SENDS)
        return;
    struct sent *sent = &session->sends[session->send_count];
    struct ws_operation op = {.context = sent, .bytes = sent->payload};

    sent->length = chance_below(&session->chance, LARGEST + 1);
    switch (chance_below(&session->chance, 8)) {
    case 0:
        op.kind = WS_PING_PONG;
        sent->first = 0x89;
        sent->length = 0;
        break;
    case 1:
        op.kind = WS_UNSOLICITED_PONG;
        sent->first = 0x8A;
        sent->length = 0;
        break;
    case 2: /* an extension's frame, or inside a message its control frame */
        op.kind = WS_EXTENSION;
        op.first = sent->first = session->message ? 0x8B : 0xC2;
        break;
    default:
        make_message(session, &op, sent);
    }
    op.length = sent->length;
    for (uint32_t i = 0; i < sent->length; i++)
        sent->payload[i] = (uint8_t)chance_next(&session->chance);
    assert_int_equal(ws_action_queue_send(&session->queue, op), WS_OK);
    session->send_count++;
    session->sends_waiting++;
}

static void queue_receive(struct session *session)
{
    if (session->receives_waiting >= 3)
        return;
    assert_int_equal(ws_action_queue_receive(&session->queue, (struct ws_operation){0}), WS_OK);
    session->receives_waiting++;
}

/* Which kinds of actions are outstanding. */
static bool outstanding(const struct session *session, enum ws_action_type first, enum ws_action_type second,
                        bool pong)
{
    for (unsigned i = 0; i < session->outstanding_count; i++) {
        const struct ws_action *action = &session->outstanding[i];
        if ((action->type == first || action->type == second) && pong == !action->has_context)
            return true;
    }
    return false;
}

static bool pong_is_out(const struct session *session)
{
    return outstanding(session, WS_ACTION_SEND_TO_NETWORK, WS_ACTION_NONE, true);
}

static bool send_is_out(const struct session *session)
{
    return outstanding(session, WS_ACTION_SEND_TO_NETWORK, WS_ACTION_INDICATE_SEND_COMPLETE, false);
}

static const struct sent *first_that_waits(const struct session *session)
{
    return &session->sends[session->send_count - session->sends_waiting];
}

/* Whether the first that waits is a frame that cannot be cut, and takes more than one action with so much room. */
static bool cannot_go_beside_a_pong(const struct session *session, uint32_t room)
{
    const struct sent *sent = first_that_waits(session);
    if (sent->can_be_cut)
        return false;
    if (session->mode == WS_SEND_PLAIN || (session->mode == WS_SEND_ZERO_KEY && sent->first != 0x8B))
        return room == 1 && sent->length > 0;
    return sent->first != 0x8B && 2 + 4 + sent->length > SEND_SIZE;
}

/* The only reasons for a side to have nothing to do: above all, a message does not wait for a pong. */
static void check_no_action(struct session *session, unsigned sides, uint32_t room)
{
    if (sides & WS_SIDE_SEND && session->sends_waiting > 0 && !send_is_out(session)) {
        assert_true(pong_is_out(session) && session->handed_out == 0);
        assert_true(cannot_go_beside_a_pong(session, room));
        session->next_in_line = true;
    }
    if (sides & WS_SIDE_RECEIVE)
        assert_true(
            session->receives_waiting == 0 || pong_is_out(session) ||
            outstanding(session, WS_ACTION_RECEIVE_FROM_NETWORK, WS_ACTION_INDICATE_RECEIVE_COMPLETE, false));
}

/* A piece of the first that waits; where it begins a frame, a whole one beside a pong, and all that is left otherwise. */
static void check_piece(struct session *session, const struct ws_action *action)
{
    const struct sent *sent = first_that_waits(session);
    size_t size = action->pieces.buffers[0].length;
    if (action->pieces.count == 2)
        size += action->pieces.buffers[1].length;

    session->next_in_line = false;
    if (session->frame_left > 0) {
        assert_true(!pong_is_out(session) && size <= session->frame_left);
        session->frame_left -= size;
        return;
    }
    struct ws_frame frame;
    assert_int_equal(
        ws_frame_decode(action->pieces.buffers[0].bytes, action->pieces.buffers[0].length,
                        WS_FRAME_ALLOW_EXTENSION | WS_FRAME_ALLOW_MASKED | WS_FRAME_ALLOW_UNMASKED, &frame),
        WS_FRAME_COMPLETE);
    uint32_t left = sent->length - session->handed_out;
    assert_true(frame.length == left || (pong_is_out(session) && sent->can_be_cut && frame.length < left));
    session->cuts += frame.length < left;
    session->handed_out += (uint32_t)frame.length;
    session->frame_left = frame.size + (size_t)frame.length - size;
    assert_true(!pong_is_out(session) || session->frame_left == 0);
}

/* A pong goes before what is next in line only where the receive side could do nothing but read. */
static void check_pong(const struct session *session, unsigned sides)
{
    assert_true(session->frame_left == 0 && !pong_is_out(session));
    if (!session->next_in_line)
        return;
    struct ws_receive copy = session->queue.receive;
    struct ws_receive_event event;
    assert_int_equal(sides, WS_SIDE_RECEIVE);
    assert_int_equal(ws_receive_next(&copy, (struct ws_buffer){NULL, 0}, &event), WS_RECEIVE_READ);
}

static void take(struct session *session, const struct ws_action *action, unsigned sides, uint32_t room)
{
    if (action->type == WS_ACTION_NONE) {
        check_no_action(session, sides, room);
        return;
    }
    if (action->type == WS_ACTION_SEND_TO_NETWORK) {
        assert_true(action->pieces.count <= room);
        if (action->has_context)
            check_piece(session, action);
        else
            check_pong(session, sides);
    }
    assert_true(session->outstanding_count < 3);
    session->outstanding[session->outstanding_count++] = *action;
}

/*
 * Section 8: without room for a buffer, what has none is returned as ever, and what would have one is refused, and
 * nothing changed. Returns whether the same is to be asked for with room for two.
 */
static bool ask_without_room(struct session *session, unsigned sides)
{
    struct ws_action action;
    uint8_t before[sizeof session->queue];
    uint8_t *area = block_copy(session->area, RECEIVE_SIZE + WS_RECEIVE_SLACK);

    memcpy(before, &session->queue, sizeof before);
    enum ws_status status = ws_action_queue_next(&session->queue, sides, 0, &action);
    if (status != WS_OK || action.type == WS_ACTION_NONE) {
        assert_true(status == WS_OK || status == WS_WHY_BUFFER_COUNT_ZERO);
        assert_true(action.type == WS_ACTION_NONE && action.token == 0);
        assert_memory_equal(before, &session->queue, sizeof before);
        assert_memory_equal(area, session->area, RECEIVE_SIZE + WS_RECEIVE_SLACK);
    } else {
        assert_int_equal(action.type, WS_ACTION_INDICATE_SEND_COMPLETE);
        take(session, &action, sides, 0);
    }
    free(area);
    return status != WS_OK;
}

static void ask(struct session *session, unsigned sides, uint32_t room)
{
    struct ws_action action;
    const bool refused = room == 0 && ask_without_room(session, sides);
    if (room == 0 && !refused && chance_below(&session->chance, 2) == 0)
        return;
    if (room == 0)
        room = 2;
    assert_int_equal(ws_action_queue_next(&session->queue, sides, room, &action), WS_OK);
    assert_true(!refused ||
                (action.type != WS_ACTION_NONE && action.type != WS_ACTION_INDICATE_SEND_COMPLETE));
    take(session, &action, sides, room);
}

/* Gives some of the incoming bytes to a read; false if there are none. */
static bool give(struct session *session, const struct ws_action *read)
{
    size_t left = session->incoming.size - session->fed;
    if (left == 0)
        return false;
    size_t count = 1 + chance_below(&session->chance, 60);
    count = count < left ? count : left;
    count = count < read->event.buffer.length ? count : read->event.buffer.length;
    memcpy(read->event.buffer.bytes, session->incoming.bytes + session->fed, count);
    session->fed += count;
    ws_action_queue_complete(&session->queue, read->token, (uint32_t)count);
    return true;
}

static void put_on_wire(struct session *session, const struct ws_action *action)
{
    uint32_t size = 0;
    for (uint32_t i = 0; i < action->pieces.count; i++) {
        stream_add(&session->wire, action->pieces.buffers[i].bytes, action->pieces.buffers[i].length);
        size += action->pieces.buffers[i].length;
    }
    ws_action_queue_complete(&session->queue, action->token, size);
}

/* Completes one of the outstanding actions. */
static void complete(struct session *session, unsigned index)
{
    const struct ws_action action = session->outstanding[index];
    switch (action.type) {
    case WS_ACTION_RECEIVE_FROM_NETWORK:
        if (!give(session, &action))
            return;
        break;
    case WS_ACTION_SEND_TO_NETWORK:
        put_on_wire(session, &action);
        break;
    case WS_ACTION_INDICATE_SEND_COMPLETE:
        assert_ptr_equal(action.context, &session->sends[session->send_count - session->sends_waiting]);
        assert_true(session->handed_out == first_that_waits(session)->length && session->frame_left == 0);
        session->handed_out = 0;
        session->sends_waiting--;
        ws_action_queue_complete(&session->queue, action.token, 0);
        break;
    case WS_ACTION_INDICATE_RECEIVE_COMPLETE:
        assert_int_equal(action.event.kind, WS_BINARY_MESSAGE);
        session->received++;
        session->receives_waiting--;
        ws_action_queue_complete(&session->queue, action.token, 0);
        break;
    case WS_ACTION_NONE:
        break;
    }
    session->outstanding[index] = session->outstanding[--session->outstanding_count];
}

static bool is_done(const struct session *session)
{
    return session->send_count == SENDS && session->sends_waiting == 0 &&
           session->fed == session->incoming.size && session->received == session->messages &&
           !outstanding(session, WS_ACTION_SEND_TO_NETWORK, WS_ACTION_NONE, true);
}

static void run(struct session *session)
{
    for (unsigned steps = 0; !is_done(session); steps++) {
        assert_true(steps < 100000);
        uint32_t choice = chance_below(&session->chance, 16);
        if (choice == 0)
            queue_send(session);
        else if (choice == 1)
            queue_receive(session);
        else if (choice < 9)
            ask(session, 1 + chance_below(&session->chance, 3), chance_below(&session->chance, 3));
        else if (session->outstanding_count > 0)
            complete(session, chance_below(&session->chance, session->outstanding_count));
    }
    /* The last ping may have been parsed in the last step, and be held no longer. */
    queue_receive(session);
    for (unsigned i = 0; i < 10; i++) {
        ask(session, WS_SIDE_ALL, 2);
        for (unsigned j = session->outstanding_count; j > 0; j--)
            complete(session, j - 1);
    }
}

static uint32_t ping_number(const struct reference_frame *frame)
{
    return (uint32_t)frame->payload[2] << 8 | frame->payload[3];
}

/*
 * All that was sent is there, whole and in order, a message perhaps in fragments; each pong answers a later ping than the
 * one before, the last the last.
 */
static void check_wire(const struct session *session)
{
    const struct reference_rules rules = {.extension = true,
                                          .masked = session->mode != WS_SEND_PLAIN,
                                          .unmasked = session->mode == WS_SEND_PLAIN};
    struct reference wire = reference_decode(session->wire.bytes, session->wire.size, rules);
    unsigned sends = 0;
    uint32_t joined = 0; /* bytes of the current send in the frames before */
    bool begun = false;
    uint32_t answered = 0;

    assert_int_equal(wire.state, REFERENCE_OPEN);
    assert_int_equal(wire.complete, wire.count);
    for (size_t i = 0; i < wire.complete; i++) {
        const struct reference_frame *frame = &wire.frames[i];
        if (frame->kind == REFERENCE_PONG && frame->length == PING_SIZE) {
            assert_true(ping_number(frame) > answered);
            answered = ping_number(frame);
            continue;
        }
        assert_true(sends < SENDS);
        const struct sent *sent = &session->sends[sends];
        assert_true(joined + frame->length <= sent->length);
        assert_memory_equal(frame->payload, sent->payload + joined, (size_t)frame->length);
        joined += (uint32_t)frame->length;
        const bool last = joined == sent->length;
        assert_int_equal(frame->first, (begun ? sent->first & 0xF0 : sent->first) & (last ? 0xFF : 0x7F));
        begun = !last;
        if (last) {
            joined = 0;
            sends++;
        }
    }
    assert_int_equal(sends, SENDS);
    assert_int_equal(answered, session->pings);
    reference_free(&wire);
}

static void no_frame_is_ever_broken(enum ws_send_mode mode)
{
    static struct session session;
    unsigned cuts = 0;
    for (uint64_t seed = 1; seed <= 150; seed++) {
        open_session(&session, mode, seed);
        run(&session);
        check_wire(&session);
        cuts += session.cuts;
        close_session(&session);
    }
    assert_true(cuts > 100);
}

static void a_servers_frames_are_never_broken(void **state)
{
    (void)state;
    no_frame_is_ever_broken(WS_SEND_PLAIN);
}

static void a_clients_frames_are_never_broken(void **state)
{
    (void)state;
    no_frame_is_ever_broken(WS_SEND_MASKED);
}

static void an_unmasked_clients_frames_are_never_broken(void **state)
{
    (void)state;
    no_frame_is_ever_broken(WS_SEND_ZERO_KEY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_servers_frames_are_never_broken),
        cmocka_unit_test(a_clients_frames_are_never_broken),
        cmocka_unit_test(an_unmasked_clients_frames_are_never_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
