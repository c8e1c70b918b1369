/*
 * test_url.c - what echo_client takes as an address, and what it refuses.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "url.h"

static void addresses_are_taken_apart(void **state)
{
    static const struct {
        const char *text, *host, *port, *authority, *target;
    } cases[] = {
        {"ws://example.org", "example.org", "80", "example.org", "/"},
        {"ws://example.org/", "example.org", "80", "example.org", "/"},
        {"ws://127.0.0.1:9001/chat?room=1&x=%20", "127.0.0.1", "9001", "127.0.0.1:9001",
         "/chat?room=1&x=%20"},
        {"ws://host?query", "host", "80", "host", "/?query"},
        {"ws://host:1/a:b@c?d/e?f", "host", "1", "host:1", "/a:b@c?d/e?f"},
        {"ws://[::1]", "::1", "80", "[::1]", "/"},
        {"ws://[::1]:8080/x", "::1", "8080", "[::1]:8080", "/x"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url url;
        assert_true(url_parse(cases[i].text, &url));
        assert_string_equal(url.host, cases[i].host);
        assert_string_equal(url.port, cases[i].port);
        assert_string_equal(url.authority, cases[i].authority);
        assert_string_equal(url.target, cases[i].target);
    }
}

static void other_texts_are_refused(void **state)
{
    static const char *const cases[] = {
        "",           "ws:",       "ws://",         "ws:///path",    "http://host",    "wss://host",
        "host:80",    "ws://:80",  "ws://host:",    "ws://host:80x", "ws://host:x",    "ws://host:123456",
        "ws://[::1",  "ws://[]",   "ws://[::1]x",   "ws://[::1]:",   "ws://user@host", "ws://host/a b",
        "ws://ho st", "ws://h/\t", "ws://h/\r\nX:", "ws://h/\x7f",   "ws://h/#part",   "ws://h/\xc3\xa9",
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url url;
        if (url_parse(cases[i], &url))
            fail_msg("\"%s\" was taken for an address", cases[i]);
    }
}

/* ws:// and size letters h, then end. */
static bool takes_host_of(size_t size, const char *end)
{
    char text[4096] = "ws://";
    struct url url;
    memset(text + 5, 'h', size);
    snprintf(text + 5 + size, sizeof text - 5 - size, "%s", end);
    return url_parse(text, &url);
}

static bool takes_target_of(size_t size)
{
    char text[4096] = "ws://host/";
    struct url url;
    memset(text + 10, 't', size - 1);
    return url_parse(text, &url);
}

static void addresses_that_are_too_long_are_refused(void **state)
{
    struct url url;
    (void)state;
    assert_true(takes_host_of(sizeof url.host - 1, ":65535/"));
    assert_false(takes_host_of(sizeof url.host, ":65535/"));
    assert_false(takes_host_of(3000, ""));
    assert_true(takes_target_of(sizeof url.target - 1));
    assert_false(takes_target_of(sizeof url.target));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_taken_apart),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(addresses_that_are_too_long_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
