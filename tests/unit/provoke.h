/*
 * Calls of the exports that are refused, one for each reason of src/results/reasons.h, and the sessions that they need.
 */
#ifndef PROVOKE_H
#define PROVOKE_H

#include "handle_pair.h"
#include "results/status.h"
#include "unit.h"
#include "websocket.h"

/* A client's successful Begin. */
void provoke_begin(WEB_SOCKET_HANDLE client, PWEB_SOCKET_HTTP_HEADER *headers, ULONG *count);

/* The next action of one queue, with room for two buffers. */
HRESULT provoke_next(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE side, WEB_SOCKET_ACTION *action,
                     WEB_SOCKET_BUFFER *buffer, PVOID *context);

/* A receive whose network read brings these bytes, and all that follows until nothing does or a call fails. */
void provoke_arrive(WEB_SOCKET_HANDLE handle, PBYTE memory, ULONG room, const char *bytes, ULONG size);

/*
 * Provoke a refusal for one reason; each function has the reasons of one kind.
 * Returns the name of the function that is refused, or NULL: the reason is not of this kind.
 */
const char *provoke_argument(enum ws_status why);
const char *provoke_moment(enum ws_status why);
const char *provoke_headers(enum ws_status why);
const char *provoke_frame(enum ws_status why);

/* The length of this string is a lie when the library next asks for it: 2^32 - 1. */
extern const char *provoke_endless;

#endif
