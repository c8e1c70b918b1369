/*
 * judge.c - see judge.h. Everything is a text, a pointer and a length, that is looked at from the beginning
 * every time.
 */
#include "judge.h"

#include <string.h>

#define MOST_IN_AN_ARRAY 65535u

struct text {
    const char *chars;
    size_t length;
};

static struct text text_of(const char *string)
{
    return (struct text){string, strlen(string)};
}

static bool same(struct text a, struct text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.chars, b.chars, a.length) == 0);
}

static int small(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool same_but_case(struct text a, struct text b)
{
    size_t i = 0;
    while (a.length == b.length && i < a.length && small(a.chars[i]) == small(b.chars[i]))
        i++;
    return i == a.length && i == b.length;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct text without_blanks_around(struct text text)
{
    while (text.length > 0 && is_blank(text.chars[text.length - 1]))
        text.length--;
    while (text.length > 0 && is_blank(*text.chars))
        text = (struct text){text.chars + 1, text.length - 1};
    return text;
}

/* ---- tokens and extensions ---- */

/* RFC 7230, 3.2.6: tchar. */
static bool is_tchar(char c)
{
    static const char tchars[] =
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    return c != '\0' && strchr(tchars, c) != NULL;
}

/* How long the token at the beginning is; 0 if there is none. */
static size_t token_length(struct text text)
{
    size_t length = 0;
    while (length < text.length && is_tchar(text.chars[length]))
        length++;
    return length;
}

static bool is_token(struct text text)
{
    return text.length > 0 && token_length(text) == text.length;
}

/* How long the quoted string at the beginning is, if it stands for a token; else 0. */
static size_t quoted_length(struct text text)
{
    size_t at = 1, chars = 0;
    for (; at < text.length && text.chars[at] != '"'; at++, chars++) {
        if (text.chars[at] == '\\')
            at++;
        if (at == text.length || !is_tchar(text.chars[at]))
            return 0;
    }
    return at < text.length && chars > 0 ? at + 1 : 0;
}

/*
 * An extension is a row of symbols: t, a token; q, a quoted one; ; and =. Blanks only separate them. The rows
 * that are extensions: t, then any number of ;t or ;t=t or ;t=q.
 */
enum place { WRONG, START, NAME, SEMICOLON, PARAMETER, EQUALS, VALUE };

static enum place place_behind(enum place place, char symbol)
{
    if (symbol == 't')
        return place == START ? NAME : place == SEMICOLON ? PARAMETER : place == EQUALS ? VALUE : WRONG;
    if (symbol == 'q')
        return place == EQUALS ? VALUE : WRONG;
    if (symbol == ';')
        return place == NAME || place == PARAMETER || place == VALUE ? SEMICOLON : WRONG;
    return symbol == '=' && place == PARAMETER ? EQUALS : WRONG;
}

/* The symbol at the beginning and its size; 0 for none. */
static char symbol_at(struct text text, size_t *size)
{
    if ((*size = token_length(text)) > 0)
        return 't';
    if (*text.chars == '"')
        return (*size = quoted_length(text)) > 0 ? 'q' : '\0';
    *size = 1;
    return *text.chars == ';' || *text.chars == '=' ? *text.chars : '\0';
}

static bool is_row_of_symbols(struct text text)
{
    enum place place = START;
    size_t size;
    while ((text = without_blanks_around(text)).length > 0 && place != WRONG) {
        place = place_behind(place, symbol_at(text, &size));
        text = (struct text){text.chars + size, text.length - size};
    }
    return place == NAME || place == PARAMETER || place == VALUE;
}

static bool is_extension(struct text text)
{
    return text.length == without_blanks_around(text).length && is_row_of_symbols(text);
}

/* The name is the first token; of a subprotocol it is all. */
static struct text name_of(struct text item)
{
    return (struct text){item.chars, token_length(item)};
}

/* ---- headers ---- */

static bool readable(struct judge_headers headers)
{
    if (headers.count > MOST_IN_AN_ARRAY || (headers.array == NULL && headers.count > 0))
        return false;
    for (ULONG i = 0; i < headers.count; i++) {
        const WEB_SOCKET_HTTP_HEADER *header = &headers.array[i];
        if ((header->pcName == NULL && header->ulNameLength != 0) ||
            (header->pcValue == NULL && header->ulValueLength != 0))
            return false;
    }
    return true;
}

/* Of these, a header with an empty value is none. */
static bool says_something(const WEB_SOCKET_HTTP_HEADER *header, const char *name)
{
    return (strcmp(name, "Sec-WebSocket-Protocol") != 0 && strcmp(name, "Sec-WebSocket-Extensions") != 0) ||
           without_blanks_around((struct text){header->pcValue, header->ulValueLength}).length > 0;
}

static bool is_named(const WEB_SOCKET_HTTP_HEADER *header, const char *name)
{
    return same_but_case((struct text){header->pcName, header->ulNameLength}, text_of(name)) &&
           says_something(header, name);
}

static ULONG count_of(struct judge_headers headers, const char *name)
{
    ULONG count = 0;
    for (ULONG i = 0; i < headers.count; i++)
        count += is_named(&headers.array[i], name);
    return count;
}

/* The value of the first header of this name, which must be there. */
static struct text value_of(struct judge_headers headers, const char *name)
{
    const WEB_SOCKET_HTTP_HEADER *header = headers.array;
    while (!is_named(header, name))
        header++;
    return without_blanks_around((struct text){header->pcValue, header->ulValueLength});
}

/* The element of a list that has this index, counting all headers of the name and no empty element. */
static bool element(struct judge_headers headers, const char *name, ULONG index, struct text *out)
{
    for (ULONG i = 0; i < headers.count; i++) {
        if (!is_named(&headers.array[i], name))
            continue;
        const char *chars = headers.array[i].pcValue;
        for (size_t left = headers.array[i].ulValueLength, size; left > 0; chars += size, left -= size) {
            for (size = 0; size < left && chars[size] != ',';)
                size++;
            *out = without_blanks_around((struct text){chars, size});
            size += size < left;
            if (out->length > 0 && index-- == 0)
                return true;
        }
    }
    return false;
}

static bool list_has(struct judge_headers headers, const char *name, const char *wanted)
{
    struct text text;
    for (ULONG i = 0; element(headers, name, i, &text); i++)
        if (same_but_case(text, text_of(wanted)))
            return true;
    return false;
}

/* A list that is there has an element, and all are good. */
static bool list_is_good(struct judge_headers headers, const char *name, bool (*is_good)(struct text text))
{
    struct text text;
    ULONG i = 0;
    for (; element(headers, name, i, &text); i++)
        if (!is_good(text))
            return false;
    return i > 0 || count_of(headers, name) == 0;
}

static bool list_names(struct judge_headers headers, const char *name, struct text wanted)
{
    struct text text;
    for (ULONG i = 0; element(headers, name, i, &text); i++)
        if (same(name_of(text), wanted))
            return true;
    return false;
}

static bool is_upgrade(struct judge_headers headers)
{
    return count_of(headers, "Upgrade") == 1 && list_has(headers, "Upgrade", "websocket") &&
           list_has(headers, "Connection", "upgrade");
}

/* ---- the three calls ---- */

static bool strings_are_good(PCSTR *strings, ULONG count, bool (*is_good)(struct text text))
{
    if (count > MOST_IN_AN_ARRAY || (strings == NULL && count > 0))
        return false;
    for (ULONG i = 0; i < count; i++)
        if (strings[i] == NULL || !is_good(text_of(strings[i])))
            return false;
    return true;
}

/* Whether an earlier string has the same name as string i. */
static bool named_before(PCSTR *strings, ULONG i)
{
    for (ULONG k = 0; k < i; k++)
        if (same(name_of(text_of(strings[k])), name_of(text_of(strings[i]))))
            return true;
    return false;
}

static bool names_differ(PCSTR *strings, ULONG count)
{
    ULONG i = 0;
    while (i < count && !named_before(strings, i))
        i++;
    return i == count;
}

HRESULT judge_begin_client(const struct judge_offer *offer, struct judge_headers initial)
{
    return strings_are_good(offer->subprotocols, offer->subprotocol_count, is_token) &&
                   names_differ(offer->subprotocols, offer->subprotocol_count) &&
                   strings_are_good(offer->extensions, offer->extension_count, is_extension) &&
                   readable(initial)
               ? S_OK
               : E_INVALIDARG;
}

static bool is_key(struct text text)
{
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (text.length != 24 || text.chars[22] != '=' || text.chars[23] != '=')
        return false;
    for (int i = 0; i < 22; i++)
        if (text.chars[i] == '\0' || strchr(base64, text.chars[i]) == NULL)
            return false;
    return true;
}

static bool is_number(struct text text)
{
    if (text.length == 0 || (text.length > 1 && *text.chars == '0'))
        return false;
    for (size_t i = 0; i < text.length; i++)
        if (text.chars[i] < '0' || text.chars[i] > '9')
            return false;
    return true;
}

static HRESULT judge_request(struct judge_headers request)
{
    if (count_of(request, "Host") != 1 || !is_upgrade(request))
        return E_INVALID_PROTOCOL_FORMAT;
    if (count_of(request, "Sec-WebSocket-Key") != 1 || !is_key(value_of(request, "Sec-WebSocket-Key")))
        return E_INVALID_PROTOCOL_FORMAT;
    if (count_of(request, "Sec-WebSocket-Version") != 1 ||
        !is_number(value_of(request, "Sec-WebSocket-Version")))
        return E_INVALID_PROTOCOL_FORMAT;
    if (!same(value_of(request, "Sec-WebSocket-Version"), text_of("13")))
        return E_PROTOCOL_VERSION_NOT_SUPPORTED;
    return S_OK;
}

HRESULT judge_begin_server(PCSTR subprotocol, PCSTR *extensions, ULONG extension_count,
                           struct judge_headers request)
{
    const bool chosen = subprotocol != NULL && *subprotocol != '\0';
    if ((chosen && !is_token(text_of(subprotocol))) ||
        !strings_are_good(extensions, extension_count, is_extension) ||
        !names_differ(extensions, extension_count) || !readable(request) || request.count == 0)
        return E_INVALIDARG;

    const HRESULT result = judge_request(request);
    if (result != S_OK)
        return result;
    if (!list_is_good(request, "Sec-WebSocket-Protocol", is_token))
        return E_INVALID_PROTOCOL_FORMAT;
    if (chosen && !list_names(request, "Sec-WebSocket-Protocol", text_of(subprotocol)))
        return E_SUBPROTOCOL_NOT_SUPPORTED;
    if (!list_is_good(request, "Sec-WebSocket-Extensions", is_extension))
        return E_INVALID_PROTOCOL_FORMAT;
    for (ULONG i = 0; i < extension_count; i++)
        if (!list_names(request, "Sec-WebSocket-Extensions", name_of(text_of(extensions[i]))))
            return E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED;
    return S_OK;
}

const char *judge_key(struct judge_headers request)
{
    return value_of(request, "Sec-WebSocket-Key").chars;
}

/* The index of the first string with this name; count if there is none. */
static ULONG index_of(PCSTR *strings, ULONG count, struct text name)
{
    ULONG i = 0;
    while (i < count && !same(name_of(text_of(strings[i])), name))
        i++;
    return i;
}

static HRESULT judge_subprotocol(const struct judge_offer *offer, struct judge_headers response,
                                 struct judge_selection *selection)
{
    static const char name[] = "Sec-WebSocket-Protocol";
    const ULONG count = count_of(response, name);
    selection->has_subprotocol = count > 0;
    if (count == 0)
        return offer->subprotocol_count == 0 ? S_OK : E_SUBPROTOCOL_NOT_SUPPORTED;
    selection->subprotocol =
        index_of(offer->subprotocols, offer->subprotocol_count, value_of(response, name));
    return count == 1 && selection->subprotocol < offer->subprotocol_count ? S_OK
                                                                           : E_SUBPROTOCOL_NOT_SUPPORTED;
}

/* The first name that is wrong decides. */
static HRESULT judge_extensions(const struct judge_offer *offer, struct judge_headers response,
                                struct judge_selection *selection)
{
    static const char name[] = "Sec-WebSocket-Extensions";
    struct text text;
    selection->extension_count = 0;
    if (!list_is_good(response, name, is_extension))
        return E_INVALID_PROTOCOL_FORMAT;
    for (ULONG i = 0; element(response, name, i, &text); i++) {
        const ULONG index = index_of(offer->extensions, offer->extension_count, name_of(text));
        if (index == offer->extension_count)
            return E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED;
        for (ULONG k = 0; k < i; k++)
            if (selection->extensions[k] == index)
                return E_INVALID_PROTOCOL_FORMAT;
        selection->extensions[i] = index;
        selection->extension_count = i + 1;
    }
    return S_OK;
}

HRESULT judge_end_client(const struct judge_offer *offer, const char *accept, struct judge_headers response,
                         struct judge_selection *selection)
{
    if (!readable(response) || response.count == 0)
        return E_INVALIDARG;
    if (!is_upgrade(response) || count_of(response, "Sec-WebSocket-Accept") != 1 ||
        !same(value_of(response, "Sec-WebSocket-Accept"), text_of(accept)))
        return E_INVALID_PROTOCOL_FORMAT;
    const HRESULT result = judge_subprotocol(offer, response, selection);
    return result != S_OK ? result : judge_extensions(offer, response, selection);
}
