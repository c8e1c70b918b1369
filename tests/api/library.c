/*
 * The library under test: linked with the program, or loaded from a file. The operating systems differ in
 * three calls only; all else is the same for both.
 *
 * With API_TESTS_NOT_LINKED the program has no library of its own and starts where there is none.
 */
#ifndef _WIN32
#define _GNU_SOURCE /* dladdr */
#endif

#include "library.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

typedef void (*any_function)(void);

#ifndef API_TESTS_NOT_LINKED

static const struct websocket_library linked = {
    .AbortHandle = WebSocketAbortHandle,
    .BeginClientHandshake = WebSocketBeginClientHandshake,
    .BeginServerHandshake = WebSocketBeginServerHandshake,
    .CompleteAction = WebSocketCompleteAction,
    .CreateClientHandle = WebSocketCreateClientHandle,
    .CreateServerHandle = WebSocketCreateServerHandle,
    .DeleteHandle = WebSocketDeleteHandle,
    .EndClientHandshake = WebSocketEndClientHandshake,
    .EndServerHandshake = WebSocketEndServerHandshake,
    .GetAction = WebSocketGetAction,
    .GetGlobalProperty = WebSocketGetGlobalProperty,
    .Receive = WebSocketReceive,
    .Send = WebSocketSend,
};

#endif

static const struct {
    const char *name;
    size_t offset;
} exports[] = {
    {"WebSocketAbortHandle", offsetof(struct websocket_library, AbortHandle)},
    {"WebSocketBeginClientHandshake", offsetof(struct websocket_library, BeginClientHandshake)},
    {"WebSocketBeginServerHandshake", offsetof(struct websocket_library, BeginServerHandshake)},
    {"WebSocketCompleteAction", offsetof(struct websocket_library, CompleteAction)},
    {"WebSocketCreateClientHandle", offsetof(struct websocket_library, CreateClientHandle)},
    {"WebSocketCreateServerHandle", offsetof(struct websocket_library, CreateServerHandle)},
    {"WebSocketDeleteHandle", offsetof(struct websocket_library, DeleteHandle)},
    {"WebSocketEndClientHandshake", offsetof(struct websocket_library, EndClientHandshake)},
    {"WebSocketEndServerHandshake", offsetof(struct websocket_library, EndServerHandshake)},
    {"WebSocketGetAction", offsetof(struct websocket_library, GetAction)},
    {"WebSocketGetGlobalProperty", offsetof(struct websocket_library, GetGlobalProperty)},
    {"WebSocketReceive", offsetof(struct websocket_library, Receive)},
    {"WebSocketSend", offsetof(struct websocket_library, Send)},
};

static struct websocket_library loaded;
static void *module; /* NULL: the linked library */

const struct websocket_library *ws;

#ifdef _WIN32

static void *load(const char *file)
{
    void *result = LoadLibraryA(file);

    if (result == NULL) {
        DWORD error = GetLastError();
        char reason[256] = "";

        FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0, reason,
                       sizeof reason, NULL);
        reason[strcspn(reason, "\r\n")] = '\0';
        fprintf(stderr, "%s: error %lu: %s\n", file, error, reason);
    }
    return result;
}

static any_function find(const char *name)
{
    FARPROC found = GetProcAddress(module, name);
    any_function function = NULL;

    memcpy(&function, &found, sizeof function);
    return function;
}

/*
 * The linked functions' addresses are those of jumps in the program itself, so the module is asked for by
 * name.
 */
HMODULE library_module(void)
{
    return module == NULL ? GetModuleHandleA("websocket.dll") : module;
}

void library_file(char *file, size_t size)
{
    wchar_t name[MAX_PATH];
    DWORD length = GetModuleFileNameW(library_module(), name, MAX_PATH);
    int written = WideCharToMultiByte(CP_UTF8, 0, name, (int)length, file, (int)size - 1, NULL, NULL);

    file[written] = '\0';
}

#else

static void *load(const char *file)
{
    void *result = dlopen(file, RTLD_NOW | RTLD_LOCAL);

    if (result == NULL)
        fprintf(stderr, "%s\n", dlerror());
    return result;
}

static any_function find(const char *name)
{
    void *found = dlsym(module, name);
    any_function function = NULL;

    memcpy(&function, &found, sizeof function);
    return function;
}

void library_file(char *file, size_t size)
{
    Dl_info info;
    void *address;

    memcpy(&address, &ws->Send, sizeof address);
    snprintf(file, size, "%s", dladdr(address, &info) != 0 ? info.dli_fname : "");
}

#endif

static bool open_linked(void)
{
#ifdef API_TESTS_NOT_LINKED
    fprintf(stderr, "which library? Name it with --library FILE.\n");
    return false;
#else
    ws = &linked;
    return true;
#endif
}

bool library_open(const char *file)
{
    if (file == NULL)
        return open_linked();
    module = load(file);
    if (module == NULL)
        return false;
    for (size_t i = 0; i < sizeof exports / sizeof exports[0]; i++) {
        any_function function = find(exports[i].name);

        if (function == NULL) {
            fprintf(stderr, "%s: no %s in it\n", file, exports[i].name);
            return false;
        }
        memcpy((char *)&loaded + exports[i].offset, &function, sizeof function);
    }
    ws = &loaded;
    return true;
}

struct websocket_results library_results(void)
{
    return (struct websocket_results){
        .AbortHandle = (HRESULT(WINAPI *)(WEB_SOCKET_HANDLE))(any_function)ws->AbortHandle,
        .CompleteAction =
            (HRESULT(WINAPI *)(WEB_SOCKET_HANDLE, PVOID, ULONG))(any_function)ws->CompleteAction,
        .DeleteHandle = (HRESULT(WINAPI *)(WEB_SOCKET_HANDLE))(any_function)ws->DeleteHandle,
    };
}

bool library_introduce(void)
{
    char file[1024];
    WEB_SOCKET_HANDLE handle = NULL;
    PWEB_SOCKET_HTTP_HEADER headers = NULL;
    ULONG count = 0;
    const char *key = NULL;

    library_file(file, sizeof file);
    printf("WebSocketSend is in %s (%s)\n", file, module == NULL ? "linked" : "loaded");
    fflush(stdout);

    if (SUCCEEDED(ws->CreateClientHandle(NULL, 0, &handle)) &&
        SUCCEEDED(ws->BeginClientHandshake(handle, NULL, 0, NULL, 0, NULL, 0, &headers, &count))) {
        for (ULONG i = 0; i < count; i++)
            if (headers[i].ulNameLength == 17 && memcmp(headers[i].pcName, "Sec-WebSocket-Key", 17) == 0 &&
                headers[i].ulValueLength == 24)
                key = headers[i].pcValue;
    }
    if (key == NULL) {
        fprintf(stderr, "%s: no handshake key: this is a stub\n", file);
    } else {
        printf("it is no stub: it made the handshake key %.24s\n", key);
        fflush(stdout);
    }
    ws->DeleteHandle(handle);
    return key != NULL;
}
