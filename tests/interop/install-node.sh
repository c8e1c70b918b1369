#!/bin/sh
# Put what other people wrote for Node into a folder:  tests/interop/install-node.sh PACKAGES FOLDER
#
# PACKAGES is a folder with package.json and package-lock.json, which say what, and in which versions.
set -eu

scripts=$(cd "$(dirname "$0")/.." && pwd)
packages=$(cd "$1" && pwd)
mkdir -p "$2"
cd "$2"
if cmp -s "$packages/package-lock.json" installed.json; then
    exit 0
fi
sh "$scripts/install-packages.sh" npm
rm -f installed.json
cp "$packages/package.json" "$packages/package-lock.json" .
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
cp package-lock.json installed.json
