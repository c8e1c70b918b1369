/*
 * Who listens, and how events become lines and the provider's events, see trace.h. Where they go is the system's
 * business.
 */
#include "trace/trace.h"

#include "trace/trace_system.h"

/* In place of a number of writers. */
#define CLOSED UINT32_MAX

struct ws_atomic_u32 ws_trace_listeners;

static struct ws_atomic_u32 started; /* 0, or one of these */
enum { STARTED = 1, OPENED };
static struct ws_atomic_u32 writers; /* threads that are writing to the file, or CLOSED */
static struct ws_atomic_u32 lost;    /* lines that could not be written, and of which no line tells yet */

static void add(struct ws_atomic_u32 *word, uint32_t number)
{
    uint32_t before;
    do
        before = ws_atomic_load(word);
    while (!ws_atomic_swap_if(word, before, before + number));
}

/* ---- listeners ---- */

void ws_trace_listen(uint32_t listener, bool on)
{
    uint32_t before;
    do
        before = ws_atomic_load(&ws_trace_listeners);
    while (!ws_atomic_swap_if(&ws_trace_listeners, before, on ? before | listener : before & ~listener));
}

void ws_trace_start(void)
{
    if (ws_atomic_load(&started) != 0 || !ws_atomic_swap_if(&started, 0, STARTED))
        return;
    if (ws_trace_system_open()) {
        ws_atomic_store(&started, OPENED);
        ws_trace_listen(WS_TRACE_FILE, true);
    }
}

void ws_trace_stop(void)
{
    ws_trace_listen(WS_TRACE_FILE, false);
    if (ws_atomic_load(&started) == OPENED && ws_atomic_swap_if(&writers, 0, CLOSED))
        ws_trace_system_close();
}

/* ---- words ---- */

/* The date by eras of 400 years, each of which begins with the first of March. */
static void put_time(struct ws_line *line, uint64_t time)
{
    static const char form[] = "4-2-2T2:2:2.3Z"; /* digits, and what follows them */
    const uint64_t days = time / 86400000 + 719468;
    const uint64_t day = days % 146097;
    const uint64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    const uint64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    const uint64_t month = (5 * day_of_year + 2) / 153; /* 0 is March */
    const uint64_t parts[] = {
        year + 400 * (days / 146097) + (month >= 10),
        (month + 2) % 12 + 1,
        day_of_year - (153 * month + 2) / 5 + 1,
        time / 3600000 % 24,
        time / 60000 % 60,
        time / 1000 % 60,
        time % 1000,
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        ws_line_put_number(line, parts[i], 10, (unsigned)(form[2 * i] - '0'));
        ws_line_put(line, (const char[]){form[2 * i + 1], '\0'});
    }
    ws_line_put(line, " ");
}

static void put_operation(struct ws_line *line, const struct ws_trace_event *event)
{
    /* Of WEB_SOCKET_ACTION, and of enum ws_kind. */
    static const char *const actions[] = {"", ": SEND_TO_NETWORK", ": INDICATE_SEND_COMPLETE",
                                          ": RECEIVE_FROM_NETWORK", ": INDICATE_RECEIVE_COMPLETE"};
    static const char *const kinds[] = {": UTF8_MESSAGE",     ": UTF8_FRAGMENT",  ": BINARY_MESSAGE",
                                        ": BINARY_FRAGMENT",  ": CLOSE",          ": PING_PONG",
                                        ": UNSOLICITED_PONG", ": extension frame"};
    const bool send = event->operation & WS_TRACE_SEND;
    if (event->operation == 0) {
        ws_line_put(line, "pong");
    } else {
        ws_line_put(line, send ? "send " : "receive ");
        ws_line_put_number(line, event->operation >> 1, 10, 1);
    }
    if (event->moment == WS_TRACE_ACTION)
        ws_line_put(line, actions[event->value]);
    else if (event->moment == WS_TRACE_QUEUED && send)
        ws_line_put(line, kinds[event->value]);
}

/* Handle, event, what happened. */
static void put_event(struct ws_line *line, const struct ws_trace_event *event)
{
    static const char *const words[] = {" note ", " refused ", " queued ", " action ", " over "};
    const bool refused = event->moment == WS_TRACE_REFUSED;
    ws_line_put(line, "0x");
    ws_line_put_number(line, event->handle, 16, 1);
    ws_line_put(line, words[refused ? event->value != 0 : event->moment]);
    if (!refused) {
        put_operation(line, event);
        return;
    }
    ws_line_put(line, event->call);
    ws_line_put(line, ": ");
    if (event->value != 0) {
        ws_line_put(line, event->result);
        ws_line_put(line, ", ");
    }
    ws_line_put(line, ws_status_text(event->why));
    if (event->detail)
        ws_line_put_line(line, event->detail);
}

/* ---- the file's lines: the time, and the event ---- */

/* Write a line that is, or tells of, so many which are lost if it cannot be written. */
static void write_line(struct ws_line *line, uint32_t lines)
{
    uint32_t count;
    do {
        count = ws_atomic_load(&writers);
        if (count == CLOSED)
            return;
    } while (!ws_atomic_swap_if(&writers, count, count + 1));
    line->text[line->length] = '\n';
    const enum ws_trace_written written = ws_trace_system_write(line->text, line->length + 1);
    if (written == WS_TRACE_ENDED)
        ws_trace_listen(WS_TRACE_FILE, false);
    if (written == WS_TRACE_LOST)
        add(&lost, lines);
    add(&writers, UINT32_MAX);
}

static void tell_file(const struct ws_trace_event *event)
{
    struct ws_line line;
    const uint32_t lines = ws_atomic_load(&lost);
    if (lines > 0 && ws_atomic_swap_if(&lost, lines, 0)) {
        line.length = 0;
        put_time(&line, event->time);
        ws_line_put(&line, "0x0 note WEBSOCKET_TRACE: lines that could not be written before this one: ");
        ws_line_put_number(&line, lines, 10, 1);
        write_line(&line, lines);
    }
    line.length = 0;
    put_time(&line, event->time);
    put_event(&line, event);
    write_line(&line, 1);
}

/* ---- the provider's events ---- */

static void tell_provider(const struct ws_trace_event *event)
{
    /* 32 bits tell an operation from all others: half of them are the handle's index, half the operation's. */
    const uint32_t id = (uint32_t)(event->handle & 0xFFFF) << 16 | (event->operation & 0xFFFF);
    const bool queued = event->moment == WS_TRACE_QUEUED;
    struct ws_line text;
    text.length = 0;
    if (event->moment == WS_TRACE_REFUSED)
        put_event(&text, event);
    ws_trace_system_event((unsigned)event->moment, &text, id,
                          queued ? event->operation & WS_TRACE_SEND : event->value);
}

void ws_trace_record(struct ws_trace_event *event, enum ws_trace_moment moment, uintptr_t handle)
{
    event->moment = moment;
    event->time = ws_trace_on() ? ws_trace_system_now() : 0;
    event->handle = handle;
    event->detail = NULL;
    event->operation = 0;
}

void ws_trace_tell(const struct ws_trace_event *event)
{
    if ((event->moment == WS_TRACE_ACTION && event->value == 0) ||
        (event->moment == WS_TRACE_OVER && event->operation == 0))
        return;
    const uint32_t listeners = ws_atomic_load(&ws_trace_listeners);
    if (listeners & WS_TRACE_FILE)
        tell_file(event);
    if (listeners & WS_TRACE_EVENTS)
        tell_provider(event);
}
