/*
 * echo_server.c - answers every WebSocket message with the same message, for many peers at once in one
 * thread.
 *
 *     echo_server [--host H] [--port N] [--receive-buffer N] [--send-buffer N] [--subprotocol P] [--verbose]
 *
 * The usual host is 127.0.0.1. Port 0, the usual one, is any free port; which one is said in the first line
 * of output. A browser pointed there gets a page to try the server with, see page.h.
 *
 * This file is the server around its connections: the command line, the listening socket, and one wait for
 * all sockets (poller.h). What a WebSocket server does with the API is in echo_connection.c.
 *
 * No socket blocks, and a connection does what it can and returns. So a peer that is slow, silent or dead
 * costs its own connection and nobody else's.
 */
#include "echo_connection.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "system.h"

/* Milliseconds between two looks at all connections, and at whether the program was asked to stop. */
enum { TICK = 250 };

struct server {
    struct echo_options options;
    const char *host;
    const char *port;
    struct poller *poller;
    struct poller_entry listener;
    struct echo_connection **connections;
    size_t count;
    size_t room;
    uint64_t next_tick; /* on net_clock */
};

static volatile sig_atomic_t stop_requested;

static void request_stop(int signal_number)
{
    (void)signal_number;
    stop_requested = 1;
}

static bool usage(void)
{
    fprintf(stderr, "usage: echo_server [--host H] [--port N] [--receive-buffer N] [--send-buffer N]\n"
                    "                   [--subprotocol P] [--verbose]\n");
    return false;
}

static bool parse_option(struct server *server, const char *name, const char *value)
{
    if (strcmp(name, "--host") == 0)
        server->host = value;
    else if (strcmp(name, "--port") == 0)
        server->port = value;
    else if (strcmp(name, "--subprotocol") == 0)
        server->options.subprotocol = value;
    else
        return buffer_sizes_parse(&server->options.buffer_sizes, name, value);
    return true;
}

static bool parse_arguments(struct server *server, int argc, char **argv)
{
    server->host = "127.0.0.1";
    server->port = "0";
    server->options.buffer_sizes.receive = ECHO_RECEIVE_BUFFER;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--verbose") == 0)
            server->options.verbose = true;
        else if (i + 1 < argc && parse_option(server, argv[i], argv[i + 1]))
            i++;
        else
            return usage();
    return true;
}

/* Tells of sizes that the library would refuse, before anybody has connected. */
static bool options_are_possible(const struct echo_options *options)
{
    WEB_SOCKET_HANDLE handle = NULL;
    HRESULT result = buffer_sizes_create(&options->buffer_sizes, WebSocketCreateServerHandle, &handle);
    WebSocketDeleteHandle(handle);
    if (SUCCEEDED(result))
        return true;
    fprintf(stderr, "echo_server: the library refuses these options (%s)\n", report_result(result));
    return false;
}

/* Room for one more connection. */
static bool make_room(struct server *server)
{
    if (server->count < server->room)
        return true;
    size_t room = server->room * 2 + 16;
    struct echo_connection **connections = realloc(server->connections, room * sizeof *connections);
    if (connections == NULL)
        return false;
    server->connections = connections;
    server->room = room;
    return true;
}

static bool start(struct server *server)
{
    system_start_sparse();
    if (!net_start())
        return false;
    server->listener =
        (struct poller_entry){.socket = net_listen(server->host, server->port), .events = POLLIN};
    if (server->listener.socket == NET_NONE) {
        fprintf(stderr, "echo_server: cannot listen on %s:%s\n", server->host, server->port);
        return false;
    }
    server->poller = poller_open();
    if (server->poller == NULL || !poller_add(server->poller, &server->listener)) {
        fprintf(stderr, "echo_server: the system lets nobody wait for its sockets\n");
        return false;
    }
    char text[512];
    net_own_address(server->listener.socket, text, sizeof text);
    report("", "listening on %s", text);
    report("", "a page for browsers: http://%s/", text);
    system_library_path(text, sizeof text);
    report("", "using %s", text);
    return true;
}

static bool add_connection(struct server *server, net_socket accepted)
{
    struct echo_connection *connection = echo_connection_open(accepted, &server->options);
    if (connection == NULL)
        return false;
    connection->entry = (struct poller_entry){.socket = accepted, .events = POLLIN, .owner = connection};
    if (!poller_add(server->poller, &connection->entry)) {
        echo_connection_close(connection);
        return false;
    }
    connection->place = server->count;
    server->connections[server->count++] = connection;
    return true;
}

/* Is there no room, or no socket to be had, those who wait go on waiting, for a tick. */
static void accept_connections(struct server *server)
{
    bool full = !make_room(server);
    net_socket accepted;
    while (!full && (accepted = net_accept(server->listener.socket, &full)) != NET_NONE)
        full = !add_connection(server, accepted) || !make_room(server);
    poller_change(server->poller, &server->listener, full ? 0 : POLLIN);
}

/* The last connection takes the place of the one that is over. */
static void remove_connection(struct server *server, struct echo_connection *connection)
{
    struct echo_connection *last = server->connections[--server->count];
    last->place = connection->place;
    server->connections[last->place] = last;
    poller_remove(server->poller, &connection->entry);
    echo_connection_close(connection);
}

/* After anything that was done with a connection. False: it is no more. */
static bool keep(struct server *server, struct echo_connection *connection, bool goes_on)
{
    goes_on =
        goes_on && poller_change(server->poller, &connection->entry, echo_connection_events(connection));
    if (!goes_on)
        remove_connection(server, connection);
    return goes_on;
}

static bool is_late(const struct echo_connection *connection, uint64_t now)
{
    return connection->deadline != 0 && now >= connection->deadline;
}

/* Looks at all connections, from the last to the first, so that what takes a removed one's place had its turn. */
static void tick(struct server *server, uint64_t now)
{
    for (size_t i = server->count; i-- > 0;) {
        struct echo_connection *connection = server->connections[i];
        echo_connection_rest(connection);
        /* What came in time counts, however late we look at it. */
        if (is_late(connection, now) && keep(server, connection, echo_connection_run(connection)))
            keep(server, connection, !is_late(connection, now));
    }
    if (server->listener.socket != NET_NONE)
        poller_change(server->poller, &server->listener, POLLIN);
    server->next_tick = now + TICK;
}

static void turn(struct server *server)
{
    struct poller_entry *entry;
    poller_wait(server->poller, TICK);
    while ((entry = poller_next(server->poller)) != NULL)
        if (entry == &server->listener)
            accept_connections(server);
        else
            keep(server, entry->owner, echo_connection_run(entry->owner));
    uint64_t now = net_clock();
    if (now >= server->next_tick)
        tick(server, now);
}

/* Tells everybody, and gives them until their deadlines to answer. */
static void shut_down(struct server *server)
{
    poller_remove(server->poller, &server->listener);
    net_close(server->listener.socket);
    server->listener.socket = NET_NONE;
    for (size_t i = server->count; i-- > 0;)
        keep(server, server->connections[i], echo_connection_go_away(server->connections[i]));
    while (server->count > 0)
        turn(server);
}

static void run(struct server *server)
{
    while (!stop_requested)
        turn(server);
    shut_down(server);
    report("", "stopped");
}

int main(int argc, char **argv)
{
    struct server server;
    memset(&server, 0, sizeof server);
    argv = system_arguments(&argc, argv);
    signal(SIGINT, request_stop); /* Ctrl-C, on Windows too */
    signal(SIGTERM, request_stop);
    bool ready = argv != NULL && parse_arguments(&server, argc, argv) &&
                 options_are_possible(&server.options) && start(&server);
    if (ready)
        run(&server);
    poller_close(server.poller);
    free(server.connections);
    backlog_end();
    return ready ? EXIT_SUCCESS : EXIT_FAILURE;
}
