/*
 * handle_pair.c - see handle_pair.h.
 */
#include "handle_pair.h"

#include <string.h>

#include "claim.h"

#define HEADERS_MAX       10
#define CLIENT_SEND_LEAST 131 /* a whole masked control frame */

static ULONG size_above(ULONG least, uint8_t byte)
{
    return least + (byte < 128 ? byte : (byte - 127u) * 61u);
}

struct handle_properties handle_properties_take(struct input *input)
{
    struct handle_properties properties = {0};
    properties.receive_size = size_above(256, input_byte(input));
    properties.send_size = size_above(16, input_byte(input));
    return properties;
}

ULONG handle_receive_area(const struct handle_properties *properties, bool server)
{
    ULONG size = properties->receive_size;
    if (!server && properties->send_size < CLIENT_SEND_LEAST)
        size -= CLIENT_SEND_LEAST - properties->send_size;
    return size;
}

static WEB_SOCKET_HANDLE create(const struct handle_properties *properties, bool server)
{
    ULONG receive_size = properties->receive_size, send_size = properties->send_size;
    BOOL no_masking = properties->no_masking, no_utf8 = properties->no_utf8;
    WEB_SOCKET_PROPERTY list[] = {
        {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &receive_size, sizeof receive_size},
        {WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &send_size, sizeof send_size},
        {WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, &no_masking, sizeof no_masking},
        {WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, &no_utf8, sizeof no_utf8},
    };
    const ULONG count = sizeof list / sizeof *list;
    WEB_SOCKET_HANDLE handle = NULL;
    HRESULT result = server ? WebSocketCreateServerHandle(list, count, &handle)
                            : WebSocketCreateClientHandle(list, count, &handle);
    claim(result == S_OK && handle != NULL, "no handle: 0x%08x", (unsigned)result);
    return handle;
}

struct handle_pair handle_pair_open(const struct handle_properties *client,
                                    const struct handle_properties *server, bool extension)
{
    static CHAR host[] = "Host";
    PCSTR name = "x";
    struct handle_pair pair = {create(client, false), create(server, true)};
    WEB_SOCKET_HTTP_HEADER request[HEADERS_MAX] = {{host, sizeof host - 1, NULL, 0}};
    PWEB_SOCKET_HTTP_HEADER headers = NULL, answer = NULL;
    ULONG count = 0, answers = 0;

    HRESULT result =
        WebSocketBeginClientHandshake(pair.client, NULL, 0, &name, extension, NULL, 0, &headers, &count);
    claim(result == S_OK && count < HEADERS_MAX, "the client cannot begin: 0x%08x", (unsigned)result);
    memcpy(request + 1, headers, count * sizeof *headers);
    result = WebSocketBeginServerHandshake(pair.server, NULL, &name, extension, request, count + 1, &answer,
                                           &answers);
    claim(result == S_OK, "the server refuses the client's request: 0x%08x", (unsigned)result);
    result = WebSocketEndClientHandshake(pair.client, answer, answers, NULL, NULL, NULL);
    claim(result == S_OK, "the client refuses the server's answer: 0x%08x", (unsigned)result);
    result = WebSocketEndServerHandshake(pair.server);
    claim(result == S_OK, "the server cannot end the handshake: 0x%08x", (unsigned)result);
    return pair;
}

void handle_pair_delete(const struct handle_pair *pair)
{
    WebSocketDeleteHandle(pair->client);
    WebSocketDeleteHandle(pair->server);
}
