/*
 * returned.c - see returned.h.
 */
#include "returned.h"

#include <stdbool.h>
#include <string.h>

#include "accept_key.h"
#include "fail.h"

/* The tab, which may separate an extension's parts, is no control byte here (RFC 7230, 3.2: field-content).
 */
static void check_text(const char *what, const char *chars, ULONG length)
{
    if (chars == NULL || chars[length] != '\0')
        fail("a returned header's %s does not end in NUL", what);
    for (ULONG i = 0; i < length; i++)
        if (((unsigned char)chars[i] < ' ' && chars[i] != '\t') || chars[i] == 0x7F)
            fail("a returned header's %s has a control byte", what);
}

static void check_all(struct judge_headers returned, ULONG count)
{
    if (returned.array == NULL || returned.count != count)
        fail("%u headers are returned, should be %u", (unsigned)returned.count, (unsigned)count);
    for (ULONG i = 0; i < count; i++) {
        check_text("name", returned.array[i].pcName, returned.array[i].ulNameLength);
        check_text("value", returned.array[i].pcValue, returned.array[i].ulValueLength);
    }
}

static void check_name(const WEB_SOCKET_HTTP_HEADER *header, const char *name)
{
    if (header->ulNameLength != strlen(name) || strcmp(header->pcName, name) != 0)
        fail("a returned header is %s, should be %s", header->pcName, name);
}

static void check_header(const WEB_SOCKET_HTTP_HEADER *header, const char *name, const char *value)
{
    check_name(header, name);
    if (header->ulValueLength != strlen(value) || strcmp(header->pcValue, value) != 0)
        fail("%s is returned as %s, should be %s", name, header->pcValue, value);
}

/* The value must be the strings with ", " between them. */
static void check_list(const WEB_SOCKET_HTTP_HEADER *header, const char *name, PCSTR *strings, ULONG count)
{
    const char *rest = header->pcValue;
    check_name(header, name);
    for (ULONG i = 0; i < count; i++) {
        const size_t length = strlen(strings[i]);
        if (i > 0 && strncmp(rest, ", ", 2) != 0)
            fail("%s is returned with something but a comma between two elements", name);
        rest += i > 0 ? 2 : 0;
        if (strncmp(rest, strings[i], length) != 0)
            fail("%s is returned without %s at its place", name, strings[i]);
        rest += length;
    }
    if (rest != header->pcValue + header->ulValueLength)
        fail("%s is returned with more or less than its elements", name);
}

void returned_check_client(struct judge_headers returned, const struct judge_offer *offer, char *accept)
{
    static char last_key[KEY_LENGTH + 1];
    ULONG at = 4;

    check_all(returned, at + (offer->subprotocol_count > 0) + (offer->extension_count > 0));
    check_header(&returned.array[0], "Connection", "Upgrade");
    check_header(&returned.array[1], "Upgrade", "websocket");
    check_header(&returned.array[2], "Sec-WebSocket-Version", "13");
    check_name(&returned.array[3], "Sec-WebSocket-Key");
    if (offer->subprotocol_count > 0)
        check_list(&returned.array[at++], "Sec-WebSocket-Protocol", offer->subprotocols,
                   offer->subprotocol_count);
    if (offer->extension_count > 0)
        check_list(&returned.array[at], "Sec-WebSocket-Extensions", offer->extensions,
                   offer->extension_count);

    const char *key = returned.array[3].pcValue;
    if (returned.array[3].ulValueLength != KEY_LENGTH ||
        strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqr"
                    "stuvwxyz0123456789+/") != KEY_LENGTH - 2)
        fail("the key %s is not the base64 form of 16 bytes", key);
    /* The last character before the padding has two bits of the 16th byte, and four that are 0. */
    if (strcmp(key + KEY_LENGTH - 2, "==") != 0 || strchr("AQgw", key[KEY_LENGTH - 3]) == NULL)
        fail("the key %s is not the base64 form of 16 bytes", key);
    if (strcmp(key, last_key) == 0)
        fail("the key %s comes again", key);
    memcpy(last_key, key, sizeof last_key);
    accept_key(key, accept);
}

void returned_check_server(struct judge_headers returned, const char *accept, PCSTR subprotocol,
                           PCSTR *extensions, ULONG extension_count)
{
    const bool has_subprotocol = subprotocol != NULL && *subprotocol != '\0';
    ULONG at = 3;

    check_all(returned, at + has_subprotocol + (extension_count > 0));
    check_header(&returned.array[0], "Connection", "Upgrade");
    check_header(&returned.array[1], "Upgrade", "websocket");
    check_header(&returned.array[2], "Sec-WebSocket-Accept", accept);
    if (has_subprotocol)
        check_header(&returned.array[at++], "Sec-WebSocket-Protocol", subprotocol);
    if (extension_count > 0)
        check_list(&returned.array[at], "Sec-WebSocket-Extensions", extensions, extension_count);
}

static uint64_t add_bytes(uint64_t sum, const void *bytes, size_t count)
{
    const uint8_t *byte = bytes;
    for (size_t i = 0; i < count; i++)
        sum = (sum ^ byte[i]) * 0x100000001B3u;
    return sum;
}

uint64_t returned_sum(struct judge_headers returned)
{
    uint64_t sum = 0xCBF29CE484222325u;
    for (ULONG i = 0; i < returned.count; i++) {
        const WEB_SOCKET_HTTP_HEADER *header = &returned.array[i];
        sum = add_bytes(sum, &header->pcName, sizeof header->pcName);
        sum = add_bytes(sum, &header->pcValue, sizeof header->pcValue);
        sum = add_bytes(sum, header->pcName, header->ulNameLength + (size_t)1);
        sum = add_bytes(sum, header->pcValue, header->ulValueLength + (size_t)1);
    }
    return sum;
}
