/*
 * two_copies.c - a handle of one copy of the library is none of another's in the same process:  two_copies LIBRARY COPY
 */
#include <websocket.h>

#include <stdio.h>
#include <stdlib.h>

#ifdef _WIN32
static void *open_library(const char *file)
{
    return (void *)LoadLibraryA(file);
}

static void *find(void *library, const char *name)
{
    return (void *)(uintptr_t)GetProcAddress((HMODULE)library, name);
}
#else
#include <dlfcn.h>

static void *open_library(const char *file)
{
    return dlopen(file, RTLD_NOW | RTLD_LOCAL);
}

static void *find(void *library, const char *name)
{
    return dlsym(library, name);
}
#endif

typedef HRESULT(WINAPI *create_function)(const PWEB_SOCKET_PROPERTY, ULONG, WEB_SOCKET_HANDLE *);
typedef HRESULT(WINAPI *receive_function)(WEB_SOCKET_HANDLE, WEB_SOCKET_BUFFER *, PVOID);
typedef VOID(WINAPI *delete_function)(WEB_SOCKET_HANDLE);

enum { HANDLES = 100 };

struct copy {
    create_function create;
    receive_function receive;
    delete_function delete;
    WEB_SOCKET_HANDLE handles[HANDLES];
};

static void load(struct copy *copy, const char *file)
{
    void *library = open_library(file);
    if (!library) {
        printf("%s cannot be loaded\n", file);
        exit(2);
    }
    *(void **)&copy->create = find(library, "WebSocketCreateServerHandle");
    *(void **)&copy->receive = find(library, "WebSocketReceive");
    *(void **)&copy->delete = find(library, "WebSocketDeleteHandle");
    for (int i = 0; i < HANDLES; i++)
        if (copy->create(NULL, 0, &copy->handles[i]) != S_OK)
            exit(2);
}

/* How many of the other's handles this one takes for its own. */
static int taken(const struct copy *copy, const struct copy *other)
{
    int count = 0;
    for (int i = 0; i < HANDLES; i++) {
        count += copy->receive(other->handles[i], NULL, NULL) != E_HANDLE;
        copy->delete (other->handles[i]);
    }
    return count;
}

int main(int argc, char **argv)
{
    static struct copy copies[2];
    if (argc != 3)
        return 2;
    for (int i = 0; i < 2; i++)
        load(&copies[i], argv[1 + i]);
    if (copies[0].create == copies[1].create) {
        puts("they are one library");
        return 2;
    }
    const int confused = taken(&copies[0], &copies[1]) + taken(&copies[1], &copies[0]);
    printf("%d handles of %d are taken for another's\n", confused, 2 * HANDLES);
    for (int copy = 0; copy < 2; copy++) /* those of their own are handles still */
        for (int i = 0; i < HANDLES; i++) {
            if (copies[copy].receive(copies[copy].handles[i], NULL, NULL) == E_HANDLE)
                return 1;
            copies[copy].delete(copies[copy].handles[i]);
        }
    return confused != 0;
}
