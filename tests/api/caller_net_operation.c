/*
 * The loop of the .NET caller, see caller_net_operation.h.
 */
#include "caller_net_operation.h"

#include "api_tests.h"
#include "threads.h"

/* ---- The lock ---- */

void net_enter(struct net_socket *socket)
{
    monitor_enter(socket->session_lock);
    socket->held++;
}

void net_leave(struct net_socket *socket)
{
    socket->held--;
    monitor_leave(socket->session_lock);
}

/*
 * For reading and writing. A close in progress gives up its outer hold too: its loop runs inside the call
 * that took it, and that call goes on to leave the lock as soon as the loop has to wait for the network.
 */
static unsigned leave_all(struct net_socket *socket)
{
    unsigned held = socket->held;
    unsigned turn = ++socket->turn;

    for (unsigned i = 0; i < held; i++)
        net_leave(socket);
    if (socket->stream.pause != NULL)
        socket->stream.pause(socket->stream.self, turn);
    return held;
}

static void enter_again(struct net_socket *socket, unsigned held)
{
    for (unsigned i = 0; i < held; i++)
        net_enter(socket);
}

/* ---- Steps ---- */

void net_violate(struct net_socket *socket, struct net_operation *operation, const char *what)
{
    if (socket->violation == NULL)
        socket->violation = what;
    operation->failed = true;
}

bool net_succeeded(struct net_socket *socket, struct net_operation *operation, HRESULT result)
{
    if (FAILED(result)) {
        socket->error = result;
        operation->failed = true;
    }
    return SUCCEEDED(result);
}

void net_complete(struct net_socket *socket, const struct net_action *action, ULONG bytes)
{
    if (socket->handle != NULL)
        ws->CompleteAction(socket->handle, action->context, bytes);
}

bool net_ask(struct net_socket *socket, struct net_operation *operation, struct net_action *action)
{
    PVOID application;
    const char *violation;

    memset(action, 0, sizeof *action);
    action->room = operation->room;
    action->count = operation->room;
    if (socket->handle == NULL) { /* another thread has aborted the session */
        operation->failed = true;
        return false;
    }
    if (!net_succeeded(socket, operation,
                       ws->GetAction(socket->handle, operation->queue, action->buffers, &action->count,
                                     &action->action, &action->type, &application, &action->context)))
        return false;
    violation = net_memory_check(&socket->memory, action);
    if (violation != NULL)
        net_violate(socket, operation, violation);
    return violation == NULL;
}

void net_finish(struct net_socket *socket)
{
    socket->state = NET_CLOSED;
    delete_handle(socket->handle);
    socket->handle = NULL;
}

/* ---- Actions for the network ---- */

static void read_from_stream(struct net_socket *socket, struct net_operation *operation,
                             const struct net_action *action)
{
    unsigned held = leave_all(socket);
    size_t count = socket->stream.read(socket->stream.self, action->buffers[0].Data.pbBuffer,
                                       action->buffers[0].Data.ulBufferLength);

    enter_again(socket, held);
    net_complete(socket, action, (ULONG)count);
    if (count == 0)
        operation->failed = true;
}

/* Writes what an action has to send, whole: no other thread's bytes come between. */
static bool write_whole(struct net_socket *socket, const struct net_action *action)
{
    bool open = true;

    monitor_enter(socket->write_lock);
    for (ULONG i = 0; i < action->count && open; i++) {
        open = socket->stream.write(socket->stream.self, action->buffers[i].Data.pbBuffer,
                                    action->buffers[i].Data.ulBufferLength);
    }
    monitor_leave(socket->write_lock);
    return open;
}

static void write_to_stream(struct net_socket *socket, struct net_operation *operation,
                            const struct net_action *action)
{
    bool is_pong = action->type == PING_PONG || action->type == UNSOLICITED_PONG;
    ULONG sent = 0;

    if (!net_memory_is_native(&socket->memory, &action->buffers[0])) {
        net_violate(socket, operation, "the first buffer of a send lies outside of the library's memory");
    } else if (!(is_pong && socket->state == NET_CLOSE_SENT)) {
        unsigned held = leave_all(socket);
        bool written = write_whole(socket, action);

        enter_again(socket, held);
        for (ULONG i = 0; i < action->count && written; i++)
            sent += action->buffers[i].Data.ulBufferLength;
        if (!written)
            operation->failed = true;
    }
    net_complete(socket, action, sent);
}

/* ---- Indications ---- */

static void take_close(const struct net_action *action, struct net_result *result)
{
    ULONG length = action->buffers[0].CloseStatus.ulReasonLength;

    result->kind = NET_CLOSE;
    result->end_of_message = true;
    result->status = action->buffers[0].CloseStatus.usStatus;
    result->has_reason = action->buffers[0].CloseStatus.pbReason != NULL;
    if (result->has_reason) {
        length = length < sizeof result->reason - 1 ? length : sizeof result->reason - 1;
        memcpy(result->reason, action->buffers[0].CloseStatus.pbReason, length);
    }
}

/* Copies a payload to the application's buffer, and what has no room there to the memory for left-overs. */
static void take_payload(struct net_socket *socket, struct net_operation *operation,
                         const struct net_action *action, enum net_kind kind)
{
    const uint8_t *payload = action->buffers[0].Data.pbBuffer;
    size_t length = payload != NULL ? action->buffers[0].Data.ulBufferLength : 0;
    size_t taken = length < operation->size ? length : operation->size;

    operation->result->kind = kind;
    operation->result->end_of_message = action->type == UTF8_MESSAGE || action->type == BINARY_MESSAGE;
    operation->result->count = taken;
    if (taken > 0)
        memcpy(operation->buffer, payload, taken);
    if (length - taken > socket->memory.receive_size) {
        net_violate(socket, operation, "a payload is longer than the receive buffer");
    } else if (length > taken) {
        socket->buffered = *operation->result;
        socket->buffered.count = length - taken;
        socket->buffered_at = 0;
        memcpy(socket->memory.left_over, payload + taken, length - taken);
        operation->result->end_of_message = false;
    }
}

static void take_result(struct net_socket *socket, struct net_operation *operation,
                        const struct net_action *action)
{
    operation->has_result = true;
    switch (action->type) {
    case CLOSE:
        take_close(action, operation->result);
        break;
    case UTF8_MESSAGE:
    case UTF8_FRAGMENT:
        take_payload(socket, operation, action, NET_TEXT);
        break;
    case BINARY_MESSAGE:
    case BINARY_FRAGMENT:
        take_payload(socket, operation, action, NET_BINARY);
        break;
    default:
        net_violate(socket, operation, "what was received has a type that .NET does not know");
        break;
    }
    net_complete(socket, action, (ULONG)operation->result->count);
}

static void take_indication(struct net_socket *socket, struct net_operation *operation,
                            const struct net_action *action)
{
    operation->pong_received = false;
    if (operation->queue != RECEIVE_QUEUE || operation->has_result) {
        net_violate(socket, operation, "an indication came for which no receive waits");
    } else if (action->type == PING_PONG) {
        operation->pong_received = true;
        net_complete(socket, action, 0);
    } else {
        take_result(socket, operation, action);
    }
}

/* ---- The loop ---- */

static void on_nothing_to_send(struct net_socket *socket, struct net_operation *operation)
{
    if (!operation->done)
        net_violate(socket, operation,
                    "NO_ACTION came before the frame was sent: it is asked for without a pause");
}

static void on_nothing_to_receive(struct net_socket *socket, struct net_operation *operation)
{
    if (operation->pong_received) {
        operation->pong_received = false;
        return;
    }
    if (!operation->has_result) {
        net_violate(socket, operation, "NO_ACTION came before the receive had a result");
        return;
    }
    operation->done = true;
    if (operation->result->kind == NET_CLOSE && socket->state == NET_OPEN)
        socket->state = NET_CLOSE_RECEIVED;
    else if (operation->result->kind == NET_CLOSE && socket->state == NET_CLOSE_SENT)
        net_finish(socket);
}

/* Asks until there is nothing to do. */
static void run_round(struct net_socket *socket, struct net_operation *operation)
{
    struct net_action action;

    while (!operation->failed && net_ask(socket, operation, &action)) {
        switch (action.action) {
        case WEB_SOCKET_NO_ACTION:
            (operation->queue == SEND_QUEUE ? on_nothing_to_send : on_nothing_to_receive)(socket, operation);
            return;
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            write_to_stream(socket, operation, &action);
            break;
        case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:
            net_complete(socket, &action, 0);
            operation->done = true;
            enter_again(socket, leave_all(socket)); /* it flushes the stream */
            break;
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            read_from_stream(socket, operation, &action);
            break;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            take_indication(socket, operation, &action);
            break;
        default:
            net_violate(socket, operation, "there is no such action");
            break;
        }
    }
}

void net_run(struct net_socket *socket, struct net_operation *operation)
{
    while (!operation->done && !operation->failed) {
        if (operation->queue == RECEIVE_QUEUE) {
            if (socket->handle == NULL ||
                !net_succeeded(socket, operation, ws->Receive(socket->handle, NULL, NULL))) {
                operation->failed = true;
                return;
            }
        }
        run_round(socket, operation);

        /* Whoever waits for the lock gets it here, if it was taken but once. */
        net_leave(socket);
        thread_yield();
        net_enter(socket);
    }
}
