/*
 * Arguments that are refused, see provoke.h.
 */
#include "provoke.h"

#include "faults.h"

/* Where a pointer is only compared with NULL or counted; nothing of it may be touched. */
static char unreadable[1];
static WEB_SOCKET_HANDLE handle;
static WEB_SOCKET_HANDLE *nowhere; /* NULL, and no analysis is told so */

static const char *create(WEB_SOCKET_PROPERTY_TYPE type, PVOID value, ULONG size)
{
    WEB_SOCKET_PROPERTY property = {type, value, size};
    (void)WebSocketCreateClientHandle(&property, 1, &handle);
    return "WebSocketCreateClientHandle";
}

static const char *properties(enum ws_status why)
{
    ULONG number = 15;
    PVOID memory = unreadable;
    PVOID nothing = NULL;
    switch ((unsigned)why) {
    case WS_WHY_HANDLE_NULL:
        (void)WebSocketCreateServerHandle(NULL, 0, nowhere);
        return "WebSocketCreateServerHandle";
    case WS_WHY_PROPERTIES_NULL:
        (void)WebSocketCreateServerHandle(NULL, 1, &handle);
        return "WebSocketCreateServerHandle";
    case WS_WHY_PROPERTIES_MANY:
        (void)WebSocketCreateServerHandle((PVOID)unreadable, 65536, &handle);
        return "WebSocketCreateServerHandle";
    case WS_WHY_PROPERTY_UNKNOWN:
        return create(WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE, &number, 4);
    case WS_WHY_PROPERTY_NULL:
        return create(WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, NULL, 4);
    case WS_WHY_PROPERTY_SIZE:
        return create(WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, &number, 1);
    case WS_WHY_RECEIVE_SIZE_SMALL:
        return create(WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &number, 4);
    case WS_WHY_SEND_SIZE_SMALL:
        return create(WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &number, 4);
    case WS_WHY_ALLOCATED_NULL:
        return create(WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &nothing, sizeof nothing);
    case WS_WHY_ALLOCATED_SMALL:
        return create(WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &memory, 4096 + 4096 + 143);
    case WS_WHY_NO_MEMORY:
        faults_memory_after(0);
        (void)WebSocketCreateClientHandle(NULL, 0, &handle);
        faults_end();
        return "WebSocketCreateClientHandle";
    default:
        return NULL;
    }
}

static const char *offer(PCSTR *subprotocols, ULONG count, PCSTR *extensions, ULONG extension_count)
{
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG header_count;
    WEB_SOCKET_HANDLE client = handle_create(false, NULL);
    (void)WebSocketBeginClientHandshake(client, subprotocols, count, extensions, extension_count, NULL, 0,
                                        &headers, &header_count);
    WebSocketDeleteHandle(client);
    return "WebSocketBeginClientHandshake";
}

/* offer, with two items; the second has 2^32 - 1 characters if it is the endless one. */
static const char *offer_subprotocols(PCSTR first, PCSTR second)
{
    PCSTR items[] = {first, second};
    return offer(items, 2, NULL, 0);
}

static const char *offer_extensions(PCSTR first, PCSTR second)
{
    PCSTR items[] = {first, second};
    return offer(NULL, 0, items, 2);
}

static const char *offers(enum ws_status why)
{
    PCSTR *many = (PVOID)unreadable;
    PCSTR twice[] = {"x; a", "x"};
    WEB_SOCKET_HTTP_HEADER header = {unreadable, 0, unreadable, 0};
    switch ((unsigned)why) {
    case WS_WHY_SUBPROTOCOLS_NULL:
        return offer(NULL, 1, NULL, 0);
    case WS_WHY_SUBPROTOCOLS_MANY:
        return offer(many, 65536, NULL, 0);
    case WS_WHY_SUBPROTOCOLS_LONG:
        provoke_endless = "endless";
        return offer_subprotocols("a", provoke_endless);
    case WS_WHY_SUBPROTOCOL_NULL:
        return offer_subprotocols("a", NULL);
    case WS_WHY_SUBPROTOCOL_MALFORMED:
        return offer_subprotocols("a", "b\r\nc");
    case WS_WHY_SUBPROTOCOL_TWICE:
        return offer_subprotocols("a", "a");
    case WS_WHY_EXTENSIONS_NULL:
        return offer(NULL, 0, NULL, 1);
    case WS_WHY_EXTENSIONS_MANY:
        return offer(NULL, 0, many, 65536);
    case WS_WHY_EXTENSIONS_LONG:
        provoke_endless = "endless";
        return offer_extensions("a", provoke_endless);
    case WS_WHY_EXTENSION_NULL:
        return offer_extensions(NULL, "a");
    case WS_WHY_EXTENSION_MALFORMED:
        return offer_extensions("a", "b;");
    case WS_WHY_EXTENSION_TWICE: {
        WEB_SOCKET_HANDLE server = handle_create(true, NULL);
        PWEB_SOCKET_HTTP_HEADER headers;
        ULONG count;
        (void)WebSocketBeginServerHandshake(server, NULL, twice, 2, &header, 1, &headers, &count);
        WebSocketDeleteHandle(server);
        return "WebSocketBeginServerHandshake";
    }
    case WS_WHY_NO_RANDOM:
        faults_random();
        (void)offer(NULL, 0, NULL, 0);
        faults_end();
        return "WebSocketBeginClientHandshake";
    default:
        return NULL;
    }
}

static const char *answer(const WEB_SOCKET_HTTP_HEADER *headers, ULONG count)
{
    WEB_SOCKET_HANDLE server = handle_create(true, NULL);
    PWEB_SOCKET_HTTP_HEADER made;
    ULONG made_count;
    (void)WebSocketBeginServerHandshake(server, NULL, NULL, 0, (PVOID)(uintptr_t)headers, count, &made,
                                        &made_count);
    WebSocketDeleteHandle(server);
    return "WebSocketBeginServerHandshake";
}

static const char *headers_array(enum ws_status why)
{
    const WEB_SOCKET_HTTP_HEADER no_name = {NULL, 1, NULL, 0};
    const WEB_SOCKET_HTTP_HEADER no_value = {unreadable, 0, NULL, 1};
    WEB_SOCKET_HTTP_HEADER header = {unreadable, 0, unreadable, 0};
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
    WEB_SOCKET_HANDLE client;
    switch ((unsigned)why) {
    case WS_WHY_HEADERS_NONE:
        return answer(&header, 0);
    case WS_WHY_HEADERS_NULL:
        return answer(NULL, 1);
    case WS_WHY_HEADERS_MANY:
        return answer((PVOID)unreadable, 65536);
    case WS_WHY_HEADER_NAME_NULL:
        return answer(&no_name, 1);
    case WS_WHY_HEADER_VALUE_NULL:
        return answer(&no_value, 1);
    case WS_WHY_HEADERS_OUT_NULL:
        client = handle_create(false, NULL);
        (void)WebSocketBeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, NULL, &count);
        WebSocketDeleteHandle(client);
        return "WebSocketBeginClientHandshake";
    case WS_WHY_SELECTION_COUNT_NULL:
        client = handle_create(false, NULL);
        provoke_begin(client, &headers, &count);
        (void)WebSocketEndClientHandshake(client, &header, 1, (PVOID)unreadable, NULL, NULL);
        WebSocketDeleteHandle(client);
        return "WebSocketEndClientHandshake";
    default:
        return NULL;
    }
}

static const char *send(ULONG type, PVOID bytes, ULONG length)
{
    WEB_SOCKET_BUFFER buffer = {.Data = {bytes, length}};
    (void)WebSocketSend(handle, (WEB_SOCKET_BUFFER_TYPE)type, &buffer, NULL);
    return "WebSocketSend";
}

static const char *send_close(USHORT status, PVOID reason, ULONG length)
{
    WEB_SOCKET_BUFFER buffer = {.CloseStatus = {reason, length, status}};
    (void)WebSocketSend(handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer, NULL);
    return "WebSocketSend";
}

static const char *send_or_receive(enum ws_status why)
{
    WEB_SOCKET_BUFFER empty = {.Data = {(PBYTE)unreadable, 0}};
    switch ((unsigned)why) {
    case WS_WHY_TYPE_UNKNOWN:
        return send(0x200, NULL, 0);
    case WS_WHY_TYPE_MASK_BIT:
        return send(0x105, NULL, 0);
    case WS_WHY_PAYLOAD_NULL:
        return send((ULONG)WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, NULL, 1);
    case WS_WHY_PING_PAYLOAD:
        return send((ULONG)WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, 0);
    case WS_WHY_CONTROL_SEND_FRAGMENT:
        return send(0x09 << 1, NULL, 0);
    case WS_WHY_CONTROL_SEND_LONG:
        return send(0x89 << 1, unreadable, 126);
    case WS_WHY_CLOSE_EMPTY_REASON:
        return send_close(1005, unreadable, 1);
    case WS_WHY_CLOSE_REASON_NULL:
        return send_close(1000, NULL, 1);
    case WS_WHY_CLOSE_REASON_LONG:
        return send_close(1000, unreadable, 124);
    case WS_WHY_CLOSE_SEND_STATUS:
        return send_close(1015, NULL, 0);
    case WS_WHY_RECEIVE_BUFFER_EMPTY:
        (void)WebSocketReceive(handle, &empty, NULL);
        return "WebSocketReceive";
    default:
        return NULL;
    }
}

static const char *action_or_global(enum ws_status why)
{
    WEB_SOCKET_BUFFER buffer;
    ULONG one = 1;
    ULONG zero = 0;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context;
    const WEB_SOCKET_ACTION_QUEUE all = WEB_SOCKET_ALL_ACTION_QUEUE;
    switch ((unsigned)why) {
    case WS_WHY_QUEUE_UNKNOWN:
        (void)WebSocketGetAction(handle, (WEB_SOCKET_ACTION_QUEUE)4, &buffer, &one, &action, &type, NULL,
                                 &context);
        return "WebSocketGetAction";
    case WS_WHY_BUFFERS_NULL:
        (void)WebSocketGetAction(handle, all, NULL, &one, &action, &type, NULL, &context);
        return "WebSocketGetAction";
    case WS_WHY_BUFFER_COUNT_NULL:
        (void)WebSocketGetAction(handle, all, &buffer, NULL, &action, &type, NULL, &context);
        return "WebSocketGetAction";
    case WS_WHY_BUFFER_COUNT_ZERO:
        assert_int_equal(WebSocketReceive(handle, NULL, NULL), S_OK);
        (void)WebSocketGetAction(handle, all, &buffer, &zero, &action, &type, NULL, &context);
        return "WebSocketGetAction";
    case WS_WHY_ACTION_NULL:
        (void)WebSocketGetAction(handle, all, &buffer, &one, NULL, &type, NULL, &context);
        return "WebSocketGetAction";
    case WS_WHY_BUFFER_TYPE_NULL:
        (void)WebSocketGetAction(handle, all, &buffer, &one, &action, NULL, NULL, &context);
        return "WebSocketGetAction";
    case WS_WHY_ACTION_CONTEXT_NULL:
        (void)WebSocketGetAction(handle, all, &buffer, &one, &action, &type, NULL, NULL);
        return "WebSocketGetAction";
    case WS_WHY_CONTEXT_UNKNOWN:
        WebSocketCompleteAction(handle, unreadable, 0);
        return "WebSocketCompleteAction";
    case WS_WHY_VALUE_NULL:
        (void)WebSocketGetGlobalProperty(WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE, NULL, &one);
        return "WebSocketGetGlobalProperty";
    case WS_WHY_VALUE_SIZE_NULL:
        (void)WebSocketGetGlobalProperty(WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE, &zero, NULL);
        return "WebSocketGetGlobalProperty";
    case WS_WHY_VALUE_SMALL:
        (void)WebSocketGetGlobalProperty(WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE, &zero, &one);
        return "WebSocketGetGlobalProperty";
    case WS_WHY_GLOBAL_UNKNOWN:
        (void)WebSocketGetGlobalProperty(WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &zero, &one);
        return "WebSocketGetGlobalProperty";
    default:
        return NULL;
    }
}

const char *provoke_argument(enum ws_status why)
{
    const char *call = properties(why);
    if (!call)
        call = offers(why);
    if (!call)
        call = headers_array(why);
    if (call)
        return call;

    struct handle_pair pair = handle_pair_open(NULL, NULL, false);
    handle = pair.client;
    call = send_or_receive(why);
    if (!call)
        call = action_or_global(why);
    handle_pair_delete(&pair);
    return call;
}
