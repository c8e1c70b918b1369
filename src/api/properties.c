/*
 * Property lists, see properties.h. Values are copied byte by byte: nothing says that they are aligned.
 */
#include "api/properties.h"

#include <string.h>

#define RECEIVE_SIZE_LEAST  256u
#define SEND_SIZE_LEAST     16u
#define SIZE_DEFAULT        4096u
#define SERVER_SEND_DEFAULT 16u
#define REFERENCE_EXTRA     256u /* what the API's reference adds to the two sizes */

static enum ws_status read_size(const WEB_SOCKET_PROPERTY *property, uint32_t least, enum ws_status too_small,
                                uint32_t *size)
{
    uint32_t value;
    if (property->ulValueSize != sizeof value)
        return WS_WHY_PROPERTY_SIZE;
    memcpy(&value, property->pvValue, sizeof value);
    if (value < least)
        return too_small;
    *size = value;
    return WS_OK;
}

static enum ws_status read_flag(const WEB_SOCKET_PROPERTY *property, bool *flag)
{
    uint32_t value;
    if (property->ulValueSize != sizeof value)
        return WS_WHY_PROPERTY_SIZE;
    memcpy(&value, property->pvValue, sizeof value);
    *flag = value != 0;
    return WS_OK;
}

/* The value is the buffer's address; whether its size suffices is known only when the whole list is. */
static enum ws_status read_memory(const WEB_SOCKET_PROPERTY *property, uint8_t **memory, uint32_t *size)
{
    memcpy(memory, property->pvValue, sizeof *memory);
    *size = property->ulValueSize;
    return *memory ? WS_OK : WS_WHY_ALLOCATED_NULL;
}

/*
 * The size is the buffer's, or that of its pointer: then the buffer is as large as the API's reference
 * demands, which can be more than there are addresses.
 */
static bool memory_suffices(const struct ws_session_options *options, uint32_t size)
{
    uint64_t sizes = (uint64_t)options->receive_size + options->send_size;
    if (!options->memory)
        return true;
    if (size == sizeof(PVOID))
        return sizes + REFERENCE_EXTRA <= SIZE_MAX;
    return size >= sizes + WS_SESSION_PONG_SIZE;
}

enum ws_status ws_properties_read(const WEB_SOCKET_PROPERTY *list, uint32_t count, bool server,
                                  struct ws_session_options *options)
{
    if (!list && count > 0)
        return WS_WHY_PROPERTIES_NULL;
    if (count > WS_PROPERTIES_MAX_COUNT)
        return WS_WHY_PROPERTIES_MANY;

    struct ws_session_options read = {.server = server,
                                      .receive_size = SIZE_DEFAULT,
                                      .send_size = server ? SERVER_SEND_DEFAULT : SIZE_DEFAULT};
    uint32_t memory_size = 0;
    enum ws_status status = WS_OK;
    for (uint32_t i = 0; i < count && status == WS_OK; i++) {
        const WEB_SOCKET_PROPERTY *property = &list[i];
        if (!property->pvValue)
            return WS_WHY_PROPERTY_NULL;
        switch (property->Type) {
        case WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE:
            status = read_size(property, RECEIVE_SIZE_LEAST, WS_WHY_RECEIVE_SIZE_SMALL, &read.receive_size);
            break;
        case WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE:
            status = read_size(property, SEND_SIZE_LEAST, WS_WHY_SEND_SIZE_SMALL, &read.send_size);
            break;
        case WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE:
            status = read_flag(property, &read.disable_masking);
            break;
        case WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE:
            status = read_memory(property, &read.memory, &memory_size);
            break;
        case WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE:
            status = read_flag(property, &read.disable_utf8);
            break;
        default: /* those of WebSocketGetGlobalProperty, and values that mean nothing */
            return WS_WHY_PROPERTY_UNKNOWN;
        }
    }
    if (status == WS_OK && !memory_suffices(&read, memory_size))
        status = WS_WHY_ALLOCATED_SMALL;
    if (status == WS_OK)
        *options = read;
    return status;
}
