/*
 * White-box test of handshake.c: a header value of 2^32 characters. It reads 8 GiB, which takes a second,
 * and under valgrind minutes: so it is a program of its own, and valgrind leaves it out.
 */
#include "handshake/handshake.h"
#include "handshake/handshake_common.h"

#include "faults.h"
#include "unit.h"

static bool anything(struct ws_span text)
{
    (void)text;
    return true;
}

static const struct ws_handshake_items anything_goes = {.is_item = anything,
                                                        .too_long = WS_WHY_EXTENSIONS_LONG};

static void header_value_must_fit_into_32_bits(void **state)
{
    /* 4096 strings of 2^20 - 2 characters and 4095 separators are 2^32 - 2 characters. */
    enum { ITEMS = 4096, ITEM_LENGTH = (1 << 20) - 2 };
    static const struct ws_handshake_list none = {NULL, 0, 0};
    (void)state;
    char *text = malloc(ITEM_LENGTH + 3);
    const char **items = calloc(ITEMS, sizeof *items);
    assert_non_null(text);
    assert_non_null(items);
    memset(text, 'x', ITEM_LENGTH + 2);
    text[ITEM_LENGTH + 2] = '\0';
    for (size_t i = 0; i < ITEMS; i++)
        items[i] = text + 2;
    struct ws_handshake_list list = {items, ITEMS, 0};
    items[ITEMS - 1] = text + 1;
    assert_int_equal(ws_handshake_list_measure(&list, &anything_goes), WS_OK);
    assert_true(list.length == UINT32_MAX);

    /* Two such values do not fit into the address space of a 32-bit machine, nor into any allocation here. */
    faults_memory_after(0);
    assert_null(ws_handshake_new(1, 0, &list, &list));
    assert_null(ws_handshake_new(1, 0, &none, &list));
    faults_end();

    items[ITEMS - 1] = text;
    assert_int_equal(ws_handshake_list_measure(&list, &anything_goes), WS_WHY_EXTENSIONS_LONG);
    free(items);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_value_must_fit_into_32_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
