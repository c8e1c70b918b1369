/*
 * Receiving with an extension negotiated, the end of section 6 of the specification: reserved bits and
 * opcodes come with the type of section 5.3, the first byte times 2.
 */
#include "api_tests.h"
#include "play.h"

#define EXTENSION_TYPE(first) ((WEB_SOCKET_BUFFER_TYPE)((first) << 1))

static void play_extended(struct player *player, const struct event *events, size_t count)
{
    player->options.extension = "x-test";
    player->options.receive_buffer = 256;
    for (player->cut = 0; player->cut < 5; player->cut++) {
        play(player);
        expect_events(player, events, count);
        delete_handle(player->handle);
    }
}

static void frames_with_reserved_bits_or_opcodes_come_with_their_first_byte(void)
{
    static const unsigned firsts[] = {FIN | RSV1 | OP_TEXT,
                                      FIN | RSV2 | OP_BINARY,
                                      FIN | RSV3 | OP_TEXT,
                                      FIN | RSV1 | RSV2 | RSV3 | OP_BINARY,
                                      FIN | 0x3,
                                      FIN | 0x7,
                                      FIN | RSV1 | 0x5,
                                      FIN | 0xB,
                                      FIN | 0xF,
                                      FIN | RSV1 | OP_PONG,
                                      FIN | RSV1 | OP_PING};

    for (size_t i = 0; i < COUNT_OF(firsts); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            for (size_t own = 0; own <= 200; own += 200) {
                struct event events[] = {
                    {.kind = EVENT_DATA, .type = EXTENSION_TYPE(firsts[i]), .bytes = "payload", .size = 7},
                    {.kind = EVENT_DATA, .type = EXTENSION_TYPE(firsts[i])},
                };
                struct player player = {.row = role_name(role), .role = role};

                /* Control frames come in library memory, so the caller's buffer is for the others. */
                player.own = (firsts[i] & 0x8) != 0 ? 0 : own;
                stream_frame(&player.stream, role, firsts[i], "payload", 7);
                stream_frame(&player.stream, role, firsts[i], NULL, 0);
                play_extended(&player, events, COUNT_OF(events));
            }
        }
    }
}

/* As permessage-deflate does it: RSV1 on the first frame only. */
static void continuations_of_such_a_message_come_with_their_first_byte_too(void)
{
    static const struct event events[] = {
        EXPECT_DATA(EXTENSION_TYPE(RSV1 | OP_TEXT), "\xF2\x48"),
        EXPECT_ANSWER("ping"),
        EXPECT_DATA(EXTENSION_TYPE(OP_CONTINUATION), "\xCD\xC9"),
        EXPECT_DATA(PING_PONG, "pong"),
        EXPECT_DATA(EXTENSION_TYPE(FIN | OP_CONTINUATION), "\xC9\x07\x00"),
        EXPECT_DATA(UTF8_MESSAGE, "plain"),
        EXPECT_DATA(UTF8_FRAGMENT, "pl"),
        EXPECT_DATA(UTF8_MESSAGE, "ain"),
    };

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct player player = {.row = role_name(role), .role = role};

        stream_frame(&player.stream, role, RSV1 | OP_TEXT, "\xF2\x48", 2);
        stream_frame(&player.stream, role, FIN | OP_PING, "ping", 4);
        stream_frame(&player.stream, role, OP_CONTINUATION, "\xCD\xC9", 2);
        stream_frame(&player.stream, role, FIN | OP_PONG, "pong", 4);
        stream_frame(&player.stream, role, FIN | OP_CONTINUATION, "\xC9\x07\x00", 3);
        stream_frame(&player.stream, role, FIN | OP_TEXT, "plain", 5);
        stream_frame(&player.stream, role, OP_TEXT, "pl", 2);
        stream_frame(&player.stream, role, FIN | OP_CONTINUATION, "ain", 3);
        play_extended(&player, events, COUNT_OF(events));
    }
}

static void the_type_has_fin_only_on_the_last_part_of_a_frame(void)
{
    uint8_t *payload = make_payload(600);
    struct event events[] = {
        {.kind = EVENT_DATA, .type = EXTENSION_TYPE(RSV1 | OP_TEXT), .bytes = payload, .size = 256},
        {.kind = EVENT_DATA, .type = EXTENSION_TYPE(RSV1 | OP_TEXT), .bytes = payload + 256, .size = 256},
        {.kind = EVENT_DATA,
         .type = EXTENSION_TYPE(FIN | RSV1 | OP_TEXT),
         .bytes = payload + 512,
         .size = 88},
    };

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct player player = {.row = role_name(role), .role = role};

        stream_frame(&player.stream, role, FIN | RSV1 | OP_TEXT, payload, 600);
        play_extended(&player, events, COUNT_OF(events));
    }
}

static void text_of_such_a_message_is_not_verified(void)
{
    static const struct event events[] = {
        EXPECT_DATA(EXTENSION_TYPE(FIN | RSV1 | OP_TEXT), "\xFF\xFE"),
        EXPECT_DATA(EXTENSION_TYPE(RSV1 | OP_TEXT), "\xC3"),
        EXPECT_DATA(EXTENSION_TYPE(FIN | OP_CONTINUATION), "\xFF"),
    };

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct player player = {.row = role_name(role), .role = role};

        stream_frame(&player.stream, role, FIN | RSV1 | OP_TEXT, "\xFF\xFE", 2);
        stream_frame(&player.stream, role, RSV1 | OP_TEXT, "\xC3", 1);
        stream_frame(&player.stream, role, FIN | OP_CONTINUATION, "\xFF", 1);
        play_extended(&player, events, COUNT_OF(events));
    }
}

static void text_of_a_message_without_reserved_bits_still_is(void)
{
    static const struct event events[] = {
        EXPECT_DATA(EXTENSION_TYPE(FIN | RSV1 | OP_TEXT), "\xFF\xFE"),
        EXPECT_DATA(UTF8_FRAGMENT, "\xC3"),
        EXPECT_FAILURE(1007),
    };

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct player player = {.row = role_name(role), .role = role};

        stream_frame(&player.stream, role, FIN | RSV1 | OP_TEXT, "\xFF\xFE", 2);
        stream_frame(&player.stream, role, OP_TEXT, "\xC3", 1);
        stream_frame(&player.stream, role, FIN | OP_CONTINUATION, "\xFF", 1);
        play_extended(&player, events, COUNT_OF(events));
    }
}

/* What no extension may change, RFC 6455, 5.4 and 5.5. */
static void other_broken_frames_stay_broken(void)
{
    static const struct {
        const char *row;
        const char *header;
        size_t size;
    } rows[] = {
        {"a fragmented reserved control frame", "\x0B", 1},
        {"a fragmented ping with RSV1", "\x49", 1},
        {"a reserved control frame of 126 bytes", "\x8B\x7E", 2},
        {"a continuation without a start", "\x80", 1},
        {"a length not in its shortest form", "\xC1\x7E\x00\x05", 4},
        {"a length of 2^63", "\xC1\x7F\x80", 3},
    };
    static const struct event failure = EXPECT_FAILURE(1002);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            struct player player = {.row = rows[i].row, .role = role};
            uint8_t header[8];

            memcpy(header, rows[i].header, rows[i].size);
            if (role == ROLE_SERVER && rows[i].size > 1)
                header[1] |= 0x80;
            stream_bytes(&player.stream, header, rows[i].size);
            play_extended(&player, &failure, 1);
        }
    }
}

static void a_new_message_inside_an_extensions_message_is_broken(void)
{
    static const struct event events[] = {EXPECT_DATA(EXTENSION_TYPE(RSV1 | OP_TEXT), "begun"),
                                          EXPECT_FAILURE(1002)};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct player player = {.row = role_name(role), .role = role};

        stream_frame(&player.stream, role, RSV1 | OP_TEXT, "begun", 5);
        stream_frame(&player.stream, role, FIN | RSV1 | OP_TEXT, "again", 5);
        play_extended(&player, events, COUNT_OF(events));
    }
}

static void the_received_type_can_be_sent_as_it_is(void)
{
    struct session_options extended = {.extension = "x-test"};
    struct pair pair = open_pair(&extended, &extended);
    struct stream sent = {NULL, 0};
    struct action action;

    send_data(pair.client, EXTENSION_TYPE(FIN | RSV1 | OP_BINARY), "squeezed", 8, NULL);
    stream_output(&sent, pair.client);
    receive(pair.server, NULL, 0, NULL);
    feed(pair.server, sent.bytes, sent.size, 0);
    action = next_action(pair.server, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    assert_result(S_OK, ws->Send(pair.server, action.type, &action.buffers[0], NULL));
    sent = (struct stream){NULL, 0};
    stream_output(&sent, pair.server);
    complete(pair.server, &action);
    expect_frame("echo", &sent, ROLE_SERVER, FIN | RSV1 | OP_BINARY, "squeezed", 8);
}

const struct api_case receive_extension_cases[] = {
    API_CASE(RULE_DOC, frames_with_reserved_bits_or_opcodes_come_with_their_first_byte),
    API_CASE(RULE_DOC, continuations_of_such_a_message_come_with_their_first_byte_too),
    API_CASE(RULE_DOC, the_type_has_fin_only_on_the_last_part_of_a_frame),
    API_CASE(RULE_DOC, text_of_such_a_message_is_not_verified),
    API_CASE(RULE_CHOICE, text_of_a_message_without_reserved_bits_still_is),
    API_CASE(RULE_CHOICE, other_broken_frames_stay_broken),
    API_CASE(RULE_CHOICE, a_new_message_inside_an_extensions_message_is_broken),
    API_CASE(RULE_DOC, the_received_type_can_be_sent_as_it_is),
    API_CASES_END,
};
