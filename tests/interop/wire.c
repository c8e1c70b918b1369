/*
 * wire.c - see wire.h.
 *
 * An action is completed only when it was carried out as a whole: a write with the number of bytes that was
 * asked for, because any other number would cancel the operation; a read with however many bytes there were.
 */
#include "wire.h"

#include <assert.h>
#include <string.h>

void wire_start_write(struct wire *wire, const WEB_SOCKET_BUFFER *buffers, ULONG count, PVOID context)
{
    assert(wire->write_count < 2);
    struct wire_write *write = &wire->writes[wire->write_count++];
    memset(write, 0, sizeof *write);
    for (ULONG i = 0; i < count; i++) {
        write->rest[i].bytes = buffers[i].Data.pbBuffer;
        write->rest[i].size = buffers[i].Data.ulBufferLength;
        write->total += buffers[i].Data.ulBufferLength;
    }
    write->context = context;
}

void wire_start_read(struct wire *wire, const WEB_SOCKET_BUFFER *buffer, PVOID context)
{
    wire->read = *buffer;
    wire->read_context = context;
}

/* Takes the first bytes off what is left to write. True: nothing is left. */
static bool advance(struct wire_write *write, size_t written)
{
    for (int i = 0; i < 2; i++) {
        size_t step = written < write->rest[i].size ? written : write->rest[i].size;
        write->rest[i].bytes = (const char *)write->rest[i].bytes + step;
        write->rest[i].size -= step;
        written -= step;
    }
    return write->rest[0].size == 0 && write->rest[1].size == 0;
}

enum wire_result wire_write(struct wire *wire)
{
    enum wire_result result = WIRE_IDLE;
    while (wire->write_count > 0) {
        struct wire_write *write = &wire->writes[0];
        int written = net_write(wire->socket, write->rest, 2);
        if (written == NET_WAIT)
            break;
        if (written < 0)
            return WIRE_LOST;
        if (advance(write, (size_t)written)) {
            WebSocketCompleteAction(wire->handle, write->context, write->total);
            wire->writes[0] = wire->writes[1];
            wire->write_count--;
            result = WIRE_DONE;
        }
    }
    return result;
}

/* Like net_read, but first what arrived too early. */
static int read_bytes(struct wire *wire, void *to, size_t room)
{
    if (wire->early_size == 0)
        return net_read(wire->socket, to, room);
    size_t count = wire->early_size < room ? wire->early_size : room;
    memcpy(to, wire->early, count);
    wire->early += count;
    wire->early_size -= count;
    return (int)count;
}

enum wire_result wire_read(struct wire *wire)
{
    if (wire->read_context == NULL)
        return WIRE_IDLE;
    int count = read_bytes(wire, wire->read.Data.pbBuffer, wire->read.Data.ulBufferLength);
    if (count == NET_WAIT)
        return WIRE_IDLE;
    if (count <= 0) /* the stream has ended without a close frame */
        return WIRE_LOST;

    PVOID context = wire->read_context;
    wire->read_context = NULL;
    WebSocketCompleteAction(wire->handle, context, (ULONG)count);
    return WIRE_DONE;
}

short wire_events(const struct wire *wire)
{
    return (short)((wire->read_context != NULL ? POLLIN : 0) | (wire->write_count > 0 ? POLLOUT : 0));
}
