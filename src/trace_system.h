/*
 * What the trace asks of the operating system. One of trace_posix.c and trace_windows.c is built.
 */
#ifndef WS_TRACE_SYSTEM_H
#define WS_TRACE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ws_trace_time {
    uint32_t year, month, day, hour, minute, second, millisecond;
};

/* The time of day, UTC. */
struct ws_trace_time ws_trace_system_now(void);

/** Open what WEBSOCKET_TRACE names, to append to it. False if there is nothing to write to. Called once. */
bool ws_trace_system_open(void);

/** Close what ws_trace_system_open opened, if it opened anything. Called once, and nobody writes then. */
void ws_trace_system_close(void);

/** Append a whole line in one piece, so that lines of several threads or processes never mix. */
void ws_trace_system_write(const char *line, size_t length);

/**
 * Register the event provider, where there is such a thing, until the library's end; and see to it that ws_trace_stop
 * is called then. Called once.
 */
void ws_trace_system_register(void);

/** Events 1 and 2 to 4 for the provider's sessions; text is ASCII. value: OperationType or ActionType. */
void ws_trace_system_message(const char *text, size_t length, uint32_t error);
void ws_trace_system_event(unsigned event, uint32_t id, uint32_t value);

#endif
