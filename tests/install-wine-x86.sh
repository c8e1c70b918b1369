#!/bin/sh
# Put a small i386 Debian with 32-bit Wine into build/debian-i386. It needs root rights, debootstrap, about a minute and
# 1.1 GB, changes nothing outside build/, and does nothing when it is all there.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
debian="$root/build/debian-i386"
log="$root/build/logs/debian-i386.log"
mkdir -p "$root/build/logs"

exec 9>"$root/build/debian-i386.lock"
flock 9
[ ! -e "$debian/.complete" ] || exit 0

# The release and the mirror are those that this machine itself uses.
# shellcheck disable=SC2016,SC2046
set -- $(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' \
    'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 'Component: main' | grep -v '^[^ ]*-' | head -n 1)
if [ $# -ne 2 ]; then
    echo "install-wine-x86.sh: apt knows no Debian mirror here" >&2
    exit 1
fi

rm -rf "$debian"
if ! debootstrap --arch=i386 --variant=minbase --include=wine32 "$1" "$debian" "$2" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "install-wine-x86.sh: no i386 Debian could be made; all of the log is in $log" >&2
    exit 1
fi
rm -rf "$debian"/var/cache/apt/archives/*.deb "$debian"/var/lib/apt/lists/*
touch "$debian/.complete"
