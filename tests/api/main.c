/*
 * api_tests - the rules of the API, checked through its 13 functions against any websocket.dll.
 *
 *   api_tests [--library FILE] [--only PATTERN] [--list]
 *
 * Without --library the functions come from the file named in the environment variable WEBSOCKET_LIBRARY or,
 * if that is not set either, from the library that the program is linked with. PATTERN is a case's name with
 * * and ?.
 */
#include "api_tests.h"

#include <stdio.h>
#include <stdlib.h>

#define CASES_MAX 2048

static const char *const source_names[] = {
    [RULE_DOC] = "doc",     [RULE_SDK] = "sdk",   [RULE_NET] = "net", [RULE_APPS] = "apps",
    [RULE_TRACE] = "trace", [RULE_WIRE] = "wire", [RULE_RFC] = "rfc", [RULE_CHOICE] = "choice",
};

static struct CMUnitTest tests[CASES_MAX];
static size_t test_count;

static void run_case(void **state)
{
    const struct api_case *test = *state;

    test->function();
    guard_intact();
}

/* Runs after each case, failed ones too. */
static int clean_up(void **state)
{
    (void)state;
    session_release();
    memory_release();
    return 0;
}

/* Adds a table's cases as "subject.case [source]". */
static void add_table(const char *subject, const struct api_case *cases)
{
    for (; cases->name != NULL; cases++) {
        size_t size = strlen(subject) + strlen(cases->name) + 16;
        char *name = malloc(size);

        if (name == NULL || test_count == CASES_MAX) {
            abort();
        }
        snprintf(name, size, "%s.%s [%s]", subject, cases->name, source_names[cases->source]);
        tests[test_count].name = name;
        tests[test_count].test_func = run_case;
        tests[test_count].teardown_func = clean_up;
        memcpy(&tests[test_count].initial_state, &cases, sizeof cases);
        test_count++;
    }
}

static void free_tables(void)
{
    for (size_t i = 0; i < test_count; i++) {
        char *name;

        memcpy(&name, &tests[i].name, sizeof name);
        free(name);
    }
}

static int usage(void)
{
    fprintf(stderr, "usage: api_tests [--library FILE] [--only PATTERN] [--list]\n");
    return 2;
}

int main(int argc, char **argv)
{
    const char *library = getenv("WEBSOCKET_LIBRARY");
    bool list = false;
    int failures;

#define ADD_TABLE(subject) add_table(#subject, subject##_cases);
    API_TABLES(ADD_TABLE)

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--list") == 0) {
            list = true;
        } else if (strcmp(argv[i], "--library") == 0 && i + 1 < argc) {
            library = argv[++i];
        } else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
            cmocka_set_test_filter(argv[++i]);
        } else {
            return usage();
        }
    }
    if (list) {
        for (size_t i = 0; i < test_count; i++) {
            puts(tests[i].name);
        }
        free_tables();
        return 0;
    }
    if (!library_open(library != NULL && library[0] != '\0' ? library : NULL) || !library_introduce()) {
        free_tables();
        return 1;
    }
    failures = _cmocka_run_group_tests("api_tests", tests, test_count, NULL, NULL);
    free_tables();
    return failures == 0 ? 0 : 1;
}
