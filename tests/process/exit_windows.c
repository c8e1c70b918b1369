/*
 * exit_windows.c - ExitProcess ends the other threads wherever they are, and then tells the DLLs, whose code may use the
 * library: the process must end.  exit_windows handle|table
 *
 * A thread is stopped inside of a call: its first access to a page that may not be accessed never returns. For `handle` that
 * is the memory of a call's argument, while the thread is inside of a handle; for `table` the library's own, while the thread
 * has the lock that all handles share. Then the process exits, with 0 if the calls in its end returned what they should; if
 * one of them waits for the thread that is gone, never.
 */
#include <websocket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detach.h"
#include "handle/handle.h"

enum { PAGE = 4096, HANDLES = 2 * PAGE / sizeof(struct ws_handle_slot) };

static WEB_SOCKET_HANDLE handles[HANDLES];
static uint8_t *forbidden;
static HANDLE stopped;

static LONG CALLBACK stop(PEXCEPTION_POINTERS exception)
{
    const EXCEPTION_RECORD *record = exception->ExceptionRecord;
    if (record->ExceptionCode != EXCEPTION_ACCESS_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    (void)SetEvent(stopped);
    Sleep(INFINITE);
    return EXCEPTION_CONTINUE_SEARCH;
}

static void access(DWORD protection)
{
    DWORD before;
    if (!VirtualProtect(forbidden, PAGE, protection, &before))
        exit(2);
}

static DWORD WINAPI send_forbidden(void *argument)
{
    (void)argument;
    (void)WebSocketSend(handles[1], WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE,
                        (WEB_SOCKET_BUFFER *)(void *)forbidden, NULL);
    return 0;
}

static DWORD WINAPI delete_last(void *argument)
{
    (void)argument;
    WebSocketDeleteHandle(handles[HANDLES - 1]);
    return 0;
}

/* In the process's end: no other thread is there. */
static void use_all(void)
{
    WEB_SOCKET_HANDLE fresh = NULL;
    access(PAGE_READWRITE);
    bool fine = WebSocketCreateServerHandle(NULL, 0, &fresh) == S_OK && fresh != NULL;
    WebSocketDeleteHandle(fresh);
    unsigned refused = 0;
    for (unsigned i = 1; i < HANDLES; i++) {
        refused += WebSocketReceive(handles[i], NULL, NULL) == E_HANDLE;
        WebSocketDeleteHandle(handles[i]);
    }
    fine = fine && refused == 1 && WebSocketCreateServerHandle(NULL, 0, &fresh) == S_OK;
    printf("%u handles are refused: %s\n", refused, fine ? "as expected" : "wrong");
    (void)fflush(stdout);
    if (!fine)
        (void)TerminateProcess(GetCurrentProcess(), 1);
}

int main(int argc, char **argv)
{
    const bool table = argc == 2 && strcmp(argv[1], "table") == 0;
    for (unsigned i = 0; i < HANDLES; i++)
        if (WebSocketCreateServerHandle(NULL, 0, &handles[i]) != S_OK)
            return 2;
    stopped = CreateEventW(NULL, TRUE, FALSE, NULL);
    (void)AddVectoredExceptionHandler(1, stop);
    detach_call(use_all);
    if (table) { /* the slot that was deleted last is written to when the next one is */
        struct ws_session *session;
        struct ws_handle_slot *slot = ws_handle_enter((uintptr_t)handles[0], &session);
        forbidden = (uint8_t *)((uintptr_t)slot & ~(uintptr_t)(PAGE - 1));
        ws_handle_leave(slot);
        WebSocketDeleteHandle(handles[0]);
    } else {
        forbidden = VirtualAlloc(NULL, PAGE, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    }
    access(PAGE_NOACCESS);
    const HANDLE thread = CreateThread(NULL, 0, table ? delete_last : send_forbidden, NULL, 0, NULL);
    if (!thread || WaitForSingleObject(stopped, 60000) != WAIT_OBJECT_0)
        return 2;
    (void)CloseHandle(thread);
    ExitProcess(0);
}
