/*
 * calls_actions.c - WebSocketGetAction and WebSocketCompleteAction for fuzz_calls: each output of each action
 * as the table of the specification's section 8 says, each operation indicated once and in its order, each
 * byte the session's own.
 */
#include <string.h>

#include "calls.h"
#include "frame_header.h"

#define POISON_BYTE    0x5A
#define POISON_POINTER ((PVOID)(uintptr_t)0x5A5A5A5A)
#define POISON         0x5A5A5A5Au

#define ROOM_MAX 3

/* Reads that are not filled as a whole, because there would be gigabytes. */
#define FILLED_MOST 0x10000u

/* What WebSocketGetAction wrote. */
struct outputs {
    WEB_SOCKET_BUFFER buffers[ROOM_MAX]; /* the last `room` of them were offered */
    ULONG count;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID application, context;
};

/* How it was asked. */
struct question {
    WEB_SOCKET_ACTION_QUEUE queue;
    ULONG room;
    bool application;
    uint8_t missing; /* bits of outputs that are NULL */
};

/* ---- buffers ---- */

static bool is_inside(const BYTE *bytes, uint64_t length, const BYTE *memory, uint64_t size)
{
    return bytes >= memory && (uint64_t)(bytes - memory) <= size &&
           length <= size - (uint64_t)(bytes - memory);
}

/* Library memory is not longer than its areas, and inside the caller's if that was given. */
static void check_library_memory(const struct session *session, const WEB_SOCKET_BUFFER *buffer, ULONG most)
{
    if (buffer->Data.pbBuffer == NULL || buffer->Data.ulBufferLength > most)
        fail("a buffer in library memory has %u bytes, at most %u are right",
             (unsigned)buffer->Data.ulBufferLength, (unsigned)most);
    if (session->memory != NULL &&
        !is_inside(buffer->Data.pbBuffer, buffer->Data.ulBufferLength, session->memory, session->memory_size))
        fail("a buffer lies outside the memory of ALLOCATED_BUFFER");
}

/* .NET lets no buffer be longer than the larger area; a client's control frame may be longer than a small
 * send area. */
static ULONG most_of(const struct session *session)
{
    return session->receive_size > session->send_size ? session->receive_size : session->send_size;
}

static void send_buffer(struct session *session, const WEB_SOCKET_BUFFER *buffer,
                        const struct operation *operation)
{
    const bool masked = !session->server;
    const PBYTE bytes = buffer->Data.pbBuffer;
    const ULONG length = buffer->Data.ulBufferLength;
    if (operation != NULL && operation->length > session->send_passed &&
        bytes == operation->block + session->send_passed) {
        if (length != operation->length - session->send_passed || (!session->server && !session->unmasked))
            fail("the caller's payload is sent with another length, or unmasked");
        if (operation->is_nothing)
            sent_passed(&session->sent, length);
        else /* under the mask key 0, if there is one */
            sent_bytes(&session->sent, bytes, length, masked, session->letter, false);
        return;
    }
    check_library_memory(session, buffer, most_of(session));
    sent_bytes(&session->sent, bytes, length, masked,
               operation != NULL && operation->is_nothing ? 0 : session->letter,
               operation == NULL && session->anything);
}

/* ---- actions ---- */

/* Whoever completes an action late, or twice, must not meet another one. */
static void check_fresh(struct session *session, PVOID context)
{
    for (unsigned i = 0; i < CONTEXTS_MAX; i++)
        if (session->contexts[i] == context)
            fail("an action has the context of an earlier one");
    session->contexts[session->context_count++ % CONTEXTS_MAX] = context;
}

static void set_outstanding(struct session *session, struct action *action, const struct outputs *out,
                            ULONG bytes)
{
    if (action->context != NULL)
        fail("a side has two outstanding actions");
    if (out->context == NULL || out->context == POISON_POINTER)
        fail("an action has no context");
    check_fresh(session, out->context);
    *action = (struct action){out->context, out->action, bytes, NULL};
}

static const struct operation *head_of(const struct queue *queue, const struct outputs *out,
                                       const struct question *question)
{
    if (queue->count == 0)
        fail("action %d belongs to no operation", (int)out->action);
    if (question->application && out->application != queue->operations[0].context)
        fail("action %d has another context than its operation", (int)out->action);
    return &queue->operations[0];
}

static void pong_out(struct session *session, const struct outputs *out, const WEB_SOCKET_BUFFER *buffers)
{
    if (out->count != 1 || !sent_is_between(&session->sent))
        fail("a pong is sent inside a frame, or in two buffers");
    set_outstanding(session, &session->pong, out, buffers[0].Data.ulBufferLength);
    send_buffer(session, &buffers[0], NULL);
    if (!sent_is_between(&session->sent))
        fail("a pong is not one whole frame");
}

static bool is_message(const struct operation *operation)
{
    return (ULONG)operation->type >= 0x80000000u && (ULONG)operation->type <= 0x80000003u;
}

/* Whether another frame of the operation follows the one that is over. */
static bool is_cut_off(const struct session *session, const struct operation *operation)
{
    return is_message(operation) && session->send_passed < operation->length;
}

static uint64_t size_on_wire(const struct session *session, uint64_t payload)
{
    return frame_header_size(payload, !session->server) + payload;
}

/* 7: a message takes no more than one action beside a pong: a fragment with as much payload as that holds. */
static uint64_t next_payload(const struct session *session, uint64_t left, ULONG room)
{
    const bool masked = !session->server && !session->unmasked;
    const bool several = masked ? size_on_wire(session, left) > session->send_size : room < 2 && left > 0;
    uint64_t most = session->send_size;
    if (session->pong.context == NULL || !several)
        return left;
    while (size_on_wire(session, most) > session->send_size)
        most--;
    return left < most ? left : most;
}

static void check_frame(struct session *session, const WEB_SOCKET_BUFFER *head,
                        const struct operation *operation, ULONG room)
{
    struct frame_header frame;
    const uint64_t left = operation->length - session->send_passed;
    if (!frame_header_read(head->Data.pbBuffer, head->Data.ulBufferLength, &frame))
        fail("a frame begins without its whole header");
    session->send_frame = frame.length;
    if (!is_message(operation))
        return;
    if (frame.length != next_payload(session, left, room))
        fail("a frame of a message has %u bytes of payload, %u are left", (unsigned)frame.length,
             (unsigned)left);
    if (session->send_passed > 0 && (frame.first & 0x0F) != 0)
        fail("a frame behind a fragment begins with 0x%02X", frame.first);
    if ((frame.first & 0x80) != ((ULONG)operation->type % 2 == 0 && frame.length == left ? 0x80 : 0))
        fail("a frame of the type 0x%08X begins with 0x%02X", (unsigned)operation->type, frame.first);
}

static void send_out(struct session *session, const struct outputs *out, const WEB_SOCKET_BUFFER *buffers,
                     const struct question *question)
{
    if (session->aborted)
        fail("an aborted session sends");
    if (out->type == WEB_SOCKET_PING_PONG_BUFFER_TYPE &&
        (!question->application || out->application == POISON_POINTER)) {
        pong_out(session, out, buffers);
        return;
    }
    const struct operation *operation = head_of(&session->sends, out, question);
    if (out->type != operation->type || out->count < 1 || out->count > 2)
        fail("a send has the type 0x%08X and %u buffers", (unsigned)out->type, (unsigned)out->count);
    const bool begins = sent_is_between(&session->sent);
    if (session->send_cut || (session->send_begun && begins && !is_cut_off(session, operation)))
        fail("an operation is sent whose frame is over");
    if (begins)
        check_frame(session, &buffers[0], operation, question->room);
    ULONG bytes = 0;
    for (ULONG i = 0; i < out->count; i++) {
        bytes += buffers[i].Data.ulBufferLength; /* modulo 2^32, as its completion can tell it */
        send_buffer(session, &buffers[i], operation);
    }
    set_outstanding(session, &session->send, out, bytes);
    session->send_begun = true;
    if (sent_is_between(&session->sent))
        session->send_passed += session->send_frame;
    else if (session->pong.context != NULL)
        fail("a frame of several actions is begun beside a pong");
}

static void send_indicated(struct session *session, const struct outputs *out,
                           const struct question *question)
{
    const struct operation *operation = head_of(&session->sends, out, question);
    if (out->type != operation->type || out->count != 0)
        fail("a send is indicated with the type 0x%08X and %u buffers", (unsigned)out->type,
             (unsigned)out->count);
    if (!session->aborted && !session->send_cut &&
        (!session->send_begun || !sent_is_between(&session->sent) || is_cut_off(session, operation)))
        fail("a send is indicated that is not over");
    set_outstanding(session, &session->send, out, 0);
}

static void read_wanted(struct session *session, const struct outputs *out, const WEB_SOCKET_BUFFER *buffers,
                        const struct question *question)
{
    const struct operation *operation = head_of(&session->receives, out, question);
    const ULONG length = buffers[0].Data.ulBufferLength;
    const PBYTE bytes = buffers[0].Data.pbBuffer;
    if (session->aborted || session->receive_cut || session->failed)
        fail("a session reads that has nothing to read any more");
    if (out->count != 1 || out->type != 0 || length == 0)
        fail("a read has %u buffers, the type 0x%08X, %u bytes", (unsigned)out->count, (unsigned)out->type,
             (unsigned)length);
    if (session->received_close || operation->block == NULL ||
        !is_inside(bytes, length, operation->block, operation->length))
        check_library_memory(session, &buffers[0], session->receive_size);
    memset(bytes, POISON_BYTE, length < FILLED_MOST ? length : 1);
    bytes[length - 1] = POISON_BYTE;
    set_outstanding(session, &session->receive, out, length);
    session->receive.buffer = bytes;
}

static void check_close(struct session *session, const WEB_SOCKET_BUFFER *buffer)
{
    const USHORT status = buffer->CloseStatus.usStatus;
    const ULONG length = buffer->CloseStatus.ulReasonLength;
    const bool cancelled = session->aborted || session->receive_cut;
    if ((buffer->CloseStatus.pbReason == NULL) != (length == 0) || length > 123)
        fail("a close has a reason of %u bytes", (unsigned)length);
    if (status == 1006 && !cancelled && !session->may_have_ended)
        fail("a receive is indicated as cancelled that is not");
    if (status < 1000 || status == 1004 || (status >= 1015 && status < 3000) ||
        (status == 1005 && length > 0))
        fail("a close is indicated with the status %u", status);
    if (status != 1006 && session->received_close)
        fail("a close is indicated behind a close");
    if (status != 1006 && cancelled)
        fail("a cancelled receive is indicated with the status %u", status);
    if (status != 1006)
        session->received_close = true;
    for (ULONG i = 0; i < length && !session->anything; i++)
        if (buffer->CloseStatus.pbReason[i] != session->letter)
            fail("a reason has the byte 0x%02X, should be 0x%02X", buffer->CloseStatus.pbReason[i],
                 session->letter);
}

static void check_payload(struct session *session, const WEB_SOCKET_BUFFER *buffer,
                          WEB_SOCKET_BUFFER_TYPE type, const struct operation *operation)
{
    const PBYTE bytes = buffer->Data.pbBuffer;
    const ULONG length = buffer->Data.ulBufferLength;
    const bool raw = (ULONG)type < 0x200;
    if (session->aborted || session->receive_cut || session->received_close || session->failed)
        fail("a receive is indicated with the type 0x%08X, should be none or cancelled", (unsigned)type);
    if (raw ? !session->extension : (ULONG)type > 0x80000003u && (ULONG)type != 0x80000005u)
        fail("a receive is indicated with the type 0x%08X", (unsigned)type);
    if (operation->block == NULL || (ULONG)type == 0x80000005u || (raw && bytes != operation->block))
        check_library_memory(session, buffer, session->receive_size);
    else if (bytes != operation->block || length > operation->length)
        fail("payload is not where the receive's own buffer begins");
    for (ULONG i = 0; i < length && !session->anything; i++)
        if (bytes[i] != session->letter)
            fail("the byte 0x%02X is received, should be 0x%02X", bytes[i], session->letter);
    if (raw && ((ULONG)type >> 1 & 0x0F) == 8)
        session->received_close = true;
}

static void receive_indicated(struct session *session, const struct outputs *out,
                              const WEB_SOCKET_BUFFER *buffers, const struct question *question)
{
    const struct operation *operation = head_of(&session->receives, out, question);
    if (out->count != 1)
        fail("a receive is indicated with %u buffers", (unsigned)out->count);
    if (out->type == WEB_SOCKET_CLOSE_BUFFER_TYPE)
        check_close(session, &buffers[0]);
    else
        check_payload(session, &buffers[0], out->type, operation);
    set_outstanding(session, &session->receive, out, 0);
}

/*
 * An operation waits on a side that was asked for, and nothing is outstanding that could hold it. A pong does not hold a
 * message.
 */
static bool could_do_something(const struct session *session, WEB_SOCKET_ACTION_QUEUE queue)
{
    if (session->pong.context != NULL)
        return (queue & WEB_SOCKET_SEND_ACTION_QUEUE) != 0 && session->sends.count > 0 &&
               session->send.context == NULL && is_message(&session->sends.operations[0]);
    return ((queue & WEB_SOCKET_SEND_ACTION_QUEUE) != 0 && session->sends.count > 0 &&
            session->send.context == NULL) ||
           ((queue & WEB_SOCKET_RECEIVE_ACTION_QUEUE) != 0 && session->receives.count > 0 &&
            session->receive.context == NULL);
}

static void nothing_to_do(const struct session *session, const struct outputs *out,
                          const struct question *question)
{
    if (out->count != 0 || out->type != 0 || out->application != POISON_POINTER || out->context != NULL)
        fail("NO_ACTION comes with something");
    if (could_do_something(session, question->queue))
        fail("NO_ACTION, although there is something to do");
}

static void succeeded(struct session *session, const struct outputs *out, const struct question *question)
{
    const WEB_SOCKET_BUFFER *buffers = out->buffers + (ROOM_MAX - question->room);
    if (out->count > question->room)
        fail("%u buffers are returned, there is room for %u", (unsigned)out->count, (unsigned)question->room);
    switch (out->action) {
    case WEB_SOCKET_NO_ACTION:
        nothing_to_do(session, out, question);
        break;
    case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
        send_out(session, out, buffers, question);
        break;
    case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:
        send_indicated(session, out, question);
        break;
    case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
        read_wanted(session, out, buffers, question);
        break;
    case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
        receive_indicated(session, out, buffers, question);
        break;
    default:
        fail("there is no action %d", (int)out->action);
    }
}

/* The peer's fault, which only a receive that waits can meet. The close status comes with it. */
static void broken(struct session *session, const struct outputs *out, const struct question *question)
{
    const WEB_SOCKET_BUFFER *first = &out->buffers[ROOM_MAX - question->room];
    if (!session->anything || session->aborted || session->receives.count == 0 ||
        (question->queue & WEB_SOCKET_RECEIVE_ACTION_QUEUE) == 0 || session->received_close)
        fail("WebSocketGetAction finds fault with a good stream");
    if (out->count != 1 || out->type != WEB_SOCKET_CLOSE_BUFFER_TYPE || first->CloseStatus.pbReason != NULL ||
        first->CloseStatus.ulReasonLength != 0 ||
        (first->CloseStatus.usStatus != 1002 && first->CloseStatus.usStatus != 1007))
        fail("a broken stream is told without its close status");
    session->failed = true;
}

/* ---- WebSocketGetAction ---- */

static void check_untouched(const struct outputs *out, ULONG room, ULONG written)
{
    const BYTE *bytes = (const BYTE *)out->buffers;
    const size_t from = (ROOM_MAX - room + written) * sizeof out->buffers[0];
    for (size_t i = 0; i < sizeof out->buffers; i++)
        if ((i < (ROOM_MAX - room) * sizeof out->buffers[0] || i >= from) && bytes[i] != POISON_BYTE)
            fail("an element of the array is written that was not returned");
}

static void check_failed(const struct outputs *out, const struct question *question, bool format)
{
    const uint8_t missing = question->missing;
    if (((missing & 2) == 0 && out->count != format) ||
        ((missing & 4) == 0 && out->action != WEB_SOCKET_NO_ACTION) ||
        ((missing & 16) == 0 && out->context != NULL) || out->application != POISON_POINTER)
        fail("WebSocketGetAction failed with outputs that say something else");
    check_untouched(out, question->room, format);
}

static struct question question_of(struct calls *calls, const struct session *session, uint8_t how)
{
    static const int queues[] = {3, 1, 2, 3}, wrong[] = {0, 4, -1, 0x7FFFFFFF};
    struct question question = {(WEB_SOCKET_ACTION_QUEUE)queues[how & 3], 2, true, 0};
    question.room = (how & 12) == 12 ? 0 : (how & 4) != 0 ? 1 : (how & 8) != 0 ? ROOM_MAX : 2;
    /* Without the context, only the type would tell a ping from a pong. */
    question.application = (how & 0x30) != 0x30 || session == NULL || session->sends.count == 0 ||
                           session->sends.operations[0].type == WEB_SOCKET_PING_PONG_BUFFER_TYPE;
    if ((how & 0xE0) == 0xE0) {
        const uint8_t choice = input_byte(&calls->input);
        question.missing = choice & 0x1F;
        if ((choice & 0x20) != 0)
            question.queue = (WEB_SOCKET_ACTION_QUEUE)wrong[choice >> 6];
        else if ((choice & 0x40) != 0)
            question.room = 0;
    }
    return question;
}

static HRESULT ask(WEB_SOCKET_HANDLE handle, const struct question *question, struct outputs *out)
{
    const uint8_t missing = question->missing;
    memset(out, POISON_BYTE, sizeof *out);
    out->application = out->context = POISON_POINTER;
    out->count = question->room;
    return WebSocketGetAction(
        handle, question->queue, (missing & 1) != 0 ? NULL : out->buffers + (ROOM_MAX - question->room),
        (missing & 2) != 0 ? NULL : &out->count, (missing & 4) != 0 ? NULL : &out->action,
        (missing & 8) != 0 ? NULL : &out->type, question->application ? &out->application : NULL,
        (missing & 16) != 0 ? NULL : &out->context);
}

/* The call itself, and what may come of it. */
static HRESULT get_action(struct calls *calls, WEB_SOCKET_HANDLE handle, const struct question *question,
                          struct outputs *out)
{
    struct session *session = calls_find(calls, handle);
    const bool good = question->missing == 0 && question->queue >= 1 && question->queue <= 3;
    const bool state =
        session != NULL && (session->phase == OPEN || (session->server && session->phase == BEGUN));

    calls_before(calls);
    const HRESULT result = ask(handle, question, out);
    const bool format = result == E_INVALID_PROTOCOL_FORMAT && good && state && question->room > 0;
    const bool refused = result == E_INVALIDARG && good && state && question->room == 0;
    calls_after("WebSocketGetAction", result,
                session == NULL    ? E_HANDLE
                : !good || refused ? E_INVALIDARG
                : !state           ? E_INVALID_PROTOCOL_OPERATION
                : format           ? E_INVALID_PROTOCOL_FORMAT
                                   : S_OK);
    if (result == E_OUTOFMEMORY && session->phase == BEGUN)
        calls_end_server(calls, handle); /* nobody knows how far it came: now it is known */
    else if (good && state)
        session->phase = OPEN;
    if (result != S_OK) {
        check_failed(out, question, format);
        if (format)
            broken(session, out, question);
        return result;
    }
    check_untouched(out, question->room, out->count);
    succeeded(session, out, question);
    return result;
}

/* Without room nothing happened that needs a buffer: with room it does, exactly if the call was refused. */
static bool ask_again(struct calls *calls, WEB_SOCKET_HANDLE handle, struct question *question,
                      HRESULT before)
{
    struct outputs out;
    question->room = 2;
    const HRESULT result = get_action(calls, handle, question, &out);
    const bool has_buffers = result == E_INVALID_PROTOCOL_FORMAT || (result == S_OK && out.count > 0);
    if (has_buffers != (before == E_INVALIDARG))
        fail("WebSocketGetAction without room is 0x%08X, and then has action %d", (unsigned)before,
             (int)out.action);
    return result == S_OK && out.action != WEB_SOCKET_NO_ACTION;
}

bool calls_get_action(struct calls *calls, WEB_SOCKET_HANDLE handle, uint8_t how)
{
    const struct session *session = calls_find(calls, handle);
    struct question question = question_of(calls, session, how);
    struct outputs out;
    const HRESULT result = get_action(calls, handle, &question, &out);
    const bool action = result == S_OK && out.action != WEB_SOCKET_NO_ACTION;
    const bool good = question.missing == 0 && question.queue >= 1 && question.queue <= 3;
    if (question.room == 0 && good && !action && (result == S_OK || result == E_INVALIDARG))
        return ask_again(calls, handle, &question, result);
    return action;
}

/* ---- WebSocketCompleteAction ---- */

static void send_completed(struct session *session, ULONG bytes)
{
    const struct action action = session->send;
    session->send = (struct action){NULL, WEB_SOCKET_NO_ACTION, 0, NULL};
    if (action.kind == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION) {
        calls_pop(session, &session->sends);
        session->send_begun = session->send_cut = false;
        session->send_passed = 0;
        sent_cut(&session->sent);
    } else if (bytes != action.bytes) {
        session->send_cut = true;
        sent_cut(&session->sent);
    }
}

static void receive_completed(struct session *session, ULONG bytes)
{
    const struct action action = session->receive;
    session->receive = (struct action){NULL, WEB_SOCKET_NO_ACTION, 0, NULL};
    if (action.kind == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION) {
        calls_pop(session, &session->receives);
        session->receive_cut = false;
    } else if (bytes == 0 || bytes > action.bytes) {
        session->receive_cut = true;
        session->may_have_ended |= session->receives.operations[0].block != NULL;
    }
}

void calls_complete(struct calls *calls, WEB_SOCKET_HANDLE handle, PVOID context, ULONG bytes)
{
    struct session *session = calls_find(calls, handle);
    const bool known = session != NULL && context != NULL;
    if (known && context == session->receive.context && session->receive.buffer != NULL && bytes > 0 &&
        bytes <= session->receive.bytes)
        peer_write(session, &calls->input, session->receive.buffer, bytes);
    WebSocketCompleteAction(handle, context, bytes);
    if (known && context == session->send.context)
        send_completed(session, bytes);
    else if (known && context == session->receive.context)
        receive_completed(session, bytes);
    else if (known && context == session->pong.context)
        session->pong.context = NULL;
}
