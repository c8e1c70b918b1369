/*
 * The loop after Microsoft's sample, see caller_sample.h.
 */
#include "caller_sample.h"

#include "api_tests.h"

void sample_handshake(WEB_SOCKET_HANDLE client, WEB_SOCKET_HANDLE server, struct sample_request *request,
                      WEB_SOCKET_HTTP_HEADER **response, ULONG *response_count)
{
    static const WEB_SOCKET_HTTP_HEADER host = HEADER("Host", "localhost");
    PWEB_SOCKET_HTTP_HEADER headers = NULL;

    assert_result(S_OK,
                  ws->BeginClientHandshake(client, NULL, 0, NULL, 0, NULL, 0, &headers, &request->count));
    assert_true(request->count < COUNT_OF(request->headers));
    memcpy(request->headers, headers, request->count * sizeof headers[0]);
    request->headers[request->count++] = host;
    assert_result(S_OK, ws->BeginServerHandshake(server, NULL, NULL, 0, request->headers, request->count,
                                                 response, response_count));
    assert_result(S_OK, ws->EndClientHandshake(client, *response, *response_count, NULL, NULL, NULL));
    assert_result(S_OK, ws->EndServerHandshake(server));
}

static ULONG read_data(struct sample_transport *transport, const WEB_SOCKET_BUFFER *buffer)
{
    size_t count =
        transport->size < buffer->Data.ulBufferLength ? transport->size : buffer->Data.ulBufferLength;

    memcpy(buffer->Data.pbBuffer, transport->bytes, count);
    transport->size -= count;
    memmove(transport->bytes, transport->bytes + count, transport->size);
    return (ULONG)count;
}

static ULONG write_data(struct sample_transport *transport, const WEB_SOCKET_BUFFER *buffer)
{
    assert_true(buffer->Data.ulBufferLength <= sizeof transport->bytes - transport->size);
    memcpy(transport->bytes + transport->size, buffer->Data.pbBuffer, buffer->Data.ulBufferLength);
    transport->size += buffer->Data.ulBufferLength;
    return buffer->Data.ulBufferLength;
}

static void note(struct sample_log *log, char action)
{
    size_t count = strlen(log->actions);

    assert_true(count < sizeof log->actions - 1);
    log->actions[count] = action;
}

static void show_received(struct sample_log *log, const WEB_SOCKET_BUFFER *buffer,
                          WEB_SOCKET_BUFFER_TYPE type)
{
    assert_true(buffer->Data.ulBufferLength <= sizeof log->received);
    log->received_type = type;
    log->received_size = buffer->Data.ulBufferLength;
    if (log->received_size > 0)
        memcpy(log->received, buffer->Data.pbBuffer, log->received_size);
}

void sample_run_loop(WEB_SOCKET_HANDLE handle, struct sample_transport *transport, struct sample_log *log)
{
    WEB_SOCKET_BUFFER buffers[2] = {{{NULL, 0}}, {{NULL, 0}}};
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context;

    memset(log, 0, sizeof *log);
    do {
        ULONG count = COUNT_OF(buffers);
        ULONG transferred = 0;

        if (FAILED(ws->GetAction(handle, ALL_QUEUES, buffers, &count, &action, &type, NULL, &context))) {
            note(log, '!');
            ws->AbortHandle(handle);
        }
        switch (action) {
        case WEB_SOCKET_NO_ACTION:
            break;
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            note(log, 'S');
            for (ULONG i = 0; i < count; i++)
                transferred += write_data(transport, &buffers[i]);
            break;
        case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:
            note(log, 's');
            break;
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            note(log, 'R');
            for (ULONG i = 0; i < count; i++)
                transferred = read_data(transport, &buffers[i]);
            break;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            note(log, 'r');
            show_received(log, &buffers[0], type);
            break;
        default:
            assert_that(false, "there is no action %d", (int)action);
            break;
        }
        ws->CompleteAction(handle, context, transferred);
    } while (action != WEB_SOCKET_NO_ACTION);
}
