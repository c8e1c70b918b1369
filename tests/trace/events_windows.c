/*
 * The DLL as event provider. Its imports from advapi32 are led to functions of this program before the first call, so
 * that what it registers and writes can be seen, and a session can be pretended to come and go. That sessions receive
 * the events is Windows' business, and is not tested here.
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
               L"WebSocketAbortHandle: there is no such handle, or it was deleted (handle 0xABC)"),
        0);
    assert_int_equal(events[5].numbers[1], (ULONG)E_HANDLE);
    call.delete(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(registers_under_the_name_of_windows_own, loaded, unloaded),
        cmocka_unit_test_setup_teardown(unloading_leaves_no_callback_behind, loaded, unloaded),
        cmocka_unit_test_setup_teardown(nothing_is_written_unless_a_session_listens, loaded, unloaded),
        cmocka_unit_test_setup_teardown(events_have_the_published_form, loaded, unloaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
