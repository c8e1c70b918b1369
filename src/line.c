/*
 * Text without printf, see line.h.
 */
#include "line.h"

static const char hex_digits[] = "0123456789ABCDEF";

static void put_char(struct ws_line *line, char c)
{
    if (line->length < WS_LINE_MAX)
        line->text[line->length++] = c;
}

void ws_line_put(struct ws_line *line, const char *words)
{
    while (*words != '\0')
        put_char(line, *words++);
}

void ws_line_put_line(struct ws_line *line, const struct ws_line *other)
{
    for (size_t i = 0; i < other->length; i++)
        put_char(line, other->text[i]);
}

void ws_line_put_number(struct ws_line *line, uint32_t number, unsigned digits)
{
    char reversed[10];
    unsigned count = 0;
    for (; number > 0 || count < digits; number /= 10)
        reversed[count++] = (char)('0' + number % 10);
    while (count > 0)
        put_char(line, reversed[--count]);
}

void ws_line_put_hex(struct ws_line *line, uint64_t number)
{
    unsigned shift = 0;
    while (shift < 60 && number >> shift > 0xF)
        shift += 4;
    ws_line_put(line, "0x");
    for (unsigned left = shift + 4; left > 0; left -= 4)
        put_char(line, hex_digits[number >> (left - 4) & 0xF]);
}

void ws_line_put_quoted(struct ws_line *line, const char *chars, size_t length)
{
    put_char(line, '"');
    for (size_t i = 0; i < length && i < WS_LINE_QUOTE_MAX; i++) {
        const unsigned char c = (unsigned char)chars[i];
        if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
            put_char(line, (char)c);
        } else {
            ws_line_put(line, "\\x");
            put_char(line, hex_digits[c >> 4]);
            put_char(line, hex_digits[c & 0xF]);
        }
    }
    put_char(line, '"');
    if (length > WS_LINE_QUOTE_MAX)
        ws_line_put(line, "...");
}
