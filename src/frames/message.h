/*
 * What travels between the layers: kinds of messages, buffers, and the caller's queued operations.
 */
#ifndef WS_MESSAGE_H
#define WS_MESSAGE_H

#include <stdint.h>

/* The buffer types of the API. All but the last have the low bits of their WEB_SOCKET_BUFFER_TYPE. */
enum ws_kind {
    WS_TEXT_MESSAGE,
    WS_TEXT_FRAGMENT,
    WS_BINARY_MESSAGE,
    WS_BINARY_FRAGMENT,
    WS_CLOSE,
    WS_PING_PONG,
    WS_UNSOLICITED_PONG,
    WS_EXTENSION /* a raw frame; its first header byte says the rest */
};

/* Close status codes, RFC 6455, section 7.4.1. */
enum {
    WS_STATUS_NORMAL = 1000,
    WS_STATUS_PROTOCOL_ERROR = 1002,
    WS_STATUS_EMPTY = 1005,   /* stands for a close frame without a body, never on the wire */
    WS_STATUS_ABORTED = 1006, /* stands for no close frame at all, never on the wire */
    WS_STATUS_INVALID_PAYLOAD = 1007,
    WS_STATUS_TLS = 1015 /* stands for a TLS handshake that failed, never on the wire */
};

/* Bytes that somebody else owns. */
struct ws_buffer {
    uint8_t *bytes;
    uint32_t length;
};

/*
 * One call of WebSocketSend or WebSocketReceive, waiting for its turn. The memory at bytes is the caller's
 * and stays until the operation is indicated as complete. A receive without a buffer has bytes NULL.
 */
struct ws_operation {
    void *context;
    uint8_t *bytes;
    uint32_t length;
    uint16_t status; /* sends of kind WS_CLOSE: the status, WS_STATUS_EMPTY for a frame without a body */
    uint8_t kind;    /* sends: enum ws_kind */
    uint8_t first;   /* sends: the frame's first header byte, FIN, RSV1-3 and opcode */
};

#endif
