/*
 * Headers that are refused, see provoke.h.
 */
#include "provoke.h"

#define PROTOCOL   "Sec-WebSocket-Protocol"
#define EXTENSIONS "Sec-WebSocket-Extensions"

/* A handshake without fault, and what is done to its headers. */
struct change {
    enum ws_status why;
    const char *omit; /* the header of this name goes, or NULL */
    const char *name; /* a header is added, or NULL */
    const char *value;
    unsigned times;
    const char *subprotocol; /* what is offered or selected, or NULL */
    const char *extension;
};

static const struct change requests[] = {
    {WS_WHY_HOST_MISSING, "Host", NULL, NULL, 0, NULL, NULL},
    {WS_WHY_HOST_TWICE, NULL, "host", "b", 1, NULL, NULL},
    {WS_WHY_UPGRADE_MISSING, "Upgrade", NULL, NULL, 0, NULL, NULL},
    {WS_WHY_UPGRADE_TWICE, NULL, "upgrade", "websocket", 1, NULL, NULL},
    {WS_WHY_UPGRADE_OTHER, "Upgrade", "Upgrade", "h2c", 1, NULL, NULL},
    {WS_WHY_CONNECTION_MISSING, "Connection", NULL, NULL, 0, NULL, NULL},
    {WS_WHY_CONNECTION_OTHER, "Connection", "Connection", "keep-alive", 1, NULL, NULL},
    {WS_WHY_KEY_MISSING, "Sec-WebSocket-Key", NULL, NULL, 0, NULL, NULL},
    {WS_WHY_KEY_TWICE, NULL, "Sec-WebSocket-Key", "AQIDBAUGBwgJCgsMDQ4PEA==", 1, NULL, NULL},
    {WS_WHY_KEY_MALFORMED, "Sec-WebSocket-Key", "Sec-WebSocket-Key", "AQIDBAUG", 1, NULL, NULL},
    {WS_WHY_VERSION_MISSING, "Sec-WebSocket-Version", NULL, NULL, 0, NULL, NULL},
    {WS_WHY_VERSION_TWICE, NULL, "Sec-WebSocket-Version", "13", 1, NULL, NULL},
    {WS_WHY_VERSION_MALFORMED, "Sec-WebSocket-Version", "Sec-WebSocket-Version", "013", 1, NULL, NULL},
    {WS_WHY_VERSION_OTHER, "Sec-WebSocket-Version", "Sec-WebSocket-Version", "8", 1, NULL, NULL},
    {WS_WHY_OFFERED_SUBPROTOCOLS_MALFORMED, NULL, PROTOCOL, "a b", 1, NULL, NULL},
    {WS_WHY_SUBPROTOCOL_NOT_REQUESTED, NULL, PROTOCOL, "a, b", 1, "c", NULL},
    {WS_WHY_HEADER_EXTENSIONS_MALFORMED, NULL, EXTENSIONS, "x; =", 1, NULL, NULL},
    {WS_WHY_EXTENSION_NOT_REQUESTED, NULL, EXTENSIONS, "x", 1, NULL, "y"},
};

static const struct change responses[] = {
    {WS_WHY_ACCEPT_MISSING, "Sec-WebSocket-Accept", NULL, NULL, 0, NULL, NULL},
    {WS_WHY_ACCEPT_TWICE, NULL, "Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 1, NULL, NULL},
    {WS_WHY_ACCEPT_MISMATCH, "Sec-WebSocket-Accept", "Sec-WebSocket-Accept",
     "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 1, NULL, NULL},
    {WS_WHY_SUBPROTOCOL_NONE, NULL, NULL, NULL, 0, "chat", NULL},
    {WS_WHY_SUBPROTOCOL_SELECTED_TWICE, NULL, PROTOCOL, "chat", 2, "chat", NULL},
    {WS_WHY_SUBPROTOCOL_NOT_OFFERED, NULL, PROTOCOL, "Chat", 1, "chat", NULL},
    {WS_WHY_ANSWERED_EXTENSION_TWICE, NULL, EXTENSIONS, "x, x", 1, NULL, "x"},
    {WS_WHY_SELECTION_SMALL, NULL, EXTENSIONS, "x", 1, NULL, "x"},
    {WS_WHY_EXTENSION_NOT_OFFERED, NULL, EXTENSIONS, "y", 1, NULL, "x"},
};

/* The public type has no const. */
static char *text(const char *literal)
{
    return (char *)(uintptr_t)literal;
}

static ULONG changed(const struct change *change, const WEB_SOCKET_HTTP_HEADER *from, ULONG count,
                     WEB_SOCKET_HTTP_HEADER *to)
{
    ULONG written = 0;
    for (ULONG i = 0; i < count; i++)
        if (!change->omit || strcmp(from[i].pcName, change->omit) != 0)
            to[written++] = from[i];
    for (unsigned i = 0; i < change->times; i++)
        to[written++] = (WEB_SOCKET_HTTP_HEADER){text(change->name), (ULONG)strlen(change->name),
                                                 text(change->value), (ULONG)strlen(change->value)};
    return written;
}

static const struct change none;

/* A request with the server's choice, and a response to the client's offer. */
static void handshake(const struct change *request_change, const struct change *response_change)
{
    WEB_SOCKET_HANDLE client = handle_create(false, NULL);
    WEB_SOCKET_HANDLE server = handle_create(true, NULL);
    PCSTR offered[] = {response_change->subprotocol, response_change->extension};
    PCSTR selected = request_change->extension;
    WEB_SOCKET_HTTP_HEADER headers[10] = {{text("Host"), 4, text("a"), 1}};
    PWEB_SOCKET_HTTP_HEADER made;
    ULONG count;

    assert_int_equal(WebSocketBeginClientHandshake(client, &offered[0], offered[0] != NULL, &offered[1],
                                                   offered[1] != NULL, NULL, 0, &made, &count),
                     S_OK);
    WEB_SOCKET_HTTP_HEADER request[10];
    memcpy(headers + 1, made, count * sizeof *made);
    count = changed(request_change, headers, count + 1, request);
    HRESULT result = WebSocketBeginServerHandshake(server, request_change->subprotocol, &selected,
                                                   selected != NULL, request, count, &made, &count);
    if (result == S_OK) {
        count = changed(response_change, made, count, headers);
        ULONG index;
        ULONG room = 0;
        (void)WebSocketEndClientHandshake(client, headers, count, &index, &room, NULL);
    }
    WebSocketDeleteHandle(client);
    WebSocketDeleteHandle(server);
}

const char *provoke_headers(enum ws_status why)
{
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        if (requests[i].why == why) {
            handshake(&requests[i], &none);
            return "WebSocketBeginServerHandshake";
        }
    }
    for (size_t i = 0; i < COUNT_OF(responses); i++) {
        if (responses[i].why == why) {
            handshake(&none, &responses[i]);
            return "WebSocketEndClientHandshake";
        }
    }
    return NULL;
}
