/*
 * Careless callers: NULL where something is demanded, counts of 0 and absurd ones, at every function. Never a
 * crash, never a changed state after an error. Wrong roles, wrong states and wrong handles have
 * test_handles.c, properties test_properties.c, the global properties test_global_property.c.
 */
#include "api_tests.h"

static const ULONG absurd_counts[] = {65536, 0x01000000, 0x10000000, 0x80000000u, 0xFFFFFFFFu};

/* An array of one string that ends at an unreadable page. */
static PCSTR *one_string(PCSTR string)
{
    PCSTR *array = (PCSTR *)(void *)guard_alloc(sizeof *array, 0);

    *array = string;
    return array;
}

/* An array of one header that ends at an unreadable page. */
static PWEB_SOCKET_HTTP_HEADER one_header(const WEB_SOCKET_HTTP_HEADER *header)
{
    PWEB_SOCKET_HTTP_HEADER array = (PWEB_SOCKET_HTTP_HEADER)(void *)guard_alloc(sizeof *array, 0);

    *array = *header;
    return array;
}

static const WEB_SOCKET_HTTP_HEADER good_header = HEADER("Host", "a");

static const WEB_SOCKET_HTTP_HEADER null_strings[] = {
    {NULL, 1, (PCHAR) "a", 1},
    {(PCHAR) "Host", 4, NULL, 1},
    {NULL, 0xFFFFFFFFu, NULL, 0},
    {NULL, 0, NULL, 0xFFFFFFFFu},
};

/* ---- WebSocketBeginClientHandshake ---- */

/* The arguments of the call after its handle, with good values to begin with. */
struct begin_client {
    PCSTR *subprotocols;
    ULONG subprotocol_count;
    PCSTR *extensions;
    ULONG extension_count;
    PWEB_SOCKET_HTTP_HEADER initial;
    ULONG initial_count;
};

static void expect_begin_client(HRESULT wanted, WEB_SOCKET_HANDLE client, const struct begin_client *call)
{
    PWEB_SOCKET_HTTP_HEADER headers = POISON_POINTER;
    ULONG count = POISON_ULONG;

    assert_result(wanted, ws->BeginClientHandshake(client, call->subprotocols, call->subprotocol_count,
                                                   call->extensions, call->extension_count, call->initial,
                                                   call->initial_count, &headers, &count));
    if (FAILED(wanted)) {
        assert_ptr_equal(headers, POISON_POINTER);
        assert_int_equal(count, POISON_ULONG);
    }
}

static void begin_client_handshake_refuses_null(void)
{
    WEB_SOCKET_HANDLE client = create_client(NULL);
    PWEB_SOCKET_HTTP_HEADER headers = POISON_POINTER;
    ULONG count = POISON_ULONG;

    assert_result(E_INVALIDARG, ws->BeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, NULL, &count));
    assert_result(E_INVALIDARG, ws->BeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, &headers, NULL));
    assert_result(E_INVALIDARG, ws->BeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, NULL, NULL));
    assert_ptr_equal(headers, POISON_POINTER);
    assert_int_equal(count, POISON_ULONG);

    expect_begin_client(E_INVALIDARG, client, &(struct begin_client){.subprotocol_count = 1});
    expect_begin_client(E_INVALIDARG, client, &(struct begin_client){.extension_count = 1});
    expect_begin_client(E_INVALIDARG, client, &(struct begin_client){.initial_count = 1});
    expect_begin_client(E_INVALIDARG, client,
                        &(struct begin_client){.subprotocols = one_string(NULL), .subprotocol_count = 1});
    expect_begin_client(E_INVALIDARG, client,
                        &(struct begin_client){.extensions = one_string(NULL), .extension_count = 1});
    for (size_t i = 0; i < COUNT_OF(null_strings); i++) {
        expect_begin_client(
            E_INVALIDARG, client,
            &(struct begin_client){.initial = one_header(&null_strings[i]), .initial_count = 1});
    }
    expect_begin_client(S_OK, client, &(struct begin_client){0});
}

static void begin_client_handshake_refuses_absurd_counts_before_it_reads(void)
{
    WEB_SOCKET_HANDLE client = create_client(NULL);
    PCSTR *string = one_string("x");
    PWEB_SOCKET_HTTP_HEADER header = one_header(&good_header);

    for (size_t i = 0; i < COUNT_OF(absurd_counts); i++) {
        ULONG count = absurd_counts[i];

        expect_begin_client(E_INVALIDARG, client,
                            &(struct begin_client){.subprotocols = string, .subprotocol_count = count});
        expect_begin_client(E_INVALIDARG, client,
                            &(struct begin_client){.extensions = string, .extension_count = count});
        expect_begin_client(E_INVALIDARG, client,
                            &(struct begin_client){.initial = header, .initial_count = count});
        expect_begin_client(E_INVALIDARG, client,
                            &(struct begin_client){.subprotocol_count = count,
                                                   .extension_count = count,
                                                   .initial_count = count});
    }
    expect_begin_client(S_OK, client,
                        &(struct begin_client){.subprotocols = string,
                                               .subprotocol_count = 1,
                                               .extensions = string,
                                               .extension_count = 1,
                                               .initial = header,
                                               .initial_count = 1});
}

/* Arrays of no elements are not looked at. */
static void begin_client_handshake_takes_counts_of_0(void)
{
    expect_begin_client(S_OK, create_client(NULL),
                        &(struct begin_client){.subprotocols = POISON_POINTER,
                                               .extensions = POISON_POINTER,
                                               .initial = POISON_POINTER});
}

/* ---- WebSocketEndClientHandshake ---- */

static void end_client_handshake_refuses_null_and_absurd_counts(void)
{
    WEB_SOCKET_HANDLE client = begun_client(NULL);
    PWEB_SOCKET_HTTP_HEADER header = one_header(&good_header);
    ULONG selected = POISON_ULONG;

    assert_result(E_INVALIDARG, ws->EndClientHandshake(client, NULL, 1, NULL, NULL, NULL));
    assert_result(E_INVALIDARG, ws->EndClientHandshake(client, POISON_POINTER, 0, NULL, NULL, NULL));
    assert_result(E_INVALIDARG, ws->EndClientHandshake(client, header, 1, &selected, NULL, NULL));
    for (size_t i = 0; i < COUNT_OF(absurd_counts); i++) {
        assert_result(E_INVALIDARG,
                      ws->EndClientHandshake(client, header, absurd_counts[i], NULL, NULL, &selected));
        assert_result(E_INVALIDARG,
                      ws->EndClientHandshake(client, NULL, absurd_counts[i], NULL, NULL, &selected));
    }
    for (size_t i = 0; i < COUNT_OF(null_strings); i++) {
        assert_result(E_INVALIDARG,
                      ws->EndClientHandshake(client, one_header(&null_strings[i]), 1, NULL, NULL, &selected));
    }
    assert_int_equal(selected, POISON_ULONG);
    assert_result(E_INVALID_PROTOCOL_FORMAT, ws->EndClientHandshake(client, header, 1, NULL, NULL, NULL));
    assert_result(E_INVALID_PROTOCOL_OPERATION, ws->Receive(client, NULL, NULL));
}

/* ---- WebSocketBeginServerHandshake ---- */

#define REQUEST                                                                                              \
    "Host: a\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"        \
    "Sec-WebSocket-Version: 13\nSec-WebSocket-Extensions: x"

static void begin_server_handshake_refuses_null(void)
{
    WEB_SOCKET_HANDLE server = create_server(NULL);
    PWEB_SOCKET_HTTP_HEADER response = POISON_POINTER, request;
    ULONG count, written = POISON_ULONG;

    request = headers_from_text(REQUEST, "", &count);
    assert_result(E_INVALIDARG,
                  ws->BeginServerHandshake(server, NULL, NULL, 0, request, count, NULL, &written));
    assert_result(E_INVALIDARG,
                  ws->BeginServerHandshake(server, NULL, NULL, 0, request, count, &response, NULL));
    assert_result(E_INVALIDARG, ws->BeginServerHandshake(server, NULL, NULL, 0, request, count, NULL, NULL));
    assert_result(E_INVALIDARG,
                  ws->BeginServerHandshake(server, NULL, NULL, 0, NULL, 1, &response, &written));
    assert_result(E_INVALIDARG,
                  ws->BeginServerHandshake(server, NULL, NULL, 0, request, 0, &response, &written));
    assert_result(E_INVALIDARG,
                  ws->BeginServerHandshake(server, NULL, NULL, 1, request, count, &response, &written));
    assert_result(E_INVALIDARG, ws->BeginServerHandshake(server, NULL, one_string(NULL), 1, request, count,
                                                         &response, &written));
    for (size_t i = 0; i < COUNT_OF(null_strings); i++) {
        assert_result(E_INVALIDARG,
                      ws->BeginServerHandshake(server, NULL, NULL, 0, one_header(&null_strings[i]), 1,
                                               &response, &written));
    }
    assert_ptr_equal(response, POISON_POINTER);
    assert_int_equal(written, POISON_ULONG);
    assert_result(S_OK, ws->BeginServerHandshake(server, NULL, one_string("x"), 1, request, count, &response,
                                                 &written));
}

static void begin_server_handshake_refuses_absurd_counts_before_it_reads(void)
{
    WEB_SOCKET_HANDLE server = create_server(NULL);
    PWEB_SOCKET_HTTP_HEADER response = POISON_POINTER, request, header = one_header(&good_header);
    PCSTR *string = one_string("x");
    ULONG count, written = POISON_ULONG;

    request = headers_from_text(REQUEST, "", &count);
    for (size_t i = 0; i < COUNT_OF(absurd_counts); i++) {
        assert_result(E_INVALIDARG, ws->BeginServerHandshake(server, NULL, NULL, 0, header, absurd_counts[i],
                                                             &response, &written));
        assert_result(E_INVALIDARG, ws->BeginServerHandshake(server, NULL, string, absurd_counts[i], request,
                                                             count, &response, &written));
    }
    assert_ptr_equal(response, POISON_POINTER);
    assert_int_equal(written, POISON_ULONG);
    assert_result(
        S_OK, ws->BeginServerHandshake(server, NULL, POISON_POINTER, 0, request, count, &response, &written));
}

/* 65535 headers are many, but no mistake. */
static void many_headers_are_read(void)
{
    const ULONG many = 65535;
    WEB_SOCKET_HANDLE server = create_server(NULL);
    PWEB_SOCKET_HTTP_HEADER headers =
        (PWEB_SOCKET_HTTP_HEADER)(void *)heap_block(many * sizeof(WEB_SOCKET_HTTP_HEADER));
    PWEB_SOCKET_HTTP_HEADER request, response;
    ULONG count;

    request = headers_from_text(REQUEST, "", &count);
    for (ULONG i = 0; i < many; i++) {
        static const WEB_SOCKET_HTTP_HEADER other = HEADER("X-Other", "y");

        headers[i] = i < many - count ? other : request[i - (many - count)];
    }
    assert_result(S_OK, ws->BeginServerHandshake(server, NULL, NULL, 0, headers, many, &response, &count));
}

/* ---- WebSocketSend, WebSocketReceive, WebSocketGetAction, WebSocketCompleteAction ---- */

/* What a refused call must leave behind: a session that still takes a message in and sends one. */
static void expect_still_alive(WEB_SOCKET_HANDLE server)
{
    static const uint8_t hello[] = {0x81, 0x05, 'H', 'e', 'l', 'l', 'o'}; /* RFC 6455, 5.7 */
    uint8_t frame[64];

    receive(server, NULL, 0, NULL);
    feed(server, frame, make_frame(frame, FIN | OP_TEXT, true, "Hello", 5), 1);
    expect_payload(server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "Hello", 5);
    assert_int_equal(send_bytes(server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "Hello", 5, frame, sizeof frame),
                     sizeof hello);
    assert_memory_equal(frame, hello, sizeof hello);
    expect_no_action(server, ALL_QUEUES);
}

static void send_refuses_null_with_a_length(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    WEB_SOCKET_BUFFER buffer = {{NULL, 1}};

    assert_result(E_INVALIDARG, ws->Send(server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, &buffer, NULL));
    assert_result(E_INVALIDARG, ws->Send(server, WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE, &buffer, NULL));
    buffer.Data.ulBufferLength = 0xFFFFFFFFu;
    assert_result(E_INVALIDARG, ws->Send(server, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &buffer, NULL));
    buffer.CloseStatus.ulReasonLength = 1;
    buffer.CloseStatus.usStatus = 1000;
    assert_result(E_INVALIDARG, ws->Send(server, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer, NULL));
    expect_still_alive(server);
}

/* A server passes the caller's memory on, however long the caller says that it is. */
static void send_of_an_absurd_length_reads_nothing(void)
{
    static const uint8_t header[] = {0x82, 127, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF};
    WEB_SOCKET_HANDLE server = open_server(NULL);
    uint8_t *payload = guard_alloc(1, 7);
    WEB_SOCKET_BUFFER buffer = {{payload, 0xFFFFFFFFu}};

    assert_result(S_OK, ws->Send(server, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &buffer, NULL));
    struct action action = next_action(server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.count, 2);
    assert_int_equal(action.buffers[0].Data.ulBufferLength, sizeof header);
    assert_memory_equal(action.buffers[0].Data.pbBuffer, header, sizeof header);
    assert_ptr_equal(action.buffers[1].Data.pbBuffer, payload);
    assert_int_equal(action.buffers[1].Data.ulBufferLength, 0xFFFFFFFFu);
}

static void receive_refuses_null_or_no_room(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    WEB_SOCKET_BUFFER buffer = {{NULL, 16}};

    assert_result(E_INVALIDARG, ws->Receive(server, &buffer, NULL));
    buffer.Data.ulBufferLength = 0;
    assert_result(E_INVALIDARG, ws->Receive(server, &buffer, NULL));
    buffer.Data.pbBuffer = heap_block(16);
    assert_result(E_INVALIDARG, ws->Receive(server, &buffer, NULL));
    expect_no_action(server, RECEIVE_QUEUE);
    expect_still_alive(server);
}

static void receive_with_an_absurd_length_touches_nothing_beyond_the_frame(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    WEB_SOCKET_BUFFER buffer = {{guard_alloc(5, 3), 0xFFFFFFFFu}};
    uint8_t frame[64];

    assert_result(S_OK, ws->Receive(server, &buffer, NULL));
    feed(server, frame, make_frame(frame, FIN | OP_TEXT, true, "Hello", 5), 1);
    expect_payload(server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "Hello", 5);
}

/*
 * Each pointer NULL in turn, no such queue: what outputs there are say that there is nothing to do.
 */
static void get_action_refuses_null_and_unknown_queues(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);

    send_nothing(server, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL);
    for (int missing = 0; missing < 8; missing++) {
        static const int queues[] = {3, 3, 3, 3, 3, 0, 4, -1};
        WEB_SOCKET_BUFFER buffers[2];
        ULONG count = 2;
        WEB_SOCKET_ACTION action = WEB_SOCKET_SEND_TO_NETWORK_ACTION;
        WEB_SOCKET_BUFFER_TYPE type = WEB_SOCKET_CLOSE_BUFFER_TYPE;
        PVOID application = POISON_POINTER, context = POISON_POINTER;

        memset(buffers, BLOCK_POISON, sizeof buffers);
        assert_result(E_INVALIDARG, ws->GetAction(server, (WEB_SOCKET_ACTION_QUEUE)queues[missing],
                                                  missing == 0 ? NULL : buffers, missing == 1 ? NULL : &count,
                                                  missing == 2 ? NULL : &action, missing == 3 ? NULL : &type,
                                                  &application, missing == 4 ? NULL : &context));
        assert_true(block_untouched(buffers, sizeof buffers));
        assert_ptr_equal(application, POISON_POINTER);
        assert_int_equal(count, missing == 1 ? 2 : 0);
        assert_int_equal(action, missing == 2 ? WEB_SOCKET_SEND_TO_NETWORK_ACTION : WEB_SOCKET_NO_ACTION);
        assert_ptr_equal(context, missing == 4 ? POISON_POINTER : NULL);
    }
    uint8_t frame[16];
    assert_int_equal(take_output(server, frame, sizeof frame), 2);
    expect_still_alive(server);
}

static void get_action_takes_a_null_application_context(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    WEB_SOCKET_BUFFER buffers[2];
    ULONG count = 2;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context;

    send_nothing(server, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL);
    assert_result(S_OK, ws->GetAction(server, ALL_QUEUES, buffers, &count, &action, &type, NULL, &context));
    assert_int_equal(action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
}

/* The array has two elements and ends at an unreadable page. */
static void get_action_with_an_absurd_count_writes_what_it_must(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    WEB_SOCKET_BUFFER *buffers = (WEB_SOCKET_BUFFER *)(void *)guard_alloc(2 * sizeof *buffers, 0);
    ULONG count = 0xFFFFFFFFu;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID application, context;

    send_data(server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "Hello", 5, NULL);
    assert_result(S_OK,
                  ws->GetAction(server, SEND_QUEUE, buffers, &count, &action, &type, &application, &context));
    assert_int_equal(action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(count, 2);
}

static void complete_action_ignores_contexts_that_are_not_outstanding(void)
{
    static const uintptr_t wrong[] = {1, 2, 0xFFFF, (uintptr_t)-1};
    WEB_SOCKET_HANDLE server = open_server(NULL);

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        ws->CompleteAction(server, (PVOID)wrong[i], 5);
        ws->CompleteAction(server, NULL, 0xFFFFFFFFu);
    }
    ws->CompleteAction(server, POISON_POINTER, 0);
    expect_still_alive(server);
}

/* ---- The order of the checks ---- */

static void arguments_are_checked_before_the_state(void)
{
    WEB_SOCKET_HANDLE client = create_client(NULL);
    WEB_SOCKET_HANDLE server = create_server(NULL);
    WEB_SOCKET_BUFFER empty = {{NULL, 0}};
    ULONG count = 1;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context;

    assert_result(E_INVALIDARG, ws->BeginClientHandshake(server, NULL, 0, NULL, 0, NULL, 0, NULL, NULL));
    assert_result(E_INVALIDARG, ws->BeginServerHandshake(client, NULL, NULL, 0, NULL, 0, NULL, NULL));
    assert_result(E_INVALIDARG, ws->Send(client, (WEB_SOCKET_BUFFER_TYPE)0x7FFFFFFF, NULL, NULL));
    assert_result(E_INVALIDARG, ws->Receive(client, &empty, NULL));
    assert_result(E_INVALIDARG,
                  ws->GetAction(client, ALL_QUEUES, &empty, &count, NULL, &type, NULL, &context));
}

const struct api_case bad_input_cases[] = {
    API_CASE(RULE_DOC, begin_client_handshake_refuses_null),
    API_CASE(RULE_CHOICE, begin_client_handshake_refuses_absurd_counts_before_it_reads),
    API_CASE(RULE_CHOICE, begin_client_handshake_takes_counts_of_0),
    API_CASE(RULE_CHOICE, end_client_handshake_refuses_null_and_absurd_counts),
    API_CASE(RULE_DOC, begin_server_handshake_refuses_null),
    API_CASE(RULE_CHOICE, begin_server_handshake_refuses_absurd_counts_before_it_reads),
    API_CASE(RULE_CHOICE, many_headers_are_read),
    API_CASE(RULE_TRACE, send_refuses_null_with_a_length),
    API_CASE(RULE_DOC, send_of_an_absurd_length_reads_nothing),
    API_CASE(RULE_DOC, receive_refuses_null_or_no_room),
    API_CASE(RULE_DOC, receive_with_an_absurd_length_touches_nothing_beyond_the_frame),
    API_CASE(RULE_DOC, get_action_refuses_null_and_unknown_queues),
    API_CASE(RULE_DOC, get_action_takes_a_null_application_context),
    API_CASE(RULE_CHOICE, get_action_with_an_absurd_count_writes_what_it_must),
    API_CASE(RULE_TRACE, complete_action_ignores_contexts_that_are_not_outstanding),
    API_CASE(RULE_CHOICE, arguments_are_checked_before_the_state),
    API_CASES_END};
