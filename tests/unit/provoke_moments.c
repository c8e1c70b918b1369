/*
 * Calls at the wrong moment, and calls that are ignored, see provoke.h.
 */
#include "provoke.h"

static char bytes[4];

static HRESULT send(WEB_SOCKET_HANDLE handle, ULONG type)
{
    WEB_SOCKET_BUFFER buffer = {.Data = {(PBYTE)bytes, sizeof bytes}};
    return WebSocketSend(handle, (WEB_SOCKET_BUFFER_TYPE)type, &buffer, NULL);
}

static const char *begin_client(WEB_SOCKET_HANDLE handle)
{
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
    (void)WebSocketBeginClientHandshake(handle, NULL, 0, NULL, 0, NULL, 0, &headers, &count);
    return "WebSocketBeginClientHandshake";
}

/* Before the handshake is complete. */
static const char *early(enum ws_status why, WEB_SOCKET_HANDLE client, WEB_SOCKET_HANDLE server)
{
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
    switch ((unsigned)why) {
    case WS_WHY_HANDLE_UNKNOWN:
        WebSocketDeleteHandle(client);
        WebSocketAbortHandle(client);
        return "WebSocketAbortHandle";
    case WS_WHY_NOT_CLIENT:
        return begin_client(server);
    case WS_WHY_NOT_SERVER:
        (void)WebSocketEndServerHandshake(client);
        return "WebSocketEndServerHandshake";
    case WS_WHY_HANDSHAKE_NOT_BEGUN:
        (void)WebSocketReceive(server, NULL, NULL);
        return "WebSocketReceive";
    case WS_WHY_HANDSHAKE_BEGUN:
        provoke_begin(client, &headers, &count);
        return begin_client(client);
    case WS_WHY_HANDSHAKE_NOT_ENDED:
        provoke_begin(client, &headers, &count);
        (void)send(client, (ULONG)WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE);
        return "WebSocketSend";
    case WS_WHY_ABORT_EARLY:
        WebSocketAbortHandle(client);
        return "WebSocketAbortHandle";
    default:
        return NULL;
    }
}

static const char *late_send(enum ws_status why, WEB_SOCKET_HANDLE client)
{
    switch ((unsigned)why) {
    case WS_WHY_SEND_TYPES_MIXED:
        assert_int_equal(send(client, (ULONG)WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE), S_OK);
        (void)send(client, (ULONG)WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE);
        return "WebSocketSend";
    case WS_WHY_SEND_AFTER_CLOSE:
        assert_int_equal(WebSocketSend(client, WEB_SOCKET_CLOSE_BUFFER_TYPE, NULL, NULL), S_OK);
        (void)send(client, (ULONG)WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE);
        return "WebSocketSend";
    case WS_WHY_SEND_CLOSE_TWICE:
        assert_int_equal(WebSocketSend(client, WEB_SOCKET_CLOSE_BUFFER_TYPE, NULL, NULL), S_OK);
        (void)WebSocketSend(client, WEB_SOCKET_CLOSE_BUFFER_TYPE, NULL, NULL);
        return "WebSocketSend";
    case WS_WHY_SEND_RAW:
        (void)send(client, 0xC2 << 1);
        return "WebSocketSend";
    default:
        return NULL;
    }
}

/* The next action of this kind is completed with so many bytes. */
static void complete(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE side, WEB_SOCKET_ACTION wanted,
                     ULONG count)
{
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER buffer;
    PVOID context;
    assert_int_equal(provoke_next(handle, side, &action, &buffer, &context), S_OK);
    assert_int_equal(action, wanted);
    WebSocketCompleteAction(handle, context, count);
}

/* A message is read into memory of its own, and the read fails in its middle. */
static const char *lose(WEB_SOCKET_HANDLE client)
{
    WEB_SOCKET_BUFFER own = {.Data = {(PBYTE)bytes, sizeof bytes}};
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER buffer;
    PVOID context;
    const WEB_SOCKET_ACTION_QUEUE all = WEB_SOCKET_ALL_ACTION_QUEUE;
    assert_int_equal(WebSocketReceive(client, &own, NULL), S_OK);
    assert_int_equal(provoke_next(client, all, &action, &buffer, &context), S_OK);
    memcpy(buffer.Data.pbBuffer, "\x82\x04x", 3);
    WebSocketCompleteAction(client, context, 3);
    complete(client, all, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION, 0);
    (void)WebSocketReceive(client, NULL, NULL);
    return "WebSocketReceive";
}

static const char *late(enum ws_status why, WEB_SOCKET_HANDLE client, WEB_SOCKET_HANDLE server)
{
    switch ((unsigned)why) {
    case WS_WHY_HANDSHAKE_COMPLETE:
        return begin_client(client);
    case WS_WHY_ABORTED:
        WebSocketAbortHandle(server);
        (void)WebSocketEndServerHandshake(server);
        return "WebSocketEndServerHandshake";
    case WS_WHY_RECEIVE_AFTER_LOSS:
        return lose(client);
    case WS_WHY_RECEIVE_AFTER_FAILURE:
        provoke_arrive(client, NULL, 0, "\x83", 1);
        (void)WebSocketReceive(client, NULL, NULL);
        return "WebSocketReceive";
    default:
        return late_send(why, client);
    }
}

/* With an extension. */
static const char *raw(enum ws_status why, WEB_SOCKET_HANDLE client)
{
    switch ((unsigned)why) {
    case WS_WHY_SEND_CONTINUES_NOTHING:
        (void)send(client, 0x40 << 1);
        return "WebSocketSend";
    case WS_WHY_SEND_INSIDE_MESSAGE:
        assert_int_equal(send(client, 0x42 << 1), S_OK);
        (void)send(client, 0xC2 << 1);
        return "WebSocketSend";
    default:
        return NULL;
    }
}

static const char *completion(enum ws_status why, WEB_SOCKET_HANDLE server)
{
    const WEB_SOCKET_ACTION_QUEUE all = WEB_SOCKET_ALL_ACTION_QUEUE;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER buffer;
    PVOID context;
    switch ((unsigned)why) {
    case WS_WHY_SEND_COUNT:
        assert_int_equal(send(server, (ULONG)WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE), S_OK);
        complete(server, all, WEB_SOCKET_SEND_TO_NETWORK_ACTION, 2);
        return "WebSocketCompleteAction";
    case WS_WHY_READ_ENDED:
        assert_int_equal(WebSocketReceive(server, NULL, NULL), S_OK);
        complete(server, all, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION, 0);
        return "WebSocketCompleteAction";
    case WS_WHY_READ_COUNT:
        assert_int_equal(WebSocketReceive(server, NULL, NULL), S_OK);
        complete(server, all, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION, 0xFFFFFFFF);
        return "WebSocketCompleteAction";
    case WS_WHY_PONG_COUNT:
        assert_int_equal(WebSocketReceive(server, NULL, NULL), S_OK);
        assert_int_equal(provoke_next(server, all, &action, &buffer, &context), S_OK);
        memcpy(buffer.Data.pbBuffer, "\x89\x80\0\0\0\0", 6);
        WebSocketCompleteAction(server, context, 6);
        complete(server, all, WEB_SOCKET_SEND_TO_NETWORK_ACTION, 0);
        return "WebSocketCompleteAction";
    default:
        return NULL;
    }
}

const char *provoke_moment(enum ws_status why)
{
    struct handle_pair pair = {handle_create(false, NULL), handle_create(true, NULL)};
    const char *call = early(why, pair.client, pair.server);
    WebSocketDeleteHandle(pair.server);
    if (why != WS_WHY_HANDLE_UNKNOWN)
        WebSocketDeleteHandle(pair.client);
    if (call)
        return call;

    pair = handle_pair_open(NULL, NULL, false);
    call = late(why, pair.client, pair.server);
    if (!call)
        call = completion(why, pair.server);
    handle_pair_delete(&pair);
    if (call)
        return call;

    pair = handle_pair_open(NULL, NULL, true);
    call = raw(why, pair.client);
    handle_pair_delete(&pair);
    return call;
}
