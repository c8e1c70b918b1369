/*
 * Text without printf, see line.h.
 */
#include "trace/line.h"

static const char digits_of_all[] = "0123456789ABCDEF";

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

void ws_line_put_number(struct ws_line *line, uint64_t number, unsigned base, unsigned digits)
{
    char reversed[20];
    unsigned count = 0;
    for (; number > 0 || count < digits; number /= base)
        reversed[count++] = digits_of_all[number % base];
    while (count > 0)
        put_char(line, reversed[--count]);
}

void ws_line_put_quoted(struct ws_line *line, const char *chars, size_t length)
{
    ws_line_put(line, "\"");
    for (size_t i = 0; i < length && i < WS_LINE_QUOTE_MAX; i++) {
        const unsigned char c = (unsigned char)chars[i];
        if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
            put_char(line, (char)c);
        } else {
            ws_line_put(line, "\\x");
            ws_line_put_number(line, c, 16, 2);
        }
    }
    ws_line_put(line, length > WS_LINE_QUOTE_MAX ? "\"..." : "\"");
}
