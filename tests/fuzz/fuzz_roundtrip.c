/*
 * fuzz_roundtrip.c - a client and a server, after a real handshake, send each other messages of any size
 * and fragmentation, pings, pongs, closes and an extension's frames; the bytes go between them in any pieces,
 * and both callers fetch and complete their actions in any order. Whatever was queued arrives exactly once,
 * in order and byte for byte, and the reference decoder finds nothing wrong with what is on the wire.
 *
 * The input: the buffer sizes of both (4 bytes), what is allowed (1), the beginning of chance (1); then
 * steps, see run_step.
 */
#include <stdlib.h>

#include "claim.h"
#include "endpoint.h"
#include "blocks.h"
#include "chance.h"

#define PAYLOAD_BUDGET (160u * 1024u) /* of all sends together: an input must not take long */
#define ROUNDS_MAX     1000000u       /* that the plain order needs for all that may be queued */
#define QUEUED_MAX     256u           /* operations of one kind at once */

struct connection {
    struct input *input;
    uint64_t chance;
    struct handle_pair pair;
    struct handle_properties properties[2]; /* client, server */
    struct endpoint ends[2];
    struct direction directions[2]; /* to the server, to the client */
    uint32_t budget;
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void open_connection(struct connection *connection, struct input *input)
{
    struct handle_properties *properties = connection->properties;
    struct endpoint *ends = connection->ends;
    struct direction *directions = connection->directions;
    properties[0] = handle_properties_take(input);
    properties[1] = handle_properties_take(input);
    uint8_t rules = input_byte(input);
    bool extension = (rules & 1) != 0;
    properties[0].no_masking = (rules & 2) != 0;
    properties[1].no_masking = (rules & 4) != 0;
    properties[0].no_utf8 = (rules & 8) != 0;
    properties[1].no_utf8 = (rules & 16) != 0;
    connection->chance = 1 + (uint64_t)input_byte(input);
    connection->input = input;
    connection->budget = PAYLOAD_BUDGET;
    connection->pair = handle_pair_open(&properties[0], &properties[1], extension);
    endpoint_open(&ends[0], connection->pair.client, false, extension, &properties[0], &directions[0],
                  &directions[1]);
    endpoint_open(&ends[1], connection->pair.server, true, extension, &properties[1], &directions[1],
                  &directions[0]);
}

/* Any length, many at an edge: of the three forms of a header, of the buffers of both. */
static ULONG take_length(struct connection *connection)
{
    static const ULONG edges[] = {0, 1, 2, 125, 126, 127, 255, 256, 257, 65535, 65536};
    const struct handle_properties *properties = connection->properties;
    const ULONG sizes[] = {properties[0].send_size, properties[0].receive_size, properties[1].receive_size,
                           handle_receive_area(&properties[0], false)};
    uint8_t byte = input_byte(connection->input);
    ULONG length = byte;
    if (byte >= 240)
        length = input_u16(connection->input);
    else if (byte >= 224)
        length = edges[byte % (sizeof edges / sizeof *edges)];
    else if (byte >= 160)
        length = sizes[byte % 4] * (1 + byte / 4 % 2) - 15 + input_byte(connection->input) % 20u;
    if (length > connection->budget)
        length = connection->budget;
    connection->budget -= length;
    return length;
}

static void run_send(struct connection *connection, struct endpoint *end)
{
    static const WEB_SOCKET_BUFFER_TYPE types[] = {
        WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE,   WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE,
        WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE,
        WEB_SOCKET_PING_PONG_BUFFER_TYPE,      WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE,
        WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE,   WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE,
        WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE,
        (WEB_SOCKET_BUFFER_TYPE)(0x89 * 2), /* a ping with a payload */
    };
    static const USHORT statuses[] = {
        WEB_SOCKET_SUCCESS_CLOSE_STATUS, WEB_SOCKET_EMPTY_CLOSE_STATUS, 1014, 3000, 4999, 5000, 65535,
        WEB_SOCKET_ABORTED_CLOSE_STATUS};
    const unsigned plain = sizeof types / sizeof *types;
    unsigned which = input_below(connection->input, 16);
    struct endpoint_order order = {.status = WEB_SOCKET_EMPTY_CLOSE_STATUS};
    if (end->sends_queued - end->sends_indicated >= QUEUED_MAX)
        return;
    if (which < plain) {
        order.type = types[which];
    } else if (which == plain) {
        order.type = WEB_SOCKET_CLOSE_BUFFER_TYPE;
        order.status = statuses[input_below(connection->input, sizeof statuses / sizeof *statuses)];
    } else { /* an extension's frame, or a plain one in an extension's clothes */
        uint8_t first = input_byte(connection->input);
        order.type = (WEB_SOCKET_BUFFER_TYPE)((first & 8 ? first | 0x80 : first) * 2);
        order.status = WEB_SOCKET_SUCCESS_CLOSE_STATUS;
    }
    order.length = take_length(connection);
    endpoint_send(end, order);
}

static void run_receive(struct connection *connection, struct endpoint *end)
{
    ULONG own = take_length(connection);
    if (end->receives_queued - end->receives_indicated < QUEUED_MAX)
        endpoint_receive(end, own);
}

/* Some way of going on, without anything new in the queues. Returns whether something was done. */
static bool go_on(struct connection *connection)
{
    uint64_t *chance = &connection->chance;
    struct endpoint *end = &connection->ends[chance_below(chance, 2)];
    uint32_t what = chance_below(chance, 6);
    switch (what) {
    case 0:
        return endpoint_complete_send(end);
    case 1:
        return endpoint_complete_pong(end);
    case 2:
        return endpoint_complete_receive(end, 1 + chance_below(chance, chance_below(chance, 2) ? 8 : 4096));
    default:
        return endpoint_get(end, what - 2, chance_below(chance, 3), chance_below(chance, 2) != 0);
    }
}

/* One caller, in the plainest order: everything is completed as soon as it is fetched. */
static bool go_on_plainly(struct endpoint *end)
{
    bool done = endpoint_complete_pong(end);
    done = endpoint_complete_send(end) || done;
    done = endpoint_complete_receive(end, SIZE_MAX) || done;
    return endpoint_get(end, WEB_SOCKET_ALL_ACTION_QUEUE, 2, false) || done;
}

/*
 * A step is a byte, and what it takes further. Bit 0: whose; bits 1 to 3:
 *   0 send  1 receive  2, 3, 4 fetch from the queue SEND, RECEIVE, ALL (bit 4: room for two buffers; bit 5:
 *   written at once; bits 6 and 7: first without room)  5 complete (bits 4, 5: pong, send, receive)  6 chance goes on for a while  7 the plain
 *   order for a while (bits 4 to 7: how long)
 */
static void run_step(struct connection *connection)
{
    uint8_t step = input_byte(connection->input);
    struct endpoint *end = &connection->ends[step & 1];
    unsigned what = step >> 1 & 7, more = step >> 4;
    switch (what) {
    case 0:
        run_send(connection, end);
        break;
    case 1:
        run_receive(connection, end);
        break;
    case 5:
        if (more % 4 == 0)
            (void)endpoint_complete_pong(end);
        else if (more % 4 == 1)
            (void)endpoint_complete_send(end);
        else
            (void)endpoint_complete_receive(end, input_byte(connection->input) + 1u);
        break;
    case 6:
        for (unsigned i = 0; i < 4 * (more + 1); i++)
            (void)go_on(connection);
        break;
    case 7:
        for (unsigned i = 0; i <= more; i++)
            (void)go_on_plainly(end);
        break;
    default:
        (void)endpoint_get(end, what - 1, more >= 12 ? 0 : 1 + (more & 1), (more & 2) != 0);
    }
}

static void keep_receiving(struct connection *connection, struct endpoint *end)
{
    static const ULONG sizes[] = {0, 0, 1, 100, 257, 5000};
    if (end->receives_indicated == end->receives_queued)
        endpoint_receive(end, sizes[chance_below(&connection->chance, sizeof sizes / sizeof *sizes)]);
}

/* Until there is nothing left to do: by chance for a while, and then in the plain order, which ends. */
static void drain(struct connection *connection)
{
    bool by_chance = (chance_next(&connection->chance) & 1) != 0;
    for (unsigned i = 0; by_chance && i < 400; i++) {
        keep_receiving(connection, &connection->ends[i % 2]);
        (void)go_on(connection);
    }
    unsigned rounds = 0;
    for (bool done = true; done;) {
        claim(rounds++ < ROUNDS_MAX, "there is always something left to do");
        done = false;
        for (unsigned i = 0; i < 2; i++) {
            keep_receiving(connection, &connection->ends[i]);
            done = go_on_plainly(&connection->ends[i]) || done;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct input input = {bytes, count};
    struct connection connection = {0};
    open_connection(&connection, &input);
    while (!input_is_over(&input))
        run_step(&connection);
    drain(&connection);
    for (unsigned i = 0; i < 2; i++)
        endpoint_check(&connection.ends[i]);
    for (unsigned i = 0; i < 2; i++)
        endpoint_end(&connection.ends[i]);
    for (unsigned i = 0; i < 2; i++)
        endpoint_abort(&connection.ends[i]);
    handle_pair_delete(&connection.pair);
    for (unsigned i = 0; i < 2; i++) {
        endpoint_free(&connection.ends[i]);
        direction_free(&connection.directions[i]);
    }
    return 0;
}
