/*
 * calls_handshake.c - the handshake's calls for fuzz_calls, in the right state and in any other, with good
 * arguments or one that is wrong. What headers may say is fuzz_handshake's business.
 */
#include <string.h>

#include "calls.h"

#define POISON_HEADERS ((PWEB_SOCKET_HTTP_HEADER)(uintptr_t)0x5A5A5A5A)
#define POISON         0xA5A5A5A5u

#define HEADER(name, value)                                                                                  \
    {                                                                                                        \
        (PCHAR)(name), sizeof(name) - 1, (PCHAR)(value), sizeof(value) - 1                                   \
    }

/* Which result the handshake's calls have: the handle is looked at first, then the outputs; of the state and
 * the other arguments nothing is said, so where both are wrong, either result is right. */
static void check_result(const char *what, HRESULT result, const struct session *session, bool outputs,
                         bool state, HRESULT arguments)
{
    if (session == NULL)
        calls_after(what, result, E_HANDLE);
    else if (!outputs)
        calls_after(what, result, E_INVALIDARG);
    else if (!state)
        calls_after_either(what, result, E_INVALID_PROTOCOL_OPERATION,
                           arguments == E_INVALIDARG ? E_INVALIDARG : E_INVALID_PROTOCOL_OPERATION);
    else
        calls_after(what, result, arguments);
}

static void check_headers(const char *what, HRESULT result, PWEB_SOCKET_HTTP_HEADER headers, ULONG count,
                          ULONG least)
{
    if (result != S_OK && (headers != POISON_HEADERS || count != POISON))
        fail("%s failed and wrote", what);
    if (result == S_OK && (count < least || count > least + 2))
        fail("%s returned %u headers", what, (unsigned)count);
    for (ULONG i = 0; i < count && result == S_OK; i++)
        if (strlen(headers[i].pcName) != headers[i].ulNameLength ||
            strlen(headers[i].pcValue) != headers[i].ulValueLength)
            fail("%s returned a header that does not end in NUL", what);
}

void calls_begin_client(struct calls *calls, WEB_SOCKET_HANDLE handle, uint8_t how)
{
    enum { NOTHING, SUBPROTOCOLS, EXTENSIONS, BOTH, NO_TOKEN, TWINS, NO_ARRAY, HUGE };
    static const char *const subprotocols[] = {"a", "b"}, *const no_token[] = {"a", "b\r\n"},
                             *const twins[] = {"b", "b"}, *const extensions[] = {"x; y=1"};
    const uint8_t offer = how & 7;
    const char *const *first = offer == NO_TOKEN ? no_token : offer == TWINS ? twins : subprotocols;
    const bool outputs = (how & 0xE0) != 0xE0 || (how & 0x18) == 0;
    struct session *session = calls_find(calls, handle);
    PWEB_SOCKET_HTTP_HEADER headers = POISON_HEADERS;
    ULONG count = POISON;

    calls_before(calls);
    const HRESULT result = WebSocketBeginClientHandshake(
        handle, offer == NO_ARRAY ? NULL : (PCSTR *)(uintptr_t)first,
        offer == NOTHING || offer == EXTENSIONS ? 0
        : offer == HUGE                         ? 65536
                                                : 2,
        (PCSTR *)(uintptr_t)extensions, offer == EXTENSIONS || offer == BOTH, NULL, 0,
        outputs || (how & 8) == 0 ? &headers : NULL, outputs || (how & 16) == 0 ? &count : NULL);
    check_result("WebSocketBeginClientHandshake", result, session, outputs,
                 session != NULL && !session->server && session->phase == CREATED,
                 offer > BOTH ? E_INVALIDARG : S_OK);
    check_headers("WebSocketBeginClientHandshake", result, headers, count, 4);
    if (result != S_OK)
        return;
    session->phase = BEGUN;
    session->offers_subprotocol = offer == SUBPROTOCOLS || offer == BOTH;
    session->offers_extension = offer == EXTENSIONS || offer == BOTH;
    accept_key(headers[3].pcValue, session->accept);
}

void calls_end_client(struct calls *calls, WEB_SOCKET_HANDLE handle, uint8_t how)
{
    enum { GOOD, WRONG_ACCEPT, NONE, NO_ARRAY, HUGE, OTHER_EXTENSION, OTHER_SUBPROTOCOL, NO_ROOM };
    struct session *session = calls_find(calls, handle);
    const uint8_t kind = how & 7;
    const bool selects = session != NULL && session->offers_extension && ((how & 8) == 0 || kind == NO_ROOM);
    char accept[ACCEPT_LENGTH + 1] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    if (session != NULL && kind != WRONG_ACCEPT)
        memcpy(accept, session->accept, sizeof accept);

    WEB_SOCKET_HTTP_HEADER answer[5] = {HEADER("upgrade", "websocket"),
                                        HEADER("Connection", "Upgrade"),
                                        {(PCHAR) "Sec-WebSocket-Accept", 20, accept, ACCEPT_LENGTH}};
    ULONG count = 3;
    if (kind == OTHER_SUBPROTOCOL || (session != NULL && session->offers_subprotocol))
        answer[count++] = (WEB_SOCKET_HTTP_HEADER){(PCHAR) "Sec-WebSocket-Protocol", 22,
                                                   (PCHAR)(kind == OTHER_SUBPROTOCOL ? "c" : "b"), 1};
    if (selects || kind == OTHER_EXTENSION)
        answer[count++] = (WEB_SOCKET_HTTP_HEADER){(PCHAR) "Sec-WebSocket-Extensions", 24,
                                                   (PCHAR)(kind == OTHER_EXTENSION ? "y" : "x"), 1};

    const HRESULT results[] = {S_OK,
                               E_INVALID_PROTOCOL_FORMAT,
                               E_INVALIDARG,
                               E_INVALIDARG,
                               E_INVALIDARG,
                               E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED,
                               E_SUBPROTOCOL_NOT_SUPPORTED,
                               selects ? HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER) : S_OK};
    ULONG extension = POISON, room = kind != NO_ROOM, subprotocol = POISON;
    calls_before(calls);
    const HRESULT result =
        WebSocketEndClientHandshake(handle, kind == NO_ARRAY || kind == NONE ? NULL : answer,
                                    kind == NONE   ? 0
                                    : kind == HUGE ? 65536
                                                   : count,
                                    &extension, &room, &subprotocol);
    check_result("WebSocketEndClientHandshake", result, session, true,
                 session != NULL && !session->server && session->phase == BEGUN, results[kind]);

    const bool small = result == HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER);
    if (room != (result == S_OK || small ? (ULONG)selects : kind != NO_ROOM) ||
        extension != (result == S_OK && selects ? 0 : POISON) ||
        subprotocol != (result == S_OK && session->offers_subprotocol ? 1 : POISON))
        fail("WebSocketEndClientHandshake wrote the wrong selection");
    if (result != S_OK)
        return;
    session->phase = OPEN;
    session->extension = selects;
}

void calls_begin_server(struct calls *calls, WEB_SOCKET_HANDLE handle, uint8_t how)
{
    enum { GOOD, EXTENSION, SUBPROTOCOL, VERSION, NO_HOST, OTHER_SUBPROTOCOL, OTHER_EXTENSION, NONE };
    enum { NO_ARRAY = NONE + 1, HUGE, NO_HEADERS, NO_COUNT, NO_TOKEN, NO_EXTENSIONS, KINDS };
    static WEB_SOCKET_HTTP_HEADER request[] = {
        HEADER("Host", ""),
        HEADER("Upgrade", "websocket"),
        HEADER("Connection", "Upgrade"),
        HEADER("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        HEADER("Sec-WebSocket-Protocol", "a, b"),
        HEADER("Sec-WebSocket-Extensions", "x; p"),
        HEADER("sec-websocket-version", "13"),
        HEADER("Sec-WebSocket-Version", "8"),
    };
    static const HRESULT results[KINDS] = {[VERSION] = E_PROTOCOL_VERSION_NOT_SUPPORTED,
                                           [NO_HOST] = E_INVALID_PROTOCOL_FORMAT,
                                           [OTHER_SUBPROTOCOL] = E_SUBPROTOCOL_NOT_SUPPORTED,
                                           [OTHER_EXTENSION] = E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED,
                                           [NONE] = E_INVALIDARG,
                                           [NO_ARRAY] = E_INVALIDARG,
                                           [HUGE] = E_INVALIDARG,
                                           [NO_TOKEN] = E_INVALIDARG,
                                           [NO_EXTENSIONS] = E_INVALIDARG};
    const uint8_t kind = how % KINDS;
    const char *extension = kind == OTHER_EXTENSION ? "y" : "x; q=\"1\"";
    const char *subprotocol = kind == SUBPROTOCOL         ? "b"
                              : kind == OTHER_SUBPROTOCOL ? "c"
                              : kind == NO_TOKEN          ? "b\r\nc"
                                                          : NULL;
    struct session *session = calls_find(calls, handle);
    PWEB_SOCKET_HTTP_HEADER headers = POISON_HEADERS;
    ULONG count = POISON;
    WEB_SOCKET_HTTP_HEADER told[7];
    memcpy(told, request + (kind == NO_HOST), sizeof told);
    if (kind == VERSION)
        told[6] = request[7];
    else if (kind == NO_HOST)
        told[6] = (WEB_SOCKET_HTTP_HEADER)HEADER("Hosts", "a");

    calls_before(calls);
    const HRESULT result =
        WebSocketBeginServerHandshake(handle, subprotocol, kind == NO_EXTENSIONS ? NULL : &extension,
                                      kind == EXTENSION || kind == OTHER_EXTENSION || kind == NO_EXTENSIONS,
                                      kind == NO_ARRAY || kind == NONE ? NULL : told,
                                      kind == NONE   ? 0
                                      : kind == HUGE ? 65536
                                                     : 7,
                                      kind == NO_HEADERS ? NULL : &headers, kind == NO_COUNT ? NULL : &count);
    check_result("WebSocketBeginServerHandshake", result, session, kind != NO_HEADERS && kind != NO_COUNT,
                 session != NULL && session->server && session->phase == CREATED, results[kind]);
    check_headers("WebSocketBeginServerHandshake", result, headers, count, 3);
    if (result != S_OK)
        return;
    session->phase = BEGUN;
    session->extension = kind == EXTENSION;
}

void calls_end_server(struct calls *calls, WEB_SOCKET_HANDLE handle)
{
    struct session *session = calls_find(calls, handle);
    calls_before(calls);
    const HRESULT result = WebSocketEndServerHandshake(handle);
    check_result("WebSocketEndServerHandshake", result, session, true,
                 session != NULL && session->server && session->phase != CREATED && !session->aborted, S_OK);
    if (result == S_OK)
        session->phase = OPEN;
}
