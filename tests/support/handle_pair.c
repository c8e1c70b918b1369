/*
 * See handle_pair.h.
 */
#include "handle_pair.h"

#include <stdlib.h>
#include <string.h>

#define HEADERS_MAX 10

static void must(HRESULT result)
{
    if (result != S_OK)
        abort();
}

WEB_SOCKET_HANDLE handle_create(bool server, const struct handle_properties *properties)
{
    struct handle_properties given = properties ? *properties : (struct handle_properties){0};
    WEB_SOCKET_PROPERTY list[5];
    BOOL yes = TRUE;
    ULONG count = 0;
    WEB_SOCKET_HANDLE handle = NULL;

    if (given.receive_size > 0)
        list[count++] = (WEB_SOCKET_PROPERTY){WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE,
                                              &given.receive_size, sizeof given.receive_size};
    if (given.send_size > 0)
        list[count++] = (WEB_SOCKET_PROPERTY){WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &given.send_size,
                                              sizeof given.send_size};
    if (given.no_masking)
        list[count++] = (WEB_SOCKET_PROPERTY){WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, &yes, sizeof yes};
    if (given.no_utf8)
        list[count++] =
            (WEB_SOCKET_PROPERTY){WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, &yes, sizeof yes};
    if (given.memory)
        list[count++] = (WEB_SOCKET_PROPERTY){WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &given.memory,
                                              given.memory_size};
    must(server ? WebSocketCreateServerHandle(count > 0 ? list : NULL, count, &handle)
                : WebSocketCreateClientHandle(count > 0 ? list : NULL, count, &handle));
    return handle;
}

struct handle_pair handle_pair_open(const struct handle_properties *client,
                                    const struct handle_properties *server, bool extension)
{
    static CHAR host[] = "Host";
    PCSTR name = "x";
    struct handle_pair pair = {handle_create(false, client), handle_create(true, server)};
    WEB_SOCKET_HTTP_HEADER request[HEADERS_MAX] = {{host, sizeof host - 1, NULL, 0}};
    PWEB_SOCKET_HTTP_HEADER headers = NULL, answer = NULL;
    ULONG count = 0, answers = 0;

    must(WebSocketBeginClientHandshake(pair.client, NULL, 0, &name, extension, NULL, 0, &headers, &count));
    if (count >= HEADERS_MAX)
        abort();
    memcpy(request + 1, headers, count * sizeof *headers);
    must(WebSocketBeginServerHandshake(pair.server, NULL, &name, extension, request, count + 1, &answer,
                                       &answers));
    must(WebSocketEndClientHandshake(pair.client, answer, answers, NULL, NULL, NULL));
    must(WebSocketEndServerHandshake(pair.server));
    return pair;
}

void handle_pair_delete(const struct handle_pair *pair)
{
    WebSocketDeleteHandle(pair->client);
    WebSocketDeleteHandle(pair->server);
}
