/*
 * The operating system behind platform.h, for Linux and other POSIX systems. There is no registry here, so
 * the keep-alive interval is always the library's default.
 *
 * What not every system has is used where the build defines WS_HAS_..., see CMakeLists.txt.
 */
#define _GNU_SOURCE /* getrandom, getentropy and madvise under -std=c11; others show all they have */

#include "system/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined(WS_HAS_GETRANDOM) || defined(__APPLE__) /* where it has getentropy */
#include <sys/random.h>
#endif

#include "system/cancel.h"
#include "system/wait.h"

/*
 * The mark that a process makes, and its child does not find: its number; or, where the system can empty a page for the
 * child, anything there, which is cheaper to look at and no later process has by chance. Children are noticed that way
 * which no handlers of pthread_atfork ran for (_Fork, clone), or not yet: such handlers may call the library, too.
 */
static struct ws_atomic_u32 process;
static struct ws_atomic_u32 *page;

struct ws_atomic_u32 ws_platform_era = {1};

static uint32_t mark_of_this_process(void)
{
    return page ? 1 : (uint32_t)getpid();
}

static void begin_era(void)
{
    ws_wait_forget();
    ws_atomic_store(&ws_platform_era, ws_atomic_load(&ws_platform_era) + 2);
}

uint32_t ws_platform_notice(void)
{
    if (!page || ws_atomic_peek(page) == 0) {
        struct ws_atomic_u32 *mark = page ? page : &process;
        const uint32_t found = ws_atomic_peek(mark);
        const uint32_t own = mark_of_this_process();
        if (found != own && ws_atomic_swap_if(mark, found, own))
            begin_era();
    }
    return ws_atomic_load(&ws_platform_era);
}

static void make_mark(void)
{
    ws_atomic_store(page ? page : &process, mark_of_this_process());
}

static void after_fork_in_child(void)
{
    make_mark();
    begin_era();
}

#ifdef WS_HAS_WIPEONFORK
/* A page of the library's own memory that the system empties for a child, or NULL. */
static struct ws_atomic_u32 *emptied_page(void)
{
    enum { PAGE_MOST = 0x10000 };
    static uint8_t space[2 * PAGE_MOST];
    const long size = sysconf(_SC_PAGESIZE);
    if (size <= 0 || size > PAGE_MOST)
        return NULL;
    uint8_t *start = space + (PAGE_MOST - (uintptr_t)space % PAGE_MOST);
    if (madvise(start, (size_t)size, -1) == 0) /* says yes to everything and does nothing, like QEMU's */
        return NULL;
    return madvise(start, (size_t)size, MADV_WIPEONFORK) == 0 ? (struct ws_atomic_u32 *)(void *)start : NULL;
}
#else
static struct ws_atomic_u32 *emptied_page(void)
{
    return NULL;
}
#endif

/* When the library is loaded, so that no thread can fork before. */
__attribute__((constructor)) static void watch_forks(void)
{
    page = emptied_page();
    make_mark();
    (void)pthread_atfork(NULL, NULL,
                         after_fork_in_child); /* without memory for it, children are noticed all the same */
}

/* Returns how many bytes the system call gave, or -1. */
#ifdef WS_HAS_GETRANDOM
static ssize_t call_for_random(uint8_t *to, size_t size)
{
    return getrandom(to, size, 0);
}
#else
static ssize_t call_for_random(uint8_t *to, size_t size)
{
    enum { CALL_MOST = 256 };
    const size_t some = size < CALL_MOST ? size : CALL_MOST;
    return getentropy(to, some) == 0 ? (ssize_t)some : -1;
}
#endif

/* Takes all bytes from the device, or without one (-1) from the system call. */
static bool take_random(int device, uint8_t *to, size_t size)
{
    while (size > 0) {
        const ssize_t got = device < 0 ? call_for_random(to, size) : read(device, to, size);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        if (got > 0) {
            to += got;
            size -= (size_t)got;
        }
    }
    return true;
}

/* The system call is missing in kernels that are older than the C library, and forbidden in some sandboxes. */
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
