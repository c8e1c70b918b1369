/*
 * Shared by the tests of the action queue, see queue_steps.h.
 */
#include "queue_steps.h"

#include "faults.h"

uint8_t queue_contexts[8];
uint8_t hello[5] = {'H', 'e', 'l', 'l', 'o'};
struct ws_action_queue queue;

static uint8_t *area;
static uint8_t *send_area;

void open_queue(enum ws_send_mode mode)
{
    bool plain = mode == WS_SEND_PLAIN;
    area = block_new(RECEIVE_SIZE + WS_RECEIVE_SLACK);
    send_area = block_new((plain ? SEND_SIZE : WS_SEND_CONTROL_MAX) + WS_SEND_CONTROL_MAX);
    queue = (struct ws_action_queue){0};
    ws_receive_init(&queue.receive, area, RECEIVE_SIZE,
                    plain ? WS_FRAME_ALLOW_MASKED : WS_FRAME_ALLOW_UNMASKED, true);
    ws_send_init(&queue.send, send_area, SEND_SIZE, mode, false);
}

void close_queue(void)
{
    faults_end();
    ws_action_queue_free(&queue);
    free(area);
    free(send_area);
    queue = (struct ws_action_queue){0};
    area = send_area = NULL;
}

int server(void **state)
{
    (void)state;
    open_queue(WS_SEND_PLAIN);
    return 0;
}

int client(void **state)
{
    (void)state;
    open_queue(WS_SEND_MASKED);
    return 0;
}

int released(void **state)
{
    (void)state;
    close_queue();
    return 0;
}

void send_kind(enum ws_kind kind, uint8_t *bytes, uint32_t length, void *context)
{
    const struct ws_operation op = {.context = context,
                                    .bytes = bytes,
                                    .length = length,
                                    .kind = (uint8_t)kind,
                                    .status = kind == WS_CLOSE ? 1000 : 0};
    assert_int_equal(ws_action_queue_send(&queue, op), WS_OK);
}

void send_raw(uint8_t *bytes, uint32_t length, void *context)
{
    const struct ws_operation op = {
        .context = context, .bytes = bytes, .length = length, .kind = WS_EXTENSION, .first = RAW_FIRST};
    queue.send.extensions = true;
    assert_int_equal(ws_action_queue_send(&queue, op), WS_OK);
}

void send_hello(void *context)
{
    send_kind(WS_TEXT_MESSAGE, hello, sizeof hello, context);
}

void receive_into(uint8_t *bytes, uint32_t length, void *context)
{
    const struct ws_operation op = {.context = context, .bytes = bytes, .length = length};
    assert_int_equal(ws_action_queue_receive(&queue, op), WS_OK);
}

void receive(void *context)
{
    receive_into(NULL, 0, context);
}

struct ws_action next_with(unsigned sides, uint32_t room, enum ws_action_type type)
{
    struct ws_action action;
    memset(&action, BLOCK_POISON, sizeof action);
    assert_int_equal(ws_action_queue_next(&queue, sides, room, &action), WS_OK);
    assert_int_equal(action.type, type);
    assert_true((action.token == 0) == (type == WS_ACTION_NONE));
    return action;
}

struct ws_action next(unsigned sides, enum ws_action_type type)
{
    return next_with(sides, 2, type);
}

void expect_none(unsigned sides)
{
    struct ws_action action = next(sides, WS_ACTION_NONE);
    assert_false(action.has_context);
}

static uint32_t size_of(const struct ws_action *action)
{
    uint32_t size = 0;
    for (uint32_t i = 0; action->type == WS_ACTION_SEND_TO_NETWORK && i < action->pieces.count; i++)
        size += action->pieces.buffers[i].length;
    return size;
}

void complete(const struct ws_action *action)
{
    ws_action_queue_complete(&queue, action->token, size_of(action));
}

void complete_with(const struct ws_action *action, uint32_t bytes)
{
    ws_action_queue_complete(&queue, action->token, bytes);
}

void arrive(const void *bytes, uint32_t size)
{
    struct ws_action read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    assert_true(read.event.buffer.length >= size);
    memcpy(read.event.buffer.bytes, bytes, size);
    complete_with(&read, size);
}

void expect_indicated(unsigned sides, enum ws_action_type type, void *context)
{
    struct ws_action action = next(sides, type);
    assert_true(action.has_context);
    assert_ptr_equal(action.context, context);
    complete_with(&action, 0);
}

void expect_cancelled(unsigned sides, void *context)
{
    struct ws_action action = next(sides, WS_ACTION_INDICATE_RECEIVE_COMPLETE);
    assert_true(action.event.kind == WS_CLOSE && action.event.status == 1006);
    assert_true(action.event.buffer.bytes == NULL && action.event.buffer.length == 0);
    assert_ptr_equal(action.context, context);
    complete_with(&action, 0);
}

void expect_failure(unsigned sides, uint16_t status)
{
    struct ws_action action;
    memset(&action, BLOCK_POISON, sizeof action);
    assert_int_equal(ws_status_class(ws_action_queue_next(&queue, sides, 2, &action)),
                     status == WS_STATUS_INVALID_PAYLOAD ? WS_ERROR_TEXT : WS_ERROR_FORMAT);
    assert_true(action.type == WS_ACTION_NONE && action.token == 0 && action.event.status == status);
}

struct ws_action expect_pong(unsigned sides, const char *payload)
{
    struct ws_action action = next(sides, WS_ACTION_SEND_TO_NETWORK);
    size_t length = strlen(payload);
    assert_true(action.kind == WS_PING_PONG && !action.has_context && action.pieces.count == 1);
    assert_int_equal(action.pieces.buffers[0].length, 2 + length);
    assert_true(action.pieces.buffers[0].bytes[0] == 0x8A && action.pieces.buffers[0].bytes[1] == length);
    assert_memory_equal(action.pieces.buffers[0].bytes + 2, payload, length);
    return action;
}

struct ws_action ping_inside_a_frame(const char *ping_frame, uint32_t size, struct ws_action *read)
{
    send_hello(B);
    struct ws_action header = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    assert_true(header.pieces.count == 1 && header.pieces.buffers[0].length == 2);
    receive(A);
    arrive(ping_frame, size);
    *read = next(RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    return header;
}

void finish_frame(const struct ws_action *header)
{
    complete(header);
    struct ws_action payload = next_with(SEND, 1, WS_ACTION_SEND_TO_NETWORK);
    assert_ptr_equal(payload.pieces.buffers[0].bytes, hello);
    complete(&payload);
}
