/*
 * The server's side of the opening handshake, RFC 6455 section 4.2. It checks the request and makes the
 * response's headers in one step; nothing of the request is kept. What to select is the caller's decision.
 */
#include "handshake/handshake.h"
#include "handshake/handshake_common.h"

enum { FIXED_HEADERS = 3 };

/* ---- the choice ---- */

/* Also names the extensions; ws_names_free releases the names, whatever comes of it. */
static enum ws_status check_choice(struct ws_handshake_list *subprotocol,
                                   struct ws_handshake_list *extensions, struct ws_names *names)
{
    enum ws_status status = ws_handshake_list_measure(subprotocol, &ws_handshake_subprotocols);
    if (status == WS_OK)
        status = ws_handshake_list_measure(extensions, &ws_handshake_extensions);
    if (status == WS_OK && !ws_handshake_list_names(extensions, names))
        status = WS_WHY_NO_MEMORY;
    return status == WS_OK && ws_names_has_twins(names) ? WS_WHY_EXTENSION_TWICE : status;
}

/* ---- the request ---- */

/* A number in the form of RFC 6455 section 4.3, without a leading zero, but of any size. */
static bool is_number(struct ws_span text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.chars[i] < '0' || text.chars[i] > '9')
            return false;
    return text.length == 1 || (text.length > 1 && text.chars[0] != '0');
}

static enum ws_status check_version(struct ws_headers request)
{
    struct ws_span version;
    const enum ws_status status =
        ws_handshake_find(request, WS_NAME_VERSION, WS_WHY_VERSION_MISSING, WS_WHY_VERSION_TWICE, &version);
    if (status != WS_OK)
        return status;
    if (!is_number(version))
        return WS_WHY_VERSION_MALFORMED;
    return ws_span_equal(version, ws_span_of(WS_VERSION)) ? WS_OK : WS_WHY_VERSION_OTHER;
}

/* The request itself, whatever it offers. *key becomes the text of the key. */
static enum ws_status check_request(struct ws_headers request, struct ws_span *key)
{
    struct ws_span host;
    enum ws_status status =
        ws_handshake_find(request, WS_NAME_HOST, WS_WHY_HOST_MISSING, WS_WHY_HOST_TWICE, &host);
    if (status == WS_OK)
        status = ws_handshake_check_upgrade(request);
    if (status == WS_OK)
        status = ws_handshake_find(request, WS_NAME_KEY, WS_WHY_KEY_MISSING, WS_WHY_KEY_TWICE, key);
    if (status == WS_OK && !ws_base64_check(key->chars, key->length, WS_KEY_SIZE))
        status = WS_WHY_KEY_MALFORMED;
    return status == WS_OK ? check_version(request) : status;
}

static bool is_offered(struct ws_headers request, struct ws_span subprotocol)
{
    struct ws_headers_list list;
    struct ws_span element;
    ws_headers_list_start(&list, request, WS_NAME_PROTOCOL);
    while (ws_headers_list_next(&list, &element))
        if (ws_span_equal(element, subprotocol))
            return true;
    return false;
}

static bool are_offered(struct ws_headers request, struct ws_names *extensions)
{
    struct ws_headers_list list;
    struct ws_span element;
    uint32_t missing = extensions->count;
    ws_headers_list_start(&list, request, WS_NAME_EXTENSIONS);
    while (missing > 0 && ws_headers_list_next(&list, &element)) {
        struct ws_name *name = ws_names_find(extensions, ws_headers_extension_name(element));
        if (name != NULL && name->mark == 0) {
            name->mark = 1;
            missing--;
        }
    }
    return missing == 0;
}

/* What the request offers, and that everything selected is among it. */
static enum ws_status check_offers(struct ws_headers request, const struct ws_handshake_list *subprotocol,
                                   struct ws_names *extensions)
{
    if (!ws_headers_list_check(request, WS_NAME_PROTOCOL, ws_headers_is_token))
        return WS_WHY_OFFERED_SUBPROTOCOLS_MALFORMED;
    if (subprotocol->count > 0 && !is_offered(request, ws_span_of(subprotocol->items[0])))
        return WS_WHY_SUBPROTOCOL_NOT_REQUESTED;
    if (!ws_headers_list_check(request, WS_NAME_EXTENSIONS, ws_headers_is_extension))
        return WS_WHY_HEADER_EXTENSIONS_MALFORMED;
    return are_offered(request, extensions) ? WS_OK : WS_WHY_EXTENSION_NOT_REQUESTED;
}

/* ---- the response ---- */

static struct ws_handshake *make_response(struct ws_span key, const struct ws_handshake_list *subprotocol,
                                          const struct ws_handshake_list *extensions)
{
    struct ws_handshake *handshake =
        ws_handshake_new(FIXED_HEADERS, WS_ACCEPT_LENGTH + 1, subprotocol, extensions);
    if (handshake == NULL)
        return NULL;
    char *accept = ws_handshake_extra(handshake);
    ws_handshake_accept(key.chars, accept);
    ws_handshake_set(&handshake->headers[0], WS_NAME_CONNECTION, "Upgrade");
    ws_handshake_set(&handshake->headers[1], WS_NAME_UPGRADE, "websocket");
    ws_handshake_set(&handshake->headers[2], WS_NAME_ACCEPT, accept);
    return handshake;
}

enum ws_status ws_handshake_server_begin(const struct ws_server_choice *choice,
                                         const WEB_SOCKET_HTTP_HEADER *request, uint32_t count,
                                         struct ws_handshake **out, bool *extension_negotiated)
{
    const struct ws_headers headers = {request, count};
    const bool has_subprotocol = choice->subprotocol != NULL && choice->subprotocol[0] != '\0';
    struct ws_handshake_list subprotocol = {&choice->subprotocol, has_subprotocol, 0};
    struct ws_handshake_list extensions = {choice->extensions, choice->extension_count, 0};
    struct ws_names names = {NULL, 0};
    enum ws_status status = check_choice(&subprotocol, &extensions, &names);
    if (status == WS_OK)
        status = count > 0 ? ws_handshake_check_headers(headers) : WS_WHY_HEADERS_NONE;

    struct ws_span key;
    if (status == WS_OK)
        status = check_request(headers, &key);
    if (status == WS_OK)
        status = check_offers(headers, &subprotocol, &names);
    ws_names_free(&names);
    if (status != WS_OK)
        return status;

    struct ws_handshake *handshake = make_response(key, &subprotocol, &extensions);
    if (handshake == NULL)
        return WS_WHY_NO_MEMORY;
    *out = handshake;
    *extension_negotiated = extensions.count > 0;
    return WS_OK;
}
