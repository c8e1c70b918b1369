/*
 * The server that writes payloads itself, see caller_header_only.h.
 */
#include "caller_header_only.h"

#include "api_tests.h"

/* The operation is queued: takes its header, and lets it end. */
static void take_header(struct header_only_server *server, PVOID context)
{
    struct action action = next_action(server->handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);

    assert_ptr_equal(action.application, context);
    stream_bytes(&server->sent, action.buffers[0].Data.pbBuffer, action.buffers[0].Data.ulBufferLength);
    complete_with(server->handle, &action, action.buffers[0].Data.ulBufferLength);

    action = next_action(server->handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    assert_ptr_equal(action.application, context);
    complete(server->handle, &action);
}

void header_only_send(struct header_only_server *server, WEB_SOCKET_BUFFER_TYPE type, const void *payload,
                      size_t size)
{
    send_data(server->handle, type, payload, size, server);
    take_header(server, server);
    stream_bytes(&server->sent, payload, size);
}

void header_only_close(struct header_only_server *server, USHORT status, const char *reason)
{
    send_close(server->handle, status, reason, server);
    take_header(server, server);
    if (reason != NULL)
        stream_bytes(&server->sent, reason, strlen(reason));
}
