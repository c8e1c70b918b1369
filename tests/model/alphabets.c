/*
 * The alphabets, see alphabets.h: what a caller and a peer may do, and which of it is tried together.
 */
#include "alphabets.h"

/* ---- What the caller sends ---- */

#define KIND(name)  .type = WEB_SOCKET_##name##_BUFFER_TYPE
#define BYTES(text) .bytes = (const uint8_t *)(text), .length = sizeof(text) - 1

static const struct model_operation text_message = {KIND(UTF8_MESSAGE), BYTES("hello")};
static const struct model_operation text_fragment = {KIND(UTF8_FRAGMENT), BYTES("he")};
static const struct model_operation empty_message = {KIND(BINARY_MESSAGE), BYTES("")};
static const struct model_operation long_message = {KIND(BINARY_MESSAGE), BYTES("longer than a send area")};
static const struct model_operation close_reason = {KIND(CLOSE), BYTES("going away now"), .status = 1001};
static const struct model_operation long_fragment = {KIND(UTF8_FRAGMENT),
                                                     BYTES("several fragments of a send area's size")};
static const struct model_operation raw_message = {.type = (WEB_SOCKET_BUFFER_TYPE)(0xC2 * 2),
                                                   BYTES("longer than a send area, too")};
static const struct model_operation close_empty = {KIND(CLOSE), BYTES(""), .status = 1005};
static const struct model_operation close_aborted = {KIND(CLOSE), BYTES(""), .status = 1006};
static const struct model_operation aborted_why = {KIND(CLOSE), BYTES("why"), .status = 1006};
static const struct model_operation close_999 = {KIND(CLOSE), BYTES("why"), .status = 999};
static const struct model_operation close_1000 = {KIND(CLOSE), BYTES(""), .status = 1000};
static const struct model_operation close_1004 = {KIND(CLOSE), BYTES(""), .status = 1004};
static const struct model_operation close_1015 = {KIND(CLOSE), BYTES(""), .status = 1015};
static const struct model_operation close_1016 = {KIND(CLOSE), BYTES("why"), .status = 1016};
static const struct model_operation close_65535 = {KIND(CLOSE), BYTES("why"), .status = 65535};
static const struct model_operation ping = {KIND(PING_PONG), BYTES("")};
static const struct model_operation pong = {KIND(UNSOLICITED_PONG), BYTES("")};

/* ---- What the peer sends ---- */

#define FRAME(first, text)                                                                                   \
    {                                                                                                        \
        first, text, sizeof(text) - 1, 0                                                                     \
    }

static const char long_payload[300] = "longer than every receive area";

static const struct peer_frame text = FRAME(0x81, "Hello");
static const struct peer_frame start = FRAME(0x02, "begin");
static const struct peer_frame finish = FRAME(0x80, "end");
static const struct peer_frame empty = FRAME(0x82, "");
static const struct peer_frame big = {0x82, long_payload, sizeof long_payload, 0};
static const struct peer_frame ping_a = FRAME(0x89, "a");
static const struct peer_frame ping_b = FRAME(0x89, "bb");
static const struct peer_frame pong_frame = FRAME(0x8A, "p");
static const struct peer_frame close_frame = FRAME(0x88, "\x03\xE8"
                                                         "bye");
static const struct peer_frame bare_close = FRAME(0x88, "");
#define CLOSE_FRAME(status, wrong_at)                                                                        \
    {                                                                                                        \
        0x88, status "why", sizeof(status "why") - 1, wrong_at                                               \
    }
static const struct peer_frame closed_999 = CLOSE_FRAME("\x03\xE7", 2);
static const struct peer_frame closed_1004 = CLOSE_FRAME("\x03\xEC", 2);
static const struct peer_frame closed_1006 = CLOSE_FRAME("\x03\xEE", 2);
static const struct peer_frame closed_1015 = CLOSE_FRAME("\x03\xF7", 2);
static const struct peer_frame closed_1024 = CLOSE_FRAME("\x04\x00", 1);
static const struct peer_frame closed_2999 = CLOSE_FRAME("\x0B\xB7", 2);
static const struct peer_frame closed_3000 = CLOSE_FRAME("\x0B\xB8", 0);
static const struct peer_frame closed_5000 = CLOSE_FRAME("\x13\x88", 0);
static const struct peer_frame closed_65535 = CLOSE_FRAME("\xFF\xFF", 0);
static const struct peer_frame closed_not_utf8 = CLOSE_FRAME("\x13\x88\xFF", 3);
static const struct peer_frame reserved = FRAME(0xC1, "x");
static const struct peer_frame not_utf8 = {0x81, "ok\xFFxx", 5, 3};

/* ---- Letters ---- */

/* Named like the sides, so that letters read well. */
enum { QUEUE_SEND = 1, QUEUE_RECEIVE = 2, QUEUE_ALL = 3 };

/* clang-format off */
#define SEND(what)          {"Send(" #what ")", CALL_SEND, .send = &(what)}
#define RECEIVE             {"Receive", CALL_RECEIVE, .a = 0}
#define RECEIVE_OWN         {"Receive(own buffer of 3)", CALL_RECEIVE, .a = 3}
#define GET(queue, room)    {"GetAction(" #queue ", " #room ")", CALL_GET, .a = QUEUE_##queue, .b = (room)}
#define PEER(x)             {#x " arrives", CALL_PEER, .frames = {&(x)}}
#define PEER_2(x, y)        {#x ", " #y " arrive", CALL_PEER, .frames = {&(x), &(y)}}
#define PEER_3(x, y, z)     {#x ", " #y ", " #z " arrive", CALL_PEER, .frames = {&(x), &(y), &(z)}}
#define PEER_BYTE(x)        {"1 byte of " #x " arrives", CALL_PEER, .a = PART_FIRST_BYTE, .frames = {&(x)}}
#define PEER_PART(x, n)     {#x " up to " #n " arrives", CALL_PEER, .a = PART_PAYLOAD, .b = (n), .frames = {&(x)}}
#define REST                {"the rest arrives", CALL_PEER, .a = PART_ALL}
#define READ_NOTHING        {"the read is completed with 0", CALL_READ, .a = 0}
#define READ_TOO_MUCH       {"the read is completed with 1 too many", CALL_READ, .a = 1}
#define COMPLETE(side, how) {"CompleteAction(" #side ", " #how ")", CALL_COMPLETE, .a = SIDE_##side, .b = (how)}
#define ABORT_IT            {"Abort", CALL_ABORT, .a = 0}
#define DELETE_IT           {"Delete", CALL_DELETE, .a = 0}
/* clang-format on */

/* ---- Walks ---- */

const struct walk walks[] = {
    {"handshake", .created = true, .depth = 4,
     .letters = {{"BeginClientHandshake", CALL_BEGIN, .a = false, .b = true},
                 {"BeginServerHandshake", CALL_BEGIN, .a = true, .b = true},
                 {"BeginServerHandshake(broken)", CALL_BEGIN, .a = true, .b = false},
                 {"EndClientHandshake", CALL_END, .a = false, .b = true},
                 {"EndClientHandshake(broken)", CALL_END, .a = false, .b = false},
                 {"EndServerHandshake", CALL_END, .a = true, .b = true},
                 SEND(ping),
                 RECEIVE,
                 GET(ALL, 2),
                 GET(SEND, 0),
                 GET(ALL, 0),
                 COMPLETE(SEND, RIGHT),
                 COMPLETE(SEND, AGAIN),
                 COMPLETE(SEND, NOTHING),
                 COMPLETE(RECEIVE, RIGHT),
                 PEER(text),
                 ABORT_IT,
                 DELETE_IT}},
    {"sending", .depth = 5,
     .letters = {SEND(text_message), SEND(text_fragment), SEND(empty_message), SEND(long_message),
                 SEND(close_reason), SEND(ping), GET(SEND, 0), GET(SEND, 1), GET(SEND, 2),
                 COMPLETE(SEND, RIGHT), COMPLETE(SEND, LESS), COMPLETE(SEND, AGAIN), COMPLETE(SEND, NOTHING),
                 ABORT_IT}},
    {"closes to send", .depth = 4,
     .letters = {SEND(close_aborted), SEND(aborted_why), SEND(close_999), SEND(close_1000), SEND(close_1004),
                 SEND(close_1015), SEND(close_1016), SEND(close_65535), SEND(close_empty), GET(SEND, 1),
                 GET(SEND, 2), COMPLETE(SEND, RIGHT)}},
    {"closes to receive", .depth = 4, .prefix = {RECEIVE, GET(RECEIVE, 1)},
     .letters = {RECEIVE, GET(RECEIVE, 0), GET(RECEIVE, 1), COMPLETE(RECEIVE, RIGHT), PEER(closed_999),
                 PEER(closed_1004), PEER(closed_1006), PEER(closed_1015), PEER(closed_1024),
                 PEER(closed_2999), PEER(closed_3000), PEER(closed_5000), PEER(closed_65535),
                 PEER(closed_not_utf8), PEER_PART(closed_1024, 1), PEER_PART(closed_2999, 1),
                 PEER_PART(closed_65535, 1), REST}},
    {"receiving", .depth = 7,
     .letters = {RECEIVE, RECEIVE_OWN, GET(RECEIVE, 0), GET(RECEIVE, 1), COMPLETE(RECEIVE, RIGHT), PEER(text),
                 PEER_PART(start, 2), REST, PEER_2(start, finish), PEER(close_frame), READ_NOTHING,
                 ABORT_IT}},
    {"frames in parts", .depth = 7, .prefix = {RECEIVE_OWN, RECEIVE_OWN, GET(RECEIVE, 1)},
     .letters = {RECEIVE, RECEIVE_OWN, GET(RECEIVE, 1), COMPLETE(RECEIVE, RIGHT), PEER_BYTE(text),
                 PEER_PART(text, 4), PEER(big), PEER_PART(big, 9), REST, PEER(empty), READ_NOTHING}},
    {"inside a message", .depth = 6,
     .prefix = {RECEIVE, RECEIVE, RECEIVE_OWN, GET(RECEIVE, 1), PEER_3(start, ping_a, finish)},
     .letters = {RECEIVE, GET(RECEIVE, 1), GET(ALL, 2), COMPLETE(RECEIVE, RIGHT), COMPLETE(PONG, RIGHT),
                 COMPLETE(PONG, LESS), SEND(long_message), COMPLETE(SEND, RIGHT), PEER(text),
                 PEER(pong_frame), ABORT_IT}},
    {"cancelled reads", /* the first was given up inside a frame */
     .depth = 7,
     .prefix = {RECEIVE, RECEIVE_OWN, GET(RECEIVE, 1), PEER_PART(text, 2), GET(RECEIVE, 1), READ_NOTHING},
     .letters = {RECEIVE, RECEIVE_OWN, GET(RECEIVE, 1), GET(ALL, 2), COMPLETE(RECEIVE, RIGHT),
                 COMPLETE(RECEIVE, NOTHING), REST, PEER(ping_a), READ_NOTHING, READ_TOO_MUCH, ABORT_IT}},
    {"broken input", .depth = 5, .prefix = {RECEIVE, GET(RECEIVE, 1)},
     .letters = {RECEIVE, RECEIVE_OWN, GET(RECEIVE, 0), GET(RECEIVE, 1), GET(ALL, 2),
                 COMPLETE(RECEIVE, RIGHT), COMPLETE(PONG, RIGHT), PEER(reserved), PEER(not_utf8),
                 PEER_PART(not_utf8, 2), PEER_BYTE(finish), PEER_2(start, text), PEER_2(ping_a, reserved),
                 PEER_2(text, reserved), REST, SEND(close_empty), COMPLETE(SEND, RIGHT), READ_TOO_MUCH,
                 ABORT_IT}},
    {"pings", .depth = 5, .prefix = {RECEIVE, GET(RECEIVE, 1)},
     .letters = {RECEIVE, GET(RECEIVE, 0), GET(RECEIVE, 1), GET(SEND, 1), GET(SEND, 2), GET(ALL, 2),
                 SEND(long_message), SEND(ping), COMPLETE(SEND, RIGHT), COMPLETE(RECEIVE, RIGHT),
                 COMPLETE(PONG, RIGHT), COMPLETE(PONG, LESS), COMPLETE(PONG, AGAIN), PEER(ping_a),
                 PEER_2(ping_a, ping_b), PEER_3(start, ping_a, finish), PEER_PART(ping_b, 1), REST,
                 ABORT_IT}},
    {"held pongs", /* inside a frame of several actions */
     .depth = 5, .prefix = {SEND(long_message), GET(SEND, 1), RECEIVE, RECEIVE, GET(RECEIVE, 1)},
     .letters = {GET(RECEIVE, 1), GET(SEND, 0), GET(SEND, 1), GET(SEND, 2), GET(ALL, 0), GET(ALL, 1),
                 SEND(text_message), SEND(close_reason), COMPLETE(SEND, RIGHT), COMPLETE(SEND, LESS),
                 COMPLETE(RECEIVE, RIGHT), COMPLETE(PONG, RIGHT), PEER(ping_a), PEER_2(ping_a, text),
                 PEER_3(ping_a, ping_b, reserved), READ_NOTHING, ABORT_IT}},
    {"pong beside", /* a held pong is out, and the receive side reads on */
     .depth = 5,
     .prefix = {SEND(long_message), GET(SEND, 1), RECEIVE, GET(RECEIVE, 1), PEER(ping_a), GET(RECEIVE, 1),
                COMPLETE(SEND, RIGHT), GET(SEND, 1), COMPLETE(SEND, RIGHT), GET(SEND, 1)},
     .letters = {RECEIVE, GET(RECEIVE, 1), GET(SEND, 1), GET(SEND, 2), GET(ALL, 2), SEND(text_message),
                 SEND(long_message), COMPLETE(SEND, RIGHT), COMPLETE(RECEIVE, RIGHT), COMPLETE(PONG, RIGHT),
                 PEER(ping_a), PEER_3(ping_a, ping_b, text), PEER_2(ping_b, reserved), READ_NOTHING,
                 ABORT_IT}},
    {"fragments", /* of a message that finds a pong outstanding */
     .depth = 6,
     .prefix = {RECEIVE, RECEIVE, GET(RECEIVE, 1), PEER_2(ping_a, ping_b), GET(RECEIVE, 1),
                SEND(long_fragment)},
     .letters = {GET(RECEIVE, 1), GET(SEND, 0), GET(SEND, 1), GET(SEND, 2), SEND(text_message),
                 COMPLETE(SEND, RIGHT), COMPLETE(SEND, LESS), COMPLETE(PONG, RIGHT), PEER(ping_a), ABORT_IT}},
    {"what cannot be cut", .extension = true, .depth = 5,
     .prefix = {RECEIVE, RECEIVE, GET(RECEIVE, 1), PEER_3(ping_a, ping_b, text), GET(RECEIVE, 1),
                SEND(raw_message)},
     .letters = {GET(RECEIVE, 0), GET(RECEIVE, 1), GET(SEND, 0), GET(SEND, 1), GET(SEND, 2), GET(ALL, 0),
                 GET(ALL, 1), SEND(long_message), SEND(close_reason), COMPLETE(SEND, RIGHT),
                 COMPLETE(SEND, LESS), COMPLETE(RECEIVE, RIGHT), COMPLETE(PONG, RIGHT), PEER(ping_a),
                 PEER_2(ping_a, text), PEER_3(ping_a, ping_b, finish), PEER_2(ping_b, close_frame),
                 ABORT_IT}},
    {"a close that waits", /* a server's with room for one buffer */
     .depth = 5,
     .prefix = {RECEIVE_OWN, RECEIVE, GET(RECEIVE, 1), PEER_3(ping_a, ping_b, text), GET(RECEIVE, 1),
                SEND(close_reason)},
     .letters = {GET(RECEIVE, 1), GET(SEND, 0), GET(SEND, 1), GET(SEND, 2), GET(ALL, 0), GET(ALL, 1),
                 SEND(ping), COMPLETE(SEND, RIGHT), COMPLETE(RECEIVE, RIGHT), COMPLETE(PONG, RIGHT),
                 PEER(ping_a), PEER_2(ping_a, text), PEER_PART(text, 2), PEER_2(ping_b, close_frame), REST,
                 READ_NOTHING, ABORT_IT}},
    {"closing", .depth = 5, .prefix = {RECEIVE, RECEIVE, GET(RECEIVE, 2)},
     .letters = {RECEIVE, RECEIVE_OWN, GET(RECEIVE, 1), GET(ALL, 2), SEND(close_reason), SEND(text_message),
                 SEND(pong), COMPLETE(SEND, RIGHT), COMPLETE(RECEIVE, RIGHT), COMPLETE(RECEIVE, AGAIN),
                 COMPLETE(PONG, RIGHT), PEER(close_frame), PEER_2(bare_close, text),
                 PEER_2(text, close_frame), PEER_2(ping_a, close_frame), PEER(pong_frame), READ_NOTHING,
                 ABORT_IT}},
    {"behind a close", .depth = 5,
     .prefix = {RECEIVE, RECEIVE_OWN, GET(RECEIVE, 1), PEER_2(close_frame, ping_a), GET(RECEIVE, 1)},
     .letters = {RECEIVE,
                 RECEIVE_OWN,
                 GET(RECEIVE, 0),
                 GET(RECEIVE, 1),
                 GET(ALL, 2),
                 COMPLETE(RECEIVE, RIGHT),
                 COMPLETE(RECEIVE, AGAIN),
                 PEER(ping_a),
                 PEER(text),
                 PEER(reserved),
                 PEER(big),
                 PEER(close_frame),
                 PEER_PART(not_utf8, 2),
                 REST,
                 READ_NOTHING,
                 READ_TOO_MUCH,
                 SEND(text_message),
                 SEND(close_reason),
                 COMPLETE(SEND, RIGHT),
                 ABORT_IT}},
    {"aborting", /* with an action of each side outstanding, or about to be */
     .depth = 5, .prefix = {SEND(long_message), RECEIVE_OWN, RECEIVE, GET(RECEIVE, 1), GET(SEND, 1)},
     .letters = {GET(SEND, 1), GET(RECEIVE, 1), GET(ALL, 0), GET(ALL, 2), SEND(ping), RECEIVE,
                 COMPLETE(SEND, RIGHT), COMPLETE(SEND, LESS), COMPLETE(RECEIVE, RIGHT), COMPLETE(PONG, RIGHT),
                 PEER(ping_a), PEER_PART(text, 2), REST, READ_NOTHING, ABORT_IT, DELETE_IT}},
};
const unsigned walk_count = sizeof walks / sizeof *walks;
