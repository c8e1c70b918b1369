/*
 * http_socket.h - a handshake's two texts on a socket that does not block, each waited for.
 */
#ifndef HTTP_SOCKET_H
#define HTTP_SOCKET_H

#include "../net.h"

#include "../http.h"

/* Waits until the socket can do what events ask. False: the time, in milliseconds, is over. */
bool http_wait(net_socket socket, short events, int patience);

/* Writes all of it. False: the peer is gone, or has taken nothing for too long. */
bool http_send(net_socket socket, const char *text, size_t size);

/* Reads a whole head into one that is all zeros. False: there is none. */
bool http_receive(net_socket socket, struct http_head *head);

#endif
