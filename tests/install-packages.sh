#!/bin/sh
# Install what is missing of the Debian packages for a purpose:  tests/install-packages.sh PURPOSE...
#
#   native    building for this machine          windows   cross-building for Windows, and Wine
#   peers     the other end of the interop tests  tests     all that tests/run.sh needs beyond these
#   cross     cross-building for Arm and IBM Z, their emulator, and musl
#   cross-more    the same for more processors, see tests/cross.sh
#
# Looks for the programs and files themselves, wherever they came from, and runs apt-get only when one is missing.
# Removes no package: apt would, for some of these are in conflict with other cross compilers.
# Exits with 1 if something is missing in the end.
set -eu

# need PROBE PACKAGE...: PROBE is a program on the PATH, or a file with its full path.
need() {
    case $1 in
    /*) [ ! -e "$1" ] || return 0 ;;
    *) ! command -v "$1" >/dev/null 2>&1 || return 0 ;;
    esac
    missing="$missing $1"
    shift
    packages="$packages $*"
}

# need_lists: apt knows Debian's mirrors, which the scripts ask it for; it forgets them with its package lists.
need_lists() {
    [ -z "$(apt-get indextargets 'Created-By: Packages' 'Origin: Debian')" ] || return 0
    missing="$missing apt's-package-lists"
}

# brings PACKAGE: what it depends on. gcc-multilib itself is in conflict with the cross compilers, and all that it adds to these
# is a symbolic link.
brings() {
    apt-cache depends --important "$1" 2>/dev/null | sed -n 's/^ *Depends: //p' | tr '\n' ' '
}

look() {
    missing='' packages=''
    need cmake cmake
    need ninja ninja-build
    for purpose in "$@"; do
        case $purpose in
        native)
            need gcc gcc
            need /usr/include/stdio.h libc6-dev
            need /usr/include/cmocka.h libcmocka-dev
            need /usr/bin/python3 python3
            ;;
        windows)
            need x86_64-w64-mingw32-gcc-win32 gcc-mingw-w64-x86-64-win32
            need /usr/lib/wine/wine64 wine64
            need taskset util-linux
            ;;
        peers)
            need node nodejs
            need npm npm
            need /usr/bin/python3 python3
            need /usr/lib/python3/dist-packages/websockets python3-websockets
            ;;
        tests)
            need clang clang
            need /usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a libclang-rt-dev
            need lld-link lld
            need llvm-dlltool llvm
            need g++ g++
            need dpkg-source dpkg-dev
            need i686-w64-mingw32-gcc-win32 gcc-mingw-w64-i686-win32
            need x86_64-w64-mingw32-g++-win32 g++-mingw-w64-x86-64-win32
            need i686-w64-mingw32-g++-win32 g++-mingw-w64-i686-win32
            need /usr/lib32/libc.so "$(brings gcc-multilib)"
            need debootstrap debootstrap
            need /usr/bin/chromium chromium
            need /usr/include/libwebsockets.h libwebsockets-dev
            need /usr/lib/python3/dist-packages/aiohttp python3-aiohttp
            need /usr/lib/python3/dist-packages/websocket python3-websocket
            need /usr/include/zlib.h zlib1g-dev
            need /usr/x86_64-w64-mingw32/lib/libz.a libz-mingw-w64-dev
            need pkg-config pkg-config
            need zip zip
            need unzip unzip
            need git git
            need faketime faketime
            need /usr/share/i18n/locales/tr_TR locales
            need lintian lintian
            need /usr/include/wslay/wslay.h libwslay-dev
            need /usr/include/boost/beast.hpp libboost-dev
            need /usr/include/websocketpp/server.hpp libwebsocketpp-dev
            need /usr/include/sql.h unixodbc-dev
            need /usr/include/X11/Xmd.h x11proto-dev
            need /usr/share/doc/libobjc-12-dev libobjc-12-dev
            need /usr/include/wsl/winadapter.h directx-headers-dev
            need /usr/include/winpr2/winpr/wtypes.h libwinpr2-dev
            need valgrind valgrind
            need clang-tidy clang-tidy
            need clang-format clang-format
            need cppcheck cppcheck
            need shellcheck shellcheck
            need pyflakes3 pyflakes3
            need gcovr gcovr
            need dot graphviz
            need_lists
            need /usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring
            ;;
        cross)
            need qemu-aarch64 qemu-user
            need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
            need /usr/aarch64-linux-gnu/include/stdio.h libc6-dev-arm64-cross
            need s390x-linux-gnu-gcc gcc-s390x-linux-gnu
            need /usr/s390x-linux-gnu/include/stdio.h libc6-dev-s390x-cross
            need musl-gcc musl-tools
            need_lists
            need dpkg-source dpkg-dev
            need /usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring
            ;;
        cross-more)
            need riscv64-linux-gnu-gcc gcc-riscv64-linux-gnu
            need /usr/riscv64-linux-gnu/include/stdio.h libc6-dev-riscv64-cross
            need arm-linux-gnueabihf-gcc gcc-arm-linux-gnueabihf
            need /usr/arm-linux-gnueabihf/include/stdio.h libc6-dev-armhf-cross
            ;;
        *)
            echo "install-packages.sh: no such purpose: $purpose" >&2
            exit 2
            ;;
        esac
    done
}

apt_get() {
    LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@"
}

# A source of packages that cannot be reached may be one that is not needed: what is there in the end decides.
install() {
    apt_get update || true
    look "$@" # apt knows more now
    # shellcheck disable=SC2086
    [ -z "$packages" ] || apt_get install --no-remove --no-install-recommends $packages
}

look "$@"
[ -n "$missing" ] || exit 0

echo "installing what is missing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! install "$@" >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    echo "install-packages.sh: apt-get could not install$packages" >&2
    removals=$(sed -n '/ will be REMOVED:$/,/^[^ ]/s/^  */ /p' "$log" | tr -d '\n')
    [ -z "$removals" ] || echo "It would have to remove$removals. Nothing was changed; you may want to do it yourself." >&2
    exit 1
fi

look "$@"
if [ -n "$missing" ]; then
    echo "install-packages.sh: still missing:$missing" >&2
    exit 1
fi
