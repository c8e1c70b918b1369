#!/bin/sh
# tests/install-packages.sh removes nothing that somebody else has installed, and says what stands in its way:
#
#   check_install_packages.sh FOLDER       FOLDER is made anew, with a small world of apt's in it
#
# apt itself decides, but about packages of that world, and only simulates. The programs that are looked for are missing,
# because the PATH has none but what the script and apt need.
set -eu

script=$(cd "$(dirname "$0")/.." && pwd)/install-packages.sh
rm -rf "$1"
mkdir -p "$1/bin" "$1/etc/apt.conf.d" "$1/etc/preferences.d" "$1/state/lists/partial" "$1/cache/archives/partial"
cd "$1"
world=$(pwd)

for program in apt-get cat dirname dpkg mktemp rm sed sh tail tr; do
    ln -s "$(command -v $program)" bin
done
cat >apt.conf <<END
Dir::State "$world/state";
Dir::State::status "$world/status";
Dir::Cache "$world/cache";
Dir::Etc "$world/etc";
Dir::Log "$world";
APT::Sandbox::User "root";
APT::Get::Simulate "true";
END
echo "deb [trusted=yes] file:$world ./" >etc/sources.list

# package NAME [FIELD]
package() {
    printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: none\n%s\n\n' "$1" "${2-}"
}
from='Filename: ./none.deb
Size: 1
SHA256: 0000000000000000000000000000000000000000000000000000000000000000'
package theirs 'Status: install ok installed' >status

# run FIELD: what the script says if the last of its packages has this field, too
run() {
    {
        for name in cmake ninja-build libc6-dev libcmocka-dev; do
            package $name "$from"
        done
        package gcc "$1
$from"
    } >Packages
    if PATH=$world/bin APT_CONFIG=$world/apt.conf sh "$script" native >said 2>&1; then
        echo "wrong: nothing was missing"
        exit 1
    fi
    cat said
}

wrong=0
run 'Section: none' # in a simulation everything stays missing
grep -q 'still missing: program cmake, program ninja, links gcc, header gcc cmocka.h$' said || wrong=1
run 'Conflicts: theirs'
grep -q 'It would have to remove theirs\. Nothing was changed' said || wrong=1
! grep -q 'still missing' said || wrong=1
exit $wrong
