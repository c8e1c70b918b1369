#!/bin/sh
# Run a Windows program, or winetricks or wineserver, under Wine:  tests/wine.sh x64|x86|both PROGRAM [ARGUMENT...]
#
# - A websocket.dll must come from a file (ours): Wine's own stub of that name is ruled out.
# - The Windows drive lies in build/wine-x64, -x86 or -both, away from the user's own ~/.wine; or where
#   WEBSOCKET_WINEPREFIX says, which but for x64 must be inside of the project's folder.
# - Addresses are not random where that may be switched off. Else Linux puts the heap behind the program, which Debian's
#   Wine has at 0x7d000000, by up to 1 GiB: in one of 2,000 starts to where Windows has its shared page (0x7ffe0000), and
#   the program ends before it begins.
# - One CPU only: where the CPUs of a virtual machine disagree about the time, Wine's waits would end at once. Those that
#   run beside each other have one each, if there are two.
# - x64 uses the machine's own Wine. x86 and both use that of the small Debian 13 which tests/install-debian13.sh makes:
#   32-bit Wine does not everywhere install beside the 64-bit one. `both` is a Windows that runs programs of both kinds; or
#   one of 32 bits, as x86 is, with WINEARCH=win32.
# - Windows is started on its own first, and stays for half a minute after its last program. Else its services would be
#   children of PROGRAM, hold its output open after its end, and make whoever reads that output wait for them; and Windows
#   takes several times as long to start as most programs take to run. winetricks waits for Windows to end, so it has to
#   begin without.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
arch=${1:-}
case $arch in
x64) WINEARCH=win64 turn=0 ;;
x86) WINEARCH=win32 turn=1 ;;
both) WINEARCH=${WINEARCH:-win64} turn=1 ;;
*) set -- ;;
esac
if [ $# -lt 2 ]; then
    echo "usage: wine.sh x64|x86|both PROGRAM [ARGUMENT...]" >&2
    exit 2
fi
shift
export WINEARCH

export WINEPREFIX="${WEBSOCKET_WINEPREFIX:-$root/build/wine-$arch}"
export WINEDLLOVERRIDES="${WINEDLLOVERRIDES:-websocket=n;mscoree=;mshtml=;winemenubuilder.exe=}"
export WINEDEBUG="${WINEDEBUG:--all}"
cpu=$(taskset -pc $$ | sed 's/.*: *//' | awk -F , -v turn="$turn" '{
    for (i = 1; i <= NF; i++) {
        last = split($i, ends, "-")
        for (cpu = ends[1] + 0; cpu <= ends[last] + 0; cpu++)
            cpus[n++] = cpu
    }
    print cpus[turn % n]
}')
export PATH="/usr/lib/wine:$PATH" # Debian has wine64 there alone
steady=
if setarch --addr-no-randomize true 2>/dev/null; then
    steady='setarch --addr-no-randomize'
fi
if [ "$arch" != x64 ] && [ ! -e "$root/build/debian13/.complete" ]; then
    echo 'wine.sh: there is no such Wine; make it with: sh tests/install-debian13.sh' >&2
    exit 125
fi
wine=wine64
[ "$WINEARCH" = win64 ] || wine=wine
debian=
[ "$arch" = x64 ] || debian=$root/tests/debian13.sh

# there COMMAND...: where Wine is.
there() {
    # shellcheck disable=SC2086 # words
    $steady taskset -c "$cpu" ${debian:+sh "$debian"} "$@"
}

start_windows() {
    log=$(mktemp)
    # shellcheck disable=SC2016
    if ! WINEDEBUG=fixme-all there sh -c 'wineserver -k0 || { wineserver -p30; "$0" wineboot; }' $wine </dev/null >"$log" 2>&1; then
        echo "wine.sh: Windows did not start" >&2
        cat "$log" >&2
        rm -f "$log"
        exit 125
    fi
    rm -f "$log"
}

case $1 in
--version) set -- $wine "$@" ;;
wineserver) ;;
winetricks) there wineserver -k || true ;;
*)
    start_windows
    set -- $wine "$@"
    ;;
esac
# shellcheck disable=SC2086 # words
exec $steady taskset -c "$cpu" ${debian:+sh "$debian"} "$@"
