/*
 * Broken input, section 6 of the specification: each kind fails at the first byte that shows it, not before
 * and not later, and nothing of the broken frame is delivered.
 */
#include "api_tests.h"
#include "play.h"

#include <stdio.h>

/* ---- Headers ---- */

struct frame_row {
    unsigned first;
    const char *payload;
};

/*
 * Whole frames, and then the beginning of a header that breaks at its last byte. For a server the mask bit is
 * added to the header's second byte.
 */
struct broken_header {
    const char *row;
    struct frame_row before[2];
    const char *header;
    size_t size;
};

#define BROKEN(header) header, sizeof(header) - 1
#define TEXT_BEGUN                                                                                           \
    {                                                                                                        \
        {                                                                                                    \
            OP_TEXT, "begun"                                                                                 \
        }                                                                                                    \
    }
#define MESSAGE_ENDED                                                                                        \
    {                                                                                                        \
        {OP_TEXT, "begun"},                                                                                  \
        {                                                                                                    \
            FIN | OP_CONTINUATION, "ended"                                                                   \
        }                                                                                                    \
    }

static const struct broken_header broken_headers[] = {
    {"RSV1", {{0, NULL}}, BROKEN("\xC1")},
    {"RSV2", {{0, NULL}}, BROKEN("\xA1")},
    {"RSV3", {{0, NULL}}, BROKEN("\x91")},
    {"all reserved bits", {{0, NULL}}, BROKEN("\xF2")},
    {"RSV1 on a continuation", TEXT_BEGUN, BROKEN("\xC0")},
    {"RSV1 on a ping", {{0, NULL}}, BROKEN("\xC9")},
    {"RSV2 on a close", {{0, NULL}}, BROKEN("\xA8")},
    {"opcode 3", {{0, NULL}}, BROKEN("\x83")},
    {"opcode 4", {{0, NULL}}, BROKEN("\x84")},
    {"opcode 5", {{0, NULL}}, BROKEN("\x85")},
    {"opcode 6", {{0, NULL}}, BROKEN("\x86")},
    {"opcode 7", {{0, NULL}}, BROKEN("\x87")},
    {"opcode 7 without FIN", {{0, NULL}}, BROKEN("\x07")},
    {"opcode 3 inside a message", TEXT_BEGUN, BROKEN("\x83")},
    {"opcode B", {{0, NULL}}, BROKEN("\x8B")},
    {"opcode C", {{0, NULL}}, BROKEN("\x8C")},
    {"opcode D", {{0, NULL}}, BROKEN("\x8D")},
    {"opcode E", {{0, NULL}}, BROKEN("\x8E")},
    {"opcode F", {{0, NULL}}, BROKEN("\x8F")},
    {"opcode F without FIN", {{0, NULL}}, BROKEN("\x0F")},
    {"a fragmented close", {{0, NULL}}, BROKEN("\x08")},
    {"a fragmented ping", {{0, NULL}}, BROKEN("\x09")},
    {"a fragmented pong", {{0, NULL}}, BROKEN("\x0A")},
    {"a fragmented ping inside a message", TEXT_BEGUN, BROKEN("\x09")},
    {"a continuation without a start", {{0, NULL}}, BROKEN("\x80")},
    {"a continuation without a start and without FIN", {{0, NULL}}, BROKEN("\x00")},
    {"a continuation after the end", MESSAGE_ENDED, BROKEN("\x80")},
    {"a continuation after an unfragmented message", {{FIN | OP_TEXT, "whole"}}, BROKEN("\x00")},
    {"a continuation after a pong", {{FIN | OP_PONG, "pong"}}, BROKEN("\x80")},
    {"text inside a message", TEXT_BEGUN, BROKEN("\x81")},
    {"binary inside a message", TEXT_BEGUN, BROKEN("\x82")},
    {"a text fragment inside a message", TEXT_BEGUN, BROKEN("\x01")},
    {"a binary fragment inside a message", {{OP_BINARY, "begun"}}, BROKEN("\x02")},
    {"text inside a continued message", {{OP_BINARY, "begun"}, {OP_CONTINUATION, "on"}}, BROKEN("\x81")},
    {"text inside a message, after a pong", {{OP_TEXT, "begun"}, {FIN | OP_PONG, "pong"}}, BROKEN("\x81")},
    {"a ping of 126 bytes", {{0, NULL}}, BROKEN("\x89\x7E")},
    {"a pong of 126 bytes", {{0, NULL}}, BROKEN("\x8A\x7E")},
    {"a close of 126 bytes", {{0, NULL}}, BROKEN("\x88\x7E")},
    {"a ping with a 64-bit length", {{0, NULL}}, BROKEN("\x89\x7F")},
    {"a close with a 64-bit length", {{0, NULL}}, BROKEN("\x88\x7F")},
    {"a close with a 1-byte body", {{0, NULL}}, BROKEN("\x88\x01")},
    {"a close with a 1-byte body inside a message", TEXT_BEGUN, BROKEN("\x88\x01")},
    {"a length of 0 in 16 bits", {{0, NULL}}, BROKEN("\x82\x7E\x00\x00")},
    {"a length of 125 in 16 bits", {{0, NULL}}, BROKEN("\x82\x7E\x00\x7D")},
    {"a length of 125 in 16 bits, continued", TEXT_BEGUN, BROKEN("\x80\x7E\x00\x7D")},
    {"a length of 0 in 64 bits", {{0, NULL}}, BROKEN("\x82\x7F\x00\x00\x00\x00\x00\x00")},
    {"a length below 65536 in 64 bits", {{0, NULL}}, BROKEN("\x81\x7F\x00\x00\x00\x00\x00\x00")},
    {"a length of 2^63", {{0, NULL}}, BROKEN("\x82\x7F\x80")},
    {"a length of 2^64 - 1", {{0, NULL}}, BROKEN("\x82\x7F\xFF")},
};

/* Bytes after the first wrong one. They must make no difference. */
static const char rubbish[] = "\x81\x85\x01\x02\x03\x04 and more of it";

static size_t add_frames(struct player *player, const struct frame_row *frames, struct event *events)
{
    size_t count = 0;

    for (; count < 2 && frames[count].payload != NULL; count++) {
        static const WEB_SOCKET_BUFFER_TYPE types[2][2] = {{UTF8_FRAGMENT, UTF8_MESSAGE},
                                                           {BINARY_FRAGMENT, BINARY_MESSAGE}};
        unsigned start = frames[0].first & 0xF;
        bool is_pong = (frames[count].first & 0xF) == OP_PONG;

        stream_frame(&player->stream, player->role, frames[count].first, frames[count].payload,
                     strlen(frames[count].payload));
        events[count] = (struct event){
            .kind = EVENT_DATA,
            .type = is_pong ? PING_PONG : types[start == OP_BINARY][(frames[count].first & FIN) != 0],
            .bytes = frames[count].payload,
            .size = strlen(frames[count].payload)};
    }
    return count;
}

/* Plays the stream whole and in bites; byte by byte the failure must come with the byte of this number. */
static void expect_broken_at(struct player *player, const struct event *events, size_t count, size_t byte)
{
    static const size_t cuts[] = {1, 0, 2, 3};

    stream_bytes(&player->stream, rubbish, sizeof rubbish);
    for (size_t i = 0; i < COUNT_OF(cuts); i++) {
        player->cut = cuts[i];
        play(player);
        expect_events(player, events, count);
        if (player->cut == 1) {
            size_t given = player->events[count - 1].given;

            assert_that(given == byte, "%s (%s): failed at byte %u, expected at byte %u", player->row,
                        role_name(player->role), (unsigned)given, (unsigned)byte);
        }
    }
}

/* The frames before, the beginning of the broken header, and the events up to the failure. */
static size_t make_broken(struct player *player, const struct broken_header *broken, struct event *events)
{
    size_t count = add_frames(player, broken->before, events);
    uint8_t header[16];

    memcpy(header, broken->header, broken->size);
    if (player->role == ROLE_SERVER && broken->size > 1)
        header[1] |= 0x80;
    stream_bytes(&player->stream, header, broken->size);
    events[count++] = (struct event)EXPECT_FAILURE(1002);
    return count;
}

static void a_broken_header_is_refused(void)
{
    for (size_t i = 0; i < COUNT_OF(broken_headers); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            struct player player = {.role = role};
            struct event events[3];

            make_broken(&player, &broken_headers[i], events);
            stream_bytes(&player.stream, rubbish, sizeof rubbish);
            assert_result_for(broken_headers[i].row, E_INVALID_PROTOCOL_FORMAT,
                              first_failure(role, &player.stream));
        }
    }
}

static void a_broken_header_fails_at_the_first_byte_that_shows_it_in(size_t own)
{
    for (size_t i = 0; i < COUNT_OF(broken_headers); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            const struct broken_header *broken = &broken_headers[i];
            struct player player = {.row = broken->row, .role = role, .own = own};
            struct event events[3];
            size_t count = make_broken(&player, broken, events);

            expect_broken_at(&player, events, count, player.stream.size);
        }
    }
}

static void a_broken_header_fails_at_the_first_byte_that_shows_it(void)
{
    a_broken_header_fails_at_the_first_byte_that_shows_it_in(0);
}

static void a_broken_header_fails_also_when_the_caller_has_a_buffer(void)
{
    a_broken_header_fails_at_the_first_byte_that_shows_it_in(64);
}

/* ---- The mask bit ---- */

static void expect_mask_failure(const char *row, enum role role, const struct session_options *options)
{
    static const uint8_t seconds[] = {0x00, 0x01, 0x02, 0x7D, 0x7E, 0x7F};
    static const uint8_t firsts[] = {0x81, 0x01, 0x82, 0x88, 0x89, 0x8A};

    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        for (size_t k = 0; k < COUNT_OF(firsts); k++) {
            struct player player = {.row = row, .role = role, .options = *options};
            struct event failure = EXPECT_FAILURE(1002);
            uint8_t header[2];

            header[0] = firsts[k];
            header[1] = (uint8_t)(seconds[i] | (role == ROLE_CLIENT ? 0x80 : 0));
            stream_bytes(&player.stream, header, 2);
            expect_broken_at(&player, &failure, 1, 2);
        }
    }
}

static void a_masked_frame_from_a_server_fails_at_its_second_byte(void)
{
    expect_mask_failure("masked", ROLE_CLIENT, &(struct session_options){0});
}

static void an_unmasked_frame_from_a_client_fails_at_its_second_byte(void)
{
    expect_mask_failure("unmasked", ROLE_SERVER, &(struct session_options){0});
}

/* A client that disables masking speaks of its own frames. */
static void a_masked_frame_from_a_server_fails_with_masking_disabled_too(void)
{
    expect_mask_failure("masked", ROLE_CLIENT, &(struct session_options){.disable_masking = true});
}

/* ---- Close statuses ---- */

/*
 * A status fails at its first byte if none of the 256 statuses that begin with it is allowed, else at its
 * second.
 */
static const struct {
    USHORT status;
    size_t byte;
} broken_statuses[] = {
    {0, 1},    {1, 1},    {255, 1},  {256, 1},  {767, 1},  {768, 2},  {999, 2},
    {1004, 2}, {1005, 2}, {1006, 2}, {1015, 2}, {1016, 2}, {1023, 2}, {1024, 1},
    {1100, 1}, {2000, 1}, {2815, 1}, {2816, 2}, {2999, 2},
};

static void a_status_that_must_not_appear_fails_at_the_first_byte_that_shows_it(void)
{
    for (size_t i = 0; i < COUNT_OF(broken_statuses); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            for (unsigned reason = 0; reason < 2; reason++) {
                size_t header = role == ROLE_SERVER ? 6 : 2;
                struct player player = {.row = "status", .role = role};
                struct event failure = EXPECT_FAILURE(1002);
                char row[32];

                snprintf(row, sizeof row, "status %u", broken_statuses[i].status);
                player.row = row;
                stream_close(&player.stream, role, broken_statuses[i].status, reason != 0 ? "bye" : NULL);
                expect_broken_at(&player, &failure, 1, header + broken_statuses[i].byte);
            }
        }
    }
}

/* By the rule itself, section 7.4 of RFC 6455, as far as it goes: up to 4999. */
static bool may_appear(unsigned status)
{
    return status >= 1000 && status != 1004 && status != 1005 && status != 1006 &&
           (status < 1015 || status > 2999);
}

/* The last byte of the close frame comes alone, if its first is not wrong already. */
static void expect_status(unsigned status)
{
    uint8_t frame[FRAME_HEADER_MAX + 2];
    size_t size = make_close(frame, false, (USHORT)status, NULL);
    WEB_SOCKET_HANDLE client;
    struct action action;

    client = open_client(NULL);
    receive(client, NULL, 0, NULL);
    feed(client, frame, size - 1, 0);
    action = get_action(client, RECEIVE_QUEUE, 1);
    if (action.result == S_OK) {
        action.buffers[0].Data.pbBuffer[0] = frame[size - 1];
        complete_with(client, &action, 1);
        action = get_action(client, RECEIVE_QUEUE, 1);
    }
    assert_that(action.result == (may_appear(status) ? S_OK : E_INVALID_PROTOCOL_FORMAT), "status %u: %s",
                status, result_name(action.result));
    if (may_appear(status))
        assert_int_equal(action.buffers[0].CloseStatus.usStatus, status);
    delete_handle(client);
}

static void every_status_is_accepted_or_refused_by_the_rule(void)
{
    for (unsigned status = 0; status <= 4999; status++)
        expect_status(status);
}

/* They are outside of RFC 6455's ranges, but the genuine DLL delivers 65535. */
static void a_status_above_4999_is_delivered(void)
{
    static const unsigned edges[] = {5000, 5001, 5119, 5120, 32767, 32768, 65534, 65535};

    for (size_t i = 0; i < COUNT_OF(edges); i++)
        expect_status(edges[i]);
    for (unsigned status = 5000; status <= 65535; status += 97)
        expect_status(status);
}

const struct api_case receive_broken_cases[] = {
    API_CASE(RULE_DOC, a_broken_header_is_refused),
    API_CASE(RULE_CHOICE, a_broken_header_fails_at_the_first_byte_that_shows_it),
    API_CASE(RULE_CHOICE, a_broken_header_fails_also_when_the_caller_has_a_buffer),
    API_CASE(RULE_CHOICE, a_masked_frame_from_a_server_fails_at_its_second_byte),
    API_CASE(RULE_CHOICE, an_unmasked_frame_from_a_client_fails_at_its_second_byte),
    API_CASE(RULE_CHOICE, a_masked_frame_from_a_server_fails_with_masking_disabled_too),
    API_CASE(RULE_CHOICE, a_status_that_must_not_appear_fails_at_the_first_byte_that_shows_it),
    API_CASE(RULE_RFC, every_status_is_accepted_or_refused_by_the_rule),
    API_CASE(RULE_WIRE, a_status_above_4999_is_delivered),
    API_CASES_END,
};
