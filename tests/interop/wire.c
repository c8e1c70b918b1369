/*
 * wire.c - see wire.h.
 *
 * An action is completed only when it was carried out as a whole: a write with the number of bytes that was
 * asked for, because any other number would cancel the operation; a read with however many bytes there were.
 *
 * Bytes go out in the order in which the library handed them out: the backlog, then the writes. So only the first of
 * the writes can be copied into the backlog.
 */
#include "wire.h"

#include <assert.h>
#include <string.h>

#include "system.h"

/*
 * To copy more takes longer than another write to the socket. As much at the front of a receive buffer is in use all the
 * time, and not worth giving back.
 */
enum { COPY_MAX = 16384, FRONT = 4096, RESTS = 2 };

static void start(struct wire *wire, const WEB_SOCKET_BUFFER *buffers, ULONG count, PVOID context, bool copy)
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
    write->may_be_copied = copy;
}

/* The oldest write is over. */
static void complete(struct wire *wire)
{
    struct wire_write first = wire->writes[0];
    wire->writes[0] = wire->writes[1];
    wire->write_count--;
    WebSocketCompleteAction(wire->handle, first.context, first.total);
}

static bool copy_first(struct wire *wire)
{
    const struct wire_write *first = &wire->writes[0];
    bool copied =
        wire->write_count > 0 && first->may_be_copied && backlog_add(&wire->backlog, first->rest, 2);
    if (copied)
        complete(wire);
    return copied;
}

void wire_start_write(struct wire *wire, const WEB_SOCKET_BUFFER *buffers, ULONG count, PVOID context)
{
    start(wire, buffers, count, context, false);
}

void wire_take_over(struct wire *wire, const WEB_SOCKET_BUFFER *buffers, ULONG count, PVOID context)
{
    start(wire, buffers, count, context, true);
    if (wire->writes[0].total <= COPY_MAX)
        copy_first(wire);
}

void wire_start_read(struct wire *wire, const WEB_SOCKET_BUFFER *buffer, PVOID context)
{
    wire->read = *buffer;
    wire->read_context = context;
    if (buffer->Data.ulBufferLength > wire->area.Data.ulBufferLength)
        wire->area = *buffer;
}

static size_t take(size_t size, size_t *from)
{
    size_t step = size < *from ? size : *from;
    *from -= step;
    return step;
}

/* Takes the first bytes off what is left to write. True: that was the end of a write. */
static bool advance(struct wire *wire, size_t written)
{
    bool completed = false;
    backlog_drop(&wire->backlog, take(backlog_rest(wire->backlog).size, &written));
    while (wire->write_count > 0) {
        struct net_part *rest = wire->writes[0].rest;
        for (int i = 0; i < 2; i++) {
            size_t step = take(rest[i].size, &written);
            rest[i].bytes = (const char *)rest[i].bytes + step;
            rest[i].size -= step;
        }
        if (rest[0].size + rest[1].size > 0)
            break;
        complete(wire);
        completed = true;
    }
    return completed;
}

enum wire_result wire_write(struct wire *wire)
{
    struct net_part parts[NET_PARTS] = {backlog_rest(wire->backlog)};
    unsigned count = 1;
    for (unsigned i = 0; i < wire->write_count; i++, count += 2)
        memcpy(&parts[count], wire->writes[i].rest, sizeof wire->writes[i].rest);
    if (wire->backlog == NULL && wire->write_count == 0)
        return WIRE_IDLE;

    int written = net_write(wire->socket, parts, count);
    if (written < 0 && written != NET_WAIT)
        return WIRE_LOST;
    bool completed = written > 0 && advance(wire, (size_t)written);
    while (copy_first(wire)) /* the socket has no room for more, but we have */
        completed = true;
    return completed ? WIRE_DONE : WIRE_IDLE;
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
    if (wire->read.Data.pbBuffer + count > wire->area.Data.pbBuffer + FRONT)
        wire->rests = RESTS;
    WebSocketCompleteAction(wire->handle, context, (ULONG)count);
    return WIRE_DONE;
}

short wire_events(const struct wire *wire)
{
    bool writes = wire->backlog != NULL || wire->write_count > 0;
    return (short)((wire->read_context != NULL ? POLLIN : 0) | (writes ? POLLOUT : 0));
}

void wire_rest(struct wire *wire)
{
    if (wire->read_context == NULL || wire->rests == 0)
        return;
    if (--wire->rests == 0)
        system_forget(wire->read.Data.pbBuffer, wire->read.Data.ulBufferLength);
}

void wire_close(struct wire *wire)
{
    backlog_empty(&wire->backlog);
    if (wire->rests > 0)
        system_forget(wire->area.Data.pbBuffer, wire->area.Data.ulBufferLength);
}
