#!/bin/sh
# install.cmd and uninstall.cmd of the zip, in a Windows drive of their own: Wine in Windows 7 mode.
#
#   check_install.sh both|x86 SERVER
#
# `both` is a Windows for 64- and 32-bit programs, `x86` one for 32-bit programs alone, where only that is tried which is
# otherwise there: the scripts are the same. SERVER is an echo_server.exe of its own architecture. What Wine lacks has a
# stand-in: certutil.exe, by a program that computes the same sums; and a folder that only an administrator may write to, by
# one that is mounted read-only. One stands in for api_tests.exe, too, which takes long, but for one installation of the x64
# DLL.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
kind=$1
server=$2
scratch=$(mktemp -d -p "$root/build") # where the small Debian that Wine runs in can see it
export WEBSOCKET_WINEPREFIX="$scratch/prefix" WINEDLLOVERRIDES='mscoree=;mshtml=;certutil.exe=n'
read_only=''
wine() {
    if [ -z "$read_only" ]; then
        sh "$root/tests/wine.sh" both "$@"
    else
        unshare --mount sh -euc 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec sh "$@"' \
            "$read_only" "$root/tests/wine.sh" both "$@"
    fi
}
end_windows() { # if it runs
    wine wineserver -k >/dev/null 2>&1 || true
}
clean_up() {
    end_windows
    for _ in 1 2 3 4 5; do
        rm -rf "$scratch" 2>/dev/null && break
        sleep 1
    done
}
trap clean_up EXIT

windows=$WEBSOCKET_WINEPREFIX/drive_c/windows
case $kind in
both) WINEARCH=win64 folders='x64:system32 x86:syswow64' native=x64 ;;
x86) WINEARCH=win32 folders='x86:system32' native=x86 ;;
*) echo 'usage: check_install.sh both|x86 SERVER' >&2 && exit 2 ;;
esac
export WINEARCH
fail() {
    echo "check_install.sh: $*" >&2
    exit 1
}

# compile ARCHITECTURE SOURCE PROGRAM: of the stand-ins.
compile() {
    case $1 in
    x64) compiler=x86_64-w64-mingw32-gcc-win32 ;;
    x86) compiler=i686-w64-mingw32-gcc-win32 ;;
    esac
    $compiler -I "$root/include" "$root/tests/package/$2" -o "$3"
}

# sum_up FILE: it is not what it was, and SHA256SUMS has its sum.
sum_up() {
    sed -i "s,.*  $1,$(sha256sum <"$1" | cut -c 1-64)  $1," SHA256SUMS
}

# state: all that the scripts could leave behind, with its sums.
state() {
    (cd "$windows" && find sys* -maxdepth 1 -iname 'websocket.*' -type f -exec sha256sum {} + | LC_ALL=C sort)
}

# try CODE WORDS ANSWER COMMAND [PROMPT]: the command ends with CODE, having said WORDS; and unless CODE is 0 nothing changed.
try() {
    echo "   > $4"
    state >"$scratch/before"
    code=0
    printf "${3:+$3\\r\\n}" | wine "${5:-cmd}" /c "$4" >"$scratch/said" 2>"$scratch/errors" || code=$?
    sed 's/\r//; s/^/   /' "$scratch/said"
    [ "$code" = "$1" ] || fail "ended with $code, not with $1"
    [ -z "$2" ] || grep -qF "$2" "$scratch/said" || fail "did not say: $2"
    [ "$code" = 0 ] || state | diff "$scratch/before" - || fail "did not leave all as it was"
}

# installed FOLDER: its DLLs are where programs find them.
installed() {
    for pair in $folders; do
        cmp "$1/${pair%:*}/websocket.dll" "$windows/${pair#*:}/websocket.dll"
    done
}

# alone FOLDER: the same, and nothing is left beside them.
alone() {
    installed "$1"
    [ "$(state | wc -l)" -eq "$(echo "$folders" | wc -w)" ] || fail "more is there than should be: $(state)"
}

put() {
    for pair in $folders; do
        cp "$1/${pair%:*}/websocket.dll" "$windows/${pair#*:}/websocket.dll"
    done
}

gone() {
    [ -z "$(state)" ] || fail "something is left: $(state)"
}

echo '== a Windows 7'
unzip -q "$root/build/packages/websocket-1.0.0-windows.zip" -d "$scratch"
mv "$scratch"/websocket-*/ "$scratch/a zip & more" # as people's folders are named
zip="$scratch/a zip & more"
cd "$zip"
for script in install.cmd uninstall.cmd; do
    [ "$(grep -c "$(printf '\r')\$" $script)" -eq "$(wc -l <$script)" ] || fail "$script: a line does not end as Windows' do"
    ! LC_ALL=C grep -n '[^ -~'"$(printf '\r')"']' $script || fail "$script has letters that not every Windows has"
done
wine wineboot --init >/dev/null 2>&1
wine winecfg -v win7 >/dev/null 2>&1
for pair in $folders; do
    mkdir -p "$scratch/older/${pair%:*}"
    /usr/bin/python3 "$root/tests/package/older.py" "${pair%:*}/websocket.dll" "$scratch/older/${pair%:*}/websocket.dll"
done

if [ "$kind" = both ]; then
    echo '== refused: called wrongly, another Windows, another processor'
    for script in install uninstall; do
        try 2 "usage: $script.cmd [/quiet]" '' "$script.cmd /silent"
        try 2 "usage: $script.cmd [/quiet]" '' "$script.cmd /quiet now"
        try 3 'This processor is IA64' '' "set PROCESSOR_ARCHITECTURE=IA64&& $script.cmd /quiet"
    done
    wine winecfg -v win10 >/dev/null 2>&1
    try 3 'which are version 6.1' '' install.cmd
    wine winecfg -v win7 >/dev/null 2>&1
fi

echo "== refused: a websocket.dll that is not ours, Wine's own"
try 4 'websocket.dll already, and it is not ours' '' install.cmd
try 4 'websocket.dll is not ours' '' uninstall.cmd
rm "$windows"/sys*/websocket.dll
try 0 'There is no websocket.dll of ours' '' uninstall.cmd

if [ "$kind" = both ]; then
    echo '== refused: no sums to be had, files that are damaged or missing'
    try 6 'certutil.exe is missing here' '' 'install.cmd /quiet'
    rm "$windows/system32/certutil.exe"
    try 6 'certutil.exe is missing here' '' 'install.cmd /quiet'
fi
rm -f "$windows/system32/certutil.exe"
compile $native certutil_windows.c "$windows/system32/certutil.exe"
if [ "$kind" = both ]; then
    cp x86/websocket.dll "$scratch/kept"
    printf x >>x86/websocket.dll
    try 6 'x86\websocket.dll is damaged' '' 'install.cmd /quiet'
    rm x86/websocket.dll
    try 6 'x86\websocket.dll or its sum is missing' '' 'install.cmd /quiet'
    mv "$scratch/kept" x86/websocket.dll
    mv SHA256SUMS "$scratch/kept"
    try 6 'websocket.dll or its sum is missing' '' 'install.cmd /quiet'
    mv "$scratch/kept" SHA256SUMS

    echo '== refused: no rights'
    put "$scratch/older"
    for pair in $folders; do
        end_windows
        read_only=$windows/${pair#*:}
        try 5 'Run as administrator' '' 'install.cmd /quiet'
        try 5 'Run as administrator' '' 'uninstall.cmd /quiet'
        end_windows
        read_only=''
    done
    rm "$windows"/sys*/websocket.dll

    echo '== asked, and not wanted'
    try 1 'Nothing was changed' '' install.cmd
    try 1 'Nothing was changed' n install.cmd
fi

# stand_in ARCHITECTURE: for its api_tests.exe.
stand_in() {
    compile "$1" tries_windows.c "$1/api_tests.exe"
    sum_up "$1/api_tests.exe"
}

echo '== installed'
stand_in x86
try 0 'websocket.dll is in place' y install.cmd
alone "$zip"
if [ "$kind" = both ]; then
    test "$(grep -cE '([0-9]+) of +\1 agree' "$scratch/said")" -eq 5 # four groups of cases, and the stand-in's one
    stand_in x64
fi

echo '== in place of an older one, which a program uses'
put "$scratch/older"
! cmp -s x86/websocket.dll "$scratch/older/x86/websocket.dll" || fail 'the older one is the same'
mkdir program
cp "$server" program/server.exe
wine program/server.exe >"$scratch/server" 2>&1 </dev/null &
for _ in $(seq 60); do
    ! grep -q '^using C:' "$scratch/server" || break
    sleep 0.5
done
grep -qi 'using C:.windows.system32.websocket.dll' "$scratch/server" || fail 'the program does not use it'
try 0 'A program still uses the one from before' yes install.cmd
installed "$zip"
try 7 'A program still uses' '' 'install.cmd /quiet'
try 7 'A program still uses' '' 'uninstall.cmd /quiet'
end_windows
wait
try 0 'websocket.dll is removed' y uninstall.cmd
gone
if [ "$kind" = both ]; then
    echo '== from a 32-bit prompt'
    put "$scratch/older"
    try 0 '' '' 'install.cmd /quiet' 'C:\windows\syswow64\cmd.exe'
    [ ! -s "$scratch/said" ] || fail '/quiet is not quiet'
    alone "$zip"
    try 0 'websocket.dll is removed' y uninstall.cmd 'C:\windows\syswow64\cmd.exe'
    gone
fi

echo '== a step fails: the x86 DLL does not work'
cp x86/websocket.dll "$scratch/kept"
cp x64/websocket.dll x86/websocket.dll
cp SHA256SUMS "$scratch/sums"
sum_up x86/websocket.dll
put "$scratch/older"
try 7 'All is as it was before' '' 'install.cmd /quiet'
if [ "$kind" = x86 ]; then
    rm "$windows"/sys*/websocket.dll
    try 7 'All is as it was before' '' 'install.cmd /quiet'
fi
mv "$scratch/kept" x86/websocket.dll
mv "$scratch/sums" SHA256SUMS

echo '== a step fails: somebody keeps the last DLL open'
put "$scratch/older"
wine cmd /c "(ping -n 60 127.0.0.1 >nul) <C:\\windows\\${folders##*:}\\websocket.dll" >/dev/null 2>&1 </dev/null &
sleep 5
try 7 'could not be written' '' 'install.cmd /quiet'
try 7 'could not be removed' '' 'uninstall.cmd /quiet'
end_windows
wait

echo '== uninstalled'
try 1 'Nothing was changed' n uninstall.cmd
try 0 '' '' 'uninstall.cmd /quiet'
[ ! -s "$scratch/said" ] || fail '/quiet is not quiet'
gone
echo 'as they say'
