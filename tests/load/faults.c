/*
 * faults.c - what is linked into echo_server to make it a bad one, because a test that finds nothing wrong
 * with any server would find nothing wrong with ours either. The linker's --wrap sends the server's calls
 * here. The environment variable ECHO_FAULT says which fault it has:
 *
 *     byte         one bit of one message in a thousand is not what was received
 *     status       text that is not UTF-8 is answered with 1002
 *     memory       every message leaves 64 bytes behind
 *     descriptor   one connection in a hundred leaves a descriptor behind
 *     room         there is no memory for more than a few connections
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net.h"

#include "websocket.h"

enum { MESSAGES = 1000, SOCKETS = 100, LEFT_BEHIND = 64, ROOM = 512 };

HRESULT WINAPI __real_WebSocketSend(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type,
                                    WEB_SOCKET_BUFFER *buffer, PVOID context);
HRESULT WINAPI __wrap_WebSocketSend(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type,
                                    WEB_SOCKET_BUFFER *buffer, PVOID context);
void __real_net_close(net_socket socket);
void __wrap_net_close(net_socket socket);
void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);

static bool has_fault(const char *name)
{
    const char *fault = getenv("ECHO_FAULT");
    return fault != NULL && strcmp(fault, name) == 0;
}

HRESULT WINAPI __wrap_WebSocketSend(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type,
                                    WEB_SOCKET_BUFFER *buffer, PVOID context)
{
    static unsigned long count;
    static void *volatile left_behind;
    if (type == WEB_SOCKET_CLOSE_BUFFER_TYPE) {
        if (has_fault("status") && buffer->CloseStatus.usStatus == WEB_SOCKET_INVALID_PAYLOAD_CLOSE_STATUS)
            buffer->CloseStatus.usStatus = WEB_SOCKET_PROTOCOL_ERROR_CLOSE_STATUS;
    } else if (has_fault("memory")) {
        left_behind = malloc(LEFT_BEHIND);
        if (left_behind != NULL)
            memset(left_behind, 1, LEFT_BEHIND);
    } else if (buffer->Data.ulBufferLength > 0 && ++count % MESSAGES == 0 && has_fault("byte")) {
        buffer->Data.pbBuffer[buffer->Data.ulBufferLength / 2] ^= 1;
    }
    return __real_WebSocketSend(handle, type, buffer, context);
}

void __wrap_net_close(net_socket socket)
{
    static unsigned long count;
    __real_net_close(socket);
    if (++count % SOCKETS == 0 && has_fault("descriptor"))
        (void)!dup(STDOUT_FILENO);
}

void *__wrap_realloc(void *block, size_t size)
{
    return size > ROOM && has_fault("room") ? NULL : __real_realloc(block, size);
}
