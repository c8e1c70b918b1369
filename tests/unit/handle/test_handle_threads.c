/*
 * Sections 9 and 11 of the specification with handles that come and go: threads create, use and delete them as
 * they like, and use each other's values long after the delete. test_handle.c has the cases one by one.
 */
#include "stress.h"
#include "threads.h"

#include <stdatomic.h>

enum { THREADS = 4, SLOTS = 16, STEPS = 4000, OLD = 32 };

/* What a session was given as its operation's context: it tells whose operation this is. */
struct record {
    atomic_uintptr_t owner; /* the handle's value */
    uint8_t payload[8];
};

/* Values of handles, live or not. */
static atomic_uintptr_t slots[SLOTS];

static atomic_uint wrong;

struct worker {
    struct thread thread;
    uint64_t chance;
    unsigned records;
    struct record list[STEPS];
    uintptr_t deleted[OLD]; /* by this thread, the last ones */
    unsigned deletions;
};
static struct worker workers[THREADS];

static void expect(bool condition)
{
    if (!condition)
        atomic_store(&wrong, 1);
}

static atomic_uintptr_t *any_slot(struct worker *worker)
{
    return &slots[chance_below(&worker->chance, SLOTS)];
}

/* A new handle with one queued send takes the place of an old value, which stays in circulation or not. */
static void create(struct worker *worker)
{
    struct record *record = &worker->list[worker->records++];
    WEB_SOCKET_HANDLE handle = stress_server(NULL);
    WEB_SOCKET_BUFFER buffer = {0};
    buffer.Data.pbBuffer = record->payload;
    buffer.Data.ulBufferLength = sizeof record->payload;
    memcpy(record->payload, &record, sizeof record);
    atomic_store(&record->owner, (uintptr_t)handle);
    expect(WebSocketSend(handle, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &buffer, record) == S_OK);
    WebSocketDeleteHandle((WEB_SOCKET_HANDLE)atomic_exchange(any_slot(worker), (uintptr_t)handle));
}

/* An action is of the session whose handle was asked, or there is none. */
static void use(struct worker *worker)
{
    uintptr_t value = atomic_load(any_slot(worker));
    WEB_SOCKET_BUFFER buffers[2];
    ULONG count = 2, bytes = 0;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context = NULL, token;
    HRESULT result = WebSocketGetAction((WEB_SOCKET_HANDLE)value, WEB_SOCKET_SEND_ACTION_QUEUE, buffers,
                                        &count, &action, &type, &context, &token);
    if (result != S_OK || action == WEB_SOCKET_NO_ACTION) {
        expect(result == S_OK || result == E_HANDLE);
        return;
    }
    const struct record *record = context;
    expect(atomic_load(&record->owner) == value);
    for (ULONG i = 0; i < count; i++)
        bytes += buffers[i].Data.ulBufferLength;
    if (count == 2) /* the payload is the caller's own memory, whoever deletes the handle now */
        expect(memcmp(buffers[1].Data.pbBuffer, &record, sizeof record) == 0);
    stress_moment(&worker->chance);
    WebSocketCompleteAction((WEB_SOCKET_HANDLE)value, token, bytes);
}

/* The value stays where the others find it. */
static void delete_one(struct worker *worker)
{
    uintptr_t value = atomic_load(any_slot(worker));
    WebSocketDeleteHandle((WEB_SOCKET_HANDLE)value);
    worker->deleted[worker->deletions++ % OLD] = value;
}

/* "Later calls with that value: E_HANDLE", whoever deleted it first, and however often its slot was reused. */
static void use_deleted(struct worker *worker)
{
    WEB_SOCKET_HANDLE handle =
        (WEB_SOCKET_HANDLE)worker->deleted[chance_below(&worker->chance, OLD)]; /* at first also 0 */
    switch (chance_below(&worker->chance, 5)) {
    case 0:
        expect(WebSocketReceive(handle, NULL, NULL) == E_HANDLE);
        break;
    case 1:
        expect(WebSocketSend(handle, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL) == E_HANDLE);
        break;
    case 2:
        expect(WebSocketEndServerHandshake(handle) == E_HANDLE);
        break;
    case 3:
        WebSocketAbortHandle(handle);
        break;
    default:
        WebSocketCompleteAction(handle, (PVOID)(uintptr_t)chance_below(&worker->chance, 8), 1);
    }
}

static void work(void *argument)
{
    struct worker *worker = argument;
    for (unsigned i = 0; i < STEPS; i++) {
        switch (chance_below(&worker->chance, 8)) {
        case 0:
        case 1:
            create(worker);
            break;
        case 2:
            delete_one(worker);
            break;
        case 3:
            use_deleted(worker);
            break;
        default:
            use(worker);
        }
    }
}

static void a_value_leads_to_its_own_session_or_nowhere(void **state)
{
    (void)state;
    for (unsigned round = 0; round < stress_rounds(5); round++) {
        uint64_t seed = stress_seed(round);
        for (unsigned i = 0; i < THREADS; i++) {
            workers[i].chance = stress_chance(seed, i);
            workers[i].records = 0;
            thread_start(&workers[i].thread, work, &workers[i]);
        }
        for (unsigned i = 0; i < THREADS; i++)
            thread_join(&workers[i].thread);
        for (unsigned i = 0; i < SLOTS; i++)
            WebSocketDeleteHandle((WEB_SOCKET_HANDLE)atomic_exchange(&slots[i], 0));
        stress_assert(seed, atomic_load(&wrong) == 0);
    }
}

/* ---- One server handle, and every thread begins its handshake ---- */

static struct {
    WEB_SOCKET_HANDLE handle;
    atomic_uint begun;
    atomic_uint ready;
} race;

static void begin_and_send(void *argument)
{
    (void)argument;
    atomic_fetch_add(&race.ready, 1);
    while (atomic_load(&race.ready) < THREADS)
        thread_yield();
    HRESULT result = stress_begin_server(race.handle);
    expect(result == S_OK || result == E_INVALID_PROTOCOL_OPERATION);
    atomic_fetch_add(&race.begun, result == S_OK ? 1 : 0);
    expect(WebSocketSend(race.handle, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL) == S_OK);
    expect(WebSocketEndServerHandshake(race.handle) == S_OK);
}

static void one_of_all_threads_begins_the_handshake_and_each_may_send(void **state)
{
    (void)state;
    for (unsigned round = 0; round < stress_rounds(200); round++) {
        struct thread threads[THREADS];
        atomic_store(&race.begun, 0);
        atomic_store(&race.ready, 0);
        assert_int_equal(WebSocketCreateServerHandle(NULL, 0, &race.handle), S_OK);
        for (unsigned i = 0; i < THREADS; i++)
            thread_start(&threads[i], begin_and_send, NULL);
        for (unsigned i = 0; i < THREADS; i++)
            thread_join(&threads[i]);
        WebSocketDeleteHandle(race.handle);
        assert_int_equal(atomic_load(&race.begun), 1);
        assert_int_equal(atomic_load(&wrong), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_leads_to_its_own_session_or_nowhere),
        cmocka_unit_test(one_of_all_threads_begins_the_handshake_and_each_may_send),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
