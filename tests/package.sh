#!/bin/sh
# Make the packages, in build/packages, from nothing but the source:
#
#   tests/package.sh zip    for Windows: both architectures in one zip, the same bytes wherever and whenever it is made
#   tests/package.sh deb    for Debian: libwebsocket1 and libwebsocket-dev
set -eu

cd "$(dirname "$0")/.."
# Files in the packages bear the date of the release, not of the day.
SOURCE_DATE_EPOCH=$(date --date="$(sed -n '/^ -- /{s/.*>  //p;q}' tests/package/changelog)" +%s)
export SOURCE_DATE_EPOCH TZ=UTC
umask 022

# What a build says is of interest only if it fails.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() {
    "$@" >"$log" 2>&1 || { tail -n 30 "$log" >&2 && exit 1; }
}

build() {
    preset=$1
    shift
    quietly cmake --preset "$preset"
    quietly cmake --build --preset "$preset" --target "$@"
}

case ${1-} in
zip)
    sh tests/install-packages.sh native windows tests
    for preset in windows-x64 windows-x86; do
        build $preset websocket websocket_msvc_import api_tests
    done
    quietly cpack --config build/windows-x64/CPackConfig.cmake
    ls build/packages/*.zip
    ;;
deb)
    sh tests/install-packages.sh native tests
    build debian websocket websocket_static
    quietly cpack --config build/debian/CPackConfig.cmake
    ls build/packages/*.deb
    ;;
*)
    echo "usage: package.sh zip|deb" >&2
    exit 2
    ;;
esac
