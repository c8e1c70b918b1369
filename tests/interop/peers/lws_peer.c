/*
 * lws_peer.c - libwebsockets on the other end of our programs.
 *
 *     lws_peer client URL TOPIC...    talks to an echo server
 *     lws_peer drive TOPIC...         is a server, and talks to a client that is an echo
 *     lws_peer echo                   is an echo server
 *
 * Topics: text, binary, fragments, pings. They are said one after another on one connection, which is then closed with
 * 4000. As a server it prints "listening on 127.0.0.1:PORT" and runs until SIGINT. The exit code is 0 if at least one
 * connection was opened, and all came back right on every one.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1048576, PIECE = 50000, PATIENCE = 120 /* seconds */, NORMAL = 4000 };

static const size_t sizes[] = {0, 1, 125, 126, 127, 4095, 4096, 4097, 65535, 65536, LARGEST};
enum { SIZES = sizeof sizes / sizeof *sizes };

/* A connection: the message that is expected, or the one that is to be sent back. */
struct talk {
    int topic; /* of topics */
    size_t step;
    size_t sent;     /* bytes of a message that goes out in several frames */
    size_t received; /* bytes of message */
    bool waiting;    /* all of the step is sent, its answer is not here yet */
    bool answering;  /* message is complete, and to be sent back */
    bool binary;
    unsigned char *message; /* LWS_PRE + LARGEST bytes, of which libwebsockets wants the first ones */
    unsigned char *scratch; /* likewise */
};

static char **topics;
static int topic_count; /* 0: an echo */
static int opened, finished, failed;
static volatile sig_atomic_t stop_requested;

static void request_stop(int signal_number)
{
    (void)signal_number;
    stop_requested = 1;
}

static int fail(struct lws *wsi, const char *what)
{
    printf("libwebsockets: %s\n", what);
    failed++;
    lws_cancel_service(lws_get_context(wsi));
    return -1;
}

/* Bytes that are text, and do not repeat with a period of any buffer's size. */
static unsigned char byte_at(size_t i)
{
    return (unsigned char)(' ' + (i * 7 + i / 91 + i / 4099) % 95);
}

static bool is_topic(const struct talk *talk, const char *name)
{
    return strcmp(topics[talk->topic], name) == 0;
}

/* ---- Talking ---- */

static size_t step_count(const struct talk *talk)
{
    return is_topic(talk, "pings") ? 4 : SIZES;
}

static size_t step_size(const struct talk *talk)
{
    static const size_t pings[] = {1, 2, 124,
                                   125}; /* as a server, libwebsockets 4.1 does not show empty pongs */
    return is_topic(talk, "pings") ? pings[talk->step] : sizes[talk->step];
}

/* Frames of a message: pieces of a thirteenth, or at most PIECE bytes. */
static size_t piece_size(const struct talk *talk, size_t size)
{
    size_t rest = size - talk->sent, piece = size / 13 + 1;
    if (!is_topic(talk, "fragments"))
        return rest;
    piece = piece < PIECE ? piece : PIECE;
    return piece < rest ? piece : rest;
}

static int say(struct lws *wsi, struct talk *talk)
{
    size_t size = step_size(talk), piece = piece_size(talk, size);
    bool first = talk->sent == 0, last = talk->sent + piece == size;
    for (size_t i = 0; i < piece; i++)
        talk->scratch[LWS_PRE + i] = byte_at(talk->sent + i);
    int kind = is_topic(talk, "text") || is_topic(talk, "fragments") ? LWS_WRITE_TEXT : LWS_WRITE_BINARY;
    int how = is_topic(talk, "pings") ? LWS_WRITE_PING : lws_write_ws_flags(kind, first, last);
    if (lws_write(wsi, talk->scratch + LWS_PRE, piece, (enum lws_write_protocol)how) < (int)piece)
        return fail(wsi, "cannot write");
    talk->sent += piece;
    talk->waiting = last;
    if (!last)
        lws_callback_on_writable(wsi);
    return 0;
}

/* The answer to a step is here. */
static int check(struct lws *wsi, struct talk *talk)
{
    bool right = talk->waiting && talk->received == step_size(talk);
    for (size_t i = 0; right && i < talk->received; i++)
        right = talk->message[LWS_PRE + i] == byte_at(i);
    if (!right || (!is_topic(talk, "pings") && talk->binary != is_topic(talk, "binary")))
        return fail(wsi, "this is not what was sent");
    talk->waiting = false;
    talk->sent = talk->received = 0;
    if (++talk->step == step_count(talk)) {
        printf("libwebsockets: %s came back right\n", topics[talk->topic]);
        talk->step = 0;
        talk->topic++;
    }
    lws_callback_on_writable(wsi);
    return 0;
}

static int write_next(struct lws *wsi, struct talk *talk)
{
    if (talk->answering) {
        int kind = talk->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
        size_t size = talk->received;
        talk->answering = false;
        talk->received = 0;
        return lws_write(wsi, talk->message + LWS_PRE, size, (enum lws_write_protocol)kind) < (int)size ? -1
                                                                                                        : 0;
    }
    if (topic_count == 0 || talk->waiting)
        return 0;
    if (talk->topic < topic_count)
        return say(wsi, talk);
    char done[] = "done";
    lws_close_reason(wsi, (enum lws_close_status)NORMAL, (unsigned char *)done, 4);
    finished++;
    return -1; /* which makes libwebsockets close with that reason */
}

/* ---- Listening ---- */

static int take(struct lws *wsi, struct talk *talk, const void *bytes, size_t size)
{
    if (talk->answering || size > LARGEST - talk->received)
        return fail(wsi, "more than was expected");
    if (size > 0)
        memcpy(talk->message + LWS_PRE + talk->received, bytes, size);
    talk->received += size;
    return 0;
}

static int take_message(struct lws *wsi, struct talk *talk, const void *bytes, size_t size)
{
    if (take(wsi, talk, bytes, size) != 0)
        return -1;
    talk->binary = lws_frame_is_binary(wsi);
    if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0)
        return 0;
    if (topic_count > 0)
        return check(wsi, talk);
    talk->answering = true;
    lws_callback_on_writable(wsi);
    return 0;
}

static int open_talk(struct lws *wsi, struct talk *talk)
{
    memset(talk, 0, sizeof *talk);
    talk->message = malloc(LWS_PRE + LARGEST);
    talk->scratch = malloc(LWS_PRE + LARGEST);
    if (talk->message == NULL || talk->scratch == NULL)
        return fail(wsi, "memory is short");
    opened++;
    lws_callback_on_writable(wsi);
    return 0;
}

static void close_talk(struct talk *talk)
{
    if (talk->topic < topic_count && talk->message != NULL) {
        printf("libwebsockets: closed in the middle of %s\n", topics[talk->topic]);
        failed++;
    }
    free(talk->message);
    free(talk->scratch);
    memset(talk, 0, sizeof *talk);
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
    struct talk *talk = user;
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        return open_talk(wsi, talk);
    case LWS_CALLBACK_SERVER_WRITEABLE:
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return write_next(wsi, talk);
    case LWS_CALLBACK_RECEIVE:
    case LWS_CALLBACK_CLIENT_RECEIVE:
        return take_message(wsi, talk, in, size);
    case LWS_CALLBACK_RECEIVE_PONG:
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
        return take(wsi, talk, in, size) != 0 ? -1 : check(wsi, talk);
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        return fail(wsi, in != NULL ? in : "no connection");
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_CLIENT_CLOSED:
        close_talk(talk);
        return 0;
    default:
        return lws_callback_http_dummy(wsi, reason, user, in, size);
    }
}

/* ---- The program ---- */

static const struct lws_protocols protocols[] = {{"chat", on_event, sizeof(struct talk), 4096, 0, NULL, 0},
                                                 {NULL, NULL, 0, 0, 0, NULL, 0}};

static bool connect_to(struct lws_context *context, char *url)
{
    struct lws_client_connect_info info;
    const char *scheme, *path;
    char target[256];
    memset(&info, 0, sizeof info);
    if (lws_parse_uri(url, &scheme, &info.address, &info.port, &path) != 0)
        return false;
    snprintf(target, sizeof target, "/%s", path);
    info.context = context;
    info.path = target;
    info.host = info.origin = info.address;
    info.local_protocol_name = "chat";
    return lws_client_connect_via_info(&info) != NULL;
}

int main(int argc, char **argv)
{
    bool client = argc > 2 && strcmp(argv[1], "client") == 0;
    int first = client ? 3 : 2;
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    if (argc < 2)
        return 2;
    topics = argv + first;
    topic_count = argc - first;
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGINT, request_stop);
    lws_set_log_level(LLL_ERR | LLL_WARN, NULL);

    info.port = client ? CONTEXT_PORT_NO_LISTEN : 0;
    info.iface = "lo";
    info.protocols = protocols;
    info.vhost_name = "127.0.0.1";
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    struct lws_context *context = lws_create_context(&info);
    struct lws_vhost *vhost = context != NULL ? lws_create_vhost(context, &info) : NULL;
    if (vhost == NULL || (client && !connect_to(context, argv[2])))
        return 1;
    if (!client)
        printf("listening on 127.0.0.1:%d\n", lws_get_vhost_listen_port(vhost));
    time_t start = time(NULL);
    while (!stop_requested && failed == 0 && !(client && finished > 0) && time(NULL) - start < PATIENCE)
        lws_service(context, 0);
    lws_context_destroy(context);
    bool right = opened > 0 && failed == 0 && (topic_count == 0 || finished > 0);
    printf("libwebsockets: %s\n", right ? "all right" : "something went wrong");
    return right ? 0 : 1;
}
