/*
 * Seeds, rounds and handles for tests of threads, see stress.h.
 */
#include "stress.h"

#include "handle_pair.h"
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

enum { REQUEST_COUNT = 5 };
static const WEB_SOCKET_HTTP_HEADER request[REQUEST_COUNT] = {
    HEADER("Host", "a"), HEADER("Upgrade", "websocket"), HEADER("Connection", "Upgrade"),
    HEADER("Sec-WebSocket-Version", "13"), HEADER("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")};

static struct handle_properties small(uint8_t *memory)
{
    return (struct handle_properties){.receive_size = STRESS_RECEIVE_SIZE,
                                      .send_size = STRESS_SEND_SIZE,
                                      .memory = memory,
                                      .memory_size = STRESS_MEMORY};
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
    const struct handle_properties properties = small(memory);
    WEB_SOCKET_HANDLE handle = handle_create(true, &properties);
    (void)stress_begin_server(handle); /* without a session every later call says so */
    return handle;
}

WEB_SOCKET_HANDLE stress_client(uint8_t *memory)
{
    const struct handle_properties properties = small(memory);
    struct handle_pair pair = handle_pair_open(&properties, NULL, false);
    WebSocketDeleteHandle(pair.server);
    return pair.client;
}
