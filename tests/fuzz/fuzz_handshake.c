/*
 * fuzz_handshake.c - one handshake of one client and one server, each told arbitrary things. The input says
 *
 *   1. what the client offers, and its initial headers           -> WebSocketBeginClientHandshake
 *   2. a request, and what the server selects from it            -> WebSocketBeginServerHandshake
 *   3. an answer, and what the client asks for of its selection  -> WebSocketEndClientHandshake
 *
 * Requests and answers are a good one with headers left out and others added, or nothing but added ones; the
 * good ones may be what our own other side says. Every result is the one of judge.h, every returned header
 * right (returned.h), and nothing has changed after a failure: the right call succeeds on the same handle. So
 * does, at the end, a handshake of our client with our server that selects from what was offered.
 */
#include <stdlib.h>
#include <string.h>

#include "accept_key.h"
#include "fail.h"
#include "input.h"
#include "judge.h"
#include "returned.h"
#include "texts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#define LONGEST_INPUT 1024u

#define POISON_HEADERS ((PWEB_SOCKET_HTTP_HEADER)(uintptr_t)0x5A5A5A5A)
#define POISON         0xA5A5A5A5u

/* An array or output that is not as it should be: whose it is, and in what way. */
enum { SOUND, INITIAL, REQUEST, ANSWER, SUBPROTOCOLS, EXTENSIONS, SELECTED, OUTPUTS };

struct story {
    struct input input;
    uint8_t unsound; /* SOUND ... */
    uint8_t how;

    WEB_SOCKET_HANDLE client;
    struct texts subprotocols, extensions;
    struct judge_offer offer;
    struct judge_headers request; /* returned by the client */
    uint64_t request_sum;
    char accept[ACCEPT_LENGTH + 1]; /* the right answer to it */

    WEB_SOCKET_HANDLE server;
    struct judge_headers answer; /* returned by the server; none: count 0 */
    uint64_t answer_sum;
};

/* ---- arrays ---- */

#define HEADERS_MAX 64

/* Headers, their strings in exact blocks of their own. */
struct list {
    WEB_SOCKET_HTTP_HEADER headers[HEADERS_MAX];
    ULONG count;
};

static void *exact(const void *bytes, size_t size)
{
    void *block = malloc(size);
    if (block == NULL)
        abort();
    if (size > 0)
        memcpy(block, bytes, size);
    return block;
}

static void add_header(struct list *list, const char *name, const char *value)
{
    const ULONG name_length = (ULONG)strlen(name), value_length = (ULONG)strlen(value);
    list->headers[list->count++] = (WEB_SOCKET_HTTP_HEADER){exact(name, name_length), name_length,
                                                            exact(value, value_length), value_length};
}

/* The next section of the input, two strings a header. */
static void add_section(struct story *story, struct list *list)
{
    struct texts texts;
    texts_take(&story->input, story->accept, false, &texts);
    ULONG used = 0;
    for (; used + 1 < texts.count && list->count < HEADERS_MAX; used += 2)
        list->headers[list->count++] = (WEB_SOCKET_HTTP_HEADER){
            texts.chars[used], texts.lengths[used], texts.chars[used + 1], texts.lengths[used + 1]};
    for (; used < texts.count; used++)
        free(texts.chars[used]);
}

/* Headers in one array of exactly their number. */
static struct judge_headers array_of(const struct list *list)
{
    return (struct judge_headers){exact(list->headers, list->count * sizeof list->headers[0]), list->count};
}

static void free_list(struct list *list)
{
    for (ULONG i = 0; i < list->count; i++) {
        free(list->headers[i].pcName);
        free(list->headers[i].pcValue);
    }
}

/* The strings' addresses in one array of exactly their number. */
static PCSTR *pointers_to(const struct texts *texts)
{
    return exact(texts->chars, texts->count * sizeof texts->chars[0]);
}

/* A count that is wrong for its array, or its array for it, where the story is unsound in this respect. */
static ULONG told_count(const struct story *story, uint8_t which, ULONG count)
{
    static const ULONG counts[] = {0, 65535 + 1, 0x10000000, UINT32_MAX};
    return story->unsound == which && (story->how & 4) != 0 ? counts[story->how & 3] : count;
}

static bool told_null(const struct story *story, uint8_t which)
{
    return story->unsound == which && (story->how & 8) != 0;
}

static struct judge_headers told(const struct story *story, uint8_t which, struct judge_headers headers)
{
    return (struct judge_headers){told_null(story, which) ? NULL : headers.array,
                                  told_count(story, which, headers.count)};
}

static bool no_output(const struct story *story, uint8_t bit)
{
    return story->unsound == OUTPUTS && (story->how & bit) != 0;
}

/* ---- the client begins ---- */

static HRESULT begin_client(struct story *story, const struct judge_offer *offer,
                            struct judge_headers initial, HRESULT wanted)
{
    PWEB_SOCKET_HTTP_HEADER headers = POISON_HEADERS;
    ULONG count = POISON;
    const bool no_headers = no_output(story, 1), no_count = no_output(story, 2);
    const HRESULT result =
        WebSocketBeginClientHandshake(story->client, offer->subprotocols, offer->subprotocol_count,
                                      offer->extensions, offer->extension_count, initial.array, initial.count,
                                      no_headers ? NULL : &headers, no_count ? NULL : &count);

    expect("WebSocketBeginClientHandshake", result, no_headers || no_count ? E_INVALIDARG : wanted);
    if (result != S_OK && (headers != POISON_HEADERS || count != POISON))
        fail("WebSocketBeginClientHandshake failed and wrote");
    if (result != S_OK)
        return result;
    story->offer = *offer;
    story->request = (struct judge_headers){headers, count};
    returned_check_client(story->request, offer, story->accept);
    story->request_sum = returned_sum(story->request);
    return S_OK;
}

static void client_begins(struct story *story)
{
    struct list list = {.count = 0};
    texts_take(&story->input, "", true, &story->subprotocols);
    texts_take(&story->input, "", true, &story->extensions);
    add_section(story, &list);

    PCSTR *subprotocols = pointers_to(&story->subprotocols), *extensions = pointers_to(&story->extensions);
    const struct judge_offer offer = {told_null(story, SUBPROTOCOLS) ? NULL : subprotocols,
                                      told_count(story, SUBPROTOCOLS, story->subprotocols.count),
                                      told_null(story, EXTENSIONS) ? NULL : extensions,
                                      told_count(story, EXTENSIONS, story->extensions.count)};
    const struct judge_headers array = array_of(&list), initial = told(story, INITIAL, array);
    const HRESULT wanted = judge_begin_client(&offer, initial);
    if (begin_client(story, &offer, initial, wanted) != S_OK) {
        story->unsound = SOUND;
        expect("a good Begin behind a failed one",
               begin_client(story, &(struct judge_offer){NULL, 0, NULL, 0}, (struct judge_headers){NULL, 0},
                            S_OK),
               S_OK);
    }
    /* What was offered is compared with for as long as the story goes on, so these arrays stay. */
    if (story->offer.subprotocols != subprotocols)
        free(subprotocols);
    if (story->offer.extensions != extensions)
        free(extensions);
    free(array.array);
    free_list(&list);
}

/* ---- the server answers ---- */

struct choice {
    PCSTR subprotocol;
    PCSTR *extensions;
    ULONG extension_count;
};

static HRESULT begin_server(struct story *story, const struct choice *choice, struct judge_headers request,
                            HRESULT wanted)
{
    PWEB_SOCKET_HTTP_HEADER headers = POISON_HEADERS;
    ULONG count = POISON;
    const bool no_headers = no_output(story, 4), no_count = no_output(story, 8);
    const HRESULT result = WebSocketBeginServerHandshake(
        story->server, choice->subprotocol, choice->extensions, choice->extension_count, request.array,
        request.count, no_headers ? NULL : &headers, no_count ? NULL : &count);

    expect("WebSocketBeginServerHandshake", result, no_headers || no_count ? E_INVALIDARG : wanted);
    if (result != S_OK && (headers != POISON_HEADERS || count != POISON))
        fail("WebSocketBeginServerHandshake failed and wrote");
    if (result != S_OK)
        return result;

    char key[KEY_LENGTH + 1] = {0}, accept[ACCEPT_LENGTH + 1];
    memcpy(key, judge_key(request), KEY_LENGTH);
    accept_key(key, accept);
    story->answer = (struct judge_headers){headers, count};
    returned_check_server(story->answer, accept, choice->subprotocol, choice->extensions,
                          choice->extension_count);
    story->answer_sum = returned_sum(story->answer);
    return S_OK;
}

static void add_returned(struct list *list, struct judge_headers returned, uint8_t left_out)
{
    for (ULONG i = 0; i < returned.count; i++)
        if ((left_out >> i & 1) == 0)
            add_header(list, returned.array[i].pcName, returned.array[i].pcValue);
}

/* The beginning of a request: none, RFC 6455's example, or our client's. */
static void add_request(struct story *story, struct list *list, uint8_t kind, uint8_t left_out)
{
    static WEB_SOCKET_HTTP_HEADER example[] = {
        {(PCHAR) "Upgrade", 7, (PCHAR) "websocket", 9},
        {(PCHAR) "Connection", 10, (PCHAR) "Upgrade", 7},
        {(PCHAR) "Sec-WebSocket-Key", 17, (PCHAR) "dGhlIHNhbXBsZSBub25jZQ==", 24},
        {(PCHAR) "Sec-WebSocket-Version", 21, (PCHAR) "13", 2},
    };
    if (kind == 0)
        return;
    if ((left_out & 0x80) == 0)
        add_header(list, "Host", "example.com");
    add_returned(list, kind == 1 ? (struct judge_headers){example, 4} : story->request, left_out & 0x7F);
}

/* What the server says to a request that cannot be refused; nothing selected, nothing offered. */
static void server_answers_well(struct story *story)
{
    struct list list = {.count = 0};
    add_request(story, &list, 1, 0);
    const struct judge_headers array = array_of(&list);
    story->unsound = SOUND;
    expect("a good Begin behind a failed one",
           begin_server(story, &(struct choice){"", NULL, 0}, array, S_OK), S_OK);
    free(array.array);
    free_list(&list);
}

static void server_begins(struct story *story)
{
    const uint8_t kind = input_byte(&story->input), left_out = input_byte(&story->input);
    struct list list = {.count = 0};
    struct texts selected;
    if ((kind & 4) == 0)
        add_request(story, &list, kind & 3, left_out);
    add_section(story, &list);
    if ((kind & 4) != 0 && list.count <= HEADERS_MAX - 8)
        add_request(story, &list, kind & 3, left_out);
    texts_take(&story->input, "", true, &selected);

    PCSTR *extensions =
        selected.count > 0 ? exact(selected.chars + 1, (selected.count - 1) * sizeof(PCSTR)) : NULL;
    const ULONG count = selected.count > 0 ? selected.count - 1 : 0;
    const struct choice choice = {selected.count > 0 ? selected.chars[0] : NULL,
                                  told_null(story, SELECTED) ? NULL : extensions,
                                  told_count(story, SELECTED, count)};
    const struct judge_headers array = array_of(&list), request = told(story, REQUEST, array);
    const HRESULT wanted =
        judge_begin_server(choice.subprotocol, choice.extensions, choice.extension_count, request);
    if (begin_server(story, &choice, request, wanted) != S_OK)
        server_answers_well(story);
    expect("a second Begin",
           WebSocketBeginServerHandshake(story->server, NULL, NULL, 0, array.array, array.count,
                                         &(PWEB_SOCKET_HTTP_HEADER){NULL}, &(ULONG){0}),
           E_INVALID_PROTOCOL_OPERATION);
    free(extensions);
    free(array.array);
    free_list(&list);
    texts_free(&selected);
}

/* ---- the client ends ---- */

/* Where the client wants its selection; the array is a block of exactly `room` elements. */
struct wish {
    bool extensions, extension_count, subprotocol;
    ULONG room;
};

static HRESULT wanted_end(const struct wish *wish, HRESULT judged, const struct judge_selection *selection)
{
    if (wish->extensions && !wish->extension_count)
        return E_INVALIDARG;
    if (judged == S_OK && wish->extensions && wish->room < selection->extension_count)
        return HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER);
    return judged;
}

/* The outputs as they must be: written with S_OK, else poison as before. */
static void check_selection(const struct wish *wish, HRESULT result, const struct judge_selection *selection,
                            const ULONG *extensions, ULONG extension_count, ULONG subprotocol)
{
    const bool small = result == HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER), good = result == S_OK;
    if (wish->extension_count && extension_count != (good || small ? selection->extension_count : wish->room))
        fail("End tells %u selected extensions", (unsigned)extension_count);
    for (ULONG i = 0; i < wish->room; i++)
        if (extensions[i] !=
            (good && wish->extensions && i < selection->extension_count ? selection->extensions[i] : POISON))
            fail("End tells %u as selected extension %u", (unsigned)extensions[i], (unsigned)i);
    if (subprotocol !=
        (good && wish->subprotocol && selection->has_subprotocol ? selection->subprotocol : POISON))
        fail("End tells %u as the selected subprotocol", (unsigned)subprotocol);
}

static HRESULT end_client(struct story *story, const struct wish *wish, struct judge_headers answer)
{
    struct judge_selection selection;
    const HRESULT judged = judge_end_client(&story->offer, story->accept, answer, &selection);
    ULONG *extensions = malloc(wish->room * sizeof *extensions), extension_count = wish->room,
          subprotocol = POISON;
    for (ULONG i = 0; i < wish->room; i++)
        extensions[i] = POISON;

    const HRESULT result = WebSocketEndClientHandshake(
        story->client, answer.array, answer.count, wish->extensions ? extensions : NULL,
        wish->extension_count ? &extension_count : NULL, wish->subprotocol ? &subprotocol : NULL);
    expect("WebSocketEndClientHandshake", result, wanted_end(wish, judged, &selection));
    check_selection(wish, result, &selection, extensions, extension_count, subprotocol);
    free(extensions);
    return result;
}

/* The beginning of an answer: none, the plainest, or our server's. */
static void add_answer(struct story *story, struct list *list, uint8_t kind, uint8_t left_out)
{
    WEB_SOCKET_HTTP_HEADER plain[] = {
        {(PCHAR) "Upgrade", 7, (PCHAR) "websocket", 9},
        {(PCHAR) "Connection", 10, (PCHAR) "Upgrade", 7},
        {(PCHAR) "Sec-WebSocket-Accept", 20, story->accept, ACCEPT_LENGTH},
    };
    if (kind != 0)
        add_returned(list, kind == 1 ? (struct judge_headers){plain, 3} : story->answer, left_out);
}

static HRESULT client_ends(struct story *story)
{
    const uint8_t kind = input_byte(&story->input), left_out = input_byte(&story->input),
                  wishes = input_byte(&story->input);
    const struct wish wish = {(wishes & 1) == 0, (wishes & 2) == 0, (wishes & 4) == 0, wishes >> 3 & 7};
    struct list list = {.count = 0};
    if ((kind & 4) == 0)
        add_answer(story, &list, kind & 3, left_out);
    add_section(story, &list);
    if ((kind & 4) != 0 && list.count <= HEADERS_MAX - 8)
        add_answer(story, &list, kind & 3, left_out);

    const struct judge_headers array = array_of(&list);
    const HRESULT result = end_client(story, &wish, told(story, ANSWER, array));
    free(array.array);
    free_list(&list);
    return result;
}

/* ---- our client and our server ---- */

/* Selects from the offer by the bits of a number, no name twice, one subprotocol wherever there are any. */
static void choose(const struct judge_offer *offer, uint8_t bits, PCSTR *room, struct choice *choice)
{
    choice->subprotocol =
        offer->subprotocol_count > 0 ? offer->subprotocols[bits % offer->subprotocol_count] : NULL;
    choice->extensions = room;
    choice->extension_count = 0;
    for (ULONG i = 0; i < offer->extension_count; i++) {
        PCSTR candidate = offer->extensions[bits & 0x80 ? offer->extension_count - 1 - i : i];
        const size_t length = strcspn(candidate, "; \t");
        bool taken = (bits >> i % 7 & 1) == 0;
        for (ULONG k = 0; k < choice->extension_count && !taken; k++)
            taken = strcspn(room[k], "; \t") == length && strncmp(room[k], candidate, length) == 0;
        if (!taken)
            room[choice->extension_count++] = candidate;
    }
}

/* The client is still where Begin left it, whatever failed since. */
static void ours_agree(struct story *story, uint8_t bits)
{
    const struct wish wish = {true, true, true, TEXTS_MAX};
    PCSTR room[TEXTS_MAX];
    struct choice choice;
    struct list request = {.count = 0}, answer = {.count = 0};
    WebSocketDeleteHandle(story->server);
    expect("WebSocketCreateServerHandle", WebSocketCreateServerHandle(NULL, 0, &story->server), S_OK);

    choose(&story->offer, bits, room, &choice);
    add_request(story, &request, 2, 0);
    const struct judge_headers asked = array_of(&request);
    story->unsound = SOUND;
    expect("our server, asked by our client", begin_server(story, &choice, asked, S_OK), S_OK);
    add_answer(story, &answer, 2, 0);
    const struct judge_headers told_back = array_of(&answer);
    expect("our client, answered by our server", end_client(story, &wish, told_back), S_OK);
    free(asked.array);
    free(told_back.array);
    free_list(&request);
    free_list(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct story story = {.input = {bytes, count < LONGEST_INPUT ? count : LONGEST_INPUT}};
    const uint8_t unsound = input_byte(&story.input), bits = input_byte(&story.input);
    story.unsound = unsound >> 4 & 8 ? unsound >> 4 & 7 : SOUND;
    story.how = unsound & 15;
    expect("WebSocketCreateClientHandle", WebSocketCreateClientHandle(NULL, 0, &story.client), S_OK);
    expect("WebSocketCreateServerHandle", WebSocketCreateServerHandle(NULL, 0, &story.server), S_OK);

    client_begins(&story);
    server_begins(&story);
    if (returned_sum(story.answer) != story.answer_sum)
        fail("the server's headers have changed");
    if (client_ends(&story) != S_OK)
        ours_agree(&story, bits);
    expect(
        "a second End",
        WebSocketEndClientHandshake(story.client, story.answer.array, story.answer.count, NULL, NULL, NULL),
        E_INVALID_PROTOCOL_OPERATION);
    expect("WebSocketEndServerHandshake", WebSocketEndServerHandshake(story.server), S_OK);
    if (returned_sum(story.request) != story.request_sum || returned_sum(story.answer) != story.answer_sum)
        fail("the returned headers have changed");

    WebSocketDeleteHandle(story.client);
    WebSocketDeleteHandle(story.server);
    free((void *)(uintptr_t)story.offer.subprotocols);
    free((void *)(uintptr_t)story.offer.extensions);
    texts_free(&story.subprotocols);
    texts_free(&story.extensions);
    return 0;
}
