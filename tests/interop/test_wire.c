/*
 * test_wire.c - in which order and with how many writes the library's actions go out, and when they are complete. Socket
 * and library are played here: how much the one takes is said by each test, and what the other is told is written down.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "wire.h"

#include "system.h"

enum { LARGE = 65536, STREAM = 1 << 18 };

static struct {
    size_t room; /* bytes that the socket takes before it is full */
    bool lost;
    unsigned writes;
    char stream[STREAM]; /* what was written */
    size_t size;
    const void *last; /* where the last part of the last write lies */
    int arrives;      /* what the next read returns */
    uintptr_t completed[256];
    ULONG counts[256];
    unsigned completions;
    const void *forgotten;
    size_t forgotten_size;
    unsigned forgets;
} played;

int net_write(net_socket socket, const struct net_part *parts, unsigned count)
{
    size_t before = played.size;
    (void)socket;
    assert_in_range(count, 1, NET_PARTS);
    played.writes++;
    for (unsigned i = 0; i < count; i++) {
        size_t size = parts[i].size < played.room ? parts[i].size : played.room;
        assert_true(size <= sizeof played.stream - played.size);
        if (size > 0)
            memcpy(played.stream + played.size, played.last = parts[i].bytes, size);
        played.size += size;
        played.room -= size;
    }
    if (played.lost)
        return NET_LOST;
    return played.size > before ? (int)(played.size - before) : NET_WAIT;
}

int net_read(net_socket socket, void *to, size_t room)
{
    (void)socket;
    if (played.arrives > 0) {
        assert_true((size_t)played.arrives <= room);
        memset(to, 'r', (size_t)played.arrives);
    }
    return played.arrives;
}

VOID WINAPI WebSocketCompleteAction(WEB_SOCKET_HANDLE handle, PVOID context, ULONG count)
{
    (void)handle;
    assert_in_range(played.completions, 0, 255);
    played.completed[played.completions] = (uintptr_t)context;
    played.counts[played.completions++] = count;
}

void system_forget(void *memory, size_t size)
{
    played.forgotten = memory;
    played.forgotten_size = size;
    played.forgets++;
}

static struct wire wire;
static char text[LARGE]; /* what is sent: every stretch of it is another */

static void write_text(void)
{
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 7 ^ i >> 5);
}

static int begin(void **state)
{
    (void)state;
    memset(&played, 0, sizeof played);
    memset(&wire, 0, sizeof wire);
    played.room = SIZE_MAX;
    write_text();
    return 0;
}

static int end(void **state)
{
    (void)state;
    wire_close(&wire);
    backlog_end();
    return 0;
}

typedef void (*starter)(struct wire *, const WEB_SOCKET_BUFFER *, ULONG, PVOID);

/* A frame with a header of two bytes: both are pieces of text. */
static void hand_out(starter start, size_t from, size_t size, uintptr_t context)
{
    WEB_SOCKET_BUFFER buffers[2];
    memset(buffers, 0, sizeof buffers);
    buffers[0].Data.pbBuffer = (BYTE *)text + from;
    buffers[0].Data.ulBufferLength = 2;
    buffers[1].Data.pbBuffer = (BYTE *)text + from + 2;
    buffers[1].Data.ulBufferLength = (ULONG)size - 2;
    start(&wire, buffers, size > 2 ? 2 : 1, (PVOID)context);
}

static void expect_written(size_t from, size_t size)
{
    assert_int_equal(played.size, size);
    assert_memory_equal(played.stream, text + from, size);
}

static void expect_completed(unsigned number, uintptr_t context, ULONG count)
{
    assert_true(number < played.completions);
    assert_int_equal(played.completed[number], context);
    assert_int_equal(played.counts[number], count);
}

static void small_frames_are_complete_at_once_and_go_out_with_one_write(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        hand_out(wire_take_over, (size_t)i * 20, 20, i + 1);
        expect_completed(i, i + 1, 20);
    }
    assert_int_equal(played.writes, 0);
    assert_int_equal(wire_events(&wire), POLLOUT);
    assert_int_equal(wire_write(&wire), WIRE_IDLE);
    assert_int_equal(played.writes, 1);
    expect_written(0, 2000);
    assert_int_equal(wire_events(&wire), 0);
    assert_int_equal(wire_write(&wire), WIRE_IDLE);
    assert_int_equal(played.writes, 1);
}

static void a_large_frame_is_written_from_where_it_lies_with_all_before_it(void **state)
{
    (void)state;
    hand_out(wire_take_over, 0, 20, 1);
    hand_out(wire_take_over, 20, 40000, 2);
    assert_int_equal(played.completions, 1);
    assert_int_equal(wire_write(&wire), WIRE_DONE);
    assert_int_equal(played.writes, 1);
    assert_ptr_equal(played.last, text + 22);
    expect_written(0, 40020);
    expect_completed(1, 2, 40000);
    assert_int_equal(wire_events(&wire), 0);
}

static void nothing_overtakes_a_large_frame(void **state)
{
    (void)state;
    hand_out(wire_take_over, 0, 40000, 1);
    hand_out(wire_take_over, 40000, 2, 2);
    assert_int_equal(played.completions, 0);
    assert_int_equal(wire_write(&wire), WIRE_DONE);
    assert_int_equal(played.writes, 1);
    expect_written(0, 40002);
    expect_completed(0, 1, 40000);
    expect_completed(1, 2, 2);
}

static void bytes_are_the_same_wherever_a_write_ends(void **state)
{
    for (size_t cut = 1; cut < 65000; cut += cut < 30 || cut > 64900 ? 1 : 997) {
        begin(state);
        hand_out(wire_take_over, 0, 20, 1);
        hand_out(wire_take_over, 20, 60000, 2);
        hand_out(wire_take_over, 60020, 5000, 3);
        played.room = cut;
        wire_write(&wire);
        expect_written(0, cut);
        assert_int_equal(wire_events(&wire), POLLOUT);
        played.room = SIZE_MAX;
        wire_write(&wire);
        expect_written(0, 65020);
        assert_int_equal(wire_events(&wire), 0);
        assert_int_equal(played.completions, 3);
        expect_completed(1, 2, 60000);
        expect_completed(2, 3, 5000);
    }
}

/* Then there is nothing that the library waits for, and it can be asked for the next message. */
static void what_a_full_socket_leaves_of_a_large_frame_is_taken_over(void **state)
{
    (void)state;
    hand_out(wire_take_over, 0, 60000, 1);
    played.room = 10000;
    assert_int_equal(wire_write(&wire), WIRE_DONE);
    expect_completed(0, 1, 60000);
    memset(text + 10000, 'x', 50000); /* the library's memory is its own again */
    played.room = SIZE_MAX;
    assert_int_equal(wire_write(&wire), WIRE_IDLE);
    write_text();
    expect_written(0, 60000);
}

static void a_peer_that_takes_nothing_has_a_backlog_of_one_size_and_no_more(void **state)
{
    unsigned taken = 0;
    (void)state;
    played.room = 0;
    for (; wire.write_count == 0; taken++) {
        hand_out(wire_take_over, (size_t)taken % 90 * 700, 700, taken + 1);
        wire_write(&wire);
    }
    assert_int_equal(taken, BACKLOG_SIZE / 700 + 1);
    assert_int_equal(played.completions, taken - 1);
    assert_int_equal(wire_write(&wire), WIRE_IDLE);
    assert_int_equal(played.completions, taken - 1);

    played.room = 700; /* of which another frame finds place */
    assert_int_equal(wire_write(&wire), WIRE_DONE);
    assert_int_equal(played.completions, taken);
    played.room = SIZE_MAX;
    assert_int_equal(wire_write(&wire), WIRE_IDLE);
    assert_int_equal(wire_events(&wire), 0);
    assert_int_equal(played.size, (size_t)taken * 700);
    for (size_t i = 0; i < taken; i++)
        assert_memory_equal(played.stream + i * 700, text + i % 90 * 700, 700);
}

static void a_frame_may_have_no_payload(void **state)
{
    (void)state;
    hand_out(wire_take_over, 0, 2, 1);
    expect_completed(0, 1, 2);
    wire_write(&wire);
    expect_written(0, 2);
}

static void the_last_frame_is_complete_when_it_was_written(void **state)
{
    (void)state;
    hand_out(wire_take_over, 0, 20, 1);
    hand_out(wire_start_write, 20, 4, 2);
    played.room = 22;
    assert_int_equal(wire_write(&wire), WIRE_IDLE);
    assert_int_equal(played.completions, 1);
    played.room = SIZE_MAX;
    assert_int_equal(wire_write(&wire), WIRE_DONE);
    expect_completed(1, 2, 4);
    expect_written(0, 24);
}

static void a_peer_that_is_gone_is_told_of(void **state)
{
    (void)state;
    hand_out(wire_take_over, 0, 20, 1);
    played.lost = true;
    assert_int_equal(wire_write(&wire), WIRE_LOST);
}

static void start_read(char *memory, ULONG size)
{
    WEB_SOCKET_BUFFER buffer;
    memset(&buffer, 0, sizeof buffer);
    buffer.Data.pbBuffer = (BYTE *)memory;
    buffer.Data.ulBufferLength = size;
    wire_start_read(&wire, &buffer, (PVOID)7);
}

static void a_read_is_complete_with_what_there_was(void **state)
{
    static const struct {
        int arrives;
        enum wire_result result;
    } cases[] = {{NET_WAIT, WIRE_IDLE}, {0, WIRE_LOST}, {NET_LOST, WIRE_LOST}, {5, WIRE_DONE}};
    (void)state;
    assert_int_equal(wire_read(&wire), WIRE_IDLE);
    start_read(text, 100);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(wire_events(&wire), POLLIN);
        played.arrives = cases[i].arrives;
        assert_int_equal(wire_read(&wire), cases[i].result);
    }
    expect_completed(0, 7, 5);
    assert_memory_equal(text, "rrrrr", 5);
    assert_int_equal(wire_events(&wire), 0);
}

static void read_into(size_t from, int count)
{
    played.arrives = count;
    start_read(text + from, (ULONG)(LARGE - from));
    assert_int_equal(wire_read(&wire), WIRE_DONE);
}

/* Once, between two calls of wire_rest that nothing large was read between, and only what waits for bytes. */
static void what_a_large_read_took_is_given_back(void **state)
{
    (void)state;
    wire_rest(&wire);
    read_into(0, 4097);
    wire_rest(&wire);
    wire_rest(&wire);
    assert_int_equal(played.forgets, 0); /* no read waited */
    start_read(text + 5, 195);
    wire_rest(&wire);
    assert_int_equal(played.forgets, 0);
    for (int i = 0; i < 3; i++) {
        wire_rest(&wire);
        assert_int_equal(played.forgets, 1);
        assert_ptr_equal(played.forgotten, text + 5);
        assert_int_equal(played.forgotten_size, 195);
    }
}

static void large_is_what_reaches_far_into_the_memory(void **state)
{
    (void)state;
    read_into(0, 4096);
    start_read(text, LARGE);
    wire_rest(&wire);
    wire_rest(&wire);
    assert_int_equal(played.forgets, 0);
    read_into(4096, 1);
    start_read(text, LARGE);
    wire_rest(&wire);
    read_into(0, 4097);
    start_read(text, LARGE);
    wire_rest(&wire);
    assert_int_equal(played.forgets, 0);
    read_into(0, 1);
    start_read(text, LARGE);
    wire_rest(&wire);
    assert_int_equal(played.forgets, 1);
}

static void the_end_gives_back_all_of_it(void **state)
{
    (void)state;
    wire_close(&wire);
    assert_int_equal(played.forgets, 0);
    read_into(0, 60000);
    read_into(60000, 10);
    wire_close(&wire);
    assert_int_equal(played.forgets, 1);
    assert_ptr_equal(played.forgotten, text);
    assert_int_equal(played.forgotten_size, LARGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(small_frames_are_complete_at_once_and_go_out_with_one_write),
        TEST(a_large_frame_is_written_from_where_it_lies_with_all_before_it),
        TEST(nothing_overtakes_a_large_frame),
        TEST(bytes_are_the_same_wherever_a_write_ends),
        TEST(what_a_full_socket_leaves_of_a_large_frame_is_taken_over),
        TEST(a_peer_that_takes_nothing_has_a_backlog_of_one_size_and_no_more),
        TEST(a_frame_may_have_no_payload),
        TEST(the_last_frame_is_complete_when_it_was_written),
        TEST(a_peer_that_is_gone_is_told_of),
        TEST(a_read_is_complete_with_what_there_was),
        TEST(what_a_large_read_took_is_given_back),
        TEST(large_is_what_reaches_far_into_the_memory),
        TEST(the_end_gives_back_all_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
