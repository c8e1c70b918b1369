/*
 * Microsoft's gateway, see caller_gateway.h.
 */
#include "caller_gateway.h"

#include "api_tests.h"
#include "play.h"

static struct action ask(const struct gateway_session *session, WEB_SOCKET_ACTION_QUEUE queue)
{
    struct action action;

    memset(&action, BLOCK_POISON, sizeof action);
    action.count = 1;
    action.result = ws->GetAction(session->handle, queue, action.buffers, &action.count, &action.action,
                                  &action.type, NULL, &action.context);
    assert_true(block_untouched(&action.buffers[1], sizeof action.buffers[1]));
    return action;
}

/* ---- Failure ---- */

#define DRAIN_MAX 1000

static void drain(struct gateway_session *session)
{
    for (unsigned i = 0; i < DRAIN_MAX; i++) {
        struct action action = ask(session, ALL_QUEUES);

        assert_result(S_OK, action.result);
        complete_with(session->handle, &action, 0);
        switch (action.action) {
        case WEB_SOCKET_NO_ACTION:
            return;
        case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:
            session->sends_indicated++;
            break;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            session->receives_indicated++;
            break;
        default:
            assert_that(false, "action %d came after the abort", (int)action.action);
        }
    }
    assert_that(false, "after the abort there is no end of actions");
}

void gateway_fail(struct gateway_session *session)
{
    if (session->is_writing)
        complete_with(session->handle, &session->writing, 0);
    if (session->is_reading)
        complete_with(session->handle, &session->reading, 0);
    session->is_writing = session->is_reading = false;
    if (!session->is_open)
        assert_result(S_OK, ws->EndServerHandshake(session->handle));
    ws->AbortHandle(session->handle);
    drain(session);
    assert_int_equal(session->sends_indicated, session->sends_queued);
    assert_int_equal(session->receives_indicated, session->receives_queued);
    delete_handle(session->handle);
    session->handle = NULL;
}

static void fail_with(struct gateway_session *session, HRESULT error)
{
    session->error = error;
    gateway_fail(session);
}

/* ---- Writing ---- */

/* Completes the action with what there was room for. False: the write does not end. */
static bool write_action(struct gateway_session *session, const struct action *action)
{
    const WEB_SOCKET_BUFFER *buffer = &action->buffers[0];
    size_t size = buffer->Data.ulBufferLength;

    assert_int_equal(action->count, 1);
    if (session->network_is_stuck) {
        assert_false(session->is_writing);
        session->writing = *action;
        session->is_writing = true;
        return false;
    }
    if (size > session->network_room)
        size = session->network_room;
    if (session->network_room != SIZE_MAX)
        session->network_room -= size;
    stream_bytes(&session->sent, buffer->Data.pbBuffer, size);
    complete_with(session->handle, action, (ULONG)size);
    return true;
}

static void run_send(struct gateway_session *session)
{
    for (;;) {
        struct action action = ask(session, SEND_QUEUE);

        if (FAILED(action.result)) {
            fail_with(session, action.result);
            return;
        }
        if (action.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION) {
            if (!write_action(session, &action))
                return;
        } else {
            complete_with(session->handle, &action, 0);
            if (action.action == WEB_SOCKET_NO_ACTION)
                return;
            assert_int_equal(action.action, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
            session->sends_indicated++;
        }
    }
}

void gateway_send(struct gateway_session *session, WEB_SOCKET_BUFFER_TYPE type, const void *bytes,
                  size_t size)
{
    session->sends_queued++;
    send_data(session->handle, type, bytes, size, NULL);
    run_send(session);
}

void gateway_close(struct gateway_session *session, USHORT status, const char *reason)
{
    session->sends_queued++;
    send_close(session->handle, status, reason, NULL);
    run_send(session);
}

/* ---- Reading ---- */

static bool start_receive(struct gateway_session *session)
{
    HRESULT result = ws->Receive(session->handle, NULL, NULL);

    if (FAILED(result))
        fail_with(session, result);
    else
        session->receives_queued++;
    return SUCCEEDED(result);
}

/* NO_ACTION: this receive is done, unless the peer has closed there is a next one. */
static bool end_receive(struct gateway_session *session)
{
    assert_int_equal(session->receives_indicated, session->receives_queued);
    return session->received.entries[session->received.count - 1].type != CLOSE && start_receive(session);
}

/* Receive by receive, until there is something to wait for. */
static void run_receive(struct gateway_session *session)
{
    bool more = true;

    while (more) {
        struct action action = ask(session, RECEIVE_QUEUE);

        if (FAILED(action.result)) {
            fail_with(session, action.result);
            return;
        }
        switch (action.action) {
        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
            session->reading = action;
            session->is_reading = true;
            return;
        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
            more = write_action(session, &action);
            break;
        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
            inbox_add(&session->received, &action);
            session->receives_indicated++;
            complete_with(session->handle, &action, 0);
            break;
        default:
            complete_with(session->handle, &action, 0);
            more = end_receive(session);
            break;
        }
    }
}

size_t gateway_read(struct gateway_session *session, const void *bytes, size_t size)
{
    assert_that(session->is_reading, "the gateway has started no read");
    size = fill_read(&session->reading, bytes, size);
    session->is_reading = false;
    complete_with(session->handle, &session->reading, (ULONG)size);
    run_receive(session);
    return size;
}

void gateway_written(struct gateway_session *session)
{
    bool is_pong = session->writing.type == PING_PONG;

    assert_that(session->is_writing, "no write is stuck");
    session->network_is_stuck = false;
    session->is_writing = false;
    write_action(session, &session->writing);
    (is_pong ? run_receive : run_send)(session);
}

/* ---- Beginning ---- */

void gateway_begin(struct gateway_session *session)
{
    memset(session, 0, sizeof *session);
    session->network_room = SIZE_MAX;
    session->handle = begun_server(NULL);
}

void gateway_open(struct gateway_session *session)
{
    assert_result(S_OK, ws->EndServerHandshake(session->handle));
    session->is_open = true;
    if (start_receive(session))
        run_receive(session);
}
