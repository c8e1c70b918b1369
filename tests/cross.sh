#!/bin/sh
# The library on more processors than tests/run.sh has, emulated:  tests/cross.sh [PRESET...]
#
# Builds the presets, else linux-riscv64 and linux-armhf, and passes their tests. A test that is not there or was not run is a
# failure.
set -eu

cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- linux-riscv64 linux-armhf
jobs=$(nproc)
mkdir -p build/logs

sh tests/install-packages.sh native cross cross-more
for preset in "$@"; do
    cmake --preset "$preset" >"build/logs/$preset.log"
    cmake --build --preset "$preset" --parallel "$jobs" >>"build/logs/$preset.log" || { tail -n 60 "build/logs/$preset.log" && exit 1; }
    ctest --test-dir "build/$preset" --show-only >"build/logs/$preset.tests"
    missing=$(sh tests/expected-tests.sh "$preset" "build/logs/$preset.tests")
    if [ -n "$missing" ]; then
        echo "cross.sh: there is no test $missing" >&2
        exit 1
    fi
    ctest --preset "$preset" --parallel "$jobs" --output-log "build/logs/$preset.log"
    if grep -qE '\*\*\*(Skipped|Not Run)|\(Disabled\)' "build/logs/$preset.log"; then
        echo 'cross.sh: a test was not run, which counts as a failure' >&2
        exit 1
    fi
done
