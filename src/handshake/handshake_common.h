/*
 * What the two roles, and what explains their refusals, build on; the room's own business. Nothing here knows
 * handshake.h, by which others call the room. The bodies are in handshake.c, but for the last function.
 */
#ifndef WS_HANDSHAKE_COMMON_H
#define WS_HANDSHAKE_COMMON_H

#include "handshake/base64.h"
#include "handshake/headers.h"
#include "handshake/names.h"
#include "handshake/sha1.h"
#include "results/status.h"
#include "websocket.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WS_NAME_HOST       "Host"
#define WS_NAME_CONNECTION "Connection"
#define WS_NAME_UPGRADE    "Upgrade"
#define WS_NAME_VERSION    "Sec-WebSocket-Version"
#define WS_NAME_KEY        "Sec-WebSocket-Key"
#define WS_NAME_ACCEPT     "Sec-WebSocket-Accept"
#define WS_NAME_PROTOCOL   "Sec-WebSocket-Protocol"
#define WS_NAME_EXTENSIONS "Sec-WebSocket-Extensions"
#define WS_VERSION         "13"

enum {
    WS_KEY_SIZE = 16, /* random bytes, RFC 6455 section 4.1 item 7 */
    WS_KEY_LENGTH = WS_BASE64_LENGTH(WS_KEY_SIZE),
    WS_ACCEPT_LENGTH = WS_BASE64_LENGTH(WS_SHA1_SIZE)
};

/*
 * The block behind a handshake: this struct, then `extra` bytes of the role's own, then the joined
 * subprotocols and the joined extensions, each with a NUL, where there are any.
 *
 * The library's caller can write to headers and strings, so no pointer and no length is ever read back from them.
 */
struct ws_handshake {
    uint32_t header_count;
    WEB_SOCKET_HTTP_HEADER headers[];
};

/* What the items of a list are, and the reasons why a list of them is refused. */
struct ws_handshake_items {
    bool (*is_item)(struct ws_span text);
    enum ws_status null, many, item_null, item_malformed, too_long;
};

extern const struct ws_handshake_items ws_handshake_subprotocols;
extern const struct ws_handshake_items ws_handshake_extensions;

/* Strings of the library's caller that become one header value, joined by ", ". */
struct ws_handshake_list {
    const char *const *items;
    uint32_t count;
    size_t length; /* of the value, without NUL: set by ws_handshake_list_measure */
};

/*
 * Checks the items and sets list->length. One of WS_ERROR_ARGUMENT if the array or an item is NULL, the count is
 * above WS_HANDSHAKE_MAX_COUNT, is_item refuses an item, or the value would not fit into 32 bits.
 */
enum ws_status ws_handshake_list_measure(struct ws_handshake_list *list,
                                         const struct ws_handshake_items *items);

/*
 * The names of the items of a measured list, sorted; ws_names_free releases them. A subprotocol is its own name. False if
 * there is no memory.
 */
bool ws_handshake_list_names(const struct ws_handshake_list *list, struct ws_names *names);

/* Whether headers of the library's caller can be read at all: WS_OK or one of WS_ERROR_ARGUMENT. */
enum ws_status ws_handshake_check_headers(struct ws_headers headers);

/* Finds the one header of a name: WS_OK with *value set, or the given reason: there is none, or more than one. */
enum ws_status ws_handshake_find(struct ws_headers headers, const char *name, enum ws_status missing,
                                 enum ws_status twice, struct ws_span *value);

/* Whether one header is named Upgrade and says websocket, and some Connection header says upgrade. */
enum ws_status ws_handshake_check_upgrade(struct ws_headers headers);

/* Writes Sec-WebSocket-Accept for a key, without NUL (RFC 6455 section 4.2.2 item 5.4). */
void ws_handshake_accept(const char key[WS_KEY_LENGTH], char accept[WS_ACCEPT_LENGTH]);

/*
 * Allocates a block with `fixed` headers, which the caller must set, and behind them those for the two measured
 * lists, which are set here; an empty list has no header. The extra bytes are zero. NULL if there is no memory.
 */
struct ws_handshake *ws_handshake_new(uint32_t fixed, size_t extra,
                                      const struct ws_handshake_list *subprotocols,
                                      const struct ws_handshake_list *extensions);

/* The extra bytes, aligned for a uint32_t. */
void *ws_handshake_extra(struct ws_handshake *handshake);

/* Sets one header. `name` is static, `value` lives as long as the block. Neither is written to. */
void ws_handshake_set(WEB_SOCKET_HTTP_HEADER *header, const char *name, const char *value);

/* In handshake_client.c: Sec-WebSocket-Accept for the key that Begin made, without NUL. */
void ws_handshake_expected_accept(const struct ws_handshake *client, char accept[WS_ACCEPT_LENGTH]);

#endif
