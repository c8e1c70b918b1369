/*
 * The shortest useful program: a client and a server in one process shake hands. It calls 8 of the 13
 * functions, and succeeds only if the library that it was linked with works.
 */
#include <stdio.h>

#include "websocket.h"

static HRESULT shake_hands(WEB_SOCKET_HANDLE client, WEB_SOCKET_HANDLE server)
{
    WEB_SOCKET_HTTP_HEADER request[8];
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
    char host[] = "Host";
    char name[] = "example.org";

    HRESULT result = WebSocketBeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, &headers, &count);
    if (FAILED(result) || count > 7)
        return E_FAIL;
    for (ULONG i = 0; i < count; i++)
        request[i] = headers[i];
    request[count].pcName = host;
    request[count].ulNameLength = sizeof host - 1;
    request[count].pcValue = name;
    request[count].ulValueLength = sizeof name - 1;

    result = WebSocketBeginServerHandshake(server, NULL, NULL, 0, request, count + 1, &headers, &count);
    if (SUCCEEDED(result))
        result = WebSocketEndClientHandshake(client, headers, count, NULL, NULL, NULL);
    return SUCCEEDED(result) ? WebSocketEndServerHandshake(server) : result;
}

int main(void)
{
    WEB_SOCKET_HANDLE client = NULL;
    WEB_SOCKET_HANDLE server = NULL;
    HRESULT result = WebSocketCreateClientHandle(NULL, 0, &client);

    if (SUCCEEDED(result))
        result = WebSocketCreateServerHandle(NULL, 0, &server);
    if (SUCCEEDED(result))
        result = shake_hands(client, server);
    WebSocketDeleteHandle(client);
    WebSocketDeleteHandle(server);
    printf("handshake: 0x%08lX\n", (unsigned long)result & 0xFFFFFFFFul);
    return SUCCEEDED(result) ? 0 : 1;
}
