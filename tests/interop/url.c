/*
 * url.c - see url.h. Host and target are not decoded; the server gets the target as it was written.
 */
#include "url.h"

#include <stdio.h>
#include <string.h>

/* Copies length bytes and a NUL. False: no room. */
static bool copy(char *to, size_t room, const char *from, size_t length)
{
    if (length >= room)
        return false;
    memcpy(to, from, length);
    to[length] = '\0';
    return true;
}

/* Blanks, control characters and bytes above ASCII must be percent-encoded, and "#" has no meaning to a
 * server. */
static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text >= 0x7f || *text == '#')
            return false;
    return true;
}

/* "host", "host:port", "[address]" or "[address]:port" */
static bool parse_authority(const char *text, struct url *url)
{
    bool bracket = *text == '[';
    const char *host = text + bracket;
    size_t length = strcspn(host, bracket ? "]" : ":");
    const char *rest = host + length;
    if (length == 0 || (bracket && *rest++ != ']') || strchr(text, '@') != NULL)
        return false;
    if (!copy(url->host, sizeof url->host, host, length))
        return false;
    if (*rest == '\0')
        return copy(url->port, sizeof url->port, "80", 2);
    size_t digits = strspn(rest + 1, "0123456789");
    return *rest == ':' && digits > 0 && rest[1 + digits] == '\0' &&
           copy(url->port, sizeof url->port, rest + 1, digits);
}

bool url_parse(const char *text, struct url *url)
{
    static const char scheme[] = "ws://";
    if (strncmp(text, scheme, sizeof scheme - 1) != 0 || !is_plain(text))
        return false;
    const char *authority = text + sizeof scheme - 1;
    size_t length = strcspn(authority, "/?");
    const char *target = authority + length;
    if (!copy(url->authority, sizeof url->authority, authority, length) ||
        !parse_authority(url->authority, url))
        return false;
    int written = snprintf(url->target, sizeof url->target, "%s%s", *target == '/' ? "" : "/", target);
    return written > 0 && (size_t)written < sizeof url->target;
}
