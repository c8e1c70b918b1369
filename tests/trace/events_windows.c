/*
 * The DLL as event provider, and its file. Its imports are led to functions of this program before the first call, so
 * that what it registers and writes can be seen, a session can be pretended to come and go, a process to have more
 * rights than its user, and a write to last for ever. That sessions receive the events is Windows' business, and is
 * not tested here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <windows.h>

#include <evntprov.h>

#include "websocket.h"

#define REGISTRATION 0x1122334455667788u

/* ---- the stand-in ---- */

static struct {
    GUID id;
    PENABLECALLBACK callback;
    PVOID context;
    int registered;
} provider;

static struct event {
    EVENT_DESCRIPTOR descriptor;
    ULONG fields;
    WCHAR text[300];
    ULONG numbers[2];
} events[32];
static unsigned event_count;

static ULONG WINAPI stand_in_register(LPCGUID id, PENABLECALLBACK callback, PVOID context, PREGHANDLE handle)
{
    provider.id = *id;
    provider.callback = callback;
    provider.context = context;
    provider.registered++;
    *handle = REGISTRATION;
    return ERROR_SUCCESS;
}

static ULONG WINAPI stand_in_unregister(REGHANDLE handle)
{
    provider.registered -= handle == REGISTRATION ? 1 : 100;
    return ERROR_SUCCESS;
}

static ULONG WINAPI stand_in_write(REGHANDLE handle, PCEVENT_DESCRIPTOR descriptor, ULONG count,
                                   PEVENT_DATA_DESCRIPTOR fields)
{
    struct event *event = &events[event_count++ % 32];
    event->descriptor = *descriptor;
    event->fields = handle == REGISTRATION ? count : 100;
    for (ULONG i = 0; i < count && i < 2; i++) {
        const void *bytes = (const void *)(uintptr_t)fields[i].Ptr;
        if (descriptor->Id == 1 && i == 0)
            memcpy(event->text, bytes, fields[i].Size < sizeof event->text ? fields[i].Size : 0);
        else
            memcpy(&event->numbers[i], bytes, fields[i].Size == 4 ? 4 : 0);
    }
    return ERROR_SUCCESS;
}

/* ---- the DLL ---- */

static HMODULE library;

static struct {
    HRESULT(WINAPI *create_client)(const PWEB_SOCKET_PROPERTY, ULONG, WEB_SOCKET_HANDLE *);
    HRESULT(WINAPI *create_server)(const PWEB_SOCKET_PROPERTY, ULONG, WEB_SOCKET_HANDLE *);
    HRESULT(WINAPI *begin_client)
    (WEB_SOCKET_HANDLE, PCSTR *, ULONG, PCSTR *, ULONG, const PWEB_SOCKET_HTTP_HEADER, ULONG,
     PWEB_SOCKET_HTTP_HEADER *, ULONG *);
    HRESULT(WINAPI *begin_server)
    (WEB_SOCKET_HANDLE, PCSTR, PCSTR *, ULONG, const PWEB_SOCKET_HTTP_HEADER, ULONG,
     PWEB_SOCKET_HTTP_HEADER *, ULONG *);
    HRESULT(WINAPI *send)(WEB_SOCKET_HANDLE, WEB_SOCKET_BUFFER_TYPE, WEB_SOCKET_BUFFER *, PVOID);
    HRESULT(WINAPI *receive)(WEB_SOCKET_HANDLE, WEB_SOCKET_BUFFER *, PVOID);
    HRESULT(WINAPI *get_action)
    (WEB_SOCKET_HANDLE, WEB_SOCKET_ACTION_QUEUE, WEB_SOCKET_BUFFER *, ULONG *, WEB_SOCKET_ACTION *,
     WEB_SOCKET_BUFFER_TYPE *, PVOID *, PVOID *);
    VOID(WINAPI *complete)(WEB_SOCKET_HANDLE, PVOID, ULONG);
    VOID(WINAPI *abort)(WEB_SOCKET_HANDLE);
    VOID(WINAPI *delete)(WEB_SOCKET_HANDLE);
} call;

static void find(void *function, const char *name)
{
    FARPROC found = GetProcAddress(library, name);
    assert_non_null(found);
    memcpy(function, &found, sizeof found);
}

/* Lead one imported function of the library elsewhere. Returns whether it imports it. */
static int lead(const char *name, uintptr_t to)
{
    BYTE *base = (BYTE *)library;
    const IMAGE_NT_HEADERS *headers = (const void *)(base + ((const IMAGE_DOS_HEADER *)library)->e_lfanew);
    const IMAGE_IMPORT_DESCRIPTOR *dll =
        (const void *)(base +
                       headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress);
    for (; dll->Name != 0; dll++) {
        const IMAGE_THUNK_DATA *names = (const void *)(base + dll->OriginalFirstThunk);
        IMAGE_THUNK_DATA *functions = (void *)(base + dll->FirstThunk);
        for (; names->u1.AddressOfData != 0; names++, functions++) {
            const IMAGE_IMPORT_BY_NAME *entry = (const void *)(base + names->u1.AddressOfData);
            DWORD before;
            if (names->u1.Ordinal & IMAGE_ORDINAL_FLAG || strcmp((const char *)entry->Name, name) != 0)
                continue;
            assert_true(VirtualProtect(functions, sizeof *functions, PAGE_READWRITE, &before));
            functions->u1.Function = to;
            return 1;
        }
    }
    return 0;
}

static int loaded(void **state)
{
    (void)state;
    memset(&provider, 0, sizeof provider);
    event_count = 0;
    library = LoadLibraryA(getenv("WEBSOCKET_LIBRARY"));
    assert_non_null(library);
    assert_true(lead("EventRegister", (uintptr_t)stand_in_register));
    assert_true(lead("EventUnregister", (uintptr_t)stand_in_unregister));
    assert_true(lead("EventWrite", (uintptr_t)stand_in_write));
    find(&call.create_client, "WebSocketCreateClientHandle");
    find(&call.create_server, "WebSocketCreateServerHandle");
    find(&call.begin_client, "WebSocketBeginClientHandshake");
    find(&call.begin_server, "WebSocketBeginServerHandshake");
    find(&call.send, "WebSocketSend");
    find(&call.receive, "WebSocketReceive");
    find(&call.get_action, "WebSocketGetAction");
    find(&call.complete, "WebSocketCompleteAction");
    find(&call.abort, "WebSocketAbortHandle");
    find(&call.delete, "WebSocketDeleteHandle");
    return 0;
}

static int unloaded(void **state)
{
    (void)state;
    if (library)
        (void)FreeLibrary(library);
    return 0;
}

static void control(ULONG code)
{
    provider.callback(&provider.id, code, 4, 0, 0, NULL, provider.context);
}

/* An open server. */
static WEB_SOCKET_HANDLE open_server(void)
{
    static char host[] = "Host";
    WEB_SOCKET_HANDLE client;
    WEB_SOCKET_HANDLE server;
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
    WEB_SOCKET_HTTP_HEADER request[8] = {{host, 4, host, 4}};
    assert_int_equal(call.create_client(NULL, 0, &client), S_OK);
    assert_int_equal(call.create_server(NULL, 0, &server), S_OK);
    assert_int_equal(call.begin_client(client, NULL, 0, NULL, 0, NULL, 0, &headers, &count), S_OK);
    memcpy(request + 1, headers, count * sizeof *headers);
    assert_int_equal(call.begin_server(server, NULL, NULL, 0, request, count + 1, &headers, &count), S_OK);
    call.delete(client);
    return server;
}

/* ---- the file ---- */

static char file_name[] =
    "trace-events-0.txt"; /* each time another: one that is left to the system is not free yet */

/* As loaded, with WEBSOCKET_TRACE set. */
static int loaded_with(const char *variable)
{
    (void)DeleteFileA(file_name);
    assert_true(SetEnvironmentVariableA("WEBSOCKET_TRACE", variable));
    return loaded(NULL);
}

static int loaded_with_file(void **state)
{
    (void)state;
    return loaded_with(file_name);
}

static int unloaded_with_file(void **state)
{
    (void)unloaded(state);
    (void)SetEnvironmentVariableA("WEBSOCKET_TRACE", NULL);
    (void)DeleteFileA(file_name);
    file_name[sizeof "trace-events-" - 1]++;
    return 0;
}

static int is_there(void)
{
    return GetFileAttributesA(file_name) != INVALID_FILE_ATTRIBUTES;
}

static void tell(void)
{
    call.abort((WEB_SOCKET_HANDLE)(void *)(uintptr_t)0xABC);
}

static TOKEN_ELEVATION_TYPE elevation;

static BOOL WINAPI stand_in_token_information(HANDLE token, TOKEN_INFORMATION_CLASS class, LPVOID to,
                                              DWORD room, PDWORD size)
{
    (void)token;
    if (class != TokenElevationType || room != sizeof elevation)
        return FALSE;
    memcpy(to, &elevation, *size = sizeof elevation);
    return TRUE;
}

/* Wine's tokens are all elevated, and the DLL knows: here it is not told that this is Wine. */
static FARPROC WINAPI stand_in_proc_address(HMODULE module, LPCSTR name)
{
    (void)module;
    (void)name;
    return NULL;
}

static HANDLE stuck_in_write; /* told when the write has begun */
static volatile LONG writes_get_stuck;

static BOOL WINAPI stand_in_write_file(HANDLE file, LPCVOID bytes, DWORD count, LPDWORD written,
                                       LPOVERLAPPED at)
{
    if (InterlockedExchange(&writes_get_stuck, 0)) {
        SetEvent(stuck_in_write);
        Sleep(INFINITE);
    }
    return WriteFile(file, bytes, count, written, at);
}

static DWORD WINAPI tell_in_thread(LPVOID argument)
{
    (void)argument;
    tell();
    return 0;
}

static HANDLE start_telling(void)
{
    HANDLE thread = CreateThread(NULL, 0, tell_in_thread, NULL, 0, NULL);
    assert_non_null(thread);
    return thread;
}

/* A thread that writes for ever. */
static HANDLE get_stuck(void)
{
    assert_true(lead("WriteFile", (uintptr_t)stand_in_write_file));
    call.delete(open_server());
    stuck_in_write = CreateEventA(NULL, FALSE, FALSE, NULL);
    InterlockedExchange(&writes_get_stuck, 1);
    HANDLE thread = start_telling();
    assert_int_equal(WaitForSingleObject(stuck_in_write, INFINITE), WAIT_OBJECT_0);
    CloseHandle(stuck_in_write);
    return thread;
}

static unsigned count_lines(void)
{
    static char text[4096];
    unsigned count = 0;
    DWORD size;
    HANDLE file = CreateFileA(file_name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                              OPEN_EXISTING, 0, NULL);
    assert_true(file != INVALID_HANDLE_VALUE);
    assert_true(ReadFile(file, text, sizeof text, &size, NULL));
    CloseHandle(file);
    for (DWORD i = 0; i < size; i++)
        count += text[i] == '\n';
    return count;
}

/* ---- tests ---- */

static void registers_under_the_name_of_windows_own(void **state)
{
    static const GUID id = {0xcba5f63c, 0xe2cf, 0x4b36, {0x83, 0x05, 0xbd, 0xe1, 0x31, 0x19, 0x24, 0xfc}};
    (void)state;
    assert_int_equal(provider.registered, 0); /* loading it does nothing yet */
    call.delete(open_server());
    call.delete(open_server());
    assert_int_equal(provider.registered, 1);
    assert_memory_equal(&provider.id, &id, sizeof id);
}

static void unloading_leaves_no_callback_behind(void **state)
{
    (void)state;
    call.delete(open_server());
    assert_int_equal(provider.registered, 1);
    assert_true(FreeLibrary(library));
    library = NULL;
    assert_int_equal(provider.registered, 0);
}

static void nothing_is_written_unless_a_session_listens(void **state)
{
    (void)state;
    WEB_SOCKET_HANDLE server = open_server();
    assert_int_equal(call.receive(server, NULL, NULL), S_OK);
    call.abort(NULL);
    assert_int_equal(event_count, 0);
    control(1);
    call.abort(NULL);
    assert_int_equal(event_count, 1);
    control(2); /* "capture state" asks for nothing */
    call.abort(NULL);
    assert_int_equal(event_count, 2);
    control(0);
    call.abort(NULL);
    assert_int_equal(event_count, 2);
    call.delete(server);
}

static void expect(unsigned index, USHORT id, UCHAR level, UCHAR opcode, USHORT task, ULONG fields)
{
    const EVENT_DESCRIPTOR *descriptor = &events[index].descriptor;
    assert_int_equal(descriptor->Id, id);
    assert_int_equal(descriptor->Version, 0);
    assert_int_equal(descriptor->Level, level);
    assert_int_equal(descriptor->Opcode, opcode);
    assert_int_equal(descriptor->Task, task);
    assert_true(descriptor->Keyword & 1);
    assert_int_equal(events[index].fields, fields);
}

/* The events and their fields as the provider's published manifest has them. */
static void events_have_the_published_form(void **state)
{
    (void)state;
    WEB_SOCKET_BUFFER buffers[2];
    ULONG count = 2;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context;
    WEB_SOCKET_HANDLE server = open_server();
    control(1);
    assert_int_equal(call.send(server, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL), S_OK);
    assert_int_equal(call.receive(server, NULL, NULL), S_OK);
    assert_int_equal(
        call.get_action(server, WEB_SOCKET_ALL_ACTION_QUEUE, buffers, &count, &action, &type, NULL, &context),
        S_OK);
    call.complete(server, context, buffers[0].Data.ulBufferLength);
    count = 2;
    assert_int_equal(
        call.get_action(server, WEB_SOCKET_ALL_ACTION_QUEUE, buffers, &count, &action, &type, NULL, &context),
        S_OK);
    call.complete(server, context, 0);
    call.abort((WEB_SOCKET_HANDLE)(void *)(uintptr_t)0xABC);
    assert_int_equal(event_count, 6);

    expect(0, 2, 4, 1, 2, 2); /* queued: a send */
    assert_int_equal(events[0].numbers[1], 1);
    expect(1, 2, 4, 1, 2, 2); /* a receive */
    assert_int_equal(events[1].numbers[1], 0);
    assert_int_not_equal(events[0].numbers[0], events[1].numbers[0]);
    expect(2, 3, 4, 0, 2, 2);
    assert_int_equal(events[2].numbers[1], WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    expect(3, 3, 4, 0, 2, 2);
    assert_int_equal(events[3].numbers[1], WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    expect(4, 4, 4, 2, 2, 1); /* over */
    for (int i = 2; i < 5; i++)
        assert_int_equal(events[i].numbers[0], events[0].numbers[0]);
    expect(5, 1, 2, 0, 1, 2); /* refused */
    assert_int_equal(
        wcscmp(events[5].text,
               L"0xABC refused WebSocketAbortHandle: E_HANDLE, there is no such handle, or it was deleted"),
        0);
    assert_int_equal(events[5].numbers[1], (ULONG)E_HANDLE);
    call.delete(server);
}

static void the_last_error_stays_as_it_was(void **state)
{
    static const char *const variables[] = {file_name, "no-such-folder\\trace.txt", "stderr"};
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        (void)loaded_with(variables[i]);
        SetLastError(12345);
        tell(); /* opens */
        assert_int_equal(GetLastError(), 12345);
        control(1);
        SetLastError(12345);
        tell();
        assert_int_equal(GetLastError(), 12345);
        assert_true(event_count > 0);
        (void)unloaded_with_file(NULL);
    }
}

static void an_elevated_process_ignores_its_users_variable(void **state)
{
    static const TOKEN_ELEVATION_TYPE types[] = {TokenElevationTypeFull, TokenElevationTypeLimited,
                                                 TokenElevationTypeDefault};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        elevation = types[i];
        (void)loaded_with(file_name);
        assert_true(lead("GetTokenInformation", (uintptr_t)stand_in_token_information));
        assert_true(lead("GetProcAddress", (uintptr_t)stand_in_proc_address));
        tell();
        assert_int_equal(is_there(), elevation != TokenElevationTypeFull);
        (void)unloaded_with_file(NULL);
    }
}

static void a_write_that_never_ends_holds_up_nobody_else(void **state)
{
    (void)state;
    HANDLE stuck = get_stuck();
    HANDLE other = start_telling();
    assert_int_equal(WaitForSingleObject(other, 60000), WAIT_OBJECT_0);
    assert_int_equal(count_lines(), 1);
    assert_true(TerminateThread(stuck, 0));
    assert_int_equal(WaitForSingleObject(stuck, INFINITE), WAIT_OBJECT_0);
    CloseHandle(stuck);
    CloseHandle(other);
}

/* As ExitProcess kills all threads but one, which then calls from some DLL's end. */
static void a_thread_that_was_killed_as_it_wrote_holds_up_nobody(void **state)
{
    (void)state;
    HANDLE stuck = get_stuck();
    assert_true(TerminateThread(stuck, 0));
    assert_int_equal(WaitForSingleObject(stuck, INFINITE), WAIT_OBJECT_0);
    CloseHandle(stuck);
    HANDLE other = start_telling();
    assert_int_equal(WaitForSingleObject(other, 60000), WAIT_OBJECT_0);
    CloseHandle(other);
    assert_int_equal(count_lines(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(registers_under_the_name_of_windows_own, loaded, unloaded),
        cmocka_unit_test_setup_teardown(unloading_leaves_no_callback_behind, loaded, unloaded),
        cmocka_unit_test_setup_teardown(nothing_is_written_unless_a_session_listens, loaded, unloaded),
        cmocka_unit_test_setup_teardown(events_have_the_published_form, loaded, unloaded),
        cmocka_unit_test(the_last_error_stays_as_it_was),
        cmocka_unit_test(an_elevated_process_ignores_its_users_variable),
        cmocka_unit_test_setup_teardown(a_write_that_never_ends_holds_up_nobody_else, loaded_with_file,
                                        unloaded_with_file),
        cmocka_unit_test_setup_teardown(a_thread_that_was_killed_as_it_wrote_holds_up_nobody,
                                        loaded_with_file, unloaded_with_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
