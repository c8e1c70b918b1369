#!/bin/sh
# No instruction of a DLL demands that 32 bytes in memory are aligned:  check_vectors.sh OBJDUMP DLL
#
# GCC for Windows does not keep 32-byte vectors aligned on the stack (GCC bug 54412). A move that demands alignment would end
# the process there, on some calls only. So there must be none, while 32-byte vectors are in use.
set -eu

code=$(mktemp)
trap 'rm -f "$code"' EXIT
"$1" --disassemble --no-show-raw-insn "$2" >"$code"
if ! grep -q 'vmovdqu .*%ymm' "$code"; then
    echo "check_vectors.sh: $2 has no 32-byte vectors: there is nothing to check" >&2
    exit 1
fi
if grep -E 'vmov(dqa|aps|apd|ntdq|ntps).*%ymm.*\(|vmov(dqa|aps|apd|ntdqa).*\(.*%ymm' "$code"; then
    echo "check_vectors.sh: these moves in $2 end the process on an unaligned address" >&2
    exit 1
fi
echo "$(grep -c '%ymm' "$code") instructions with 32-byte vectors, none that demands alignment"
