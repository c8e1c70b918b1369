/*
 * The short way of the usual message: unfragmented, at most WS_SHORT_WAY_MAX bytes of payload, the only operation of its
 * side, on an open session with nothing held. Each function does what the general ones do, in fewer steps, and returns true;
 * or it returns false with nothing changed, and the general ones begin from their start. That is so wherever anything is
 * unusual or wrong, or somebody listens to the trace. Of the protocol it knows no rule but how a small header is read.
 *
 * The CMake option WEBSOCKET_SHORT_WAY leaves it out; the library then does the same in more time.
 */
#ifndef WS_SHORT_WAY_H
#define WS_SHORT_WAY_H

#include <stdbool.h>

#include "outputs.h"
#include "session.h"

/* More bytes take so long that the steps saved do not count. */
#define WS_SHORT_WAY_MAX 16384u

#ifdef WS_WITHOUT_SHORT_WAY

#define ws_short_way_send(session, type, buffer, context) false
#define ws_short_way_receive(session, context)            false
#define ws_short_way_next(session, sides, ...)            false
#define ws_short_way_complete(session, context, bytes)    false

#else

bool ws_short_way_send(struct ws_session *session, WEB_SOCKET_BUFFER_TYPE type,
                       const WEB_SOCKET_BUFFER *buffer, PVOID context);
bool ws_short_way_receive(struct ws_session *session, PVOID context);
bool ws_short_way_next(struct ws_session *session, unsigned sides, struct ws_outputs out);
bool ws_short_way_complete(struct ws_session *session, PVOID context, ULONG bytes);

#endif

/* For the general functions beside it: drawn into one with the short way they would cost it registers. */
#if defined(_MSC_VER)
#define WS_OUT_OF_LINE __declspec(noinline)
#else
#define WS_OUT_OF_LINE __attribute__((noinline))
#endif

#endif
