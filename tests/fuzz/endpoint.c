/*
 * endpoint.c - see endpoint.h: actions fetched and completed.
 */
#include "endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "blocks.h"

#define FIN          0x80u
#define CONTROL      8u
#define OPCODE       0x0Fu
#define OPCODE_CLOSE 8u

void endpoint_open(struct endpoint *endpoint, WEB_SOCKET_HANDLE handle, bool server, bool extension,
                   const struct handle_properties *properties, struct direction *out, struct direction *in)
{
    *endpoint = (struct endpoint){.name = server ? "server" : "client",
                                  .handle = handle,
                                  .server = server,
                                  .masked = !server && !properties->no_masking,
                                  .extension = extension,
                                  .out = out,
                                  .piece = properties->send_size,
                                  .in = in,
                                  .delivery = {.area = handle_receive_area(properties, server)}};
}

void endpoint_receive(struct endpoint *endpoint, ULONG own)
{
    struct own_memory memory = {own > 0 ? block_new(own) : NULL, own};
    WEB_SOCKET_BUFFER buffer = {{memory.bytes, own}};
    PVOID context = (PVOID)(uintptr_t)(2 * endpoint->receives_queued + 1);
    HRESULT result = WebSocketReceive(endpoint->handle, own > 0 ? &buffer : NULL, context);
    claim(result == S_OK, "%s: WebSocketReceive: 0x%08x", endpoint->name, (unsigned)result);
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
    write_out(endpoint, &endpoint->send, &current_send(endpoint)->part, false);
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

/* Its frame can be cut. */
static bool is_message(const struct endpoint_send *send)
{
    return (unsigned)send->type >= (unsigned)WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE &&
           (unsigned)send->type <= (unsigned)WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE;
}

static bool takes_several_actions(const struct endpoint *endpoint, const struct reference_frame *frame,
                                  ULONG room)
{
    size_t with_header = endpoint->server && frame->kind == REFERENCE_CLOSE ? 2 : 0; /* the status */
    if (endpoint->masked)
        return !(frame->first & CONTROL) && size_on_wire(endpoint, frame) > endpoint->piece;
    if (!endpoint->server && frame->first & CONTROL)
        return false;
    return room < 2 && frame->have > with_header;
}

/* All that is left of a send. */
static struct reference_frame rest_of(const struct endpoint_send *send)
{
    struct reference_frame rest = send->frame;
    if (send->passed > 0)
        rest.first &= FIN;
    rest.payload += send->passed;
    rest.length = rest.have = send->frame.have - send->passed;
    return rest;
}

/* A fragment at its front, with as much payload as one action holds. */
static void cut(const struct endpoint *endpoint, struct reference_frame *part)
{
    const size_t all = part->have;
    if (part->have > endpoint->piece)
        part->length = part->have = endpoint->piece;
    while (size_on_wire(endpoint, part) > endpoint->piece)
        part->length = --part->have;
    if (part->have < all)
        part->first &= (uint8_t)~FIN;
}

static void begin_part(const struct endpoint *endpoint, struct endpoint_send *send, ULONG room)
{
    send->part = rest_of(send);
    if (!endpoint->pong.outstanding || !takes_several_actions(endpoint, &send->part, room))
        return;
    claim(is_message(send), "%s: a frame of several actions begins beside a pong", endpoint->name);
    cut(endpoint, &send->part);
}

static void fetched_send(struct endpoint *endpoint, const struct endpoint_action *action, ULONG room)
{
    struct endpoint_send *send = current_send(endpoint);
    claim(!send->sent, "%s: sends on what is sent", endpoint->name);
    if (send->taken == 0)
        begin_part(endpoint, send, room);
    endpoint->waits = false;
    size_t whole = size_on_wire(endpoint, &send->part);
    claim(action->buffer_type == send->type, "%s: sends type 0x%x instead of 0x%x", endpoint->name,
          (unsigned)action->buffer_type, (unsigned)send->type);
    endpoint->send = *action;
    endpoint->send.begins = send->taken == 0;
    send->taken += action->bytes;
    claim(send->taken <= whole, "%s: %zu bytes of a frame of %zu", endpoint->name, send->taken, whole);
    claim(endpoint->server || send->frame.first & CONTROL || action->count == 2 ||
              action->bytes <= endpoint->piece ||
              action->buffers[0].Data.pbBuffer == send->memory + send->passed,
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
    claim(send->sent, "%s: a send is complete after %zu bytes of its payload", endpoint->name, send->passed);
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
        if (send->taken == size_on_wire(endpoint, &send->part)) {
            endpoint->several = false;
            send->passed += send->part.have;
            send->taken = 0;
            send->sent = send->passed == send->frame.have;
        }
    }
    WebSocketCompleteAction(endpoint->handle, action->token, action->bytes);
    return true;
}

/* Receiving */

/* Behind a close frame it is never into an operation's own memory. */
static void check_read(const struct endpoint *endpoint, const struct endpoint_action *action)
{
    const struct own_memory *own = &endpoint->receives[endpoint->receives_indicated];
    const uint8_t *to = action->buffers[0].Data.pbBuffer;
    claim(action->bytes > 0, "%s: a read without room", endpoint->name);
    claim(!endpoint->ended || own->bytes == NULL || (uintptr_t)to - (uintptr_t)own->bytes >= own->size,
          "%s: a read behind the close frame into an operation's own memory", endpoint->name);
}

static void fetched_receive(struct endpoint *endpoint, const struct endpoint_action *action)
{
    claim(!endpoint->pong.outstanding || !endpoint->pong_holds, "%s: receives on before its pong is sent",
          endpoint->name);
    claim(action->count == 1, "%s: %u buffers", endpoint->name, (unsigned)action->count);
    endpoint->receive = *action;
    if (action->type == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
        check_read(endpoint, action);
    else if (action->buffer_type == WEB_SOCKET_CLOSE_BUFFER_TYPE ||
             ((unsigned)action->buffer_type < 0x200 &&
              ((unsigned)action->buffer_type / 2 & OPCODE) == OPCODE_CLOSE))
        endpoint->ended = true;
}

static bool is_close(const struct reference_frame *frame)
{
    return (frame->first & OPCODE) == OPCODE_CLOSE;
}

/* Whether the close frame was taken: then nothing more is indicated. */
static bool is_behind_close(const struct endpoint *endpoint)
{
    size_t taken = endpoint->delivery.index;
    return taken > 0 && is_close(&endpoint->in->frames[taken - 1]);
}

static void take_indication(struct endpoint *endpoint)
{
    const struct endpoint_action *action = &endpoint->receive;
    const struct own_memory *own = &endpoint->receives[endpoint->receives_indicated];
    claim(!is_behind_close(endpoint), "%s: an indication behind the close", endpoint->name);
    delivery_take(&endpoint->delivery, endpoint->in->frames, endpoint->in->count, own, action->buffer_type,
                  action->buffers);
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

/* The send that is next to begin a frame; NULL if none is, or something is outstanding. */
static const struct endpoint_send *due_send(const struct endpoint *endpoint)
{
    if (endpoint->aborted || endpoint->send.outstanding ||
        endpoint->sends_indicated == endpoint->sends_queued)
        return NULL;
    const struct endpoint_send *send = current_send(endpoint);
    return send->taken == 0 && !send->sent ? send : NULL;
}

/* Before a call with room: what may be in the way of a pong then. */
static void note_what_waits(struct endpoint *endpoint, unsigned queue, ULONG room)
{
    const struct endpoint_send *send = due_send(endpoint);
    if (send && queue & 1u && endpoint->pong.outstanding && !is_message(send)) {
        struct reference_frame rest = rest_of(send);
        endpoint->waits = takes_several_actions(endpoint, &rest, room);
    }
    if (queue & 2u &&
        (endpoint->several || endpoint->waits || (endpoint->pong.outstanding && !endpoint->pong_holds)))
        endpoint->in_the_way = true;
}

static struct endpoint_action ask(const struct endpoint *endpoint, unsigned queue, ULONG room, PVOID *context,
                                  HRESULT *result)
{
    struct endpoint_action action = {.outstanding = true, .count = room};
    *result = WebSocketGetAction(endpoint->handle, (WEB_SOCKET_ACTION_QUEUE)queue, action.buffers,
                                 &action.count, &action.type, &action.buffer_type, context, &action.token);
    claim(action.count <= room, "%s: %u buffers where %u have room", endpoint->name, (unsigned)action.count,
          (unsigned)room);
    for (ULONG i = 0; i < action.count; i++)
        action.bytes += action.buffers[i].Data.ulBufferLength;
    return action;
}

/*
 * Without room: an indication of a send, or nothing; or refused where an action has buffers, which the next call then
 * returns.
 */
static struct endpoint_action ask_twice(struct endpoint *endpoint, unsigned queue, ULONG *room,
                                        PVOID *context, HRESULT *result)
{
    HRESULT refusal;
    struct endpoint_action action = ask(endpoint, queue, 0, context, &refusal);
    if (refusal == S_OK && action.type != WEB_SOCKET_NO_ACTION) {
        *result = S_OK;
        return action;
    }
    claim(action.type == WEB_SOCKET_NO_ACTION && action.token == NULL && *context == endpoint,
          "%s: action %d without room", endpoint->name, action.type);
    *room = 2;
    note_what_waits(endpoint, queue, *room);
    action = ask(endpoint, queue, *room, context, result);
    claim(refusal == (action.count > 0 ? E_INVALIDARG : S_OK), "%s: 0x%08x without room, %u buffers with it",
          endpoint->name, (unsigned)refusal, (unsigned)action.count);
    return action;
}

bool endpoint_get(struct endpoint *endpoint, unsigned queue, ULONG room, bool at_once)
{
    const struct endpoint_send *due = due_send(endpoint);
    PVOID context = endpoint; /* left alone for a pong */
    HRESULT result;
    struct endpoint_action action;
    if (room == 0) {
        action = ask_twice(endpoint, queue, &room, &context, &result);
    } else {
        note_what_waits(endpoint, queue, room);
        action = ask(endpoint, queue, room, &context, &result);
    }
    claim(result == S_OK, "%s: WebSocketGetAction: 0x%08x, status %u", endpoint->name, (unsigned)result,
          action.buffers[0].CloseStatus.usStatus);
    if (action.type == WEB_SOCKET_NO_ACTION) {
        claim(due == NULL || !(queue & 1u) || endpoint->waits, "%s: nothing to do, although a send is due",
              endpoint->name);
        return false;
    }

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
    claim(in->read == in->size, "%s: %zu bytes are not read", endpoint->name, direction_waiting(in));
    if (!endpoint->ended) {
        delivery_skip_pings(delivery, in->frames, in->count);
        claim(delivery->index == in->count, "%s: %zu of %zu frames have arrived", endpoint->name,
              delivery->index, in->count);
    }
    direction_check(endpoint->out, !endpoint->server, endpoint->extension, true);
    direction_check_answers(endpoint->out, in, delivery->index, !endpoint->in_the_way);
}

static void read_nothing(struct endpoint *endpoint)
{
    claim(endpoint->receive.type == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION, "%s: not drained",
          endpoint->name);
    WebSocketCompleteAction(endpoint->handle, endpoint->receive.token, 0);
    endpoint->receive.outstanding = false;
}

/* The action that was fetched is the indication of a cancelled receive. */
static void take_back(struct endpoint *endpoint)
{
    const struct endpoint_action *action = &endpoint->receive;
    claim(action->outstanding && action->type == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION &&
              delivery_is_cancelled(action->buffer_type, action->buffers),
          "%s: another action than a cancelled receive", endpoint->name);
    endpoint->receive.outstanding = false;
    WebSocketCompleteAction(endpoint->handle, action->token, 0);
    end_receive(endpoint);
}

void endpoint_end(struct endpoint *endpoint)
{
    if (!endpoint->ended)
        return;
    claim(endpoint->receive.outstanding, "%s: no read behind the close frame", endpoint->name);
    read_nothing(endpoint);
    (void)endpoint_get(endpoint, WEB_SOCKET_RECEIVE_ACTION_QUEUE, 0, false);
    take_back(endpoint);
    endpoint_receive(endpoint, 0);
    (void)endpoint_get(endpoint, WEB_SOCKET_RECEIVE_ACTION_QUEUE, 1, false);
    claim(endpoint->receive.outstanding && endpoint->receive.type == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION,
          "%s: no read behind a cancelled one", endpoint->name);
}

void endpoint_abort(struct endpoint *endpoint)
{
    WebSocketAbortHandle(endpoint->handle);
    endpoint->aborted = true;
    if (endpoint->receive.outstanding)
        read_nothing(endpoint);
    while (endpoint_get(endpoint, WEB_SOCKET_ALL_ACTION_QUEUE, 2, false))
        take_back(endpoint);
    claim(endpoint->receives_indicated == endpoint->receives_queued, "%s: %zu of %zu receives were indicated",
          endpoint->name, endpoint->receives_indicated, endpoint->receives_queued);
}

void endpoint_free(struct endpoint *endpoint)
{
    free(endpoint->sends);
    free(endpoint->receives);
}
