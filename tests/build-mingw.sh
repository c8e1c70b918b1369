#!/bin/sh
# Build MinGW-w64's C runtime for Windows on Arm, of which Debian has no package:  tests/build-mingw.sh
#
# The source is Debian's own mingw-w64 package, the headers are those that Debian has for every machine. What comes out
# is a system for clang, --sysroot=build/mingw-w64/arm64. It has the startup code and the import libraries that the
# tests are linked with, no more: all of it would take minutes. Where it is already, nothing is done.
#
# The C library is Windows' own: ucrt, which every Windows on Arm has, and which is the one that programs are meant to
# use. (msvcrt.dll is there, too, for Windows' own programs.) As libmsvcrt.a clang links it without being asked.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work="$root/build/mingw-w64"
target=aarch64-w64-mingw32
mkdir -p "$work"

exec 9>"$work/lock"
flock 9
[ ! -d "$work/arm64" ] || exit 0

sh "$root/tests/fetch-source.sh" mingw-w64 "$work"

rm -rf "$work/build" "$work/unfinished"
mkdir -p "$work/build/libarm64" "$work/unfinished/lib"
ln -s /usr/share/mingw-w64/include "$work/unfinished/include"
cd "$work/build"

sh "$work/source/mingw-w64-crt/configure" --quiet --host=$target --disable-dependency-tracking \
    --disable-lib32 --disable-lib64 --enable-libarm64 --with-default-msvcrt=ucrt \
    CC="clang --target=$target --sysroot=$work/unfinished" CFLAGS="-O2 -ffile-prefix-map=$root/=" \
    AR=llvm-ar RANLIB=llvm-ranlib DLLTOOL=llvm-dlltool AS=llvm-as

# Of the large libraries only what is asked for. (kernel32 would bring intrinsics that clang has itself.)
part=libarm64_libmingwex_a
make --silent -j "$(nproc)" libarm64_libkernel32_a_OBJECTS= \
    ${part}_OBJECTS="crt/$part-dllentry.o crt/$part-dllmain.o misc/$part-mingw_matherr.o" \
    libarm64/crt2.o libarm64/dllcrt2.o libarm64/crtbegin.o libarm64/crtend.o \
    libarm64/libmingw32.a libarm64/libmingwex.a libarm64/libmsvcrt.a libarm64/libmoldname.a \
    libarm64/libkernel32.a libarm64/libadvapi32.a libarm64/libuser32.a libarm64/libshell32.a

# Of the compiler's own runtime one function. Windows gives a stack its next page when that is touched, and only the
# next; so whoever wants more than a page at once, 16 times x15 bytes, calls this before.
clang --target=$target -c -x assembler -o chkstk.o - <<END
        .globl  __chkstk
__chkstk:
        sub     x16, sp, x15, uxtx #4
        mov     x17, sp
1:      sub     x17, x17, #4096
        cmp     x17, x16
        b.ls    2f
        ldr     xzr, [x17]
        b       1b
2:      ldr     xzr, [x16]
        ret
END
llvm-ar rcs libarm64/libgcc.a chkstk.o
llvm-ar rcs libarm64/libgcc_eh.a

mv libarm64/*.o libarm64/*.a "$work/unfinished/lib"
mv "$work/unfinished" "$work/arm64"
