/*
 * White-box tests of names.c.
 */
#include "unit.h"

#include "faults.h"
#include "handshake/names.h"

#include <stdio.h>
#include <string.h>

enum { MANY = 3000, ROOM = 9 };

static void make(struct ws_names *names, const char *const *texts, uint32_t count)
{
    assert_true(ws_names_init(names, count));
    for (uint32_t i = 0; i < count; i++)
        ws_names_add(names, ws_span_of(texts[i]));
    ws_names_sort(names);
}

static void no_names_need_no_block(void **state)
{
    (void)state;
    struct ws_names names;
    faults_memory_after(0);
    make(&names, NULL, 0);
    faults_end();
    assert_null(names.array);
    assert_false(ws_names_has_twins(&names));
    assert_null(ws_names_find(&names, ws_span_of("")));
    ws_names_free(&names);
}

static void without_memory_there_are_no_names(void **state)
{
    (void)state;
    struct ws_names names;
    faults_memory_after(0);
    assert_false(ws_names_init(&names, 1));
    faults_end();
}

static void each_name_is_found_byte_for_byte(void **state)
{
    static const char *const texts[] = {"b", "a", "A", "aa", "ab", "abc", "", "a\xFF", "a\x01"};
    static const char *const others[] = {"c", "B", "AA", "ac", "abcd", "abd", "\xFF"};
    (void)state;
    struct ws_names names;
    make(&names, texts, COUNT_OF(texts));
    assert_false(ws_names_has_twins(&names));
    for (uint32_t i = 0; i < COUNT_OF(texts); i++) {
        struct ws_name *name = ws_names_find(&names, ws_span_of(texts[i]));
        assert_non_null(name);
        assert_int_equal(name->index, i);
        assert_int_equal(name->mark, 0);
        name->mark = i + 1;
    }
    for (uint32_t i = 0; i < COUNT_OF(texts); i++)
        assert_int_equal(ws_names_find(&names, ws_span_of(texts[i]))->mark, i + 1);
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_null(ws_names_find(&names, ws_span_of(others[i])));
    ws_names_free(&names);
}

static void of_twins_the_first_is_found(void **state)
{
    static const char *const texts[] = {"x", "y", "x", "z", "y", "x"};
    (void)state;
    struct ws_names names;
    make(&names, texts, COUNT_OF(texts));
    assert_true(ws_names_has_twins(&names));
    assert_int_equal(ws_names_find(&names, ws_span_of("x"))->index, 0);
    assert_int_equal(ws_names_find(&names, ws_span_of("y"))->index, 1);
    assert_int_equal(ws_names_find(&names, ws_span_of("z"))->index, 3);
    ws_names_free(&names);
}

/* Lists of every size up to many, of few different names and of many, against a search from the front. */
static void any_list_by_chance(void **state)
{
    static char texts[MANY][ROOM];
    static const char *pointers[MANY];
    (void)state;
    uint64_t chance = 7;
    for (uint32_t count = 1; count <= MANY; count = count * 3 / 2 + 1) {
        for (uint32_t kinds = 1; kinds <= 4 * count; kinds *= 4) {
            bool twins = false;
            for (uint32_t i = 0; i < count; i++) {
                (void)snprintf(texts[i], ROOM, "%X", (unsigned)chance_below(&chance, kinds));
                pointers[i] = texts[i];
            }
            struct ws_names names;
            make(&names, pointers, count);
            for (uint32_t i = 0; i < count; i++) {
                uint32_t first = 0;
                while (strcmp(texts[first], texts[i]) != 0)
                    first++;
                twins = twins || first < i;
                assert_int_equal(ws_names_find(&names, ws_span_of(texts[i]))->index, first);
            }
            assert_int_equal(ws_names_has_twins(&names), twins);
            ws_names_free(&names);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_names_need_no_block),
        cmocka_unit_test(without_memory_there_are_no_names),
        cmocka_unit_test(each_name_is_found_byte_for_byte),
        cmocka_unit_test(of_twins_the_first_is_found),
        cmocka_unit_test(any_list_by_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
