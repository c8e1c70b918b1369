/*
 * buffer_sizes.h - the two properties that both examples take from their command lines.
 */
#ifndef BUFFER_SIZES_H
#define BUFFER_SIZES_H

#include <stdbool.h>

#include "websocket.h"

/* In bytes; 0 leaves the library's default. */
struct buffer_sizes {
    ULONG receive;
    ULONG send;
};

/* Takes "--receive-buffer" or "--send-buffer" with its value. False: another option, or not a size. */
bool buffer_sizes_parse(struct buffer_sizes *sizes, const char *option, const char *value);

/* WebSocketCreateClientHandle or WebSocketCreateServerHandle. */
typedef HRESULT(WINAPI *buffer_sizes_create_function)(const PWEB_SOCKET_PROPERTY, ULONG, WEB_SOCKET_HANDLE *);

/* Returns what create returns: E_INVALIDARG if the library does not take these sizes. */
HRESULT buffer_sizes_create(const struct buffer_sizes *sizes, buffer_sizes_create_function create,
                            WEB_SOCKET_HANDLE *handle);

#endif
