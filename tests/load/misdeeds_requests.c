/*
 * Requests that are no handshake, and the status that refuses them.
 */
#include "misdeeds.h"

#include <string.h>

#include "upgrade.h"

#define REST UPGRADE_HOST UPGRADE_UPGRADE UPGRADE_CONNECTION UPGRADE_KEY UPGRADE_VERSION
#define ALL  UPGRADE_LINE REST

/*
 * text, then fill bytes of 'c', or so many headers if there is a header to repeat, then the end of the head.
 */
struct request {
    unsigned status;
    const char *name;
    const char *text;
    size_t size;
    size_t fill;
    const char *header;
};

#define REQUEST(status, name, text)                                                                          \
    {                                                                                                        \
        status, name, text, sizeof(text) - 1, 0, NULL                                                        \
    }

static const struct request misdeeds[] = {
    REQUEST(400, "no Host", UPGRADE_LINE UPGRADE_UPGRADE UPGRADE_CONNECTION UPGRADE_KEY UPGRADE_VERSION),
    REQUEST(400, "no Upgrade", UPGRADE_LINE UPGRADE_HOST UPGRADE_CONNECTION UPGRADE_KEY UPGRADE_VERSION),
    REQUEST(400, "another Upgrade",
            UPGRADE_LINE UPGRADE_HOST "Upgrade: h2c\r\n" UPGRADE_CONNECTION UPGRADE_KEY UPGRADE_VERSION),
    REQUEST(400, "no Connection", UPGRADE_LINE UPGRADE_HOST UPGRADE_UPGRADE UPGRADE_KEY UPGRADE_VERSION),
    REQUEST(400, "another Connection",
            UPGRADE_LINE UPGRADE_HOST UPGRADE_UPGRADE
            "Connection: keep-alive\r\n" UPGRADE_KEY UPGRADE_VERSION),
    REQUEST(400, "no key", UPGRADE_LINE UPGRADE_HOST UPGRADE_UPGRADE UPGRADE_CONNECTION UPGRADE_VERSION),
    REQUEST(400, "a short key",
            UPGRADE_LINE UPGRADE_HOST UPGRADE_UPGRADE UPGRADE_CONNECTION
            "Sec-WebSocket-Key: c2hvcnQ=\r\n" UPGRADE_VERSION),
    REQUEST(400, "two keys", ALL UPGRADE_KEY),
    REQUEST(400, "no version", UPGRADE_LINE UPGRADE_HOST UPGRADE_UPGRADE UPGRADE_CONNECTION UPGRADE_KEY),
    REQUEST(426, "version 8",
            UPGRADE_LINE UPGRADE_HOST UPGRADE_UPGRADE UPGRADE_CONNECTION UPGRADE_KEY
            "Sec-WebSocket-Version: 8\r\n"),
    REQUEST(400, "an empty list of subprotocols", ALL "Sec-WebSocket-Protocol: ,\r\n"),
    REQUEST(400, "malformed extensions", ALL "Sec-WebSocket-Extensions: a;;b\r\n"),
    REQUEST(405, "POST", "POST /chat HTTP/1.1\r\n" REST),
    REQUEST(400, "HTTP/1.0", "GET /chat HTTP/1.0\r\n" REST),
    REQUEST(400, "HTTP/2", "PRI * HTTP/2.0\r\n"),
    REQUEST(400, "no target", "GET HTTP/1.1\r\n" REST),
    REQUEST(400, "two targets", "GET /a /b HTTP/1.1\r\n" REST),
    REQUEST(400, "TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03\n"),
    REQUEST(400, "a folded header", ALL "Origin: a\r\n b\r\n"),
    REQUEST(400, "white space before a colon", ALL "Origin : a\r\n"),
    REQUEST(400, "a line without a colon", ALL "Origin\r\n"),
    REQUEST(400, "NUL in a header", ALL "Origin: a\0b\r\n"),
    REQUEST(400, "CR alone", ALL "Origin: a\rb\r\n"),
    {431, "a long header", ALL "Cookie: ", sizeof(ALL "Cookie: ") - 1, 9000, NULL},
    {431, "a long line", "GET /", 5, 9000, NULL},
    {431, "many headers", ALL, sizeof(ALL) - 1, 70, "X: y\r\n"},
};

size_t misdeeds_requests_count(void)
{
    return sizeof misdeeds / sizeof *misdeeds;
}

void misdeeds_requests_write(struct script *script, size_t kind, unsigned turn)
{
    const struct request *request = &misdeeds[kind];
    script->name = request->name;
    script->ends = request->status == 400   ? "HTTP 400"
                   : request->status == 405 ? "HTTP 405"
                   : request->status == 426 ? "HTTP 426"
                                            : "HTTP 431";
    bytes_add(&script->bytes, request->text, request->size);
    for (size_t i = 0; i < request->fill; i++)
        bytes_add_text(&script->bytes, request->header != NULL ? request->header : "c");
    bool in_line = request->fill > 0 && request->header == NULL;
    bytes_add_text(&script->bytes, in_line ? "\r\n" UPGRADE_END : UPGRADE_END);
    script_add(script, request->fill == 0 && turn % 2 == 1 ? STEP_DRIBBLE : STEP_SEND, 1);
    script_add(script, STEP_REFUSAL, request->status);
}
