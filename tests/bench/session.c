/*
 * Opening sessions. A client's handshake is answered by a server of the same library.
 */
#include "session.h"

#include <string.h>

#include "basics.h"

static char host[] = "Host", no_value[] = "";
static char connection[] = "Connection", upgrade[] = "Upgrade", websocket[] = "websocket";
static char key[] = "Sec-WebSocket-Key", key_value[] = "dGhlIHNhbXBsZSBub25jZQ==";
static char version[] = "Sec-WebSocket-Version", version_value[] = "13";

static WEB_SOCKET_HTTP_HEADER header(char *name, char *value)
{
    WEB_SOCKET_HTTP_HEADER made = {name, (ULONG)strlen(name), value, (ULONG)strlen(value)};
    return made;
}

const struct websocket_library *session_linked(void)
{
    if (!ws && !library_open(NULL))
        bench_die("there is no library");
    return ws;
}

static void must(HRESULT result)
{
    if (result != S_OK)
        bench_die("a call of our library failed that cannot fail");
}

static WEB_SOCKET_HANDLE create(const struct websocket_library *library, bool server,
                                const struct session_sizes *sizes)
{
    struct session_sizes values = *sizes; /* properties point to values that are not const */
    WEB_SOCKET_PROPERTY properties[2] = {
        {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &values.receive_buffer, sizeof values.receive_buffer},
        {WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &values.send_buffer, sizeof values.send_buffer}};
    ULONG count = sizes->send_buffer > 0 ? 2 : 1;
    WEB_SOCKET_HANDLE handle;
    must(server ? library->CreateServerHandle(properties, count, &handle)
                : library->CreateClientHandle(properties, count, &handle));
    return handle;
}

static void shake_servers_hands(const struct websocket_library *library, WEB_SOCKET_HANDLE server)
{
    WEB_SOCKET_HTTP_HEADER request[] = {header(host, no_value), header(connection, upgrade),
                                        header(upgrade, websocket), header(version, version_value),
                                        header(key, key_value)};
    WEB_SOCKET_HTTP_HEADER *response;
    ULONG count;
    must(library->BeginServerHandshake(server, NULL, NULL, 0, request, sizeof request / sizeof request[0],
                                       &response, &count));
    must(library->EndServerHandshake(server));
}

/* Let a server answer this client. */
static void shake_clients_hands(const struct websocket_library *library, WEB_SOCKET_HANDLE client)
{
    static const struct session_sizes any = {4096, 0};
    WEB_SOCKET_HTTP_HEADER *offered, *response;
    WEB_SOCKET_HTTP_HEADER request[8];
    ULONG offered_count, response_count;
    must(library->BeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, &offered, &offered_count));
    if (offered_count >= sizeof request / sizeof request[0])
        bench_die("a client offers more headers than expected");
    request[0] = header(host, no_value);
    for (ULONG i = 0; i < offered_count; i++)
        request[1 + i] = offered[i];

    WEB_SOCKET_HANDLE server = create(library, true, &any);
    must(library->BeginServerHandshake(server, NULL, NULL, 0, request, 1 + offered_count, &response,
                                       &response_count));
    must(library->EndClientHandshake(client, response, response_count, NULL, NULL, NULL));
    library->DeleteHandle(server);
}

WEB_SOCKET_HANDLE session_open_in(const struct websocket_library *library, bool server,
                                  const struct session_sizes *sizes)
{
    WEB_SOCKET_HANDLE handle = create(library, server, sizes);
    if (server)
        shake_servers_hands(library, handle);
    else
        shake_clients_hands(library, handle);
    return handle;
}

WEB_SOCKET_HANDLE session_create(bool server, const struct session_sizes *sizes)
{
    return create(session_linked(), server, sizes);
}

void session_shake_hands(WEB_SOCKET_HANDLE server)
{
    shake_servers_hands(session_linked(), server);
}

WEB_SOCKET_HANDLE session_open(bool server, const struct session_sizes *sizes)
{
    return session_open_in(session_linked(), server, sizes);
}
