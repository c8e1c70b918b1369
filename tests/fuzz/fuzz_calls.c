/*
 * fuzz_calls.c - any sequence of the 13 functions, with any arguments, over several handles, some of them
 * deleted or forged. The input is a list of calls; calls.h says what is checked at each. In the end every
 * operation that is still queued must come back, once and in its order, and nothing be left allocated.
 */
#include <stdlib.h>

#include "calls.h"
#include "memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#define CALLS_MAX 2000

/* Turns after which the operations of an aborted session must have come back. */
#define DRAIN_MAX (4 * OPERATIONS_MAX)

/* Any handle: most often a session's, else one that never was, or is no more. */
static WEB_SOCKET_HANDLE any_handle(struct calls *calls, uint8_t choice)
{
    const WEB_SOCKET_HANDLE handle = calls->sessions[choice % SESSIONS].handle;
    if (choice < 0xF0)
        return handle;
    const uint8_t other = input_byte(&calls->input);
    const uintptr_t value = (uintptr_t)handle;
    const uintptr_t distance = (uintptr_t)1 << input_byte(&calls->input) % (sizeof value * 8);
    switch (other & 7) {
    case 0:
        return calls->retired[other >> 3 & 7];
    case 1:
        return (WEB_SOCKET_HANDLE)(value ^ distance);
    case 2:
        return (WEB_SOCKET_HANDLE)(value + distance);
    case 3:
        return (WEB_SOCKET_HANDLE)(value - distance);
    case 4:
        return (WEB_SOCKET_HANDLE)(void *)calls;
    case 5:
        return (WEB_SOCKET_HANDLE)(UINTPTR_MAX - (other >> 3));
    case 6:
        return (WEB_SOCKET_HANDLE)(uintptr_t)((uint64_t)input_u32(&calls->input) << 32 |
                                              input_u32(&calls->input));
    default:
        return NULL;
    }
}

/* An open session with receives queued, at once: most of what can be called needs one. */
static void open_session(struct calls *calls, uint8_t choice)
{
    const bool server = (choice & 1) != 0;
    unsigned before = 0;
    while (before < SESSIONS && calls->sessions[before].handle != NULL)
        before++;
    if (before == SESSIONS)
        return;
    if ((choice & 2) != 0)
        calls_create(calls, server);
    else
        calls_create_plain(calls, server);
    const WEB_SOCKET_HANDLE handle = calls->sessions[before].handle;
    if (handle == NULL)
        return;
    if (server)
        calls_begin_server(calls, handle, (choice & 4) != 0);
    else
        calls_begin_client(calls, handle, (choice & 4) != 0 ? 2 : 0);
    if (server)
        calls_end_server(calls, handle);
    else
        calls_end_client(calls, handle, 0);
    for (unsigned i = choice >> 3 & 3; i > 0; i--)
        calls_receive(calls, handle);
}

/* What is outstanding, completed as it should be; the network gives few or many bytes. */
static void complete_well(struct calls *calls, WEB_SOCKET_HANDLE handle, uint8_t choice)
{
    const struct session *session = calls_find(calls, handle);
    if (session == NULL)
        return;
    const struct action actions[] = {session->send, session->receive, session->pong};
    for (unsigned i = 0; i < 3; i++) {
        const struct action *action = &actions[(i + choice) % 3];
        if (action->context == NULL)
            continue;
        ULONG bytes = action->bytes;
        if (action->kind == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION && bytes > (choice >> 2) + 1u)
            bytes = (choice & 0x80) != 0 && bytes < 4096 ? bytes : (choice >> 2) + 1u;
        calls_complete(calls, handle, action->context, bytes);
        return;
    }
}

/* A context that may be anybody's, old or invented, and a count that is most often wrong. */
static void complete_oddly(struct calls *calls, WEB_SOCKET_HANDLE handle)
{
    const uint8_t choice = input_byte(&calls->input), which = choice >> 3 & 3;
    const struct session *session = &calls->sessions[choice % SESSIONS];
    const uintptr_t context = which == 0   ? (uintptr_t)session->send.context
                              : which == 1 ? (uintptr_t)session->receive.context
                              : which == 2 ? (uintptr_t)session->pong.context
                                           : input_u32(&calls->input);
    const uint8_t amount = input_byte(&calls->input);
    const ULONG bytes = amount < 0xE0   ? amount
                        : amount < 0xF0 ? UINT32_MAX - (amount & 15)
                                        : session->receive.bytes + 1;
    if ((choice & 0xE0) == 0xE0)
        calls_complete(calls, handle, (PVOID)(context - 4), bytes);
    else if ((choice & 0xE0) == 0xC0)
        calls_complete(calls, handle, (PVOID)(context | (uintptr_t)1 << (sizeof context * 8 - 4)), bytes);
    else
        calls_complete(calls, handle, (PVOID)context, bytes);
}

static void call(struct calls *calls)
{
    const uint8_t what = input_byte(&calls->input), choice = input_byte(&calls->input);
    const WEB_SOCKET_HANDLE handle = any_handle(calls, choice);
    switch (what & 31) {
    case 0:
        calls_create(calls, (choice & 1) != 0);
        break;
    case 1:
        calls_begin_client(calls, handle, input_byte(&calls->input));
        break;
    case 2:
        calls_end_client(calls, handle, input_byte(&calls->input));
        break;
    case 3:
        calls_begin_server(calls, handle, input_byte(&calls->input));
        break;
    case 4:
        calls_end_server(calls, handle);
        break;
    case 5:
        calls_abort(calls, handle);
        break;
    case 6:
        calls_delete(calls, handle);
        break;
    case 7:
        calls_global_property(calls);
        break;
    case 8:
        calls->may_lack_memory = true;
        break;
    case 9:
    case 10:
        open_session(calls, choice);
        break;
    case 11:
    case 12:
        complete_oddly(calls, handle);
        break;
    case 13:
    case 14:
    case 15:
        calls_receive(calls, handle);
        break;
    case 16:
    case 17:
    case 18:
        calls_send(calls, handle);
        break;
    case 19:
    case 20:
    case 21:
    case 22:
        complete_well(calls, handle, input_byte(&calls->input));
        break;
    case 23:
        (void)calls_get_action(calls, handle, input_byte(&calls->input));
        break;
    default: /* the usual pair; the upper bits of the byte say how */
        (void)calls_get_action(calls, handle, what >> 5 & 7);
        complete_well(calls, handle, input_byte(&calls->input));
    }
}

/* Every queued operation comes back from an aborted session, in its order, and then there is nothing. */
static void drain(struct calls *calls, struct session *session)
{
    calls_abort(calls, session->handle);
    for (unsigned i = 0; i < DRAIN_MAX && session->phase == OPEN; i++)
        if (!calls_get_action(calls, session->handle, 0) && session->send.context == NULL &&
            session->receive.context == NULL)
            break;
        else
            complete_well(calls, session->handle, 0);
    if (session->phase == OPEN && (session->sends.count > 0 || session->receives.count > 0))
        fail("%u sends and %u receives did not come back after the abort", session->sends.count,
             session->receives.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static struct calls calls;
    const long blocks = memory_blocks();
    calls = (struct calls){.input = {bytes, count}};

    const bool drains = input_flag(&calls.input);
    for (unsigned i = 0; i < CALLS_MAX && !input_is_over(&calls.input); i++)
        call(&calls);
    calls.may_lack_memory = false;
    for (unsigned i = 0; i < SESSIONS; i++) {
        if (drains && calls.sessions[i].handle != NULL)
            drain(&calls, &calls.sessions[i]);
        if (calls.sessions[i].handle != NULL)
            calls_delete(&calls, calls.sessions[i].handle);
    }
    if (memory_blocks() != blocks)
        fail("%ld blocks are still allocated after the last deletion", memory_blocks() - blocks);
    return 0;
}
