#!/bin/sh
# Debian 13, whatever this machine is: there, too, the library builds and passes its tests, for the system itself and for
# Windows under that release's Wine, and the demo runs.
#
#   check_debian13.sh      works in build/debian13-copy, on a copy of these files
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
copy=$root/build/debian13-copy

mkdir -p "$copy/build"
rm -f "$copy/build/passed"
find "$copy" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
(cd "$root" && tar --exclude=./build --exclude=./.git -c .) | tar -x -C "$copy"

# What comes from elsewhere is fetched from here: the other Debian neither knows nor trusts all that this machine does.
sh "$root/tests/fetch-source.sh" cmocka "$root/build/cmocka"
mkdir -p "$copy/build/cmocka"
cp -rT "$root/build/cmocka/source" "$copy/build/cmocka/source"
sh "$root/tests/interop/install-node.sh" "$root/tests/interop" "$copy/build/windows-x64/tests/interop/ws"

cd "$copy"
# What CTest says there is not to be taken for what it says here.
{ sh "$root/tests/debian13.sh" sh -euc '
    echo "== Debian $(cat /etc/debian_version): $(gcc --version | head -n 1); $(sh tests/wine.sh x64 --version)"
    grep -q "^13\." /etc/debian_version
    sh tests/install-packages.sh native windows peers

    # build_and_test PRESET TESTS TARGET...
    build_and_test() {
        preset=$1 tests=$2
        shift 2
        echo "== $preset: $tests"
        cmake --preset "$preset" >build/log 2>&1 &&
            cmake --build --preset "$preset" --parallel 2 --target "$@" >>build/log 2>&1 ||
            { tail -n 60 build/log; exit 1; }
        for test in api.link api.load; do
            ctest --test-dir "build/$preset" --show-only | grep -q ": $preset\.$test\$"
        done
        ctest --test-dir "build/$preset" -R "^$preset\.($tests)\$" --no-tests=error --output-on-failure --parallel 2
    }
    # Of the unit tests those of the files that call the system.
    build_and_test linux "api\.(link|load|traced)|unit\.(lock|platform(_posix(_random)?)?|trace_posix(_rights)?|wait)" tests/api/all \
        test_lock test_platform test_platform_posix test_platform_posix_random test_trace_posix test_trace_posix_rights test_wait
    build_and_test windows-x64 "wine\.start|api\.(link|load|traced)" tests/api/all

    echo "== demo"
    sh tests/demo.sh
' && touch build/passed; } 2>&1 | sed 's/^/ | /'
[ -e build/passed ]
