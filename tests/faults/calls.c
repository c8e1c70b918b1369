/*
 * One function for each of the 13, see calls.h. Each knows which outputs its calls must leave as they were.
 */
#include "calls.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "heap.h"

enum function {
    CREATE,
    BEGIN_CLIENT,
    END_CLIENT,
    BEGIN_SERVER,
    END_SERVER,
    SEND,
    RECEIVE,
    GET_ACTION,
    MAY_ASK, /* the functions below ask for nothing */
    ABORT = MAY_ASK,
    COMPLETE,
    DELETE,
    GET_GLOBAL_PROPERTY,
    FUNCTIONS
};

static const char *const names[FUNCTIONS] = {
    "WebSocketCreate...Handle",
    "WebSocketBeginClientHandshake",
    "WebSocketEndClientHandshake",
    "WebSocketBeginServerHandshake",
    "WebSocketEndServerHandshake",
    "WebSocketSend",
    "WebSocketReceive",
    "WebSocketGetAction",
    "WebSocketAbortHandle",
    "WebSocketCompleteAction",
    "WebSocketDeleteHandle",
    "WebSocketGetGlobalProperty",
};

static atomic_ulong refused_blocks[FUNCTIONS];
static atomic_ulong refused_random[FUNCTIONS];
static atomic_ulong
    done_without; /* handles that were created although the table could not grow, or begin at random */

static bool only_one;
static unsigned until_one; /* the requests up to the one to be refused; 0: it was made */

/* Of a case: one that creates more is not followed any further. */
static WEB_SOCKET_HANDLE created[8192];
static atomic_size_t created_count;

void calls_refuse_each(void)
{
    only_one = false;
}

void calls_refuse_one(unsigned nth)
{
    only_one = true;
    until_one = nth;
}

bool calls_refused_one(void)
{
    return until_one == 0;
}

void calls_delete_all(void)
{
    for (size_t i = 0; i < created_count && i < sizeof created / sizeof created[0]; i++)
        calls.DeleteHandle(created[i]);
    created_count = 0;
}

/* ---- A call, made once or more often ---- */

struct attempt {
    enum function function;
    unsigned nth; /* the request to be refused */
    HRESULT result;
    bool again;
};

static void expect(const struct attempt *attempt, bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "%s, its request %u refused: %s (result 0x%08lX)\n", names[attempt->function],
            attempt->nth, what, (unsigned long)attempt->result & 0xFFFFFFFFul);
    abort();
}

static struct attempt first_attempt(enum function function)
{
    return (struct attempt){.function = function, .nth = only_one ? until_one : 1};
}

static void begin(const struct attempt *attempt)
{
    heap_enter(attempt->nth);
}

/*
 * Back from the library. Whether the call failed because it was refused something: then its outputs are to be
 * checked.
 */
static bool lacked(struct attempt *attempt, HRESULT result)
{
    struct heap_visit visit = heap_leave();

    attempt->result = result;
    attempt->again = false;
    if (visit.refused == HEAP_NOTHING) {
        if (only_one && until_one > 0)
            until_one -= visit.requests;
        return false;
    }
    expect(attempt, attempt->function < MAY_ASK, "nobody would hear of it");
    if (only_one)
        until_one = 0;
    const bool needless =
        visit.refused == HEAP_TABLE || (visit.refused == HEAP_RANDOM && attempt->function == CREATE);
    if (needless && result == S_OK) {
        done_without++;
        return false;
    }
    if (visit.refused == HEAP_RANDOM)
        refused_random[attempt->function]++;
    else
        refused_blocks[attempt->function]++;
    expect(attempt, result == (visit.refused == HEAP_RANDOM ? E_FAIL : E_OUTOFMEMORY), "wrong result");
    attempt->again = !only_one;
    attempt->nth++;
    return true;
}

/* ---- The functions ---- */

static HRESULT WINAPI create(HRESULT(WINAPI *function)(const PWEB_SOCKET_PROPERTY, ULONG,
                                                       WEB_SOCKET_HANDLE *),
                             const PWEB_SOCKET_PROPERTY properties, ULONG count, WEB_SOCKET_HANDLE *handle)
{
    struct attempt attempt = first_attempt(CREATE);
    do {
        begin(&attempt);
        if (lacked(&attempt, function(properties, count, handle)))
            expect(&attempt, *handle == NULL, "the handle is not NULL");
    } while (attempt.again);
    if (SUCCEEDED(attempt.result)) {
        size_t i = created_count++;
        if (i < sizeof created / sizeof created[0])
            created[i] = *handle;
    }
    return attempt.result;
}

static HRESULT WINAPI create_client(const PWEB_SOCKET_PROPERTY properties, ULONG count,
                                    WEB_SOCKET_HANDLE *handle)
{
    return create(WebSocketCreateClientHandle, properties, count, handle);
}

static HRESULT WINAPI create_server(const PWEB_SOCKET_PROPERTY properties, ULONG count,
                                    WEB_SOCKET_HANDLE *handle)
{
    return create(WebSocketCreateServerHandle, properties, count, handle);
}

/* The two outputs of a Begin function, as they were before the call. */
struct header_outputs {
    PWEB_SOCKET_HTTP_HEADER *headers, headers_before;
    ULONG *count, count_before;
};

static struct header_outputs header_outputs(PWEB_SOCKET_HTTP_HEADER *headers, ULONG *count)
{
    return (struct header_outputs){headers, headers ? *headers : NULL, count, count ? *count : 0};
}

static void expect_untouched(const struct attempt *attempt, const struct header_outputs *outputs)
{
    expect(attempt, *outputs->headers == outputs->headers_before, "the pointer to the headers was written");
    expect(attempt, *outputs->count == outputs->count_before, "the number of headers was written");
}

static HRESULT WINAPI begin_client(WEB_SOCKET_HANDLE handle, PCSTR *subprotocols, ULONG subprotocol_count,
                                   PCSTR *extensions, ULONG extension_count,
                                   const PWEB_SOCKET_HTTP_HEADER initial, ULONG initial_count,
                                   PWEB_SOCKET_HTTP_HEADER *headers, ULONG *count)
{
    const struct header_outputs outputs = header_outputs(headers, count);
    struct attempt attempt = first_attempt(BEGIN_CLIENT);
    do {
        begin(&attempt);
        if (lacked(&attempt,
                   WebSocketBeginClientHandshake(handle, subprotocols, subprotocol_count, extensions,
                                                 extension_count, initial, initial_count, headers, count)))
            expect_untouched(&attempt, &outputs);
    } while (attempt.again);
    return attempt.result;
}

static HRESULT WINAPI begin_server(WEB_SOCKET_HANDLE handle, PCSTR subprotocol, PCSTR *extensions,
                                   ULONG extension_count, const PWEB_SOCKET_HTTP_HEADER request,
                                   ULONG request_count, PWEB_SOCKET_HTTP_HEADER *headers, ULONG *count)
{
    const struct header_outputs outputs = header_outputs(headers, count);
    struct attempt attempt = first_attempt(BEGIN_SERVER);
    do {
        begin(&attempt);
        if (lacked(&attempt, WebSocketBeginServerHandshake(handle, subprotocol, extensions, extension_count,
                                                           request, request_count, headers, count)))
            expect_untouched(&attempt, &outputs);
    } while (attempt.again);
    return attempt.result;
}

/*
 * The array of indices is written before the number, and then nothing may fail: so the number stands for
 * both.
 */
static HRESULT WINAPI end_client(WEB_SOCKET_HANDLE handle, const PWEB_SOCKET_HTTP_HEADER response,
                                 ULONG count, ULONG *extensions, ULONG *extension_count, ULONG *subprotocol)
{
    const ULONG count_before = extension_count ? *extension_count : 0;
    const ULONG subprotocol_before = subprotocol ? *subprotocol : 0;
    struct attempt attempt = first_attempt(END_CLIENT);
    do {
        begin(&attempt);
        if (lacked(&attempt, WebSocketEndClientHandshake(handle, response, count, extensions, extension_count,
                                                         subprotocol))) {
            expect(&attempt, !extension_count || *extension_count == count_before,
                   "the number of extensions was written");
            expect(&attempt, !subprotocol || *subprotocol == subprotocol_before,
                   "the subprotocol was written");
        }
    } while (attempt.again);
    return attempt.result;
}

static HRESULT WINAPI end_server(WEB_SOCKET_HANDLE handle)
{
    struct attempt attempt = first_attempt(END_SERVER);
    do {
        begin(&attempt);
        (void)lacked(&attempt, WebSocketEndServerHandshake(handle));
    } while (attempt.again);
    return attempt.result;
}

static HRESULT WINAPI send(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type, WEB_SOCKET_BUFFER *buffer,
                           PVOID context)
{
    struct attempt attempt = first_attempt(SEND);
    do {
        begin(&attempt);
        (void)lacked(&attempt, WebSocketSend(handle, type, buffer, context));
    } while (attempt.again);
    return attempt.result;
}

static HRESULT WINAPI receive(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER *buffer, PVOID context)
{
    struct attempt attempt = first_attempt(RECEIVE);
    do {
        begin(&attempt);
        (void)lacked(&attempt, WebSocketReceive(handle, buffer, context));
    } while (attempt.again);
    return attempt.result;
}

static HRESULT WINAPI get_action(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue,
                                 WEB_SOCKET_BUFFER *buffers, ULONG *count, WEB_SOCKET_ACTION *action,
                                 WEB_SOCKET_BUFFER_TYPE *type, PVOID *application_context,
                                 PVOID *action_context)
{
    const ULONG room = count ? *count : 0;
    const WEB_SOCKET_BUFFER first = buffers && room > 0 ? buffers[0] : (WEB_SOCKET_BUFFER){0};
    const PVOID application = application_context ? *application_context : NULL;
    struct attempt attempt = first_attempt(GET_ACTION);
    do {
        begin(&attempt);
        if (lacked(&attempt, WebSocketGetAction(handle, queue, buffers, count, action, type,
                                                application_context, action_context))) {
            expect(&attempt, *action == WEB_SOCKET_NO_ACTION, "there is an action");
            expect(&attempt, *count == 0 && *type == (WEB_SOCKET_BUFFER_TYPE)0, "there are buffers");
            expect(&attempt, *action_context == NULL, "there is an action context");
            expect(&attempt, !application_context || *application_context == application,
                   "the application context was written");
            expect(&attempt,
                   room == 0 || (buffers[0].Data.pbBuffer == first.Data.pbBuffer &&
                                 buffers[0].Data.ulBufferLength == first.Data.ulBufferLength),
                   "a buffer was written");
            if (attempt.again)
                *count = room;
        }
    } while (attempt.again);
    return attempt.result;
}

/* These have a result, too, for callers that look at it: library_results(). */

static HRESULT WINAPI abort_handle(WEB_SOCKET_HANDLE handle)
{
    struct attempt attempt = first_attempt(ABORT);
    begin(&attempt);
    WebSocketAbortHandle(handle);
    (void)lacked(&attempt, S_OK);
    return attempt.result;
}

static HRESULT WINAPI complete_action(WEB_SOCKET_HANDLE handle, PVOID context, ULONG bytes)
{
    struct attempt attempt = first_attempt(COMPLETE);
    begin(&attempt);
    WebSocketCompleteAction(handle, context, bytes);
    (void)lacked(&attempt, S_OK);
    return attempt.result;
}

static HRESULT WINAPI delete_handle(WEB_SOCKET_HANDLE handle)
{
    struct attempt attempt = first_attempt(DELETE);
    begin(&attempt);
    WebSocketDeleteHandle(handle);
    (void)lacked(&attempt, S_OK);
    return attempt.result;
}

static HRESULT WINAPI get_global_property(WEB_SOCKET_PROPERTY_TYPE type, PVOID value, ULONG *size)
{
    struct attempt attempt = first_attempt(GET_GLOBAL_PROPERTY);
    begin(&attempt);
    (void)lacked(&attempt, WebSocketGetGlobalProperty(type, value, size));
    return attempt.result;
}

typedef void (*any_function)(void);

const struct websocket_library calls = {
    .AbortHandle = (VOID(WINAPI *)(WEB_SOCKET_HANDLE))(any_function)abort_handle,
    .BeginClientHandshake = begin_client,
    .BeginServerHandshake = begin_server,
    .CompleteAction = (VOID(WINAPI *)(WEB_SOCKET_HANDLE, PVOID, ULONG))(any_function)complete_action,
    .CreateClientHandle = create_client,
    .CreateServerHandle = create_server,
    .DeleteHandle = (VOID(WINAPI *)(WEB_SOCKET_HANDLE))(any_function)delete_handle,
    .EndClientHandshake = end_client,
    .EndServerHandshake = end_server,
    .GetAction = get_action,
    .GetGlobalProperty = get_global_property,
    .Receive = receive,
    .Send = send,
};

/* ---- What was refused ---- */

bool calls_report(void)
{
    unsigned long blocks = 0, random = 0;
    bool complete = true;

    for (int i = 0; i < MAY_ASK; i++) {
        bool masks = i == BEGIN_CLIENT || i == GET_ACTION;

        printf("  %-30s %8lu allocations %8lu requests for random bytes\n", names[i], refused_blocks[i],
               refused_random[i]);
        blocks += refused_blocks[i];
        random += refused_random[i];
        complete = complete && refused_blocks[i] > 0 && (refused_random[i] > 0) == masks;
    }
    printf("  %-30s %8lu allocations %8lu requests for random bytes\n", "refused in all", blocks, random);
    printf("  besides, handles that were created without a larger table or a random beginning: %lu\n",
           done_without);
    return complete && done_without > 0;
}
