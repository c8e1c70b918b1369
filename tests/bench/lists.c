/*
 * lists.c - a handshake of our client and our server with long lists:  lists PATTERN BYTES
 *
 * check_work.py counts the instructions of runs with different sizes. Lists come from peers too, when a proxy hands them
 * on, so a longer one must not cost more for each byte, but for the logarithm that it takes to find a name.
 */
#include <websocket.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 8, NAMES_MAX = 65000, HEADERS_MAX = NAMES_MAX + 8 };

struct pattern {
    const char *name;
    bool subprotocols, extensions; /* offered: as many as there are names; selected: one, all */
    const char *line; /* each name also has a header of this name of its own, in request and answer */
};

static const struct pattern patterns[] = {
    {"subprotocols", true, false, NULL},
    {"extensions", false, true, NULL},
    {"extensions_in_lines", false, true, "Sec-WebSocket-Extensions"},
    {"unknown_headers", false, false, "X-Unknown"},
};

/* Of one length, in an order that is neither theirs nor its reverse; and their addresses, forwards and backwards. */
static char names[NAMES_MAX][NAME + 1];
static PCSTR forwards[NAMES_MAX], backwards[NAMES_MAX];

static void make_names(ULONG count)
{
    for (ULONG i = 0; i < count; i++) {
        (void)snprintf(names[i], sizeof names[i], "%08X", (unsigned)(i * 2654435761u));
        forwards[i] = backwards[count - 1 - i] = names[i];
    }
}

struct list {
    WEB_SOCKET_HTTP_HEADER headers[HEADERS_MAX];
    ULONG count;
};

static void add(struct list *list, const char *name, char *value)
{
    list->headers[list->count++] =
        (WEB_SOCKET_HTTP_HEADER){(PCHAR)(uintptr_t)name, (ULONG)strlen(name), value, (ULONG)strlen(value)};
}

/* The headers that one side made, `fixed` of them always; instead of the others, where the pattern has lines, those. */
static void hand_on(struct list *list, const struct pattern *pattern, PWEB_SOCKET_HTTP_HEADER made,
                    ULONG count, ULONG fixed, ULONG number)
{
    for (ULONG i = 0; i < (pattern->line == NULL ? count : fixed); i++)
        list->headers[list->count++] = made[i];
    for (ULONG i = 0; i < number && pattern->line != NULL; i++)
        add(list, pattern->line, names[i]);
}

static void must(HRESULT result)
{
    if (result != S_OK)
        exit(1);
}

/* Returns how many headers and extensions the client got: the work's fruit. */
static ULONG serve(const struct pattern *pattern, ULONG number)
{
    static struct list request, answer;
    static ULONG indices[NAMES_MAX];
    static char host[] = "example.com";
    const ULONG subprotocols = pattern->subprotocols ? number : 0,
                extensions = pattern->extensions ? number : 0;
    ULONG count, selected = NAMES_MAX, subprotocol = 0;
    PWEB_SOCKET_HTTP_HEADER made;
    WEB_SOCKET_HANDLE client, server;

    must(WebSocketCreateClientHandle(NULL, 0, &client));
    must(WebSocketCreateServerHandle(NULL, 0, &server));
    must(WebSocketBeginClientHandshake(client, forwards, subprotocols, forwards, extensions, NULL, 0, &made,
                                       &count));
    add(&request, "Host", host);
    hand_on(&request, pattern, made, count, 4, number);
    must(WebSocketBeginServerHandshake(server, pattern->subprotocols ? backwards[0] : NULL, backwards,
                                       extensions, request.headers, request.count, &made, &count));
    hand_on(&answer, pattern, made, count, 3, number);
    must(WebSocketEndClientHandshake(client, answer.headers, answer.count, indices, &selected, &subprotocol));
    WebSocketDeleteHandle(client);
    WebSocketDeleteHandle(server);
    if (selected != extensions || subprotocol != (pattern->subprotocols ? number - 1 : 0))
        exit(1);
    return answer.count + selected;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        if (argc == 1)
            puts(patterns[i].name);
        if (argc != 3 || strcmp(argv[1], patterns[i].name) != 0)
            continue;
        const ULONG number = (ULONG)strtoul(argv[2], NULL, 10) / (NAME + 1);
        if (number > NAMES_MAX)
            return 2;
        make_names(number);
        printf("%u\n", (unsigned)serve(&patterns[i], number));
        return 0;
    }
    return argc == 1 ? 0 : 2;
}
