#!/bin/sh
# The guides for Windows 7 and for Wine (tests/guides), followed in a Windows drive of their own: Wine in Windows 7 mode.
#
#   check_guides.sh x64|x86 CLIENT     CLIENT is a Windows program of that architecture that has websocket.dll linked
#
# Of api_tests' cases some are enough here: install.cmd is tried with all of them.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
arch=$1
client=$2
scratch=$(mktemp -d -p "$root/build") # where the small Debian that 32-bit Wine runs in can see it
export WEBSOCKET_WINEPREFIX="$scratch/prefix" WINEDLLOVERRIDES='mscoree=;mshtml='
wine() {
    sh "$root/tests/wine.sh" "$arch" "$@" 2>"$scratch/errors" </dev/null
}
clean_up() {
    wine wineserver -k || true
    for _ in 1 2 3 4 5; do
        rm -rf "$scratch" 2>/dev/null && break
        sleep 1
    done
}
trap clean_up EXIT

unzip -q "$root/build/packages/websocket-1.0.0-windows.zip" -d "$scratch"
cd "$scratch"/websocket-*/
mkdir program
cp "$client" program/client.exe
installed=$WEBSOCKET_WINEPREFIX/drive_c/windows/system32/websocket.dll
wine cmd /c ver
wine winecfg -v win7

# loads KIND: what Wine says of the DLL that the program loads, native or builtin.
loads() {
    echo "   is to load: $1"
    WINEDEBUG=+loaddll sh "$root/tests/wine.sh" "$arch" program/client.exe 127.0.0.1 1 x >"$scratch/loaded" 2>&1 </dev/null || true
    grep -i 'websocket.dll.*: '"$1" "$scratch/loaded"
}

echo '== before: the stub'
loads builtin

echo '== Windows 7: copied from a command prompt, checked, removed'
wine cmd /c "copy $arch\\websocket.dll %SystemRoot%\\System32\\"
wine cmd /c "$arch\\api_tests.exe --library %SystemRoot%\\System32\\websocket.dll --only caller_*" | tr -d '\r' | tee "$scratch/page"
test "$(grep -cE '([0-9]+) of +\1 agree$' "$scratch/page")" -eq 4
grep -q 'Windows 6\.1\.' "$scratch/page"
loads native
wine cmd /c 'del %SystemRoot%\System32\websocket.dll'
test ! -e "$installed"

echo '== Wine: the stub comes back, and yields to a copy'
wine wineboot -u
loads builtin
cp "$arch/websocket.dll" "$installed"
loads native

echo '== Wine: overrides'
wine reg add 'HKCU\Software\Wine\DllOverrides' /v websocket /d builtin /f
loads builtin
wine reg add 'HKCU\Software\Wine\AppDefaults\client.exe\DllOverrides' /v websocket /d native /f
loads native
wine reg delete 'HKCU\Software\Wine\AppDefaults\client.exe\DllOverrides' /f
export WINEDLLOVERRIDES='mscoree=;mshtml=;websocket=n'
loads native
wine reg add 'HKCU\Software\Wine\DllOverrides' /v websocket /d native /f
export WINEDLLOVERRIDES='mscoree=;mshtml='
loads native
echo 'as the guides say'
