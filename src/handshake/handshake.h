/*
 * The opening handshake, RFC 6455 section 4: makes the headers of one side and checks those of the other. It sees headers
 * only, never HTTP text, and knows nothing of handles or sessions: who may call what, and when, is decided above.
 *
 * The public header type is used because its arrays cross the ABI as they are. Arrays handed in are only
 * read, and only during the call. Their names and values need not end in NUL. A struct or output that is
 * handed in by pointer is never NULL, except where that is said.
 *
 * Checks run in this order: arguments first, then headers in the order in which they are listed below; the
 * first that fails decides the result. A failed call has changed nothing and, but for the one number that
 * comes with WS_ERROR_BUFFER, written nothing.
 */
#ifndef WS_HANDSHAKE_H
#define WS_HANDSHAKE_H

#include "results/status.h"
#include "trace/line.h"
#include "websocket.h"

#include <stdbool.h>
#include <stdint.h>

/* The most headers, subprotocols or extensions in one array: no honest caller has more. Refused unread. */
#define WS_HANDSHAKE_MAX_COUNT 65535u

/*
 * One side's headers: a heap block with the array, the strings in it that vary, and what the client's End
 * compares with. Constant names and values are static strings. A server's block without subprotocol and
 * extensions has 133 bytes on a 64-bit machine.
 */
struct ws_handshake;

/*
 * What a client offers, in NUL-terminated strings. An array may be NULL if its count is 0.
 *
 * Subprotocols are tokens, none twice (RFC 6455 section 4.1 item 10). Each extension is one name with its
 * parameters (section 9.1); a name may come again, with other parameters.
 */
struct ws_client_offer {
    const char *const *subprotocols;
    uint32_t subprotocol_count;
    const char *const *extensions;
    uint32_t extension_count;
};

/*
 * Makes the headers that a client adds to its request: Connection, Upgrade, Sec-WebSocket-Version, Sec-WebSocket-Key
 * with a fresh random key, then Sec-WebSocket-Protocol and Sec-WebSocket-Extensions if there is anything to offer.
 *
 * The initial headers are the caller's own. Nothing in them is needed or looked at, not even Host: .NET and
 * Microsoft's sample call without it.
 *
 * Returns
 *   WS_OK              *out owns the headers; ws_handshake_free releases them
 *   WS_ERROR_ARGUMENT  NULL where there is a count or a length, or as an element; a count above
 *                      WS_HANDSHAKE_MAX_COUNT; a subprotocol or extension that does not follow its grammar; a
 *                      subprotocol offered twice; a header value that would not fit into 32 bits
 *   WS_ERROR_MEMORY    no memory
 *   WS_ERROR_RANDOM    the system gave no random bytes
 */
enum ws_status ws_handshake_client_begin(const struct ws_client_offer *offer,
                                         const WEB_SOCKET_HTTP_HEADER *initial, uint32_t initial_count,
                                         struct ws_handshake **out);

/*
 * Where End writes what the server selected. Each pointer may be NULL. They are the API's own, hence ULONG.
 *
 * Indices count the offer from 0. For an extension whose name was offered more than once it is the first of them.
 */
struct ws_client_selection {
    ULONG *extensions;      /* indices, in the server's order */
    ULONG *extension_count; /* in: room in `extensions`, ignored without it; out: how many were selected */
    ULONG *subprotocol;     /* index; left alone when the server selected none */
};

/*
 * Checks the headers of the server's response against what ws_handshake_client_begin made.
 *
 *   Upgrade                   one header, with the element "websocket" in any case
 *   Connection                one or more, with the element "upgrade" in any case
 *   Sec-WebSocket-Accept      one header, the right value (case matters)
 *   Sec-WebSocket-Protocol    none if none was offered; else one header, one of those offered (case matters)
 *   Sec-WebSocket-Extensions  any number; every name was offered (case matters), and none comes twice
 *
 * The last two count as absent where their value is empty.
 *
 * The library's caller may have written to the strings and headers that it got from Begin: the answer may
 * then be wrong, but every access stays in bounds.
 *
 * Returns
 *   WS_OK                 the selection is written; *extension_negotiated says whether it has any extension
 *   WS_ERROR_ARGUMENT     no headers; NULL where there is a count or a length; a count above
 *                         WS_HANDSHAKE_MAX_COUNT; room for extensions without its count
 *   WS_ERROR_FORMAT       Upgrade, Connection or Accept is missing, doubled or wrong; the list of extensions
 *                         is malformed, or names one twice
 *   WS_ERROR_SUBPROTOCOL  the subprotocol was not offered, comes twice, or is missing although some were
 *                         offered
 *   WS_ERROR_EXTENSION    an extension was not offered
 *   WS_ERROR_BUFFER       too little room; *selection->extension_count is now the number needed
 *   WS_ERROR_MEMORY       no memory to look the extensions up
 */
enum ws_status ws_handshake_client_end(const struct ws_handshake *handshake,
                                       const WEB_SOCKET_HTTP_HEADER *response, uint32_t count,
                                       const struct ws_client_selection *selection,
                                       bool *extension_negotiated);

/*
 * What a server selects from the client's offer, in NUL-terminated strings. The array may be NULL if its count is 0.
 *
 * The subprotocol is a token; NULL or "" is none. Each extension is one name with its parameters, no name
 * twice; the parameters are the caller's business.
 */
struct ws_server_choice {
    const char *subprotocol;
    const char *const *extensions;
    uint32_t extension_count;
};

/*
 * Checks the headers of a client's request and makes those of the response: Connection, Upgrade,
 * Sec-WebSocket-Accept, then Sec-WebSocket-Protocol and Sec-WebSocket-Extensions if something was selected.
 * Headers of other names are ignored.
 *
 *   Host                      one header, whatever its value (.NET sends an empty one)
 *   Upgrade, Connection       as for ws_handshake_client_end
 *   Sec-WebSocket-Key         one header, the base64 form of 16 bytes
 *   Sec-WebSocket-Version     one header, 13
 *   Sec-WebSocket-Protocol    none, or a list of tokens with the selected one among them (case matters)
 *   Sec-WebSocket-Extensions  none, or a list of extensions that names all selected ones (case matters)
 *
 * The last two count as absent where their value is empty.
 *
 * Returns
 *   WS_OK                 *out owns the headers, ws_handshake_free releases them; *extension_negotiated says
 *                         whether an extension was selected
 *   WS_ERROR_ARGUMENT     no headers; NULL where there is a count or a length, or as an element; a count
 *                         above WS_HANDSHAKE_MAX_COUNT; a selection that does not follow its grammar; an
 *                         extension selected twice; a header value that would not fit into 32 bits
 *   WS_ERROR_FORMAT       a header is missing, doubled or malformed
 *   WS_ERROR_VERSION      the version is another number than 13
 *   WS_ERROR_SUBPROTOCOL  the selected subprotocol was not offered
 *   WS_ERROR_EXTENSION    a selected extension was not offered
 *   WS_ERROR_MEMORY       no memory
 */
enum ws_status ws_handshake_server_begin(const struct ws_server_choice *choice,
                                         const WEB_SOCKET_HTTP_HEADER *request, uint32_t count,
                                         struct ws_handshake **out, bool *extension_negotiated);

/*
 * What the given headers have to do with a refusal of theirs, for the trace: appends, where there is more to say than
 * the reason's text, for example `: expected "...", got "..."`. handshake is what the client's Begin made; it is
 * looked at for WS_WHY_ACCEPT_MISMATCH only.
 */
void ws_handshake_explain(const struct ws_handshake *handshake, enum ws_status why,
                          const WEB_SOCKET_HTTP_HEADER *headers, uint32_t count, struct ws_line *detail);

/*
 * The headers of either role and their number. Array and strings live as long as `handshake`. Each name and
 * value ends in NUL and carries its length, which does not count the NUL.
 */
WEB_SOCKET_HTTP_HEADER *ws_handshake_headers(struct ws_handshake *handshake, uint32_t *count);

/* Releases the headers and their strings. NULL is allowed. */
void ws_handshake_free(struct ws_handshake *handshake);

#endif
