/*
 * Base64, RFC 4648 section 4: encoding, and a check of the form. Nothing in the handshake needs the decoded
 * bytes, so there is no decoder.
 */
#include "handshake/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void ws_base64_encode(const uint8_t *bytes, size_t count, char *text)
{
    for (; count >= 3; bytes += 3, count -= 3, text += 4) {
        text[0] = alphabet[bytes[0] >> 2];
        text[1] = alphabet[(bytes[0] << 4 | bytes[1] >> 4) & 63];
        text[2] = alphabet[(bytes[1] << 2 | bytes[2] >> 6) & 63];
        text[3] = alphabet[bytes[2] & 63];
    }
    if (count > 0) {
        const unsigned second = count == 2 ? bytes[1] : 0;
        text[0] = alphabet[bytes[0] >> 2];
        text[1] = alphabet[((unsigned)bytes[0] << 4 | second >> 4) & 63];
        text[2] = count == 2 ? alphabet[second << 2 & 63] : '=';
        text[3] = '=';
    }
}

static bool in_alphabet(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

bool ws_base64_check(const char *text, size_t length, size_t count)
{
    if (length != WS_BASE64_LENGTH(count))
        return false;
    const size_t padding = (3 - count % 3) % 3;
    for (size_t i = 0; i < length; i++)
        if (i < length - padding ? !in_alphabet(text[i]) : text[i] != '=')
            return false;
    return true;
}
