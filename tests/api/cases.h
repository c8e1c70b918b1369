/*
 * cases.h - the tables of tests, and where each test's rule comes from.
 */
#ifndef API_CASES_H
#define API_CASES_H

/*
 * The authority behind a rule. A library that differs in a RULE_CHOICE is different, not wrong: nothing
 * public says what the genuine DLL does there.
 */
enum rule_source {
    RULE_DOC,   /* Microsoft's reference of the API */
    RULE_SDK,   /* the Windows SDK's websocket.h and winerror.h */
    RULE_NET,   /* .NET's System.Net.WebSockets needs it */
    RULE_APPS,  /* other shipped programs, or Microsoft's sample, rely on it */
    RULE_TRACE, /* implied by the genuine DLL's list of trace messages */
    RULE_WIRE,  /* seen on the wire from genuine clients */
    RULE_RFC,   /* RFC 6455 */
    RULE_CHOICE /* our own decision */
};

struct api_case {
    const char *name;
    void (*function)(void);
    enum rule_source source;
};

/* clang-format off */

/* An entry of a table: the source of the rule, and the function that tests it. */
#define API_CASE(source, function) {#function, function, source}

/* The last entry of every table. */
#define API_CASES_END {0, 0, RULE_CHOICE}

/* Every table, in the order in which they run: X(subject) stands for subject_cases in test_subject.c. */
#define API_TABLES(X) \
    X(abi) \
    X(return_register) \
    X(stdcall) \
    X(handles) \
    X(properties) \
    X(allocated_buffer) \
    X(client_handshake) \
    X(client_answer) \
    X(server_request) \
    X(server_answer) \
    X(send_frames) \
    X(send_buffers) \
    X(send_pieces) \
    X(send_extension) \
    X(send_refused) \
    X(receive_messages) \
    X(receive_parts) \
    X(receive_memory) \
    X(receive_utf8) \
    X(receive_close) \
    X(receive_extension) \
    X(receive_broken) \
    X(receive_failure) \
    X(ping_answer) \
    X(ping_order) \
    X(ping_beside) \
    X(ping_cut) \
    X(ping_held) \
    X(action_order) \
    X(action_outputs) \
    X(action_cancel) \
    X(rfc_examples) \
    X(abort) \
    X(global_property) \
    X(bad_input) \
    X(limits) \
    X(edges) \
    X(threads) \
    X(caller_net) \
    X(caller_net_close) \
    X(caller_net_threads) \
    X(caller_sample) \
    X(caller_header_only) \
    X(caller_select) \
    X(caller_httpsys) \
    X(caller_nested) \
    X(caller_gateway) \
    X(caller_chat_threads) \
    X(caller_count)

/* clang-format on */

#define API_DECLARE_TABLE(subject) extern const struct api_case subject##_cases[];
API_TABLES(API_DECLARE_TABLE)
#undef API_DECLARE_TABLE

#endif
