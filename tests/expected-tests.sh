#!/bin/sh
# The tests that must be there, by preset:  expected-tests.sh "PRESET..." LIST
#
# LIST is the output of `ctest --show-only`. Prints the tests that are not in it. A name that ends in a dot is the beginning of
# several.
set -eu

# Where there is the clang-format that the sources are laid out with, they are held to it.
format=$(clang-format --version 2>/dev/null | sed -n 's/.*version 14\..*/format/p')

expected='
linux clang asan linux32 asan32 windows-x64 windows-x86
    unit. model api.link api.load api.traced exports link.websocket trace.file trace.off trace.reload
linux clang linux32 windows-x64 windows-x86
    link.websocket_static
linux asan windows-x64 windows-x86
    examples examples.client interop.
posix
    unit. api.link api.load api.traced exports link.websocket link.websocket_static process.two_copies process.forks trace.file
    trace.off trace.reload install.archive unit.platform_posix_random unit.trace_posix unit.trace_posix_rights
linux-arm64 linux-s390x linux-riscv64 linux-armhf linux-musl
    unit. api.link api.load api.traced exports link.websocket link.websocket_static process.two_copies process.forks
    trace.file trace.off unit.cpu unit.mask unit.utf8 unit.lock_parking unit.wait_parking unit.platform_posix
    unit.platform_posix_random unit.trace unit.trace_posix
linux-arm64 linux-s390x linux-riscv64 linux-armhf
    trace.reload
general
    unit. model api.link api.load faults.api faults.growth
linux clang linux32 windows-x64 windows-x86
    install install.archive
linux windows-x64
    install.subproject report.nonsense
linux clang
    install.types unit.platform_posix_random
linux
    install.static install.absolute unit.lock_model report.own
linux clang asan linux32 asan32 windows-x64 windows-x86
    process.two_copies
linux clang linux32
    process.forks
linux clang asan linux32 asan32
    unit.trace_posix_issetugid
linux clang asan linux32 asan32 tsan
    unit.lock_parking unit.wait_parking
linux asan
    faults.api faults.growth load.descriptors_run_out load.memory_for_connections_runs_out load.a_request_in_time_counts_however_late_the_server load.poll.
linux asan
    load.speed load.speed.finds.byte
asan
    load.short
linux
    package.deb package.zip package.release package.install.both package.install.x86 package.winetricks genuine package.guides.x64 package.guides.x86 package.guides.linux systems.debian13 load soak load.finds. soak.finds.
    memcheck.unit. memcheck.api.link memcheck.api.load interop.memcheck.server interop.memcheck.client
    memcheck.link.websocket memcheck.link.websocket_static memcheck.examples
    memcheck.examples.client interop.deflate.server.ws.client_asks_the_largest_window
    memcheck.trace.file memcheck.trace.reload interop.memcheck.deflate.server interop.memcheck.deflate.client
windows-x64
    report.stub
linux windows-x64
    interop.page interop.table interop.deflate.server.chromium.
linux asan windows-x64
    interop.deflate.server.ws. interop.deflate.client.ws.
windows-x64 windows-x86
    report.some process.exit_with_a_killed_owner.handle process.exit_with_a_killed_owner.table
    windows vectors msvc.sources msvc.link report.imports trace.events_with_stand_in_for_advapi32
windows-arm64
    windows vectors exports msvc.sources report.imports
macos-arm64
    exports
linux clang tsan
    unit.platform_posix
tsan
    unit.handle unit.handle_threads unit.lock unit.mask_key unit.session_threads unit.wait api.link
bench windows-x64
    bench.short bench.json bench.against bench.against_itself bench.against_nothing bench.handles
bench
    bench.contention bench.threads bench.instructions bench.work_per_byte bench.work_per_name
static
    clang-tidy.src clang-tidy.src.posix clang-tidy.src.32 clang-tidy.src.arm64 clang-tidy.src.windows clang-tidy.src.msvc. clang-tidy.finds
    clang-tidy.tests.interop clang-tidy.tests.api clang-tidy.tests.unit clang-tidy.tests.windows
    cppcheck.src cppcheck.src.posix cppcheck.src.32 cppcheck.src.windows cppcheck.tests cppcheck.tests.windows cppcheck.finds
    gcc.src gcc.src.posix gcc.src.windows gcc.tests.bench gcc.tests.examples gcc.finds
    shell python install-packages '"$format"' pages workflows arrows arrows.finds picture picture.finds
coverage
    unit. api.link lines
fuzz
    fuzz.receive fuzz.differential fuzz.handshake fuzz.calls
'

has() {
    case $1 in
    *.) grep -qF ": $1" "$list" ;;
    *) sed -n 's/.*: //p' "$list" | grep -qxF "$1" ;;
    esac
}

presets=" $1 "
list=$2
printf %s "$expected" | while IFS= read -r line; do
    case $line in
    ' '*)
        for preset in $group; do
            for test in $line; do
                [ "${presets#* "$preset" }" = "$presets" ] || has "$preset.$test" || echo "$preset.$test"
            done
        done
        ;;
    *) group=$line ;;
    esac
done
