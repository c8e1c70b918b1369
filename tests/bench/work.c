/*
 * work.c - a hostile peer's stream of a given size, through a server's session:  work PATTERN BYTES
 *
 * check_work.py counts the instructions of runs with different sizes: what a peer sends must not cost more for each byte,
 * the more of it comes.
 */
#include <websocket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A frame is repeated until the stream is long enough; each read brings at most `cut` bytes. */
struct pattern {
    const char *name;
    const char *start; /* sent once, before */
    size_t start_size;
    const char *frame;
    size_t frame_size;
    uint32_t cut;
};

#define BYTES(literal) literal, sizeof(literal) - 1
#define KEY            "\1\2\3\4"
static const struct pattern patterns[] = {
    {"one_message_byte_by_byte", BYTES("\x82\xFF\0\0\0\0\x40\0\0\0" KEY), BYTES("x"), 1},
    {"one_text_byte_by_byte", BYTES("\x81\xFF\0\0\0\0\x40\0\0\0" KEY), BYTES(KEY), 1},
    {"messages_byte_by_byte", BYTES(""), BYTES("\x82\x84" KEY "abcd"), 1},
    {"empty_messages", BYTES(""), BYTES("\x82\x80" KEY), 65536},
    {"empty_fragments", BYTES("\x02\x80" KEY), BYTES("\x00\x80" KEY), 65536},
    {"one_byte_fragments", BYTES("\x01\x80" KEY), BYTES("\x00\x81" KEY "a"), 65536},
    {"pings", BYTES(""), BYTES("\x89\x80" KEY), 65536},
    {"pings_byte_by_byte", BYTES(""), BYTES("\x89\x84" KEY "ping"), 1},
    {"pings_inside_a_message", BYTES("\x02\x81" KEY "x"), BYTES("\x89\x84" KEY "ping\x00\x81" KEY "y"), 7},
    {"pongs", BYTES(""), BYTES("\x8A\x80" KEY), 65536},
};

static char host[] = "Host", upgrade[] = "Upgrade", websocket[] = "websocket", connection[] = "Connection";
static char version[] = "Sec-WebSocket-Version", thirteen[] = "13", key[] = "Sec-WebSocket-Key";
static char value[] = "dGhlIHNhbXBsZSBub25jZQ==";

static WEB_SOCKET_HANDLE open_server(void)
{
    WEB_SOCKET_HTTP_HEADER request[] = {
        {host, 4, NULL, 0},         {upgrade, 7, websocket, 9}, {connection, 10, upgrade, 7},
        {version, 21, thirteen, 2}, {key, 17, value, 24},
    };
    PWEB_SOCKET_HTTP_HEADER headers;
    ULONG count;
    WEB_SOCKET_HANDLE handle = NULL;
    if (FAILED(WebSocketCreateServerHandle(NULL, 0, &handle)) ||
        FAILED(WebSocketBeginServerHandshake(handle, NULL, NULL, 0, request, 5, &headers, &count)) ||
        FAILED(WebSocketEndServerHandshake(handle)))
        exit(1);
    return handle;
}

/* The whole stream, in a block from malloc that is large enough for one frame more than `size`. */
static unsigned char *make_stream(const struct pattern *pattern, size_t size)
{
    unsigned char *stream = malloc(size + pattern->start_size + pattern->frame_size);
    if (stream == NULL)
        exit(1);
    memcpy(stream, pattern->start, pattern->start_size);
    for (size_t at = pattern->start_size; at < size; at += pattern->frame_size)
        memcpy(stream + at, pattern->frame, pattern->frame_size);
    return stream;
}

/* Receives until the stream is over. Returns how many receives and pongs there were: the work's fruit. */
static unsigned long serve(WEB_SOCKET_HANDLE handle, const unsigned char *stream, size_t size, size_t cut)
{
    unsigned long done = 0;
    size_t at = 0;
    WebSocketReceive(handle, NULL, NULL);
    for (;;) {
        WEB_SOCKET_BUFFER buffers[2];
        ULONG count = 2, bytes = 0;
        WEB_SOCKET_ACTION action;
        WEB_SOCKET_BUFFER_TYPE type;
        PVOID operation, context;
        if (FAILED(WebSocketGetAction(handle, WEB_SOCKET_ALL_ACTION_QUEUE, buffers, &count, &action, &type,
                                      &operation, &context)))
            exit(1);
        if (action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION) {
            if (at == size)
                return done;
            bytes = buffers[0].Data.ulBufferLength < cut ? buffers[0].Data.ulBufferLength : (ULONG)cut;
            bytes = bytes < size - at ? bytes : (ULONG)(size - at);
            memcpy(buffers[0].Data.pbBuffer, stream + at, bytes);
            at += bytes;
        } else {
            done++;
            for (ULONG i = 0; i < count; i++)
                bytes += buffers[i].Data.ulBufferLength;
        }
        WebSocketCompleteAction(handle, context, bytes);
        if (action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION)
            WebSocketReceive(handle, NULL, NULL);
    }
}

int main(int argc, char **argv)
{
    if (argc == 1) {
        for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
            puts(patterns[i].name);
        return 0;
    }
    for (size_t i = 0; argc == 3 && i < sizeof patterns / sizeof *patterns; i++) {
        const struct pattern *pattern = &patterns[i];
        if (strcmp(argv[1], pattern->name) != 0)
            continue;
        size_t size = strtoul(argv[2], NULL, 10);
        WEB_SOCKET_HANDLE handle = open_server();
        unsigned char *stream = make_stream(pattern, size);
        printf("%lu\n", serve(handle, stream, size, pattern->cut));
        free(stream);
        WebSocketDeleteHandle(handle);
        return 0;
    }
    return 2;
}
