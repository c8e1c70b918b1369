/*
 * endpoint.c - see endpoint.h: actions fetched and completed.
 */
#include "endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "unit.h"

#define CONTROL      8u
#define OPCODE       0x0Fu
#define OPCODE_CLOSE 8u

void endpoint_open(struct endpoint *endpoint, WEB_SOCKET_HANDLE handle, bool server, bool extension,
                   const struct handle_properties *properties, struct direction *out, struct direction *in)
{
    *endpoint = (struct endpoint){.name = server ? "server" : "client",
                                  .handle = handle,
                                  .server = server,
                                  .extension = extension,
                                  .out = out,
                                  .piece = properties->send_size,
                                  .in = in,
                                  .delivery = {.area = handle_receive_area(properties, server)}};
}

void endpoint_receive(struct endpoint *endpoint, ULONG own)
{
    struct own_memory memory = {own > 0 ? unit_block(own) : NULL, own};
    WEB_SOCKET_BUFFER buffer = {{memory.bytes, own}};
    PVOID context = (PVOID)(uintptr_t)(2 * endpoint->receives_queued + 1);
    HRESULT result = WebSocketReceive(endpoint->handle, own > 0 ? &buffer : NULL, context);
    claim(result == (endpoint->ended ? E_INVALID_PROTOCOL_OPERATION : S_OK), "%s: WebSocketReceive: 0x%08x",
          endpoint->name, (unsigned)result);
    if (result != S_OK) {
        free(memory.bytes);
        return;
    }
    endpoint->receives = realloc(endpoint->receives, (endpoint->receives_queued + 1) * sizeof memory);
    claim(endpoint->receives != NULL, "no memory");
    endpoint->receives[endpoint->receives_queued++] = memory;
}

/* Sending */

static struct endpoint_send *current_send(const struct endpoint *endpoint)
{
    claim(endpoint->sends_indicated < endpoint->sends_queued, "%s: a send that was not queued",
          endpoint->name);
    return &endpoint->sends[endpoint->sends_indicated];
}

static size_t size_on_wire(const struct endpoint *endpoint, const struct reference_frame *frame)
{
    size_t extended = frame->length < 126 ? 0 : frame->length < 65536 ? 2 : 8;
    return 2 + extended + (endpoint->server ? 0 : 4) + frame->have;
}

/* To the wire, as the caller's socket would. */
static void write_out(struct endpoint *endpoint, struct endpoint_action *action,
                      const struct reference_frame *frame, bool answer)
{
    if (action->written)
        return;
    if (action->begins)
        direction_begin_frame(endpoint->out, frame, answer);
    for (ULONG i = 0; i < action->count; i++)
        direction_write(endpoint->out, action->buffers[i].Data.pbBuffer,
                        action->buffers[i].Data.ulBufferLength);
    action->written = true;
}

/* An answer to a ping has to be one whole frame. */
static void write_pong(struct endpoint *endpoint)
{
    const struct reference_rules rules = {.masked = !endpoint->server, .unmasked = endpoint->server};
    struct endpoint_action *action = &endpoint->pong;
    struct reference pong = reference_decode(action->buffers[0].Data.pbBuffer, action->bytes, rules);
    claim(pong.state == REFERENCE_OPEN && pong.count == 1 && pong.complete == 1,
          "%s: a pong that is not one frame", endpoint->name);
    write_out(endpoint, action, &pong.frames[0], true);
    reference_free(&pong);
}

static void write_send(struct endpoint *endpoint)
{
    write_out(endpoint, &endpoint->send, &current_send(endpoint)->frame, false);
}

static void fetched_pong(struct endpoint *endpoint, const struct endpoint_action *action, unsigned queue)
{
    claim(action->buffer_type == WEB_SOCKET_PING_PONG_BUFFER_TYPE && action->count == 1,
          "%s: a pong of type 0x%x in %u buffers", endpoint->name, (unsigned)action->buffer_type,
          (unsigned)action->count);
    claim(!endpoint->several, "%s: a pong inside a frame of several actions", endpoint->name);
    endpoint->pong = *action;
    endpoint->pong.begins = true;
    endpoint->pong_holds = queue == WEB_SOCKET_RECEIVE_ACTION_QUEUE;
}

static void fetched_send(struct endpoint *endpoint, const struct endpoint_action *action, ULONG room)
{
    struct endpoint_send *send = current_send(endpoint);
    size_t whole = size_on_wire(endpoint, &send->frame);
    claim(action->buffer_type == send->type, "%s: sends type 0x%x instead of 0x%x", endpoint->name,
          (unsigned)action->buffer_type, (unsigned)send->type);
    endpoint->send = *action;
    endpoint->send.begins = send->taken == 0;
    send->taken += action->bytes;
    claim(send->taken <= whole, "%s: %zu bytes of a frame of %zu", endpoint->name, send->taken, whole);
    claim(endpoint->server || send->frame.first & CONTROL || action->count == 2 ||
              action->bytes <= endpoint->piece || action->buffers[0].Data.pbBuffer == send->memory,
          "client: a piece of %u bytes, the send buffer has %u", (unsigned)action->bytes,
          (unsigned)endpoint->piece);
    if (send->taken == whole)
        return;
    claim(!endpoint->pong.outstanding, "%s: a frame of several actions begins beside a pong", endpoint->name);
    claim(endpoint->server || !(send->frame.first & CONTROL), "a client's control frame in several actions");
    claim(!endpoint->server || room < 2, "a server's frame in several actions");
    endpoint->several = true;
}

static void fetched_indication(struct endpoint *endpoint, const struct endpoint_action *action)
{
    struct endpoint_send *send = current_send(endpoint);
    claim(action->count == 0 && action->buffer_type == send->type, "%s: indicates type 0x%x instead of 0x%x",
          endpoint->name, (unsigned)action->buffer_type, (unsigned)send->type);
    claim(send->taken == size_on_wire(endpoint, &send->frame), "%s: a send is complete after %zu bytes",
          endpoint->name, send->taken);
    endpoint->send = *action;
}

bool endpoint_complete_pong(struct endpoint *endpoint)
{
    if (!endpoint->pong.outstanding)
        return false;
    write_pong(endpoint);
    endpoint->pong.outstanding = false;
    WebSocketCompleteAction(endpoint->handle, endpoint->pong.token, endpoint->pong.bytes);
    return true;
}

bool endpoint_complete_send(struct endpoint *endpoint)
{
    struct endpoint_action *action = &endpoint->send;
    if (!action->outstanding)
        return false;
    struct endpoint_send *send = current_send(endpoint);
    action->outstanding = false;
    if (action->type == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION) {
        free(send->memory);
        free(send->frame.payload);
        endpoint->sends_indicated++;
    } else {
        write_send(endpoint);
        if (send->taken == size_on_wire(endpoint, &send->frame))
            endpoint->several = false;
    }
    WebSocketCompleteAction(endpoint->handle, action->token, action->bytes);
    return true;
}

/* Receiving */

static void fetched_receive(struct endpoint *endpoint, const struct endpoint_action *action)
{
    claim(!endpoint->pong.outstanding || !endpoint->pong_holds, "%s: receives on before its pong is sent",
          endpoint->name);
    claim(action->count == 1, "%s: %u buffers", endpoint->name, (unsigned)action->count);
    endpoint->receive = *action;
    if (action->type == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
        claim(!endpoint->ended && action->bytes > 0, "%s: a read after the close frame, or without room",
              endpoint->name);
    else if (action->buffer_type == WEB_SOCKET_CLOSE_BUFFER_TYPE ||
             ((unsigned)action->buffer_type < 0x200 &&
              ((unsigned)action->buffer_type / 2 & OPCODE) == OPCODE_CLOSE))
        endpoint->ended = true;
}

static bool is_close(const struct reference_frame *frame)
{
    return (frame->first & OPCODE) == OPCODE_CLOSE;
}

/* Whether the close frame was taken: then the rest of the operations is cancelled. */
static bool is_behind_close(const struct endpoint *endpoint)
{
    size_t taken = endpoint->delivery.index;
    return taken > 0 && is_close(&endpoint->in->frames[taken - 1]);
}

static void take_indication(struct endpoint *endpoint)
{
    const struct endpoint_action *action = &endpoint->receive;
    const struct own_memory *own = &endpoint->receives[endpoint->receives_indicated];
    if (is_behind_close(endpoint))
        claim(delivery_is_cancelled(action->buffer_type, action->buffers),
              "%s: more than cancelled receives after the close", endpoint->name);
    else
        delivery_take(&endpoint->delivery, endpoint->in->frames, endpoint->in->count, own,
                      action->buffer_type, action->buffers);
}

static void end_receive(struct endpoint *endpoint)
{
    free(endpoint->receives[endpoint->receives_indicated++].bytes);
}

bool endpoint_complete_receive(struct endpoint *endpoint, size_t most)
{
    struct endpoint_action *action = &endpoint->receive;
    if (!action->outstanding)
        return false;
    size_t count = most;
    if (action->type == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION) {
        if (count > action->bytes)
            count = action->bytes;
        if (count > direction_waiting(endpoint->in))
            count = direction_waiting(endpoint->in);
        if (count == 0)
            return false;
        memcpy(action->buffers[0].Data.pbBuffer, endpoint->in->bytes + endpoint->in->read, count);
        endpoint->in->read += count;
    } else {
        take_indication(endpoint);
    }
    action->outstanding = false;
    WebSocketCompleteAction(endpoint->handle, action->token, (ULONG)count);
    if (action->type != WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
        end_receive(endpoint);
    return true;
}

/* Both */

/* Whose action it is: by its type, and by the operation's context. */
static struct endpoint_action *slot_of(struct endpoint *endpoint, const struct endpoint_action *action,
                                       PVOID context, unsigned queue)
{
    bool receive = action->type == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION ||
                   action->type == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION;
    if (!receive && context == endpoint) {
        claim(action->type == WEB_SOCKET_SEND_TO_NETWORK_ACTION, "%s: an indication without a context",
              endpoint->name);
        return &endpoint->pong;
    }
    size_t expected = receive ? 2 * endpoint->receives_indicated + 1 : 2 * endpoint->sends_indicated + 2;
    claim(queue & (receive ? 2u : 1u), "%s: action %d from the other queue", endpoint->name, action->type);
    claim((uintptr_t)context == expected, "%s: the context of another operation", endpoint->name);
    claim(!receive || endpoint->receives_indicated < endpoint->receives_queued,
          "%s: a receive that was not queued", endpoint->name);
    return receive ? &endpoint->receive : &endpoint->send;
}

static void fetched(struct endpoint *endpoint, struct endpoint_action *slot,
                    const struct endpoint_action *action, unsigned queue, ULONG room)
{
    claim(!slot->outstanding, "%s: two actions of one side are outstanding", endpoint->name);
    if (slot == &endpoint->pong)
        fetched_pong(endpoint, action, queue);
    else if (slot == &endpoint->receive)
        fetched_receive(endpoint, action);
    else if (action->type == WEB_SOCKET_SEND_TO_NETWORK_ACTION)
        fetched_send(endpoint, action, room);
    else
        fetched_indication(endpoint, action);
}

bool endpoint_get(struct endpoint *endpoint, unsigned queue, ULONG room, bool at_once)
{
    struct endpoint_action action = {.outstanding = true, .count = room};
    PVOID context = endpoint; /* left alone for a pong */
    if (queue & 2u && (endpoint->several || (endpoint->pong.outstanding && !endpoint->pong_holds)))
        endpoint->in_the_way = true;
    HRESULT result =
        WebSocketGetAction(endpoint->handle, (WEB_SOCKET_ACTION_QUEUE)queue, action.buffers, &action.count,
                           &action.type, &action.buffer_type, &context, &action.token);
    claim(result == S_OK, "%s: WebSocketGetAction: 0x%08x, status %u", endpoint->name, (unsigned)result,
          action.buffers[0].CloseStatus.usStatus);
    claim(action.count <= room, "%s: %u buffers where %u have room", endpoint->name, (unsigned)action.count,
          (unsigned)room);
    if (action.type == WEB_SOCKET_NO_ACTION)
        return false;

    for (ULONG i = 0; i < action.count; i++)
        action.bytes += action.buffers[i].Data.ulBufferLength;
    struct endpoint_action *slot = slot_of(endpoint, &action, context, queue);
    fetched(endpoint, slot, &action, queue, room);
    if (at_once && slot == &endpoint->pong)
        write_pong(endpoint);
    else if (at_once && action.type == WEB_SOCKET_SEND_TO_NETWORK_ACTION)
        write_send(endpoint);
    return true;
}

void endpoint_check(struct endpoint *endpoint)
{
    struct delivery *delivery = &endpoint->delivery;
    const struct direction *in = endpoint->in;
    claim(!endpoint->send.outstanding && !endpoint->pong.outstanding, "%s: not drained", endpoint->name);
    claim(endpoint->sends_indicated == endpoint->sends_queued, "%s: %zu of %zu sends were indicated",
          endpoint->name, endpoint->sends_indicated, endpoint->sends_queued);
    claim(endpoint->ended == is_behind_close(endpoint), "%s: ended without a close frame", endpoint->name);
    if (!endpoint->ended) {
        delivery_skip_pings(delivery, in->frames, in->count);
        claim(in->read == in->size, "%s: %zu bytes are not read", endpoint->name, direction_waiting(in));
        claim(delivery->index == in->count, "%s: %zu of %zu frames have arrived", endpoint->name,
              delivery->index, in->count);
    }
    direction_check(endpoint->out, !endpoint->server, endpoint->extension, true);
    direction_check_answers(endpoint->out, in, delivery->index, !endpoint->in_the_way);
}

void endpoint_abort(struct endpoint *endpoint)
{
    WebSocketAbortHandle(endpoint->handle);
    if (endpoint->receive.outstanding) {
        claim(endpoint->receive.type == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION, "%s: not drained",
              endpoint->name);
        WebSocketCompleteAction(endpoint->handle, endpoint->receive.token, 0);
        endpoint->receive.outstanding = false;
    }
    while (endpoint_get(endpoint, WEB_SOCKET_ALL_ACTION_QUEUE, 2, false)) {
        const struct endpoint_action *action = &endpoint->receive;
        claim(action->outstanding && action->type == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION &&
                  delivery_is_cancelled(action->buffer_type, action->buffers),
              "%s: after the abort, another action than a cancelled receive", endpoint->name);
        endpoint->receive.outstanding = false;
        WebSocketCompleteAction(endpoint->handle, action->token, 0);
        end_receive(endpoint);
    }
    claim(endpoint->receives_indicated == endpoint->receives_queued, "%s: %zu of %zu receives were indicated",
          endpoint->name, endpoint->receives_indicated, endpoint->receives_queued);
}

void endpoint_free(struct endpoint *endpoint)
{
    free(endpoint->sends);
    free(endpoint->receives);
}
