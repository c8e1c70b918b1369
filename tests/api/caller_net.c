/*
 * What an application can do with the .NET caller, see caller_net.h.
 */
#include "caller_net.h"

#include "api_tests.h"
#include "caller_net_handshake.h"
#include "caller_net_operation.h"

/* ---- Receiving ---- */

/* The rest of a message for which the application's last buffer was too small needs no library. */
static void take_left_over(struct net_socket *socket, void *buffer, size_t size, struct net_result *result)
{
    size_t taken = socket->buffered.count < size ? socket->buffered.count : size;

    memcpy(buffer, socket->memory.left_over + socket->buffered_at, taken);
    socket->buffered_at += taken;
    socket->buffered.count -= taken;
    *result = socket->buffered;
    result->count = taken;
    result->end_of_message = socket->buffered.end_of_message && socket->buffered.count == 0;
}

bool net_receive(struct net_socket *socket, void *buffer, size_t size, struct net_result *result)
{
    struct net_operation operation = {
        .queue = RECEIVE_QUEUE, .room = 1, .buffer = buffer, .size = size, .result = result};

    memset(result, 0, sizeof *result);
    net_enter(socket);
    if (socket->buffered.count > 0)
        take_left_over(socket, buffer, size, result);
    else
        net_run(socket, &operation);
    net_leave(socket);
    if (operation.failed)
        net_abort(socket);
    return !operation.failed;
}

/* ---- Sending ---- */

/* The payload is checked for as the one thing outside of the library's memory that may come back. */
static bool send_operation(struct net_socket *socket, WEB_SOCKET_BUFFER_TYPE type, WEB_SOCKET_BUFFER *buffer,
                           const void *payload, size_t size)
{
    struct net_operation operation = {.queue = SEND_QUEUE, .room = 2};

    net_enter(socket);
    socket->memory.pinned = payload;
    socket->memory.pinned_size = size;
    if (socket->handle == NULL) {
        operation.failed = true;
    } else if (net_succeeded(socket, &operation, ws->Send(socket->handle, type, buffer, NULL))) {
        if (buffer != NULL)
            memset(buffer, BLOCK_POISON, sizeof *buffer); /* it was copied during the call */
        net_run(socket, &operation);
    }
    socket->memory.pinned = NULL;
    net_leave(socket);
    return !operation.failed;
}

bool net_send(struct net_socket *socket, WEB_SOCKET_BUFFER_TYPE type, const void *bytes, size_t size)
{
    WEB_SOCKET_BUFFER buffer;
    bool sent;

    memset(&buffer, 0, sizeof buffer);
    memcpy(&buffer.Data.pbBuffer, &bytes, sizeof bytes); /* the library only reads it */
    buffer.Data.ulBufferLength = (ULONG)size;
    sent = send_operation(socket, type, &buffer, bytes, size);
    if (!sent)
        net_abort(socket);
    return sent;
}

bool net_close_output(struct net_socket *socket, USHORT status, const char *reason)
{
    WEB_SOCKET_BUFFER buffer;
    size_t size = reason != NULL ? strlen(reason) : 0;
    bool sent;

    memset(&buffer, 0, sizeof buffer);
    memcpy(&buffer.CloseStatus.pbReason, &reason, sizeof reason);
    buffer.CloseStatus.ulReasonLength = (ULONG)size;
    buffer.CloseStatus.usStatus = status;

    net_enter(socket);
    sent =
        send_operation(socket, CLOSE, status != WEB_SOCKET_EMPTY_CLOSE_STATUS ? &buffer : NULL, reason, size);
    if (sent && socket->state == NET_OPEN)
        socket->state = NET_CLOSE_SENT;
    else if (sent && socket->state == NET_CLOSE_RECEIVED)
        net_finish(socket);
    net_leave(socket);
    if (!sent)
        net_abort(socket);
    return sent;
}

bool net_keep_alive(struct net_socket *socket)
{
    bool sent = true;

    net_enter(socket);
    if (socket->state == NET_OPEN)
        sent = send_operation(socket, UNSOLICITED_PONG, NULL, NULL, 0);
    net_leave(socket);
    if (!sent)
        net_abort(socket);
    return sent;
}

/* ---- Beginning and end ---- */

#define DRAIN_MAX 1000

/* Completes all that comes back; returns how many actions that were. */
static unsigned drain(struct net_socket *socket, WEB_SOCKET_ACTION_QUEUE queue)
{
    struct net_operation operation = {.queue = queue, .room = 1};
    struct net_action action;
    unsigned count = 0;

    while (net_ask(socket, &operation, &action) && action.action != WEB_SOCKET_NO_ACTION) {
        if (action.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION ||
            action.action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
            net_violate(socket, &operation, "an action for the network came after the abort");
        net_complete(socket, &action, 0);
        if (++count == DRAIN_MAX) {
            net_violate(socket, &operation, "after the abort there is no end of actions");
            break;
        }
    }
    if (operation.failed && socket->violation == NULL)
        socket->violation = "GetAction failed after the abort";
    return count;
}

void net_abort(struct net_socket *socket)
{
    net_enter(socket);
    if (socket->state != NET_CLOSED && socket->state != NET_ABORTED) {
        socket->state = NET_ABORTED;
        ws->AbortHandle(socket->handle);
        socket->drained_sends = drain(socket, SEND_QUEUE);
        socket->drained_receives = drain(socket, RECEIVE_QUEUE);
        delete_handle(socket->handle);
        socket->handle = NULL;
    }
    net_leave(socket);
}

void net_open(struct net_socket *socket, const struct net_options *options, struct net_stream stream)
{
    WEB_SOCKET_PROPERTY properties[NET_PROPERTIES_MAX];
    ULONG send_buffer = options->role == ROLE_SERVER ? NET_SERVER_SEND_BUFFER : options->send_buffer;
    ULONG count;

    memset(socket, 0, sizeof *socket);
    socket->stream = stream;
    net_memory_create(&socket->memory, options->receive_buffer, send_buffer);
    count = net_memory_properties(&socket->memory, options->zero_key, properties);
    if (options->role == ROLE_CLIENT) {
        assert_result(S_OK, ws->CreateClientHandle(properties, count, &socket->handle));
        net_fake_client_handshake(remember_handle(socket->handle));
    } else {
        assert_result(S_OK, ws->CreateServerHandle(properties, count, &socket->handle));
        net_fake_server_handshake(remember_handle(socket->handle));
    }
    socket->session_lock = monitor_create();
    socket->write_lock = monitor_create();
}

void net_free(struct net_socket *socket)
{
    net_abort(socket);
    monitor_free(socket->write_lock);
    monitor_free(socket->session_lock);
}
