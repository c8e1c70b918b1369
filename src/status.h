/*
 * The results that cross the library's inner layers. Only api.c knows the HRESULTs that they become.
 */
#ifndef WS_STATUS_H
#define WS_STATUS_H

enum ws_status {
    WS_OK,
    WS_ERROR_ARGUMENT,    /* E_INVALIDARG: a parameter that can never be right */
    WS_ERROR_OPERATION,   /* E_INVALID_PROTOCOL_OPERATION: right call, wrong moment */
    WS_ERROR_FORMAT,      /* E_INVALID_PROTOCOL_FORMAT: the peer's bytes or headers break the protocol */
    WS_ERROR_EXTENSION,   /* E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED */
    WS_ERROR_SUBPROTOCOL, /* E_SUBPROTOCOL_NOT_SUPPORTED */
    WS_ERROR_VERSION,     /* E_PROTOCOL_VERSION_NOT_SUPPORTED */
    WS_ERROR_MEMORY,      /* E_OUTOFMEMORY: an allocation failed, nothing changed */
    WS_ERROR_BUFFER,      /* ERROR_INSUFFICIENT_BUFFER: the caller's array is too small */
    WS_ERROR_RANDOM       /* E_FAIL: the system gave no random bytes, nothing changed */
};

#endif
