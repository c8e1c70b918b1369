#!/bin/sh
# Run a Windows program under Wine:  tests/wine.sh x64|x86 PROGRAM [ARGUMENT...]
#
# - A websocket.dll must come from a file (ours): Wine's own stub of that name is ruled out.
# - The Windows drive lies in build/wine-x64 or build/wine-x86, away from the user's own ~/.wine; or where
#   WEBSOCKET_WINEPREFIX says, which for 32-bit programs must be inside of the project's folder.
# - Addresses are not random where that may be switched off. Else Linux puts the heap behind the program, which Debian's
#   Wine has at 0x7d000000, by up to 1 GiB: in one of 2,000 starts to where Windows has its shared page (0x7ffe0000), and
#   the program ends before it begins.
# - One CPU only: where the CPUs of a virtual machine disagree about the time, Wine's waits would end at once.
# - 64-bit programs use the machine's own Wine. 32-bit ones use the small i386 Debian that
#   tests/install-wine-x86.sh makes: 32-bit Wine does not always install beside the 64-bit one.
# - Windows is started on its own first. Else its services would be children of PROGRAM, hold its output open after its
#   end, and make whoever reads that output wait for them.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
arch=${1:-}
if [ $# -lt 2 ] || { [ "$arch" != x64 ] && [ "$arch" != x86 ]; }; then
    echo "usage: wine.sh x64|x86 PROGRAM [ARGUMENT...]" >&2
    exit 2
fi
shift

export WINEPREFIX="${WEBSOCKET_WINEPREFIX:-$root/build/wine-$arch}"
export WINEDLLOVERRIDES="${WINEDLLOVERRIDES:-websocket=n;mscoree=;mshtml=;winemenubuilder.exe=}"
export WINEDEBUG="${WINEDEBUG:--all}"
cpu=$(taskset -pc $$ | sed 's/.*: *//; s/[-,].*//')
if [ "$arch" = x86 ] && [ ! -e "$root/build/debian-i386/.complete" ]; then
    echo "wine.sh: there is no 32-bit Wine; make it with: sh tests/install-wine-x86.sh" >&2
    exit 125
fi
steady=
if setarch --addr-no-randomize true 2>/dev/null; then
    steady='setarch --addr-no-randomize'
fi
if [ "$1" != wineboot ]; then
    log=$(mktemp)
    if ! WINEDEBUG=fixme-all sh "$0" "$arch" wineboot </dev/null >"$log" 2>&1; then
        echo "wine.sh: Windows did not start" >&2
        cat "$log" >&2
        rm -f "$log"
        exit 125
    fi
    rm -f "$log"
fi

case $arch in
x64)
    export WINEARCH=win64
    # shellcheck disable=SC2086 # words
    exec $steady taskset -c "$cpu" /usr/lib/wine/wine64 "$@"
    ;;
x86)
    export WINEARCH=win32 DEBIAN_ROOT="$root/build/debian-i386" PROJECT_ROOT="$root" DIRECTORY="$PWD"
    # The mounts are seen by this program alone and go away with it.
    # shellcheck disable=SC2016,SC2086
    exec $steady taskset -c "$cpu" unshare --mount sh -euc '
        mkdir -p "$DEBIAN_ROOT$PROJECT_ROOT"
        mount --rbind "$PROJECT_ROOT" "$DEBIAN_ROOT$PROJECT_ROOT"
        mount --rbind /dev "$DEBIAN_ROOT/dev"
        mount -t proc proc "$DEBIAN_ROOT/proc"
        exec chroot "$DEBIAN_ROOT" sh -c "cd \"\$DIRECTORY\" && exec /usr/lib/wine/wine \"\$@\"" sh "$@"
    ' sh "$@"
    ;;
esac
