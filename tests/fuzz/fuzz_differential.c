/*
 * fuzz_differential.c - the same stream of bytes into a session and into two other decoders: the reference
 * decoder, written straight from RFC 6455, and wslay. They must accept the same frames with the same types
 * and payloads, and refuse the others at the same byte with the same status.
 *
 * The input: the rules (1 byte), the buffer sizes (2), how the session is driven (1), four lengths of reads
 * and four of receive buffers, which are used in turn (8); then the stream, as it is or as a program of
 * frame_language.h.
 */
#include <stdlib.h>
#include <string.h>

#include "delivery.h"
#include "fail.h"
#include "frame_language.h"
#include "handle_pair.h"
#include "second_opinion.h"

#define TURNS             4u
#define WAITING           4u /* most operations that wait */
#define FIN_PONG          0x8A
#define CLIENT_SEND_LEAST 131 /* a whole masked control frame */

struct receiving {
    struct own_memory own;
};

struct player {
    WEB_SOCKET_HANDLE handle;
    bool server;
    struct reference_rules rules;
    struct handle_properties properties;

    /* how the session is driven */
    WEB_SOCKET_ACTION_QUEUE queue;
    ULONG room;
    unsigned depth; /* so many operations wait */
    bool drop_pongs;
    bool asks_without_room; /* first, each time */
    uint8_t cuts[TURNS];
    uint8_t owns[TURNS];
    unsigned cut, own; /* turns */

    /* the stream */
    uint8_t *bytes;
    size_t size;
    size_t given;
    size_t given_before; /* before the last read */

    /* what came of it */
    struct reference reference;
    struct delivery delivery;
    struct receiving waiting[WAITING]; /* a ring */
    unsigned first, count;
    uint8_t *pongs; /* the wire's bytes */
    size_t pongs_size;
    bool closed;
    size_t closed_after,
        closed_at; /* so much was given before the read that brought the close, and with it */
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static ULONG size_above(ULONG least, uint8_t byte)
{
    return least + (byte < 128 ? byte : (byte - 127u) * 61u);
}

/*
 * The longest payload that is indicated at once from the library's memory: the receive buffer's size, less what a client's
 * send buffer lacks for a whole control frame.
 */
static ULONG receive_area(const struct handle_properties *properties, bool server)
{
    ULONG size = properties->receive_size;
    if (!server && properties->send_size < CLIENT_SEND_LEAST)
        size -= CLIENT_SEND_LEAST - properties->send_size;
    return size;
}

static struct player *take_player(struct input *input)
{
    struct player *player = calloc(1, sizeof *player);
    if (player == NULL)
        abort();
    uint8_t rules = input_byte(input);
    bool own_rules = (rules & 4) != 0, raw = (rules & 2) != 0;
    player->server = (rules & 1) != 0;
    player->properties.receive_size = size_above(256, input_byte(input));
    player->properties.send_size = size_above(16, input_byte(input));
    player->properties.no_masking = own_rules && rules & 8;
    player->properties.no_utf8 = own_rules && rules & 16;
    player->rules = (struct reference_rules){.extension = own_rules && rules & 32,
                                             .masked = player->server,
                                             .unmasked = !player->server || player->properties.no_masking,
                                             .verify = !player->properties.no_utf8};
    player->delivery.area = receive_area(&player->properties, player->server);

    uint8_t drive = input_byte(input);
    player->queue = drive & 1 ? WEB_SOCKET_ALL_ACTION_QUEUE : WEB_SOCKET_RECEIVE_ACTION_QUEUE;
    player->room = drive & 2 ? 1 : 2;
    player->drop_pongs = (drive & 4) != 0;
    player->depth = 1 + (drive >> 3 & 3);
    player->asks_without_room = (drive & 32) != 0;
    for (unsigned i = 0; i < TURNS; i++)
        player->cuts[i] = input_byte(input);
    for (unsigned i = 0; i < TURNS; i++)
        player->owns[i] = input_byte(input);
    if (raw)
        player->bytes = input_copy(input, input->left, &player->size);
    else
        player->bytes = frame_language_run(input, player->server, player->delivery.area, &player->size);
    return player;
}

static void open_session(struct player *player)
{
    const struct handle_properties *ours = &player->properties;
    struct handle_pair pair = player->server ? handle_pair_open(NULL, ours, player->rules.extension)
                                             : handle_pair_open(ours, NULL, player->rules.extension);
    WebSocketDeleteHandle(player->server ? pair.client : pair.server);
    player->handle = player->server ? pair.server : pair.client;
}

/* The next of the sizes: 0 for none, small ones, and up to 16 kilobytes. */
static ULONG turn(const uint8_t *sizes, unsigned *at)
{
    uint8_t size = sizes[(*at)++ % TURNS];
    return size < 128 ? size : (size - 127u) * 128u;
}

/* One more operation waits, behind a close frame too. */
static void queue_receive(struct player *player)
{
    struct receiving *receiving = &player->waiting[(player->first + player->count) % WAITING];
    ULONG size = turn(player->owns, &player->own);
    uint8_t *own = size > 0 ? malloc(size) : NULL;
    WEB_SOCKET_BUFFER buffer = {{own, size}};
    HRESULT result = WebSocketReceive(player->handle, own != NULL ? &buffer : NULL, receiving);
    claim(result == S_OK, "WebSocketReceive: 0x%08x", (unsigned)result);
    receiving->own = (struct own_memory){own, size};
    player->count++;
}

static void end_receive(struct player *player)
{
    free(player->waiting[player->first].own.bytes);
    player->first = (player->first + 1) % WAITING;
    player->count--;
}

struct action {
    HRESULT result;
    WEB_SOCKET_BUFFER buffers[2];
    ULONG count;
    WEB_SOCKET_ACTION type;
    WEB_SOCKET_BUFFER_TYPE buffer_type;
    PVOID context; /* the operation's */
    PVOID token;
};

/* A read, an indication, a pong and a failure all need a buffer: without room nothing of them may happen. */
static void ask_without_room(const struct player *player)
{
    struct action action = {.context = &action};
    action.result = WebSocketGetAction(player->handle, player->queue, action.buffers, &action.count,
                                       &action.type, &action.buffer_type, &action.context, &action.token);
    claim(action.result == E_INVALIDARG && action.count == 0 && action.type == WEB_SOCKET_NO_ACTION &&
              action.token == NULL && action.context == &action,
          "WebSocketGetAction without room: 0x%08x, action %d", (unsigned)action.result, action.type);
}

static struct action next_action(struct player *player)
{
    if (player->asks_without_room)
        ask_without_room(player);
    struct action action = {.count = player->room, .context = player};
    action.result = WebSocketGetAction(player->handle, player->queue, action.buffers, &action.count,
                                       &action.type, &action.buffer_type, &action.context, &action.token);
    return action;
}

/* The stream's next bytes are read. False if there are none. */
static bool read_more(struct player *player, const struct action *action)
{
    size_t count = action->buffers[0].Data.ulBufferLength, left = player->size - player->given;
    ULONG cut = turn(player->cuts, &player->cut);
    claim(count > 0, "a read without room");
    if (left == 0)
        return false;
    if (cut > 0 && cut < count)
        count = cut;
    if (left < count)
        count = left;
    memcpy(action->buffers[0].Data.pbBuffer, player->bytes + player->given, count);
    player->given_before = player->given;
    player->given += count;
    WebSocketCompleteAction(player->handle, action->token, (ULONG)count);
    return true;
}

static void answer(struct player *player, const struct action *action)
{
    claim(action->context == player && action->count == 1, "a pong with a context, or in %u buffers",
          (unsigned)action->count);
    ULONG length = action->buffers[0].Data.ulBufferLength;
    player->pongs = realloc(player->pongs, player->pongs_size + length);
    claim(player->pongs != NULL, "no memory");
    memcpy(player->pongs + player->pongs_size, action->buffers[0].Data.pbBuffer, length);
    player->pongs_size += length;
    WebSocketCompleteAction(player->handle, action->token, player->drop_pongs ? 0 : length);
}

static void indicated(struct player *player, const struct action *action)
{
    struct receiving *receiving = &player->waiting[player->first];
    claim(player->count > 0 && action->context == receiving && action->count == 1,
          "an indication of another operation");
    claim(!player->closed, "an indication behind the close");
    delivery_take(&player->delivery, player->reference.frames, player->reference.count, &receiving->own,
                  action->buffer_type, action->buffers);
    size_t taken = player->delivery.index;
    if (taken > 0 && player->delivery.offset == 0) {
        uint8_t first = player->reference.frames[taken - 1].first;
        player->closed = (first & 0x0F) == 8; /* with an extension's bits too */
        player->closed_after = player->given_before;
        player->closed_at = player->given;
    }
    WebSocketCompleteAction(player->handle, action->token, action->buffers[0].Data.ulBufferLength / 2);
    end_receive(player);
}

static void refused(struct player *player, const struct action *action)
{
    const struct reference *reference = &player->reference;
    claim(action->result == E_INVALID_PROTOCOL_FORMAT, "WebSocketGetAction: 0x%08x",
          (unsigned)action->result);
    claim(reference->state == REFERENCE_BROKEN, "refused between %zu and %zu; the reference decoder accepts",
          player->given_before, player->given);
    claim(player->given_before < reference->broken_at && reference->broken_at <= player->given,
          "refused between %zu and %zu instead of at %zu", player->given_before, player->given,
          reference->broken_at);
    claim(action->type == WEB_SOCKET_NO_ACTION && action->buffer_type == WEB_SOCKET_CLOSE_BUFFER_TYPE &&
              action->buffers[0].CloseStatus.usStatus == reference->status,
          "refused with %u instead of %u", action->buffers[0].CloseStatus.usStatus, reference->status);

    struct action again = next_action(player);
    claim(again.result == action->result && again.buffers[0].CloseStatus.usStatus == reference->status,
          "not refused again");
    HRESULT result = WebSocketReceive(player->handle, NULL, NULL);
    claim(result == E_INVALID_PROTOCOL_OPERATION, "WebSocketReceive after a failure: 0x%08x",
          (unsigned)result);
}

/* What follows a close frame is read into the library's memory, never an operation's own. */
static void check_read_behind_close(const struct player *player, const struct action *action)
{
    const struct own_memory *own = &player->waiting[player->first].own;
    claim(action->count == 1 && action->buffers[0].Data.ulBufferLength <= player->properties.receive_size,
          "a read of %u bytes behind the close", (unsigned)action->buffers[0].Data.ulBufferLength);
    claim(own->bytes == NULL ||
              (uintptr_t)action->buffers[0].Data.pbBuffer - (uintptr_t)own->bytes >= own->size,
          "a read behind the close goes to an operation's own memory");
}

/* The connection ends behind the close frame: the operation that reads comes back, once, and another reads again. */
static void end_connection(struct player *player, const struct action *read)
{
    WebSocketCompleteAction(player->handle, read->token, 0);
    struct action action = next_action(player);
    claim(action.result == S_OK && action.type == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION &&
              action.context == &player->waiting[player->first] &&
              delivery_is_cancelled(action.buffer_type, action.buffers),
          "the read behind the close does not come back as cancelled");
    WebSocketCompleteAction(player->handle, action.token, 0);
    end_receive(player);
    queue_receive(player);
    action = next_action(player);
    claim(action.result == S_OK && action.type == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION,
          "nothing is read behind a read that was cancelled: action %d", action.type);
}

/*
 * Goes on to the stream's end, or its refusal. Returns whether it was refused.
 */
static bool play(struct player *player)
{
    for (;;) {
        while (player->count < player->depth)
            queue_receive(player);
        struct action action = next_action(player);
        if (action.result != S_OK) {
            refused(player, &action);
            return true;
        }
        switch (action.type) {
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            answer(player, &action);
            break;
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            if (player->closed)
                check_read_behind_close(player, &action);
            if (read_more(player, &action))
                break;
            if (player->closed)
                end_connection(player, &action);
            return false;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            indicated(player, &action);
            break;
        default:
            claim(false, "action %d", action.type);
        }
    }
}

/*
 * All frames before the end were indicated, and of one that is not complete all parts that fill their memory.
 */
static void check_delivery(struct player *player, bool refusal)
{
    const struct reference *reference = &player->reference;
    struct delivery *delivery = &player->delivery;
    delivery_skip_pings(delivery, reference->frames, reference->complete);
    claim(delivery->index == reference->complete, "%zu frames were indicated, %zu are complete",
          delivery->index, reference->complete);
    claim(refusal == (reference->state == REFERENCE_BROKEN), "accepted what is to be refused at %zu",
          reference->broken_at);
    claim(player->closed == (reference->state == REFERENCE_CLOSED),
          "closed, or not, unlike the reference decoder");
    if (player->closed) {
        const struct reference_frame *close = &reference->frames[reference->count - 1];
        size_t end = close->payload_at + close->have;
        claim(player->closed_after < end && end <= player->closed_at,
              "closed between %zu and %zu instead of at %zu", player->closed_after, player->closed_at, end);
        claim(player->given == player->size, "%zu bytes behind the close were not read",
              player->size - player->given);
    }
    if (reference->state == REFERENCE_OPEN && reference->count > reference->complete) {
        const struct reference_frame *frame = &reference->frames[reference->complete];
        const struct own_memory *own = &player->waiting[player->first].own;
        ULONG room = own->bytes != NULL ? own->size : delivery->area;
        claim(frame->kind != REFERENCE_DATA || frame->have - delivery->offset < room,
              "%zu bytes are held back", frame->have - (size_t)delivery->offset);
    }
}

/* Each ping was answered by one pong with its payload, in order. */
static void check_pongs(const struct player *player)
{
    const struct reference_rules rules = {.masked = !player->server, .unmasked = player->server};
    struct reference pongs = reference_decode(player->pongs, player->pongs_size, rules);
    claim(pongs.state == REFERENCE_OPEN && pongs.complete == pongs.count, "the pongs are no frames");
    size_t answered = 0;
    for (size_t i = 0; i < player->reference.complete; i++) {
        const struct reference_frame *ping = &player->reference.frames[i];
        if (ping->kind != REFERENCE_PING)
            continue;
        claim(answered < pongs.count, "ping %zu was not answered", answered);
        const struct reference_frame *pong = &pongs.frames[answered++];
        claim(pong->first == FIN_PONG && pong->length == ping->length &&
                  (ping->length == 0 || memcmp(pong->payload, ping->payload, ping->have) == 0),
              "pong %zu has another payload than its ping", answered);
    }
    claim(answered == pongs.count, "%zu pongs for %zu pings", pongs.count, answered);
    reference_free(&pongs);
}

static void free_player(struct player *player)
{
    WebSocketDeleteHandle(player->handle);
    while (player->count > 0)
        end_receive(player);
    reference_free(&player->reference);
    free(player->pongs);
    free(player->bytes);
    free(player);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct input input = {bytes, count};
    struct player *player = take_player(&input);
    struct reference *reference = &player->reference;
    *reference = reference_decode(player->bytes, player->size, player->rules);
    if (!player->rules.extension && player->rules.masked != player->rules.unmasked && player->rules.verify)
        second_opinion_compare(player->bytes, player->size, player->server, reference);

    /* The byte that broke a payload must never be indicated. */
    if (reference->state == REFERENCE_BROKEN && reference->complete < reference->count &&
        reference->frames[reference->count - 1].have > 0)
        reference->frames[reference->count - 1].have--;
    open_session(player);
    bool refusal = play(player);
    check_delivery(player, refusal);
    check_pongs(player);
    free_player(player);
    return 0;
}
