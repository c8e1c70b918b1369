/*
 * Section 1.1 of the specification on x86, where the convention is stdcall: the callee pops its arguments and
 * leaves EBX, ESI, EDI and EBP as they were. A C compiler would mend what a callee does wrong, or hide it, so
 * the calls are made by a few lines of assembly. Other architectures have nothing of the kind to check.
 */
#include "api_tests.h"

#if defined(_WIN32) && defined(__i386__) && defined(__GNUC__)

typedef void (*any_function)(void);

/*
 * Calls the function with count arguments of 32 bits, at least 1, the first of them at 16 n - 4 (skew +
 * count).
 * Returns by how many bytes the stack pointer is higher afterwards, or -1 if EBX or ESI has changed.
 */
ULONG stdcall_probe(any_function function, const ULONG *arguments, ULONG count, ULONG skew, ULONG *result);

__asm__(".text\n"
        "_stdcall_probe:\n"
        "    pushl %ebp\n"
        "    movl %esp, %ebp\n"
        "    pushl %ebx\n"
        "    pushl %esi\n"
        "    pushl %edi\n"
        "    andl $-16, %esp\n"
        "    movl 20(%ebp), %edx\n" /* skew */
        "    shll $2, %edx\n"
        "    subl %edx, %esp\n"
        "    movl 12(%ebp), %edx\n" /* arguments, the last one first */
        "    movl 16(%ebp), %ecx\n" /* count */
        "1:  pushl -4(%edx,%ecx,4)\n"
        "    decl %ecx\n"
        "    jnz 1b\n"
        "    movl %esp, %edi\n"
        "    movl $0x0BADB0B0, %ebx\n"
        "    movl $0x0BAD5151, %esi\n"
        "    call *8(%ebp)\n" /* function */
        "    movl %esp, %ecx\n"
        "    subl %edi, %ecx\n"
        "    movl 24(%ebp), %edx\n" /* result */
        "    movl %eax, (%edx)\n"
        "    movl $-1, %eax\n"
        "    cmpl $0x0BADB0B0, %ebx\n"
        "    jne 2f\n"
        "    cmpl $0x0BAD5151, %esi\n"
        "    jne 2f\n"
        "    movl %ecx, %eax\n"
        "2:  leal -12(%ebp), %esp\n"
        "    popl %edi\n"
        "    popl %esi\n"
        "    popl %ebx\n"
        "    popl %ebp\n"
        "    ret\n");

/* Calls ws->name with the stack skewed, and demands that it pops the number of bytes that the table says. */
#define CALL(name, pops, skew, ...)                                                                          \
    call_and_compare(#name, (any_function)ws->name, pops, skew, (const ULONG[]){__VA_ARGS__},                \
                     COUNT_OF(((const ULONG[]){__VA_ARGS__})))

/* An argument: every one of them is 32 bits wide here. */
#define ARG(value) ((ULONG)(ULONG_PTR)(value))

static ULONG call_and_compare(const char *name, any_function function, ULONG pops, ULONG skew,
                              const ULONG *arguments, ULONG count)
{
    ULONG result = POISON_ULONG;
    ULONG popped = stdcall_probe(function, arguments, count, skew, &result);

    assert_that(popped == pops, "WebSocket%s popped %d bytes, not %d", name, (int)popped, (int)pops);
    return result;
}

static void handshake_on_a_skewed_stack(WEB_SOCKET_HANDLE client, WEB_SOCKET_HANDLE server, ULONG skew)
{
    PWEB_SOCKET_HTTP_HEADER headers = NULL, request;
    ULONG count = 0;

    assert_int_equal(
        0, CALL(BeginClientHandshake, 36, skew, ARG(client), 0, 0, 0, 0, 0, 0, ARG(&headers), ARG(&count)));
    request = with_header(headers, &count, "Host", "example.com");
    assert_int_equal(0, CALL(BeginServerHandshake, 32, skew, ARG(server), 0, 0, 0, ARG(request), count,
                             ARG(&headers), ARG(&count)));
    assert_int_equal(0, CALL(EndClientHandshake, 24, skew, ARG(client), ARG(headers), count, 0, 0, 0));
    assert_int_equal(0, CALL(EndServerHandshake, 4, skew, ARG(server)));
}

/* The client sends 200 bytes, which it masks on the way. */
static void send_on_a_skewed_stack(WEB_SOCKET_HANDLE client, ULONG skew)
{
    WEB_SOCKET_BUFFER payload = {{heap_block(200), 200}}, buffers[2];
    WEB_SOCKET_ACTION action = WEB_SOCKET_NO_ACTION;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context = NULL, action_context = NULL;
    ULONG count = COUNT_OF(buffers);

    assert_int_equal(0, CALL(Send, 16, skew, ARG(client), ARG(WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE),
                             ARG(&payload), ARG(&payload)));
    assert_int_equal(0,
                     CALL(GetAction, 32, skew, ARG(client), ARG(WEB_SOCKET_SEND_ACTION_QUEUE), ARG(buffers),
                          ARG(&count), ARG(&action), ARG(&type), ARG(&context), ARG(&action_context)));
    assert_int_equal(action, WEB_SOCKET_SEND_TO_NETWORK_ACTION);
    assert_int_equal(buffers[0].Data.ulBufferLength, 2 + 2 + 4 + 200);
    CALL(CompleteAction, 12, skew, ARG(client), ARG(action_context), buffers[0].Data.ulBufferLength);
}

/* A session that needs each of the 13 functions; the numbers are the specification's table. */
static void session_on_a_skewed_stack(ULONG skew)
{
    WEB_SOCKET_HANDLE client = NULL, server = NULL;
    ULONG version = 0, size = sizeof version;

    assert_int_equal(0, CALL(GetGlobalProperty, 12, skew, ARG(WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE),
                             ARG(&version), ARG(&size)));
    assert_int_equal(version, 13);
    assert_int_equal(0, CALL(CreateClientHandle, 12, skew, 0, 0, ARG(&client)));
    remember_handle(client);
    assert_int_equal(0, CALL(CreateServerHandle, 12, skew, 0, 0, ARG(&server)));

    handshake_on_a_skewed_stack(client, server, skew);
    send_on_a_skewed_stack(client, skew);
    assert_int_equal(0, CALL(Receive, 12, skew, ARG(server), 0, 0));
    CALL(AbortHandle, 4, skew, ARG(server));
    CALL(DeleteHandle, 4, skew, ARG(server));
}

static void each_function_pops_its_arguments(void)
{
    session_on_a_skewed_stack(0);
}

/* Windows promises no more than that: callers that are not compiled by GCC do not align to 16. */
static void a_stack_aligned_to_4_bytes_is_enough(void)
{
    session_on_a_skewed_stack(1);
    session_on_a_skewed_stack(2);
    session_on_a_skewed_stack(3);
}

const struct api_case stdcall_cases[] = {API_CASE(RULE_SDK, each_function_pops_its_arguments),
                                         API_CASE(RULE_SDK, a_stack_aligned_to_4_bytes_is_enough),
                                         API_CASES_END};

#else

const struct api_case stdcall_cases[] = {API_CASES_END};

#endif
