#!/bin/sh
# Read the libraries for macOS as its loader and its linker would:  check_macos.sh OBJDUMP NM LIBRARY [ARCHIVE]
#
# The shared library exports the 13 functions and nothing else, and needs none but the system's; what the archive defines
# cannot be in the way of a program's own names. OBJDUMP and NM are LLVM's, as all of macOS' are.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

sed -n 's/^ *\(WebSocket[A-Za-z]*\) .*@[0-9]*.*$/_\1/p' "$root/websocket.def" | LC_ALL=C sort >"$scratch/wanted"
test "$(wc -l <"$scratch/wanted")" -eq 13

echo '== exports'
"$1" --macho --exports-trie "$3" | sed -n 's/^0x[0-9A-F]*  *//p' | LC_ALL=C sort | diff "$scratch/wanted" -
echo '== needs'
"$1" --macho --dylibs-used "$3" | sed '1,2d' | tee "$scratch/needs"
test "$(wc -l <"$scratch/needs")" -eq 1
grep -q '/usr/lib/libSystem\.B\.dylib ' "$scratch/needs"
echo '== canaries'
"$2" --undefined-only "$3" | grep stack_chk_fail

[ $# -gt 3 ] || exit 0
echo '== names in the archive that are not prefixed'
"$2" --extern-only --defined-only "$4" | sed -n 's/^[0-9a-f]* [A-Z] //p' | grep -v '^_websocket_dll_' | LC_ALL=C sort |
    diff "$scratch/wanted" -
