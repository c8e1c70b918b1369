/*
 * See peer.h.
 */
#define _GNU_SOURCE /* SOCK_NONBLOCK */

#include "peer.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SOURCES = 16 };

static struct sockaddr_in address_of(uint32_t host, uint16_t port)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(host);
    return address;
}

bool peer_connect(struct peer *peer, const struct peer_place *place, void *data)
{
    int on = 1;
    struct sockaddr_in from = address_of(INADDR_LOOPBACK + 1 + peer->number % SOURCES, 0);
    struct sockaddr_in to = address_of(INADDR_LOOPBACK, place->port);
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = data};
    peer->state = PEER_RUNS;
    peer->events = EPOLLOUT;
    peer->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool connects = peer->socket >= 0 &&
                    setsockopt(peer->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
                    setsockopt(peer->socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) == 0 &&
                    bind(peer->socket, (struct sockaddr *)&from, sizeof from) == 0 &&
                    (connect(peer->socket, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS) &&
                    epoll_ctl(place->epoll, EPOLL_CTL_ADD, peer->socket, &event) == 0;
    if (!connects)
        peer_fail(peer, "cannot connect: %s", strerror(errno));
    return connects;
}

void peer_watch(struct peer *peer, const struct peer_place *place, uint32_t events, void *data)
{
    struct epoll_event event = {.events = events, .data.ptr = data};
    if (peer->socket < 0 || peer->events == events)
        return;
    peer->events = events;
    if (epoll_ctl(place->epoll, EPOLL_CTL_MOD, peer->socket, &event) != 0)
        peer_fail(peer, "epoll: %s", strerror(errno));
}

void peer_disconnect(struct peer *peer, bool reset)
{
    struct linger linger = {1, 0};
    if (peer->socket < 0)
        return;
    if (reset)
        setsockopt(peer->socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(peer->socket);
    peer->socket = -1;
}

bool peer_finish(struct peer *peer)
{
    if (shutdown(peer->socket, SHUT_WR) != 0)
        peer_fail(peer, "cannot end the stream: %s", strerror(errno));
    return peer->state == PEER_RUNS;
}

void peer_fail(struct peer *peer, const char *format, ...)
{
    va_list arguments;
    if (peer->state == PEER_FAILED)
        return;
    peer->state = PEER_FAILED;
    va_start(arguments, format);
    vsnprintf(peer->trouble, sizeof peer->trouble, format, arguments);
    va_end(arguments);
}

static long moved(ssize_t count)
{
    if (count >= 0)
        return (long)count;
    return errno == EAGAIN || errno == EINTR ? PEER_NOTHING : PEER_BROKEN;
}

long peer_send(const struct peer *peer, const void *bytes, size_t size)
{
    return moved(send(peer->socket, bytes, size, MSG_NOSIGNAL));
}

long peer_receive(const struct peer *peer, void *to, size_t room)
{
    return moved(recv(peer->socket, to, room, 0));
}

uint64_t peer_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
