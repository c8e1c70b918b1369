/*
 * Sending, section 5.3 of the specification: frames as an extension wants them. A buffer type below 0x200 is
 * the first byte times 2; its lowest bit is the mask bit and must be 0.
 */
#include "api_tests.h"
#include "play.h"

#define EXTENSION_TYPE(first) ((WEB_SOCKET_BUFFER_TYPE)((first) << 1))

static WEB_SOCKET_HANDLE open_extended(enum role role)
{
    return open_role(role, &(struct session_options){.extension = "x-test"});
}

static HRESULT send_frame(WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type, uint8_t *bytes, size_t size)
{
    WEB_SOCKET_BUFFER buffer;

    memset(&buffer, 0, sizeof buffer);
    buffer.Data.pbBuffer = bytes;
    buffer.Data.ulBufferLength = (ULONG)size;
    return ws->Send(handle, type, &buffer, NULL);
}

static void an_extension_frame_is_sent_as_given(void)
{
    /* The first: a text message as permessage-deflate sends it. */
    static const unsigned firsts[] = {FIN | RSV1 | OP_TEXT,
                                      FIN | RSV2 | OP_BINARY,
                                      FIN | RSV3 | OP_TEXT,
                                      FIN | 0x3,
                                      FIN | 0x7,
                                      FIN | RSV1 | RSV2 | RSV3 | 0x5,
                                      FIN | 0xB,
                                      FIN | 0xF,
                                      FIN | RSV1 | OP_PING};

    for (size_t i = 0; i < COUNT_OF(firsts); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            WEB_SOCKET_HANDLE handle = open_extended(role);
            uint8_t *payload = make_payload(125);
            struct stream sent = {NULL, 0};

            assert_result(S_OK, send_frame(handle, EXTENSION_TYPE(firsts[i]), payload, 125));
            stream_output(&sent, handle);
            expect_frame(role_name(role), &sent, role, firsts[i], payload, 125);
            assert_int_equal(sent.size, 0);
        }
    }
}

static void the_type_of_an_extension_frame_comes_back_with_its_actions(void)
{
    WEB_SOCKET_HANDLE handle = open_extended(ROLE_SERVER);
    struct action action;

    assert_result(S_OK, send_frame(handle, (WEB_SOCKET_BUFFER_TYPE)0x182, make_payload(5), 5));
    action = next_action(handle, SEND_QUEUE, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action.type, 0x182);
    assert_int_equal(action.count, 2);
    assert_memory_equal(action.buffers[0].Data.pbBuffer, "\xC1\x05", 2);
    complete(handle, &action);
    action = next_action(handle, SEND_QUEUE, WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION);
    assert_int_equal(action.type, 0x182);
}

static void an_extension_message_may_be_fragmented(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_extended(role);
        uint8_t *payload = make_payload(300);
        struct stream sent = {NULL, 0};

        assert_result(S_OK, send_frame(handle, EXTENSION_TYPE(RSV1 | OP_TEXT), payload, 300));
        send_nothing(handle, PING_PONG, NULL);
        assert_result(S_OK, send_frame(handle, EXTENSION_TYPE(OP_CONTINUATION), payload, 200));
        assert_result(S_OK, send_frame(handle, EXTENSION_TYPE(FIN | OP_CONTINUATION), payload, 0));
        send_data(handle, UTF8_MESSAGE, "plain", 5, NULL);
        stream_output(&sent, handle);
        expect_frame("begun", &sent, role, RSV1 | OP_TEXT, payload, 300);
        expect_frame("ping", &sent, role, FIN | OP_PING, NULL, 0);
        expect_frame("continued", &sent, role, OP_CONTINUATION, payload, 200);
        expect_frame("ended", &sent, role, FIN | OP_CONTINUATION, NULL, 0);
        expect_frame("an ordinary message", &sent, role, FIN | OP_TEXT, "plain", 5);
        assert_int_equal(sent.size, 0);
    }
}

static void without_an_extension_such_a_frame_is_refused(void)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        WEB_SOCKET_HANDLE handle = open_role(role, NULL);
        uint8_t *payload = make_payload(5);

        assert_result(E_INVALID_PROTOCOL_OPERATION,
                      send_frame(handle, EXTENSION_TYPE(FIN | RSV1 | OP_TEXT), payload, 5));
        assert_result(E_INVALID_PROTOCOL_OPERATION,
                      send_frame(handle, EXTENSION_TYPE(FIN | OP_TEXT), payload, 5));
        assert_result(E_INVALID_PROTOCOL_OPERATION,
                      send_frame(handle, EXTENSION_TYPE(FIN | 0xB), payload, 5));
        assert_result(E_INVALID_PROTOCOL_OPERATION,
                      send_frame(handle, (WEB_SOCKET_BUFFER_TYPE)0, payload, 5));
        expect_no_action(handle, SEND_QUEUE);
        send_data(handle, UTF8_MESSAGE, "ok", 2, NULL);
    }
}

/* An argument that can never be right is told before the state, extension or not. */
static void an_extension_frame_with_the_mask_bit_is_refused(void)
{
    static const int types[] = {0x183, 0x1, 0x1FF, 0x3};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            uint8_t *payload = make_payload(5);
            WEB_SOCKET_HANDLE extended = open_extended(role);

            assert_result(E_INVALIDARG, send_frame(extended, (WEB_SOCKET_BUFFER_TYPE)types[i], payload, 5));
            expect_no_action(extended, SEND_QUEUE);
            assert_result(E_INVALIDARG,
                          send_frame(open_role(role, NULL), (WEB_SOCKET_BUFFER_TYPE)types[i], payload, 5));
        }
    }
}

static void an_extensions_control_frame_must_have_fin(void)
{
    static const unsigned firsts[] = {0x8, 0x9, 0xA, 0xB, 0xF, RSV1 | 0x9};

    for (size_t i = 0; i < COUNT_OF(firsts); i++) {
        WEB_SOCKET_HANDLE handle = open_extended(ROLE_SERVER);

        assert_result(E_INVALIDARG, send_frame(handle, EXTENSION_TYPE(firsts[i]), make_payload(5), 5));
        expect_no_action(handle, SEND_QUEUE);
    }
}

static void an_extensions_control_frame_has_at_most_125_bytes(void)
{
    static const unsigned firsts[] = {FIN | 0xB, FIN | 0xF, FIN | RSV1 | OP_PING};

    for (size_t i = 0; i < COUNT_OF(firsts); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            WEB_SOCKET_HANDLE handle = open_extended(role);

            assert_result(E_INVALIDARG,
                          send_frame(handle, EXTENSION_TYPE(firsts[i]), make_payload(126), 126));
            expect_no_action(handle, SEND_QUEUE);
            assert_result(S_OK, send_frame(handle, EXTENSION_TYPE(firsts[i]), make_payload(125), 125));
        }
    }
}

static void an_extension_frame_with_a_null_payload_and_a_length_is_refused(void)
{
    WEB_SOCKET_HANDLE handle = open_extended(ROLE_CLIENT);

    assert_result(E_INVALIDARG, send_frame(handle, EXTENSION_TYPE(FIN | RSV1 | OP_TEXT), NULL, 5));
    expect_no_action(handle, SEND_QUEUE);
}

/* The rule for a client's control frames of section 7 holds for these as well. */
static void an_extensions_control_frame_of_a_client_is_one_action(void)
{
    WEB_SOCKET_HANDLE client = open_client(
        &(struct session_options){.receive_buffer = 256, .send_buffer = 16, .extension = "x-test"});
    struct action action;

    assert_result(S_OK, send_frame(client, EXTENSION_TYPE(FIN | 0xB), make_payload(125), 125));
    action = get_action(client, SEND_QUEUE, 1);
    assert_int_equal(action.action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(action_size(&action), 131);
}

const struct api_case send_extension_cases[] = {
    API_CASE(RULE_DOC, an_extension_frame_is_sent_as_given),
    API_CASE(RULE_DOC, the_type_of_an_extension_frame_comes_back_with_its_actions),
    API_CASE(RULE_DOC, an_extension_message_may_be_fragmented),
    API_CASE(RULE_TRACE, without_an_extension_such_a_frame_is_refused),
    API_CASE(RULE_TRACE, an_extension_frame_with_the_mask_bit_is_refused),
    API_CASE(RULE_RFC, an_extensions_control_frame_must_have_fin),
    API_CASE(RULE_RFC, an_extensions_control_frame_has_at_most_125_bytes),
    API_CASE(RULE_TRACE, an_extension_frame_with_a_null_payload_and_a_length_is_refused),
    API_CASE(RULE_CHOICE, an_extensions_control_frame_of_a_client_is_one_action),
    API_CASES_END,
};
