/*
 * GetAction, section 8 of the specification: its arguments, and every cell of its table of outputs.
 */
#include "api_tests.h"
#include "play.h"

/* ---- Arguments ---- */

enum output { BUFFERS, COUNT, ACTION, TYPE, ACTION_CONTEXT, OUTPUTS };

/*
 * GetAction with `room` for buffers and one output missing (OUTPUTS: none). The call must fail with this
 * result, and the outputs that are there must say so.
 */
static void expect_refusal(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue, ULONG room,
                           enum output missing, HRESULT wanted)
{
    struct action action;

    memset(&action, BLOCK_POISON, sizeof action);
    action.count = room;
    action.result = ws->GetAction(
        handle, queue, missing == BUFFERS ? NULL : action.buffers, missing == COUNT ? NULL : &action.count,
        missing == ACTION ? NULL : &action.action, missing == TYPE ? NULL : &action.type, &action.application,
        missing == ACTION_CONTEXT ? NULL : &action.context);
    assert_result(wanted, action.result);
    if (missing == ACTION)
        assert_true(block_untouched(&action.action, sizeof action.action));
    else
        assert_int_equal(action.action, WEB_SOCKET_NO_ACTION);
    if (missing == ACTION_CONTEXT)
        assert_true(block_untouched(&action.context, sizeof action.context));
    else
        assert_null(action.context);
    assert_int_equal(action.count, missing == COUNT ? room : 0);
    assert_true(block_untouched(action.buffers, sizeof action.buffers));
    assert_true(block_untouched(&action.application, sizeof action.application));
}

/* A session with something to do on both sides, so that a call which is not refused would return it. */
static WEB_SOCKET_HANDLE open_busy(enum role role)
{
    WEB_SOCKET_HANDLE handle = open_role(role, NULL);

    send_data(handle, UTF8_MESSAGE, "Hello", 5, NULL);
    receive(handle, NULL, 0, NULL);
    return handle;
}

static void expect_still_busy(WEB_SOCKET_HANDLE handle)
{
    next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
}

static void a_missing_output_is_refused(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {SEND_QUEUE, RECEIVE_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_busy(role);

        for (enum output missing = BUFFERS; missing < OUTPUTS; missing++)
            for (size_t q = 0; q < COUNT_OF(queues); q++)
                expect_refusal(handle, queues[q], 2, missing, E_INVALIDARG);
        expect_still_busy(handle);
    }
}

static void an_unknown_queue_is_refused(void)
{
    static const int queues[] = {0, 4, 5, 7, 100, -1, (int)0x80000001};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_busy(role);

        for (size_t q = 0; q < COUNT_OF(queues); q++)
            expect_refusal(handle, (WEB_SOCKET_ACTION_QUEUE)queues[q], 2, OUTPUTS, E_INVALIDARG);
        expect_still_busy(handle);
    }
}

static void the_application_context_may_be_missing(void)
{
    WEB_SOCKET_HANDLE server = open_busy(ROLE_SERVER);
    struct action action;

    memset(&action, BLOCK_POISON, sizeof action);
    action.count = 2;
    assert_result(S_OK, ws->GetAction(server, SEND_QUEUE, action.buffers, &action.count, &action.action,
                                      &action.type, NULL, &action.context));
    assert_int_equal(action.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    complete(server, &action);
    action.count = 2;
    assert_result(S_OK, ws->GetAction(server, RECEIVE_QUEUE, action.buffers, &action.count, &action.action,
                                      &action.type, NULL, &action.context));
    assert_int_equal(action.action, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
}

static void room_for_many_buffers_is_fine(void)
{
    WEB_SOCKET_HANDLE server = open_busy(ROLE_SERVER);
    struct action action;

    memset(&action, BLOCK_POISON, sizeof action);
    action.count = 0xFFFFFFFFu;
    assert_result(S_OK, ws->GetAction(server, SEND_QUEUE, action.buffers, &action.count, &action.action,
                                      &action.type, &action.application, &action.context));
    assert_int_equal(action.count, 2);
    assert_true(block_untouched(&action.buffers[2], sizeof action.buffers[2]));
}

/* ---- Handles ---- */

/* The handle is looked at before the arguments. */
static void an_unknown_handle_is_refused_whatever_else_is_wrong(void)
{
    WEB_SOCKET_HANDLE deleted = open_server(NULL);

    delete_handle(deleted);
    for (enum output missing = BUFFERS; missing <= OUTPUTS; missing++) {
        expect_refusal(NULL, ALL_QUEUES, 2, missing, E_HANDLE);
        expect_refusal(deleted, ALL_QUEUES, 2, missing, E_HANDLE);
    }
    expect_refusal(deleted, ALL_QUEUES, 0, OUTPUTS, E_HANDLE);
    expect_refusal(deleted, (WEB_SOCKET_ACTION_QUEUE)0, 2, OUTPUTS, E_HANDLE);
}

static void before_the_handshake_is_complete_the_call_is_refused(void)
{
    const WEB_SOCKET_HANDLE handles[] = {create_client(NULL), create_server(NULL), begun_client(NULL)};

    for (size_t i = 0; i < COUNT_OF(handles); i++) {
        expect_refusal(handles[i], SEND_QUEUE, 2, OUTPUTS, E_INVALID_PROTOCOL_OPERATION);
        expect_refusal(handles[i], RECEIVE_QUEUE, 2, OUTPUTS, E_INVALID_PROTOCOL_OPERATION);
        expect_refusal(handles[i], ALL_QUEUES, 2, OUTPUTS, E_INVALID_PROTOCOL_OPERATION);
        /* Arguments are looked at before the state. */
        expect_refusal(handles[i], ALL_QUEUES, 2, TYPE, E_INVALIDARG);
        expect_refusal(handles[i], (WEB_SOCKET_ACTION_QUEUE)4, 2, OUTPUTS, E_INVALIDARG);
    }
}

static void the_call_completes_a_servers_handshake(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {SEND_QUEUE, RECEIVE_QUEUE, ALL_QUEUES};

    for (size_t q = 0; q < COUNT_OF(queues); q++) {
        WEB_SOCKET_HANDLE server = begun_server(NULL);

        expect_no_action(server, queues[q]);
        assert_result(S_OK, ws->EndServerHandshake(server));
        send_data(server, UTF8_MESSAGE, "Hello", 5, NULL);
        next_action(server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    }
}

/* ---- The table ---- */

/* NULL stands for "left alone". */
static void expect_outputs(const struct action *action, WEB_SOCKET_ACTION wanted, ULONG count,
                           WEB_SOCKET_BUFFER_TYPE type, PVOID application)
{
    assert_result(S_OK, action->result);
    assert_int_equal(action->action, wanted);
    assert_int_equal(action->count, count);
    assert_int_equal(action->type, type);
    if (application == NULL)
        assert_true(block_untouched(&action->application, sizeof action->application));
    else
        assert_ptr_equal(action->application, application);
    assert_int_equal(action->context == NULL, wanted == WEB_SOCKET_NO_ACTION);
    assert_true(block_untouched(&action->buffers[count],
                                sizeof action->buffers[0] * (COUNT_OF(action->buffers) - count)));
}

static void no_action_has_no_outputs(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {SEND_QUEUE, RECEIVE_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t q = 0; q < COUNT_OF(queues); q++) {
            WEB_SOCKET_HANDLE handle = open_role(role, NULL);

            for (ULONG room = 1; room <= 3; room++) {
                struct action action = get_action(handle, queues[q], room);

                expect_outputs(&action, WEB_SOCKET_NO_ACTION, 0, (WEB_SOCKET_BUFFER_TYPE)0, NULL);
            }
        }
    }
}

static void sends_have_the_operations_type_and_context(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {SEND_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t q = 0; q < COUNT_OF(queues); q++) {
            for (ULONG room = 1; room <= 3; room++) {
                WEB_SOCKET_HANDLE handle = open_role(role, NULL);
                ULONG buffers = role == ROLE_SERVER && room > 1 ? 2 : 1;
                struct action action;
                int context;

                send_data(handle, BINARY_FRAGMENT, "Hello", 5, &context);
                action = get_action(handle, queues[q], room);
                expect_outputs(&action, WEB_SOCKET_SEND_TO_NETWORK_ACTION, buffers, BINARY_FRAGMENT,
                               &context);
                complete(handle, &action);
                if (role == ROLE_SERVER && room == 1) {
                    action = get_action(handle, queues[q], room);
                    expect_outputs(&action, WEB_SOCKET_SEND_TO_NETWORK_ACTION, 1, BINARY_FRAGMENT, &context);
                    complete(handle, &action);
                }
                action = get_action(handle, queues[q], room);
                expect_outputs(&action, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, 0, BINARY_FRAGMENT,
                               &context);
            }
        }
    }
}

static void receives_have_the_type_of_what_arrived_and_the_operations_context(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {RECEIVE_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t q = 0; q < COUNT_OF(queues); q++) {
            for (ULONG room = 1; room <= 3; room++) {
                WEB_SOCKET_HANDLE handle = open_role(role, NULL);
                struct stream in = {NULL, 0};
                struct action action;
                int context;

                receive(handle, room == 3 ? heap_block(9) : NULL, room == 3 ? 9 : 0, &context);
                action = get_action(handle, queues[q], room);
                expect_outputs(&action, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION, 1, (WEB_SOCKET_BUFFER_TYPE)0,
                               &context);
                stream_frame(&in, role, OP_BINARY, "Hello", 5);
                memcpy(action.buffers[0].Data.pbBuffer, in.bytes, in.size);
                complete_with(handle, &action, (ULONG)in.size);
                action = get_action(handle, queues[q], room);
                expect_outputs(&action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION, 1, BINARY_FRAGMENT,
                               &context);
            }
        }
    }
}

static void a_pong_has_its_type_and_leaves_the_application_context_alone(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {RECEIVE_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t q = 0; q < COUNT_OF(queues); q++) {
            for (ULONG room = 1; room <= 3; room++) {
                WEB_SOCKET_HANDLE handle = open_role(role, NULL);
                struct stream in = {NULL, 0};
                struct action action;
                int context;

                receive(handle, NULL, 0, &context);
                stream_frame(&in, role, FIN | OP_PING, "Hello", 5);
                feed(handle, in.bytes, in.size, 0);
                action = get_action(handle, queues[q], room);
                expect_outputs(&action, WEB_SOCKET_SEND_TO_NETWORK_ACTION, 1, PING_PONG, NULL);
            }
        }
    }
}

/* NULL is a context like any other: it comes back as NULL. */
static void an_operations_null_context_comes_back_as_null(void)
{
    WEB_SOCKET_HANDLE server = open_server(NULL);
    struct action action;

    send_data(server, UTF8_MESSAGE, "Hello", 5, NULL);
    receive(server, NULL, 0, NULL);
    action = next_action(server, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_null(action.application);
    complete(server, &action);
    action = next_action(server, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    assert_null(action.application);
    action = next_action(server, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
    assert_null(action.application);
}

/* ---- No room ---- */

/* A control passes the count on that the last call left, 0 after INDICATE_SEND_COMPLETE. */
static void an_action_without_buffers_needs_no_room(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {SEND_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t q = 0; q < COUNT_OF(queues); q++) {
            WEB_SOCKET_HANDLE handle = open_role(role, NULL);
            struct action action;
            int context;

            action = get_action(handle, queues[q], 0);
            expect_outputs(&action, WEB_SOCKET_NO_ACTION, 0, (WEB_SOCKET_BUFFER_TYPE)0, NULL);
            send_data(handle, BINARY_FRAGMENT, "Hello", 5, &context);
            action = next_action(handle, queues[q], WEB_SOCKET_SEND_TO_NETWORK_ACTION);
            complete(handle, &action);
            action = get_action(handle, queues[q], 0);
            expect_outputs(&action, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, 0, BINARY_FRAGMENT, &context);
            complete(handle, &action);
            action = get_action(handle, queues[q], 0);
            expect_outputs(&action, WEB_SOCKET_NO_ACTION, 0, (WEB_SOCKET_BUFFER_TYPE)0, NULL);
            receive(handle, NULL, 0, NULL);
            next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
            action = get_action(handle, RECEIVE_QUEUE, 0); /* a read is outstanding */
            expect_outputs(&action, WEB_SOCKET_NO_ACTION, 0, (WEB_SOCKET_BUFFER_TYPE)0, NULL);
        }
    }
}

/* As if the call had never been made: a send and a read, */
static void a_send_or_a_read_without_room_is_refused_and_nothing_changes(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_busy(role);

        expect_refusal(handle, SEND_QUEUE, 0, OUTPUTS, E_INVALIDARG);
        expect_refusal(handle, RECEIVE_QUEUE, 0, OUTPUTS, E_INVALIDARG);
        expect_refusal(handle, ALL_QUEUES, 0, OUTPUTS, E_INVALIDARG);
        expect_still_busy(handle);
    }
}

/* a pong, a message, */
static void what_arrived_is_not_parsed_without_room(void)
{
    static const WEB_SOCKET_ACTION_QUEUE queues[] = {RECEIVE_QUEUE, ALL_QUEUES};

    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t q = 0; q < COUNT_OF(queues); q++) {
            WEB_SOCKET_HANDLE handle = open_role(role, NULL);
            struct stream in = {NULL, 0};
            struct stream sent = {NULL, 0};
            struct action pong;

            receive(handle, NULL, 0, NULL);
            stream_frame(&in, role, FIN | OP_PING, "ping", 4);
            stream_frame(&in, role, FIN | OP_TEXT, "Hello", 5);
            feed(handle, in.bytes, in.size, 0);
            expect_refusal(handle, queues[q], 0, OUTPUTS, E_INVALIDARG);
            expect_no_action(handle, SEND_QUEUE);
            pong = get_action(handle, queues[q], 1);
            expect_outputs(&pong, WEB_SOCKET_SEND_TO_NETWORK_ACTION, 1, PING_PONG, NULL);
            stream_action(&sent, &pong);
            expect_frame("pong", &sent, role, FIN | OP_PONG, "ping", 4);
            complete(handle, &pong);
            expect_refusal(handle, queues[q], 0, OUTPUTS, E_INVALIDARG);
            expect_payload(handle, UTF8_MESSAGE, "Hello", 5);
        }
    }
}

/* and a broken stream, which has the close status in a buffer. */
static void a_broken_stream_is_not_told_without_room(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);

        receive(handle, NULL, 0, NULL);
        feed(handle, "\xFF", 1, 0);
        for (unsigned i = 0; i < 2; i++) {
            expect_refusal(handle, RECEIVE_QUEUE, 0, OUTPUTS, E_INVALIDARG);
            expect_refusal(handle, ALL_QUEUES, 0, OUTPUTS, E_INVALIDARG);
            expect_receive_failure(handle, E_INVALID_PROTOCOL_FORMAT, 1002);
        }
        ws->AbortHandle(handle);
        expect_refusal(handle, RECEIVE_QUEUE, 0, OUTPUTS, E_INVALIDARG);
        expect_close(handle, WEB_SOCKET_ABORTED_CLOSE_STATUS, NULL);
    }
}

/* The state is looked at first; a server's handshake is completed as ever. */
static void before_the_handshake_is_complete_room_makes_no_difference(void)
{
    const WEB_SOCKET_HANDLE handles[] = {create_client(NULL), create_server(NULL), begun_client(NULL)};
    const WEB_SOCKET_HANDLE server = begun_server(NULL);
    struct action action;

    for (size_t i = 0; i < COUNT_OF(handles); i++)
        expect_refusal(handles[i], ALL_QUEUES, 0, OUTPUTS, E_INVALID_PROTOCOL_OPERATION);
    action = get_action(server, ALL_QUEUES, 0);
    expect_outputs(&action, WEB_SOCKET_NO_ACTION, 0, (WEB_SOCKET_BUFFER_TYPE)0, NULL);
    send_data(server, UTF8_MESSAGE, "Hello", 5, NULL);
    expect_refusal(server, ALL_QUEUES, 0, OUTPUTS, E_INVALIDARG);
}

const struct api_case action_outputs_cases[] = {
    API_CASE(RULE_DOC, a_missing_output_is_refused),
    API_CASE(RULE_DOC, an_unknown_queue_is_refused),
    API_CASE(RULE_SDK, the_application_context_may_be_missing),
    API_CASE(RULE_DOC, room_for_many_buffers_is_fine),
    API_CASE(RULE_CHOICE, an_unknown_handle_is_refused_whatever_else_is_wrong),
    API_CASE(RULE_DOC, before_the_handshake_is_complete_the_call_is_refused),
    API_CASE(RULE_DOC, the_call_completes_a_servers_handshake),
    API_CASE(RULE_DOC, no_action_has_no_outputs),
    API_CASE(RULE_DOC, sends_have_the_operations_type_and_context),
    API_CASE(RULE_DOC, receives_have_the_type_of_what_arrived_and_the_operations_context),
    API_CASE(RULE_DOC, a_pong_has_its_type_and_leaves_the_application_context_alone),
    API_CASE(RULE_DOC, an_operations_null_context_comes_back_as_null),
    API_CASE(RULE_APPS, an_action_without_buffers_needs_no_room),
    API_CASE(RULE_CHOICE, a_send_or_a_read_without_room_is_refused_and_nothing_changes),
    API_CASE(RULE_CHOICE, what_arrived_is_not_parsed_without_room),
    API_CASE(RULE_CHOICE, a_broken_stream_is_not_told_without_room),
    API_CASE(RULE_CHOICE, before_the_handshake_is_complete_room_makes_no_difference),
    API_CASES_END,
};
