/*
 * websocket.h - the WebSocket Protocol Component API: RFC 6455 without the network.
 *
 * A drop-in for the Windows SDK's header of the same name, in C and C++, on Windows and elsewhere. The
 * library makes and checks handshake headers, turns messages into bytes and bytes into messages. It does no
 * I/O, starts no thread, sets no timer and parses no HTTP text: the caller moves the bytes. A session is
 *
 *   1. a handle:     WebSocketCreateClientHandle or WebSocketCreateServerHandle;
 *   2. a handshake:  Begin returns headers to put into the HTTP request (client) or response (server), End
 *                    checks what the other side said;
 *   3. operations:   WebSocketSend and WebSocketReceive queue them, and do nothing else;
 *   4. actions:      WebSocketGetAction says what to do next to carry them out, the caller does it and
 *                    reports it with WebSocketCompleteAction, until there is no action left:
 *
 *                      WEB_SOCKET_SEND_TO_NETWORK_ACTION           write these buffers to the network
 *                      WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION      read from the network into this buffer
 *                      WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION    a send is done
 *                      WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION a payload, or a part of one, has arrived
 *                      WEB_SOCKET_NO_ACTION                        nothing to do
 *
 *   5. the end:      a close frame sent and one received, then WebSocketDeleteHandle. Or at once:
 *                    WebSocketAbortHandle.
 *
 * Any function may be called from any thread. Calls on one handle are serialised inside; calls on different handles
 * never wait for each other. One thread may drive the send side of a handle while another drives the receive side.
 *
 * [choice] A thread that is gone while it is in a call is not waited for: in the child of a fork, those of its parent's
 * other threads that were in calls; on Windows, the threads that ExitProcess has ended, while DLLs are told of it. A handle
 * that such a thread was in a call with is E_HANDLE from then on, and its memory is not freed. With all other handles
 * everything can be done, also by handlers of pthread_atfork. POSIX: a thread that is cancelled finishes its call.
 *
 * All sizes and lengths are in bytes, all counts in elements. "Untouched" means that the library does not
 * write there. The handle is checked before anything else. A call that fails changes nothing but the outputs
 * that are named below; a server's first Send, Receive or GetAction may open the session and fail all the same.
 *
 * Where a rule comes from is said after it: [RFC] RFC 6455, [reference] Microsoft's reference of the API, [callers]
 * what programs that run on the Windows component rely on, [choice] our own decision where nothing public says.
 */
#ifndef WEBSOCKET_H
#define WEBSOCKET_H

#include "websocket_types.h"

/* In this file, the names are the API's, whatever they are to the program. At its end, they are the program's again. */
#ifndef _WIN32
#pragma push_macro("ULONG")
#pragma push_macro("USHORT")
#pragma push_macro("HRESULT")
#pragma push_macro("PVOID")
#pragma push_macro("PCHAR")
#pragma push_macro("PCSTR")
#pragma push_macro("PBYTE")
#pragma push_macro("VOID")
#pragma push_macro("WINAPI")
#undef ULONG
#undef USHORT
#undef HRESULT
#undef PVOID
#undef PCHAR
#undef PCSTR
#undef PBYTE
#undef VOID
#undef WINAPI
#define ULONG   WEBSOCKET_ULONG
#define USHORT  WEBSOCKET_USHORT
#define HRESULT WEBSOCKET_HRESULT
#define PVOID   WEBSOCKET_PVOID
#define PCHAR   WEBSOCKET_PCHAR
#define PCSTR   WEBSOCKET_PCSTR
#define PBYTE   WEBSOCKET_PBYTE
#define VOID    void
#define WINAPI
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Empty for callers. The library's own build makes its functions visible in spite of -fvisibility=hidden. */
#ifndef WEBSOCKETAPI
#if defined(WEBSOCKET_BUILDING_LIBRARY) && defined(__GNUC__) && !defined(_WIN32)
#define WEBSOCKETAPI __attribute__((visibility("default")))
#else
#define WEBSOCKETAPI
#endif
#endif

/*
 * The type of the three functions without a result. The SDK's header says VOID, the reference says that they return S_OK,
 * and there are callers of both kinds: so the library's own build defines them with a result, which is always S_OK, and
 * C callers see VOID [reference, callers].
 */
#ifdef WEBSOCKET_BUILDING_LIBRARY
#define WEBSOCKET_VOID HRESULT
#else
#define WEBSOCKET_VOID VOID
#endif

/* The longest reason of a close frame: 125 bytes of payload less 2 of status [RFC 5.5.1]. */
#define WEB_SOCKET_MAX_CLOSE_REASON_LENGTH 123

/* A session. Opaque: a value that is not, or no longer, a session is recognised and never followed. */
typedef struct WEB_SOCKET_HANDLE__ *WEB_SOCKET_HANDLE;

/*
 * Status codes of close frames [RFC 7.4.1]. EMPTY, ABORTED and SECURE_HANDSHAKE_ERROR are never on the wire:
 * EMPTY stands for a close frame without a body, ABORTED for a session that ended without a close frame.
 */
typedef enum _WEB_SOCKET_CLOSE_STATUS {
    WEB_SOCKET_SUCCESS_CLOSE_STATUS = 1000,
    WEB_SOCKET_ENDPOINT_UNAVAILABLE_CLOSE_STATUS = 1001,
    WEB_SOCKET_PROTOCOL_ERROR_CLOSE_STATUS = 1002,
    WEB_SOCKET_INVALID_DATA_TYPE_CLOSE_STATUS = 1003,
    WEB_SOCKET_EMPTY_CLOSE_STATUS = 1005,
    WEB_SOCKET_ABORTED_CLOSE_STATUS = 1006,
    WEB_SOCKET_INVALID_PAYLOAD_CLOSE_STATUS = 1007,
    WEB_SOCKET_POLICY_VIOLATION_CLOSE_STATUS = 1008,
    WEB_SOCKET_MESSAGE_TOO_BIG_CLOSE_STATUS = 1009,
    WEB_SOCKET_UNSUPPORTED_EXTENSIONS_CLOSE_STATUS = 1010,
    WEB_SOCKET_SERVER_ERROR_CLOSE_STATUS = 1011,
    WEB_SOCKET_SECURE_HANDSHAKE_ERROR_CLOSE_STATUS = 1015
} WEB_SOCKET_CLOSE_STATUS;

/*
 * What can be set when a handle is created, and the last two, what WebSocketGetGlobalProperty tells.
 *
 *   RECEIVE_BUFFER_SIZE        ULONG  at least 256; default 4096 [reference]. The largest read, and the
 *                                     largest part of a payload that is indicated at once from the library's
 *                                     memory.
 *   SEND_BUFFER_SIZE           ULONG  at least 16; default 4096 for a client, 16 for a server [reference,
 *                                     callers]. A client masks its payload into it; a server only builds
 *                                     frame headers there.
 *   DISABLE_MASKING            BOOL   client: frames are "masked" with the key 0; server: unmasked frames are
 *                                     accepted [reference]. Breaks RFC 6455, 5.1: only where both ends agree.
 *   ALLOCATED_BUFFER           PVOID  memory for the session's buffers instead of the library's own. pvValue
 *                                     points to the pointer. ulValueSize is the memory's size, which must be
 *                                     at least receive buffer + send buffer + 144 [callers], or
 *                                     sizeof(PVOID), and then the memory has receive buffer + send buffer +
 *                                     256 bytes [reference]. Any alignment. It belongs to the library until
 *                                     WebSocketDeleteHandle returns.
 *   DISABLE_UTF8_VERIFICATION  BOOL   no UTF-8 check of anything received [reference]
 *   KEEPALIVE_INTERVAL, SUPPORTED_VERSIONS  only for WebSocketGetGlobalProperty
 */
typedef enum _WEB_SOCKET_PROPERTY_TYPE {
    WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE = 0,
    WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE = 1,
    WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE = 2,
    WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE = 3,
    WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE = 4,
    WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE = 5,
    WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE = 6
} WEB_SOCKET_PROPERTY_TYPE;

/* Which side of the session WebSocketGetAction is asked for. */
typedef enum _WEB_SOCKET_ACTION_QUEUE {
    WEB_SOCKET_SEND_ACTION_QUEUE = 1,
    WEB_SOCKET_RECEIVE_ACTION_QUEUE = 2,
    WEB_SOCKET_ALL_ACTION_QUEUE = 3
} WEB_SOCKET_ACTION_QUEUE;

/*
 * What is in a buffer. MESSAGE: the message ends with it. FRAGMENT: more of the same message follows.
 *
 *   UTF8_..., BINARY_...  data, in WEB_SOCKET_BUFFER.Data
 *   CLOSE                 status and reason, in WEB_SOCKET_BUFFER.CloseStatus
 *   PING_PONG             sent: a ping; received: a pong; on a SEND_TO_NETWORK action: also the library's own
 *                         pong
 *   UNSOLICITED_PONG      sent: a pong that answers nothing [RFC 5.5.3]; never received
 *
 * A value below 0x200 is a raw extension frame, possible once an extension is negotiated: the first nine bits of the
 * frame's header, the mask bit lowest and 0; in other words the first byte of the frame times two [reference].
 *
 * The casts make the constants ints, which is what they are to Microsoft's compiler too.
 */
typedef enum _WEB_SOCKET_BUFFER_TYPE {
    WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE = WEBSOCKET_CAST(int, 0x80000000),
    WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE = WEBSOCKET_CAST(int, 0x80000001),
    WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE = WEBSOCKET_CAST(int, 0x80000002),
    WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE = WEBSOCKET_CAST(int, 0x80000003),
    WEB_SOCKET_CLOSE_BUFFER_TYPE = WEBSOCKET_CAST(int, 0x80000004),
    WEB_SOCKET_PING_PONG_BUFFER_TYPE = WEBSOCKET_CAST(int, 0x80000005),
    WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE = WEBSOCKET_CAST(int, 0x80000006)
} WEB_SOCKET_BUFFER_TYPE;

/* What the caller is to do next, see WebSocketGetAction. */
typedef enum _WEB_SOCKET_ACTION {
    WEB_SOCKET_NO_ACTION = 0,
    WEB_SOCKET_SEND_TO_NETWORK_ACTION = 1,
    WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION = 2,
    WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION = 3,
    WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION = 4
} WEB_SOCKET_ACTION;
typedef WEB_SOCKET_ACTION *PWEB_SOCKET_ACTION;

/* One property: pvValue points to the value, ulValueSize is its size (for ALLOCATED_BUFFER see above). */
typedef struct _WEB_SOCKET_PROPERTY {
    WEB_SOCKET_PROPERTY_TYPE Type;
    PVOID pvValue;
    ULONG ulValueSize;
} WEB_SOCKET_PROPERTY, *PWEB_SOCKET_PROPERTY;

/*
 * One HTTP header, without the colon and the line end. Headers from the caller are given by pointer and length and
 * need not end in NUL; a NULL pointer with the length 0 is an empty string. Headers from the library have both.
 */
typedef struct _WEB_SOCKET_HTTP_HEADER {
    PCHAR pcName;
    ULONG ulNameLength;
    PCHAR pcValue;
    ULONG ulValueLength;
} WEB_SOCKET_HTTP_HEADER, *PWEB_SOCKET_HTTP_HEADER;

/* Memory of the caller or of the library; the buffer type tells which member holds. */
typedef union _WEB_SOCKET_BUFFER {
    struct {
        PBYTE pbBuffer;
        ULONG ulBufferLength;
    } Data;
    struct {
        PBYTE pbReason;
        ULONG ulReasonLength;
        USHORT usStatus;
    } CloseStatus;
} WEB_SOCKET_BUFFER, *PWEB_SOCKET_BUFFER;

/**
 * WebSocketCreateClientHandle - make a session that will talk to a server.
 *
 * pProperties      [in, optional]  properties in any order; the last of two of a kind wins [choice]
 * ulPropertyCount  [in]            their number; 0 if pProperties is NULL
 * phWebSocket      [out]           the handle; NULL after any failure
 *
 * Ownership: the properties and their values are copied, except the memory that ALLOCATED_BUFFER names: it
 * must stay until WebSocketDeleteHandle. The handle is the caller's, to be deleted by WebSocketDeleteHandle.
 * The buffers are not allocated before the handshake is complete [reference].
 *
 * Returns
 *   S_OK           *phWebSocket is a new handle
 *   E_INVALIDARG   phWebSocket is NULL; pProperties is NULL with a count, or the count is above 65535
 *                  [choice]; a property of another type, or with a NULL value; a size other than 4 for a
 *                  ULONG or BOOL; a buffer size below its minimum; ALLOCATED_BUFFER too small, or a NULL
 *                  address
 *   E_OUTOFMEMORY  an allocation failed
 */
WEBSOCKETAPI HRESULT WINAPI WebSocketCreateClientHandle(const PWEB_SOCKET_PROPERTY pProperties,
                                                        ULONG ulPropertyCount,
                                                        WEB_SOCKET_HANDLE *phWebSocket);

/**
 * WebSocketCreateServerHandle - make a session that will talk to a client.
 *
 * Parameters, ownership and results are those of WebSocketCreateClientHandle.
 */
WEBSOCKETAPI HRESULT WINAPI WebSocketCreateServerHandle(const PWEB_SOCKET_PROPERTY pProperties,
                                                        ULONG ulPropertyCount,
                                                        WEB_SOCKET_HANDLE *phWebSocket);

/**
 * WebSocketBeginClientHandshake - make the headers of the upgrade request [RFC 4.1].
 *
 * hWebSocket                [in]            client handle, just created
 * pszSubprotocols           [in, optional]  subprotocols to offer, best first: NUL-terminated tokens, no two
 *                                           the same
 * ulSubprotocolCount        [in]            their number
 * pszExtensions             [in, optional]  extensions to offer, best first: NUL-terminated, "name" or
 *                                           "name; parameter; parameter=value" [RFC 9.1]
 * ulExtensionCount          [in]            their number
 * pInitialHeaders           [in, optional]  headers that the request has already; none is demanded [callers]
 * ulInitialHeaderCount      [in]            their number
 * pAdditionalHeaders        [out]           headers to add to the request: Connection, Upgrade,
 *                                           Sec-WebSocket-Version, Sec-WebSocket-Key, then
 *                                           Sec-WebSocket-Protocol and Sec-WebSocket-Extensions if something
 *                                           is offered
 * pulAdditionalHeaderCount  [out]           their number
 *
 * Both outputs are untouched on failure.
 *
 * Ownership: all inputs are copied. The returned array and its strings (NUL-terminated, and with their
 * lengths) belong to the library and stay valid and unchanged until WebSocketDeleteHandle [callers].
 *
 * Returns
 *   S_OK                          the headers are there; WebSocketEndClientHandshake comes next
 *   E_HANDLE                      no such handle
 *   E_INVALIDARG                  an output is NULL; an array is NULL with a count, has a NULL element, or a
 *                                 count above 65535 [choice]; a subprotocol is not a token, or offered twice;
 *                                 an extension is malformed (nothing with CR or LF gets through)
 *   E_INVALID_PROTOCOL_OPERATION  a server's handle, or the handshake was begun before
 *   E_OUTOFMEMORY                 an allocation failed
 *   E_FAIL                        the operating system gave no random bytes for the key [choice]
 */
WEBSOCKETAPI HRESULT WINAPI WebSocketBeginClientHandshake(
    WEB_SOCKET_HANDLE hWebSocket, PCSTR *pszSubprotocols, ULONG ulSubprotocolCount, PCSTR *pszExtensions,
    ULONG ulExtensionCount, const PWEB_SOCKET_HTTP_HEADER pInitialHeaders, ULONG ulInitialHeaderCount,
    PWEB_SOCKET_HTTP_HEADER *pAdditionalHeaders, ULONG *pulAdditionalHeaderCount);

/**
 * WebSocketEndClientHandshake - check the headers of the server's answer, and open the session [RFC 4.1].
 *
 * hWebSocket                 [in]                 client handle after WebSocketBeginClientHandshake
 * pResponseHeaders           [in]                 all headers of the response, whose HTTP status was 101
 * ulReponseHeaderCount       [in]                 their number, at least 1
 * pulSelectedExtensions      [out, optional]      zero-based indices of the offered extensions that the
 *                                                 server chose, in the server's order
 * pulSelectedExtensionCount  [in, out, optional]  in: room in that array; out: number of chosen extensions.
 *                                                 With pulSelectedExtensions NULL it is output only.
 * pulSelectedSubprotocol     [out, optional]      zero-based index of the chosen subprotocol; untouched if
 *                                                 none was offered
 *
 * The outputs are untouched on failure, except as said for the small array. A failed call leaves the handle
 * where it was: the call may be repeated.
 *
 * A Sec-WebSocket-Protocol or Sec-WebSocket-Extensions whose value is empty counts as absent [choice].
 *
 * Ownership: nothing is kept. The session's buffers are allocated here, unless ALLOCATED_BUFFER provided them.
 *
 * Returns
 *   S_OK                                 the session is open
 *   E_HANDLE                             no such handle
 *   E_INVALIDARG                         pResponseHeaders is NULL, the count is 0 or above 65535 [choice], a
 *                                        header has a NULL string with a length; pulSelectedExtensions
 *                                        without its count
 *   E_INVALID_PROTOCOL_OPERATION         a server's handle, Begin has not been called, or the session is open
 *                                        already
 *   E_INVALID_PROTOCOL_FORMAT            Upgrade, Connection or Sec-WebSocket-Accept is missing, doubled
 *                                        where one is demanded, or wrong; the extensions are malformed, or
 *                                        one is named twice
 *   E_SUBPROTOCOL_NOT_SUPPORTED          the answer's subprotocol was not offered, or there are several, or
 *                                        there is none although some were offered [reference]
 *   E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED  an extension in the answer was not offered
 *   HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER)
 *                                        pulSelectedExtensions is too small; *pulSelectedExtensionCount is
 *                                        the room needed [choice]
 *   E_OUTOFMEMORY                        an allocation failed
 */
WEBSOCKETAPI HRESULT WINAPI WebSocketEndClientHandshake(
    WEB_SOCKET_HANDLE hWebSocket, const PWEB_SOCKET_HTTP_HEADER pResponseHeaders, ULONG ulReponseHeaderCount,
    ULONG *pulSelectedExtensions, ULONG *pulSelectedExtensionCount, ULONG *pulSelectedSubprotocol);

/**
 * WebSocketBeginServerHandshake - check the client's upgrade request, make the answer's headers [RFC 4.2].
 *
 * hWebSocket                [in]            server handle, just created
 * pszSubprotocolSelected    [in, optional]  the chosen one of the offered subprotocols; NULL or "": none
 *                                           [callers]
 * pszExtensionSelected      [in, optional]  the chosen extensions, each offered by name, none twice, with the
 *                                           parameters that are agreed to
 * ulExtensionSelectedCount  [in]            their number
 * pRequestHeaders           [in]            all headers of the request
 * ulRequestHeaderCount      [in]            their number, at least 1
 * pResponseHeaders          [out]           headers to add to the answer with status 101: Connection,
 *                                           Upgrade, Sec-WebSocket-Accept, then Sec-WebSocket-Protocol and
 *                                           Sec-WebSocket-Extensions if something is selected
 * pulResponseHeaderCount    [out]           their number
 *
 * Both outputs are untouched on failure. A failed call leaves the handle where it was: it may be repeated,
 * for example without the subprotocol.
 *
 * A Sec-WebSocket-Protocol or Sec-WebSocket-Extensions whose value is empty counts as absent [choice].
 *
 * Ownership: all inputs are copied. The returned array and its strings (NUL-terminated, and with their
 * lengths) belong to the library and stay valid and unchanged until WebSocketDeleteHandle [callers].
 *
 * Returns
 *   S_OK                                 the headers are there; the session is open with
 *                                        WebSocketEndServerHandshake, or with the first WebSocketSend,
 *                                        WebSocketReceive or WebSocketGetAction
 *   E_HANDLE                             no such handle
 *   E_INVALIDARG                         an output or pRequestHeaders is NULL; the header count is 0 or a
 *                                        count is above 65535 [choice]; a NULL string with a length; an array
 *                                        that is NULL with a count, or has a NULL element; a malformed
 *                                        subprotocol or extension (nothing with CR or LF gets through); an
 *                                        extension selected twice [choice]
 *   E_INVALID_PROTOCOL_OPERATION         a client's handle, or the handshake was begun before
 *   E_INVALID_PROTOCOL_FORMAT            Host, Upgrade, Connection, Sec-WebSocket-Key or
 *                                        Sec-WebSocket-Version is missing, doubled where one is demanded, or
 *                                        malformed; offered subprotocols or extensions are malformed
 *   E_PROTOCOL_VERSION_NOT_SUPPORTED     Sec-WebSocket-Version is not 13
 *   E_SUBPROTOCOL_NOT_SUPPORTED          the selected subprotocol was not offered
 *   E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED  a selected extension was not offered
 *   E_OUTOFMEMORY                        an allocation failed
 */
WEBSOCKETAPI HRESULT WINAPI WebSocketBeginServerHandshake(
    WEB_SOCKET_HANDLE hWebSocket, PCSTR pszSubprotocolSelected, PCSTR *pszExtensionSelected,
    ULONG ulExtensionSelectedCount, const PWEB_SOCKET_HTTP_HEADER pRequestHeaders, ULONG ulRequestHeaderCount,
    PWEB_SOCKET_HTTP_HEADER *pResponseHeaders, ULONG *pulResponseHeaderCount);

/**
 * WebSocketEndServerHandshake - open the session after the answer was sent.
 *
 * hWebSocket  [in]  server handle after WebSocketBeginServerHandshake
 *
 * Optional: the first WebSocketSend, WebSocketReceive or WebSocketGetAction does the same [reference].
 *
 * Ownership: the session's buffers are allocated here, unless ALLOCATED_BUFFER provided them.
 *
 * Returns
 *   S_OK                          the session is open, or was open already
 *   E_HANDLE                      no such handle
 *   E_INVALID_PROTOCOL_OPERATION  a client's handle, Begin has not succeeded, or the session was aborted
 *                                 [choice]
 *   E_OUTOFMEMORY                 an allocation failed; the call may be repeated
 */
WEBSOCKETAPI HRESULT WINAPI WebSocketEndServerHandshake(WEB_SOCKET_HANDLE hWebSocket);

/**
 * WebSocketSend - queue one frame to be sent.
 *
 * hWebSocket  [in]            handle of an open session (a server's may also be one after Begin)
 * BufferType  [in]            what to send:
 *                               UTF8_..., BINARY_...: Data. After a FRAGMENT the same kind again until its
 *                                 MESSAGE, with nothing but control frames between [RFC 5.4].
 *                               CLOSE: CloseStatus. pBuffer NULL, or the status 1005, or 1006 (which an
 *                                 aborted receive is indicated with, and servers echo) [callers]: a close
 *                                 frame without a body.
 *                               PING_PONG, UNSOLICITED_PONG: pBuffer must be NULL [reference], the frame is
 *                                 empty.
 *                               below 0x200, once an extension is negotiated: Data, sent as given.
 * pBuffer     [in, optional]  NULL, or a NULL pointer with the length 0: no payload
 * Context     [in, optional]  any value; comes back as *pvApplicationContext
 *
 * Queues only: WebSocketGetAction does the work, in the order of the calls. Any number may be queued. One
 * call is one frame, whatever its length, unless a message is cut for a pong's sake: see WebSocketGetAction.
 * Text is not checked to be UTF-8 [choice].
 *
 * Ownership: the WEB_SOCKET_BUFFER is copied; the memory that it points to must stay, unchanged, until
 * WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION [reference]. The library never writes to it.
 *
 * Returns
 *   S_OK                          queued
 *   E_HANDLE                      no such handle
 *   E_INVALIDARG                  another buffer type; a NULL pointer with a length; pBuffer not NULL for a
 *                                 ping or pong; a close with a reason above 123 bytes, with a reason but the
 *                                 status 1005 or 1006, or with a status below 1000, or 1015: every other is
 *                                 the caller's decision [callers]; an extension frame with the mask bit, or
 *                                 a control one without FIN or above 125 bytes [RFC 5.5]
 *   E_INVALID_PROTOCOL_OPERATION  not open, or aborted; data or another close after a close; the kinds of
 *                                 message mixed; an extension frame although no extension was negotiated
 *   E_OUTOFMEMORY                 an allocation failed
 */
WEBSOCKETAPI HRESULT WINAPI WebSocketSend(WEB_SOCKET_HANDLE hWebSocket, WEB_SOCKET_BUFFER_TYPE BufferType,
                                          WEB_SOCKET_BUFFER *pBuffer, PVOID Context);

/**
 * WebSocketReceive - queue one operation that receives a payload, or a part of one.
 *
 * hWebSocket  [in]            handle of an open session (a server's may also be one after Begin)
 * pBuffer     [in, optional]  where data is to go (Data); NULL: into the library's memory, without a copy
 * pvContext   [in, optional]  any value; comes back as *pvApplicationContext
 *
 * Queues only: WebSocketGetAction does the work. Any number may be queued. Nothing is parsed, and no error is
 * reported, unless an operation waits [callers].
 *
 * After a close frame an operation reads on, so that the caller sees the connection's end: into library memory,
 * also if it has a buffer. What comes is thrown away unseen, without a message, a pong or an error, until a read
 * is completed with 0 bytes or the handle is aborted: that cancels the operation [callers].
 *
 * A close status of a peer is indicated if RFC 6455, 7.4 allows it on the wire, or if it is above 4999 [callers].
 *
 * Ownership: the WEB_SOCKET_BUFFER is copied; the memory that it points to belongs to the library until
 * WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION.
 *
 * Returns
 *   S_OK                          queued
 *   E_HANDLE                      no such handle
 *   E_INVALIDARG                  pBuffer has a NULL pointer or the length 0
 *   E_INVALID_PROTOCOL_OPERATION  not open, or aborted; receiving has failed, or a receive was cancelled with
 *                                 a part of a payload in its buffer [choice]
 *   E_OUTOFMEMORY                 an allocation failed
 */
WEBSOCKETAPI HRESULT WINAPI WebSocketReceive(WEB_SOCKET_HANDLE hWebSocket, WEB_SOCKET_BUFFER *pBuffer,
                                             PVOID pvContext);

/**
 * WebSocketGetAction - what is to be done next.
 *
 * hWebSocket            [in]             handle of an open session (a server's may also be one after Begin)
 * eActionQueue          [in]             SEND: what the send side has to do; RECEIVE: what the receive side
 *                                        has to do, and the pongs that are due; ALL: pongs first, then send,
 *                                        then receive [choice]. A caller that always has one more message
 *                                        queued never reads through ALL: it asks RECEIVE by itself.
 * pDataBuffers          [out]            array for the action's buffers; elements past the number returned
 *                                        are untouched
 * pulDataBufferCount    [in, out]        in: room in the array, 0 is enough for an action without buffers
 *                                        [callers]; out: number returned
 * pAction               [out]            the action
 * pBufferType           [out]            what is in the buffers
 * pvApplicationContext  [out, optional]  context of the WebSocketSend or WebSocketReceive that the action
 *                                        belongs to; untouched for NO_ACTION and for a pong [reference]
 * pvActionContext       [out]            to be passed to WebSocketCompleteAction; NULL for NO_ACTION
 *
 *   action                     buffers                                                    *pBufferType
 *   NO_ACTION                  none                                                       0
 *   SEND_TO_NETWORK            1 or 2, to be written one after the other                  see below
 *   INDICATE_SEND_COMPLETE     none                                                       the operation's
 *   RECEIVE_FROM_NETWORK       1, to read any number of bytes into, at least 1            0
 *   INDICATE_RECEIVE_COMPLETE  1: Data, or CloseStatus for CLOSE (a NULL reason if none)  what arrived
 *
 * The type of SEND_TO_NETWORK is the operation's, and PING_PONG for the pong with which the library answers a
 * ping. A server's frame, and a client's with masking disabled, is two buffers: the header in library memory
 * and the payload where it is; with room for one buffer it is two actions [choice]. A client's frame is
 * masked into library memory: one buffer, and one action for each part that fits into the send buffer.
 *
 * One action per side is outstanding at a time: until it is completed, that side has NO_ACTION [reference]. A
 * pong is an action of its own, and frames that take one action may be outstanding beside it. A frame that
 * takes several actions is never interrupted by another frame, not by a pong either: the pong waits. But a
 * message never waits for a pong: while one is outstanding, a message that would take several actions goes out
 * in fragments of one action each, and when none is, the rest as one frame [choice]. What cannot be cut (an
 * extension's frame, a server's close in two actions) waits for the pong, and is next. A pong that had to wait
 * comes first, on any queue; on the send side such pongs and what is queued there take turns [choice].
 *
 * A payload is indicated in parts only if it does not fit into the receive buffer, or into the operation's own buffer
 * [choice]; parts have the FRAGMENT type. Pongs and close frames are indicated in library memory even if the
 * operation has a buffer. A cancelled receive is indicated as CLOSE with the status 1006 [choice].
 *
 * Ownership: buffers lie in library memory or in memory that was given to WebSocketSend or WebSocketReceive;
 * they are valid until the action is completed.
 *
 * Returns
 *   S_OK                          all outputs are set
 *   E_HANDLE                      no such handle
 *   E_INVALIDARG                  an output is NULL, or there is no such queue; the count is 0 and the next
 *                                 action, or a failure's CloseStatus, needs a buffer: nothing was parsed or
 *                                 handed out [choice]
 *   E_INVALID_PROTOCOL_OPERATION  the handshake is not complete
 *   E_INVALID_PROTOCOL_FORMAT     what was received breaks the protocol; only on RECEIVE and ALL, and from
 *                                 then on every time. Sending still works: as a help, pDataBuffers[0] is a
 *                                 CloseStatus with the right status, 1002 or 1007, and *pBufferType CLOSE,
 *                                 ready for WebSocketSend [choice].
 *   E_OUTOFMEMORY                 an allocation failed; the call may be repeated
 *   E_FAIL                        the operating system gave no random bytes for a mask [choice]
 * On failure those outputs that are not NULL say NO_ACTION, a NULL action context and, but for the case of
 * E_INVALID_PROTOCOL_FORMAT, the count 0.
 */
WEBSOCKETAPI HRESULT WINAPI WebSocketGetAction(WEB_SOCKET_HANDLE hWebSocket,
                                               WEB_SOCKET_ACTION_QUEUE eActionQueue,
                                               WEB_SOCKET_BUFFER *pDataBuffers, ULONG *pulDataBufferCount,
                                               WEB_SOCKET_ACTION *pAction,
                                               WEB_SOCKET_BUFFER_TYPE *pBufferType,
                                               PVOID *pvApplicationContext, PVOID *pvActionContext);

/**
 * WebSocketCompleteAction - report that an action has been carried out.
 *
 * hWebSocket          [in]            handle of the session
 * pvActionContext     [in, optional]  from WebSocketGetAction; NULL, or a context that is not outstanding,
 *                                     does nothing
 * ulBytesTransferred  [in]            bytes written to or read from the network. Anything but the sum of the
 *                                     buffers of a SEND_TO_NETWORK action, 0 or more than was offered of a
 *                                     RECEIVE_FROM_NETWORK action: the operation is cancelled [reference],
 *                                     and indicated next; a pong is dropped. The session goes on as if all
 *                                     had been sent [callers]. Ignored for the INDICATE_... actions
 *                                     [callers].
 *
 * Ownership: the action's buffers are no longer the caller's to use.
 *
 * Returns nothing in C. A caller that declares it with an HRESULT, as the reference does, gets S_OK [reference, callers].
 */
WEBSOCKETAPI WEBSOCKET_VOID WINAPI WebSocketCompleteAction(WEB_SOCKET_HANDLE hWebSocket,
                                                           PVOID pvActionContext, ULONG ulBytesTransferred);

/**
 * WebSocketAbortHandle - end an open session at once, without a close frame.
 *
 * hWebSocket  [in]  handle; one that is not open, or no handle at all, is ignored
 *
 * From now on there are no network actions, and WebSocketSend and WebSocketReceive fail. Every queued
 * operation comes back through WebSocketGetAction as its INDICATE_..._COMPLETE action with its context, then
 * NO_ACTION; an outstanding action may still be completed [reference, callers].
 *
 * Ownership: memory given to an operation is the caller's again when its indication is completed.
 *
 * Returns nothing in C. A caller that declares it with an HRESULT, as the reference does, gets S_OK [reference, callers].
 */
WEBSOCKETAPI WEBSOCKET_VOID WINAPI WebSocketAbortHandle(WEB_SOCKET_HANDLE hWebSocket);

/**
 * WebSocketDeleteHandle - free a session, whatever is queued or outstanding.
 *
 * hWebSocket  [in]  handle; NULL or a handle already deleted is ignored
 *
 * Ownership: everything that the library returned for this handle is gone, ALLOCATED_BUFFER and all memory
 * given to operations is the caller's again. If another thread is in a call on the handle, that call finishes
 * first; later calls get E_HANDLE [choice].
 *
 * Returns nothing in C. A caller that declares it with an HRESULT, as the reference does, gets S_OK [reference, callers].
 */
WEBSOCKETAPI WEBSOCKET_VOID WINAPI WebSocketDeleteHandle(WEB_SOCKET_HANDLE hWebSocket);

/**
 * WebSocketGetGlobalProperty - what holds for all sessions.
 *
 * eType    [in]       WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE: a ULONG, milliseconds between keep-alive
 *                       pongs that the caller ought to send. 30000, or on Windows the DWORD KeepaliveInterval
 *                       of the registry key HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\WebSocket, read at each
 *                       call, but at least 15000 [reference].
 *                     WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE: an array of ULONG, here one: 13.
 * pvValue  [out]      the value; untouched on failure
 * ulSize   [in, out]  in: room at pvValue; out: size of the value. Untouched for E_INVALIDARG.
 *
 * Returns
 *   S_OK          *pvValue and *ulSize are set
 *   E_INVALIDARG  pvValue or ulSize is NULL, or there is no such global property
 *   HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER)
 *                 the room is too small; *ulSize is the room needed [choice]
 */
WEBSOCKETAPI HRESULT WINAPI WebSocketGetGlobalProperty(WEB_SOCKET_PROPERTY_TYPE eType, PVOID pvValue,
                                                       ULONG *ulSize);

#ifdef __cplusplus
}
#endif

#ifndef _WIN32
#pragma pop_macro("ULONG")
#pragma pop_macro("USHORT")
#pragma pop_macro("HRESULT")
#pragma pop_macro("PVOID")
#pragma pop_macro("PCHAR")
#pragma pop_macro("PCSTR")
#pragma pop_macro("PBYTE")
#pragma pop_macro("VOID")
#pragma pop_macro("WINAPI")
#endif

#endif /* WEBSOCKET_H */
