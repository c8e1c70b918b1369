/*
 * White-box tests of handshake.c: what both roles share. The headers of a whole handshake are tested
 * with the roles, and the longest header values in test_handshake_length.c.
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
#include "handshake/handshake_common.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- an allocator that remembers ---- */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

static size_t allocated; /* the size that was last asked for */

void *__wrap_malloc(size_t size)
{
    allocated = size;
    return __real_malloc(size);
}

/* ---- checks ---- */

static void accept_for(const char *key, const char *expected)
{
    char *block = exact_copy(key, WS_KEY_LENGTH);
    char *accept = exact_copy(expected, WS_ACCEPT_LENGTH);
    memset(accept, '#', WS_ACCEPT_LENGTH);
    ws_handshake_accept(block, accept);
    assert_memory_equal(accept, expected, WS_ACCEPT_LENGTH);
    free(accept);
    free(block);
}

static void accept_value_of_rfc_6455_section_1_3(void **state)
{
    (void)state;
    accept_for("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    /* The bytes 1 to 16; the digest was computed with openssl. */
    accept_for("AQIDBAUGBwgJCgsMDQ4PEA==", "C/0nmHhBztSRGR1CwL6Tf4ZjwpY=");
}

static void upgrade_and_connection(void **state)
{
    static const struct {
        struct exact_text texts[5];
        bool good;
    } cases[] = {
        {{{"Upgrade", "websocket"}, {"Connection", "Upgrade"}}, true},
        {{{"connection", "upgrade"}, {"UPGRADE", "WebSocket"}}, true},
        {{{"Upgrade", " websocket\t"}, {"Connection", "\tUPGRADE "}}, true},
        {{{"Upgrade", "HTTP/2.0, SHTTP/1.3, websocket"}, {"Connection", "Upgrade"}}, true},
        {{{"Upgrade", "websocket"}, {"Connection", "keep-alive, Upgrade"}}, true},
        {{{"Upgrade", "websocket"}, {"Connection", "close"}, {"Connection", "upgrade"}}, true},
        {{{"Connection", "Upgrade"}}, false},
        {{{"Upgrade", "websocket"}}, false},
        {{{"Upgrade", "websocket"}, {"Upgrade", "websocket"}, {"Connection", "Upgrade"}}, false},
        {{{"Upgrade", "websocket"}, {"upgrade", ""}, {"Connection", "Upgrade"}}, false},
        {{{"Upgrade", ""}, {"Connection", "Upgrade"}}, false},
        {{{"Upgrade", "websockets"}, {"Connection", "Upgrade"}}, false},
        {{{"Upgrade", "web socket"}, {"Connection", "Upgrade"}}, false},
        {{{"Upgrade", "websocket/13"}, {"Connection", "Upgrade"}}, false},
        {{{"Upgrade", "\"websocket\""}, {"Connection", "Upgrade"}}, false},
        {{{"Upgrade", "h2c"}, {"Connection", "Upgrade"}}, false},
        {{{"Upgrade", "websocket"}, {"Connection", ""}}, false},
        {{{"Upgrade", "websocket"}, {"Connection", "keep-alive"}}, false},
        {{{"Upgrade", "websocket"}, {"Connection", "Upgrades"}}, false},
        {{{"Upgrade", "websocket"}, {"Connection", "keep-alive Upgrade"}}, false},
        {{{"Upgrade", "websocket"}, {"Connection", "keep-alive; Upgrade"}}, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct ws_headers headers = exact_headers(cases[i].texts);
        if ((ws_handshake_check_upgrade(headers) == WS_OK) != cases[i].good)
            fail_msg("case %u", (unsigned)i);
        exact_headers_free(headers);
    }
}

static void arrays_that_can_be_read(void **state)
{
    (void)state;
    const WEB_SOCKET_HTTP_HEADER null_name = {NULL, 1, NULL, 0};
    const WEB_SOCKET_HTTP_HEADER null_value = {NULL, 0, NULL, 1};
    const WEB_SOCKET_HTTP_HEADER empty = {NULL, 0, NULL, 0};
    WEB_SOCKET_HTTP_HEADER two[2] = {empty, empty};

    assert_int_equal(ws_handshake_check_headers((struct ws_headers){NULL, 0}), WS_OK);
    assert_int_equal(ws_handshake_check_headers((struct ws_headers){two, 2}), WS_OK);
    two[1] = null_name;
    assert_int_equal(ws_handshake_check_headers((struct ws_headers){two, 2}), WS_WHY_HEADER_NAME_NULL);
    assert_int_equal(ws_handshake_check_headers((struct ws_headers){two, 1}), WS_OK);
    two[1] = null_value;
    assert_int_equal(ws_handshake_check_headers((struct ws_headers){two, 2}), WS_WHY_HEADER_VALUE_NULL);
    assert_int_equal(ws_handshake_check_headers((struct ws_headers){NULL, 1}), WS_WHY_HEADERS_NULL);
}

/* Our choice: 65535 of anything are taken, more are refused before the array is read. */
static void choice_most_of_anything_is_65535(void **state)
{
    (void)state;
    WEB_SOCKET_HTTP_HEADER *headers = calloc(65535, sizeof *headers);
    const char **items = calloc(65535, sizeof *items);
    assert_non_null(headers);
    assert_non_null(items);
    for (size_t i = 0; i < 65535; i++)
        items[i] = "x";
    struct ws_handshake_list list = {items, 65535, 0};
    assert_int_equal(ws_handshake_check_headers((struct ws_headers){headers, 65535}), WS_OK);
    assert_int_equal(ws_handshake_list_measure(&list, &ws_handshake_subprotocols), WS_OK);
    assert_int_equal(list.length, 65535 + 2 * 65534);
    free(items);
    free(headers);

    char unreadable[1]; /* under a sanitizer, a read of an element of it would show */
    assert_int_equal(ws_handshake_check_headers((struct ws_headers){(void *)unreadable, 65536}),
                     WS_WHY_HEADERS_MANY);
    assert_int_equal(ws_handshake_check_headers((struct ws_headers){(void *)unreadable, UINT32_MAX}),
                     WS_WHY_HEADERS_MANY);
    list = (struct ws_handshake_list){(void *)unreadable, 65536, 0};
    assert_int_equal(ws_handshake_list_measure(&list, &ws_handshake_subprotocols), WS_WHY_SUBPROTOCOLS_MANY);
    list.count = UINT32_MAX;
    assert_int_equal(ws_handshake_list_measure(&list, &ws_handshake_subprotocols), WS_WHY_SUBPROTOCOLS_MANY);
}

/* ---- the block ---- */

static void block_holds_what_it_is_made_for_and_no_more(void **state)
{
    const char *const letters[] = {"a", "bc"};
    const char *const extension[] = {"d; e"};
    struct ws_handshake_list subprotocols = {letters, 2, 0};
    struct ws_handshake_list extensions = {extension, 1, 0};
    (void)state;
    assert_int_equal(ws_handshake_list_measure(&subprotocols, &ws_handshake_subprotocols), WS_OK);
    assert_int_equal(ws_handshake_list_measure(&extensions, &ws_handshake_extensions), WS_OK);
    assert_int_equal(subprotocols.length, 5);
    assert_int_equal(extensions.length, 4);

    struct ws_handshake *handshake = ws_handshake_new(1, 7, &subprotocols, &extensions);
    assert_non_null(handshake);
    assert_int_equal(allocated, offsetof(struct ws_handshake, headers) + 3 * sizeof(WEB_SOCKET_HTTP_HEADER) +
                                    7 + sizeof "a, bc" + sizeof "d; e");
    uint32_t count = 0;
    WEB_SOCKET_HTTP_HEADER *headers = ws_handshake_headers(handshake, &count);
    assert_int_equal(count, 3);
    ws_handshake_set(&headers[0], "Name", "value");
    assert_string_equal(headers[0].pcName, "Name");
    assert_int_equal(headers[0].ulNameLength, 4);
    assert_string_equal(headers[0].pcValue, "value");
    assert_int_equal(headers[0].ulValueLength, 5);
    assert_string_equal(headers[1].pcName, "Sec-WebSocket-Protocol");
    assert_int_equal(headers[1].ulNameLength, 22);
    assert_string_equal(headers[1].pcValue, "a, bc");
    assert_int_equal(headers[1].ulValueLength, 5);
    assert_string_equal(headers[2].pcName, "Sec-WebSocket-Extensions");
    assert_int_equal(headers[2].ulNameLength, 24);
    assert_string_equal(headers[2].pcValue, "d; e");
    assert_int_equal(headers[2].ulValueLength, 4);
    assert_memory_equal(ws_handshake_extra(handshake), "\0\0\0\0\0\0\0", 7);
    ws_handshake_free(handshake);
}

/*
 * On 32-bit systems the size is beyond a size_t, and what is left of it there would be small; on 64-bit ones
 * no memory is that large.
 */
static void a_block_that_no_memory_can_hold_is_refused(void **state)
{
    (void)state;
    const char *const item = "x";
    const size_t length = sizeof(size_t) > 4 ? (size_t)PTRDIFF_MAX / 2 + 1 : SIZE_MAX;
    const struct ws_handshake_list list = {&item, 1, length};
    assert_null(ws_handshake_new(0, 0, &list, &list));
}

static void free_takes_null(void **state)
{
    (void)state;
    ws_handshake_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accept_value_of_rfc_6455_section_1_3),
        cmocka_unit_test(upgrade_and_connection),
        cmocka_unit_test(arrays_that_can_be_read),
        cmocka_unit_test(choice_most_of_anything_is_65535),
        cmocka_unit_test(block_holds_what_it_is_made_for_and_no_more),
        cmocka_unit_test(a_block_that_no_memory_can_hold_is_refused),
        cmocka_unit_test(free_takes_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
