/*
 * The operating system behind platform.h, for Windows 7 and later: kernel32 and advapi32 only.
 */
#include "platform.h"

#include <windows.h>

/*
 * Exported by advapi32 under this name since Windows XP; the documented name RtlGenRandom exists in headers
 * only.
 */
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG size);

/* Attempts before the thread yields, and before it sleeps. */
#define SPINS  64u
#define YIELDS 128u

struct ws_atomic_u32 ws_platform_shared_lock;

bool ws_platform_random(void *bytes, size_t size)
{
    return size <= 0x10000 && SystemFunction036(bytes, (ULONG)size);
}

uint32_t ws_platform_forks(void)
{
    return 0;
}

bool ws_platform_keepalive(uint32_t *milliseconds)
{
    HKEY key;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\WebSocket", 0, KEY_QUERY_VALUE, &key) !=
        ERROR_SUCCESS)
        return false;

    DWORD value = 0;
    DWORD size = sizeof value;
    DWORD type = REG_NONE;
    LSTATUS status = RegQueryValueExW(key, L"KeepaliveInterval", NULL, &type, (BYTE *)&value, &size);
    (void)RegCloseKey(key);
    if (status != ERROR_SUCCESS || type != REG_DWORD || size != sizeof value)
        return false;
    *milliseconds = value;
    return true;
}

void ws_platform_backoff(uint32_t attempt)
{
    if (attempt < SPINS)
        YieldProcessor();
    else if (attempt < YIELDS)
        (void)SwitchToThread();
    else
        Sleep(1);
}
