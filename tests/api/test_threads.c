/*
 * Section 11 of the specification: calls from several threads. These are plain cases of two threads; races
 * are looked for elsewhere.
 */
#include "api_tests.h"

#include "threads.h"

/* ---- One thread sends while another receives ---- */

#define MESSAGES     500
#define MESSAGE_SIZE 300

/* What the writing thread does with one client handle. */
struct writer {
    WEB_SOCKET_HANDLE client;
    uint8_t payload[MESSAGE_SIZE];
    uint8_t output[MESSAGES * (MESSAGE_SIZE + FRAME_HEADER_MAX)];
    size_t size;
    unsigned failures;
};

/* Sends one message; its bytes, complete and in order, are appended to the output. */
static void write_message(struct writer *writer, unsigned number)
{
    WEB_SOCKET_BUFFER buffer;

    memset(writer->payload, (int)(number & 0x7F), sizeof writer->payload);
    buffer.Data.pbBuffer = writer->payload;
    buffer.Data.ulBufferLength = sizeof writer->payload;
    writer->failures +=
        ws->Send(writer->client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &buffer, NULL) != S_OK;
    for (;;) {
        WEB_SOCKET_BUFFER buffers[1];
        ULONG count = 1, total = 0;
        WEB_SOCKET_ACTION action;
        WEB_SOCKET_BUFFER_TYPE type;
        PVOID application, context;

        if (ws->GetAction(writer->client, SEND_QUEUE, buffers, &count, &action, &type, &application,
                          &context) != S_OK) {
            writer->failures++;
            return;
        }
        for (ULONG i = 0; i < count; i++) {
            memcpy(writer->output + writer->size, buffers[i].Data.pbBuffer, buffers[i].Data.ulBufferLength);
            writer->size += buffers[i].Data.ulBufferLength;
            total += buffers[i].Data.ulBufferLength;
        }
        ws->CompleteAction(writer->client, context, total);
        if (action == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION)
            return;
        if (action == WEB_SOCKET_NO_ACTION) {
            writer->failures++;
            return;
        }
    }
}

static void write_messages(void *argument)
{
    struct writer *writer = argument;

    for (unsigned i = 0; i < MESSAGES; i++)
        write_message(writer, i);
}

static void one_thread_sends_while_another_receives(void)
{
    static struct writer writer;
    uint8_t payload[MESSAGE_SIZE];
    uint8_t frame[FRAME_HEADER_MAX + sizeof payload];
    size_t frame_size, at = 0;
    struct thread thread;

    memset(&writer, 0, sizeof writer);
    writer.client = open_client(&(struct session_options){.receive_buffer = 256, .send_buffer = 64});
    memset(payload, 'r', sizeof payload);
    frame_size = make_frame(frame, FIN | OP_BINARY, false, payload, sizeof payload);

    /* The thread has to end before an assertion may fail: what is seen is only counted while it runs. */
    unsigned received = 0;
    thread_start(&thread, write_messages, &writer);
    for (unsigned i = 0; i < MESSAGES; i++) {
        struct action action;
        size_t given = 0, taken = 0;

        received += ws->Receive(writer.client, NULL, NULL) == S_OK;
        received += ws->Receive(writer.client, NULL, NULL) == S_OK;
        while (taken < sizeof payload) {
            action = get_action(writer.client, RECEIVE_QUEUE, 1);
            if (action.result != S_OK || action.action == WEB_SOCKET_NO_ACTION)
                break;
            if (action.action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION) {
                ULONG size = action.buffers[0].Data.ulBufferLength;

                size = size > frame_size - given ? (ULONG)(frame_size - given) : size;
                memcpy(action.buffers[0].Data.pbBuffer, frame + given, size);
                given += size;
                complete_with(writer.client, &action, size);
            } else {
                ULONG size = action.buffers[0].Data.ulBufferLength;

                received += size <= sizeof payload - taken &&
                            memcmp(action.buffers[0].Data.pbBuffer, payload + taken, size) == 0;
                taken += size;
                complete(writer.client, &action);
            }
        }
    }
    thread_join(&thread);

    assert_int_equal(received, 4 * MESSAGES); /* two operations and their two parts a message */
    assert_int_equal(writer.failures, 0);
    for (unsigned i = 0; i < MESSAGES; i++) {
        struct frame sent = read_frame(writer.output + at, writer.size - at);

        memset(payload, (int)(i & 0x7F), sizeof payload);
        assert_int_equal(sent.first, FIN | OP_BINARY);
        assert_int_equal(sent.size, sizeof payload);
        assert_memory_equal(sent.payload, payload, sizeof payload);
        at += sent.total;
    }
    assert_int_equal(at, writer.size);
}

/* ---- Handles of several threads ---- */

struct maker {
    WEB_SOCKET_HANDLE handles[200];
    unsigned failures;
};

static void make_handles(void *argument)
{
    struct maker *maker = argument;

    for (unsigned round = 0; round < 20; round++) {
        for (size_t i = 0; i < COUNT_OF(maker->handles); i++) {
            PWEB_SOCKET_HTTP_HEADER headers;
            ULONG count;

            maker->failures += ws->CreateClientHandle(NULL, 0, &maker->handles[i]) != S_OK;
            maker->failures += ws->BeginClientHandshake(maker->handles[i], NULL, 0, NULL, 0, NULL, 0,
                                                        &headers, &count) != S_OK;
        }
        for (size_t i = 0; i < COUNT_OF(maker->handles); i++) {
            PWEB_SOCKET_HTTP_HEADER headers;
            ULONG count;

            maker->failures += ws->BeginClientHandshake(maker->handles[i], NULL, 0, NULL, 0, NULL, 0,
                                                        &headers, &count) != E_INVALID_PROTOCOL_OPERATION;
            ws->DeleteHandle(maker->handles[i]);
            maker->failures += ws->EndServerHandshake(maker->handles[i]) != E_HANDLE;
        }
    }
}

static void handles_are_made_and_deleted_in_two_threads(void)
{
    static struct maker makers[2];
    struct thread thread;

    memset(makers, 0, sizeof makers);
    thread_start(&thread, make_handles, &makers[0]);
    make_handles(&makers[1]);
    thread_join(&thread);
    assert_int_equal(makers[0].failures, 0);
    assert_int_equal(makers[1].failures, 0);
}

/* ---- Delete while another thread uses the handle ---- */

struct user {
    WEB_SOCKET_HANDLE handle;
    HRESULT last;
};

/* Uses the handle until it is gone. */
static void use_until_deleted(void *argument)
{
    struct user *user = argument;

    do {
        user->last = get_action(user->handle, ALL_QUEUES, 2).result;
    } while (user->last == S_OK);
}

static void delete_lets_the_call_of_another_thread_finish(void)
{
    for (int i = 0; i < 200; i++) {
        struct user user = {open_server(NULL), S_OK};
        struct thread thread;

        thread_start(&thread, use_until_deleted, &user);
        for (volatile int spin = 0; spin < i * 100; spin++) {
        }
        delete_handle(user.handle);
        thread_join(&thread);
        assert_result(E_HANDLE, user.last);
    }
}

const struct api_case threads_cases[] = {API_CASE(RULE_DOC, one_thread_sends_while_another_receives),
                                         API_CASE(RULE_DOC, handles_are_made_and_deleted_in_two_threads),
                                         API_CASE(RULE_CHOICE, delete_lets_the_call_of_another_thread_finish),
                                         API_CASES_END};
