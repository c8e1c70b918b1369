/*
 * A connection of the .NET caller on one thread, see caller_net_wire.h.
 */
#include "caller_net_wire.h"

#include "api_tests.h"

#define OUTPUT_ROOM (400u * 1024)

static void call_once(struct net_wire *wire, void (**function)(struct net_wire *wire))
{
    void (*call)(struct net_wire * wire) = *function;

    *function = NULL;
    if (call != NULL)
        call(wire);
}

static size_t read_input(void *self, uint8_t *to, size_t room)
{
    struct net_wire *wire = self;
    size_t count;

    call_once(wire, &wire->meanwhile_reading);
    count = wire->input.size - wire->taken;
    if (wire->cut != 0 && count > wire->cut)
        count = wire->cut;
    if (count > room)
        count = room;
    if (count > 0)
        memcpy(to, wire->input.bytes + wire->taken, count);
    wire->taken += count;
    return count;
}

static bool write_output(void *self, const uint8_t *bytes, size_t size)
{
    struct net_wire *wire = self;

    if (size > wire->output_room - wire->output_size)
        return false;
    if (size > 0)
        memcpy(wire->output + wire->output_size, bytes, size);
    wire->output_size += size;
    call_once(wire, &wire->meanwhile_writing);
    return true;
}

void wire_open_with(struct net_wire *wire, const struct net_options *options)
{
    memset(wire, 0, sizeof *wire);
    wire->role = options->role;
    wire->output = heap_block(OUTPUT_ROOM);
    wire->output_room = OUTPUT_ROOM;
    net_open(&wire->socket, options, (struct net_stream){read_input, write_output, NULL, wire});
}

void wire_open(struct net_wire *wire, enum role role, ULONG receive_buffer, ULONG send_buffer)
{
    wire_open_with(wire, &(struct net_options){
                             .role = role, .receive_buffer = receive_buffer, .send_buffer = send_buffer});
}

static void expect_no_violation(const struct net_wire *wire)
{
    assert_that(wire->socket.violation == NULL, "%s: %s", role_name(wire->role), wire->socket.violation);
}

void wire_close(struct net_wire *wire)
{
    net_free(&wire->socket);
    expect_no_violation(wire);
    guard_intact();
}

static void expect_result(struct net_wire *wire, void *buffer, size_t size, struct net_result *result)
{
    bool received = net_receive(&wire->socket, buffer, size, result);

    expect_no_violation(wire);
    assert_result(S_OK, wire->socket.error);
    assert_that(received, "%s: the peer's bytes did not suffice for a result", role_name(wire->role));
}

void wire_expect_message(struct net_wire *wire, enum net_kind kind, const void *bytes, size_t size)
{
    uint8_t *buffer = heap_block(size + 1);
    struct net_result result;

    expect_result(wire, buffer, size + 1, &result);
    assert_int_equal(result.kind, kind);
    assert_int_equal(result.count, size);
    assert_true(result.end_of_message);
    assert_memory_equal(buffer, bytes, size);
}

void wire_expect_close(struct net_wire *wire, USHORT status, const char *reason)
{
    uint8_t buffer[1];
    struct net_result result;

    expect_result(wire, buffer, sizeof buffer, &result);
    assert_int_equal(result.kind, NET_CLOSE);
    assert_int_equal(result.status, status);
    assert_int_equal(result.has_reason, reason != NULL);
    assert_string_equal(result.reason, reason != NULL ? reason : "");
}

/* Takes the frame off the output, which expect() has read from a stream. */
static void take_off(struct net_wire *wire, const struct stream *rest)
{
    wire->output += wire->output_size - rest->size;
    wire->output_room -= wire->output_size - rest->size;
    wire->output_size = rest->size;
}

void wire_expect_sent(struct net_wire *wire, unsigned first, const void *payload, size_t size)
{
    struct stream sent = {wire->output, wire->output_size};

    expect_frame("sent", &sent, wire->role, first, payload, size);
    take_off(wire, &sent);
}

void wire_expect_sent_close(struct net_wire *wire, USHORT status, const char *reason)
{
    struct stream sent = {wire->output, wire->output_size};

    expect_close_frame("sent", &sent, wire->role, status, reason);
    take_off(wire, &sent);
}

void wire_expect_silence(const struct net_wire *wire)
{
    assert_int_equal(wire->output_size, 0);
}
