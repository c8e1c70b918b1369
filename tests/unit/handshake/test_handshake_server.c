/*
 * White-box tests of handshake_server.c: section 4.2 of the specification, check by check, and both
 * roles together. The allocator is stood in for (__wrap_malloc), to see it fail and to see how much is asked
 * of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "handshake/handshake.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char poison;

/* ---- a stand-in ---- */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

static bool allocation_fails;
static size_t allocated; /* the size last asked for */

void *__wrap_malloc(size_t size)
{
    allocated = size;
    return allocation_fails ? NULL : __real_malloc(size);
}

/* ---- helpers ---- */

#define HOST                                                                                                 \
    {                                                                                                        \
        "Host", "server.example.com"                                                                         \
    }
#define UPGRADE                                                                                              \
    {                                                                                                        \
        "Upgrade", "websocket"                                                                               \
    }
#define CONNECTION                                                                                           \
    {                                                                                                        \
        "Connection", "Upgrade"                                                                              \
    }
#define KEY                                                                                                  \
    {                                                                                                        \
        "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="                                                      \
    }
#define VERSION                                                                                              \
    {                                                                                                        \
        "Sec-WebSocket-Version", "13"                                                                        \
    }
#define OK_HEADERS HOST, UPGRADE, CONNECTION, KEY, VERSION
#define PROTOCOL   "Sec-WebSocket-Protocol"
#define EXTENSIONS "Sec-WebSocket-Extensions"

struct request {
    struct exact_text texts[10];
    enum ws_status status;
};

static const struct ws_server_choice no_choice;

static enum ws_status begin(const struct ws_server_choice *choice, const WEB_SOCKET_HTTP_HEADER *request,
                            uint32_t count)
{
    struct ws_handshake *const poisoned = (void *)&poison;
    struct ws_handshake *handshake = poisoned;
    bool negotiated = choice->extension_count == 0; /* the opposite of what success must write */
    const bool before = negotiated;
    const enum ws_status status = ws_handshake_server_begin(choice, request, count, &handshake, &negotiated);
    if (status == WS_OK) {
        assert_ptr_not_equal(handshake, poisoned);
        assert_int_equal(negotiated, !before);
        ws_handshake_free(handshake);
    } else {
        assert_ptr_equal(handshake, poisoned);
        assert_int_equal(negotiated, before);
    }
    return status;
}

static void run(const struct ws_server_choice *choice, const struct request *cases, size_t case_count)
{
    for (size_t i = 0; i < case_count; i++) {
        const struct ws_headers headers = exact_headers(cases[i].texts);
        const enum ws_status status = begin(choice, headers.array, headers.count);
        if (ws_status_class(status) != cases[i].status)
            fail_msg("case %u: status %d", (unsigned)i, (int)status);
        exact_headers_free(headers);
    }
}

/* Compares with a table that ends with NULL; each name and value must end in NUL and carry its length. */
static void assert_response(const struct ws_server_choice *choice, const struct exact_text *texts,
                            const struct exact_text *expected)
{
    const struct ws_headers request = exact_headers(texts);
    struct ws_handshake *handshake = NULL;
    bool negotiated = false;
    assert_int_equal(ws_handshake_server_begin(choice, request.array, request.count, &handshake, &negotiated),
                     WS_OK);
    exact_headers_free(request); /* nothing in the response refers to the request */
    uint32_t count = 0;
    const WEB_SOCKET_HTTP_HEADER *headers = ws_handshake_headers(handshake, &count);
    for (uint32_t i = 0; i < count; i++, expected++) {
        assert_non_null(expected->name);
        assert_string_equal(headers[i].pcName, expected->name);
        assert_int_equal(headers[i].ulNameLength, strlen(expected->name));
        assert_string_equal(headers[i].pcValue, expected->value);
        assert_int_equal(headers[i].ulValueLength, strlen(expected->value));
    }
    assert_null(expected->name);
    ws_handshake_free(handshake);
}

/* ---- what is returned ---- */

static void response_of_rfc_6455_section_1_3(void **state)
{
    static const struct exact_text request[] = {
        {"Host", "server.example.com"},   {"Upgrade", "websocket"},
        {"Connection", "Upgrade"},        {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
        {"Origin", "http://example.com"}, {"Sec-WebSocket-Protocol", "chat, superchat"},
        {"Sec-WebSocket-Version", "13"},  {NULL, NULL}};
    static const struct exact_text response[] = {{"Connection", "Upgrade"},
                                                 {"Upgrade", "websocket"},
                                                 {"Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
                                                 {"Sec-WebSocket-Protocol", "chat"},
                                                 {NULL, NULL}};
    (void)state;
    assert_response(&(struct ws_server_choice){"chat", NULL, 0}, request, response);
}

static void response_without_selection(void **state)
{
    static const struct exact_text request[] = {OK_HEADERS, {PROTOCOL, "a"}, {EXTENSIONS, "x"}, {NULL, NULL}};
    static const struct exact_text response[] = {{"Connection", "Upgrade"},
                                                 {"Upgrade", "websocket"},
                                                 {"Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
                                                 {NULL, NULL}};
    (void)state;
    assert_response(&no_choice, request, response);
    assert_response(&(struct ws_server_choice){"", NULL, 0}, request, response); /* [apps]: "" means none */
}

static void response_with_extensions(void **state)
{
    static const char *const selected[] = {"x; bits=10", "y"};
    static const struct exact_text request[] = {
        OK_HEADERS, {EXTENSIONS, "z, y;a"}, {PROTOCOL, "a"}, {EXTENSIONS, "x; bits"}, {NULL, NULL}};
    static const struct exact_text response[] = {{"Connection", "Upgrade"},
                                                 {"Upgrade", "websocket"},
                                                 {"Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
                                                 {"Sec-WebSocket-Protocol", "a"},
                                                 {"Sec-WebSocket-Extensions", "x; bits=10, y"},
                                                 {NULL, NULL}};
    (void)state;
    assert_response(&(struct ws_server_choice){"a", selected, 2}, request, response);
}

/* Our choice: a million sessions must be cheap. */
static void choice_block_is_small(void **state)
{
    static const struct request cases[] = {{{OK_HEADERS}, WS_OK}};
    (void)state;
    run(&no_choice, cases, 1);
    const struct ws_headers headers = exact_headers(cases[0].texts);
    struct ws_handshake *handshake = NULL;
    bool negotiated = false;
    assert_int_equal(
        ws_handshake_server_begin(&no_choice, headers.array, headers.count, &handshake, &negotiated), WS_OK);
    assert_int_equal(allocated, sizeof(void *) + 3 * sizeof(WEB_SOCKET_HTTP_HEADER) + 29);
    ws_handshake_free(handshake);
    exact_headers_free(headers);
}

/* ---- the arguments ---- */

static void begin_wants_arguments_that_can_be_read(void **state)
{
    static const char *const null_item[] = {"x", NULL};
    (void)state;
    const struct ws_headers good =
        exact_headers((const struct exact_text[]){OK_HEADERS, {EXTENSIONS, "x"}, {NULL, NULL}});
    const WEB_SOCKET_HTTP_HEADER null_name = {NULL, 1, NULL, 0};
    const WEB_SOCKET_HTTP_HEADER null_value = {NULL, 0, NULL, 1};
    const void *unreadable = &poison;
    assert_int_equal(ws_status_class(begin(&no_choice, NULL, 0)), WS_ERROR_ARGUMENT); /* no headers at all */
    assert_int_equal(ws_status_class(begin(&no_choice, good.array, 0)), WS_ERROR_ARGUMENT);
    assert_int_equal(ws_status_class(begin(&no_choice, NULL, 5)), WS_ERROR_ARGUMENT);
    assert_int_equal(ws_status_class(begin(&no_choice, &null_name, 1)), WS_ERROR_ARGUMENT);
    assert_int_equal(ws_status_class(begin(&no_choice, &null_value, 1)), WS_ERROR_ARGUMENT);
    assert_int_equal(ws_status_class(begin(&no_choice, unreadable, 65536)), WS_ERROR_ARGUMENT);
    assert_int_equal(ws_status_class(begin(&no_choice, unreadable, UINT32_MAX)), WS_ERROR_ARGUMENT);
    assert_int_equal(
        ws_status_class(begin(&(struct ws_server_choice){NULL, NULL, 1}, good.array, good.count)),
        WS_ERROR_ARGUMENT);
    assert_int_equal(
        ws_status_class(begin(&(struct ws_server_choice){NULL, null_item, 2}, good.array, good.count)),
        WS_ERROR_ARGUMENT);
    assert_int_equal(
        ws_status_class(begin(&(struct ws_server_choice){NULL, unreadable, 65536}, good.array, good.count)),
        WS_ERROR_ARGUMENT);
    assert_int_equal(ws_status_class(begin(&(struct ws_server_choice){NULL, unreadable, UINT32_MAX},
                                           good.array, good.count)),
                     WS_ERROR_ARGUMENT);
    exact_headers_free(good);
}

static void begin_refuses_what_is_no_subprotocol(void **state)
{
    static const char *const bad[] = {" ",  "a b",       "a,b",   "a, b",    " a",
                                      "a ", "a\r\nX: y", "\"a\"", "\xC3\xA4"};
    (void)state;
    const struct ws_headers headers =
        exact_headers((const struct exact_text[]){OK_HEADERS, {PROTOCOL, "a, b, \xC3\xA4"}, {NULL, NULL}});
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(
            ws_status_class(begin(&(struct ws_server_choice){bad[i], NULL, 0}, headers.array, headers.count)),
            WS_ERROR_ARGUMENT);
    }
    exact_headers_free(headers);
}

static void begin_refuses_what_is_no_extension(void **state)
{
    static const char *const bad[] = {"", " ", "x;", "x, y", " x", "x ", "x\r\nX: y", "x; y=\"a b\"", "x=1"};
    (void)state;
    const struct ws_headers headers =
        exact_headers((const struct exact_text[]){OK_HEADERS, {EXTENSIONS, "x, y"}, {NULL, NULL}});
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *const selected[] = {"y", bad[i]};
        assert_int_equal(ws_status_class(begin(&(struct ws_server_choice){NULL, selected, 2}, headers.array,
                                               headers.count)),
                         WS_ERROR_ARGUMENT);
    }
    exact_headers_free(headers);
}

/* Our choice: also with other parameters, as it is by the name that a client tells extensions apart. */
static void choice_begin_refuses_an_extension_selected_twice(void **state)
{
    static const char *const twice[] = {"x", "y", "x; a=1"};
    (void)state;
    const struct ws_headers headers =
        exact_headers((const struct exact_text[]){OK_HEADERS, {EXTENSIONS, "x, y, x; a"}, {NULL, NULL}});
    assert_int_equal(
        ws_status_class(begin(&(struct ws_server_choice){NULL, twice, 3}, headers.array, headers.count)),
        WS_ERROR_ARGUMENT);
    assert_int_equal(begin(&(struct ws_server_choice){NULL, twice, 2}, headers.array, headers.count), WS_OK);
    exact_headers_free(headers);
}

static void begin_without_memory(void **state)
{
    (void)state;
    const struct ws_server_choice choices[] = {no_choice, {NULL, (const char *const[]){"x"}, 1}};
    const struct ws_headers headers =
        exact_headers((const struct exact_text[]){OK_HEADERS, {EXTENSIONS, "x"}, {NULL, NULL}});
    for (size_t i = 0; i < COUNT(choices); i++) {
        allocation_fails = true;
        const enum ws_status status = begin(&choices[i], headers.array, headers.count);
        allocation_fails = false;
        assert_int_equal(ws_status_class(status), WS_ERROR_MEMORY);
    }
    exact_headers_free(headers);
}

/* ---- the request ---- */

static void request_has_host_once(void **state)
{
    static const struct request cases[] = {
        {{OK_HEADERS}, WS_OK},
        {{UPGRADE, CONNECTION, KEY, VERSION, {"hOST", ""}}, WS_OK}, /* [net] */
        {{UPGRADE, CONNECTION, KEY, VERSION}, WS_ERROR_FORMAT},
        {{OK_HEADERS, HOST}, WS_ERROR_FORMAT},
        {{OK_HEADERS, {"host", ""}}, WS_ERROR_FORMAT},
    };
    (void)state;
    run(&no_choice, cases, COUNT(cases));
}

static void request_has_upgrade_once_with_websocket_in_any_case(void **state)
{
    static const struct request cases[] = {
        {{HOST, CONNECTION, KEY, VERSION, {"UPGRADE", "WebSocket"}}, WS_OK},
        {{HOST, CONNECTION, KEY, VERSION, {"Upgrade", "h2c,\twebsocket"}}, WS_OK},
        {{HOST, CONNECTION, KEY, VERSION}, WS_ERROR_FORMAT},
        {{OK_HEADERS, UPGRADE}, WS_ERROR_FORMAT},
        {{HOST, CONNECTION, KEY, VERSION, {"Upgrade", ""}}, WS_ERROR_FORMAT},
        {{HOST, CONNECTION, KEY, VERSION, {"Upgrade", "h2c"}}, WS_ERROR_FORMAT},
        {{HOST, CONNECTION, KEY, VERSION, {"Upgrade", "websocket x"}}, WS_ERROR_FORMAT},
    };
    (void)state;
    run(&no_choice, cases, COUNT(cases));
}

static void request_has_connection_with_upgrade_in_any_case_in_a_list(void **state)
{
    static const struct request cases[] = {
        {{HOST, UPGRADE, KEY, VERSION, {"connection", "UPGRADE"}}, WS_OK},
        {{HOST, UPGRADE, KEY, VERSION, {"Connection", "keep-alive, Upgrade"}},
         WS_OK}, /* as Firefox sends it */
        {{HOST, UPGRADE, {"Connection", "keep-alive"}, KEY, VERSION, {"Connection", "Upgrade"}}, WS_OK},
        {{HOST, UPGRADE, KEY, VERSION}, WS_ERROR_FORMAT},
        {{HOST, UPGRADE, KEY, VERSION, {"Connection", ""}}, WS_ERROR_FORMAT},
        {{HOST, UPGRADE, KEY, VERSION, {"Connection", "keep-alive"}}, WS_ERROR_FORMAT},
        {{HOST, UPGRADE, KEY, VERSION, {"Connection", "upgradeable"}}, WS_ERROR_FORMAT},
    };
    (void)state;
    run(&no_choice, cases, COUNT(cases));
}

static void request_has_key_once_base64_of_16_bytes(void **state)
{
#define OTHER(value)                                                                                         \
    {                                                                                                        \
        HOST, UPGRADE, CONNECTION, VERSION,                                                                  \
        {                                                                                                    \
            "Sec-WebSocket-Key", value                                                                       \
        }                                                                                                    \
    }
    static const struct request cases[] = {
        {OTHER("AAAAAAAAAAAAAAAAAAAAAA=="), WS_OK},
        {OTHER(" \tdGhlIHNhbXBsZSBub25jZQ==\t "), WS_OK},
        {OTHER("dGhlIHNhbXBsZSBub25jZf=="), WS_OK}, /* our choice: trailing bits are not judged */
        {{HOST, UPGRADE, CONNECTION, VERSION}, WS_ERROR_FORMAT},
        {{OK_HEADERS, KEY}, WS_ERROR_FORMAT},
        {{OK_HEADERS, {"Sec-WebSocket-Key", ""}}, WS_ERROR_FORMAT},
        {OTHER(""), WS_ERROR_FORMAT},
        {OTHER("dGhlIHNhbXBsZSBub25jZQ="), WS_ERROR_FORMAT},
        {OTHER("dGhlIHNhbXBsZSBub25jZQ==="), WS_ERROR_FORMAT},
        {OTHER("dGhlIHNhbXBsZSBub25jZQA="), WS_ERROR_FORMAT}, /* 17 bytes */
        {OTHER("dGhlIHNhbXBsZSBub25jZQAA"), WS_ERROR_FORMAT}, /* 18 bytes */
        {OTHER("dGhlIHNhbXBsZSBub25j"), WS_ERROR_FORMAT},     /* 15 bytes */
        {OTHER("dGhlIHNhbXBsZSB-_25jZQ=="), WS_ERROR_FORMAT},
        {OTHER("dGhlIHNhbXBs SBub25jZQ=="), WS_ERROR_FORMAT},
        {OTHER("\"dGhlIHNhbXBsZSBub25jZQ==\""), WS_ERROR_FORMAT},
    };
#undef OTHER
    (void)state;
    run(&no_choice, cases, COUNT(cases));
}

/* What is no number is malformed, another number is not supported. Where the line is drawn is our choice. */
static void request_has_version_once_13(void **state)
{
#define OTHER(value)                                                                                         \
    {                                                                                                        \
        HOST, UPGRADE, CONNECTION, KEY,                                                                      \
        {                                                                                                    \
            "sec-websocket-version", value                                                                   \
        }                                                                                                    \
    }
    static const struct request cases[] = {
        {OTHER("13"), WS_OK},
        {OTHER("\t13 "), WS_OK},
        {OTHER("8"), WS_ERROR_VERSION},
        {OTHER("0"), WS_ERROR_VERSION},
        {OTHER("1"), WS_ERROR_VERSION},
        {OTHER("14"), WS_ERROR_VERSION},
        {OTHER("130"), WS_ERROR_VERSION},
        {OTHER("255"), WS_ERROR_VERSION},
        {OTHER("4294967309"), WS_ERROR_VERSION},           /* 2^32 + 13 */
        {OTHER("18446744073709551629"), WS_ERROR_VERSION}, /* 2^64 + 13 */
        {{HOST, UPGRADE, CONNECTION, KEY}, WS_ERROR_FORMAT},
        {{OK_HEADERS, VERSION}, WS_ERROR_FORMAT},
        {OTHER(""), WS_ERROR_FORMAT},
        {OTHER("013"), WS_ERROR_FORMAT},
        {OTHER("00"), WS_ERROR_FORMAT},
        {OTHER("+13"), WS_ERROR_FORMAT},
        {OTHER("-13"), WS_ERROR_FORMAT},
        {OTHER("13.0"), WS_ERROR_FORMAT},
        {OTHER("0x0d"), WS_ERROR_FORMAT},
        {OTHER("1 3"), WS_ERROR_FORMAT},
        {OTHER("13, 8"), WS_ERROR_FORMAT},
        {OTHER("13,"), WS_ERROR_FORMAT},
    };
#undef OTHER
    (void)state;
    run(&no_choice, cases, COUNT(cases));
}

static void unknown_headers_are_ignored(void **state)
{
    static const struct request cases[] = {
        {{{"", ""}, {"X", "\r\n"}, OK_HEADERS, {"Sec-WebSocket-Accept", "x"}, {"Sec-WebSocket", "x, \"y"}},
         WS_OK},
    };
    (void)state;
    run(&no_choice, cases, COUNT(cases));
}

/* ---- the selection ---- */

static void selected_subprotocol_was_offered(void **state)
{
    static const struct request cases[] = {
        {{OK_HEADERS, {PROTOCOL, "chat"}}, WS_OK},
        {{OK_HEADERS, {PROTOCOL, "superchat ,\tchat"}}, WS_OK},
        {{{PROTOCOL, "a, b"}, OK_HEADERS, {PROTOCOL, ""}, {"sec-websocket-PROTOCOL", "c, chat"}}, WS_OK},
        {{OK_HEADERS}, WS_ERROR_SUBPROTOCOL},
        {{OK_HEADERS, {PROTOCOL, "superchat, chats, cha"}}, WS_ERROR_SUBPROTOCOL},
        {{OK_HEADERS, {PROTOCOL, "Chat"}}, WS_ERROR_SUBPROTOCOL}, /* case matters */
        {{OK_HEADERS, {EXTENSIONS, "chat"}}, WS_ERROR_SUBPROTOCOL},
        {{OK_HEADERS, {PROTOCOL, ""}}, WS_ERROR_SUBPROTOCOL},
        {{OK_HEADERS, {PROTOCOL, "chat, a b"}}, WS_ERROR_FORMAT},
    };
    (void)state;
    run(&(struct ws_server_choice){"chat", NULL, 0}, cases, COUNT(cases));
}

static void selected_extensions_were_offered_by_name(void **state)
{
    static const char *const selected[] = {"x; chosen=1", "y"};
    static const struct request cases[] = {
        {{OK_HEADERS, {EXTENSIONS, "x, y"}}, WS_OK},
        {{OK_HEADERS, {EXTENSIONS, "y; a; b=\"c\", z, x; d"}}, WS_OK},
        {{{EXTENSIONS, "y"}, OK_HEADERS, {EXTENSIONS, ",x; d, x"}}, WS_OK},
        {{OK_HEADERS}, WS_ERROR_EXTENSION},
        {{OK_HEADERS, {EXTENSIONS, "x; a, x, y"}}, WS_OK},
        {{OK_HEADERS, {EXTENSIONS, "x; a, x"}}, WS_ERROR_EXTENSION},
        {{OK_HEADERS, {EXTENSIONS, "x"}}, WS_ERROR_EXTENSION},
        {{OK_HEADERS, {EXTENSIONS, "y"}}, WS_ERROR_EXTENSION},
        {{OK_HEADERS, {EXTENSIONS, "x; y"}}, WS_ERROR_EXTENSION},
        {{OK_HEADERS, {EXTENSIONS, "X, Y"}}, WS_ERROR_EXTENSION}, /* our choice: case matters */
        {{OK_HEADERS, {EXTENSIONS, "xx, yy"}}, WS_ERROR_EXTENSION},
        {{OK_HEADERS, {PROTOCOL, "x, y"}}, WS_ERROR_EXTENSION},
        {{OK_HEADERS, {EXTENSIONS, ""}}, WS_ERROR_EXTENSION},
        {{OK_HEADERS, {EXTENSIONS, "x, y, z;"}}, WS_ERROR_FORMAT},
    };
    (void)state;
    run(&(struct ws_server_choice){NULL, selected, 2}, cases, COUNT(cases));
}

/* RFC 6455 sections 4.2.1 and 9.1; also where nothing of it is selected. */
static void choice_empty_offers_count_as_absent(void **state)
{
    static const struct request cases[] = {
        {{OK_HEADERS, {PROTOCOL, ""}}, WS_OK},
        {{OK_HEADERS, {PROTOCOL, " \t"}, {EXTENSIONS, ""}, {PROTOCOL, ""}}, WS_OK},
        {{{EXTENSIONS, ""}, OK_HEADERS, {EXTENSIONS, " "}}, WS_OK},
    };
    (void)state;
    run(&no_choice, cases, COUNT(cases));
}

static void malformed_offers_are_refused(void **state)
{
    static const struct request cases[] = {
        {{OK_HEADERS, {PROTOCOL, "a,, b ,"}, {EXTENSIONS, "x; y=\"z\",, w"}}, WS_OK},
        {{OK_HEADERS, {PROTOCOL, ","}}, WS_ERROR_FORMAT},
        {{OK_HEADERS, {PROTOCOL, ""}, {PROTOCOL, ","}}, WS_ERROR_FORMAT},
        {{OK_HEADERS, {PROTOCOL, "a;b"}}, WS_ERROR_FORMAT},
        {{OK_HEADERS, {PROTOCOL, "\"a\""}}, WS_ERROR_FORMAT},
        {{OK_HEADERS, {PROTOCOL, "a\r\n"}}, WS_ERROR_FORMAT},
        {{OK_HEADERS, {PROTOCOL, "a"}, {PROTOCOL, "\xC3\xA4"}}, WS_ERROR_FORMAT},
        {{OK_HEADERS, {EXTENSIONS, ","}}, WS_ERROR_FORMAT},
        {{OK_HEADERS, {EXTENSIONS, "x y"}}, WS_ERROR_FORMAT},
        {{OK_HEADERS, {EXTENSIONS, "x; y=\"a b\""}}, WS_ERROR_FORMAT},
        {{OK_HEADERS, {EXTENSIONS, "x; y=\""}}, WS_ERROR_FORMAT},
        {{OK_HEADERS, {EXTENSIONS, "x"}, {EXTENSIONS, ";y"}}, WS_ERROR_FORMAT},
    };
    (void)state;
    run(&no_choice, cases, COUNT(cases));
}

/* Our choice: arguments before headers, and headers in the order of the specification's text. */
static void choice_first_failure_decides(void **state)
{
    static const char *const bad[] = {"x;"};
    static const char *const selected[] = {"x"};
    static const struct request arguments_first[] = {{{{"X", "y"}}, WS_ERROR_ARGUMENT}};
    static const struct request in_order[] = {
        {{HOST, CONNECTION, KEY, {"Sec-WebSocket-Version", "8"}}, WS_ERROR_FORMAT},
        {{HOST, UPGRADE, CONNECTION, {"Sec-WebSocket-Version", "8"}}, WS_ERROR_FORMAT},
        {{HOST, UPGRADE, CONNECTION, KEY, {"Sec-WebSocket-Version", "8"}, {PROTOCOL, ","}}, WS_ERROR_VERSION},
        {{OK_HEADERS, {PROTOCOL, "b"}, {EXTENSIONS, ";"}}, WS_ERROR_SUBPROTOCOL},
        {{OK_HEADERS, {PROTOCOL, "a"}, {EXTENSIONS, ";"}}, WS_ERROR_FORMAT},
        {{OK_HEADERS, {PROTOCOL, "a"}, {EXTENSIONS, "y"}}, WS_ERROR_EXTENSION},
    };
    (void)state;
    run(&(struct ws_server_choice){NULL, bad, 1}, arguments_first, 1);
    run(&(struct ws_server_choice){"a", selected, 1}, in_order, COUNT(in_order));
}

/* ---- both roles ---- */

/* As Microsoft's sample does it: the headers of each side go straight to the other, with a Host added. */
static void client_and_server_understand_each_other(void **state)
{
    static const char *const subprotocols[] = {"chat", "superchat"};
    static const char *const extensions[] = {"x; a=\"1\"", "y"};
    static const char *const selected[] = {"y; b"};
    (void)state;
    struct ws_handshake *client = NULL;
    assert_int_equal(ws_handshake_client_begin(&(struct ws_client_offer){subprotocols, 2, extensions, 2},
                                               NULL, 0, &client),
                     WS_OK);
    uint32_t count = 0;
    const WEB_SOCKET_HTTP_HEADER *headers = ws_handshake_headers(client, &count);
    assert_int_equal(count, 6);
    char host[] = "Host";
    WEB_SOCKET_HTTP_HEADER request[7] = {{host, 4, NULL, 0}};
    memcpy(request + 1, headers, 6 * sizeof *headers);

    struct ws_handshake *server = NULL;
    bool negotiated = false;
    assert_int_equal(ws_handshake_server_begin(&(struct ws_server_choice){"superchat", selected, 1}, request,
                                               7, &server, &negotiated),
                     WS_OK);
    assert_true(negotiated);
    const WEB_SOCKET_HTTP_HEADER *response = ws_handshake_headers(server, &count);
    assert_int_equal(count, 5);
    ULONG index[2] = {99, 99};
    ULONG room = 2;
    ULONG subprotocol = 99;
    negotiated = false;
    assert_int_equal(ws_handshake_client_end(client, response, count,
                                             &(struct ws_client_selection){index, &room, &subprotocol},
                                             &negotiated),
                     WS_OK);
    assert_true(negotiated);
    assert_int_equal(room, 1);
    assert_int_equal(index[0], 1);
    assert_int_equal(subprotocol, 1);
    ws_handshake_free(server);
    ws_handshake_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(response_of_rfc_6455_section_1_3),
        cmocka_unit_test(response_without_selection),
        cmocka_unit_test(response_with_extensions),
        cmocka_unit_test(choice_block_is_small),
        cmocka_unit_test(begin_wants_arguments_that_can_be_read),
        cmocka_unit_test(begin_refuses_what_is_no_subprotocol),
        cmocka_unit_test(begin_refuses_what_is_no_extension),
        cmocka_unit_test(choice_begin_refuses_an_extension_selected_twice),
        cmocka_unit_test(begin_without_memory),
        cmocka_unit_test(request_has_host_once),
        cmocka_unit_test(request_has_upgrade_once_with_websocket_in_any_case),
        cmocka_unit_test(request_has_connection_with_upgrade_in_any_case_in_a_list),
        cmocka_unit_test(request_has_key_once_base64_of_16_bytes),
        cmocka_unit_test(request_has_version_once_13),
        cmocka_unit_test(unknown_headers_are_ignored),
        cmocka_unit_test(selected_subprotocol_was_offered),
        cmocka_unit_test(selected_extensions_were_offered_by_name),
        cmocka_unit_test(choice_empty_offers_count_as_absent),
        cmocka_unit_test(malformed_offers_are_refused),
        cmocka_unit_test(choice_first_failure_decides),
        cmocka_unit_test(client_and_server_understand_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
