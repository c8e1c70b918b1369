/*
 * How calls end that fail, or of which the trace is told: what that needs is copied while the handle is still
 * entered, and told after it was left.
 */
#ifndef WS_OUTCOME_H
#define WS_OUTCOME_H

#include <stdint.h>

#include "handle/handle.h"
#include "results/status.h"
#include "trace/trace.h"
#include "websocket.h"

/**
 * The end of a call that has entered no handle: it comes to nothing, or not to what was asked for. handle is what the
 * caller gave, 0 without one. Returns what the caller is told.
 */
HRESULT ws_outcome_refuse(uintptr_t handle, const char *call, enum ws_status why);

/** The same for a call that has entered one, which is left. The headers are those that it was given. */
HRESULT ws_outcome_leave_refused(struct ws_handle_slot *slot, const char *call, enum ws_status why,
                                 const WEB_SOCKET_HTTP_HEADER *headers, uint32_t count);

/**
 * The end of a call about an operation. which: what was queued, WS_SIDE_SEND or WS_SIDE_RECEIVE; else the action's
 * token. value: see struct ws_trace_event.
 */
HRESULT ws_outcome_leave_telling(struct ws_handle_slot *slot, const char *call, enum ws_status status,
                                 enum ws_trace_moment moment, uintptr_t which, uint32_t value);

#endif
