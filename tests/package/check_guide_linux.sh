#!/bin/sh
# The guide for porting to Linux, tests/guides/linux.md, followed: its commands are taken from there and run beside a new
# program that includes windows.h, in a folder with include and build/linux of this one.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
ln -s "$root/include" "$scratch/include"
mkdir "$scratch/build"
ln -s "$root/build/linux" "$scratch/build/linux"
cd "$scratch"

sed -n 's/^    //p' "$root/tests/guides/linux.md" >commands
test "$(grep -c '^cc ' commands)" -eq 2
head -n 1 commands >first
sed 1d commands >others

echo '== a program that includes websocket.h alone'
cat >program.c <<'END'
#include <websocket.h>

int main(void)
{
    WEB_SOCKET_HANDLE handle = NULL;
    HRESULT result = WebSocketCreateClientHandle(NULL, 0, &handle);
    WebSocketDeleteHandle(handle);
    return SUCCEEDED(result) ? 0 : 1;
}
END
cat first
sh -eu first
./a.out
rm a.out

echo '== one that includes windows.h as well'
sed -i '1i #include <windows.h>' program.c
if sh -eu first 2>/dev/null; then
    echo 'there is a windows.h already: what follows would show nothing'
    exit 1
fi
cat others
sh -eu others
./a.out
echo 'as the guide says'
