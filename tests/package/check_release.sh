#!/bin/sh
# A release, made twice from one commit: as we are, of the packages that are in build/packages; and all of it in another folder,
# 400 days later, by another user with other settings. Both are the same, byte for byte; the document of its contents keeps to
# its schema; and what is not committed is refused.
#
#   check_release.sh FOLDER     what is installed goes there
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
packages=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
sh "$root/tests/interop/install-node.sh" "$root/tests/package" "$packages"

echo '== as we are'
mkdir "$scratch/one"
cd "$root"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --preserve=mode --target-directory="$scratch/one"
cd "$scratch/one"
git init -q
git add -A
git -c user.name=somebody -c user.email=somebody@example.invalid commit -q -m release
mkdir -p build/cmocka build/packages
cp -r "$root/build/cmocka/source" build/cmocka # Debian's, and fetched already
cp "$root"/build/packages/*.zip "$root"/build/packages/*.deb build/packages
sh tests/package.sh gather

echo '== somewhere else, later, by somebody else'
mkdir "$scratch/another" "$scratch/home" "$scratch/locale"
git clone -q "$scratch/one" "$scratch/another/folder"
mkdir -p "$scratch/another/folder/build"
cp -r build/cmocka "$scratch/another/folder/build"
localedef -i tr_TR -f UTF-8 "$scratch/locale/tr_TR.UTF-8"
chown -R 12345:12345 "$scratch/another" "$scratch/home"
(
    cd "$scratch/another/folder"
    umask 077
    faketime -f +400d setpriv --reuid=12345 --regid=12345 --clear-groups \
        env HOME="$scratch/home" USER=somebody LOGNAME=somebody TZ=Pacific/Auckland LOCPATH="$scratch/locale" LC_ALL=tr_TR.UTF-8 \
        sh tests/package.sh release
)
diff -r "$scratch/one/build/release" "$scratch/another/folder/build/release"
echo 'the same bytes'

echo '== what is in it'
cd "$scratch/one/build/release"
sha256sum --check --strict SHA256SUMS
test "$(wc -l <SHA256SUMS)" -eq $(($(find . -type f | wc -l) - 1))
tar -tzf websocket-*.tar.gz | grep -q '/src/api/api\.c$'
NODE_PATH="$packages/node_modules" node "$root/tests/package/validate.js" websocket-*.cdx.json
/usr/bin/python3 - websocket-*.cdx.json <<'END'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)
names = [inside["name"] for outer in document["components"] for inside in outer.get("components", [])]
for name in ("x64/websocket.dll", "x86/websocket.dll", "install.cmd", "usr/include/websocket.h"):
    assert any(entry.endswith(name) for entry in names), name
END

echo '== nothing that is not committed'
cd "$scratch/one"
echo >>README.md
if sh tests/package.sh release 2>"$scratch/said"; then
    echo 'it was released'
    exit 1
fi
grep 'something is not' "$scratch/said"
