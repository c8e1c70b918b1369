/*
 * deflate_server.c - an echo server that compresses: permessage-deflate (RFC 7692) by a program that uses the
 * library, which itself knows nothing of compression.
 *
 *     deflate_server [options, see options.c]
 *
 * It listens on a port of 127.0.0.1, which its first line of output says, and serves one peer after another until it
 * is interrupted. A client that offers nothing it can take is served without compression.
 */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "http_socket.h"
#include "options.h"
#include "../report.h"
#include "../system.h"

enum { TICK = 250 }; /* milliseconds between two looks at whether the program was asked to stop */

static volatile sig_atomic_t stop_requested;

static void request_stop(int signal_number)
{
    (void)signal_number;
    stop_requested = 1;
}

/* Sends the response, with the headers that the library made. */
static bool respond(struct session *session, PWEB_SOCKET_HTTP_HEADER headers, ULONG count)
{
    static const char status[] = "HTTP/1.1 101 Switching Protocols";
    char text[1024];
    size_t size = http_write(text, sizeof text, status, headers, count);
    report_head("> ", status, headers, count);
    return size > 0 && http_send(session->wire.socket, text, size) &&
           SUCCEEDED(WebSocketEndServerHandshake(session->wire.handle));
}

static bool shake_hands(struct session *session, struct http_head *request, const struct options *options)
{
    static const char refusal[] =
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    if (!http_receive(session->wire.socket, request))
        return false;
    report_head("< ", request->start_line, request->headers, request->header_count);

    char answer[TERMS_ROOM];
    PCSTR extensions[] = {answer};
    struct terms terms;
    bool compress = terms_answer(request->headers, request->header_count, &options->terms, &terms, answer);

    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
    HRESULT result =
        buffer_sizes_create(&options->buffer_sizes, WebSocketCreateServerHandle, &session->wire.handle);
    if (SUCCEEDED(result))
        result = WebSocketBeginServerHandshake(session->wire.handle, NULL, extensions, compress,
                                               request->headers, request->header_count, &headers, &count);
    if (FAILED(result)) {
        report("", "refused: %s", report_result(result));
        http_send(session->wire.socket, refusal, sizeof refusal - 1);
        return false;
    }
    return respond(session, headers, count) &&
           options_open(options, false, request, compress ? &terms : NULL, session);
}

static void serve(net_socket socket, const struct options *options)
{
    struct session session;
    struct http_head request;
    memset(&session, 0, sizeof session);
    memset(&request, 0, sizeof request);
    session.wire.socket = socket;
    if (shake_hands(&session, &request, options)) {
        session_run(&session, &stop_requested);
        session_report(&session);
    }
    session_end(&session);
}

int main(int argc, char **argv)
{
    struct options options;
    memset(&options, 0, sizeof options);
    if (!options_parse(&options, argc, argv, 1) || !net_start())
        return EXIT_FAILURE;
    signal(SIGINT, request_stop);
    net_socket listener = net_listen("127.0.0.1", "0");
    if (listener == NET_NONE)
        return EXIT_FAILURE;
    char text[512];
    net_own_address(listener, text, sizeof text);
    report("", "listening on %s", text);
    system_library_path(text, sizeof text);
    report("", "using %s", text);
    while (!stop_requested) {
        bool exhausted;
        net_socket socket = net_accept(listener, &exhausted);
        if (socket != NET_NONE)
            serve(socket, &options);
        else
            http_wait(listener, POLLIN, TICK);
    }
    net_close(listener);
    report("", "stopped");
    return EXIT_SUCCESS;
}
