/*
 * The operating system behind platform.h, for Windows 7 and later: kernel32 and advapi32 only.
 */
#include "system/platform.h"

#include <windows.h>

/*
 * Exported by advapi32 under this name since Windows XP; the documented name RtlGenRandom exists in headers
 * only.
 */
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG size);

/*
 * Whether the process is ending, and no thread is left but this one. In ntdll since Windows Vista, and documented by
 * Microsoft for programs that look it up.
 */
typedef BOOLEAN NTAPI is_ending_function(void);

struct ws_atomic_u32 ws_platform_era = {1};

static bool is_ending(void)
{
    /* Looked up by the first call, which comes without any lock: the loader has locks of its own. */
    static struct ws_atomic_ptr function;
    void *found = ws_atomic_load_ptr(&function);
    if (!found) {
        found = (void *)(uintptr_t)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlDllShutdownInProgress");
        ws_atomic_store_ptr(&function, found);
    }
    return found && ((is_ending_function *)(uintptr_t)found)();
}

uint32_t ws_platform_notice(void)
{
    static struct ws_atomic_u32 noticed;
    if (is_ending() && ws_atomic_swap_if(&noticed, 0, 1))
        ws_atomic_store(&ws_platform_era, ws_atomic_load(&ws_platform_era) + 2);
    return ws_atomic_load(&ws_platform_era);
}

bool ws_platform_random(void *bytes, size_t size)
{
    return size <= 0x10000 && SystemFunction036(bytes, (ULONG)size);
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
