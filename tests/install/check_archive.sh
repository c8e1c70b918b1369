#!/bin/sh
# The static library keeps to itself: it defines the 13 functions of websocket.def and, where it is not one object, names that
# begin with websocket_dll_; a program that has functions named like
# those inside gets along with it, and a plugin that is made with it exports what it says and nothing more.
#
#   check_archive.sh BUILD ARCHIVE COMPILER NM OBJDUMP [EMULATOR...]
#
# CFLAGS are what the compiler needs beyond that to make programs for the target.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
build=$1 archive=$2 compiler=$3 nm=$4 objdump=$5
shift 5
scratch=$build/archive-check # not in /tmp, which the small Debian that 32-bit Wine runs in does not show
rm -rf "$scratch"
mkdir "$scratch"
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

case $compiler in
*mingw*) libraries=-ladvapi32 ;;
*) libraries=-pthread ;;
esac
compile() {
    # shellcheck disable=SC2086 # several words are wanted
    "$compiler" ${CFLAGS-} -I "$root/include" "$@" "$archive" $libraries
}

echo '== the names that it defines'
sed -n 's/^ *\(WebSocket[A-Za-z]*\) @.*/\1/p' "$root/websocket.def" >functions
test "$(wc -l <functions)" -eq 13
# On x86, stdcall puts a _ before a name, and behind it an @ with a number.
"$nm" --extern-only --defined-only --format=posix "$archive" | grep -v '^_*websocket_dll_' |
    sed -n 's/^_*\([^ @]*\)\(@[0-9]*\)* [A-Z] .*/\1/p' | LC_ALL=C sort >defined
diff functions defined

echo '== a program with names like ours'
compile "$root/tests/link/user.c" "$root/tests/install/namesake.c" -o namesake.exe
"$@" "$scratch/namesake.exe"

echo '== a plugin'
compile -Dmain=plugin "$root/tests/link/user.c" -shared -fPIC -o plugin.dll
case $compiler in
*mingw*) "$objdump" -p plugin.dll | tr -d '\r' | sed -n '/Name Pointer\] Table/,/^$/s/^[[:space:]]\{1,\}\[.* //p' >exports ;;
*) "$nm" --dynamic --defined-only --format=posix plugin.dll | sed 's/ .*//' >exports ;;
esac
cat exports
test "$(cat exports)" = plugin
