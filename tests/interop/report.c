/*
 * report.c - see report.h. Whatever a peer sent is shown without its control characters: the reader may be a
 * terminal.
 */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>

static void end_line(void)
{
    putchar('\n');
    fflush(stdout);
}

void report(const char *who, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("%s", who);
    vprintf(format, arguments);
    va_end(arguments);
    end_line();
}

void report_head(const char *who, const char *start_line, const WEB_SOCKET_HTTP_HEADER *headers, ULONG count)
{
    report(who, "%s", start_line);
    for (ULONG i = 0; i < count; i++)
        report(who, "%.*s: %.*s", (int)headers[i].ulNameLength, headers[i].pcName,
               (int)headers[i].ulValueLength, headers[i].pcValue);
}

/* The beginning of a text in quotes, cut between characters. */
static void show_text(const BYTE *bytes, unsigned long long size)
{
    unsigned long long count = size;
    if (count > REPORT_EXCERPT) {
        count = REPORT_EXCERPT;
        while (count > 0 && (bytes[count] & 0xC0) == 0x80)
            count--;
    }
    putchar('"');
    for (unsigned long long i = 0; i < count; i++)
        putchar(bytes[i] < ' ' || bytes[i] == 0x7f ? '.' : bytes[i]);
    printf(count < size ? "...\"" : "\"");
}

/* The first bytes in hexadecimal. */
static void show_bytes(const BYTE *bytes, unsigned long long size)
{
    for (unsigned long long i = 0; i < size && i < 16; i++)
        printf(i == 0 ? "%02x" : " %02x", bytes[i]);
    printf(size > 16 ? " ..." : "");
}

static bool is_text(WEB_SOCKET_BUFFER_TYPE type)
{
    return type == WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE || type == WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE;
}

static bool is_fragment(WEB_SOCKET_BUFFER_TYPE type)
{
    return type == WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE || type == WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE;
}

static void report_close(const char *who, const char *verb, const WEB_SOCKET_BUFFER *buffer)
{
    printf("%s%s close ", who, verb);
    if (buffer->CloseStatus.usStatus == WEB_SOCKET_EMPTY_CLOSE_STATUS)
        printf("without a status");
    else
        printf(buffer->CloseStatus.ulReasonLength > 0 ? "%u " : "%u", buffer->CloseStatus.usStatus);
    if (buffer->CloseStatus.ulReasonLength > 0)
        show_text(buffer->CloseStatus.pbReason, buffer->CloseStatus.ulReasonLength);
    end_line();
}

static void add_part(struct report_parts *parts, const WEB_SOCKET_BUFFER *buffer)
{
    ULONG size = buffer->Data.ulBufferLength;
    for (ULONG i = 0; i < size && parts->size + i < sizeof parts->beginning; i++)
        parts->beginning[parts->size + i] = buffer->Data.pbBuffer[i];
    parts->size += size;
    parts->count++;
}

static void report_data(const char *who, const char *verb, WEB_SOCKET_BUFFER_TYPE type,
                        const struct report_parts *parts)
{
    const char *what = is_text(type) ? "text message" : "binary message";
    if (type == WEB_SOCKET_PING_PONG_BUFFER_TYPE)
        what = "pong";
    printf("%s%s %s, %llu bytes", who, verb, what, parts->size);
    if (parts->count > 1)
        printf(" in %lu parts", parts->count);
    if (parts->size > 0) {
        printf(": ");
        (is_text(type) ? show_text : show_bytes)(parts->beginning, parts->size);
    }
    end_line();
}

void report_sent(const char *who, WEB_SOCKET_BUFFER_TYPE type, const WEB_SOCKET_BUFFER *buffer)
{
    struct report_parts whole = {0};
    if (type == WEB_SOCKET_PING_PONG_BUFFER_TYPE) {
        report(who, "sent ping");
    } else if (type == WEB_SOCKET_CLOSE_BUFFER_TYPE) {
        report_close(who, "sent", buffer);
    } else {
        add_part(&whole, buffer);
        report_data(who, "sent", type, &whole);
    }
}

void report_received(const char *who, struct report_parts *parts, WEB_SOCKET_BUFFER_TYPE type,
                     const WEB_SOCKET_BUFFER *buffer)
{
    static const struct report_parts none;
    struct report_parts pong = none; /* may come between the parts of a message */
    struct report_parts *target = type == WEB_SOCKET_PING_PONG_BUFFER_TYPE ? &pong : parts;
    if (type == WEB_SOCKET_CLOSE_BUFFER_TYPE) {
        report_close(who, "received", buffer);
        return;
    }
    add_part(target, buffer);
    if (!is_fragment(type)) {
        report_data(who, "received", type, target);
        *target = none;
    }
}

const char *report_result(HRESULT result)
{
    switch (result) {
    case E_INVALID_PROTOCOL_OPERATION:
        return "E_INVALID_PROTOCOL_OPERATION: the right call at the wrong moment";
    case E_INVALID_PROTOCOL_FORMAT:
        return "E_INVALID_PROTOCOL_FORMAT: what the peer sent breaks the protocol";
    case E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED:
        return "E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED: an extension was chosen that was not offered";
    case E_SUBPROTOCOL_NOT_SUPPORTED:
        return "E_SUBPROTOCOL_NOT_SUPPORTED: none of the offered subprotocols was chosen";
    case E_PROTOCOL_VERSION_NOT_SUPPORTED:
        return "E_PROTOCOL_VERSION_NOT_SUPPORTED: Sec-WebSocket-Version is not 13";
    case E_INVALIDARG:
        return "E_INVALIDARG: a parameter can never be right";
    case E_OUTOFMEMORY:
        return "E_OUTOFMEMORY: there is no memory left";
    default:
        return "the call failed";
    }
}
