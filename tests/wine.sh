#!/bin/sh
# Run a Windows program, or winetricks or wineserver, under Wine:  tests/wine.sh x64|x86|both PROGRAM [ARGUMENT...]
#
# - A websocket.dll must come from a file (ours): Wine's own stub of that name is ruled out.
# - The Windows drive lies in build/wine-x64, -x86 or -both, away from the user's own ~/.wine; or where
#   WEBSOCKET_WINEPREFIX says, which but for x64 must be inside of the project's folder.
# - Addresses are not random where that may be switched off. Else Linux puts the heap behind the program, which Debian's
#   Wine has at 0x7d000000, by up to 1 GiB: in one of 2,000 starts to where Windows has its shared page (0x7ffe0000), and
#   the program ends before it begins.
# - One CPU only: where the CPUs of a virtual machine disagree about the time, Wine's waits would end at once.
# - x64 uses the machine's own Wine. x86 and both use the small Debians that tests/install-wine.sh makes: 32-bit Wine does
#   not always install beside the 64-bit one. `both` is a Windows that runs programs of both kinds; or one of 32 bits, with
#   WINEARCH=win32.
# - Windows is started on its own first. Else its services would be children of PROGRAM, hold its output open after its
#   end, and make whoever reads that output wait for them.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
arch=${1:-}
debian=''
case $arch in
x64) WINEARCH=win64 ;;
x86) WINEARCH=win32 debian=$root/build/debian-i386 ;;
both) WINEARCH=${WINEARCH:-win64} debian=$root/build/debian-both ;;
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
cpu=$(taskset -pc $$ | sed 's/.*: *//; s/[-,].*//')
if [ -n "$debian" ] && [ ! -e "$debian/.complete" ]; then
    echo "wine.sh: there is no such Wine; make it with: sh tests/install-wine.sh $arch" >&2
    exit 125
fi
wine=/usr/lib/wine/wine
[ "$WINEARCH" = win32 ] || wine=/usr/lib/wine/wine64
case $1 in winetricks | wineserver) wine='' ;; esac
steady=
if setarch --addr-no-randomize true 2>/dev/null; then
    steady='setarch --addr-no-randomize'
fi
if [ "$1" != wineboot ] && [ "$1" != --version ]; then
    log=$(mktemp)
    if ! WINEDEBUG=fixme-all sh "$0" "$arch" wineboot </dev/null >"$log" 2>&1; then
        echo "wine.sh: Windows did not start" >&2
        cat "$log" >&2
        rm -f "$log"
        exit 125
    fi
    rm -f "$log"
fi

if [ -z "$debian" ]; then
    # shellcheck disable=SC2086 # words
    exec $steady taskset -c "$cpu" $wine "$@"
fi
export DEBIAN_ROOT="$debian" PROJECT_ROOT="$root" DIRECTORY="$PWD"
# The mounts are seen by this program alone and go away with it.
# shellcheck disable=SC2016,SC2086
exec $steady taskset -c "$cpu" unshare --mount sh -euc '
    mkdir -p "$DEBIAN_ROOT$PROJECT_ROOT"
    mount --rbind "$PROJECT_ROOT" "$DEBIAN_ROOT$PROJECT_ROOT"
    mount --rbind /dev "$DEBIAN_ROOT/dev"
    mount -t proc proc "$DEBIAN_ROOT/proc"
    exec chroot "$DEBIAN_ROOT" sh -c "cd \"\$DIRECTORY\" && exec \"\$@\"" sh "$@"
' sh $wine "$@"
