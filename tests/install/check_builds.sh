#!/bin/sh
# The ways in which other people build the library, each from nothing but the source:
#
#   subproject   as a part of their project: the names of find_package are there, and nothing else of ours gets into it
#   static       with BUILD_SHARED_LIBS=OFF and no build type, as package managers do: the static library alone, optimised
#   absolute     with install folders that are absolute and lie apart, as Nix and Guix do
#
#   check_builds.sh WAY BUILD COMPILER TOOLCHAIN [EMULATOR...]     TOOLCHAIN is a CMake toolchain file, or "native"
#
# CFLAGS are what the compiler needs beyond that to make programs for the target.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
way=$1 build=$2 compiler=$3 toolchain=$4
shift 4
if [ $# -gt 0 ]; then # not in /tmp, which the small Debian that 32-bit Wine runs in does not show
    scratch=$build/builds-check-$way
    rm -rf "$scratch"
    mkdir "$scratch"
else
    scratch=$(mktemp -d)
fi
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

case $toolchain in
native) toolchain_option=-DCMAKE_C_COMPILER=$compiler ;;
*) toolchain_option=-DCMAKE_TOOLCHAIN_FILE=$toolchain ;;
esac
configure() {
    cmake -G Ninja "$toolchain_option" "$@" >log 2>&1 || { cat log && exit 1; }
}
compile() {
    cmake --build "$@" >log 2>&1 || { cat log && exit 1; }
}
library() { # the library itself, built and installed
    configure -S "$source" -B library "$@"
    compile library
    cmake --install library >log
}
project() { # the project NAME of this folder, as another's folder
    cp -r "$here/$1" project
    cp "$here/../link/user.c" project
}
run() { # where Windows finds a DLL, and Linux a library that lies elsewhere
    find . -name websocket.dll -exec cp {} "$(dirname "$1")" \; -quit
    LD_LIBRARY_PATH=${libraries-} "$emulator" "$scratch/$1"
}
emulator='env'
if [ $# -gt 0 ]; then
    printf '#!/bin/sh\nexec %s "$@"\n' "$*" >emulator
    chmod +x emulator
    emulator=./emulator
fi
program() { # the file of the program NAME
    find . -name "$1" -type f -o -name "$1.exe" | head -n 1
}

case $way in
subproject)
    minor=$(sed -n 's/^cmake_minimum_required(VERSION 3\.\([0-9]*\))/\1/p' "$source/CMakeLists.txt")
    echo "== CMake 3.$minor is enough: Ubuntu 22.04 has 3.22"
    test "$minor" -le 22
    project outer
    fetches='OFF ON'
    [ $# = 0 ] || fetches=OFF # that part of it is CMake's, and the same for every target
    for fetch in $fetches; do
        echo "== FetchContent: $fetch"
        configure -S project -B built -DSOURCE="$source" -DFETCH=$fetch
        compile built
        run "$(program shared)"
        [ $fetch = ON ] || run "$(program static)"
        cmake --install built --prefix installed >log
        test "$(cd installed && find . -type f | sed 's/\.exe$//')" = ./bin/shared
        test "$(ctest --test-dir built --show-only | grep -c 'Test *#')" -eq 0
        # Its build type, and the kind of its libraries, are not ours to choose.
        grep -x 'CMAKE_BUILD_TYPE:STRING=' built/CMakeCache.txt
        sed -n 's/:.*=.*//; /^WEBSOCKET_/p; /^BUILD_SHARED/p; /^[A-Z_]*HAS_/p' built/CMakeCache.txt | sort -u | tr '\n' ' ' >entries
        grep -xE "(WEBSOCKET_(INSTALL|STATIC|SHORT_WAY|(COMPILER_)?HAS_[A-Za-z_]+|LINKER_[A-Z_]+) )+" entries
        rm -rf built installed
    done
    ;;
static)
    library -DBUILD_SHARED_LIBS=OFF -DCMAKE_INSTALL_PREFIX="$scratch/installed"
    grep -x 'CMAKE_BUILD_TYPE:STRING=Release' library/CMakeCache.txt
    grep -F -- '-O3 -DNDEBUG' library/build.ninja >log
    find installed -name '*websocket.*' | grep -v '/include/' | tee files
    test "$(grep -vE '\.(pc|a)$' files)" = ''
    project project
    configure -S project -B built -DCMAKE_PREFIX_PATH="$scratch/installed"
    compile built
    run "$(program shared)"
    run "$(program static)"
    export PKG_CONFIG_LIBDIR="$scratch/installed/lib/pkgconfig"
    # shellcheck disable=SC2046,SC2086 # several words are wanted
    "$compiler" ${CFLAGS-} project/user.c -o pkg-config.exe $(pkg-config --cflags --libs websocket)
    run pkg-config.exe
    echo '== tests need the shared library'
    if cmake -G Ninja "$toolchain_option" -S "$source" -B other -DBUILD_SHARED_LIBS=OFF -DWEBSOCKET_TESTS=ON 2>log; then
        exit 1
    fi
    grep -F 'The tests need the shared library' log
    ;;
absolute)
    library -DWEBSOCKET_TESTS=OFF -DWEBSOCKET_STATIC=ON -DCMAKE_INSTALL_PREFIX="$scratch/out" \
        -DCMAKE_INSTALL_LIBDIR="$scratch/lib/lib" -DCMAKE_INSTALL_INCLUDEDIR="$scratch/dev/include"
    export PKG_CONFIG_LIBDIR="$scratch/lib/lib/pkgconfig" libraries="$scratch/lib/lib"
    pkg-config --cflags --libs websocket
    # shellcheck disable=SC2046,SC2086
    "$compiler" ${CFLAGS-} "$here/../link/user.c" -o pkg-config.exe $(pkg-config --cflags --libs websocket)
    run pkg-config.exe
    project project
    configure -S project -B built -DCMAKE_PREFIX_PATH="$scratch/lib"
    compile built
    run "$(program shared)"
    run "$(program static)"
    echo '== only the headers apart'
    library -DCMAKE_INSTALL_LIBDIR=lib
    pkg-config --with-path="$scratch/out/lib/pkgconfig" --variable=includedir websocket | grep -x "$scratch/dev/include"
    mv out moved
    PKG_CONFIG_LIBDIR="$scratch/moved/lib/pkgconfig" pkg-config --variable=libdir websocket |
        xargs realpath | grep -x "$scratch/moved/lib"
    ;;
esac
