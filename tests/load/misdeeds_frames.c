/*
 * What is broken by section 6 of the specification, from a client, and the close status that answers it.
 */
#define _POSIX_C_SOURCE 200809L /* strnlen */

#include "misdeeds.h"

#include <string.h>

#include "frame.h"

/* A legal frame, one fragment of a message, before the broken one. It is echoed. */
struct legal {
    unsigned first;
    const char *payload;
};

/*
 * payload is filled up with 'x' to size bytes; of the whole frame only so many bytes are sent as sent says,
 * if it does.
 */
struct broken {
    unsigned status;
    const char *name;
    struct legal before[2];
    unsigned first;
    const char *payload;
    size_t size;
    enum frame_form form;
    bool unmasked;
    size_t sent;
};

#define NONE                                                                                                 \
    {                                                                                                        \
        {                                                                                                    \
            0, NULL                                                                                          \
        }                                                                                                    \
    }
#define AFTER(first, payload)                                                                                \
    {                                                                                                        \
        {                                                                                                    \
            first, payload                                                                                   \
        }                                                                                                    \
    }
#define OPCODE(number)                                                                                       \
    {                                                                                                        \
        1002, "opcode " #number, NONE, 0x80 | (number), "x", 1, 0, 0, 0                                      \
    }
#define STATUS(number)                                                                                       \
    {                                                                                                        \
        1002, "close " #number, NONE, 0x88, (const char[2]){(char)((number) >> 8), (char)((number)&0xFF)},   \
            2, 0, 0, 0                                                                                       \
    }
#define TEXT(name, bytes)                                                                                    \
    {                                                                                                        \
        1007, name, NONE, 0x81, "good " bytes, sizeof(bytes) + 4, 0, 0, 0                                    \
    }

static const struct broken misdeeds[] = {
    {1002, "reserved bit 1", NONE, 0xC1, "x", 1, 0, 0, 0},
    {1002, "reserved bit 2", NONE, 0xA1, "x", 1, 0, 0, 0},
    {1002, "reserved bit 3", NONE, 0x91, "x", 1, 0, 0, 0},
    {1002, "a reserved bit of a continuation", AFTER(0x01, "x"), 0xC0, "y", 1, 0, 0, 0},
    {1002, "a reserved bit of a ping", NONE, 0xC9, "x", 1, 0, 0, 0},
    {1002, "a reserved bit of a close", NONE, 0xA8, "\x03\xE8", 2, 0, 0, 0},
    OPCODE(3),
    OPCODE(4),
    OPCODE(5),
    OPCODE(6),
    OPCODE(7),
    OPCODE(11),
    OPCODE(12),
    OPCODE(13),
    OPCODE(14),
    OPCODE(15),
    {1002, "a reserved opcode without FIN", NONE, 0x03, "x", 1, 0, 0, 0},
    {1002, "a reserved opcode inside a message", AFTER(0x01, "x"), 0x83, "y", 1, 0, 0, 0},
    {1002, "a fragmented close", NONE, 0x08, "\x03\xE8", 2, 0, 0, 0},
    {1002, "a fragmented ping", NONE, 0x09, "", 0, 0, 0, 0},
    {1002, "a fragmented pong", NONE, 0x0A, "", 0, 0, 0, 0},
    {1002, "a fragmented ping inside a message", AFTER(0x01, "x"), 0x09, "y", 1, 0, 0, 0},
    {1002, "a close of 126 bytes", NONE, 0x88, "\x03\xE8", 126, 0, 0, 0},
    {1002, "a ping of 126 bytes", NONE, 0x89, "", 126, 0, 0, 0},
    {1002, "a pong of 126 bytes", NONE, 0x8A, "", 126, 0, 0, 0},
    {1002, "a ping of 65536 bytes", NONE, 0x89, "", 65536, 0, 0, 0},
    {1002, "0 bytes with a 16-bit length", NONE, 0x82, "", 0, FRAME_16_BITS, 0, 0},
    {1002, "125 bytes with a 16-bit length", NONE, 0x81, "", 125, FRAME_16_BITS, 0, 0},
    {1002, "5 bytes with a 64-bit length", NONE, 0x81, "hello", 5, FRAME_64_BITS, 0, 0},
    {1002, "65535 bytes with a 64-bit length", NONE, 0x82, "", 65535, FRAME_64_BITS, 0, 0},
    {1002, "a length of 2^63", NONE, 0x82, NULL, 0, 0, 0, 0},
    {1002, "text without a mask", NONE, 0x81, "hello", 5, 0, true, 0},
    {1002, "an empty text without a mask", NONE, 0x81, "", 0, 0, true, 0},
    {1002, "a ping without a mask", NONE, 0x89, "hello", 5, 0, true, 0},
    {1002, "a close without a mask", NONE, 0x88, "\x03\xE8", 2, 0, true, 0},
    {1002, "70000 bytes without a mask", NONE, 0x82, "", 70000, 0, true, 0},
    {1002, "a continuation of nothing", NONE, 0x80, "x", 1, 0, 0, 0},
    {1002, "a continuation of nothing, without FIN", NONE, 0x00, "x", 1, 0, 0, 0},
    {1002, "a continuation after the end", {{0x01, "begun"}, {0x80, "ended"}}, 0x80, "x", 1, 0, 0, 0},
    {1002, "a text inside a text", AFTER(0x01, "x"), 0x81, "y", 1, 0, 0, 0},
    {1002, "a binary message inside a text", AFTER(0x01, "x"), 0x82, "y", 1, 0, 0, 0},
    {1002, "a text inside a binary message", AFTER(0x02, "x"), 0x81, "y", 1, 0, 0, 0},
    {1002, "a fragment inside a message", {{0x02, "x"}, {0x00, "y"}}, 0x02, "z", 1, 0, 0, 0},
    {1002, "a close of one byte", NONE, 0x88, "\x03", 1, 0, 0, 0},
    {1002, "a close of one byte inside a message", AFTER(0x01, "x"), 0x88, "\x03", 1, 0, 0, 0},
    STATUS(0),
    STATUS(1),
    STATUS(999),
    STATUS(1004),
    STATUS(1005),
    STATUS(1006),
    STATUS(1015),
    STATUS(1016),
    STATUS(2000),
    STATUS(2999),
    {1007, "a reason that is not UTF-8", NONE, 0x88, "\x03\xE8\xFF", 3, 0, 0, 0},
    {1007, "a reason whose end is cut", NONE, 0x88, "\x03\xE8\xE2\x82", 4, 0, 0, 0},
    TEXT("text with FF", "\xFF"),
    TEXT("text with a continuation byte alone", "\x80"),
    TEXT("text with an overlong form, C0", "\xC0\xAF"),
    TEXT("text with an overlong form, C1", "\xC1\xBF"),
    TEXT("text with an overlong form, E0", "\xE0\x9F\xBF"),
    TEXT("text with an overlong form, F0", "\xF0\x8F\xBF\xBF"),
    TEXT("text with a surrogate", "\xED\xA0\x80"),
    TEXT("text above U+10FFFF", "\xF4\x90\x80\x80"),
    TEXT("text with F5", "\xF5\x80\x80\x80"),
    TEXT("text with a character cut by another", "\xE2\x28\xA1"),
    TEXT("text with a character cut by its end", "\xE2\x82"),
    {1007, "text that is wrong across fragments", AFTER(0x01, "\xE2"), 0x80, "\x28", 1, 0, 0, 0},
    {1007, "text that is cut by an empty last fragment", AFTER(0x01, "\xE2\x82"), 0x80, "", 0, 0, 0, 0},
    {1007, "a surrogate across fragments", AFTER(0x01, "\xED"), 0x80, "\xA0\x80", 2, 0, 0, 0},
    {1007, "a wrong byte of a text that never arrives whole", NONE, 0x81, "\xFF", 1000, 0, 0, 50},
    {1007, "a wrong byte of a text larger than any buffer", NONE, 0x81, "\xFF", 200000, 0, 0, 4096},
};

size_t misdeeds_frames_count(void)
{
    return sizeof misdeeds / sizeof *misdeeds;
}

static void add_broken(struct bytes *to, const struct broken *broken, uint32_t key)
{
    if (broken->payload == NULL) { /* the length with its top bit set */
        bytes_add(to, "\x82\xFF\x80\0\0\0\0\0\0\0mask", 14);
        return;
    }
    size_t start = to->size;
    size_t given = strnlen(broken->payload, broken->size);
    const struct frame_key mask = frame_key(key);
    uint8_t *payload =
        frame_add_header(to, broken->first, broken->form, broken->unmasked ? NULL : mask.bytes, broken->size);
    if (broken->size > 0)
        memset(payload, 'x', broken->size);
    if ((broken->first & FRAME_OPCODE) == FRAME_CLOSE && broken->size >= 2)
        given = broken->size < FRAME_CONTROL_MAX ? broken->size : 2; /* a status may hold NUL */
    if (given > 0)
        memcpy(payload, broken->payload, given);
    if (!broken->unmasked)
        frame_mask(payload, broken->size, mask.bytes);
    if (broken->sent > 0)
        to->size = start + broken->sent;
}

/* A message and a ping before, to see that all is well; then what is broken; no answer but the right one. */
void misdeeds_frames_write(struct script *script, size_t kind, unsigned turn)
{
    static const enum step_kind ways[] = {STEP_SEND, STEP_DRIBBLE};
    const struct broken *broken = &misdeeds[kind];
    uint8_t status[2] = {(uint8_t)(broken->status >> 8), (uint8_t)broken->status};
    uint32_t key = 0x37FA213Du * (turn + 1);

    script->name = broken->name;
    script->ends = broken->status == 1002 ? "close 1002" : "close 1007";
    misdeeds_shake_hands(script);
    frame_add(&script->bytes, FRAME_FIN | FRAME_TEXT, "before", 6, key);
    frame_add(&script->bytes, FRAME_FIN | FRAME_PING, "alive", 5, ~key);
    for (size_t i = 0; i < 2 && broken->before[i].payload != NULL; i++)
        frame_add(&script->bytes, broken->before[i].first, broken->before[i].payload,
                  strlen(broken->before[i].payload), key);
    add_broken(&script->bytes, broken, key);
    script_add(script, broken->size > 1000 ? STEP_SEND : ways[turn % 2], 1);

    frame_add_unmasked(&script->bytes, FRAME_FIN | FRAME_TEXT, "before", 6);
    frame_add_unmasked(&script->bytes, FRAME_FIN | FRAME_PONG, "alive", 5);
    for (size_t i = 0; i < 2 && broken->before[i].payload != NULL; i++)
        frame_add_unmasked(&script->bytes, broken->before[i].first, broken->before[i].payload,
                           strlen(broken->before[i].payload));
    frame_add_unmasked(&script->bytes, FRAME_FIN | FRAME_CLOSE, status, 2);
    script_add(script, STEP_EXPECT, 0);
    script_add(script, STEP_END, 0);
}
