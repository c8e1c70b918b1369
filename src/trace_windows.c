/*
 * The operating system behind trace_system.h, for Windows 7 and later: a file, and the event provider of Windows' own
 * websocket.dll (EventRegister, EventWrite and EventUnregister of advapi32, since Windows Vista).
 */
#include "trace_system.h"

#include <stdlib.h>
#include <wchar.h>

#include <windows.h>

#include <evntprov.h>

#include "platform.h"
#include "trace.h"

/* {cba5f63c-e2cf-4b36-8305-bde1311924fc}, Microsoft-Windows-Websocket-Protocol-Component */
static const GUID provider_id = {
    0xcba5f63c, 0xe2cf, 0x4b36, {0x83, 0x05, 0xbd, 0xe1, 0x31, 0x19, 0x24, 0xfc}};

/*
 * The manifest's one keyword, and the bit of its channel, Microsoft-Windows-Websocket-Protocol-Component/Tracing: the
 * first channel of a manifest has the number 16 and the highest bit.
 */
#define KEYWORD 0x8000000000000001u
#define CHANNEL 16

enum { LEVEL_ERROR = 2, LEVEL_INFORMATION = 4 };
enum {
    CONTROL_DISABLE = 0,
    CONTROL_ENABLE = 1
}; /* what the enable callback is told; others ask for nothing */
enum { OPCODE_INFO, OPCODE_START, OPCODE_STOP };
enum { TASK_PARSER = 1, TASK_ACTION_QUEUE = 2 };

/* Id, Version, Channel, Level, Opcode, Task, Keyword */
static const EVENT_DESCRIPTOR events[] = {
    {1, 0, CHANNEL, LEVEL_ERROR, OPCODE_INFO, TASK_PARSER, KEYWORD},
    {2, 0, CHANNEL, LEVEL_INFORMATION, OPCODE_START, TASK_ACTION_QUEUE, KEYWORD},
    {3, 0, CHANNEL, LEVEL_INFORMATION, OPCODE_INFO, TASK_ACTION_QUEUE, KEYWORD},
    {4, 0, CHANNEL, LEVEL_INFORMATION, OPCODE_STOP, TASK_ACTION_QUEUE, KEYWORD},
};

static HANDLE file;
static HANDLE opened; /* the same, unless it is the program's standard error */
static REGHANDLE provider;

struct ws_trace_time ws_trace_system_now(void)
{
    SYSTEMTIME now;
    GetSystemTime(&now);
    return (struct ws_trace_time){.year = now.wYear,
                                  .month = now.wMonth,
                                  .day = now.wDay,
                                  .hour = now.wHour,
                                  .minute = now.wMinute,
                                  .second = now.wSecond,
                                  .millisecond = now.wMilliseconds};
}

bool ws_trace_system_open(void)
{
    WCHAR name[MAX_PATH];
    const DWORD length = GetEnvironmentVariableW(L"WEBSOCKET_TRACE", name, MAX_PATH);
    if (length == 0 || length >= MAX_PATH)
        return false;
    if (wcscmp(name, L"stderr") == 0)
        file = GetStdHandle(STD_ERROR_HANDLE);
    else /* of all rights to write only the one to append: then each WriteFile is whole and goes to the end */
        file = opened =
            CreateFileW(name, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                        OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    return file != NULL && file != INVALID_HANDLE_VALUE;
}

void ws_trace_system_close(void)
{
    if (opened != NULL && opened != INVALID_HANDLE_VALUE)
        (void)CloseHandle(opened);
}

void ws_trace_system_write(const char *line, size_t length)
{
    static struct ws_atomic_u32 lock; /* Windows needs none here, but under Wine the ends of files race */
    DWORD written;
    ws_platform_lock(&lock);
    (void)WriteFile(file, line, (DWORD)length, &written, NULL);
    ws_platform_unlock(&lock);
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
    if (is_enabled == CONTROL_ENABLE)
        ws_trace_listen(WS_TRACE_EVENTS);
    else if (is_enabled == CONTROL_DISABLE)
        ws_trace_unlisten(WS_TRACE_EVENTS);
}

static void unregister(void)
{
    ws_trace_unlisten(WS_TRACE_EVENTS);
    (void)EventUnregister(provider); /* 0 if it could not be registered, which is refused */
}

/* Called when the library is unloaded or, in a program that holds it as a static library, when that ends. */
static void stop(void)
{
    unregister();
    ws_trace_stop();
}

void ws_trace_system_register(void)
{
    (void)EventRegister(&provider_id, enabled, NULL, &provider);
    if (atexit(stop) != 0) /* a library that is gone must not leave its callback behind */
        unregister();
}

static void write_event(unsigned event, EVENT_DATA_DESCRIPTOR *fields, ULONG count)
{
    (void)EventWrite(provider, &events[event - 1], count, fields);
}

void ws_trace_system_message(const char *text, size_t length, uint32_t error)
{
    WCHAR wide[WS_LINE_MAX + 1];
    for (size_t i = 0; i < length; i++)
        wide[i] = (WCHAR)(unsigned char)text[i];
    wide[length] = L'\0';

    EVENT_DATA_DESCRIPTOR fields[2];
    EventDataDescCreate(&fields[0], wide, (ULONG)((length + 1) * sizeof wide[0]));
    EventDataDescCreate(&fields[1], &error, sizeof error);
    write_event(1, fields, 2);
}

void ws_trace_system_event(unsigned event, uint32_t id, uint32_t value)
{
    EVENT_DATA_DESCRIPTOR fields[2];
    EventDataDescCreate(&fields[0], &id, sizeof id);
    EventDataDescCreate(&fields[1], &value, sizeof value);
    write_event(event, fields, event == 4 ? 1 : 2);
}
