/*
 * Section 11 of the specification on one handle: one thread works on the send queue, one on the receive queue,
 * one on both, while pings come in, and at a random moment the session is aborted, or the handle deleted. Every
 * operation is indicated exactly once, no received byte is lost or doubled, and what was handed out is written
 * by nobody else (that is for the thread sanitizer to see: nothing here is locked).
 */
#include "stress.h"
#include "threads.h"

#include <stdatomic.h>

enum { OPERATIONS = 300, OWN_SIZE = 7 };

/* Its address is the application's context. */
struct operation {
    atomic_uint indicated;
    bool accepted; /* the call returned S_OK */
    uint8_t memory[64];
};

enum plan { UNDISTURBED, ABORTED, DELETED };

struct driver {
    struct thread thread;
    uint64_t chance;
    WEB_SOCKET_ACTION_QUEUE queue;
    unsigned count;
    struct operation operations[OPERATIONS];
};

static const WEB_SOCKET_ACTION_QUEUE queues[] = {
    WEB_SOCKET_SEND_ACTION_QUEUE, WEB_SOCKET_RECEIVE_ACTION_QUEUE, WEB_SOCKET_ALL_ACTION_QUEUE};
enum { DRIVERS = COUNT_OF(queues) };
static struct driver drivers[DRIVERS];

/* What the peer sends, again and again. */
static uint8_t wire[512];
static size_t wire_size;

/* The session. at and seen belong to the thread that has the receive side's action. */
static struct {
    WEB_SOCKET_HANDLE handle;
    enum plan plan;
    size_t at;    /* place in the wire */
    uint8_t seen; /* every payload byte of data frames is one more than the one before */
    atomic_uint running;
    const char *_Atomic wrong;
    uint8_t memory[STRESS_MEMORY];
} session;

#define EXPECT(condition) ((condition) ? (void)0 : atomic_store(&session.wrong, #condition))

/* ---- The peer ---- */

static void put_frame(bool masked, uint8_t first, const uint8_t *payload, uint8_t length)
{
    static const uint8_t key[4] = {0x9A, 0x07, 0x51, 0xEE};
    wire[wire_size++] = first;
    wire[wire_size++] = (uint8_t)(length | (masked ? 0x80 : 0));
    if (masked) {
        memcpy(wire + wire_size, key, sizeof key);
        wire_size += sizeof key;
    }
    for (size_t i = 0; i < length; i++)
        wire[wire_size++] = (uint8_t)(payload[i] ^ (masked ? key[i % 4] : 0));
}

/* 256 data bytes, so that the next time goes on where this one ended, and control frames between. */
static void write_wire(bool masked)
{
    uint8_t data[256];
    for (unsigned i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)i;
    wire_size = 0;
    put_frame(masked, 0x82, data, 5);
    put_frame(masked, 0x89, data, 3); /* pings */
    put_frame(masked, 0x02, data + 5, 120);
    put_frame(masked, 0x89, NULL, 0);
    put_frame(masked, 0x89, data, 125);
    put_frame(masked, 0x80, data + 125, 101);
    put_frame(masked, 0x8A, data, 9); /* a pong */
    put_frame(masked, 0x82, data + 226, 30);
}

static ULONG read_wire(struct driver *driver, uint8_t *to, ULONG room)
{
    ULONG count = 1 + chance_below(&driver->chance, room);
    for (ULONG i = 0; i < count; i++) {
        to[i] = wire[session.at];
        session.at = (session.at + 1) % wire_size;
    }
    return count;
}

/* ---- What each thread does ---- */

static HRESULT queue_operation(struct driver *driver)
{
    struct operation *operation = &driver->operations[driver->count];
    WEB_SOCKET_BUFFER buffer;
    buffer.Data.pbBuffer = operation->memory;
    buffer.Data.ulBufferLength = 1 + chance_below(&driver->chance, sizeof operation->memory);
    bool sends = driver->queue == WEB_SOCKET_SEND_ACTION_QUEUE ||
                 (driver->queue == WEB_SOCKET_ALL_ACTION_QUEUE && chance_below(&driver->chance, 2) == 0);
    bool plain = chance_below(&driver->chance, 3) == 0;
    HRESULT result;

    atomic_store(&operation->indicated, 0);
    operation->accepted = true;
    driver->count++;
    if (sends) {
        result =
            plain ? WebSocketSend(session.handle, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, operation)
                  : WebSocketSend(session.handle, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &buffer, operation);
    } else {
        buffer.Data.ulBufferLength = OWN_SIZE;
        result = WebSocketReceive(session.handle, plain ? NULL : &buffer, operation);
    }
    operation->accepted = result == S_OK;
    return result == E_INVALID_PROTOCOL_OPERATION ? S_OK : result; /* aborted, or cancelled with a hole */
}

static void see_payload(WEB_SOCKET_BUFFER_TYPE type, const WEB_SOCKET_BUFFER *buffer)
{
    if (type != WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE && type != WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE) {
        EXPECT(type == WEB_SOCKET_PING_PONG_BUFFER_TYPE || type == WEB_SOCKET_CLOSE_BUFFER_TYPE);
        return;
    }
    for (ULONG i = 0; i < buffer->Data.ulBufferLength; i++)
        EXPECT(buffer->Data.pbBuffer[i] == session.seen++);
}

/* Read all that goes out, at leisure: the library must not write there now. */
static ULONG write_out(struct driver *driver, const WEB_SOCKET_BUFFER *buffers, ULONG count)
{
    ULONG bytes = 0;
    volatile uint8_t sum = 0;
    stress_moment(&driver->chance);
    for (ULONG i = 0; i < count; i++) {
        for (ULONG j = 0; j < buffers[i].Data.ulBufferLength; j++)
            sum = (uint8_t)(sum + buffers[i].Data.pbBuffer[j]);
        bytes += buffers[i].Data.ulBufferLength;
    }
    return bytes;
}

/* Get an action and complete it. *action tells which it was. */
static HRESULT one_action(struct driver *driver, WEB_SOCKET_ACTION_QUEUE queue, WEB_SOCKET_ACTION *action)
{
    WEB_SOCKET_BUFFER buffers[2];
    ULONG count = 1 + chance_below(&driver->chance, 2), bytes = 0;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context = NULL, token;
    HRESULT result =
        WebSocketGetAction(session.handle, queue, buffers, &count, action, &type, &context, &token);
    if (result != S_OK)
        return result;

    struct operation *operation = context;
    switch (*action) {
    case WEB_SOCKET_NO_ACTION:
        return S_OK;
    case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
        bytes = write_out(driver, buffers, count);
        break;
    case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
        if (chance_below(&driver->chance, 512) != 0) /* else cancelled: what comes later must still fit */
            bytes = read_wire(driver, buffers[0].Data.pbBuffer, buffers[0].Data.ulBufferLength);
        break;
    case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
        see_payload(type, &buffers[0]);
        atomic_fetch_add(&operation->indicated, 1);
        break;
    case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:
        atomic_fetch_add(&operation->indicated, 1);
    }
    if (chance_below(&driver->chance, 64) == 0 && *action == WEB_SOCKET_SEND_TO_NETWORK_ACTION)
        bytes = 0; /* cancelled */
    stress_moment(&driver->chance);
    WebSocketCompleteAction(session.handle, token, bytes);
    return S_OK;
}

/* Wait for the others to be here, too. */
static void gather(void)
{
    atomic_fetch_add(&session.running, 1);
    while (atomic_load(&session.running) <= DRIVERS)
        thread_yield();
}

static void drive(void *argument)
{
    struct driver *driver = argument;
    HRESULT result = S_OK;
    gather();
    while (driver->count < OPERATIONS && result == S_OK) {
        WEB_SOCKET_ACTION action;
        result = chance_below(&driver->chance, 4) == 0 ? queue_operation(driver)
                                                       : one_action(driver, driver->queue, &action);
        stress_moment(&driver->chance);
    }
    EXPECT(result == S_OK || (result == E_HANDLE && session.plan == DELETED));
}

/* ---- A round ---- */

/* Wait until the threads are somewhere between their first step and their last. */
static void random_moment(uint64_t *chance)
{
    for (uint32_t i = chance_below(chance, 5 * OPERATIONS); i > 0; i--)
        stress_moment(chance);
}

static void drain(struct driver *driver)
{
    WEB_SOCKET_ACTION action;
    WebSocketAbortHandle(session.handle);
    do
        EXPECT(one_action(driver, WEB_SOCKET_ALL_ACTION_QUEUE, &action) == S_OK);
    while (action != WEB_SOCKET_NO_ACTION && !atomic_load(&session.wrong));
    WebSocketDeleteHandle(session.handle);
    EXPECT(one_action(driver, WEB_SOCKET_ALL_ACTION_QUEUE, &action) == E_HANDLE);
}

/* Once if the call that queued it was S_OK, else never; of a deleted handle at most that. */
static void count_indications(const struct driver *driver)
{
    for (unsigned i = 0; i < driver->count; i++) {
        unsigned indicated = atomic_load(&driver->operations[i].indicated);
        unsigned accepted = driver->operations[i].accepted ? 1 : 0;
        EXPECT(indicated <= accepted);
        EXPECT(indicated == accepted || session.plan == DELETED);
    }
}

static void play(uint64_t seed, bool server, enum plan plan)
{
    uint64_t chance = stress_chance(seed, DRIVERS);
    session.plan = plan;
    session.at = 0;
    session.seen = 0;
    atomic_store(&session.running, 0);
    atomic_store(&session.wrong, NULL);
    write_wire(server);
    session.handle = server ? stress_server(session.memory) : stress_client(session.memory);
    for (unsigned i = 0; i < DRIVERS; i++) {
        drivers[i].chance = stress_chance(seed, i);
        drivers[i].queue = queues[i];
        drivers[i].count = 0;
        thread_start(&drivers[i].thread, drive, &drivers[i]);
    }
    gather();
    if (plan != UNDISTURBED)
        random_moment(&chance);
    if (plan == ABORTED)
        WebSocketAbortHandle(session.handle);
    if (plan == DELETED)
        WebSocketDeleteHandle(session.handle);
    for (unsigned i = 0; i < DRIVERS; i++)
        thread_join(&drivers[i].thread);
    if (plan != DELETED)
        drain(&drivers[0]);
    for (unsigned i = 0; i < DRIVERS; i++)
        count_indications(&drivers[i]);

    const char *wrong = atomic_load(&session.wrong);
    assert_that(!wrong, "not so: %s; again with WEBSOCKET_THREADS_SEED=%llu", wrong,
                (unsigned long long)seed);
}

static void play_rounds(enum plan plan)
{
    for (unsigned round = 0; round < stress_rounds(60); round++) {
        play(stress_seed(round), true, plan);
        play(stress_seed(round), false, plan);
    }
}

static void every_operation_of_three_threads_is_indicated_once(void **state)
{
    (void)state;
    play_rounds(UNDISTURBED);
}

static void every_operation_is_indicated_once_when_another_thread_aborts(void **state)
{
    (void)state;
    play_rounds(ABORTED);
}

static void three_threads_are_turned_away_when_another_one_deletes(void **state)
{
    (void)state;
    play_rounds(DELETED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_of_three_threads_is_indicated_once),
        cmocka_unit_test(every_operation_is_indicated_once_when_another_thread_aborts),
        cmocka_unit_test(three_threads_are_turned_away_when_another_one_deletes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
