/*
 * White-box test of receive.c with pseudo-random streams, the same in every run: legal ones, and ones
 * of which a byte was changed, cut by chance, into memory and for operations of chance. The reference
 * decoder says what is right.
 */
#include "unit.h"

#include "receive_player.h"
#include "reference_decoder.h"
#include "streams.h"

/* How the peer is seen, and what it may do. */
static const struct reference_rules CLIENT = {.unmasked = true, .verify = true};
static const struct reference_rules SERVER = {.masked = true, .verify = true};
static const struct reference_rules LAX_SERVER = {.masked = true, .unmasked = true, .verify = true};
static const struct reference_rules UNVERIFIED = {.unmasked = true};
static const struct reference_rules EXTENDED = {.extension = true, .unmasked = true, .verify = true};

struct maker {
    uint64_t chance;
    struct reference_rules rules;
    struct stream stream;
    bool in_message;
    bool text;            /* of the message */
    uint8_t character[4]; /* the rest of one that a frame's end cut */
    size_t character_left;
};

/* The bytes of a character of chance, in maker->character's last character_left bytes. */
static void make_character(struct maker *maker)
{
    static const uint32_t limits[5] = {0, 0x80, 0x800, 0xD800, 0x110000};
    size_t size = chance_below(&maker->chance, 3) == 0 ? 1 + chance_below(&maker->chance, 4) : 1;
    uint32_t least = size == 4 ? 0x10000 : limits[size - 1];
    uint32_t value = least + chance_below(&maker->chance, limits[size] - least);

    for (size_t i = 4; i > 5 - size; i--) {
        maker->character[i - 1] = (uint8_t)(0x80 | (value & 0x3F));
        value >>= 6;
    }
    static const uint8_t lead[5] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    maker->character[4 - size] = (uint8_t)(lead[size] | value);
    maker->character_left = size;
}

static size_t make_size(struct maker *maker)
{
    static const uint32_t limits[] = {4, 20, 20, 130, 140, 700};
    return chance_below(&maker->chance, limits[chance_below(&maker->chance, COUNT_OF(limits))]);
}

/* Text goes on inside a character that was cut, and its last frame ends between two. */
static uint8_t *make_payload(struct maker *maker, size_t *size, bool final)
{
    uint8_t *payload = block_new(*size + 4);
    for (size_t i = 0; i < *size || (final && maker->text && maker->character_left > 0); i++) {
        if (!maker->text) {
            payload[i] = (uint8_t)chance_next(&maker->chance);
            continue;
        }
        if (maker->character_left == 0)
            make_character(maker);
        payload[i] = maker->character[4 - maker->character_left--];
        if (i >= *size)
            *size = i + 1;
    }
    return payload;
}

static void put_frame(struct maker *maker, uint8_t first, const uint8_t *payload, size_t size)
{
    uint32_t key = chance_next(&maker->chance);
    bool masked = maker->rules.masked && (!maker->rules.unmasked || key % 2 == 0);
    uint8_t bytes[4];
    memcpy(bytes, &key, sizeof bytes);
    stream_add_frame(&maker->stream, first, masked ? bytes : NULL, payload, size);
}

static void put_data(struct maker *maker)
{
    bool final = chance_below(&maker->chance, 2) == 0;
    uint8_t first = final ? 0x80 : 0;

    if (!maker->in_message) {
        maker->text = chance_below(&maker->chance, 3) != 0;
        maker->character_left = 0;
        first |= maker->text ? 1 : 2;
        if (maker->rules.extension && chance_below(&maker->chance, 3) == 0)
            first |= (uint8_t)(chance_below(&maker->chance, 2) ? 0x40 : 0x04); /* opcodes 5 and 6 */
    }
    size_t size = make_size(maker);
    uint8_t *payload = make_payload(maker, &size, final);
    put_frame(maker, first, payload, size);
    free(payload);
    maker->in_message = !final;
}

static void put_control(struct maker *maker)
{
    static const uint8_t firsts[] = {0x89, 0x8A, 0x89, 0x8A, 0x8B, 0xCA};
    uint8_t payload[125];
    size_t size = chance_below(&maker->chance, 126);

    for (size_t i = 0; i < size; i++)
        payload[i] = (uint8_t)chance_next(&maker->chance);
    put_frame(maker, firsts[chance_below(&maker->chance, maker->rules.extension ? 6 : 4)], payload, size);
}

static void put_close(struct maker *maker)
{
    static const uint8_t body[] = {0x03, 0xE9, 'g', 'o', 0xC3, 0xA9, '.'};
    static const size_t sizes[] = {0, 2, 3, 6, 7};
    put_frame(maker, 0x88, body, sizes[chance_below(&maker->chance, COUNT_OF(sizes))]);
    put_frame(maker, 0x81, body, 1); /* never looked at */
}

/* Some frames, all legal; in every second stream one byte is then another. */
static struct stream make_stream(struct maker *maker)
{
    uint32_t frames = 1 + chance_below(&maker->chance, 12);

    maker->stream = (struct stream){NULL, 0};
    maker->in_message = false;
    maker->character_left = 0;
    for (uint32_t i = 0; i < frames; i++)
        if (chance_below(&maker->chance, 4) == 0)
            put_control(maker);
        else
            put_data(maker);
    if (chance_below(&maker->chance, 3) == 0)
        put_close(maker);
    if (chance_below(&maker->chance, 2) == 0)
        maker->stream.bytes[chance_below(&maker->chance, (uint32_t)maker->stream.size)] =
            (uint8_t)chance_next(&maker->chance);
    return maker->stream;
}

/* Returns how the stream ends. */
static enum reference_state play_by_chance(struct maker *maker)
{
    struct stream stream = make_stream(maker);
    struct reference reference = reference_decode(stream.bytes, stream.size, maker->rules);
    enum reference_state end = reference.state;
    struct receive_play play = {
        .row = "chance", .stream = stream.bytes, .size = stream.size, .rules = maker->rules};

    play.area = 125 + chance_below(&maker->chance, 176);
    receive_play(&play);
    play.cut = 1;
    receive_play(&play);
    play.cut = 0;
    play.first = 1 + chance_below(&maker->chance, (uint32_t)stream.size);
    receive_play(&play);
    play.own = 1 + chance_below(&maker->chance, 400);
    receive_play(&play);
    play.alternate = true;
    receive_play(&play);
    play.alternate = false;
    play.chance = &maker->chance;
    receive_play(&play);
    receive_play(&play);
    reference_free(&reference);
    free(stream.bytes);
    return end;
}

static void pseudo_random_streams(void **state)
{
    (void)state;
    enum { ROUNDS = 1000 };
    const struct reference_rules rules[] = {CLIENT, SERVER, LAX_SERVER, UNVERIFIED, EXTENDED};
    struct maker maker = {.chance = 0x6455};
    unsigned ends[3] = {0, 0, 0};

    for (unsigned i = 0; i < ROUNDS; i++) {
        maker.rules = rules[i % COUNT_OF(rules)];
        ends[play_by_chance(&maker)]++;
    }
    assert_true(ends[REFERENCE_OPEN] > 100 && ends[REFERENCE_CLOSED] > 100 && ends[REFERENCE_BROKEN] > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pseudo_random_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
