/*
 * What the library asks of the operating system. One of platform_posix.c and platform_windows.c is built.
 */
#ifndef WS_PLATFORM_H
#define WS_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "system/atomic.h"

/**
 * Fill size bytes, at most 65536, from the system's cryptographic random source.
 * Returns false if the system has none to give; the bytes are then unspecified. Any thread.
 */
bool ws_platform_random(void *bytes, size_t size);

/**
 * The era of this process: an odd number, another one after the process was forked off, and after it began to end where
 * the system ends a process by ending its other threads first (Windows). Threads of an earlier era are gone, whatever they
 * were doing; and what was drawn in an earlier era, a parent or a brother knows.
 */
extern struct ws_atomic_u32 ws_platform_era;

/**
 * Look whether a new era has begun, and return it. To be called once before any lock is used; any thread.
 */
uint32_t ws_platform_notice(void);

/**
 * The administrator's keep-alive interval: on Windows the DWORD KeepaliveInterval of
 * HKLM\SOFTWARE\Microsoft\WebSocket, read at each call. Returns false, and leaves *milliseconds alone, if
 * there is none or it is not a DWORD.
 */
bool ws_platform_keepalive(uint32_t *milliseconds);

#endif
