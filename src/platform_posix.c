/*
 * The operating system behind platform.h, for Linux and other POSIX systems. There is no registry here, so
 * the keep-alive interval is always the library's default.
 */
#define _GNU_SOURCE /* getrandom, sched_yield, nanosleep under -std=c11 */

#include "platform.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/random.h>
#include <time.h>

/* Attempts before the thread yields, and before it sleeps. */
#define SPINS  64u
#define YIELDS 128u

static struct ws_atomic_u32 forks;
static struct ws_atomic_u32 watches_forks;

static void count_fork(void)
{
    ws_atomic_store(&forks, ws_atomic_load(&forks) + 1);
}

uint32_t ws_platform_forks(void)
{
    return ws_atomic_load(&forks);
}

bool ws_platform_random(void *bytes, size_t size)
{
    if (ws_atomic_swap_if(&watches_forks, 0, 1))
        (void)pthread_atfork(NULL, NULL, count_fork); /* without memory for it, forks are not noticed */

    uint8_t *to = bytes;
    while (size > 0) {
        ssize_t got = getrandom(to, size, 0);
        if (got < 0) {
            if (errno == EINTR)
                continue;
            return false;
        }
        to += got;
        size -= (size_t)got;
    }
    return true;
}

bool ws_platform_keepalive(uint32_t *milliseconds)
{
    (void)milliseconds;
    return false;
}

void ws_platform_backoff(uint32_t attempt)
{
    if (attempt < SPINS)
        return;
    if (attempt < YIELDS) {
        (void)sched_yield();
        return;
    }
    const struct timespec moment = {.tv_sec = 0, .tv_nsec = 100000};
    (void)nanosleep(&moment, NULL);
}
