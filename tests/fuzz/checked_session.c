/*
 * checked_session.c - a session's beginning and end, see checked.h.
 */
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

#include "checked_model.h"

enum {
    GUARD_POISONED = 32, /* unreadable bytes in front of ALLOCATED_BUFFER, then its misalignment as below */
    GUARD_BYTE = 0xA7,
    WIRE_FIRST = 512,
    CONTROL_MAX = 131 /* a whole control frame of a client */
};

uint32_t checked_area(const struct checked *checked)
{
    uint32_t size = checked->options.receive_size;
    uint32_t send_size = checked->options.send_size;
    if (!checked->options.server && send_size < CONTROL_MAX)
        size -= CONTROL_MAX - send_size;
    return size;
}

void checked_see_guard(const struct checked *checked)
{
    for (unsigned i = 0; checked->block && i < checked->options.alignment; i++)
        claim(checked->block[GUARD_POISONED + i] == GUARD_BYTE,
              "a byte in front of ALLOCATED_BUFFER was written");
}

/* The memory ends where its heap block does: the address sanitizer sees the first byte too far. */
static void allocate(struct checked *checked)
{
    const struct checked_options *options = &checked->options;
    checked->memory_size =
        (size_t)options->receive_size + options->send_size + (options->pointer_size ? 256 : 144);
    size_t front = GUARD_POISONED + (size_t)options->alignment;
    checked->block = malloc(front + checked->memory_size);
    claim(checked->block, "no memory for the test itself");
    checked->memory = checked->block + front;
    memset(checked->block, GUARD_BYTE, front);
    ASAN_POISON_MEMORY_REGION(checked->block, GUARD_POISONED);
}

void checked_create(struct checked *checked, const struct checked_options *options)
{
    *checked = (struct checked){.options = *options};
    if (options->allocated)
        allocate(checked);
    checked->wire_capacity = WIRE_FIRST;
    checked->wire = malloc(WIRE_FIRST);
    claim(checked->wire, "no memory for the test itself");

    ULONG receive_size = options->receive_size;
    ULONG send_size = options->send_size;
    BOOL disable_masking = options->disable_masking;
    BOOL disable_utf8 = options->disable_utf8;
    PVOID memory = checked->memory;
    WEB_SOCKET_PROPERTY properties[] = {
        {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &receive_size, sizeof receive_size},
        {WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &send_size, sizeof send_size},
        {WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, &disable_masking, sizeof disable_masking},
        {WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, &disable_utf8, sizeof disable_utf8},
        {WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &memory,
         options->pointer_size ? (ULONG)sizeof memory : (ULONG)checked->memory_size},
    };
    ULONG count = options->allocated ? 5 : 4;
    HRESULT result = options->server ? WebSocketCreateServerHandle(properties, count, &checked->handle)
                                     : WebSocketCreateClientHandle(properties, count, &checked->handle);
    claim(result == S_OK && checked->handle, "legal properties were refused");
}

static WEB_SOCKET_HTTP_HEADER header(const char *name, const char *value)
{
    union {
        const char *constant;
        char *string;
    } n = {name}, v = {value}; /* the type has no const, but nothing is written there */
    return (WEB_SOCKET_HTTP_HEADER){n.string, (ULONG)strlen(name), v.string, (ULONG)strlen(value)};
}

static void answer(WEB_SOCKET_HANDLE server, PWEB_SOCKET_HTTP_HEADER request, ULONG count, bool extension,
                   PWEB_SOCKET_HTTP_HEADER *response, ULONG *response_count)
{
    PCSTR names[] = {"x"};
    HRESULT result = WebSocketBeginServerHandshake(server, NULL, names, extension, request, count, response,
                                                   response_count);
    claim(result == S_OK, "a server refused a good request");
}

static void shake_server(struct checked *checked, bool end)
{
    WEB_SOCKET_HTTP_HEADER request[] = {
        header("Host", "h"),
        header("Connection", "Upgrade"),
        header("Upgrade", "websocket"),
        header("Sec-WebSocket-Version", "13"),
        header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        header("Sec-WebSocket-Extensions", "x"),
    };
    PWEB_SOCKET_HTTP_HEADER response;
    ULONG count;
    answer(checked->handle, request, 6, checked->options.extension, &response, &count);
    checked->may_open = true;
    if (!end)
        return;
    claim(WebSocketEndServerHandshake(checked->handle) == S_OK, "a server's handshake does not end");
    checked->open = true;
}

static void shake_client(struct checked *checked)
{
    PCSTR names[] = {"x"};
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
    HRESULT result = WebSocketBeginClientHandshake(checked->handle, NULL, 0, names,
                                                   checked->options.extension, NULL, 0, &headers, &count);
    claim(result == S_OK && count < 8, "a client's handshake does not begin");

    WEB_SOCKET_HTTP_HEADER request[8];
    memcpy(request, headers, count * sizeof *headers);
    request[count++] = header("Host", "h");
    WEB_SOCKET_HANDLE server;
    claim(WebSocketCreateServerHandle(NULL, 0, &server) == S_OK, "a server without properties was refused");
    PWEB_SOCKET_HTTP_HEADER response;
    ULONG response_count;
    answer(server, request, count, checked->options.extension, &response, &response_count);
    result = WebSocketEndClientHandshake(checked->handle, response, response_count, NULL, NULL, NULL);
    claim(result == S_OK, "a client refused a good answer");
    WebSocketDeleteHandle(server);
    checked->open = true;
}

void checked_handshake(struct checked *checked, bool end)
{
    if (checked->options.server)
        shake_server(checked, end);
    else
        shake_client(checked);
}

void checked_end_handshake(struct checked *checked)
{
    checked->open = checked->open || checked->may_open;
    bool right = checked->options.server && !checked->aborted;
    claim(WebSocketEndServerHandshake(checked->handle) == (right ? S_OK : E_INVALID_PROTOCOL_OPERATION),
          "the end of a handshake that is over has another result than this state's");
}

/* The calls that are there for an open session. */
static void see_deleted(WEB_SOCKET_HANDLE handle)
{
    WEB_SOCKET_BUFFER buffer;
    ULONG count = 1;
    WEB_SOCKET_ACTION action = WEB_SOCKET_SEND_TO_NETWORK_ACTION;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context = &buffer;
    claim(WebSocketSend(handle, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL) == E_HANDLE,
          "send after delete");
    claim(WebSocketReceive(handle, NULL, NULL) == E_HANDLE, "receive after delete");
    claim(WebSocketGetAction(handle, WEB_SOCKET_ALL_ACTION_QUEUE, &buffer, &count, &action, &type, NULL,
                             &context) == E_HANDLE &&
              action == WEB_SOCKET_NO_ACTION && count == 0 && !context,
          "an action after delete");
    claim(WebSocketEndServerHandshake(handle) == E_HANDLE, "a handshake after delete");
    WebSocketCompleteAction(handle, NULL, 0);
    WebSocketAbortHandle(handle);
    WebSocketDeleteHandle(handle);
}

void checked_delete(struct checked *checked)
{
    WebSocketDeleteHandle(checked->handle);
    see_deleted(checked->handle);
    checked_see_guard(checked);
    while (checked_head(&checked->receives)) {
        free(checked_head(&checked->receives)->bytes);
        checked_pop(&checked->receives);
    }
    for (unsigned slot = 0; slot < CHECKED_SLOTS; slot++)
        free(checked->outstanding[slot].copy);
    free(checked->wire);
    if (checked->block)
        ASAN_UNPOISON_MEMORY_REGION(checked->block, GUARD_POISONED);
    free(checked->block);
}
