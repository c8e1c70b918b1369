/*
 * Memory and pointers of the .NET caller, see caller_net_memory.h.
 */
#include "caller_net_memory.h"

#include <string.h>

#include "memory.h"

#define NATIVE_OVERHEAD 144u
#define VALUES_SIZE     (3 * sizeof(ULONG) + sizeof(PVOID))

void net_memory_create(struct net_memory *memory, ULONG receive_size, ULONG send_size)
{
    memset(memory, 0, sizeof *memory);
    memory->receive_size = receive_size;
    memory->send_size = send_size;
    memory->native_size = receive_size + send_size + NATIVE_OVERHEAD;
    memory->native = guard_alloc(memory->native_size, 4);

    /* As in .NET's array the values follow the payload, so that odd sizes put them at odd addresses. */
    memory->left_over = heap_block(receive_size + VALUES_SIZE);
    memory->values = memory->left_over + receive_size;
}

ULONG net_memory_properties(const struct net_memory *memory, bool zero_key,
                            WEB_SOCKET_PROPERTY properties[NET_PROPERTIES_MAX])
{
    const ULONG flag = zero_key ? 1 : 0;
    uint8_t *at = memory->values;
    ULONG count = 0;

    memcpy(at, &memory->receive_size, sizeof(ULONG));
    properties[count++] =
        (WEB_SOCKET_PROPERTY){WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, at, sizeof(ULONG)};
    at += sizeof(ULONG);
    memcpy(at, &memory->send_size, sizeof(ULONG));
    properties[count++] = (WEB_SOCKET_PROPERTY){WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, at, sizeof(ULONG)};
    at += sizeof(ULONG);
    memcpy(at, &memory->native, sizeof(PVOID));
    properties[count++] =
        (WEB_SOCKET_PROPERTY){WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, at, memory->native_size};
    at += sizeof(PVOID);
    memcpy(at, &flag, sizeof flag);
    if (zero_key) {
        properties[count++] =
            (WEB_SOCKET_PROPERTY){WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, at, sizeof(ULONG)};
    }
    return count;
}

static bool lies_in(const WEB_SOCKET_BUFFER *buffer, const uint8_t *memory, size_t size)
{
    uintptr_t begin = (uintptr_t)buffer->Data.pbBuffer;
    uintptr_t place = begin - (uintptr_t)memory;

    return memory != NULL && begin >= (uintptr_t)memory && place <= size &&
           buffer->Data.ulBufferLength <= size - place;
}

bool net_memory_is_native(const struct net_memory *memory, const WEB_SOCKET_BUFFER *buffer)
{
    return lies_in(buffer, memory->native, memory->native_size);
}

static const char *check_buffer(const struct net_memory *memory, const WEB_SOCKET_BUFFER *buffer,
                                bool sending)
{
    ULONG longest = memory->receive_size > memory->send_size ? memory->receive_size : memory->send_size;
    bool is_pinned = lies_in(buffer, memory->pinned, memory->pinned_size);

    if (buffer->Data.ulBufferLength > longest && !(sending && is_pinned))
        return "a buffer is longer than the larger one of the two buffer sizes";
    if (!is_pinned && !net_memory_is_native(memory, buffer))
        return "a buffer lies outside of all memory that was given";
    return NULL;
}

const char *net_memory_check(const struct net_memory *memory, const struct net_action *action)
{
    bool sending = action->action == WEB_SOCKET_SEND_TO_NETWORK_ACTION ||
                   action->action == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION;
    bool found = false;

    if (action->count > action->room)
        return "more buffers were returned than there is room for";

    /* When receiving, .NET looks at its whole array, whatever the count says. */
    for (ULONG i = 0; i < (sending ? action->count : action->room); i++) {
        if (action->buffers[i].Data.pbBuffer != NULL) {
            const char *violation = check_buffer(memory, &action->buffers[i], sending);

            if (violation != NULL)
                return violation;
            found = true;
        }
    }
    if (!found && (action->action == WEB_SOCKET_SEND_TO_NETWORK_ACTION ||
                   action->action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION))
        return "an action for the network has no buffer";
    return NULL;
}
