/*
 * websocket_types.h - the Windows names that websocket.h is written in, for systems without windows.h.
 *
 * On Windows it brings in windows.h, unless the caller already did. Elsewhere it defines the few types,
 * macros and result codes that a caller of the WebSocket Protocol Component API needs, each exactly as wide
 * as on Windows: ULONG, BOOL and HRESULT have 32 bits although the platform's long may have 64.
 */
#ifndef WEBSOCKET_TYPES_H
#define WEBSOCKET_TYPES_H

#ifdef _WIN32

#ifndef DECLARE_HANDLE
#include <windows.h>
#endif
#include <winerror.h>

#else /* not Windows */

#include <stddef.h> /* NULL */
#include <stdint.h>

typedef char CHAR;
typedef uint8_t BYTE;
typedef uint16_t WORD;
typedef uint16_t USHORT;
typedef uint32_t DWORD;
typedef uint32_t ULONG;
typedef unsigned int UINT;
typedef int32_t LONG;
typedef int INT;
typedef int BOOL;
typedef int32_t HRESULT;
typedef void *PVOID;
typedef void *LPVOID;
typedef void *HANDLE;
typedef CHAR *PCHAR;
typedef CHAR *PSTR;
typedef CHAR *LPSTR;
typedef const CHAR *PCSTR;
typedef const CHAR *LPCSTR;
typedef BYTE *PBYTE;
typedef ULONG *PULONG;
typedef DWORD *PDWORD;

#ifndef VOID
#define VOID void
#endif
#ifndef WINAPI
#define WINAPI
#endif
#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

/* An opaque pointer to a type of its own, so that handles of two kinds do not mix. */
#ifndef DECLARE_HANDLE
#define DECLARE_HANDLE(name)                                                                                 \
    struct name##__ {                                                                                        \
        int unused;                                                                                          \
    };                                                                                                       \
    typedef struct name##__ *name
#endif

#ifndef _HRESULT_TYPEDEF_
#define _HRESULT_TYPEDEF_(value) ((HRESULT)(value))
#endif
#ifndef SUCCEEDED
#define SUCCEEDED(result) (((HRESULT)(result)) >= 0)
#endif
#ifndef FAILED
#define FAILED(result) (((HRESULT)(result)) < 0)
#endif
#ifndef HRESULT_FROM_WIN32
#define HRESULT_FROM_WIN32(code)                                                                             \
    ((HRESULT)(code) <= 0 ? (HRESULT)(code) : (HRESULT)(((uint32_t)(code)&0xFFFFu) | 0x80070000u))
#endif

#ifndef S_OK
#define S_OK _HRESULT_TYPEDEF_(0)
#endif
#ifndef S_FALSE
#define S_FALSE _HRESULT_TYPEDEF_(1)
#endif
#ifndef E_FAIL
#define E_FAIL _HRESULT_TYPEDEF_(0x80004005)
#endif
#ifndef E_HANDLE
#define E_HANDLE _HRESULT_TYPEDEF_(0x80070006)
#endif
#ifndef E_OUTOFMEMORY
#define E_OUTOFMEMORY _HRESULT_TYPEDEF_(0x8007000E)
#endif
#ifndef E_INVALIDARG
#define E_INVALIDARG _HRESULT_TYPEDEF_(0x80070057)
#endif
#ifndef ERROR_INSUFFICIENT_BUFFER
#define ERROR_INSUFFICIENT_BUFFER 122
#endif

#endif /* _WIN32 */

/* The API's own result codes. The Windows SDK keeps them in winerror.h; older toolchains do not have them. */
#ifndef E_INVALID_PROTOCOL_OPERATION
#define E_INVALID_PROTOCOL_OPERATION _HRESULT_TYPEDEF_(0x83760001L)
#endif
#ifndef E_INVALID_PROTOCOL_FORMAT
#define E_INVALID_PROTOCOL_FORMAT _HRESULT_TYPEDEF_(0x83760002L)
#endif
#ifndef E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED
#define E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED _HRESULT_TYPEDEF_(0x83760003L)
#endif
#ifndef E_SUBPROTOCOL_NOT_SUPPORTED
#define E_SUBPROTOCOL_NOT_SUPPORTED _HRESULT_TYPEDEF_(0x83760004L)
#endif
#ifndef E_PROTOCOL_VERSION_NOT_SUPPORTED
#define E_PROTOCOL_VERSION_NOT_SUPPORTED _HRESULT_TYPEDEF_(0x83760005L)
#endif

/* The names that the reference pages use for two of them. */
#ifndef E_UNSUPPORTED_EXTENSION
#define E_UNSUPPORTED_EXTENSION E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED
#endif
#ifndef E_UNSUPPORTED_SUBPROTOCOL
#define E_UNSUPPORTED_SUBPROTOCOL E_SUBPROTOCOL_NOT_SUPPORTED
#endif

#endif /* WEBSOCKET_TYPES_H */
