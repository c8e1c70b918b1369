/*
 * The receive loop of a careful caller, with all that the specification says about each action asserted on
 * the way.
 */
#include "play.h"

#include "api_tests.h"

/* The operation that waits, and where the stream stands. */
struct turn {
    struct player *player;
    uint8_t *own; /* memory of the waiting operation, NULL: none */
    int context;  /* its address is the operation's context */
    size_t given;
};

static ULONG receive_buffer(const struct player *player)
{
    return player->options.receive_buffer != 0 ? player->options.receive_buffer : 4096;
}

static bool lies_in(const uint8_t *bytes, size_t length, const uint8_t *memory, size_t size)
{
    return memory != NULL && bytes >= memory && length <= size && (size_t)(bytes - memory) <= size - length;
}

/* Section 3: library memory lies inside ALLOCATED_BUFFER, and no buffer is longer than the larger area. */
static void check_library_memory(const struct turn *turn, const WEB_SOCKET_BUFFER *buffer)
{
    const struct session_options *options = &turn->player->options;
    const uint8_t *bytes = buffer->Data.pbBuffer;
    ULONG length = buffer->Data.ulBufferLength;
    ULONG limit = receive_buffer(turn->player);

    assert_non_null(bytes);
    assert_that(length <= limit, "%s: %lu bytes of library memory", turn->player->row, (unsigned long)length);
    assert_that(!lies_in(bytes, 1, turn->own, turn->player->own), "%s: in the caller's memory",
                turn->player->row);
    if (options->memory != NULL) {
        assert_that(lies_in(bytes, length, options->memory, options->memory_size),
                    "%s: outside ALLOCATED_BUFFER", turn->player->row);
    }
}

static struct event *new_event(const struct turn *turn, enum event_kind kind, const void *bytes, size_t size)
{
    struct player *player = turn->player;
    struct event *event = &player->events[player->count++];

    assert_true(player->count <= EVENTS_MAX);
    memset(event, 0, sizeof *event);
    event->kind = kind;
    event->bytes = size > 0 ? heap_copy(bytes, size) : NULL;
    event->size = size;
    event->given = turn->given;
    return event;
}

static void on_failure(const struct turn *turn, const struct action *action)
{
    assert_result_for(turn->player->row, E_INVALID_PROTOCOL_FORMAT, action->result);
    assert_int_equal(action->action, WEB_SOCKET_NO_ACTION);
    assert_null(action->context);
    assert_int_equal(action->count, 1);
    assert_int_equal(action->type, CLOSE);
    assert_null(action->buffers[0].CloseStatus.pbReason);
    assert_int_equal(action->buffers[0].CloseStatus.ulReasonLength, 0);
    new_event(turn, EVENT_FAILURE, NULL, 0)->status = action->buffers[0].CloseStatus.usStatus;
}

/* Gives bytes of the stream to the session; false if there are no more. */
static bool on_read(struct turn *turn, const struct action *action)
{
    const struct player *player = turn->player;
    uint8_t *to = action->buffers[0].Data.pbBuffer;
    ULONG offered = action->buffers[0].Data.ulBufferLength;
    size_t count = player->stream.size - turn->given;

    assert_int_equal(action->count, 1);
    assert_int_equal(action->type, 0);
    assert_int_not_equal(offered, 0);
    if (!lies_in(to, offered, turn->own, player->own))
        check_library_memory(turn, &action->buffers[0]);
    if (count == 0)
        return false;
    if (player->cut != 0 && count > player->cut)
        count = player->cut;
    if (turn->given < player->first && count > player->first - turn->given)
        count = player->first - turn->given;
    if (count > offered)
        count = offered;
    memcpy(to, player->stream.bytes + turn->given, count);
    turn->given += count;
    complete_with(player->handle, action, (ULONG)count);
    return true;
}

static void on_pong(const struct turn *turn, const struct action *action)
{
    struct stream sent = {NULL, 0};
    struct frame frame;

    assert_int_equal(action->count, 1);
    assert_int_equal(action->type, PING_PONG);
    assert_true(block_untouched(&action->application, sizeof action->application));
    check_library_memory(turn, &action->buffers[0]);
    stream_action(&sent, action);
    frame = read_frame(sent.bytes, sent.size);
    assert_int_equal(frame.total, sent.size);
    assert_int_equal(frame.first, FIN | OP_PONG);
    assert_int_equal(frame.masked, turn->player->role == ROLE_CLIENT);
    new_event(turn, EVENT_ANSWER, frame.payload, frame.size);
    complete(turn->player->handle, action);
}

static void on_indication(struct turn *turn, const struct action *action)
{
    struct player *player = turn->player;
    const WEB_SOCKET_BUFFER *buffer = &action->buffers[0];

    assert_int_equal(action->count, 1);
    if (action->type == CLOSE) {
        ULONG length = buffer->CloseStatus.ulReasonLength;

        if (length == 0)
            assert_null(buffer->CloseStatus.pbReason);
        else
            check_library_memory(turn, buffer);
        new_event(turn, EVENT_CLOSE, buffer->CloseStatus.pbReason, length)->status =
            buffer->CloseStatus.usStatus;
    } else {
        ULONG length = buffer->Data.ulBufferLength;

        assert_non_null(buffer->Data.pbBuffer);
        if (player->own == 0 || action->type == PING_PONG) {
            check_library_memory(turn, buffer);
        } else {
            assert_true(length <= player->own);
            assert_that(length == 0 || buffer->Data.pbBuffer == turn->own, "%s: not in the caller's memory",
                        player->row);
        }
        new_event(turn, EVENT_DATA, buffer->Data.pbBuffer, length)->type = action->type;
    }
    complete(player->handle, action);
}

/* One action; false when the play is over. */
static bool step(struct turn *turn, bool *waiting)
{
    struct player *player = turn->player;
    struct action action = get_action(player->handle, RECEIVE_QUEUE, 1);

    if (action.result != S_OK) {
        on_failure(turn, &action);
        return false;
    }
    assert_that(action.action != WEB_SOCKET_NO_ACTION, "%s: NO_ACTION while an operation waits", player->row);
    assert_non_null(action.context);
    assert_true(block_untouched(&action.buffers[1], sizeof action.buffers[1]));
    if (action.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION) {
        on_pong(turn, &action);
        return true;
    }
    assert_ptr_equal(action.application, &turn->context);
    if (action.action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
        return on_read(turn, &action);
    assert_int_equal(action.action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    on_indication(turn, &action);
    *waiting = false;
    return action.type != CLOSE;
}

void play(struct player *player)
{
    struct turn turn = {player, NULL, 0, 0};
    bool waiting = false;

    player->handle = open_role(player->role, &player->options);
    player->count = 0;
    do {
        if (!waiting) {
            turn.own = player->own > 0 ? heap_block(player->own) : NULL;
            receive(player->handle, turn.own, player->own, &turn.context);
            waiting = true;
        }
    } while (step(&turn, &waiting));
}

HRESULT first_failure(enum role role, const struct stream *stream)
{
    WEB_SOCKET_HANDLE handle = open_role(role, NULL);
    struct feeder feeder = feeder_start(handle, stream->bytes, stream->size, 0);
    struct action action;

    receive(handle, NULL, 0, NULL);
    for (;;) {
        action = feeder_next(&feeder);
        if (action.result != S_OK || feeder.reading || action.action == WEB_SOCKET_NO_ACTION)
            return action.result;
        complete(handle, &action);
        if (action.action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION) {
            if (action.type == CLOSE)
                return S_OK;
            receive(handle, NULL, 0, NULL);
        }
    }
}

static const char *kind_name(enum event_kind kind)
{
    static const char *const names[] = {"data", "close", "answer", "failure"};

    return names[kind];
}

void expect_events(const struct player *player, const struct event *events, size_t count)
{
    for (size_t i = 0; i < count && i < player->count; i++) {
        const struct event *seen = &player->events[i];
        const struct event *wanted = &events[i];

        assert_that(seen->kind == wanted->kind, "%s: event %u is %s, expected %s", player->row, (unsigned)i,
                    kind_name(seen->kind), kind_name(wanted->kind));
        assert_that(seen->type == wanted->type, "%s: event %u has type %08X, expected %08X", player->row,
                    (unsigned)i, (unsigned)seen->type, (unsigned)wanted->type);
        assert_that(seen->status == wanted->status, "%s: event %u has status %u, expected %u", player->row,
                    (unsigned)i, seen->status, wanted->status);
        assert_that(seen->size == wanted->size, "%s: event %u has %u bytes, expected %u", player->row,
                    (unsigned)i, (unsigned)seen->size, (unsigned)wanted->size);
        assert_that(seen->size == 0 || memcmp(seen->bytes, wanted->bytes, seen->size) == 0,
                    "%s: event %u has other bytes", player->row, (unsigned)i);
    }
    assert_that(player->count == count, "%s: %u events, expected %u", player->row, (unsigned)player->count,
                (unsigned)count);
}
