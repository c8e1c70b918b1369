/*
 * direction.c - see direction.h.
 */
#include "direction.h"

#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "blocks.h"

#define PONG 0x8A

void direction_write(struct direction *direction, const void *bytes, size_t size)
{
    if (direction->room - direction->size < size) {
        direction->room = 2 * direction->room + size;
        direction->bytes = realloc(direction->bytes, direction->room);
        claim(direction->bytes != NULL, "no memory");
    }
    if (size > 0)
        memcpy(direction->bytes + direction->size, bytes, size);
    direction->size += size;
}

void direction_begin_frame(struct direction *direction, const struct reference_frame *frame, bool answer)
{
    direction->frames = realloc(direction->frames, (direction->count + 1) * sizeof *direction->frames);
    direction->answers = realloc(direction->answers, (direction->count + 1) * sizeof *direction->answers);
    claim(direction->frames != NULL && direction->answers != NULL, "no memory");
    struct reference_frame *copy = &direction->frames[direction->count];
    *copy = *frame;
    copy->payload = block_copy(frame->payload, frame->have);
    direction->answers[direction->count++] = answer;
}

size_t direction_waiting(const struct direction *direction)
{
    return direction->size - direction->read;
}

static bool is_close(const struct reference_frame *frame)
{
    return (frame->first & 0x0F) == 8;
}

static void check_frame(size_t which, const struct reference_frame *have, const struct reference_frame *meant)
{
    claim(have->first == meant->first, "frame %zu on the wire begins with 0x%02x instead of 0x%02x", which,
          have->first, meant->first);
    claim(have->length == meant->length, "frame %zu (0x%02x) on the wire has %llu bytes instead of %llu",
          which, have->first, (unsigned long long)have->length, (unsigned long long)meant->length);
    claim(have->have == have->length, "frame %zu (0x%02x) on the wire is not whole", which, have->first);
    claim(have->have == 0 || memcmp(have->payload, meant->payload, have->have) == 0,
          "frame %zu (0x%02x) on the wire has another payload", which, have->first);
}

void direction_check(const struct direction *direction, bool masked, bool extension, bool verify)
{
    const struct reference_rules rules = {
        .extension = extension, .masked = masked, .unmasked = !masked, .verify = verify};
    size_t at = 0, checked = 0;
    bool closed = false;
    while (at < direction->size) { /* the decoder stops at a close frame; control frames may follow one */
        struct reference part = reference_decode(direction->bytes + at, direction->size - at, rules);
        claim(part.state != REFERENCE_BROKEN, "illegal on the wire at byte %zu, frame %zu",
              at + part.broken_at, checked + part.complete);
        claim(part.count > 0 && part.complete == part.count, "the wire ends inside frame %zu",
              checked + part.count);
        for (size_t i = 0; i < part.count; i++) {
            claim(checked < direction->count, "more frames on the wire than were sent");
            claim(!closed || part.frames[i].kind != REFERENCE_DATA, "data behind the close frame");
            check_frame(checked, &part.frames[i], &direction->frames[checked]);
            checked++;
        }
        const struct reference_frame *last = &part.frames[part.count - 1];
        at += last->payload_at + last->have;
        claim(!(closed && is_close(last)), "a second close frame");
        closed = closed || is_close(last);
        reference_free(&part);
    }
    claim(checked == direction->count, "%zu frames on the wire, %zu were sent", checked, direction->count);
}

static bool is_answer_to(const struct reference_frame *pong, const struct reference_frame *ping)
{
    return ping->kind == REFERENCE_PING && ping->length == pong->length &&
           (ping->length == 0 || memcmp(ping->payload, pong->payload, ping->have) == 0);
}

void direction_check_answers(const struct direction *direction, const struct direction *other, size_t seen,
                             bool all)
{
    const struct reference_frame *last_ping = NULL, *last_answer = NULL;
    size_t ping = 0, pings = 0, answers = 0;
    for (size_t i = 0; i < direction->count; i++) {
        if (!direction->answers[i])
            continue;
        last_answer = &direction->frames[i];
        claim(last_answer->first == PONG, "an answer that begins with 0x%02x", last_answer->first);
        while (ping < seen && !is_answer_to(last_answer, &other->frames[ping]))
            ping++;
        claim(ping < seen, "pong %zu answers no ping, or in another order", answers);
        ping++;
        answers++;
    }
    for (size_t i = 0; i < seen; i++)
        if (other->frames[i].kind == REFERENCE_PING) {
            last_ping = &other->frames[i];
            pings++;
        }
    claim(last_ping == NULL || (last_answer != NULL && is_answer_to(last_answer, last_ping)),
          "the last of %zu pings has no pong", pings);
    claim(!all || answers == pings, "%zu pongs for %zu pings, with nothing in the way", answers, pings);
}

void direction_free(struct direction *direction)
{
    for (size_t i = 0; i < direction->count; i++)
        free(direction->frames[i].payload);
    free(direction->frames);
    free(direction->answers);
    free(direction->bytes);
}
