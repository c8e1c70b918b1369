/*
 * net.c - sockets on two kinds of systems. The differences are small: how an error is asked for, how a socket
 * is made not to block, and the names of a few calls. All of them are in this file.
 */
#ifndef _WIN32
#define _POSIX_C_SOURCE 200809L
#endif

#include "net.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#ifdef _WIN32

#define NET_ERROR      WSAGetLastError()
#define NET_ERROR_WAIT WSAEWOULDBLOCK

#else

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define NET_ERROR      errno
#define NET_ERROR_WAIT EAGAIN

#endif

bool net_start(void)
{
#ifdef _WIN32
    WSADATA data;
    return WSAStartup(MAKEWORD(2, 2), &data) == 0;
#else
    /* The usual limit of open files is far below the number of connections that a system can hold. */
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    /* Writing to a connection that the peer has reset must be an error of that call, not the end of the
     * process. */
    return signal(SIGPIPE, SIG_IGN) != SIG_ERR;
#endif
}

static bool set_option(net_socket socket, int level, int name)
{
    int on = 1;
    return setsockopt(socket, level, name, (const char *)&on, sizeof on) == 0;
}

static bool make_ready(net_socket socket)
{
    set_option(socket, IPPROTO_TCP, TCP_NODELAY); /* an echo is often smaller than a packet, and awaited */
    set_option(socket, SOL_SOCKET, SO_KEEPALIVE); /* a peer that vanished is noticed some day */
#ifdef _WIN32
    u_long on = 1;
    return ioctlsocket(socket, (long)FIONBIO, &on) == 0;
#else
    int flags = fcntl(socket, F_GETFL);
    return flags != -1 && fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0;
#endif
}

static bool start_listening(net_socket socket, const struct addrinfo *address)
{
#ifdef _WIN32
    /* There, SO_REUSEADDR would let two programs listen on one port. */
    set_option(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE);
#else
    set_option(socket, SOL_SOCKET, SO_REUSEADDR);
#endif
    return bind(socket, address->ai_addr, (socklen_t)address->ai_addrlen) == 0 &&
           listen(socket, SOMAXCONN) == 0 && make_ready(socket);
}

static bool start_connection(net_socket socket, const struct addrinfo *address)
{
    return connect(socket, address->ai_addr, (socklen_t)address->ai_addrlen) == 0 && make_ready(socket);
}

/* Tries one address of the host after another until start succeeds with one. */
static net_socket open_socket(const char *host, const char *port, int flags,
                              bool (*start)(net_socket, const struct addrinfo *))
{
    struct addrinfo hints;
    struct addrinfo *addresses;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    if (getaddrinfo(host, port, &hints, &addresses) != 0)
        return NET_NONE;

    net_socket found = NET_NONE;
    for (const struct addrinfo *address = addresses; address != NULL && found == NET_NONE;
         address = address->ai_next) {
        net_socket candidate = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
        if (candidate != NET_NONE && start(candidate, address))
            found = candidate;
        else
            net_close(candidate);
    }
    freeaddrinfo(addresses);
    return found;
}

net_socket net_listen(const char *host, const char *port)
{
    return open_socket(host, port, AI_PASSIVE, start_listening);
}

net_socket net_connect(const char *host, const char *port)
{
    return open_socket(host, port, 0, start_connection);
}

net_socket net_accept(net_socket listener, bool *exhausted)
{
    net_socket accepted = accept(listener, NULL, NULL);
    *exhausted = false;
    if (accepted == NET_NONE) {
        int error = NET_ERROR;
#ifdef _WIN32
        *exhausted = error == WSAEMFILE || error == WSAENOBUFS;
#else
        *exhausted = error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
#endif
        return NET_NONE;
    }
    if (!make_ready(accepted)) {
        net_close(accepted);
        return NET_NONE;
    }
    return accepted;
}

void net_own_address(net_socket socket, char *text, size_t room)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    char host[48];
    char port[8];
    memset(&address, 0, sizeof address);
    if (getsockname(socket, (struct sockaddr *)&address, &size) != 0 ||
        getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        snprintf(text, room, "an unknown address");
    else
        snprintf(text, room, address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

/* What a failed call means to the caller. */
static int failure(void)
{
    int error = NET_ERROR;
#ifndef _WIN32
    if (error == EWOULDBLOCK || error == EINTR)
        return NET_WAIT;
#endif
    return error == NET_ERROR_WAIT ? NET_WAIT : NET_LOST;
}

int net_read(net_socket socket, void *to, size_t room)
{
#ifdef _WIN32
    int count = recv(socket, to, room > INT_MAX ? INT_MAX : (int)room, 0);
#else
    int count = (int)recv(socket, to, room > INT_MAX ? INT_MAX : room, 0);
#endif
    return count >= 0 ? count : failure();
}

int net_write(net_socket socket, const struct net_part *parts, unsigned count)
{
    enum { MAX_PART = 0x18000000 }; /* so that NET_PARTS of them are an int */
#ifdef _WIN32
    WSABUF vector[NET_PARTS];
#else
    struct iovec vector[NET_PARTS];
#endif
    unsigned used = 0;
    bool whole = true;
    for (; used < count && used < NET_PARTS && whole; used++) {
        whole = parts[used].size <= MAX_PART;
        size_t size = whole ? parts[used].size : MAX_PART;
#ifdef _WIN32 /* Neither system's vector promises to leave the bytes alone, but both do. */
        vector[used].buf = (char *)(uintptr_t)parts[used].bytes;
        vector[used].len = (ULONG)size;
#else
        vector[used].iov_base = (void *)(uintptr_t)parts[used].bytes;
        vector[used].iov_len = size;
#endif
    }
#ifdef _WIN32
    DWORD sent = 0;
    return WSASend(socket, vector, used, &sent, 0, NULL, NULL) == 0 ? (int)sent : failure();
#else
    ssize_t sent = writev(socket, vector, (int)used);
    return sent >= 0 ? (int)sent : failure();
#endif
}

void net_finish_writing(net_socket socket)
{
#ifdef _WIN32
    shutdown(socket, SD_SEND);
#else
    shutdown(socket, SHUT_WR);
#endif
}

void net_close(net_socket socket)
{
    if (socket == NET_NONE)
        return;
#ifdef _WIN32
    closesocket(socket);
#else
    close(socket);
#endif
}

void net_poll(struct pollfd *sockets, size_t count, int milliseconds)
{
#ifdef _WIN32
    int ready = WSAPoll(sockets, (ULONG)count, milliseconds);
#else
    int ready = poll(sockets, (nfds_t)count, milliseconds);
#endif
    if (ready < 0) /* interrupted: nothing is ready, and the caller looks at why it was woken */
        for (size_t i = 0; i < count; i++)
            sockets[i].revents = 0;
}

uint64_t net_clock(void)
{
#ifdef _WIN32
    return GetTickCount64();
#else
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
#endif
}
