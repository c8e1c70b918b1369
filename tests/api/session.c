/*
 * Handles for tests. The handshakes are genuine: what one role's Begin returns is given to the other role, in
 * exact-size blocks without NULs.
 */
#include "api_tests.h"

#include <stdlib.h>

struct remembered {
    struct remembered *next;
    WEB_SOCKET_HANDLE handle;
};

static struct remembered *remembered;

static const struct session_options no_options;

/* The request of RFC 6455, 1.3. */
static const WEB_SOCKET_HTTP_HEADER rfc_request[] = {
    HEADER("Host", "server.example.com"),   HEADER("Upgrade", "websocket"),
    HEADER("Connection", "Upgrade"),        HEADER("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    HEADER("Origin", "http://example.com"), HEADER("Sec-WebSocket-Version", "13"),
};

WEB_SOCKET_HANDLE remember_handle(WEB_SOCKET_HANDLE handle)
{
    struct remembered *entry = malloc(sizeof *entry);

    if (entry == NULL)
        abort();
    entry->handle = handle;
    entry->next = remembered;
    remembered = entry;
    return handle;
}

void forget_handle(WEB_SOCKET_HANDLE handle)
{
    for (struct remembered **link = &remembered; *link != NULL; link = &(*link)->next) {
        struct remembered *entry = *link;

        if (entry->handle == handle) {
            *link = entry->next;
            free(entry);
            break;
        }
    }
}

void delete_handle(WEB_SOCKET_HANDLE handle)
{
    forget_handle(handle);
    ws->DeleteHandle(handle);
}

void session_release(void)
{
    while (remembered != NULL)
        delete_handle(remembered->handle);
}

/*
 * Fills in the properties that the options name; returns their number. The values must outlive the Create
 * call.
 */
static ULONG list_properties(WEB_SOCKET_PROPERTY *properties, struct session_options *options, BOOL *yes)
{
    ULONG count = 0;

    *yes = TRUE;
    if (options->receive_buffer != 0) {
        properties[count++] = (WEB_SOCKET_PROPERTY){WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE,
                                                    &options->receive_buffer, sizeof options->receive_buffer};
    }
    if (options->send_buffer != 0) {
        properties[count++] = (WEB_SOCKET_PROPERTY){WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE,
                                                    &options->send_buffer, sizeof options->send_buffer};
    }
    if (options->disable_masking) {
        properties[count++] =
            (WEB_SOCKET_PROPERTY){WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, yes, sizeof *yes};
    }
    if (options->disable_utf8_verification) {
        properties[count++] =
            (WEB_SOCKET_PROPERTY){WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, yes, sizeof *yes};
    }
    if (options->memory != NULL) {
        properties[count++] = (WEB_SOCKET_PROPERTY){WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE,
                                                    &options->memory, options->memory_size};
    }
    return count;
}

static WEB_SOCKET_HANDLE create(bool client, const struct session_options *given)
{
    struct session_options options = given != NULL ? *given : no_options;
    WEB_SOCKET_PROPERTY properties[5];
    BOOL yes;
    ULONG count = list_properties(properties, &options, &yes);
    WEB_SOCKET_HANDLE handle = NULL;

    if (client)
        assert_result(S_OK, ws->CreateClientHandle(count > 0 ? properties : NULL, count, &handle));
    else
        assert_result(S_OK, ws->CreateServerHandle(count > 0 ? properties : NULL, count, &handle));
    assert_non_null(handle);
    return remember_handle(handle);
}

WEB_SOCKET_HANDLE create_client(const struct session_options *options)
{
    return create(true, options);
}

WEB_SOCKET_HANDLE create_server(const struct session_options *options)
{
    return create(false, options);
}

PWEB_SOCKET_HTTP_HEADER with_header(const WEB_SOCKET_HTTP_HEADER *headers, ULONG *count, const char *name,
                                    const char *value)
{
    WEB_SOCKET_HTTP_HEADER longer[64];

    assert_true(*count < COUNT_OF(longer));
    if (*count > 0)
        memcpy(longer, headers, *count * sizeof longer[0]);
    longer[*count].pcName = (PCHAR)heap_copy(name, strlen(name));
    longer[*count].ulNameLength = (ULONG)strlen(name);
    longer[*count].pcValue = (PCHAR)heap_copy(value, strlen(value));
    longer[*count].ulValueLength = (ULONG)strlen(value);
    *count += 1;
    return heap_headers(longer, *count);
}

PWEB_SOCKET_HTTP_HEADER headers_from_text(const char *text, const char *star, ULONG *count)
{
    WEB_SOCKET_HTTP_HEADER headers[64];

    for (*count = 0; *text != '\0'; *count += 1) {
        size_t line = strcspn(text, "\n");
        size_t name = strcspn(text, ":");
        const char *value = text + name + 2;
        size_t value_size = line - name - 2;

        assert_true(*count < COUNT_OF(headers) && name + 2 <= line);
        if (value_size == 1 && *value == '*') {
            value = star;
            value_size = strlen(star);
        }
        headers[*count].pcName = (PCHAR)heap_copy(text, name);
        headers[*count].ulNameLength = (ULONG)name;
        headers[*count].pcValue = (PCHAR)heap_copy(value, value_size);
        headers[*count].ulValueLength = (ULONG)value_size;
        text += line + (text[line] == '\n');
    }
    return heap_headers(headers, *count);
}

void expect_headers(const WEB_SOCKET_HTTP_HEADER *headers, ULONG count, const char *text, const char *star)
{
    ULONG wanted_count;
    PWEB_SOCKET_HTTP_HEADER wanted = headers_from_text(text, star, &wanted_count);

    assert_int_equal(count, wanted_count);
    for (ULONG i = 0; i < count; i++) {
        assert_int_equal(headers[i].ulNameLength, wanted[i].ulNameLength);
        assert_memory_equal(headers[i].pcName, wanted[i].pcName, wanted[i].ulNameLength);
        assert_int_equal(headers[i].pcName[headers[i].ulNameLength], '\0');
        assert_int_equal(headers[i].ulValueLength, wanted[i].ulValueLength);
        assert_memory_equal(headers[i].pcValue, wanted[i].pcValue, wanted[i].ulValueLength);
        assert_int_equal(headers[i].pcValue[headers[i].ulValueLength], '\0');
    }
}

const WEB_SOCKET_HTTP_HEADER *find_header(const WEB_SOCKET_HTTP_HEADER *headers, ULONG count,
                                          const char *name)
{
    for (ULONG i = 0; i < count; i++)
        if (headers[i].ulNameLength == strlen(name) && memcmp(headers[i].pcName, name, strlen(name)) == 0)
            return &headers[i];
    assert_that(false, "there is no header %s", name);
    return NULL;
}

/* Begin of a client that offers what the options name. */
static PWEB_SOCKET_HTTP_HEADER begin_client(WEB_SOCKET_HANDLE client, const struct session_options *given,
                                            ULONG *count)
{
    struct session_options options = given != NULL ? *given : no_options;
    PWEB_SOCKET_HTTP_HEADER headers = NULL;

    assert_result(S_OK,
                  ws->BeginClientHandshake(client, options.subprotocol != NULL ? &options.subprotocol : NULL,
                                           options.subprotocol != NULL,
                                           options.extension != NULL ? &options.extension : NULL,
                                           options.extension != NULL, NULL, 0, &headers, count));
    assert_non_null(headers);
    return headers;
}

/* Begin of a server that selects what the options name. */
static PWEB_SOCKET_HTTP_HEADER begin_server(WEB_SOCKET_HANDLE server, const struct session_options *given,
                                            const PWEB_SOCKET_HTTP_HEADER request, ULONG request_count,
                                            ULONG *count)
{
    struct session_options options = given != NULL ? *given : no_options;
    PWEB_SOCKET_HTTP_HEADER headers = NULL;

    assert_result(S_OK, ws->BeginServerHandshake(server, options.subprotocol,
                                                 options.extension != NULL ? &options.extension : NULL,
                                                 options.extension != NULL, request, request_count, &headers,
                                                 count));
    assert_non_null(headers);
    return headers;
}

void shake_hands(WEB_SOCKET_HANDLE client, WEB_SOCKET_HANDLE server, const struct session_options *options)
{
    ULONG request_count = 0;
    ULONG response_count = 0;
    PWEB_SOCKET_HTTP_HEADER request = begin_client(client, options, &request_count);
    PWEB_SOCKET_HTTP_HEADER response;

    request = with_header(request, &request_count, "Host", "localhost");
    response = begin_server(server, options, request, request_count, &response_count);
    response = heap_headers(response, response_count);
    assert_result(S_OK, ws->EndClientHandshake(client, response, response_count, NULL, NULL, NULL));
    assert_result(S_OK, ws->EndServerHandshake(server));
}

WEB_SOCKET_HANDLE begun_client(const struct session_options *options)
{
    ULONG count = 0;
    WEB_SOCKET_HANDLE client = create_client(options);

    begin_client(client, options, &count);
    return client;
}

WEB_SOCKET_HANDLE begun_server(const struct session_options *options)
{
    ULONG count = COUNT_OF(rfc_request);
    ULONG response_count = 0;
    WEB_SOCKET_HANDLE server = create_server(options);
    PWEB_SOCKET_HTTP_HEADER request = heap_headers(rfc_request, count);

    if (options != NULL && options->subprotocol != NULL)
        request = with_header(request, &count, "Sec-WebSocket-Protocol", options->subprotocol);
    if (options != NULL && options->extension != NULL)
        request = with_header(request, &count, "Sec-WebSocket-Extensions", options->extension);
    begin_server(server, options, request, count, &response_count);
    return server;
}

WEB_SOCKET_HANDLE open_client(const struct session_options *options)
{
    WEB_SOCKET_HANDLE client = create_client(options);
    WEB_SOCKET_HANDLE helper = create_server(NULL);

    shake_hands(client, helper, options);
    delete_handle(helper);
    return client;
}

WEB_SOCKET_HANDLE open_server(const struct session_options *options)
{
    WEB_SOCKET_HANDLE server = create_server(options);
    WEB_SOCKET_HANDLE helper = create_client(NULL);

    shake_hands(helper, server, options);
    delete_handle(helper);
    return server;
}

struct pair open_pair(const struct session_options *client, const struct session_options *server)
{
    struct pair pair = {create_client(client), create_server(server)};

    shake_hands(pair.client, pair.server, client);
    return pair;
}
