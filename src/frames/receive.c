/*
 * Frames from bytes, see receive.h for the machine. Everything that arrives is looked at once, in the order of the
 * wire, as far as it is here: so a violation is found at the first byte that shows it. Who waits for what, and who
 * answers pings, is decided elsewhere.
 *
 * The payload of a data frame goes one of two ways: data_in_area unmasks it where it lies, and hands on a part when the area
 * is full; data_in_own copies what the area has to the operation's memory, and has the network write behind it. A frame may
 * change from the one to the other in its middle, when its operation is given up and another one takes its place. So both
 * keep the same four numbers, and between any two calls the same holds of them, see is_sound.
 */
#include "frames/receive.h"

#include <assert.h>
#include <string.h>

#include "frames/frame.h"
#include "frames/text.h"
#include "kernels/mask.h"

enum { RX_HEADER, RX_DATA, RX_CONTROL, RX_CLOSE, RX_CLOSED, RX_LOST, RX_FAILED };

#define CLOSE_STATUS_SIZE 2u

#ifndef NDEBUG
/* What is written in receive.h of the area; and nothing of a frame's payload is anywhere while none is being read. */
static bool is_sound(const struct ws_receive *rx)
{
    const bool order =
        rx->begin <= rx->ready && rx->ready <= rx->end && rx->end <= rx->size + WS_RECEIVE_SLACK;
    const bool between_frames = rx->state == RX_HEADER || rx->state == RX_CLOSED;
    return order && (!between_frames || rx->landed == 0) &&
           (rx->state != RX_HEADER || rx->begin == rx->ready);
}
#endif

void ws_receive_init(struct ws_receive *rx, uint8_t *area, uint32_t size, unsigned rules, bool verify_text)
{
    if (size > UINT32_MAX - WS_RECEIVE_SLACK)
        size = UINT32_MAX - WS_RECEIVE_SLACK; /* the area's end, behind the slack, is counted in 32 bits */
    *rx = (struct ws_receive){
        .area = area, .size = size, .rules = (uint8_t)rules, .verify_text = verify_text, .state = RX_HEADER};
}

enum ws_status ws_receive_ended(const struct ws_receive *rx)
{
    if (rx->state == RX_FAILED)
        return WS_WHY_RECEIVE_AFTER_FAILURE;
    return rx->state == RX_LOST ? WS_WHY_RECEIVE_AFTER_LOSS : WS_OK;
}

enum ws_status ws_receive_failure(const struct ws_receive *rx)
{
    return rx->state == RX_FAILED ? (enum ws_status)rx->why : WS_OK;
}

bool ws_receive_is_between_messages(const struct ws_receive *rx)
{
    return rx->state == RX_HEADER && rx->message == 0;
}

static void fail(struct ws_receive *rx, enum ws_status why)
{
    rx->state = RX_FAILED;
    rx->why = (uint16_t)why;
}

static enum ws_receive_result failed(const struct ws_receive *rx, struct ws_receive_event *out)
{
    bool text = ws_status_class((enum ws_status)rx->why) == WS_ERROR_TEXT;
    *out = (struct ws_receive_event){.status = text ? WS_STATUS_INVALID_PAYLOAD : WS_STATUS_PROTOCOL_ERROR};
    return WS_RECEIVE_FAILED;
}

static uint32_t at_most(uint64_t wanted, uint32_t limit)
{
    return wanted < limit ? (uint32_t)wanted : limit;
}

/* Where the area can take more bytes of what lies at its front. */
static enum ws_receive_result want_more(struct ws_receive *rx, struct ws_receive_event *out)
{
    rx->direct = false;
    *out = (struct ws_receive_event){.buffer = {rx->area + rx->end, rx->size - (rx->end - rx->begin)}};
    return WS_RECEIVE_READ;
}

/* The same, after what is there of a header or a control frame has moved to the area's front. */
static enum ws_receive_result want_rest(struct ws_receive *rx, struct ws_receive_event *out)
{
    memmove(rx->area, rx->area + rx->begin, rx->end - rx->begin);
    rx->ready -= rx->begin;
    rx->end -= rx->begin;
    rx->begin = 0;
    return want_more(rx, out);
}

/* Whatever has come behind a close frame is dropped, and more of it wanted: programs wait for the connection's end. */
static enum ws_receive_result want_end(struct ws_receive *rx, struct ws_receive_event *out)
{
    rx->begin = rx->ready = rx->end = 0;
    return want_more(rx, out);
}

/* RFC 6455, section 5.4: a continuation needs a message in progress, a new message needs that there is none. */
static enum ws_status check_sequence(const struct ws_receive *rx, uint8_t first)
{
    if (ws_frame_is_control(first))
        return WS_OK;
    bool continues = (first & WS_FRAME_OPCODE) == WS_OPCODE_CONTINUATION;
    if (continues == (rx->message != 0))
        return WS_OK;
    return continues ? WS_WHY_FRAME_CONTINUES_NOTHING : WS_WHY_FRAME_INSIDE_MESSAGE;
}

static uint8_t begin_data(struct ws_receive *rx, const struct ws_frame *frame)
{
    if ((frame->first & WS_FRAME_OPCODE) != WS_OPCODE_CONTINUATION) {
        rx->message = frame->first;
        rx->raw_message = false;
        rx->utf8 = (struct ws_utf8){0};
    }
    if (ws_frame_is_extension(frame->first))
        rx->raw_message = true;
    return RX_DATA;
}

static uint8_t begin_control(struct ws_receive *rx, const struct ws_frame *frame)
{
    if (frame->first != (WS_FRAME_FIN | WS_OPCODE_CLOSE))
        return RX_CONTROL;
    rx->utf8 = (struct ws_utf8){0};
    return RX_CLOSE;
}

/* Read a header. Returns false if it is broken, which leaves RX_HEADER, or not complete. */
static bool read_header(struct ws_receive *rx, struct ws_frame *frame)
{
    const uint8_t *bytes = rx->area + rx->begin;
    size_t count = rx->end - rx->begin;
    enum ws_frame_result result = ws_frame_decode(bytes, count, rx->rules, frame);
    enum ws_status status = WS_OK;
    if (result == WS_FRAME_BROKEN)
        status = (enum ws_status)frame->why;
    else if (count > 0)
        status = check_sequence(rx, bytes[0]);
    if (status != WS_OK) {
        fail(rx, status);
        return false;
    }
    return result == WS_FRAME_COMPLETE;
}

static void begin_frame(struct ws_receive *rx, const struct ws_frame *frame)
{
    rx->begin += frame->size;
    rx->ready = rx->begin;
    rx->remaining = frame->length;
    rx->key = frame->key;
    rx->first = frame->first;
    rx->state = ws_frame_is_control(frame->first) ? begin_control(rx, frame) : begin_data(rx, frame);
}

static bool is_verified_text(const struct ws_receive *rx)
{
    return rx->verify_text && !rx->raw_message && (rx->message & WS_FRAME_OPCODE) == WS_OPCODE_TEXT;
}

/* So many raw payload bytes of the current frame are about to be unmasked. Returns the key for them. */
static uint32_t pass(struct ws_receive *rx, uint32_t count)
{
    uint32_t key = rx->key;
    rx->key = ws_mask_rotate(key, count);
    rx->remaining -= count;
    return key;
}

/* Unmask and verify text. ends: a message's last bytes are among it. */
static enum ws_status take_text(struct ws_utf8 *utf8, uint8_t *to, const uint8_t *from, uint32_t count,
                                uint32_t key, bool ends)
{
    if (!ws_text_unmask(utf8, to, from, count, key))
        return WS_WHY_TEXT_NOT_UTF8;
    return !ends || ws_utf8_at_boundary(utf8) ? WS_OK : WS_WHY_TEXT_CUT_SHORT;
}

/*
 * Move count raw payload bytes of a data frame from -> to (the same place, one before it, or another) and
 * unmask them on the way. Text must be UTF-8 across fragments, and whole at the message's end (8.1).
 */
static bool take(struct ws_receive *rx, uint8_t *to, const uint8_t *from, uint32_t count)
{
    uint32_t key = pass(rx, count);
    if (!is_verified_text(rx)) {
        if (key != 0 || to != from)
            (void)ws_mask(to, from, count, key);
        return true;
    }
    bool ends = rx->remaining == 0 && rx->first & WS_FRAME_FIN;
    enum ws_status status = take_text(&rx->utf8, to, from, count, key, ends);
    if (status == WS_OK)
        return true;
    fail(rx, status);
    return false;
}

/* Unmask in place what the area holds of the current control frame. */
static void gather(struct ws_receive *rx)
{
    uint8_t *raw = rx->area + rx->ready;
    uint32_t count = at_most(rx->remaining, rx->end - rx->ready);
    (void)ws_mask(raw, raw, count, pass(rx, count));
    rx->ready += count;
}

static void finish_frame(struct ws_receive *rx)
{
    if (!ws_frame_is_control(rx->first) && rx->first & WS_FRAME_FIN)
        rx->message = 0;
    rx->begin = rx->ready;
    rx->state = RX_HEADER;
}

/* Hand on payload of a data frame; last: it is the frame's last part. */
static enum ws_receive_result indicate_data(struct ws_receive *rx, struct ws_buffer payload, bool last,
                                            struct ws_receive_event *out)
{
    bool text = (rx->message & WS_FRAME_OPCODE) == WS_OPCODE_TEXT;
    bool final = last && rx->first & WS_FRAME_FIN;
    unsigned kind = text ? (final ? WS_TEXT_MESSAGE : WS_TEXT_FRAGMENT)
                         : (final ? WS_BINARY_MESSAGE : WS_BINARY_FRAGMENT);
    if (rx->raw_message)
        kind = WS_EXTENSION;
    unsigned first = last ? rx->first : rx->first & ~WS_FRAME_FIN;
    *out = (struct ws_receive_event){.buffer = payload, .kind = (uint8_t)kind, .first = (uint8_t)first};
    if (last)
        finish_frame(rx);
    return WS_RECEIVE_INDICATE;
}

/* Unmask what is there of a data frame. An unfinished one that is not at the area's front moves there on the way. */
static bool take_in_area(struct ws_receive *rx)
{
    uint8_t *raw = rx->area + rx->ready;
    uint32_t count = at_most(rx->remaining, rx->end - rx->ready);
    if (rx->begin > WS_RECEIVE_SLACK && rx->remaining > count) {
        memmove(rx->area, rx->area + rx->begin, rx->ready - rx->begin);
        rx->ready -= rx->begin;
        rx->begin = 0;
        rx->end = rx->ready + count;
    }
    uint8_t *to = rx->area + rx->ready;
    rx->ready += count;
    return take(rx, to, raw, count);
}

static enum ws_receive_result data_in_area(struct ws_receive *rx, struct ws_receive_event *out)
{
    if (!take_in_area(rx))
        return failed(rx, out);
    bool last = rx->remaining == 0;
    uint32_t length = rx->ready - rx->begin;
    if (!last && length < rx->size)
        return want_more(rx, out);
    struct ws_buffer payload = {length > 0 ? rx->area + rx->begin : rx->area, length};
    rx->begin = rx->ready;
    return indicate_data(rx, payload, last, out);
}

static enum ws_receive_result data_in_own(struct ws_receive *rx, struct ws_buffer own,
                                          struct ws_receive_event *out)
{
    /* Payload that was unmasked in the area for an earlier operation, which was then given up. */
    uint32_t kept = at_most(rx->ready - rx->begin, own.length - rx->landed);
    memcpy(own.bytes + rx->landed, rx->area + rx->begin, kept);
    rx->begin += kept;
    rx->landed += kept;

    if (rx->begin == rx->ready) {
        uint32_t raw = at_most(rx->remaining, rx->end - rx->ready);
        uint32_t count = at_most(raw, own.length - rx->landed);
        if (!take(rx, own.bytes + rx->landed, rx->area + rx->ready, count))
            return failed(rx, out);
        rx->ready += count;
        rx->begin = rx->ready;
        rx->landed += count;
    }

    bool last = rx->remaining == 0;
    uint32_t room = own.length - rx->landed;
    if (!last && room > 0) {
        rx->direct = true;
        *out = (struct ws_receive_event){.buffer = {own.bytes + rx->landed, at_most(rx->remaining, room)}};
        return WS_RECEIVE_READ;
    }
    struct ws_buffer payload = {own.bytes, rx->landed};
    rx->landed = 0;
    return indicate_data(rx, payload, last, out);
}

static enum ws_receive_result control(struct ws_receive *rx, struct ws_receive_event *out)
{
    gather(rx);
    if (rx->remaining > 0)
        return want_rest(rx, out);

    uint32_t length = rx->ready - rx->begin;
    *out = (struct ws_receive_event){.buffer = {length > 0 ? rx->area + rx->begin : rx->area, length},
                                     .kind = ws_frame_is_extension(rx->first) ? WS_EXTENSION : WS_PING_PONG,
                                     .first = rx->first};
    if (rx->first == (WS_FRAME_FIN | WS_OPCODE_PING))
        return WS_RECEIVE_PING;
    finish_frame(rx);
    if ((rx->first & WS_FRAME_OPCODE) == WS_OPCODE_CLOSE) /* with reserved bits: nothing follows it either */
        rx->state = RX_CLOSED;
    return WS_RECEIVE_INDICATE;
}

/* Look at a close frame's body as far as it is here (5.5.1); seen bytes of it were looked at before. */
static void check_close_body(struct ws_receive *rx, uint32_t seen)
{
    const uint8_t *body = rx->area + rx->begin;
    uint32_t length = rx->ready - rx->begin;
    if (length == 0)
        return;
    if (length < CLOSE_STATUS_SIZE) {
        if (!ws_frame_close_status_may_begin(body[0]))
            fail(rx, WS_WHY_CLOSE_STATUS);
        return;
    }
    if (!ws_frame_close_status_valid((uint16_t)(body[0] << 8 | body[1]))) {
        fail(rx, WS_WHY_CLOSE_STATUS);
        return;
    }
    if (!rx->verify_text)
        return;
    if (seen < CLOSE_STATUS_SIZE)
        seen = CLOSE_STATUS_SIZE;
    if (!ws_utf8_feed(&rx->utf8, body + seen, length - seen) ||
        (rx->remaining == 0 && !ws_utf8_at_boundary(&rx->utf8)))
        fail(rx, WS_WHY_CLOSE_REASON_NOT_UTF8);
}

static enum ws_receive_result close_frame(struct ws_receive *rx, struct ws_receive_event *out)
{
    uint32_t seen = rx->ready - rx->begin;
    gather(rx);
    check_close_body(rx, seen);
    if (rx->state == RX_FAILED)
        return failed(rx, out);
    if (rx->remaining > 0)
        return want_rest(rx, out);

    uint8_t *body = rx->area + rx->begin;
    uint32_t length = rx->ready - rx->begin;
    *out = (struct ws_receive_event){.status = WS_STATUS_EMPTY, .kind = WS_CLOSE};
    if (length > 0)
        out->status = (uint16_t)(body[0] << 8 | body[1]);
    if (length > CLOSE_STATUS_SIZE)
        out->buffer = (struct ws_buffer){body + CLOSE_STATUS_SIZE, length - CLOSE_STATUS_SIZE};
    rx->state = RX_CLOSED;
    return WS_RECEIVE_INDICATE;
}

enum ws_receive_result ws_receive_next(struct ws_receive *rx, struct ws_buffer own,
                                       struct ws_receive_event *out)
{
    assert(is_sound(rx));
    struct ws_frame frame;
    if (rx->state == RX_HEADER && read_header(rx, &frame))
        begin_frame(rx, &frame);

    switch (rx->state) {
    case RX_HEADER:
        return want_rest(rx, out);
    case RX_DATA:
        return own.bytes ? data_in_own(rx, own, out) : data_in_area(rx, out);
    case RX_CONTROL:
        return control(rx, out);
    case RX_CLOSE:
        return close_frame(rx, out);
    case RX_CLOSED:
        return want_end(rx, out);
    case RX_LOST:
        return WS_RECEIVE_LOST;
    default:
        return failed(rx, out);
    }
}

void ws_receive_filled(struct ws_receive *rx, struct ws_buffer own, uint32_t count)
{
    if (!rx->direct) {
        rx->end += count;
        assert(is_sound(rx));
        return;
    }
    uint8_t *bytes = own.bytes + rx->landed;
    rx->landed += count;
    (void)take(rx, bytes, bytes, count); /* a violation is reported by the next ws_receive_next */
}

void ws_receive_pass_ping(struct ws_receive *rx)
{
    finish_frame(rx);
}

void ws_receive_cancel(struct ws_receive *rx)
{
    if (rx->landed > 0)
        rx->state = RX_LOST;
}
