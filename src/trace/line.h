/*
 * A line of text in a fixed place. What does not fit is cut off; nothing is allocated or locked, no locale has a say,
 * and only printable ASCII gets in.
 */
#ifndef WS_LINE_H
#define WS_LINE_H

#include <stddef.h>
#include <stdint.h>

/* Room for a reason and two header values of any kind; a pipe takes so much in one piece. */
#define WS_LINE_MAX 1000u

/* The most characters of a quoted string that are shown. */
#define WS_LINE_QUOTE_MAX 80u

struct ws_line {
    size_t length;
    char text[WS_LINE_MAX + 1]; /* one more, for a line feed */
};

/** Append the library's own words, printable ASCII. */
void ws_line_put(struct ws_line *line, const char *words);

/** Append another line. */
void ws_line_put_line(struct ws_line *line, const struct ws_line *other);

/** Append a number of a base from 10 to 16, in at least `digits` digits, which are at most 20. */
void ws_line_put_number(struct ws_line *line, uint64_t number, unsigned base, unsigned digits);

/**
 * Append somebody else's characters between quotation marks. Backslashes, quotation marks and all that is not
 * printable ASCII are shown as \xNN, so that nobody can forge a line or the end of a quotation; after
 * WS_LINE_QUOTE_MAX characters follow three dots.
 */
void ws_line_put_quoted(struct ws_line *line, const char *chars, size_t length);

#endif
