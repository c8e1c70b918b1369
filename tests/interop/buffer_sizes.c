/*
 * buffer_sizes.c - see buffer_sizes.h.
 */
#include "buffer_sizes.h"

#include <stdlib.h>
#include <string.h>

bool buffer_sizes_parse(struct buffer_sizes *sizes, const char *option, const char *value)
{
    bool receive = strcmp(option, "--receive-buffer") == 0;
    if (!receive && strcmp(option, "--send-buffer") != 0)
        return false;
    char *end;
    unsigned long size = strtoul(value, &end, 10);
    if (*value < '0' || *value > '9' || *end != '\0' || size == 0 || size > 0x7FFFFFFF)
        return false;
    *(receive ? &sizes->receive : &sizes->send) = (ULONG)size;
    return true;
}

HRESULT buffer_sizes_create(const struct buffer_sizes *sizes, buffer_sizes_create_function create,
                            WEB_SOCKET_HANDLE *handle)
{
    struct buffer_sizes values =
        *sizes; /* properties are read during the call, through pointers without const */
    WEB_SOCKET_PROPERTY properties[2];
    ULONG count = 0;
    if (values.receive != 0) {
        properties[count].Type = WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE;
        properties[count].pvValue = &values.receive;
        properties[count++].ulValueSize = sizeof values.receive;
    }
    if (values.send != 0) {
        properties[count].Type = WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE;
        properties[count].pvValue = &values.send;
        properties[count++].ulValueSize = sizeof values.send;
    }
    return create(properties, count, handle);
}
