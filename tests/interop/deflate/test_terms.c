/*
 * test_terms.c - offers and answers of permessage-deflate, as RFC 7692, section 7.1 has them.
 */
#include "terms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct terms usual = {.server_bits = 15, .client_bits = 15};

static WEB_SOCKET_HTTP_HEADER header(const char *value)
{
    static char name[] = "Sec-WebSocket-EXTENSIONS", text[512];
    WEB_SOCKET_HTTP_HEADER made = {name, sizeof name - 1, text, (ULONG)strlen(value)};
    memcpy(text, value, strlen(value) + 1);
    return made;
}

/* What a server that wants these terms says to an offer; NULL: it goes without the extension. */
static const char *answer_to(const struct terms *wanted, const char *offer)
{
    static char text[TERMS_ROOM];
    struct terms agreed;
    WEB_SOCKET_HTTP_HEADER request = header(offer);
    return terms_answer(&request, 1, wanted, &agreed, text) ? text : NULL;
}

static void assert_answer(const struct terms *wanted, const char *offer, const char *expected)
{
    const char *answer = answer_to(wanted, offer);
    assert_non_null(answer);
    assert_string_equal(answer, expected);
}

static void an_offer_is_answered(void **state)
{
    (void)state;
    assert_answer(&usual, "permessage-deflate", "permessage-deflate");
    assert_answer(&usual, "permessage-deflate; client_max_window_bits", "permessage-deflate");
    assert_answer(&usual, "x; y=\"a,b;c\", permessage-deflate ;server_no_context_takeover",
                  "permessage-deflate; server_no_context_takeover");
    assert_answer(&usual, "permessage-deflate; client_no_context_takeover; server_max_window_bits=\"10\"",
                  "permessage-deflate; client_no_context_takeover; server_max_window_bits=10");
    assert_answer(&usual, "permessage-deflate; client_max_window_bits=8",
                  "permessage-deflate; client_max_window_bits=8");
}

/* 7.1.2.1: an offer that names server_max_window_bits is taken by naming them, even where they change nothing. */
static void server_max_window_bits_are_answered_if_they_were_offered(void **state)
{
    (void)state;
    const struct terms wanted = {.server_bits = 12, .client_bits = 15};
    assert_answer(&usual, "permessage-deflate; server_max_window_bits=15",
                  "permessage-deflate; server_max_window_bits=15");
    assert_answer(&wanted, "permessage-deflate; server_max_window_bits=15",
                  "permessage-deflate; server_max_window_bits=12");
    assert_answer(&usual, "permessage-deflate; server_max_window_bits=8, permessage-deflate",
                  "permessage-deflate");
}

static void a_server_may_want_less(void **state)
{
    (void)state;
    const struct terms wanted = {true, true, 12, 10, false};
    assert_answer(&wanted, "permessage-deflate; client_max_window_bits",
                  "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                  "server_max_window_bits=12; client_max_window_bits=10");
    assert_answer(&wanted, "permessage-deflate; server_max_window_bits=9; client_max_window_bits=11",
                  "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                  "server_max_window_bits=9; client_max_window_bits=10");
}

/* 7.1.2.2: a server must not name client_max_window_bits if the client did not. */
static void a_client_that_did_not_say_client_max_window_bits_is_not_told_how_many(void **state)
{
    (void)state;
    const struct terms wanted = {.server_bits = 15, .client_bits = 9};
    assert_answer(&wanted, "permessage-deflate", "permessage-deflate");
}

/* 7.1: unknown names, doubled ones, and values that cannot be decline an offer. zlib cannot compress with 8 bits. */
static void an_offer_that_cannot_be_taken_is_declined(void **state)
{
    (void)state;
    static const char *const offers[] = {
        "",
        "x-webkit-deflate-frame",
        "permessage-deflate; window",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=010",
        "permessage-deflate; client_max_window_bits=",
        "permessage-deflate; client_max_window_bits=\"\"",
        "permessage-deflate; server_max_window_bits=8"};
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++)
        assert_null(answer_to(&usual, offers[i]));
}

static void the_next_offer_is_looked_at(void **state)
{
    (void)state;
    assert_answer(
        &usual, "permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=9",
        "permessage-deflate; server_max_window_bits=9");
}

static void an_offer_says_what_the_client_wants(void **state)
{
    (void)state;
    const struct terms wanted = {true, true, 11, 10, false};
    char text[TERMS_ROOM];
    terms_offer(&usual, text);
    assert_string_equal(text, "permessage-deflate; client_max_window_bits");
    terms_offer(&wanted, text);
    assert_string_equal(text, "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                              "server_max_window_bits=11; client_max_window_bits=10");
}

static bool accepts(const struct terms *offered, const char *answer, struct terms *agreed)
{
    WEB_SOCKET_HTTP_HEADER response = header(answer);
    return terms_accept(&response, 1, offered, agreed);
}

static void an_answer_is_taken(void **state)
{
    (void)state;
    struct terms agreed;
    assert_true(accepts(&usual, "permessage-deflate", &agreed));
    assert_false(agreed.server_forgets || agreed.client_forgets);
    assert_int_equal(agreed.server_bits, 15);
    assert_int_equal(agreed.client_bits, 15);
    assert_true(accepts(&usual,
                        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                        "server_max_window_bits=8; client_max_window_bits=9",
                        &agreed));
    assert_true(agreed.server_forgets && agreed.client_forgets);
    assert_int_equal(agreed.server_bits, 8);
    assert_int_equal(agreed.client_bits, 9);
}

/* 7.1.1.1, 7.1.2.1: what was asked of the server must be in its answer, and not for more than was asked. */
static void an_answer_to_something_else_is_refused(void **state)
{
    (void)state;
    const struct terms forgetful = {true, false, 15, 15, false},
                       small = {.server_bits = 10, .client_bits = 15};
    struct terms agreed;
    assert_false(accepts(&forgetful, "permessage-deflate", &agreed));
    assert_false(accepts(&small, "permessage-deflate", &agreed));
    assert_false(accepts(&small, "permessage-deflate; server_max_window_bits=11", &agreed));
    assert_true(accepts(&small, "permessage-deflate; server_max_window_bits=9", &agreed));
    assert_false(accepts(&usual, "permessage-deflate; client_max_window_bits", &agreed));
    assert_false(accepts(&usual, "permessage-deflate; client_max_window_bits=8", &agreed));
    assert_false(accepts(&usual, "permessage-deflate; unknown", &agreed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offer_is_answered),
        cmocka_unit_test(server_max_window_bits_are_answered_if_they_were_offered),
        cmocka_unit_test(a_server_may_want_less),
        cmocka_unit_test(a_client_that_did_not_say_client_max_window_bits_is_not_told_how_many),
        cmocka_unit_test(an_offer_that_cannot_be_taken_is_declined),
        cmocka_unit_test(the_next_offer_is_looked_at),
        cmocka_unit_test(an_offer_says_what_the_client_wants),
        cmocka_unit_test(an_answer_is_taken),
        cmocka_unit_test(an_answer_to_something_else_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
