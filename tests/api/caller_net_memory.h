/*
 * caller_net_memory.h - the memory of a .NET WebSocket: what it gives to the library, and how it checks every
 * pointer that comes back.
 *
 * .NET keeps one array: the library's buffer of RBS + SBS + 144 bytes, room for a payload that the
 * application did not fetch yet, and behind that, at whatever address, the values of the properties. Here the
 * library's buffer lies alone between two unreadable pages, 4-byte aligned and no better.
 */
#ifndef API_CALLER_NET_MEMORY_H
#define API_CALLER_NET_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "websocket.h"

#define NET_SERVER_SEND_BUFFER 16u /* whatever the application asks for */
#define NET_PROPERTIES_MAX     4

struct net_memory {
    ULONG receive_size;
    ULONG send_size;
    uint8_t *native; /* the library's */
    ULONG native_size;
    uint8_t *left_over;    /* receive_size bytes */
    uint8_t *values;       /* of the properties */
    const uint8_t *pinned; /* the payload of the send in progress, or NULL */
    size_t pinned_size;
};

/* One GetAction as .NET makes it: outputs zero before the call, `room` buffers of which the library fills
 * `count`. */
struct net_action {
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    WEB_SOCKET_BUFFER buffers[2];
    ULONG room;
    ULONG count;
    PVOID context;
};

/* Main thread only. All of it is released by memory_release(). */
void net_memory_create(struct net_memory *memory, ULONG receive_size, ULONG send_size);

/* Fills in the properties for the Create call; returns their number. */
ULONG net_memory_properties(const struct net_memory *memory, bool zero_key,
                            WEB_SOCKET_PROPERTY properties[NET_PROPERTIES_MAX]);

/* These bytes lie in the library's buffer. */
bool net_memory_is_native(const struct net_memory *memory, const WEB_SOCKET_BUFFER *buffer);

/*
 * Section 3 of the specification for what GetAction returned. NULL, or what is wrong: there .NET ends the
 * process with an access violation.
 */
const char *net_memory_check(const struct net_memory *memory, const struct net_action *action);

#endif
