/*
 * What the trace asks of the operating system. One of trace_posix.c and trace_windows.c is built. All of it leaves
 * errno, or the thread's last error, as it was.
 */
#ifndef WS_TRACE_SYSTEM_H
#define WS_TRACE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/line.h"

/* The time of day: milliseconds since 1970, UTC. */
uint64_t ws_trace_system_now(void);

/**
 * Open what WEBSOCKET_TRACE names, to append to it. False if there is nothing to write to. Where there is such a
 * thing as an event provider, register it until the library's end. See to it that ws_trace_stop is called then.
 * Called once.
 */
bool ws_trace_system_open(void);

/** Close what ws_trace_system_open opened. Called once, and nobody writes then. */
void ws_trace_system_close(void);

/* Nothing was written; or a part, or the file is no longer ours, and then nothing more must follow. */
enum ws_trace_written { WS_TRACE_WRITTEN, WS_TRACE_LOST, WS_TRACE_ENDED };

/** Append a whole line in one piece, so that lines of several threads or processes never mix. Any thread. */
enum ws_trace_written ws_trace_system_write(const char *line, size_t length);

/** An event for the provider's sessions, see trace.h. text: ASCII, of event 1, which has no id. */
void ws_trace_system_event(unsigned event, const struct ws_line *text, uint32_t id, uint32_t value);

#endif
