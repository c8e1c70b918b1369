/*
 * Peers that break no rule of the frames' but are a burden: they vanish, half-way or with a RST, they hang
 * on, they are slow, they take nothing back.
 */
#include "misdeeds.h"

#include <string.h>

#include "frame.h"
#include "upgrade.h"

enum { KEY = 0x3D21FA37, LARGE = 60000 };

static void steps(struct script *script, enum step_kind one, enum step_kind two)
{
    script_add(script, one, 0);
    script_add(script, two, 0);
}

/* The first bytes of a frame: "hello", masked, is 11 bytes long. */
static void add_part_of_hello(struct script *script, unsigned opcode, size_t from, size_t to)
{
    struct bytes frame = {NULL, 0, 0};
    frame_add(&frame, FRAME_FIN | opcode, "hello", 5, KEY);
    bytes_add(&script->bytes, frame.at + from, to - from);
    bytes_free(&frame);
}

static void send_part_of_hello(struct script *script, size_t size)
{
    misdeeds_shake_hands(script);
    add_part_of_hello(script, FRAME_TEXT, 0, size);
    script_add(script, STEP_SEND, 0);
}

static void expect_hello(struct script *script)
{
    frame_add_unmasked(&script->bytes, FRAME_FIN | FRAME_TEXT, "hello", 5);
    script_add(script, STEP_EXPECT, 0);
}

static void close_and_end(struct script *script, enum step_kind way)
{
    frame_add(&script->bytes, FRAME_FIN | FRAME_CLOSE, "\x03\xE8", 2, KEY);
    script_add(script, way, 0);
    frame_add_unmasked(&script->bytes, FRAME_FIN | FRAME_CLOSE, "\x03\xE8", 2);
    steps(script, STEP_EXPECT, STEP_END);
}

static void break_protocol(struct script *script, enum step_kind way)
{
    misdeeds_shake_hands(script);
    frame_add(&script->bytes, FRAME_FIN | 3, "x", 1, KEY);
    script_add(script, way, 1);
    frame_add_unmasked(&script->bytes, FRAME_FIN | FRAME_CLOSE, "\x03\xEA", 2);
    steps(script, STEP_EXPECT, STEP_END);
}

/* ---- Slow ---- */

static void request_at_a_crawl(struct script *script)
{
    bytes_add_text(&script->bytes, UPGRADE_REQUEST);
    script_add(script, STEP_CRAWL, 1);
}

static void request_never_comes(struct script *script)
{
    script_add(script, STEP_END, 0);
}

static void request_never_ends(struct script *script)
{
    bytes_add_text(&script->bytes, UPGRADE_LINE UPGRADE_HOST);
    steps(script, STEP_SEND, STEP_END);
}

static void message_at_a_crawl(struct script *script)
{
    misdeeds_shake_hands(script);
    add_part_of_hello(script, FRAME_TEXT, 0, 11);
    script_add(script, STEP_CRAWL, 0);
    expect_hello(script);
    close_and_end(script, STEP_SEND);
}

static void broken_at_a_crawl(struct script *script)
{
    break_protocol(script, STEP_CRAWL);
}

static void close_at_a_crawl(struct script *script)
{
    misdeeds_shake_hands(script);
    close_and_end(script, STEP_CRAWL);
}

static void half_a_frame_for_long(struct script *script)
{
    send_part_of_hello(script, 9);
    script_add(script, STEP_SILENCE, 0);
    add_part_of_hello(script, FRAME_TEXT, 9, 11);
    script_add(script, STEP_SEND, 0);
    expect_hello(script);
    close_and_end(script, STEP_SEND);
}

static void silent_for_long(struct script *script)
{
    misdeeds_shake_hands(script);
    script_add(script, STEP_SILENCE, 0);
    close_and_end(script, STEP_SEND);
}

/* ---- Taking nothing back ---- */

static void flood(struct script *script, unsigned opcode, size_t size)
{
    uint8_t payload[LARGE];
    memset(payload, 'x', size);
    misdeeds_shake_hands(script);
    frame_add(&script->bytes, FRAME_FIN | opcode, payload, size, KEY);
    script_add(script, STEP_FLOOD, 0);
    script_add(script, STEP_RESET, 0);
}

static void flood_of_messages(struct script *script)
{
    flood(script, FRAME_BINARY, LARGE);
}

static void flood_of_pings(struct script *script)
{
    flood(script, FRAME_PING, FRAME_CONTROL_MAX);
}

static void echo_untaken(struct script *script)
{
    uint8_t payload[LARGE];
    memset(payload, 'x', sizeof payload);
    misdeeds_shake_hands(script);
    frame_add(&script->bytes, FRAME_FIN | FRAME_BINARY, payload, LARGE, KEY);
    script_add(script, STEP_SEND, 0);
    steps(script, STEP_WAIT, STEP_RESET);
}

/* ---- Not leaving ---- */

static void push_on(struct script *script)
{
    bytes_add(&script->bytes, "x", 1);
    script_add(script, STEP_PUSH, 0);
}

static void stay_after_refusal(struct script *script)
{
    bytes_add_text(&script->bytes, "POST /chat HTTP/1.1\r\n\r\n");
    script_add(script, STEP_SEND, 0);
    script_add(script, STEP_REFUSAL, 405);
    push_on(script);
}

static void stay_after_the_close(struct script *script)
{
    misdeeds_shake_hands(script);
    close_and_end(script, STEP_SEND);
    push_on(script);
}

static void stay_after_being_closed(struct script *script)
{
    break_protocol(script, STEP_SEND);
    push_on(script);
}

static void talk_after_the_close(struct script *script)
{
    misdeeds_shake_hands(script);
    frame_add(&script->bytes, FRAME_FIN | FRAME_CLOSE, "\x03\xE8", 2, KEY);
    add_part_of_hello(script, FRAME_TEXT, 0, 11);
    frame_add(&script->bytes, FRAME_FIN | 3, "x", 1, KEY);
    script_add(script, STEP_SEND, 0);
    frame_add_unmasked(&script->bytes, FRAME_FIN | FRAME_CLOSE, "\x03\xE8", 2);
    steps(script, STEP_EXPECT, STEP_END);
}

/* Above RFC 6455's ranges, and answered with itself like any other. */
static void close_with_status_65535(struct script *script)
{
    misdeeds_shake_hands(script);
    frame_add(&script->bytes, FRAME_FIN | FRAME_CLOSE, "\xFF\xFFwhy", 5, KEY);
    script_add(script, STEP_SEND, 0);
    frame_add_unmasked(&script->bytes, FRAME_FIN | FRAME_CLOSE, "\xFF\xFFwhy", 5);
    steps(script, STEP_EXPECT, STEP_END);
}

static void close_inside_a_message(struct script *script)
{
    misdeeds_shake_hands(script);
    frame_add(&script->bytes, FRAME_TEXT, "begun", 5, KEY);
    script_add(script, STEP_SEND, 0);
    frame_add_unmasked(&script->bytes, FRAME_TEXT, "begun", 5);
    script_add(script, STEP_EXPECT, 0);
    close_and_end(script, STEP_SEND);
}

/* ---- Vanishing ---- */

static void reset_at_once(struct script *script)
{
    script_add(script, STEP_RESET, 0);
}

static void leave_at_once(struct script *script)
{
    script_add(script, STEP_DISCONNECT, 0);
}

static void reset_in_the_request(struct script *script)
{
    bytes_add_text(&script->bytes, UPGRADE_LINE);
    steps(script, STEP_SEND, STEP_RESET);
}

static void reset_before_the_answer(struct script *script)
{
    bytes_add_text(&script->bytes, UPGRADE_REQUEST);
    steps(script, STEP_SEND, STEP_RESET);
}

static void reset_when_open(struct script *script)
{
    misdeeds_shake_hands(script);
    script_add(script, STEP_RESET, 0);
}

static void reset_in_a_header(struct script *script)
{
    send_part_of_hello(script, 3);
    steps(script, STEP_WAIT, STEP_RESET);
}

static void reset_in_a_payload(struct script *script)
{
    send_part_of_hello(script, 8);
    steps(script, STEP_WAIT, STEP_RESET);
}

static void reset_between_fragments(struct script *script)
{
    misdeeds_shake_hands(script);
    frame_add(&script->bytes, FRAME_TEXT, "begun", 5, KEY);
    script_add(script, STEP_SEND, 0);
    frame_add_unmasked(&script->bytes, FRAME_TEXT, "begun", 5);
    steps(script, STEP_EXPECT, STEP_RESET);
}

static void reset_after_the_close(struct script *script)
{
    misdeeds_shake_hands(script);
    frame_add(&script->bytes, FRAME_FIN | FRAME_CLOSE, "\x03\xE8", 2, KEY);
    steps(script, STEP_SEND, STEP_RESET);
}

static void reset_after_breaking(struct script *script)
{
    misdeeds_shake_hands(script);
    frame_add(&script->bytes, FRAME_FIN | 3, "x", 1, KEY);
    steps(script, STEP_SEND, STEP_RESET);
}

static void end_in_the_request(struct script *script)
{
    bytes_add_text(&script->bytes, UPGRADE_LINE);
    script_add(script, STEP_SEND, 0);
    steps(script, STEP_FINISH, STEP_END);
}

static void end_when_open(struct script *script)
{
    misdeeds_shake_hands(script);
    steps(script, STEP_FINISH, STEP_END);
}

static void end_in_a_payload(struct script *script)
{
    send_part_of_hello(script, 8);
    steps(script, STEP_FINISH, STEP_END);
}

static const struct {
    const char *name;
    const char *ends;
    void (*write)(struct script *script);
} misdeeds[] = {
    {"a request with a byte a second", "the server's patience", request_at_a_crawl},
    {"a request that never comes", "the server's patience", request_never_comes},
    {"a request that never ends", "the server's patience", request_never_ends},
    {"a message with a byte a second", "echo, close 1000", message_at_a_crawl},
    {"a broken frame with a byte a second", "close 1002", broken_at_a_crawl},
    {"a close with a byte a second", "close 1000", close_at_a_crawl},
    {"half a frame, and nothing for long", "echo, close 1000", half_a_frame_for_long},
    {"nothing at all for long", "close 1000", silent_for_long},
    {"messages without end, echoes untaken", "held back, own reset", flood_of_messages},
    {"pings without end, pongs untaken", "held back, own reset", flood_of_pings},
    {"a reset with the echo half taken", "own reset", echo_untaken},
    {"no end after a refusal", "the server's reset", stay_after_refusal},
    {"no end after the closing handshake", "the server's reset", stay_after_the_close},
    {"no end after being closed", "the server's reset", stay_after_being_closed},
    {"frames behind its close frame", "close 1000", talk_after_the_close},
    {"a close with the status 65535", "close 65535", close_with_status_65535},
    {"a close inside a message", "close 1000", close_inside_a_message},
    {"a reset at once", "own reset", reset_at_once},
    {"an end at once", "own end", leave_at_once},
    {"a reset inside the request", "own reset", reset_in_the_request},
    {"a reset before the handshake's answer", "own reset", reset_before_the_answer},
    {"a reset when open", "own reset", reset_when_open},
    {"a reset inside a frame's header", "own reset", reset_in_a_header},
    {"a reset inside a frame's payload", "own reset", reset_in_a_payload},
    {"a reset between fragments", "own reset", reset_between_fragments},
    {"a reset after its close frame", "own reset", reset_after_the_close},
    {"a reset after a broken frame", "own reset", reset_after_breaking},
    {"the end of the stream inside the request", "end of stream", end_in_the_request},
    {"the end of the stream without a close", "end of stream", end_when_open},
    {"the end of the stream inside a frame", "end of stream", end_in_a_payload},
};

size_t misdeeds_lives_count(void)
{
    return sizeof misdeeds / sizeof *misdeeds;
}

void misdeeds_lives_write(struct script *script, size_t kind, unsigned turn)
{
    (void)turn;
    script->name = misdeeds[kind].name;
    script->ends = misdeeds[kind].ends;
    misdeeds[kind].write(script);
}
