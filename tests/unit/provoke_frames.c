/*
 * Frames that are refused, see provoke.h.
 */
#include "provoke.h"

struct frames {
    enum ws_status why;
    bool server; /* it is a server that receives them; else a client */
    const char *bytes;
    ULONG size;
};

#define FRAMES(why, receiver, bytes)                                                                         \
    {                                                                                                        \
        WS_WHY_##why, receiver, bytes, sizeof(bytes) - 1                                                     \
    }
enum { CLIENT, SERVER };

static const struct frames rows[] = {
    FRAMES(FRAME_RESERVED_BITS, SERVER, "\xC1"),
    FRAMES(FRAME_RESERVED_OPCODE, SERVER, "\x83"),
    FRAMES(FRAME_CONTROL_FRAGMENT, SERVER, "\x09"),
    FRAMES(FRAME_CONTROL_LONG, CLIENT, "\x89\x7E"),
    FRAMES(FRAME_MASKED, CLIENT, "\x81\x81"),
    FRAMES(FRAME_NOT_MASKED, SERVER, "\x81\x01"),
    FRAMES(FRAME_LENGTH_LONG_FORM, CLIENT, "\x82\x7E\x00\x7D"),
    FRAMES(FRAME_LENGTH_TOP_BIT, CLIENT, "\x82\x7F\x80"),
    FRAMES(FRAME_CONTINUES_NOTHING, CLIENT, "\x80\x00"),
    FRAMES(FRAME_INSIDE_MESSAGE, CLIENT, "\x01\x01x\x01"),
    FRAMES(CLOSE_ONE_BYTE, CLIENT, "\x88\x01"),
    FRAMES(CLOSE_STATUS, CLIENT, "\x88\x02\x03\xED"),
    FRAMES(TEXT_NOT_UTF8, CLIENT, "\x81\x02z\xFF"),
    FRAMES(TEXT_CUT_SHORT, CLIENT, "\x81\x02z\xC3"),
    FRAMES(CLOSE_REASON_NOT_UTF8, CLIENT, "\x88\x03\x03\xE8\xFF"),
};

const char *provoke_frame(enum ws_status why)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].why != why)
            continue;
        struct handle_pair pair = handle_pair_open(NULL, NULL, false);
        provoke_arrive(rows[i].server ? pair.server : pair.client, NULL, 0, rows[i].bytes, rows[i].size);
        handle_pair_delete(&pair);
        return "WebSocketGetAction";
    }
    return NULL;
}
