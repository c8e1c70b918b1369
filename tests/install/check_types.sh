#!/bin/sh
# websocket.h in one file with other headers that bring Windows' names to Linux: after them as it is, before them with
# the macros that say so. Theirs stay what they are, the API's types are as wide as on Windows, and no compiler warns.
#
#   check_types.sh C_COMPILER CXX_COMPILER
set -eu

include=$(cd "$(dirname "$0")/../../include" && pwd)
cc=$1 cxx=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# What a program does with the API, whatever the names are to it.
cat >use.h <<'END'
extern WEB_SOCKET_BUFFER any;
typedef char counts_have_4_bytes[sizeof any.Data.ulBufferLength == 4 ? 1 : -1];
typedef char properties_are_those_of_the_library[sizeof(WEB_SOCKET_PROPERTY) == 3 * sizeof(void *) ? 1 : -1];
int use(WEB_SOCKET_BUFFER *buffer);
int use(WEB_SOCKET_BUFFER *buffer)
{
    WEB_SOCKET_HANDLE handle = NULL;
    if (WebSocketCreateClientHandle(NULL, 0, &handle) != 0)
        return 1;
    return WebSocketSend(handle, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, buffer, NULL) == E_INVALID_PROTOCOL_OPERATION;
}
END
# And one that has none of them but ours.
cat >names.h <<'END'
typedef char widths[sizeof(ULONG) == 4 && sizeof(BOOL) == 4 && sizeof(USHORT) == 2 && sizeof(BYTE) == 1 ? 1 : -1];
typedef char result[sizeof S_OK == 4 && E_FAIL < 0 && FAILED(E_INVALIDARG) && SUCCEEDED(S_OK) ? 1 : -1];
END

# compile LANGUAGE WHAT: standard input compiles without a word.
compile() {
    case $1 in
    c) set -- "$1" "$2" "$cc" -x c -std=c11 ;;
    c++) set -- "$1" "$2" "$cxx" -x c++ -std=c++17 -Wold-style-cast ;;
    esac
    echo "   $2 ($1)"
    shift 2
    # shellcheck disable=SC2086 # several words are wanted
    "$@" -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I "$include" -I "$scratch" $flags -
}

# beside NAME LANGUAGES FLAGS LINES TYPE...: the header that these lines bring, and types of it that must stay as wide.
beside() {
    name=$1 languages=$2 flags=$3 lines=$4
    shift 4
    before='' after=''
    for type in "$@"; do
        before="$before
enum { width_of_$type = sizeof($type) };"
        after="$after
typedef char ${type}_is_as_wide[sizeof($type) == width_of_$type ? 1 : -1];"
    done
    echo "== $name"
    for language in $languages; do
        printf '%s\n' "$lines" "$before" '#include <websocket.h>' "$after" '#include "use.h"' |
            compile "$language" 'before websocket.h'
        printf '%s\n' '#define WEBSOCKET_HAVE_TYPES' '#define WEBSOCKET_HAVE_RESULTS' '#include <websocket.h>' \
            "$lines" '#include "use.h"' | compile "$language" 'after it, with the macros that say so'
    done
}

echo '== no other header'
flags=''
for language in c c++; do
    printf '%s\n' '#include <websocket.h>' '#include "names.h"' '#include "use.h"' | compile "$language" 'all names are ours'
done
beside 'unixODBC' 'c c++' '' '#include <sql.h>
#include <sqlext.h>' ULONG BOOL DWORD
beside 'X11' 'c c++' '' '#include <X11/Xmd.h>' BOOL BYTE
beside 'Objective-C' 'c c++' "-isystem $(dirname "$(find /usr/lib/gcc -path '*/include/objc/objc.h' | sort | tail -n 1)")/.." \
    '#include <objc/objc.h>' BOOL
beside 'DirectX-Headers' 'c++' '-isystem /usr/include/wsl/stubs' '#include <wsl/winadapter.h>' ULONG DWORD BYTE
beside 'FreeRDP' 'c c++' '-D_GNU_SOURCE -isystem /usr/include/winpr3 -isystem /usr/include/winpr2' \
    '#include <winpr/wtypes.h>
#include <winpr/error.h>' BOOL ULONG BYTE
beside 'types of a program' 'c c++' '' 'typedef unsigned long long ULONG; typedef long HRESULT; typedef char BOOL;
typedef unsigned char *PBYTE;'
beside 'types of a program, kept one by one' 'c c++' '' 'typedef unsigned long long ULONG; typedef char BOOL;
#define ULONG ULONG
#define BOOL BOOL' ULONG BOOL
beside 'macros of a program' 'c c++' '' '#define BOOL char
#define BYTE unsigned char
#define ULONG unsigned long long
#define WINAPI __attribute__((unused))' BOOL BYTE ULONG
