/*
 * Section 3 of the specification: the properties of a handle. ALLOCATED_BUFFER has test_allocated_buffer.c.
 */
#include "api_tests.h"

#include <stdio.h>

typedef HRESULT(WINAPI *create_function)(const PWEB_SOCKET_PROPERTY, ULONG, WEB_SOCKET_HANDLE *);

/*
 * Creates a handle of each role from the properties, which are given in exact-size heap blocks. On success
 * the handle is left to the harness, on failure *phWebSocket must be NULL.
 */
static void expect_for_both_roles(const char *row, HRESULT wanted, const WEB_SOCKET_PROPERTY *properties,
                                  ULONG count)
{
    create_function create[] = {ws->CreateClientHandle, ws->CreateServerHandle};
    WEB_SOCKET_PROPERTY *copy =
        (WEB_SOCKET_PROPERTY *)(void *)heap_copy(properties, count * sizeof(WEB_SOCKET_PROPERTY));

    for (size_t i = 0; i < COUNT_OF(create); i++) {
        WEB_SOCKET_HANDLE handle = (WEB_SOCKET_HANDLE)POISON_POINTER;

        assert_result_for(row, wanted, create[i](copy, count, &handle));
        if (FAILED(wanted)) {
            assert_that(handle == NULL, "%s: the handle is not NULL after the failure", row);
        } else {
            assert_non_null(handle);
            remember_handle(handle);
        }
    }
}

/* One property of this type, with the value in a heap block of exactly `size` bytes. */
static void expect_for_value(HRESULT wanted, WEB_SOCKET_PROPERTY_TYPE type, const void *value, ULONG size)
{
    WEB_SOCKET_PROPERTY property = {type, heap_copy(value, size), size};
    char row[64];

    snprintf(row, sizeof row, "property %ld of %lu bytes", (long)type, (unsigned long)size);
    expect_for_both_roles(row, wanted, &property, 1);
}

static void expect_for_ulong(HRESULT wanted, WEB_SOCKET_PROPERTY_TYPE type, ULONG value)
{
    expect_for_value(wanted, type, &value, sizeof value);
}

/* ---- Which properties and values ---- */

static void an_array_without_elements_is_no_properties(void)
{
    expect_for_both_roles("none", S_OK, NULL, 0);
}

static void no_properties_are_the_normal_call(void)
{
    WEB_SOCKET_HANDLE handle = NULL;

    assert_result(S_OK, ws->CreateClientHandle(NULL, 0, &handle));
    remember_handle(handle);
    assert_result(S_OK, ws->CreateServerHandle(NULL, 0, &handle));
    remember_handle(handle);
}

static void the_receive_buffer_has_at_least_256_bytes(void)
{
    const WEB_SOCKET_PROPERTY_TYPE type = WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE;

    expect_for_ulong(S_OK, type, 256);
    expect_for_ulong(S_OK, type, 257);
    expect_for_ulong(S_OK, type, 65536);
    expect_for_ulong(E_INVALIDARG, type, 255);
    expect_for_ulong(E_INVALIDARG, type, 1);
    expect_for_ulong(E_INVALIDARG, type, 0);
}

static void the_send_buffer_has_at_least_16_bytes(void)
{
    const WEB_SOCKET_PROPERTY_TYPE type = WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE;

    expect_for_ulong(S_OK, type, 16);
    expect_for_ulong(S_OK, type, 17);
    expect_for_ulong(S_OK, type, 65536);
    expect_for_ulong(E_INVALIDARG, type, 15);
    expect_for_ulong(E_INVALIDARG, type, 1);
    expect_for_ulong(E_INVALIDARG, type, 0);
}

static void both_switches_take_true_and_false(void)
{
    expect_for_ulong(S_OK, WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, TRUE);
    expect_for_ulong(S_OK, WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, FALSE);
    expect_for_ulong(S_OK, WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, TRUE);
    expect_for_ulong(S_OK, WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, FALSE);
}

static void global_and_unknown_properties_are_refused(void)
{
    expect_for_ulong(E_INVALIDARG, WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE, 30000);
    expect_for_ulong(E_INVALIDARG, WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE, 13);
    expect_for_ulong(E_INVALIDARG, (WEB_SOCKET_PROPERTY_TYPE)7, 4096);
    expect_for_ulong(E_INVALIDARG, (WEB_SOCKET_PROPERTY_TYPE)0x7FFFFFFF, 4096);
    expect_for_ulong(E_INVALIDARG, (WEB_SOCKET_PROPERTY_TYPE)-1, 4096);
}

static void a_null_value_is_refused(void)
{
    for (int type = 0; type <= 6; type++) {
        WEB_SOCKET_PROPERTY property = {(WEB_SOCKET_PROPERTY_TYPE)type, NULL, 4};

        expect_for_both_roles("NULL of 4 bytes", E_INVALIDARG, &property, 1);
        property.ulValueSize = 0;
        expect_for_both_roles("NULL of 0 bytes", E_INVALIDARG, &property, 1);
    }
}

static void a_size_other_than_4_is_refused(void)
{
    static const WEB_SOCKET_PROPERTY_TYPE types[] = {
        WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE,
        WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE,
        WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE,
        WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE,
    };
    static const uint8_t value[8] = {0x00, 0x10, 0x00, 0x00};
    static const ULONG sizes[] = {0, 1, 2, 3, 5, 8};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        for (size_t k = 0; k < COUNT_OF(sizes); k++)
            expect_for_value(E_INVALIDARG, types[i], value, sizes[k]);
        expect_for_value(S_OK, types[i], value, 4);
    }
}

static void one_bad_property_among_good_ones_is_refused(void)
{
    ULONG size = 4096, small = 255;
    WEB_SOCKET_PROPERTY properties[] = {
        {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &size, sizeof size},
        {WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &size, sizeof size},
        {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &small, sizeof small},
    };

    expect_for_both_roles("two good ones", S_OK, properties, 2);
    expect_for_both_roles("two good ones and a bad one", E_INVALIDARG, properties, 3);
}

static void the_outputs_pointer_is_demanded(void)
{
    assert_result(E_INVALIDARG, ws->CreateClientHandle(NULL, 0, NULL));
    assert_result(E_INVALIDARG, ws->CreateServerHandle(NULL, 0, NULL));
}

static void null_properties_with_a_count_are_refused(void)
{
    static const ULONG counts[] = {1, 2, 65535, 65536, 0xFFFFFFFFu};

    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        WEB_SOCKET_HANDLE handle = (WEB_SOCKET_HANDLE)POISON_POINTER;

        assert_result(E_INVALIDARG, ws->CreateClientHandle(NULL, counts[i], &handle));
        assert_null(handle);
        handle = (WEB_SOCKET_HANDLE)POISON_POINTER;
        assert_result(E_INVALIDARG, ws->CreateServerHandle(NULL, counts[i], &handle));
        assert_null(handle);
    }
}

/* The array ends after one property: whoever believes the count reads past it. */
static void an_absurd_count_is_refused_before_anything_is_read(void)
{
    static const ULONG counts[] = {65536, 0x10000000, 0x80000000u, 0xFFFFFFFFu};
    ULONG size = 4096;
    const WEB_SOCKET_PROPERTY property = {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &size, sizeof size};
    WEB_SOCKET_PROPERTY *last = (WEB_SOCKET_PROPERTY *)(void *)guard_alloc(sizeof property, 0);

    *last = property;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        WEB_SOCKET_HANDLE handle = (WEB_SOCKET_HANDLE)POISON_POINTER;

        assert_result(E_INVALIDARG, ws->CreateClientHandle(last, counts[i], &handle));
        assert_null(handle);
        handle = (WEB_SOCKET_HANDLE)POISON_POINTER;
        assert_result(E_INVALIDARG, ws->CreateServerHandle(last, counts[i], &handle));
        assert_null(handle);
    }
}

/* 65535 properties are many, but no mistake. */
static void many_properties_are_read(void)
{
    const ULONG many = 65535;
    ULONG size = 4096, small = 255;
    WEB_SOCKET_PROPERTY *properties = (WEB_SOCKET_PROPERTY *)(void *)heap_block(many * sizeof *properties);

    for (ULONG i = 0; i < many; i++) {
        properties[i] =
            (WEB_SOCKET_PROPERTY){WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &size, sizeof size};
    }
    expect_for_both_roles("65535 good ones", S_OK, properties, many);
    properties[many - 1].pvValue = &small;
    expect_for_both_roles("a bad one at the end", E_INVALIDARG, properties, many);
}

/* ---- What the values do ---- */

/* The sizes that the properties amount to, shown by the memory that they demand: one byte less is refused. */
static void expect_sizes(create_function create, const WEB_SOCKET_PROPERTY *properties, ULONG count,
                         ULONG sum)
{
    WEB_SOCKET_PROPERTY all[8];
    void *memory = heap_block(sum + 144);
    WEB_SOCKET_HANDLE handle = NULL;

    assert_true(count < COUNT_OF(all));
    if (count > 0)
        memcpy(all, properties, count * sizeof all[0]);
    all[count] = (WEB_SOCKET_PROPERTY){WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &memory, sum + 144 - 1};
    assert_result(E_INVALIDARG, create(all, count + 1, &handle));
    all[count].ulValueSize = sum + 144;
    assert_result(S_OK, create(all, count + 1, &handle));
    remember_handle(handle);
}

static void the_default_sizes_are_4096_and_for_a_servers_sending_16(void)
{
    expect_sizes(ws->CreateClientHandle, NULL, 0, 4096 + 4096);
    expect_sizes(ws->CreateServerHandle, NULL, 0, 4096 + 16);
}

static void properties_come_in_any_order(void)
{
    ULONG receive_size = 300, send_size = 20;
    BOOL yes = TRUE;
    WEB_SOCKET_PROPERTY properties[] = {
        {WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, &yes, sizeof yes},
        {WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &send_size, sizeof send_size},
        {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &receive_size, sizeof receive_size},
        {WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, &yes, sizeof yes},
    };

    for (int turn = 0; turn < 4; turn++) {
        WEB_SOCKET_PROPERTY first = properties[0];

        expect_sizes(ws->CreateClientHandle, properties, 4, 300 + 20);
        expect_sizes(ws->CreateServerHandle, properties, 4, 300 + 20);
        memmove(properties, properties + 1, 3 * sizeof properties[0]);
        properties[3] = first;
    }
}

/* The memory is judged by the sizes that come after it too. */
static void allocated_buffer_may_come_before_the_sizes(void)
{
    ULONG receive_size = 8192;
    void *memory = heap_block(8192 + 16 + 144);
    WEB_SOCKET_PROPERTY properties[] = {
        {WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &memory, 8192 + 16 + 144 - 1},
        {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &receive_size, sizeof receive_size},
    };
    WEB_SOCKET_HANDLE handle = NULL;

    assert_result(E_INVALIDARG, ws->CreateServerHandle(properties, 2, &handle));
    properties[0].ulValueSize += 1;
    assert_result(S_OK, ws->CreateServerHandle(properties, 2, &handle));
    remember_handle(handle);
}

static void the_last_of_two_equal_types_wins(void)
{
    ULONG small = 256, large = 1000;
    WEB_SOCKET_PROPERTY properties[] = {
        {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &small, sizeof small},
        {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &large, sizeof large},
        {WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &large, sizeof large},
        {WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &small, sizeof small},
    };

    expect_sizes(ws->CreateClientHandle, properties, 4, 1000 + 256);
    expect_sizes(ws->CreateServerHandle, properties, 4, 1000 + 256);
}

/* The properties' values may be on a stack that is long gone. */
static void values_are_copied_during_the_call(void)
{
    ULONG size = 256;
    WEB_SOCKET_PROPERTY property = {WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &size, sizeof size};
    WEB_SOCKET_HANDLE client = NULL;
    static const uint8_t message[600];

    assert_result(S_OK, ws->CreateClientHandle(&property, 1, &client));
    remember_handle(client);
    size = 65536;
    memset(&property, BLOCK_POISON, sizeof property);

    shake_hands(client, create_server(NULL), NULL);
    send_data(client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, message, sizeof message, NULL);
    struct action action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action_size(&action), 256);
}

static void the_default_receive_buffer_takes_4096_bytes_of_payload_at_once(void)
{
    WEB_SOCKET_HANDLE client = open_client(NULL);
    uint8_t payload[4097];
    uint8_t frame[FRAME_HEADER_MAX + sizeof payload];

    memset(payload, 'p', sizeof payload);
    receive(client, NULL, 0, NULL);
    receive(client, NULL, 0, NULL);
    receive(client, NULL, 0, NULL);

    struct feeder feeder =
        feeder_start(client, frame, make_frame(frame, FIN | OP_BINARY, false, payload, 4096), 0);
    struct action action = feeder_next(&feeder);
    expect_indication(client, &action, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, payload, 4096);

    feeder_add(&feeder, frame, make_frame(frame, FIN | OP_BINARY, false, payload, 4097));
    action = feeder_next(&feeder);
    expect_indication(client, &action, WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE, payload, 4096);
    action = feeder_next(&feeder);
    expect_indication(client, &action, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, payload, 1);
}

static void the_default_send_buffer_of_a_client_is_4096(void)
{
    WEB_SOCKET_HANDLE client = open_client(NULL);
    static const uint8_t message[10000];

    send_data(client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, message, sizeof message, NULL);
    struct action action = next_action(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.count, 1);
    assert_int_equal(action_size(&action), 4096);
}

/* ---- DISABLE_MASKING ---- */

static void a_client_without_masking_sets_the_mask_bit_and_a_key_of_0(void)
{
    static const uint8_t wanted[] = {0x81, 0x85, 0, 0, 0, 0, 'H', 'e', 'l', 'l', 'o'};
    WEB_SOCKET_HANDLE client = open_client(&(struct session_options){.disable_masking = true});
    uint8_t frame[64];

    assert_int_equal(send_bytes(client, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "Hello", 5, frame, sizeof frame),
                     sizeof wanted);
    assert_memory_equal(frame, wanted, sizeof wanted);
}

/* FALSE is as good as no property: some frame of ten has a key other than 0, and its payload is masked. */
static void disable_masking_false_leaves_masking_on(void)
{
    BOOL no = FALSE;
    WEB_SOCKET_PROPERTY property = {WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, &no, sizeof no};
    struct pair pair = {NULL, create_server(NULL)};
    bool masked = false;

    assert_result(S_OK, ws->CreateClientHandle(&property, 1, &pair.client));
    remember_handle(pair.client);
    shake_hands(pair.client, pair.server, NULL);
    for (int i = 0; i < 10; i++) {
        uint8_t bytes[64];
        size_t size =
            send_bytes(pair.client, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "Hello", 5, bytes, sizeof bytes);

        assert_int_equal(size, 6 + 5);
        masked = masked || memcmp(bytes + 6, "Hello", 5) != 0;
        assert_memory_equal(read_frame(bytes, size).payload, "Hello", 5);
    }
    assert_true(masked);
}

static void a_server_without_masking_accepts_both_kinds_of_frame(void)
{
    WEB_SOCKET_HANDLE server = open_server(&(struct session_options){.disable_masking = true});
    uint8_t frame[64];

    for (int masked = 0; masked < 2; masked++) {
        size_t size = make_frame(frame, FIN | OP_TEXT, masked != 0, "Hello", 5);

        receive(server, NULL, 0, NULL);
        feed(server, frame, size, 0);
        expect_payload(server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "Hello", 5);
    }
}

static void a_server_with_masking_refuses_an_unmasked_frame(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    uint8_t frame[64];

    receive(server, NULL, 0, NULL);
    feed(server, frame, make_frame(frame, FIN | OP_TEXT, false, "Hello", 5), 0);
    expect_receive_failure(server, E_INVALID_PROTOCOL_FORMAT, 1002);
}

/* ---- DISABLE_UTF8_VERIFICATION ---- */

static void text_is_verified_unless_that_is_disabled(void)
{
    static const uint8_t text[] = {'a', 0xC3, 0x28, 0xFF};
    WEB_SOCKET_HANDLE strict = open_client(NULL);
    WEB_SOCKET_HANDLE lenient = open_client(&(struct session_options){.disable_utf8_verification = true});
    uint8_t frame[64];
    size_t size = make_frame(frame, FIN | OP_TEXT, false, text, sizeof text);

    receive(strict, NULL, 0, NULL);
    feed(strict, frame, size, 0);
    expect_receive_failure(strict, E_INVALID_PROTOCOL_FORMAT, 1007);

    receive(lenient, NULL, 0, NULL);
    feed(lenient, frame, size, 0);
    expect_payload(lenient, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, text, sizeof text);
}

static void disable_utf8_verification_false_leaves_it_on(void)
{
    BOOL no = FALSE;
    WEB_SOCKET_PROPERTY property = {WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, &no, sizeof no};
    struct pair pair = {NULL, create_server(NULL)};
    uint8_t frame[64];

    assert_result(S_OK, ws->CreateClientHandle(&property, 1, &pair.client));
    remember_handle(pair.client);
    shake_hands(pair.client, pair.server, NULL);
    receive(pair.client, NULL, 0, NULL);
    feed(pair.client, frame, make_frame(frame, FIN | OP_TEXT, false, "\xFF", 1), 0);
    expect_receive_failure(pair.client, E_INVALID_PROTOCOL_FORMAT, 1007);
}

const struct api_case properties_cases[] = {
    API_CASE(RULE_NET, no_properties_are_the_normal_call),
    API_CASE(RULE_CHOICE, an_array_without_elements_is_no_properties),
    API_CASE(RULE_DOC, the_receive_buffer_has_at_least_256_bytes),
    API_CASE(RULE_NET, the_send_buffer_has_at_least_16_bytes),
    API_CASE(RULE_DOC, both_switches_take_true_and_false),
    API_CASE(RULE_DOC, global_and_unknown_properties_are_refused),
    API_CASE(RULE_DOC, a_null_value_is_refused),
    API_CASE(RULE_DOC, a_size_other_than_4_is_refused),
    API_CASE(RULE_DOC, one_bad_property_among_good_ones_is_refused),
    API_CASE(RULE_DOC, the_outputs_pointer_is_demanded),
    API_CASE(RULE_DOC, null_properties_with_a_count_are_refused),
    API_CASE(RULE_CHOICE, an_absurd_count_is_refused_before_anything_is_read),
    API_CASE(RULE_CHOICE, many_properties_are_read),
    API_CASE(RULE_DOC, the_default_sizes_are_4096_and_for_a_servers_sending_16),
    API_CASE(RULE_CHOICE, properties_come_in_any_order),
    API_CASE(RULE_CHOICE, allocated_buffer_may_come_before_the_sizes),
    API_CASE(RULE_CHOICE, the_last_of_two_equal_types_wins),
    API_CASE(RULE_NET, values_are_copied_during_the_call),
    API_CASE(RULE_CHOICE, the_default_receive_buffer_takes_4096_bytes_of_payload_at_once),
    API_CASE(RULE_DOC, the_default_send_buffer_of_a_client_is_4096),
    API_CASE(RULE_DOC, a_client_without_masking_sets_the_mask_bit_and_a_key_of_0),
    API_CASE(RULE_DOC, disable_masking_false_leaves_masking_on),
    API_CASE(RULE_DOC, a_server_without_masking_accepts_both_kinds_of_frame),
    API_CASE(RULE_DOC, a_server_with_masking_refuses_an_unmasked_frame),
    API_CASE(RULE_DOC, text_is_verified_unless_that_is_disabled),
    API_CASE(RULE_DOC, disable_utf8_verification_false_leaves_it_on),
    API_CASES_END};
