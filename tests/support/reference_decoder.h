/*
 * A second opinion on a stream of frames: RFC 6455 read aloud, one byte after the other, with no thought
 * of speed. It shares no code with the library and knows nothing of buffers, operations or parts.
 */
#ifndef REFERENCE_DECODER_H
#define REFERENCE_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reference_rules {
    bool extension; /* one was negotiated: reserved bits and opcodes are allowed */
    bool masked;    /* masked frames are allowed */
    bool unmasked;  /* unmasked frames are allowed */
    bool verify;    /* text and reasons must be UTF-8 */
};

enum reference_kind {
    REFERENCE_DATA,
    REFERENCE_PING,
    REFERENCE_PONG,
    REFERENCE_CLOSE,
    REFERENCE_RAW_CONTROL
};

/* A frame whose header is complete. Offsets count the stream's bytes. */
struct reference_frame {
    enum reference_kind kind;
    uint8_t first;     /* the first header byte */
    bool text;         /* REFERENCE_DATA: its message began with the opcode 1 */
    bool raw;          /* REFERENCE_DATA: its message is an extension's */
    uint64_t length;   /* of the payload, as the header says */
    size_t payload_at; /* offset of the payload */
    uint8_t *payload;  /* unmasked */
    size_t have;       /* bytes at payload: all that the stream has */
    uint16_t status;   /* REFERENCE_CLOSE: 1005 without a body */
};

enum reference_state {
    REFERENCE_OPEN,   /* legal so far, and more may follow */
    REFERENCE_CLOSED, /* legal, ends with a close frame; what follows was not looked at */
    REFERENCE_BROKEN  /* a violation */
};

struct reference {
    struct reference_frame *frames;
    size_t count;
    size_t complete; /* so many of them have all of their payload, and no violation in it */
    enum reference_state state;
    uint16_t status;  /* REFERENCE_BROKEN: 1002, or 1007 for text that is not UTF-8 */
    size_t broken_at; /* REFERENCE_BROKEN: the first byte that shows it is the last of so many */
};

/** Read the whole stream. Asserts that there is memory. reference_free releases what it holds. */
struct reference reference_decode(const uint8_t *bytes, size_t size, struct reference_rules rules);

void reference_free(struct reference *reference);

#endif
