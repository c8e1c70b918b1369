#!/bin/sh
# Fetch the source of one of Debian's packages:  tests/fetch-source.sh PACKAGE FOLDER
#
# apt fetches it (and so it is verified by Debian's signatures) with a source list made here, not the system's. What comes
# out is FOLDER/source; where it is already, nothing is done.
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
key=/usr/share/keyrings/debian-archive-keyring.gpg
apt-get indextargets --format "deb-src [signed-by=$key] \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
    'Created-By: Packages' 'Origin: Debian' 'Component: main' | sort -u >"$work/apt/sources.list"
if [ ! -s "$work/apt/sources.list" ]; then
    echo "fetch-source.sh: apt knows no Debian mirror here; run apt-get update" >&2
    exit 1
fi
apt_get update
(cd "$work/fetched" && apt_get source --only-source "$package")
mv "$work/fetched/$package"-*/ "$work/source"
