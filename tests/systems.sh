#!/bin/sh
# Tell on which systems tests ran, as CTest's output passes by:  ctest ... | tests/systems.sh PRESET...
#
# Before CTest's summary comes a line for each preset: how many of its tests passed, where they ran, and what was built.
set -eu

cd "$(dirname "$0")/.."

# machine NAME: the release of Debian that this is, or another system, as its own file says.
release() {
    sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' "$1"
}

# place PRESET: where its tests run.
place() {
    case $1 in
    windows-arm64) echo 'nowhere, the files are read' ;;
    *windows-x64) sh tests/wine.sh x64 --version ;;
    windows-x86) sh tests/wine.sh x86 --version ;;
    linux-arm64) qemu-aarch64 --version | sed -n 's/ (.*//p; q' ;;
    linux-s390x) qemu-s390x --version | sed -n 's/ (.*//p; q' ;;
    *) echo "$(release /etc/os-release), $(uname -m)" ;;
    esac
}

places=$(mktemp)
trap 'rm -f "$places"' EXIT
for preset in "$@"; do
    what=$(cmake --list-presets | sed -n "s/^ *\"$preset\" *- //p")
    printf '%s|%s|%s\n' "$preset" "$(place "$preset" | tr -d '\r')" "$what"
done >"$places"

awk -v places="$places" '
    BEGIN {
        FS = "|"
        while ((getline <places) > 0) {
            presets[++count] = $1
            place[$1] = $2
            what[$1] = $3
        }
        FS = " "
    }
    / Test +#[0-9]+: / {
        match($0, /#[0-9]+: /)
        split(substr($0, RSTART + RLENGTH), name, ".")
        ran[name[1]]++
        if (/ Passed /)
            passed[name[1]]++
    }
    / tests passed, / {
        print "These tests ran on:\n"
        for (i = 1; i <= count; i++)
            printf "  %-18s %4d of %4d passed   %s (%s)\n", presets[i], passed[presets[i]], ran[presets[i]],
                place[presets[i]], what[presets[i]]
        print ""
    }
    { print; fflush() }
'
