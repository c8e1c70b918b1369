/*
 * report.h - says what happened, for people to read.
 */
#ifndef REPORT_H
#define REPORT_H

#include "http.h"

/* One line on standard output, written at once, with "who" in front. */
void report(const char *who, const char *format, ...);

/* A start line and headers, one line each, as they are on the wire. */
void report_head(const char *who, const char *start_line, const WEB_SOCKET_HTTP_HEADER *headers, ULONG count);

/* What was sent: "sent text message, 5 bytes: "Hello"". buffer may be NULL for a ping. */
void report_sent(const char *who, WEB_SOCKET_BUFFER_TYPE type, const WEB_SOCKET_BUFFER *buffer);

enum { REPORT_EXCERPT = 60 };

/* The message of which the last parts were received. Start with zeros. */
struct report_parts {
    unsigned long count;
    unsigned long long size;
    BYTE beginning[REPORT_EXCERPT + 1]; /* the first bytes of it */
};

/* The same for what was received. Parts of a message are only counted, until the last one completes the line.
 */
void report_received(const char *who, struct report_parts *parts, WEB_SOCKET_BUFFER_TYPE type,
                     const WEB_SOCKET_BUFFER *buffer);

/* What a result of the API means: "E_INVALIDARG: a parameter can never be right". */
const char *report_result(HRESULT result);

#endif
