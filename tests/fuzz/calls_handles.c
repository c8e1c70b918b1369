/*
 * calls_handles.c - handles for fuzz_calls: created with arbitrary properties, aborted, deleted; and what
 * holds for all.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "calls.h"

#define PROPERTIES_MAX 6

#define POISON_HANDLE ((WEB_SOCKET_HANDLE)(uintptr_t)0x5A5A5A5A)

/* Buffers up to here are heap blocks of exactly their size; larger ones are a reserve of which few pages are
 * ever used. */
#define BLOCK_MOST   ((uint64_t)1 << 18)
#define RESERVE_SIZE (((uint64_t)1 << 33) + 4096)

static struct {
    PBYTE bytes;
    bool used;
} reserve;

/* ---- values never come again ---- */

/* Thousands of the last values: more than any reason to give one again looks back. */
static void check_new(WEB_SOCKET_HANDLE handle)
{
    static WEB_SOCKET_HANDLE last[1 << 14];
    const size_t place = (size_t)(((uint64_t)(uintptr_t)handle * 0x9E3779B97F4A7C15u) >> 50);
    if (handle == NULL || handle == POISON_HANDLE || last[place] == handle)
        fail("a new handle has the value %p, which was there before", (void *)handle);
    last[place] = handle;
}

/* ---- properties ---- */

/* A property list and what it amounts to. */
struct wishes {
    WEB_SOCKET_PROPERTY list[PROPERTIES_MAX];
    ULONG count;
    bool good;
    int memory_at; /* index of ALLOCATED_BUFFER, or -1 */
    struct session session;
};

static void add(struct wishes *wishes, ULONG type, const void *value, ULONG size)
{
    PVOID block = calls_block(size, 0);
    if (size > 0)
        memcpy(block, value, size);
    wishes->list[wishes->count++] = (WEB_SOCKET_PROPERTY){(WEB_SOCKET_PROPERTY_TYPE)type, block, size};
}

static ULONG any_size(struct input *input)
{
    static const ULONG sizes[] = {256,  16,   4096, 257,    300,        131,        132,        130,
                                  1024, 0x7F, 255,  0x8000, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFF00, 15};
    const uint8_t choice = input_byte(input);
    return choice < 128 ? sizes[choice & 15] : choice < 200 ? choice + 128u : input_u16(input);
}

/* Properties that are never right. */
static void add_wrong(struct wishes *wishes, uint8_t choice)
{
    static const ULONG types[] = {5, 6, 7, 0xFFFFFFFF}, sizes[] = {0, 1, 3, 5, 8, 0};
    const uint64_t value = 1000;
    wishes->good = false;
    if ((choice & 1) == 0)
        add(wishes, types[choice >> 1 & 3], &value, 4);
    else if ((choice & 2) == 0)
        wishes->list[wishes->count++] =
            (WEB_SOCKET_PROPERTY){(WEB_SOCKET_PROPERTY_TYPE)(choice >> 2 & 3), NULL, 4};
    else
        add(wishes, (choice & 4) != 0 ? WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE : choice >> 7, &value,
            sizes[(choice >> 3 & 7) % 6]);
}

static void add_property(struct wishes *wishes, struct input *input)
{
    const uint8_t choice = input_byte(input);
    const BOOL flag = (choice & 8) != 0 ? choice : 0;
    struct session *session = &wishes->session;
    switch (choice & 7) {
    case 0:
    case 1:
        session->receive_size = any_size(input);
        wishes->good &= session->receive_size >= 256;
        add(wishes, WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &session->receive_size, 4);
        break;
    case 2:
    case 3:
        session->send_size = any_size(input);
        wishes->good &= session->send_size >= 16;
        add(wishes, WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &session->send_size, 4);
        break;
    case 4:
        session->unmasked = flag != 0;
        add(wishes, WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, &flag, 4);
        break;
    case 5:
        add(wishes, WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, &flag, 4);
        break;
    case 6:
        if (wishes->memory_at < 0) {
            wishes->memory_at = (int)wishes->count;
            add(wishes, WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &(PVOID){NULL}, sizeof(PVOID));
        }
        break;
    default:
        add_wrong(wishes, choice >> 3);
    }
}

/* Fills in the property ALLOCATED_BUFFER, when the sizes are known. */
static void give_memory(struct wishes *wishes, struct input *input)
{
    const uint8_t choice = input_byte(input), shift = choice >> 4 & 7;
    struct session *session = &wishes->session;
    WEB_SOCKET_PROPERTY *property = &wishes->list[wishes->memory_at];
    const uint64_t least = (uint64_t)session->receive_size + session->send_size + 144;
    const uint64_t told = least - ((choice & 3) == 2) + ((choice & 3) == 3 ? shift : 0);
    if ((choice & 3) != 0)
        property->ulValueSize = told < UINT32_MAX ? (ULONG)told : UINT32_MAX;
    session->memory_size = (choice & 3) != 0 ? told : least - 144 + 256;
    wishes->good &= (choice & 3) == 0 || property->ulValueSize >= least;

    if (session->memory_size <= BLOCK_MOST) {
        session->memory_block = malloc((size_t)session->memory_size + shift);
        session->memory = session->memory_block + shift;
    } else if (!reserve.used) {
        if (reserve.bytes == NULL)
            reserve.bytes = mmap(NULL, RESERVE_SIZE, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (reserve.bytes == MAP_FAILED)
            abort();
        reserve.used = true;
        session->memory = reserve.bytes;
    } else {
        wishes->good = false; /* there is one reserve: NULL this time */
    }
    memcpy(property->pvValue, &session->memory, sizeof session->memory);
}

static void give_back_memory(struct session *session)
{
    if (session->memory != NULL && session->memory == reserve.bytes)
        reserve.used = false;
    free(session->memory_block);
    session->memory = session->memory_block = NULL;
}

/* ---- the calls ---- */

static HRESULT create(bool server, PWEB_SOCKET_PROPERTY list, ULONG count, WEB_SOCKET_HANDLE *handle)
{
    return server ? WebSocketCreateServerHandle(list, count, handle)
                  : WebSocketCreateClientHandle(list, count, handle);
}

/* A place for a new session; NULL if all are taken. */
static struct session *free_place(struct calls *calls)
{
    for (unsigned i = 0; i < SESSIONS; i++)
        if (calls->sessions[i].handle == NULL)
            return &calls->sessions[i];
    return NULL;
}

static struct session new_session(struct calls *calls, bool server)
{
    const unsigned letter = calls->created_count++ % 52;
    return (struct session){.server = server,
                            .letter = (uint8_t)(letter < 26 ? 'A' + letter : 'a' + (letter - 26)),
                            .receive_size = 4096,
                            .send_size = server ? 16 : 4096};
}

static void keep(struct session *place, const struct session *session, WEB_SOCKET_HANDLE handle)
{
    check_new(handle);
    *place = *session;
    place->handle = handle;
}

void calls_create_plain(struct calls *calls, bool server)
{
    struct session *place = free_place(calls);
    if (place == NULL)
        return;
    const struct session session = new_session(calls, server);
    WEB_SOCKET_HANDLE handle = POISON_HANDLE;
    calls_before(calls);
    const HRESULT result = create(server, NULL, 0, &handle);
    calls_after("creating a handle", result, S_OK);
    if (result == S_OK)
        keep(place, &session, handle);
    else if (handle != NULL)
        fail("a handle that was not created is not NULL");
}

/* The list as an exact block, and how it is told: sometimes NULL, or with too large a count. */
static HRESULT create_from(struct calls *calls, struct wishes *wishes, uint8_t how, WEB_SOCKET_HANDLE *handle)
{
    const size_t size = wishes->count * sizeof wishes->list[0];
    PWEB_SOCKET_PROPERTY list = (PVOID)calls_block(size, 0);
    memcpy(list, wishes->list, size);
    const bool null = how == 0xFF && wishes->count > 0, huge = how == 0xFE;
    wishes->good &= !null && !huge;
    calls_before(calls);
    const HRESULT result = create(wishes->session.server, null ? NULL : list,
                                  huge ? wishes->count + 65536 : wishes->count, handle);
    free(list);
    return result;
}

void calls_create(struct calls *calls, bool server)
{
    struct session *place = free_place(calls);
    if (place == NULL)
        return;
    struct wishes wishes = {.good = true, .memory_at = -1, .session = new_session(calls, server)};
    const uint8_t how = input_byte(&calls->input);
    for (unsigned i = how % (PROPERTIES_MAX + 1u); i > 0; i--)
        add_property(&wishes, &calls->input);
    if (wishes.memory_at >= 0)
        give_memory(&wishes, &calls->input);

    WEB_SOCKET_HANDLE handle = POISON_HANDLE;
    const HRESULT result = create_from(calls, &wishes, how, &handle);
    calls_after("creating a handle with properties", result, wishes.good ? S_OK : E_INVALIDARG);
    if (result == S_OK) {
        keep(place, &wishes.session, handle);
    } else {
        give_back_memory(&wishes.session);
        if (handle != NULL)
            fail("a handle that was not created is not NULL");
    }
    for (ULONG i = 0; i < wishes.count; i++)
        free(wishes.list[i].pvValue);
    expect("creating a handle without a place for it", create(server, NULL, 0, NULL), E_INVALIDARG);
}

void calls_abort(struct calls *calls, WEB_SOCKET_HANDLE handle)
{
    struct session *session = calls_find(calls, handle);
    WebSocketAbortHandle(handle);
    if (session != NULL && session->phase == OPEN)
        session->aborted = true;
}

void calls_delete(struct calls *calls, WEB_SOCKET_HANDLE handle)
{
    struct session *session = calls_find(calls, handle);
    WebSocketDeleteHandle(handle);
    expect("WebSocketEndServerHandshake after the deletion", WebSocketEndServerHandshake(handle), E_HANDLE);
    if (session == NULL)
        return;
    while (session->sends.count > 0)
        calls_pop(session, &session->sends);
    while (session->receives.count > 0)
        calls_pop(session, &session->receives);
    give_back_memory(session);
    session->handle = NULL;
    calls->retired[calls->retired_count++ % RETIRED_MAX] = handle;
}

void calls_global_property(struct calls *calls)
{
    const uint8_t choice = input_byte(&calls->input), room = choice >> 3 & 7;
    const ULONG types[] = {5, 6, 0, 3, 4, 7, 0x80000005, 0xFFFFFFFF}, type = types[choice & 7];
    const bool known = type == 5 || type == 6;
    PBYTE value = calls_block(room, 0x5A);
    ULONG size = room;

    expect("WebSocketGetGlobalProperty without a place for it",
           WebSocketGetGlobalProperty((WEB_SOCKET_PROPERTY_TYPE)type, (choice & 0x40) != 0 ? NULL : value,
                                      (choice & 0x40) != 0 ? &size : NULL),
           E_INVALIDARG);
    const HRESULT result = WebSocketGetGlobalProperty((WEB_SOCKET_PROPERTY_TYPE)type, value, &size);
    expect("WebSocketGetGlobalProperty", result,
           !known     ? E_INVALIDARG
           : room < 4 ? HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER)
                      : S_OK);
    if (size != (known ? 4u : room))
        fail("WebSocketGetGlobalProperty tells the size %u", (unsigned)size);
    for (unsigned i = result == S_OK ? 4 : 0; i < room; i++)
        if (value[i] != 0x5A)
            fail("WebSocketGetGlobalProperty wrote where it should not");
    ULONG number = 0;
    memcpy(&number, value, result == S_OK ? 4 : 0);
    if (result == S_OK && number != (type == 5 ? 30000u : 13u))
        fail("WebSocketGetGlobalProperty tells %u", (unsigned)number);
    free(value);
}
