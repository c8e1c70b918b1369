/*
 * See upgrade.h. The accept key is worked out by tests/support/accept_key.c.
 */
#define _GNU_SOURCE /* memmem, strcasestr */

#include "upgrade.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accept_key.h"
#include "chance.h"

_Static_assert(UPGRADE_KEY_LENGTH == KEY_LENGTH && UPGRADE_ACCEPT_LENGTH == ACCEPT_LENGTH,
               "the same lengths");

/* Sixteen bytes in base64, whatever they were: 21 characters, one that carries two bits, and the padding. */
static void make_key(uint32_t number, char key[KEY_LENGTH + 1])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint64_t state = chance_mix(number);
    for (unsigned i = 0; i < 21; i++)
        key[i] = alphabet[chance_below(&state, 64)];
    key[21] = "AQgw"[chance_below(&state, 4)];
    memcpy(key + 22, "==", 3);
}

void upgrade_add_request(struct bytes *to, uint32_t number, char accept[UPGRADE_ACCEPT_LENGTH + 1])
{
    char key[KEY_LENGTH + 1];
    make_key(number, key);
    accept_key(key, accept);
    bytes_add_text(to, UPGRADE_LINE UPGRADE_HOST UPGRADE_UPGRADE UPGRADE_CONNECTION "Sec-WebSocket-Key: ");
    bytes_add_text(to, key);
    bytes_add_text(to, "\r\n" UPGRADE_VERSION UPGRADE_END);
}

size_t upgrade_head_size(const struct bytes *received)
{
    const uint8_t *end = received->size > 0 ? memmem(received->at, received->size, "\r\n\r\n", 4) : NULL;
    return end != NULL ? (size_t)(end - received->at) + 4 : 0;
}

unsigned upgrade_status(const struct bytes *received)
{
    static const char version[] = "HTTP/1.1 ";
    char digits[] = "000";
    if (received->size < sizeof version - 1 + sizeof digits ||
        memcmp(received->at, version, sizeof version - 1) != 0)
        return 0;
    memcpy(digits, received->at + sizeof version - 1, sizeof digits - 1);
    return (unsigned)strtoul(digits, NULL, 10);
}

const char *upgrade_judge(const struct bytes *received, const char *accept)
{
    char head[1024];
    char line[64];
    size_t size = upgrade_head_size(received);
    if (upgrade_status(received) != 101)
        return "the handshake is not answered with 101";
    if (size >= sizeof head)
        return "the answer to the handshake is too long";
    memcpy(head, received->at, size);
    head[size] = '\0';
    snprintf(line, sizeof line, "\r\nSec-WebSocket-Accept: %s\r\n", accept);
    if (strcasestr(head, "\r\nSec-WebSocket-Accept: ") == NULL || strstr(head, line + 24) == NULL)
        return "the answer to the handshake has another Sec-WebSocket-Accept";
    if (strcasestr(head, "\r\nUpgrade: websocket\r\n") == NULL ||
        strcasestr(head, "\r\nConnection: Upgrade\r\n") == NULL)
        return "the answer to the handshake does not upgrade";
    return NULL;
}
