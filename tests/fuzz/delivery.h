/*
 * delivery.h - what a session indicates, held against the frames that were on the wire: every frame once,
 * in order, with its type and byte for byte, in parts only where its payload does not fit.
 */
#ifndef FUZZ_DELIVERY_H
#define FUZZ_DELIVERY_H

#include "reference_decoder.h"
#include "websocket.h"

struct delivery {
    ULONG area;      /* room in the library's own memory */
    size_t index;    /* of the frame that comes next, or of which more comes */
    uint64_t offset; /* payload bytes of it that were indicated */
};

/* The memory that a receive operation brought, bytes NULL if none. */
struct own_memory {
    uint8_t *bytes;
    ULONG size;
};

/* Pass over the pings, which are answered and not indicated. */
void delivery_skip_pings(struct delivery *delivery, const struct reference_frame *frames, size_t count);

/* An indication of a receive that was not cancelled. Claims that it is the next part of the frames. */
void delivery_take(struct delivery *delivery, const struct reference_frame *frames, size_t count,
                   const struct own_memory *own, WEB_SOCKET_BUFFER_TYPE type,
                   const WEB_SOCKET_BUFFER *buffer);

/* Whether this is how a cancelled receive is indicated. */
bool delivery_is_cancelled(WEB_SOCKET_BUFFER_TYPE type, const WEB_SOCKET_BUFFER *buffer);

#endif
