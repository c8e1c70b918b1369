/*
 * page.c - see page.h. There is one page, so this is far from a web server; but what it says is proper HTTP. The
 * page may run its own script and style, connect to WebSockets, and nothing else.
 */
#include "page.h"

#include <stdio.h>
#include <string.h>

#include "page_bytes.h" /* made of page.html by page.cmake */

static const char page_headers[] =
    "Content-Type: text/html; charset=utf-8\r\n"
    "Cache-Control: no-cache\r\n"
    "Content-Security-Policy: default-src 'none'; script-src '" PAGE_SCRIPT_HASH
    "'; style-src '" PAGE_STYLE_HASH "'; img-src data:; connect-src ws: wss:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n";

static const char text_headers[] = "Content-Type: text/plain; charset=utf-8\r\n";

bool page_is_wanted(const struct http_head *request)
{
    return !http_has_header(request, "Upgrade") && !http_has_header(request, "Sec-WebSocket-Key");
}

/* "/", and what a person may put behind it. */
static bool is_ours(const char *target, size_t length)
{
    return target[0] == '/' && (length == 1 || target[1] == '?');
}

static void set(struct page *page, const char *status, const char *headers, const void *body, size_t size)
{
    int length = snprintf(page->head, sizeof page->head,
                          "HTTP/1.1 %s\r\n%sX-Content-Type-Options: nosniff\r\nContent-Length: %u\r\n"
                          "Connection: close\r\n\r\n",
                          status, headers, (unsigned)size);
    page->rest[0] = (struct net_part){page->head, (size_t)length};
    page->rest[1] = (struct net_part){body, size};
}

const char *page_answer(struct page *page, const struct http_head *request)
{
    static const char ok[] = "200 OK", bad[] = "400 Bad Request", unknown[] = "404 Not Found";
    static const char no_host[] = "The request has no Host header.\n";
    static const char no_page[] = "The only page here is /.\n";
    const char *target = "";
    size_t length = 0;
    const char *status;
    enum http_method method = http_request(request->start_line, &target, &length);
    if (!http_has_header(request, "Host")) /* RFC 7230, 5.4 */
        set(page, status = bad, text_headers, no_host, sizeof no_host - 1);
    else if (!is_ours(target, length))
        set(page, status = unknown, text_headers, no_page, sizeof no_page - 1);
    else
        set(page, status = ok, page_headers, page_bytes, sizeof page_bytes);
    if (method == HTTP_HEAD) /* the same headers, and no body */
        page->rest[1].size = 0;
    return status;
}

enum wire_result page_write(struct page *page, net_socket socket)
{
    struct net_part *rest = page->rest;
    while (rest[0].size + rest[1].size > 0) {
        int written = net_write(socket, rest, 2);
        if (written < 0)
            return written == NET_WAIT ? WIRE_IDLE : WIRE_LOST;
        for (size_t i = 0, left = (size_t)written; i < 2; i++) {
            size_t step = left < rest[i].size ? left : rest[i].size;
            rest[i].bytes = (const char *)rest[i].bytes + step;
            rest[i].size -= step;
            left -= step;
        }
    }
    return WIRE_DONE;
}
