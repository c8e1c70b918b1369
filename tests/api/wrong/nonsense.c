/*
 * A library with the 13 functions that does nearly everything wrong that a library can do: it lies, crashes,
 * hangs, ends the process, and chatters. The report on it must come out all the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "websocket.h"

static WEB_SOCKET_HANDLE no_handle(void)
{
    static int nothing;

    return (WEB_SOCKET_HANDLE)(void *)&nothing;
}

/* Lies: a handle that is none. Writes more than a pipe holds. */
HRESULT WINAPI WebSocketCreateClientHandle(const PWEB_SOCKET_PROPERTY pProperties, ULONG ulPropertyCount,
                                           WEB_SOCKET_HANDLE *phWebSocket)
{
    (void)pProperties;
    (void)ulPropertyCount;
    for (int i = 0; i < 32; i++)
        printf("%4096s", "nonsense without an end of line: \"|\\");
    *phWebSocket = no_handle();
    return S_OK;
}

HRESULT WINAPI WebSocketCreateServerHandle(const PWEB_SOCKET_PROPERTY pProperties, ULONG ulPropertyCount,
                                           WEB_SOCKET_HANDLE *phWebSocket)
{
    (void)pProperties;
    (void)ulPropertyCount;
    *phWebSocket = no_handle();
    return S_OK;
}

/* Says that it returns headers, and returns none. */
HRESULT WINAPI WebSocketBeginClientHandshake(
    WEB_SOCKET_HANDLE hWebSocket, PCSTR *pszSubprotocols, ULONG ulSubprotocolCount, PCSTR *pszExtensions,
    ULONG ulExtensionCount, const PWEB_SOCKET_HTTP_HEADER pInitialHeaders, ULONG ulInitialHeaderCount,
    PWEB_SOCKET_HTTP_HEADER *pAdditionalHeaders, ULONG *pulAdditionalHeaderCount)
{
    (void)hWebSocket;
    (void)pszSubprotocols;
    (void)ulSubprotocolCount;
    (void)pszExtensions;
    (void)ulExtensionCount;
    (void)pInitialHeaders;
    (void)ulInitialHeaderCount;
    (void)pAdditionalHeaders;
    (void)pulAdditionalHeaderCount;
    return S_OK;
}

/* Ends the process as if all were well. */
HRESULT WINAPI WebSocketEndClientHandshake(WEB_SOCKET_HANDLE hWebSocket,
                                           const PWEB_SOCKET_HTTP_HEADER pResponseHeaders,
                                           ULONG ulReponseHeaderCount, ULONG *pulSelectedExtensions,
                                           ULONG *pulSelectedExtensionCount, ULONG *pulSelectedSubprotocol)
{
    (void)hWebSocket;
    (void)pResponseHeaders;
    (void)ulReponseHeaderCount;
    (void)pulSelectedExtensions;
    (void)pulSelectedExtensionCount;
    (void)pulSelectedSubprotocol;
    exit(0);
}

HRESULT WINAPI WebSocketBeginServerHandshake(WEB_SOCKET_HANDLE hWebSocket, PCSTR pszSubprotocolSelected,
                                             PCSTR *pszExtensionSelected, ULONG ulExtensionSelectedCount,
                                             const PWEB_SOCKET_HTTP_HEADER pRequestHeaders,
                                             ULONG ulRequestHeaderCount,
                                             PWEB_SOCKET_HTTP_HEADER *pResponseHeaders,
                                             ULONG *pulResponseHeaderCount)
{
    (void)hWebSocket;
    (void)pszSubprotocolSelected;
    (void)pszExtensionSelected;
    (void)ulExtensionSelectedCount;
    (void)pRequestHeaders;
    (void)ulRequestHeaderCount;
    (void)pResponseHeaders;
    (void)pulResponseHeaderCount;
    return E_FAIL;
}

HRESULT WINAPI WebSocketEndServerHandshake(WEB_SOCKET_HANDLE hWebSocket)
{
    (void)hWebSocket;
    return E_FAIL;
}

HRESULT WINAPI WebSocketSend(WEB_SOCKET_HANDLE hWebSocket, WEB_SOCKET_BUFFER_TYPE BufferType,
                             WEB_SOCKET_BUFFER *pBuffer, PVOID Context)
{
    (void)hWebSocket;
    (void)BufferType;
    (void)pBuffer;
    (void)Context;
    return S_OK;
}

/* Crashes. */
HRESULT WINAPI WebSocketReceive(WEB_SOCKET_HANDLE hWebSocket, WEB_SOCKET_BUFFER *pBuffer, PVOID pvContext)
{
    static volatile int *volatile nowhere;

    (void)hWebSocket;
    (void)pBuffer;
    (void)pvContext;
    return *nowhere;
}

HRESULT WINAPI WebSocketGetAction(WEB_SOCKET_HANDLE hWebSocket, WEB_SOCKET_ACTION_QUEUE eActionQueue,
                                  WEB_SOCKET_BUFFER *pDataBuffers, ULONG *pulDataBufferCount,
                                  WEB_SOCKET_ACTION *pAction, WEB_SOCKET_BUFFER_TYPE *pBufferType,
                                  PVOID *pvApplicationContext, PVOID *pvActionContext)
{
    (void)hWebSocket;
    (void)eActionQueue;
    (void)pDataBuffers;
    (void)pulDataBufferCount;
    (void)pAction;
    (void)pBufferType;
    (void)pvApplicationContext;
    (void)pvActionContext;
    return S_OK;
}

VOID WINAPI WebSocketCompleteAction(WEB_SOCKET_HANDLE hWebSocket, PVOID pvActionContext,
                                    ULONG ulBytesTransferred)
{
    (void)hWebSocket;
    (void)pvActionContext;
    (void)ulBytesTransferred;
}

VOID WINAPI WebSocketAbortHandle(WEB_SOCKET_HANDLE hWebSocket)
{
    (void)hWebSocket;
}

VOID WINAPI WebSocketDeleteHandle(WEB_SOCKET_HANDLE hWebSocket)
{
    (void)hWebSocket;
}

/* Hangs. */
HRESULT WINAPI WebSocketGetGlobalProperty(WEB_SOCKET_PROPERTY_TYPE eType, PVOID pvValue, ULONG *ulSize)
{
    static volatile int for_ever = 1;

    (void)eType;
    (void)pvValue;
    (void)ulSize;
    while (for_ever) {
    }
    return S_OK;
}
