/*
 * The handle manager: values that callers hold, and the sessions that they lead to. A value that is not, or
 * no longer, a handle leads nowhere; it is never followed as a pointer.
 *
 * Finding a session takes no lock and no time that depends on how many there are. Between ws_handle_enter and
 * ws_handle_leave the caller has the session for itself: that costs one atomic operation when nobody else is
 * there. Calls on different handles wait for each other only while a value is created or retired, for a few
 * instructions.
 *
 * A value means something again only after all values were used: on 64-bit systems never, on 32-bit ones,
 * which have 4,290 million values, after so many handles.
 */
#ifndef WS_HANDLE_H
#define WS_HANDLE_H

#include <stdint.h>

#include "session.h"

struct ws_handle_slot;

/**
 * Make a handle for the session, which then belongs to the handle.
 * Returns its value, never 0 nor all ones, or 0 if there is no memory or the table is full: the session is
 * the caller's still.
 */
uintptr_t ws_handle_create(struct ws_session *session);

/**
 * Enter the session of a handle; waits while another thread is inside.
 * Returns what ws_handle_leave takes, with *session set, or NULL if the value is no handle.
 */
struct ws_handle_slot *ws_handle_enter(uintptr_t value, struct ws_session **session);

void ws_handle_leave(struct ws_handle_slot *slot);

/**
 * Retire the value and free its session, after a thread that is inside has left. Other values are ignored.
 */
void ws_handle_delete(uintptr_t value);

#endif
