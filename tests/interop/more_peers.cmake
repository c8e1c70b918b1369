# Tests with more of Debian's WebSocket programs: libwebsockets, Python's aiohttp and websocket-client.

# The peer is a program of this machine's, whatever we build for.
set(lws_peer ${CMAKE_CURRENT_BINARY_DIR}/lws_peer)
add_custom_command(
    OUTPUT ${lws_peer}
    COMMAND gcc -std=gnu11 -O2 -Wall -Wextra -Werror -o ${lws_peer} ${peers}/lws_peer.c -lwebsockets
    DEPENDS ${peers}/lws_peer.c
    COMMENT "Building the peer that uses Debian's libwebsockets"
    VERBATIM)
# Who only wants to build need not have libwebsockets: then these tests fail, and nothing else.
set(by_default "")
if(EXISTS /usr/include/libwebsockets.h)
    set(by_default ALL)
endif()
add_custom_target(interop_lws_peer ${by_default} DEPENDS ${lws_peer})

# Our server, their clients.
add_pair(server.libwebsockets.messages ${server} -- ${lws_peer} client {url} text binary fragments pings)
add_pair(server.libwebsockets.small_buffers ${server} ${small_buffers} -- ${lws_peer} client {url} fragments pings)
add_pair(server.aiohttp.messages
    ${server} --subprotocol chat -- ${PYTHON3} ${peers}/aiohttp_client.py {url} text binary burst pings)
add_pair(server.websocket-client.messages
    ${server} --subprotocol chat -- ${PYTHON3} ${peers}/websocket_client_client.py {url} ${topics})

# Our client, their servers. (aiohttp answers every close with 1000.)
add_pair(client.libwebsockets.messages ${lws_peer} echo -- ${client} {url} ${all})
add_pair(client.libwebsockets.close ${lws_peer} echo -- ${client} {url} --message Hello --close 3001)
add_pair(client.libwebsockets.echo ${lws_peer} drive text binary fragments pings -- ${client} {url} --echo)
add_pair(client.libwebsockets.small_buffers
    ${lws_peer} drive fragments pings -- ${client} {url} --echo ${small_buffers})
add_pair(client.aiohttp.messages
    ${PYTHON3} ${peers}/aiohttp_server.py echo -- ${client} {url}/chat ${all} --subprotocol x --subprotocol chat)
add_pair(client.aiohttp.echo ${PYTHON3} ${peers}/aiohttp_server.py drive text binary burst pings -- ${client} {url} --echo)

# What was tried with whom is told in this folder's README.
websocket_add_test(interop.table
    ${PYTHON3} ${CMAKE_CURRENT_SOURCE_DIR}/table.py --check ${PROJECT_BINARY_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/README.md)
