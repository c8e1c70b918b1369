#!/bin/sh
# Fetch the source of one of Debian's packages:  tests/fetch-source.sh PACKAGE FOLDER
#
# Or of Ubuntu's. apt fetches it (and so it is verified by their signatures) with a source list made here, not the system's.
# What comes out is FOLDER/source; where it is already, nothing is done.
set -eu

package=$1
mkdir -p "$2"
work=$(cd "$2" && pwd)

exec 9>"$work/source.lock"
flock 9
[ ! -d "$work/source" ] || exit 0

apt_get() {
    apt-get -q -o Dir::Etc::SourceList="$work/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" -o APT::Sandbox::User=root \
        -o Acquire::Retries=3 "$@"
}

rm -rf "$work/apt" "$work/fetched"
mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/fetched"
keys=/usr/share/keyrings
# shellcheck disable=SC2016
apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sort -u | sed -nE "
    s,^Debian (main) (.*),deb-src [signed-by=$keys/debian-archive-keyring.gpg] \\2 \\1,p
    s,^Ubuntu (main|universe) (.*),deb-src [signed-by=$keys/ubuntu-archive-keyring.gpg] \\2 \\1,p" >"$work/apt/sources.list"
if [ ! -s "$work/apt/sources.list" ]; then
    echo "fetch-source.sh: apt knows no mirror of Debian's or Ubuntu's here; run apt-get update" >&2
    exit 1
fi
apt_get update
(cd "$work/fetched" && apt_get source --only-source "$package")
mv "$work/fetched/$package"-*/ "$work/source"
