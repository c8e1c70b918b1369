/*
 * The trace: what happened to whom, told to whoever listens. Listeners are the file that the environment variable
 * WEBSOCKET_TRACE names ("stderr" is the standard error) and, on Windows, the sessions that enabled the event
 * provider. Never a byte of payload is told.
 *
 * An event is recorded while its handle is entered, which copies, and told after that was left: no lock of the
 * library is held while a line is written.
 *
 * When nobody listens all of it costs one test of a flag, ws_trace_on, in calls that succeed; those that fail ask
 * only once they have failed.
 */
#ifndef WS_TRACE_H
#define WS_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results/status.h"
#include "system/atomic.h"
#include "trace/line.h"

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

/*
 * What happened, by the numbers of the provider's events. Its identity, its events and their fields are those of
 * Windows' own, as published in its manifest.
 *
 *   event  told when                                   told to the provider's sessions
 *   1      a call is refused, or something ignored     TraceMessage (text), Error (HRESULT, S_OK for a note)
 *   2      an operation is queued                      Id, OperationType (0 receive, 1 send)
 *   3      an action is handed out                     Id, ActionType (WEB_SOCKET_ACTION)
 *   4      an operation is over                        Id
 */
enum ws_trace_moment { WS_TRACE_REFUSED = 1, WS_TRACE_QUEUED, WS_TRACE_ACTION, WS_TRACE_OVER };

/*
 * An operation of one handle: its number, counted for each direction from 1, times 2, plus 1 if it is a send. 0 is
 * none, where an action is a pong.
 */
enum { WS_TRACE_SEND = 1 };

struct ws_trace_event {
    enum ws_trace_moment moment;
    uint64_t time;    /* milliseconds since 1970, UTC */
    uintptr_t handle; /* 0 for a call without one */
    /* Of WS_TRACE_REFUSED */
    const char *call; /* the function's name */
    enum ws_status why;
    const char *result;           /* the HRESULT's name */
    const struct ws_line *detail; /* what is known beyond the reason, or NULL */
    /* Of the others */
    uint32_t operation;
    /* Of all */
    uint32_t value; /* refused: the HRESULT; queued: enum ws_kind; action: WEB_SOCKET_ACTION */
};

/** Begin the record of an event: its own fields are to follow, the detail is none. */
void ws_trace_record(struct ws_trace_event *event, enum ws_trace_moment moment, uintptr_t handle);

/** Tell it to whoever listens, with no handle entered. NO_ACTION, and the end of no operation, are not told. */
void ws_trace_tell(const struct ws_trace_event *event);

/**
 * The first call opens the file and registers the event provider, later ones do nothing, also while the first still
 * opens. Any thread, with no handle entered. A file that cannot be opened is no listener, and nobody hears of it.
 */
void ws_trace_start(void);

/**
 * The library is unloaded, or the process ends: the file is closed. When a process ends other threads may still be
 * running, or were killed; if one is writing a line, or was, the file is left to the system.
 */
void ws_trace_stop(void);

/** Add or remove a listener. Any thread. */
void ws_trace_listen(uint32_t listener, bool on);

#endif
