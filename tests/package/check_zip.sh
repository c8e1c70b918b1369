#!/bin/sh
# The zip for Windows: what is in it, and that its sums are right. That its programs and DLLs work together is seen where the
# guides are followed with it, and that a second one would be the same byte for byte, where a release is made.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
zip=$root/build/packages/websocket-1.0.0-windows.zip
scratch=$(mktemp -d -p "$root/build")
trap 'rm -rf "$scratch"' EXIT

sh "$root/tests/package.sh" zip
unzip -q "$zip" -d "$scratch"
cd "$scratch"/*/

echo '== its files'
find . -type f | LC_ALL=C sort >"$scratch/found"
cat >"$scratch/expected" <<'END'
./LICENSE
./README.md
./SHA256SUMS
./check.md
./differences.md
./examples/api.svg
./examples/client.c
./examples/connection.h
./examples/server.c
./include/websocket.h
./include/websocket_types.h
./install.cmd
./linux.md
./remove_websocket.verb
./trace.md
./uninstall.cmd
./websocket.verb
./windows-7.md
./wine.md
./x64/api_tests.exe
./x64/libwebsocket.dll.a
./x64/websocket.dll
./x64/websocket.lib
./x86/api_tests.exe
./x86/libwebsocket.dll.a
./x86/websocket.dll
./x86/websocket.lib
END
diff "$scratch/expected" "$scratch/found"

echo '== links between its pages'
/usr/bin/python3 -B "$root/tests/static/check_pages.py" .

echo '== their sums'
sha256sum --check --strict SHA256SUMS
test "$(wc -l <SHA256SUMS)" -eq $(($(wc -l <"$scratch/expected") - 1))
