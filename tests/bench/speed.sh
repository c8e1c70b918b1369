#!/bin/sh
# Print the tables of README.md beside this, in its order and ready to be copied:  sh tests/bench/speed.sh [OLDER.so]
#
# OLDER.so is an older build of the library: then the last table is what became of its times. Builds the preset bench.
# The machine should have nothing else to do.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
build=$root/build/bench
programs=$build/tests/bench
older=${1+$(realpath "$1")}

# table PROGRAM OPTION...
table() {
    program=$programs/$1
    shift
    echo '```'
    "$program" "$@" 2>"$build/speed.log" || {
        cat "$build/speed.log" >&2
        return 1
    }
    printf '```\n\n'
}

cd "$root"
cmake --preset bench >"$build.log" && cmake --build --preset bench >>"$build.log" || {
    cat "$build.log" >&2
    exit 1
}
table websocket_bench --summary
table websocket_bench --threads
table websocket_bench_static --against "$build/libwebsocket.so"
table websocket_bench --handles
table websocket_bench --instructions
table websocket_bench --contention
[ -z "$older" ] || table websocket_bench --against "$older"
