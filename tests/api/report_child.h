/*
 * report_child.h - what a process that runs one case says to the one that started it.
 *
 * It writes lines "<mark>key=value" to its standard output. The library under test may write there too.
 */
#ifndef API_REPORT_CHILD_H
#define API_REPORT_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "cases.h"

/* The keys. */
#define SAID_AGREES   "agrees"   /* the case came to its end */
#define SAID_SKIPPED  "skipped"  /* the case cannot be run here */
#define SAID_EXPECTED "expected" /* the case found a difference: what it expected, */
#define SAID_SEEN     "seen"     /* what it saw, */
#define SAID_WHERE    "where"    /* and "file.c:line" */
#define SAID_FILE     "file"     /* the library's full name */
#define SAID_BYTES    "bytes"    /* its size */
#define SAID_VERSION  "version"  /* its file version, if it has one */
#define SAID_SYSTEM   "system"   /* the operating system and the architecture */

/*
 * The whole life of a process that runs one case against the library in the file; returns the exit code. A
 * case that finds a difference ends the process on the spot.
 */
int report_child_case(const char *library, const struct api_case *test);

/* The same for the process that only loads the library and tells which one it is. 2 if it cannot be loaded. */
int report_child_describe(const char *library);

/*
 * Copies what was said under the key into `value`, cut to its size, and returns true; false, with an empty
 * value, if nothing was. Unprintable characters of tests' texts arrive as \xNN.
 */
bool report_child_said(const char *output, const char *key, char *value, size_t size);

#endif
