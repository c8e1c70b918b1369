/*
 * test_page.c - the page for browsers, on a socket that takes as little as it likes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "page.h"

/* What page_write writes to: takes at most `most` bytes a call, and every other time none at all. */
static struct {
    size_t most;
    bool waits, lost;
    size_t size;
    char bytes[1 << 17];
} sink;

int net_write(net_socket socket, const struct net_part *parts, unsigned count)
{
    size_t before = sink.size;
    (void)socket;
    sink.waits = !sink.waits;
    if (sink.waits || sink.lost)
        return sink.lost ? NET_LOST : NET_WAIT;
    for (unsigned i = 0; i < count; i++) {
        size_t room = sink.most - (sink.size - before);
        size_t size = parts[i].size < room ? parts[i].size : room;
        assert_true(size <= sizeof sink.bytes - 1 - sink.size);
        memcpy(sink.bytes + sink.size, parts[i].bytes, size);
        sink.size += size;
    }
    return (int)(sink.size - before);
}

static struct http_head *new_request(const char *text)
{
    struct http_head *head = calloc(1, sizeof *head);
    assert_non_null(head);
    head->size = strlen(text);
    memcpy(head->text, text, head->size);
    assert_int_equal(http_parse(head), HTTP_COMPLETE);
    return head;
}

/* The whole response, in sink.bytes, taken in pieces of at most so many bytes. */
static void answer(const char *request, size_t most)
{
    struct page page;
    struct http_head *head = new_request(request);
    memset(&sink, 0, sizeof sink);
    sink.most = most;
    const char *status = page_answer(&page, head);
    enum wire_result result;
    while ((result = page_write(&page, NET_NONE)) == WIRE_IDLE)
        ;
    assert_int_equal(result, WIRE_DONE);
    assert_memory_equal(sink.bytes, "HTTP/1.1 ", 9);
    assert_memory_equal(sink.bytes + 9, status, strlen(status));
    free(head);
}

static size_t body_size(void)
{
    const char *body = strstr(sink.bytes, "\r\n\r\n");
    assert_non_null(body);
    return sink.size - (size_t)(body + 4 - sink.bytes);
}

static size_t said_size(void)
{
    const char *header = strstr(sink.bytes, "\r\nContent-Length: ");
    assert_non_null(header);
    return (size_t)strtoul(header + 18, NULL, 10);
}

static const char get[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

static void a_page_is_the_same_in_pieces_of_any_size(void **state)
{
    static const size_t sizes[] = {1, 7, 1000, 1024, 4096, 65536};
    static char whole[sizeof sink.bytes];
    (void)state;
    answer(get, sizeof sink.bytes);
    size_t size = sink.size;
    memcpy(whole, sink.bytes, size);
    assert_int_equal(body_size(), said_size());
    assert_non_null(strstr(whole, "\r\n\r\n<!doctype html>"));
    assert_memory_equal(whole + size - 8, "</html>\n", 8);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        answer(get, sizes[i]);
        assert_int_equal(sink.size, size);
        assert_memory_equal(sink.bytes, whole, size);
    }
}

static void the_answer_to_head_has_no_body(void **state)
{
    (void)state;
    answer(get, 4096);
    size_t size = said_size();
    answer("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", 4096);
    assert_int_equal(said_size(), size);
    assert_int_equal(body_size(), 0);
}

static void a_lost_socket_ends_the_page(void **state)
{
    struct page page;
    struct http_head *head = new_request(get);
    (void)state;
    memset(&sink, 0, sizeof sink);
    sink.most = 10;
    page_answer(&page, head);
    assert_int_equal(page_write(&page, NET_NONE), WIRE_IDLE);
    assert_int_equal(page_write(&page, NET_NONE), WIRE_IDLE);
    assert_int_equal(sink.size, 10);
    sink.lost = true;
    assert_int_equal(page_write(&page, NET_NONE), WIRE_LOST);
    free(head);
}

static void a_handshake_is_not_taken_for_a_page(void **state)
{
    static const char *const handshakes[] = {
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nupgrade: h2c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nSEC-WEBSOCKET-KEY: y\r\n\r\n",
    };
    (void)state;
    struct http_head *head = new_request(get);
    assert_true(page_is_wanted(head));
    free(head);
    for (size_t i = 0; i < sizeof handshakes / sizeof *handshakes; i++) {
        head = new_request(handshakes[i]);
        assert_false(page_is_wanted(head));
        free(head);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_the_same_in_pieces_of_any_size),
        cmocka_unit_test(the_answer_to_head_has_no_body),
        cmocka_unit_test(a_lost_socket_ends_the_page),
        cmocka_unit_test(a_handshake_is_not_taken_for_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
