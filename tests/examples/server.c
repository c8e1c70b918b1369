/* server.c - answers one WebSocket client at a time with what it sends:  server 8080 */
#include <signal.h>

#include "connection.h"

/* One client, from its request to its close frame. */
static void serve(SOCKET peer)
{
    /* 1. The request's headers are checked, the response's made. */
    static char head[8192];
    WEB_SOCKET_HTTP_HEADER theirs[64], *ours;
    ULONG count = read_head(peer, head, theirs);
    WEB_SOCKET_HANDLE handle = NULL;
    WebSocketCreateServerHandle(NULL, 0, &handle);
    if (FAILED(WebSocketBeginServerHandshake(handle, NULL, NULL, 0, theirs, count, &ours, &count))) {
        send(peer, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", 47, 0);
        WebSocketDeleteHandle(handle);
        return;
    }
    int size = sprintf(head, "HTTP/1.1 101 Switching Protocols\r\n");
    for (ULONG i = 0; i < count; i++)
        size += sprintf(head + size, "%s: %s\r\n", ours[i].pcName, ours[i].pcValue);
    size += sprintf(head + size, "\r\n");
    send(peer, head, (length)size, 0);
    WebSocketEndServerHandshake(handle);

    /* 2. Every message, or part of one, goes back with its type. Pings are answered by the library. */
    WEB_SOCKET_BUFFER received, sent;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context;
    while (SUCCEEDED(WebSocketReceive(handle, NULL, NULL)) &&
           next_message(handle, peer, &received, &type, &context)) {
        PVOID receive = context; /* completed last: until then the message's memory stays as it is */
        sent = received;
        if (type != WEB_SOCKET_PING_PONG_BUFFER_TYPE)
            WebSocketSend(handle, type, &sent, NULL);
        next_message(handle, peer, &sent, &type, &context);
        WebSocketCompleteAction(handle, receive, 0);
    }

    /* 3. The client's close frame is answered with its status, a broken protocol with 1002 or 1007. */
    sent = received;
    if (sent.CloseStatus.usStatus != WEB_SOCKET_ABORTED_CLOSE_STATUS)
        WebSocketSend(handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, &sent, NULL);
    WebSocketCompleteAction(handle, context, 0);
    next_message(handle, peer, &received, &type, &context);
    WebSocketDeleteHandle(handle);
}

int main(int argc, char **argv)
{
#ifdef _WIN32
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
#else
    signal(SIGPIPE, SIG_IGN); /* a client that is gone shall not end the server */
#endif
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)atoi(argc > 1 ? argv[1] : "8080"))};
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 16) != 0)
        return 1;
    printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (SOCKET peer; (peer = accept(listener, NULL, NULL)) != (SOCKET)-1; closesocket(peer))
        serve(peer);
    return 0;
}
