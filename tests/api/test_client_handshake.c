/*
 * Section 4.1 of the specification, the client's half of the handshake: what Begin makes. What End makes of
 * the server's answer has test_client_answer.c.
 */
#include "api_tests.h"

#include <stdio.h>

static const char *const plain_request = "Connection: Upgrade\n"
                                         "Upgrade: websocket\n"
                                         "Sec-WebSocket-Version: 13\n"
                                         "Sec-WebSocket-Key: *";

/* Begin with these offers, which must succeed. */
static PWEB_SOCKET_HTTP_HEADER begin(WEB_SOCKET_HANDLE client, PCSTR *subprotocols, ULONG subprotocol_count,
                                     PCSTR *extensions, ULONG extension_count, ULONG *count)
{
    PWEB_SOCKET_HTTP_HEADER headers = NULL;

    assert_result(S_OK, ws->BeginClientHandshake(client, subprotocols, subprotocol_count, extensions,
                                                 extension_count, NULL, 0, &headers, count));
    assert_non_null(headers);
    return headers;
}

/* The array is these lines, "*" standing for its own key; all strings end in NUL. */
static void expect_request(const WEB_SOCKET_HTTP_HEADER *headers, ULONG count, const char *text)
{
    expect_headers(headers, count, text, find_header(headers, count, "Sec-WebSocket-Key")->pcValue);
}

/* ---- The headers ---- */

static void begin_returns_the_upgrade_headers(void)
{
    ULONG count;
    PWEB_SOCKET_HTTP_HEADER headers = begin(create_client(NULL), NULL, 0, NULL, 0, &count);

    expect_request(headers, count, plain_request);
}

/* 16 bytes are 22 characters, the last of which carries 2 bits, and "==". */
static void the_key_is_base64_of_16_bytes(void)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (int i = 0; i < 50; i++) {
        ULONG count;
        PWEB_SOCKET_HTTP_HEADER headers = begin(create_client(NULL), NULL, 0, NULL, 0, &count);
        const WEB_SOCKET_HTTP_HEADER *key = find_header(headers, count, "Sec-WebSocket-Key");

        assert_int_equal(key->ulValueLength, 24);
        assert_int_equal(strspn(key->pcValue, alphabet), 22);
        assert_non_null(strchr("AQgw", key->pcValue[21]));
        assert_string_equal(key->pcValue + 22, "==");
    }
}

static void every_key_is_fresh(void)
{
    char keys[100][25];

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        ULONG count;
        PWEB_SOCKET_HTTP_HEADER headers = begin(create_client(NULL), NULL, 0, NULL, 0, &count);

        memcpy(keys[i], find_header(headers, count, "Sec-WebSocket-Key")->pcValue, sizeof keys[i]);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(keys[i], keys[k], 24);
    }
}

static void initial_headers_may_be_absent_and_no_host_is_demanded(void)
{
    static const WEB_SOCKET_HTTP_HEADER initial[] = {HEADER("Accept", "*/*"), HEADER("X-Empty", "")};
    ULONG count;
    PWEB_SOCKET_HTTP_HEADER headers;

    assert_result(S_OK,
                  ws->BeginClientHandshake(create_client(NULL), NULL, 0, NULL, 0, NULL, 0, &headers, &count));
    assert_result(S_OK, ws->BeginClientHandshake(create_client(NULL), NULL, 0, NULL, 0,
                                                 heap_headers(initial, 2), 2, &headers, &count));
    expect_request(headers, count, plain_request);
}

/* What Microsoft's sample does. */
static void initial_headers_may_have_a_host(void)
{
    static const WEB_SOCKET_HTTP_HEADER initial[] = {HEADER("Host", "localhost")};
    ULONG count;
    PWEB_SOCKET_HTTP_HEADER headers;

    assert_result(S_OK, ws->BeginClientHandshake(create_client(NULL), NULL, 0, NULL, 0,
                                                 heap_headers(initial, 1), 1, &headers, &count));
    expect_request(headers, count, plain_request);
}

static void offers_become_two_more_headers(void)
{
    PCSTR subprotocols[] = {"soap", "wamp"};
    PCSTR extensions[] = {"x; y=1", "z"};
    ULONG count;
    PWEB_SOCKET_HTTP_HEADER headers = begin(create_client(NULL), subprotocols, 2, extensions, 2, &count);

    expect_request(headers, count,
                   "Connection: Upgrade\n"
                   "Upgrade: websocket\n"
                   "Sec-WebSocket-Version: 13\n"
                   "Sec-WebSocket-Key: *\n"
                   "Sec-WebSocket-Protocol: soap, wamp\n"
                   "Sec-WebSocket-Extensions: x; y=1, z");
}

static void one_offer_becomes_one_more_header(void)
{
    PCSTR subprotocol = "chat";
    PCSTR extension = "permessage-deflate; client_max_window_bits";
    ULONG count;
    PWEB_SOCKET_HTTP_HEADER headers = begin(create_client(NULL), &subprotocol, 1, NULL, 0, &count);

    assert_int_equal(count, 5);
    expect_headers(headers + 4, 1, "Sec-WebSocket-Protocol: chat", "");
    headers = begin(create_client(NULL), NULL, 0, &extension, 1, &count);
    assert_int_equal(count, 5);
    expect_headers(headers + 4, 1, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
                   "");

    subprotocol = "a";
    extension = "x";
    headers = begin(create_client(NULL), &subprotocol, 1, &extension, 1, &count);
    assert_int_equal(count, 6);
    expect_headers(headers + 4, 2, "Sec-WebSocket-Protocol: a\nSec-WebSocket-Extensions: x", "");
}

static void offers_are_copied_during_the_call(void)
{
    PCSTR offers[1];
    char text[] = "chat";
    ULONG count, response_count;
    WEB_SOCKET_HANDLE client = create_client(NULL);
    PWEB_SOCKET_HTTP_HEADER headers, response;

    offers[0] = text;
    headers = begin(client, offers, 1, offers, 1, &count);
    offers[0] = "POISON";
    memcpy(text, "XXXX", 4);
    expect_headers(headers + 4, 2, "Sec-WebSocket-Protocol: chat\nSec-WebSocket-Extensions: chat", "");

    /* The answer is compared with the offer as it was. */
    headers = with_header(headers, &count, "Host", "");
    offers[0] = "chat";
    assert_result(S_OK, ws->BeginServerHandshake(create_server(NULL), "chat", offers, 1, headers, count,
                                                 &response, &response_count));
    assert_result(S_OK, ws->EndClientHandshake(client, response, response_count, NULL, NULL, NULL));
}

/*
 * As Microsoft's sample does it: the headers go straight from one handle to the other, and are read after
 * End.
 */
static void the_headers_stay_as_they_are_until_delete(void)
{
    WEB_SOCKET_HANDLE client = create_client(NULL);
    PCSTR offers[] = {"chat", "x; y=1"};
    ULONG count, request_count, response_count;
    PWEB_SOCKET_HTTP_HEADER headers = begin(client, &offers[0], 1, &offers[1], 1, &count), request, response;
    char key[25];
    uint8_t bytes[256];

    memcpy(key, find_header(headers, count, "Sec-WebSocket-Key")->pcValue, sizeof key);
    request_count = count;
    request = with_header(headers, &request_count, "Host", "");
    assert_result(S_OK, ws->BeginServerHandshake(create_server(NULL), offers[0], &offers[1], 1, request,
                                                 request_count, &response, &response_count));
    assert_result(S_OK, ws->EndClientHandshake(client, response, response_count, NULL, NULL, NULL));
    send_bytes(client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, key, sizeof key, bytes, sizeof bytes);
    ws->AbortHandle(client);

    expect_headers(headers, count,
                   "Connection: Upgrade\n"
                   "Upgrade: websocket\n"
                   "Sec-WebSocket-Version: 13\n"
                   "Sec-WebSocket-Key: *\n"
                   "Sec-WebSocket-Protocol: chat\n"
                   "Sec-WebSocket-Extensions: x; y=1",
                   key);
}

/* ---- What may be offered ---- */

static void any_token_is_a_subprotocol(void)
{
    static const char *const tokens[] = {
        "a",
        "chat.example.com",
        "v12.stomp",
        "!#$%&'*+-.^_`|~",
        "0123456789",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "abcdefghijklmnopqrstuvwxyz",
    };

    for (size_t i = 0; i < COUNT_OF(tokens); i++) {
        PCSTR offer = tokens[i];
        ULONG count;
        PWEB_SOCKET_HTTP_HEADER headers = begin(create_client(NULL), &offer, 1, NULL, 0, &count);

        assert_string_equal(find_header(headers, count, "Sec-WebSocket-Protocol")->pcValue, tokens[i]);
    }
}

/* An offer that is refused; afterwards a good one works on the same handle. */
static void expect_refused_offer(PCSTR subprotocol, PCSTR extension)
{
    WEB_SOCKET_HANDLE client = create_client(NULL);
    PCSTR subprotocols[] = {"good", subprotocol};
    PCSTR extensions[] = {"good", extension};
    PWEB_SOCKET_HTTP_HEADER headers = POISON_POINTER;
    ULONG count = POISON_ULONG;

    assert_result_for(subprotocol != NULL ? subprotocol : extension, E_INVALIDARG,
                      ws->BeginClientHandshake(client, subprotocols, subprotocol != NULL ? 2 : 1, extensions,
                                               extension != NULL ? 2 : 1, NULL, 0, &headers, &count));
    assert_ptr_equal(headers, POISON_POINTER);
    assert_int_equal(count, POISON_ULONG);
    begin(client, subprotocols, 1, extensions, 1, &count);
    assert_int_equal(count, 6);
}

static void what_is_no_token_is_no_subprotocol(void)
{
    static const char *const refused[] = {
        "",    " ",     "a b",   " a",    "a ",   "a,b", "a\tb",     "a\r\nEvil: 1", "a\n",
        "a\r", "a\x7F", "a\x01", "\"a\"", "a/b",  "a;b", "a:b",      "a=b",          "(a)",
        "[a]", "{a}",   "<a>",   "a@b",   "a\\b", "a?b", "\xC3\xA9",
    };

    for (size_t i = 0; i < COUNT_OF(refused); i++)
        expect_refused_offer(refused[i], NULL);
}

static void extensions_have_parameters(void)
{
    static const char *const accepted[] = {
        "x",
        "x;y",
        "x; y",
        "x;y=1",
        "x; y=1; z",
        "x; y=\"1\"",
        "x; y=\"a\\b\"",
        "x ; y",
        "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
        "!#$%&'*+-.^_`|~",
    };

    for (size_t i = 0; i < COUNT_OF(accepted); i++) {
        PCSTR offer = accepted[i];
        ULONG count;
        PWEB_SOCKET_HTTP_HEADER headers = begin(create_client(NULL), NULL, 0, &offer, 1, &count);

        assert_string_equal(find_header(headers, count, "Sec-WebSocket-Extensions")->pcValue, accepted[i]);
    }
}

static void what_is_malformed_is_no_extension(void)
{
    static const char *const refused[] = {
        "",
        " ",
        ";",
        ";x",
        "x;",
        "x; ",
        "x;;y",
        "x,y",
        "x, y",
        ",",
        "x y",
        "x=1",
        "x; y=",
        "x; =1",
        "x; y=1 2",
        "x; y=a,b",
        "x; y=\"a",
        "x; y=a\"",
        "x; y=\"a\"b",
        "x; y=\"a\\",
        "x; y=\"a\r\nb\"",
        "x; y=\"a\\\nb\"",
        "x; y=\"\x01\"",
        "x\r\nEvil: 1",
        "x; y\r\nEvil: 1",
        "x\n",
        "x;\r\n y",
        "(x)",
        "x; (y)",
        "x/1",
        "\"x\"",
        "x\x7F",
        "x; y=\xC3\xA9",
    };

    for (size_t i = 0; i < COUNT_OF(refused); i++)
        expect_refused_offer(NULL, refused[i]);
}

/* RFC 6455, 9.1: a quoted value must be a token once it is unquoted. */
static void a_quoted_value_that_is_no_token_is_refused(void)
{
    expect_refused_offer(NULL, "x; y=\"a b\"");
    expect_refused_offer(NULL, "x; y=\"a, b; c\"");
    expect_refused_offer(NULL, "x; y=\"a\\\"b\"");
    expect_refused_offer(NULL, "x; y=\"\"");
}

/* RFC 6455, 4.1, item 10: the elements must all be unique. Case matters. */
static void no_subprotocol_is_offered_twice(void)
{
    PCSTR different[] = {"chat", "Chat"};
    ULONG count;

    expect_refused_offer("good", NULL);
    begin(create_client(NULL), different, 2, NULL, 0, &count);
}

/* RFC 6455, 9.1: the same extension may be offered with other parameters. */
static void an_extension_may_be_offered_twice(void)
{
    PCSTR offers[] = {"deflate; bits=10", "deflate"};
    ULONG count;
    PWEB_SOCKET_HTTP_HEADER headers = begin(create_client(NULL), NULL, 0, offers, 2, &count);

    assert_string_equal(find_header(headers, count, "Sec-WebSocket-Extensions")->pcValue,
                        "deflate; bits=10, deflate");
}

static void many_offers_are_all_there(void)
{
    char names[300][8];
    PCSTR offers[300];
    char wanted[300 * 10];
    size_t size = 0;
    ULONG count;
    PWEB_SOCKET_HTTP_HEADER headers;

    for (size_t i = 0; i < COUNT_OF(offers); i++) {
        snprintf(names[i], sizeof names[i], "n%u", (unsigned)i);
        offers[i] = names[i];
        size += (size_t)snprintf(wanted + size, sizeof wanted - size, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    headers = begin(create_client(NULL), offers, COUNT_OF(offers), offers, COUNT_OF(offers), &count);
    assert_string_equal(find_header(headers, count, "Sec-WebSocket-Protocol")->pcValue, wanted);
    assert_string_equal(find_header(headers, count, "Sec-WebSocket-Extensions")->pcValue, wanted);
}

const struct api_case client_handshake_cases[] = {
    API_CASE(RULE_DOC, begin_returns_the_upgrade_headers),
    API_CASE(RULE_RFC, the_key_is_base64_of_16_bytes),
    API_CASE(RULE_RFC, every_key_is_fresh),
    API_CASE(RULE_NET, initial_headers_may_be_absent_and_no_host_is_demanded),
    API_CASE(RULE_APPS, initial_headers_may_have_a_host),
    API_CASE(RULE_DOC, offers_become_two_more_headers),
    API_CASE(RULE_DOC, one_offer_becomes_one_more_header),
    API_CASE(RULE_NET, offers_are_copied_during_the_call),
    API_CASE(RULE_APPS, the_headers_stay_as_they_are_until_delete),
    API_CASE(RULE_RFC, any_token_is_a_subprotocol),
    API_CASE(RULE_RFC, what_is_no_token_is_no_subprotocol),
    API_CASE(RULE_RFC, extensions_have_parameters),
    API_CASE(RULE_RFC, what_is_malformed_is_no_extension),
    API_CASE(RULE_RFC, a_quoted_value_that_is_no_token_is_refused),
    API_CASE(RULE_CHOICE, no_subprotocol_is_offered_twice),
    API_CASE(RULE_CHOICE, an_extension_may_be_offered_twice),
    API_CASE(RULE_CHOICE, many_offers_are_all_there),
    API_CASES_END};
