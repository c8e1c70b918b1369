#!/bin/sh
# Show the library at work:  tests/demo.sh [--native]
#
# Other people's WebSocket programs talk to ours, and ours to theirs: under Wine with our websocket.dll, or with
# --native without Wine, with libwebsocket.so. Installs and builds what is missing. Ends with 0 only if all came
# back right.
#
# $emulator and $purposes are several words each, or none:
# shellcheck disable=SC2086
set -eu

cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
case ${1-} in
'') preset=windows-x64 purposes='windows peers' emulator='sh tests/wine.sh x64' exe=.exe library=websocket.dll ;;
--native) preset=linux purposes='native peers' emulator='' exe='' library=libwebsocket.so ;;
*) echo 'usage: demo.sh [--native]' >&2 && exit 2 ;;
esac

build=build/$preset
work=$build/demo
peers=tests/interop/peers
mkdir -p "$work"
export NODE_PATH="$PWD/$build/tests/interop/ws/node_modules"

fail() {
    echo "demo.sh: $*" >&2
    exit 1
}

# quietly COMMAND...: shows what the command printed only if it fails.
quietly() {
    "$@" >"$work/log" 2>&1 </dev/null || {
        tail -n 40 "$work/log" >&2
        fail "this failed: $*"
    }
}

# show COMMAND...: shows what the command prints, moved in, without Windows' line ends; fails if it fails.
show() {
    code=0
    "$@" >"$work/shown" 2>&1 </dev/null || code=$?
    tr -d '\r' <"$work/shown" | sed 's/^/   /'
    [ $code = 0 ] || fail "this ended with $code: $*"
}

title() {
    printf '\n== %s\n' "$*"
}

build_all() {
    cmake --preset "$preset" &&
        cmake --build --preset "$preset" --target websocket echo_server echo_client
}

# start COMMAND...: starts a server and waits until it listens; sets server, url and told (lines of its log shown).
start() {
    : >"$work/server.log"
    "$@" >>"$work/server.log" 2>&1 </dev/null &
    server=$!
    told=0
    for _ in $(seq 300); do
        address=$(sed -n 's/\r//; s/^listening on //p' "$work/server.log")
        [ -z "$address" ] || break
        kill -0 "$server" 2>/dev/null || fail "this did not start: $*"
        sleep 0.1
    done
    [ -n "$address" ] || fail "this does not listen: $*"
    url=ws://$address
}

# tell: shows what the server has said since the last time.
tell() {
    tail -n +$((told + 1)) "$work/server.log" | tr -d '\r' | sed 's/^/   /'
    told=$(wc -l <"$work/server.log")
}

stop() {
    kill -INT "$server"
    code=0
    wait "$server" || code=$?
    server=''
    [ $code = 0 ] || fail "the server ended with $code"
}

server=''
trap '[ -z "$server" ] || kill "$server"' EXIT

echo "Installing and building what is missing..."
sh tests/install-packages.sh $purposes
quietly build_all
quietly sh tests/interop/install-node.sh tests/interop "$build/tests/interop/ws"
[ -z "$emulator" ] || [ -e build/wine-x64/system.reg ] || quietly $emulator wineboot --init
echo "$build/$library: $(wc -c <"$build/$library") bytes, SHA-256 $(sha256sum <"$build/$library" | cut -c 1-16)..."

title "echo_server$exe starts"
start $emulator "$build/echo_server$exe" --verbose
tell

title "Which $library this is"
echo '   The examples of RFC 6455 (1.3, 5.7, and a close), sent to it byte for byte:'
show /usr/bin/python3 $peers/raw_client.py "$url" example
echo '   These are the right answers.'
told=$(wc -l <"$work/server.log")
if [ -n "$emulator" ]; then
    WINEDLLOVERRIDES='websocket=b;winedbg.exe=' $emulator "$build/echo_server.exe" >"$work/stub" 2>&1 </dev/null &&
        fail "Wine's own websocket.dll works here: so this run proves nothing about ours"
    # Its functions are missing, or say that they are not implemented: that differs by Wine's version.
    stub=$(grep -m 1 -io 'unimplemented function websocket.dll[A-Za-z.]*\|the library refuses.*' "$work/stub") ||
        fail "Wine's own websocket.dll did not end as expected: see $work/stub"
    echo "   The same program with the websocket.dll that comes with Wine ends with:"
    echo "   $stub"
fi

version=$(node -p 'require("ws/package.json").version')
title "Node's ws $version talks to echo_server$exe"
show node $peers/ws_demo.js "$url"
echo "   echo_server$exe says:"
tell

version=$(/usr/bin/python3 -c 'import websockets; print(websockets.version.version)')
title "Python's websockets $version talks to echo_server$exe"
show /usr/bin/python3 $peers/websockets_demo.py "$url"
echo "   echo_server$exe says:"
tell

title "echo_server$exe is asked to stop"
stop
tell

title "echo_client$exe talks to a server made with Node's ws"
start node $peers/ws_server.js echo
show $emulator "$build/echo_client$exe" "$url/chat?room=1" --subprotocol chat --ping \
    --message 'Hello from C, γειά σου, 😀' --file "$build/$library" --close 1000
stop

printf '\nAll came back right.\n'
