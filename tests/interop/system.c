/*
 * system.c - see system.h.
 */
#ifndef _WIN32
#define _GNU_SOURCE /* dladdr, madvise */
#endif

#include "system.h"

#include <stdint.h>
#include <string.h>

#ifdef _WIN32

#include <windows.h>
#include <shellapi.h>
#include <stdlib.h>

/* Returns the number of bytes with the NUL, 0 on failure. to may be NULL to ask for it. */
static int to_utf8(const wchar_t *wide, char *to, int room)
{
    return WideCharToMultiByte(CP_UTF8, 0, wide, -1, to, room, NULL, NULL);
}

char **system_arguments(int *argc, char **argv)
{
    (void)argv;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), argc);
    char **arguments = wide != NULL ? calloc((size_t)*argc + 1, sizeof *arguments) : NULL;
    for (int i = 0; arguments != NULL && i < *argc; i++) {
        int size = to_utf8(wide[i], NULL, 0);
        arguments[i] = malloc(size > 0 ? (size_t)size : 1);
        if (arguments[i] == NULL || to_utf8(wide[i], arguments[i], size) == 0)
            return NULL;
    }
    LocalFree(wide);
    return arguments;
}

FILE *system_open(const char *name)
{
    wchar_t wide[MAX_PATH];
    if (MultiByteToWideChar(CP_UTF8, 0, name, -1, wide, MAX_PATH) == 0)
        return NULL;
    return _wfopen(wide, L"rb");
}

void system_start_sparse(void)
{
}

static uintptr_t page_size(void)
{
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return info.dwPageSize;
}

/* They may stay in memory, but are the first to go, and are not written to a file before. Nothing is allocated. */
static void forget_pages(void *pages, size_t size)
{
    /* cppcheck-suppress leakReturnValNotUsed */
    VirtualAlloc(pages, size, MEM_RESET, PAGE_NOACCESS);
}

void system_library_path(char *path, size_t room)
{
    wchar_t wide[MAX_PATH];
    HMODULE module = GetModuleHandleW(L"websocket.dll"); /* NULL, the program itself, if linked statically */
    if (GetModuleFileNameW(module, wide, MAX_PATH) == 0 || to_utf8(wide, path, (int)room) == 0)
        snprintf(path, room, "an unknown file");
}

#else

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

char **system_arguments(int *argc, char **argv)
{
    (void)argc;
    return argv;
}

FILE *system_open(const char *name)
{
    return fopen(name, "rb");
}

void system_start_sparse(void)
{
#ifdef __linux__
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
#endif
}

static uintptr_t page_size(void)
{
    return (uintptr_t)sysconf(_SC_PAGESIZE);
}

static void forget_pages(void *pages, size_t size)
{
#ifdef __linux__ /* where it means so: they are gone at once, and are zeros when they come back */
    madvise(pages, size, MADV_DONTNEED);
#else
    (void)pages;
    (void)size;
#endif
}

void system_library_path(char *path, size_t room)
{
    Dl_info info;
    void *function = dlsym(RTLD_DEFAULT, "WebSocketGetAction"); /* NULL if linked statically */
    if (function == NULL || dladdr(function, &info) == 0)
        snprintf(path, room, "the program itself");
    else
        snprintf(path, room, "%s", info.dli_fname);
}

#endif

void system_forget(void *memory, size_t size)
{
    char *begin = memory;
    uintptr_t page = page_size();
    size_t before =
        (size_t)(-(uintptr_t)begin & (page - 1)); /* what does not fill a page at either end stays */
    if (size > before && size - before >= page)
        forget_pages(begin + before, (size - before) & ~(page - 1));
}
