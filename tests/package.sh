#!/bin/sh
# Make the packages, in build/packages, from nothing but the source:
#
#   tests/package.sh zip        for Windows: both architectures in one zip
#   tests/package.sh deb        for Debian: libwebsocket1 and libwebsocket-dev
#   tests/package.sh release    all that a release needs, in build/release: these, the source, what is in them all (a
#                               CycloneDX document), and SHA-256 sums
#   tests/package.sh gather     the same, of the packages that are in build/packages
#
# From one commit they are the same bytes, wherever, whenever and by whomever they are made.
set -eu

cd "$(dirname "$0")/.."
# Files in the packages bear the date of the release, not of the day.
SOURCE_DATE_EPOCH=$(date --date="$(sed -n '/^ -- /{s/.*>  //p;q}' tests/package/changelog)" +%s)
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C.UTF-8
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

make_zip() {
    sh tests/install-packages.sh native windows tests
    for preset in windows-x64 windows-x86; do
        build $preset websocket websocket_msvc_import api_tests
    done
    rm -f build/packages/*.zip
    quietly cpack --config build/windows-x64/CPackConfig.cmake
}

make_deb() {
    sh tests/install-packages.sh native tests
    build debian websocket websocket_static
    rm -f build/packages/*.deb
    quietly cpack --config build/debian/CPackConfig.cmake
}

# make_source FILE: what is committed, and nothing that this user's settings would change.
make_source() {
    git -c tar.umask=0022 -c core.autocrlf=false archive --prefix="$(basename "$1" .tar.gz)/" HEAD | gzip -9n >"$1"
}

refuse_changes() {
    if [ -n "$(git status --porcelain --untracked-files=no)" ]; then
        echo 'package.sh: a release is made of what is committed, and something is not' >&2
        exit 1
    fi
}

gather() {
    version=$(sed -n 's/^ *VERSION \([0-9.]*\)$/\1/p' CMakeLists.txt)
    rm -rf build/release
    mkdir -p build/release
    cp build/packages/*.zip build/packages/*.deb build/release
    make_source "build/release/websocket-$version.tar.gz"
    python3 tests/package/contents.py "$version" "$(git rev-parse HEAD)" build/release build/cmocka/source >build/contents.json
    mv build/contents.json "build/release/websocket-$version.cdx.json"
    (cd build/release && LC_ALL=C sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .)
    ls build/release
}

case ${1-} in
zip)
    make_zip
    ls build/packages/*.zip
    ;;
deb)
    make_deb
    ls build/packages/*.deb
    ;;
release)
    sh tests/install-packages.sh tests
    refuse_changes
    make_zip
    make_deb
    gather
    ;;
gather)
    refuse_changes
    gather
    ;;
*)
    echo "usage: package.sh zip|deb|release|gather" >&2
    exit 2
    ;;
esac
