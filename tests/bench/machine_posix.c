/*
 * The operating system behind machine.h, for Linux; other POSIX systems get what they can.
 */
#define _GNU_SOURCE /* sched_setaffinity, mallinfo2 */

#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__linux__)
#include <sched.h>
#endif
#if defined(__GLIBC__)
#include <malloc.h>
#endif

bool machine_pin_to(int cpu)
{
#if defined(__linux__)
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)cpu, &set);
    return cpu >= 0 && sched_setaffinity(0, sizeof set, &set) == 0;
#else
    (void)cpu;
    return false;
#endif
}

int machine_pin(void)
{
#if defined(__linux__)
    const int cpu = sched_getcpu();
    return machine_pin_to(cpu) ? cpu : -1;
#else
    return -1;
#endif
}

unsigned machine_processors(int cpus[], unsigned max)
{
    unsigned count = 0;
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        for (int cpu = 0; cpu < CPU_SETSIZE && count < max; cpu++)
            if (CPU_ISSET((unsigned)cpu, &set))
                cpus[count++] = cpu;
#else
    (void)cpus;
    (void)max;
#endif
    return count;
}

/* The rest of a line "key   : value" of /proc/cpuinfo, without its line end, or NULL. */
static char *value_of(char *line, const char *key)
{
    if (strncmp(line, key, strlen(key)) != 0)
        return NULL;
    char *value = strchr(line, ':');
    if (!value)
        return NULL;
    value += 1 + strspn(value + 1, " ");
    value[strcspn(value, "\n")] = '\0';
    return value;
}

/* A virtual machine's name for its processor may be as short as "AMD EPYC"; family and model say which. */
const char *machine_processor(void)
{
    static char name[160] = "an unknown processor";
    char line[256], family[16] = "?", model[16] = "?";
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && fgets(line, sizeof line, file)) {
        const char *value;
        if ((value = value_of(line, "cpu family")))
            snprintf(family, sizeof family, "%.8s", value);
        else if ((value = value_of(line, "model\t")))
            snprintf(model, sizeof model, "%.8s", value);
        else if ((value = value_of(line, "model name"))) {
            snprintf(name, sizeof name, "%.110s (family %.8s, model %.8s)", value, family, model);
            break;
        }
    }
    if (file)
        fclose(file);
    return name;
}

bool machine_has_avx2(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_cpu_supports("avx2") != 0;
#else
    return false;
#endif
}

uint64_t machine_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void machine_keep_heap(void)
{
#if defined(__GLIBC__)
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 25);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 29);
#endif
}

bool machine_heap(size_t *bytes, const char **how)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 33))
    struct mallinfo2 info = mallinfo2();
    *bytes = info.uordblks + info.hblkhd;
    *how = "mallinfo2: blocks in use, with the allocator's own overhead";
    return *bytes > 0;
#else
    (void)bytes;
    (void)how;
    return false;
#endif
}
