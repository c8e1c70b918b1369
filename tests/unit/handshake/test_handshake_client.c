/*
 * White-box tests of handshake_client.c: of section 4.1 of the specification what the tests of the API
 * (client_handshake, client_answer) cannot see or leave open. The random source and the allocator are stood in for (__wrap_),
 * to know the key and to see both fail.
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
bool __wrap_ws_platform_random(void *bytes, size_t size);

static enum { NONCE_OF_RFC_6455, NONCE_FAILS } nonce;
static bool allocation_fails;

void *__wrap_malloc(size_t size)
{
    return allocation_fails ? NULL : __real_malloc(size);
}

bool __wrap_ws_platform_random(void *bytes, size_t size)
{
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

static void choice_the_names_of_extensions_have_two_cases(void **state)
{
    static const char *const offered[] = {"b"};
    static const struct response cases[] = {
        {{OK_HEADERS, {EXTENSIONS, "b"}}, WS_OK, UNTOUCHED, 1, {0}},
        {{OK_HEADERS, {EXTENSIONS, "B"}}, WS_ERROR_EXTENSION, 0, 0, {0}},
    };
    (void)state;
    run(&(struct ws_client_offer){NULL, 0, offered, 1}, cases, COUNT(cases));
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
        cmocka_unit_test(begin_refuses_counts_without_arrays),
        cmocka_unit_test(choice_begin_refuses_absurd_counts_unread),
        cmocka_unit_test(begin_only_looks_whether_initial_headers_can_be_read),
        cmocka_unit_test(begin_without_random_bytes_or_memory),
        cmocka_unit_test(end_wants_arguments_that_can_be_read),
        cmocka_unit_test(choice_the_names_of_extensions_have_two_cases),
        cmocka_unit_test(choice_first_failure_in_the_order_of_the_table_decides),
        cmocka_unit_test(end_is_safe_from_altered_headers),
        cmocka_unit_test(end_is_safe_from_altered_extensions),
        cmocka_unit_test(end_without_memory_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
