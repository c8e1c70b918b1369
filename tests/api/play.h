/*
 * play.h - a stream of bytes played into a session, and what comes out of it.
 *
 * A player behaves as a careful caller: one receive operation waits at any time, pongs are sent, indications
 * completed. Meanwhile every action is held against the table in section 8 of the specification and the rules
 * for pointers.
 */
#ifndef API_PLAY_H
#define API_PLAY_H

#include "frames.h"
#include "websocket.h"

#define UTF8_MESSAGE     WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE
#define UTF8_FRAGMENT    WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE
#define BINARY_MESSAGE   WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE
#define BINARY_FRAGMENT  WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE
#define CLOSE            WEB_SOCKET_CLOSE_BUFFER_TYPE
#define PING_PONG        WEB_SOCKET_PING_PONG_BUFFER_TYPE
#define UNSOLICITED_PONG WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE

enum event_kind {
    EVENT_DATA,   /* an indication of `type` with a payload */
    EVENT_CLOSE,  /* an indication of type CLOSE: `status`, and the payload is the reason */
    EVENT_ANSWER, /* a pong that the session wants to be sent, with its payload */
    EVENT_FAILURE /* the stream is broken, `status` is suggested */
};

struct event {
    enum event_kind kind;
    WEB_SOCKET_BUFFER_TYPE type; /* EVENT_DATA */
    USHORT status;
    const void *bytes;
    size_t size;
    size_t given; /* bytes of the stream that had been given to the session before */
};

/* Entries of a table of expected events. */
#define EXPECT_DATA(type, literal)                                                                           \
    {                                                                                                        \
        EVENT_DATA, type, 0, literal, sizeof(literal) - 1, 0                                                 \
    }
#define EXPECT_CLOSE(status, literal)                                                                        \
    {                                                                                                        \
        EVENT_CLOSE, (WEB_SOCKET_BUFFER_TYPE)0, status, literal, sizeof(literal) - 1, 0                      \
    }
#define EXPECT_ANSWER(literal)                                                                               \
    {                                                                                                        \
        EVENT_ANSWER, (WEB_SOCKET_BUFFER_TYPE)0, 0, literal, sizeof(literal) - 1, 0                          \
    }
#define EXPECT_FAILURE(status)                                                                               \
    {                                                                                                        \
        EVENT_FAILURE, (WEB_SOCKET_BUFFER_TYPE)0, status, NULL, 0, 0                                         \
    }

#define EVENTS_MAX 600

struct player {
    const char *row; /* said when something is wrong */
    enum role role;  /* of the session */
    struct session_options options;
    struct stream stream;
    size_t first; /* bytes of the first delivery, 0: as `cut` says */
    size_t cut;   /* most bytes of each delivery, 0: as many as fit */
    size_t own;   /* size of the memory given to each WebSocketReceive, 0: library memory */

    /* filled in by play() */
    WEB_SOCKET_HANDLE handle;
    struct event events[EVENTS_MAX];
    size_t count;
};

/*
 * Opens a session and plays the stream, until it ends, breaks, or a close frame was indicated. If it ends, a
 * RECEIVE_FROM_NETWORK action stays outstanding.
 */
void play(struct player *player);

/* The events were exactly these; `given` is not looked at. */
void expect_events(const struct player *player, const struct event *events, size_t count);

/*
 * What the first call returns that fails when a session of this role is given the stream, S_OK if none does.
 * Nothing
 * else is asserted: neither when it fails nor how.
 */
HRESULT first_failure(enum role role, const struct stream *stream);

#endif
