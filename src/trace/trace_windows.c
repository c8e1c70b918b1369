/*
 * The operating system behind trace_system.h, for Windows 7 and later: a file, and the event provider of Windows' own
 * websocket.dll (EventRegister, EventWrite and EventUnregister of advapi32, since Windows Vista).
 */
#include "trace/trace_system.h"

#include <stdlib.h>
#include <wchar.h>

#include <windows.h>

#include <evntprov.h>

#include "trace/trace.h"

/* {cba5f63c-e2cf-4b36-8305-bde1311924fc}, Microsoft-Windows-Websocket-Protocol-Component */
static const GUID provider_id = {
    0xcba5f63c, 0xe2cf, 0x4b36, {0x83, 0x05, 0xbd, 0xe1, 0x31, 0x19, 0x24, 0xfc}};

/*
 * The manifest's one keyword, and the bit of its channel, Microsoft-Windows-Websocket-Protocol-Component/Tracing: the
 * first channel of a manifest has the number 16 and the highest bit.
 */
#define KEYWORD 0x8000000000000001u
#define CHANNEL 16

/* Id, Version, Channel, Level (error, information), Opcode (info, start, stop), Task (parser, action queue), Keyword */
static const EVENT_DESCRIPTOR events[] = {
    {WS_TRACE_REFUSED, 0, CHANNEL, 2, 0, 1, KEYWORD},
    {WS_TRACE_QUEUED, 0, CHANNEL, 4, 1, 2, KEYWORD},
    {WS_TRACE_ACTION, 0, CHANNEL, 4, 0, 2, KEYWORD},
    {WS_TRACE_OVER, 0, CHANNEL, 4, 2, 2, KEYWORD},
};

/* What the enable callback is told; others ask for nothing. */
enum { CONTROL_DISABLE, CONTROL_ENABLE };

/* How long one line waits for another of the same file: it may be held up by a dead network, or for ever. */
#define PATIENCE 100 /* milliseconds */

static HANDLE file;
static HANDLE turn; /* a mutex: who has it writes. NULL if none is needed */
static REGHANDLE provider;

uint64_t ws_trace_system_now(void)
{
    FILETIME now; /* 100 nanoseconds since 1601 */
    GetSystemTimeAsFileTime(&now);
    return (((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) - 116444736000000000u) / 10000;
}

/*
 * Whether the process has more rights than its user's other ones: these can set the variable. (A user of whom there
 * is no other half, such as the system's services have, is as trusted as his variables.) Wine says so of every
 * process.
 */
static bool is_elevated(void)
{
    TOKEN_ELEVATION_TYPE type = TokenElevationTypeFull;
    HANDLE token;
    DWORD size;
    const HMODULE system = GetModuleHandleW(L"ntdll.dll");
    if (system && GetProcAddress(system, "wine_get_version"))
        return false;
    if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) {
        (void)GetTokenInformation(token, TokenElevationType, &type, sizeof type, &size);
        (void)CloseHandle(token);
    }
    return type == TokenElevationTypeFull;
}

static HANDLE open_file(void)
{
    WCHAR name[MAX_PATH];
    const HANDLE process = GetCurrentProcess();
    const DWORD length = GetEnvironmentVariableW(L"WEBSOCKET_TRACE", name, MAX_PATH);
    if (length == 0 || length >= MAX_PATH || is_elevated())
        return INVALID_HANDLE_VALUE;
    if (wcscmp(name, L"stderr") !=
        0) /* with no other right to write than to append, each WriteFile goes to the end */
        return CreateFileW(name, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                           NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    HANDLE opened =
        GetStdHandle(STD_ERROR_HANDLE); /* one of our own stays what it is whatever the program closes */
    if (opened == INVALID_HANDLE_VALUE ||
        !DuplicateHandle(process, opened, process, &opened, 0, FALSE, DUPLICATE_SAME_ACCESS))
        return INVALID_HANDLE_VALUE;
    return opened;
}

/* A session came or went. Which levels and keywords it wants is looked at by EventWrite. */
static VOID NTAPI enabled(LPCGUID source, ULONG is_enabled, UCHAR level, ULONGLONG any, ULONGLONG all,
                          PEVENT_FILTER_DESCRIPTOR filter, PVOID context)
{
    (void)source;
    (void)level;
    (void)any;
    (void)all;
    (void)filter;
    (void)context;
    if (is_enabled == CONTROL_ENABLE || is_enabled == CONTROL_DISABLE)
        ws_trace_listen(WS_TRACE_EVENTS, is_enabled == CONTROL_ENABLE);
}

static void unregister(void)
{
    ws_trace_listen(WS_TRACE_EVENTS, false);
    (void)EventUnregister(provider); /* 0 if it could not be registered, which is refused */
}

/* Called when the library is unloaded or, in a program that holds it as a static library, when that ends. */
static void stop(void)
{
    unregister();
    ws_trace_stop();
}

bool ws_trace_system_open(void)
{
    const DWORD error = GetLastError();
    (void)EventRegister(&provider_id, enabled, NULL, &provider);
    if (atexit(stop) != 0) /* a library that is gone must not leave its callback behind */
        unregister();
    file = open_file();
    /* Windows needs no turns, but under Wine the ends of files race; consoles and pipes, which can stand still, do not. */
    if (file != INVALID_HANDLE_VALUE && GetFileType(file) == FILE_TYPE_DISK)
        turn = CreateMutexW(NULL, FALSE, NULL);
    SetLastError(error);
    return file != INVALID_HANDLE_VALUE;
}

void ws_trace_system_close(void)
{
    (void)CloseHandle(file);
    if (turn)
        (void)CloseHandle(turn);
}

enum ws_trace_written ws_trace_system_write(const char *line, size_t length)
{
    const DWORD error = GetLastError();
    DWORD written = 0;
    if (turn) /* that of a thread which was killed is passed on by the system */
        (void)WaitForSingleObject(turn, PATIENCE);
    (void)WriteFile(file, line, (DWORD)length, &written, NULL);
    if (turn)
        (void)ReleaseMutex(turn); /* nothing happens if it is another's */
    SetLastError(error);
    if (written == 0)
        return WS_TRACE_LOST;
    return written == length ? WS_TRACE_WRITTEN : WS_TRACE_ENDED;
}

void ws_trace_system_event(unsigned event, const struct ws_line *text, uint32_t id, uint32_t value)
{
    const DWORD error = GetLastError();
    EVENT_DATA_DESCRIPTOR fields[2];
    WCHAR wide[WS_LINE_MAX + 1] = {0};
    for (size_t i = 0; i < text->length; i++)
        wide[i] = (WCHAR)(unsigned char)text->text[i];
    EventDataDescCreate(&fields[0], &id, sizeof id);
    EventDataDescCreate(&fields[1], &value, sizeof value);
    if (event == WS_TRACE_REFUSED)
        EventDataDescCreate(&fields[0], wide, ((ULONG)text->length + 1) * (ULONG)sizeof wide[0]);
    (void)EventWrite(provider, &events[event - 1], event == WS_TRACE_OVER ? 1 : 2, fields);
    SetLastError(error);
}
