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
 * all sockets. What a WebSocket server does with the API is in echo_connection.c.
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

/* Milliseconds between two looks at the clock, and at whether the program was asked to stop. */
enum { TICK = 250 };

/* sockets[0] is the listening one, sockets[i + 1] that of connections[i]. */
struct server {
    struct echo_options options;
    const char *host;
    const char *port;
    struct pollfd *sockets;
    struct echo_connection **connections;
    size_t count;
    size_t room;
    bool full; /* there was no memory or no socket for more: let the next ones wait for a tick */
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
    struct pollfd *sockets = realloc(server->sockets, (room + 1) * sizeof *sockets);
    if (sockets != NULL)
        server->sockets = sockets;
    struct echo_connection **connections = realloc(server->connections, room * sizeof *connections);
    if (connections != NULL)
        server->connections = connections;
    if (sockets == NULL || connections == NULL)
        return false;
    server->room = room;
    return true;
}

static bool start(struct server *server)
{
    if (!net_start() || !make_room(server))
        return false;
    server->sockets[0].fd = net_listen(server->host, server->port);
    if (server->sockets[0].fd == NET_NONE) {
        fprintf(stderr, "echo_server: cannot listen on %s:%s\n", server->host, server->port);
        return false;
    }
    char text[512];
    net_own_address(server->sockets[0].fd, text, sizeof text);
    report("", "listening on %s", text);
    report("", "a page for browsers: http://%s/", text);
    system_library_path(text, sizeof text);
    report("", "using %s", text);
    return true;
}

/* Is there no room, or no socket to be had, those who wait go on waiting. */
static void accept_connections(struct server *server)
{
    net_socket accepted;
    server->full = !make_room(server);
    while (!server->full && (accepted = net_accept(server->sockets[0].fd, &server->full)) != NET_NONE) {
        struct echo_connection *connection = echo_connection_open(accepted, &server->options);
        if (connection != NULL) {
            server->sockets[server->count + 1].fd = accepted;
            server->sockets[server->count + 1].revents = POLLIN; /* the request may be there already */
            server->connections[server->count++] = connection;
        }
        server->full = !make_room(server);
    }
}

/* The last connection takes the place of the one that is over. */
static void remove_connection(struct server *server, size_t i)
{
    echo_connection_close(server->connections[i]);
    server->count--;
    server->connections[i] = server->connections[server->count];
    server->sockets[i + 1] = server->sockets[server->count + 1];
}

static void wait_for_events(struct server *server)
{
    bool listening = server->sockets[0].fd != NET_NONE;
    server->sockets[0].events = server->full ? 0 : POLLIN;
    server->full = false;
    for (size_t i = 0; i < server->count; i++)
        server->sockets[i + 1].events = echo_connection_events(server->connections[i]);
    net_poll(server->sockets + !listening, server->count + listening, TICK);
}

/* From the last to the first, so that what takes a removed one's place had its turn. */
static void serve(struct server *server)
{
    uint64_t now = net_clock();
    for (size_t i = server->count; i-- > 0;) {
        struct echo_connection *connection = server->connections[i];
        bool over = server->sockets[i + 1].revents != 0 && !echo_connection_run(connection);
        if (!over) /* what came in time counts, however late we look at it */
            over = connection->deadline != 0 && now >= connection->deadline;
        if (over)
            remove_connection(server, i);
    }
}

/* Tells everybody, and gives them until their deadlines to answer. */
static void shut_down(struct server *server)
{
    net_close(server->sockets[0].fd);
    server->sockets[0].fd = NET_NONE;
    for (size_t i = server->count; i-- > 0;)
        if (!echo_connection_go_away(server->connections[i]))
            remove_connection(server, i);
    while (server->count > 0) {
        wait_for_events(server);
        serve(server);
    }
}

static void run(struct server *server)
{
    while (!stop_requested) {
        wait_for_events(server);
        if (server->sockets[0].revents != 0)
            accept_connections(server);
        serve(server);
    }
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
    free(server.sockets);
    free(server.connections);
    return ready ? EXIT_SUCCESS : EXIT_FAILURE;
}
