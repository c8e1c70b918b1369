/*
 * caller_chat.h - a chat server with a pool of threads.
 *
 * Its habits:
 *
 *   - whichever thread is free asks the ALL queue of a member's session, with room for one buffer, and does what it is
 *     told. While it reads or writes others go on asking: a read and a write are outstanding at once. NO_ACTION is
 *     completed too, with the context that came with it;
 *   - what a member says is sent to all by the thread that was given it, before that completes the indication. Each of
 *     those sends has a copy for its context, which is freed when the send is told as complete;
 *   - a close is answered with its status. A session ends when that answer is sent, when its read ends without a byte,
 *     when it fails, or when the member is thrown out: it is aborted, whoever has something in hand completes that, all
 *     that comes back is taken until NO_ACTION, and then the handle is deleted.
 *
 * Nothing asserts between chat_open() and chat_close(). What the library does wrong is told in `violation`.
 */
#ifndef API_CALLER_CHAT_H
#define API_CALLER_CHAT_H

#include <stdbool.h>
#include <stddef.h>

#include "pipe.h"
#include "monitor.h"
#include "threads.h"
#include "websocket.h"

#define CHAT_MEMBERS_MAX 8
#define CHAT_THREADS_MAX (2 * CHAT_MEMBERS_MAX + 2)

/* One member's session. All but the first four is under the room's monitor. */
struct chat_member {
    WEB_SOCKET_HANDLE handle;
    struct pipe *from_peer;
    struct pipe *to_peer;
    struct monitor *write_lock; /* what is written is written whole */

    bool is_answered; /* its close is; nothing more can be sent */
    bool is_ending;
    bool is_deleted;
    unsigned users; /* threads in a call on the handle, or with something of it in hand */
    unsigned turns; /* things that were done */
    unsigned sends_queued;
    unsigned sends_indicated;
    unsigned receives_queued;
    unsigned receives_indicated;
};

struct chat_room {
    struct monitor *monitor;
    struct chat_member members[CHAT_MEMBERS_MAX];
    size_t count;
    struct thread threads[CHAT_THREADS_MAX];
    unsigned events; /* things that may give a thread something to do */
    const char *violation;
};

/* A room with its members, and the pool's threads. No more than `to_peer_room` bytes are on their way to a member. */
void chat_open(struct chat_room *room, size_t count, size_t to_peer_room);

/* Throws a member out. */
void chat_throw_out(struct chat_room *room, size_t member);

/* Waits until all sessions have ended, and for the threads. */
void chat_close(struct chat_room *room);

#endif
