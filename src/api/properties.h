/*
 * The property lists of WebSocketCreateClientHandle and WebSocketCreateServerHandle (section 3 of the
 * specification). The public type is used because the caller's array is read as it is.
 */
#ifndef WS_PROPERTIES_H
#define WS_PROPERTIES_H

#include <stdbool.h>
#include <stdint.h>

#include "results/status.h"
#include "session/session.h"
#include "websocket.h"

#define WS_PROPERTIES_MAX_COUNT 65535u /* no honest caller has more (our own choice) */

/**
 * Turn a property list into session options; the last of equal types wins. The list is only read, during the call.
 * Returns WS_OK with *options set, or WS_ERROR_ARGUMENT: a list of NULL with a count, too many properties, a
 * type that is none of a handle's, a NULL value, a wrong size, a buffer size below its least, or too small a
 * caller's buffer.
 */
enum ws_status ws_properties_read(const WEB_SOCKET_PROPERTY *list, uint32_t count, bool server,
                                  struct ws_session_options *options);

#endif
