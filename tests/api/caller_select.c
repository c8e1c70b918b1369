/*
 * The select() loop, see caller_select.h.
 */
#include "caller_select.h"

#include "api_tests.h"
#include "play.h"

static void on_received(struct select_connection *connection, const struct action *action)
{
    assert_false(connection->is_closed);
    if (action->type == UTF8_MESSAGE || action->type == BINARY_MESSAGE)
        inbox_add(&connection->messages, action);
    else if (action->type == CLOSE)
        connection->is_closed = true;
    else if (action->type == UTF8_FRAGMENT || action->type == BINARY_FRAGMENT)
        connection->dropped++;
    else
        connection->pongs++;
    assert_true(connection->dropped + connection->pongs < 10000); /* else the loop would have no end */
    complete_with(connection->handle, action, 0);
    if (!connection->is_closed)
        receive(connection->handle, NULL, 0, NULL);
}

static void run(struct select_connection *connection)
{
    struct action action = get_action(connection->handle, ALL_QUEUES, 2);

    while (action.result == S_OK && action.action != WEB_SOCKET_NO_ACTION) {
        switch (action.action) {
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            stream_action(&connection->sent, &action);
            complete(connection->handle, &action);
            break;
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            assert_false(connection->is_reading);
            connection->reading = action;
            connection->is_reading = true;
            break;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            on_received(connection, &action);
            break;
        default:
            complete(connection->handle, &action);
            break;
        }
        action = get_action(connection->handle, ALL_QUEUES, 2);
    }
    assert_result(S_OK, action.result);
}

void select_start(struct select_connection *connection, WEB_SOCKET_HANDLE handle)
{
    memset(connection, 0, sizeof *connection);
    connection->handle = handle;
    receive(handle, NULL, 0, NULL);
    run(connection);
}

size_t select_readable(struct select_connection *connection, const uint8_t *bytes, size_t size)
{
    assert_that(connection->is_reading, "the session does not want to read");
    size = fill_read(&connection->reading, bytes, size);
    connection->is_reading = false;
    complete_with(connection->handle, &connection->reading, (ULONG)size);
    run(connection);
    return size;
}

void select_send(struct select_connection *connection, WEB_SOCKET_BUFFER_TYPE type, const void *bytes,
                 size_t size)
{
    send_data(connection->handle, type, bytes, size, NULL);
    run(connection);
}
