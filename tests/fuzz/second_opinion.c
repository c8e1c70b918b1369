/*
 * second_opinion.c - see second_opinion.h. wslay is given the stream a byte at a time, so that it is known
 * at which byte it made up its mind.
 */
#include "second_opinion.h"

#include <string.h>
#include <wslay/wslay.h>

#include "fail.h"

#define LARGEST_MESSAGE (128u * 1024u)

struct opinion {
    const uint8_t *bytes;
    size_t size;
    size_t given;
    size_t allowance; /* bytes that the next read may have */
    size_t close_at;  /* where a close frame's payload begins, and its size */
    size_t close_size;
    const struct reference *reference;
    size_t frame;   /* of the reference, that comes next in a message */
    size_t control; /* and the next that may be a control frame */
};

static ssize_t give(wslay_event_context_ptr context, uint8_t *to, size_t room, int flags, void *user)
{
    struct opinion *opinion = user;
    (void)flags;
    if (opinion->allowance == 0) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    size_t count = opinion->allowance < room ? opinion->allowance : room;
    memcpy(to, opinion->bytes + opinion->given, count);
    opinion->given += count;
    opinion->allowance -= count;
    return (ssize_t)count;
}

static ssize_t swallow(wslay_event_context_ptr context, const uint8_t *bytes, size_t count, int flags,
                       void *user)
{
    (void)context, (void)bytes, (void)flags, (void)user;
    return (ssize_t)count;
}

static int make_key(wslay_event_context_ptr context, uint8_t *key, size_t size, void *user)
{
    (void)context, (void)user;
    memset(key, 0, size);
    return 0;
}

/*
 * A data message of wslay's is one or more of the reference's frames, with control frames between that came
 * before it.
 */
static void compare_message(struct opinion *opinion, const struct wslay_event_on_msg_recv_arg *message)
{
    const struct reference *reference = opinion->reference;
    size_t at = 0;
    bool final = false;
    while (!final) {
        claim(opinion->frame < reference->complete, "wslay has a message that the reference decoder has not");
        const struct reference_frame *frame = &reference->frames[opinion->frame++];
        if (frame->kind != REFERENCE_DATA)
            continue; /* compared when it came */
        claim(message->opcode == (frame->text ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME), "wslay: opcode %u",
              message->opcode);
        claim(frame->length <= message->msg_length - at, "wslay: a message of %zu bytes only",
              message->msg_length);
        claim(frame->length == 0 || memcmp(message->msg + at, frame->payload, frame->have) == 0,
              "wslay: other bytes in a message");
        at += frame->have;
        final = (frame->first & 0x80) != 0;
    }
    claim(at == message->msg_length, "wslay: a message of %zu bytes instead of %zu", message->msg_length, at);
}

static void compare_control(struct opinion *opinion, const struct wslay_event_on_msg_recv_arg *message)
{
    const struct reference *reference = opinion->reference;
    while (opinion->control < reference->complete &&
           reference->frames[opinion->control].kind == REFERENCE_DATA)
        opinion->control++;
    claim(opinion->control < reference->complete,
          "wslay has a control frame that the reference decoder has not");
    const struct reference_frame *frame = &reference->frames[opinion->control++];
    claim(frame->first == (0x80 | message->opcode), "wslay: a control frame %u", message->opcode);
    claim(frame->length == message->msg_length, "wslay: a control frame of %zu bytes", message->msg_length);
    claim(frame->length == 0 || memcmp(message->msg, frame->payload, frame->have) == 0,
          "wslay: other bytes in a control frame");
}

static void received(wslay_event_context_ptr context, const struct wslay_event_on_msg_recv_arg *message,
                     void *user)
{
    struct opinion *opinion = user;
    (void)context;
    if (wslay_is_ctrl_frame(message->opcode))
        compare_control(opinion, message);
    else
        compare_message(opinion, message);
}

/*
 * Reads until wslay wants no more, or there is no more, or the place where the opinions may differ. Returns
 * wslay's error.
 */
static int read_until(wslay_event_context_ptr context, struct opinion *opinion, size_t end)
{
    int error = 0;
    while (error == 0 && opinion->given < end && wslay_event_get_read_enabled(context)) {
        opinion->allowance =
            opinion->given == opinion->close_at && opinion->close_size > 0 ? opinion->close_size : 1;
        error = wslay_event_recv(context);
        claim(error != 0 || opinion->allowance == 0 || !wslay_event_get_read_enabled(context),
              "wslay does not read");
    }
    return error;
}

/* How many bytes there are of the header that begins at `at`; its mask and length decide. */
static size_t header_end(const uint8_t *bytes, size_t size, size_t at)
{
    if (size - at < 2)
        return size;
    size_t length = bytes[at + 1] & 0x7F;
    size_t end = at + 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (bytes[at + 1] & 0x80 ? 4 : 0);
    return end;
}

/* Where the first frame begins that has a broken header: behind the last frame. */
static size_t broken_header_at(const struct reference *reference)
{
    if (reference->count == 0)
        return 0;
    const struct reference_frame *frame = &reference->frames[reference->count - 1];
    return frame->payload_at + frame->have;
}

static bool message_is_too_large(const struct reference *reference)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < reference->count; i++) {
        const struct reference_frame *frame = &reference->frames[i];
        if (frame->kind != REFERENCE_DATA)
            continue;
        if (frame->length > LARGEST_MESSAGE - sum)
            return true;
        sum = frame->first & 0x80 ? 0 : sum + frame->length;
    }
    return false;
}

static void expect_refusal(wslay_event_context_ptr context, struct opinion *opinion, uint16_t status,
                           uint16_t or_status)
{
    claim(!wslay_event_get_read_enabled(context) && !wslay_event_get_close_received(context),
          "wslay accepts what the reference decoder refuses with %u", status);
    (void)wslay_event_send(context);
    uint16_t sent = wslay_event_get_status_code_sent(context);
    claim(sent == status || sent == or_status, "wslay refuses with %u, not %u, at %zu", sent, status,
          opinion->given);
}

static void compare_broken_header(wslay_event_context_ptr context, struct opinion *opinion, size_t at)
{
    const uint8_t *bytes = opinion->bytes;
    if (opinion->size - at >= 2 && bytes[at] == 0x88 && (bytes[at + 1] & 0x7F) == 1)
        return; /* the body of one byte */
    size_t latest = header_end(bytes, opinion->size, at) + 1;
    size_t end = latest < opinion->size ? latest : opinion->size;
    int error = read_until(context, opinion, end);
    claim(error != 0 || latest > opinion->size || !wslay_event_get_read_enabled(context),
          "wslay accepts a broken header at %zu", at);
    if (wslay_event_get_read_enabled(context) || error != 0)
        return;
    expect_refusal(context, opinion, WSLAY_CODE_PROTOCOL_ERROR, WSLAY_CODE_MESSAGE_TOO_BIG);
}

static void compare_broken_close(wslay_event_context_ptr context, struct opinion *opinion,
                                 const struct reference_frame *frame)
{
    size_t end = frame->payload_at + (size_t)frame->length;
    (void)read_until(context, opinion, end < opinion->size ? end : opinion->size);
    if (end <= opinion->size)
        expect_refusal(context, opinion, opinion->reference->status, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA);
}

static void compare_broken(wslay_event_context_ptr context, struct opinion *opinion)
{
    const struct reference *reference = opinion->reference;
    const struct reference_frame *last =
        reference->count > 0 ? &reference->frames[reference->count - 1] : NULL;
    if (last == NULL || reference->complete == reference->count) {
        size_t at = broken_header_at(reference);
        claim(read_until(context, opinion, at) == 0 && opinion->given == at, "wslay refuses before %zu", at);
        compare_broken_header(context, opinion, at);
    } else if (last->kind == REFERENCE_CLOSE) {
        compare_broken_close(context, opinion, last);
    } else {
        (void)read_until(context, opinion, opinion->size);
        claim(opinion->given == reference->broken_at, "wslay finds the wrong text at %zu, not %zu",
              opinion->given, reference->broken_at);
        expect_refusal(context, opinion, reference->status, reference->status);
    }
}

static void compare_closed(wslay_event_context_ptr context, struct opinion *opinion)
{
    const struct reference_frame *last = &opinion->reference->frames[opinion->reference->count - 1];
    (void)read_until(context, opinion, opinion->size);
    claim(opinion->given == last->payload_at + last->have, "wslay is closed at %zu", opinion->given);
    if ((last->status >= 1012 && last->status <= 1014) || last->status >= 5000) {
        expect_refusal(context, opinion, WSLAY_CODE_PROTOCOL_ERROR, WSLAY_CODE_PROTOCOL_ERROR);
        return;
    }
    claim(wslay_event_get_close_received(context), "wslay refuses a close frame with %u", last->status);
    claim(wslay_event_get_status_code_received(context) == last->status,
          "wslay: close status %u instead of %u", wslay_event_get_status_code_received(context),
          last->status);
}

static void compare_open(wslay_event_context_ptr context, struct opinion *opinion)
{
    (void)read_until(context, opinion, opinion->size);
    claim(wslay_event_get_read_enabled(context),
          "wslay refuses or closes at %zu what the reference decoder accepts", opinion->given);
}

/*
 * What is left of the complete frames is the beginning of a message, or control frames that were compared
 * when they came.
 */
static void claim_that_all_came(const struct opinion *opinion)
{
    for (size_t i = opinion->frame; i < opinion->reference->complete; i++) {
        const struct reference_frame *frame = &opinion->reference->frames[i];
        claim(frame->kind != REFERENCE_DATA || !(frame->first & 0x80), "wslay lacks a message");
    }
}

void second_opinion_compare(const uint8_t *bytes, size_t size, bool server, const struct reference *reference)
{
    const struct wslay_event_callbacks callbacks = {.recv_callback = give,
                                                    .send_callback = swallow,
                                                    .genmask_callback = make_key,
                                                    .on_msg_recv_callback = received};
    struct opinion opinion = {.bytes = bytes, .size = size, .reference = reference};
    wslay_event_context_ptr context;
    if (message_is_too_large(reference))
        return;
    if (reference->count > 0 && reference->frames[reference->count - 1].kind == REFERENCE_CLOSE) {
        const struct reference_frame *last = &reference->frames[reference->count - 1];
        opinion.close_at = last->payload_at;
        opinion.close_size =
            last->length < size - last->payload_at ? (size_t)last->length : size - last->payload_at;
    }

    int error = server ? wslay_event_context_server_init(&context, &callbacks, &opinion)
                       : wslay_event_context_client_init(&context, &callbacks, &opinion);
    claim(error == 0, "no wslay: %d", error);
    wslay_event_config_set_max_recv_msg_length(context, LARGEST_MESSAGE);
    if (reference->state == REFERENCE_OPEN)
        compare_open(context, &opinion);
    else if (reference->state == REFERENCE_CLOSED)
        compare_closed(context, &opinion);
    else
        compare_broken(context, &opinion);
    claim_that_all_came(&opinion);
    wslay_event_context_free(context);
}
