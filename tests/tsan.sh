#!/bin/sh
# Run a program of the thread sanitizer's build:  tests/tsan.sh PROGRAM [ARGUMENT...]
#
# GCC 12's thread sanitizer does not know where newer kernels may put things ("unexpected memory mapping", where
# vm.mmap_rnd_bits is above 28). Without address space randomisation they lie where it expects them; where that may not
# be switched off, as in some containers, the program tells whether it can live with the kernel.
set -eu

if setarch --addr-no-randomize true 2>/dev/null; then
    exec setarch --addr-no-randomize "$@"
fi
exec "$@"
