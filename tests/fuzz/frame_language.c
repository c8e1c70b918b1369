/*
 * frame_language.c - see frame_language.h. It knows how frames are written (RFC 6455, section 5.2) and not
 * what is legal.
 */
#include "frame_language.h"

#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "frame_header.h"
#include "text_source.h"

enum { TEXT, BINARY, PING, PONG, CLOSE, ANY, AS_IS, CHANGE };

#define PAYLOAD_MAX 66000u

struct program {
    struct input *input;
    bool masked;
    uint32_t edge;
    uint8_t *stream;
    size_t size;
    bool in_message;
    bool in_text;
    struct text_source text;
};

/* A frame as it will be written. */
struct written {
    uint8_t first;
    bool masked;
    uint8_t form;     /* bytes of the extended length: 0, 2 or 8 */
    uint64_t claimed; /* the length that the header tells */
    uint32_t length;  /* of the payload that follows */
    uint8_t *payload;
};

static uint32_t edge_length(struct program *program)
{
    static const uint32_t edges[] = {0,   1,   2,   124,  125,  126,   127,  128,
                                     255, 256, 257, 4095, 4096, 65535, 65536};
    unsigned which = input_byte(program->input) % 24u;
    if (which < sizeof edges / sizeof *edges)
        return edges[which];
    return program->edge * (which < 20 ? 1 : 2) + which % 5u - 2;
}

static void take_bytes(struct program *program, struct written *frame, uint32_t count)
{
    size_t taken;
    const uint8_t *bytes = input_take(program->input, count, &taken);
    if (taken > 0)
        memcpy(frame->payload + frame->length, bytes, taken);
    frame->length += (uint32_t)taken;
}

static void take_payload(struct program *program, struct written *frame, unsigned form,
                         struct text_source *text)
{
    uint32_t count = form < 2    ? input_byte(program->input)
                     : form == 2 ? input_u16(program->input) % 2000u
                                 : edge_length(program);
    if (frame->first & 0x08 && count + frame->length > 125)
        count = 125 - frame->length;
    if (form == 0) {
        take_bytes(program, frame, count);
        return;
    }
    text_source_fill(text, frame->payload + frame->length, count, (frame->first & 0x80) != 0);
    frame->length += count;
}

static uint8_t first_byte(struct program *program, unsigned kind, bool fragment)
{
    static const uint8_t controls[] = {[PING] = 0x89, [PONG] = 0x8A, [CLOSE] = 0x88};
    if (kind == ANY)
        return input_byte(program->input);
    if (kind >= PING)
        return controls[kind];
    uint8_t opcode = program->in_message ? 0 : kind == TEXT ? 1 : 2;
    return fragment ? opcode : opcode | 0x80;
}

static void damage(struct program *program, struct written *frame)
{
    uint8_t what = input_below(program->input, 8), number = input_byte(program->input);
    switch (what) {
    case 0:
        frame->masked = !frame->masked;
        return;
    case 1:
        frame->form = 8;
        return;
    case 2:
        frame->form = 2;
        return;
    case 3:
        frame->form = 8;
        frame->claimed |= UINT64_C(1) << number % 64u;
        return;
    case 4:
        frame->claimed += number;
        return;
    case 5:
        frame->claimed = number;
        return;
    case 6:
        frame->first ^= number;
        return;
    default:
        if (number < frame->length)
            frame->payload[number] ^= input_byte(program->input);
        return;
    }
}

static void append(struct program *program, const uint8_t *bytes, size_t count)
{
    if (count > FRAME_LANGUAGE_MAX - program->size)
        count = FRAME_LANGUAGE_MAX - program->size;
    if (count > 0)
        memcpy(program->stream + program->size, bytes, count);
    program->size += count;
}

static void write_frame(struct program *program, const struct written *frame)
{
    uint8_t header[FRAME_HEADER_MAX], key[4] = {0};
    const uint8_t seed = frame->masked ? input_byte(program->input) : 0;
    for (unsigned i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)(seed * (2 * i + 1));
    frame_mask(frame->payload, frame->length, key);
    append(program, header,
           frame_header_write_form(header, frame->first, frame->claimed, frame->form,
                                   frame->masked ? key : NULL));
    append(program, frame->payload, frame->length);
}

static void run_frame(struct program *program, uint8_t command, uint8_t *payload)
{
    unsigned kind = command & 7;
    struct written frame = {.first = first_byte(program, kind, (command & 8) != 0),
                            .masked = program->masked,
                            .payload = payload};
    struct text_source reason = {0};
    bool data = !(frame.first & 0x08);

    if (data && (frame.first & 0x0F) != 0)
        program->text = (struct text_source){0};
    if (kind == CLOSE)
        take_bytes(program, &frame, command & 8 ? 0 : 2);
    if (kind != CLOSE || frame.length > 0)
        take_payload(program, &frame, command >> 4 & 3, data ? &program->text : &reason);
    if (data)
        program->in_message = !(frame.first & 0x80);

    frame.claimed = frame.length;
    frame.form = (uint8_t)frame_length_bytes(frame.length);
    if (command >> 6 == 3)
        damage(program, &frame);
    write_frame(program, &frame);
}

static void write_as_is(struct program *program)
{
    size_t taken;
    const uint8_t *bytes = input_take(program->input, input_byte(program->input), &taken);
    append(program, bytes, taken);
}

static void change(struct program *program)
{
    uint16_t back = input_u16(program->input);
    uint8_t bits = input_byte(program->input);
    if (back < program->size)
        program->stream[program->size - 1 - back] ^= bits;
}

uint8_t *frame_language_run(struct input *input, bool masked, uint32_t edge, size_t *size)
{
    static uint8_t stream[FRAME_LANGUAGE_MAX], payload[PAYLOAD_MAX];
    struct program program = {.input = input, .masked = masked, .edge = edge, .stream = stream};
    while (!input_is_over(input) && program.size < FRAME_LANGUAGE_MAX) {
        uint8_t command = input_byte(input);
        if ((command & 7) == AS_IS)
            write_as_is(&program);
        else if ((command & 7) == CHANGE)
            change(&program);
        else
            run_frame(&program, command, payload);
    }
    *size = program.size;
    return block_copy(stream, program.size);
}
