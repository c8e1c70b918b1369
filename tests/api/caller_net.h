/*
 * caller_net.h - .NET's WebSocket, as far as websocket.dll sees it.
 *
 * .NET Framework's ClientWebSocket, HttpListener and ASP.NET, and HttpListener of today's .NET, drive the
 * library by one and the same code. This is a model of its habits, for both roles:
 *
 *   - one loop per operation: it asks its queue until NO_ACTION, and asks again, without a pause, if the operation is
 *     not done. The receive queue with room for one buffer, the send queue with room for two. There is one send at a
 *     time, so NO_ACTION before it is done would keep a processor busy for as long as a peer likes: a violation;
 *   - for a receive NO_ACTION is the end: the result must be there;
 *   - after an indication it asks once more, before the application gets the message;
 *   - a lock is held around the calls, and left for reading and writing. What is written is written whole;
 *   - closing and keep-alive take that lock before they start their loop, which takes it once more and leaves
 *     it once between two rounds: if the first round gives NO_ACTION, nobody else ever gets the lock;
 *   - after its close was sent it writes no pong, but completes it with 0 bytes;
 *   - an operation that fails aborts the session: both queues are drained with one buffer, each action
 *     completed with 0 bytes, and the handle is deleted.
 *
 * One thread may send while another receives. Nothing asserts after net_open(). What would end the process in
 * .NET, or hang it, is told in `violation`; what would be an exception, because the connection or the peer is
 * to blame, makes the operation return false.
 */
#ifndef API_CALLER_NET_H
#define API_CALLER_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caller_net_memory.h"
#include "play.h"
#include "monitor.h"
#include "websocket.h"

enum net_state { NET_OPEN, NET_CLOSE_SENT, NET_CLOSE_RECEIVED, NET_CLOSED, NET_ABORTED };

/*
 * The connection below. The functions are called without the lock, and may block. Between leaving the lock
 * and reading or writing any time may pass, as .NET does both asynchronously: pause(), if not NULL, is that
 * time. `turn` is another number each time.
 */
struct net_stream {
    size_t (*read)(void *self, uint8_t *to, size_t room);         /* 1 to room bytes; 0: it is gone */
    bool (*write)(void *self, const uint8_t *bytes, size_t size); /* all bytes; false: it is gone */
    void (*pause)(void *self, unsigned turn);
    void *self;
};

struct net_options {
    enum role role;
    ULONG receive_buffer; /* at least 256 */
    ULONG send_buffer;    /* at least 16; a server always gets NET_SERVER_SEND_BUFFER */
    bool zero_key;        /* DISABLE_MASKING */
};

enum net_kind { NET_TEXT, NET_BINARY, NET_CLOSE };

/* What one receive gave to the application. */
struct net_result {
    enum net_kind kind;
    bool end_of_message;
    size_t count;
    USHORT status;    /* NET_CLOSE */
    bool has_reason;  /* NET_CLOSE: false where .NET's reason is null */
    char reason[124]; /* NET_CLOSE, ended by NUL */
};

struct net_socket {
    WEB_SOCKET_HANDLE handle; /* NULL once it was deleted */
    enum net_state state;
    const char *violation; /* the first breach of the contract, or NULL */
    HRESULT error;         /* what made an operation fail: the library's result, S_OK for the connection */
    unsigned drained_sends;
    unsigned drained_receives;

    /* internal */
    struct net_stream stream;
    struct net_memory memory;
    struct monitor *session_lock;
    struct monitor *write_lock;
    unsigned turn;
    unsigned held;              /* how often the session lock is taken, by whoever has it */
    struct net_result buffered; /* the rest of a message that the application's buffer had no room for: */
    size_t buffered_at;         /* buffered.count bytes from here on in memory.left_over */
};

/* Creates a session with a faked handshake. Main thread only; end it with net_free(), in any state. */
void net_open(struct net_socket *socket, const struct net_options *options, struct net_stream stream);
void net_free(struct net_socket *socket);

/* Sends one frame: a message, or a fragment of one. */
bool net_send(struct net_socket *socket, WEB_SOCKET_BUFFER_TYPE type, const void *bytes, size_t size);

/* Receives into the application's buffer. */
bool net_receive(struct net_socket *socket, void *buffer, size_t size, struct net_result *result);

/* Sends a close frame. Status 1005: without a body. The reason may be NULL. */
bool net_close_output(struct net_socket *socket, USHORT status, const char *reason);

/* Sends a pong that nobody asked for, if the session is open. */
bool net_keep_alive(struct net_socket *socket);

void net_abort(struct net_socket *socket);

#endif
