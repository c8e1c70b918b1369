/*
 * Seeds, rounds and handles for tests of threads, see stress.h.
 */
#include "stress.h"

#include "threads.h"

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *value = getenv(name);
    return value ? strtoull(value, NULL, 10) : otherwise;
}

unsigned stress_rounds(unsigned usual)
{
    return usual * (unsigned)from_environment("WEBSOCKET_THREADS_ROUNDS", 1);
}

uint64_t stress_seed(unsigned round)
{
    return from_environment("WEBSOCKET_THREADS_SEED", 1) + round;
}

uint64_t stress_chance(uint64_t seed, unsigned thread)
{
    return chance_mix(seed << 8 | thread);
}

void stress_moment(uint64_t *chance)
{
    static const unsigned char turns[] = {0, 0, 0, 0, 1, 1, 2, 20};
    uint32_t kind = chance_below(chance, 256);
    if (kind == 0)
        thread_yield(); /* seldom: on a busy machine it takes long until the thread's turn comes again */
    for (volatile uint32_t i = turns[kind % COUNT_OF(turns)] * chance_below(chance, 50); i > 0; i--) {
    }
}

/* ---- Handles ---- */

#define HEADER(name, value)                                                                                  \
    {                                                                                                        \
        (PCHAR)(name), sizeof(name) - 1, (PCHAR)(value), sizeof(value) - 1                                   \
    }

enum { REQUEST_COUNT = 5, KEY = 4 };
static const WEB_SOCKET_HTTP_HEADER request[REQUEST_COUNT] = {
    HEADER("Host", "a"), HEADER("Upgrade", "websocket"), HEADER("Connection", "Upgrade"),
    HEADER("Sec-WebSocket-Version", "13"), HEADER("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")};

static WEB_SOCKET_HANDLE create(bool server, uint8_t *memory)
{
    WEB_SOCKET_HANDLE handle = NULL;
    ULONG receive_size = STRESS_RECEIVE_SIZE, send_size = STRESS_SEND_SIZE;
    PVOID buffer = memory;
    WEB_SOCKET_PROPERTY properties[] = {
        {WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &receive_size, sizeof receive_size},
        {WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &send_size, sizeof send_size},
        {WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &buffer, STRESS_MEMORY}};
    ULONG count = memory ? 3 : 2;
    HRESULT result = server ? WebSocketCreateServerHandle(properties, count, &handle)
                            : WebSocketCreateClientHandle(properties, count, &handle);
    return result == S_OK ? handle : NULL;
}

HRESULT stress_begin_server(WEB_SOCKET_HANDLE server)
{
    WEB_SOCKET_HTTP_HEADER headers[REQUEST_COUNT];
    PWEB_SOCKET_HTTP_HEADER response;
    ULONG count;
    memcpy(headers, request, sizeof headers);
    return WebSocketBeginServerHandshake(server, NULL, NULL, 0, headers, REQUEST_COUNT, &response, &count);
}

WEB_SOCKET_HANDLE stress_server(uint8_t *memory)
{
    WEB_SOCKET_HANDLE handle = create(true, memory);
    (void)stress_begin_server(handle); /* without a session every later call says so */
    return handle;
}

WEB_SOCKET_HANDLE stress_client(uint8_t *memory)
{
    enum { CLIENT_KEY = 3 };
    WEB_SOCKET_HANDLE client = create(false, memory);
    WEB_SOCKET_HANDLE server = create(true, NULL);
    WEB_SOCKET_HTTP_HEADER headers[REQUEST_COUNT];
    PWEB_SOCKET_HTTP_HEADER own, response;
    ULONG own_count, count;
    memcpy(headers, request, sizeof headers);
    if (WebSocketBeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, &own, &own_count) == S_OK) {
        headers[KEY] = own[CLIENT_KEY];
        if (WebSocketBeginServerHandshake(server, NULL, NULL, 0, headers, REQUEST_COUNT, &response, &count) ==
            S_OK)
            (void)WebSocketEndClientHandshake(client, response, count, NULL, NULL, NULL);
    }
    WebSocketDeleteHandle(server);
    return client;
}
