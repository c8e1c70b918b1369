/*
 * echo_client.c - sends messages to an echo server and checks what comes back; or is the echo itself.
 *
 *     echo_client URL [--message TEXT] [--file F] [--count N] [--ping] [--close STATUS] [--subprotocol P]
 *     echo_client URL --echo
 *
 * How a client uses the WebSocket Protocol Component API:
 *
 *     shake_hands     the HTTP upgrade: WebSocketBeginClientHandshake, WebSocketEndClientHandshake
 *     take_actions    the loop over WebSocketGetAction, the heart of it
 *     check, echo     what this client does with what it receives
 *     run             the loop and the socket in turn, until the connection is closed
 *
 * The socket does not block even here: a large message must be written and its echo read at the same time, or
 * both sides would wait for each other for ever.
 *
 * The exit code is 0 only if all came back right and the connection was closed as it should be.
 */
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_options.h"
#include "http.h"
#include "report.h"
#include "system.h"

/* Milliseconds: the longest silence of a server that owes us something, and of one that was told goodbye. */
enum { PATIENCE = 30000, ENDING_PATIENCE = 2000 };

enum awaited { AWAIT_PONG, AWAIT_ECHO, AWAIT_CLOSE };

struct client {
    struct client_options options;
    struct wire wire;
    struct http_head response;
    enum awaited awaited;
    unsigned long long sent; /* messages so far */
    ULONG matched;           /* bytes of the last message that have come back */
    struct report_parts parts;
    bool said_all; /* our close frame was sent, or nothing can be sent any more */
    bool close_received;
    bool wrong; /* anything: decides the exit code */
};

static void fail(struct client *c, const char *what)
{
    report("", "wrong: %s", what);
    c->wrong = true;
}

/* ---- The handshake ---- */

/* False: the server was silent for too long. */
static bool wait_for(net_socket socket, short events, int patience)
{
    struct pollfd one;
    memset(&one, 0, sizeof one);
    one.fd = socket;
    one.events = events;
    net_poll(&one, 1, patience);
    return one.revents != 0;
}

static bool write_request(struct client *c, const char *text, size_t size)
{
    while (size > 0) {
        struct net_part part = {text, size};
        int written = net_write(c->wire.socket, &part, 1);
        if (written == NET_LOST || (written == NET_WAIT && !wait_for(c->wire.socket, POLLOUT, PATIENCE)))
            return false;
        text += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

static bool read_response(struct client *c)
{
    struct http_head *head = &c->response;
    enum http_progress progress = HTTP_MORE;
    while (progress == HTTP_MORE) {
        int count = net_read(c->wire.socket, head->text + head->size, HTTP_HEAD_SIZE - head->size);
        if (count == 0 || count == NET_LOST ||
            (count == NET_WAIT && !wait_for(c->wire.socket, POLLIN, PATIENCE)))
            return false;
        head->size += count > 0 ? (size_t)count : 0;
        progress = http_parse(head);
    }
    return progress == HTTP_COMPLETE;
}

/* The library makes the headers that are WebSocket's; Host is the caller's, for only the caller knows it. */
static HRESULT make_request(struct client *c, char *text, size_t room)
{
    enum { MOST_HEADERS = 16 };
    struct client_options *options = &c->options;
    PWEB_SOCKET_HTTP_HEADER made;
    ULONG count;
    HRESULT result = WebSocketBeginClientHandshake(
        c->wire.handle, options->subprotocols, options->subprotocol_count, NULL, 0, NULL, 0, &made, &count);
    if (FAILED(result))
        return result;

    char name[] = "Host";
    WEB_SOCKET_HTTP_HEADER headers[MOST_HEADERS] = {{name, 4, options->url.authority, 0}};
    headers[0].ulValueLength = (ULONG)strlen(options->url.authority);
    if (count > MOST_HEADERS - 1)
        return E_OUTOFMEMORY;
    memcpy(headers + 1, made, count * sizeof *made);

    char line[sizeof options->url.target + 16];
    snprintf(line, sizeof line, "GET %s HTTP/1.1", options->url.target);
    report_head("> ", line, headers, count + 1);
    return http_write(text, room, line, headers, count + 1) > 0 ? S_OK : E_OUTOFMEMORY;
}

/* The library checks the server's answer. */
static bool accept_response(struct client *c)
{
    struct http_head *head = &c->response;
    report_head("< ", head->start_line, head->headers, head->header_count);
    if (http_status(head->start_line) != 101) {
        fail(c, "the server refuses");
        report("", "%.*s", (int)(head->size - head->parsed), head->text + head->parsed);
        return false;
    }
    ULONG selected = CLIENT_SUBPROTOCOLS; /* left alone if the server selected none */
    HRESULT result =
        WebSocketEndClientHandshake(c->wire.handle, head->headers, head->header_count, NULL, NULL, &selected);
    if (FAILED(result)) {
        fail(c, report_result(result));
        return false;
    }
    if (selected < CLIENT_SUBPROTOCOLS)
        report("", "subprotocol: %s", c->options.subprotocols[selected]);
    c->wire.early = head->text + head->parsed; /* the first frames may have come with the response */
    c->wire.early_size = head->size - head->parsed;
    return true;
}

static bool shake_hands(struct client *c)
{
    char request[HTTP_HEAD_SIZE];
    HRESULT result =
        buffer_sizes_create(&c->options.buffer_sizes, WebSocketCreateClientHandle, &c->wire.handle);
    if (SUCCEEDED(result))
        result = make_request(c, request, sizeof request);
    if (FAILED(result)) {
        fail(c, report_result(result));
        return false;
    }
    if (!write_request(c, request, strlen(request)) || !read_response(c) ||
        http_status(c->response.start_line) == 0) {
        fail(c, "no answer that is HTTP");
        return false;
    }
    return accept_response(c);
}

/* ---- Sending ---- */

/* What buffer points to must stay until the library says that it was sent; then context comes back. */
static void queue_send(struct client *c, WEB_SOCKET_BUFFER_TYPE type, WEB_SOCKET_BUFFER *buffer,
                       PVOID context)
{
    HRESULT result = WebSocketSend(c->wire.handle, type, buffer, context);
    if (FAILED(result)) {
        fail(c, report_result(result));
        c->said_all = true;
    } else if (context == NULL) { /* not an echo */
        report_sent("", type, buffer);
    }
}

static void send_close(struct client *c)
{
    WEB_SOCKET_BUFFER buffer;
    memset(&buffer, 0, sizeof buffer);
    buffer.CloseStatus.usStatus = c->options.close_status;
    c->awaited = AWAIT_CLOSE;
    queue_send(c, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer, NULL);
}

static struct client_message *last_message(struct client *c)
{
    return &c->options.messages[(c->sent - 1) % c->options.message_count];
}

/* The next thing on the list: the messages as often as was asked for, then the close. */
static void send_next(struct client *c)
{
    if (c->wrong || c->sent == (unsigned long long)c->options.repeat * c->options.message_count) {
        send_close(c);
        return;
    }
    c->sent++;
    c->matched = 0;
    c->awaited = AWAIT_ECHO;
    struct client_message *message = last_message(c);
    WEB_SOCKET_BUFFER buffer;
    memset(&buffer, 0, sizeof buffer);
    buffer.Data.pbBuffer = message->bytes;
    buffer.Data.ulBufferLength = message->size;
    queue_send(c, message->type, &buffer, NULL);
}

static void send_first(struct client *c)
{
    if (!c->options.ping) {
        send_next(c);
        return;
    }
    c->awaited = AWAIT_PONG;
    queue_send(c, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL);
}

/* ---- Receiving ---- */

/*
 * The memory that the library indicated is its own again, and the next frame is asked for. (Behind a close frame another
 * receive would throw away whatever comes until the stream's end; that is done here without the library.)
 */
static void finish_receive(struct client *c, WEB_SOCKET_BUFFER_TYPE type, PVOID indication)
{
    WebSocketCompleteAction(c->wire.handle, indication, 0);
    if (type != WEB_SOCKET_CLOSE_BUFFER_TYPE)
        WebSocketReceive(c->wire.handle, NULL, NULL);
}

/* The end of the server's side. If it comes first, it must be answered. */
static void check_close(struct client *c, WEB_SOCKET_BUFFER *buffer, PVOID indication)
{
    c->close_received = true;
    if (c->awaited != AWAIT_CLOSE) {
        fail(c, "the server closes too early");
        queue_send(c, WEB_SOCKET_CLOSE_BUFFER_TYPE, buffer, indication);
        return;
    }
    if (buffer->CloseStatus.usStatus != c->options.close_status)
        fail(c, "this is not the status that was sent");
    finish_receive(c, WEB_SOCKET_CLOSE_BUFFER_TYPE, indication);
}

/* Echoes may come in parts: as fragments of the type, and at last the message. */
static void check_echo(struct client *c, WEB_SOCKET_BUFFER_TYPE type, const WEB_SOCKET_BUFFER *buffer)
{
    if (c->awaited != AWAIT_ECHO) {
        fail(c, "nothing was asked for");
        return;
    }
    const struct client_message *message = last_message(c);
    bool text = message->type == WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE;
    WEB_SOCKET_BUFFER_TYPE fragment =
        text ? WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE : WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE;
    ULONG size = buffer->Data.ulBufferLength;
    bool right = (type == message->type || type == fragment) && size <= message->size - c->matched &&
                 memcmp(buffer->Data.pbBuffer, message->bytes + c->matched, size) == 0;
    c->matched += right ? size : 0;
    if (!right || (type == message->type && c->matched != message->size)) {
        fail(c, "this is not what was sent");
        send_close(c);
    } else if (type == message->type) {
        send_next(c);
    }
}

static void check(struct client *c, WEB_SOCKET_BUFFER_TYPE type, WEB_SOCKET_BUFFER *buffer, PVOID indication)
{
    if (type == WEB_SOCKET_CLOSE_BUFFER_TYPE) {
        check_close(c, buffer, indication);
        return;
    }
    if (type != WEB_SOCKET_PING_PONG_BUFFER_TYPE)
        check_echo(c, type, buffer);
    else if (c->awaited == AWAIT_PONG) /* a pong that nobody asked for is no mistake (RFC 6455, 5.5.3) */
        send_next(c);
    finish_receive(c, type, indication);
}

/*
 * Sends back what was received, of the same type, from the library's own memory. That is valid until the
 * indication is completed; so the indication travels as the context of the send, and is completed with it.
 */
static void echo(struct client *c, WEB_SOCKET_BUFFER_TYPE type, WEB_SOCKET_BUFFER *buffer, PVOID indication)
{
    c->close_received = type == WEB_SOCKET_CLOSE_BUFFER_TYPE;
    if (type == WEB_SOCKET_PING_PONG_BUFFER_TYPE)
        finish_receive(c, type, indication);
    else
        queue_send(c, type, buffer, indication);
}

/* The server broke the protocol; the library suggests the close status to answer with. */
static bool send_suggested_close(struct client *c, HRESULT result, WEB_SOCKET_BUFFER *suggestion)
{
    if (FAILED(WebSocketSend(c->wire.handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, suggestion, NULL)))
        return false; /* a close frame is on its way already */
    fail(c, report_result(result));
    report_sent("", WEB_SOCKET_CLOSE_BUFFER_TYPE, suggestion);
    return true;
}

/* ---- The loop ---- */

/* Asks the library what to do until all is on its way. */
static void take_actions(struct client *c)
{
    for (;;) {
        WEB_SOCKET_BUFFER buffers[2]; /* a frame's header and its payload */
        ULONG count = 2;
        WEB_SOCKET_ACTION action;
        WEB_SOCKET_BUFFER_TYPE type;
        PVOID context = NULL; /* what was given to WebSocketSend or WebSocketReceive */
        PVOID action_context; /* what WebSocketCompleteAction wants back */

        HRESULT result = WebSocketGetAction(c->wire.handle, WEB_SOCKET_ALL_ACTION_QUEUE, buffers, &count,
                                            &action, &type, &context, &action_context);
        if (FAILED(result)) {
            if (!send_suggested_close(c, result, buffers))
                return;
            continue;
        }
        switch (action) {
        case WEB_SOCKET_NO_ACTION: /* everything is outstanding: the network, or an echo */
            return;
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            wire_start_write(&c->wire, buffers, count, action_context);
            break;
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            wire_start_read(&c->wire, buffers, action_context);
            break;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            report_received("", &c->parts, type, buffers);
            if (c->options.echo)
                echo(c, type, buffers, action_context);
            else
                check(c, type, buffers, action_context);
            break;
        case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:
            WebSocketCompleteAction(c->wire.handle, action_context, 0);
            c->said_all = c->said_all || type == WEB_SOCKET_CLOSE_BUFFER_TYPE;
            if (context != NULL) /* an echo's */
                finish_receive(c, type, context);
            break;
        }
    }
}

/* Has the connection come to its end? After broken input the server's close frame is never seen. */
static bool is_over(const struct client *c)
{
    return c->said_all && (c->close_received || c->wrong);
}

static void run(struct client *c)
{
    int patience = c->options.echo ? -1 : PATIENCE; /* an echo has no plan of its own */
    enum wire_result moved = WIRE_DONE;
    while (moved != WIRE_LOST) {
        take_actions(c);
        if (is_over(c))
            return;
        moved = wire_write(&c->wire);
        if (moved == WIRE_IDLE)
            moved = wire_read(&c->wire);
        if (moved == WIRE_IDLE && !wait_for(c->wire.socket, wire_events(&c->wire), patience)) {
            fail(c, "the server is silent");
            return;
        }
    }
    fail(c, "the connection is lost");
}

/* The server ends the connection (RFC 6455, 7.1.1), after whatever it still sends. */
static void await_end(struct client *c)
{
    char unwanted[4096];
    uint64_t end = net_clock() + ENDING_PATIENCE;
    int count = NET_WAIT;
    while ((count > 0 || count == NET_WAIT) && net_clock() < end) {
        count = net_read(c->wire.socket, unwanted, sizeof unwanted);
        if (count == NET_WAIT)
            wait_for(c->wire.socket, POLLIN, ENDING_PATIENCE);
    }
}

static void talk(struct client *c)
{
    c->wire.socket = net_connect(c->options.url.host, c->options.url.port);
    if (c->wire.socket == NET_NONE) {
        fail(c, "nobody answers at this address");
        return;
    }
    if (shake_hands(c)) {
        WebSocketReceive(c->wire.handle, NULL, NULL); /* nothing is parsed unless a receive waits for it */
        if (!c->options.echo)
            send_first(c);
        run(c);
        await_end(c);
    }
    net_close(c->wire.socket);
    WebSocketDeleteHandle(c->wire.handle);
}

int main(int argc, char **argv)
{
    static struct client client;
    char path[512];
    argv = system_arguments(&argc, argv);
    if (argv == NULL || !client_options_parse(&client.options, argc, argv) || !net_start())
        return 2;
    system_library_path(path, sizeof path);
    report("", "using %s", path);
    talk(&client);
    report("", "%s", client.wrong ? "something went wrong" : "all came back right");
    return client.wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}
