/*
 * Linux: the system compares the word itself. Of the tickets it knows 32.
 */
#define _GNU_SOURCE /* syscall and clock_gettime under -std=c11 */

#include "system/wait.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* From <linux/futex.h>, which some systems have only where somebody asked for it. */
enum { PRIVATE = 128, WAIT_BITSET = 9, WAKE_BITSET = 10 };

static uint32_t bit_of(uint32_t ticket)
{
    return UINT32_C(1) << ticket % 32;
}

void ws_wait_while(struct ws_atomic_u32 *word, uint32_t value, uint32_t ticket)
{
    const int error = errno;
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    const long nanoseconds = (long)now.tv_nsec + WS_WAIT_MILLISECONDS * 1000000L;
    const long end[2] = {(long)now.tv_sec +
                             nanoseconds / 1000000000, /* this call's timespec, whatever time_t is */
                         nanoseconds % 1000000000};
    (void)syscall(SYS_futex, word, WAIT_BITSET | PRIVATE, value, end, NULL, bit_of(ticket));
    errno = error;
}

void ws_wait_wake(struct ws_atomic_u32 *word, uint32_t ticket)
{
    const int error = errno;
    (void)syscall(SYS_futex, word, WAKE_BITSET | PRIVATE, INT_MAX, NULL, NULL, bit_of(ticket));
    errno = error;
}

void ws_wait_forget(void)
{
}
