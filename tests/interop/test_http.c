/*
 * test_http.c - the reader and the writer of HTTP heads that the examples share.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"

/* A head on the heap, so that the address sanitizer sees what is read past its text. */
static struct http_head *new_head(void)
{
    struct http_head *head = calloc(1, sizeof *head);
    assert_non_null(head);
    return head;
}

static enum http_progress feed(struct http_head *head, const char *bytes, size_t size)
{
    assert_true(size <= HTTP_HEAD_SIZE - head->size);
    memcpy(head->text + head->size, bytes, size);
    head->size += size;
    return http_parse(head);
}

static enum http_progress parse(const char *bytes, size_t size)
{
    struct http_head *head = new_head();
    enum http_progress progress = feed(head, bytes, size);
    free(head);
    return progress;
}

static void expect_header(const WEB_SOCKET_HTTP_HEADER *header, const char *name, const char *value)
{
    assert_int_equal(header->ulNameLength, strlen(name));
    assert_memory_equal(header->pcName, name, strlen(name));
    assert_int_equal(header->ulValueLength, strlen(value));
    assert_memory_equal(header->pcValue, value, strlen(value));
}

static const char request[] =
    "\r\nGET /chat HTTP/1.1\r\nHost: example.org\r\nEmpty:\r\nSpaces:\t a b \t\r\nLast: x\n\r\n";

static void expect_request(struct http_head *head)
{
    assert_string_equal(head->start_line, "GET /chat HTTP/1.1");
    assert_int_equal(head->header_count, 4);
    expect_header(&head->headers[0], "Host", "example.org");
    expect_header(&head->headers[1], "Empty", "");
    expect_header(&head->headers[2], "Spaces", "a b");
    expect_header(&head->headers[3], "Last", "x");
}

static void a_head_is_the_same_however_it_is_cut(void **state)
{
    size_t size = sizeof request - 1;
    (void)state;
    for (size_t cut = 0; cut < size; cut++) {
        struct http_head *head = new_head();
        assert_int_equal(feed(head, request, cut), HTTP_MORE);
        assert_int_equal(feed(head, request + cut, size - cut), HTTP_COMPLETE);
        expect_request(head);
        free(head);
    }
    struct http_head *head = new_head();
    for (size_t i = 0; i < size; i++)
        assert_int_equal(feed(head, request + i, 1), i + 1 < size ? HTTP_MORE : HTTP_COMPLETE);
    expect_request(head);
    free(head);
}

static void what_follows_a_head_is_left_alone(void **state)
{
    static const char text[] = "GET / HTTP/1.1\r\n\r\n\x81\x00\r\n";
    struct http_head *head = new_head();
    (void)state;
    assert_int_equal(feed(head, text, sizeof text - 1), HTTP_COMPLETE);
    assert_int_equal(head->size - head->parsed, 4);
    assert_memory_equal(head->text + head->parsed, "\x81\x00\r\n", 4);
    free(head);
}

static void malformed_heads_are_refused(void **state)
{
    static const char *const lines[] = {
        "no colon",     ": no name", "na me: x", "name : x",   " folded", "\tfolded",
        "n\xc3\xa9: x", "a: \x01",   "a: \x7f",  "a: b\rc: d", "(a): x",  "a,b: x",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char text[64];
        snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n", lines[i]);
        if (parse(text, strlen(text)) != HTTP_MALFORMED)
            fail_msg("\"%s\" was taken for a header", lines[i]);
    }
    assert_int_equal(parse("GET / HTTP/1.1\r\na: \0\r\n", 23), HTTP_MALFORMED);
    assert_int_equal(parse("GET /\x02 HTTP/1.1\r\n", 18), HTTP_MALFORMED);
}

static void a_head_has_at_most_so_many_headers(void **state)
{
    struct http_head *head = new_head();
    (void)state;
    assert_int_equal(feed(head, "GET / HTTP/1.1\r\n", 16), HTTP_MORE);
    for (int i = 0; i < HTTP_HEADER_COUNT; i++)
        assert_int_equal(feed(head, "a:b\r\n", 5), HTTP_MORE);
    assert_int_equal(feed(head, "a:b\r\n", 5), HTTP_TOO_LARGE);
    free(head);
}

static void a_head_has_at_most_so_many_bytes(void **state)
{
    static char text[HTTP_HEAD_SIZE];
    struct http_head *head = new_head();
    (void)state;
    memset(text, 'a', sizeof text);
    assert_int_equal(feed(head, text, sizeof text - 1), HTTP_MORE);
    assert_int_equal(feed(head, text, 1), HTTP_TOO_LARGE);
    free(head);

    memcpy(text, "GET / HTTP/1.1\r\nb:", 18);
    memcpy(text + sizeof text - 4, "\r\n\r\n", 4);
    assert_int_equal(parse(text, sizeof text), HTTP_COMPLETE);
}

static void start_lines_are_judged(void **state)
{
    static const char *const bad_requests[] = {
        "",
        "GET",
        "GET /",
        "GET HTTP/1.1",
        "GET  HTTP/1.1",
        "GET / HTTP/1.0",
        " / HTTP/1",
        "GET / HTTP/2",
        "GET / HTTP/1.1 ",
        "GET /a b HTTP/1.1",
        "GET / HTTP/1.10",
        "G@T / HTTP/1.1",
    };
    static const char *const bad_responses[] = {
        "",
        "HTTP/1.1",
        "HTTP/1.1 ",
        "HTTP/1.1 20",
        "HTTP/1.1 2000",
        "HTTP/1.0 200 OK",
        "HTTP/1.1  200",
        "HTTP/1.1 20x",
    };
    const char *target = NULL;
    size_t length = 0;
    (void)state;
    assert_int_equal(http_request("GET / HTTP/1.1", &target, &length), HTTP_GET);
    assert_int_equal(length, 1);
    assert_memory_equal(target, "/", 1);
    assert_int_equal(http_request("HEAD /chat?x HTTP/1.2", &target, &length), HTTP_HEAD);
    assert_int_equal(length, 7);
    assert_memory_equal(target, "/chat?x", 7);
    assert_int_equal(http_request("POST / HTTP/1.1", &target, &length), HTTP_OTHER);
    assert_int_equal(http_request("get / HTTP/1.1", &target, &length), HTTP_OTHER);
    for (size_t i = 0; i < sizeof bad_requests / sizeof *bad_requests; i++) {
        target = NULL;
        assert_int_equal(http_request(bad_requests[i], &target, &length), HTTP_NO_REQUEST);
        assert_null(target);
    }
    assert_int_equal(http_status("HTTP/1.1 101 Switching Protocols"), 101);
    assert_int_equal(http_status("HTTP/1.1 426"), 426);
    for (size_t i = 0; i < sizeof bad_responses / sizeof *bad_responses; i++)
        assert_int_equal(http_status(bad_responses[i]), 0);
}

static void headers_are_found_by_name_in_any_case(void **state)
{
    struct http_head *head = new_head();
    (void)state;
    assert_int_equal(feed(head, request, sizeof request - 1), HTTP_COMPLETE);
    assert_true(http_has_header(head, "host"));
    assert_true(http_has_header(head, "LAST"));
    assert_true(http_has_header(head, "Empty"));
    assert_false(http_has_header(head, "Hos"));
    assert_false(http_has_header(head, "Hosts"));
    assert_false(http_has_header(head, ""));
    free(head);
}

static void a_head_is_written_whole_or_not_at_all(void **state)
{
    static const char wanted[] = "HTTP/1.1 200 OK\r\nA: b\r\nC: \r\n\r\n";
    char names[] = "AC";
    char value[] = "b";
    WEB_SOCKET_HTTP_HEADER headers[] = {{names, 1, value, 1}, {names + 1, 1, NULL, 0}};
    (void)state;
    for (size_t room = 0; room <= sizeof wanted; room++) {
        char *text = malloc(room + 1); /* one byte more, which must stay as it is */
        assert_non_null(text);
        memset(text, '?', room + 1);
        size_t size = http_write(text, room, "HTTP/1.1 200 OK", headers, 2);
        assert_int_equal(size, room >= sizeof wanted ? sizeof wanted - 1 : 0);
        if (size > 0)
            assert_string_equal(text, wanted);
        assert_int_equal(text[room], '?');
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_the_same_however_it_is_cut),
        cmocka_unit_test(what_follows_a_head_is_left_alone),
        cmocka_unit_test(malformed_heads_are_refused),
        cmocka_unit_test(a_head_has_at_most_so_many_headers),
        cmocka_unit_test(a_head_has_at_most_so_many_bytes),
        cmocka_unit_test(start_lines_are_judged),
        cmocka_unit_test(headers_are_found_by_name_in_any_case),
        cmocka_unit_test(a_head_is_written_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
