/*
 * http.c - see http.h. Lines are taken one by one as they are complete, so that a peer that sends a byte at a
 * time costs no more than one that sends everything at once.
 */
#include "http.h"

#include <string.h>

/* RFC 7230, 3.2.6: what a header's name or a method is made of. */
static bool is_token(const char *text, size_t length)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && (c == '\0' || strchr(others, c) == NULL))
            return false;
    }
    return length > 0;
}

static bool has_controls(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
            return true;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* "Name: value", with the blanks around the value cut off. */
static enum http_progress parse_header(struct http_head *head, char *line, size_t length)
{
    char *colon = memchr(line, ':', length);
    if (colon == NULL || !is_token(line, (size_t)(colon - line)))
        return HTTP_MALFORMED;
    if (head->header_count == HTTP_HEADER_COUNT)
        return HTTP_TOO_LARGE;

    char *value = colon + 1;
    char *end = line + length;
    while (value < end && is_blank(*value))
        value++;
    while (value < end && is_blank(end[-1]))
        end--;

    WEB_SOCKET_HTTP_HEADER *header = &head->headers[head->header_count++];
    header->pcName = line;
    header->ulNameLength = (ULONG)(colon - line);
    header->pcValue = value;
    header->ulValueLength = (ULONG)(end - value);
    return HTTP_MORE;
}

/* One line without its end, which is in the memory behind it all the same. */
static enum http_progress parse_line(struct http_head *head, char *line, size_t length)
{
    if (has_controls(line, length))
        return HTTP_MALFORMED;
    if (head->start_line != NULL)
        return length == 0 ? HTTP_COMPLETE : parse_header(head, line, length);
    if (length > 0) {
        line[length] = '\0';
        head->start_line = line;
    }
    return HTTP_MORE;
}

enum http_progress http_parse(struct http_head *head)
{
    enum http_progress progress = HTTP_MORE;
    while (progress == HTTP_MORE) {
        char *line = head->text + head->parsed;
        char *end = memchr(line, '\n', head->size - head->parsed);
        if (end == NULL)
            return head->size < HTTP_HEAD_SIZE ? HTTP_MORE : HTTP_TOO_LARGE;
        head->parsed += (size_t)(end - line) + 1;
        if (end > line && end[-1] == '\r')
            end--;
        progress = parse_line(head, line, (size_t)(end - line));
    }
    return progress;
}

static bool is_version(const char *text)
{
    return strncmp(text, "HTTP/1.", 7) == 0 && text[7] >= '1' && text[7] <= '9';
}

int http_status(const char *start_line)
{
    if (!is_version(start_line) || start_line[8] != ' ')
        return 0;
    const char *digits = start_line + 9;
    size_t length = strspn(digits, "0123456789");
    if (length != 3 || (digits[3] != ' ' && digits[3] != '\0'))
        return 0;
    return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
}

enum http_method http_request(const char *start_line, const char **target, size_t *length)
{
    const char *first = strchr(start_line, ' ');
    const char *last = strrchr(start_line, ' ');
    if (first == NULL || last <= first + 1 || memchr(first + 1, ' ', (size_t)(last - first - 1)) != NULL)
        return HTTP_NO_REQUEST;
    if (!is_version(last + 1) || last[9] != '\0' || !is_token(start_line, (size_t)(first - start_line)))
        return HTTP_NO_REQUEST;
    *target = first + 1;
    *length = (size_t)(last - first) - 1;
    if (strncmp(start_line, "GET ", 4) == 0)
        return HTTP_GET;
    return strncmp(start_line, "HEAD ", 5) == 0 ? HTTP_HEAD : HTTP_OTHER;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool http_has_header(const struct http_head *head, const char *name)
{
    for (ULONG i = 0; i < head->header_count; i++) {
        const WEB_SOCKET_HTTP_HEADER *header = &head->headers[i];
        size_t same = 0;
        while (same < header->ulNameLength && lower(header->pcName[same]) == lower(name[same]))
            same++;
        if (same == header->ulNameLength && name[same] == '\0')
            return true;
    }
    return false;
}

/* Appends to text and moves *length on; past the end of the room it only counts. */
static void append(char *text, size_t room, size_t *length, const char *more, size_t size)
{
    if (size > 0 && *length < room && size < room - *length)
        memcpy(text + *length, more, size);
    *length += size;
}

size_t http_write(char *text, size_t room, const char *start_line, const WEB_SOCKET_HTTP_HEADER *headers,
                  ULONG count)
{
    size_t length = 0;
    append(text, room, &length, start_line, strlen(start_line));
    append(text, room, &length, "\r\n", 2);
    for (ULONG i = 0; i < count; i++) {
        append(text, room, &length, headers[i].pcName, headers[i].ulNameLength);
        append(text, room, &length, ": ", 2);
        append(text, room, &length, headers[i].pcValue, headers[i].ulValueLength);
        append(text, room, &length, "\r\n", 2);
    }
    append(text, room, &length, "\r\n", 2);
    if (length >= room)
        return 0;
    text[length] = '\0';
    return length;
}
