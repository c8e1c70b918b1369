/*
 * A program of the other world: compiled for Microsoft's ABI and linked with websocket.lib alone, without any
 * C library. A client and a server shake hands, a ping is answered, and all 13 functions are called.
 *
 * Its exit code is 0, or the number of the step that failed.
 */
#include "websocket.h"

int start(void);

/* What one end has written and the other reads. */
struct wire {
    BYTE bytes[64];
    ULONG count;
};

/*
 * Gets and carries out one action: written bytes are appended to the wire, read ones come from its beginning.
 */
static WEB_SOCKET_ACTION take_action(WEB_SOCKET_HANDLE handle, struct wire *wire)
{
    WEB_SOCKET_BUFFER buffers[2];
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID application_context, action_context;
    ULONG count = 2, done = 0;

    if (FAILED(WebSocketGetAction(handle, WEB_SOCKET_ALL_ACTION_QUEUE, buffers, &count, &action, &type,
                                  &application_context, &action_context)))
        return WEB_SOCKET_NO_ACTION;
    for (ULONG i = 0; i < count; i++) {
        BYTE *bytes = buffers[i].Data.pbBuffer;
        ULONG length = buffers[i].Data.ulBufferLength;
        if (action == WEB_SOCKET_SEND_TO_NETWORK_ACTION)
            for (ULONG j = 0; j < length && wire->count < sizeof wire->bytes; j++, done++)
                wire->bytes[wire->count++] = bytes[j];
        else if (action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
            for (; done < length && done < wire->count; done++)
                bytes[done] = wire->bytes[done];
    }
    WebSocketCompleteAction(handle, action_context, done);
    return action;
}

static BOOL shake_hands(WEB_SOCKET_HANDLE client, WEB_SOCKET_HANDLE server)
{
    static char host[] = "Host";
    WEB_SOCKET_HTTP_HEADER request[8];
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;

    if (WebSocketBeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, &headers, &count) != S_OK ||
        count > 7)
        return FALSE;
    for (ULONG i = 0; i < count; i++)
        request[i] = headers[i];
    request[count].pcName = request[count].pcValue = host;
    request[count].ulNameLength = request[count].ulValueLength = sizeof host - 1;
    return WebSocketBeginServerHandshake(server, NULL, NULL, 0, request, count + 1, &headers, &count) ==
               S_OK &&
           WebSocketEndClientHandshake(client, headers, count, NULL, NULL, NULL) == S_OK &&
           WebSocketEndServerHandshake(server) == S_OK;
}

/* The server's ping is 89 00, the client's answer a masked pong without a payload: 8A 80 and the key. */
static BOOL ping(WEB_SOCKET_HANDLE client, WEB_SOCKET_HANDLE server)
{
    struct wire there, back;
    there.count = back.count = 0;

    return WebSocketSend(server, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL) == S_OK &&
           take_action(server, &there) == WEB_SOCKET_SEND_TO_NETWORK_ACTION && there.count == 2 &&
           there.bytes[0] == 0x89 && there.bytes[1] == 0x00 &&
           take_action(server, &there) == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION &&
           WebSocketReceive(client, NULL, NULL) == S_OK &&
           take_action(client, &there) == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION &&
           take_action(client, &back) == WEB_SOCKET_SEND_TO_NETWORK_ACTION && back.count == 6 &&
           back.bytes[0] == 0x8A && back.bytes[1] == 0x80;
}

/* What Windows calls; what it returns is the process's exit code. */
int start(void)
{
    WEB_SOCKET_HANDLE client, server;
    ULONG version = 0, size = sizeof version;

    if (WebSocketGetGlobalProperty(WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE, &version, &size) != S_OK ||
        version != 13)
        return 1;
    if (WebSocketCreateClientHandle(NULL, 0, &client) != S_OK ||
        WebSocketCreateServerHandle(NULL, 0, &server) != S_OK)
        return 2;
    if (!shake_hands(client, server))
        return 3;
    if (!ping(client, server))
        return 4;
    WebSocketAbortHandle(client);
    if (WebSocketReceive(client, NULL, NULL) != E_INVALID_PROTOCOL_OPERATION)
        return 5;
    WebSocketDeleteHandle(client);
    WebSocketDeleteHandle(server);
    return WebSocketReceive(server, NULL, NULL) == E_HANDLE ? 0 : 6;
}
