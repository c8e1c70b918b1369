/*
 * The client's side of the opening handshake, RFC 6455 section 4.1. What was offered is kept once, as the
 * text of the headers that Begin returned; End counts the elements of that text to find an index. So no item
 * of an offer may have a comma in it, and neither a token nor an extension can.
 */
#include "handshake/handshake.h"
#include "handshake/handshake_common.h"

#include "system/platform.h"

#include <string.h>

enum { FIXED_HEADERS = 4 };

#define NOT_OFFERED UINT32_MAX

/* The extra bytes of the block. The texts lie behind: the subprotocols, then the extensions. */
struct client_memory {
    uint32_t subprotocols_length;
    uint32_t extensions_length;
    uint32_t extension_count;
    char key[WS_KEY_LENGTH + 1];
};

/* ---- Begin ---- */

static enum ws_status check_twins(const struct ws_handshake_list *subprotocols)
{
    struct ws_names names;
    if (!ws_handshake_list_names(subprotocols, &names))
        return WS_WHY_NO_MEMORY;
    const bool twins = ws_names_has_twins(&names);
    ws_names_free(&names);
    return twins ? WS_WHY_SUBPROTOCOL_TWICE : WS_OK;
}

static enum ws_status check_offer(struct ws_handshake_list *subprotocols,
                                  struct ws_handshake_list *extensions)
{
    enum ws_status status = ws_handshake_list_measure(subprotocols, &ws_handshake_subprotocols);
    if (status == WS_OK)
        status = check_twins(subprotocols);
    return status == WS_OK ? ws_handshake_list_measure(extensions, &ws_handshake_extensions) : status;
}

static struct ws_handshake *make_request(const uint8_t nonce[WS_KEY_SIZE],
                                         const struct ws_handshake_list *subprotocols,
                                         const struct ws_handshake_list *extensions)
{
    struct ws_handshake *handshake =
        ws_handshake_new(FIXED_HEADERS, sizeof(struct client_memory), subprotocols, extensions);
    if (handshake == NULL)
        return NULL;
    struct client_memory *memory = ws_handshake_extra(handshake);
    memory->subprotocols_length = (uint32_t)subprotocols->length;
    memory->extensions_length = (uint32_t)extensions->length;
    memory->extension_count = extensions->count;
    ws_base64_encode(nonce, WS_KEY_SIZE, memory->key);
    ws_handshake_set(&handshake->headers[0], WS_NAME_CONNECTION, "Upgrade");
    ws_handshake_set(&handshake->headers[1], WS_NAME_UPGRADE, "websocket");
    ws_handshake_set(&handshake->headers[2], WS_NAME_VERSION, WS_VERSION);
    ws_handshake_set(&handshake->headers[3], WS_NAME_KEY, memory->key);
    return handshake;
}

enum ws_status ws_handshake_client_begin(const struct ws_client_offer *offer,
                                         const WEB_SOCKET_HTTP_HEADER *initial, uint32_t initial_count,
                                         struct ws_handshake **out)
{
    struct ws_handshake_list subprotocols = {offer->subprotocols, offer->subprotocol_count, 0};
    struct ws_handshake_list extensions = {offer->extensions, offer->extension_count, 0};
    enum ws_status status = check_offer(&subprotocols, &extensions);
    if (status == WS_OK)
        status = ws_handshake_check_headers((struct ws_headers){initial, initial_count});
    if (status != WS_OK)
        return status;
    uint8_t nonce[WS_KEY_SIZE];
    if (!ws_platform_random(nonce, sizeof nonce))
        return WS_WHY_NO_RANDOM;
    struct ws_handshake *handshake = make_request(nonce, &subprotocols, &extensions);
    if (handshake == NULL)
        return WS_WHY_NO_MEMORY;
    *out = handshake;
    return WS_OK;
}

/* ---- the offer, as End sees it ---- */

/* Reads ws_handshake_extra of a block that is not to be written. */
static const struct client_memory *memory_of(const struct ws_handshake *handshake)
{
    return (const void *)(handshake->headers + handshake->header_count);
}

static struct ws_span offered_subprotocols(const struct client_memory *memory)
{
    return (struct ws_span){(const char *)(memory + 1), memory->subprotocols_length};
}

static struct ws_span offered_extensions(const struct client_memory *memory)
{
    const size_t before = memory->subprotocols_length > 0 ? (size_t)memory->subprotocols_length + 1 : 0;
    return (struct ws_span){(const char *)(memory + 1) + before, memory->extensions_length};
}

static uint32_t find_subprotocol(struct ws_span offered, struct ws_span wanted)
{
    struct ws_headers_list list;
    struct ws_span element;
    ws_headers_list_start_text(&list, offered);
    for (uint32_t i = 0; ws_headers_list_next(&list, &element); i++)
        if (ws_span_equal(element, wanted))
            return i;
    return NOT_OFFERED;
}

/* The names of the offered extensions, sorted. False if there is no memory. */
static bool name_extensions(const struct client_memory *memory, struct ws_names *names)
{
    if (!ws_names_init(names, memory->extension_count))
        return false;
    struct ws_headers_list list;
    struct ws_span element;
    ws_headers_list_start_text(&list, offered_extensions(memory));
    while (names->count < memory->extension_count && ws_headers_list_next(&list, &element))
        ws_names_add(names, ws_headers_extension_name(element));
    ws_names_sort(names);
    return true;
}

/* ---- End ---- */

void ws_handshake_expected_accept(const struct ws_handshake *client, char accept[WS_ACCEPT_LENGTH])
{
    ws_handshake_accept(memory_of(client)->key, accept);
}

static enum ws_status check_accept(const struct client_memory *memory, struct ws_headers response)
{
    char expected[WS_ACCEPT_LENGTH];
    struct ws_span value;
    const enum ws_status status =
        ws_handshake_find(response, WS_NAME_ACCEPT, WS_WHY_ACCEPT_MISSING, WS_WHY_ACCEPT_TWICE, &value);
    if (status != WS_OK)
        return status;
    ws_handshake_accept(memory->key, expected);
    return ws_span_equal(value, (struct ws_span){expected, sizeof expected}) ? WS_OK : WS_WHY_ACCEPT_MISMATCH;
}

/* *selected becomes an index, or stays NOT_OFFERED where none was offered and none selected. */
static enum ws_status check_subprotocol(struct ws_span offered, struct ws_headers response,
                                        uint32_t *selected)
{
    struct ws_span value;
    const uint32_t found = ws_headers_find_filled(response, WS_NAME_PROTOCOL, &value);
    if (found == 0)
        return offered.length == 0 ? WS_OK : WS_WHY_SUBPROTOCOL_NONE;
    if (found > 1)
        return WS_WHY_SUBPROTOCOL_SELECTED_TWICE;
    *selected = find_subprotocol(offered, value);
    return *selected != NOT_OFFERED ? WS_OK : WS_WHY_SUBPROTOCOL_NOT_OFFERED;
}

/*
 * Marks the offered extensions with their places in the response, from 1, and counts them. The offer bounds the work,
 * however long the response is: a step is taken only while all names so far were offered and differ.
 */
static enum ws_status mark_extensions(struct ws_names *offered, struct ws_headers response, uint32_t *count)
{
    struct ws_headers_list list;
    struct ws_span element;
    ws_headers_list_start(&list, response, WS_NAME_EXTENSIONS);
    while (ws_headers_list_next(&list, &element)) {
        struct ws_name *name = ws_names_find(offered, ws_headers_extension_name(element));
        if (name == NULL)
            return WS_WHY_EXTENSION_NOT_OFFERED;
        if (name->mark != 0)
            return WS_WHY_ANSWERED_EXTENSION_TWICE;
        name->mark = ++*count;
    }
    return WS_OK;
}

static enum ws_status write_extensions(const struct ws_names *offered, uint32_t count,
                                       const struct ws_client_selection *selection)
{
    const bool small = selection->extensions != NULL && *selection->extension_count < count;
    if (selection->extension_count != NULL)
        *selection->extension_count = count;
    if (small)
        return WS_WHY_SELECTION_SMALL;
    for (uint32_t i = 0; i < offered->count && selection->extensions != NULL; i++)
        if (offered->array[i].mark > 0)
            selection->extensions[offered->array[i].mark - 1] = offered->array[i].index;
    return WS_OK;
}

/* The last check of the response, and the first output. */
static enum ws_status select_extensions(const struct client_memory *memory, struct ws_headers response,
                                        const struct ws_client_selection *selection, bool *negotiated)
{
    if (!ws_headers_list_check(response, WS_NAME_EXTENSIONS, ws_headers_is_extension))
        return WS_WHY_HEADER_EXTENSIONS_MALFORMED;
    struct ws_names offered;
    if (!name_extensions(memory, &offered))
        return WS_WHY_NO_MEMORY;
    uint32_t count = 0;
    enum ws_status status = mark_extensions(&offered, response, &count);
    if (status == WS_OK)
        status = write_extensions(&offered, count, selection);
    ws_names_free(&offered);
    if (status == WS_OK)
        *negotiated = count > 0;
    return status;
}

enum ws_status ws_handshake_client_end(const struct ws_handshake *handshake,
                                       const WEB_SOCKET_HTTP_HEADER *response, uint32_t count,
                                       const struct ws_client_selection *selection,
                                       bool *extension_negotiated)
{
    const struct ws_headers headers = {response, count};
    enum ws_status status = count > 0 ? ws_handshake_check_headers(headers) : WS_WHY_HEADERS_NONE;
    if (status == WS_OK && selection->extensions != NULL && selection->extension_count == NULL)
        status = WS_WHY_SELECTION_COUNT_NULL;
    if (status == WS_OK)
        status = ws_handshake_check_upgrade(headers);

    const struct client_memory *memory = memory_of(handshake);
    uint32_t subprotocol = NOT_OFFERED;
    if (status == WS_OK)
        status = check_accept(memory, headers);
    if (status == WS_OK)
        status = check_subprotocol(offered_subprotocols(memory), headers, &subprotocol);
    if (status == WS_OK)
        status = select_extensions(memory, headers, selection, extension_negotiated);
    if (status == WS_OK && selection->subprotocol != NULL && subprotocol != NOT_OFFERED)
        *selection->subprotocol = subprotocol;
    return status;
}
