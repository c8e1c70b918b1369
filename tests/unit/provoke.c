/*
 * Sessions and steps for the provocations, see provoke.h.
 */
#include "provoke.h"

const char *provoke_endless;

void provoke_begin(WEB_SOCKET_HANDLE client, PWEB_SOCKET_HTTP_HEADER *headers, ULONG *count)
{
    assert_int_equal(WebSocketBeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, headers, count), S_OK);
}

HRESULT provoke_next(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE side, WEB_SOCKET_ACTION *action,
                     WEB_SOCKET_BUFFER *buffer, PVOID *context)
{
    WEB_SOCKET_BUFFER buffers[2];
    ULONG count = 2;
    WEB_SOCKET_BUFFER_TYPE type;
    HRESULT result = WebSocketGetAction(handle, side, buffers, &count, action, &type, NULL, context);
    *buffer = buffers[0];
    return result;
}

void provoke_arrive(WEB_SOCKET_HANDLE handle, PBYTE memory, ULONG room, const char *bytes, ULONG size)
{
    WEB_SOCKET_BUFFER own = {.Data = {memory, room}};
    WEB_SOCKET_BUFFER buffer;
    WEB_SOCKET_ACTION action;
    PVOID context;
    assert_int_equal(WebSocketReceive(handle, memory ? &own : NULL, NULL), S_OK);
    assert_int_equal(provoke_next(handle, WEB_SOCKET_RECEIVE_ACTION_QUEUE, &action, &buffer, &context), S_OK);
    assert_int_equal(action, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    memcpy(buffer.Data.pbBuffer, bytes, size);
    WebSocketCompleteAction(handle, context, size);
    while (provoke_next(handle, WEB_SOCKET_RECEIVE_ACTION_QUEUE, &action, &buffer, &context) == S_OK &&
           action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION) {
        WebSocketCompleteAction(handle, context, 0);
        (void)WebSocketReceive(handle, NULL, NULL);
    }
}
