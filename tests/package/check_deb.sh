#!/bin/sh
# The Debian packages: lintian has nothing to say, and a project that knows nothing but pkg-config, or CMake, works with
# what they contain.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

sh "$root/tests/package.sh" deb
cd "$root/build/packages"
lintian --allow-root --fail-on error,warning libwebsocket1_*.deb libwebsocket-dev_*.deb

for package in libwebsocket1_*.deb libwebsocket-dev_*.deb; do
    dpkg-deb --extract "$package" "$scratch/root"
done
usr=$scratch/root/usr
library=$(dirname "$(find "$usr/lib" -name libwebsocket.so)")

cp "$root/tests/install/project/CMakeLists.txt" "$root/tests/link/user.c" "$scratch"
cd "$scratch"
cmake -G Ninja -S . -B built -DCMAKE_PREFIX_PATH="$usr"
cmake --build built
# shellcheck disable=SC2046 # several words are wanted
gcc user.c -o built/pkg-config $(PKG_CONFIG_PATH="$library/pkgconfig" pkg-config --cflags --libs websocket)
for program in shared static pkg-config; do
    LD_LIBRARY_PATH=$library "built/$program"
done
