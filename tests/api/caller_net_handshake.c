/*
 * Made-up handshakes of the .NET caller, see caller_net_handshake.h.
 */
#include "caller_net_handshake.h"

#include "accept_key.h"
#include "api_tests.h"

/* The two headers that .NET says it sends itself. */
static const WEB_SOCKET_HTTP_HEADER initial_headers[] = {
    HEADER("Connection", "Upgrade"),
    HEADER("Upgrade", "websocket"),
};

/* 16 zero bytes stand for the key, and there is no host. */
static const WEB_SOCKET_HTTP_HEADER server_request[] = {
    HEADER("Connection", "Upgrade"),
    HEADER("Upgrade", "websocket"),
    HEADER("Host", ""),
    HEADER("Sec-WebSocket-Version", "13"),
    HEADER("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
};

/*
 * Begin, with no subprotocols and no extensions, and the value of one of its headers: .NET reads as many
 * characters as the length says, and compares the names without regard to case.
 */
static void begin_and_read(WEB_SOCKET_HANDLE client, const char *name, char *value, size_t room)
{
    PWEB_SOCKET_HTTP_HEADER initial = heap_headers(initial_headers, COUNT_OF(initial_headers));
    PWEB_SOCKET_HTTP_HEADER headers = NULL;
    const WEB_SOCKET_HTTP_HEADER *header;
    ULONG count = 0;

    assert_result(S_OK, ws->BeginClientHandshake(client, NULL, 0, NULL, 0, initial, COUNT_OF(initial_headers),
                                                 &headers, &count));
    header = find_header(headers, count, name);
    assert_true(header->ulValueLength < room);
    memcpy(value, header->pcValue, header->ulValueLength);
    value[header->ulValueLength] = '\0';
}

void net_fake_client_handshake(WEB_SOCKET_HANDLE client)
{
    WEB_SOCKET_HTTP_HEADER response[] = {
        HEADER("Connection", "Upgrade"),
        HEADER("Upgrade", "websocket"),
        HEADER("Sec-WebSocket-Accept", "****************************"),
    };
    char key[64];
    char accept[ACCEPT_LENGTH + 1];

    begin_and_read(client, "Sec-WebSocket-Key", key, sizeof key);
    assert_int_equal(strlen(key), KEY_LENGTH);
    accept_key(key, accept);
    response[2].pcValue = accept;
    assert_result(S_OK, ws->EndClientHandshake(client, heap_headers(response, COUNT_OF(response)),
                                               COUNT_OF(response), NULL, NULL, NULL));
}

void net_fake_server_handshake(WEB_SOCKET_HANDLE server)
{
    PWEB_SOCKET_HTTP_HEADER request = heap_headers(server_request, COUNT_OF(server_request));
    PWEB_SOCKET_HTTP_HEADER headers = NULL;
    ULONG count = 0;

    assert_result(S_OK, ws->BeginServerHandshake(server, NULL, NULL, 0, request, COUNT_OF(server_request),
                                                 &headers, &count));
    assert_result(S_OK, ws->EndServerHandshake(server));
}

void net_supported_version(char *version, size_t room)
{
    WEB_SOCKET_HANDLE client = create_client(NULL);

    begin_and_read(client, "Sec-WebSocket-Version", version, room);
    delete_handle(client);
}
