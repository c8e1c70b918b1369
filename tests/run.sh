#!/bin/sh
# Pass the tests: install what is missing, build every preset, run every test, end with CTest's summary.
#
#   tests/run.sh            all of it
#   tests/run.sh --quick    for daily work: unit tests, the API's tests and the examples, of a release and with the address
#                           sanitizer; and the API's tests of a Windows DLL, under Wine
#
# Works from any folder, on a machine with nothing but Debian and root rights; where all is there already it asks for
# neither. What cannot be built or run is an error. Logs of all that was done are in build/logs.
set -eu

cd "$(dirname "$0")/.."
presets='linux general posix clang asan tsan linux32 asan32 linux-musl linux-arm64 linux-s390x windows-x64 windows-x86 windows-arm64 macos-arm64 bench static coverage fuzz'
tests='.'
packages='native windows peers npm tests cross'
case ${1-} in
'') ;;
--quick)
    presets='linux asan windows-x64'
    packages='native windows peers npm tests'
    tests='^((linux|asan)\.(unit|api|examples)|windows-x64\.api\.load)'
    ;;
*) echo 'usage: run.sh [--quick]' >&2 && exit 2 ;;
esac
logs=build/logs
jobs=$(nproc)
mkdir -p "$logs"

# step NAME COMMAND...: run a command with its output in a log; on failure show the log's end and give up.
step() {
    name=$1
    shift
    printf '  %-34s' "$name"
    start=$(date +%s)
    log=$logs/$(printf %s "$name" | tr -c 'A-Za-z0-9\n' -).log
    if "$@" >"$log" 2>&1 </dev/null; then
        printf 'done in %d s\n' $(($(date +%s) - start))
    else
        printf 'FAILED\n\n'
        tail -n 60 "$log"
        printf '\nrun.sh: %s failed; all of its output is in %s\n' "$name" "$log" >&2
        exit 1
    fi
}

# configure PRESET...: several at a time, for each asks one question after the other.
configure() {
    printf '%s\n' "$@" | xargs -n 1 -P "$jobs" cmake --preset
}

echo 'websocket.dll: what the tests need'
# The small Debian 13 is made meanwhile, for apt takes one processor alone; whoever asks for it again waits for it. What it
# needs of apt comes first, for apt serves one at a time.
if [ "$tests" = . ]; then
    step 'debootstrap' sh tests/install-packages.sh debian13
    sh tests/install-debian13.sh >/dev/null 2>&1 </dev/null &
fi
# shellcheck disable=SC2086 # words
step 'packages' sh tests/install-packages.sh $packages

echo 'websocket.dll: builds'
# shellcheck disable=SC2086 # words
step 'configured' configure $presets
for preset in $presets; do
    step "$preset" cmake --build --preset "$preset" --parallel "$jobs"
done
[ "$tests" != . ] || step 'Debian 13' sh tests/install-debian13.sh

# One test tree over all presets. CTest says nothing of a test that was never registered, so that is looked at first.
printf 'subdirs(%s)\n' "$presets" >build/CTestTestfile.cmake
ctest --test-dir build --show-only >$logs/tests.log
missing=$(sh tests/expected-tests.sh "$presets" $logs/tests.log)
if [ -n "$missing" ]; then
    echo "run.sh: there is no test $missing" >&2
    exit 1
fi

# Where the kernel runs no 32-bit programs (tests/emulate-i386.sh), QEMU does not know all that 32-bit Wine does (exceptions; a
# Ctrl+C, which ends the example server), and takes a quarter of an hour for each Windows that install.cmd is tried in.
beyond_qemu='^$'
if [ "$tests" = . ] && [ -e /proc/sys/fs/binfmt_misc/websocket-i386 ]; then
    beyond_qemu='^(linux\.package\.(guides\.x86|install\.(both|x86)|winetricks)|windows-x86\.(process\.exit_|trace\.events_|interop\.server\.))'
    echo "run.sh: THIS KERNEL RUNS NO 32-BIT PROGRAMS. QEMU runs them, but for these tests, which are left out:"
    sed -n 's/^ *Test *#[0-9]*: //p' $logs/tests.log | grep -E "$beyond_qemu"
fi

echo 'websocket.dll: tests'
rm -f $logs/failed
{ # two tests more than processors at a time: some wait for a peer or a clock
    ctest --test-dir build --tests-regex "$tests" --exclude-regex "$beyond_qemu" --no-tests=error --output-on-failure \
        --parallel $((jobs + 2)) --output-log $logs/ctest.log 2>&1 || touch $logs/failed
} | /usr/bin/python3 -B tests/systems.py "$presets"
if grep -qE '\*\*\*(Skipped|Not Run)|\(Disabled\)' $logs/ctest.log; then
    echo 'run.sh: a test was not run, which counts as a failure' >&2
    touch $logs/failed
fi
[ ! -e $logs/failed ]
