/*
 * api_tests - the rules of the API, checked through its 13 functions against any websocket.dll.
 *
 *   api_tests --library FILE [--json] [--only PATTERN] [--time-limit SECONDS]
 *       Checks the library in the file, each case in a process of its own, and prints one page: how many
 *       cases agree, and which differ in what. The exit code is 0 if nothing differs but choices of ours, 1 if
 *       something else does, and 2 if the library cannot be had.
 *   api_tests [--only PATTERN]
 *       Runs all cases in this process, as a test, with cmocka's output. The functions come from the file
 *       named in the environment variable WEBSOCKET_LIBRARY or, if that is not set, from the library that the
 *       program is linked with.
 *   api_tests --list
 *       Lists the cases and the sources of their rules.
 *
 * PATTERN is a case's name, "subject.case", with * and ?. The first form starts the program again with
 * --describe, and with --only-case NAME.
 */
#include "api_tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "process.h"
#include "report.h"
#include "report_child.h"

#define CASES_MAX 2048

struct options {
    const char *library;
    const char *pattern;
    const char *only_case;
    unsigned time_limit;
    bool describe, json, list;
};

static struct report_case cases[CASES_MAX];
static size_t case_count;

/* ---- The cases ---- */

static bool matches(const char *pattern, const char *name)
{
    if (*pattern == '*')
        return matches(pattern + 1, name) || (*name != '\0' && matches(pattern, name + 1));
    if (*pattern == '\0' || *name == '\0')
        return *pattern == *name;
    return (*pattern == '?' || *pattern == *name) && matches(pattern + 1, name + 1);
}

/* Adds a table's cases that match the pattern, as "subject.case". */
static void add_table(const char *subject, const struct api_case *table, const char *pattern)
{
    for (; table->name != NULL; table++) {
        size_t size = strlen(subject) + strlen(table->name) + 2;
        char *name = malloc(size);

        if (name == NULL || case_count == CASES_MAX)
            abort();
        snprintf(name, size, "%s.%s", subject, table->name);
        if (matches(pattern, name)) {
            cases[case_count].name = name;
            cases[case_count].test = table;
            case_count++;
        } else {
            free(name);
        }
    }
}

static void free_cases(void)
{
    for (size_t i = 0; i < case_count; i++) {
        char *name;

        memcpy(&name, &cases[i].name, sizeof name);
        free(name);
    }
}

static int list_cases(void)
{
    for (size_t i = 0; i < case_count; i++)
        printf("%s [%s]\n", cases[i].name, report_source_name(cases[i].test->source));
    return 0;
}

/* ---- As a test: all cases in this process ---- */

static void run_case(void **state)
{
    const struct report_case *entry = *state;

    entry->test->function();
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

static int run_as_test(const char *library)
{
    static struct CMUnitTest tests[CASES_MAX];

    if (!library_open(library) || !library_introduce())
        return 1;
    for (size_t i = 0; i < case_count; i++) {
        tests[i].name = cases[i].name;
        tests[i].test_func = run_case;
        tests[i].teardown_func = clean_up;
        tests[i].initial_state = &cases[i];
    }
    return _cmocka_run_group_tests("api_tests", tests, case_count, NULL, NULL) == 0 ? 0 : 1;
}

/* ---- The command line ---- */

static int usage(void)
{
    fprintf(stderr, "usage: api_tests --library FILE [--json] [--only PATTERN] [--time-limit SECONDS]\n"
                    "       api_tests [--only PATTERN]\n"
                    "       api_tests --list\n");
    return 2;
}

/* The option's value, or NULL if this argument is another option or the last. */
static const char *value_of(char **argument, const char *option)
{
    return strcmp(argument[0], option) == 0 ? argument[1] : NULL;
}

static bool read_options(struct options *options, char **argument)
{
    for (; *argument != NULL; argument++) {
        const char *value;

        if (strcmp(*argument, "--list") == 0) {
            options->list = true;
        } else if (strcmp(*argument, "--json") == 0) {
            options->json = true;
        } else if (strcmp(*argument, "--describe") == 0) {
            options->describe = true;
        } else if ((value = value_of(argument, "--library")) != NULL) {
            options->library = value;
            argument++;
        } else if ((value = value_of(argument, "--only")) != NULL) {
            options->pattern = value;
            argument++;
        } else if ((value = value_of(argument, "--only-case")) != NULL) {
            options->pattern = options->only_case = value;
            argument++;
        } else if ((value = value_of(argument, "--time-limit")) != NULL) {
            options->time_limit = (unsigned)strtoul(value, NULL, 10);
            argument++;
        } else {
            return false;
        }
    }
    return options->time_limit > 0 && options->time_limit <= 3600 &&
           (options->library != NULL || (!options->json && !options->describe && options->only_case == NULL));
}

static int run(const struct options *options)
{
    const char *library = getenv("WEBSOCKET_LIBRARY");

    if (options->list)
        return list_cases();
    if (options->describe)
        return report_child_describe(options->library);
    if (case_count == 0) {
        fprintf(stderr, "there is no case %s\n", options->pattern);
        return 2;
    }
    if (options->only_case != NULL)
        return report_child_case(options->library, cases[0].test);
    if (options->library != NULL)
        return report_run(options->library, cases, case_count, options->time_limit, options->json);
    return run_as_test(library != NULL && library[0] != '\0' ? library : NULL);
}

int main(int argc, char **argv)
{
    struct options options = {.pattern = "*", .time_limit = REPORT_TIME_LIMIT};
    int result;

    if (argc < 1 || !read_options(&options, argv + 1))
        return usage();
    process_name(argv[0]);
#define ADD_TABLE(subject) add_table(#subject, subject##_cases, options.pattern);
    API_TABLES(ADD_TABLE)
    result = run(&options);
    free_cases();
    return result;
}
