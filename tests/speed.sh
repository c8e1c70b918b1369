#!/bin/sh
# The processor time that the echo server takes for a message and the memory of a connection that is silent, beside a server
# of the same shape over Debian's wslay (if libwslay-dev is installed) and one over Node's ws:
#
#     tests/speed.sh [OLDER_ECHO_SERVER] [--connections N] [--idle N] [--rounds N] [--milliseconds N]
#
# An older build of the echo server, if one is named, is measured with them.
set -eu

older=''
case ${1-} in
'' | --*) ;;
*)
    older=$(readlink -f "$1")
    shift
    ;;
esac
cd "$(dirname "$0")/.."
sh tests/install-packages.sh native peers
cmake --preset linux >/dev/null
cmake --build --preset linux --target speed echo_server >/dev/null
wslay=''
if cmake --build --preset linux --target echo_server_with_wslay >/dev/null 2>&1; then
    wslay=build/linux/tests/load/echo_server_with_wslay
fi
sh tests/interop/install-node.sh tests/interop build/linux/tests/interop/ws >/dev/null
export NODE_PATH="$PWD/build/linux/tests/interop/ws/node_modules"
exec build/linux/tests/load/speed echo_server=build/linux/echo_server ${older:+"older=$older"} ${wslay:+"wslay=$wslay"} \
    "ws=node tests/interop/peers/ws_server.js echo" "$@"
