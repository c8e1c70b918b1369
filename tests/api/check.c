/*
 * Assertions that tell in words what was expected and what was seen: HRESULTs by name, expressions by their
 * text, bytes from the first one that differs.
 */
#include "check.h"

#include <ctype.h>
#include <stdio.h>

#define TEXT_SIZE    512
#define BYTES_SHOWN  8
#define LARGE_NUMBER 0x10000u

static const struct {
    HRESULT result;
    const char *name;
} names[] = {
    {S_OK, "S_OK"},
    {E_INVALID_PROTOCOL_OPERATION, "E_INVALID_PROTOCOL_OPERATION"},
    {E_INVALID_PROTOCOL_FORMAT, "E_INVALID_PROTOCOL_FORMAT"},
    {E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED, "E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED"},
    {E_SUBPROTOCOL_NOT_SUPPORTED, "E_SUBPROTOCOL_NOT_SUPPORTED"},
    {E_PROTOCOL_VERSION_NOT_SUPPORTED, "E_PROTOCOL_VERSION_NOT_SUPPORTED"},
    {E_HANDLE, "E_HANDLE"},
    {E_INVALIDARG, "E_INVALIDARG"},
    {E_OUTOFMEMORY, "E_OUTOFMEMORY"},
    {E_FAIL, "E_FAIL"},
};

static void (*observe)(const struct check_difference *difference);
static char expected[TEXT_SIZE];
static char seen[TEXT_SIZE];

void check_observe(void (*observer)(const struct check_difference *difference))
{
    observe = observer;
}

/* Reports what is in `expected` and `seen`. Does not return. */
static void differ(struct check_place place)
{
    const char *file = place.file;

    for (const char *c = file; *c != '\0'; c++)
        if (*c == '/' || *c == '\\')
            file = c + 1;
    if (observe != NULL) {
        struct check_difference difference = {expected, seen, file, place.line};

        observe(&difference);
    }
    /* cmocka prints no more than a kilobyte at once. */
    print_error("expected %s,", expected);
    print_error(" seen %s\n", seen);
    _fail(place.file, place.line);
}

void check_skip(struct check_place place)
{
    if (observe != NULL)
        observe(NULL);
    _skip(place.file, place.line);
}

const char *result_name(HRESULT result)
{
    static char number[16];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].result == result)
            return names[i].name;
    if (result == HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER))
        return "ERROR_INSUFFICIENT_BUFFER";
    snprintf(number, sizeof number, "0x%08lX", (unsigned long)result & 0xFFFFFFFFul);
    return number;
}

void check_result(HRESULT wanted, HRESULT result, const char *call, const char *row, struct check_place place)
{
    if (wanted == result)
        return;
    snprintf(expected, sizeof expected, "%s: %s%s%s", result_name(wanted), row, row[0] != '\0' ? ": " : "",
             call);
    snprintf(seen, sizeof seen, "%s", result_name(result));
    differ(place);
}

void check_failed(const char *condition, struct check_place place, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(seen, sizeof seen, format, arguments);
    va_end(arguments);
    snprintf(expected, sizeof expected, "%s", condition);
    differ(place);
}

void check_condition(bool result, bool wanted, const char *text, struct check_place place)
{
    if (result != wanted) {
        snprintf(expected, sizeof expected, wanted ? "%s" : "not (%s)", text);
        snprintf(seen, sizeof seen, "%s", result ? "true" : "false");
        differ(place);
    }
}

/* Sizes and counts in decimal, codes and patterns in hexadecimal. Two texts may be in use at once. */
static const char *number_text(uintmax_t number)
{
    static char texts[2][32];
    static unsigned turn;
    char *text = texts[turn++ % 2];

    snprintf(text, sizeof texts[0], number < LARGE_NUMBER ? "%ju" : "0x%jX", number);
    return text;
}

void check_number(uintmax_t number, uintmax_t other, bool equal, const char *text, const char *other_text,
                  struct check_place place)
{
    const char *relation = equal ? "=" : "not";
    const char *value = number_text(other);

    if ((number == other) == equal)
        return;
    if (isdigit((unsigned char)other_text[0]))
        snprintf(expected, sizeof expected, "%s %s %s", text, relation, value);
    else
        snprintf(expected, sizeof expected, "%s %s %s (%s)", text, relation, value, other_text);
    snprintf(seen, sizeof seen, "%s", number_text(number));
    differ(place);
}

void check_range(uintmax_t number, uintmax_t smallest, uintmax_t largest, const char *text,
                 struct check_place place)
{
    if (number < smallest || number > largest) {
        snprintf(expected, sizeof expected, "%s from %s to %s", text, number_text(smallest),
                 number_text(largest));
        snprintf(seen, sizeof seen, "%s", number_text(number));
        differ(place);
    }
}

void check_pointer(const volatile void *pointer, const volatile void *other, bool equal, const char *text,
                   const char *other_text, struct check_place place)
{
    if ((pointer == other) == equal)
        return;
    snprintf(expected, sizeof expected, "%s %s %s", text, equal ? "=" : "not", other_text);
    if (pointer == NULL)
        snprintf(seen, sizeof seen, "NULL");
    else if (!equal)
        snprintf(seen, sizeof seen, "the same pointer");
    else
        snprintf(seen, sizeof seen, "another pointer, 0x%jX", (uintmax_t)(uintptr_t)pointer);
    differ(place);
}

void check_string(const char *string, const char *wanted, const char *text, struct check_place place)
{
    if (string != NULL && strcmp(string, wanted) == 0)
        return;
    snprintf(expected, sizeof expected, "%s = \"%s\"", text, wanted);
    snprintf(seen, sizeof seen, string != NULL ? "\"%s\"" : "NULL", string);
    differ(place);
}

/* Adds up to BYTES_SHOWN bytes in hexadecimal to the text. */
static void add_bytes(char *text, size_t size, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count && i < BYTES_SHOWN; i++) {
        size_t length = strlen(text);

        snprintf(text + length, size - length, i > 0 ? " %02X" : "%02X", bytes[i]);
    }
}

void check_memory(const void *memory, const void *other, size_t size, bool equal, const char *text,
                  struct check_place place)
{
    const uint8_t *bytes = memory;
    const uint8_t *others = other;
    size_t same = 0;

    while (same < size && bytes[same] == others[same])
        same++;
    if ((same == size) == equal)
        return;
    if (!equal) {
        snprintf(expected, sizeof expected, "%s: other bytes", text);
        snprintf(seen, sizeof seen, "the same %zu bytes", size);
    } else {
        snprintf(expected, sizeof expected, "%s: from byte %zu of %zu: ", text, same, size);
        add_bytes(expected, sizeof expected, others + same, size - same);
        seen[0] = '\0';
        add_bytes(seen, sizeof seen, bytes + same, size - same);
    }
    differ(place);
}
