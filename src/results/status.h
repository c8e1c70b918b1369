/*
 * The results that cross the library's inner layers: WS_OK, or why not. Each reason belongs to a class, and the class
 * decides what the caller is told; only outcome.c knows the HRESULT that it becomes. The reasons and their texts are
 * listed in reasons.h.
 */
#ifndef WS_STATUS_H
#define WS_STATUS_H

#include "results/reasons.h"

#define WS_STATUS_MEMBER(name, text) WS_WHY_##name,

/* A class is a multiple of 256, its reasons follow it. Nothing returns a bare class. */
/* clang-format off */
enum ws_status {
    WS_OK,

    WS_ERROR_ARGUMENT = 0x100, /* E_INVALIDARG: a parameter that can never be right */
    WS_REASONS_ARGUMENT(WS_STATUS_MEMBER)

    WS_ERROR_OPERATION = 0x200, /* E_INVALID_PROTOCOL_OPERATION: right call, wrong moment */
    WS_REASONS_OPERATION(WS_STATUS_MEMBER)

    WS_ERROR_FORMAT = 0x300, /* E_INVALID_PROTOCOL_FORMAT: the peer's bytes or headers break the protocol */
    WS_REASONS_FORMAT(WS_STATUS_MEMBER)

    WS_ERROR_TEXT = 0x400, /* the same, because of text that is not UTF-8 */
    WS_REASONS_TEXT(WS_STATUS_MEMBER)

    WS_ERROR_EXTENSION = 0x500, /* E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED */
    WS_REASONS_EXTENSION(WS_STATUS_MEMBER)

    WS_ERROR_SUBPROTOCOL = 0x600, /* E_SUBPROTOCOL_NOT_SUPPORTED */
    WS_REASONS_SUBPROTOCOL(WS_STATUS_MEMBER)

    WS_ERROR_VERSION = 0x700, /* E_PROTOCOL_VERSION_NOT_SUPPORTED */
    WS_REASONS_VERSION(WS_STATUS_MEMBER)

    WS_ERROR_HANDLE = 0x800, /* E_HANDLE */
    WS_REASONS_HANDLE(WS_STATUS_MEMBER)

    WS_ERROR_MEMORY = 0x900, /* E_OUTOFMEMORY: an allocation failed, nothing changed */
    WS_REASONS_MEMORY(WS_STATUS_MEMBER)

    WS_ERROR_BUFFER = 0xA00, /* ERROR_INSUFFICIENT_BUFFER: the caller's array is too small */
    WS_REASONS_BUFFER(WS_STATUS_MEMBER)

    WS_ERROR_RANDOM = 0xB00, /* E_FAIL: the system gave no random bytes, nothing changed */
    WS_REASONS_RANDOM(WS_STATUS_MEMBER)

    WS_NOTE = 0xC00, /* nothing is refused; only the trace tells */
    WS_REASONS_NOTE(WS_STATUS_MEMBER)
};
/* clang-format on */

#undef WS_STATUS_MEMBER

#define WS_STATUS_CLASS_SHIFT 8

/** The class that a result belongs to, WS_ERROR_... or WS_NOTE; WS_OK is its own. */
static inline enum ws_status ws_status_class(enum ws_status status)
{
    return (enum ws_status)((unsigned)status >> WS_STATUS_CLASS_SHIFT << WS_STATUS_CLASS_SHIFT);
}

/** The reason's text, static; "" for WS_OK and bare classes. */
const char *ws_status_text(enum ws_status status);

#endif
