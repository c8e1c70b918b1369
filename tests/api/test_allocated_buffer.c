/*
 * Section 3 of the specification, ALLOCATED_BUFFER: the memory that the caller gives to a session, at every
 * alignment and between unreadable pages, and the rules for every pointer that WebSocketGetAction returns.
 */
#include "api_tests.h"

/*
 * A session that lives in memory of the caller's, and a block of the caller's own that it sends or receives
 * into.
 */
struct tenant {
    WEB_SOCKET_HANDLE handle;
    bool client;
    const uint8_t *memory;
    size_t memory_size;
    ULONG longest; /* the larger one of the two buffer sizes */
    const uint8_t *own;
    size_t own_size;
};

static bool lies_in(const uint8_t *bytes, size_t size, const uint8_t *memory, size_t memory_size)
{
    return memory != NULL && bytes >= memory && size <= memory_size && bytes + size <= memory + memory_size;
}

/* The rules of section 3 for the buffers of an action. */
static void expect_allowed_pointers(const struct tenant *tenant, const struct action *action)
{
    for (ULONG i = 0; i < action->count; i++) {
        const uint8_t *bytes = action->buffers[i].Data.pbBuffer;
        ULONG size = action->buffers[i].Data.ulBufferLength;

        if (bytes == NULL && size == 0 && action->type == WEB_SOCKET_CLOSE_BUFFER_TYPE)
            continue;
        if (!lies_in(bytes, size, tenant->own, tenant->own_size)) {
            assert_that(lies_in(bytes, size, tenant->memory, tenant->memory_size),
                        "action %d: its buffer lies outside of all memory that was given",
                        (int)action->action);
            assert_that(size <= tenant->longest, "action %d: a buffer of %lu bytes", (int)action->action,
                        (unsigned long)size);
        }
    }
}

static struct tenant move_in(bool client, ULONG receive_buffer, ULONG send_buffer, uint8_t *memory,
                             size_t size, ULONG value_size)
{
    const struct session_options options = {.receive_buffer = receive_buffer,
                                            .send_buffer = send_buffer,
                                            .memory = memory,
                                            .memory_size = value_size};
    struct tenant tenant = {.client = client, .memory = memory, .memory_size = size};

    tenant.handle = client ? open_client(&options) : open_server(&options);
    tenant.longest = receive_buffer > send_buffer ? receive_buffer : send_buffer;
    return tenant;
}

/* ---- A session's whole day, every pointer checked ---- */

/* Runs the send queue; what would go to the network is appended to `output`. */
static size_t run_send_queue(const struct tenant *tenant, uint8_t *output, size_t room)
{
    size_t taken = 0;

    for (;;) {
        struct action action = get_action(tenant->handle, SEND_QUEUE, 2);

        assert_result(S_OK, action.result);
        expect_allowed_pointers(tenant, &action);
        if (action.action == WEB_SOCKET_NO_ACTION)
            return taken;
        for (ULONG i = 0; i < action.count; i++) {
            assert_true(action.buffers[i].Data.ulBufferLength <= room - taken);
            memcpy(output + taken, action.buffers[i].Data.pbBuffer, action.buffers[i].Data.ulBufferLength);
            taken += action.buffers[i].Data.ulBufferLength;
        }
        complete(tenant->handle, &action);
    }
}

static void send_a_large_message(struct tenant *tenant)
{
    size_t size = 3 * (size_t)tenant->longest + 7;
    uint8_t *payload = heap_block(size);
    uint8_t *output = heap_block(FRAME_HEADER_MAX + size);

    for (size_t i = 0; i < size; i++)
        payload[i] = (uint8_t)(i * 7);
    tenant->own = payload;
    tenant->own_size = size;
    send_data(tenant->handle, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, payload, size, NULL);

    struct frame frame = read_frame(output, run_send_queue(tenant, output, FRAME_HEADER_MAX + size));
    assert_int_equal(frame.first, FIN | OP_BINARY);
    assert_int_equal(frame.size, size);
    assert_memory_equal(frame.payload, payload, size);
    tenant->own = NULL;
}

/* Gives bytes to the receive side until it wants something else than bytes; the rest is in the feeder. */
static struct action feed_checked(const struct tenant *tenant, struct feeder *feeder)
{
    for (;;) {
        struct action action = get_action(tenant->handle, RECEIVE_QUEUE, 1);
        size_t size = feeder->left < feeder->cut ? feeder->left : feeder->cut;

        assert_result(S_OK, action.result);
        expect_allowed_pointers(tenant, &action);
        if (action.action != WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
            return action;
        assert_that(size > 0, "more bytes are wanted than the frame has");
        if (size > action.buffers[0].Data.ulBufferLength)
            size = action.buffers[0].Data.ulBufferLength;
        memcpy(action.buffers[0].Data.pbBuffer, feeder->bytes, size);
        feeder->bytes += size;
        feeder->left -= size;
        complete_with(tenant->handle, &action, (ULONG)size);
    }
}

/*
 * A message of more than the receive area holds, into library memory (own NULL) or into a block of the
 * caller's.
 */
static void receive_a_large_message(struct tenant *tenant, size_t own_size)
{
    size_t size = (size_t)tenant->longest + 10;
    uint8_t *payload = heap_block(size);
    uint8_t *frame = heap_block(FRAME_HEADER_MAX + size);
    uint8_t *own = own_size != 0 ? heap_block(own_size) : NULL;
    size_t received = 0;

    for (size_t i = 0; i < size; i++)
        payload[i] = (uint8_t)(i * 11 + 1);
    struct feeder feeder = feeder_start(
        tenant->handle, frame, make_frame(frame, FIN | OP_BINARY, !tenant->client, payload, size), 61);

    tenant->own = own;
    tenant->own_size = own_size;
    for (bool last = false; !last;) {
        receive(tenant->handle, own, own_size, NULL);

        struct action action = feed_checked(tenant, &feeder);
        assert_int_equal(action.action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
        assert_true(action_size(&action) <= size - received);
        assert_memory_equal(action.buffers[0].Data.pbBuffer, payload + received, action_size(&action));
        received += action_size(&action);
        last = action.type == WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;
        complete(tenant->handle, &action);
    }
    assert_int_equal(received, size);
    tenant->own = NULL;
}

/*
 * A ping of the largest size: its pong is one buffer, see section 7. The receive operation is left waiting.
 */
static void answer_a_ping(const struct tenant *tenant)
{
    uint8_t payload[125], frame[FRAME_HEADER_MAX + sizeof payload];
    struct feeder feeder;

    memset(payload, 'i', sizeof payload);
    feeder = feeder_start(tenant->handle, frame,
                          make_frame(frame, FIN | OP_PING, !tenant->client, payload, sizeof payload), 61);
    receive(tenant->handle, NULL, 0, NULL);

    struct action action = feed_checked(tenant, &feeder);
    assert_int_equal(action.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.type, WEB_SOCKET_PING_PONG_BUFFER_TYPE);
    assert_int_equal(action.count, 1);
    memcpy(frame, action.buffers[0].Data.pbBuffer, action_size(&action));
    assert_memory_equal(read_frame(frame, action_size(&action)).payload, payload, sizeof payload);
    complete(tenant->handle, &action);
}

static void exchange_closes(struct tenant *tenant)
{
    char reason[WEB_SOCKET_MAX_CLOSE_REASON_LENGTH + 1];
    uint8_t frame[FRAME_HEADER_MAX + 125];
    WEB_SOCKET_BUFFER close = {{NULL, 0}};
    struct feeder feeder;

    memset(reason, 'r', sizeof reason - 1);
    reason[sizeof reason - 1] = '\0';
    feeder = feeder_start(tenant->handle, frame, make_close(frame, !tenant->client, 1001, reason), 61);

    struct action action = feed_checked(tenant, &feeder);
    assert_int_equal(action.action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    assert_int_equal(action.type, WEB_SOCKET_CLOSE_BUFFER_TYPE);
    assert_int_equal(action.buffers[0].CloseStatus.usStatus, 1001);
    assert_int_equal(action_size(&action), sizeof reason - 1);
    assert_memory_equal(action.buffers[0].CloseStatus.pbReason, reason, sizeof reason - 1);
    complete(tenant->handle, &action);

    tenant->own = heap_copy(reason, sizeof reason - 1);
    tenant->own_size = sizeof reason - 1;
    memcpy(&close.CloseStatus.pbReason, &tenant->own, sizeof tenant->own);
    close.CloseStatus.ulReasonLength = sizeof reason - 1;
    close.CloseStatus.usStatus = 1001;
    assert_result(S_OK, ws->Send(tenant->handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, &close, NULL));
    struct frame sent = read_frame(frame, run_send_queue(tenant, frame, sizeof frame));
    assert_int_equal(sent.first, FIN | OP_CLOSE);
    assert_int_equal(sent.size, 125);
    assert_memory_equal(sent.payload + 2, reason, sizeof reason - 1);
    tenant->own = NULL;
}

static void live_a_day(struct tenant *tenant)
{
    send_a_large_message(tenant);
    receive_a_large_message(tenant, 0);
    receive_a_large_message(tenant, 100);
    receive_a_large_message(tenant, (size_t)tenant->longest + 500);
    answer_a_ping(tenant);
    exchange_closes(tenant);
    guard_intact();
}

static const ULONG receive_sizes[] = {256, 257, 259, 300, 1021, 4096};
static const ULONG send_sizes[] = {16, 17, 19, 64, 130, 131, 132, 255, 4096, 5000};

/* All sizes, with the memory's address leaving this remainder when divided by 8. */
static void live_at(unsigned remainder)
{
    for (size_t i = 0; i < COUNT_OF(receive_sizes); i++) {
        for (size_t k = 0; k < COUNT_OF(send_sizes); k++) {
            for (int client = 0; client < 2; client++) {
                ULONG size = receive_sizes[i] + send_sizes[k] + 144;
                uint8_t *memory = guard_alloc(size, remainder);
                struct tenant tenant =
                    move_in(client != 0, receive_sizes[i], send_sizes[k], memory, size, size);

                live_a_day(&tenant);
                session_release();
                guard_intact();
                memory_release();
            }
        }
    }
}

/* What 32-bit .NET passes. */
static void sum_of_sizes_and_144_is_enough_at_4_byte_alignment(void)
{
    live_at(4);
}

static void sum_of_sizes_and_144_is_enough_at_8_byte_alignment(void)
{
    live_at(0);
}

static void no_alignment_is_assumed(void)
{
    static const unsigned odd[] = {1, 2, 3, 5, 6, 7};

    for (size_t i = 0; i < COUNT_OF(odd); i++)
        live_at(odd[i]);
}

/* Between unreadable pages without a byte to spare: the sizes give it all alignments. */
static void nothing_beside_the_memory_is_touched(void)
{
    for (ULONG i = 0; i < 64; i++) {
        for (int side = 0; side < 2; side++) {
            ULONG receive_size = 256 + i;
            ULONG send_size = 16 + 37 * (i % 7);
            ULONG size = receive_size + send_size + 144;
            uint8_t *memory = side == 0 ? guard_start(size) : guard_end(size);
            struct tenant tenant = move_in(i % 2 == 0, receive_size, send_size, memory, size, size);

            live_a_day(&tenant);
            session_release();
            memory_release();
        }
    }
}

/* ---- Sizes ---- */

static HRESULT create_with(bool client, void *memory, ULONG value_size)
{
    WEB_SOCKET_PROPERTY property = {WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &memory, value_size};
    WEB_SOCKET_HANDLE handle = (WEB_SOCKET_HANDLE)POISON_POINTER;
    HRESULT result = client ? ws->CreateClientHandle(&property, 1, &handle)
                            : ws->CreateServerHandle(&property, 1, &handle);

    if (SUCCEEDED(result))
        remember_handle(handle);
    else
        assert_null(handle);
    return result;
}

static void less_than_sum_of_sizes_and_144_is_refused(void)
{
    ULONG sum[2] = {4096 + 16 + 144, 4096 + 4096 + 144}; /* of a server, of a client */

    for (int client = 0; client < 2; client++) {
        void *memory = heap_block(sum[client]);

        assert_result(S_OK, create_with(client != 0, memory, sum[client]));
        assert_result(E_INVALIDARG, create_with(client != 0, memory, sum[client] - 1));
        assert_result(E_INVALIDARG, create_with(client != 0, memory, sum[client] - 144));
        assert_result(E_INVALIDARG, create_with(client != 0, memory, sizeof(PVOID) - 1));
        assert_result(E_INVALIDARG, create_with(client != 0, memory, sizeof(PVOID) + 1));
        assert_result(E_INVALIDARG, create_with(client != 0, memory, 1));
        assert_result(E_INVALIDARG, create_with(client != 0, memory, 0));
    }
}

static void more_memory_than_needed_is_fine(void)
{
    uint8_t *memory = guard_alloc(256 + 16 + 5000, 0);
    struct tenant tenant = move_in(false, 256, 16, memory, 256 + 16 + 5000, 256 + 16 + 5000);

    live_a_day(&tenant);
}

/*
 * The reference's reading: the value is a pointer, so its size is a pointer's; the memory has sum + 256
 * bytes.
 */
static void size_of_a_pointer_stands_for_sum_of_sizes_and_256(void)
{
    for (int client = 0; client < 2; client++) {
        uint8_t *memory = guard_alloc(300 + 140 + 256, 4);
        struct tenant tenant = move_in(client != 0, 300, 140, memory, 300 + 140 + 256, sizeof(PVOID));

        live_a_day(&tenant);
    }
}

static void sizes_whose_sum_passes_4_gib_are_not_mistaken_for_small_ones(void)
{
    ULONG size = 0xFFFFFFF0u;
    void *memory = heap_block(512);
    WEB_SOCKET_PROPERTY properties[] = {
        {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &size, sizeof size},
        {WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &size, sizeof size},
        {WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &memory,
         512}, /* 2 * 0xFFFFFFF0 + 144 is 112 in 32 bits */
    };
    WEB_SOCKET_HANDLE handle = (WEB_SOCKET_HANDLE)POISON_POINTER;

    assert_result(E_INVALIDARG, ws->CreateServerHandle(properties, 3, &handle));
    assert_null(handle);
    assert_result(E_INVALIDARG, ws->CreateClientHandle(properties, 3, &handle));
    assert_null(handle);
}

static void a_null_address_is_refused(void)
{
    assert_result(E_INVALIDARG, create_with(true, NULL, 65536));
    assert_result(E_INVALIDARG, create_with(false, NULL, 65536));
    assert_result(E_INVALIDARG, create_with(false, NULL, sizeof(PVOID)));
}

/* The caller may free it as soon as the handle is deleted, whatever was outstanding. */
static void the_memory_is_the_callers_again_after_delete(void)
{
    ULONG size = 256 + 16 + 144;
    uint8_t *memory = heap_block(size);
    struct tenant tenant = move_in(false, 256, 16, memory, size, size);

    receive(tenant.handle, NULL, 0, NULL);
    next_action(tenant.handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    send_nothing(tenant.handle, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL);
    next_action(tenant.handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    delete_handle(tenant.handle);
    memset(memory, BLOCK_POISON, size);
    memory_release();
    assert_result(E_HANDLE, ws->Receive(tenant.handle, NULL, NULL));
}

/* Without the property the two buffers are the library's, and the same rule for their lengths holds. */
static void without_the_property_no_buffer_is_longer_than_the_larger_size(void)
{
    WEB_SOCKET_HANDLE client =
        open_client(&(struct session_options){.receive_buffer = 300, .send_buffer = 200});
    static const uint8_t message[1000];

    receive(client, NULL, 0, NULL);
    struct action action = next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    assert_in_range(action_size(&action), 1, 300);
    send_data(client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, message, sizeof message, NULL);
    action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_in_range(action_size(&action), 1, 200);
}

const struct api_case allocated_buffer_cases[] = {
    API_CASE(RULE_NET, sum_of_sizes_and_144_is_enough_at_4_byte_alignment),
    API_CASE(RULE_NET, sum_of_sizes_and_144_is_enough_at_8_byte_alignment),
    API_CASE(RULE_CHOICE, no_alignment_is_assumed),
    API_CASE(RULE_NET, nothing_beside_the_memory_is_touched),
    API_CASE(RULE_NET, less_than_sum_of_sizes_and_144_is_refused),
    API_CASE(RULE_NET, more_memory_than_needed_is_fine),
    API_CASE(RULE_DOC, size_of_a_pointer_stands_for_sum_of_sizes_and_256),
    API_CASE(RULE_CHOICE, sizes_whose_sum_passes_4_gib_are_not_mistaken_for_small_ones),
    API_CASE(RULE_CHOICE, a_null_address_is_refused),
    API_CASE(RULE_NET, the_memory_is_the_callers_again_after_delete),
    API_CASE(RULE_NET, without_the_property_no_buffer_is_longer_than_the_larger_size),
    API_CASES_END};
