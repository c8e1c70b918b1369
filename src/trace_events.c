/*
 * Events become lines and the provider's events, see trace.h. Where they go is the system's business.
 */
#include "trace.h"
#include "trace_system.h"

enum { EVENT_QUEUED = 2, EVENT_ACTION = 3, EVENT_OVER = 4 };

static bool hears(uint32_t listener)
{
    return (ws_atomic_load(&ws_trace_listeners) & listener) != 0;
}

/* ---- lines: time, handle, event, what happened ---- */

static void begin_line(struct ws_line *line, uintptr_t handle, const char *event)
{
    const struct ws_trace_time now = ws_trace_system_now();
    line->length = 0;
    ws_line_put_number(line, now.year, 4);
    ws_line_put(line, "-");
    ws_line_put_number(line, now.month, 2);
    ws_line_put(line, "-");
    ws_line_put_number(line, now.day, 2);
    ws_line_put(line, "T");
    ws_line_put_number(line, now.hour, 2);
    ws_line_put(line, ":");
    ws_line_put_number(line, now.minute, 2);
    ws_line_put(line, ":");
    ws_line_put_number(line, now.second, 2);
    ws_line_put(line, ".");
    ws_line_put_number(line, now.millisecond, 3);
    ws_line_put(line, "Z ");
    ws_line_put_hex(line, handle);
    ws_line_put(line, event);
}

static void end_line(struct ws_line *line)
{
    line->text[line->length++] = '\n';
    ws_trace_write(line->text, line->length);
}

static void put_operation(struct ws_line *line, uint32_t operation)
{
    if (operation == 0) {
        ws_line_put(line, "pong");
        return;
    }
    ws_line_put(line, operation & WS_TRACE_SEND ? "send " : "receive ");
    ws_line_put_number(line, operation >> 1, 1);
}

/*
 * The provider's events tell an operation from all others by 32 bits: half of them are the handle's index, half the
 * operation's.
 */
static uint32_t event_id(uintptr_t handle, uint32_t operation)
{
    return (uint32_t)(handle & 0xFFFF) << 16 | (operation & 0xFFFF);
}

/* ---- events ---- */

static void put_refusal(struct ws_line *line, const char *call, const char *result, enum ws_status why,
                        const struct ws_line *detail)
{
    ws_line_put(line, call);
    ws_line_put(line, ": ");
    if (result) {
        ws_line_put(line, result);
        ws_line_put(line, ", ");
    }
    ws_line_put(line, ws_status_text(why));
    if (detail)
        ws_line_put_line(line, detail);
}

void ws_trace_refusal(uintptr_t handle, const char *call, uint32_t error, const char *result,
                      enum ws_status why, const struct ws_line *detail)
{
    struct ws_line line;
    ws_trace_start(); /* the very first call may be the one that fails */
    if (hears(WS_TRACE_FILE)) {
        begin_line(&line, handle, error != 0 ? " refused " : " note ");
        put_refusal(&line, call, error != 0 ? result : NULL, why, detail);
        end_line(&line);
    }
    if (hears(WS_TRACE_EVENTS)) {
        line.length = 0;
        put_refusal(&line, call, NULL, why, detail);
        ws_line_put(&line, " (handle ");
        ws_line_put_hex(&line, handle);
        ws_line_put(&line, ")");
        ws_trace_system_message(line.text, line.length, error);
    }
}

void ws_trace_queued(uintptr_t handle, uint32_t operation, const char *type)
{
    if (hears(WS_TRACE_FILE)) {
        struct ws_line line;
        begin_line(&line, handle, " queued ");
        put_operation(&line, operation);
        if (type) {
            ws_line_put(&line, ": ");
            ws_line_put(&line, type);
        }
        end_line(&line);
    }
    if (hears(WS_TRACE_EVENTS))
        ws_trace_system_event(EVENT_QUEUED, event_id(handle, operation), operation & WS_TRACE_SEND);
}

void ws_trace_action(uintptr_t handle, uint32_t operation, uint32_t action)
{
    /* With the values of WEB_SOCKET_ACTION. */
    static const char *const names[] = {"NO_ACTION", "SEND_TO_NETWORK", "INDICATE_SEND_COMPLETE",
                                        "RECEIVE_FROM_NETWORK", "INDICATE_RECEIVE_COMPLETE"};
    if (hears(WS_TRACE_FILE)) {
        struct ws_line line;
        begin_line(&line, handle, " action ");
        put_operation(&line, operation);
        ws_line_put(&line, ": ");
        ws_line_put(&line, names[action]);
        end_line(&line);
    }
    if (hears(WS_TRACE_EVENTS))
        ws_trace_system_event(EVENT_ACTION, event_id(handle, operation), action);
}

void ws_trace_over(uintptr_t handle, uint32_t operation)
{
    if (hears(WS_TRACE_FILE)) {
        struct ws_line line;
        begin_line(&line, handle, " over ");
        put_operation(&line, operation);
        end_line(&line);
    }
    if (hears(WS_TRACE_EVENTS))
        ws_trace_system_event(EVENT_OVER, event_id(handle, operation), 0);
}
