/*
 * deflate_client.c - the echo as a client, which offers permessage-deflate (RFC 7692) and sends back, compressed, what
 * a server says.
 *
 *     deflate_client URL [options, see options.c]
 *
 * The exit code is 0 if the server closed the connection as it should be.
 */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_socket.h"
#include "options.h"
#include "../report.h"
#include "../system.h"
#include "../url.h"

static const volatile sig_atomic_t never_stops = 0;

static bool fail(const char *what)
{
    report("", "wrong: %s", what);
    return false;
}

static bool send_request(struct session *session, const struct url *url, PCSTR offer)
{
    enum { MOST_HEADERS = 16 };
    char name[] = "Host", authority[sizeof url->authority], line[sizeof url->target + 16],
         text[HTTP_HEAD_SIZE];
    WEB_SOCKET_HTTP_HEADER headers[MOST_HEADERS] = {{name, 4, authority, (ULONG)strlen(url->authority)}};
    PWEB_SOCKET_HTTP_HEADER made;
    ULONG count;
    memcpy(authority, url->authority, sizeof authority);
    HRESULT result =
        WebSocketBeginClientHandshake(session->wire.handle, NULL, 0, &offer, 1, NULL, 0, &made, &count);
    if (FAILED(result) || count > MOST_HEADERS - 1)
        return fail(report_result(result));
    memcpy(headers + 1, made, count * sizeof *made);
    snprintf(line, sizeof line, "GET %s HTTP/1.1", url->target);
    report_head("> ", line, headers, count + 1);
    size_t size = http_write(text, sizeof text, line, headers, count + 1);
    return size > 0 && http_send(session->wire.socket, text, size);
}

/* The library says whether the server selected the extension; its parameters are in the response. */
static bool read_response(struct session *session, const struct options *options, struct http_head *response)
{
    if (!http_receive(session->wire.socket, response) || http_status(response->start_line) != 101)
        return fail("the server does not switch protocols");
    report_head("< ", response->start_line, response->headers, response->header_count);

    ULONG selected[1], count = 1;
    HRESULT result = WebSocketEndClientHandshake(session->wire.handle, response->headers,
                                                 response->header_count, selected, &count, NULL);
    if (FAILED(result))
        return fail(report_result(result));
    struct terms terms;
    if (count == 1 && !terms_accept(response->headers, response->header_count, &options->terms, &terms))
        return fail("this is no answer to what was offered");
    return options_open(options, true, response, count == 1 ? &terms : NULL, session);
}

static bool shake_hands(struct session *session, const struct options *options, const struct url *url,
                        struct http_head *response)
{
    char offer[TERMS_ROOM];
    terms_offer(&options->terms, offer);
    session->wire.socket = net_connect(url->host, url->port);
    if (session->wire.socket == NET_NONE)
        return fail("no connection");
    HRESULT result =
        buffer_sizes_create(&options->buffer_sizes, WebSocketCreateClientHandle, &session->wire.handle);
    if (FAILED(result))
        return fail(report_result(result));
    return send_request(session, url, offer) && read_response(session, options, response);
}

int main(int argc, char **argv)
{
    static struct session session;
    static struct http_head response;
    struct options options;
    struct url url;
    char path[512];
    memset(&options, 0, sizeof options);
    if (argc < 2 || !url_parse(argv[1], &url) || !options_parse(&options, argc, argv, 2) || !net_start())
        return 2;
    system_library_path(path, sizeof path);
    report("", "using %s", path);
    session.wire.socket = NET_NONE;
    bool right = shake_hands(&session, &options, &url, &response) && session_run(&session, &never_stops);
    session_report(&session);
    session_end(&session);
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
