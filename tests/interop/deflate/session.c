/*
 * session.c - how a program compresses messages with the WebSocket Protocol Component API.
 *
 * Once an extension was negotiated, the library hands on frames with reserved bits as they are: the buffer type is
 * the frame's first byte times two, here FIN, RSV1 ("this message is compressed") and the opcode. The same types
 * send such frames. A message without RSV1 comes and goes with the usual types.
 *
 *     take_part   a frame, or a part of one that is larger than the receive buffer, into the message
 *     reply       the message, compressed, into one frame or several
 */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "http_socket.h"
#include "../report.h"
#include "utf8.h"

/* Milliseconds: between two looks at *stop; the longest silence; and that of a peer that was told goodbye. */
enum { TICK = 250, PATIENCE = 60000, ENDING_PATIENCE = 10000 };

/* A frame's first byte. */
enum { FIN = 0x80, RSV1 = 0x40, RESERVED = 0x70, OPCODE = 0x0f, TEXT = 1, BINARY = 2 };

/* The buffer types below this are first bytes times two. */
enum { RAW_TYPES = 0x200 };

/* ---- Closing ---- */

static void say_goodbye(struct session *s, WEB_SOCKET_BUFFER *status)
{
    if (SUCCEEDED(WebSocketSend(s->wire.handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, status, NULL)))
        s->closing = true;
    else
        s->over = true;
}

static void refuse(struct session *s, USHORT status, const char *why)
{
    WEB_SOCKET_BUFFER buffer;
    memset(&buffer, 0, sizeof buffer);
    buffer.CloseStatus.usStatus = status;
    report("", "closing with %d: %s", status, why);
    say_goodbye(s, &buffer);
}

static void refuse_result(struct session *s, enum codec_result result)
{
    if (result == CODEC_BROKEN)
        refuse(s, WEB_SOCKET_INVALID_PAYLOAD_CLOSE_STATUS, "what came is not compressed data");
    else if (result == CODEC_TOO_LARGE)
        refuse(s, WEB_SOCKET_MESSAGE_TOO_BIG_CLOSE_STATUS, "the message is too large");
    else
        refuse(s, WEB_SOCKET_SERVER_ERROR_CLOSE_STATUS, "memory is short");
}

/* ---- Sending ---- */

/* The type of a frame that begins with this byte; without compression, of one of a message of this opcode. */
static WEB_SOCKET_BUFFER_TYPE frame_type(const struct session *s, uint8_t first)
{
    bool last = (first & FIN) != 0;
    if (s->compresses)
        return (WEB_SOCKET_BUFFER_TYPE)(2 * first);
    if ((s->first & OPCODE) == TEXT)
        return last ? WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE : WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE;
    return last ? WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE : WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE;
}

/* The last frame's operation carries the session as its context: with it the reply is sent. */
static bool send_frame(struct session *s, uint8_t first, uint8_t *payload, size_t size)
{
    WEB_SOCKET_BUFFER buffer;
    memset(&buffer, 0, sizeof buffer);
    buffer.Data.pbBuffer = payload;
    buffer.Data.ulBufferLength = (ULONG)size;
    return SUCCEEDED(WebSocketSend(s->wire.handle, frame_type(s, first), &buffer, first & FIN ? s : NULL));
}

/* RFC 7692, 6.1: RSV1 is set in a message's first frame only. */
static void reply(struct session *s)
{
    enum codec_result result;
    s->reply.size = 0;
    if (s->compresses)
        result = codec_compress(&s->codec, &s->message, &s->reply);
    else
        result = bytes_append(&s->reply, s->message.at, s->message.size);
    if (result != CODEC_DONE) {
        refuse_result(s, result);
        return;
    }
    size_t at = 0;
    uint8_t first = RSV1 | (s->first & OPCODE);
    do {
        size_t size = s->reply.size - at;
        if (s->fragment > 0 && size > s->fragment)
            size = s->fragment;
        if (at + size == s->reply.size)
            first |= FIN;
        if (!send_frame(s, first, s->reply.at + at, size)) {
            s->over = true;
            return;
        }
        first = 0;
        at += size;
    } while (at < s->reply.size);
}

/* ---- Receiving ---- */

/* The first byte that a frame of this type has, or the frame of which it is a part: then without FIN. */
static uint8_t first_byte(WEB_SOCKET_BUFFER_TYPE type)
{
    switch (type) {
    case WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE:
        return FIN | TEXT;
    case WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE:
        return TEXT;
    case WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE:
        return FIN | BINARY;
    case WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE:
        return BINARY;
    default:
        return (uint8_t)((unsigned)type / 2);
    }
}

/* What the library leaves to its caller once there is an extension (RFC 7692, 6.2). */
static bool is_allowed(const struct session *s, uint8_t first)
{
    uint8_t opcode = first & OPCODE;
    uint8_t allowed = opcode == 0 ? 0 : RSV1;
    return opcode <= BINARY && (first & RESERVED & ~allowed) == 0 && (opcode != 0 || s->first != 0);
}

static enum codec_result take_payload(struct session *s, const WEB_SOCKET_BUFFER *buffer, bool last)
{
    const uint8_t *payload = buffer->Data.pbBuffer;
    size_t size = buffer->Data.ulBufferLength;
    s->received += size;
    if ((s->first & RSV1) == 0)
        return bytes_append(&s->message, payload, size);
    enum codec_result result = codec_expand(&s->codec, payload, size, &s->message);
    if (result == CODEC_DONE && last)
        result = codec_expand_end(&s->codec, &s->message);
    return result;
}

/* The library verifies text that is not compressed; what was compressed only its caller can read. */
static void finish_message(struct session *s)
{
    s->messages++;
    s->compressed += (s->first & RSV1) != 0;
    s->expanded += s->message.size;
    if ((s->first & OPCODE) == TEXT && !utf8_is_valid(s->message.at, s->message.size))
        refuse(s, WEB_SOCKET_INVALID_PAYLOAD_CLOSE_STATUS, "this text is not UTF-8");
    else
        reply(s);
    s->first = 0;
}

/* True: the message goes on, or is refused; the next receive is due. */
static bool take_part(struct session *s, WEB_SOCKET_BUFFER_TYPE type, const WEB_SOCKET_BUFFER *buffer)
{
    uint8_t first = first_byte(type);
    bool last = (first & FIN) != 0;
    if (s->closing)
        return true;
    if (!is_allowed(s, first)) {
        refuse(s, WEB_SOCKET_PROTOCOL_ERROR_CLOSE_STATUS, "reserved bits where they mean nothing");
        return true;
    }
    if (s->first == 0) {
        s->first = first;
        s->message.size = 0;
    }
    enum codec_result result = take_payload(s, buffer, last);
    if (result != CODEC_DONE)
        refuse_result(s, result);
    else if (last)
        finish_message(s);
    return !last || s->closing;
}

/* Nothing is asked for while a reply is on its way: a peer that does not read cannot fill our memory. */
static void take_indication(struct session *s, WEB_SOCKET_BUFFER_TYPE type, WEB_SOCKET_BUFFER *buffer,
                            PVOID context)
{
    bool go_on = true;
    if (type == WEB_SOCKET_CLOSE_BUFFER_TYPE) {
        go_on = false;
        if (!s->closing) {
            /* The reason lies in the library's memory, which is ours until the indication is completed. */
            if (FAILED(WebSocketSend(s->wire.handle, type, buffer, context)))
                s->over = true;
            s->closing = true;
            return;
        }
    } else if (type != WEB_SOCKET_PING_PONG_BUFFER_TYPE) {
        go_on = take_part(s, type, buffer);
    }
    WebSocketCompleteAction(s->wire.handle, context, 0);
    if (go_on && FAILED(WebSocketReceive(s->wire.handle, NULL, NULL)))
        s->over = true;
}

/* ---- The loop ---- */

static void finish_send(struct session *s, WEB_SOCKET_BUFFER_TYPE type, PVOID context)
{
    if (type == WEB_SOCKET_CLOSE_BUFFER_TYPE) {
        if (context != NULL)
            WebSocketCompleteAction(s->wire.handle, context, 0);
        s->over = true;
    } else if (context == s && FAILED(WebSocketReceive(s->wire.handle, NULL, NULL))) {
        s->over = true;
    }
}

/* Asks the library what to do until all is on its way. False: the peer broke the protocol. */
static bool take_actions(struct session *s)
{
    bool right = true;
    while (!s->over) {
        WEB_SOCKET_BUFFER buffers[2];
        ULONG count = 2;
        WEB_SOCKET_ACTION action;
        WEB_SOCKET_BUFFER_TYPE type;
        PVOID context = NULL, action_context;
        HRESULT result = WebSocketGetAction(s->wire.handle, WEB_SOCKET_ALL_ACTION_QUEUE, buffers, &count,
                                            &action, &type, &context, &action_context);
        if (FAILED(result)) {
            right = false;
            if (s->closing)
                return right;
            report("", "%s", report_result(result));
            say_goodbye(s, buffers);
            continue;
        }
        switch (action) {
        case WEB_SOCKET_NO_ACTION:
            return right;
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            wire_start_write(&s->wire, buffers, count, action_context);
            break;
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            wire_start_read(&s->wire, buffers, action_context);
            break;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            take_indication(s, type, buffers, action_context);
            break;
        case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:
            WebSocketCompleteAction(s->wire.handle, action_context, 0);
            finish_send(s, type, context);
            break;
        }
    }
    return right;
}

/* Everything was said: what the peer still sends is thrown away, until its end of the stream. */
static void drain(const struct session *s)
{
    char unwanted[4096];
    net_finish_writing(s->wire.socket);
    for (;;) {
        int count = net_read(s->wire.socket, unwanted, sizeof unwanted);
        if (count == NET_WAIT ? !http_wait(s->wire.socket, POLLIN, ENDING_PATIENCE) : count <= 0)
            return;
    }
}

bool session_run(struct session *session, const volatile sig_atomic_t *stop)
{
    struct session *s = session;
    uint64_t last_sign = net_clock();
    bool right = SUCCEEDED(WebSocketReceive(s->wire.handle, NULL, NULL));
    while (!*stop) {
        right = take_actions(s) && right;
        if (s->over)
            break;
        enum wire_result written = wire_write(&s->wire);
        enum wire_result read = wire_read(&s->wire);
        if (written == WIRE_LOST || read == WIRE_LOST || net_clock() - last_sign > PATIENCE)
            return false;
        if (written == WIRE_IDLE && read == WIRE_IDLE)
            http_wait(s->wire.socket, wire_events(&s->wire), TICK);
        else
            last_sign = net_clock();
    }
    drain(s);
    return right;
}

void session_end(struct session *session)
{
    WebSocketDeleteHandle(session->wire.handle);
    net_close(session->wire.socket);
    if (session->compresses)
        codec_end(&session->codec);
    free(session->message.at);
    free(session->reply.at);
}

void session_report(const struct session *session)
{
    report("", "%lu messages, %lu compressed, %llu bytes in %llu", session->messages, session->compressed,
           session->expanded, session->received);
}
