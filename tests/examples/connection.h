/* connection.h - what client.c and server.c share: reading an HTTP head, carrying out actions. */
#ifdef _WIN32
#include <winsock2.h>
typedef int length; /* as send and recv take it */
#else
#include <arpa/inet.h>
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

/* Reads an HTTP head, byte by byte so that no byte of a frame behind it is taken, and points the array's
 * elements to its "Name: value" lines: the library wants pointers and lengths, no copies. Returns how many. */
static ULONG read_head(SOCKET peer, char head[8192], WEB_SOCKET_HTTP_HEADER headers[64])
{
    int size = 0;
    while (size < 8191 && (size < 4 || memcmp(head + size - 4, "\r\n\r\n", 4) != 0))
        if (recv(peer, head + size++, 1, 0) != 1)
            return 0;
    head[size] = 0;
    ULONG count = 0;
    char *line = strstr(head, "\r\n"), *end;
    while (count < 64 && line != NULL && (end = strstr(line += 2, "\r\n")) != NULL && end > line) {
        char *colon = memchr(line, ':', (size_t)(end - line));
        if (colon != NULL)
            headers[count++] =
                (WEB_SOCKET_HTTP_HEADER){line, (ULONG)(colon - line), colon + 1, (ULONG)(end - colon - 1)};
        line = end;
    }
    return count;
}

/* Carries out one action after the other, until a receive is over or there is nothing to do. True if a
 * message, or a part of one, has arrived; it is in *message until the context is completed. Else *message
 * holds the status that the connection ends with. */
static BOOL next_message(WEB_SOCKET_HANDLE handle, SOCKET peer, WEB_SOCKET_BUFFER *message,
                         WEB_SOCKET_BUFFER_TYPE *type, PVOID *context)
{
    WEB_SOCKET_ACTION action = WEB_SOCKET_NO_ACTION;
    do {
        WEB_SOCKET_BUFFER buffers[2];
        ULONG count = 2, bytes = 0;
        PVOID operation;
        HRESULT result = WebSocketGetAction(handle, WEB_SOCKET_ALL_ACTION_QUEUE, buffers, &count, &action,
                                            type, &operation, context);
        *message = buffers[0];
        if (FAILED(result))
            return FALSE; /* the peer broke the protocol: the buffer holds the close status to answer with */
        if (action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION)
            return *type != WEB_SOCKET_CLOSE_BUFFER_TYPE;
        if (action == WEB_SOCKET_SEND_TO_NETWORK_ACTION) /* header and payload, or one buffer with both */
            for (ULONG i = 0; i < count; i++)
                bytes += (ULONG)send(peer, (char *)buffers[i].Data.pbBuffer,
                                     (length)buffers[i].Data.ulBufferLength, 0);
        if (action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION) {
            int got =
                (int)recv(peer, (char *)buffers[0].Data.pbBuffer, (length)buffers[0].Data.ulBufferLength, 0);
            bytes = got > 0 ? (ULONG)got : 0; /* 0 tells the library that the connection is lost */
        }
        WebSocketCompleteAction(handle, *context, bytes);
    } while (action != WEB_SOCKET_NO_ACTION);
    return FALSE;
}
