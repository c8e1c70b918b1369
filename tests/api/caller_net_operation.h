/*
 * caller_net_operation.h - one operation of the .NET caller: the lock, and the loop around GetAction.
 *
 * For caller_net.c alone; the habits are told in caller_net.h.
 */
#ifndef API_CALLER_NET_OPERATION_H
#define API_CALLER_NET_OPERATION_H

#include <stdbool.h>

#include "caller_net.h"

struct net_operation {
    WEB_SOCKET_ACTION_QUEUE queue;
    ULONG room; /* for buffers */
    bool done;
    bool failed; /* it ended with an exception, or with a violation */

    /* a receive */
    uint8_t *buffer;
    size_t size;
    struct net_result *result;
    bool has_result;
    bool pong_received;
};

/* The session's lock. A thread that has it may take it again, and must then leave it as often. */
void net_enter(struct net_socket *socket);
void net_leave(struct net_socket *socket);

/* All these are called with the lock taken. */

/* Runs the operation, whose WebSocketSend was called before, until it is done or failed. */
void net_run(struct net_socket *socket, struct net_operation *operation);

/* One GetAction, its pointers checked. False: the operation failed. */
bool net_ask(struct net_socket *socket, struct net_operation *operation, struct net_action *action);

void net_complete(struct net_socket *socket, const struct net_action *action, ULONG bytes);

/* Notes the result of a call; false if it is a failure, with which the operation ends. */
bool net_succeeded(struct net_socket *socket, struct net_operation *operation, HRESULT result);

/* Notes a breach of the contract, with which the operation ends. */
void net_violate(struct net_socket *socket, struct net_operation *operation, const char *what);

/* Both closes went their way: deletes the handle. */
void net_finish(struct net_socket *socket);

#endif
