#!/bin/sh
# Put a small Debian with Wine into build:  tests/install-wine.sh x86|both
#
#   x86     build/debian-i386, 32-bit Wine of the release that this machine itself uses
#   both    build/debian-both, Wine for 64 and 32 bits in one Windows, and winetricks: of Debian 13, whose Wine is a newer one
#
# It needs root rights, debootstrap, a few minutes and 1.1 or 2 GB, changes nothing outside build/, and does nothing when it
# is all there.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
case ${1-} in
x86) name='debian-i386' ;;
both) name='debian-both' ;;
*) echo 'usage: install-wine.sh x86|both' >&2 && exit 2 ;;
esac
debian=$root/build/$name
log=$root/build/logs/$name.log
mkdir -p "$root/build/logs"

exec 9>"$root/build/$name.lock"
flock 9
[ ! -e "$debian/.complete" ] || exit 0

# The mirror is the one that this machine itself uses.
# shellcheck disable=SC2016,SC2046
set -- "$1" $(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' \
    'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 'Component: main' | grep -v '^[^ ]*-' | head -n 1)
if [ $# -ne 3 ]; then
    echo "install-wine.sh: apt knows no Debian mirror here" >&2
    exit 1
fi

# install_x86 RELEASE MIRROR
install_x86() {
    debootstrap --arch=i386 --variant=minbase --include=wine32 "$1" "$debian" "$2"
}

# install_both RELEASE MIRROR: debootstrap knows one architecture only; the rest is apt's.
install_both() {
    debootstrap --arch=amd64 --variant=minbase --components=main,contrib trixie "$debian" "$2" &&
        chroot "$debian" dpkg --add-architecture i386 &&
        chroot "$debian" apt-get -q update &&
        DEBIAN_FRONTEND=noninteractive chroot "$debian" apt-get -q -y -o Acquire::Retries=3 \
            install --no-install-recommends wine wine64 wine32:i386 winetricks
}

rm -rf "$debian"
if ! "install_$1" "$2" "$3" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "install-wine.sh: no Debian could be made; all of the log is in $log" >&2
    exit 1
fi
rm -rf "$debian"/var/cache/apt/* "$debian"/var/lib/apt/lists/*
touch "$debian/.complete"
