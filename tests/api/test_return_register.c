/*
 * Section 1.1 of the specification: the three functions that return nothing leave S_OK in the return register. Programs
 * that were written from the reference declare them as functions of type HRESULT, and take anything else for a failure.
 */
#include "api_tests.h"
#include "play.h"

/* The call comes right after another one that left E_HANDLE in the register. */
#define expect_s_ok(row, call) ((void)ws->EndServerHandshake(NULL), assert_result_for(row, S_OK, call))

/* A handle in each of its states. */
static const struct {
    const char *name;
    WEB_SOCKET_HANDLE (*make)(const struct session_options *options);
} states[] = {
    {"created client", create_client}, {"begun client", begun_client}, {"open client", open_client},
    {"created server", create_server}, {"begun server", begun_server}, {"open server", open_server},
};

/* The next action of the queue, which is to be completed with its size plus `more`. */
static void expect_completion(WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue,
                              WEB_SOCKET_ACTION wanted, int more)
{
    struct action action = next_action(handle, queue, wanted);
    ULONG bytes = (ULONG)((int)action_size(&action) + more);

    expect_s_ok("action", library_results().CompleteAction(handle, action.context, bytes));
}

/* ---- Completing ---- */

static void completing_a_send_returns_s_ok(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, &(struct session_options){.send_buffer = 16});

        /* Whole; written and told as nothing; only its header told; more told than there was. */
        for (int more = -3; more <= 1; more++) {
            send_data(handle, UTF8_MESSAGE, "abc", 3, NULL);
            expect_completion(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION, more);
            expect_completion(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, more + 3);
        }
        send_nothing(handle, PING_PONG, NULL);
        expect_completion(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION, 0);
        expect_completion(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, 0);
        send_close(handle, 1000, "bye", NULL);
        expect_completion(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION, 0);
        expect_completion(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, 0);
    }
}

/* A client's message of several actions, then one that is given up in the middle. */
static void completing_a_piece_returns_s_ok(void)
{
    WEB_SOCKET_HANDLE client = open_client(&(struct session_options){.send_buffer = 16});

    send_data(client, BINARY_MESSAGE, make_payload(40), 40, NULL);
    for (size_t piece = 0; piece < 3; piece++)
        expect_completion(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION, 0);
    expect_completion(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, 0);
    send_data(client, BINARY_MESSAGE, make_payload(40), 40, NULL);
    expect_completion(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION, 0);
    expect_completion(client, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION, -1);
    expect_completion(client, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, 0);
}

/* What the peer sends is read in one go, in the way that expect_completion() completes other actions. */
static void expect_read(WEB_SOCKET_HANDLE handle, const struct stream *in)
{
    struct action action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);

    memcpy(action.buffers[0].Data.pbBuffer, in->bytes, in->size);
    expect_s_ok("read", library_results().CompleteAction(handle, action.context, (ULONG)in->size));
}

static void completing_a_receive_returns_s_ok(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream in = {NULL, 0};

        stream_frame(&in, role, FIN | OP_PING, "ping", 4);
        stream_frame(&in, role, FIN | OP_TEXT, "abc", 3);
        stream_frame(&in, role, FIN | OP_PING, "ping", 4);
        stream_frame(&in, role, FIN | OP_PONG, "pong", 4);
        stream_close(&in, role, 1000, "bye");
        receive(handle, NULL, 0, NULL);
        expect_read(handle, &in);
        expect_completion(handle, RECEIVE_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION, 0);
        expect_completion(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION, 0);
        receive(handle, NULL, 0, NULL);
        expect_completion(handle, RECEIVE_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION,
                          -1); /* the pong is dropped */
        expect_completion(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION, 0);
        receive(handle, NULL, 0, NULL);
        expect_completion(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION, 5);
    }
}

/* The connection has ended, or a caller says that it has read more than was offered. */
static void completing_a_read_that_cancels_returns_s_ok(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct action action;

        for (int more = 0; more <= 1; more++) {
            receive(handle, NULL, 0, NULL);
            action = next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
            expect_s_ok("read", library_results().CompleteAction(handle, action.context,
                                                                 more != 0 ? action_size(&action) + 1 : 0));
            expect_completion(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION, 0);
        }
    }
}

/* Broken input, then the abort that brings everything back. */
static void completing_after_a_failure_and_after_an_abort_returns_s_ok(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct stream in = {NULL, 0};

        stream_bytes(&in, "\xFF\xFF", 2);
        receive(handle, NULL, 0, NULL);
        send_data(handle, UTF8_MESSAGE, "abc", 3, NULL);
        send_data(handle, UTF8_MESSAGE, "abc", 3, NULL);
        expect_read(handle, &in);
        expect_receive_failure(handle, E_INVALID_PROTOCOL_FORMAT, 1002);
        expect_completion(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION, 0);
        expect_s_ok("abort", library_results().AbortHandle(handle));
        expect_completion(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, 0);
        expect_completion(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, 0);
        expect_completion(handle, RECEIVE_QUEUE, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION, 0);
        expect_no_action(handle, ALL_QUEUES);
    }
}

/* NO_ACTION's context, which is NULL: Microsoft's sample completes it. */
static void completing_null_returns_s_ok(void)
{
    for (size_t state = 0; state < COUNT_OF(states); state++) {
        WEB_SOCKET_HANDLE handle = states[state].make(NULL);

        expect_s_ok(states[state].name, library_results().CompleteAction(handle, NULL, 0));
        expect_s_ok(states[state].name, library_results().CompleteAction(handle, NULL, 7));
    }
}

static void completing_an_unknown_context_returns_s_ok(void)
{
    for (size_t state = 0; state < COUNT_OF(states); state++) {
        WEB_SOCKET_HANDLE handle = states[state].make(NULL);
        int local;

        expect_s_ok(states[state].name, library_results().CompleteAction(handle, &local, 0));
    }
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        struct action action;
        int local;

        send_nothing(handle, BINARY_MESSAGE, NULL);
        action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        expect_s_ok("another one is outstanding", library_results().CompleteAction(handle, &local, 0));
        complete(handle, &action);
        expect_s_ok("it was completed", library_results().CompleteAction(handle, action.context, 0));
    }
}

/* ---- Abort and delete ---- */

static void aborting_returns_s_ok(void)
{
    for (size_t state = 0; state < COUNT_OF(states); state++) {
        WEB_SOCKET_HANDLE handle = states[state].make(NULL);

        expect_s_ok(states[state].name, library_results().AbortHandle(handle));
        expect_s_ok(states[state].name, library_results().AbortHandle(handle));
    }
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);

        receive(handle, NULL, 0, NULL);
        receive(handle, NULL, 0, NULL);
        send_nothing(handle, BINARY_MESSAGE, NULL);
        next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        expect_s_ok("two actions are outstanding", library_results().AbortHandle(handle));
    }
}

static void expect_deleted(const char *row, WEB_SOCKET_HANDLE handle)
{
    forget_handle(handle);
    expect_s_ok(row, library_results().DeleteHandle(handle));
}

static void deleting_returns_s_ok(void)
{
    for (size_t state = 0; state < COUNT_OF(states); state++)
        expect_deleted(states[state].name, states[state].make(NULL));
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);

        receive(handle, NULL, 0, NULL);
        receive(handle, NULL, 0, NULL);
        send_nothing(handle, BINARY_MESSAGE, NULL);
        next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
        next_action(handle, RECEIVE_QUEUE, WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION);
        expect_deleted("two actions are outstanding", handle);
        handle = open_role(role, NULL);
        expect_s_ok("abort", library_results().AbortHandle(handle));
        expect_deleted("aborted", handle);
    }
}

/* Programs delete what they never created. */
static void deleting_null_returns_s_ok(void)
{
    expect_s_ok("delete", library_results().DeleteHandle(NULL));
}

/* ---- No such handle ---- */

static void a_handle_that_is_none_makes_no_difference(void)
{
    WEB_SOCKET_HANDLE dead = open_server(NULL);
    int local = 0;
    WEB_SOCKET_HANDLE handles[] = {NULL, (WEB_SOCKET_HANDLE)(void *)&local, dead};

    delete_handle(dead);
    for (size_t i = 0; i < COUNT_OF(handles); i++) {
        expect_s_ok("complete NULL", library_results().CompleteAction(handles[i], NULL, 0));
        expect_s_ok("complete", library_results().CompleteAction(handles[i], &local, 1));
        expect_s_ok("abort", library_results().AbortHandle(handles[i]));
        expect_s_ok("delete", library_results().DeleteHandle(handles[i]));
    }
}

const struct api_case return_register_cases[] = {
    API_CASE(RULE_APPS, completing_a_send_returns_s_ok),
    API_CASE(RULE_APPS, completing_a_piece_returns_s_ok),
    API_CASE(RULE_APPS, completing_a_receive_returns_s_ok),
    API_CASE(RULE_APPS, completing_a_read_that_cancels_returns_s_ok),
    API_CASE(RULE_APPS, completing_after_a_failure_and_after_an_abort_returns_s_ok),
    API_CASE(RULE_APPS, completing_null_returns_s_ok),
    API_CASE(RULE_DOC, completing_an_unknown_context_returns_s_ok),
    API_CASE(RULE_APPS, aborting_returns_s_ok),
    API_CASE(RULE_APPS, deleting_returns_s_ok),
    API_CASE(RULE_APPS, deleting_null_returns_s_ok),
    API_CASE(RULE_CHOICE, a_handle_that_is_none_makes_no_difference), /* that it does not crash is ours */
    API_CASES_END,
};
