/*
 * report_print.h - the results on one page, for people and for machines.
 */
#ifndef API_REPORT_PRINT_H
#define API_REPORT_PRINT_H

#include "report.h"

/*
 * Prints which library was checked, a count for each group, and for each group with differences a table of
 * them. The tables are Markdown, so that the page can be sent as it is.
 */
void report_print_page(const struct report_library *library, const struct report_case *cases, size_t count);

/*
 * Prints the same as one JSON object (RFC 8259):
 *   library      {file, version or null, bytes, system}
 *   groups       [{group, cases, agree, differ, skipped}]
 *   differences  [{group, source, case, expected, seen, where or null}]
 */
void report_print_json(const struct report_library *library, const struct report_case *cases, size_t count);

#endif
