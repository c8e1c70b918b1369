#!/bin/sh
# Microsoft's compiler, as far as clang-cl can stand in for it: CMake builds the static library with it as anybody would, with
# the flags that it chooses for each file. Only the headers are mingw-w64's, which can be had everywhere.
#
#   check_sources.sh TARGET HEADERS     TARGET is clang's name for it, such as x86_64-pc-windows-msvc
set -eu

here=$(cd "$(dirname "$0")" && pwd)
target=$1 headers=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
ln -s "$(command -v clang)" clang-cl # the name is what makes it another compiler

cat >toolchain.cmake <<END
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR ${target%%-*})
set(CMAKE_C_COMPILER $scratch/clang-cl)
set(CMAKE_C_COMPILER_TARGET $target)
set(CMAKE_AR llvm-lib)
set(CMAKE_LINKER lld-link)
set(CMAKE_MT llvm-mt)
set(CMAKE_RC_COMPILER llvm-rc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY) # there is no C library to make a program with
set(CMAKE_PROJECT_websocket_INCLUDE $scratch/headers.cmake)
END
case $target in
i686*) machine=-D_X86_ ;; # Microsoft's compiler defines it
*) machine='' ;;
esac
cat >headers.cmake <<END
add_compile_options(-WX $machine -fmsc-version=1929 "SHELL:-Xclang -fgnuc-version=4.2.1"
    "SHELL:-Xclang -isystem -Xclang $headers" /FI$here/compiler.h)
END

cmake -G Ninja -S "$here/../.." -B built -DCMAKE_TOOLCHAIN_FILE="$scratch/toolchain.cmake" -DWEBSOCKET_STATIC=ON \
    -DWEBSOCKET_TESTS=OFF
cmake --build built --target websocket_static

# There is no linker that makes one object of it, so all that is not the API has a name that nobody else has.
llvm-nm --extern-only --defined-only --format=posix built/websocket_static.lib | sed -n 's/^\([^ ]*\) [A-Z] .*/\1/p' >names
sed -n 's/^_*\(WebSocket[A-Za-z]*\).*/\1/p' names | LC_ALL=C sort >functions
sed -n 's/^ *\(WebSocket[A-Za-z]*\) @.*/\1/p' "$here/../../websocket.def" | diff - functions
# Constants are named after what they are, and the same everywhere.
if grep -vE '^_?WebSocket|^_?websocket_dll_ws_|^\?\?_C@|^__(real|xmm|ymm)@' names; then
    echo 'these names are not ours alone'
    exit 1
fi
grep -q 'websocket_dll_ws_frame_decode' names
