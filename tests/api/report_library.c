/*
 * Which library was loaded: its name from the loader, its version from the image in memory, which needs no
 * other DLL, and its size from the file.
 */
#include "report_library.h"

#include <stdio.h>
#include <string.h>

#include "library.h"

#if defined _M_ARM64 || defined __aarch64__
#define ARCHITECTURE "ARM64"
#elif defined _M_X64 || defined __x86_64__
#define ARCHITECTURE "x64"
#elif defined _M_IX86 || defined __i386__
#define ARCHITECTURE "x86"
#else
#define ARCHITECTURE "unknown architecture"
#endif

#ifdef _WIN32

#include <windows.h>

/* VS_FIXEDFILEINFO begins with this number, at a multiple of 4 bytes within the resource. */
#define VERSION_SIGNATURE 0xFEEF04BDu

typedef LONG(WINAPI *get_version_function)(OSVERSIONINFOW *);
typedef const char *(*get_wine_version_function)(void);

static unsigned long long file_size(HMODULE module)
{
    wchar_t name[MAX_PATH];
    DWORD length = GetModuleFileNameW(module, name, MAX_PATH);
    WIN32_FILE_ATTRIBUTE_DATA data;

    if (length == 0 || length == MAX_PATH || !GetFileAttributesExW(name, GetFileExInfoStandard, &data))
        return 0;
    return (unsigned long long)data.nFileSizeHigh << 32 | data.nFileSizeLow;
}

static void describe_version(HMODULE module, char *text, size_t size)
{
    HRSRC resource = FindResourceA(module, MAKEINTRESOURCEA(1), MAKEINTRESOURCEA(16)); /* RT_VERSION */
    HGLOBAL global = resource != NULL ? LoadResource(module, resource) : NULL;
    const char *bytes = global != NULL ? LockResource(global) : NULL;
    DWORD there = bytes != NULL ? SizeofResource(module, resource) : 0;

    text[0] = '\0';
    for (DWORD at = 0; at + 16 <= there; at += 4) {
        DWORD words[4]; /* signature, version of the structure, file version high and low */

        memcpy(words, bytes + at, sizeof words);
        if (words[0] == VERSION_SIGNATURE) {
            snprintf(text, size, "%lu.%lu.%lu.%lu", words[2] >> 16, words[2] & 0xFFFF, words[3] >> 16,
                     words[3] & 0xFFFF);
            return;
        }
    }
}

/* GetVersionEx tells programs without a manifest the version of an older Windows. */
static void describe_system(char *text, size_t size)
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    FARPROC found = GetProcAddress(ntdll, "RtlGetVersion");
    FARPROC found_wine = GetProcAddress(ntdll, "wine_get_version");
    OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
    get_version_function get_version = NULL;
    get_wine_version_function get_wine_version = NULL;

    memcpy(&get_version, &found, sizeof get_version);
    memcpy(&get_wine_version, &found_wine, sizeof get_wine_version);
    if (get_version != NULL)
        get_version(&version);
    snprintf(text, size, "Windows %lu.%lu.%lu, %s%s%s", version.dwMajorVersion, version.dwMinorVersion,
             version.dwBuildNumber, ARCHITECTURE, get_wine_version != NULL ? ", Wine " : "",
             get_wine_version != NULL ? get_wine_version() : "");
}

void report_library_describe(struct report_library *library)
{
    HMODULE module = library_module();

    library_file(library->file, sizeof library->file);
    library->bytes = file_size(module);
    describe_version(module, library->version, sizeof library->version);
    describe_system(library->system, sizeof library->system);
}

#else

#include <sys/stat.h>
#include <sys/utsname.h>

void report_library_describe(struct report_library *library)
{
    struct stat status;
    struct utsname name;

    library_file(library->file, sizeof library->file);
    library->bytes = stat(library->file, &status) == 0 ? (unsigned long long)status.st_size : 0;
    library->version[0] = '\0';
    snprintf(library->system, sizeof library->system, "%.60s, %s", uname(&name) == 0 ? name.sysname : "?",
             ARCHITECTURE);
}

#endif
