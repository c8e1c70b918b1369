#!/bin/sh
# Have QEMU run 32-bit x86 programs where the kernel runs none:  tests/emulate-i386.sh
#
# Some kernels cannot, as those of some virtual machines, and some are told not to. Where one does, nothing is done. Else it is
# told, until the machine starts again, to give such programs to QEMU: to the one of the small Debian 13, for Wine hangs with
# that of Debian 12. Nothing that ran before runs otherwise now.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
debian=$root/build/debian13
binfmt=/proc/sys/fs/binfmt_misc

runs() {
    chroot "$debian" /lib/ld-linux.so.2 --version >/dev/null 2>&1
}

! runs || exit 0
if [ ! -e "$debian/usr/bin/qemu-i386" ]; then
    chroot "$debian" apt-get -q -o Acquire::Retries=3 update
    DEBIAN_FRONTEND=noninteractive chroot "$debian" apt-get -q -y -o Acquire::Retries=3 install --no-install-recommends qemu-user
fi
[ -e $binfmt/register ] || mount -t binfmt_misc binfmt_misc $binfmt
# A program or a library (ET_EXEC, ET_DYN) of 32 bits (ELFCLASS32), little endian, for EM_386. F: QEMU's file is opened now,
# so that it is found whatever folder a program takes for the root.
magic='\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x03\x00'
mask='\xff\xff\xff\xff\xff\xfe\xfe\xfc\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
printf '%s' ":websocket-i386:M::$magic:$mask:$debian/usr/bin/qemu-i386:F" >$binfmt/register
if ! runs; then
    echo 'emulate-i386.sh: the kernel runs no 32-bit programs, and neither does QEMU' >&2
    exit 1
fi
