/*
 * The page. Cells are cut where a line would become unreadable; the JSON has them whole.
 */
#include "report_print.h"

#include <stdio.h>
#include <string.h>

#define CELL_MAX 90u
#define COLUMNS  3u

static const char *const group_names[REPORT_GROUPS] = {
    [REPORT_DOCUMENTED] = "documented",
    [REPORT_NET] = "needed by .NET",
    [REPORT_PROGRAMS] = "used by programs",
    [REPORT_CHOICE] = "our choice",
};

struct numbers {
    size_t cases, agree, differ, skipped;
};

static struct numbers count_group(const struct report_case *cases, size_t count, enum report_group group)
{
    struct numbers numbers = {0};

    for (size_t i = 0; i < count; i++) {
        if (report_group_of(cases[i].test->source) == group) {
            numbers.cases++;
            numbers.agree += cases[i].outcome == REPORT_AGREES;
            numbers.differ += cases[i].outcome == REPORT_DIFFERS;
            numbers.skipped += cases[i].outcome == REPORT_SKIPPED;
        }
    }
    return numbers;
}

static bool is_shown(const struct report_case *test, enum report_group group)
{
    return test->outcome == REPORT_DIFFERS && report_group_of(test->test->source) == group;
}

/* ---- For people ---- */

/* A row of a table: case, expected, seen. */
struct row {
    char cells[COLUMNS][CELL_MAX + 1];
};

/* Fills a cell, in Markdown: a | within it is written \\|. A text that does not fit ends in "...". */
static void fill_cell(char *cell, const char *text)
{
    static const char cut[] = "...";
    size_t length = 0;

    for (; *text != '\0'; text++) {
        if (length + 2 > CELL_MAX) {
            memcpy(cell + CELL_MAX + 1 - sizeof cut, cut, sizeof cut);
            return;
        }
        if (*text == '|')
            cell[length++] = '\\';
        cell[length++] = *text;
    }
    cell[length] = '\0';
}

static void fill_row(struct row *row, const struct report_case *test)
{
    char seen[sizeof test->seen + sizeof test->where + 4];

    snprintf(seen, sizeof seen, test->where[0] != '\0' ? "%s (%s)" : "%s", test->seen, test->where);
    fill_cell(row->cells[0], test->name);
    fill_cell(row->cells[1], test->expected);
    fill_cell(row->cells[2], seen);
}

static void print_row(const struct row *row, const size_t *widths)
{
    for (size_t i = 0; i < COLUMNS; i++)
        printf("| %-*s ", (int)widths[i], row->cells[i]);
    printf("|\n");
}

static void print_table(const struct report_case *cases, size_t count, enum report_group group)
{
    struct row row = {{"case", "expected", "seen"}};
    struct row rule;
    size_t widths[COLUMNS] = {0};

    for (size_t i = 0; i <= count; i++) {
        for (size_t k = 0; k < COLUMNS; k++) {
            size_t width = strlen(row.cells[k]);

            widths[k] = width > widths[k] ? width : widths[k];
        }
        if (i < count && is_shown(&cases[i], group))
            fill_row(&row, &cases[i]);
    }
    for (size_t k = 0; k < COLUMNS; k++) {
        memset(rule.cells[k], '-', widths[k]);
        rule.cells[k][widths[k]] = '\0';
    }
    print_row(&(struct row){{"case", "expected", "seen"}}, widths);
    print_row(&rule, widths);
    for (size_t i = 0; i < count; i++) {
        if (is_shown(&cases[i], group)) {
            fill_row(&row, &cases[i]);
            print_row(&row, widths);
        }
    }
}

void report_print_page(const struct report_library *library, const struct report_case *cases, size_t count)
{
    printf("%s\n%s%s, %llu bytes; %s\n\n", library->file,
           library->version[0] != '\0' ? "version " : "no version", library->version, library->bytes,
           library->system);
    for (int group = 0; group < REPORT_GROUPS; group++) {
        struct numbers numbers = count_group(cases, count, (enum report_group)group);

        printf("    %-17s %4zu of %4zu agree", group_names[group], numbers.agree, numbers.cases);
        if (numbers.differ > 0)
            printf(", %zu differ", numbers.differ);
        if (numbers.skipped > 0)
            printf(", %zu cannot be run here", numbers.skipped);
        printf("\n");
    }
    for (int group = 0; group < REPORT_GROUPS; group++) {
        if (count_group(cases, count, (enum report_group)group).differ > 0) {
            printf("\n%s: what differs\n\n", group_names[group]);
            print_table(cases, count, (enum report_group)group);
        }
    }
}

/* ---- For machines ---- */

/* The number of bytes of the UTF-8 character at the text, 0 if there is none. */
static size_t character_size(const char *text)
{
    unsigned char first = (unsigned char)text[0];
    size_t size = first < 0x80 ? 1u : first < 0xE0 ? 2u : first < 0xF0 ? 3u : 4u;

    if ((first >= 0x80 && first < 0xC2) || first > 0xF4)
        return 0;
    for (size_t i = 1; i < size; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80)
            return 0;
    return size;
}

static void print_string(const char *text)
{
    putchar('"');
    while (*text != '\0') {
        size_t size = character_size(text);

        if (size == 0) {
            printf("\\ufffd");
            size = 1;
        } else if (*text == '"' || *text == '\\') {
            printf("\\%c", *text);
        } else if (size == 1 && (unsigned char)*text < 0x20) {
            printf("\\u%04x", (unsigned)*text);
        } else {
            fwrite(text, 1, size, stdout);
        }
        text += size;
    }
    putchar('"');
}

/* Prints a member of an object, and a comma if another one follows. An empty text is null. */
static void print_member(const char *name, const char *text, bool more)
{
    printf("\"%s\": ", name);
    if (text[0] != '\0')
        print_string(text);
    else
        printf("null");
    printf("%s", more ? ", " : "");
}

static void print_difference(const struct report_case *test)
{
    printf("{");
    print_member("group", group_names[report_group_of(test->test->source)], true);
    print_member("source", report_source_name(test->test->source), true);
    print_member("case", test->name, true);
    print_member("expected", test->expected, true);
    print_member("seen", test->seen, true);
    print_member("where", test->where, false);
    printf("}");
}

void report_print_json(const struct report_library *library, const struct report_case *cases, size_t count)
{
    bool first = true;

    printf("{\n  \"library\": {");
    print_member("file", library->file, true);
    print_member("version", library->version, true);
    printf("\"bytes\": %llu, ", library->bytes);
    print_member("system", library->system, false);
    printf("},\n  \"groups\": [");
    for (int group = 0; group < REPORT_GROUPS; group++) {
        struct numbers numbers = count_group(cases, count, (enum report_group)group);

        printf("%s\n    {", group > 0 ? "," : "");
        print_member("group", group_names[group], true);
        printf("\"cases\": %zu, \"agree\": %zu, \"differ\": %zu, \"skipped\": %zu}", numbers.cases,
               numbers.agree, numbers.differ, numbers.skipped);
    }
    printf("\n  ],\n  \"differences\": [");
    for (int group = 0; group < REPORT_GROUPS; group++) {
        for (size_t i = 0; i < count; i++) {
            if (is_shown(&cases[i], (enum report_group)group)) {
                printf("%s\n    ", first ? "" : ",");
                print_difference(&cases[i]);
                first = false;
            }
        }
    }
    printf("%s]\n}\n", first ? "" : "\n  ");
}
