/*
 * What headers have to do with a refusal of theirs. Nothing is kept for it while they are checked: it is found again,
 * on the rare way on which somebody wants to know.
 */
#include "handshake_common.h"

/* The header that a reason is about, where its values tell more than the reason; else NULL. */
static const char *header_of(enum ws_status why)
{
    switch ((unsigned)why) {
    case WS_WHY_HOST_TWICE:
        return WS_NAME_HOST;
    case WS_WHY_UPGRADE_TWICE:
    case WS_WHY_UPGRADE_OTHER:
        return WS_NAME_UPGRADE;
    case WS_WHY_CONNECTION_OTHER:
        return WS_NAME_CONNECTION;
    case WS_WHY_ACCEPT_TWICE:
    case WS_WHY_ACCEPT_MISMATCH:
        return WS_NAME_ACCEPT;
    case WS_WHY_KEY_TWICE:
    case WS_WHY_KEY_MALFORMED:
        return WS_NAME_KEY;
    case WS_WHY_VERSION_TWICE:
    case WS_WHY_VERSION_MALFORMED:
    case WS_WHY_VERSION_OTHER:
        return WS_NAME_VERSION;
    case WS_WHY_OFFERED_SUBPROTOCOLS_MALFORMED:
    case WS_WHY_SUBPROTOCOL_SELECTED_TWICE:
    case WS_WHY_SUBPROTOCOL_NOT_OFFERED:
    case WS_WHY_SUBPROTOCOL_NOT_REQUESTED:
        return WS_NAME_PROTOCOL;
    case WS_WHY_HEADER_EXTENSIONS_MALFORMED:
    case WS_WHY_ANSWERED_EXTENSION_TWICE:
    case WS_WHY_EXTENSION_NOT_OFFERED:
    case WS_WHY_EXTENSION_NOT_REQUESTED:
        return WS_NAME_EXTENSIONS;
    default:
        return NULL;
    }
}

void ws_handshake_explain(const struct ws_handshake *handshake, enum ws_status why,
                          const WEB_SOCKET_HTTP_HEADER *headers, uint32_t count, struct ws_line *detail)
{
    const char *name = header_of(why);
    if (name == NULL)
        return;
    if (why == WS_WHY_ACCEPT_MISMATCH) {
        char expected[WS_ACCEPT_LENGTH];
        ws_handshake_expected_accept(handshake, expected);
        ws_line_put(detail, ": expected ");
        ws_line_put_quoted(detail, expected, sizeof expected);
        ws_line_put(detail, ", got ");
    } else {
        ws_line_put(detail, ": got ");
    }

    const char *before = "";
    for (uint32_t i = 0; i < count; i++) {
        struct ws_span value;
        if (ws_headers_find((struct ws_headers){&headers[i], 1}, name, &value) == 0)
            continue;
        ws_line_put(detail, before);
        ws_line_put_quoted(detail, value.chars, value.length);
        before = ", ";
    }
    if (before[0] == '\0')
        ws_line_put(detail, "none");
}
