/*
 * White-box tests of trace.c, line.c, results/reasons.h and what api.c tells them: every refusal has a reason
 * that a person can read, and nobody waits for one who tells. WEBSOCKET_TRACE and the form of its lines are our own
 * choice.
 *
 * Every reason of the list is provoked through the exports; one without a provocation fails the test. Faults of the
 * system are made by faults.h, and strings of 4 GiB by a length that is a lie.
 */
#include "unit.h"

#include <stdio.h>

#include "handshake/headers.h"
#include "provoke.h"
#include "threads.h"
#include "trace/trace.h"
#include "trace/trace_system.h"

enum { FILE_MAX = 1 << 20, LINES_MAX = 8192, TIME_LENGTH = sizeof "2026-11-22T14:45:00.123Z" - 1 };

struct ws_span __real_ws_span_of(const char *text);
struct ws_span __wrap_ws_span_of(const char *text);

struct ws_span __wrap_ws_span_of(const char *text)
{
    struct ws_span span = __real_ws_span_of(text);
    if (text == provoke_endless) {
        provoke_endless = NULL;
        span.length = UINT32_MAX;
    }
    return span;
}

/* ---- what the file holds ---- */

static const char *file_name; /* what WEBSOCKET_TRACE says */
static char *content;
static long seen; /* bytes of the file that earlier looks have seen */
static char *lines[LINES_MAX];
static size_t line_count;

static bool is_line(const char *line)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ 0x";
    for (size_t i = 0; i < sizeof form - 1; i++)
        if (form[i] == 'd' ? line[i] < '0' || line[i] > '9' : line[i] != form[i])
            return false;
    for (const char *c = line; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            return false;
    return strlen(line) <= WS_LINE_MAX;
}

/* Read the lines that are new since the last look: whole lines, of the right form. */
static void look(void)
{
    FILE *file = fopen(file_name, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, seen, SEEK_SET), 0);
    size_t size = fread(content, 1, FILE_MAX - 1, file);
    (void)fclose(file);
    content[size] = '\0';
    seen += (long)size;
    assert_int_equal(strlen(content), size);
    assert_true(size == 0 || content[size - 1] == '\n');

    line_count = 0;
    for (char *line = content, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        assert_true(line_count < LINES_MAX);
        *end = '\0';
        assert_that(is_line(line), "a line: %s", line);
        lines[line_count++] = line;
    }
}

/* A line from its event on: behind time and handle. */
static const char *event_of(const char *line)
{
    return strchr(line + TIME_LENGTH + 1, ' ') + 1;
}

/* The last refusal or note, and how many there are. */
static const char *refusal(size_t *count)
{
    const char *last = "none";
    *count = 0;
    for (size_t i = 0; i < line_count; i++) {
        const char *event = event_of(lines[i]);
        if (strncmp(event, "refused ", 8) == 0 || strncmp(event, "note ", 5) == 0) {
            last = event;
            ++*count;
        }
    }
    return last;
}

/* ---- reasons ---- */

/* What a line says between the call and the reason. */
static const char *result_name(enum ws_status why)
{
    switch ((unsigned)ws_status_class(why)) {
    case WS_ERROR_ARGUMENT:
        return "E_INVALIDARG, ";
    case WS_ERROR_OPERATION:
        return "E_INVALID_PROTOCOL_OPERATION, ";
    case WS_ERROR_FORMAT:
    case WS_ERROR_TEXT:
        return "E_INVALID_PROTOCOL_FORMAT, ";
    case WS_ERROR_EXTENSION:
        return "E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED, ";
    case WS_ERROR_SUBPROTOCOL:
        return "E_SUBPROTOCOL_NOT_SUPPORTED, ";
    case WS_ERROR_VERSION:
        return "E_PROTOCOL_VERSION_NOT_SUPPORTED, ";
    case WS_ERROR_HANDLE:
        return "E_HANDLE, ";
    case WS_ERROR_MEMORY:
        return "E_OUTOFMEMORY, ";
    case WS_ERROR_BUFFER:
        return "HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER), ";
    case WS_ERROR_RANDOM:
        return "E_FAIL, ";
    default:
        return "";
    }
}

static void check(enum ws_status why, const char *name)
{
    const char *call = provoke_frame(why);
    if (!call)
        call = provoke_headers(why);
    if (!call)
        call = provoke_argument(why);
    if (!call)
        call = provoke_moment(why);
    assert_that(call != NULL, "nothing provokes %s", name);

    size_t count;
    char expected[300];
    look();
    const char *seen_event = refusal(&count);
    (void)snprintf(expected, sizeof expected, "%s %s: %s%s",
                   ws_status_class(why) == WS_NOTE ? "note" : "refused", call, result_name(why),
                   ws_status_text(why));
    assert_that(count > 0, "nothing is told of %s", name);
    size_t length = strlen(expected);
    assert_that(strncmp(seen_event, expected, length) == 0 &&
                    (seen_event[length] == '\0' || seen_event[length] == ':'),
                "%s: expected %s, got %s", name, expected, seen_event);
}

static void each_reason_of_the_list_is_provoked_and_told(void **state)
{
    (void)state;
    look();
#define CHECK(name, text) check(WS_WHY_##name, #name);
    WS_REASONS(CHECK)
#undef CHECK
}

static void no_two_reasons_have_the_same_text(void **state)
{
    (void)state;
#define ITS_TEXT(name, text) text,
    static const char *const texts[] = {WS_REASONS(ITS_TEXT)};
#undef ITS_TEXT
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        for (size_t j = 0; j < i; j++)
            assert_that(strcmp(texts[i], texts[j]) != 0, "twice: %s", texts[i]);
    assert_true(COUNT_OF(texts) > 100);
    assert_string_equal(ws_status_text(WS_OK), "");
    assert_string_equal(ws_status_text(WS_ERROR_FORMAT), "");
}

static void a_failure_is_told_at_each_call_that_it_fails(void **state)
{
    (void)state;
    size_t count;
    struct handle_pair pair = handle_pair_open(NULL, NULL, false);
    provoke_arrive(pair.server, NULL, 0, "\x81\x01", 2);
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER buffer;
    PVOID context;
    look();
    for (int i = 0; i < 3; i++)
        (void)provoke_next(pair.server, WEB_SOCKET_ALL_ACTION_QUEUE, &action, &buffer, &context);
    handle_pair_delete(&pair);
    look();
    assert_string_equal(refusal(&count), "refused WebSocketGetAction: E_INVALID_PROTOCOL_FORMAT, "
                                         "frame from a client is not masked");
    assert_int_equal(count, 3);
}

/* ---- details ---- */

static const char *answer_of(const char *accept, size_t length)
{
    static char names[3][24] = {"Upgrade", "Connection", "Sec-WebSocket-Accept"};
    static char values[2][24] = {"websocket", "Upgrade"};
    WEB_SOCKET_HTTP_HEADER response[] = {{names[0], 7, values[0], 9},
                                         {names[1], 10, values[1], 7},
                                         {names[2], 20, (char *)(uintptr_t)accept, (ULONG)length}};
    WEB_SOCKET_HANDLE client = handle_create(false, NULL);
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
    provoke_begin(client, &headers, &count);
    (void)WebSocketEndClientHandshake(client, response, 3, NULL, NULL, NULL);
    WebSocketDeleteHandle(client);
    size_t refusals;
    look();
    const char *event = refusal(&refusals);
    assert_int_equal(refusals, 1);
    return event;
}

static void the_wrong_accept_is_told_with_the_right_one(void **state)
{
    static const char start[] = "refused WebSocketEndClientHandshake: E_INVALID_PROTOCOL_FORMAT, "
                                "Sec-WebSocket-Accept does not match: expected \"";
    static const char wrong[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    (void)state;
    look();
    const char *event = answer_of(wrong, sizeof wrong - 1);
    assert_memory_equal(event, start, sizeof start - 1);
    assert_string_equal(event + sizeof start - 1 + 28, "\", got \"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\"");
}

static void a_peer_cannot_forge_lines(void **state)
{
    static const char forged[] = "x\r\n2026-11-22T14:45:00.123Z 0x1 over\x1b[2J\xFF\\\"";
    (void)state;
    look();
    const char *event = answer_of(forged, sizeof forged - 1);
    assert_non_null(
        strstr(event, "got \"x\\x0D\\x0A2026-11-22T14:45:00.123Z 0x1 over\\x1B[2J\\xFF\\x5C\\x22\""));
}

static void long_values_are_cut(void **state)
{
    static char many[100000];
    (void)state;
    memset(many, '\n', sizeof many);
    look();
    const char *event = answer_of(many, sizeof many);
    const char *got = strstr(event, "got ");
    assert_non_null(got);
    assert_int_equal(strlen(got), 4 + 1 + 4 * WS_LINE_QUOTE_MAX + 1 + 3);
    assert_string_equal(got + strlen(got) - 4, "\"...");
}

static void a_line_never_overflows(void **state)
{
    (void)state;
    struct ws_line *full = (void *)block_new(sizeof *full);
    full->length = 0;
    for (int i = 0; i < 100; i++)
        ws_line_put_quoted(full, "\n\n\n\n\n\n\n\n\n\n\n\n", 12);
    assert_int_equal(full->length, WS_LINE_MAX);
    struct ws_line *doubled = (void *)block_new(sizeof *full);
    doubled->length = 0;
    ws_line_put_line(doubled, full);
    ws_line_put_line(doubled, full);
    assert_int_equal(doubled->length, WS_LINE_MAX);
    free(doubled);
    free(full);
}

static void numbers_are_written(void **state)
{
    (void)state;
    struct ws_line line = {.length = 0};
    ws_line_put_number(&line, 7, 10, 3);
    ws_line_put(&line, " ");
    ws_line_put_number(&line, UINT64_MAX, 10, 1);
    ws_line_put(&line, " ");
    ws_line_put_number(&line, 0, 10, 1);
    ws_line_put(&line, " ");
    ws_line_put_number(&line, 0xC0FFEE, 16, 8);
    line.text[line.length] = '\0';
    assert_string_equal(line.text, "007 18446744073709551615 0 00C0FFEE");
}

/* What is written goes no further than here. */
static char *caught;

static void check_date(struct ws_trace_event *event, const char *date)
{
    char line[WS_LINE_MAX + 1];
    caught = line;
    ws_trace_tell(event);
    caught = NULL;
    assert_memory_equal(line, date, strlen(date));
}

static void a_time_is_written_as_its_date(void **state)
{
    static const struct {
        uint64_t time;
        const char *date;
    } rows[] = {
        {0, "1970-01-01T00:00:00.000Z 0x1 "},
        {86399999, "1970-01-01T23:59:59.999Z 0x1 "},
        {951782400000, "2000-02-29T00:00:00.000Z 0x1 "},
        {951868800001, "2000-03-01T00:00:00.001Z 0x1 "},
        {1709251199999, "2024-02-29T23:59:59.999Z 0x1 "},
        {1735689599999, "2024-12-31T23:59:59.999Z 0x1 "},
        {2147483648000, "2038-01-19T03:14:08.000Z 0x1 "},
        {4107542399000, "2100-02-28T23:59:59.000Z 0x1 "},
        {4107542400000, "2100-03-01T00:00:00.000Z 0x1 "},
        {253402300799999, "9999-12-31T23:59:59.999Z 0x1 "},
    };
    (void)state;
    struct ws_trace_event event;
    ws_trace_record(&event, WS_TRACE_QUEUED, 1);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        event.time = rows[i].time;
        check_date(&event, rows[i].date);
    }
}

static void dates_follow_each_other_for_400_years(void **state)
{
    static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    (void)state;
    struct ws_trace_event event;
    ws_trace_record(&event, WS_TRACE_QUEUED, 1);
    event.time = 0;
    for (unsigned year = 1970; year < 2370; year++) {
        const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (unsigned month = 1; month <= 12; month++) {
            for (unsigned day = 1; day <= lengths[month - 1] + (month == 2 && leap); day++) {
                char date[40];
                (void)snprintf(date, sizeof date, "%u-%02u-%02uT00:00:00.000Z", year, month, day);
                check_date(&event, date);
                event.time += 86400000;
            }
        }
    }
}

/* ---- operations ---- */

/* Whatever is to be done, until there is nothing. */
static void run(WEB_SOCKET_HANDLE handle, const char *arriving, ULONG size)
{
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context;
    do {
        WEB_SOCKET_BUFFER buffers[2];
        ULONG count = 2;
        ULONG bytes = 0;
        assert_int_equal(WebSocketGetAction(handle, WEB_SOCKET_ALL_ACTION_QUEUE, buffers, &count, &action,
                                            &type, NULL, &context),
                         S_OK);
        if (action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION) {
            memcpy(buffers[0].Data.pbBuffer, arriving, size);
            bytes = size;
        } else if (action == WEB_SOCKET_SEND_TO_NETWORK_ACTION) {
            for (ULONG i = 0; i < count; i++)
                bytes += buffers[i].Data.ulBufferLength;
        }
        WebSocketCompleteAction(handle, context, bytes);
    } while (action != WEB_SOCKET_NO_ACTION);
}

static void an_operation_is_told_from_queue_to_end(void **state)
{
    static const char *const events[] = {
        "queued send 1: BINARY_MESSAGE",
        "queued receive 1",
        "queued send 2: PING_PONG",
        "action send 1: SEND_TO_NETWORK",
        "action send 1: INDICATE_SEND_COMPLETE",
        "over send 1",
        "action send 2: SEND_TO_NETWORK",
        "action send 2: INDICATE_SEND_COMPLETE",
        "over send 2",
        "action receive 1: RECEIVE_FROM_NETWORK",
        "action pong: SEND_TO_NETWORK",
        "action receive 1: INDICATE_RECEIVE_COMPLETE",
        "over receive 1",
    };
    (void)state;
    static char secret[] = "payload";
    WEB_SOCKET_BUFFER message = {.Data = {(PBYTE)secret, sizeof secret - 1}};
    struct handle_pair pair = handle_pair_open(NULL, NULL, false);
    look();
    assert_int_equal(WebSocketSend(pair.client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &message, NULL), S_OK);
    assert_int_equal(WebSocketReceive(pair.client, NULL, NULL), S_OK);
    assert_int_equal(WebSocketSend(pair.client, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL), S_OK);
    run(pair.client, "\x89\x00\x82\x02zz", 6);
    look();

    char handle[40];
    (void)snprintf(handle, sizeof handle, " 0x%llX ", (unsigned long long)(uintptr_t)pair.client);
    assert_int_equal(line_count, COUNT_OF(events));
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        assert_string_equal(event_of(lines[i]), events[i]);
        assert_memory_equal(lines[i] + TIME_LENGTH, handle, strlen(handle));
    }
    handle_pair_delete(&pair);
}

static void operations_keep_their_numbers_when_their_queue_grows(void **state)
{
    (void)state;
    struct handle_pair pair = handle_pair_open(NULL, NULL, false);
    look();
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 5 << round; i++)
            assert_int_equal(WebSocketSend(pair.client, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL), S_OK);
        run(pair.client, NULL, 0);
    }
    handle_pair_delete(&pair);
    look();
    unsigned queued = 0;
    unsigned over = 0;
    char expected[40];
    for (size_t i = 0; i < line_count; i++) {
        const char *event = event_of(lines[i]);
        if (strncmp(event, "queued", 6) == 0) {
            (void)snprintf(expected, sizeof expected, "queued send %u: PING_PONG", ++queued);
            assert_string_equal(event, expected);
        } else if (strncmp(event, "over", 4) == 0) {
            (void)snprintf(expected, sizeof expected, "over send %u", ++over);
            assert_string_equal(event, expected);
        }
    }
    assert_int_equal(queued, 35);
    assert_int_equal(over, 35);
}

static void payload_is_never_told(void **state)
{
    static char secret[] = "SECRETSECRETSECRET";
    static const char frames[] = "\x01\x06SECRET\x89\x06SECRET\x8A\x06SECRET\x80\x07SECRET\xFF";
    (void)state;
    WEB_SOCKET_BUFFER message = {.Data = {(PBYTE)secret, sizeof secret - 1}};
    WEB_SOCKET_BUFFER reason = {.CloseStatus = {(PBYTE)secret, sizeof secret - 1, 1000}};
    struct handle_pair pair = handle_pair_open(NULL, NULL, false);
    look();
    (void)WebSocketSend(pair.server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, &message, NULL);
    (void)WebSocketSend(pair.server, WEB_SOCKET_CLOSE_BUFFER_TYPE, &reason, NULL);
    (void)WebSocketSend(pair.server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, &message, NULL);
    run(pair.server, NULL, 0);
    WebSocketAbortHandle(pair.server);
    provoke_arrive(pair.client, NULL, 0, frames, sizeof frames - 1);
    handle_pair_delete(&pair);
    look();
    assert_true(line_count > 10);
    for (size_t i = 0; i < line_count; i++)
        assert_null(strstr(lines[i], "SECRET"));
}

/* The caller's memory is written to and never read again: here the type, which is no action, lies over the action. */
static void outputs_that_overlap_do_no_harm(void **state)
{
    union {
        WEB_SOCKET_ACTION action;
        WEB_SOCKET_BUFFER_TYPE type;
    } both;
    WEB_SOCKET_BUFFER buffers[2];
    ULONG count = 2;
    PVOID context;
    (void)state;
    struct handle_pair pair = handle_pair_open(NULL, NULL, false);
    assert_int_equal(WebSocketSend(pair.client, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL), S_OK);
    look();
    assert_int_equal(WebSocketGetAction(pair.client, WEB_SOCKET_SEND_ACTION_QUEUE, buffers, &count,
                                        &both.action, &both.type, NULL, &context),
                     S_OK);
    assert_int_equal(both.type, WEB_SOCKET_PING_PONG_BUFFER_TYPE);
    handle_pair_delete(&pair);
    look();
    assert_string_equal(event_of(lines[0]), "action send 1: SEND_TO_NETWORK");
}

/* Completing NO_ACTION and deleting NULL is what programs do; nobody has to hear of it. */
static void what_is_normal_is_no_note(void **state)
{
    (void)state;
    struct handle_pair pair = handle_pair_open(NULL, NULL, false);
    look();
    WebSocketCompleteAction(pair.client, NULL, 0);
    WebSocketDeleteHandle(NULL);
    handle_pair_delete(&pair);
    look();
    assert_int_equal(line_count, 0);
}

/* ---- threads ---- */

enum { THREADS = 4, ROUNDS = 300 };

static void refuse_often(void *argument)
{
    (void)argument;
    for (int i = 0; i < ROUNDS; i++)
        WebSocketAbortHandle((WEB_SOCKET_HANDLE)(uintptr_t)0xFFFFFFFFu);
}

static void lines_of_many_threads_are_whole(void **state)
{
    (void)state;
    struct thread threads[THREADS];
    look();
    for (int i = 0; i < THREADS; i++)
        thread_start(&threads[i], refuse_often, NULL);
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    look();
    assert_int_equal(line_count, THREADS * ROUNDS);
    for (size_t i = 0; i < line_count; i++)
        assert_string_equal(
            event_of(lines[i]),
            "refused WebSocketAbortHandle: E_HANDLE, there is no such handle, or it was deleted");
}

/* While the system opens the file or writes to it, which may last for ever, another thread makes all these calls. */
static struct {
    bool in_open;
    bool armed;
    bool ran;
    WEB_SOCKET_HANDLE handle;
} meanwhile;

bool __real_ws_trace_system_open(void);
bool __wrap_ws_trace_system_open(void);
enum ws_trace_written __real_ws_trace_system_write(const char *line, size_t length);
enum ws_trace_written __wrap_ws_trace_system_write(const char *line, size_t length);

static void use_all(void *argument)
{
    WEB_SOCKET_HANDLE other = NULL;
    (void)argument;
    bool right = WebSocketCreateClientHandle(NULL, 0, &other) == S_OK;
    WebSocketDeleteHandle(other);
    if (meanwhile.handle) { /* that whose call is being told */
        right = WebSocketReceive(meanwhile.handle, NULL, NULL) == S_OK && right;
        WebSocketDeleteHandle(meanwhile.handle);
    }
    meanwhile.ran = right;
}

static void run_meanwhile(void)
{
    struct thread thread;
    meanwhile.armed = false;
    thread_start(&thread, use_all, NULL);
    thread_join(&thread);
}

bool __wrap_ws_trace_system_open(void)
{
    run_meanwhile();
    meanwhile.in_open = meanwhile.ran;
    return __real_ws_trace_system_open();
}

enum ws_trace_written __wrap_ws_trace_system_write(const char *line, size_t length)
{
    if (caught) {
        memcpy(caught, line, length);
        return WS_TRACE_WRITTEN;
    }
    if (meanwhile.armed)
        run_meanwhile();
    return __real_ws_trace_system_write(line, length);
}

static void opening_the_file_stops_no_other_thread(void **state)
{
    (void)state;
    assert_true(meanwhile.in_open); /* as main began */
}

static void writing_a_line_stops_no_other_thread(void **state)
{
    (void)state;
    for (int refused = 0; refused < 2; refused++) {
        struct handle_pair pair = handle_pair_open(NULL, NULL, false);
        meanwhile.ran = false;
        meanwhile.handle = pair.client;
        meanwhile.armed = true;
        if (refused)
            assert_int_equal(WebSocketEndServerHandshake(pair.client), E_INVALID_PROTOCOL_OPERATION);
        else
            assert_int_equal(WebSocketReceive(pair.client, NULL, NULL), S_OK);
        assert_true(meanwhile.ran);
        WebSocketDeleteHandle(pair.server);
    }
    meanwhile.handle = NULL;
}

static void whoever_listens_is_a_set(void **state)
{
    (void)state;
    assert_true(ws_trace_on());
    ws_trace_listen(WS_TRACE_FILE, false);
    assert_false(ws_trace_on());
    look();
    WebSocketAbortHandle((WEB_SOCKET_HANDLE)(uintptr_t)0xFFFFFFFFu);
    look();
    assert_int_equal(line_count, 0);
    ws_trace_listen(WS_TRACE_EVENTS, true);
    ws_trace_listen(WS_TRACE_FILE, true);
    ws_trace_listen(WS_TRACE_EVENTS, false);
    assert_true(ws_trace_on());
}

static int prepared(void **state)
{
    (void)state;
    content = (char *)block_new(FILE_MAX);
    return 0;
}

static int cleared(void **state)
{
    (void)state;
    free(content);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reason_of_the_list_is_provoked_and_told),
        cmocka_unit_test(no_two_reasons_have_the_same_text),
        cmocka_unit_test(a_failure_is_told_at_each_call_that_it_fails),
        cmocka_unit_test(the_wrong_accept_is_told_with_the_right_one),
        cmocka_unit_test(a_peer_cannot_forge_lines),
        cmocka_unit_test(long_values_are_cut),
        cmocka_unit_test(a_line_never_overflows),
        cmocka_unit_test(numbers_are_written),
        cmocka_unit_test(a_time_is_written_as_its_date),
        cmocka_unit_test(dates_follow_each_other_for_400_years),
        cmocka_unit_test(an_operation_is_told_from_queue_to_end),
        cmocka_unit_test(operations_keep_their_numbers_when_their_queue_grows),
        cmocka_unit_test(payload_is_never_told),
        cmocka_unit_test(outputs_that_overlap_do_no_harm),
        cmocka_unit_test(what_is_normal_is_no_note),
        cmocka_unit_test(lines_of_many_threads_are_whole),
        cmocka_unit_test(opening_the_file_stops_no_other_thread),
        cmocka_unit_test(writing_a_line_stops_no_other_thread),
        cmocka_unit_test(whoever_listens_is_a_set),
    };
    file_name = getenv("WEBSOCKET_TRACE");
    if (!file_name) {
        (void)fprintf(stderr, "WEBSOCKET_TRACE must name a file that this program may remove and read\n");
        return EXIT_FAILURE;
    }
    (void)remove(file_name);
    ws_trace_start();
    return cmocka_run_group_tests(tests, prepared, cleared);
}
