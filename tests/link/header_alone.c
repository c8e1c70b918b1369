/*
 * websocket.h needs nothing before it, and leaves nothing but declarations: C and C++ alike take it, twice.
 */
#include "websocket.h"
#include "websocket.h" /* NOLINT(readability-duplicate-include): that is the test */

/* Each type and each function is there. */
extern WEB_SOCKET_HANDLE handle;
extern WEB_SOCKET_PROPERTY property;
extern WEB_SOCKET_HTTP_HEADER header;
extern WEB_SOCKET_BUFFER buffer;
extern HRESULT(WINAPI *send_function)(WEB_SOCKET_HANDLE, WEB_SOCKET_BUFFER_TYPE, WEB_SOCKET_BUFFER *, PVOID);
HRESULT(WINAPI *send_function)
(WEB_SOCKET_HANDLE, WEB_SOCKET_BUFFER_TYPE, WEB_SOCKET_BUFFER *, PVOID) = WebSocketSend;
