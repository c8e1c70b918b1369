/*
 * Every reason why a call is refused or ignored, as a list of X(name, text) for each class of enum ws_status. The
 * name becomes WS_WHY_<name>, the text is what the trace says: it ends a sentence that begins with the call's name.
 * Whoever adds a reason adds the test that provokes it; tests/unit/trace/test_trace.c fails without.
 */
#ifndef WS_REASONS_H
#define WS_REASONS_H

/* A parameter that can never be right. */
#define WS_REASONS_ARGUMENT(X)                                                                               \
    /* WebSocketCreate...Handle */                                                                           \
    X(HANDLE_NULL, "phWebSocket is NULL")                                                                    \
    X(PROPERTIES_NULL, "pProperties is NULL, but its count is not 0")                                        \
    X(PROPERTIES_MANY, "there are more than 65535 properties")                                               \
    X(PROPERTY_UNKNOWN, "a property's type is none of those that a handle has")                              \
    X(PROPERTY_NULL, "a property's pvValue is NULL")                                                         \
    X(PROPERTY_SIZE, "a property's ulValueSize is not 4")                                                    \
    X(RECEIVE_SIZE_SMALL, "the receive buffer size is below 256")                                            \
    X(SEND_SIZE_SMALL, "the send buffer size is below 16")                                                   \
    X(ALLOCATED_NULL, "the allocated buffer's address is NULL")                                              \
    X(ALLOCATED_SMALL, "the allocated buffer is smaller than receive buffer size + send buffer size + 144")  \
    /* Handshake */                                                                                          \
    X(HEADERS_OUT_NULL, "where to return the headers, or their count, is NULL")                              \
    X(SUBPROTOCOLS_NULL, "the array of subprotocols is NULL, but its count is not 0")                        \
    X(SUBPROTOCOLS_MANY, "there are more than 65535 subprotocols")                                           \
    X(SUBPROTOCOLS_LONG, "the subprotocols together have 4 GiB or more")                                     \
    X(SUBPROTOCOL_NULL, "a subprotocol is NULL")                                                             \
    X(SUBPROTOCOL_MALFORMED, "a subprotocol is not a token")                                                 \
    X(SUBPROTOCOL_TWICE, "a subprotocol is offered twice")                                                   \
    X(EXTENSIONS_NULL, "the array of extensions is NULL, but its count is not 0")                            \
    X(EXTENSIONS_MANY, "there are more than 65535 extensions")                                               \
    X(EXTENSIONS_LONG, "the extensions together have 4 GiB or more")                                         \
    X(EXTENSION_NULL, "an extension is NULL")                                                                \
    X(EXTENSION_MALFORMED, "an extension is not a token with parameters")                                    \
    X(EXTENSION_TWICE, "an extension is selected twice")                                                     \
    X(HEADERS_NONE, "there are no headers")                                                                  \
    X(HEADERS_NULL, "the array of headers is NULL, but its count is not 0")                                  \
    X(HEADERS_MANY, "there are more than 65535 headers")                                                     \
    X(HEADER_NAME_NULL, "a header's pcName is NULL, but its length is not 0")                                \
    X(HEADER_VALUE_NULL, "a header's pcValue is NULL, but its length is not 0")                              \
    X(SELECTION_COUNT_NULL, "pulSelectedExtensions is given, but pulSelectedExtensionCount is NULL")         \
    /* WebSocketSend and WebSocketReceive */                                                                 \
    X(TYPE_UNKNOWN, "there is no such buffer type")                                                          \
    X(TYPE_MASK_BIT, "the buffer type has the mask bit, which is the library's business")                    \
    X(PAYLOAD_NULL, "the buffer is NULL, but its length is not 0")                                           \
    X(PING_PAYLOAD, "a ping or pong is sent with a buffer, which must be NULL")                              \
    X(CONTROL_SEND_FRAGMENT, "a control frame to send lacks FIN")                                            \
    X(CONTROL_SEND_LONG, "a control frame to send has more than 125 bytes")                                  \
    X(CLOSE_EMPTY_REASON, "the close status 1005 or 1006 stands for no body, but there is a reason")         \
    X(CLOSE_REASON_NULL, "the close reason is NULL, but its length is not 0")                                \
    X(CLOSE_REASON_LONG, "the close reason has more than 123 bytes")                                         \
    X(CLOSE_SEND_STATUS, "the close status must not be sent")                                                \
    X(RECEIVE_BUFFER_EMPTY, "the buffer to receive into is NULL or has no bytes")                            \
    /* WebSocketGetAction and WebSocketCompleteAction */                                                     \
    X(QUEUE_UNKNOWN, "eActionQueue is none of send, receive and all")                                        \
    X(BUFFERS_NULL, "pDataBuffers is NULL")                                                                  \
    X(BUFFER_COUNT_NULL, "pulDataBufferCount is NULL")                                                       \
    X(BUFFER_COUNT_ZERO, "the next action has a buffer, but *pulDataBufferCount is 0")                       \
    X(ACTION_NULL, "pAction is NULL")                                                                        \
    X(BUFFER_TYPE_NULL, "pBufferType is NULL")                                                               \
    X(ACTION_CONTEXT_NULL, "pvActionContext is NULL")                                                        \
    X(CONTEXT_UNKNOWN, "ignored: the action context is not that of an outstanding action")                   \
    /* WebSocketGetGlobalProperty */                                                                         \
    X(VALUE_NULL, "pvValue is NULL")                                                                         \
    X(VALUE_SIZE_NULL, "ulSize is NULL")                                                                     \
    X(GLOBAL_UNKNOWN, "there is no such global property")

/* The right call at the wrong moment. */
#define WS_REASONS_OPERATION(X)                                                                              \
    X(NOT_CLIENT, "the handle is a server's")                                                                \
    X(NOT_SERVER, "the handle is a client's")                                                                \
    X(HANDSHAKE_NOT_BEGUN, "the handshake has not begun")                                                    \
    X(HANDSHAKE_BEGUN, "the handshake has begun already")                                                    \
    X(HANDSHAKE_NOT_ENDED, "the handshake waits for WebSocketEndClientHandshake")                            \
    X(HANDSHAKE_COMPLETE, "the handshake is complete already")                                               \
    X(ABORTED, "the handle was aborted")                                                                     \
    X(SEND_TYPES_MIXED, "another type of message is unfinished: its last part must come first")              \
    X(SEND_AFTER_CLOSE, "a close was sent: no data may follow")                                              \
    X(SEND_CLOSE_TWICE, "a close was sent already")                                                          \
    X(SEND_RAW, "a raw frame needs an extension, and none was negotiated")                                   \
    X(SEND_CONTINUES_NOTHING, "the raw frame continues a message, but none is unfinished")                   \
    X(SEND_INSIDE_MESSAGE, "the raw frame begins a message inside another")                                  \
    X(RECEIVE_AFTER_LOSS, "a read failed inside a message, and one with a hole is never delivered")          \
    X(RECEIVE_AFTER_FAILURE, "the peer broke the protocol: nothing more is received")

/* The peer's bytes or headers break the protocol; close status 1002. */
#define WS_REASONS_FORMAT(X)                                                                                 \
    /* Headers */                                                                                            \
    X(HOST_MISSING, "there is no Host")                                                                      \
    X(HOST_TWICE, "Host comes more than once")                                                               \
    X(UPGRADE_MISSING, "there is no Upgrade")                                                                \
    X(UPGRADE_TWICE, "Upgrade comes more than once")                                                         \
    X(UPGRADE_OTHER, "Upgrade does not say websocket")                                                       \
    X(CONNECTION_MISSING, "there is no Connection")                                                          \
    X(CONNECTION_OTHER, "Connection does not say upgrade")                                                   \
    X(ACCEPT_MISSING, "there is no Sec-WebSocket-Accept")                                                    \
    X(ACCEPT_TWICE, "Sec-WebSocket-Accept comes more than once")                                             \
    X(ACCEPT_MISMATCH, "Sec-WebSocket-Accept does not match")                                                \
    X(KEY_MISSING, "there is no Sec-WebSocket-Key")                                                          \
    X(KEY_TWICE, "Sec-WebSocket-Key comes more than once")                                                   \
    X(KEY_MALFORMED, "Sec-WebSocket-Key is not 16 bytes in base64")                                          \
    X(VERSION_MISSING, "there is no Sec-WebSocket-Version")                                                  \
    X(VERSION_TWICE, "Sec-WebSocket-Version comes more than once")                                           \
    X(VERSION_MALFORMED, "Sec-WebSocket-Version is not a number")                                            \
    X(OFFERED_SUBPROTOCOLS_MALFORMED, "Sec-WebSocket-Protocol is not a list of tokens")                      \
    X(HEADER_EXTENSIONS_MALFORMED, "Sec-WebSocket-Extensions is not a list of extensions")                   \
    X(ANSWERED_EXTENSION_TWICE, "Sec-WebSocket-Extensions selects an extension twice")                       \
    /* Frames */                                                                                             \
    X(FRAME_RESERVED_BITS, "a frame has reserved bits, and no extension was negotiated")                     \
    X(FRAME_RESERVED_OPCODE, "a frame has a reserved opcode, and no extension was negotiated")               \
    X(FRAME_CONTROL_FRAGMENT, "a control frame is fragmented")                                               \
    X(FRAME_CONTROL_LONG, "a control frame has more than 125 bytes")                                         \
    X(FRAME_MASKED, "frame from a server is masked")                                                         \
    X(FRAME_NOT_MASKED, "frame from a client is not masked")                                                 \
    X(FRAME_LENGTH_LONG_FORM, "a frame's length is not in its shortest form")                                \
    X(FRAME_LENGTH_TOP_BIT, "a frame's length has its top bit set")                                          \
    X(FRAME_CONTINUES_NOTHING, "a frame continues a message, but none is unfinished")                        \
    X(FRAME_INSIDE_MESSAGE, "a message begins inside another")                                               \
    X(CLOSE_ONE_BYTE, "a close frame has a body of one byte")                                                \
    X(CLOSE_STATUS, "a close frame has a status that must not be sent")

/* The peer's text is not UTF-8; close status 1007. */
#define WS_REASONS_TEXT(X)                                                                                   \
    X(TEXT_NOT_UTF8, "text is not UTF-8")                                                                    \
    X(TEXT_CUT_SHORT, "text ends inside a character")                                                        \
    X(CLOSE_REASON_NOT_UTF8, "the reason of a close frame is not UTF-8")

/* The others, one class each. */
#define WS_REASONS_EXTENSION(X)                                                                              \
    X(EXTENSION_NOT_OFFERED, "Sec-WebSocket-Extensions selects an extension that was not offered")           \
    X(EXTENSION_NOT_REQUESTED, "an extension is selected that Sec-WebSocket-Extensions does not offer")

#define WS_REASONS_SUBPROTOCOL(X)                                                                            \
    X(SUBPROTOCOL_NONE, "subprotocols were offered, but Sec-WebSocket-Protocol selects none")                \
    X(SUBPROTOCOL_SELECTED_TWICE, "Sec-WebSocket-Protocol comes more than once")                             \
    X(SUBPROTOCOL_NOT_OFFERED, "Sec-WebSocket-Protocol selects a subprotocol that was not offered")          \
    X(SUBPROTOCOL_NOT_REQUESTED, "a subprotocol is selected that Sec-WebSocket-Protocol does not offer")

#define WS_REASONS_VERSION(X) X(VERSION_OTHER, "Sec-WebSocket-Version is not 13")
#define WS_REASONS_HANDLE(X)  X(HANDLE_UNKNOWN, "there is no such handle, or it was deleted")
#define WS_REASONS_MEMORY(X)  X(NO_MEMORY, "there is no memory")
#define WS_REASONS_RANDOM(X)  X(NO_RANDOM, "the system gave no random bytes")

#define WS_REASONS_BUFFER(X)                                                                                 \
    X(SELECTION_SMALL, "there is too little room for the selected extensions' indices")                      \
    X(VALUE_SMALL, "there is too little room for the property's value")

/* Nothing is refused, but somebody may wonder. */
#define WS_REASONS_NOTE(X)                                                                                   \
    X(SEND_COUNT, "the operation is cancelled: another number of bytes was sent than its buffers have")      \
    X(PONG_COUNT, "the pong is dropped: another number of bytes was sent than its buffer has")               \
    X(READ_ENDED, "the operation is cancelled: no byte was read")                                            \
    X(READ_COUNT, "the operation is cancelled: more bytes were read than its buffer has")                    \
    X(ABORT_EARLY, "ignored: the handshake is not complete")

#define WS_REASONS(X)                                                                                        \
    WS_REASONS_ARGUMENT(X)                                                                                   \
    WS_REASONS_OPERATION(X)                                                                                  \
    WS_REASONS_FORMAT(X)                                                                                     \
    WS_REASONS_TEXT(X)                                                                                       \
    WS_REASONS_EXTENSION(X)                                                                                  \
    WS_REASONS_SUBPROTOCOL(X)                                                                                \
    WS_REASONS_VERSION(X)                                                                                    \
    WS_REASONS_HANDLE(X)                                                                                     \
    WS_REASONS_MEMORY(X)                                                                                     \
    WS_REASONS_BUFFER(X)                                                                                     \
    WS_REASONS_RANDOM(X)                                                                                     \
    WS_REASONS_NOTE(X)

#endif
