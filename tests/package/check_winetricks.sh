#!/bin/sh
# websocket.verb and remove_websocket.verb of the zip, with Debian's winetricks, in a Wine prefix for both architectures and in
# one of 32 bits: Wine's stub yields to ours, and comes back.
#
#   check_winetricks.sh CLIENT_X64 CLIENT_X86     Windows programs that have websocket.dll linked
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d -p "$root/build") # where the small Debian that Wine runs in can see it
export WINEDLLOVERRIDES='mscoree=;mshtml='
wine() {
    sh "$root/tests/wine.sh" both "$@" </dev/null
}
quietly() {
    "$@" >"$scratch/said" 2>&1 || { cat "$scratch/said" && exit 1; }
}
clean_up() {
    for kind in win64 win32; do
        WINEARCH=$kind WEBSOCKET_WINEPREFIX=$scratch/$kind wine wineserver -k >/dev/null 2>&1 || true
    done
    for _ in 1 2 3 4 5; do
        rm -rf "$scratch" 2>/dev/null && break
        sleep 1
    done
}
trap clean_up EXIT

unzip -q "$root/build/packages/websocket-1.0.0-windows.zip" -d "$scratch"
cd "$scratch"/websocket-*/
mkdir program
cp "$1" program/x64.exe
cp "$2" program/x86.exe

# loads KIND PROGRAM: what Wine says of the DLL that the program loads, native or builtin.
loads() {
    echo "   $2 is to load: $1"
    WINEDEBUG=+loaddll sh "$root/tests/wine.sh" both "program/$2.exe" 127.0.0.1 1 x >"$scratch/loaded" 2>&1 </dev/null || true
    grep -i 'websocket.dll.*: '"$1" "$scratch/loaded"
}

for kind in win64 win32; do
    export WINEARCH=$kind WEBSOCKET_WINEPREFIX="$scratch/$kind"
    programs='x64 x86'
    [ $kind = win64 ] || programs=x86
    system=$WEBSOCKET_WINEPREFIX/drive_c/windows
    echo "== a prefix of the kind $kind"
    quietly wine wineboot --init
    for program in $programs; do
        loads builtin $program
    done

    echo '== winetricks ./websocket.verb'
    quietly wine winetricks ./websocket.verb
    cmp "${programs%% *}/websocket.dll" "$system/system32/websocket.dll"
    [ $kind = win32 ] || cmp x86/websocket.dll "$system/syswow64/websocket.dll"
    wine reg query 'HKCU\Software\Wine\DllOverrides' | grep -E 'websocket +REG_SZ +native,builtin'
    for program in $programs; do
        loads native $program
    done

    if [ $kind = win64 ]; then
        echo '== once more, in place of an older one, and from another folder'
        /usr/bin/python3 "$root/tests/package/older.py" x64/websocket.dll "$system/system32/websocket.dll"
        folder=$PWD
        cd "$scratch"
        quietly wine winetricks "$folder/websocket.verb"
        cd "$folder"
        cmp x64/websocket.dll "$system/system32/websocket.dll"
    fi

    echo '== winetricks ./remove_websocket.verb'
    quietly wine winetricks ./remove_websocket.verb
    for program in $programs; do
        loads builtin $program
    done
    ! wine reg query 'HKCU\Software\Wine\DllOverrides' | grep websocket || exit 1

done
echo 'as the guide says'
