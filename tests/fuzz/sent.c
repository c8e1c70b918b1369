/*
 * sent.c - see sent.h, and RFC 6455, 5.2.
 */
#include "sent.h"

#include "fail.h"

bool sent_is_between(const struct sent *sent)
{
    return sent->have == 0;
}

void sent_cut(struct sent *sent)
{
    *sent = (struct sent){.have = 0};
}

static void end_if_complete(struct sent *sent)
{
    if (sent->in_payload && sent->left == 0)
        sent_cut(sent);
}

static size_t bytes_of_length(const struct sent *sent)
{
    const uint8_t code = sent->head[1] & 0x7F;
    return code == 127 ? 8 : code == 126 ? 2 : 0;
}

static uint64_t length_of(const struct sent *sent)
{
    const size_t bytes = bytes_of_length(sent);
    uint64_t length = 0;
    for (size_t i = 0; i < bytes; i++)
        length = length << 8 | sent->head[2 + i];
    return bytes > 0 ? length : sent->head[1] & 0x7F;
}

static void take_head(struct sent *sent, uint8_t byte, bool masked)
{
    sent->head[sent->have++] = byte;
    if (sent->have < 2)
        return;
    if ((sent->head[1] & 0x80) != (masked ? 0x80 : 0))
        fail("a frame is sent with the wrong mask bit");
    if (sent->have < 2 + bytes_of_length(sent) + (masked ? 4 : 0))
        return;
    sent->left = length_of(sent);
    sent->passed = 0;
    sent->in_payload = true;
}

static void take_payload(struct sent *sent, uint8_t byte, bool masked, uint8_t fill, bool any)
{
    const bool status = (sent->head[0] & 0x0F) == 8 && sent->passed < 2;
    if (masked)
        byte ^= sent->head[sent->have - 4 + sent->passed % 4];
    if (byte != fill && !status && !any)
        fail("a frame is sent with the byte 0x%02X in its payload, should be 0x%02X", byte, fill);
    sent->passed++;
    sent->left--;
}

void sent_bytes(struct sent *sent, const uint8_t *bytes, size_t count, bool masked, uint8_t fill, bool any)
{
    for (size_t i = 0; i < count; i++) {
        if (sent->in_payload)
            take_payload(sent, bytes[i], masked, fill, any);
        else
            take_head(sent, bytes[i], masked);
        end_if_complete(sent);
    }
}

void sent_passed(struct sent *sent, uint64_t count)
{
    if (!sent->in_payload || count > sent->left)
        fail("more payload is sent than the frame's header says");
    sent->passed += count;
    sent->left -= count;
    end_if_complete(sent);
}
