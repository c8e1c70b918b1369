#!/bin/sh
# Build cmocka for a target that Debian has no package of it for:  tests/build-cmocka.sh TARGET
#
# TARGET names a toolchain file, tests/cmake/TARGET.cmake. The source is Debian's own cmocka package. What comes out
# is build/cmocka/TARGET/cmocka.h and build/cmocka/TARGET/libcmocka.a.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
target=$1
work="$root/build/cmocka"
mkdir -p "$work"

exec 9>"$work/lock"
flock 9

sh "$root/tests/fetch-source.sh" cmocka "$work"

# Older ones make a library of each kind, with a name of its own, if they are asked to; newer ones the one that is wanted.
CFLAGS="-ffile-prefix-map=$root/=" cmake -S "$work/source" -B "$work/$target/build" -G Ninja --log-level=WARNING \
    -DCMAKE_TOOLCHAIN_FILE="$root/tests/cmake/$target.cmake" \
    -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DWITH_STATIC_LIB=ON -DWITH_EXAMPLES=OFF
cmake --build "$work/$target/build"
cp "$work/source/include/cmocka.h" "$work/$target/"
find "$work/$target/build/src" '(' -name libcmocka.a -o -name libcmocka-static.a ')' \
    -exec cp {} "$work/$target/libcmocka.a" ';'
