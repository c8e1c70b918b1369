/*
 * http_socket.c - see http_socket.h.
 */
#include "http_socket.h"

#include <string.h>

enum { PATIENCE = 30000 }; /* milliseconds */

bool http_wait(net_socket socket, short events, int patience)
{
    struct pollfd one;
    memset(&one, 0, sizeof one);
    one.fd = socket;
    one.events = events;
    net_poll(&one, 1, patience);
    return one.revents != 0;
}

bool http_send(net_socket socket, const char *text, size_t size)
{
    while (size > 0) {
        struct net_part part = {text, size};
        int written = net_write(socket, &part, 1);
        if (written == NET_LOST || (written == NET_WAIT && !http_wait(socket, POLLOUT, PATIENCE)))
            return false;
        text += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

bool http_receive(net_socket socket, struct http_head *head)
{
    enum http_progress progress = HTTP_MORE;
    while (progress == HTTP_MORE) {
        int count = net_read(socket, head->text + head->size, HTTP_HEAD_SIZE - head->size);
        if (count == 0 || count == NET_LOST || (count == NET_WAIT && !http_wait(socket, POLLIN, PATIENCE)))
            return false;
        head->size += count > 0 ? (size_t)count : 0;
        progress = http_parse(head);
    }
    return progress == HTTP_COMPLETE;
}
