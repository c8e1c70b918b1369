/*
 * Section 4.2 of the specification: which requests WebSocketBeginServerHandshake accepts. What it selects and
 * answers has test_server_answer.c. In the tables a request is lines of text.
 */
#include "api_tests.h"

#define HOST       "Host: server.example.com\n"
#define UPGRADE    "Upgrade: websocket\n"
#define CONNECTION "Connection: Upgrade\n"
#define KEY        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
#define VERSION    "Sec-WebSocket-Version: 13"
#define GOOD       HOST UPGRADE CONNECTION KEY VERSION

/* Begin without a selection; the outputs are untouched by a failure. */
static HRESULT begin(WEB_SOCKET_HANDLE server, const char *request)
{
    ULONG count, response_count = POISON_ULONG;
    PWEB_SOCKET_HTTP_HEADER headers = headers_from_text(request, "", &count);
    PWEB_SOCKET_HTTP_HEADER response = POISON_POINTER;
    HRESULT result =
        ws->BeginServerHandshake(server, NULL, NULL, 0, headers, count, &response, &response_count);

    if (FAILED(result)) {
        assert_ptr_equal(response, POISON_POINTER);
        assert_int_equal(response_count, POISON_ULONG);
    }
    return result;
}

/* Each request is refused on one handle, which stays where it was: at last a good one is accepted. */
static void expect_refused(HRESULT wanted, const char *const *requests, size_t count)
{
    WEB_SOCKET_HANDLE server = create_server(NULL);

    for (size_t i = 0; i < count; i++) {
        assert_result_for(requests[i], wanted, begin(server, requests[i]));
        assert_result_for(requests[i], E_INVALID_PROTOCOL_OPERATION, ws->EndServerHandshake(server));
    }
    assert_result(S_OK, begin(server, GOOD));
    assert_result(S_OK, ws->EndServerHandshake(server));
}

static void expect_accepted(const char *const *requests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        WEB_SOCKET_HANDLE server = create_server(NULL);

        assert_result_for(requests[i], S_OK, begin(server, requests[i]));
        assert_result(S_OK, ws->EndServerHandshake(server));
    }
}

static void good_requests_are_accepted(void)
{
    static const char *const requests[] = {
        GOOD,
        VERSION "\n" KEY CONNECTION UPGRADE "Host: localhost:8080",
        "HOST: a\nuPGRADE: websocket\nconnection: Upgrade\n"
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\nSEC-WEBSOCKET-VERSION: 13",
        HOST "Upgrade: WebSocket\nConnection: upgrade\n" KEY VERSION,
        HOST "Upgrade: WEBSOCKET\nConnection: UPGRADE\n" KEY VERSION,
        HOST "Upgrade: h2c, websocket\nConnection: Upgrade\n" KEY VERSION,
        HOST "Upgrade: websocket\nConnection: keep-alive, Upgrade\n" KEY VERSION,
        HOST "Upgrade: websocket\nConnection: Upgrade,close\n" KEY VERSION,
        HOST "Upgrade: websocket\nConnection: keep-alive\nConnection: Upgrade\n" KEY VERSION,
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: \tdGhlIHNhbXBsZSBub25jZQ== \nSec-WebSocket-Version:  13 ",
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: +/+/+/+/+/+/+/+/+/+/+w==\n" VERSION,
    };

    expect_accepted(requests, COUNT_OF(requests));
}

static void unknown_headers_are_ignored(void)
{
    static const char *const requests[] = {
        GOOD "\nOrigin: http://example.com\nUser-Agent: a\nUser-Agent: b\nX-Empty: \nCookie: \x01\xFF",
        GOOD "\nSec-WebSocket-Accept: nonsense\nSec-WebSocket-Keys: a\nUpgrade-Insecure-Requests: 1",
        "A: b\n" GOOD,
    };

    expect_accepted(requests, COUNT_OF(requests));
}

static void what_is_offered_need_not_be_selected(void)
{
    static const char *const requests[] = {
        GOOD "\nSec-WebSocket-Protocol: chat, superchat",
        GOOD "\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        GOOD "\nSec-WebSocket-Protocol: a\nSec-WebSocket-Protocol: b\nSec-WebSocket-Extensions: x\n"
             "Sec-WebSocket-Extensions: y; z=\"1\"",
    };

    expect_accepted(requests, COUNT_OF(requests));
}

/* .NET passes an empty one. */
static void the_host_may_be_empty(void)
{
    static const char *const requests[] = {"Host: \n" UPGRADE CONNECTION KEY VERSION};

    expect_accepted(requests, COUNT_OF(requests));
}

static void the_host_is_there_once(void)
{
    static const char *const requests[] = {
        UPGRADE CONNECTION KEY VERSION,
        HOST HOST UPGRADE CONNECTION KEY VERSION,
        "Host: a\n" GOOD,
        "Hosts: a\n" UPGRADE CONNECTION KEY VERSION,
    };

    expect_refused(E_INVALID_PROTOCOL_FORMAT, requests, COUNT_OF(requests));
}

static void upgrade_is_there_once_with_the_token_websocket(void)
{
    static const char *const requests[] = {
        HOST CONNECTION KEY VERSION,
        HOST UPGRADE UPGRADE CONNECTION KEY VERSION,
        HOST "Upgrade: h2c\n" UPGRADE CONNECTION KEY VERSION,
        HOST "Upgrade: \n" CONNECTION KEY VERSION,
        HOST "Upgrade: h2c\n" CONNECTION KEY VERSION,
        HOST "Upgrade: websockets\n" CONNECTION KEY VERSION,
        HOST "Upgrade: web socket\n" CONNECTION KEY VERSION,
        HOST "Upgrade: websocke\n" CONNECTION KEY VERSION,
        HOST "Upgrade: xebsocket\n" CONNECTION KEY VERSION,
        HOST "Xpgrade: websocket\n" CONNECTION KEY VERSION,
    };

    expect_refused(E_INVALID_PROTOCOL_FORMAT, requests, COUNT_OF(requests));
}

static void connection_has_the_token_upgrade(void)
{
    static const char *const requests[] = {
        HOST UPGRADE KEY VERSION,
        HOST UPGRADE "Connection: \n" KEY VERSION,
        HOST UPGRADE "Connection: keep-alive\n" KEY VERSION,
        HOST UPGRADE "Connection: Upgrades\n" KEY VERSION,
        HOST UPGRADE "Connection: Xpgrade\n" KEY VERSION,
        HOST UPGRADE "Connection: keep-alive Upgrade\n" KEY VERSION,
        HOST UPGRADE "Connection: keep-alive\nConnection: close\n" KEY VERSION,
    };

    expect_refused(E_INVALID_PROTOCOL_FORMAT, requests, COUNT_OF(requests));
}

static void the_key_is_there_once_and_base64_of_16_bytes(void)
{
    static const char *const requests[] = {
        HOST UPGRADE CONNECTION VERSION,
        HOST UPGRADE CONNECTION KEY KEY VERSION,
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\n" VERSION,
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: \n" VERSION,
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\n" VERSION,      /* 15 bytes */
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSE=\n" VERSION,  /* 17 bytes */
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSEh\n" VERSION,  /* 18 bytes */
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=\n" VERSION,   /* padding cut */
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ\n" VERSION,    /* not padded */
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ===\n" VERSION, /* too much */
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==x\n" VERSION, /* more after it */
        HOST UPGRADE CONNECTION
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ===\n" VERSION, /* padding too early */
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhl=HNhbXBsZSBub25jZQ==\n" VERSION, /* padding inside */
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub2_jZQ==\n" VERSION, /* other alphabet */
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub2-jZQ==\n" VERSION, /* other alphabet */
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhl IHNhbXBsZSBu25jZQ==\n" VERSION, /* space inside */
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25\xE9ZQ==\n" VERSION, /* not ASCII */
        HOST UPGRADE CONNECTION
        "Sec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ==\n" VERSION, /* another header */
    };

    expect_refused(E_INVALID_PROTOCOL_FORMAT, requests, COUNT_OF(requests));
}

static void a_version_other_than_13_is_not_supported(void)
{
    static const char *const requests[] = {
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 8",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 0",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 12",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 14",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 113",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 130",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 255",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 9",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 99",
    };

    expect_refused(E_PROTOCOL_VERSION_NOT_SUPPORTED, requests, COUNT_OF(requests));
}

static void the_version_is_there_once_and_a_number(void)
{
    static const char *const requests[] = {
        HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        GOOD "\nSec-WebSocket-Version: 13",
        GOOD "\nSec-WebSocket-Version: 8",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: ",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: thirteen",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 13x",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 1 3",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: +13",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 0x0D",
        HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 13, 8",
    };

    expect_refused(E_INVALID_PROTOCOL_FORMAT, requests, COUNT_OF(requests));
}

static void a_version_with_a_leading_zero_is_malformed(void)
{
    static const char *const requests[] = {HOST UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 013"};

    expect_refused(E_INVALID_PROTOCOL_FORMAT, requests, COUNT_OF(requests));
}

static void malformed_offers_are_refused(void)
{
    static const char *const requests[] = {
        GOOD "\nSec-WebSocket-Protocol: a b",
        GOOD "\nSec-WebSocket-Protocol: a, b/c",
        GOOD "\nSec-WebSocket-Protocol: a\nSec-WebSocket-Protocol: (b)",
        GOOD "\nSec-WebSocket-Protocol: , ,",
        GOOD "\nSec-WebSocket-Protocol: \nSec-WebSocket-Protocol: ,",
        GOOD "\nSec-WebSocket-Extensions: x y",
        GOOD "\nSec-WebSocket-Extensions: x;",
        GOOD "\nSec-WebSocket-Extensions: x; p=",
        GOOD "\nSec-WebSocket-Extensions: x; p=\"1",
        GOOD "\nSec-WebSocket-Extensions: x\nSec-WebSocket-Extensions: =",
        GOOD "\nSec-WebSocket-Extensions: ,",
        GOOD "\nSec-WebSocket-Extensions: ,\nSec-WebSocket-Extensions: ",
    };

    expect_refused(E_INVALID_PROTOCOL_FORMAT, requests, COUNT_OF(requests));
}

/* Some clients send them; .NET takes them so too. Nothing is offered then. */
static void empty_offers_count_as_absent(void)
{
    static const char *const requests[] = {
        GOOD "\nSec-WebSocket-Protocol: ",
        GOOD "\nSec-WebSocket-Protocol: \t \nSec-WebSocket-Protocol: ",
        GOOD "\nSec-WebSocket-Extensions: ",
        "Sec-WebSocket-Extensions: \n" GOOD "\nSec-WebSocket-Protocol: \nSec-WebSocket-Extensions:  ",
        GOOD "\nSec-WebSocket-Protocol: \nSec-WebSocket-Protocol: a, b",
        GOOD "\nSec-WebSocket-Extensions: x\nSec-WebSocket-Extensions: ",
    };
    WEB_SOCKET_HANDLE server = create_server(NULL);
    PCSTR x = "x";
    PWEB_SOCKET_HTTP_HEADER headers, response;
    ULONG count, response_count;

    expect_accepted(requests, COUNT_OF(requests));
    headers = headers_from_text(requests[0], "", &count);
    assert_result(E_SUBPROTOCOL_NOT_SUPPORTED,
                  ws->BeginServerHandshake(server, "a", NULL, 0, headers, count, &response, &response_count));
    headers = headers_from_text(requests[2], "", &count);
    assert_result(E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED,
                  ws->BeginServerHandshake(server, NULL, &x, 1, headers, count, &response, &response_count));
}

/* Lengths count, not NULs: "websocket" with a NUL behind it is another token. */
static void values_end_where_their_lengths_say(void)
{
    static const WEB_SOCKET_HTTP_HEADER headers[] = {
        HEADER("Host", "a"),
        HEADER("Upgrade", "websocket\0"),
        HEADER("Connection", "Upgrade"),
        HEADER("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        HEADER("Sec-WebSocket-Version", "13"),
    };
    PWEB_SOCKET_HTTP_HEADER copy = heap_headers(headers, COUNT_OF(headers)), response;
    WEB_SOCKET_HANDLE server = create_server(NULL);
    ULONG count;

    assert_result(E_INVALID_PROTOCOL_FORMAT, ws->BeginServerHandshake(server, NULL, NULL, 0, copy,
                                                                      COUNT_OF(headers), &response, &count));
    copy[1].ulValueLength = 9;
    assert_result(
        S_OK, ws->BeginServerHandshake(server, NULL, NULL, 0, copy, COUNT_OF(headers), &response, &count));
}

static void an_empty_string_may_be_null(void)
{
    static const WEB_SOCKET_HTTP_HEADER headers[] = {
        {(PCHAR) "Host", 4, NULL, 0},
        HEADER("Upgrade", "websocket"),
        HEADER("Connection", "Upgrade"),
        {NULL, 0, (PCHAR) "x", 1},
        HEADER("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        HEADER("Sec-WebSocket-Version", "13"),
        {NULL, 0, NULL, 0},
    };
    PWEB_SOCKET_HTTP_HEADER response;
    ULONG count;

    assert_result(S_OK, ws->BeginServerHandshake(create_server(NULL), NULL, NULL, 0,
                                                 heap_headers(headers, COUNT_OF(headers)), COUNT_OF(headers),
                                                 &response, &count));
}

static void no_headers_at_all_are_refused(void)
{
    WEB_SOCKET_HANDLE server = create_server(NULL);
    PWEB_SOCKET_HTTP_HEADER response = POISON_POINTER;
    ULONG count = POISON_ULONG;

    assert_result(E_INVALIDARG, ws->BeginServerHandshake(server, NULL, NULL, 0, NULL, 0, &response, &count));
    assert_result(E_INVALIDARG, begin(server, ""));
    assert_ptr_equal(response, POISON_POINTER);
    assert_int_equal(count, POISON_ULONG);
    assert_result(S_OK, begin(server, GOOD));
}

static void the_handshake_begins_once(void)
{
    WEB_SOCKET_HANDLE server = create_server(NULL);

    assert_result(S_OK, begin(server, GOOD));
    assert_result(E_INVALID_PROTOCOL_OPERATION, begin(server, GOOD));
    assert_result(S_OK, ws->EndServerHandshake(server));
    assert_result(E_INVALID_PROTOCOL_OPERATION, begin(server, GOOD));
}

const struct api_case server_request_cases[] = {
    API_CASE(RULE_RFC, good_requests_are_accepted),
    API_CASE(RULE_RFC, unknown_headers_are_ignored),
    API_CASE(RULE_RFC, what_is_offered_need_not_be_selected),
    API_CASE(RULE_NET, the_host_may_be_empty),
    API_CASE(RULE_RFC, the_host_is_there_once),
    API_CASE(RULE_RFC, upgrade_is_there_once_with_the_token_websocket),
    API_CASE(RULE_RFC, connection_has_the_token_upgrade),
    API_CASE(RULE_RFC, the_key_is_there_once_and_base64_of_16_bytes),
    API_CASE(RULE_RFC, a_version_other_than_13_is_not_supported),
    API_CASE(RULE_RFC, the_version_is_there_once_and_a_number),
    API_CASE(RULE_CHOICE, a_version_with_a_leading_zero_is_malformed),
    API_CASE(RULE_CHOICE, malformed_offers_are_refused),
    API_CASE(RULE_CHOICE, empty_offers_count_as_absent),
    API_CASE(RULE_CHOICE, values_end_where_their_lengths_say),
    API_CASE(RULE_CHOICE, an_empty_string_may_be_null),
    API_CASE(RULE_DOC, no_headers_at_all_are_refused),
    API_CASE(RULE_DOC, the_handshake_begins_once),
    API_CASES_END};
