/*
 * A stand-in for api_tests.exe, which takes half a minute under Wine:  api_tests --library DLL
 *
 * It tells a DLL that works from one that does not, and nothing else.
 */
#include <windows.h>

#include <stdio.h>

#include "websocket.h"

typedef HRESULT(WINAPI *create_server_handle)(const WEB_SOCKET_PROPERTY *, ULONG, WEB_SOCKET_HANDLE *);

int main(int argc, char **argv)
{
    HMODULE library = argc == 3 ? LoadLibraryA(argv[2]) : NULL;
    FARPROC function = library != NULL ? GetProcAddress(library, "WebSocketCreateServerHandle") : NULL;
    WEB_SOCKET_HANDLE handle = NULL;
    if (function == NULL || FAILED(((create_server_handle)(void (*)(void))function)(NULL, 0, &handle)) ||
        handle == NULL)
        return 1;
    (void)printf("1 of 1 agree\n");
    return 0;
}
