/*
 * frames.h - roles, payloads and byte streams for the tests of sending and receiving.
 *
 * Everything returned lies in exact-size heap blocks of memory.h and is released after the case.
 */
#ifndef API_FRAMES_H
#define API_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "actions.h"
#include "session.h"
#include "websocket.h"

/* ---- Roles: for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) ---- */

enum role { ROLE_CLIENT, ROLE_SERVER };

WEB_SOCKET_HANDLE open_role(enum role role, const struct session_options *options);
const char *role_name(enum role role);

/* ---- Payloads ---- */

/* Bytes that repeat after 251, so that no two places within a buffer, a key or a power of two look alike. */
uint8_t *make_payload(size_t size);

/* Valid UTF-8 of exactly this size: characters of 1, 2, 3 and 4 bytes in turn, filled up with x. */
uint8_t *make_text(size_t size);

/* ---- Streams of frames ---- */

struct stream {
    uint8_t *bytes;
    size_t size;
};

/* Appends bytes as they are. */
void stream_bytes(struct stream *stream, const void *bytes, size_t size);

/*
 * Appends a frame as the peer of this role sends it: masked for a server, and each frame with a key of its
 * own. `first` is FIN, reserved bits and opcode.
 */
void stream_frame(struct stream *stream, enum role receiver, unsigned first, const void *payload,
                  size_t size);

/* Gives such a frame to the session, whose operation waits, and nothing else. */
void feed_frame(WEB_SOCKET_HANDLE handle, enum role role, unsigned first, const char *payload);

/* Appends a close frame with a body. */
void stream_close(struct stream *stream, enum role receiver, USHORT status, const char *reason);

/*
 * The header of a frame whose first two bytes and length bytes are given, changed for the peer of this role:
 * with mask bit and key behind it for a server. `key` receives the four bytes, zeros for a client. Returns
 * the size written.
 */
size_t peer_header(uint8_t *to, enum role receiver, const void *header, size_t size, uint8_t key[4]);

/* ---- Frames that the library sends ---- */

/* The next action of this queue is a pong with this payload, whole and in one buffer. It is left outstanding. */
struct action get_pong(WEB_SOCKET_HANDLE handle, enum role role, WEB_SOCKET_ACTION_QUEUE queue,
                       const char *payload);

/* Appends the bytes of an action's buffers. */
void stream_action(struct stream *stream, const struct action *action);

/* Completes everything on the send queue in full and appends what went to the network, at most 256 KiB. */
void stream_output(struct stream *stream, WEB_SOCKET_HANDLE handle);

/*
 * The frame at the beginning of a stream, which must be one that this role may send: masked by a client only,
 * with `first` and this payload. It is taken off the stream. `row` says in a failure which test it was.
 */
void expect_frame(const char *row, struct stream *stream, enum role sender, unsigned first,
                  const void *payload, size_t size);

/* A close frame; status 1005: without a body. */
void expect_close_frame(const char *row, struct stream *stream, enum role sender, USHORT status,
                        const char *reason);

#endif
