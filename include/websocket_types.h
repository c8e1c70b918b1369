/*
 * websocket_types.h - the Windows names that websocket.h is written in, for systems without windows.h.
 *
 * On Windows it brings in windows.h, unless the caller already did. Elsewhere it defines the few types, macros and
 * result codes that a caller of the WebSocket Protocol Component API needs, each exactly as wide as on Windows: ULONG,
 * BOOL and HRESULT have 32 bits although the platform's long may have 64.
 *
 * There, other headers may bring the same names. The API itself never depends on them: its functions take the types
 * whose names begin with WEBSOCKET_. A name that is a macro already stays the program's. The others become macros for
 * these types, which is no error beside a typedef of that name: behind this line the name means our type. A program
 * that wants to keep its own names, or includes the header that brings them after this one, says so before it
 * includes either of ours:
 *
 *     #define WEBSOCKET_HAVE_TYPES      no type but those that begin with WEBSOCKET_
 *     #define WEBSOCKET_HAVE_RESULTS    none of the macros and result codes that Windows' own headers bring as well
 *     #define BOOL BOOL                 not this one name
 *
 * Xmd.h of X11 and Objective-C have a BOOL of 8 bits, unixODBC a ULONG of 64: they stay what they are behind these.
 */
#ifndef WEBSOCKET_TYPES_H
#define WEBSOCKET_TYPES_H

#ifdef __cplusplus
#define WEBSOCKET_CAST(type, value) static_cast<type>(value)
#else
#define WEBSOCKET_CAST(type, value) ((type)(value))
#endif

#ifdef _WIN32

#ifndef DECLARE_HANDLE
#include <windows.h>
#endif
#include <winerror.h>
#define WEBSOCKET_RESULT(value) _HRESULT_TYPEDEF_(value)

#else /* not Windows */

#include <stddef.h> /* NULL */
#include <stdint.h>

typedef char WEBSOCKET_CHAR;
typedef uint8_t WEBSOCKET_BYTE;
typedef uint16_t WEBSOCKET_USHORT;
typedef int WEBSOCKET_INT;
typedef unsigned int WEBSOCKET_UINT;
typedef int32_t WEBSOCKET_LONG;
typedef uint32_t WEBSOCKET_ULONG;
typedef int32_t WEBSOCKET_HRESULT;
typedef void *WEBSOCKET_PVOID;
typedef char *WEBSOCKET_PCHAR;
typedef const char *WEBSOCKET_PCSTR;
typedef uint8_t *WEBSOCKET_PBYTE;
typedef uint32_t *WEBSOCKET_PULONG;

#define WEBSOCKET_RESULT(value) WEBSOCKET_CAST(WEBSOCKET_HRESULT, value)

#ifndef WEBSOCKET_HAVE_TYPES
#ifndef VOID
#define VOID void
#endif
#ifndef CHAR
#define CHAR WEBSOCKET_CHAR
#endif
#if !defined(BYTE) && !defined(XMD_H)
#define BYTE WEBSOCKET_BYTE
#endif
#ifndef USHORT
#define USHORT WEBSOCKET_USHORT
#endif
#ifndef INT
#define INT WEBSOCKET_INT
#endif
#ifndef UINT
#define UINT WEBSOCKET_UINT
#endif
#ifndef LONG
#define LONG WEBSOCKET_LONG
#endif
#if !defined(ULONG) && !defined(__SQLTYPES_H)
#define ULONG WEBSOCKET_ULONG
#endif
#ifndef HRESULT
#define HRESULT WEBSOCKET_HRESULT
#endif
#ifndef PVOID
#define PVOID WEBSOCKET_PVOID
#endif
#ifndef PCHAR
#define PCHAR WEBSOCKET_PCHAR
#endif
#ifndef PCSTR
#define PCSTR WEBSOCKET_PCSTR
#endif
#ifndef PBYTE
#define PBYTE WEBSOCKET_PBYTE
#endif
#ifndef PULONG
#define PULONG WEBSOCKET_PULONG
#endif
#ifndef WORD
#define WORD WEBSOCKET_USHORT
#endif
#if !defined(BOOL) && !defined(XMD_H) && !defined(__OBJC__) && !defined(__objc_INCLUDE_GNU)
#define BOOL WEBSOCKET_INT
#endif
#ifndef DWORD
#define DWORD WEBSOCKET_ULONG
#endif
#ifndef LPVOID
#define LPVOID WEBSOCKET_PVOID
#endif
#ifndef HANDLE
#define HANDLE WEBSOCKET_PVOID
#endif
#ifndef PSTR
#define PSTR WEBSOCKET_PCHAR
#endif
#ifndef LPSTR
#define LPSTR WEBSOCKET_PCHAR
#endif
#ifndef LPCSTR
#define LPCSTR WEBSOCKET_PCSTR
#endif
#ifndef PDWORD
#define PDWORD WEBSOCKET_PULONG
#endif
#endif

#ifndef WEBSOCKET_HAVE_RESULTS
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
#define _HRESULT_TYPEDEF_(value) WEBSOCKET_RESULT(value)
#endif
#ifndef SUCCEEDED
#define SUCCEEDED(result) (WEBSOCKET_RESULT(result) >= 0)
#endif
#ifndef FAILED
#define FAILED(result) (WEBSOCKET_RESULT(result) < 0)
#endif
#ifndef HRESULT_FROM_WIN32
#define HRESULT_FROM_WIN32(code)                                                                             \
    (WEBSOCKET_RESULT(code) <= 0                                                                             \
         ? WEBSOCKET_RESULT(code)                                                                            \
         : WEBSOCKET_RESULT((WEBSOCKET_CAST(uint32_t, code) & 0xFFFFu) | 0x80070000u))
#endif

#ifndef S_OK
#define S_OK WEBSOCKET_RESULT(0)
#endif
#ifndef S_FALSE
#define S_FALSE WEBSOCKET_RESULT(1)
#endif
#ifndef E_FAIL
#define E_FAIL WEBSOCKET_RESULT(0x80004005)
#endif
#ifndef E_HANDLE
#define E_HANDLE WEBSOCKET_RESULT(0x80070006)
#endif
#ifndef E_OUTOFMEMORY
#define E_OUTOFMEMORY WEBSOCKET_RESULT(0x8007000E)
#endif
#ifndef E_INVALIDARG
#define E_INVALIDARG WEBSOCKET_RESULT(0x80070057)
#endif
#ifndef ERROR_INSUFFICIENT_BUFFER
#define ERROR_INSUFFICIENT_BUFFER 122
#endif
#endif

#endif /* _WIN32 */

/* The API's own result codes. The Windows SDK keeps them in winerror.h; older toolchains do not have them. */
#ifndef E_INVALID_PROTOCOL_OPERATION
#define E_INVALID_PROTOCOL_OPERATION WEBSOCKET_RESULT(0x83760001L)
#endif
#ifndef E_INVALID_PROTOCOL_FORMAT
#define E_INVALID_PROTOCOL_FORMAT WEBSOCKET_RESULT(0x83760002L)
#endif
#ifndef E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED
#define E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED WEBSOCKET_RESULT(0x83760003L)
#endif
#ifndef E_SUBPROTOCOL_NOT_SUPPORTED
#define E_SUBPROTOCOL_NOT_SUPPORTED WEBSOCKET_RESULT(0x83760004L)
#endif
#ifndef E_PROTOCOL_VERSION_NOT_SUPPORTED
#define E_PROTOCOL_VERSION_NOT_SUPPORTED WEBSOCKET_RESULT(0x83760005L)
#endif

/* The names that the reference pages use for two of them. */
#ifndef E_UNSUPPORTED_EXTENSION
#define E_UNSUPPORTED_EXTENSION E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED
#endif
#ifndef E_UNSUPPORTED_SUBPROTOCOL
#define E_UNSUPPORTED_SUBPROTOCOL E_SUBPROTOCOL_NOT_SUPPORTED
#endif

#endif /* WEBSOCKET_TYPES_H */
