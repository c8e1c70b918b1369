/*
 * See receive_player.h. The reference says which frames the stream holds; the length of each part follows
 * from it: the operation's own memory, or the area, or the rest of the frame, whichever is smallest.
 */
#include "receive_player.h"

#include "frames/frame.h"

struct player {
    const struct receive_play *play;
    struct reference reference;
    struct ws_receive rx;
    uint8_t *area;
    size_t fed;
    struct ws_buffer own; /* the waiting operation's memory */
    unsigned operations;
    size_t frame; /* the frame that is expected next */
    size_t done;  /* bytes of its payload that were indicated */
};

#define check(player, condition)                                                                             \
    assert_that(                                                                                             \
        condition, "%s: %s, first %u, cut %u, area %u, own %u, fed %u of %u, frame %u, done %u, line %d",    \
        (player)->play->row, #condition, (unsigned)(player)->play->first, (unsigned)(player)->play->cut,     \
        (unsigned)(player)->play->area, (unsigned)(player)->own.length, (unsigned)(player)->fed,             \
        (unsigned)(player)->play->size, (unsigned)(player)->frame, (unsigned)(player)->done, __LINE__)

static unsigned library_rules(struct reference_rules rules)
{
    return (rules.extension ? WS_FRAME_ALLOW_EXTENSION : 0u) | (rules.masked ? WS_FRAME_ALLOW_MASKED : 0u) |
           (rules.unmasked ? WS_FRAME_ALLOW_UNMASKED : 0u);
}

static void drop_operation(struct player *player)
{
    free(player->own.bytes);
    player->own = (struct ws_buffer){NULL, 0};
}

static void next_operation(struct player *player)
{
    const struct receive_play *play = player->play;
    uint32_t size = play->own;

    drop_operation(player);
    if (play->alternate && player->operations % 2 == 1)
        size = 0;
    if (play->chance && size > 0)
        size = chance_below(play->chance, 2) ? 1 + chance_below(play->chance, size) : 0;
    if (size > 0)
        player->own = (struct ws_buffer){block_new(size), size};
    player->operations++;
}

/* The frame that comes next, if its header is in the stream. */
static const struct reference_frame *expected_frame(const struct player *player)
{
    return player->frame < player->reference.count ? &player->reference.frames[player->frame] : NULL;
}

static size_t frame_begins_at(const struct player *player)
{
    if (player->frame == 0)
        return 0;
    const struct reference_frame *before = &player->reference.frames[player->frame - 1];
    return before->payload_at + (size_t)before->length;
}

/* How long the next part of a data frame is. */
static uint64_t part_length(const struct player *player, const struct reference_frame *frame)
{
    uint64_t left = frame->length - player->done;
    uint64_t capacity = player->own.bytes ? player->own.length : player->play->area;
    return left < capacity ? left : capacity;
}

static bool in_area(const struct player *player, const uint8_t *bytes, uint32_t length)
{
    size_t offset = (size_t)(bytes - player->area);
    size_t size = player->play->area + WS_RECEIVE_SLACK;
    return bytes >= player->area && offset <= size && length <= size - offset;
}

/* Whether the stream's close frame was indicated. */
static bool is_closed(const struct player *player)
{
    return player->reference.state == REFERENCE_CLOSED && player->frame == player->reference.complete;
}

/* A read is asked for: then nothing that has come is due, and nothing is wrong with it. */
static void check_read(const struct player *player, struct ws_buffer buffer)
{
    const struct reference_frame *frame = expected_frame(player);
    size_t here; /* bytes of the unfinished header, part or control payload */

    if (is_closed(
            player)) { /* the whole area, whatever has come; an operation's own memory is not for this */
        check(player, buffer.bytes == player->area && buffer.length == player->play->area);
        check(player, !player->own.bytes || block_untouched(player->own.bytes, player->own.length));
        return;
    }
    check(player, player->reference.state != REFERENCE_BROKEN || player->fed < player->reference.broken_at);
    if (!frame || player->fed < frame->payload_at) {
        here = player->fed - frame_begins_at(player);
        check(player, buffer.bytes == player->area + here);
        check(player, buffer.length == player->play->area - here);
        return;
    }
    here = player->fed - frame->payload_at - player->done;
    uint64_t wanted = frame->kind == REFERENCE_DATA ? part_length(player, frame) : frame->length;
    check(player, here < wanted);
    if (frame->kind == REFERENCE_DATA && player->own.bytes) {
        check(player, buffer.bytes == player->own.bytes + here);
        check(player, buffer.length == wanted - here);
    } else {
        /* Behind what is there of it, which lies at the area's front or behind its own header. */
        check(player,
              buffer.bytes >= player->area + here && buffer.bytes <= player->area + here + WS_RECEIVE_SLACK);
        check(player, buffer.length == player->play->area - here);
    }
    check(player, buffer.length > 0);
}

static void check_data(struct player *player, const struct reference_frame *frame,
                       const struct ws_receive_event *event)
{
    uint64_t length = part_length(player, frame);
    bool last = player->done + length == frame->length;
    bool final = last && frame->first & 0x80;
    unsigned kind = frame->text ? (final ? WS_TEXT_MESSAGE : WS_TEXT_FRAGMENT)
                                : (final ? WS_BINARY_MESSAGE : WS_BINARY_FRAGMENT);

    check(player, event->kind == (frame->raw ? WS_EXTENSION : kind));
    if (frame->raw)
        check(player, event->first == (last ? frame->first : (frame->first & 0x7F)));
    check(player, event->buffer.length == length);
    check(player, player->done + length <= frame->have);
    if (player->own.bytes)
        check(player, event->buffer.bytes == player->own.bytes);
    else
        check(player, in_area(player, event->buffer.bytes, event->buffer.length));
    check(player,
          length == 0 || memcmp(event->buffer.bytes, frame->payload + player->done, (size_t)length) == 0);

    player->done += (size_t)length;
    /* What broke the stream must not have been delivered. */
    check(player, player->reference.state != REFERENCE_BROKEN ||
                      frame->payload_at + player->done < player->reference.broken_at);
    if (last) {
        player->frame++;
        player->done = 0;
    }
}

static void check_control(struct player *player, const struct reference_frame *frame,
                          const struct ws_receive_event *event)
{
    size_t skipped = frame->kind == REFERENCE_CLOSE && frame->length > 0 ? 2 : 0; /* a close frame's status */
    size_t length = (size_t)frame->length - skipped;

    check(player, player->frame < player->reference.complete);
    check(player, event->buffer.length == length);
    if (frame->kind == REFERENCE_CLOSE && length == 0)
        check(player, event->buffer.bytes == NULL);
    else
        check(player, in_area(player, event->buffer.bytes, event->buffer.length));
    check(player, length == 0 || memcmp(event->buffer.bytes, frame->payload + skipped, length) == 0);
    if (frame->kind == REFERENCE_CLOSE)
        check(player, event->status == frame->status);
    if (frame->kind == REFERENCE_RAW_CONTROL)
        check(player, event->first == frame->first);
    player->frame++;
}

static void check_indication(struct player *player, const struct ws_receive_event *event)
{
    const struct reference_frame *frame = expected_frame(player);

    check(player, frame != NULL);
    switch (frame->kind) {
    case REFERENCE_DATA:
        check_data(player, frame, event);
        break;
    case REFERENCE_PONG:
        check(player, event->kind == WS_PING_PONG);
        check_control(player, frame, event);
        break;
    case REFERENCE_CLOSE:
        check(player, event->kind == WS_CLOSE);
        check_control(player, frame, event);
        break;
    case REFERENCE_RAW_CONTROL:
        check(player, event->kind == WS_EXTENSION);
        check_control(player, frame, event);
        break;
    case REFERENCE_PING:
        check(player, frame->kind != REFERENCE_PING); /* never indicated */
        break;
    }
    next_operation(player);
}

/* A ping is repeated until it is passed, and completes no operation. */
static void take_ping(struct player *player, struct ws_receive_event event)
{
    const struct reference_frame *frame = expected_frame(player);

    for (unsigned i = 0; i < 2; i++) {
        struct ws_receive_event again;
        check(player, ws_receive_next(&player->rx, player->own, &again) == WS_RECEIVE_PING);
        check(player, again.buffer.bytes == event.buffer.bytes && again.buffer.length == event.buffer.length);
    }
    check(player, frame != NULL && frame->kind == REFERENCE_PING);
    check_control(player, frame, &event);
    ws_receive_pass_ping(&player->rx);
}

/* It is broken with everything before that delivered, and stays so. */
static void check_failure(struct player *player, const struct ws_receive_event *event)
{
    const struct reference *reference = &player->reference;
    struct ws_receive_event again;

    check(player, reference->state == REFERENCE_BROKEN);
    check(player, player->frame == reference->complete);
    check(player, player->fed >= reference->broken_at);
    check(player, event->status == reference->status);
    check(player, event->buffer.bytes == NULL && event->buffer.length == 0);
    check(player, ws_receive_failure(&player->rx) != WS_OK);
    check(player, ws_receive_ended(&player->rx) != WS_OK);
    check(player, ws_receive_next(&player->rx, (struct ws_buffer){NULL, 0}, &again) == WS_RECEIVE_FAILED);
    check(player, again.status == event->status);
}

/* After the close frame more comes, the stream once more and bytes that are no frame: nothing of it is ever seen. */
static void check_after_close(struct player *player)
{
    const struct receive_play *play = player->play;
    for (unsigned i = 0; i < 4; i++) {
        struct ws_receive_event event;
        check(player, ws_receive_next(&player->rx, player->own, &event) == WS_RECEIVE_READ);
        check_read(player, event.buffer);
        uint32_t count = i < 2 ? event.buffer.length : i;
        memset(event.buffer.bytes, i % 2 ? 0xFF : 0, count);
        if (i == 0)
            memcpy(event.buffer.bytes, play->stream, play->size < count ? play->size : count);
        ws_receive_filled(&player->rx, player->own, count);
        check(player, ws_receive_failure(&player->rx) == WS_OK);
        check(player, ws_receive_ended(&player->rx) == WS_OK);
        next_operation(player);
    }
    ws_receive_cancel(&player->rx);
    check(player, ws_receive_ended(&player->rx) == WS_OK);
}

static size_t delivery(const struct player *player, size_t room)
{
    const struct receive_play *play = player->play;
    size_t count = play->size - player->fed;
    size_t limit = play->cut > 0 ? play->cut : count;

    if (player->fed < play->first)
        limit = play->first - player->fed;
    if (play->chance)
        limit = 1 + chance_below(play->chance, chance_below(play->chance, 2) ? 4 : 400);
    count = count < limit ? count : limit;
    return count < room ? count : room;
}

/*
 * Chance gives up a waiting operation, unless payload lies in its memory, and another takes its place.
 * Nothing is lost: what the area holds is indicated to the next. come: behind the last byte that came.
 */
static bool give_up(struct player *player, const uint8_t *come)
{
    uint64_t *chance = player->play->chance;
    if (!chance || chance_below(chance, 8) != 0 ||
        (player->own.bytes && come > player->own.bytes && come <= player->own.bytes + player->own.length))
        return false;
    ws_receive_cancel(&player->rx);
    check(player, ws_receive_ended(&player->rx) == WS_OK);
    next_operation(player);
    return true;
}

/* Returns whether the stream goes on. */
static bool step(struct player *player)
{
    struct ws_receive_event event;
    memset(&event, BLOCK_POISON, sizeof event);

    enum ws_receive_result result = ws_receive_next(&player->rx, player->own, &event);
    switch (result) {
    case WS_RECEIVE_READ:
        check_read(player, event.buffer);
        if (player->fed == player->play->size) {
            if (is_closed(player))
                check_after_close(player);
            return false;
        }
        if (give_up(player, event.buffer.bytes))
            return true;
        check(player, ws_receive_ended(&player->rx) == WS_OK);
        size_t count = delivery(player, event.buffer.length);
        memcpy(event.buffer.bytes, player->play->stream + player->fed, count);
        player->fed += count;
        ws_receive_filled(&player->rx, player->own, (uint32_t)count);
        (void)give_up(player, event.buffer.bytes + count);
        return true;
    case WS_RECEIVE_INDICATE:
        check_indication(player, &event);
        return true;
    case WS_RECEIVE_PING:
        take_ping(player, event);
        return true;
    case WS_RECEIVE_FAILED:
        check_failure(player, &event);
        return false;
    case WS_RECEIVE_LOST:
        check(player, result != WS_RECEIVE_LOST); /* no operation is given up with payload in its memory */
        break;
    }
    return false;
}

void receive_play(const struct receive_play *play)
{
    struct player player = {.play = play};

    player.reference = reference_decode(play->stream, play->size, play->rules);
    player.area = block_new(play->area + WS_RECEIVE_SLACK);
    ws_receive_init(&player.rx, player.area, play->area, library_rules(play->rules), play->rules.verify);
    next_operation(&player);
    while (step(&player)) {
    }
    drop_operation(&player);
    free(player.area);
    reference_free(&player.reference);
}
