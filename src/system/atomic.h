/*
 * Atomic 32-bit words and pointers: the few operations that the library needs, for C11 compilers and for
 * Microsoft's, whose C11 mode has no <stdatomic.h>. Nothing else in the library spells an atomic operation.
 *
 * "acquire": what another thread wrote before its release is visible afterwards.
 * "release": what this thread wrote before is visible to whoever acquires the value.
 */
#ifndef WS_ATOMIC_H
#define WS_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#if defined(_MSC_VER)

#include <windows.h>

struct ws_atomic_u32 {
    volatile LONG value;
};
struct ws_atomic_ptr {
    PVOID volatile value;
};

/* Interlocked operations are full barriers, which is more than each name below asks for. */
static inline uint32_t ws_atomic_load(struct ws_atomic_u32 *word)
{
    return (uint32_t)InterlockedCompareExchange(&word->value, 0, 0);
}

/* A plain load of a volatile word. */
static inline uint32_t ws_atomic_peek(const struct ws_atomic_u32 *word)
{
    return (uint32_t)word->value;
}

static inline void ws_atomic_store(struct ws_atomic_u32 *word, uint32_t value)
{
    (void)InterlockedExchange(&word->value, (LONG)value);
}

static inline bool ws_atomic_swap_if(struct ws_atomic_u32 *word, uint32_t expected, uint32_t value)
{
    return InterlockedCompareExchange(&word->value, (LONG)value, (LONG)expected) == (LONG)expected;
}

static inline void *ws_atomic_load_ptr(struct ws_atomic_ptr *pointer)
{
    return InterlockedCompareExchangePointer(&pointer->value, NULL, NULL);
}

static inline void *ws_atomic_peek_ptr(const struct ws_atomic_ptr *pointer)
{
    return pointer->value;
}

static inline void ws_atomic_pause(void)
{
    YieldProcessor();
}

static inline void ws_atomic_store_ptr(struct ws_atomic_ptr *pointer, void *value)
{
    (void)InterlockedExchangePointer(&pointer->value, value);
}

#else

#include <stdatomic.h>

struct ws_atomic_u32 {
    _Atomic uint32_t value;
};
struct ws_atomic_ptr {
    void *_Atomic value;
};

/** Load with acquire. */
static inline uint32_t ws_atomic_load(struct ws_atomic_u32 *word)
{
    return atomic_load_explicit(&word->value, memory_order_acquire);
}

/** Load, and learn nothing else: the thread that stored the value may not have finished what it means. */
static inline uint32_t ws_atomic_peek(const struct ws_atomic_u32 *word)
{
    return atomic_load_explicit(&word->value, memory_order_relaxed);
}

/** Store with release. */
static inline void ws_atomic_store(struct ws_atomic_u32 *word, uint32_t value)
{
    atomic_store_explicit(&word->value, value, memory_order_release);
}

/** Store value if the word holds expected; acquires on success. Returns whether it did. */
static inline bool ws_atomic_swap_if(struct ws_atomic_u32 *word, uint32_t expected, uint32_t value)
{
    return atomic_compare_exchange_strong_explicit(&word->value, &expected, value, memory_order_acquire,
                                                   memory_order_relaxed);
}

/** Load with acquire. */
static inline void *ws_atomic_load_ptr(struct ws_atomic_ptr *pointer)
{
    return atomic_load_explicit(&pointer->value, memory_order_acquire);
}

/** Load, and learn nothing else. */
static inline void *ws_atomic_peek_ptr(const struct ws_atomic_ptr *pointer)
{
    return atomic_load_explicit(&pointer->value, memory_order_relaxed);
}

/** Store with release. */
static inline void ws_atomic_store_ptr(struct ws_atomic_ptr *pointer, void *value)
{
    atomic_store_explicit(&pointer->value, value, memory_order_release);
}

/** In a loop that looks at a word again and again: leave the processor's other thread, and the memory, alone for a moment. */
static inline void ws_atomic_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif

#endif
