/*
 * caller_net_handshake.h - how .NET gets from WebSocketCreate...Handle to an open session.
 *
 * .NET speaks HTTP itself. The library, which wants to see a handshake, is shown made-up headers.
 */
#ifndef API_CALLER_NET_HANDSHAKE_H
#define API_CALLER_NET_HANDSHAKE_H

#include <stddef.h>

#include "websocket.h"

/* Each fails the case if a call fails. The handle must be fresh from Create, of this role. */
void net_fake_client_handshake(WEB_SOCKET_HANDLE client);
void net_fake_server_handshake(WEB_SOCKET_HANDLE server);

/* What .NET reads out of a client's request headers to learn the protocol's version, ended by NUL. */
void net_supported_version(char *version, size_t room);

#endif
