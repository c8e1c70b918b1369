/*
 * Section 4.2 of the specification: what WebSocketBeginServerHandshake selects, and the headers that it
 * returns.
 */
#include "api_tests.h"

#define REQUEST                                                                                              \
    "Host: server.example.com\n"                                                                             \
    "Upgrade: websocket\n"                                                                                   \
    "Connection: Upgrade\n"                                                                                  \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"                                                          \
    "Sec-WebSocket-Version: 13"

/* RFC 6455, 1.3: the accept key for that key. */
#define ANSWER                                                                                               \
    "Connection: Upgrade\n"                                                                                  \
    "Upgrade: websocket\n"                                                                                   \
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

/* What one Begin selects, and its outcome. */
struct answer {
    WEB_SOCKET_HANDLE server;
    HRESULT result;
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
};

static struct answer begin_on(WEB_SOCKET_HANDLE server, const char *request, PCSTR subprotocol,
                              PCSTR *extensions, ULONG extension_count)
{
    struct answer answer = {server, S_OK, POISON_POINTER, POISON_ULONG};
    ULONG count;
    PWEB_SOCKET_HTTP_HEADER headers = headers_from_text(request, "", &count);

    answer.result = ws->BeginServerHandshake(server, subprotocol, extensions, extension_count, headers, count,
                                             &answer.headers, &answer.count);
    return answer;
}

static struct answer begin(const char *request, PCSTR subprotocol, PCSTR *extensions, ULONG extension_count)
{
    return begin_on(create_server(NULL), request, subprotocol, extensions, extension_count);
}

static void expect_answer(const struct answer *answer, const char *text)
{
    assert_result(S_OK, answer->result);
    expect_headers(answer->headers, answer->count, text, "");
}

/* The failure leaves the outputs alone, and the handle where it was. */
static void expect_failure(const char *row, HRESULT wanted, const char *request, PCSTR subprotocol,
                           PCSTR extension)
{
    WEB_SOCKET_HANDLE server = create_server(NULL);
    struct answer answer = begin_on(server, request, subprotocol, &extension, extension != NULL);

    assert_result_for(row, wanted, answer.result);
    assert_ptr_equal(answer.headers, POISON_POINTER);
    assert_int_equal(answer.count, POISON_ULONG);
    assert_result_for(row, E_INVALID_PROTOCOL_OPERATION, ws->EndServerHandshake(server));
    answer = begin_on(server, REQUEST, NULL, NULL, 0);
    expect_answer(&answer, ANSWER);
}

/* ---- The headers ---- */

/* RFC 6455, 1.3: its request, and its answer. */
static void the_handshake_of_rfc_6455_is_answered_as_there(void)
{
    struct answer answer = begin("Host: server.example.com\n"
                                 "Upgrade: websocket\n"
                                 "Connection: Upgrade\n"
                                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
                                 "Origin: http://example.com\n"
                                 "Sec-WebSocket-Protocol: chat, superchat\n"
                                 "Sec-WebSocket-Version: 13",
                                 "chat", NULL, 0);

    expect_answer(&answer, "Connection: Upgrade\n"
                           "Upgrade: websocket\n"
                           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n"
                           "Sec-WebSocket-Protocol: chat");
}

static void without_a_selection_there_are_three_headers(void)
{
    struct answer answer = begin(REQUEST, NULL, NULL, 0);

    expect_answer(&answer, ANSWER);
    answer = begin(REQUEST "\nSec-WebSocket-Protocol: a\nSec-WebSocket-Extensions: x", NULL, NULL, 0);
    expect_answer(&answer, ANSWER);
}

/* The value between the header's white space is what the accept key is made of. */
static void white_space_is_no_part_of_the_key(void)
{
    struct answer answer =
        begin("Host: a\nUpgrade: websocket\nConnection: Upgrade\n"
              "Sec-WebSocket-Key: \t dGhlIHNhbXBsZSBub25jZQ== \t\nSec-WebSocket-Version: 13",
              NULL, NULL, 0);

    expect_answer(&answer, ANSWER);
}

static void the_headers_stay_as_they_are_until_delete(void)
{
    PCSTR extension = "x; p=1";
    struct answer answer =
        begin(REQUEST "\nSec-WebSocket-Protocol: chat\nSec-WebSocket-Extensions: x", "chat", &extension, 1);

    assert_result(S_OK, ws->EndServerHandshake(answer.server));
    send_nothing(answer.server, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL);
    next_action(answer.server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    ws->AbortHandle(answer.server);
    memory_release();
    expect_answer(&answer, ANSWER "\nSec-WebSocket-Protocol: chat\nSec-WebSocket-Extensions: x; p=1");
}

/* ---- The subprotocol ---- */

static void null_or_an_empty_string_selects_no_subprotocol(void)
{
    static const char *const request = REQUEST "\nSec-WebSocket-Protocol: chat";
    struct answer answer = begin(request, "", NULL, 0);

    expect_answer(&answer, ANSWER);
    answer = begin(request, NULL, NULL, 0);
    expect_answer(&answer, ANSWER);
    answer = begin(REQUEST, "", NULL, 0);
    expect_answer(&answer, ANSWER);
}

static void the_subprotocol_is_one_of_all_header_lines(void)
{
    static const char *const selected[] = {"a", "b", "c.d", "e"};

    for (size_t i = 0; i < COUNT_OF(selected); i++) {
        struct answer answer = begin(REQUEST "\nSec-WebSocket-Protocol: a, b\nOrigin: x\n"
                                             "sec-websocket-protocol: c.d,, e ,",
                                     selected[i], NULL, 0);

        assert_result_for(selected[i], S_OK, answer.result);
        assert_int_equal(answer.count, 4);
        assert_string_equal(answer.headers[3].pcName, "Sec-WebSocket-Protocol");
        assert_string_equal(answer.headers[3].pcValue, selected[i]);
    }
}

static void a_subprotocol_that_was_not_offered_is_refused(void)
{
    static const char *const request = REQUEST "\nSec-WebSocket-Protocol: chat, b";
    static const char *const selected[] = {"a", "Chat", "CHAT", "cha", "chatt", "hat", "websocket"};

    for (size_t i = 0; i < COUNT_OF(selected); i++)
        expect_failure(selected[i], E_SUBPROTOCOL_NOT_SUPPORTED, request, selected[i], NULL);
    expect_failure("none offered", E_SUBPROTOCOL_NOT_SUPPORTED, REQUEST, "chat", NULL);
}

static void a_subprotocol_that_is_no_token_is_refused(void)
{
    static const char *const selected[] = {" ",      "a b",   "chat, b", "chat\r\nEvil: 1",
                                           "chat\n", " chat", "chat ",   "\"chat\"",
                                           "a/b",    "a;b",   "\x7F",    "\xC3\xA9"};

    for (size_t i = 0; i < COUNT_OF(selected); i++) {
        expect_failure(selected[i], E_INVALIDARG, REQUEST "\nSec-WebSocket-Protocol: chat, b", selected[i],
                       NULL);
    }
}

/* ---- The extensions ---- */

static void selected_extensions_are_answered_as_given(void)
{
    PCSTR extensions[] = {"y; q=2", "x; p=\"1\"; r"};
    struct answer answer = begin(REQUEST "\nSec-WebSocket-Extensions: x; p=5, z\nSec-WebSocket-Extensions: y",
                                 NULL, extensions, 2);

    expect_answer(&answer, ANSWER "\nSec-WebSocket-Extensions: y; q=2, x; p=\"1\"; r");
}

static void subprotocol_and_extensions_are_answered_together(void)
{
    PCSTR extension = "x";
    struct answer answer =
        begin(REQUEST "\nSec-WebSocket-Extensions: x\nSec-WebSocket-Protocol: a", "a", &extension, 1);

    expect_answer(&answer, ANSWER "\nSec-WebSocket-Protocol: a\nSec-WebSocket-Extensions: x");
}

static void selections_are_copied_during_the_call(void)
{
    char text[] = "abc";
    PCSTR extension = text;
    struct answer answer =
        begin(REQUEST "\nSec-WebSocket-Extensions: abc\nSec-WebSocket-Protocol: abc", text, &extension, 1);

    extension = "POISON";
    memcpy(text, "XXX", 3);
    expect_answer(&answer, ANSWER "\nSec-WebSocket-Protocol: abc\nSec-WebSocket-Extensions: abc");
}

static void an_extension_that_was_not_offered_is_refused(void)
{
    static const char *const request = REQUEST "\nSec-WebSocket-Extensions: xx; p=1, y";
    static const char *const selected[] = {"x", "xxx", "z", "p", "p; xx", "z; xx"};

    for (size_t i = 0; i < COUNT_OF(selected); i++)
        expect_failure(selected[i], E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED, request, NULL, selected[i]);
    expect_failure("none offered", E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED, REQUEST, NULL, "x");
}

static void a_malformed_extension_is_refused(void)
{
    static const char *const selected[] = {"",  " ",     "x;",      "x,y",       "x y",           "x=1",
                                           ";", "x; y=", "x; y=\"", "x\r\nE: 1", "x; y=\"\r\n\"", "x; y\n"};

    for (size_t i = 0; i < COUNT_OF(selected); i++) {
        expect_failure(selected[i], E_INVALIDARG, REQUEST "\nSec-WebSocket-Extensions: x, y", NULL,
                       selected[i]);
    }
}

static void an_extension_is_selected_once(void)
{
    PCSTR same[] = {"x", "x"};
    PCSTR twice[] = {"x", "y", "x; p"};
    struct answer answer = begin(REQUEST "\nSec-WebSocket-Extensions: x, y", NULL, same, 2);

    assert_result(E_INVALIDARG, answer.result);
    answer = begin(REQUEST "\nSec-WebSocket-Extensions: x, y, x; p", NULL, twice, 3);
    assert_result(E_INVALIDARG, answer.result);
    answer = begin_on(answer.server, REQUEST "\nSec-WebSocket-Extensions: x, y, x; p", NULL, twice, 2);
    expect_answer(&answer, ANSWER "\nSec-WebSocket-Extensions: x, y");
}

static void one_bad_selection_spoils_all(void)
{
    PCSTR extensions[] = {"x", "w"};
    struct answer answer =
        begin(REQUEST "\nSec-WebSocket-Extensions: x\nSec-WebSocket-Protocol: a", "a", extensions, 2);

    assert_result(E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED, answer.result);
    answer = begin_on(answer.server, REQUEST "\nSec-WebSocket-Extensions: x\nSec-WebSocket-Protocol: a", "b",
                      extensions, 1);
    assert_result(E_SUBPROTOCOL_NOT_SUPPORTED, answer.result);
    answer = begin_on(answer.server, REQUEST "\nSec-WebSocket-Extensions: x\nSec-WebSocket-Protocol: a", "a",
                      extensions, 1);
    expect_answer(&answer, ANSWER "\nSec-WebSocket-Protocol: a\nSec-WebSocket-Extensions: x");
}

const struct api_case server_answer_cases[] = {
    API_CASE(RULE_RFC, the_handshake_of_rfc_6455_is_answered_as_there),
    API_CASE(RULE_DOC, without_a_selection_there_are_three_headers),
    API_CASE(RULE_RFC, white_space_is_no_part_of_the_key),
    API_CASE(RULE_APPS, the_headers_stay_as_they_are_until_delete),
    API_CASE(RULE_APPS, null_or_an_empty_string_selects_no_subprotocol),
    API_CASE(RULE_RFC, the_subprotocol_is_one_of_all_header_lines),
    API_CASE(RULE_DOC, a_subprotocol_that_was_not_offered_is_refused),
    API_CASE(RULE_RFC, a_subprotocol_that_is_no_token_is_refused),
    API_CASE(RULE_DOC, selected_extensions_are_answered_as_given),
    API_CASE(RULE_DOC, subprotocol_and_extensions_are_answered_together),
    API_CASE(RULE_NET, selections_are_copied_during_the_call),
    API_CASE(RULE_DOC, an_extension_that_was_not_offered_is_refused),
    API_CASE(RULE_RFC, a_malformed_extension_is_refused),
    API_CASE(RULE_CHOICE, an_extension_is_selected_once),
    API_CASE(RULE_CHOICE, one_bad_selection_spoils_all),
    API_CASES_END};
