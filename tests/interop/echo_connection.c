/*
 * echo_connection.c - how a server uses the WebSocket Protocol Component API.
 *
 * Read it from take_actions: the loop over WebSocketGetAction is the whole of a program's dealings with an
 * open connection. The library does no I/O. It says what to do next; the program does it and says so with
 * WebSocketCompleteAction, at once or, as with reads and writes here, when the socket has let it.
 *
 *     begin_websocket   the HTTP upgrade: WebSocketBeginServerHandshake, WebSocketEndServerHandshake
 *     take_actions      the loop
 *     echo              what this server does with what it receives: WebSocketSend
 *     run_open          the loop and the socket in turn
 *
 * What the library indicates is its own memory, valid until the indication is completed; so it is handed to
 * WebSocketSend as it is, and the indication is completed when the library says that it was sent. The wire takes the
 * frames over (wire.h): small ones are copied behind each other, so that all messages that one read brought are answered
 * with one write; large ones are written from where they lie. When the socket takes no more, reading goes on until the
 * wire's backlog is full. So one peer that does not take its echoes has a backlog and a receive buffer of our memory at
 * most, BACKLOG_SIZE + ECHO_RECEIVE_BUFFER bytes.
 */
#include "echo_connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"
#include "page.h"
#include "report.h"

/* Milliseconds that a peer has for its request, and for its end of the stream after all was said. */
enum { HANDSHAKE_PATIENCE = 10000, ENDING_PATIENCE = 2000 };

/* The beginning of a line about this connection, until the next call. way: "< " what came, "> " what went. */
static const char *name_of(const struct echo_connection *c, const char *way)
{
    static char name[32];
    snprintf(name, sizeof name, "#%lu %s", c->number, way);
    return name;
}

struct echo_connection *echo_connection_open(net_socket socket, const struct echo_options *options)
{
    static unsigned long count;
    struct echo_connection *connection = calloc(1, sizeof *connection);
    struct http_head *head = calloc(1, sizeof *head);
    if (connection == NULL || head == NULL) {
        free(connection);
        free(head);
        net_close(socket);
        return NULL;
    }
    connection->number = ++count;
    connection->options = options;
    connection->head = head;
    connection->wire.socket = socket;
    connection->deadline = net_clock() + HANDSHAKE_PATIENCE;
    return connection;
}

void echo_connection_close(struct echo_connection *connection)
{
    if (connection->options->verbose && connection->phase == ECHO_OPEN)
        report(name_of(connection, ""), "lost");
    wire_close(&connection->wire);
    WebSocketDeleteHandle(connection->wire.handle); /* whatever is queued or outstanding; NULL is allowed */
    net_close(connection->wire.socket);
    free(connection->head);
    free(connection->page);
    free(connection);
}

/*
 * Everything was said. The peer is told so, and what it still sends is thrown away for a while: closing the
 * socket at once would reset the connection, and the peer might lose our last words.
 */
static void begin_ending(struct echo_connection *c)
{
    net_finish_writing(c->wire.socket);
    c->phase = ECHO_ENDING;
    c->deadline = net_clock() + ENDING_PATIENCE;
}

/* ---- The handshake ---- */

/* A new connection's send buffer is empty and takes a response whole. */
static bool write_response(struct echo_connection *c, const char *text, size_t size)
{
    struct net_part part = {text, size};
    return net_write(c->wire.socket, &part, 1) == (int)size;
}

/* Answers with an error instead. status: "400 Bad Request"; extra: more header lines, each ended. */
static bool refuse(struct echo_connection *c, const char *status, const char *extra, const char *reason)
{
    static const char format[] =
        "HTTP/1.1 %s\r\n%sConnection: close\r\nContent-Type: text/plain\r\nContent-Length: %u\r\n\r\n%s\n";
    char text[1024];
    int size = snprintf(text, sizeof text, format, status, extra, (unsigned)strlen(reason) + 1, reason);
    if (c->options->verbose)
        report(name_of(c, ""), "refused: %s (%s)", status, reason);
    if (!write_response(c, text, (size_t)size))
        return false;
    begin_ending(c);
    return true;
}

static bool refuse_handshake(struct echo_connection *c, HRESULT result)
{
    switch (result) {
    case E_INVALID_PROTOCOL_FORMAT:
        return refuse(c, "400 Bad Request", "",
                      "This is no WebSocket handshake: one of Host, Upgrade, Connection, Sec-WebSocket-Key, "
                      "-Version, -Protocol and -Extensions is missing, doubled or malformed.");
    case E_PROTOCOL_VERSION_NOT_SUPPORTED: /* RFC 6455, 4.2.2: say which version would do */
        return refuse(c, "426 Upgrade Required",
                      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
                      "The only WebSocket version here is 13.");
    default:
        return refuse(c, "503 Service Unavailable", "", report_result(result));
    }
}

/* The library checks the request's headers and makes those of the response. */
static HRESULT begin_handshake(struct echo_connection *c, PWEB_SOCKET_HTTP_HEADER *headers, ULONG *count)
{
    struct http_head *request = c->head;
    HRESULT result = WebSocketBeginServerHandshake(c->wire.handle, c->options->subprotocol, NULL, 0,
                                                   request->headers, request->header_count, headers, count);
    if (result == E_SUBPROTOCOL_NOT_SUPPORTED) /* The client did not offer ours. It may go on with none. */
        result = WebSocketBeginServerHandshake(c->wire.handle, NULL, NULL, 0, request->headers,
                                               request->header_count, headers, count);
    return result;
}

static bool accept_handshake(struct echo_connection *c, PWEB_SOCKET_HTTP_HEADER headers, ULONG count)
{
    static const char status[] = "HTTP/1.1 101 Switching Protocols";
    char text[1024];
    size_t size = http_write(text, sizeof text, status, headers, count);
    if (size == 0 || !write_response(c, text, size))
        return false;
    if (c->options->verbose)
        report_head(name_of(c, "> "), status, headers, count);

    /* From here on there are frames. They are parsed only while a receive waits: so one always does. */
    if (FAILED(WebSocketEndServerHandshake(c->wire.handle)) ||
        FAILED(WebSocketReceive(c->wire.handle, NULL, NULL)))
        return false;
    c->wire.early = c->head->text + c->head->parsed;
    c->wire.early_size = c->head->size - c->head->parsed;
    c->wire.rests = 1; /* where the buffer lies, another connection's may have been */
    c->phase = ECHO_OPEN;
    c->deadline = 0;
    return true;
}

static bool begin_websocket(struct echo_connection *c)
{
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
    HRESULT result =
        buffer_sizes_create(&c->options->buffer_sizes, WebSocketCreateServerHandle, &c->wire.handle);
    if (SUCCEEDED(result))
        result = begin_handshake(c, &headers, &count);
    return SUCCEEDED(result) ? accept_handshake(c, headers, count) : refuse_handshake(c, result);
}

/* A browser was pointed at this server, see page.h. */
static bool begin_page(struct echo_connection *c)
{
    c->page = malloc(sizeof *c->page);
    if (c->page == NULL)
        return false;
    const char *status = page_answer(c->page, c->head);
    if (c->options->verbose)
        report(name_of(c, "> "), "HTTP/1.1 %s", status);
    c->phase = ECHO_PAGE;
    return true;
}

static bool answer_request(struct echo_connection *c)
{
    struct http_head *request = c->head;
    const char *target;
    size_t length;
    if (c->options->verbose)
        report_head(name_of(c, "< "), request->start_line, request->headers, request->header_count);
    switch (http_request(request->start_line, &target, &length)) {
    case HTTP_GET:
        return page_is_wanted(request) ? begin_page(c) : begin_websocket(c);
    case HTTP_HEAD:
        return begin_page(c);
    case HTTP_OTHER:
        return refuse(c, "405 Method Not Allowed", "Allow: GET, HEAD\r\n", "A WebSocket begins with GET.");
    case HTTP_NO_REQUEST:
    default:
        return refuse(c, "400 Bad Request", "", "The request line is not one of HTTP/1.1.");
    }
}

static bool run_handshake(struct echo_connection *c)
{
    struct http_head *request = c->head;
    int count = net_read(c->wire.socket, request->text + request->size, HTTP_HEAD_SIZE - request->size);
    if (count <= 0)
        return count == NET_WAIT;
    request->size += (size_t)count;
    switch (http_parse(request)) {
    case HTTP_MORE:
        return true;
    case HTTP_COMPLETE:
        return answer_request(c);
    case HTTP_TOO_LARGE:
        return refuse(c, "431 Request Header Fields Too Large", "", "The request's head is too large.");
    case HTTP_MALFORMED:
    default:
        return refuse(c, "400 Bad Request", "", "The request's head is malformed.");
    }
}

/* ---- The open connection ---- */

/*
 * The memory that the library indicated is its own again, and the next frame is asked for. (Behind a close frame another
 * receive would throw away whatever comes until the stream's end; that is done here without the library.)
 */
static void finish_receive(struct echo_connection *c, WEB_SOCKET_BUFFER_TYPE type, PVOID indication)
{
    WebSocketCompleteAction(c->wire.handle, indication, 0);
    if (type != WEB_SOCKET_CLOSE_BUFFER_TYPE)
        WebSocketReceive(c->wire.handle, NULL, NULL);
}

/*
 * Sends back what was received, of the same type: whole messages, fragments, parts of what did not fit into
 * the receive buffer, and a close frame too, with its status and reason. The indication itself travels as the
 * context of the send; when the send is complete, it comes back and is completed.
 */
static bool echo(struct echo_connection *c, WEB_SOCKET_BUFFER_TYPE type, WEB_SOCKET_BUFFER *buffer,
                 PVOID indication)
{
    if (c->options->verbose)
        report_received(name_of(c, ""), &c->parts, type, buffer);
    /* Of pings and pongs only pongs get here: the library answers pings by itself. */
    bool pong = type == WEB_SOCKET_PING_PONG_BUFFER_TYPE;
    HRESULT result = pong ? S_OK : WebSocketSend(c->wire.handle, type, buffer, indication);
    /* After our own close frame nothing may be sent any more. */
    if (pong || result == E_INVALID_PROTOCOL_OPERATION) {
        finish_receive(c, type, indication);
        return true;
    }
    return SUCCEEDED(result);
}

/*
 * The peer broke the protocol. The receive side has failed for good, but the send side still works, and the
 * library has put the right close status into the first buffer. (If it did not, a protocol error is what it
 * was.) False: a close frame is on its way already.
 */
static bool send_suggested_close(struct echo_connection *c, WEB_SOCKET_BUFFER *suggestion, ULONG count)
{
    if (count == 0) {
        memset(suggestion, 0, sizeof *suggestion);
        suggestion->CloseStatus.usStatus = WEB_SOCKET_PROTOCOL_ERROR_CLOSE_STATUS;
    }
    if (FAILED(WebSocketSend(c->wire.handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, suggestion, NULL)))
        return false;
    if (c->options->verbose) {
        report(name_of(c, ""), "received what breaks the protocol");
        report_sent(name_of(c, ""), WEB_SOCKET_CLOSE_BUFFER_TYPE, suggestion);
    }
    return true;
}

/* Asks the library what to do until all is on its way. False: the connection is over. */
static bool take_actions(struct echo_connection *c)
{
    while (c->phase == ECHO_OPEN) {
        WEB_SOCKET_BUFFER buffers[2]; /* a frame's header and its payload */
        ULONG count = 2;
        WEB_SOCKET_ACTION action;
        WEB_SOCKET_BUFFER_TYPE type;
        PVOID context = NULL; /* what was given to WebSocketSend or WebSocketReceive */
        PVOID action_context; /* what WebSocketCompleteAction wants back */

        if (FAILED(WebSocketGetAction(c->wire.handle, WEB_SOCKET_ALL_ACTION_QUEUE, buffers, &count, &action,
                                      &type, &context, &action_context))) {
            if (c->wire.write_count > 0) /* that is the close frame, or an echo before it */
                return true;
            if (!send_suggested_close(c, buffers, count))
                return false;
            continue;
        }
        switch (action) {
        case WEB_SOCKET_NO_ACTION: /* everything is outstanding: the network, or a large echo */
            return true;
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            if (type == WEB_SOCKET_CLOSE_BUFFER_TYPE) /* what follows it is the end of the stream */
                wire_start_write(&c->wire, buffers, count, action_context);
            else
                wire_take_over(&c->wire, buffers, count, action_context);
            break;
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            wire_start_read(&c->wire, buffers, action_context);
            break;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            if (!echo(c, type, buffers, action_context))
                return false;
            break;
        case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:
            WebSocketCompleteAction(c->wire.handle, action_context, 0);
            if (type == WEB_SOCKET_CLOSE_BUFFER_TYPE)
                begin_ending(c); /* the server is the first to end the stream (RFC 6455, 7.1.1) */
            else
                finish_receive(c, type, context);
            break;
        }
    }
    return true;
}

/* One read, and all that follows from it: a peer that never stops sending leaves the others their turn. */
static bool run_open(struct echo_connection *c)
{
    do {
        if (wire_read(&c->wire) == WIRE_LOST)
            return false;
        enum wire_result written;
        do {
            if (!take_actions(c))
                return false;
            written = c->phase == ECHO_OPEN ? wire_write(&c->wire) : WIRE_IDLE;
            if (written == WIRE_LOST)
                return false;
        } while (written == WIRE_DONE);
    } while (c->wire.early_size > 0 && c->wire.read_context != NULL && c->phase == ECHO_OPEN);

    if (c->wire.early_size == 0) { /* of the request nothing is needed any more */
        free(c->head);
        c->head = NULL;
    }
    return true;
}

/* ---- The end ---- */

static bool run_page(struct echo_connection *c)
{
    enum wire_result written = page_write(c->page, c->wire.socket);
    if (written == WIRE_DONE)
        begin_ending(c);
    return written != WIRE_LOST;
}

/* Throws away what the peer still sends, until its end of the stream. */
static bool run_ending(struct echo_connection *c)
{
    char unwanted[4096];
    int count = net_read(c->wire.socket, unwanted, sizeof unwanted);
    return count > 0 || count == NET_WAIT;
}

bool echo_connection_run(struct echo_connection *connection)
{
    if (connection->phase == ECHO_HANDSHAKE && !run_handshake(connection))
        return false;
    if (connection->phase == ECHO_PAGE && !run_page(connection))
        return false;
    if (connection->phase == ECHO_OPEN && !run_open(connection))
        return false;
    return connection->phase != ECHO_ENDING || run_ending(connection);
}

bool echo_connection_go_away(struct echo_connection *connection)
{
    WEB_SOCKET_BUFFER buffer;
    memset(&buffer, 0, sizeof buffer);
    buffer.CloseStatus.usStatus = WEB_SOCKET_ENDPOINT_UNAVAILABLE_CLOSE_STATUS;
    if (connection->phase == ECHO_HANDSHAKE || connection->phase == ECHO_PAGE)
        return false;
    connection->deadline = net_clock() + ENDING_PATIENCE;
    if (connection->phase == ECHO_ENDING)
        return true;
    /* Refused if a close frame is queued already, which does as well. */
    WebSocketSend(connection->wire.handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer, NULL);
    return run_open(connection);
}

short echo_connection_events(const struct echo_connection *connection)
{
    switch (connection->phase) {
    case ECHO_OPEN:
        return wire_events(&connection->wire);
    case ECHO_PAGE:
        return POLLOUT;
    case ECHO_HANDSHAKE:
    case ECHO_ENDING:
    default:
        return POLLIN;
    }
}

void echo_connection_rest(struct echo_connection *connection)
{
    if (connection->phase == ECHO_OPEN)
        wire_rest(&connection->wire);
}
