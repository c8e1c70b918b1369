/*
 * Text that is not UTF-8, section 6 of the specification: decided at the earliest wrong byte, across
 * fragments too.
 */
#include "api_tests.h"
#include "play.h"

/* ---- The texts ---- */

struct text_row {
    const char *row;
    const char *text;
    size_t size;
    size_t
        wrong; /* the number of the byte that is wrong, 1 for the first; UNFINISHED: none, but characters end early */
};

#define LITERAL(literal) literal, sizeof(literal) - 1
#define UNFINISHED       0

/* RFC 3629. */
static const struct text_row wrong_texts[] = {
    {"a continuation byte alone", LITERAL("\x80"), 1},
    {"the last continuation byte alone", LITERAL("\xBF"), 1},
    {"a continuation byte after a letter",
     LITERAL("a\x80"
             "b"),
     2},
    {"C0, always overlong", LITERAL("\xC0\x80"), 1},
    {"C1, always overlong", LITERAL("\xC1\xBF"), 1},
    {"F5, beyond U+10FFFF", LITERAL("\xF5\x80\x80\x80"), 1},
    {"FE", LITERAL("\xFE"), 1},
    {"FF among letters",
     LITERAL("abc\xFF"
             "def"),
     4},
    {"two bytes, second a letter", LITERAL("\xC3\x28"), 2},
    {"two bytes, second another start", LITERAL("\xC3\xC3\xA9"), 2},
    {"three bytes, overlong", LITERAL("\xE0\x9F\xBF"), 2},
    {"three bytes, overlong NUL", LITERAL("\xE0\x80\x80"), 2},
    {"the first surrogate", LITERAL("\xED\xA0\x80"), 2},
    {"the last surrogate", LITERAL("\xED\xBF\xBF"), 2},
    {"a surrogate pair", LITERAL("x\xED\xA0\xBD\xED\xB8\x80"), 3},
    {"three bytes, second a letter", LITERAL("\xE2\x28\xA1"), 2},
    {"three bytes, third a letter", LITERAL("\xE2\x82\x28"), 3},
    {"three bytes, third another start", LITERAL("\xE2\x82\xE2\x82\xAC"), 3},
    {"four bytes, overlong", LITERAL("\xF0\x8F\xBF\xBF"), 2},
    {"the first above U+10FFFF", LITERAL("\xF4\x90\x80\x80"), 2},
    {"four bytes, second a letter", LITERAL("\xF0\x28\x8C\xBC"), 2},
    {"four bytes, third a letter", LITERAL("\xF0\x90\x28\xBC"), 3},
    {"four bytes, fourth a letter", LITERAL("\xF0\x90\x8C\x28"), 4},
    {"one continuation byte too many", LITERAL("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\x80"), 10},
    {"a wrong byte after 40 letters", LITERAL("0123456789abcdefghijklmnopqrstuvwxyzABCD\xFF"), 41},
    {"a wrong byte after 33 letters, in a long text",
     LITERAL("0123456789abcdefghijklmnopqrstuvw\xED\xA0\x80 0123456789 0123456789 0123456789 0123456789"),
     35},
    {"one of two bytes", LITERAL("\xC3"), UNFINISHED},
    {"one of three bytes", LITERAL("\xE2"), UNFINISHED},
    {"two of three bytes", LITERAL("abc\xE2\x82"), UNFINISHED},
    {"three of four bytes", LITERAL("\xF0\x9F\x98"), UNFINISHED},
    {"one of four bytes after 40 letters", LITERAL("0123456789abcdefghijklmnopqrstuvwxyzABCD\xF4"),
     UNFINISHED},
};

static const struct text_row right_texts[] = {
    {"NUL", LITERAL("\0"), 0},
    {"U+007F", LITERAL("\x7F"), 0},
    {"U+0080", LITERAL("\xC2\x80"), 0},
    {"U+07FF", LITERAL("\xDF\xBF"), 0},
    {"U+0800", LITERAL("\xE0\xA0\x80"), 0},
    {"U+D7FF", LITERAL("\xED\x9F\xBF"), 0},
    {"U+E000", LITERAL("\xEE\x80\x80"), 0},
    {"U+FEFF", LITERAL("\xEF\xBB\xBF"), 0},
    {"U+FFFF", LITERAL("\xEF\xBF\xBF"), 0},
    {"U+10000", LITERAL("\xF0\x90\x80\x80"), 0},
    {"U+10FFFF", LITERAL("\xF4\x8F\xBF\xBF"), 0},
    {"the word from RFC 3629", LITERAL("\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E"), 0},
};

/*
 * The number of the byte that fails when the whole text is one message: an unfinished character fails at the
 * end.
 */
static size_t failing_byte(const struct text_row *text)
{
    return text->wrong != UNFINISHED ? text->wrong : text->size;
}

static void play_until_failure(struct player *player, const struct event *events, size_t count, size_t byte)
{
    for (player->cut = 0; player->cut < 3; player->cut++) {
        play(player);
        expect_events(player, events, count);
        if (player->cut == 1) {
            assert_that(player->events[count - 1].given == byte, "%s (%s): failed at byte %u, expected at %u",
                        player->row, role_name(player->role), (unsigned)player->events[count - 1].given,
                        (unsigned)byte);
        }
        delete_handle(player->handle);
    }
}

/* ---- One frame ---- */

static void wrong_text_is_refused(void)
{
    for (size_t i = 0; i < COUNT_OF(wrong_texts); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            struct stream stream = {NULL, 0};

            stream_frame(&stream, role, FIN | OP_TEXT, wrong_texts[i].text, wrong_texts[i].size);
            assert_result_for(wrong_texts[i].row, E_INVALID_PROTOCOL_FORMAT, first_failure(role, &stream));
        }
    }
}

static void wrong_text_fails_at_its_earliest_wrong_byte(void)
{
    static const struct event failure = EXPECT_FAILURE(1007);

    for (size_t i = 0; i < COUNT_OF(wrong_texts); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            for (size_t own = 0; own <= 100; own += 100) {
                const struct text_row *text = &wrong_texts[i];
                struct player player = {.row = text->row, .role = role, .own = own};

                stream_frame(&player.stream, role, FIN | OP_TEXT, text->text, text->size);
                play_until_failure(&player, &failure, 1,
                                   player.stream.size - text->size + failing_byte(text));
            }
        }
    }
}

static void right_text_is_received_however_it_is_cut(void)
{
    for (size_t i = 0; i < COUNT_OF(right_texts); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            struct event whole = {.kind = EVENT_DATA,
                                  .type = UTF8_MESSAGE,
                                  .bytes = right_texts[i].text,
                                  .size = right_texts[i].size};
            struct player player = {.row = right_texts[i].row, .role = role};

            stream_frame(&player.stream, role, FIN | OP_TEXT, right_texts[i].text, right_texts[i].size);
            for (player.cut = 0; player.cut < 5; player.cut++) {
                play(&player);
                expect_events(&player, &whole, 1);
            }
        }
    }
}

/* ---- Fragments ---- */

/*
 * The text in two frames, the second with FIN, cut behind `first` bytes, and with a ping or an empty fragment
 * between.
 * Returns the number of the stream's byte that fails; *count events come before.
 */
static size_t fragment_text(struct player *player, const struct text_row *text, size_t first,
                            unsigned between, struct event *events, size_t *count)
{
    const size_t wrong = failing_byte(text);
    struct stream *stream = &player->stream;

    stream_frame(stream, player->role, OP_TEXT, text->text, first);
    if (text->wrong != UNFINISHED && wrong <= first)
        return stream->size - first + wrong;
    events[(*count)++] =
        (struct event){.kind = EVENT_DATA, .type = UTF8_FRAGMENT, .bytes = text->text, .size = first};
    if (between == 1) {
        stream_frame(stream, player->role, FIN | OP_PING, "ping", 4);
        events[(*count)++] = (struct event)EXPECT_ANSWER("ping");
    } else if (between == 2) {
        stream_frame(stream, player->role, OP_CONTINUATION, NULL, 0);
        events[(*count)++] = (struct event)EXPECT_DATA(UTF8_FRAGMENT, "");
    }
    stream_frame(stream, player->role, FIN | OP_CONTINUATION, text->text + first, text->size - first);
    return stream->size - (text->size - wrong);
}

static void wrong_text_fails_at_its_earliest_wrong_byte_across_fragments(void)
{
    for (size_t i = 0; i < COUNT_OF(wrong_texts); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            for (size_t first = 0; first <= wrong_texts[i].size && first < 12; first++) {
                struct player player = {
                    .row = wrong_texts[i].row, .role = role, .own = first % 2 != 0 ? 100 : 0};
                struct event events[4];
                size_t count = 0;
                size_t byte =
                    fragment_text(&player, &wrong_texts[i], first, (unsigned)(first % 3), events, &count);

                events[count++] = (struct event)EXPECT_FAILURE(1007);
                play_until_failure(&player, events, count, byte);
            }
        }
    }
}

static void right_text_may_be_cut_inside_its_characters(void)
{
    for (size_t i = 0; i < COUNT_OF(right_texts); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            for (size_t first = 0; first <= right_texts[i].size; first++) {
                const struct text_row *text = &right_texts[i];
                struct player player = {.row = text->row, .role = role};
                struct event events[4];
                size_t count = 0;

                fragment_text(&player, text, first, (unsigned)(first % 3), events, &count);
                events[count++] = (struct event){.kind = EVENT_DATA,
                                                 .type = UTF8_MESSAGE,
                                                 .bytes = text->text + first,
                                                 .size = text->size - first};
                play(&player);
                expect_events(&player, events, count);
            }
        }
    }
}

static void a_character_may_be_cut_by_the_end_of_the_receive_area(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t ahead = 252; ahead <= 256; ahead++) {
            uint8_t *text = heap_block(ahead + 4);
            struct event events[2] = {
                {.kind = EVENT_DATA, .type = UTF8_FRAGMENT, .bytes = text, .size = 256},
                {.kind = EVENT_DATA, .type = UTF8_MESSAGE, .bytes = text + 256, .size = ahead + 4 - 256},
            };
            struct player player = {.row = role_name(role), .role = role, .options = {.receive_buffer = 256}};

            memset(text, 'x', ahead);
            memcpy(text + ahead, "\xF0\x9F\x98\x80", 4);
            if (ahead == 252)
                events[0].type = UTF8_MESSAGE;
            stream_frame(&player.stream, role, FIN | OP_TEXT, text, ahead + 4);
            play(&player);
            expect_events(&player, events, ahead == 252 ? 1 : 2);
        }
    }
}

static void a_character_may_be_cut_by_the_end_of_the_callers_buffer(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        static const struct event events[] = {
            EXPECT_DATA(UTF8_FRAGMENT, "\xF0"),
            EXPECT_DATA(UTF8_FRAGMENT, "\x9F"),
            EXPECT_DATA(UTF8_FRAGMENT, "\x98"),
            EXPECT_DATA(UTF8_MESSAGE, "\x80"),
            EXPECT_DATA(UTF8_FRAGMENT, "\xE2"),
            EXPECT_DATA(UTF8_FRAGMENT, "\x82"),
            EXPECT_FAILURE(1007),
        };
        struct player player = {.row = role_name(role), .role = role, .own = 1};

        stream_frame(&player.stream, role, FIN | OP_TEXT, "\xF0\x9F\x98\x80", 4);
        stream_frame(&player.stream, role, FIN | OP_TEXT, "\xE2\x82\x28", 3);
        for (player.cut = 0; player.cut < 4; player.cut++) {
            play(&player);
            expect_events(&player, events, COUNT_OF(events));
        }
    }
}

static void a_wrong_byte_in_a_later_part_fails_after_the_first_part(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        uint8_t *text = heap_block(300);
        struct event events[2] = {{.kind = EVENT_DATA, .type = UTF8_FRAGMENT, .bytes = text, .size = 256},
                                  EXPECT_FAILURE(1007)};
        struct player player = {.row = role_name(role), .role = role, .options = {.receive_buffer = 256}};

        memset(text, 'x', 300);
        text[255] = 0xC3;
        text[256] = 0x28;
        stream_frame(&player.stream, role, FIN | OP_TEXT, text, 300);
        play_until_failure(&player, events, 2, player.stream.size - 300 + 257);
    }
}

static void each_message_begins_anew(void)
{
    static const struct event events[] = {EXPECT_DATA(UTF8_MESSAGE, "\xC3\xA9"),
                                          EXPECT_DATA(BINARY_MESSAGE, "\xC3"), EXPECT_FAILURE(1007)};
    struct player player = {.row = "a continuation byte in the next message", .role = ROLE_SERVER};

    stream_frame(&player.stream, ROLE_SERVER, FIN | OP_TEXT, "\xC3\xA9", 2);
    stream_frame(&player.stream, ROLE_SERVER, FIN | OP_BINARY, "\xC3", 1);
    stream_frame(&player.stream, ROLE_SERVER, FIN | OP_TEXT, "\xA9", 1);
    play(&player);
    expect_events(&player, events, COUNT_OF(events));
}

/* ---- What is not verified ---- */

static void binary_messages_and_pings_are_not_verified(void)
{
    for (size_t i = 0; i < COUNT_OF(wrong_texts); i++) {
        const struct text_row *text = &wrong_texts[i];
        struct event events[3] = {
            {.kind = EVENT_DATA, .type = BINARY_MESSAGE, .bytes = text->text, .size = text->size},
            {.kind = EVENT_ANSWER, .bytes = text->text, .size = text->size},
            {.kind = EVENT_DATA, .type = PING_PONG, .bytes = text->text, .size = text->size},
        };
        struct player player = {.row = text->row, .role = ROLE_SERVER};

        stream_frame(&player.stream, ROLE_SERVER, FIN | OP_BINARY, text->text, text->size);
        stream_frame(&player.stream, ROLE_SERVER, FIN | OP_PING, text->text, text->size);
        stream_frame(&player.stream, ROLE_SERVER, FIN | OP_PONG, text->text, text->size);
        play(&player);
        expect_events(&player, events, COUNT_OF(events));
    }
}

static void with_verification_disabled_any_text_is_received(void)
{
    for (size_t i = 0; i < COUNT_OF(wrong_texts); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            const struct text_row *text = &wrong_texts[i];
            struct event whole = {
                .kind = EVENT_DATA, .type = UTF8_MESSAGE, .bytes = text->text, .size = text->size};
            struct player player = {.row = text->row,
                                    .role = role,
                                    .options = {.disable_utf8_verification = true},
                                    .own = i % 2 * 100};

            stream_frame(&player.stream, role, FIN | OP_TEXT, text->text, text->size);
            for (player.cut = 0; player.cut < 3; player.cut++) {
                play(&player);
                expect_events(&player, &whole, 1);
            }
        }
    }
}

/* The property speaks of no exception: the reasons of close frames are text too. */
static void with_verification_disabled_any_close_reason_is_received(void)
{
    for (size_t i = 0; i < COUNT_OF(wrong_texts); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            const struct text_row *text = &wrong_texts[i];
            struct event close = {
                .kind = EVENT_CLOSE, .status = 1000, .bytes = text->text, .size = text->size};
            struct player player = {
                .row = text->row, .role = role, .options = {.disable_utf8_verification = true}};

            stream_close(&player.stream, role, 1000, text->text);
            play(&player);
            expect_events(&player, &close, 1);
        }
    }
}

/* ---- Close reasons ---- */

static void a_wrong_close_reason_fails_at_its_earliest_wrong_byte(void)
{
    static const struct event failure = EXPECT_FAILURE(1007);

    for (size_t i = 0; i < COUNT_OF(wrong_texts); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            const struct text_row *text = &wrong_texts[i];
            struct player player = {.row = text->row, .role = role};

            stream_close(&player.stream, role, 1000, text->text);
            play_until_failure(&player, &failure, 1, player.stream.size - text->size + failing_byte(text));
        }
    }
}

static void a_close_reason_is_verified_apart_from_an_unfinished_message(void)
{
    static const struct event right[] = {EXPECT_DATA(UTF8_FRAGMENT, "\xC3"), EXPECT_CLOSE(1000, "\xC3\xA9")};
    static const struct event wrong[] = {EXPECT_DATA(UTF8_FRAGMENT, "\xC3"), EXPECT_FAILURE(1007)};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct player player = {.row = "right", .role = role};

        stream_frame(&player.stream, role, OP_TEXT, "\xC3", 1);
        stream_close(&player.stream, role, 1000, "\xC3\xA9");
        play(&player);
        expect_events(&player, right, 2);

        player = (struct player){.row = "wrong", .role = role};
        stream_frame(&player.stream, role, OP_TEXT, "\xC3", 1);
        stream_close(&player.stream, role, 1000, "\xA9");
        play(&player);
        expect_events(&player, wrong, 2);
    }
}

const struct api_case receive_utf8_cases[] = {
    API_CASE(RULE_DOC, wrong_text_is_refused),
    API_CASE(RULE_CHOICE, wrong_text_fails_at_its_earliest_wrong_byte),
    API_CASE(RULE_RFC, right_text_is_received_however_it_is_cut),
    API_CASE(RULE_CHOICE, wrong_text_fails_at_its_earliest_wrong_byte_across_fragments),
    API_CASE(RULE_RFC, right_text_may_be_cut_inside_its_characters),
    API_CASE(RULE_CHOICE, a_character_may_be_cut_by_the_end_of_the_receive_area),
    API_CASE(RULE_CHOICE, a_character_may_be_cut_by_the_end_of_the_callers_buffer),
    API_CASE(RULE_CHOICE, a_wrong_byte_in_a_later_part_fails_after_the_first_part),
    API_CASE(RULE_CHOICE, each_message_begins_anew),
    API_CASE(RULE_RFC, binary_messages_and_pings_are_not_verified),
    API_CASE(RULE_DOC, with_verification_disabled_any_text_is_received),
    API_CASE(RULE_DOC, with_verification_disabled_any_close_reason_is_received),
    API_CASE(RULE_CHOICE, a_wrong_close_reason_fails_at_its_earliest_wrong_byte),
    API_CASE(RULE_CHOICE, a_close_reason_is_verified_apart_from_an_unfinished_message),
    API_CASES_END,
};
