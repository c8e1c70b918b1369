/*
 * Section 4.1 of the specification, WebSocketEndClientHandshake: which answers of a server are accepted, and
 * what was selected. In the tables an answer is lines of text; the value "*" stands for the right
 * Sec-WebSocket-Accept.
 */
#include "api_tests.h"

#include <ctype.h>

#define GOOD_UPGRADE "Upgrade: websocket\nConnection: Upgrade\n"
#define GOOD_ACCEPT  "Sec-WebSocket-Accept: *"
#define GOOD         GOOD_UPGRADE GOOD_ACCEPT

/* A client after Begin, and the accept key that it expects. */
struct begun {
    WEB_SOCKET_HANDLE client;
    char accept[29];
};

/* The accept key is taken from a server that answers the request. */
static struct begun begin(PCSTR *subprotocols, ULONG subprotocol_count, PCSTR *extensions,
                          ULONG extension_count)
{
    struct begun begun = {create_client(NULL), ""};
    PWEB_SOCKET_HTTP_HEADER request, response;
    ULONG count, response_count;

    assert_result(S_OK, ws->BeginClientHandshake(begun.client, subprotocols, subprotocol_count, extensions,
                                                 extension_count, NULL, 0, &request, &count));
    request = with_header(request, &count, "Host", "");
    assert_result(S_OK, ws->BeginServerHandshake(create_server(NULL), NULL, NULL, 0, request, count,
                                                 &response, &response_count));
    const WEB_SOCKET_HTTP_HEADER *accept = find_header(response, response_count, "Sec-WebSocket-Accept");
    assert_int_equal(accept->ulValueLength, 28);
    memcpy(begun.accept, accept->pcValue, sizeof begun.accept);
    return begun;
}

static HRESULT end(const struct begun *begun, const char *answer)
{
    ULONG count;
    PWEB_SOCKET_HTTP_HEADER headers = headers_from_text(answer, begun->accept, &count);

    return ws->EndClientHandshake(begun->client, headers, count, NULL, NULL, NULL);
}

/* ---- The upgrade itself ---- */

static void good_answers_are_accepted(void)
{
    static const char *const answers[] = {
        GOOD, /* NOLINT(bugprone-suspicious-missing-comma): two literals make one line */
        "Sec-WebSocket-Accept: *\nConnection: Upgrade\nUpgrade: websocket",
        "UPGRADE: websocket\ncOnNeCtIoN: Upgrade\nsec-websocket-accept: *",
        "Upgrade: WebSocket\nConnection: upgrade\nSec-WebSocket-Accept: *",
        "Upgrade: WEBSOCKET\nConnection: UPGRADE\nSec-WebSocket-Accept: *",
        "Upgrade: \t websocket \t\nConnection: \tUpgrade \nSec-WebSocket-Accept: *",
        "Upgrade: h2c, websocket\nConnection: Upgrade\nSec-WebSocket-Accept: *",
        "Upgrade: websocket\nConnection: keep-alive, Upgrade\nSec-WebSocket-Accept: *",
        "Upgrade: websocket\nConnection: Upgrade,keep-alive\nSec-WebSocket-Accept: *",
        "Upgrade: websocket\nConnection: , ,upgrade ,\nSec-WebSocket-Accept: *",
        "Upgrade: websocket\nConnection: keep-alive\nConnection: Upgrade\nSec-WebSocket-Accept: *",
        "Upgrade: websocket\nConnection: Upgrade\nConnection: keep-alive\nSec-WebSocket-Accept: *",
        "Upgrade: websocket\nConnection: Upgrade\nConnection: Upgrade\nSec-WebSocket-Accept: *",
        GOOD "\nServer: test\nX-Empty: \nSet-Cookie: a=b\nSet-Cookie: a=b\nSec-WebSocket-Version: 8\nHost: "
             "a\nHost: b",
    };

    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct begun begun = begin(NULL, 0, NULL, 0);

        assert_result_for(answers[i], S_OK, end(&begun, answers[i]));
        assert_result(S_OK, ws->Receive(begun.client, NULL, NULL));
    }
}

/* Makes the call with each answer on one handle, which stays where it was: at last a good answer opens it. */
static void expect_refused(const struct begun *begun, HRESULT wanted, const char *const *answers,
                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_result_for(answers[i], wanted, end(begun, answers[i]));
        assert_result_for(answers[i], E_INVALID_PROTOCOL_OPERATION, ws->Receive(begun->client, NULL, NULL));
    }
}

static void upgrade_is_there_once_with_the_token_websocket(void)
{
    static const char *const answers[] = {
        "Connection: Upgrade\n" GOOD_ACCEPT,
        "Upgrade: websocket\nUpgrade: websocket\nConnection: Upgrade\n" GOOD_ACCEPT,
        "Upgrade: h2c\nUpgrade: websocket\nConnection: Upgrade\n" GOOD_ACCEPT,
        "Upgrade: \nConnection: Upgrade\n" GOOD_ACCEPT,
        "Upgrade: websockets\nConnection: Upgrade\n" GOOD_ACCEPT,
        "Upgrade: xwebsocket\nConnection: Upgrade\n" GOOD_ACCEPT,
        "Upgrade: websocke\nConnection: Upgrade\n" GOOD_ACCEPT,
        "Upgrade: web socket\nConnection: Upgrade\n" GOOD_ACCEPT,
        "Upgrade: h2c\nConnection: Upgrade\n" GOOD_ACCEPT,
        "Upgrade : websocket\nConnection: Upgrade\n" GOOD_ACCEPT,
        "Upgrad: websocket\nConnection: Upgrade\n" GOOD_ACCEPT,
    };
    struct begun begun = begin(NULL, 0, NULL, 0);

    expect_refused(&begun, E_INVALID_PROTOCOL_FORMAT, answers, COUNT_OF(answers));
    assert_result(S_OK, end(&begun, GOOD));
}

static void connection_has_the_token_upgrade(void)
{
    static const char *const answers[] = {
        "Upgrade: websocket\n" GOOD_ACCEPT,
        "Upgrade: websocket\nConnection: \n" GOOD_ACCEPT,
        "Upgrade: websocket\nConnection: close\n" GOOD_ACCEPT,
        "Upgrade: websocket\nConnection: keep-alive, Upgrades\n" GOOD_ACCEPT,
        "Upgrade: websocket\nConnection: keep-alive Upgrade\n" GOOD_ACCEPT,
        "Upgrade: websocket\nConnection: Upgrad\n" GOOD_ACCEPT,
        "Upgrade: websocket\nConnection: keep-alive\nConnection: close\n" GOOD_ACCEPT,
        "Upgrade: websocket\nProxy-Connection: Upgrade\n" GOOD_ACCEPT,
    };
    struct begun begun = begin(NULL, 0, NULL, 0);

    expect_refused(&begun, E_INVALID_PROTOCOL_FORMAT, answers, COUNT_OF(answers));
    assert_result(S_OK, end(&begun, GOOD));
}

static void accept_is_there_once_and_right(void)
{
    static const char *const answers[] = {
        "Upgrade: websocket\nConnection: Upgrade",
        GOOD "\nSec-WebSocket-Accept: *",
        GOOD "\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        GOOD_UPGRADE "Sec-WebSocket-Accept: ",
        GOOD_UPGRADE "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        GOOD_UPGRADE "Sec-WebSocket-Key: *",
    };
    struct begun begun = begin(NULL, 0, NULL, 0);

    expect_refused(&begun, E_INVALID_PROTOCOL_FORMAT, answers, COUNT_OF(answers));
    assert_result(S_OK, end(&begun, GOOD));
}

/* One character of the accept key is wrong, missing or too many; or its case is. */
static void accept_is_compared_to_the_last_character(void)
{
    struct begun begun = begin(NULL, 0, NULL, 0);
    struct begun wrong = begun;
    char upgrade[] = GOOD_UPGRADE;

    for (size_t i = 0; i < 28; i++) {
        wrong.accept[i] = begun.accept[i] == 'x' ? 'y' : 'x';
        assert_result(E_INVALID_PROTOCOL_FORMAT, end(&wrong, GOOD));
        wrong.accept[i] = begun.accept[i];
        if (isalpha((unsigned char)wrong.accept[i])) {
            wrong.accept[i] ^= 0x20;
            assert_result(E_INVALID_PROTOCOL_FORMAT, end(&wrong, GOOD));
            wrong.accept[i] ^= 0x20;
        }
    }
    wrong.accept[27] = '\0';
    assert_result(E_INVALID_PROTOCOL_FORMAT, end(&wrong, GOOD));
    ULONG count;
    PWEB_SOCKET_HTTP_HEADER headers = headers_from_text(upgrade, "", &count);
    headers = with_header(headers, &count, "Sec-WebSocket-Accept", begun.accept);
    headers[count - 1].pcValue = (PCHAR)heap_copy(begun.accept, 29); /* with its NUL */
    headers[count - 1].ulValueLength = 29;
    assert_result(E_INVALID_PROTOCOL_FORMAT,
                  ws->EndClientHandshake(begun.client, headers, count, NULL, NULL, NULL));
    assert_result(S_OK, end(&begun, GOOD));
}

static void at_least_one_header_is_demanded(void)
{
    static const WEB_SOCKET_HTTP_HEADER none[] = {HEADER("Host", "")};
    struct begun begun = begin(NULL, 0, NULL, 0);

    assert_result(E_INVALIDARG, ws->EndClientHandshake(begun.client, NULL, 0, NULL, NULL, NULL));
    assert_result(E_INVALIDARG,
                  ws->EndClientHandshake(begun.client, heap_headers(none, 1), 0, NULL, NULL, NULL));
    assert_result(S_OK, end(&begun, GOOD));
}

static void the_handshake_ends_once(void)
{
    struct begun begun = begin(NULL, 0, NULL, 0);

    assert_result(S_OK, end(&begun, GOOD));
    assert_result(E_INVALID_PROTOCOL_OPERATION, end(&begun, GOOD));
}

/* ---- The subprotocol ---- */

static void an_offered_subprotocol_must_be_selected(void)
{
    static const char *const answers[] = {
        GOOD,
        GOOD "\nSec-WebSocket-Protocol: ",
        GOOD "\nSec-WebSocket-Protocol: c",
        GOOD "\nSec-WebSocket-Protocol: A",
        GOOD "\nSec-WebSocket-Protocol: a, bb",
        GOOD "\nSec-WebSocket-Protocol: a, a",
        GOOD "\nSec-WebSocket-Protocol: b",
        GOOD "\nSec-WebSocket-Protocol: bbb",
        GOOD "\nSec-WebSocket-Protocol: a\nSec-WebSocket-Protocol: bb",
        GOOD "\nSec-WebSocket-Protocol: a\nSec-WebSocket-Protocol: a",
    };
    PCSTR offers[] = {"a", "bb"};
    struct begun begun = begin(offers, 2, NULL, 0);

    expect_refused(&begun, E_SUBPROTOCOL_NOT_SUPPORTED, answers, COUNT_OF(answers));
    assert_result(S_OK, end(&begun, GOOD "\nSec-WebSocket-Protocol: bb"));
}

static void a_subprotocol_that_was_not_offered_is_refused(void)
{
    struct begun begun = begin(NULL, 0, NULL, 0);

    assert_result(E_SUBPROTOCOL_NOT_SUPPORTED, end(&begun, GOOD "\nSec-WebSocket-Protocol: a"));
    assert_result(S_OK, end(&begun, GOOD));
}

static void the_selected_subprotocol_is_told_by_its_index(void)
{
    PCSTR offers[] = {"a", "bb", "ccc"};

    for (ULONG i = 0; i < 3; i++) {
        static const char *const answers[] = {GOOD "\nSec-WebSocket-Protocol: a",
                                              GOOD "\nsec-websocket-protocol: bb",
                                              GOOD "\nSec-WebSocket-Protocol:  ccc "};
        struct begun begun = begin(offers, 3, NULL, 0);
        ULONG count, selected = POISON_ULONG;
        PWEB_SOCKET_HTTP_HEADER headers = headers_from_text(answers[i], begun.accept, &count);

        assert_result(S_OK, ws->EndClientHandshake(begun.client, headers, count, NULL, NULL, &selected));
        assert_int_equal(selected, i);
    }
}

static void without_a_subprotocol_its_index_is_untouched(void)
{
    struct begun begun = begin(NULL, 0, NULL, 0);
    ULONG count, selected = POISON_ULONG;
    PWEB_SOCKET_HTTP_HEADER headers = headers_from_text(GOOD, begun.accept, &count);

    assert_result(S_OK, ws->EndClientHandshake(begun.client, headers, count, NULL, NULL, &selected));
    assert_int_equal(selected, POISON_ULONG);
}

/* ---- The extensions ---- */

static PCSTR extension_offers[] = {"x", "y; p=1", "zz"};

/* Some servers send them; .NET takes them so too. */
static void empty_headers_count_as_absent(void)
{
    static const struct {
        const char *answer;
        ULONG subprotocols; /* how many of "a", "bb" are offered */
        HRESULT result;
        ULONG selected; /* the subprotocol's index */
    } rows[] = {
        {GOOD "\nSec-WebSocket-Protocol: ", 0, S_OK, POISON_ULONG},
        {GOOD "\nSec-WebSocket-Protocol: \t\nSec-WebSocket-Protocol: ", 0, S_OK, POISON_ULONG},
        {GOOD "\nSec-WebSocket-Extensions: ", 0, S_OK, POISON_ULONG},
        {"Sec-WebSocket-Extensions: \n" GOOD "\nSec-WebSocket-Protocol: \nSec-WebSocket-Extensions:  ", 0,
         S_OK, POISON_ULONG},
        {GOOD "\nSec-WebSocket-Protocol: ", 2, E_SUBPROTOCOL_NOT_SUPPORTED,
         POISON_ULONG}, /* as if it were absent */
        {GOOD "\nSec-WebSocket-Protocol: \nSec-WebSocket-Protocol: bb", 2, S_OK, 1},
        {GOOD "\nSec-WebSocket-Protocol: a\nSec-WebSocket-Extensions: \nSec-WebSocket-Protocol: ", 2, S_OK,
         0},
    };
    PCSTR offers[] = {"a", "bb"};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct begun begun = begin(offers, rows[i].subprotocols, extension_offers, 3);
        ULONG count, extensions = 0, selected = POISON_ULONG;
        PWEB_SOCKET_HTTP_HEADER headers = headers_from_text(rows[i].answer, begun.accept, &count);

        assert_result_for(rows[i].answer, rows[i].result,
                          ws->EndClientHandshake(begun.client, headers, count, NULL, &extensions, &selected));
        assert_int_equal(extensions, 0);
        assert_int_equal(selected, rows[i].selected);
    }
}

struct selection_row {
    const char *answer;
    ULONG count;
    ULONG selected[3];
};

/* The indices are written into an exact-size block, in the server's order. */
static void selected_extensions_are_told_by_their_indices(void)
{
    static const struct selection_row rows[] = {
        {GOOD, 0, {0}},
        {GOOD "\nSec-WebSocket-Extensions: x", 1, {0}},
        {GOOD "\nSec-WebSocket-Extensions: y", 1, {1}},
        {GOOD "\nSec-WebSocket-Extensions: y; p=2; q", 1, {1}},
        {GOOD "\nSec-WebSocket-Extensions: zz, x", 2, {2, 0}},
        {GOOD "\nSec-WebSocket-Extensions: zz , y ;p=\"1\",x", 3, {2, 1, 0}},
        {GOOD "\nsec-websocket-extensions: y\nSec-WebSocket-Extensions: x", 2, {1, 0}},
        {GOOD "\nSec-WebSocket-Extensions: x,, zz,", 2, {0, 2}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct begun begun = begin(NULL, 0, extension_offers, 3);
        ULONG count, written = rows[i].count;
        PWEB_SOCKET_HTTP_HEADER headers = headers_from_text(rows[i].answer, begun.accept, &count);
        ULONG *selected = (ULONG *)(void *)heap_block(rows[i].count * sizeof(ULONG));

        assert_result_for(rows[i].answer, S_OK,
                          ws->EndClientHandshake(begun.client, headers, count, selected, &written, NULL));
        assert_int_equal(written, rows[i].count);
        if (written > 0)
            assert_memory_equal(selected, rows[i].selected, written * sizeof(ULONG));
    }
}

static void an_extension_that_was_not_offered_is_refused(void)
{
    static const char *const answers[] = {
        GOOD "\nSec-WebSocket-Extensions: w",
        GOOD "\nSec-WebSocket-Extensions: x, w",
        GOOD "\nSec-WebSocket-Extensions: x\nSec-WebSocket-Extensions: w",
        GOOD "\nSec-WebSocket-Extensions: z",
        GOOD "\nSec-WebSocket-Extensions: zzz",
        GOOD "\nSec-WebSocket-Extensions: p",
    };
    struct begun begun = begin(NULL, 0, extension_offers, 3);
    struct begun without = begin(NULL, 0, NULL, 0);

    expect_refused(&begun, E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED, answers, COUNT_OF(answers));
    assert_result(S_OK, end(&begun, GOOD "\nSec-WebSocket-Extensions: x"));
    assert_result(E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED, end(&without, GOOD "\nSec-WebSocket-Extensions: x"));
    assert_result(S_OK, end(&without, GOOD));
}

static void an_extension_named_twice_or_malformed_is_refused(void)
{
    static const char *const answers[] = {
        GOOD "\nSec-WebSocket-Extensions: x, x",
        GOOD "\nSec-WebSocket-Extensions: x, y, x; a",
        GOOD "\nSec-WebSocket-Extensions: x\nSec-WebSocket-Extensions: x",
        GOOD "\nSec-WebSocket-Extensions: x;",
        GOOD "\nSec-WebSocket-Extensions: x; p=",
        GOOD "\nSec-WebSocket-Extensions: x; =1",
        GOOD "\nSec-WebSocket-Extensions: x y",
        GOOD "\nSec-WebSocket-Extensions: x; p=\"1",
        GOOD "\nSec-WebSocket-Extensions: x; p=1 2",
        GOOD "\nSec-WebSocket-Extensions: x=1",
        GOOD "\nSec-WebSocket-Extensions: ;p",
        GOOD "\nSec-WebSocket-Extensions: (x)",
        GOOD "\nSec-WebSocket-Extensions: x, y; p=@",
    };
    struct begun begun = begin(NULL, 0, extension_offers, 3);

    expect_refused(&begun, E_INVALID_PROTOCOL_FORMAT, answers, COUNT_OF(answers));
    assert_result(S_OK, end(&begun, GOOD "\nSec-WebSocket-Extensions: x"));
}

static void a_list_of_extensions_without_any_is_malformed(void)
{
    static const char *const answers[] = {
        GOOD "\nSec-WebSocket-Extensions: ,",
        GOOD "\nSec-WebSocket-Extensions:  , ,",
        GOOD "\nSec-WebSocket-Extensions: \nSec-WebSocket-Extensions: ,",
    };
    struct begun begun = begin(NULL, 0, extension_offers, 3);

    expect_refused(&begun, E_INVALID_PROTOCOL_FORMAT, answers, COUNT_OF(answers));
    assert_result(S_OK, end(&begun, GOOD));
}

static void a_small_array_of_extensions_tells_the_room_needed(void)
{
    struct begun begun = begin(NULL, 0, extension_offers, 3);
    ULONG count;
    PWEB_SOCKET_HTTP_HEADER headers =
        headers_from_text(GOOD "\nSec-WebSocket-Extensions: zz, x, y", begun.accept, &count);
    ULONG *selected = (ULONG *)(void *)heap_block(3 * sizeof(ULONG));
    ULONG written;

    for (ULONG room = 0; room < 3; room++) {
        written = room;
        assert_result(HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER),
                      ws->EndClientHandshake(begun.client, headers, count, selected, &written, NULL));
        assert_int_equal(written, 3);
        assert_true(block_untouched(selected, 3 * sizeof(ULONG)));
    }
    assert_result(S_OK, ws->EndClientHandshake(begun.client, headers, count, selected, &written, NULL));
    assert_int_equal(selected[0], 2);
    assert_int_equal(selected[1], 0);
    assert_int_equal(selected[2], 1);
}

static void more_room_than_needed_is_left_alone(void)
{
    struct begun begun = begin(NULL, 0, extension_offers, 3);
    ULONG count, written = 8;
    PWEB_SOCKET_HTTP_HEADER headers =
        headers_from_text(GOOD "\nSec-WebSocket-Extensions: y", begun.accept, &count);
    ULONG *selected = (ULONG *)(void *)heap_block(8 * sizeof(ULONG));

    assert_result(S_OK, ws->EndClientHandshake(begun.client, headers, count, selected, &written, NULL));
    assert_int_equal(written, 1);
    assert_int_equal(selected[0], 1);
    assert_true(block_untouched(selected + 1, 7 * sizeof(ULONG)));
}

static void the_number_of_extensions_may_be_asked_for_alone(void)
{
    struct begun begun = begin(NULL, 0, extension_offers, 3);
    ULONG count, written = 0;
    PWEB_SOCKET_HTTP_HEADER headers =
        headers_from_text(GOOD "\nSec-WebSocket-Extensions: y, x", begun.accept, &count);

    assert_result(S_OK, ws->EndClientHandshake(begun.client, headers, count, NULL, &written, NULL));
    assert_int_equal(written, 2);
}

static void an_array_of_extensions_needs_its_count(void)
{
    struct begun begun = begin(NULL, 0, extension_offers, 3);
    ULONG count, selected[3];
    PWEB_SOCKET_HTTP_HEADER headers = headers_from_text(GOOD, begun.accept, &count);

    memset(selected, BLOCK_POISON, sizeof selected);
    assert_result(E_INVALIDARG, ws->EndClientHandshake(begun.client, headers, count, selected, NULL, NULL));
    assert_true(block_untouched(selected, sizeof selected));
    assert_result(S_OK, end(&begun, GOOD));
}

/* ---- Failures ---- */

static void a_failed_end_leaves_the_outputs_alone(void)
{
    static const char *const answers[] = {
        GOOD_UPGRADE "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n"
                     "Sec-WebSocket-Protocol: a\nSec-WebSocket-Extensions: x",
        GOOD "\nSec-WebSocket-Protocol: b\nSec-WebSocket-Extensions: x",
        GOOD "\nSec-WebSocket-Protocol: a\nSec-WebSocket-Extensions: x, w",
        GOOD "\nSec-WebSocket-Protocol: a\nSec-WebSocket-Extensions: x, x",
    };
    PCSTR offer = "a";
    struct begun begun = begin(&offer, 1, extension_offers, 3);

    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        ULONG count, selected[3], written = 3, subprotocol = POISON_ULONG;
        PWEB_SOCKET_HTTP_HEADER headers = headers_from_text(answers[i], begun.accept, &count);

        memset(selected, BLOCK_POISON, sizeof selected);
        assert_true(
            FAILED(ws->EndClientHandshake(begun.client, headers, count, selected, &written, &subprotocol)));
        assert_true(block_untouched(selected, sizeof selected));
        assert_int_equal(written, 3);
        assert_int_equal(subprotocol, POISON_ULONG);
    }
}

const struct api_case client_answer_cases[] = {
    API_CASE(RULE_RFC, good_answers_are_accepted),
    API_CASE(RULE_RFC, upgrade_is_there_once_with_the_token_websocket),
    API_CASE(RULE_RFC, connection_has_the_token_upgrade),
    API_CASE(RULE_RFC, accept_is_there_once_and_right),
    API_CASE(RULE_RFC, accept_is_compared_to_the_last_character),
    API_CASE(RULE_TRACE, at_least_one_header_is_demanded),
    API_CASE(RULE_DOC, the_handshake_ends_once),
    API_CASE(RULE_DOC, an_offered_subprotocol_must_be_selected),
    API_CASE(RULE_DOC, a_subprotocol_that_was_not_offered_is_refused),
    API_CASE(RULE_DOC, the_selected_subprotocol_is_told_by_its_index),
    API_CASE(RULE_DOC, without_a_subprotocol_its_index_is_untouched),
    API_CASE(RULE_DOC, selected_extensions_are_told_by_their_indices),
    API_CASE(RULE_TRACE, an_extension_that_was_not_offered_is_refused),
    API_CASE(RULE_TRACE, an_extension_named_twice_or_malformed_is_refused),
    API_CASE(RULE_CHOICE, empty_headers_count_as_absent),
    API_CASE(RULE_CHOICE, a_list_of_extensions_without_any_is_malformed),
    API_CASE(RULE_CHOICE, a_small_array_of_extensions_tells_the_room_needed),
    API_CASE(RULE_CHOICE, more_room_than_needed_is_left_alone),
    API_CASE(RULE_CHOICE, the_number_of_extensions_may_be_asked_for_alone),
    API_CASE(RULE_CHOICE, an_array_of_extensions_needs_its_count),
    API_CASE(RULE_CHOICE, a_failed_end_leaves_the_outputs_alone),
    API_CASES_END};
