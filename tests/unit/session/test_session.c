/*
 * White-box tests of session.c: sections 2 and 3 of the specification. The handshake's own rules are
 * tested with the handshake; here it is a door that opens or does not.
 */
#include "unit.h"

#include "faults.h"
#include "frames/frame.h"
#include "session/session.h"

static const struct ws_client_offer NO_OFFER = {NULL, 0, NULL, 0};
static const struct ws_server_choice NO_CHOICE = {NULL, NULL, 0};
static const struct ws_client_selection NO_SELECTION = {NULL, NULL, NULL};

struct headers {
    WEB_SOCKET_HTTP_HEADER *array;
    uint32_t count;
};

static struct ws_session *new_session(bool server, uint32_t receive_size, uint32_t send_size, uint8_t *memory)
{
    const struct ws_session_options options = {
        .server = server, .receive_size = receive_size, .send_size = send_size, .memory = memory};
    struct ws_session *session = ws_session_create(&options);
    assert_non_null(session);
    return session;
}

static struct ws_session *small(bool server)
{
    return new_session(server, 256, 16, NULL);
}

/* The calls of the handshake. Outputs are poisoned; a failure leaves them alone. */

static enum ws_status begin_client(struct ws_session *session, struct headers *headers)
{
    struct headers before;
    memset(headers, BLOCK_POISON, sizeof *headers);
    before = *headers;
    enum ws_status status =
        ws_session_begin_client(session, &NO_OFFER, NULL, 0, &headers->array, &headers->count);
    if (status != WS_OK)
        assert_true(headers->array == before.array && headers->count == before.count);
    return status;
}

/* A request with what the client's Begin made; NULL: one that is refused. */
static enum ws_status begin_server(struct ws_session *session, const struct headers *request,
                                   struct headers *headers)
{
    WEB_SOCKET_HTTP_HEADER all[8] = {{(PCHAR)(uintptr_t) "Host", 4, (PCHAR)(uintptr_t) "a", 1}};
    struct headers before;
    uint32_t count = 1;

    memset(headers, BLOCK_POISON, sizeof *headers);
    before = *headers;
    for (; request && count <= request->count; count++)
        all[count] = request->array[count - 1];
    enum ws_status status =
        ws_session_begin_server(session, &NO_CHOICE, all, count, &headers->array, &headers->count);
    if (status != WS_OK)
        assert_true(headers->array == before.array && headers->count == before.count);
    return status;
}

static enum ws_status end_client(struct ws_session *session, const struct headers *response)
{
    return ws_session_end_client(session, response->array, response->count, &NO_SELECTION);
}

/* A response that the client must refuse. */
static enum ws_status end_client_wrongly(struct ws_session *session)
{
    const WEB_SOCKET_HTTP_HEADER header = {(PCHAR)(uintptr_t) "Upgrade", 7, (PCHAR)(uintptr_t) "no", 2};
    return ws_session_end_client(session, &header, 1, &NO_SELECTION);
}

/* Both sides, with the handshake as far as both have begun it. */
struct pair {
    struct ws_session *client;
    struct ws_session *server;
    struct headers request;
    struct headers response;
};

static struct pair begun(struct ws_session *client, struct ws_session *server)
{
    struct pair pair = {.client = client, .server = server};
    assert_int_equal(begin_client(client, &pair.request), WS_OK);
    assert_int_equal(begin_server(server, &pair.request, &pair.response), WS_OK);
    return pair;
}

static struct pair opened(struct ws_session *client, struct ws_session *server)
{
    struct pair pair = begun(client, server);
    assert_int_equal(end_client(client, &pair.response), WS_OK);
    assert_int_equal(ws_session_end_server(server), WS_OK);
    return pair;
}

static void free_pair(const struct pair *pair)
{
    ws_session_free(pair->client);
    ws_session_free(pair->server);
}

/* Phases */

static enum ws_status open_queue(struct ws_session *session)
{
    struct ws_action_queue *queue;
    return ws_session_queue(session, &queue);
}

/* Section 2: "A handshake call of the other role, or in a wrong state: E_INVALID_PROTOCOL_OPERATION." */
static void refuse_the_client(struct ws_session *session, const struct headers *response)
{
    struct headers headers;
    assert_int_equal(ws_status_class(begin_client(session, &headers)), WS_ERROR_OPERATION);
    assert_int_equal(ws_status_class(end_client(session, response)), WS_ERROR_OPERATION);
}

static void refuse_the_server(struct ws_session *session, const struct headers *request)
{
    struct headers headers;
    assert_int_equal(ws_status_class(begin_server(session, request, &headers)), WS_ERROR_OPERATION);
}

static void each_phase_takes_its_calls_only(void **state)
{
    (void)state;
    struct ws_session *client = small(false);
    struct ws_session *server = small(true);
    const struct headers none = {NULL, 0};
    struct headers headers;

    /* created */
    assert_int_equal(ws_status_class(end_client(client, &none)), WS_ERROR_OPERATION);
    refuse_the_server(client, &none);
    assert_int_equal(ws_status_class(ws_session_end_server(client)), WS_ERROR_OPERATION);
    assert_int_equal(ws_status_class(open_queue(client)), WS_ERROR_OPERATION);
    assert_null(ws_session_open_queue(client));
    refuse_the_client(server, &none);
    assert_int_equal(ws_status_class(ws_session_end_server(server)), WS_ERROR_OPERATION);
    assert_int_equal(ws_status_class(open_queue(server)), WS_ERROR_OPERATION);
    assert_null(ws_session_open_queue(server));

    /* handshaking */
    struct pair pair = begun(client, server);
    assert_int_equal(ws_status_class(begin_client(client, &headers)), WS_ERROR_OPERATION);
    refuse_the_server(client, &pair.request);
    assert_int_equal(ws_status_class(ws_session_end_server(client)), WS_ERROR_OPERATION);
    assert_int_equal(ws_status_class(open_queue(client)), WS_ERROR_OPERATION);
    assert_null(ws_session_open_queue(client));
    refuse_the_client(server, &pair.response);
    refuse_the_server(server, &pair.request);
    assert_null(ws_session_open_queue(server));

    /* open; End on a server is optional, and does nothing any more */
    assert_int_equal(end_client(client, &pair.response), WS_OK);
    refuse_the_client(client, &pair.response);
    refuse_the_server(client, &pair.request);
    assert_int_equal(ws_status_class(ws_session_end_server(client)), WS_ERROR_OPERATION);
    assert_int_equal(open_queue(client), WS_OK);
    assert_non_null(ws_session_open_queue(client));
    assert_int_equal(open_queue(server), WS_OK);
    refuse_the_client(server, &pair.response);
    refuse_the_server(server, &pair.request);
    assert_int_equal(ws_session_end_server(server), WS_OK);
    assert_int_equal(ws_session_end_server(server), WS_OK);
    assert_non_null(ws_session_open_queue(server));
    free_pair(&pair);
}

static void a_failed_handshake_leaves_the_session_where_it_was(void **state)
{
    (void)state;
    struct ws_session *client = small(false);
    struct ws_session *server = small(true);
    struct headers request;
    struct headers response;

    assert_int_equal(begin_client(client, &request), WS_OK);
    assert_int_equal(ws_status_class(begin_server(server, NULL, &response)), WS_ERROR_FORMAT);
    assert_int_equal(ws_status_class(open_queue(server)), WS_ERROR_OPERATION);
    assert_int_equal(ws_status_class(ws_session_end_server(server)), WS_ERROR_OPERATION);
    assert_int_equal(begin_server(server, &request, &response), WS_OK);

    assert_int_equal(ws_status_class(end_client_wrongly(client)), WS_ERROR_FORMAT);
    assert_int_equal(ws_status_class(open_queue(client)), WS_ERROR_OPERATION);
    assert_int_equal(end_client(client, &response), WS_OK);
    assert_int_equal(open_queue(client), WS_OK);
    ws_session_free(client);
    ws_session_free(server);
}

/* Own choice: End after an abort is too late, as everything else. */
static void after_an_abort_the_servers_end_is_refused(void **state)
{
    (void)state;
    struct pair pair = opened(small(false), small(true));
    ws_action_queue_abort(ws_session_open_queue(pair.server));
    assert_int_equal(ws_status_class(ws_session_end_server(pair.server)), WS_ERROR_OPERATION);
    assert_int_equal(open_queue(pair.server), WS_OK); /* to drain it */
    free_pair(&pair);
}

/* Callers read the headers after the handshake (section 4). */
static void headers_stay_until_the_end(void **state)
{
    (void)state;
    struct pair pair = opened(small(false), small(true));
    assert_true(pair.request.count >= 4);
    for (uint32_t i = 0; i < pair.request.count; i++) {
        assert_int_equal(strlen(pair.request.array[i].pcName), pair.request.array[i].ulNameLength);
        assert_int_equal(strlen(pair.request.array[i].pcValue), pair.request.array[i].ulValueLength);
    }
    assert_int_equal(pair.response.count, 3);
    assert_int_equal(strlen(pair.response.array[2].pcValue), pair.response.array[2].ulValueLength);
    free_pair(&pair);
}

static void null_may_be_freed(void **state)
{
    (void)state;
    ws_session_free(NULL);
}

/* Memory: one message, and one pong, through a session; where do the buffers lie? */

struct span {
    const uint8_t *begin;
    size_t size;
};

static bool inside(struct span span, struct ws_buffer buffer)
{
    uintptr_t at = (uintptr_t)buffer.bytes;
    uintptr_t begin = (uintptr_t)span.begin;
    return at >= begin && at - begin <= span.size && buffer.length <= span.size - (at - begin);
}

static struct ws_action next(struct ws_action_queue *queue, unsigned sides, enum ws_action_type type)
{
    struct ws_action action;
    assert_int_equal(ws_action_queue_next(queue, sides, 2, &action), WS_OK);
    assert_int_equal(action.type, type);
    return action;
}

/*
 * All three areas at their limits: the longest close, the longest pong, and reads that fill the receive
 * area.
 */
static void use_all_memory(struct ws_session *session, bool server, struct span span, uint32_t receive_area)
{
    struct ws_action_queue *queue = ws_session_open_queue(session);
    uint8_t reason[123] = {0};
    uint8_t ping[6 + 125] = {0x89, (uint8_t)(server ? 0x80 | 125 : 125)};
    uint32_t ping_size = server ? 131 : 127;
    const struct ws_operation operation = {.bytes = reason, .length = 123, .kind = WS_CLOSE, .status = 1000};

    assert_int_equal(ws_action_queue_receive(queue, (struct ws_operation){0}), WS_OK);
    struct ws_action read = next(queue, WS_SIDE_RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    assert_true(inside(span, read.event.buffer));
    assert_int_equal(read.event.buffer.length, receive_area);
    memset(read.event.buffer.bytes, 0, receive_area);
    memcpy(read.event.buffer.bytes, ping, ping_size);
    ws_action_queue_complete(queue, read.token, ping_size);

    struct ws_action pong = next(queue, WS_SIDE_RECEIVE, WS_ACTION_SEND_TO_NETWORK);
    assert_true(inside(span, pong.pieces.buffers[0]));
    assert_int_equal(pong.pieces.buffers[0].length, server ? 127 : 131);

    assert_int_equal(ws_action_queue_send(queue, operation), WS_OK);
    struct ws_action out = next(queue, WS_SIDE_SEND, WS_ACTION_SEND_TO_NETWORK);
    assert_true(inside(span, out.pieces.buffers[0]));
    assert_int_equal(out.pieces.buffers[0].length, server ? 4 : 131);

    /* The three do not overlap. */
    const struct ws_buffer areas[] = {
        {read.event.buffer.bytes, receive_area}, out.pieces.buffers[0], pong.pieces.buffers[0]};
    for (size_t i = 0; i < COUNT_OF(areas); i++) {
        for (size_t j = 0; j < i; j++)
            assert_true(areas[i].bytes >= areas[j].bytes + areas[j].length ||
                        areas[j].bytes >= areas[i].bytes + areas[i].length);
    }
    /* What was read stays as it was while the others were written. */
    for (uint32_t i = ping_size; i < receive_area; i++)
        assert_int_equal(areas[0].bytes[i], 0);
}

/* Section 3: RBS + SBS + 144 bytes suffice, at any alignment; a client's send area has 131 bytes at least. */
static void sessions_live_inside_the_callers_buffer(void **state)
{
    (void)state;
    static const uint32_t receive_sizes[] = {256, 257, 1000, 4096};
    static const uint32_t send_sizes[] = {16, 17, 130, 131, 132, 4096};
    for (size_t i = 0; i < COUNT_OF(receive_sizes); i++) {
        for (size_t j = 0; j < COUNT_OF(send_sizes); j++) {
            for (size_t odd = 0; odd < 9; odd++) {
                size_t size = receive_sizes[i] + send_sizes[j] + 144;
                uint8_t *blocks[2] = {block_new(odd + size), block_new(odd + size)};
                uint32_t lacking = send_sizes[j] < 131 ? 131 - send_sizes[j] : 0;
                struct pair pair =
                    opened(new_session(false, receive_sizes[i], send_sizes[j], blocks[0] + odd),
                           new_session(true, receive_sizes[i], send_sizes[j], blocks[1] + odd));

                use_all_memory(pair.client, false, (struct span){blocks[0] + odd, size},
                               receive_sizes[i] - lacking);
                use_all_memory(pair.server, true, (struct span){blocks[1] + odd, size}, receive_sizes[i]);
                free_pair(&pair);
                assert_true(block_untouched(blocks[0], odd) && block_untouched(blocks[1], odd));
                free(blocks[0]);
                free(blocks[1]);
            }
        }
    }
}

/*
 * "Without the property the library allocates the same number of bytes itself", when the handshake
 * completes.
 */
static void sessions_have_memory_of_their_own(void **state)
{
    (void)state;
    struct pair pair = opened(small(false), small(true));
    struct ws_action_queue *queue = ws_session_open_queue(pair.client);
    struct span span = {queue->receive.area, 256 + 16 + 144};
    use_all_memory(pair.client, false, span, 256 - 115);
    span.begin = ws_session_open_queue(pair.server)->receive.area;
    use_all_memory(pair.server, true, span, 256);
    free_pair(&pair);
}

static void without_memory_the_handshake_can_be_completed_later(void **state)
{
    (void)state;
    struct pair pair = begun(small(false), small(true));

    faults_memory_after(0);
    assert_null(ws_session_create(&(struct ws_session_options){.receive_size = 256, .send_size = 16}));
    assert_int_equal(ws_status_class(end_client(pair.client, &pair.response)), WS_ERROR_MEMORY);
    assert_int_equal(ws_status_class(ws_session_end_server(pair.server)), WS_ERROR_MEMORY);
    assert_int_equal(ws_status_class(open_queue(pair.server)), WS_ERROR_MEMORY);
    faults_end();

    assert_null(ws_session_open_queue(pair.client));
    assert_null(ws_session_open_queue(pair.server));
    assert_int_equal(end_client(pair.client, &pair.response), WS_OK);
    assert_int_equal(open_queue(pair.server), WS_OK);
    free_pair(&pair);
}

static void without_memory_the_handshake_can_begin_later(void **state)
{
    (void)state;
    struct ws_session *client = small(false);
    struct headers headers;

    faults_memory_after(0);
    assert_int_equal(ws_status_class(begin_client(client, &headers)), WS_ERROR_MEMORY);
    faults_end();
    faults_random();
    assert_int_equal(ws_status_class(begin_client(client, &headers)), WS_ERROR_RANDOM);
    faults_end();
    assert_int_equal(begin_client(client, &headers), WS_OK);
    ws_session_free(client);
}

/* Section 2: "An idle handle that never finished its handshake costs next to nothing." */
static void a_failed_end_leaves_no_buffers_behind(void **state)
{
    (void)state;
    struct pair pair = begun(small(false), small(true));
    assert_int_equal(ws_status_class(end_client_wrongly(pair.client)), WS_ERROR_FORMAT);
    faults_memory_after(0);
    assert_int_equal(ws_status_class(end_client(pair.client, &pair.response)),
                     WS_ERROR_MEMORY); /* they are asked for again */
    faults_end();
    assert_int_equal(end_client(pair.client, &pair.response), WS_OK);
    free_pair(&pair);
}

#if UINTPTR_MAX == 0xFFFFFFFFu
/* More than the address space: refused, and nothing comes round to a small block. */
static void sizes_beyond_the_address_space(void **state)
{
    (void)state;
    struct ws_session *client = new_session(false, UINT32_MAX, UINT32_MAX, NULL);
    struct pair pair = begun(client, small(true));
    assert_int_equal(ws_status_class(end_client(pair.client, &pair.response)), WS_ERROR_MEMORY);
    free_pair(&pair);
}
#endif

/* Properties: what they mean to the two sides of the codec */

static struct ws_action_queue *queue_with(struct pair *pair, bool server, bool disable_masking,
                                          bool disable_utf8)
{
    const struct ws_session_options options = {.server = server,
                                               .disable_masking = disable_masking,
                                               .disable_utf8 = disable_utf8,
                                               .receive_size = 256,
                                               .send_size = 200};
    struct ws_session *session = ws_session_create(&options);
    *pair = opened(server ? small(false) : session, server ? session : small(true));
    return ws_session_open_queue(session);
}

static void properties_reach_the_codec(void **state)
{
    (void)state;
    static const struct {
        bool server, disable_masking, disable_utf8;
        unsigned rules;
        enum ws_send_mode mode;
    } rows[] = {
        {false, false, false, WS_FRAME_ALLOW_UNMASKED, WS_SEND_MASKED},
        {false, true, false, WS_FRAME_ALLOW_UNMASKED, WS_SEND_ZERO_KEY},
        {true, false, true, WS_FRAME_ALLOW_MASKED, WS_SEND_PLAIN},
        {true, true, false, WS_FRAME_ALLOW_MASKED | WS_FRAME_ALLOW_UNMASKED, WS_SEND_PLAIN},
        {false, false, true, WS_FRAME_ALLOW_UNMASKED, WS_SEND_MASKED},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pair pair;
        struct ws_action_queue *queue =
            queue_with(&pair, rows[i].server, rows[i].disable_masking, rows[i].disable_utf8);
        assert_int_equal(queue->receive.rules, rows[i].rules);
        assert_int_equal(queue->receive.verify_text, !rows[i].disable_utf8);
        assert_int_equal(queue->send.mode, rows[i].mode);
        assert_int_equal(queue->send.piece, 200);
        assert_false(queue->send.extensions);
        free_pair(&pair);
    }
}

static void a_negotiated_extension_reaches_the_codec(void **state)
{
    (void)state;
    const char *const extensions[] = {"x"};
    const struct ws_client_offer offer = {NULL, 0, extensions, 1};
    const struct ws_server_choice choice = {NULL, extensions, 1};
    struct ws_session *client = small(false);
    struct ws_session *server = small(true);
    WEB_SOCKET_HTTP_HEADER all[8] = {{(PCHAR)(uintptr_t) "Host", 4, (PCHAR)(uintptr_t) "a", 1}};
    struct headers request;
    struct headers response;

    assert_int_equal(ws_session_begin_client(client, &offer, NULL, 0, &request.array, &request.count), WS_OK);
    memcpy(all + 1, request.array, request.count * sizeof *all);
    assert_int_equal(
        ws_session_begin_server(server, &choice, all, 1 + request.count, &response.array, &response.count),
        WS_OK);
    assert_int_equal(end_client(client, &response), WS_OK);
    assert_int_equal(ws_session_end_server(server), WS_OK);
    assert_true(ws_session_open_queue(client)->send.extensions &&
                ws_session_open_queue(server)->send.extensions);
    assert_int_equal(ws_session_open_queue(client)->receive.rules,
                     WS_FRAME_ALLOW_UNMASKED | WS_FRAME_ALLOW_EXTENSION);
    assert_int_equal(ws_session_open_queue(server)->receive.rules,
                     WS_FRAME_ALLOW_MASKED | WS_FRAME_ALLOW_EXTENSION);
    ws_session_free(client);
    ws_session_free(server);
}

/* Deleting frees everything, "whatever is queued or outstanding": the sanitizer sees what is left. */
static void a_session_can_be_freed_in_every_phase(void **state)
{
    (void)state;
    struct headers headers;
    struct ws_session *client = small(false);
    ws_session_free(small(true));
    assert_int_equal(begin_client(client, &headers), WS_OK);
    ws_session_free(client);

    struct pair pair = opened(small(false), small(true));
    struct ws_action_queue *queue = ws_session_open_queue(pair.server);
    uint8_t payload[4] = {0};
    const struct ws_operation operation = {.bytes = payload, .length = 4, .kind = WS_BINARY_MESSAGE};
    struct ws_action action;
    for (unsigned i = 0; i < 20; i++) {
        assert_int_equal(ws_action_queue_send(queue, operation), WS_OK);
        assert_int_equal(ws_action_queue_receive(queue, (struct ws_operation){0}), WS_OK);
    }
    assert_int_equal(ws_action_queue_next(queue, WS_SIDE_SEND, 1, &action), WS_OK);
    action = next(queue, WS_SIDE_RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK);
    memcpy(action.event.buffer.bytes, "\x89\x80\0\0\0\0", 6);
    ws_action_queue_complete(queue, action.token, 6);
    (void)next(queue, WS_SIDE_RECEIVE, WS_ACTION_RECEIVE_FROM_NETWORK); /* a pong is held now */
    free_pair(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_phase_takes_its_calls_only),
        cmocka_unit_test(a_failed_handshake_leaves_the_session_where_it_was),
        cmocka_unit_test(after_an_abort_the_servers_end_is_refused),
        cmocka_unit_test(headers_stay_until_the_end),
        cmocka_unit_test(null_may_be_freed),
        cmocka_unit_test(sessions_live_inside_the_callers_buffer),
        cmocka_unit_test(sessions_have_memory_of_their_own),
        cmocka_unit_test(without_memory_the_handshake_can_be_completed_later),
        cmocka_unit_test(without_memory_the_handshake_can_begin_later),
        cmocka_unit_test(a_failed_end_leaves_no_buffers_behind),
#if UINTPTR_MAX == 0xFFFFFFFFu
        cmocka_unit_test(sizes_beyond_the_address_space),
#endif
        cmocka_unit_test(properties_reach_the_codec),
        cmocka_unit_test(a_negotiated_extension_reaches_the_codec),
        cmocka_unit_test(a_session_can_be_freed_in_every_phase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
