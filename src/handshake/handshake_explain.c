/*
 * What headers have to do with a refusal of theirs. Nothing is kept for it while they are checked: it is found again,
 * on the rare way on which somebody wants to know.
 */
#include "handshake/handshake.h"
#include "handshake/handshake_common.h"

#include <string.h>

/* The header that a reason's text names, or NULL. */
static const char *header_of(enum ws_status why)
{
    static const char *const names[] = {WS_NAME_HOST,     WS_NAME_UPGRADE,   WS_NAME_CONNECTION,
                                        WS_NAME_ACCEPT,   WS_NAME_KEY,       WS_NAME_VERSION,
                                        WS_NAME_PROTOCOL, WS_NAME_EXTENSIONS};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strstr(ws_status_text(why), names[i]))
            return names[i];
    return NULL;
}

void ws_handshake_explain(const struct ws_handshake *handshake, enum ws_status why,
                          const WEB_SOCKET_HTTP_HEADER *headers, uint32_t count, struct ws_line *detail)
{
    const char *name = header_of(why);
    const char *before = ": got ";
    if (why == WS_WHY_ACCEPT_MISMATCH) {
        char expected[WS_ACCEPT_LENGTH];
        ws_handshake_expected_accept(handshake, expected);
        ws_line_put(detail, ": expected ");
        ws_line_put_quoted(detail, expected, sizeof expected);
        before = ", got ";
    }
    for (uint32_t i = 0; name && i < count; i++) {
        struct ws_span value;
        if (ws_headers_find((struct ws_headers){&headers[i], 1}, name, &value) == 0)
            continue;
        ws_line_put(detail, before);
        ws_line_put_quoted(detail, value.chars, value.length);
        before = ", ";
    }
}
