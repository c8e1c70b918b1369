/*
 * Loads the library, uses it with a trace, and unloads it, again and again: trace_reload LIBRARY FILE
 *
 * FILE is what WEBSOCKET_TRACE names. After each unload nobody may have it open any more.
 */
#ifndef _WIN32
#define _POSIX_C_SOURCE 200809L /* fileno under -std=c11 */
#endif

#include <stdio.h>
#include <string.h>

#include <websocket.h>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>
#endif

enum { ROUNDS = 20 };

typedef HRESULT(WINAPI *create_function)(const PWEB_SOCKET_PROPERTY, ULONG, WEB_SOCKET_HANDLE *);
typedef VOID(WINAPI *delete_function)(WEB_SOCKET_HANDLE);

#ifdef _WIN32

static void *load(const char *name)
{
    return LoadLibraryA(name);
}

static void find(void *library, const char *name, void *function, size_t size)
{
    FARPROC found = GetProcAddress(library, name);
    memcpy(function, &found, size);
}

static int unload(void *library)
{
    return FreeLibrary(library) != 0;
}

/* Who has a file open stands in the way of one that wants it for himself. */
static int is_open(const char *name)
{
    HANDLE file = CreateFileA(name, GENERIC_READ, 0, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return 1;
    CloseHandle(file);
    return 0;
}

#else

static void *load(const char *name)
{
    return dlopen(name, RTLD_NOW | RTLD_LOCAL);
}

static void find(void *library, const char *name, void *function, size_t size)
{
    void *found = dlsym(library, name);
    memcpy(function, &found, size);
}

static int unload(void *library)
{
    return dlclose(library) == 0;
}

/* A new descriptor is the lowest that is free: it was the same before if none is open now that was not then. */
static int is_open(const char *name)
{
    static int lowest = -1;
    int file = open(name, O_RDONLY);
    if (lowest < 0)
        lowest = file;
    close(file);
    return file != lowest;
}

#endif

static int use(const char *name, const char *file)
{
    create_function create;
    delete_function delete;
    WEB_SOCKET_HANDLE handle = NULL;
    void *library = load(name);
    if (!library) {
        fprintf(stderr, "cannot load %s\n", name);
        return 0;
    }
    find(library, "WebSocketCreateServerHandle", &create, sizeof create);
    find(library, "WebSocketDeleteHandle", &delete, sizeof delete);
    if (!create || !delete || create(NULL, 0, &handle) != S_OK)
        return 0;
    delete (handle);
    if (!is_open(file)) {
        fprintf(stderr, "there is no trace\n");
        return 0;
    }
    return unload(library);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    FILE *empty = fopen(argv[2], "wb");
    if (!empty)
        return 2;
    fclose(empty);
    if (is_open(argv[2]))
        return 2;
    for (int i = 0; i < ROUNDS; i++) {
        if (!use(argv[1], argv[2]))
            return 1;
        if (is_open(argv[2])) {
            fprintf(stderr, "round %d: the file is still open\n", i);
            return 1;
        }
    }
    return 0;
}
