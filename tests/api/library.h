/*
 * library.h - the 13 functions under test, linked or loaded.
 */
#ifndef API_LIBRARY_H
#define API_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "websocket.h"

/* The 13 functions without their WebSocket prefix: ws->Send is WebSocketSend. */
struct websocket_library {
    VOID(WINAPI *AbortHandle)(WEB_SOCKET_HANDLE);
    HRESULT(WINAPI *BeginClientHandshake)
    (WEB_SOCKET_HANDLE, PCSTR *, ULONG, PCSTR *, ULONG, const PWEB_SOCKET_HTTP_HEADER, ULONG,
     PWEB_SOCKET_HTTP_HEADER *, ULONG *);
    HRESULT(WINAPI *BeginServerHandshake)
    (WEB_SOCKET_HANDLE, PCSTR, PCSTR *, ULONG, const PWEB_SOCKET_HTTP_HEADER, ULONG,
     PWEB_SOCKET_HTTP_HEADER *, ULONG *);
    VOID(WINAPI *CompleteAction)(WEB_SOCKET_HANDLE, PVOID, ULONG);
    HRESULT(WINAPI *CreateClientHandle)(const PWEB_SOCKET_PROPERTY, ULONG, WEB_SOCKET_HANDLE *);
    HRESULT(WINAPI *CreateServerHandle)(const PWEB_SOCKET_PROPERTY, ULONG, WEB_SOCKET_HANDLE *);
    VOID(WINAPI *DeleteHandle)(WEB_SOCKET_HANDLE);
    HRESULT(WINAPI *EndClientHandshake)
    (WEB_SOCKET_HANDLE, const PWEB_SOCKET_HTTP_HEADER, ULONG, ULONG *, ULONG *, ULONG *);
    HRESULT(WINAPI *EndServerHandshake)(WEB_SOCKET_HANDLE);
    HRESULT(WINAPI *GetAction)
    (WEB_SOCKET_HANDLE, WEB_SOCKET_ACTION_QUEUE, WEB_SOCKET_BUFFER *, ULONG *, WEB_SOCKET_ACTION *,
     WEB_SOCKET_BUFFER_TYPE *, PVOID *, PVOID *);
    HRESULT(WINAPI *GetGlobalProperty)(WEB_SOCKET_PROPERTY_TYPE, PVOID, ULONG *);
    HRESULT(WINAPI *Receive)(WEB_SOCKET_HANDLE, WEB_SOCKET_BUFFER *, PVOID);
    HRESULT(WINAPI *Send)(WEB_SOCKET_HANDLE, WEB_SOCKET_BUFFER_TYPE, WEB_SOCKET_BUFFER *, PVOID);
};

/*
 * The three functions that return nothing, as programs declare them that were written from the reference, which says that
 * they return S_OK. The arguments are the same: such a program only looks into the return register as well.
 */
struct websocket_results {
    HRESULT(WINAPI *AbortHandle)(WEB_SOCKET_HANDLE);
    HRESULT(WINAPI *CompleteAction)(WEB_SOCKET_HANDLE, PVOID, ULONG);
    HRESULT(WINAPI *DeleteHandle)(WEB_SOCKET_HANDLE);
};

/* The library under test; not NULL once library_open() succeeded. */
extern const struct websocket_library *ws;

/*
 * Chooses the library: the one that the program is linked with (file NULL), or the one in the named file,
 * whose functions are looked up by their exact, undecorated names. False, with the reason on stderr, if it
 * cannot be had. The program may also be built without a library of its own; then NULL cannot be had.
 */
bool library_open(const char *file);

/* Those three of the library under test. */
struct websocket_results library_results(void);

/*
 * The full name of the file that the functions come from, as the system's loader tells it; on Windows UTF-8.
 */
void library_file(char *file, size_t size);

/*
 * Prints which file the functions come from, and calls one of them to show that they work: a stub has no
 * fresh handshake key to offer. False, with the reason on stderr, if that fails.
 */
bool library_introduce(void);

#ifdef _WIN32
/* The module that the functions come from. */
HMODULE library_module(void);
#endif

#endif
