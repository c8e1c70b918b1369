#!/bin/sh
# Put a small Debian 13 into build/debian13:  tests/install-debian13.sh
#
# It has Wine for 64 and 32 bits in one Windows, winetricks, and what tests/install-packages.sh wants there for building and
# for the demo. It needs root rights, a few minutes and 3 GB, and does nothing when it is all there. Outside
# build/ it changes nothing, but for what tests/emulate-i386.sh tells some kernels.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
debian=$root/build/debian13
log=$root/build/logs/debian13.log
mkdir -p "$root/build/logs"

exec 9>"$debian.lock"
flock 9
[ ! -e "$debian/.complete" ] || exec sh "$root/tests/emulate-i386.sh"
sh "$root/tests/install-packages.sh" debian13

# The mirror is the one that this machine itself uses, if it is a Debian; else debootstrap knows one.
# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(REPO_URI)' \
    'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 'Component: main' | head -n 1)

# What is not the system itself is left out: it would take a third of the time. Nobody minds if a power cut damages it all.
options='force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/locale/*'

# debootstrap knows one architecture only; the rest is apt's.
install() {
    # shellcheck disable=SC2086 # no word if there is none
    debootstrap --variant=minbase --arch=amd64 --components=main,contrib trixie "$debian" $mirror &&
        echo "$options" >"$debian/etc/dpkg/dpkg.cfg.d/small" &&
        echo 'Acquire::Languages "none";' >"$debian/etc/apt/apt.conf.d/small" &&
        chroot "$debian" dpkg --add-architecture i386 &&
        sh "$root/tests/debian13.sh" sh "$root/tests/install-packages.sh" native windows peers &&
        DEBIAN_FRONTEND=noninteractive chroot "$debian" apt-get -q -y -o Acquire::Retries=3 \
            install --no-install-recommends wine wine32:i386 winetricks &&
        sh "$root/tests/emulate-i386.sh"
}

rm -rf "$debian"
if ! install >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "install-debian13.sh: no Debian could be made; all of the log is in $log" >&2
    exit 1
fi
rm -rf "$debian"/var/cache/apt/* "$debian"/var/lib/apt/lists/*
touch "$debian/.complete"
