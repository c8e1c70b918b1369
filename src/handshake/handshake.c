/*
 * What both roles of the handshake share: reading the caller's arrays, the checks that RFC 6455 demands of both
 * sides, and the block that the returned headers live in. Which headers there must be is the roles' own business.
 */
#include "handshake/handshake.h"
#include "handshake/handshake_common.h"

#include <stdlib.h>
#include <string.h>

static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; /* RFC 6455 section 1.3 */
static const char separator[] = ", ";

enum { GUID_LENGTH = sizeof guid - 1, SEPARATOR_LENGTH = sizeof separator - 1 };

/* ---- checks ---- */

const struct ws_handshake_items ws_handshake_subprotocols = {
    .is_item = ws_headers_is_token,
    .null = WS_WHY_SUBPROTOCOLS_NULL,
    .many = WS_WHY_SUBPROTOCOLS_MANY,
    .item_null = WS_WHY_SUBPROTOCOL_NULL,
    .item_malformed = WS_WHY_SUBPROTOCOL_MALFORMED,
    .too_long = WS_WHY_SUBPROTOCOLS_LONG,
};

const struct ws_handshake_items ws_handshake_extensions = {
    .is_item = ws_headers_is_extension,
    .null = WS_WHY_EXTENSIONS_NULL,
    .many = WS_WHY_EXTENSIONS_MANY,
    .item_null = WS_WHY_EXTENSION_NULL,
    .item_malformed = WS_WHY_EXTENSION_MALFORMED,
    .too_long = WS_WHY_EXTENSIONS_LONG,
};

enum ws_status ws_handshake_list_measure(struct ws_handshake_list *list,
                                         const struct ws_handshake_items *items)
{
    if (list->count > WS_HANDSHAKE_MAX_COUNT)
        return items->many;
    if (list->count > 0 && list->items == NULL)
        return items->null;
    uint64_t length = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i] == NULL)
            return items->item_null;
        const struct ws_span item = ws_span_of(list->items[i]);
        length += (i > 0 ? SEPARATOR_LENGTH : 0u) + (uint64_t)item.length;
        if (length > UINT32_MAX)
            return items->too_long;
        if (!items->is_item(item))
            return items->item_malformed;
    }
    list->length = (size_t)length;
    return WS_OK;
}

bool ws_handshake_list_names(const struct ws_handshake_list *list, struct ws_names *names)
{
    if (!ws_names_init(names, list->count))
        return false;
    for (uint32_t i = 0; i < list->count; i++)
        ws_names_add(names, ws_headers_extension_name(ws_span_of(list->items[i])));
    ws_names_sort(names);
    return true;
}

enum ws_status ws_handshake_check_headers(struct ws_headers headers)
{
    if (headers.count > WS_HANDSHAKE_MAX_COUNT)
        return WS_WHY_HEADERS_MANY;
    if (headers.count > 0 && headers.array == NULL)
        return WS_WHY_HEADERS_NULL;
    for (uint32_t i = 0; i < headers.count; i++) {
        const WEB_SOCKET_HTTP_HEADER *header = &headers.array[i];
        if (header->pcName == NULL && header->ulNameLength > 0)
            return WS_WHY_HEADER_NAME_NULL;
        if (header->pcValue == NULL && header->ulValueLength > 0)
            return WS_WHY_HEADER_VALUE_NULL;
    }
    return WS_OK;
}

enum ws_status ws_handshake_find(struct ws_headers headers, const char *name, enum ws_status missing,
                                 enum ws_status twice, struct ws_span *value)
{
    switch (ws_headers_find(headers, name, value)) {
    case 0:
        return missing;
    case 1:
        return WS_OK;
    default:
        return twice;
    }
}

enum ws_status ws_handshake_check_upgrade(struct ws_headers headers)
{
    struct ws_span value;
    const enum ws_status status =
        ws_handshake_find(headers, WS_NAME_UPGRADE, WS_WHY_UPGRADE_MISSING, WS_WHY_UPGRADE_TWICE, &value);
    if (status != WS_OK)
        return status;
    if (!ws_headers_list_contains(headers, WS_NAME_UPGRADE, "websocket"))
        return WS_WHY_UPGRADE_OTHER;
    if (ws_headers_list_contains(headers, WS_NAME_CONNECTION, "upgrade"))
        return WS_OK;
    return ws_headers_find(headers, WS_NAME_CONNECTION, &value) == 0 ? WS_WHY_CONNECTION_MISSING
                                                                     : WS_WHY_CONNECTION_OTHER;
}

void ws_handshake_accept(const char key[WS_KEY_LENGTH], char accept[WS_ACCEPT_LENGTH])
{
    uint8_t text[WS_KEY_LENGTH + GUID_LENGTH];
    uint8_t digest[WS_SHA1_SIZE];
    memcpy(text, key, WS_KEY_LENGTH);
    memcpy(text + WS_KEY_LENGTH, guid, GUID_LENGTH);
    ws_sha1(text, sizeof text, digest);
    ws_base64_encode(digest, sizeof digest, accept);
}

/* ---- the block ---- */

/* The returned type has no const, static strings do: this sheds it where -Wcast-qual would have a say. */
static char *without_const(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void set(WEB_SOCKET_HTTP_HEADER *header, const char *name, const char *value, size_t value_length)
{
    header->pcName = without_const(name);
    header->ulNameLength = (ULONG)strlen(name);
    header->pcValue = without_const(value);
    header->ulValueLength = (ULONG)value_length;
}

void ws_handshake_set(WEB_SOCKET_HTTP_HEADER *header, const char *name, const char *value)
{
    set(header, name, value, strlen(value));
}

/* What a list adds to the block. */
static uint64_t size_of(const struct ws_handshake_list *list)
{
    return list->count > 0 ? sizeof(WEB_SOCKET_HTTP_HEADER) + (uint64_t)list->length + 1 : 0;
}

/* Adds the header and the text of a list, unless it is empty. Returns where the next text goes. */
static char *add_list(struct ws_handshake *handshake, uint32_t *index, const char *name,
                      const struct ws_handshake_list *list, char *to)
{
    if (list->count == 0)
        return to;
    set(&handshake->headers[(*index)++], name, to, list->length);
    for (uint32_t i = 0; i < list->count; i++) {
        if (i > 0) {
            memcpy(to, separator, SEPARATOR_LENGTH);
            to += SEPARATOR_LENGTH;
        }
        const size_t length = strlen(list->items[i]);
        memcpy(to, list->items[i], length);
        to += length;
    }
    *to = '\0';
    return to + 1;
}

struct ws_handshake *ws_handshake_new(uint32_t fixed, size_t extra,
                                      const struct ws_handshake_list *subprotocols,
                                      const struct ws_handshake_list *extensions)
{
    /* The texts have at most 2^32 bytes each: 64 bits hold the sum, a 32-bit machine's size_t does not. */
    const uint64_t size = offsetof(struct ws_handshake, headers) + fixed * sizeof(WEB_SOCKET_HTTP_HEADER) +
                          extra + size_of(subprotocols) + size_of(extensions);
    struct ws_handshake *handshake = size <= PTRDIFF_MAX ? malloc((size_t)size) : NULL;
    if (handshake == NULL)
        return NULL;

    handshake->header_count = fixed + (subprotocols->count > 0) + (extensions->count > 0);
    char *to = ws_handshake_extra(handshake);
    memset(to, 0, extra);
    to += extra;
    uint32_t index = fixed;
    to = add_list(handshake, &index, WS_NAME_PROTOCOL, subprotocols, to);
    (void)add_list(handshake, &index, WS_NAME_EXTENSIONS, extensions, to);
    return handshake;
}

void *ws_handshake_extra(struct ws_handshake *handshake)
{
    return handshake->headers + handshake->header_count;
}

WEB_SOCKET_HTTP_HEADER *ws_handshake_headers(struct ws_handshake *handshake, uint32_t *count)
{
    *count = handshake->header_count;
    return handshake->headers;
}

void ws_handshake_free(struct ws_handshake *handshake)
{
    free(handshake);
}
