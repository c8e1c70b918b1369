/*
 * The chat server with a pool of threads, see caller_chat.h.
 */
#include "caller_chat.h"

#include <stdlib.h>
#include <time.h>

#include "api_tests.h"
#include "play.h"

#define FROM_PEER_ROOM 65536 /* a peer that writes first and reads then must not be kept from it */

/* ---- The room's monitor ---- */

static void tell(struct chat_room *room)
{
    monitor_enter(room->monitor);
    room->events++;
    monitor_wake(room->monitor);
    monitor_leave(room->monitor);
}

static void violate(struct chat_room *room, const char *what)
{
    monitor_enter(room->monitor);
    if (room->violation == NULL)
        room->violation = what;
    monitor_leave(room->monitor);
}

static void add(struct chat_room *room, unsigned *number)
{
    monitor_enter(room->monitor);
    (*number)++;
    monitor_leave(room->monitor);
}

/* Before calls on the handle. False: it was deleted. */
static bool enter(struct chat_room *room, struct chat_member *member)
{
    bool entered;

    monitor_enter(room->monitor);
    entered = !member->is_deleted;
    if (entered)
        member->users++;
    monitor_leave(room->monitor);
    return entered;
}

static void leave(struct chat_room *room, struct chat_member *member)
{
    monitor_enter(room->monitor);
    member->users--;
    monitor_leave(room->monitor);
}

static bool is_ending(struct chat_room *room, const struct chat_member *member)
{
    bool result;

    monitor_enter(room->monitor);
    result = member->is_ending;
    monitor_leave(room->monitor);
    return result;
}

/* Ends a session: once. All that waits for the network is let go. */
static void end_session(struct chat_room *room, struct chat_member *member)
{
    bool first;

    monitor_enter(room->monitor);
    first = !member->is_ending;
    member->is_ending = true;
    monitor_leave(room->monitor);
    if (first) {
        ws->AbortHandle(member->handle);
        pipe_close(member->from_peer);
        pipe_close(member->to_peer);
        tell(room);
    }
}

/* ---- Messages ---- */

/* Queues a send, unless the session is past that. */
static bool queue_send(struct chat_room *room, struct chat_member *member, WEB_SOCKET_BUFFER_TYPE type,
                       WEB_SOCKET_BUFFER *buffer, PVOID context)
{
    HRESULT result;
    bool may_fail;

    if (!enter(room, member))
        return false;
    result = ws->Send(member->handle, type, buffer, context);
    monitor_enter(room->monitor);
    may_fail = member->is_ending || member->is_answered;
    if (SUCCEEDED(result))
        member->sends_queued++;
    monitor_leave(room->monitor);
    if (FAILED(result) && !(may_fail && result == E_INVALID_PROTOCOL_OPERATION))
        violate(room, "WebSocketSend failed");
    leave(room, member);
    tell(room);
    return SUCCEEDED(result);
}

/* The copy is the send's context, and freed when that comes back. */
static void say_to(struct chat_room *room, struct chat_member *member, const WEB_SOCKET_BUFFER *said)
{
    const ULONG size = said->Data.ulBufferLength;
    uint8_t *copy = malloc(size + 1);
    WEB_SOCKET_BUFFER buffer;

    if (copy == NULL)
        abort();
    memcpy(copy, said->Data.pbBuffer, size);
    buffer.Data.pbBuffer = copy;
    buffer.Data.ulBufferLength = size;
    if (!queue_send(room, member, UTF8_MESSAGE, &buffer, copy))
        free(copy);
}

static void say_to_all(struct chat_room *room, const WEB_SOCKET_BUFFER *said)
{
    for (size_t i = 0; i < room->count; i++)
        say_to(room, &room->members[i], said);
}

static void answer_close(struct chat_room *room, struct chat_member *member, USHORT status)
{
    WEB_SOCKET_BUFFER buffer;

    memset(&buffer, 0, sizeof buffer);
    buffer.CloseStatus.usStatus = status;
    monitor_enter(room->monitor);
    member->is_answered = true;
    monitor_leave(room->monitor);
    if (!queue_send(room, member, CLOSE, &buffer, NULL))
        end_session(room, member);
}

/* ---- Actions ---- */

static void start_receive(struct chat_room *room, struct chat_member *member)
{
    HRESULT result = ws->Receive(member->handle, NULL, NULL);

    if (SUCCEEDED(result))
        add(room, &member->receives_queued);
    else if (!is_ending(room, member))
        violate(room, "WebSocketReceive failed");
}

/* The action that a thread has in hand. */
struct chat_action {
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    WEB_SOCKET_BUFFER buffer;
    PVOID application;
    PVOID context;
};

static void complete_action(const struct chat_member *member, const struct chat_action *action, size_t bytes)
{
    ws->CompleteAction(member->handle, action->context, (ULONG)bytes);
}

static void write_to_peer(struct chat_room *room, struct chat_member *member,
                          const struct chat_action *action)
{
    bool written;

    monitor_enter(member->write_lock);
    written = pipe_write(member->to_peer, action->buffer.Data.pbBuffer, action->buffer.Data.ulBufferLength);
    monitor_leave(member->write_lock);
    complete_action(member, action, written ? action->buffer.Data.ulBufferLength : 0);
    if (!written)
        end_session(room, member);
}

static void read_from_peer(struct chat_room *room, struct chat_member *member,
                           const struct chat_action *action)
{
    size_t count =
        pipe_read(member->from_peer, action->buffer.Data.pbBuffer, action->buffer.Data.ulBufferLength);

    complete_action(member, action, count);
    if (count == 0)
        end_session(room, member);
}

static void take_received(struct chat_room *room, struct chat_member *member,
                          const struct chat_action *action)
{
    add(room, &member->receives_indicated);
    if (action->type == UTF8_MESSAGE)
        say_to_all(room, &action->buffer);
    else if (action->type == CLOSE && !is_ending(room, member))
        answer_close(room, member, action->buffer.CloseStatus.usStatus);
    complete_action(member, action, 0);
    if (action->type != CLOSE && !is_ending(room, member))
        start_receive(room, member);
}

static void take_sent(struct chat_room *room, struct chat_member *member, const struct chat_action *action)
{
    add(room, &member->sends_indicated);
    complete_action(member, action, 0);
    if (action->application != NULL)
        free(action->application);
    else
        end_session(room, member);
}

/* Asks for one action and does it. False: there was none. */
static bool act(struct chat_room *room, struct chat_member *member)
{
    struct chat_action action;
    ULONG count = 1;
    HRESULT result;

    memset(&action, 0, sizeof action);
    result = ws->GetAction(member->handle, ALL_QUEUES, &action.buffer, &count, &action.action, &action.type,
                           &action.application, &action.context);
    if (FAILED(result)) {
        if (result != E_INVALID_PROTOCOL_FORMAT)
            violate(room, "WebSocketGetAction failed");
        end_session(room, member);
        return true;
    }
    switch (action.action) {
    case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
        write_to_peer(room, member, &action);
        return true;
    case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
        read_from_peer(room, member, &action);
        return true;
    case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
        take_received(room, member, &action);
        return true;
    case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:
        take_sent(room, member, &action);
        return true;
    default:
        complete_action(member, &action, 0);
        return false;
    }
}

/*
 * A thread's turn with one member. False: there was nothing to do. If the session has ended, and nobody else has been at it
 * meanwhile, there will be nothing any more, and the handle goes.
 */
static bool serve(struct chat_room *room, struct chat_member *member)
{
    unsigned turns;
    bool acted, is_last;

    if (!enter(room, member))
        return false;
    monitor_enter(room->monitor);
    turns = member->turns;
    monitor_leave(room->monitor);
    acted = act(room, member);
    monitor_enter(room->monitor);
    member->users--;
    if (acted)
        member->turns++;
    is_last = !acted && member->is_ending && member->users == 0 && member->turns == turns;
    member->is_deleted = is_last;
    monitor_leave(room->monitor);
    if (is_last)
        ws->DeleteHandle(member->handle);
    if (acted || is_last)
        tell(room);
    return acted;
}

/* ---- The pool ---- */

static bool is_over(const struct chat_room *room)
{
    for (size_t i = 0; i < room->count; i++)
        if (!room->members[i].is_deleted)
            return false;
    return true;
}

/* Sleeps until something has happened since. False: all sessions have ended, or nothing happens any more. */
static bool wait_for_work(struct chat_room *room, unsigned events)
{
    time_t started = time(NULL);
    bool go_on;

    monitor_enter(room->monitor);
    while (room->events == events && !is_over(room) && difftime(time(NULL), started) <= 2 * PIPE_PATIENCE)
        monitor_wait(room->monitor);
    go_on = room->events != events && !is_over(room);
    if (!go_on && !is_over(room) && room->violation == NULL)
        room->violation = "an ended session still has something outstanding";
    monitor_leave(room->monitor);
    return go_on;
}

static void work(void *argument)
{
    struct chat_room *room = argument;
    unsigned events;
    bool acted;

    do {
        monitor_enter(room->monitor);
        events = room->events;
        monitor_leave(room->monitor);
        acted = false;
        for (size_t i = 0; i < room->count; i++)
            acted = serve(room, &room->members[i]) || acted;
    } while (acted || wait_for_work(room, events));
}

void chat_open(struct chat_room *room, size_t count, size_t to_peer_room)
{
    memset(room, 0, sizeof *room);
    room->monitor = monitor_create();
    room->count = count;
    for (size_t i = 0; i < count; i++) {
        struct chat_member *member = &room->members[i];

        member->handle = open_server(NULL);
        forget_handle(member->handle);
        member->from_peer = pipe_create(FROM_PEER_ROOM);
        member->to_peer = pipe_create(to_peer_room);
        member->write_lock = monitor_create();
        start_receive(room, member);
    }
    for (size_t i = 0; i < 2 * count + 2; i++)
        thread_start(&room->threads[i], work, room);
}

void chat_throw_out(struct chat_room *room, size_t member)
{
    if (enter(room, &room->members[member])) {
        end_session(room, &room->members[member]);
        leave(room, &room->members[member]);
        tell(room);
    }
}

void chat_close(struct chat_room *room)
{
    for (size_t i = 0; i < 2 * room->count + 2; i++)
        thread_join(&room->threads[i]);
    for (size_t i = 0; i < room->count; i++) {
        pipe_free(room->members[i].from_peer);
        pipe_free(room->members[i].to_peer);
        monitor_free(room->members[i].write_lock);
    }
    monitor_free(room->monitor);
}
