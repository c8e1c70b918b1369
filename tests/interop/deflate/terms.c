/*
 * terms.c - see terms.h.
 */
#include "terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum parameter { SERVER_FORGETS, CLIENT_FORGETS, SERVER_BITS, CLIENT_BITS, PARAMETERS };

static const char *const names[PARAMETERS] = {"server_no_context_takeover", "client_no_context_takeover",
                                              "server_max_window_bits", "client_max_window_bits"};

/* One permessage-deflate with its parameters as they were read. */
struct reading {
    bool present[PARAMETERS];
    int bits[PARAMETERS]; /* 8 to 15; 0: no value */
};

struct span {
    const char *text;
    size_t size;
};

static bool equals(struct span span, const char *text)
{
    return span.size == strlen(text) && memcmp(span.text, text, span.size) == 0;
}

/* ---- Reading ---- */

static void skip_blanks(struct span *rest)
{
    while (rest->size > 0 && (*rest->text == ' ' || *rest->text == '\t')) {
        rest->text++;
        rest->size--;
    }
}

static bool take(struct span *rest, char wanted)
{
    skip_blanks(rest);
    if (rest->size == 0 || *rest->text != wanted)
        return false;
    rest->text++;
    rest->size--;
    return true;
}

/* All up to one of the characters. */
static struct span take_until(struct span *rest, const char *characters)
{
    struct span taken = {rest->text, 0};
    while (rest->size > 0 && strchr(characters, *rest->text) == NULL) {
        rest->text++;
        rest->size--;
        taken.size++;
    }
    return taken;
}

static struct span take_token(struct span *rest)
{
    skip_blanks(rest);
    return take_until(rest, " \t,;=\"");
}

/* A token, or a string in quotes, which means the same here: a number has nothing to escape. */
static struct span take_value(struct span *rest)
{
    if (!take(rest, '"'))
        return take_token(rest);
    struct span value = take_until(rest, "\"");
    take(rest, '"');
    return value;
}

/* RFC 7692, 7.1.2: 8 to 15, without a leading zero. Else 0. */
static int bits_of(struct span value)
{
    if (value.size == 1 && (*value.text == '8' || *value.text == '9'))
        return *value.text - '0';
    if (value.size == 2 && *value.text == '1' && value.text[1] >= '0' && value.text[1] <= '5')
        return 10 + value.text[1] - '0';
    return 0;
}

/* False: a parameter that permessage-deflate does not have, one that comes twice, or a value that cannot be. */
static bool set_parameter(struct reading *reading, struct span name, const struct span *value)
{
    enum parameter p = SERVER_FORGETS;
    while (p < PARAMETERS && !equals(name, names[p]))
        p++;
    if (p == PARAMETERS || reading->present[p])
        return false;
    reading->present[p] = true;
    if (p == SERVER_FORGETS || p == CLIENT_FORGETS)
        return value == NULL;
    if (value == NULL)
        return p == CLIENT_BITS;
    reading->bits[p] = bits_of(*value);
    return reading->bits[p] != 0;
}

/* The next element of the list. False: another extension, or parameters that make no sense. */
static bool read_extension(struct span *rest, struct reading *reading)
{
    memset(reading, 0, sizeof *reading);
    bool good = equals(take_token(rest), TERMS_NAME);
    while (take(rest, ';')) {
        struct span name = take_token(rest);
        bool has_value = take(rest, '=');
        struct span value = has_value ? take_value(rest) : name;
        good = good && set_parameter(reading, name, has_value ? &value : NULL);
    }
    return good;
}

static bool is_extensions_header(const WEB_SOCKET_HTTP_HEADER *header)
{
    static const char name[] = "sec-websocket-extensions";
    if (header->ulNameLength != sizeof name - 1)
        return false;
    for (ULONG i = 0; i < header->ulNameLength; i++) {
        char c = header->pcName[i];
        if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != name[i])
            return false;
    }
    return true;
}

/* Shows permessage-deflate, wherever it is in these headers, to use until that takes it. */
typedef bool (*use_function)(const struct reading *reading, const struct terms *wanted, struct terms *agreed);

static bool find(const WEB_SOCKET_HTTP_HEADER *headers, ULONG count, use_function use,
                 const struct terms *wanted, struct terms *agreed)
{
    for (ULONG i = 0; i < count; i++) {
        if (!is_extensions_header(&headers[i]))
            continue;
        struct span rest = {headers[i].pcValue, headers[i].ulValueLength};
        do {
            struct reading reading;
            if (read_extension(&rest, &reading) && use(&reading, wanted, agreed))
                return true;
        } while (take(&rest, ','));
    }
    return false;
}

/* ---- Deciding ---- */

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* As the server. RFC 7692, 7.1.2.2: only a client that said client_max_window_bits can be told how many. */
static bool take_offer(const struct reading *offer, const struct terms *wanted, struct terms *agreed)
{
    *agreed = *wanted;
    agreed->server_forgets |= offer->present[SERVER_FORGETS];
    agreed->client_forgets |= offer->present[CLIENT_FORGETS];
    if (!offer->present[CLIENT_BITS])
        agreed->client_bits = TERMS_MOST_BITS;
    else if (offer->bits[CLIENT_BITS] != 0)
        agreed->client_bits = least(wanted->client_bits, offer->bits[CLIENT_BITS]);
    agreed->names_server_bits = offer->present[SERVER_BITS];
    if (offer->present[SERVER_BITS])
        agreed->server_bits = least(wanted->server_bits, offer->bits[SERVER_BITS]);
    return agreed->server_bits >= TERMS_LEAST_BITS;
}

/* As the client. What was asked of the server must be in its answer (RFC 7692, 7.1.1.1 and 7.1.2.1). */
static bool take_answer(const struct reading *answer, const struct terms *offered, struct terms *agreed)
{
    agreed->server_forgets = answer->present[SERVER_FORGETS];
    agreed->client_forgets = answer->present[CLIENT_FORGETS] || offered->client_forgets;
    agreed->server_bits = answer->present[SERVER_BITS] ? answer->bits[SERVER_BITS] : TERMS_MOST_BITS;
    agreed->names_server_bits = false;
    agreed->client_bits = offered->client_bits;
    if (answer->present[CLIENT_BITS]) /* without a value, which only an offer may do, it is 0 */
        agreed->client_bits = least(offered->client_bits, answer->bits[CLIENT_BITS]);
    return (agreed->server_forgets || !offered->server_forgets) &&
           agreed->server_bits <= offered->server_bits && agreed->client_bits >= TERMS_LEAST_BITS;
}

/* ---- Writing ---- */

static void append(char *text, const char *name)
{
    size_t length = strlen(text);
    snprintf(text + length, TERMS_ROOM - length, "; %s", name);
}

static void append_bits(char *text, const char *name, int bits)
{
    size_t length = strlen(text);
    snprintf(text + length, TERMS_ROOM - length, "; %s=%d", name, bits);
}

static void write_terms(const struct terms *terms, char text[TERMS_ROOM])
{
    snprintf(text, TERMS_ROOM, TERMS_NAME);
    if (terms->server_forgets)
        append(text, names[SERVER_FORGETS]);
    if (terms->client_forgets)
        append(text, names[CLIENT_FORGETS]);
    if (terms->server_bits < TERMS_MOST_BITS || terms->names_server_bits)
        append_bits(text, names[SERVER_BITS], terms->server_bits);
    if (terms->client_bits < TERMS_MOST_BITS)
        append_bits(text, names[CLIENT_BITS], terms->client_bits);
}

bool terms_answer(const WEB_SOCKET_HTTP_HEADER *request, ULONG count, const struct terms *wanted,
                  struct terms *agreed, char text[TERMS_ROOM])
{
    if (!find(request, count, take_offer, wanted, agreed))
        return false;
    write_terms(agreed, text);
    return true;
}

void terms_offer(const struct terms *wanted, char text[TERMS_ROOM])
{
    write_terms(wanted, text);
    if (wanted->client_bits == TERMS_MOST_BITS) /* the server may ask for fewer */
        append(text, names[CLIENT_BITS]);
}

bool terms_accept(const WEB_SOCKET_HTTP_HEADER *response, ULONG count, const struct terms *offered,
                  struct terms *agreed)
{
    return find(response, count, take_answer, offered, agreed);
}

bool terms_parse(struct terms *terms, const char *option, const char *value)
{
    bool yes = strcmp(value, "yes") == 0;
    struct span span = {value, strlen(value)};
    int bits = bits_of(span);
    if (strcmp(option, "--server-forgets") == 0 && yes)
        terms->server_forgets = true;
    else if (strcmp(option, "--client-forgets") == 0 && yes)
        terms->client_forgets = true;
    else if (strcmp(option, "--server-bits") == 0 && bits >= TERMS_LEAST_BITS)
        terms->server_bits = bits;
    else if (strcmp(option, "--client-bits") == 0 && bits >= TERMS_LEAST_BITS)
        terms->client_bits = bits;
    else
        return false;
    return true;
}
