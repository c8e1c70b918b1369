/*
 * White-box tests of handshake_client.c: section 4.1 of the specification, row by row. The random source
 * and the allocator are stood in for (__wrap_), to know the key and to see both fail.
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
#include "system/platform.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define POISON       ((struct ws_handshake *)(uintptr_t)&poison)

static char poison;

/* ---- stand-ins ---- */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
bool __real_ws_platform_random(void *bytes, size_t size);
bool __wrap_ws_platform_random(void *bytes, size_t size);

static enum { NONCE_OF_RFC_6455, NONCE_RANDOM, NONCE_FAILS } nonce;
static bool allocation_fails;

void *__wrap_malloc(size_t size)
{
    return allocation_fails ? NULL : __real_malloc(size);
}

bool __wrap_ws_platform_random(void *bytes, size_t size)
{
    if (nonce == NONCE_RANDOM)
        return __real_ws_platform_random(bytes, size);
    assert_int_equal(size, 16);
    memcpy(bytes, "the sample nonce", 16); /* RFC 6455 section 1.3 */
    return nonce != NONCE_FAILS;
}

/* ---- Begin ---- */

static const struct ws_client_offer no_offer;

static struct ws_handshake *begin(const struct ws_client_offer *offer)
{
    struct ws_handshake *handshake = NULL;
    assert_int_equal(ws_handshake_client_begin(offer, NULL, 0, &handshake), WS_OK);
    assert_non_null(handshake);
    return handshake;
}

static void assert_begin_fails(const struct ws_client_offer *offer, const WEB_SOCKET_HTTP_HEADER *initial,
                               uint32_t count, enum ws_status expected)
{
    struct ws_handshake *handshake = POISON;
    assert_int_equal(ws_status_class(ws_handshake_client_begin(offer, initial, count, &handshake)), expected);
    assert_ptr_equal(handshake, POISON);
}

/* Compares with a table that ends with NULL; each name and value must end in NUL and carry its length. */
static void assert_headers(struct ws_handshake *handshake, const struct exact_text *expected)
{
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
}

static void begin_without_offer(void **state)
{
    static const struct exact_text expected[] = {{"Connection", "Upgrade"},
                                                 {"Upgrade", "websocket"},
                                                 {"Sec-WebSocket-Version", "13"},
                                                 {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                                 {NULL, NULL}};
    (void)state;
    struct ws_handshake *handshake = begin(&no_offer);
    assert_headers(handshake, expected);
    ws_handshake_free(handshake);
}

static void begin_with_offers(void **state)
{
    static const char *const subprotocols[] = {"chat", "superchat"};
    static const char *const extensions[] = {"x; y=1", "z", "x"};
    static const struct exact_text expected[] = {{"Connection", "Upgrade"},
                                                 {"Upgrade", "websocket"},
                                                 {"Sec-WebSocket-Version", "13"},
                                                 {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                                 {"Sec-WebSocket-Protocol", "chat, superchat"},
                                                 {"Sec-WebSocket-Extensions", "x; y=1, z, x"},
                                                 {NULL, NULL}};
    (void)state;
    struct ws_handshake *handshake = begin(&(struct ws_client_offer){subprotocols, 2, extensions, 3});
    assert_headers(handshake, expected);
    ws_handshake_free(handshake);
}

static void begin_with_extensions_alone(void **state)
{
    static const char *const extensions[] = {"permessage-deflate; client_max_window_bits"};
    static const struct exact_text expected[] = {
        {"Connection", "Upgrade"},
        {"Upgrade", "websocket"},
        {"Sec-WebSocket-Version", "13"},
        {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
        {"Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"},
        {NULL, NULL}};
    (void)state;
    struct ws_handshake *handshake = begin(&(struct ws_client_offer){NULL, 0, extensions, 1});
    assert_headers(handshake, expected);
    ws_handshake_free(handshake);
}

/* RFC 6455 section 4.1 item 7: chosen afresh for each connection. */
static void begin_takes_a_fresh_random_key(void **state)
{
    char keys[2][24];
    (void)state;
    nonce = NONCE_RANDOM;
    for (size_t i = 0; i < 2; i++) {
        struct ws_handshake *handshake = begin(&no_offer);
        uint32_t count = 0;
        const WEB_SOCKET_HTTP_HEADER *headers = ws_handshake_headers(handshake, &count);
        assert_string_equal(headers[3].pcName, "Sec-WebSocket-Key");
        assert_int_equal(headers[3].ulValueLength, 24);
        assert_memory_equal(headers[3].pcValue + 22, "==", 2);
        memcpy(keys[i], headers[3].pcValue, 24);
        ws_handshake_free(handshake);
    }
    nonce = NONCE_OF_RFC_6455;
    assert_memory_not_equal(keys[0], keys[1], 24);
}

static void begin_refuses_what_is_no_subprotocol(void **state)
{
    static const char *const bad[] = {"",    " ",   "a b",   " a",        "a ",  "a,b",      "a, b",  "a;b",
                                      "a/b", "a\"", "\"a\"", "a\r\nX: y", "a\n", "\xC3\xA4", "a\x7F", NULL};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *const first[] = {bad[i], "good"};
        const char *const last[] = {"good", bad[i]};
        assert_begin_fails(&(struct ws_client_offer){first, 2, NULL, 0}, NULL, 0, WS_ERROR_ARGUMENT);
        assert_begin_fails(&(struct ws_client_offer){last, 2, NULL, 0}, NULL, 0, WS_ERROR_ARGUMENT);
    }
}

static void begin_refuses_what_is_no_extension(void **state)
{
    static const char *const bad[] = {"",        " ",  "x;",        "x, y",        "x; y=", "x; y=\"a b\"",
                                      "x; y=1 ", " x", "x\r\nX: y", "x; y=\r\n z", "x=1",   NULL};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *const first[] = {bad[i], "good"};
        const char *const last[] = {"good", bad[i]};
        assert_begin_fails(&(struct ws_client_offer){NULL, 0, first, 2}, NULL, 0, WS_ERROR_ARGUMENT);
        assert_begin_fails(&(struct ws_client_offer){NULL, 0, last, 2}, NULL, 0, WS_ERROR_ARGUMENT);
    }
}

/* Our choice of the result; RFC 6455 section 4.1 item 10 forbids it. */
static void choice_begin_refuses_a_subprotocol_offered_twice(void **state)
{
    static const char *const twice[] = {"a", "b", "a"};
    static const char *const cases_differ[] = {"a", "A", "aa"};
    (void)state;
    assert_begin_fails(&(struct ws_client_offer){twice, 3, NULL, 0}, NULL, 0, WS_ERROR_ARGUMENT);
    ws_handshake_free(begin(&(struct ws_client_offer){cases_differ, 3, NULL, 0}));
}

static void begin_refuses_counts_without_arrays(void **state)
{
    static const char *const good[] = {"a"};
    (void)state;
    assert_begin_fails(&(struct ws_client_offer){NULL, 1, NULL, 0}, NULL, 0, WS_ERROR_ARGUMENT);
    assert_begin_fails(&(struct ws_client_offer){NULL, 0, NULL, 1}, NULL, 0, WS_ERROR_ARGUMENT);
    assert_begin_fails(&no_offer, NULL, 1, WS_ERROR_ARGUMENT);
    ws_handshake_free(begin(&(struct ws_client_offer){good, 0, good, 0}));
}

static void choice_begin_refuses_absurd_counts_unread(void **state)
{
    (void)state;
    const void *unreadable = &poison;
    assert_begin_fails(&(struct ws_client_offer){unreadable, 65536, NULL, 0}, NULL, 0, WS_ERROR_ARGUMENT);
    assert_begin_fails(&(struct ws_client_offer){NULL, 0, unreadable, 65536}, NULL, 0, WS_ERROR_ARGUMENT);
    assert_begin_fails(&no_offer, unreadable, 65536, WS_ERROR_ARGUMENT);
    assert_begin_fails(&(struct ws_client_offer){unreadable, UINT32_MAX, NULL, 0}, NULL, 0,
                       WS_ERROR_ARGUMENT);
    assert_begin_fails(&(struct ws_client_offer){NULL, 0, unreadable, UINT32_MAX}, NULL, 0,
                       WS_ERROR_ARGUMENT);
    assert_begin_fails(&no_offer, unreadable, UINT32_MAX, WS_ERROR_ARGUMENT);
}

/* [net][apps]: no Host is demanded; whatever the initial headers say, the result is the same. */
static void begin_only_looks_whether_initial_headers_can_be_read(void **state)
{
    static const struct exact_text texts[] = {{"Connection", "Upgrade"},     {"Upgrade", "websocket"},
                                              {"Sec-WebSocket-Key", "mine"}, {"", ""},
                                              {"bad name", "\r\n"},          {NULL, NULL}};
    (void)state;
    const struct ws_headers initial = exact_headers(texts);
    struct ws_handshake *handshake = NULL;
    assert_int_equal(ws_handshake_client_begin(&no_offer, initial.array, initial.count, &handshake), WS_OK);
    uint32_t count = 0;
    assert_non_null(ws_handshake_headers(handshake, &count));
    assert_int_equal(count, 4);
    ws_handshake_free(handshake);
    exact_headers_free(initial);

    WEB_SOCKET_HTTP_HEADER broken = {NULL, 1, NULL, 0};
    assert_begin_fails(&no_offer, &broken, 1, WS_ERROR_ARGUMENT);
    broken = (WEB_SOCKET_HTTP_HEADER){NULL, 0, NULL, 1};
    assert_begin_fails(&no_offer, &broken, 1, WS_ERROR_ARGUMENT);
}

static void begin_without_random_bytes_or_memory(void **state)
{
    (void)state;
    nonce = NONCE_FAILS;
    assert_begin_fails(&no_offer, NULL, 0, WS_ERROR_RANDOM);
    nonce = NONCE_OF_RFC_6455;
    allocation_fails = true;
    assert_begin_fails(&no_offer, NULL, 0, WS_ERROR_MEMORY);
    assert_begin_fails(&(struct ws_client_offer){(const char *const[]){"a"}, 1, NULL, 0}, NULL, 0,
                       WS_ERROR_MEMORY);
    allocation_fails = false;
}

/* ---- End ---- */

#define UPGRADE                                                                                              \
    {                                                                                                        \
        "Upgrade", "websocket"                                                                               \
    }
#define CONNECTION                                                                                           \
    {                                                                                                        \
        "Connection", "Upgrade"                                                                              \
    }
#define ACCEPT                                                                                               \
    {                                                                                                        \
        "Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="                                               \
    }
#define OK_HEADERS UPGRADE, CONNECTION, ACCEPT
#define PROTOCOL   "Sec-WebSocket-Protocol"
#define EXTENSIONS "Sec-WebSocket-Extensions"

struct response {
    struct exact_text texts[8];
    enum ws_status status;
    uint32_t subprotocol;     /* index, or UNTOUCHED */
    uint32_t extension_count; /* how many indices follow */
    uint32_t extensions[4];
};

enum { ROOM = 4 };
#define UNTOUCHED 0xDEADBEEFu

static void check_outputs(const struct response *expected, const ULONG extensions[ROOM], ULONG count,
                          ULONG subprotocol)
{
    const bool good = expected->status == WS_OK;
    assert_int_equal(subprotocol, good ? expected->subprotocol : UNTOUCHED);
    assert_int_equal(count, good ? expected->extension_count : ROOM);
    for (uint32_t i = 0; i < ROOM; i++) {
        const bool written = good && i < expected->extension_count;
        assert_int_equal(extensions[i], written ? expected->extensions[i] : UNTOUCHED);
    }
}

/* Each response twice: with everything asked for, and with nothing. */
static void run(const struct ws_client_offer *offer, const struct response *cases, size_t case_count)
{
    struct ws_handshake *handshake = begin(offer);
    for (size_t i = 0; i < case_count; i++) {
        const struct response *expected = &cases[i];
        const struct ws_headers headers = exact_headers(expected->texts);
        ULONG extensions[ROOM] = {UNTOUCHED, UNTOUCHED, UNTOUCHED, UNTOUCHED};
        ULONG count = ROOM;
        ULONG subprotocol = UNTOUCHED;
        const bool before = i % 2 != 0;
        bool negotiated = before;
        struct ws_client_selection selection = {extensions, &count, &subprotocol};
        enum ws_status status =
            ws_handshake_client_end(handshake, headers.array, headers.count, &selection, &negotiated);
        if (ws_status_class(status) != expected->status)
            fail_msg("case %u: status %d", (unsigned)i, (int)status);
        check_outputs(expected, extensions, count, subprotocol);
        assert_int_equal(negotiated, status == WS_OK ? expected->extension_count > 0 : before);

        selection = (struct ws_client_selection){NULL, NULL, NULL};
        status = ws_handshake_client_end(handshake, headers.array, headers.count, &selection, &negotiated);
        assert_int_equal(ws_status_class(status), expected->status);
        exact_headers_free(headers);
    }
    ws_handshake_free(handshake);
}

static void end_wants_arguments_that_can_be_read(void **state)
{
    (void)state;
    struct ws_handshake *handshake = begin(&no_offer);
    ULONG extensions[1] = {UNTOUCHED};
    bool negotiated = true;
    const struct ws_client_selection selection = {NULL, NULL, NULL};
    const struct ws_client_selection no_count = {extensions, NULL, NULL};
    const WEB_SOCKET_HTTP_HEADER null_name = {NULL, 1, NULL, 0};
    const WEB_SOCKET_HTTP_HEADER null_value = {NULL, 0, NULL, 1};
    const struct ws_headers good = exact_headers((const struct exact_text[]){OK_HEADERS, {NULL, NULL}});
    const void *unreadable = &poison;

    assert_int_equal(ws_status_class(ws_handshake_client_end(handshake, NULL, 0, &selection, &negotiated)),
                     WS_ERROR_ARGUMENT);
    assert_int_equal(
        ws_status_class(ws_handshake_client_end(handshake, good.array, 0, &selection, &negotiated)),
        WS_ERROR_ARGUMENT);
    assert_int_equal(ws_status_class(ws_handshake_client_end(handshake, NULL, 3, &selection, &negotiated)),
                     WS_ERROR_ARGUMENT);
    assert_int_equal(
        ws_status_class(ws_handshake_client_end(handshake, &null_name, 1, &selection, &negotiated)),
        WS_ERROR_ARGUMENT);
    assert_int_equal(
        ws_status_class(ws_handshake_client_end(handshake, &null_value, 1, &selection, &negotiated)),
        WS_ERROR_ARGUMENT);
    assert_int_equal(
        ws_status_class(ws_handshake_client_end(handshake, unreadable, 65536, &selection, &negotiated)),
        WS_ERROR_ARGUMENT);
    assert_int_equal(
        ws_status_class(ws_handshake_client_end(handshake, unreadable, UINT32_MAX, &selection, &negotiated)),
        WS_ERROR_ARGUMENT);
    assert_int_equal(
        ws_status_class(ws_handshake_client_end(handshake, good.array, 3, &no_count, &negotiated)),
        WS_ERROR_ARGUMENT);
    assert_int_equal(extensions[0], UNTOUCHED);
    assert_true(negotiated);

    /* And the handle is where it was: End still works. */
    assert_int_equal(ws_handshake_client_end(handshake, good.array, 3, &selection, &negotiated), WS_OK);
    assert_false(negotiated);
    exact_headers_free(good);
    ws_handshake_free(handshake);
}

static void end_wants_upgrade_once_with_websocket_in_any_case(void **state)
{
    static const struct response cases[] = {
        {{OK_HEADERS}, WS_OK, UNTOUCHED, 0, {0}},
        {{CONNECTION, ACCEPT, {"uPGRADE", " WebSocket "}}, WS_OK, UNTOUCHED, 0, {0}},
        {{CONNECTION, ACCEPT, {"Upgrade", "foo/1.0, websocket"}}, WS_OK, UNTOUCHED, 0, {0}},
        {{CONNECTION, ACCEPT}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{OK_HEADERS, UPGRADE}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{CONNECTION, ACCEPT, {"Upgrade", ""}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{CONNECTION, ACCEPT, {"Upgrade", "websocket2"}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{CONNECTION, ACCEPT, {"Upgrade", "foo websocket"}}, WS_ERROR_FORMAT, 0, 0, {0}},
    };
    (void)state;
    run(&no_offer, cases, COUNT(cases));
}

static void end_wants_connection_with_upgrade_in_any_case_in_a_list(void **state)
{
    static const struct response cases[] = {
        {{UPGRADE, ACCEPT, {"CONNECTION", "uPGRADE"}}, WS_OK, UNTOUCHED, 0, {0}},
        {{UPGRADE, ACCEPT, {"Connection", "keep-alive,\tupgrade"}}, WS_OK, UNTOUCHED, 0, {0}},
        {{UPGRADE, {"Connection", "x"}, ACCEPT, {"Connection", "y, Upgrade"}}, WS_OK, UNTOUCHED, 0, {0}},
        {{UPGRADE, ACCEPT}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{UPGRADE, ACCEPT, {"Connection", ""}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{UPGRADE, ACCEPT, {"Connection", "close"}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{UPGRADE, ACCEPT, {"Connection", "upgraded, not-upgrade"}}, WS_ERROR_FORMAT, 0, 0, {0}},
    };
    (void)state;
    run(&no_offer, cases, COUNT(cases));
}

static void end_wants_accept_once_and_right(void **state)
{
#define OTHER(value)                                                                                         \
    {                                                                                                        \
        UPGRADE, CONNECTION,                                                                                 \
        {                                                                                                    \
            "Sec-WebSocket-Accept", value                                                                    \
        }                                                                                                    \
    }
    static const struct response cases[] = {
        {{UPGRADE, CONNECTION, {"sec-websocket-accept", "\ts3pPLMBiTxaQ9kYGzzhZRbK+xOo= "}},
         WS_OK,
         UNTOUCHED,
         0,
         {0}},
        {{UPGRADE, CONNECTION}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{OK_HEADERS, ACCEPT}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{OK_HEADERS, {"Sec-WebSocket-Accept", ""}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {OTHER(""), WS_ERROR_FORMAT, 0, 0, {0}},
        {OTHER("S3pPLMBiTxaQ9kYGzzhZRbK+xOo="), WS_ERROR_FORMAT, 0, 0, {0}}, /* case matters */
        {OTHER("s3pPLMBiTxaQ9kYGzzhZRbK+xOo"), WS_ERROR_FORMAT, 0, 0, {0}},
        {OTHER("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=="), WS_ERROR_FORMAT, 0, 0, {0}},
        {OTHER("s3pPLMBiTxaQ9kYGzzhZRbK+xOp="), WS_ERROR_FORMAT, 0, 0, {0}},
        {OTHER("\"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\""), WS_ERROR_FORMAT, 0, 0, {0}},
        {OTHER("dGhlIHNhbXBsZSBub25jZQ=="), WS_ERROR_FORMAT, 0, 0, {0}},     /* the key itself */
        {OTHER("C/0nmHhBztSRGR1CwL6Tf4ZjwpY="), WS_ERROR_FORMAT, 0, 0, {0}}, /* right for another key */
    };
#undef OTHER
    (void)state;
    run(&no_offer, cases, COUNT(cases));
}

static void end_wants_one_of_the_offered_subprotocols(void **state)
{
    static const char *const offered[] = {"chat", "superchat", "v2.chat"};
    static const struct response cases[] = {
        {{OK_HEADERS, {PROTOCOL, "chat"}}, WS_OK, 0, 0, {0}},
        {{{"sec-websocket-protocol", " superchat\t"}, OK_HEADERS}, WS_OK, 1, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "v2.chat"}}, WS_OK, 2, 0, {0}},
        {{OK_HEADERS}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}}, /* absent although some were offered */
        {{OK_HEADERS, {PROTOCOL, ""}}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "Chat"}}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}}, /* case matters */
        {{OK_HEADERS, {PROTOCOL, "cha"}}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "chats"}}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "chat, superchat"}}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "chat,"}}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "\"chat\""}}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "chat"}, {PROTOCOL, "chat"}}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "chat"}, {PROTOCOL, ""}, {PROTOCOL, "chat"}},
         WS_ERROR_SUBPROTOCOL,
         0,
         0,
         {0}},
    };
    (void)state;
    run(&(struct ws_client_offer){offered, 3, NULL, 0}, cases, COUNT(cases));
}

static void end_wants_no_subprotocol_where_none_was_offered(void **state)
{
    static const struct response cases[] = {
        {{OK_HEADERS}, WS_OK, UNTOUCHED, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "chat"}}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, ","}}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}},
    };
    (void)state;
    run(&no_offer, cases, COUNT(cases));
}

static void end_wants_offered_extensions_only_none_twice(void **state)
{
    static const char *const offered[] = {"a; x=1", "b", "c; y; z=\"q\"", "b; fallback"};
    static const struct response cases[] = {
        {{OK_HEADERS}, WS_OK, UNTOUCHED, 0, {0}},
        {{OK_HEADERS, {EXTENSIONS, "b"}}, WS_OK, UNTOUCHED, 1, {1}},
        {{OK_HEADERS, {EXTENSIONS, "a"}}, WS_OK, UNTOUCHED, 1, {0}},
        {{OK_HEADERS, {EXTENSIONS, "a; other=\"9\""}}, WS_OK, UNTOUCHED, 1, {0}},
        {{OK_HEADERS, {EXTENSIONS, "c, a"}}, WS_OK, UNTOUCHED, 2, {2, 0}}, /* in the server's order */
        {{OK_HEADERS, {EXTENSIONS, ",c ,, b;p ,a"}}, WS_OK, UNTOUCHED, 3, {2, 1, 0}},
        {{{EXTENSIONS, "b"}, OK_HEADERS, {EXTENSIONS, "a,c"}}, WS_OK, UNTOUCHED, 3, {1, 0, 2}},
        {{OK_HEADERS, {EXTENSIONS, "d"}}, WS_ERROR_EXTENSION, 0, 0, {0}},
        {{OK_HEADERS, {EXTENSIONS, "a, d"}}, WS_ERROR_EXTENSION, 0, 0, {0}},
        {{OK_HEADERS, {EXTENSIONS, "B"}}, WS_ERROR_EXTENSION, 0, 0, {0}}, /* our choice: case matters */
        {{OK_HEADERS, {EXTENSIONS, "x"}}, WS_ERROR_EXTENSION, 0, 0, {0}}, /* a parameter is no name */
        {{OK_HEADERS, {EXTENSIONS, "bb"}}, WS_ERROR_EXTENSION, 0, 0, {0}},
        {{OK_HEADERS, {EXTENSIONS, "a, a"}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{OK_HEADERS, {EXTENSIONS, "b, b; fallback"}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{OK_HEADERS, {EXTENSIONS, "a, b"}, {EXTENSIONS, "c, b"}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{OK_HEADERS, {EXTENSIONS, " , "}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{OK_HEADERS, {EXTENSIONS, ""}, {EXTENSIONS, ","}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{OK_HEADERS, {EXTENSIONS, "a b"}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{OK_HEADERS, {EXTENSIONS, "a;"}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{OK_HEADERS, {EXTENSIONS, "a, d; e=\"f g\""}},
         WS_ERROR_FORMAT,
         0,
         0,
         {0}}, /* malformed before unknown */
    };
    (void)state;
    run(&(struct ws_client_offer){NULL, 0, offered, 4}, cases, COUNT(cases));
}

static void choice_end_takes_empty_headers_for_absent_ones(void **state)
{
    static const char *const offered[] = {"a", "b"};
    static const struct response of_an_offer[] = {
        {{OK_HEADERS, {PROTOCOL, ""}}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}}, /* as if it were not there */
        {{OK_HEADERS, {PROTOCOL, ""}, {PROTOCOL, "b"}, {PROTOCOL, " \t"}}, WS_OK, 1, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "b"}, {EXTENSIONS, ""}}, WS_OK, 1, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "b"}, {EXTENSIONS, " "}, {EXTENSIONS, "b"}}, WS_OK, 1, 1, {1}},
    };
    static const struct response of_none[] = {
        {{OK_HEADERS, {PROTOCOL, ""}}, WS_OK, UNTOUCHED, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, " \t "}, {PROTOCOL, ""}}, WS_OK, UNTOUCHED, 0, {0}},
        {{OK_HEADERS, {EXTENSIONS, ""}, {PROTOCOL, ""}, {EXTENSIONS, "\t"}}, WS_OK, UNTOUCHED, 0, {0}},
    };
    (void)state;
    run(&(struct ws_client_offer){offered, 2, offered, 2}, of_an_offer, COUNT(of_an_offer));
    run(&no_offer, of_none, COUNT(of_none));
}

static void end_with_subprotocols_and_extensions(void **state)
{
    static const char *const subprotocols[] = {"p", "q"};
    static const char *const extensions[] = {"p", "r"};
    static const struct response cases[] = {
        {{OK_HEADERS, {PROTOCOL, "q"}, {EXTENSIONS, "r, p"}}, WS_OK, 1, 2, {1, 0}},
        {{OK_HEADERS, {PROTOCOL, "q"}}, WS_OK, 1, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "q"}, {EXTENSIONS, "q"}}, WS_ERROR_EXTENSION, 0, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "r"}, {EXTENSIONS, "r"}}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}},
    };
    (void)state;
    run(&(struct ws_client_offer){subprotocols, 2, extensions, 2}, cases, COUNT(cases));
}

/* Our choice: what is checked first decides, in the order of the specification's table. */
static void choice_first_failure_in_the_order_of_the_table_decides(void **state)
{
    static const char *const subprotocols[] = {"p"};
    static const struct response cases[] = {
        {{UPGRADE, CONNECTION, {PROTOCOL, "other"}, {EXTENSIONS, "other"}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "other"}, {EXTENSIONS, "a b"}}, WS_ERROR_SUBPROTOCOL, 0, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "p"}, {EXTENSIONS, "a b"}}, WS_ERROR_FORMAT, 0, 0, {0}},
        {{OK_HEADERS, {PROTOCOL, "p"}, {EXTENSIONS, "other"}}, WS_ERROR_EXTENSION, 0, 0, {0}},
    };
    (void)state;
    run(&(struct ws_client_offer){subprotocols, 1, NULL, 0}, cases, COUNT(cases));
}

/* [choice] of the result: too little room gives the needed number and writes nothing else. */
static void choice_end_with_too_little_room_for_extensions(void **state)
{
    static const char *const subprotocols[] = {"p"};
    static const char *const offered[] = {"a", "b", "c"};
    (void)state;
    struct ws_handshake *handshake = begin(&(struct ws_client_offer){subprotocols, 1, offered, 3});
    const struct ws_headers headers = exact_headers(
        (const struct exact_text[]){OK_HEADERS, {PROTOCOL, "p"}, {EXTENSIONS, "c, a"}, {NULL, NULL}});
    for (uint32_t room = 0; room <= 3; room++) {
        const ULONG poisoned[3] = {UNTOUCHED, UNTOUCHED, UNTOUCHED};
        ULONG *extensions =
            room > 0 ? exact_copy(poisoned, room * sizeof *extensions) : exact_copy(poisoned, 1);
        ULONG count = room;
        ULONG subprotocol = UNTOUCHED;
        bool negotiated = false;
        const struct ws_client_selection selection = {extensions, &count, &subprotocol};
        assert_int_equal(
            ws_handshake_client_end(handshake, headers.array, headers.count, &selection, &negotiated),
            room < 2 ? WS_WHY_SELECTION_SMALL : WS_OK);
        assert_int_equal(count, 2);
        assert_int_equal(subprotocol, room < 2 ? UNTOUCHED : 0);
        assert_int_equal(negotiated, room >= 2);
        if (room >= 2) {
            assert_int_equal(extensions[0], 2);
            assert_int_equal(extensions[1], 0);
        }
        if (room == 1 || room == 3)
            assert_int_equal(extensions[room - 1], UNTOUCHED);
        free(extensions);
    }
    exact_headers_free(headers);
    ws_handshake_free(handshake);
}

static void end_writes_each_output_that_is_asked_for(void **state)
{
    static const char *const subprotocols[] = {"p"};
    static const char *const offered[] = {"a", "b", "c"};
    (void)state;
    struct ws_handshake *handshake = begin(&(struct ws_client_offer){subprotocols, 1, offered, 3});
    const struct ws_headers headers = exact_headers(
        (const struct exact_text[]){OK_HEADERS, {PROTOCOL, "p"}, {EXTENSIONS, "c, a"}, {NULL, NULL}});
    ULONG count = 0; /* the room is ignored without an array */
    ULONG subprotocol = UNTOUCHED;
    bool negotiated = false;
    assert_int_equal(ws_handshake_client_end(handshake, headers.array, headers.count,
                                             &(struct ws_client_selection){NULL, &count, NULL}, &negotiated),
                     WS_OK);
    assert_int_equal(count, 2);
    assert_int_equal(ws_handshake_client_end(handshake, headers.array, headers.count,
                                             &(struct ws_client_selection){NULL, NULL, &subprotocol},
                                             &negotiated),
                     WS_OK);
    assert_int_equal(subprotocol, 0);
    assert_true(negotiated);
    exact_headers_free(headers);
    ws_handshake_free(handshake);
}

/* What Begin returned belongs to the caller: whatever is written there, End stays inside its memory. */
static void end_is_safe_from_altered_headers(void **state)
{
    static const char *const subprotocols[] = {"chat", "superchat"};
    static const char *const offered[] = {"a; x=1", "b"};
    static const char fillers[] = {',', 'b', ' ', '"', '\0', (char)0xFF};
    (void)state;
    const struct ws_headers response = exact_headers(
        (const struct exact_text[]){OK_HEADERS, {PROTOCOL, "chat"}, {EXTENSIONS, "b"}, {NULL, NULL}});
    for (size_t i = 0; i < COUNT(fillers); i++) {
        struct ws_handshake *handshake = begin(&(struct ws_client_offer){subprotocols, 2, offered, 2});
        uint32_t count = 0;
        WEB_SOCKET_HTTP_HEADER *headers = ws_handshake_headers(handshake, &count);
        assert_int_equal(count, 6);
        memset(headers[4].pcValue, fillers[i], headers[4].ulValueLength + 1);
        memset(headers[5].pcValue, fillers[i], headers[5].ulValueLength + 1);
        char *key = headers[3].pcValue;
        memset(headers, 0xFF, count * sizeof *headers);

        ULONG extensions[1] = {UNTOUCHED};
        ULONG room = 1;
        ULONG subprotocol = UNTOUCHED;
        bool negotiated = false;
        const struct ws_client_selection selection = {extensions, &room, &subprotocol};
        assert_int_equal(ws_status_class(ws_handshake_client_end(handshake, response.array, response.count,
                                                                 &selection, &negotiated)),
                         WS_ERROR_SUBPROTOCOL);
        memset(key, fillers[i], 25);
        assert_int_equal(ws_status_class(ws_handshake_client_end(handshake, response.array, response.count,
                                                                 &selection, &negotiated)),
                         WS_ERROR_FORMAT);
        ws_handshake_free(handshake);
    }
    exact_headers_free(response);
}

/* So it does with the extensions, which it looks up: fewer, none, or more than were offered. */
static void end_is_safe_from_altered_extensions(void **state)
{
    static const char *const offered[] = {"aaaa", "bbbb"};
    static const struct {
        const char *text; /* instead of "aaaa, bbbb" */
        enum ws_status status;
    } cases[] = {
        {",,,,,,,,,,", WS_ERROR_EXTENSION},
        {"aaaa,,,,,,", WS_ERROR_EXTENSION},
        {"a,a,a,a,bb", WS_ERROR_EXTENSION},
        {"bbbb,a,a,a", WS_OK},
        {"bbbb, bbbb", WS_OK},
    };
    (void)state;
    const struct ws_headers response =
        exact_headers((const struct exact_text[]){OK_HEADERS, {EXTENSIONS, "bbbb"}, {NULL, NULL}});
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ws_handshake *handshake = begin(&(struct ws_client_offer){NULL, 0, offered, 2});
        uint32_t count = 0;
        const WEB_SOCKET_HTTP_HEADER *headers = ws_handshake_headers(handshake, &count);
        assert_int_equal(headers[4].ulValueLength, strlen(cases[i].text));
        memcpy(headers[4].pcValue, cases[i].text, strlen(cases[i].text));

        ULONG extensions[1] = {UNTOUCHED};
        ULONG room = 1;
        bool negotiated = false;
        const struct ws_client_selection selection = {extensions, &room, NULL};
        assert_int_equal(ws_status_class(ws_handshake_client_end(handshake, response.array, response.count,
                                                                 &selection, &negotiated)),
                         cases[i].status);
        assert_int_equal(extensions[0], cases[i].status == WS_OK ? 0 : UNTOUCHED);
        ws_handshake_free(handshake);
    }
    exact_headers_free(response);
}

static void end_without_memory_changes_nothing(void **state)
{
    static const char *const offered[] = {"a", "b"};
    (void)state;
    struct ws_handshake *handshake = begin(&(struct ws_client_offer){NULL, 0, offered, 2});
    const struct ws_headers response =
        exact_headers((const struct exact_text[]){OK_HEADERS, {EXTENSIONS, "b"}, {NULL, NULL}});
    ULONG extensions[2] = {UNTOUCHED, UNTOUCHED};
    ULONG room = 2;
    bool negotiated = false;
    const struct ws_client_selection selection = {extensions, &room, NULL};
    allocation_fails = true;
    assert_int_equal(
        ws_handshake_client_end(handshake, response.array, response.count, &selection, &negotiated),
        WS_WHY_NO_MEMORY);
    allocation_fails = false;
    assert_int_equal(extensions[0], UNTOUCHED);
    assert_int_equal(room, 2);
    assert_false(negotiated);
    assert_int_equal(
        ws_handshake_client_end(handshake, response.array, response.count, &selection, &negotiated), WS_OK);
    assert_int_equal(extensions[0], 1);
    assert_int_equal(room, 1);
    assert_true(negotiated);
    exact_headers_free(response);
    ws_handshake_free(handshake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begin_without_offer),
        cmocka_unit_test(begin_with_offers),
        cmocka_unit_test(begin_with_extensions_alone),
        cmocka_unit_test(begin_takes_a_fresh_random_key),
        cmocka_unit_test(begin_refuses_what_is_no_subprotocol),
        cmocka_unit_test(begin_refuses_what_is_no_extension),
        cmocka_unit_test(choice_begin_refuses_a_subprotocol_offered_twice),
        cmocka_unit_test(begin_refuses_counts_without_arrays),
        cmocka_unit_test(choice_begin_refuses_absurd_counts_unread),
        cmocka_unit_test(begin_only_looks_whether_initial_headers_can_be_read),
        cmocka_unit_test(begin_without_random_bytes_or_memory),
        cmocka_unit_test(end_wants_arguments_that_can_be_read),
        cmocka_unit_test(end_wants_upgrade_once_with_websocket_in_any_case),
        cmocka_unit_test(end_wants_connection_with_upgrade_in_any_case_in_a_list),
        cmocka_unit_test(end_wants_accept_once_and_right),
        cmocka_unit_test(end_wants_one_of_the_offered_subprotocols),
        cmocka_unit_test(end_wants_no_subprotocol_where_none_was_offered),
        cmocka_unit_test(end_wants_offered_extensions_only_none_twice),
        cmocka_unit_test(choice_end_takes_empty_headers_for_absent_ones),
        cmocka_unit_test(end_with_subprotocols_and_extensions),
        cmocka_unit_test(choice_first_failure_in_the_order_of_the_table_decides),
        cmocka_unit_test(choice_end_with_too_little_room_for_extensions),
        cmocka_unit_test(end_writes_each_output_that_is_asked_for),
        cmocka_unit_test(end_is_safe_from_altered_headers),
        cmocka_unit_test(end_is_safe_from_altered_extensions),
        cmocka_unit_test(end_without_memory_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
