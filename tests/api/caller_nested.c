/*
 * The server that receives from within an indication, see caller_nested.h.
 */
#include "caller_nested.h"

#include "api_tests.h"
#include "play.h"

/* False: an exception. */
static bool succeeded(struct nested_connection *connection, HRESULT result)
{
    if (FAILED(result) && connection->error == S_OK)
        connection->error = result;
    return SUCCEEDED(result);
}

static bool process_received(struct nested_connection *connection);

static bool take_indication(struct nested_connection *connection, const struct action *action)
{
    bool done;

    assert_int_equal(connection->depth, 0); /* one action of a side at a time */
    connection->depth++;
    inbox_add(&connection->received, action);
    done = succeeded(connection, ws->Receive(connection->handle, NULL, NULL)) && process_received(connection);
    connection->depth--;
    if (done)
        complete_with(connection->handle, action, 0);
    return done;
}

/* Until NO_ACTION, or until there is nothing to read from any more. */
static bool process_received(struct nested_connection *connection)
{
    for (;;) {
        struct action action = get_action(connection->handle, RECEIVE_QUEUE, 1);

        if (!succeeded(connection, action.result))
            return false;
        switch (action.action) {
        case WEB_SOCKET_NO_ACTION:
            return true;
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            stream_action(&connection->sent, &action);
            complete(connection->handle, &action);
            break;
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            assert_false(connection->is_reading);
            if (connection->has_ended)
                return true;
            connection->reading = action;
            connection->is_reading = true;
            break;
        default:
            if (!take_indication(connection, &action))
                return false;
            break;
        }
    }
}

void nested_start(struct nested_connection *connection, WEB_SOCKET_HANDLE handle)
{
    memset(connection, 0, sizeof *connection);
    connection->handle = handle;
    if (succeeded(connection, ws->Receive(handle, NULL, NULL)))
        process_received(connection);
}

size_t nested_read(struct nested_connection *connection, const void *bytes, size_t size)
{
    assert_that(connection->is_reading, "the server has started no read");
    size = fill_read(&connection->reading, bytes, size);
    connection->is_reading = false;
    connection->has_ended = size == 0;
    complete_with(connection->handle, &connection->reading, (ULONG)size);
    if (process_received(connection) && connection->has_ended) {
        delete_handle(connection->handle);
        connection->handle = NULL;
    }
    return size;
}

void nested_send(struct nested_connection *connection, WEB_SOCKET_BUFFER_TYPE type, const void *bytes,
                 size_t size)
{
    send_data(connection->handle, type, bytes, size, NULL);
    stream_output(&connection->sent, connection->handle);
}

void nested_close(struct nested_connection *connection, USHORT status)
{
    send_close(connection->handle, status, NULL, NULL);
    stream_output(&connection->sent, connection->handle);
}
