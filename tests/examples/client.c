/* client.c - says something to a WebSocket server, prints the answer, closes:  client 127.0.0.1 8080 Hello */
#include "connection.h"

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    start_network();

    /* 1. A connection, and a handle. */
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[2]))};
    address.sin_addr.s_addr = inet_addr(argv[1]);
    SOCKET peer = socket(AF_INET, SOCK_STREAM, 0);
    WEB_SOCKET_HANDLE handle = NULL;
    if (peer == (SOCKET)-1 || connect(peer, (struct sockaddr *)&address, sizeof address) != 0 ||
        FAILED(WebSocketCreateClientHandle(NULL, 0, &handle)))
        return 1;

    /* 2. The request: a line of HTTP, Host, and the library's headers. */
    static char head[8192];
    WEB_SOCKET_HTTP_HEADER theirs[64], *ours;
    ULONG count;
    WebSocketBeginClientHandshake(handle, NULL, 0, NULL, 0, NULL, 0, &ours, &count);
    int size = sprintf(head, "GET / HTTP/1.1\r\nHost: %s:%s\r\n", argv[1], argv[2]);
    for (ULONG i = 0; i < count; i++)
        size += sprintf(head + size, "%s: %s\r\n", ours[i].pcName, ours[i].pcValue);
    size += sprintf(head + size, "\r\n");
    send_all(peer, head, (ULONG)size);

    /* 3. The response: 101, and headers that the library checks. */
    enum head answer = read_head(peer, head, theirs, &count);
    HRESULT result = WebSocketEndClientHandshake(handle, theirs, count, NULL, NULL, NULL);
    if (answer != HEAD_READ || strncmp(head, "HTTP/1.1 101", 12) != 0 || FAILED(result)) {
        printf("refused: %.*s (0x%08X)\n", (int)strcspn(head, "\r"), head, (unsigned)result);
        WebSocketDeleteHandle(handle);
        return 1;
    }

    /* 4. A message goes, a message comes: in parts, if it is large or the server sends it so; pongs may come between.
     * Text is UTF-8. */
    WEB_SOCKET_BUFFER buffer = {.Data = {(PBYTE)argv[3], (ULONG)strlen(argv[3])}};
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context;
    BOOL is_open, is_whole = FALSE;
    WebSocketSend(handle, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, &buffer, NULL);
    do {
        WebSocketReceive(handle, NULL, NULL);
        is_open = next_message(handle, peer, &buffer, &type, &context);
        if (is_open && type != WEB_SOCKET_PING_PONG_BUFFER_TYPE) {
            printf("received: %.*s\n", (int)buffer.Data.ulBufferLength, (char *)buffer.Data.pbBuffer);
            is_whole =
                type == WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE || type == WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;
        }
        if (is_open)
            WebSocketCompleteAction(handle, context, 0);
    } while (is_open && !is_whole);

    /* 5. A close frame goes, and the server's comes, behind what it still had to say. Or the server has closed first, or
     * broken the protocol: its status goes back, or that of its error. Or it is gone. */
    WEB_SOCKET_BUFFER closing = {.CloseStatus = {NULL, 0, WEB_SOCKET_SUCCESS_CLOSE_STATUS}};
    if (!is_open)
        closing = buffer;
    if (closing.CloseStatus.usStatus != WEB_SOCKET_ABORTED_CLOSE_STATUS)
        WebSocketSend(handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, &closing, NULL);
    while (is_open) {
        WebSocketReceive(handle, NULL, NULL);
        is_open = next_message(handle, peer, &buffer, &type, &context);
        if (is_open)
            WebSocketCompleteAction(handle, context, 0);
    }
    next_message(handle, peer, &closing, &type, &context); /* what is still to be sent */
    printf("closed: %u\n", (unsigned)buffer.CloseStatus.usStatus);
    WebSocketDeleteHandle(handle);
    closesocket(peer);
    return is_whole ? 0 : 1;
}
