/*
 * fuzz_receive.c - arbitrary bytes in arbitrary cuts into one session, between arbitrary other calls. Every
 * call is compared with a model of the session, see checked.h.
 *
 * An input is the session's properties, then the calls, then (behind the two bytes of SEPARATOR; all of it,
 * if they are missing) what the network gives. When the calls are over, what is left of the network is read
 * as a plain caller would.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "checked.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static const uint8_t SEPARATOR[2] = {0xF9, 0xF9};

enum { PAYLOAD_MAX = 4 * 65536, STEPS_MAX = 4000 };

/* How the network is read when the calls are over. */
struct habits {
    uint32_t own; /* bytes in each receive operation's own memory, 0: none */
    uint32_t cut; /* most bytes of a read */
    bool all;     /* asks the ALL queue, not the two sides in turns */
    bool abort;   /* at the end */
};

struct play {
    struct checked checked;
    struct input calls;
    struct input network;
    struct habits habits;
};

/* The last size bytes of memory for sending, which cannot be written, and past which nothing can be read. */
static uint8_t *payload(size_t size)
{
    static uint8_t *end;
    if (!end) {
        uint8_t *memory =
            mmap(NULL, PAYLOAD_MAX + 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            abort();
        for (size_t i = 0; i < PAYLOAD_MAX; i++)
            memory[i] = (uint8_t)(i * 31 + (i >> 8));
        end = memory + PAYLOAD_MAX;
        if (mprotect(memory, PAYLOAD_MAX, PROT_READ) != 0 || mprotect(end, 65536, PROT_NONE) != 0)
            abort();
    }
    return end - size;
}

static struct checked_options read_options(struct input *input, bool *end)
{
    uint8_t flags = input_byte(input);
    uint8_t more = input_byte(input);
    uint32_t receive_size = input_byte(input);
    uint32_t send_size = input_byte(input);
    *end = (flags & 0x40) == 0;
    return (struct checked_options){
        .server = flags & 1,
        .disable_masking = flags & 2,
        .disable_utf8 = flags & 4,
        .extension = flags & 8,
        .allocated = flags & 0x10,
        .pointer_size = flags & 0x20,
        .alignment = more & 15,
        .receive_size = 256 + receive_size * (more & 0x10 ? 261 : 1),
        .send_size = 16 + send_size * (more & 0x20 ? 261 : 1),
    };
}

static struct habits read_habits(struct input *input)
{
    uint8_t own = input_byte(input);
    uint8_t cut = input_byte(input);
    uint8_t flags = input_byte(input);
    return (struct habits){.own = own < 128 ? own : (own - 127u) * 37,
                           .cut = cut > 0 ? cut : UINT32_MAX,
                           .all = flags & 1,
                           .abort = flags & 2};
}

/* Calls that queue */

static void send_data(struct play *play, size_t size)
{
    uint32_t type = 0x80000000u + input_below(&play->calls, 4);
    WEB_SOCKET_BUFFER buffer = {.Data = {payload(size), (ULONG)size}};
    (void)checked_send(&play->checked, (WEB_SOCKET_BUFFER_TYPE)type, size == 1 ? NULL : &buffer);
}

/* A size with any length of header, of not too many actions. */
static size_t long_size(struct play *play)
{
    size_t size = input_u16(&play->calls) * (size_t)2;
    return play->checked.options.server ? size : size % (play->checked.options.send_size * (size_t)32);
}

static void send_control(struct play *play)
{
    uint8_t what = input_byte(&play->calls);
    uint32_t type = 0x80000005u + (what & 1);
    WEB_SOCKET_BUFFER buffer = {.Data = {NULL, 0}};
    (void)checked_send(&play->checked, (WEB_SOCKET_BUFFER_TYPE)type, what == 255 ? &buffer : NULL);
}

static void send_close(struct play *play)
{
    static const USHORT edges[] = {0, 2999, 3000, 4999, 5000, 32768, 65535, 999};
    uint8_t status = input_byte(&play->calls);
    uint8_t length = input_byte(&play->calls);
    WEB_SOCKET_BUFFER buffer = {
        .CloseStatus = {length > 0 ? payload(length) : NULL, length,
                        (USHORT)(status < 240 ? 998 + status % 20 : edges[status % 8])}};
    (void)checked_send(&play->checked, WEB_SOCKET_CLOSE_BUFFER_TYPE, status == 255 ? NULL : &buffer);
}

/* An extension's frame, or a type that is none. */
static void send_raw(struct play *play)
{
    uint32_t type = input_byte(&play->calls) * 2u;
    uint8_t length = input_byte(&play->calls);
    if (length == 255)
        type = input_u32(&play->calls);
    WEB_SOCKET_BUFFER buffer = {.Data = {length == 254 ? NULL : payload(length), length}};
    (void)checked_send(&play->checked, (WEB_SOCKET_BUFFER_TYPE)type, &buffer);
}

static void refused_receive(struct play *play)
{
    uint8_t byte;
    WEB_SOCKET_BUFFER empty = {.Data = {&byte, 0}};
    WEB_SOCKET_BUFFER nowhere = {.Data = {NULL, 1}};
    claim(WebSocketReceive(play->checked.handle, &empty, NULL) == E_INVALIDARG, "a receive of no bytes");
    claim(WebSocketReceive(play->checked.handle, &nowhere, NULL) == E_INVALIDARG, "a receive to nowhere");
}

/* Actions */

/*
 * Gives the outstanding read at most so many bytes of the network. False if there is no such read, or no
 * bytes.
 */
static bool give(struct play *play, uint32_t most)
{
    const struct checked_action *read = &play->checked.outstanding[CHECKED_RECEIVE];
    if (!read->context || read->action != WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
        return false;
    size_t taken;
    const uint8_t *bytes = input_take(&play->network, most < read->bytes ? most : read->bytes, &taken);
    if (taken > 0)
        checked_read(&play->checked, bytes, (uint32_t)taken);
    return taken > 0;
}

/* Completes what is outstanding in the slot as it should be, as far as the network gives bytes. */
static bool complete_right(struct play *play, unsigned slot, uint32_t most)
{
    const struct checked_action *action = &play->checked.outstanding[slot];
    if (!action->context)
        return false;
    if (action->action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
        return give(play, most);
    checked_complete(&play->checked, slot, action->bytes);
    return true;
}

static void complete_wrong(struct play *play)
{
    unsigned slot = input_below(&play->calls, CHECKED_SLOTS);
    uint8_t how = input_byte(&play->calls);
    const struct checked_action *action = &play->checked.outstanding[slot];
    ULONG bytes = how < 128 ? 0 : action->bytes + 1 + how - 128;
    if (how == 255 && action->action != WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
        bytes = action->bytes - 1;
    checked_complete(&play->checked, slot, bytes);
}

static void complete_other(struct play *play)
{
    uint8_t which = input_byte(&play->calls);
    PVOID context = which < 16 ? play->checked.recent[which] : (PVOID)((uintptr_t)which << (which % 48));
    checked_complete_other(&play->checked, context);
}

/* WebSocketGetAction with an argument that can never be right. */
static void refused_get(struct play *play)
{
    uint8_t wrong = input_below(&play->calls, 7);
    if (wrong == 0) { /* this one may be right */
        (void)checked_get(&play->checked, WEB_SOCKET_ALL_ACTION_QUEUE, 0);
        return;
    }
    WEB_SOCKET_BUFFER buffer;
    ULONG count = 1;
    WEB_SOCKET_ACTION action = WEB_SOCKET_SEND_TO_NETWORK_ACTION;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context = &buffer;
    HRESULT result = WebSocketGetAction(play->checked.handle, (WEB_SOCKET_ACTION_QUEUE)(wrong == 1 ? 4 : 3),
                                        wrong == 2 ? NULL : &buffer, wrong == 3 ? NULL : &count,
                                        wrong == 4 ? NULL : &action, wrong == 5 ? NULL : &type, NULL,
                                        wrong == 6 ? NULL : &context);
    claim(result == E_INVALIDARG, "an argument that can never be right");
    claim(wrong == 3 || count == 0, "a refused call returns buffers");
    claim(wrong == 4 || action == WEB_SOCKET_NO_ACTION, "a refused call returns an action");
    claim(wrong == 6 || !context, "a refused call returns a context");
}

/* One step of a plain caller: an action, carried out at once. False if there was nothing to do. */
static bool step(struct play *play, WEB_SOCKET_ACTION_QUEUE queue)
{
    struct checked_action *action = checked_get(&play->checked, queue, 2);
    if (!action)
        return false;
    return complete_right(play, (unsigned)(action - play->checked.outstanding), play->habits.cut);
}

static bool complete_all(struct play *play)
{
    bool any = false;
    for (unsigned slot = 0; slot < CHECKED_SLOTS; slot++)
        any = complete_right(play, slot, play->habits.cut) || any;
    return any;
}

static bool step_both(struct play *play)
{
    if (play->habits.all)
        return step(play, WEB_SOCKET_ALL_ACTION_QUEUE);
    bool sent = step(play, WEB_SOCKET_SEND_ACTION_QUEUE);
    return step(play, WEB_SOCKET_RECEIVE_ACTION_QUEUE) || sent;
}

/* Steps until nothing is left to do. The session must not stand still while there is something to read. */
static void pump(struct play *play, unsigned steps)
{
    while (steps-- > 0) {
        if (play->checked.receives.count == 0)
            (void)checked_receive(&play->checked, play->habits.own);
        if (!step_both(play) && !complete_all(play))
            return;
    }
}

/* After an abort every operation comes back. */
static void see_all_back(struct play *play)
{
    checked_abort(&play->checked);
    const struct checked_action *read = &play->checked.outstanding[CHECKED_RECEIVE];
    if (read->action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
        checked_complete(&play->checked, CHECKED_RECEIVE, 0);
    bool going = true;
    while (going)
        going = step_both(play) || complete_all(play);
    claim(!play->checked.open || play->checked.sends.count == 0, "a send did not come back after the abort");
    claim(!play->checked.open || play->checked.receives.count == 0,
          "a receive did not come back after the abort");
}

/* The connection's end: a read gives nothing, its operation comes back, and the next one reads again or does not. */
static void see_the_end(struct play *play)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct checked_action *read = &play->checked.outstanding[CHECKED_RECEIVE];
        if (read->action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
            checked_complete(&play->checked, CHECKED_RECEIVE, 0);
        pump(play, 4);
    }
}

/* Room for 1 to 3 buffers, now and then for none. */
static ULONG room(struct input *input)
{
    uint8_t choice = input_byte(input);
    return choice < 0xE0 ? 1u + choice % 3u : 0;
}

static void call(struct play *play)
{
    struct input *input = &play->calls;
    uint8_t which = input_below(input, 20);
    switch (which) {
    case 0:
        (void)checked_receive(&play->checked, 0);
        break;
    case 1:
        (void)checked_receive(&play->checked, input_byte(input) + 1u);
        break;
    case 2:
        (void)checked_receive(&play->checked, input_u16(input) + 1u);
        break;
    case 3:
        refused_receive(play);
        checked_end_handshake(&play->checked);
        break;
    case 4:
        send_data(play, input_byte(input));
        break;
    case 5:
        send_data(play, long_size(play));
        break;
    case 6:
        send_control(play);
        break;
    case 7:
        send_close(play);
        break;
    case 8:
        send_raw(play);
        break;
    case 9:
    case 10:
    case 11:
        (void)checked_get(&play->checked, (WEB_SOCKET_ACTION_QUEUE)(which - 8), room(input));
        break;
    case 12:
    case 13:
    case 14:
        (void)complete_right(play, which - 12u, UINT32_MAX);
        break;
    case 15:
        (void)give(play, input_byte(input) + 1u);
        break;
    case 16:
        complete_wrong(play);
        break;
    case 17:
        complete_other(play);
        break;
    case 18:
        pump(play, input_below(input, 16) + 1u);
        break;
    default:
        if (input_below(input, 8) == 0)
            checked_abort(&play->checked);
        else
            refused_get(play);
    }
}

/* Where the network's bytes begin: behind the separator, or at the front. */
static void part(struct play *play)
{
    const struct input all = play->calls;
    play->network = all;
    play->calls.left = 0;
    for (size_t i = 0; i + sizeof SEPARATOR <= all.left; i++) {
        if (memcmp(all.at + i, SEPARATOR, sizeof SEPARATOR) != 0)
            continue;
        play->calls.left = i;
        play->network.at += i + sizeof SEPARATOR;
        play->network.left -= i + sizeof SEPARATOR;
        return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static struct play play;
    play.calls = (struct input){bytes, count};
    bool end;
    struct checked_options options = read_options(&play.calls, &end);
    play.habits = read_habits(&play.calls);
    part(&play);

    checked_create(&play.checked, &options);
    checked_handshake(&play.checked, end);
    while (!input_is_over(&play.calls))
        call(&play);
    pump(&play, STEPS_MAX);
    see_the_end(&play);
    if (play.habits.abort)
        see_all_back(&play);
    checked_delete(&play.checked);
    return 0;
}
