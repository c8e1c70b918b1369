/*
 * The Pascal server on top of http.sys, see caller_httpsys.h.
 */
#include "caller_httpsys.h"

#include "api_tests.h"
#include "play.h"

/* ---- Exceptions ---- */

/* What every call goes through. False: an exception. */
static bool succeeded(struct httpsys_connection *connection, HRESULT result)
{
    if (result != S_OK && connection->error == S_OK)
        connection->error = result;
    return result == S_OK;
}

static void free_connection(struct httpsys_connection *connection)
{
    WEB_SOCKET_HANDLE handle = connection->handle;

    if (handle == NULL || !succeeded(connection, connection->results.AbortHandle(handle)))
        return;
    forget_handle(handle);
    if (succeeded(connection, connection->results.DeleteHandle(handle)))
        connection->handle = NULL;
    else
        remember_handle(handle);
}

/* The result of an action of the server, after which an exception ends the connection. */
static void catch_exception(struct httpsys_connection *connection, bool done)
{
    if (!done)
        free_connection(connection);
}

/* ---- Sending ---- */

static bool complete_action(struct httpsys_connection *connection, const struct action *action, ULONG bytes)
{
    return succeeded(connection,
                     connection->results.CompleteAction(connection->handle, action->context, bytes));
}

/* Until what was queued is written; what is still to be told of the send before comes first. */
static bool write_queued(struct httpsys_connection *connection)
{
    for (;;) {
        struct action action = get_action(connection->handle, SEND_QUEUE, 2);

        if (!succeeded(connection, action.result))
            return false;
        switch (action.action) {
        case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:
            connection->sends_told++;
            assert_int_equal((uintptr_t)action.application, connection->sends_told);
            if (!complete_action(connection, &action, 0))
                return false;
            break;
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            assert_int_equal((uintptr_t)action.application, connection->sends);
            stream_action(&connection->sent, &action);
            return complete_action(connection, &action, 0);
        default:
            connection->unexpected = "something else than a send, on the queue for sending";
            return false;
        }
    }
}

static bool send_buffer(struct httpsys_connection *connection, WEB_SOCKET_BUFFER_TYPE type,
                        WEB_SOCKET_BUFFER *buffer)
{
    PVOID number = (PVOID)(uintptr_t)++connection->sends;

    return succeeded(connection, ws->Send(connection->handle, type, buffer, number)) &&
           write_queued(connection);
}

static bool send_status(struct httpsys_connection *connection, USHORT status)
{
    WEB_SOCKET_BUFFER buffer;

    memset(&buffer, 0, sizeof buffer);
    buffer.CloseStatus.usStatus = status;
    return send_buffer(connection, CLOSE, &buffer);
}

/* ---- Receiving ---- */

static bool start_receive(struct httpsys_connection *connection)
{
    return succeeded(connection, ws->Receive(connection->handle, NULL, NULL));
}

static bool take_indication(struct httpsys_connection *connection, const struct action *action)
{
    USHORT status = action->buffers[0].CloseStatus.usStatus;

    inbox_add(&connection->received, action);
    if (!complete_action(connection, action, 0))
        return false;
    if (action->type != CLOSE)
        return start_receive(connection);
    if (!connection->has_closed && !send_status(connection, status))
        return false;
    free_connection(connection);
    return true;
}

/* Until a read is started, or the connection is gone. */
static bool process_received(struct httpsys_connection *connection)
{
    while (connection->handle != NULL) {
        struct action action = get_action(connection->handle, RECEIVE_QUEUE, 2);

        if (!succeeded(connection, action.result))
            return false;
        switch (action.action) {
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            connection->reading = action;
            connection->is_reading = true;
            return true;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            if (!take_indication(connection, &action))
                return false;
            break;
        default:
            connection->unexpected = "something else than a receive, on the queue for receiving";
            return false;
        }
    }
    return true;
}

/* ---- What its application does ---- */

static bool answer_request(struct httpsys_connection *connection, PWEB_SOCKET_HTTP_HEADER request,
                           ULONG request_count, const char *subprotocol)
{
    PWEB_SOCKET_HTTP_HEADER headers = NULL;
    ULONG count = 0;

    if (!succeeded(connection, ws->CreateServerHandle(NULL, 0, &connection->handle)))
        return false;
    remember_handle(connection->handle);
    if (!succeeded(connection, ws->BeginServerHandshake(connection->handle, subprotocol, NULL, 0, request,
                                                        request_count, &headers, &count)))
        return false;
    for (ULONG i = 0; i < count; i++) {
        stream_bytes(&connection->response, headers[i].pcName, headers[i].ulNameLength);
        stream_bytes(&connection->response, ": ", 2);
        stream_bytes(&connection->response, headers[i].pcValue, headers[i].ulValueLength);
        stream_bytes(&connection->response, "\n", 1);
    }
    stream_bytes(&connection->response, "", 1);
    return succeeded(connection, ws->EndServerHandshake(connection->handle)) && start_receive(connection) &&
           process_received(connection);
}

void httpsys_accept(struct httpsys_connection *connection, PWEB_SOCKET_HTTP_HEADER request,
                    ULONG request_count, const char *subprotocol)
{
    memset(connection, 0, sizeof *connection);
    connection->results = library_results();
    catch_exception(connection, answer_request(connection, request, request_count, subprotocol));
}

size_t httpsys_read(struct httpsys_connection *connection, const void *bytes, size_t size)
{
    assert_that(connection->is_reading, "the server has started no read");
    size = fill_read(&connection->reading, bytes, size);
    connection->is_reading = false;
    catch_exception(connection, complete_action(connection, &connection->reading, (ULONG)size) &&
                                    process_received(connection));
    return size;
}

void httpsys_send(struct httpsys_connection *connection, WEB_SOCKET_BUFFER_TYPE type, const void *bytes,
                  size_t size)
{
    WEB_SOCKET_BUFFER buffer;

    memset(&buffer, 0, sizeof buffer);
    memcpy(&buffer.Data.pbBuffer, &bytes, sizeof bytes); /* the library only reads it */
    buffer.Data.ulBufferLength = (ULONG)size;
    catch_exception(connection, send_buffer(connection, type, &buffer));
}

void httpsys_close(struct httpsys_connection *connection, USHORT status)
{
    connection->has_closed = true;
    catch_exception(connection, send_status(connection, status));
}
