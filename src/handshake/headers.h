/*
 * Reading arrays of HTTP headers: lookup, comma-separated lists, tokens, extensions. Nothing is allocated, copied or
 * written; what is found are spans into the caller's strings, which must outlive them. No byte outside a string's
 * stated length is read, none needs a NUL behind it, and the locale has no say: only ASCII letters have two cases.
 */
#ifndef WS_HEADERS_H
#define WS_HEADERS_H

#include "websocket.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters by pointer and length. No span that comes out of here has a NULL pointer. */
struct ws_span {
    const char *chars;
    size_t length;
};

/* The span of a NUL-terminated string, which must not be NULL. */
struct ws_span ws_span_of(const char *string);

/* Byte for byte. Neither pointer may be NULL. */
bool ws_span_equal(struct ws_span a, struct ws_span b);

/* With the upper and lower case of ASCII letters taken as equal. */
bool ws_span_equal_any_case(struct ws_span a, struct ws_span b);

/*
 * An array of headers; NULL is allowed where the count is 0. In its elements a name or value may be NULL if its
 * length is 0. They are only read: the pointers of the public type are not const because the Windows SDK's are not.
 */
struct ws_headers {
    const WEB_SOCKET_HTTP_HEADER *array;
    uint32_t count;
};

/*
 * How many of the headers have this name, in any case (RFC 7230 section 3.2). If there are any, *value
 * becomes the value of the first of them, without the spaces and tabs around it; else it is left alone.
 */
uint32_t ws_headers_find(struct ws_headers headers, const char *name, struct ws_span *value);

/* The same, but a header whose value is empty counts as absent. */
uint32_t ws_headers_find_filled(struct ws_headers headers, const char *name, struct ws_span *value);

/*
 * A walk over the elements of a comma-separated list. Several headers of one name are one list, in their
 * order (RFC 7230 section 3.2.2). The fields belong to the functions below; nothing in it must be released.
 */
struct ws_headers_list {
    struct ws_headers headers;
    struct ws_span name;
    struct ws_span rest;
};

/* Starts at the first element of the list that all headers of this name make. `name` outlives the walk. */
void ws_headers_list_start(struct ws_headers_list *list, struct ws_headers headers, const char *name);

/* Starts at the first element of a list that is one string. Its pointer must not be NULL. */
void ws_headers_list_start_text(struct ws_headers_list *list, struct ws_span text);

/*
 * The next element, without the spaces and tabs around it. Empty elements are skipped (RFC 7230 section 7).
 * Elements are cut at every comma, even between quotation marks: no valid list of the handshake has a comma
 * there (see ws_headers_is_extension).
 *
 * Returns
 *   true   *element is set; it is not empty, but nothing else about it is known
 *   false  the end of the list, now and at every later call; *element is left alone
 */
bool ws_headers_list_next(struct ws_headers_list *list, struct ws_span *element);

/* Whether some element of the list that all headers of this name make is `element`, in any case. */
bool ws_headers_list_contains(struct ws_headers headers, const char *name, const char *element);

/*
 * Whether the list that all headers of this name make is well-formed: it has at least one element (RFC 7230
 * section 7, 1#element), and is_element says yes to each of them. Where no header has the name, or none of them
 * says anything, there is no list to find fault with: true.
 */
bool ws_headers_list_check(struct ws_headers headers, const char *name,
                           bool (*is_element)(struct ws_span text));

/* Whether `text` is a token: one or more of the characters that RFC 7230 section 3.2.6 calls tchar. */
bool ws_headers_is_token(struct ws_span text);

/*
 * Whether `text` is one extension of RFC 6455 section 9.1,
 *
 *     token *( ";" token [ "=" ( token / quoted-string ) ] )
 *
 * with any spaces and tabs between its parts, but none at either end. A quoted string must be a token once its
 * backslashes are resolved (section 9.1 again); hence it can hold neither a comma nor a space nor a line break.
 */
bool ws_headers_is_extension(struct ws_span text);

/* The name of an extension, which is the token that `text` begins with. Empty where it begins with none. */
struct ws_span ws_headers_extension_name(struct ws_span text);

#endif
