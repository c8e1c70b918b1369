/* server.c - answers one WebSocket client at a time with what it sends:  server 8080 */
#include "connection.h"

/* What is wrong with a request, as HTTP has it; NULL: nothing. The library knows headers; an HTTP server also looks at
 * the first line and the size, and at a body, for what is behind the head would be taken for frames. */
static const char *find_fault(enum head result, const char *head, const WEB_SOCKET_HTTP_HEADER *headers,
                              ULONG count)
{
    const char *target = strchr(head, ' '), *version = target != NULL ? strchr(target + 1, ' ') : NULL;
    if (result == HEAD_TOO_LARGE)
        return "431 Request Header Fields Too Large";
    if (result != HEAD_READ || version == NULL || strncmp(version, " HTTP/", 6) != 0)
        return "400 Bad Request";
    if (strncmp(version, " HTTP/1.1\r\n", 11) != 0)
        return "505 HTTP Version Not Supported";
    if (strncmp(head, "GET ", 4) != 0)
        return "405 Method Not Allowed";
    for (ULONG i = 0; i < count; i++)
        if (strncasecmp(headers[i].pcName, "Transfer-Encoding:", 18) == 0 ||
            (strncasecmp(headers[i].pcName, "Content-Length:", 15) == 0 && atoi(headers[i].pcValue) != 0))
            return "400 Bad Request";
    return NULL;
}

/* Says no, and waits for the client to hang up: closed at once, with bytes unread, a connection may lose what was said. */
static void refuse(SOCKET peer, const char *status)
{
    char text[512];
    int size = sprintf(text,
                       "HTTP/1.1 %s\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nAllow: GET\r\n"
                       "Sec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n",
                       status);
    send_all(peer, text, (ULONG)size);
    shutdown(peer, 1);
    while (recv(peer, text, sizeof text, 0) > 0) {
    }
}

/* One client, from its request to its close frame. */
static void serve(SOCKET peer)
{
    /* 1. The request is checked, the response made. */
    static char head[8192];
    WEB_SOCKET_HTTP_HEADER theirs[64], *ours;
    ULONG count;
    enum head request = read_head(peer, head, theirs, &count);
    if (request == HEAD_LOST)
        return;
    const char *fault = find_fault(request, head, theirs, count);
    WEB_SOCKET_HANDLE handle = NULL;
    if (fault == NULL && FAILED(WebSocketCreateServerHandle(NULL, 0, &handle)))
        fault = "503 Service Unavailable";
    if (fault == NULL) {
        HRESULT result = WebSocketBeginServerHandshake(handle, NULL, NULL, 0, theirs, count, &ours, &count);
        if (FAILED(result))
            fault = result == E_PROTOCOL_VERSION_NOT_SUPPORTED ? "426 Upgrade Required" : "400 Bad Request";
    }
    if (fault != NULL) {
        refuse(peer, fault);
        WebSocketDeleteHandle(handle);
        return;
    }
    int size = sprintf(head, "HTTP/1.1 101 Switching Protocols\r\n");
    for (ULONG i = 0; i < count; i++)
        size += sprintf(head + size, "%s: %s\r\n", ours[i].pcName, ours[i].pcValue);
    size += sprintf(head + size, "\r\n");
    send_all(peer, head, (ULONG)size);
    WebSocketEndServerHandshake(handle);

    /* 2. Every message, or part of one, goes back with its type. Pings are answered by the library. */
    WEB_SOCKET_BUFFER received, sent;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context;
    for (;;) {
        WebSocketReceive(handle, NULL, NULL);
        if (!next_message(handle, peer, &received, &type, &context))
            break;
        PVOID receive = context; /* completed last: until then the message's memory stays as it is */
        sent = received;
        if (type != WEB_SOCKET_PING_PONG_BUFFER_TYPE)
            WebSocketSend(handle, type, &sent, NULL);
        next_message(handle, peer, &sent, &type, &context);
        WebSocketCompleteAction(handle, receive, 0);
    }

    /* 3. The client's close frame is answered with its status, a broken protocol with 1002 or 1007. */
    if (received.CloseStatus.usStatus != WEB_SOCKET_ABORTED_CLOSE_STATUS)
        WebSocketSend(handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, &received, NULL);
    next_message(handle, peer, &sent, &type, &context);
    WebSocketDeleteHandle(handle);
}

int main(int argc, char **argv)
{
    start_network();
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)atoi(argc > 1 ? argv[1] : "8080"))};
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
#ifndef _WIN32   /* where it would let two programs listen at once */
    int yes = 1; /* connections that have just ended do not keep the port */
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
#endif
    if (listener == (SOCKET)-1 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 16) != 0) {
        fprintf(stderr, "cannot listen on 127.0.0.1:%d\n", ntohs(address.sin_port));
        return 1;
    }
    printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (SOCKET peer; (peer = accept(listener, NULL, NULL)) != (SOCKET)-1; closesocket(peer))
        serve(peer);
    return 0;
}
