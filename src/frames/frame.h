/*
 * The frame header of RFC 6455, section 5.2: bytes to fields and back. No state, no allocation, no payload.
 *
 *      0               1               2               3
 *      7 6 5 4 3 2 1 0 7 6 5 4 3 2 1 0 7 6 5 4 3 2 1 0 7 6 5 4 3 2 1 0
 *     +-+-+-+-+-------+-+-------------+-------------------------------+
 *     |F|R|R|R|opcode |M|  length     |  16 or 64 bits of length, if  |
 *     |I|S|S|S|       |A|             |  length is 126 or 127; then   |
 *     |N|V|V|V|       |S|             |  4 bytes of masking key, if   |
 *     | |1|2|3|       |K|             |  MASK is set                  |
 *     +-+-+-+-+-------+-+-------------+-------------------------------+
 */
#ifndef WS_FRAME_H
#define WS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results/status.h"

#define WS_FRAME_FIN         0x80u
#define WS_FRAME_RSV         0x70u
#define WS_FRAME_OPCODE      0x0Fu
#define WS_FRAME_HEADER_MAX  14u
#define WS_FRAME_CONTROL_MAX 125u /* payload of a control frame, section 5.5 */

enum {
    WS_OPCODE_CONTINUATION = 0x0,
    WS_OPCODE_TEXT = 0x1,
    WS_OPCODE_BINARY = 0x2,
    WS_OPCODE_CLOSE = 0x8,
    WS_OPCODE_PING = 0x9,
    WS_OPCODE_PONG = 0xA
};

/* Which headers a receiver takes; 0 is a client's view without an extension. */
enum {
    WS_FRAME_ALLOW_EXTENSION = 1, /* reserved bits and opcodes: an extension was negotiated */
    WS_FRAME_ALLOW_MASKED = 2,    /* the peer is a client */
    WS_FRAME_ALLOW_UNMASKED = 4   /* the peer is a server, or masking is disabled */
};

struct ws_frame {
    uint64_t length; /* of the payload, at most 2^63 - 1 */
    uint32_t key;    /* the masking key's four bytes in memory order; 0 if the frame is not masked */
    uint8_t first;   /* FIN, RSV1-3, opcode */
    uint8_t size;    /* of the header, 2 to 14 bytes */
    uint16_t why;    /* WS_FRAME_BROKEN: enum ws_status; nothing else is set then */
};

enum ws_frame_result {
    WS_FRAME_COMPLETE,  /* *frame is set, but for why */
    WS_FRAME_NEED_MORE, /* nothing wrong so far, the header is longer */
    WS_FRAME_BROKEN     /* these bytes cannot begin a legal header: frame->why */
};

/**
 * Read one frame header from the count bytes at bytes. Breaks at the first byte that shows it (section 5.2, 5.5):
 * reserved bits or opcodes, a fragmented control frame or one over 125 bytes, a close frame with a 1-byte body
 * (5.5.1), a length not in its shortest form or with its top bit set, a mask bit that the rules do not take.
 * rules: a sum of WS_FRAME_ALLOW_... values.
 */
enum ws_frame_result ws_frame_decode(const uint8_t *bytes, size_t count, unsigned rules,
                                     struct ws_frame *frame);

/**
 * Write the header of a frame with the given first byte and payload length, the length in its shortest form.
 * to:     room for WS_FRAME_HEADER_MAX bytes, or for what the frame needs
 * masked: whether a masking key, key, is part of the header
 * Returns the header's size in bytes.
 */
uint32_t ws_frame_encode(uint8_t *to, uint8_t first, uint64_t length, bool masked, uint32_t key);

/** Whether the opcode in a first header byte is a control opcode: 8 to 15, section 5.5. */
static inline bool ws_frame_is_control(uint8_t first)
{
    return (first & 0x08u) != 0;
}

/** Whether a first header byte has reserved bits or a reserved opcode, which only an extension gives a meaning. */
bool ws_frame_is_extension(uint8_t first);

/**
 * The longest payload whose frame, header and payload together, has at most size bytes. size: at least the smallest
 * header, which is 2 bytes, or 6 with a masking key.
 */
uint32_t ws_frame_payload_within(uint32_t size, bool masked);

/**
 * Whether a peer's close frame may have this status: not below 1000, nor those that section 7.4 reserves, 1004 to 1006
 * and 1015 to 2999. What is above 4999 is outside of its ranges, but programs use it, and Windows' own DLL delivers it.
 */
bool ws_frame_close_status_valid(uint16_t status);

/** Whether any valid close status begins with this byte. */
bool ws_frame_close_status_may_begin(uint8_t byte);

#endif
