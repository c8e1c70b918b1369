/*
 * The operating system behind platform.h, for Linux and other POSIX systems. There is no registry here, so
 * the keep-alive interval is always the library's default.
 */
#define _GNU_SOURCE /* getrandom, sched_yield, nanosleep under -std=c11 */

#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "cancel.h"

/* Attempts before the thread yields, and before it sleeps. */
#define SPINS  64u
#define YIELDS 128u

struct ws_atomic_u32 ws_platform_shared_lock;

static struct ws_atomic_u32 forks;

static void before_fork(void)
{
    ws_platform_lock(&ws_platform_shared_lock);
}

static void after_fork_in_parent(void)
{
    ws_platform_unlock(&ws_platform_shared_lock);
}

static void after_fork_in_child(void)
{
    ws_atomic_store(&forks, ws_atomic_load(&forks) + 1);
    ws_platform_unlock(&ws_platform_shared_lock);
}

/* When the library is loaded, so that no thread can fork before. Without memory for it, forks are not noticed. */
__attribute__((constructor)) static void watch_forks(void)
{
    (void)pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

uint32_t ws_platform_forks(void)
{
    return ws_atomic_load(&forks);
}

/* Takes all bytes from the device, or without one (-1) from the system call. */
static bool take_random(int device, uint8_t *to, size_t size)
{
    while (size > 0) {
        const ssize_t got = device < 0 ? getrandom(to, size, 0) : read(device, to, size);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        if (got > 0) {
            to += got;
            size -= (size_t)got;
        }
    }
    return true;
}

/* The system call is missing in Linux before 3.17, and forbidden in some sandboxes. */
bool ws_platform_random(void *bytes, size_t size)
{
    const int cancel = ws_cancel_defer();
    bool taken = take_random(-1, bytes, size);
    if (!taken) {
        const int device = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
        taken = device >= 0 && take_random(device, bytes, size);
        if (device >= 0)
            (void)close(device);
    }
    ws_cancel_restore(cancel);
    return taken;
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
    const int cancel = ws_cancel_defer();
    (void)nanosleep(&moment, NULL);
    ws_cancel_restore(cancel);
}
