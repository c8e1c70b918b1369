/*
 * The caller's memory right beside unreadable pages: a byte read or written past either end of it ends the
 * process. Memory that ends at such a page has the alignment of its size, so the sizes run through all
 * alignments and around the widths of all vectors.
 */
#include <stdio.h>

#include "api_tests.h"
#include "play.h"

enum edge { AT_START, AT_END };

static uint8_t *at_edge(enum edge edge, size_t size)
{
    return edge == AT_END ? guard_end(size) : guard_start(size);
}

static uint8_t *copy_at_edge(enum edge edge, const void *bytes, size_t size)
{
    return edge == AT_END ? guard_end_copy(bytes, size) : guard_start_copy(bytes, size);
}

/* Strings and arrays of the caller's with a NUL: the NUL is their last byte. */
static PCSTR string_at_edge(enum edge edge, const char *string)
{
    return (PCSTR)copy_at_edge(edge, string, strlen(string) + 1);
}

/* Sizes of payloads: all small ones, and some around pages. */
static size_t next_size(size_t size)
{
    static const size_t large[] = {255, 256, 257, 1000, 4095, 4096, 4097, 4111, 8192, 8200};

    if (size < 150)
        return size + 1;
    for (size_t i = 0; i < COUNT_OF(large); i++)
        if (large[i] > size)
            return large[i];
    return 0;
}

/* ---- Sending ---- */

/* One message of this size, in one action or more, is the frame that it should be, and is not written to. */
static void send_from_edge(WEB_SOCKET_HANDLE handle, enum role role, enum edge edge, size_t size)
{
    uint8_t *text = make_text(size);
    uint8_t *payload = copy_at_edge(edge, text, size);
    struct stream sent = {NULL, 0};
    char row[32];

    snprintf(row, sizeof row, "%s, %u bytes", role_name(role), (unsigned)size);
    send_data(handle, UTF8_MESSAGE, payload, size, NULL);
    stream_output(&sent, handle);
    expect_frame(row, &sent, role, FIN | OP_TEXT, text, size);
    assert_memory_equal(payload, text, size);
}

static void a_payload_to_be_sent_is_not_read_beyond_its_ends(void)
{
    static const ULONG send_buffers[] = {16, 17, 61, 256, 4096, 20000};

    for (enum edge edge = AT_START; edge <= AT_END; edge++) {
        for (size_t i = 0; i < COUNT_OF(send_buffers); i++) {
            for (size_t size = 1; size != 0; size = next_size(size)) {
                send_from_edge(open_client(&(struct session_options){.send_buffer = send_buffers[i]}),
                               ROLE_CLIENT, edge, size);
                session_release();
                guard_intact();
                memory_release();
            }
        }
        for (size_t size = 1; size != 0; size = next_size(size))
            send_from_edge(open_server(NULL), ROLE_SERVER, edge, size);
    }
}

static void a_close_reason_is_not_read_beyond_its_ends(void)
{
    for (enum edge edge = AT_START; edge <= AT_END; edge++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            for (ULONG size = 1; size <= WEB_SOCKET_MAX_CLOSE_REASON_LENGTH; size++) {
                WEB_SOCKET_HANDLE handle = open_role(role, NULL);
                char reason[WEB_SOCKET_MAX_CLOSE_REASON_LENGTH + 1];
                WEB_SOCKET_BUFFER buffer;
                struct stream sent = {NULL, 0};

                memset(reason, 'r', size);
                reason[size] = '\0';
                buffer.CloseStatus.pbReason = copy_at_edge(edge, reason, size);
                buffer.CloseStatus.ulReasonLength = size;
                buffer.CloseStatus.usStatus = 1000;
                assert_result(S_OK, ws->Send(handle, CLOSE, &buffer, NULL));
                stream_output(&sent, handle);
                expect_close_frame(role_name(role), &sent, role, 1000, reason);
            }
            session_release();
        }
    }
}

/* ---- Receiving ---- */

/* One frame into memory of the caller's of these sizes; what lies in front and behind is unreadable. */
static void receive_at_edge(enum role role, enum edge edge, size_t size, size_t own_size, size_t cut)
{
    WEB_SOCKET_HANDLE handle = open_role(role, NULL);
    uint8_t *text = make_text(size);
    uint8_t *own = at_edge(edge, own_size);
    struct stream in = {NULL, 0};
    struct feeder feeder;
    size_t received = 0;
    bool last = false;

    stream_frame(&in, role, FIN | OP_TEXT, text, size);
    feeder = feeder_start(handle, in.bytes, in.size, cut);
    while (!last) {
        receive(handle, own, own_size, NULL);
        struct action action = feeder_next(&feeder);
        assert_result(S_OK, action.result);
        assert_int_equal(action.action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
        last = action.type == UTF8_MESSAGE;
        assert_true(action_size(&action) <= size - received);
        assert_memory_equal(action.buffers[0].Data.pbBuffer, text + received, action_size(&action));
        received += action_size(&action);
        complete(handle, &action);
    }
    assert_int_equal(received, size);
    session_release();
    guard_intact();
    memory_release();
}

static void own_memory_is_not_touched_beyond_its_ends(void)
{
    static const size_t cuts[] = {0, 7};

    for (enum edge edge = AT_START; edge <= AT_END; edge++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            for (size_t size = 1; size != 0; size = next_size(size)) {
                for (size_t i = 0; i < COUNT_OF(cuts); i++)
                    receive_at_edge(role, edge, size, size, cuts[i]);
                receive_at_edge(role, edge, size + 40, size, 64); /* more than it holds */
                receive_at_edge(role, edge, size, size + 33, 0);  /* less */
            }
        }
    }
}

/* ---- The handshake ---- */

/* The headers, each name and each value without a NUL beside an unreadable page, and so is the array. */
static PWEB_SOCKET_HTTP_HEADER headers_at_edge(enum edge edge, const WEB_SOCKET_HTTP_HEADER *headers,
                                               ULONG count)
{
    PWEB_SOCKET_HTTP_HEADER copy =
        (PWEB_SOCKET_HTTP_HEADER)(void *)copy_at_edge(edge, headers, count * sizeof *headers);

    for (ULONG i = 0; i < count; i++) {
        copy[i].pcName = (PCHAR)copy_at_edge(edge, headers[i].pcName, headers[i].ulNameLength);
        copy[i].pcValue = (PCHAR)copy_at_edge(edge, headers[i].pcValue, headers[i].ulValueLength);
    }
    return copy;
}

static PCSTR *strings_at_edge(enum edge edge, const char *const *strings, size_t count)
{
    PCSTR *copy = (PCSTR *)(void *)at_edge(edge, count * sizeof *copy);

    for (size_t i = 0; i < count; i++)
        copy[i] = string_at_edge(edge, strings[i]);
    return copy;
}

static const char *const subprotocols[] = {"a", "chat.example.com", "superchat", "v10.stomp"};
static const char *const extensions[] = {"x", "permessage-deflate; client_max_window_bits",
                                         "y; z=\"quo\\ted\""};

/* One handshake between two handles, all strings and arrays at this edge. */
static void shake_hands_at_edge(enum edge edge)
{
    WEB_SOCKET_HANDLE client = create_client(NULL), server = create_server(NULL);
    WEB_SOCKET_HTTP_HEADER initial[] = {HEADER("Host", "example.com"), HEADER("", ""),
                                        HEADER("Cookie", "a=b")};
    PWEB_SOCKET_HTTP_HEADER headers, request;
    ULONG count;
    ULONG *selected = (ULONG *)(void *)at_edge(edge, 2 * sizeof *selected);
    ULONG *selected_count = (ULONG *)(void *)at_edge(edge, sizeof *selected_count);
    ULONG *subprotocol = (ULONG *)(void *)at_edge(edge, sizeof *subprotocol);

    assert_result(S_OK, ws->BeginClientHandshake(
                            client, strings_at_edge(edge, subprotocols, COUNT_OF(subprotocols)),
                            COUNT_OF(subprotocols), strings_at_edge(edge, extensions, COUNT_OF(extensions)),
                            COUNT_OF(extensions), headers_at_edge(edge, initial, 3), 3, &headers, &count));
    request = with_header(headers, &count, "Host", "example.com");
    assert_result(S_OK,
                  ws->BeginServerHandshake(server, string_at_edge(edge, "superchat"),
                                           strings_at_edge(edge, extensions + 1, 2), 2,
                                           headers_at_edge(edge, request, count), count, &headers, &count));
    *selected_count = 2;
    assert_result(S_OK, ws->EndClientHandshake(client, headers_at_edge(edge, headers, count), count, selected,
                                               selected_count, subprotocol));
    assert_int_equal(*selected_count, 2);
    assert_int_equal(selected[0], 1);
    assert_int_equal(selected[1], 2);
    assert_int_equal(*subprotocol, 2);
    assert_result(S_OK, ws->EndServerHandshake(server));
    guard_intact();
}

static void headers_and_strings_are_not_read_beyond_their_ends(void)
{
    for (enum edge edge = AT_START; edge <= AT_END; edge++)
        shake_hands_at_edge(edge);
}

/* Values that a reader may want to look behind: every one is cut off after each of its bytes. */
static const WEB_SOCKET_HTTP_HEADER request_headers[] = {
    HEADER("Host", "server.example.com"),
    HEADER("Upgrade", " h2c , \"websocket\", websocket\t"),
    HEADER("Connection", "keep-alive,  Upgrade "),
    HEADER("Sec-WebSocket-Key", " dGhlIHNhbXBsZSBub25jZQ== "),
    HEADER("Sec-WebSocket-Version", " 13 "),
    HEADER("Sec-WebSocket-Protocol", "a , superchat,, chat "),
    HEADER("Sec-WebSocket-Extensions", "x; a=\"q\\\"uoted\" ; b = c, permessage-deflate ;d"),
};

static const WEB_SOCKET_HTTP_HEADER response_headers[] = {
    HEADER("Upgrade", "websocket "),
    HEADER("Connection", "keep-alive , upgrade"),
    HEADER("Sec-WebSocket-Accept", " s3pPLMBiTxaQ9kYGzzhZRbK+xOo= "),
    HEADER("Sec-WebSocket-Protocol", " superchat "),
    HEADER("Sec-WebSocket-Extensions", "x; a=\"q\\\"uoted\" ; b = c, permessage-deflate ;d"),
};

static void read_request(enum edge edge, const WEB_SOCKET_HTTP_HEADER *headers, ULONG count)
{
    WEB_SOCKET_HANDLE server = create_server(NULL);
    PWEB_SOCKET_HTTP_HEADER response;
    ULONG response_count;

    (void)ws->BeginServerHandshake(server, NULL, NULL, 0, headers_at_edge(edge, headers, count), count,
                                   &response, &response_count);
}

static void read_response(enum edge edge, const WEB_SOCKET_HTTP_HEADER *headers, ULONG count)
{
    WEB_SOCKET_HANDLE client = create_client(NULL);
    PWEB_SOCKET_HTTP_HEADER request;
    ULONG request_count;
    PCSTR offered[] = {"superchat"}, *subprotocol = offered;
    PCSTR offer[] = {"x", "permessage-deflate"}, *extension = offer;
    const WEB_SOCKET_HTTP_HEADER *key;
    WEB_SOCKET_HTTP_HEADER answer[COUNT_OF(response_headers)];

    assert_result(S_OK, ws->BeginClientHandshake(client, subprotocol, 1, extension, 2, NULL, 0, &request,
                                                 &request_count));
    key = find_header(request, request_count, "Sec-WebSocket-Key");
    assert_non_null(key);
    memcpy(answer, headers, count * sizeof *headers);
    (void)ws->EndClientHandshake(client, headers_at_edge(edge, answer, count), count, NULL, NULL, NULL);
}

static void cut_each_header(void (*reader)(enum edge, const WEB_SOCKET_HTTP_HEADER *, ULONG),
                            const WEB_SOCKET_HTTP_HEADER *headers, ULONG count)
{
    for (enum edge edge = AT_START; edge <= AT_END; edge++) {
        for (ULONG i = 0; i < count; i++) {
            WEB_SOCKET_HTTP_HEADER cut[COUNT_OF(request_headers)];

            memcpy(cut, headers, count * sizeof *headers);
            for (ULONG length = 0; length <= headers[i].ulValueLength; length++) {
                cut[i].ulValueLength = length;
                reader(edge, cut, count);
                cut[i].pcValue =
                    headers[i].pcValue + (headers[i].ulValueLength - length); /* and from the front */
                reader(edge, cut, count);
                cut[i].pcValue = headers[i].pcValue;
            }
            for (ULONG length = 0; length <= headers[i].ulNameLength; length++) {
                cut[i].ulNameLength = length;
                reader(edge, cut, count);
            }
            session_release();
            memory_release();
        }
    }
}

static void no_header_that_is_cut_off_is_read_beyond_its_end(void)
{
    cut_each_header(read_request, request_headers, COUNT_OF(request_headers));
    cut_each_header(read_response, response_headers, COUNT_OF(response_headers));
}

/* ---- Properties and outputs ---- */

/* Values of any alignment: the memory's last 4 bytes begin at its size minus 4. */
static void property_values_are_not_read_beyond_their_ends(void)
{
    for (enum edge edge = AT_START; edge <= AT_END; edge++) {
        for (unsigned shift = 0; shift < 16; shift++) {
            ULONG size = 256 + 131 + 144;
            uint8_t *memory = heap_block(size);
            ULONG receive_size = 256, send_size = 131, yes = 1;
            uint8_t *values[4];
            const void *const from[4] = {&receive_size, &send_size, &yes, &memory};
            const size_t sizes[4] = {4, 4, 4, sizeof memory};
            WEB_SOCKET_HANDLE handle;

            for (unsigned i = 0; i < 4; i++) {
                uint8_t *block = at_edge(edge, sizes[i] + shift);

                values[i] = edge == AT_END ? block : block + shift;
                if (edge == AT_END)
                    values[i] += shift;
                memcpy(values[i], from[i], sizes[i]);
            }
            const WEB_SOCKET_PROPERTY properties[] = {
                {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, values[0], 4},
                {WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, values[1], 4},
                {WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, values[2], 4},
                {WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, values[3], size},
            };
            assert_result(S_OK, ws->CreateClientHandle((PWEB_SOCKET_PROPERTY)(void *)copy_at_edge(
                                                           edge, properties, sizeof properties),
                                                       COUNT_OF(properties), &handle));
            remember_handle(handle);
            guard_intact();
        }
    }
}

static void a_global_property_is_written_at_any_alignment(void)
{
    for (unsigned size = 4; size < 20; size++) {
        for (enum edge edge = AT_START; edge <= AT_END; edge++) {
            uint8_t *value = at_edge(edge, size) + (edge == AT_END ? size - 4 : 0);
            ULONG room = 4, version;

            assert_result(S_OK,
                          ws->GetGlobalProperty(WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE, value, &room));
            memcpy(&version, value, sizeof version);
            assert_int_equal(version, 13);
        }
    }
    guard_intact();
}

/* With room for one buffer no other is written, whatever the action is; nor read. */
static void an_array_of_one_buffer_is_not_touched_beyond_its_ends(void)
{
    static const uint8_t frames[] = {0x82, 1, 'a', 0x89, 1, 'b', 0x88, 0};

    for (enum edge edge = AT_START; edge <= AT_END; edge++) {
        WEB_SOCKET_HANDLE client = open_client(NULL);
        WEB_SOCKET_BUFFER *buffer = (WEB_SOCKET_BUFFER *)(void *)at_edge(edge, sizeof *buffer);
        unsigned seen[5] = {0};
        bool given = false;

        for (int i = 0; i < 2; i++)
            receive(client, NULL, 0, NULL);
        send_nothing(client, PING_PONG, NULL);
        for (int i = 0; i < 10; i++) {
            WEB_SOCKET_ACTION action;
            WEB_SOCKET_BUFFER_TYPE type;
            PVOID context;
            ULONG count = 1, bytes = 0;

            assert_result(S_OK,
                          ws->GetAction(client, ALL_QUEUES, buffer, &count, &action, &type, NULL, &context));
            seen[action]++;
            if (action == WEB_SOCKET_SEND_TO_NETWORK_ACTION) {
                bytes = buffer->Data.ulBufferLength;
            } else if (action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION) {
                assert_false(given);
                memcpy(buffer->Data.pbBuffer, frames, sizeof frames);
                bytes = sizeof frames;
                given = true;
            }
            ws->CompleteAction(client, context, bytes);
            guard_intact();
        }
        for (int i = 0; i < 5; i++)
            assert_int_not_equal(seen[i], 0);
    }
}

const struct api_case edges_cases[] = {
    API_CASE(RULE_DOC, a_payload_to_be_sent_is_not_read_beyond_its_ends),
    API_CASE(RULE_DOC, a_close_reason_is_not_read_beyond_its_ends),
    API_CASE(RULE_DOC, own_memory_is_not_touched_beyond_its_ends),
    API_CASE(RULE_DOC, headers_and_strings_are_not_read_beyond_their_ends),
    API_CASE(RULE_DOC, no_header_that_is_cut_off_is_read_beyond_its_end),
    API_CASE(RULE_DOC, property_values_are_not_read_beyond_their_ends),
    API_CASE(RULE_DOC, a_global_property_is_written_at_any_alignment),
    API_CASE(RULE_DOC, an_array_of_one_buffer_is_not_touched_beyond_its_ends),
    API_CASES_END,
};
