#!/bin/sh
# Install what is missing of the packages for a purpose:  tests/install-packages.sh PURPOSE...
#
#   native    building for this machine          windows   cross-building for Windows, and Wine
#   peers     the other end of the interop tests  npm       fetching what they have from npm
#   cross     cross-building for Arm and IBM Z, their emulator, and musl
#   debian13  making a small Debian 13, see tests/install-debian13.sh
#   tests     all that tests/run.sh needs beyond these
#   cross-more    the same for more processors, see tests/cross.sh
#
# Tries what is needed, wherever it came from: a compiler must link, a header must be found by the compiler, Wine must
# start. Runs apt-get only when something is missing. Removes no package: apt would, for some of these are in conflict
# with other cross compilers. Exits with 1 if something is missing in the end.
set -eu

scripts=$(dirname "$0")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
echo 'int main(void) { return 0; }' >"$scratch/main.c"
echo 'int LLVMFuzzerTestOneInput(const char *data, long size) { return !data && size; }' >"$scratch/fuzzer.c"

# What can be tried. Each is quick and says nothing but yes or no.
program() {
    command -v "$1"
}
starts() {
    "$@" --version
}
links() {
    "$@" "$scratch/main.c" -o "$scratch/out"
}
links_cxx() {
    "$@" -x c++ "$scratch/main.c" -o "$scratch/out"
}
links_fuzzer() {
    "$@" -fsanitize=fuzzer,address,undefined "$scratch/fuzzer.c" -o "$scratch/out"
}
header() { # COMPILER HEADER [OPTION...]
    printf '#if !__has_include(<%s>)\n#error "no header"\n#endif\n' "$2" >"$scratch/header.c"
    compiler=$1
    shift 2
    "$compiler" "$@" -E "$scratch/header.c"
}
module() {
    /usr/bin/python3 -c "import importlib.util, sys; sys.exit(not importlib.util.find_spec('$1'))"
}
wine() {
    sh "$scripts/wine.sh" "$1" --version
}
# apt knows its distribution's mirrors, which the scripts ask it for; it forgets them with its package lists.
package_lists() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(ORIGIN)' 'Created-By: Packages' | grep -x 'Debian\|Ubuntu'
}

# need "WHAT TO TRY" PACKAGE...: of packages with a | between them one is wanted, the first that apt has.
need() {
    # shellcheck disable=SC2086 # words
    ! $1 >/dev/null 2>&1 </dev/null || return 0
    missing="$missing, $1"
    shift
    packages="$packages $*"
}

# brings PACKAGE: what it depends on. gcc-multilib itself is in conflict with the cross compilers, and all that it adds to these
# is a symbolic link.
brings() {
    apt-cache depends --important "$1" 2>/dev/null | sed -n 's/^ *Depends: //p' | tr '\n' ' '
}

look() {
    missing='' packages=''
    need 'program cmake' cmake
    need 'program ninja' ninja-build
    for purpose in "$@"; do
        case $purpose in
        native)
            need 'links gcc' gcc libc6-dev
            need 'header gcc cmocka.h' libcmocka-dev
            need 'program /usr/bin/python3' python3
            ;;
        windows)
            need 'links x86_64-w64-mingw32-gcc-win32' gcc-mingw-w64-x86-64-win32
            need 'program taskset' util-linux
            need 'wine x64' wine64
            ;;
        peers)
            need 'program node' nodejs
            need 'module websockets' python3-websockets
            ;;
        npm)
            need 'program npm' npm
            ;;
        tests)
            need 'links g++' g++
            need 'links gcc -m32 -fsanitize=address,undefined' "$(brings gcc-multilib)"
            need 'links clang' clang
            need 'links_fuzzer clang' libclang-rt-dev
            need 'program lld-link' lld
            need 'program llvm-dlltool' llvm
            need 'links i686-w64-mingw32-gcc-win32' gcc-mingw-w64-i686-win32
            need 'links_cxx x86_64-w64-mingw32-g++-win32' g++-mingw-w64-x86-64-win32
            need 'links_cxx i686-w64-mingw32-g++-win32' g++-mingw-w64-i686-win32
            need 'header x86_64-w64-mingw32-gcc-win32 zlib.h' libz-mingw-w64-dev
            need 'header gcc zlib.h' zlib1g-dev
            need 'header gcc libwebsockets.h' libwebsockets-dev
            need 'header gcc wslay/wslay.h' libwslay-dev
            need 'header g++ boost/beast.hpp' libboost-dev
            need 'header g++ websocketpp/server.hpp' libwebsocketpp-dev
            need 'header gcc sql.h' unixodbc-dev
            need 'header gcc X11/Xmd.h' x11proto-dev
            need 'header gcc objc/objc.h' gobjc
            need 'header g++ wsl/winadapter.h' directx-headers-dev
            need 'header gcc winpr/wtypes.h -I/usr/include/winpr2 -I/usr/include/winpr3' 'libwinpr3-dev|libwinpr2-dev'
            need 'module aiohttp' python3-aiohttp
            need 'module websocket' python3-websocket
            need 'starts /usr/bin/chromium' chromium
            need 'program dpkg-source' dpkg-dev
            need 'program pkg-config' pkg-config
            need 'program zip' zip
            need 'program unzip' unzip
            need 'program git' git
            need 'program faketime' faketime
            need 'program lintian' lintian
            need 'program valgrind' valgrind
            need 'program clang-tidy' clang-tidy
            need 'program clang-format' clang-format
            need 'program cppcheck' cppcheck
            need 'program shellcheck' shellcheck
            need 'program pyflakes3' pyflakes3
            need 'program gcovr' gcovr
            need 'program dot' graphviz
            need 'test -e /usr/share/i18n/locales/tr_TR' locales
            need 'test -e /usr/share/keyrings/debian-archive-keyring.gpg' debian-archive-keyring
            need 'package_lists'
            ;;
        debian13)
            need 'program debootstrap' debootstrap
            need 'test -e /usr/share/keyrings/debian-archive-keyring.gpg' debian-archive-keyring
            need 'package_lists'
            ;;
        cross)
            need 'links aarch64-linux-gnu-gcc' gcc-aarch64-linux-gnu libc6-dev-arm64-cross
            need 'links s390x-linux-gnu-gcc' gcc-s390x-linux-gnu libc6-dev-s390x-cross
            need 'links musl-gcc' musl-tools
            need 'starts qemu-aarch64' qemu-user
            need 'program dpkg-source' dpkg-dev
            need 'test -e /usr/share/keyrings/debian-archive-keyring.gpg' debian-archive-keyring
            need 'package_lists'
            ;;
        cross-more)
            need 'links riscv64-linux-gnu-gcc' gcc-riscv64-linux-gnu libc6-dev-riscv64-cross
            need 'links arm-linux-gnueabihf-gcc' gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
            ;;
        *)
            echo "install-packages.sh: no such purpose: $purpose" >&2
            exit 2
            ;;
        esac
    done
    missing=${missing#, }
}

apt_get() {
    LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@"
}

# A source of packages that cannot be reached may be one that is not needed: what is there in the end decides.
install() {
    apt_get update || true
    look "$@" # apt knows more now
    set --
    for choice in $packages; do
        for package in $(echo "$choice" | tr '|' ' '); do
            [ "$package" != "$choice" ] || break # no choice
            ! apt-cache show "$package" >/dev/null 2>&1 || break
        done
        set -- "$@" "$package"
    done
    [ $# = 0 ] || apt_get install --no-remove --no-install-recommends "$@"
}

look "$@"
[ -n "$missing" ] || exit 0

echo "installing what is missing: $missing"
log=$scratch/log
if ! install "$@" >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    echo "install-packages.sh: apt-get could not install$packages" >&2
    removals=$(sed -n '/ will be REMOVED:$/,/^[^ ]/s/^  */ /p' "$log" | tr -d '\n')
    [ -z "$removals" ] || echo "It would have to remove$removals. Nothing was changed; you may want to do it yourself." >&2
    exit 1
fi

look "$@"
if [ -n "$missing" ]; then
    echo "install-packages.sh: still missing: $missing" >&2
    exit 1
fi
