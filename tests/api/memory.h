/*
 * memory.h - exact-size heap blocks and memory between unreadable pages.
 *
 * All of it is released by memory_release(), which runs after each case.
 */
#ifndef API_MEMORY_H
#define API_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "websocket.h"

/* The blocks of blocks.h: of exactly this size and poisoned, with the bytes copied in, or any that must be released. */
uint8_t *heap_block(size_t size);
uint8_t *heap_copy(const void *bytes, size_t size);
uint8_t *heap_keep(uint8_t *block);

/*
 * Headers as a careful program would never pass them, but may: the array and each name and value in an
 * exact-size heap block of its own, no string ended by NUL. A NULL or empty string stays what it is.
 */
PWEB_SOCKET_HTTP_HEADER heap_headers(const WEB_SOCKET_HTTP_HEADER *headers, ULONG count);

/*
 * Memory between two unreadable pages whose address leaves `remainder` when divided by 8. It ends at the
 * unreadable page or, where the remainder does not allow that, up to 7 bytes before it; guard_intact() and
 * the end of the case check that those bytes, and the ones in front, were not written to. Filled with
 * BLOCK_POISON.
 */
uint8_t *guard_alloc(size_t size, unsigned remainder);

/*
 * Memory that ends right at an unreadable page, so that its alignment comes of its size, or that begins right
 * behind one. Nothing is left between, not a byte. Filled with BLOCK_POISON; guard_intact() looks at what is
 * on the other end.
 */
uint8_t *guard_end(size_t size);
uint8_t *guard_start(size_t size);

/* The same, with the bytes copied in. */
uint8_t *guard_end_copy(const void *bytes, size_t size);
uint8_t *guard_start_copy(const void *bytes, size_t size);

/*
 * Memory of such a size that only the pages that are touched become real ones. It is readable and writable,
 * and zero. NULL if the system does not have it.
 */
uint8_t *address_range(size_t size);

/* Fails the case if a byte around any guarded block was written to. */
void guard_intact(void);

void memory_release(void);

#endif
