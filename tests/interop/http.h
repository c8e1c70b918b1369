/*
 * http.h - the HTTP around a WebSocket handshake. The library makes and checks headers; the text on the wire
 * is its caller's business: reading the head of a request or response, and writing one.
 *
 * Reading is bounded in bytes and in headers, takes what RFC 7230 allows a robust reader to take (empty lines
 * before the first, lines that end in LF alone), and refuses whatever two readers could understand
 * differently: folded lines, white space before a colon, control characters.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "websocket.h"

enum { HTTP_HEAD_SIZE = 8192, HTTP_HEADER_COUNT = 64 };

/*
 * A head, growing as it arrives. Start with zeros, append bytes at text + size (up to HTTP_HEAD_SIZE), parse.
 */
struct http_head {
    size_t size;      /* bytes in text */
    size_t parsed;    /* bytes of whole lines; when the head is complete, where what follows it begins */
    char *start_line; /* "GET / HTTP/1.1", ended by NUL; NULL until it has arrived */
    ULONG header_count;
    WEB_SOCKET_HTTP_HEADER headers[HTTP_HEADER_COUNT]; /* point into text */
    char text[HTTP_HEAD_SIZE];
};

enum http_progress {
    HTTP_MORE, /* the head is not complete yet */
    HTTP_COMPLETE,
    HTTP_MALFORMED,
    HTTP_TOO_LARGE
};

/* Looks at what was appended since the last call. */
enum http_progress http_parse(struct http_head *head);

/* The three digits of a response's start line, or 0 if it is not one of HTTP/1.1 (or a later 1.x). */
int http_status(const char *start_line);

enum http_method {
    HTTP_NO_REQUEST, /* this is no start line of an HTTP/1.1 request */
    HTTP_GET,
    HTTP_HEAD,
    HTTP_OTHER
};

/*
 * Reads "GET target HTTP/1.1" (or a later 1.x, or another method). *target points into the start line, and is
 * *length bytes; both are untouched if the result is HTTP_NO_REQUEST.
 */
enum http_method http_request(const char *start_line, const char **target, size_t *length);

/* Does a complete head have a header of this name, which is compared without regard to case? */
bool http_has_header(const struct http_head *head, const char *name);

/*
 * Writes a start line, headers, and the empty line after them, as text ended by NUL.
 * Returns its length, or 0 if it does not fit into room bytes.
 */
size_t http_write(char *text, size_t room, const char *start_line, const WEB_SOCKET_HTTP_HEADER *headers,
                  ULONG count);

#endif
