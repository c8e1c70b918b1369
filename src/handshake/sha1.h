/*
 * SHA-1, FIPS 180-4 sections 5 and 6.1. It is broken as a signature, and serves here only because RFC 6455
 * section 4.2.2 wants it for Sec-WebSocket-Accept, where it guards against accidents, not against attackers.
 */
#ifndef WS_SHA1_H
#define WS_SHA1_H

#include <stddef.h>
#include <stdint.h>

enum { WS_SHA1_SIZE = 20 };

/* Writes the digest of `count` bytes. With a count of 0 `bytes` may be NULL; `digest` must not overlap `bytes`. */
void ws_sha1(const uint8_t *bytes, size_t count, uint8_t digest[WS_SHA1_SIZE]);

#endif
