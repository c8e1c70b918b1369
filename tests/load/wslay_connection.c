/*
 * wslay_connection.c - the echo server's connections made with wslay instead of our library: in the place of
 * echo_connection.c it makes a server of the same shape. One read, all that it brought is answered, one write.
 *
 * A server to compare with, and no more: a request that is wrong in any way ends its connection.
 */
#include "echo_connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <wslay/wslay.h>

#include "accept_key.h"
#include "http.h"

enum { HANDSHAKE_PATIENCE = 10000, ENDING_PATIENCE = 2000 };

struct wslay_connection {
    struct echo_connection common;
    wslay_event_context_ptr context;
    const char *input; /* what the last read brought and wslay has not taken yet */
    size_t input_size;
};

struct echo_connection *echo_connection_open(net_socket socket, const struct echo_options *options)
{
    struct wslay_connection *connection = calloc(1, sizeof *connection);
    struct http_head *head = calloc(1, sizeof *head);
    if (connection == NULL || head == NULL) {
        free(connection);
        free(head);
        net_close(socket);
        return NULL;
    }
    connection->common.options = options;
    connection->common.head = head;
    connection->common.wire.socket = socket;
    connection->common.deadline = net_clock() + HANDSHAKE_PATIENCE;
    return (struct echo_connection *)connection;
}

void echo_connection_close(struct echo_connection *connection)
{
    wslay_event_context_ptr context = ((struct wslay_connection *)connection)->context;
    if (context != NULL)
        wslay_event_context_free(context);
    net_close(connection->wire.socket);
    wire_close(&connection->wire);
    free(connection->head);
    free(connection);
}

static ssize_t give(wslay_event_context_ptr context, uint8_t *to, size_t room, int flags, void *data)
{
    struct wslay_connection *c = data;
    size_t count = c->input_size < room ? c->input_size : room;
    (void)flags;
    if (count == 0) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(to, c->input, count);
    c->input += count;
    c->input_size -= count;
    return (ssize_t)count;
}

static ssize_t take(wslay_event_context_ptr context, const uint8_t *from, size_t size, int flags, void *data)
{
    struct wslay_connection *c = data;
    struct net_part part = {from, size};
    (void)flags;
    if (backlog_add(&c->common.wire.backlog, &part, 1))
        return (ssize_t)size;
    wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
    return -1;
}

static void echo(wslay_event_context_ptr context, const struct wslay_event_on_msg_recv_arg *received,
                 void *data)
{
    struct wslay_event_msg message = {received->opcode, received->msg, received->msg_length};
    (void)data;
    if (!wslay_is_ctrl_frame(received->opcode)) /* those it answers by itself */
        wslay_event_queue_msg(context, &message);
}

static bool begin_websocket(struct wslay_connection *c)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = give, .send_callback = take, .on_msg_recv_callback = echo};
    const struct http_head *request = c->common.head;
    char key[KEY_LENGTH + 1] = "";
    char accept[ACCEPT_LENGTH + 1];
    char text[256];
    for (ULONG i = 0; i < request->header_count; i++)
        if (request->headers[i].ulValueLength == KEY_LENGTH &&
            strncasecmp(request->headers[i].pcName, "Sec-WebSocket-Key", request->headers[i].ulNameLength) ==
                0)
            memcpy(key, request->headers[i].pcValue, KEY_LENGTH);
    if (key[0] == '\0' || wslay_event_context_server_init(&c->context, &callbacks, c) != 0)
        return false;
    accept_key(key, accept);
    int size = snprintf(text, sizeof text,
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Accept: %s\r\n\r\n",
                        accept);
    struct net_part part = {text, (size_t)size};
    c->common.phase = ECHO_OPEN;
    c->common.deadline = 0;
    return request->parsed == request->size && net_write(c->common.wire.socket, &part, 1) == size;
}

static bool run_handshake(struct wslay_connection *c)
{
    struct http_head *request = c->common.head;
    int count =
        net_read(c->common.wire.socket, request->text + request->size, HTTP_HEAD_SIZE - request->size);
    if (count <= 0)
        return count == NET_WAIT;
    request->size += (size_t)count;
    enum http_progress progress = http_parse(request);
    if (progress != HTTP_COMPLETE)
        return progress == HTTP_MORE;
    bool begun = begin_websocket(c);
    free(request);
    c->common.head = NULL;
    return begun;
}

/* wslay hands a message's header and payload out one after the other; together with all others they are one write. */
static bool write_all(struct wslay_connection *c)
{
    enum wire_result written;
    do {
        if (wslay_event_send(c->context) != 0)
            return false;
        written = wire_write(&c->common.wire);
    } while (written != WIRE_LOST && c->common.wire.backlog == NULL && wslay_event_want_write(c->context));
    return written != WIRE_LOST;
}

static bool run_open(struct wslay_connection *c)
{
    static char input[ECHO_RECEIVE_BUFFER];
    if (c->common.wire.backlog == NULL) {
        int count = net_read(c->common.wire.socket, input, sizeof input);
        if (count <= 0)
            return count == NET_WAIT;
        c->input = input;
        c->input_size = (size_t)count;
        if (wslay_event_recv(c->context) != 0)
            return false;
    }
    if (!write_all(c))
        return false;
    if (c->common.wire.backlog == NULL && wslay_event_get_close_sent(c->context)) {
        net_finish_writing(c->common.wire.socket);
        c->common.phase = ECHO_ENDING;
        c->common.deadline = net_clock() + ENDING_PATIENCE;
    }
    return true;
}

static bool run_ending(const struct wslay_connection *c)
{
    char unwanted[4096];
    int count = net_read(c->common.wire.socket, unwanted, sizeof unwanted);
    return count > 0 || count == NET_WAIT;
}

bool echo_connection_run(struct echo_connection *connection)
{
    struct wslay_connection *c = (struct wslay_connection *)connection;
    switch (connection->phase) {
    case ECHO_HANDSHAKE:
        return run_handshake(c);
    case ECHO_OPEN:
        return run_open(c);
    default:
        return run_ending(c);
    }
}

bool echo_connection_go_away(struct echo_connection *connection)
{
    (void)connection;
    return false;
}

short echo_connection_events(const struct echo_connection *connection)
{
    return connection->wire.backlog != NULL ? POLLOUT : POLLIN;
}

void echo_connection_rest(struct echo_connection *connection)
{
    (void)connection;
}
