/*
 * texts.c - see texts.h.
 */
#include "texts.h"

#include <stdlib.h>
#include <string.h>

enum { END_STRING = 0xFF, END_SECTION = 0xFE, LITERAL = 0xFD, ACCEPT = 0xFC, EMPTY = 0xFB, LYING = 0xFA };

#define LONGEST 1024u

static const char *const words[16] = {
    "Host",
    "Upgrade",
    "Connection",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Version",
    "Sec-WebSocket-Accept",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Extensions",
    "websocket",
    "keep-alive, ",
    "13",
    "dGhlIHNhbXBsZSBub25jZQ==",
    "chat",
    "permessage-deflate",
    "; client_max_window_bits=\"15\"",
    "superchat",
};

/* The string that is being put together. */
static struct {
    char chars[LONGEST];
    size_t length;
} made;

static void add_char(char c)
{
    if (made.length < LONGEST)
        made.chars[made.length++] = c;
}

static void add(const char *text)
{
    for (; *text != '\0'; text++)
        add_char(*text);
}

static char in_case(char c, unsigned which)
{
    if (which == 1 && c >= 'a' && c <= 'z')
        return (char)(c - ('a' - 'A'));
    if (which == 2 && c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    return c;
}

static void add_word(uint8_t byte)
{
    for (const char *c = words[byte & 0x0F]; *c != '\0'; c++)
        add_char(in_case(*c, (byte >> 4) - 8u));
}

static void repeat_last(unsigned times)
{
    for (; made.length > 0 && times > 0; times--)
        add_char(made.chars[made.length - 1]);
}

/* Reads up to the end of a string. Returns the byte that ended it. */
static uint8_t read_string(struct input *input, const char *accept, bool *empty_block, bool *lying)
{
    made.length = 0;
    *empty_block = *lying = false;
    while (!input_is_over(input)) {
        const uint8_t byte = input_byte(input);
        if (byte == END_STRING || byte == END_SECTION)
            return byte;
        if (byte == LITERAL)
            add_char((char)input_byte(input));
        else if (byte == ACCEPT)
            add(accept);
        else if (byte == EMPTY)
            *empty_block = true;
        else if (byte == LYING)
            *lying = made.length == 0;
        else if (byte >= 0x80 && byte < 0xB0)
            add_word(byte);
        else if (byte >= 0xB0 && byte < 0xC0)
            repeat_last(1u << (byte & 7));
        else
            add_char((char)byte);
    }
    return END_SECTION;
}

static char *block_of(bool ended)
{
    char *block = malloc(made.length + ended);
    if (block == NULL)
        abort();
    if (made.length > 0)
        memcpy(block, made.chars, made.length);
    if (ended)
        block[made.length] = '\0';
    return block;
}

void texts_take(struct input *input, const char *accept, bool ended, struct texts *out)
{
    out->count = 0;
    for (uint8_t end = END_STRING; end != END_SECTION;) {
        bool empty_block, lying;
        const size_t left = input->left;
        end = read_string(input, accept, &empty_block, &lying);
        const bool nothing = end == END_SECTION && left - input->left <= 1;
        if (nothing || out->count == TEXTS_MAX)
            continue;
        const bool null = lying || (made.length == 0 && !empty_block && !ended);
        out->chars[out->count] = null ? NULL : block_of(ended);
        out->lengths[out->count] = lying ? 1u + (ULONG)made.length : (ULONG)made.length;
        out->count++;
    }
}

void texts_free(struct texts *texts)
{
    for (ULONG i = 0; i < texts->count; i++)
        free(texts->chars[i]);
    texts->count = 0;
}
