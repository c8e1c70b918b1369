/*
 * HTTP headers: RFC 7230 for names, lists and tokens, RFC 6455 section 9.1 for extensions. What the headers
 * mean, and which of them there must be, is decided elsewhere.
 */
#include "handshake/headers.h"

#include <string.h>

/* ---- characters and spans ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_token_char(char c)
{
    if ((c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z'))
        return true;
    switch (c) {
    case '!':
    case '#':
    case '$':
    case '%':
    case '&':
    case '\'':
    case '*':
    case '+':
    case '-':
    case '.':
    case '^':
    case '_':
    case '`':
    case '|':
    case '~':
        return true;
    default:
        return false;
    }
}

/* A caller's string, which may be NULL when it is empty. */
static struct ws_span span(const char *chars, ULONG length)
{
    return (struct ws_span){length > 0 ? chars : "", length};
}

static void drop(struct ws_span *text, size_t count)
{
    text->chars += count;
    text->length -= count;
}

static void take_space(struct ws_span *text)
{
    while (text->length > 0 && is_space(text->chars[0]))
        drop(text, 1);
}

static struct ws_span trim(struct ws_span text)
{
    take_space(&text);
    while (text.length > 0 && is_space(text.chars[text.length - 1]))
        text.length--;
    return text;
}

struct ws_span ws_span_of(const char *string)
{
    return (struct ws_span){string, strlen(string)};
}

bool ws_span_equal(struct ws_span a, struct ws_span b)
{
    return a.length == b.length && memcmp(a.chars, b.chars, a.length) == 0;
}

bool ws_span_equal_any_case(struct ws_span a, struct ws_span b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++)
        if (lower(a.chars[i]) != lower(b.chars[i]))
            return false;
    return true;
}

static bool has_name(const WEB_SOCKET_HTTP_HEADER *header, struct ws_span name)
{
    return ws_span_equal_any_case(span(header->pcName, header->ulNameLength), name);
}

/* How many headers have this name and a value of at least so many bytes. *value becomes the first one's. */
static uint32_t find(struct ws_headers headers, const char *name, size_t least, struct ws_span *value)
{
    const struct ws_span wanted = ws_span_of(name);
    uint32_t found = 0;
    for (uint32_t i = 0; i < headers.count; i++) {
        const WEB_SOCKET_HTTP_HEADER *header = &headers.array[i];
        if (!has_name(header, wanted))
            continue;
        const struct ws_span candidate = trim(span(header->pcValue, header->ulValueLength));
        if (candidate.length >= least && found++ == 0)
            *value = candidate;
    }
    return found;
}

uint32_t ws_headers_find(struct ws_headers headers, const char *name, struct ws_span *value)
{
    return find(headers, name, 0, value);
}

uint32_t ws_headers_find_filled(struct ws_headers headers, const char *name, struct ws_span *value)
{
    return find(headers, name, 1, value);
}

/* ---- lists ---- */

void ws_headers_list_start(struct ws_headers_list *list, struct ws_headers headers, const char *name)
{
    *list = (struct ws_headers_list){headers, ws_span_of(name), ws_span_of("")};
}

void ws_headers_list_start_text(struct ws_headers_list *list, struct ws_span text)
{
    *list = (struct ws_headers_list){{NULL, 0}, ws_span_of(""), text};
}

/* Moves on to the next header of the list's name. */
static bool next_line(struct ws_headers_list *list)
{
    while (list->headers.count > 0) {
        const WEB_SOCKET_HTTP_HEADER *header = list->headers.array;
        list->headers.array++;
        list->headers.count--;
        if (has_name(header, list->name)) {
            list->rest = span(header->pcValue, header->ulValueLength);
            return true;
        }
    }
    return false;
}

/* Takes everything up to the next comma, and the comma, off the rest of the line. */
static struct ws_span cut_element(struct ws_span *rest)
{
    const char *comma = memchr(rest->chars, ',', rest->length);
    if (comma == NULL) {
        const struct ws_span element = *rest;
        *rest = ws_span_of("");
        return element;
    }
    const struct ws_span element = {rest->chars, (size_t)(comma - rest->chars)};
    drop(rest, element.length + 1);
    return element;
}

bool ws_headers_list_next(struct ws_headers_list *list, struct ws_span *element)
{
    for (;;) {
        while (list->rest.length > 0) {
            const struct ws_span candidate = trim(cut_element(&list->rest));
            if (candidate.length > 0) {
                *element = candidate;
                return true;
            }
        }
        if (!next_line(list))
            return false;
    }
}

bool ws_headers_list_contains(struct ws_headers headers, const char *name, const char *element)
{
    const struct ws_span wanted = ws_span_of(element);
    struct ws_headers_list list;
    struct ws_span candidate;
    ws_headers_list_start(&list, headers, name);
    while (ws_headers_list_next(&list, &candidate))
        if (ws_span_equal_any_case(candidate, wanted))
            return true;
    return false;
}

bool ws_headers_list_check(struct ws_headers headers, const char *name,
                           bool (*is_element)(struct ws_span text))
{
    struct ws_headers_list list;
    struct ws_span element = ws_span_of("");
    bool any = false;
    ws_headers_list_start(&list, headers, name);
    while (ws_headers_list_next(&list, &element)) {
        if (!is_element(element))
            return false;
        any = true;
    }
    return any || ws_headers_find_filled(headers, name, &element) == 0;
}

/* ---- tokens and extensions ---- */

/* What a take_ function names, it removes from the front of the text. False if that is not there. */

static bool take_char(struct ws_span *text, char c)
{
    if (text->length == 0 || text->chars[0] != c)
        return false;
    drop(text, 1);
    return true;
}

static bool take_token(struct ws_span *text)
{
    size_t length = 0;
    while (length < text->length && is_token_char(text->chars[length]))
        length++;
    drop(text, length);
    return length > 0;
}

/* A quoted string (RFC 7230 section 3.2.6) that is a token once its backslashes are resolved. */
static bool take_quoted_token(struct ws_span *text)
{
    if (!take_char(text, '"'))
        return false;
    bool any = false;
    while (!take_char(text, '"')) {
        (void)take_char(text, '\\');
        if (text->length == 0 || !is_token_char(text->chars[0]))
            return false;
        drop(text, 1);
        any = true;
    }
    return any;
}

/* token [ "=" ( token / quoted-string ) ] with the space in it and before it, but not the space after it. */
static bool take_parameter(struct ws_span *text)
{
    take_space(text);
    if (!take_token(text))
        return false;
    struct ws_span value = *text;
    take_space(&value);
    if (!take_char(&value, '='))
        return true;
    take_space(&value);
    *text = value;
    return take_token(text) || take_quoted_token(text);
}

bool ws_headers_is_token(struct ws_span text)
{
    return take_token(&text) && text.length == 0;
}

bool ws_headers_is_extension(struct ws_span text)
{
    if (!take_token(&text))
        return false;
    while (text.length > 0) {
        take_space(&text);
        if (!take_char(&text, ';') || !take_parameter(&text))
            return false;
    }
    return true;
}

struct ws_span ws_headers_extension_name(struct ws_span text)
{
    struct ws_span rest = text;
    (void)take_token(&rest);
    return (struct ws_span){text.chars, text.length - rest.length};
}
