/*
 * Both ends of what a process that runs one case has to say.
 */
#include "report_child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_tests.h"
#include "process.h"
#include "report_library.h"

#define MARK "\n@api_tests@ "

/* Says the text as it is. It is in the pipe when this returns, whatever happens next. */
static void say(const char *key, const char *text)
{
    printf(MARK "%s=%s\n", key, text);
    fflush(stdout);
}

/* Says a text that may hold anything. */
static void say_printable(const char *key, const char *text)
{
    printf(MARK "%s=", key);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c >= 0x20 && c < 0x7F)
            putchar(c);
        else
            printf("\\x%02X", c);
    }
    putchar('\n');
    fflush(stdout);
}

/* Ends the process without the library's or the C runtime's farewell: the session is in no state for one. */
static void say_difference(const struct check_difference *difference)
{
    char where[128];

    if (difference == NULL) {
        say(SAID_SKIPPED, "");
        _Exit(0);
    }
    snprintf(where, sizeof where, "%s:%d", difference->file, difference->line);
    say_printable(SAID_EXPECTED, difference->expected);
    say_printable(SAID_SEEN, difference->seen);
    say(SAID_WHERE, where);
    _Exit(0);
}

int report_child_case(const char *library, const struct api_case *test)
{
    process_expect_crash();
    if (!library_open(library))
        return 2;
    check_observe(say_difference);
    test->function();
    guard_intact();
    session_release();
    memory_release();
    say(SAID_AGREES, "");
    return 0;
}

int report_child_describe(const char *library)
{
    struct report_library description;
    char bytes[32];

    process_expect_crash();
    if (!library_open(library))
        return 0;
    report_library_describe(&description);
    snprintf(bytes, sizeof bytes, "%llu", description.bytes);
    say(SAID_FILE, description.file);
    say(SAID_BYTES, bytes);
    say(SAID_VERSION, description.version);
    say(SAID_SYSTEM, description.system);
    return 0;
}

bool report_child_said(const char *output, const char *key, char *value, size_t size)
{
    size_t key_length = strlen(key);

    value[0] = '\0';
    for (const char *at = output; (at = strstr(at, MARK)) != NULL;) {
        at += strlen(MARK);
        if (strncmp(at, key, key_length) == 0 && at[key_length] == '=') {
            const char *text = at + key_length + 1;
            size_t length = strcspn(text, "\r\n");

            snprintf(value, size, "%.*s", (int)length, text);
            return true;
        }
    }
    return false;
}
