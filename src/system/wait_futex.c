/*
 * Linux: the system compares the word itself. Of the tickets it knows 32.
 */
#define _GNU_SOURCE /* syscall and clock_gettime under -std=c11 */

#include "system/wait.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

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
    (void)syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, value, end, NULL, bit_of(ticket));
    errno = error;
}

void ws_wait_wake(struct ws_atomic_u32 *word, uint32_t ticket)
{
    const int error = errno;
    (void)syscall(SYS_futex, word, FUTEX_WAKE_BITSET_PRIVATE, INT_MAX, NULL, NULL, bit_of(ticket));
    errno = error;
}

void ws_wait_forget(void)
{
}
