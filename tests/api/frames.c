/*
 * Frames as they lie on the wire, from RFC 6455, section 5.2, on top of make_frame() and read_frame().
 */
#include "frames.h"

#include "api_tests.h"

WEB_SOCKET_HANDLE open_role(enum role role, const struct session_options *options)
{
    return role == ROLE_CLIENT ? open_client(options) : open_server(options);
}

const char *role_name(enum role role)
{
    return role == ROLE_CLIENT ? "client" : "server";
}

uint8_t *make_payload(size_t size)
{
    return heap_keep(block_numbered(size));
}

uint8_t *make_text(size_t size)
{
    static const char characters[] = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
    const size_t period = sizeof characters - 1;
    uint8_t *text = heap_block(size);
    size_t whole = size - size % period;

    for (size_t i = 0; i < size; i++)
        text[i] = (uint8_t)(i < whole ? characters[i % period] : 'x');
    return text;
}

void stream_bytes(struct stream *stream, const void *bytes, size_t size)
{
    uint8_t *longer = heap_block(stream->size + size);

    if (stream->size > 0)
        memcpy(longer, stream->bytes, stream->size);
    if (size > 0)
        memcpy(longer + stream->size, bytes, size);
    stream->bytes = longer;
    stream->size += size;
}

/* A masking key that differs from frame to frame, and in all four bytes. */
static void next_key(uint8_t key[4])
{
    static unsigned count;

    count++;
    key[0] = (uint8_t)(0x37 + 11 * count);
    key[1] = (uint8_t)(0xFA - 7 * count);
    key[2] = (uint8_t)(0x21 + 5 * count);
    key[3] = (uint8_t)(0x3D - 3 * count);
}

/* Gives a masked frame another key. */
static void change_key(uint8_t *frame, size_t total, size_t size)
{
    uint8_t *old = frame + total - size - 4;
    uint8_t *payload = frame + total - size;
    uint8_t key[4];

    next_key(key);
    for (size_t i = 0; i < size; i++)
        payload[i] ^= (uint8_t)(old[i % 4] ^ key[i % 4]);
    memcpy(old, key, sizeof key);
}

void stream_frame(struct stream *stream, enum role receiver, unsigned first, const void *payload, size_t size)
{
    uint8_t *frame = heap_block(FRAME_HEADER_MAX + size);
    size_t total = make_frame(frame, first, receiver == ROLE_SERVER, payload, size);

    if (receiver == ROLE_SERVER)
        change_key(frame, total, size);
    stream_bytes(stream, frame, total);
}

void feed_frame(WEB_SOCKET_HANDLE handle, enum role role, unsigned first, const char *payload)
{
    struct stream in = {NULL, 0};

    stream_frame(&in, role, first, payload, strlen(payload));
    feed(handle, in.bytes, in.size, 0);
}

void stream_close(struct stream *stream, enum role receiver, USHORT status, const char *reason)
{
    uint8_t body[2 + 123];
    size_t size = reason != NULL ? strlen(reason) : 0;

    assert_true(size <= sizeof body - 2);
    body[0] = (uint8_t)(status >> 8);
    body[1] = (uint8_t)(status & 0xFF);
    if (size > 0)
        memcpy(body + 2, reason, size);
    stream_frame(stream, receiver, FIN | OP_CLOSE, body, 2 + size);
}

size_t peer_header(uint8_t *to, enum role receiver, const void *header, size_t size, uint8_t key[4])
{
    memcpy(to, header, size);
    memset(key, 0, 4);
    if (receiver == ROLE_CLIENT)
        return size;
    next_key(key);
    to[1] |= 0x80;
    memcpy(to + size, key, 4);
    return size + 4;
}

struct action get_pong(WEB_SOCKET_HANDLE handle, enum role role, WEB_SOCKET_ACTION_QUEUE queue,
                       const char *payload)
{
    struct action action = get_action(handle, queue, 1);
    struct stream sent = {NULL, 0};

    assert_result(S_OK, action.result);
    assert_int_equal(action.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.type, WEB_SOCKET_PING_PONG_BUFFER_TYPE);
    assert_int_equal(action.count, 1);
    assert_true(block_untouched(&action.application, sizeof action.application));
    stream_action(&sent, &action);
    expect_frame(payload, &sent, role, FIN | OP_PONG, payload, strlen(payload));
    assert_int_equal(sent.size, 0);
    return action;
}

void stream_action(struct stream *stream, const struct action *action)
{
    for (ULONG i = 0; i < action->count; i++)
        stream_bytes(stream, action->buffers[i].Data.pbBuffer, action->buffers[i].Data.ulBufferLength);
}

void stream_output(struct stream *stream, WEB_SOCKET_HANDLE handle)
{
    const size_t room = (size_t)1 << 18;
    uint8_t *output = heap_block(room);
    size_t size = take_output(handle, output, room);

    stream_bytes(stream, output, size);
}

void expect_frame(const char *row, struct stream *stream, enum role sender, unsigned first,
                  const void *payload, size_t size)
{
    struct frame frame;

    assert_that(stream->size >= 2, "%s: no frame but %u bytes", row, (unsigned)stream->size);
    frame = read_frame(stream->bytes, stream->size);
    assert_that(frame.first == first, "%s: first byte %02X, expected %02X", row, frame.first, first);
    assert_that(frame.masked == (sender == ROLE_CLIENT), "%s: mask bit", row);
    assert_that(frame.size == size, "%s: payload of %u, expected %u", row, (unsigned)frame.size,
                (unsigned)size);
    assert_that(size == 0 || memcmp(frame.payload, payload, size) == 0, "%s: payload differs", row);
    stream->bytes += frame.total;
    stream->size -= frame.total;
}

void expect_close_frame(const char *row, struct stream *stream, enum role sender, USHORT status,
                        const char *reason)
{
    uint8_t body[2 + 123];
    size_t size = reason != NULL ? strlen(reason) : 0;

    if (status == WEB_SOCKET_EMPTY_CLOSE_STATUS) {
        expect_frame(row, stream, sender, FIN | OP_CLOSE, NULL, 0);
        return;
    }
    body[0] = (uint8_t)(status >> 8);
    body[1] = (uint8_t)(status & 0xFF);
    if (size > 0)
        memcpy(body + 2, reason, size);
    expect_frame(row, stream, sender, FIN | OP_CLOSE, body, 2 + size);
}
