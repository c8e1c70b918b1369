/*
 * upgrade.h - the HTTP upgrade as a client sees it.
 */
#ifndef LOAD_UPGRADE_H
#define LOAD_UPGRADE_H

#include "bytes.h"

/* The parts of a right request, for those who leave one out. The key is that of RFC 6455, 1.3. */
#define UPGRADE_LINE       "GET /chat HTTP/1.1\r\n"
#define UPGRADE_HOST       "Host: server.example.com\r\n"
#define UPGRADE_UPGRADE    "Upgrade: websocket\r\n"
#define UPGRADE_CONNECTION "Connection: Upgrade\r\n"
#define UPGRADE_KEY        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define UPGRADE_VERSION    "Sec-WebSocket-Version: 13\r\n"
#define UPGRADE_END        "\r\n"
#define UPGRADE_REQUEST                                                                                      \
    UPGRADE_LINE UPGRADE_HOST UPGRADE_UPGRADE UPGRADE_CONNECTION UPGRADE_KEY UPGRADE_VERSION UPGRADE_END
#define UPGRADE_ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

enum { UPGRADE_KEY_LENGTH = 24, UPGRADE_ACCEPT_LENGTH = 28 };

/** A right request with a key that is its number's own, and what the server must make of that key. */
void upgrade_add_request(struct bytes *to, uint32_t number, char accept[UPGRADE_ACCEPT_LENGTH + 1]);

/** The size of the head, with the empty line that ends it; 0 while it is not complete. */
size_t upgrade_head_size(const struct bytes *received);

/** The status of a complete head, 0 if it has none. */
unsigned upgrade_status(const struct bytes *received);

/** What is wrong with a complete head as the answer to a right request; NULL: nothing. */
const char *upgrade_judge(const struct bytes *received, const char *accept);

#endif
