/* connection.h - what client.c and server.c share: sockets, reading an HTTP head, carrying out actions. */
#ifdef _WIN32
#include <winsock2.h>
typedef int length; /* as send and recv take it */
#define strncasecmp _strnicmp
#else
#include <arpa/inet.h>
#include <signal.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
typedef int SOCKET;
typedef size_t length;
#define closesocket close
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <websocket.h>

static void start_network(void)
{
#ifdef _WIN32
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
#else
    signal(SIGPIPE, SIG_IGN); /* a peer that is gone shall not end the program */
#endif
}

/* Returns how many bytes went: all, unless the connection is lost. */
static ULONG send_all(SOCKET peer, const void *bytes, ULONG size)
{
    ULONG sent = 0;
    while (sent < size) {
        int step = (int)send(peer, (const char *)bytes + sent, (length)(size - sent), 0);
        if (step <= 0)
            break;
        sent += (ULONG)step;
    }
    return sent;
}

enum head { HEAD_READ, HEAD_BROKEN, HEAD_TOO_LARGE, HEAD_LOST };

/* Reads an HTTP head, byte by byte so that no byte of a frame behind it is taken, and points the array's elements to its
 * "Name: value" lines: the library wants pointers and lengths, no copies. */
static enum head read_head(SOCKET peer, char head[8192], WEB_SOCKET_HTTP_HEADER headers[64], ULONG *count)
{
    int size = 0;
    *count = 0;
    head[0] = 0;
    while (size < 4 || memcmp(head + size - 4, "\r\n\r\n", 4) != 0) {
        if (size == 8191)
            return HEAD_TOO_LARGE;
        if (recv(peer, head + size, 1, 0) != 1)
            return HEAD_LOST;
        head[++size] = 0;
    }
    char *line = strstr(head, "\r\n") + 2, *end;
    for (; (end = strstr(line, "\r\n")) != NULL && end > line; line = end + 2) {
        char *colon = memchr(line, ':', (size_t)(end - line));
        if (colon == NULL || *line == ' ' || *line == '\t')
            return HEAD_BROKEN;
        if (*count == 64)
            return HEAD_TOO_LARGE;
        headers[(*count)++] =
            (WEB_SOCKET_HTTP_HEADER){line, (ULONG)(colon - line), colon + 1, (ULONG)(end - colon - 1)};
    }
    return HEAD_READ;
}

/* Carries out one action after the other, until a receive is over or there is nothing to do. True if a message, a part of
 * one, or a pong has arrived; it is in *message until the context is completed. Else the message is how the connection
 * ends, as a CloseStatus: the peer's, 1006 if there is none, 1002 or 1007 to answer a peer that broke the protocol. */
static BOOL next_message(WEB_SOCKET_HANDLE handle, SOCKET peer, WEB_SOCKET_BUFFER *message,
                         WEB_SOCKET_BUFFER_TYPE *type, PVOID *context)
{
    for (;;) {
        WEB_SOCKET_BUFFER buffers[2] = {{.CloseStatus = {NULL, 0, WEB_SOCKET_ABORTED_CLOSE_STATUS}}};
        WEB_SOCKET_ACTION action = WEB_SOCKET_NO_ACTION;
        ULONG count = 2, bytes = 0;
        PVOID operation;
        HRESULT result = WebSocketGetAction(handle, WEB_SOCKET_ALL_ACTION_QUEUE, buffers, &count, &action,
                                            type, &operation, context);
        *message = buffers[0];
        if (FAILED(result) || action == WEB_SOCKET_NO_ACTION)
            return FALSE;
        if (action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION)
            return *type != WEB_SOCKET_CLOSE_BUFFER_TYPE;
        if (action == WEB_SOCKET_SEND_TO_NETWORK_ACTION) /* header and payload, or one buffer with both */
            for (ULONG i = 0; i < count; i++)
                bytes += send_all(peer, buffers[i].Data.pbBuffer, buffers[i].Data.ulBufferLength);
        if (action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION) {
            int got =
                (int)recv(peer, (char *)buffers[0].Data.pbBuffer, (length)buffers[0].Data.ulBufferLength, 0);
            bytes = got > 0 ? (ULONG)got : 0; /* 0 tells the library that the connection is lost */
        }
        WebSocketCompleteAction(handle, *context, bytes);
    }
}
