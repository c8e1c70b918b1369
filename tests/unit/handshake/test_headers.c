/*
 * White-box tests of headers.c: lookup, lists, tokens and extensions, from strings of exact size.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "handshake/headers.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_span(struct ws_span span, const char *expected)
{
    assert_int_equal(span.length, strlen(expected));
    assert_non_null(span.chars);
    assert_memory_equal(span.chars, expected, span.length);
}

/* What a function says of a text that lies in a block of exactly its size. */
static bool ask(bool (*function)(struct ws_span), const char *text, size_t length)
{
    char *block = exact_copy(text, length);
    const bool answer = function((struct ws_span){length > 0 ? block : "", length});
    free(block);
    return answer;
}

/* ---- lookup ---- */

static void finds_names_in_any_case(void **state)
{
    static const struct exact_text texts[] = {{"Host", "here"},  {"hOsT", "there"}, {"Hos", "short"},
                                              {"Hosts", "long"}, {"", "none"},      {NULL, NULL}};
    (void)state;
    const struct ws_headers headers = exact_headers(texts);
    struct ws_span value;
    assert_int_equal(ws_headers_find(headers, "HOST", &value), 2);
    assert_span(value, "here");
    assert_int_equal(ws_headers_find(headers, "hos", &value), 1);
    assert_span(value, "short");
    exact_headers_free(headers);
}

static void value_is_left_alone_when_nothing_is_found(void **state)
{
    static const struct exact_text texts[] = {{"Host", "here"}, {NULL, NULL}};
    (void)state;
    const struct ws_headers headers = exact_headers(texts);
    struct ws_span value = {"poison", 6};
    assert_int_equal(ws_headers_find(headers, "Hose", &value), 0);
    assert_int_equal(ws_headers_find((struct ws_headers){NULL, 0}, "Host", &value), 0);
    assert_span(value, "poison");
    exact_headers_free(headers);
}

/* Characters that differ in the same bit as cases do, but are no letters, stay different; so does Latin-1. */
static void only_ascii_letters_have_two_cases(void **state)
{
    static const struct exact_text texts[] = {
        {"a[", "bracket"}, {"a\xC4", "umlaut"}, {"a@", "at"}, {"a^", "caret"}, {NULL, NULL}};
    (void)state;
    const struct ws_headers headers = exact_headers(texts);
    struct ws_span value;
    assert_int_equal(ws_headers_find(headers, "A{", &value), 0);
    assert_int_equal(ws_headers_find(headers, "A\xE4", &value), 0);
    assert_int_equal(ws_headers_find(headers, "A`", &value), 0);
    assert_int_equal(ws_headers_find(headers, "A~", &value), 0);
    assert_int_equal(ws_headers_find(headers, "A\xC4", &value), 1);
    exact_headers_free(headers);

    for (int c = 0; c < 128; c++) {
        const char one = (char)c;
        const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        const char other = (char)(c ^ 0x20);
        assert_true(ws_span_equal_any_case((struct ws_span){&one, 1}, (struct ws_span){&one, 1}));
        assert_int_equal(ws_span_equal_any_case((struct ws_span){&one, 1}, (struct ws_span){&other, 1}),
                         letter);
        assert_false(ws_span_equal((struct ws_span){&one, 1}, (struct ws_span){&other, 1}));
    }
}

static void values_are_trimmed_of_spaces_and_tabs(void **state)
{
    static const struct exact_text texts[] = {{"a", " \t v w \t "}, {"b", " \t "},  {"c", ""},
                                              {"d", "\rv\n"},       {"e", "\vv\f"}, {NULL, NULL}};
    (void)state;
    const struct ws_headers headers = exact_headers(texts);
    struct ws_span value;
    assert_int_equal(ws_headers_find(headers, "a", &value), 1);
    assert_span(value, "v w");
    assert_int_equal(ws_headers_find(headers, "b", &value), 1);
    assert_span(value, "");
    assert_int_equal(ws_headers_find(headers, "c", &value), 1);
    assert_span(value, "");
    assert_int_equal(ws_headers_find(headers, "d", &value), 1);
    assert_span(value, "\rv\n");
    assert_int_equal(ws_headers_find(headers, "e", &value), 1);
    assert_span(value, "\vv\f");
    exact_headers_free(headers);
}

/* ---- lists ---- */

/* Walks a list and compares it with the expected elements, which end with NULL. */
static void assert_list(const struct exact_text *texts, const char *name, const char *const *expected)
{
    const struct ws_headers headers = exact_headers(texts);
    struct ws_headers_list list;
    struct ws_span element = {"poison", 6};
    ws_headers_list_start(&list, headers, name);
    for (; *expected != NULL; expected++) {
        assert_true(ws_headers_list_next(&list, &element));
        assert_span(element, *expected);
    }
    const struct ws_span last = element;
    assert_false(ws_headers_list_next(&list, &element));
    assert_false(ws_headers_list_next(&list, &element));
    assert_ptr_equal(element.chars, last.chars);
    exact_headers_free(headers);
}

static void lists_are_cut_at_commas_and_trimmed(void **state)
{
    (void)state;
    assert_list((const struct exact_text[]){{"L", "a,b ,\tc d\t, e;f=\"g\""}, {NULL, NULL}}, "l",
                (const char *const[]){"a", "b", "c d", "e;f=\"g\"", NULL});
    assert_list((const struct exact_text[]){{"L", "alone"}, {NULL, NULL}}, "l",
                (const char *const[]){"alone", NULL});
}

/* RFC 7230 section 7. */
static void empty_list_elements_are_skipped(void **state)
{
    (void)state;
    assert_list(
        (const struct exact_text[]){{"L", ",a,, ,\t,b,"}, {"L", ""}, {"L", ","}, {"L", " c"}, {NULL, NULL}},
        "L", (const char *const[]){"a", "b", "c", NULL});
    assert_list((const struct exact_text[]){{"L", ""}, {"L", " , "}, {"L", ",,"}, {NULL, NULL}}, "L",
                (const char *const[]){NULL});
}

/* RFC 7230 section 3.2.2. */
static void several_headers_are_one_list_in_order(void **state)
{
    (void)state;
    assert_list(
        (const struct exact_text[]){
            {"other", "x"}, {"L", "a"}, {"other", "y"}, {"l", "b, c"}, {"ll", "z"}, {"L", "d"}, {NULL, NULL}},
        "L", (const char *const[]){"a", "b", "c", "d", NULL});
    assert_list((const struct exact_text[]){{"other", "x"}, {NULL, NULL}}, "L", (const char *const[]){NULL});
    assert_list((const struct exact_text[]){{NULL, NULL}}, "L", (const char *const[]){NULL});
}

static void text_can_be_a_list(void **state)
{
    (void)state;
    char *block = exact_copy("a, b", 4);
    struct ws_headers_list list;
    struct ws_span element;
    ws_headers_list_start_text(&list, (struct ws_span){block, 4});
    assert_true(ws_headers_list_next(&list, &element));
    assert_span(element, "a");
    assert_true(ws_headers_list_next(&list, &element));
    assert_span(element, "b");
    assert_false(ws_headers_list_next(&list, &element));
    ws_headers_list_start_text(&list, (struct ws_span){block, 0});
    assert_false(ws_headers_list_next(&list, &element));
    free(block);
}

static void list_contains_whole_elements_in_any_case(void **state)
{
    static const struct exact_text texts[] = {
        {"L", "keep-alive, Upgrade"}, {"M", "upgrade-insecure"}, {"l", "x y"}, {"N", ""}, {NULL, NULL}};
    (void)state;
    const struct ws_headers headers = exact_headers(texts);
    assert_true(ws_headers_list_contains(headers, "L", "upgrade"));
    assert_true(ws_headers_list_contains(headers, "L", "KEEP-ALIVE"));
    assert_true(ws_headers_list_contains(headers, "L", "x y"));
    assert_false(ws_headers_list_contains(headers, "L", "keep"));
    assert_false(ws_headers_list_contains(headers, "L", "x"));
    assert_false(ws_headers_list_contains(headers, "M", "upgrade"));
    assert_false(ws_headers_list_contains(headers, "N", "upgrade"));
    assert_false(ws_headers_list_contains(headers, "O", "upgrade"));
    exact_headers_free(headers);
}

static void find_filled_counts_no_empty_value(void **state)
{
    const struct ws_headers headers = exact_headers((const struct exact_text[]){
        {"A", ""}, {"a", " x "}, {"A", " \t"}, {"A", "y"}, {"B", " "}, {"C", ","}, {NULL, NULL}});
    struct ws_span value = ws_span_of("untouched");
    (void)state;
    assert_int_equal(ws_headers_find_filled(headers, "b", &value), 0);
    assert_int_equal(ws_headers_find_filled(headers, "d", &value), 0);
    assert_true(ws_span_equal(value, ws_span_of("untouched")));
    assert_int_equal(ws_headers_find_filled(headers, "A", &value), 2);
    assert_true(ws_span_equal(value, ws_span_of("x")));
    assert_int_equal(ws_headers_find_filled(headers, "C", &value), 1);
    assert_true(ws_span_equal(value, ws_span_of(",")));
    exact_headers_free(headers);
}

static void list_check_wants_an_element_and_all_of_them_right(void **state)
{
    static const struct {
        struct exact_text texts[4];
        bool good;
    } cases[] = {
        {{{"L", "a"}}, true},
        {{{"L", "a,,b,"}, {"L", ""}}, true},
        {{{"L", ""}, {"L", "a"}}, true},
        {{{"M", "a b"}}, true}, /* no list at all */
        {{{"L", ""}}, true},    /* the same, by our choice */
        {{{"L", " "}, {"L", "\t"}}, true},
        {{{"L", " ,\t, "}}, false},
        {{{"L", ""}, {"L", ","}}, false},
        {{{"L", "a b"}}, false},
        {{{"L", "a"}, {"L", "b, c d"}}, false},
        {{{"L", "a"}, {"L", "\"b\""}}, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct ws_headers headers = exact_headers(cases[i].texts);
        assert_int_equal(ws_headers_list_check(headers, "l", ws_headers_is_token), cases[i].good);
        exact_headers_free(headers);
    }
}

/* ---- tokens and extensions ---- */

/* RFC 7230 section 3.2.6: the 77 characters of tchar. */
static void tokens_are_made_of_tchars(void **state)
{
    static const char tchars[] =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    (void)state;
    assert_int_equal(strlen(tchars), 77);
    assert_true(ask(ws_headers_is_token, tchars, strlen(tchars)));
    for (int c = 0; c < 256; c++) {
        const bool good = c != 0 && strchr(tchars, c) != NULL;
        const char first[] = {(char)c, 'x'};
        const char last[] = {'x', (char)c};
        assert_int_equal(ask(ws_headers_is_token, first, 1), good);
        assert_int_equal(ask(ws_headers_is_token, first, 2), good);
        assert_int_equal(ask(ws_headers_is_token, last, 2), good);
    }
    assert_false(ask(ws_headers_is_token, "", 0));
}

static void accepted_extensions(void **state)
{
    static const char *const good[] = {
        "x",
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_max_window_bits=10; client_no_context_takeover",
        "x;y",
        "x ; y",
        "x\t;\ty",
        "x;  y  =  1",
        "x;y=z;y=z",
        "x; y=\"1\"",
        "x; y=\"abc\" ; z",
        "x; y=\"a\\bc\"", /* a quoted pair stands for its character: abc */
        "x; y=\"\\a\\b\"",
        "x;y = \"z\"",
        "x; a; b; c; d=\"e\"; f=g",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        if (!ask(ws_headers_is_extension, good[i], strlen(good[i])))
            fail_msg("refused: %s", good[i]);
}

static void refused_extensions(void **state)
{
    static const char *const bad[] = {
        "",
        " ",
        " x", /* space at an end */
        "x ",
        "x; y ",
        "x; y=1 ",
        "x; y=\"1\" ",
        ";",
        "x;", /* nothing where a parameter belongs */
        "x; ",
        "x;;y",
        "x; ;y",
        ";x",
        "x; =1",
        "x; y=",
        "x; y= ",
        "x; y==1",
        "x; y=1=2",
        "x=1", /* a value without a parameter */
        "x y",
        "x; y z",
        "x; y=1 2",
        "x, y", /* two extensions */
        "x; y=1, z",
        "\"x\"", /* a quoted name */
        "x; \"y\"",
        "x; y=\"", /* quotation marks without a partner */
        "x; y=\"1",
        "x; y=1\"",
        "x; y=\"1\"2",
        "x; y=\"1\"\"2\"",
        "x; y=\"\\",
        "x; y=\"1\\\"",
        "x; y=\"\"", /* RFC 6455 section 9.1: what is between the marks must be a token */
        "x; y=\"a b\"",
        "x; y=\" a\"",
        "x; y=\"a,b\"",
        "x; y=\"a;b\"",
        "x; y=\"a\\ b\"",
        "x; y=\"a\\\\b\"",
        "x; y=\"a\\\"b\"",
        "x; y='a b'",
        "x\r\nInjected: header",
        "x; y=1\r\n",
        "x; y=\"\r\n\"",
        "x;\r\n y",
        "x; y=\"\xC3\xA4\"",
        "\xC3\xA4",
        "x/1",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (ask(ws_headers_is_extension, bad[i], strlen(bad[i])))
            fail_msg("accepted: %s", bad[i]);
    assert_false(ask(ws_headers_is_extension, "x\0y", 3));
    assert_false(ask(ws_headers_is_extension, "x; y\0", 5));
}

/* Every beginning of a long extension, so that each character is once the last one that may be read. */
static void extension_cut_at_every_offset(void **state)
{
    static const char text[] = "ab; cd = ef ;g=\"h\\i\"";
    /* The beginnings that are extensions themselves end with a, b, c, d, e, f and g; so is the whole. */
    static const size_t good[] = {1, 2, 5, 6, 10, 11, 14, 20};
    (void)state;
    assert_int_equal(strlen(text), 20);
    for (size_t length = 0; length <= strlen(text); length++) {
        bool expected = false;
        for (size_t i = 0; i < COUNT(good); i++)
            expected = expected || good[i] == length;
        assert_int_equal(ask(ws_headers_is_extension, text, length), expected);
    }
}

static void extension_name_is_the_first_token(void **state)
{
    (void)state;
    assert_span(ws_headers_extension_name(ws_span_of("abc")), "abc");
    assert_span(ws_headers_extension_name(ws_span_of("abc;d=e")), "abc");
    assert_span(ws_headers_extension_name(ws_span_of("abc ; d")), "abc");
    assert_span(ws_headers_extension_name(ws_span_of("")), "");
    assert_span(ws_headers_extension_name(ws_span_of("; d")), "");
    char *block = exact_copy("abc", 3);
    assert_span(ws_headers_extension_name((struct ws_span){block, 3}), "abc");
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_names_in_any_case),
        cmocka_unit_test(value_is_left_alone_when_nothing_is_found),
        cmocka_unit_test(only_ascii_letters_have_two_cases),
        cmocka_unit_test(values_are_trimmed_of_spaces_and_tabs),
        cmocka_unit_test(lists_are_cut_at_commas_and_trimmed),
        cmocka_unit_test(empty_list_elements_are_skipped),
        cmocka_unit_test(several_headers_are_one_list_in_order),
        cmocka_unit_test(text_can_be_a_list),
        cmocka_unit_test(list_contains_whole_elements_in_any_case),
        cmocka_unit_test(find_filled_counts_no_empty_value),
        cmocka_unit_test(list_check_wants_an_element_and_all_of_them_right),
        cmocka_unit_test(tokens_are_made_of_tchars),
        cmocka_unit_test(accepted_extensions),
        cmocka_unit_test(refused_extensions),
        cmocka_unit_test(extension_cut_at_every_offset),
        cmocka_unit_test(extension_name_is_the_first_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
