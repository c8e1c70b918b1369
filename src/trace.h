/*
 * The trace: what happened to whom, told to whoever listens. Listeners are the file that the environment variable
 * WEBSOCKET_TRACE names ("stderr" is the standard error) and, on Windows, the sessions that enabled the event
 * provider. Never a byte of payload is told.
 *
 *   event  told when                                   told to the provider's sessions
 *   1      a call is refused, or something ignored     TraceMessage (text), Error (HRESULT, S_OK for a note)
 *   2      an operation is queued                      Id, OperationType (0 receive, 1 send)
 *   3      an action is handed out                     Id, ActionType (WEB_SOCKET_ACTION)
 *   4      an operation is over                        Id
 *
 * The provider's identity, its events and their fields are those of Windows' own, as published in its manifest.
 *
 * When nobody listens all of it costs one test of a flag, ws_trace_on, in calls that succeed; those that fail ask
 * only once they have failed.
 */
#ifndef WS_TRACE_H
#define WS_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "atomic.h"
#include "line.h"
#include "status.h"

/* Who listens: a sum of these. */
enum { WS_TRACE_FILE = 1, WS_TRACE_EVENTS = 2 };

extern struct ws_atomic_u32 ws_trace_listeners;

/** Whether anybody listens. Without ws_trace_start nobody does. */
static inline bool ws_trace_on(void)
{
    return ws_atomic_peek(&ws_trace_listeners) != 0;
}

/** Whether a call has nothing to tell anybody: it succeeded, and nobody listens. One test. */
static inline bool ws_trace_is_quiet(enum ws_status status)
{
    return ((uint32_t)status | ws_atomic_peek(&ws_trace_listeners)) == 0;
}

/**
 * The first call opens the file and registers the event provider, later ones do nothing. Any thread. A file that
 * cannot be opened is no listener, and nobody hears of it.
 */
void ws_trace_start(void);

/**
 * The library is unloaded, or the process ends: the file is closed. When a process ends other threads may still be
 * running, or were killed; if one is writing a line, or was, the file is left to the system.
 */
void ws_trace_stop(void);

/** Append a whole line to the file, unless it was closed. Any thread. */
void ws_trace_write(const char *line, size_t length);

/** Add and remove a listener. Any thread. */
void ws_trace_listen(uint32_t listener);
void ws_trace_unlisten(uint32_t listener);

/*
 * An operation of one handle: its number, counted for each direction from 1, times 2, plus 1 if it is a send. 0 is
 * none, where an action is a pong.
 */
enum { WS_TRACE_SEND = 1 };

/*
 * The events. handle is 0 for a call without one.
 *
 * In event 1 call is the function's name, error the HRESULT with its name in result, and detail what is known beyond
 * the reason, or NULL. In event 2 type is the name of what is sent, NULL for a receive.
 */
void ws_trace_refusal(uintptr_t handle, const char *call, uint32_t error, const char *result,
                      enum ws_status why, const struct ws_line *detail);
void ws_trace_queued(uintptr_t handle, uint32_t operation, const char *type);
void ws_trace_action(uintptr_t handle, uint32_t operation, uint32_t action);
void ws_trace_over(uintptr_t handle, uint32_t operation);

#endif
