/*
 * Lengths and sizes near 2^32 and 2^63: nothing is cut to 32 bits, no sum overflows, and nothing is touched
 * before it is needed. The sizes are the caller's word; the memory behind them is only as large as what is
 * touched of it.
 */
#include <stdio.h>

#include "api_tests.h"
#include "play.h"

#define MOST 0xFFFFFFFFu /* the largest ULONG */

/* Gives a session the header of a frame of this length. */
static void feed_header(WEB_SOCKET_HANDLE handle, enum role role, uint64_t length)
{
    uint8_t plain[10] = {FIN | OP_BINARY, 127};
    uint8_t header[14], key[4];

    for (unsigned i = 0; i < 8; i++)
        plain[2 + i] = (uint8_t)(length >> (56 - 8 * i));
    feed(handle, header, peer_header(header, role, plain, sizeof plain, key), 0);
}

/* ---- Receiving ---- */

static const uint64_t lengths[] = {0xFFFFFFFF,
                                   0x100000000,
                                   0x100000001,
                                   0x100000005,
                                   0x180000000,
                                   0x1FFFFFFFF,
                                   0x10000000000,
                                   UINT64_C(0x7FFFFFFF00000000),
                                   UINT64_C(0x7FFFFFFF00000003),
                                   UINT64_C(0x7FFFFFFFFFFFFFFF)};

static void a_length_above_4_gib_is_not_mistaken_for_its_lower_half(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t i = 0; i < COUNT_OF(lengths); i++) {
            WEB_SOCKET_HANDLE handle = open_role(role, &(struct session_options){.receive_buffer = 256});
            uint8_t *payload = make_payload(256);

            receive(handle, NULL, 0, NULL);
            feed_header(handle, role, lengths[i]);
            for (int part = 0; part < 3; part++) {
                feed(handle, payload, 256, 0);
                struct action action =
                    next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
                assert_int_equal(action.type, BINARY_FRAGMENT);
                assert_int_equal(action_size(&action), 256);
                complete(handle, &action);
                receive(handle, NULL, 0, NULL);
            }
        }
    }
}

#if UINTPTR_MAX > 0xFFFFFFFFu /* memory of such a size */

/*
 * Reads, indications and frames of these sizes would take seconds to touch: a client's binary payload is not
 * masked.
 */
static void answer_unread(WEB_SOCKET_HANDLE client, const void *at, ULONG offered, ULONG count)
{
    struct action action = next_action(client, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);

    assert_int_equal(action.count, 1);
    assert_ptr_equal(action.buffers[0].Data.pbBuffer, at);
    assert_int_equal(action.buffers[0].Data.ulBufferLength, offered);
    complete_with(client, &action, count);
}

static void expect_unread(WEB_SOCKET_HANDLE client, WEB_SOCKET_BUFFER_TYPE type, const void *at, ULONG size)
{
    struct action action = next_action(client, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);

    assert_int_equal(action.type, type);
    assert_ptr_equal(action.buffers[0].Data.pbBuffer, at);
    assert_int_equal(action.buffers[0].Data.ulBufferLength, size);
    complete(client, &action);
}

/*
 * The frame goes in parts of 2^32 - 1 bytes into memory that the caller calls as large, to its end or for a
 * while.
 */
static void a_length_above_4_gib_fills_memory_of_nearly_4_gib(void)
{
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        WEB_SOCKET_HANDLE client = open_client(NULL);
        uint8_t *own = guard_alloc(5, 0);
        WEB_SOCKET_BUFFER buffer = {{own, MOST}};
        uint64_t left = lengths[i];

        assert_result(S_OK, ws->Receive(client, &buffer, NULL));
        feed_header(client, ROLE_CLIENT, left);
        for (int part = 0; part < 6 && left > 0; part++) {
            ULONG size = left < MOST ? (ULONG)left : MOST;

            answer_unread(client, own, size, size);
            left -= size;
            expect_unread(client, left > 0 ? BINARY_FRAGMENT : BINARY_MESSAGE, own, size);
            assert_result(S_OK, ws->Receive(client, &buffer, NULL));
        }
        if (left > 0)
            continue;
        uint8_t frame[16];
        feed(client, frame, make_frame(frame, FIN | OP_TEXT, false, "Hello", 5), 0);
        expect_payload(client, UTF8_MESSAGE, "Hello", 5);
    }
}

/* Memory of nearly 4 GiB in two reads, so that what has landed and what is left are large numbers both. */
static void the_rest_of_memory_of_nearly_4_gib_is_counted_right(void)
{
    static const ULONG firsts[] = {1, 0x7FFFFFFF, 0x80000000, 0x80000001, MOST - 1};

    for (size_t i = 0; i < COUNT_OF(firsts); i++) {
        WEB_SOCKET_HANDLE client = open_client(NULL);
        uint8_t *own = guard_alloc(1, 0);
        WEB_SOCKET_BUFFER buffer = {{own, MOST}};

        assert_result(S_OK, ws->Receive(client, &buffer, NULL));
        feed_header(client, ROLE_CLIENT, 0x100000002);
        answer_unread(client, own, MOST, firsts[i]);
        answer_unread(client, own + firsts[i], MOST - firsts[i], MOST - firsts[i]);
        expect_unread(client, BINARY_FRAGMENT, own, MOST);
    }
}

#endif

/* ---- The receive buffer ---- */

static HRESULT create_with_sizes(ULONG receive_size, ULONG send_size, void *memory, ULONG memory_size,
                                 WEB_SOCKET_HANDLE *handle)
{
    WEB_SOCKET_PROPERTY properties[] = {
        {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &receive_size, sizeof receive_size},
        {WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &send_size, sizeof send_size},
        {WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &memory, memory_size},
    };
    HRESULT result = ws->CreateClientHandle(properties, memory != NULL ? 3 : 2, handle);

    if (SUCCEEDED(result))
        remember_handle(*handle);
    return result;
}

static void allocated_sizes_are_summed_without_overflow(void)
{
    static const struct {
        ULONG receive_size, send_size, memory_size;
        HRESULT result;
    } rows[] = {
        {MOST - 16 - 144, 16, MOST, S_OK},
        {MOST - 16 - 143, 16, MOST, E_INVALIDARG}, /* 2^32 */
        {MOST - 16 - 143, 16, 16, E_INVALIDARG},
        {256, MOST - 256 - 144, MOST, S_OK},
        {256, MOST - 256 - 143, MOST, E_INVALIDARG},
        {256, MOST - 256 - 143, 512, E_INVALIDARG},
        {0x80000000, 0x80000000, 144, E_INVALIDARG},
        {0x80000000, 0x80000000, MOST, E_INVALIDARG},
        {MOST, MOST, MOST, E_INVALIDARG},
        {MOST, 256 + 1, 400, E_INVALIDARG},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char row[16];
        WEB_SOCKET_HANDLE handle;

        snprintf(row, sizeof row, "row %u", (unsigned)i);
        assert_result_for(row, rows[i].result,
                          create_with_sizes(rows[i].receive_size, rows[i].send_size, guard_alloc(1, 0),
                                            rows[i].memory_size, &handle));
    }
}

/* Where a pointer's size stands for the sum and 256: more than there are addresses can never be right. */
static void an_allocated_buffer_larger_than_the_address_space_is_refused(void)
{
    WEB_SOCKET_HANDLE handle;
    HRESULT wanted = sizeof(PVOID) == 4 ? E_INVALIDARG : S_OK;

    assert_result(wanted, create_with_sizes(MOST, MOST, guard_alloc(1, 0), sizeof(PVOID), &handle));
    assert_result(wanted, create_with_sizes(MOST - 16 - 255, 16, guard_alloc(1, 0), sizeof(PVOID), &handle));
    assert_result(S_OK, create_with_sizes(MOST - 16 - 256, 16, guard_alloc(1, 0), sizeof(PVOID), &handle));
}

#if UINTPTR_MAX > 0xFFFFFFFFu

/*
 * A frame of this length, of which no byte is touched, and another one behind it; any part may be asked for.
 */
static void receive_two_frames(WEB_SOCKET_HANDLE client, ULONG length)
{
    static const uint8_t next[] = {FIN | OP_BINARY, 3, 'a', 'b', 'c'};
    uint64_t given = 0, indicated = 0;

    receive(client, NULL, 0, NULL);
    feed_header(client, ROLE_CLIENT, length);
    while (indicated < length) {
        struct action action = get_action(client, RECEIVE_QUEUE, 1);

        assert_result(S_OK, action.result);
        if (action.action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION) {
            ULONG offered = action.buffers[0].Data.ulBufferLength;
            ULONG count =
                given + offered > length + sizeof next ? (ULONG)(length + sizeof next - given) : offered;

            for (uint64_t i = length; i < given + count; i++)
                action.buffers[0].Data.pbBuffer[i - given] = next[i - length];
            given += count;
            complete_with(client, &action, count);
        } else {
            assert_int_equal(action.action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
            indicated += action_size(&action);
            assert_int_equal(action.type, indicated < length ? BINARY_FRAGMENT : BINARY_MESSAGE);
            complete(client, &action);
            receive(client, NULL, 0, NULL);
        }
    }
    if (given < length + sizeof next)
        feed(client, next + (given - length), length + sizeof next - given, 0);
    expect_payload(client, BINARY_MESSAGE, "abc", 3);
}

/*
 * What is asked for, indicated, and found again behind it, for lengths up to the end of the buffer and a
 * little less.
 */
static void the_end_of_a_receive_buffer_of_nearly_4_gib_is_not_taken_for_its_front(void)
{
    for (ULONG k = 0; k < 300; k += k < 20 ? 1 : 31) {
        static const ULONG sizes[] = {MOST, MOST - 9, MOST - 10, MOST - 11, MOST - 200};
        uint8_t *memory = address_range((size_t)MOST + 16 + 256);

        if (memory == NULL)
            skip();
        for (size_t i = 0; i < COUNT_OF(sizes); i++)
            receive_two_frames(open_client(&(struct session_options){.receive_buffer = sizes[i],
                                                                     .send_buffer = 131,
                                                                     .memory = memory,
                                                                     .memory_size = sizeof(PVOID)}),
                               MOST - k);
        memory_release();
    }
}

#else

/* Without memory of the caller's: more than there are addresses. The handle stays where it was. */
static void a_receive_buffer_of_nearly_4_gib_is_more_than_there_is(void)
{
    static const ULONG sizes[][2] = {
        {MOST, MOST}, {MOST, 16}, {256, MOST}, {0x80000000, 0x80000000}, {MOST - 159, 16}};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        WEB_SOCKET_HANDLE server = begun_server(
            &(struct session_options){.receive_buffer = sizes[i][0], .send_buffer = sizes[i][1]});

        assert_result(E_OUTOFMEMORY, ws->EndServerHandshake(server));
        assert_result(E_OUTOFMEMORY, ws->Receive(server, NULL, NULL));
    }
}

#endif

/* ---- Sending ---- */

/* Takes the pieces of a message of which only the first bytes exist, as far as they lie within these. */
static void take_first_pieces(WEB_SOCKET_HANDLE client, ULONG length, ULONG send_buffer,
                              const uint8_t *payload, size_t there)
{
    static const uint8_t start[] = {FIN | OP_BINARY, 0xFF, 0, 0, 0, 0};
    uint8_t key[4];
    size_t sent = 0;

    for (ULONG header = 14; sent + send_buffer - header <= there; header = 0) {
        struct action action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        const uint8_t *bytes = action.buffers[0].Data.pbBuffer;

        assert_int_equal(action.count, 1);
        assert_int_equal(action_size(&action), send_buffer);
        if (header > 0) {
            assert_memory_equal(bytes, start, sizeof start);
            for (unsigned i = 0; i < 4; i++)
                assert_int_equal(bytes[6 + i], (length >> (24 - 8 * i)) & 0xFF);
            memcpy(key, bytes + 10, sizeof key);
        }
        for (ULONG i = header; i < send_buffer; i++, sent++)
            assert_int_equal(bytes[i] ^ key[sent % 4], payload[sent]);
        complete(client, &action);
    }
    assert_int_not_equal(sent, 0);
}

static void a_client_masks_a_message_of_nearly_4_gib_piece_by_piece(void)
{
    static const ULONG sizes[] = {MOST, MOST - 1, MOST - 13, MOST - 14, 0x80000000, 0x7FFFFFFF};
    static const ULONG send_buffers[] = {16, 131, 4096};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        for (size_t k = 0; k < COUNT_OF(send_buffers); k++) {
            WEB_SOCKET_HANDLE client = open_client(&(struct session_options){.send_buffer = send_buffers[k]});
            uint8_t *payload = guard_alloc(10000, 0);
            WEB_SOCKET_BUFFER buffer = {{payload, sizes[i]}};

            for (size_t j = 0; j < 10000; j++)
                payload[j] = (uint8_t)(j % 251);
            assert_result(S_OK, ws->Send(client, BINARY_MESSAGE, &buffer, NULL));
            take_first_pieces(client, sizes[i], send_buffers[k], payload, 10000);
        }
    }
}

/*
 * All of it is handed on: header and payload together, which is more than a ULONG can say, or one after the
 * other.
 */
static void a_message_of_nearly_4_gib_is_sent_from_the_callers_memory(void)
{
    for (ULONG room = 1; room <= 2; room++) {
        for (int masking = 0; masking < 2; masking++) {
            WEB_SOCKET_HANDLE handle = masking != 0
                                           ? open_client(&(struct session_options){.disable_masking = true})
                                           : open_server(NULL);
            uint8_t *payload = guard_alloc(1, 0);
            WEB_SOCKET_BUFFER buffer = {{payload, MOST}};
            struct action action;

            assert_result(S_OK, ws->Send(handle, BINARY_MESSAGE, &buffer, NULL));
            action = get_action(handle, SEND_QUEUE, room);
            assert_int_equal(action.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            assert_int_equal(action.count, room);
            assert_int_equal(action.buffers[0].Data.ulBufferLength, masking != 0 ? 14 : 10);
            complete(handle, &action);
            if (room == 1) {
                action = get_action(handle, SEND_QUEUE, room);
                assert_int_equal(action.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
                assert_int_equal(action.count, 1);
            }
            assert_ptr_equal(action.buffers[action.count - 1].Data.pbBuffer, payload);
            assert_int_equal(action.buffers[action.count - 1].Data.ulBufferLength, MOST);
            if (room == 1)
                complete(handle, &action);
            action = next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
            complete(handle, &action);
            expect_no_action(handle, SEND_QUEUE);
        }
    }
}

const struct api_case limits_cases[] = {
    API_CASE(RULE_RFC, a_length_above_4_gib_is_not_mistaken_for_its_lower_half),
    API_CASE(RULE_CHOICE, allocated_sizes_are_summed_without_overflow),
    API_CASE(RULE_CHOICE, an_allocated_buffer_larger_than_the_address_space_is_refused),
#if UINTPTR_MAX > 0xFFFFFFFFu
    API_CASE(RULE_RFC, a_length_above_4_gib_fills_memory_of_nearly_4_gib),
    API_CASE(RULE_CHOICE, the_rest_of_memory_of_nearly_4_gib_is_counted_right),
    API_CASE(RULE_CHOICE, the_end_of_a_receive_buffer_of_nearly_4_gib_is_not_taken_for_its_front),
#else
    API_CASE(RULE_CHOICE, a_receive_buffer_of_nearly_4_gib_is_more_than_there_is),
#endif
    API_CASE(RULE_WIRE, a_client_masks_a_message_of_nearly_4_gib_piece_by_piece),
    API_CASE(RULE_NET, a_message_of_nearly_4_gib_is_sent_from_the_callers_memory),
    API_CASES_END,
};
