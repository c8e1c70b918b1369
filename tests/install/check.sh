#!/bin/sh
# Install a build into a folder, move that folder, and use the library from a small project outside the source tree: through
# CMake's find_package and through pkg-config, with the shared library and with the static one. The programs must run.
#
#   check.sh BUILD COMPILER TOOLCHAIN [EMULATOR...]     TOOLCHAIN is a CMake toolchain file, or "native"
#
# CFLAGS are what the compiler needs beyond that to make programs for the target.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$1 compiler=$2 toolchain=$3
shift 3
scratch=$(mktemp -d)
finished=$build/install-check # not in /tmp, which the small Debian that 32-bit Wine runs in does not show
trap 'rm -rf "$scratch" "$finished"' EXIT

case $toolchain in
native) toolchain_option=-DCMAKE_C_COMPILER=$compiler ;;
*) toolchain_option=-DCMAKE_TOOLCHAIN_FILE=$toolchain ;;
esac
installed=$scratch/moved
cmake --install "$build" --prefix "$scratch/installed"
mv "$scratch/installed" "$installed"
cp -r "$here/project" "$scratch/project"
cp "$here/../link/user.c" "$scratch/project"
cd "$scratch/project"
mkdir -p "$finished"

configure() {
    cmake -G Ninja -S . -B built -DCMAKE_BUILD_TYPE=Release -DCMAKE_RUNTIME_OUTPUT_DIRECTORY="$finished" \
        -DCMAKE_PREFIX_PATH="$installed" $toolchain_option "$@"
}
configure
cmake --build built
# A compiler that CMake counts as MSVC's is given the import library of its kind.
if [ -e "$installed/lib/websocket.lib" ]; then
    configure -DMSVC=ON
    grep -F 'LINK_LIBRARIES' built/build.ninja | grep -F "$installed/lib/websocket.lib"
fi

export PKG_CONFIG_LIBDIR="$installed/lib/pkgconfig"
pkg-config --print-errors --exact-version=1.0.0 websocket
# shellcheck disable=SC2046,SC2086 # several words are wanted
"$compiler" ${CFLAGS-} user.c -o "$finished/shared-pkg-config" $(pkg-config --cflags --libs websocket)
# shellcheck disable=SC2046,SC2086
"$compiler" ${CFLAGS-} user.c -o "$finished/static-pkg-config" -static $(pkg-config --static --cflags --libs websocket)

# Beside the programs is where Windows finds a DLL. The static ones have to do without.
run() {
    echo "== $1"
    shift
    LD_LIBRARY_PATH="$installed/lib" "$@"
}
cd "$finished"
for program in static*; do
    run "$program" "$@" "$finished/$program"
done
[ ! -e "$installed/bin/websocket.dll" ] || cp "$installed/bin/websocket.dll" .
for program in shared*; do
    run "$program" "$@" "$finished/$program"
done
