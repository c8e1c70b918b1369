/*
 * The operating system behind machine.h, for Windows.
 */
#include "machine.h"

#include <windows.h>

#include <psapi.h>
#if defined(_MSC_VER)
#include <intrin.h>
#endif

enum { PROCESSORS_MAX = 8 * sizeof(DWORD_PTR) };

bool machine_pin_to(int cpu)
{
    return cpu >= 0 && cpu < PROCESSORS_MAX &&
           SetThreadAffinityMask(GetCurrentThread(), (DWORD_PTR)1 << cpu) != 0;
}

int machine_pin(void)
{
    const int cpu = (int)GetCurrentProcessorNumber();
    return machine_pin_to(cpu) ? cpu : -1;
}

unsigned machine_processors(int cpus[], unsigned max)
{
    DWORD_PTR own, all;
    unsigned count = 0;
    if (GetProcessAffinityMask(GetCurrentProcess(), &own, &all))
        for (int cpu = 0; cpu < PROCESSORS_MAX && count < max; cpu++)
            if (own >> cpu & 1)
                cpus[count++] = cpu;
    return count;
}

const char *machine_processor(void)
{
    static char name[128];
    DWORD size = sizeof name;
    if (RegGetValueA(HKEY_LOCAL_MACHINE, "HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0",
                     "ProcessorNameString", RRF_RT_REG_SZ, NULL, name, &size) != ERROR_SUCCESS)
        return "an unknown processor";
    return name;
}

bool machine_has_avx2(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_cpu_supports("avx2") != 0;
#elif defined(_M_X64) || defined(_M_IX86)
    int leaf1[4], leaf7[4];
    __cpuid(leaf1, 1);
    __cpuidex(leaf7, 7, 0);
    return (leaf1[2] & 1 << 27) && (_xgetbv(0) & 6) == 6 && (leaf7[1] & 1 << 5);
#else
    return false;
#endif
}

uint64_t machine_nanoseconds(void)
{
    LARGE_INTEGER now, per_second;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&per_second);
    return (uint64_t)((double)now.QuadPart * 1e9 / (double)per_second.QuadPart);
}

void machine_keep_heap(void)
{
}

bool machine_heap(size_t *bytes, const char **how)
{
    PROCESS_MEMORY_COUNTERS counters;
    if (!GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters))
        return false;
    *bytes = counters.PagefileUsage;
    *how = "GetProcessMemoryInfo: the process's committed memory, in whole pages";
    return true;
}
