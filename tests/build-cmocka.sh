#!/bin/sh
# Build cmocka for a target that Debian has no package of it for:  tests/build-cmocka.sh TARGET
#
# TARGET names a toolchain file, tests/cmake/TARGET.cmake. The source is Debian's own cmocka package, fetched by apt (and
# so verified by Debian's signatures) with a source list made here, not the system's. What comes out is
# build/cmocka/TARGET/cmocka.h and build/cmocka/TARGET/libcmocka.a.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
target=$1
work="$root/build/cmocka"
mkdir -p "$work"

exec 9>"$work/lock"
flock 9

apt_get() {
    apt-get -q -o Dir::Etc::SourceList="$work/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" -o APT::Sandbox::User=root \
        -o Acquire::Retries=3 "$@"
}

fetch_source() {
    rm -rf "$work/apt" "$work/fetched"
    mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/fetched"
    key=/usr/share/keyrings/debian-archive-keyring.gpg
    apt-get indextargets --format "deb-src [signed-by=$key] \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
        'Created-By: Packages' 'Origin: Debian' 'Component: main' | sort -u >"$work/apt/sources.list"
    if [ ! -s "$work/apt/sources.list" ]; then
        echo "build-cmocka.sh: apt knows no Debian mirror here; run apt-get update" >&2
        return 1
    fi
    apt_get update
    (cd "$work/fetched" && apt_get source --only-source cmocka)
    mv "$work"/fetched/cmocka-*/ "$work/source"
}

[ -d "$work/source" ] || fetch_source

CFLAGS="-ffile-prefix-map=$root/=" cmake -S "$work/source" -B "$work/$target/build" -G Ninja --log-level=WARNING \
    -DCMAKE_TOOLCHAIN_FILE="$root/tests/cmake/$target.cmake" \
    -DCMAKE_BUILD_TYPE=Release -DWITH_STATIC_LIB=ON -DWITH_EXAMPLES=OFF
cmake --build "$work/$target/build" --target cmocka-static
cp "$work/source/include/cmocka.h" "$work/$target/build/src/libcmocka-static.a" "$work/$target/"
mv "$work/$target/libcmocka-static.a" "$work/$target/libcmocka.a"
