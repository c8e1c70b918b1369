/*
 * What api.c tells the trace of calls that succeed: which operation they are about is found out here, when somebody
 * listens.
 */
#ifndef WS_TRACE_OPERATION_H
#define WS_TRACE_OPERATION_H

#include <stdint.h>

#include "handle.h"

enum ws_trace_moment {
    WS_TRACE_SENT,     /* a send was queued; value: enum ws_kind */
    WS_TRACE_RECEIVED, /* a receive was queued */
    WS_TRACE_ACTION, /* the action of this token was returned; value: WEB_SOCKET_ACTION, NO_ACTION is no event */
    WS_TRACE_COMPLETION /* the action of this token was completed: an event if that has ended its operation */
};

/** Trace one moment, to be called between ws_handle_enter and ws_handle_leave. token, value: 0 where unnamed above. */
void ws_trace_operation(const struct ws_handle_slot *slot, enum ws_trace_moment moment, uintptr_t token,
                        uint32_t value);

#endif
